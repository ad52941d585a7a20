//! The table of addresses, by building, and the links between the two.
//!
//! Rows are parsed on the reading thread; their points are converted where they arrive, because PROJ's
//! objects belong to one thread, and they are linked on all threads: to the building that a row names, else
//! to the one whose footprint holds its point, else to the nearest within reach; without any of them an
//! address is placed by its grids alone. Only when all sources are read are codes compared, so that it does
//! not matter in which file a code comes first: exact copies are dropped, a second address of a code is
//! rejected, and codes that a spreadsheet rounded are not trusted. The rest is put in the order of its
//! rows.
//!
//! An address without coordinates and without a building is rejected; one with 0, 0 is kept without a
//! point, since registers write that for "unknown".

mod checks;
mod seen;

use self::seen::Seen;
use super::{
    address_table::{AddressTable, positions_by_code},
    area::converter,
    buckets::Buckets,
    building_table::BuildingTable,
    context::Context,
    error::BuildError,
    fit,
    log::{Log, Outcome},
    point::PointLayout,
    progress::Progress,
    source_rows::{LINKED_AT_ONCE, SourceRows, source_info},
    spill::SpillWriter,
    strings::Strings,
};
use crate::{
    code::{CodeType, LOST, PlaceCode, is_exponent, looks_rounded, mostly_rounded},
    crs::SampleRow,
    link::{BuildingLink, BuildingLinker},
    model::Entity,
    quality::Issue,
    source::{AddressSource, Columns, Row, RowRemark, inspect},
    spatial::{LngLat, hilbert_index},
    text,
};
use rayon::prelude::*;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// An address this far from the building it names is worth a look, metres.
const FAR_M: f32 = 30.0;

/// The addresses while they are being read, in the order of reading; see [`AddressTable`].
struct AddressTableBuilder {
    /// The code of each position.
    codes: Strings,
    /// The text of each position.
    texts: SpillWriter,
    /// The point of each position, or [`LngLat::NOWHERE`].
    points: Vec<LngLat>,
    /// The building of each position.
    links: Vec<Option<BuildingLink>>,
    /// By position, the grids of addresses without a building.
    grids: HashMap<u32, Vec<Option<u32>>>,
    /// The number of the source in the log, and the row in it, of each position.
    origins: Vec<(u16, u32)>,
    /// The hash of the plain text of each position; zero if it has none.
    hashes: Vec<u64>,
}

/// An address before it is linked.
struct Pending {
    /// The row as it was read.
    row: Row,
    /// What it says about its point, in degrees of the plate.
    point: Point,
}

/// What a row says about its point.
#[derive(Clone, Copy, PartialEq)]
enum Point {
    /// Nothing.
    Unsaid,
    /// 0, 0: registers write it for "unknown".
    Null,
    /// It lies here.
    At(LngLat),
}

/// An address after it was linked.
struct Linked {
    /// The row of its source.
    row: u64,
    /// Its code.
    code: String,
    /// Its full text.
    text: String,
    /// The hash of its plain text, zero if that is empty.
    hash: u64,
    /// Where it is: its own point, else that of its building.
    point: LngLat,
    /// Its building.
    link: Option<BuildingLink>,
    /// Its grids, if it has no building.
    grids: Option<Vec<Option<u32>>>,
    /// What its row says about its point.
    said: Point,
    /// A building it names that is not in the plate, and why that does not help.
    dangling: Option<(String, &'static str)>,
    /// What is wrong with it by itself.
    issues: Vec<Issue>,
}

/// Which column of a source of addresses holds what, by index.
struct AddressLayout<'a> {
    source: &'a AddressSource,
    code: usize,
    text: Vec<usize>,
    point: PointLayout<'a>,
    building: Option<usize>,
}

/// Why a building that an address names does not help.
const NOT_THERE: &str = "the building is not in the plate";

impl Context<'_> {
    /// Reads all sources of addresses, links them and puts them in order.
    ///
    /// # Errors
    /// When a source cannot be read or is of no use as a whole.
    pub(super) fn addresses(&self, buildings: &BuildingTable, log: &mut Log) -> Result<AddressTable, BuildError> {
        let linker = buildings.linker(self.spec.plate.link_distance_m);
        let own_types = self.code_types.iter().filter(|t| t.entity() == Entity::Address).collect();
        let linking = Linking { context: self, buildings, linker, codes: buildings.rows_by_code(), own_types };
        let mut builder = AddressTableBuilder {
            codes: Strings::default(),
            texts: SpillWriter::create(self.dir, "address-texts")?,
            points: Vec::new(),
            links: Vec::new(),
            grids: HashMap::new(),
            origins: Vec::new(),
            hashes: Vec::new(),
        };
        let mut numbers = Vec::new();
        for source in &self.spec.addresses {
            numbers.push(linking.read(source, &mut builder, log)?);
        }
        (self.on_progress)(Progress::Step("sorting the addresses"));
        let table = builder.arrange(buildings.len(), log)?;
        // Only now it is known which codes stand there several times.
        let mut read = self.spec.addresses.iter().zip(numbers);
        read.try_for_each(|(source, number)| log.check_usable(number, &source.file))?;
        Ok(table)
    }
}

