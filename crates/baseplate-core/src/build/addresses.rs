//! The table of addresses, by building, and the links between the two.

use super::{
    BuildError, Context, Progress,
    buildings::BuildingTable,
    converter, h3_cell,
    log::{Log, Outcome},
    source_info,
};
use crate::{
    code::{PlaceCode, fold_width},
    crs::ToPlate,
    link::{BuildingLink, BuildingLinker},
    source::{AddressSource, Columns, Reject, Row, inspect, read_rows},
    spatial::{Bbox, LngLat, hilbert_index},
};
use rayon::prelude::*;
use std::collections::HashMap;

/// Rows that are linked together, on all threads.
const CHUNK: usize = 16_384;

/// Many texts in one allocation.
#[derive(Default)]
pub(super) struct Strings {
    data: String,
    ends: Vec<usize>,
}

impl Strings {
    fn push(&mut self, text: &str) {
        self.data.push_str(text);
        self.ends.push(self.data.len());
    }

    pub(super) fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.data[start..self.ends[index]]
    }
}

/// The addresses in the order they were read, and the order of their rows.
#[derive(Default)]
pub(super) struct AddressTable {
    pub(super) codes: Strings,
    pub(super) texts: Strings,
    pub(super) points: Vec<LngLat>,
    pub(super) links: Vec<Option<BuildingLink>>,
    pub(super) h3: Vec<Option<u64>>,
    /// Grids of the addresses that have no building, by place in reading order.
    pub(super) grids: HashMap<usize, Vec<Option<u32>>>,
    origins: Vec<(u16, u64)>,
    /// Places in reading order, in the order of the rows: by building, then code; without a building at the end.
    pub(super) order: Vec<u32>,
}

/// An address before it is linked.
struct Pending {
    row: u64,
    code: String,
    text: String,
    point: Option<LngLat>,
    given: Option<String>,
}

/// Where a source has what.
struct Cells<'a> {
    source: &'a AddressSource,
    code: usize,
    text: Vec<usize>,
    point: Option<(usize, usize)>,
    building: Option<usize>,
}

impl Context<'_> {
    pub(super) fn addresses(&self, buildings: &BuildingTable, log: &mut Log) -> Result<AddressTable, BuildError> {
        let linker = BuildingLinker::new(&buildings.areas, &buildings.boxes, self.spec.plate.link_distance_m);
        let linking = Linking { context: self, buildings, linker, codes: buildings.rows_by_code() };
        let mut table = AddressTable::default();
        for source in &self.spec.addresses {
            linking.read(source, &mut table, log)?;
        }
        (self.on_progress)(Progress::Step("sorting the addresses"));
        table.arrange(log);
        Ok(table)
    }
}

struct Linking<'a> {
    context: &'a Context<'a>,
    buildings: &'a BuildingTable,
    linker: BuildingLinker<'a>,
    codes: HashMap<&'a str, u32>,
}

impl Linking<'_> {
    fn read(&self, source: &AddressSource, table: &mut AddressTable, log: &mut Log) -> Result<(), BuildError> {
        let mut columns = Columns::of(&source.code);
        let cells = Cells {
            source,
            code: columns.want(&source.code),
            text: source.text.iter().map(|c| columns.want(c)).collect(),
            point: source.point.as_ref().map(|(lng, lat)| (columns.want(lng), columns.want(lat))),
            building: columns.want_if(source.building.as_deref()),
        };
        let inspection = inspect(&source.file)?;
        let to_plate = converter(&source.file)?;
        let number = log.begin(source_info("address", &source.file, &inspection));
        let mut pending = Vec::with_capacity(CHUNK);
        let notes = read_rows(&source.file, &inspection, &columns, &mut |read| {
            log.source(number).rows += 1;
            match read.and_then(|row| cells.take(&row, &to_plate)) {
                Ok(address) => pending.push(address),
                Err(reject) => log.reject(number, &reject),
            }
            if pending.len() == CHUNK {
                self.flush(&mut pending, number, table, log);
                (self.context.on_progress)(Progress::Reading(&source.file.path, log.source(number).rows));
            }
        })?;
        self.flush(&mut pending, number, table, log);
        log.notes.extend(notes);
        Ok(())
    }

    fn flush(&self, pending: &mut Vec<Pending>, source: usize, table: &mut AddressTable, log: &mut Log) {
        let link = |address: Pending| {
            let given = address.given.as_deref().and_then(|code| self.codes.get(code).copied());
            let link = match (given, address.point) {
                (Some(building), point) => Some(self.linker.given(building, point)),
                (None, Some(point)) => self.linker.nearest(point),
                (None, None) => None,
            };
            let point = address.point.or_else(|| link.map(|l| self.buildings.points[l.building as usize]));
            (address, link, point, point.and_then(h3_cell))
        };
        let linked: Vec<_> = std::mem::take(pending).into_par_iter().map(link).collect();
        for (address, link, point, h3) in linked {
            let given = address.given.as_deref();
            let dangling = given.filter(|code| !self.codes.contains_key(code));
            let Some(point) = point else {
                let reason = match dangling {
                    Some(_) => "no coordinates, and the building it names is not in the plate",
                    None => "no coordinates, and no building is named",
                };
                log.reject(source, &Reject::new(address.row, "lng, lat", given.unwrap_or(""), reason));
                continue;
            };
            if let Some(code) = dangling {
                let reason = "the building is not in the plate: linked by place instead";
                log.add(source, Outcome::Noted, &Reject::new(address.row, "building", code, reason));
            }
            if link.is_none() {
                table.grids.insert(table.points.len(), self.context.grids_at(point));
            }
            table.codes.push(&address.code);
            table.texts.push(&address.text);
            table.points.push(point);
            table.links.push(link);
            table.h3.push(h3);
            table.origins.push((source as u16, address.row));
            log.source(source).used += 1;
        }
    }
}

