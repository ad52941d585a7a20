//! Where the record of a row is: the strongest that works wins.
//!
//! The code of its address; without one, or with one that is not in the plate, its address text, which is geocoded, and taken if the
//! answer is one address, or one building that has none of its own, with a confidence of 0.8 at least; the code of its building; what is
//! known of the enterprise whose code it names; its own point; the building that its text says it is near. What is left is at no place but
//! in an area: in the one whose code it names, of any level, else in the community in which all lies that its text may mean.

use super::backbone::{Backbone, EnterprisePlace};
use crate::{
    code::{LOST, is_exponent, looks_rounded, mostly_rounded},
    gazetteer::{Decision, Found, decide, words::beside},
    model::{Entity, How, Level},
    quality::{Evidence, Form, Issue, Rule},
    source::{Columns, RecordSource, Row},
    spatial::{LngLat, Metric},
    verdict::MatchLevel,
};
use rayon::prelude::*;

/// How sure a link to the building is that a text says something is near, against one that says that it is there.
const NEARBY: f32 = 0.9;
/// A point that is farther from what its record is linked with contradicts it, metres.
const ELSEWHERE_M: f64 = 500.0;

/// A row with the point that it says.
pub(super) struct Pending {
    pub(super) row: Row,
    pub(super) point: Option<LngLat>,
}

/// Which column of a source says what of where its records are, by index.
pub(super) struct LinkColumns<'a> {
    source: &'a RecordSource,
    /// What its records are.
    entity: Entity,
    address: Option<usize>,
    building: Option<usize>,
    enterprise: Option<usize>,
    grid: Option<usize>,
    pub(super) address_text: Option<usize>,
}

/// Where a record was found to be.
#[derive(Default)]
pub(super) struct Link {
    /// The row of its address.
    pub(super) address: Option<u32>,
    /// The row of its building, if it has no address.
    pub(super) building: Option<u32>,
    /// The row of the grid, of any level, that is all that is known of it.
    pub(super) area: Option<u32>,
    /// How this was found; nothing without a place.
    pub(super) how: Option<How>,
    /// How far down its text was matched, and the confidence, if the text led there.
    pub(super) geocoded: Option<(MatchLevel, f32)>,
    /// Codes that it names and nothing has.
    pub(super) dangling: Vec<Dangling>,
}

/// A code that nothing has.
pub(super) struct Dangling {
    /// The column that has it.
    pub(super) column: String,
    pub(super) code: String,
    /// Why it does not help.
    pub(super) why: &'static str,
    form: Form,
}

/// Which columns of some rows hold rounded numbers for the most part: then none that looks so is what it was.
pub(super) struct Rounded {
    addresses: bool,
    buildings: bool,
    grids: bool,
}

impl Rounded {
    pub(super) fn of(rows: &[Pending], columns: &LinkColumns<'_>) -> Self {
        let mostly =
            |column: Option<usize>| mostly_rounded(rows.par_iter().filter_map(|pending| pending.row.cell(column?)));
        Self { addresses: mostly(columns.address), buildings: mostly(columns.building), grids: mostly(columns.grid) }
    }
}

/// Where addresses, buildings and areas are looked up.
pub(super) struct Ground<'a> {
    backbone: &'a dyn Backbone,
    /// The row above each grid that is of its kind.
    parents: Vec<Option<u32>>,
}

/// What a text stands for, a code names or a point is.
#[derive(Clone, Copy)]
enum Place {
    Address(u32),
    Building(u32),
    Point(LngLat),
    Area(u32),
}

/// A place with what the text says that led to it: how far down it was matched, and how surely.
type Geocoded = (Place, MatchLevel, f32);

impl<'a> Ground<'a> {
    pub(super) fn new(backbone: &'a dyn Backbone) -> Self {
        Self { backbone, parents: backbone.parents() }
    }

    /// The grid of the first coverage in which a place lies.
    fn grid(&self, place: Place) -> Option<u32> {
        match place {
            Place::Address(row) => self.backbone.address_grid(row, 0),
            Place::Building(row) => self.backbone.building_grid(row, 0),
            Place::Point(point) => self.backbone.grids_at(point).first().copied().flatten(),
            Place::Area(row) => Some(row),
        }
    }

    fn point(&self, place: Place) -> Option<LngLat> {
        match place {
            Place::Address(row) => self.backbone.address_place(row).map(|(point, _)| point),
            Place::Building(row) => self.backbone.building_place(row).map(|(point, _)| point),
            Place::Point(_) | Place::Area(_) => None,
        }
    }