/// What addresses are linked with.
struct Linking<'a> {
    context: &'a Context<'a>,
    buildings: &'a BuildingTable,
    /// Finds buildings by point.
    linker: BuildingLinker<'a>,
    /// The rows of the buildings by code.
    codes: HashMap<&'a str, u32>,
    /// The city's own types of address codes.
    own_types: Vec<&'a CodeType>,
}

impl Linking<'_> {
    /// Reads and links one source; returns its number in the log.
    fn read(
        &self,
        source: &AddressSource,
        builder: &mut AddressTableBuilder,
        log: &mut Log,
    ) -> Result<usize, BuildError> {
        let mut columns = Columns::of(&source.code);
        let layout = AddressLayout {
            source,
            code: columns.want(&source.code),
            text: source.text.iter().map(|c| columns.want(c)).collect(),
            point: PointLayout::of(source.point.as_ref(), &mut columns),
            building: columns.want_code_if(source.building.as_deref()),
        };
        let inspection = inspect(&source.file)?;
        let to_plate = converter(&source.file, self.context.area)?;
        let number = log.begin(source_info("address", &source.file, &inspection, Some(&to_plate)), &columns);
        let mut sample = fit::sample();
        let mut take = |row: Row| {
            let point = match layout.point.raw(&row)? {
                None => Point::Unsaid,
                Some((0.0, 0.0)) => Point::Null,
                Some(raw) => {
                    let given = || layout.given(&row).and_then(|code| self.codes.get(code.as_str()).copied());
                    sample.offer(|| SampleRow { points: vec![raw], building: given() });
                    Point::At(layout.point.converted(&row, raw, &to_plate)?)
                }
            };
            Ok(Pending { row, point })
        };
        let (file, on_progress) = (&source.file, self.context.on_progress);
        let (inspection, columns) = (&inspection, &columns);
        let rows = SourceRows { file, inspection, columns, number, at_once: LINKED_AT_ONCE, on_progress };
        rows.read(
            log,
            |read| read.and_then(&mut take),
            |rows, log| self.link_all(rows, &layout, number, builder, log),
        )?;
        let declared = source.file.crs.as_deref().unwrap_or_default();
        let boxes = &self.context.grids.boxes;
        // What is in doubt itself tells nothing about others.
        let at_building = |points: &[LngLat], given| points.iter().all(|point| self.fits(*point, given));
        let in_grid = |points: &[LngLat], _| points.iter().all(|point| self.in_grid(*point));
        let suspicion = match self.buildings.doubt {
            None => sample.judge(declared, &to_plate, fit::middle(boxes), at_building),
            Some(false) => sample.judge(declared, &to_plate, fit::middle(boxes), in_grid),
            Some(true) => None,
        };
        let suspicion = suspicion.or_else(|| sample.judge(declared, &to_plate, fit::middle(boxes), fit::near(boxes)));
        fit::report(suspicion, Entity::Address, &source.file, log);
        log.check_usable(number, &source.file)?;
        Ok(number)
    }

    /// Whether a point lies at the building it names, else at any building, else in a grid.
    fn fits(&self, point: LngLat, given: Option<u32>) -> bool {
        match given {
            Some(building) => self.linker.given(building, Some(point)).distance_m <= FAR_M,
            None if self.buildings.len() > 0 => self.linker.nearest(point).is_some_and(|l| l.distance_m == 0.0),
            None => self.in_grid(point),
        }
    }

    /// Whether a point lies in a grid of the first coverage.
    fn in_grid(&self, point: LngLat) -> bool {
        self.context.grids_at(point).first().is_some_and(Option::is_some)
    }

    /// Links some rows on all threads and takes them over in their order.
    fn link_all(
        &self,
        rows: Vec<Pending>,
        layout: &AddressLayout<'_>,
        source: usize,
        builder: &mut AddressTableBuilder,
        log: &mut Log,
    ) {
        let named = rows.par_iter().filter_map(|address| address.row.cell(layout.building?));
        let rounded = mostly_rounded(named);
        let link = |address| self.link(address, layout, rounded);
        let linked: Vec<_> = rows.into_par_iter().map(link).collect();
        for address in linked {
            match address {
                Ok(address) => builder.push(address, source, layout, log),
                Err(reject) => log.reject(source, &reject),
            }
        }
    }

    /// Links one address; `rounded` says that most of the building codes in the rows around are rounded
    /// numbers: then none that looks so is one.
    ///
    /// # Errors
    /// A remark if it has no code or cannot be placed.
    fn link(
        &self,
        Pending { row, point: said }: Pending,
        layout: &AddressLayout<'_>,
        rounded: bool,
    ) -> Result<Linked, RowRemark> {
        let point = said.located();
        let named = row.cell(layout.code).unwrap_or_default();
        let fail = |e| RowRemark::new(row.number, &layout.source.code, named, format!("no address code: {e}"));
        let code: PlaceCode = named.parse().map_err(fail)?;
        let given = layout.given(&row);
        let meant = given.as_deref().filter(|code| !(rounded && looks_rounded(code)));
        let building = meant.and_then(|code| self.codes.get(code).copied());
        let lost = |code: &String| is_exponent(code) || looks_rounded(code);
        let dangling = given.filter(|_| building.is_none());
        let dangling = dangling.map(|code| (code.clone(), if lost(&code) { LOST } else { NOT_THERE }));
        let link = match (building, point) {
            (Some(building), point) => Some(self.linker.given(building, point)),
            (None, Some(point)) => self.linker.nearest(point),
            (None, None) => None,
        };
        let nowhere = (said == Point::Null).then_some(LngLat::NOWHERE);
        let of_building = || link.map(|l| self.buildings.points[l.building as usize]);
        let Some(at) = point.or_else(of_building).or(nowhere) else {
            let (code, reason) = match &dangling {
                Some((code, why)) => (code.as_str(), format!("no coordinates, and of the building it names: {why}")),
                None => ("", "no coordinates, and no building is named".to_owned()),
            };
            return Err(RowRemark::new(row.number, &layout.point.named(&row), code, reason));
        };
        let text: String = layout.text.iter().filter_map(|index| row.cell(*index)).collect();
        let plain = text::plain(&text);
        let mut linked = Linked {
            row: row.number,
            code: code.to_string(),
            hash: if plain.is_empty() { 0 } else { xxh3_64(plain.as_bytes()) },
            text,
            point: at,
            link,
            grids: link.is_none().then(|| self.context.grids_at(at)),
            said,
            dangling,
            issues: Vec::new(),
        };
        linked.issues = self.check(&linked);
        Ok(linked)
    }
}

