//! Statistics of H3 cells: of the whole plate as it was counted at build, or of what is in some grids.

use super::{Attribute, Breakdown, Counts, StatsRow, tenths};
use crate::{
    h3::Position,
    model::GridKind,
    plate::{Address, Baseplate, Building, Grid, HexCell, Layer, Record},
    spatial::{CellFinder, LngLat},
    store::Counting,
};
use h3o::{CellIndex, Resolution};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Buildings whose addresses a thread counts together.
const CHUNK: usize = 1 << 12;

/// How large a cell is, square metres.
fn cell_m2(index: u64) -> f64 {
    tenths(CellIndex::try_from(index).map_or(0.0, CellIndex::area_m2))
}

impl Baseplate {
    /// The cells in which anything lies.
    pub(super) fn cell_rows(&self, resolution: Resolution, by: Option<&Breakdown>) -> Vec<StatsRow> {
        let row = |cell: HexCell<'_>| {
            let index = cell.cell()?;
            let by_estimated = by.map(|breakdown| breakdown.is_estimated(index, cell.is_estimated()));
            let by = by.map(|breakdown| breakdown.of(index));
            let (code, area_m2) = (format!("{index:x}"), cell_m2(index));
            Some(StatsRow { code, name: None, area_m2, counts: cell.into(), by, by_estimated })
        };
        self.hex_cells(resolution.into()).filter(HexCell::is_shown).filter_map(row).collect()
    }

    /// What of the plate is in some grids, by cell. People of a cell that is not inside as a whole are an estimate.
    pub(super) fn cell_rows_within(
        &self,
        resolution: Resolution,
        within: &[Grid<'_>],
        attribute: Option<&Attribute<'_>>,
    ) -> Vec<StatsRow> {
        let area = Within::of(self, within);
        let of_records = attribute.filter(|attribute| !attribute.is_in_blocks());
        let layers: Vec<_> = self.layers().filter(|layer| layer.counting() == Counting::Records).collect();
        let scan = || Scan {
            attribute: of_records,
            layers: &layers,
            finder: CellFinder::new(resolution),
            cells: BTreeMap::new(),
        };
        let buildings = self.manifest().rows.buildings as usize;
        let chunk = |chunk: usize| {
            let mut scan = scan();
            let rows = chunk * CHUNK..buildings.min((chunk + 1) * CHUNK);
            let inside =
                rows.filter_map(|row| self.building_row(row as u32)).filter(|b| area.holds(|kind| b.grid(kind)));
            inside.for_each(|building| scan.building(building));
            scan.cells
        };
        let of_buildings = (0..buildings.div_ceil(CHUNK)).into_par_iter().map(chunk).reduce(BTreeMap::new, merge);
        let mut rest = scan();
        self.addresses_without_building().filter(|a| area.holds(|kind| a.grid(kind))).for_each(|a| rest.address(&a));
        for (at, layer) in layers.iter().enumerate() {
            layer.point_records().filter(|r| area.holds(|kind| r.grid(kind))).for_each(|r| rest.record(at, &r));
        }
        let mut cells = merge(of_buildings, rest.cells);
        let inside = area.blocks(self);
        let people = self.people_of_cells_within(resolution, None, &inside);
        let mut by_category = attribute
            .filter(|attribute| attribute.is_in_blocks())
            .map(|attribute| self.people_of_cells_within(resolution, Some(attribute), &inside));
        for cell in people.keys() {
            cells.entry(*cell).or_insert_with(|| Tally::empty(&layers, of_records));
        }
        let whole = self.cells_inside(resolution, within);
        let is_counted = self.manifest().people_release.is_some();
        let row = |(cell, tally): (CellIndex, Tally)| {
            let stored = self.hex_cell(cell.into()).filter(|_| whole.contains(&cell));
            let people_estimated = is_counted && stored.is_none_or(|cell| cell.is_estimated());
            let count = people.get(&cell).map_or(0, |sums| sums[0]);
            let households = stored.and_then(|cell| cell.households());
            let households_estimated = stored.is_some_and(|cell| cell.are_households_estimated());
            let people = is_counted.then_some(count);
            let of_layers = layers.iter().map(|layer| layer.shared_id()).zip(tally.layers).collect();
            let counts = Counts {
                buildings: tally.buildings,
                addresses: tally.addresses,
                layers: of_layers,
                people,
                households,
                people_estimated,
                households_estimated,
            };
            let of_people = |sums: &mut HashMap<CellIndex, Vec<u32>>| {
                sums.remove(&cell).unwrap_or_else(|| vec![0; attribute.map_or(0, Attribute::width)])
            };
            let is_of_people = by_category.is_some();
            let by = by_category.as_mut().map(of_people).or_else(|| of_records.map(|_| tally.categories));
            let by_estimated = by.as_ref().map(|_| is_of_people);
            StatsRow { code: cell.to_string(), name: None, area_m2: cell_m2(cell.into()), counts, by, by_estimated }
        };
        cells.into_iter().map(row).collect()
    }

    /// The cells that lie inside one of the grids as a whole.
    fn cells_inside(&self, resolution: Resolution, grids: &[Grid<'_>]) -> HashSet<CellIndex> {
        let covers = grids.iter().filter_map(|grid| grid.h3_cover(resolution.into()).ok()).flatten();
        let inside = covers.filter(|(_, position)| *position == Position::Inside);
        inside.filter_map(|(cell, _)| CellIndex::try_from(cell).ok()).collect()
    }

    /// The addresses that have no building.
    fn addresses_without_building(&self) -> impl Iterator<Item = Address<'_>> {
        self.unbuilt_addresses().filter_map(|row| self.address_row(row))
    }
}