impl Cells<'_> {
    fn take(&self, row: &Row, to_plate: &ToPlate) -> Result<Pending, Reject> {
        let text = row.cell(self.code).unwrap_or_default();
        let fail = |e| Reject::new(row.number, &self.source.code, text, format!("no address code: {e}"));
        let code: PlaceCode = text.parse().map_err(fail)?;
        let text = self.text.iter().filter_map(|index| row.cell(*index)).collect();
        let given = self.building.and_then(|index| row.cell(index)).map(fold_width);
        Ok(Pending { row: row.number, code: code.to_string(), text, point: self.place(row, to_plate)?, given })
    }

    /// The point of a row; `None` if its cells are empty.
    fn place(&self, row: &Row, to_plate: &ToPlate) -> Result<Option<LngLat>, Reject> {
        let (x, y, column) = match (&self.point, &row.geometry) {
            (Some((x, y)), _) => match (row.cell(*x), row.cell(*y)) {
                (None, None) => return Ok(None),
                (x, y) => (self.number(row, x, 0)?, self.number(row, y, 1)?, "lng, lat"),
            },
            (None, Some(geometry)) => {
                let at = geometry.as_point().map_err(|reason| Reject::new(row.number, "geometry", "", reason))?;
                (at.x, at.y, "geometry")
            }
            (None, None) => return Ok(None),
        };
        let point = to_plate.convert(x, y).map_err(|e| Reject::new(row.number, column, &format!("{x}, {y}"), e))?;
        Ok(Some(point))
    }

    fn number(&self, row: &Row, cell: Option<&str>, axis: usize) -> Result<f64, Reject> {
        let column = self.source.point.as_ref().map_or("", |(lng, lat)| if axis == 0 { lng } else { lat });
        let text = cell.unwrap_or_default();
        let parsed = fold_width(text).parse::<f64>();
        parsed.map_err(|_| Reject::new(row.number, column, text, "not a number: a coordinate is needed"))
    }
}

impl AddressTable {
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Drops rows whose code was seen before and puts the rest in order.
    fn arrange(&mut self, log: &mut Log) {
        let whole = self.points.iter().copied().fold(Bbox::EMPTY, Bbox::extend);
        let mut by_code: Vec<u32> = (0..self.points.len() as u32).collect();
        by_code.par_sort_by(|a, b| self.code(*a).cmp(self.code(*b)).then(a.cmp(b)));
        let mut twice: Vec<u32> =
            by_code.windows(2).filter(|w| self.code(w[0]) == self.code(w[1])).map(|w| w[1]).collect();
        twice.sort_unstable();
        for place in &twice {
            let (source, row) = self.origins[*place as usize];
            let reason = "address code seen before: the first row with it was kept";
            log.withdraw(usize::from(source), &Reject::new(row, "code", self.code(*place), reason));
        }
        by_code.retain(|place| twice.binary_search(place).is_err());
        // The sort by place is stable, so addresses of one building stay in the order of their codes.
        by_code.par_sort_by_cached_key(|place| match self.links[*place as usize] {
            Some(link) => (link.building, 0),
            None => (u32::MAX, hilbert_index(whole, self.points[*place as usize])),
        });
        self.order = by_code;
    }

    pub(super) fn code(&self, place: u32) -> &str {
        self.codes.get(place as usize)
    }
}
