//! Counting: what lies in each grid and each H3 cell, and which counts of people may be shown.

use super::{
    Context, Tables,
    cells::{by_containing_cell, by_parent_cell},
};
use crate::{
    spatial::PEOPLE_FINEST,
    stats::{Atom, Family, publishable_pair},
};
use h3o::CellIndex;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// How many of each entity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) buildings: u32,
    pub(super) addresses: u32,
    pub(super) enterprises: u32,
    /// Exact: for nobody's eyes before suppression.
    people: u32,
}

impl Numbers {
    /// One building.
    pub(super) fn building() -> Self {
        Self { buildings: 1, ..Self::default() }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.buildings += other.buildings;
        self.addresses += other.addresses;
        self.enterprises += other.enterprises;
        self.people += other.people;
    }

    /// The same for everybody's eyes.
    pub(super) fn without_people(self) -> Self {
        Self { people: 0, ..self }
    }
}

/// An H3 cell and what lies in it.
pub(super) struct CellNumbers {
    pub(super) cell: u64,
    pub(super) resolution: u8,
    pub(super) numbers: Numbers,
    pub(super) people: Option<u32>,
}

/// All counts of a plate.
pub(super) struct Counts {
    /// By row of the table of grids.
    pub(super) grids: Vec<Numbers>,
    /// People of each grid where they may be shown.
    pub(super) people: Vec<Option<u32>>,
    /// By resolution, then cell.
    pub(super) cells: Vec<CellNumbers>,
    /// The cell of each row of the table of addresses.
    pub(super) h3: Vec<Option<u64>>,
}

