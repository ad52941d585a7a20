//! Counting the rows of a layer: threads have pieces of the table, and their numbers are added.

use super::{
    columns::Columns,
    places::{Places, Spot},
    query::NUMBERS_MAX,
};
use crate::plate::{Layer, ValueColumn};
use rayon::prelude::*;
use std::collections::HashMap;

/// The numbers of one or all areas: by area, then as [`Columns`] have them.
#[derive(Default)]
pub(super) struct Numbers {
    pub(super) counts: Vec<u32>,
    /// How many of these have a value of the attribute that was asked for, and their sum; empty if none was.
    pub(super) filled: Vec<u32>,
    pub(super) sums: Vec<f64>,
}

impl Numbers {
    fn new(length: usize, has_values: bool) -> Self {
        let of_values = if has_values { length } else { 0 };
        Self { counts: vec![0; length], filled: vec![0; of_values], sums: vec![0.0; of_values] }
    }

    #[inline]
    fn count(&mut self, at: usize, value: Option<f64>) {
        self.counts[at] += 1;
        if let Some(value) = value {
            self.filled[at] += 1;
            self.sums[at] += value;
        }
    }

    fn add(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, n)| *sum += n);
        self.filled.iter_mut().zip(&other.filled).for_each(|(sum, n)| *sum += n);
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, n)| *sum += n);
    }

    /// Those of the area at a place.
    pub(super) fn of_area(&self, place: usize, width: usize) -> Self {
        let range = place * width..(place + 1) * width;
        Self {
            counts: self.counts[range.clone()].to_vec(),
            filled: self.filled.get(range.clone()).unwrap_or_default().to_vec(),
            sums: self.sums.get(range).unwrap_or_default().to_vec(),
        }
    }
}

/// What was counted.
#[derive(Default)]
pub(super) struct Counted {
    /// Of areas that are known beforehand, all in one.
    pub(super) areas: Numbers,
    /// Of cells.
    pub(super) cells: HashMap<u64, Numbers>,
    /// Records of which only a larger area is known.
    pub(super) above: u64,
    /// Records that lie in none.
    pub(super) elsewhere: u64,
}

/// Counts the records of a layer, with the numbers of an attribute.
pub(super) fn count(layer: Layer<'_>, places: &Places, columns: &Columns, value: Option<ValueColumn>) -> Counted {
    // Each piece has numbers of its own, which are together no more than an answer can have.
    let numbers = places.areas.len().saturating_mul(columns.width()).max(1);
    let (batches, most) = (layer.batches(), (NUMBERS_MAX / numbers).max(1));
    let piece = batches.div_ceil(rayon::current_num_threads().clamp(1, most)).max(1);
    let pieces = (0..batches.div_ceil(piece)).into_par_iter();
    let counted = pieces.map(|number| {
        let mut scan = Scan { layer, places, columns, value, counted: Counted::default() };
        scan.batches(number * piece..batches.min((number + 1) * piece));
        scan.counted
    });
    let all: Vec<Counted> = counted.collect();
    let mut all = all.into_iter();
    let mut sum = all.next().unwrap_or_default();
    for counted in all {
        sum.areas.add(&counted.areas);
        sum.above += counted.above;
        sum.elsewhere += counted.elsewhere;
        for (cell, numbers) in counted.cells {
            match sum.cells.get_mut(&cell) {
                Some(sum) => sum.add(&numbers),
                None => drop(sum.cells.insert(cell, numbers)),
            }
        }
    }
    if sum.areas.counts.is_empty() && places.resolution.is_none() {
        sum.areas = Numbers::new(places.areas.len() * columns.width(), value.is_some());
    }
    sum
}

/// Counting on its way.
struct Scan<'a> {
    layer: Layer<'a>,
    places: &'a Places,
    columns: &'a Columns,
    value: Option<ValueColumn>,
    counted: Counted,
}

impl Scan<'_> {
    fn batches(&mut self, batches: std::ops::Range<usize>) {
        let (width, has_values) = (self.columns.width(), self.value.is_some());
        let of_cells = self.places.resolution.is_some();
        if !of_cells {
            self.counted.areas = Numbers::new(self.places.areas.len() * width, has_values);
        }
        let mut finder = self.places.finder(self.layer);
        for batch in batches.filter_map(|batch| self.layer.batch(batch, self.value)) {
            for at in batch.places() {
                let Some(row) = batch.counted(at) else { continue };
                let Some(column) = self.columns.place(row.time, row.class) else { continue };
                let area = match finder.area(batch.first_row + at as u32, row.address) {
                    Spot::In(area) => area,
                    Spot::Above => {
                        self.counted.above += 1;
                        continue;
                    }
                    Spot::Elsewhere => {
                        self.counted.elsewhere += 1;
                        continue;
                    }
                };
                let value = if has_values { batch.value(at) } else { None };
                if of_cells {
                    let numbers = self.counted.cells.entry(area);
                    numbers.or_insert_with(|| Numbers::new(width, has_values)).count(column, value);
                } else {
                    self.counted.areas.count(area as usize * width + column, value);
                }
            }
        }
    }
}
