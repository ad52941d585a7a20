//! The records of a layer for statistics: batch by batch, from the columns that are asked for, without making a record of each.

use super::{handle::Baseplate, layer::Layer, record_table::RecordTable};
use crate::store::{
    AttributeInfo, AttributeType,
    table::{BATCH, NumberBatch},
};
use arrow_array::{Array, BooleanArray};
use std::ops::Range;

/// The columns of a batch of rows.
pub(crate) struct RecordBatch<'a> {
    /// The row of the table with which it begins.
    pub(crate) first_row: u32,
    counted: &'a BooleanArray,
    address: NumberBatch<'a, u32>,
    time: NumberBatch<'a, i64>,
    class: NumberBatch<'a, u16>,
    values: Option<Values<'a>>,
}

/// The numbers of an attribute.
enum Values<'a> {
    Integers(NumberBatch<'a, i64>),
    Numbers(NumberBatch<'a, f64>),
    Flags(&'a BooleanArray),
}

/// A row that counts.
pub(crate) struct CountedRow {
    pub(crate) address: Option<u32>,
    pub(crate) time: Option<i64>,
    pub(crate) class: Option<u16>,
}

/// Where the numbers of an attribute stand: in which group of columns, and where in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValueColumn(usize, usize);

impl RecordBatch<'_> {
    /// The places of its rows, from 0.
    pub(crate) fn places(&self) -> Range<usize> {
        0..self.counted.len()
    }

    /// The row at a place, if it is the one at which its record counts.
    #[inline]
    pub(crate) fn counted(&self, at: usize) -> Option<CountedRow> {
        let counts = at < self.counted.len() && self.counted.value(at);
        counts.then(|| CountedRow { address: self.address.get(at), time: self.time.get(at), class: self.class.get(at) })
    }

    /// The number of the attribute that was asked for at a place; yes is 1 and no is 0.
    #[inline]
    pub(crate) fn value(&self, at: usize) -> Option<f64> {
        match self.values.as_ref()? {
            Values::Integers(numbers) => numbers.get(at).map(|number| number as f64),
            Values::Numbers(numbers) => numbers.get(at),
            Values::Flags(flags) => (flags.is_valid(at)).then(|| f64::from(u8::from(flags.value(at)))),
        }
    }
}

impl<'a> Layer<'a> {
    /// How many batches its rows have.
    pub(crate) fn batches(&self) -> usize {
        self.records_table().map_or(0, |records| records.columns.rows.div_ceil(BATCH))
    }

    /// The column of an attribute whose values can be added up; `None` if it has no such attribute.
    pub(crate) fn value_column(&self, name: &str) -> Option<ValueColumn> {
        let is_number =
            |of: AttributeType| matches!(of, AttributeType::Integer | AttributeType::Number | AttributeType::Boolean);
        let attributes = &self.stored().attributes;
        let is_named = |attribute: &AttributeInfo| attribute.name == name && self.may_read(attribute);
        let found = attributes.iter().position(|attribute| is_named(attribute) && is_number(attribute.of))?;
        let group = attributes[found].of.stored();
        let before = attributes[..found].iter().filter(|attribute| attribute.of.stored() == group).count();
        Some(ValueColumn(group, before))
    }

    /// A batch of its rows, with the numbers of an attribute; `None` if there is no such batch.
    pub(crate) fn batch(&self, batch: usize, value: Option<ValueColumn>) -> Option<RecordBatch<'a>> {
        let columns = &self.records_table()?.columns;
        let values = value.and_then(|ValueColumn(group, at)| match group {
            2 => columns.integers.get(at)?.1.batch(batch).map(Values::Integers),
            3 => columns.numbers.get(at)?.1.batch(batch).map(Values::Numbers),
            _ => columns.flags.get(at)?.1.batch(batch).map(Values::Flags),
        });
        Some(RecordBatch {
            first_row: (batch * BATCH) as u32,
            counted: columns.counted.batch(batch)?,
            address: columns.address.batch(batch)?,
            time: columns.time.batch(batch)?,
            class: columns.class.batch(batch)?,
            values,
        })
    }

    /// What finds the grids of a coverage, by its place among those of the plate, in which its rows lie.
    pub(crate) fn grid_finder(&self, coverage: usize) -> Option<GridFinder<'a>> {
        let (plate, records) = (self.plate(), &**self.records_table()?);
        Some(GridFinder { plate, records, pointed: records.pointed(), coverage, same: 0..0, grid: None })
    }
}

/// Finds the grids of a coverage in which the rows of a layer lie. Neighbouring rows mostly lie in one building, so a building is
/// looked up once for all of its addresses.
pub(crate) struct GridFinder<'a> {
    plate: &'a Baseplate,
    records: &'a RecordTable,
    /// Where its rows end that have an address, a building or a point.
    pointed: u32,
    coverage: usize,
    /// The addresses that lie in `grid`.
    same: Range<u32>,
    grid: Option<u32>,
}

impl GridFinder<'_> {
    /// The row of the grid of a row, given the row of its address; of a row of which an area alone is known that of the area, of any level,
    /// if it is of the coverage.
    #[inline]
    pub(crate) fn grid(&mut self, row: u32, address: Option<u32>) -> Option<u32> {
        match address {
            Some(address) if self.same.contains(&address) => self.grid,
            Some(address) => self.look_up(address),
            None if row < self.records.built => self.of_building(self.records.columns.building.get(row)?),
            None if row < self.pointed => self.of_point(row),
            None if self.coverage == 0 => self.records.area(row),
            None => None,
        }
    }

    fn look_up(&mut self, address: u32) -> Option<u32> {
        let inner = &self.plate.0;
        let building = inner.addresses.building.get(address);
        (self.same, self.grid) = match building.and_then(|building| self.plate.building_row(building)) {
            Some(building) => {
                let first = building.first_address();
                (first..first.saturating_add(building.address_count()), self.of_building(building.row()))
            }
            None => (address..address.saturating_add(1), self.plate.grid_of_unbuilt(address, self.coverage)),
        };
        self.grid
    }

    fn of_building(&self, building: u32) -> Option<u32> {
        self.plate.0.building_grids.grids.get(self.coverage)?.1.get(building)
    }

    fn of_point(&self, row: u32) -> Option<u32> {
        let (_, grids) = self.records.grids.as_ref()?.grids.get(self.coverage)?;
        grids.get(row.checked_sub(self.records.built)?)
    }
}