    /// Whether a grid is another one or lies in it.
    fn is_in(&self, grid: u32, area: u32) -> bool {
        // The one above stands on a higher level, so it comes later: damaged rows send nobody in circles.
        let above = |row: &u32| self.parents.get(*row as usize).copied().flatten().filter(|above| above > row);
        std::iter::successors(Some(grid), above).any(|row| row == area)
    }

    /// The community in which all lies that a text may mean, with the confidence of that.
    fn community(&self, decision: &Decision) -> Option<Geocoded> {
        let index = self.backbone.geo_index();
        let (area, confidence) = decision.sure_area()?;
        let community = index.chain(Some(area)).find(|number| index.level(*number) == Level::Community as u8)?;
        let row = self.backbone.area_numbered(community)?;
        Some((Place::Area(row), MatchLevel::Community, confidence as f32))
    }
}

impl<'a> LinkColumns<'a> {
    /// Those of a source of such records, which are wanted from now on.
    pub(super) fn of(source: &'a RecordSource, entity: Entity, columns: &mut Columns) -> Self {
        Self {
            source,
            entity,
            address: columns.want_code_if(source.address.as_deref()),
            building: columns.want_code_if(source.building.as_deref()),
            enterprise: columns.want_code_if(source.enterprise.as_deref()),
            grid: columns.want_code_if(source.grid.as_deref()),
            address_text: columns.want_if(source.address_text.as_deref()),
        }
    }

    /// Where the record of a row with this code is, and what is wrong with that.
    pub(super) fn of_row(
        &self,
        Pending { row, point }: &Pending,
        code: &str,
        ground: &Ground<'_>,
        rounded: &Rounded,
        issues: &mut Vec<Issue>,
    ) -> Link {
        let mut names = Names { row, dangling: Vec::new() };
        let (backbone, source) = (ground.backbone, self.source);
        let address = names
            .find((self.address, &source.address), rounded.addresses, NO_ADDRESS, |code| backbone.address_of(code));
        let building = names
            .find((self.building, &source.building), rounded.buildings, NO_BUILDING, |code| backbone.building_of(code));
        let enterprise = names
            .find((self.enterprise, &source.enterprise), false, NO_ENTERPRISE, |code| backbone.enterprise_place(code));
        let area = names.find((self.grid, &source.grid), rounded.grids, NO_GRID, |code| backbone.area_of(code));
        let dangling = names.dangling;
        for Dangling { code: named, form, .. } in &dangling {
            issues.push(Issue::new(Rule::LinkDangling, code, *form).about(self.entity).other(named));
        }
        // An enterprise is registered at an address, which neither a building as a whole is, nor what is near it, nor a community.
        let takes_all = self.entity != Entity::Enterprise;
        let text = self.address_text.and_then(|index| row.cell(index)).filter(|_| address.is_none());
        let decision = text.map(|text| decide(backbone.geo_index(), text));
        let by_text = decision.as_ref().and_then(|decision| placed(decision, backbone, takes_all));
        let by_code = |place: Place| (place, How::Given, None);
        let geocoded = |(place, level, confidence): Geocoded| (place, How::Geocoded, Some((level, confidence)));
        let rest = || text.filter(|_| takes_all);
        let found = address
            .map(|row| by_code(Place::Address(row)))
            .or_else(|| by_text.filter(|(place, ..)| matches!(place, Place::Address(_))).map(geocoded))
            .or_else(|| building.map(|row| by_code(Place::Building(row))))
            .or_else(|| by_text.map(geocoded))
            .or_else(|| enterprise.and_then(of_enterprise).map(|place| (place, How::Enterprise, None)))
            .or_else(|| point.map(|point| (Place::Point(point), How::Spatial, None)))
            .or_else(|| rest().and_then(|text| near(text, backbone)).map(geocoded))
            .or_else(|| area.map(|row| by_code(Place::Area(row))))
            .or_else(|| rest().and(decision.as_ref()).and_then(|decision| ground.community(decision)).map(geocoded));
        let Some((place, how, geocoded)) = found else {
            issues.push(Issue::new(self.no_place(), code, why_nowhere(text, decision.as_ref())));
            return Link { dangling, ..Link::default() };
        };
        issues.extend(elsewhere(code, *point, ground.point(place)));
        let named = self.grid.and_then(|index| row.code(index)).zip(area);
        issues.extend(named.and_then(|named| in_other_area(code, named, place, ground)).map(|issue| issue.at(*point)));
        let (mut link, how) = (Link { geocoded, dangling, ..Link::default() }, Some(how));
        match place {
            Place::Address(row) => link.address = Some(row),
            Place::Building(row) => link.building = Some(row),
            Place::Area(row) => link.area = Some(row),
            Place::Point(_) => {}
        }
        Link { how, ..link }
    }