impl Point {
    /// The point, if there is one.
    fn located(self) -> Option<LngLat> {
        match self {
            Self::At(point) => Some(point),
            Self::Unsaid | Self::Null => None,
        }
    }
}

impl AddressLayout<'_> {
    /// The building code that a row names.
    fn given(&self, row: &Row) -> Option<String> {
        row.code(self.building?)
    }
}

impl AddressTableBuilder {
    /// Takes an address over, with its remarks, issues and counts.
    fn push(&mut self, address: Linked, source: usize, layout: &AddressLayout<'_>, log: &mut Log) {
        if let Some((code, why)) = &address.dangling {
            let instead = if address.link.is_some() { "linked by place instead" } else { "none is near" };
            let reason = format!("{why}: {instead}");
            let column = layout.source.building.as_deref().unwrap_or_default();
            log.add(source, Outcome::Noted, &RowRemark::new(address.row, column, code, reason));
        }
        address.issues.into_iter().for_each(|issue| log.issue(issue));
        if let Some(grids) = address.grids {
            self.grids.insert(self.points.len() as u32, grids);
        }
        self.codes.push(&address.code);
        self.texts.push(&address.text);
        self.points.push(address.point);
        self.links.push(address.link);
        self.origins.push((source as u16, address.row as u32));
        self.hashes.push(address.hash);
        log.source(source).used += 1;
        log.source(source).linked += u64::from(address.link.is_some());
    }

    /// Drops rows whose code was seen before and puts the rest in order: buildings by counting, those
    /// without one along the curve.
    fn arrange(self, buildings: usize, log: &mut Log) -> Result<AddressTable, BuildError> {
        let Self { codes, texts, points, links, grids, origins, hashes } = self;
        let texts = texts.finish()?;
        let seen = Seen { codes: &codes, texts: &texts, points: &points, links: &links, origins: &origins, hashes };
        let by_code = seen.distinct_codes(log);
        seen.report_duplicates(&by_code, log);
        drop(seen);
        let Buckets { starts, mut order } =
            Buckets::sort(&by_code, buildings, |position| links[position as usize].map(|link| link.building));
        let tail = &mut order[starts[buildings] as usize..];
        tail.par_sort_by_cached_key(|position| hilbert_index(points[*position as usize]));
        let mut rows = vec![u32::MAX; points.len()];
        (0..).zip(&order).for_each(|(row, position)| rows[*position as usize] = row);
        let positions = positions_by_code(&codes, &by_code);
        let by_code = by_code.into_iter().map(|position| rows[position as usize]).collect();
        Ok(AddressTable { codes, texts, points, links, grids, order, starts, rows, by_code, positions })
    }
}
