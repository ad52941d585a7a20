//! The rules of quality that look at grids and buildings once they have their rows.
//!
//! Areas are compared in coordinates that begin at the place itself, because an overlay works on a lattice
//! that is fitted to its input: near zero it is a fraction of a millimetre. Nothing is changed by a rule;
//! all findings are issues.

use super::{building_table::BuildingTable, context::Context, grid_table::GridTable, log::Log};
use crate::{
    code::{CodeType, PlaceCode},
    model::{Entity, Level},
    quality::{Evidence, Form, Issue, Rule, rounded},
    spatial::{Bbox, Metric, common, outside, rows_touching, rtree},
};
use geo::{Area, Coord, CoordsIter, MapCoords, MultiPolygon};
use rayon::prelude::*;

/// A grid that is narrower than this on average (metres) is a sliver.
const SLIVER_WIDTH_M: f64 = 3.0;
/// A grid that is smaller than this is a sliver as well, square metres.
const SLIVER_M2: f64 = 100.0;
/// A grid may reach out of its parent by this much, square metres: borders that were drawn twice differ.
const OUTSIDE_M2: f64 = 1.0;
/// It may also reach out by this share of itself.
const OUTSIDE_SHARE: f64 = 0.001;
/// Shares of a footprint from which a building belongs to a grid alone.
const WHOLE_SHARE: f32 = 0.9;
/// Two footprints are the same if this share of their union is common.
const SAME_SHARE: f64 = 0.9;

/// Looks for grids that are slivers or reach out of their parent.
pub(super) fn check_grids(table: &GridTable, log: &mut Log) {
    let of_one = |row: usize| [sliver(table, row), outside_parent(table, row)].into_iter().flatten();
    let issues: Vec<_> = (0..table.len()).into_par_iter().flat_map_iter(of_one).collect();
    issues.into_iter().for_each(|issue| log.issue(issue));
}

/// A basic grid that is so narrow or small that it is rather a drawing error. The mean width is twice the
/// area over the perimeter.
fn sliver(table: &GridTable, row: usize) -> Option<Issue> {
    let (draft, area_m2) = (&table.drafts[row], table.area_m2[row]);
    let metric = Metric::at(table.boxes[row].0[1]);
    let rings = table.areas[row].iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let length = |c: &[Coord<f64>]| ((c[0].x - c[1].x) * metric.lng_m).hypot((c[0].y - c[1].y) * metric.lat_m);
    let perimeter_m: f64 = rings.flat_map(|ring| ring.0.windows(2)).map(length).sum();
    let width_m = 2.0 * area_m2 / perimeter_m;
    let thin = draft.level == Level::Grid && (width_m < SLIVER_WIDTH_M || area_m2 < SLIVER_M2);
    let evidence = || Evidence::new(Form::Sliver, [rounded(area_m2, 1), rounded(width_m, 1)]);
    thin.then(|| Issue::new(Rule::GridSliver, &draft.code, evidence()).at(table.points[row]))
}

/// A grid that reaches out of its parent. Grids of other kinds may lie across; a dissolved parent is made
/// of its members.
fn outside_parent(table: &GridTable, row: usize) -> Option<Issue> {
    let parent = table.parents[row]?.0 as usize;
    let (draft, above) = (&table.drafts[row], &table.drafts[parent]);
    if above.origin.is_none() || above.kind != draft.kind {
        return None;
    }
    let Bbox([west, south, ..]) = table.boxes[row];
    let metric = Metric::at(south);
    let local = |area: &MultiPolygon<f64>| {
        area.map_coords(|c| Coord { x: (c.x - west) * metric.lng_m, y: (c.y - south) * metric.lat_m })
    };
    let outside_m2 = outside(&local(&table.areas[row]), &local(&table.areas[parent])).unsigned_area();
    let share = outside_m2 / table.area_m2[row];
    let evidence = || Evidence::new(Form::Outside, [rounded(outside_m2, 1), rounded(100.0 * share, 1)]);
    let issue = || Issue::new(Rule::GridOutsideParent, &draft.code, evidence());
    (outside_m2 > OUTSIDE_M2 && share > OUTSIDE_SHARE).then(|| issue().other(&above.code).at(table.points[row]))
}