impl Context<'_> {
    pub(super) fn count(&self, tables: &Tables<'_>) -> Counts {
        let h3: Vec<_> =
            (0..tables.addresses.len() as u32).into_par_iter().map(|row| tables.addresses.h3(row)).collect();
        let at_address = numbers_at_addresses(tables);
        let mut grids = vec![Numbers::default(); tables.grids.len()];
        let standing = tables.buildings.drafts.iter().zip(&tables.buildings.grids).filter(|(b, _)| !b.demolished);
        for (_, of_building) in standing {
            of_building.iter().flatten().for_each(|grid| grids[*grid as usize].add(Numbers::building()));
        }
        for (row, numbers) in (0..).zip(&at_address) {
            tables.grids_of_address(row).iter().flatten().for_each(|grid| grids[*grid as usize].add(*numbers));
        }
        self.roll_up(&mut grids);
        let by_parent = by_parent_cell(&at_address, &h3);
        let (people, shown) = self.published(tables, &grids, &by_parent, &at_address, &h3);
        let mut contained = by_containing_cell(tables, &at_address, &h3);
        for cell in by_parent.keys() {
            contained.entry(*cell).or_default();
        }
        let people_in = |cell: &CellIndex| by_parent.get(cell).filter(|_| shown.get(cell) == Some(&true));
        let cell_numbers = |(cell, numbers): (CellIndex, Numbers)| CellNumbers {
            cell: cell.into(),
            resolution: cell.resolution().into(),
            numbers,
            people: people_in(&cell).map(|n| n.people),
        };
        let mut cells: Vec<_> = contained.into_iter().map(cell_numbers).collect();
        cells.sort_by_key(|c| (c.resolution, c.cell));
        Counts { grids, people, cells, h3 }
    }

    /// Adds what lies in the grids of the ground to every level above of the same kind.
    fn roll_up(&self, counts: &mut [Numbers]) {
        let ground = counts.to_vec();
        for (row, numbers) in ground.into_iter().enumerate().filter(|(_, n)| *n != Numbers::default()) {
            for parent in self.above(row as u32) {
                counts[parent as usize].add(numbers);
            }
        }
    }

    /// The rows above a grid that are of its kind.
    fn above(&self, row: u32) -> impl Iterator<Item = u32> {
        let next = |row: &u32| self.grids.parents[*row as usize].map(|(parent, _)| parent);
        let kind = &self.grids.drafts[row as usize].kind;
        std::iter::successors(next(&row), next).filter(move |row| self.grids.drafts[*row as usize].kind == *kind)
    }

    /// For the grids of the first coverage and the levels above it, which come first in the table and from the ground up, the row
    /// of the one above.
    pub(super) fn first_kind_parents(&self) -> Vec<Option<u32>> {
        let first = self.coverages.first().map(|c| &c.info.kind);
        let rows = self.grids.drafts.iter().take_while(|d| Some(&d.kind) == first).count();
        (0..rows as u32).map(|row| self.above(row).next()).collect()
    }

    /// Which counts of people may be shown: for each grid of the first coverage and the levels above it its people, for each
    /// cell whether. Those of other kinds of grids are never shown: their borders cross.
    fn published(
        &self,
        tables: &Tables<'_>,
        grids: &[Numbers],
        cells: &BTreeMap<CellIndex, Numbers>,
        at_address: &[Numbers],
        h3: &[Option<u64>],
    ) -> (Vec<Option<u32>>, HashMap<CellIndex, bool>) {
        if self.coverages.is_empty() || tables.people.len() == 0 {
            return (vec![None; grids.len()], HashMap::new());
        }
        let parents = self.first_kind_parents();
        let rows = parents.len();
        let totals: Vec<u32> = grids[..rows].iter().map(|n| n.people).collect();
        let empty: Vec<bool> = grids[..rows].iter().map(|n| n.addresses == 0).collect();
        let by_grid = Family { parents: &parents, categories: 1, counts: &totals, uninhabited: &empty };

        let shown: Vec<_> = cells.iter().filter(|(cell, _)| cell.resolution() <= PEOPLE_FINEST).collect();
        let place: HashMap<CellIndex, u32> = shown.iter().map(|(cell, _)| **cell).zip(0..).collect();
        let coarser = |cell: &CellIndex| cell.resolution().pred().and_then(|r| place.get(&cell.parent(r)?).copied());
        let cell_parents: Vec<Option<u32>> = shown.iter().map(|(cell, _)| coarser(cell)).collect();
        let cell_totals: Vec<u32> = shown.iter().map(|(_, n)| n.people).collect();
        let cell_empty: Vec<bool> = shown.iter().map(|(_, n)| n.addresses == 0).collect();
        let by_cell = Family { parents: &cell_parents, categories: 1, counts: &cell_totals, uninhabited: &cell_empty };

        let mut atoms: BTreeMap<[u32; 2], u32> = BTreeMap::new();
        for (row, (numbers, cell)) in (0..).zip(at_address.iter().zip(h3)) {
            let grid = tables.grids_of_address(row).first().copied().flatten();
            let cell = cell.and_then(|c| CellIndex::try_from(c).ok()?.parent(PEOPLE_FINEST));
            let cell = cell.and_then(|c| place.get(&c).copied());
            if let (Some(grid), Some(cell)) = (grid, cell) {
                *atoms.entry([grid, cell]).or_default() += numbers.people;
            }
        }
        let atoms: Vec<Atom> = atoms.into_iter().map(|(leaves, people)| Atom { leaves, people }).collect();
        let families = [&by_grid, &by_cell];
        let [grids_shown, cells_shown] = publishable_pair(families, &atoms, self.spec.plate.suppress_below);
        let mut people: Vec<_> = totals.iter().zip(grids_shown).map(|(n, shown)| shown.then_some(*n)).collect();
        people.resize(grids.len(), None);
        (people, shown.iter().map(|(cell, _)| **cell).zip(cells_shown).collect())
    }
}

impl Tables<'_> {
    /// The grids of a row of the table of addresses, one for each coverage.
    pub(super) fn grids_of_address(&self, row: u32) -> &[Option<u32>] {
        match self.addresses.building(row) {
            Some(building) => &self.buildings.grids[building as usize],
            None => self.addresses.grids.get(&self.addresses.order[row as usize]).map_or(&[], Vec::as_slice),
        }
    }
}

/// What counts at each row of the table of addresses.
fn numbers_at_addresses(tables: &Tables<'_>) -> Vec<Numbers> {
    let mut numbers = vec![Numbers { addresses: 1, ..Numbers::default() }; tables.addresses.len()];
    let (people, enterprises) = (tables.people, tables.enterprises);
    for address in people.order.iter().filter(|p| people.counts(**p)).filter_map(|p| people.address(*p)) {
        numbers[address as usize].people += 1;
    }
    for address in enterprises.order.iter().filter(|p| enterprises.counts(**p)).filter_map(|p| enterprises.address(*p))
    {
        numbers[address as usize].enterprises += 1;
    }
    numbers
}