impl Attribute<'_> {
    /// The records of its layer by category and cell.
    pub(super) fn by_cell(&self, resolution: Resolution) -> Breakdown {
        let mut finder = CellFinder::new(resolution);
        let mut of_area: HashMap<u64, Vec<u32>> = HashMap::new();
        for record in self.layer.placed_records().filter(Record::is_counted) {
            let Some(cell) = cell_of(&mut finder, record.place()) else { continue };
            let numbers = of_area.entry(cell.into()).or_insert_with(|| vec![0; self.width()]);
            numbers[self.category(&record)] += 1;
        }
        Breakdown { is_in_blocks: false, categories: self.categories.clone(), of_area, estimated: HashSet::new() }
    }
}

/// What lies in some grids: the grids of each coverage that are below them.
pub(super) struct Within {
    kinds: Vec<(GridKind, HashSet<u32>)>,
}

impl Within {
    pub(super) fn of(plate: &Baseplate, grids: &[Grid<'_>]) -> Self {
        let below = |grid: &Grid<'_>, kind: &GridKind| {
            grid.chain().any(|above| grids.contains(&above) && above.kind().as_ref() == Some(kind))
        };
        let of_kind = |kind: &GridKind| {
            let finest = plate.coverage(kind).into_iter().flat_map(|coverage| coverage.grids());
            finest.filter(|grid| below(grid, kind)).map(|grid| grid.row()).collect()
        };
        let kinds = plate.coverages().map(|coverage| (coverage.kind().clone(), of_kind(coverage.kind())));
        Self { kinds: kinds.filter(|(_, rows): &(_, HashSet<u32>)| !rows.is_empty()).collect() }
    }

    /// The grids of each kind.
    pub(super) fn into_kinds(self) -> impl Iterator<Item = (GridKind, HashSet<u32>)> {
        self.kinds.into_iter()
    }

    /// Whether the block with a number is counted in them.
    fn blocks(&self, plate: &Baseplate) -> impl Fn(usize) -> bool {
        let coverages = &plate.manifest().coverages;
        let of_kind = |(kind, rows): &(GridKind, HashSet<u32>)| {
            let coverage = coverages.iter().position(|coverage| coverage.kind == *kind)?;
            Some((plate.blocks().grids(coverage), rows.clone()))
        };
        let kinds: Vec<_> = self.kinds.iter().filter_map(of_kind).collect();
        move |block| kinds.iter().any(|(grid, rows)| grid(block).is_some_and(|grid| rows.contains(&grid)))
    }