impl Context<'_> {
    /// Looks for buildings that lie in no grid or across a border, have an odd code, or stand where another
    /// one stands.
    pub(super) fn check_buildings(&self, table: &BuildingTable, log: &mut Log) {
        let of_one = |row: usize| {
            let by_location = [self.no_grid(table, row), self.straddles(table, row), self.elsewhere(table, row)];
            by_location.into_iter().chain(self.odd_code(table, row)).flatten()
        };
        let issues: Vec<_> = (0..table.len()).into_par_iter().flat_map_iter(of_one).collect();
        issues.into_iter().chain(same_footprints(table)).for_each(|issue| log.issue(issue));
    }

    /// A building that lies in no grid of the first coverage.
    fn no_grid(&self, table: &BuildingTable, row: usize) -> Option<Issue> {
        let outside = table.grids[row].first()?.is_none();
        let issue = || Issue::new(Rule::BuildingNoGrid, table.code(row), Form::NoGridAtPoint);
        outside.then(|| issue().at(table.points[row]))
    }

    /// A building of which more than a tenth lies outside its grid.
    fn straddles(&self, table: &BuildingTable, row: usize) -> Option<Issue> {
        let share = table.grid_share[row].filter(|share| *share < WHOLE_SHARE)?;
        let grid = (*table.grids[row].first()?)?;
        let evidence = Evidence::new(Form::ShareInGrid, [rounded(100.0 * f64::from(share), 0)]);
        let issue = Issue::new(Rule::BuildingStraddles, table.code(row), evidence);
        Some(issue.other(&self.grids.drafts[grid as usize].code).at(table.points[row]))
    }

    /// A building whose code names another community than the one it lies in. A hint only: codes say where
    /// a grid was when they were issued.
    fn elsewhere(&self, table: &BuildingTable, row: usize) -> Option<Issue> {
        let code: PlaceCode = table.code(row).parse().ok()?;
        let issued = code.community_part()?;
        let mut above = (*table.grids[row].first()?)?;
        while self.grids.drafts[above as usize].level != Level::Community {
            above = self.grids.parents[above as usize]?.0;
        }
        let community = &self.grids.drafts[above as usize].code;
        let differs = community.len() == issued.len() && community != issued;
        let evidence = || Evidence::new(Form::CodeSays, [issued.into()]);
        let issue = || Issue::new(Rule::BuildingCodeElsewhere, table.code(row), evidence());
        differs.then(|| issue().other(community).at(table.points[row]))
    }

    /// A building with a temporary code, or a code of none of the city's types.
    fn odd_code(&self, table: &BuildingTable, row: usize) -> [Option<Issue>; 2] {
        let code = table.code(row);
        let temporary = code.parse::<PlaceCode>().is_ok_and(|code| code.is_temporary());
        let issue = |rule, evidence| Issue::new(rule, code, evidence).at(table.points[row]);
        let own: Vec<_> = self.code_types.iter().filter(|t| t.entity() == Entity::Building).collect();
        let odd = !own.is_empty() && own.iter().all(|t| t.check(code).is_err());
        [
            temporary.then(|| issue(Rule::BuildingTemporaryCode, Form::TemporaryPart.into())),
            odd.then(|| issue(Rule::CodeForm, no_own_type(&own)).about(Entity::Building)),
        ]
    }
}

/// The evidence that a code is of none of the city's types.
pub(super) fn no_own_type(own: &[&CodeType]) -> Evidence {
    let names: Vec<_> = own.iter().map(|t| t.name()).collect();
    Evidence::new(Form::NoOwnType, [names.join(", ").into()])
}

/// Pairs of buildings whose footprints are nearly the same, reported at the later one.
fn same_footprints(table: &BuildingTable) -> Vec<Issue> {
    let tree = rtree(table.boxes.iter().copied());
    let of_one = |row: usize| {
        let later = rows_touching(&tree, table.boxes[row]).into_iter().map(|other| other as usize);
        let same = later.filter(|other| *other > row).filter_map(|other| Some((other, same_share(table, row, other)?)));
        let issue = |(other, share): (usize, f64)| {
            let evidence = Evidence::new(Form::Common, [rounded(100.0 * share, 0)]);
            Issue::new(Rule::BuildingDuplicateFootprint, table.code(other), evidence)
                .other(table.code(row))
                .at(table.points[other])
        };
        same.map(issue).collect::<Vec<_>>()
    };
    (0..table.len()).into_par_iter().flat_map_iter(of_one).collect()
}

/// The share of the union of two footprints that is common, if it is nearly all.
fn same_share(table: &BuildingTable, row: usize, other: usize) -> Option<f64> {
    let size = |b: Bbox| (b.0[2] - b.0[0]) * (b.0[3] - b.0[1]);
    let (a, b) = (table.boxes[row], table.boxes[other]);
    if size(a.intersection(b)?) < SAME_SHARE * size(a.union(b)) {
        return None;
    }
    let Bbox([west, south, ..]) = a;
    let local = |area: &MultiPolygon<f64>| area.map_coords(|c| Coord { x: c.x - west, y: c.y - south });
    let (first, second) = (&table.areas[row], &table.areas[other]);
    let common = if first.coords_iter().eq(second.coords_iter()) {
        first.unsigned_area()
    } else {
        common(&local(first), &local(second)).unsigned_area()
    };
    let share = common / (first.unsigned_area() + second.unsigned_area() - common);
    (share >= SAME_SHARE).then_some(share)
}