    /// The rule that a record without a place breaks.
    fn no_place(&self) -> Rule {
        if self.entity == Entity::Enterprise { Rule::EnterpriseNoAddress } else { Rule::RecordNoPlace }
    }
}

/// What is said of a code that is not in the plate, and the evidence.
type Missing = (&'static str, Form);
const NO_ADDRESS: Missing = ("no address has this code", Form::NoAddress);
const NO_BUILDING: Missing = ("no building has this code", Form::NoSuchBuilding);
const NO_ENTERPRISE: Missing = ("no enterprise has this code", Form::NoSuchEnterprise);
const NO_GRID: Missing = ("no grid has this code", Form::NoSuchGrid);

/// The codes that a row names.
struct Names<'a> {
    row: &'a Row,
    /// Those that nothing has.
    dangling: Vec<Dangling>,
}

impl Names<'_> {
    /// What has the code in a column, by its index and name.
    fn find<T>(
        &mut self,
        (index, column): (Option<usize>, &Option<String>),
        is_rounded: bool,
        (why, form): Missing,
        find: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let given = self.row.code(index?)?;
        let found = if is_rounded && looks_rounded(&given) { None } else { find(&given) };
        if found.is_none() {
            let is_lost = is_exponent(&given) || looks_rounded(&given);
            let (why, form) = if is_lost { (LOST, Form::LostAddress) } else { (why, form) };
            self.dangling.push(Dangling {
                column: column.clone().unwrap_or_default(),
                code: given.to_string(),
                why,
                form,
            });
        }
        found
    }
}

/// What is known of where an enterprise is.
fn of_enterprise(EnterprisePlace { address, building }: EnterprisePlace) -> Option<Place> {
    address.map(Place::Address).or(building.map(Place::Building))
}

/// The address that a text stands for, or, where these are taken, the building if that has no address of its own.
fn placed(decision: &Decision, backbone: &dyn Backbone, takes_buildings: bool) -> Option<Geocoded> {
    let found = decision.sure()?;
    // What a damaged index says is nowhere.
    let address = found.row.filter(|row| (*row as usize) < backbone.addresses()).map(Place::Address);
    let building = |found: &Found| {
        let place = found.place.filter(|_| takes_buildings && found.level == MatchLevel::Building)?;
        backbone.geo_index().building(place).filter(|row| backbone.building_place(*row).is_some()).map(Place::Building)
    };
    Some((address.or_else(|| building(found))?, found.level, decision.confidence() as f32))
}

/// The building that a text says something is near.
fn near(text: &str, backbone: &dyn Backbone) -> Option<Geocoded> {
    let (place, _, confidence) = placed(&decide(backbone.geo_index(), beside(text)?), backbone, true)?;
    let building = match place {
        Place::Address(row) => backbone.building_at(row)?,
        Place::Building(row) => row,
        Place::Point(_) | Place::Area(_) => return None,
    };
    Some((Place::Building(building), MatchLevel::Building, confidence * NEARBY))
}

/// Why a record has no place.
fn why_nowhere(text: Option<&str>, decision: Option<&Decision>) -> Evidence {
    let Some((text, decision)) = text.zip(decision) else { return Form::NothingToFind.into() };
    let level = decision.found.as_ref().map_or("nothing", |found| found.level.as_str());
    Evidence::new(Form::Geocoded, [decision.status.as_str().into(), level.into(), text.into()])
}

/// The issue of a point that is far from what its record is linked with.
fn elsewhere(code: &str, point: Option<LngLat>, linked: Option<LngLat>) -> Option<Issue> {
    let (point, linked) = point.zip(linked)?;
    let distance_m = Metric::at(point.lat).distance(point, linked);
    let evidence = Evidence::new(Form::Away, [distance_m.round().into()]);
    (distance_m > ELSEWHERE_M).then(|| Issue::new(Rule::RecordElsewhere, code, evidence).at(point))
}

/// The issue of a place that does not lie in the area that its record names, given by its code and its row.
fn in_other_area(
    code: &str,
    (named, area): (impl AsRef<str>, u32),
    place: Place,
    ground: &Ground<'_>,
) -> Option<Issue> {
    let is_outside = ground.grid(place).is_some_and(|grid| !ground.is_in(grid, area));
    let evidence = || Evidence::new(Form::OtherArea, [named.as_ref().into()]);
    is_outside.then(|| Issue::new(Rule::RecordElsewhere, code, evidence()).other(named.as_ref()))
}