    /// Whether something is in them whose grid of each kind `grid` tells.
    pub(super) fn holds<'g>(&self, grid: impl Fn(&GridKind) -> Option<Grid<'g>>) -> bool {
        self.kinds.iter().any(|(kind, rows)| grid(kind).is_some_and(|grid| rows.contains(&grid.row())))
    }
}

/// What lies in a cell, without people.
struct Tally {
    buildings: u32,
    addresses: u32,
    /// Records of each layer that is counted one by one.
    layers: Vec<u32>,
    categories: Vec<u32>,
}

impl Tally {
    fn empty(layers: &[Layer<'_>], attribute: Option<&Attribute<'_>>) -> Self {
        let categories = vec![0; attribute.map_or(0, Attribute::width)];
        Self { buildings: 0, addresses: 0, layers: vec![0; layers.len()], categories }
    }
}

/// Counting on its way.
struct Scan<'a> {
    attribute: Option<&'a Attribute<'a>>,
    layers: &'a [Layer<'a>],
    finder: CellFinder,
    cells: BTreeMap<CellIndex, Tally>,
}

impl Scan<'_> {
    /// A building and everything at its addresses.
    fn building(&mut self, building: Building<'_>) {
        let finer = building.h3().and_then(|cell| CellIndex::try_from(cell).ok());
        let cell = cell_of(&mut self.finder, building.point().zip(finer));
        if let Some(cell) = cell.filter(|_| !building.is_demolished()) {
            self.tally(cell).buildings += 1;
        }
        building.addresses().for_each(|address| self.count(&address));
        let layers = self.layers;
        for (at, layer) in layers.iter().enumerate() {
            layer.in_building(building).for_each(|record| self.record(at, &record));
        }
    }

    /// An address without a building.
    fn address(&mut self, address: &Address<'_>) {
        self.count(address);
        let layers = self.layers;
        for (at, layer) in layers.iter().enumerate() {
            layer.at(*address).for_each(|record| self.record(at, &record));
        }
    }

    fn count(&mut self, address: &Address<'_>) {
        let finer = address.h3().and_then(|cell| CellIndex::try_from(cell).ok());
        let Some(cell) = cell_of(&mut self.finder, address.point().zip(finer)) else { return };
        self.tally(cell).addresses += 1;
    }

    /// A record of one of the layers.
    fn record(&mut self, at: usize, record: &Record<'_>) {
        let Some(cell) = record.is_counted().then(|| cell_of(&mut self.finder, record.place())).flatten() else {
            return;
        };
        let category = self.attribute.filter(|of| of.layer.id() == self.layers[at].id()).map(|of| of.category(record));
        let tally = self.tally(cell);
        tally.layers[at] += 1;
        category.into_iter().for_each(|category| tally.categories[category] += 1);
    }

    fn tally(&mut self, cell: CellIndex) -> &mut Tally {
        let (layers, attribute) = (self.layers, self.attribute);
        self.cells.entry(cell).or_insert_with(|| Tally::empty(layers, attribute))
    }
}

fn cell_of(finder: &mut CellFinder, place: Option<(LngLat, CellIndex)>) -> Option<CellIndex> {
    let (point, finer) = place?;
    finder.cell(point, finer)
}

fn merge(mut cells: BTreeMap<CellIndex, Tally>, more: BTreeMap<CellIndex, Tally>) -> BTreeMap<CellIndex, Tally> {
    for (cell, tally) in more {
        let Some(sum) = cells.get_mut(&cell) else {
            cells.insert(cell, tally);
            continue;
        };
        sum.buildings += tally.buildings;
        sum.addresses += tally.addresses;
        sum.layers.iter_mut().zip(tally.layers).for_each(|(sum, n)| *sum += n);
        sum.categories.iter_mut().zip(tally.categories).for_each(|(sum, n)| *sum += n);
    }
    cells
}
