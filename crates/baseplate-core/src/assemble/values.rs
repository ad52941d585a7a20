//! The attributes of records that are no categories: texts, numbers, and what is so or not.

use super::{
    error::BuildError,
    spill::{Spill, SpillWriter},
};
use crate::{
    source::{Columns, Row},
    store::AttributeType,
    time::{Moment, Zone},
};
use std::{fmt::Display, path::Path};

/// Attributes while they are read, by position.
pub(super) struct ValuesBuilder(Vec<(String, AttributeType, Building)>);

/// The values of an attribute so far.
enum Building {
    Texts(SpillWriter),
    Integers(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Flags(Vec<Option<bool>>),
}

/// Attributes of a table, by position.
#[derive(Default)]
pub(super) struct Values(pub(super) Vec<(String, AttributeType, Stored)>);

/// The values of an attribute.
pub(super) enum Stored {
    /// Texts; empty where there is none.
    Texts(Spill),
    /// Whole numbers.
    Integers(Vec<Option<i64>>),
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// True or false.
    Flags(Vec<Option<bool>>),
}

/// Which attribute a source has in which column: the place of the attribute, and the index of the column.
pub(super) struct ValueColumns(Vec<(usize, usize)>);

impl ValuesBuilder {
    /// Attributes of these names and types; texts are written aside into a directory, under names that begin with `prefix`.
    pub(super) fn create(
        attributes: Vec<(String, AttributeType)>,
        dir: &Path,
        prefix: &str,
    ) -> Result<Self, BuildError> {
        let begin = |(place, (name, of)): (usize, (String, AttributeType))| {
            let values = match of {
                AttributeType::Number => Building::Numbers(Vec::new()),
                AttributeType::Boolean => Building::Flags(Vec::new()),
                AttributeType::Integer | AttributeType::Time | AttributeType::Date => Building::Integers(Vec::new()),
                AttributeType::Text | AttributeType::Category => {
                    Building::Texts(SpillWriter::create(dir, &format!("{prefix}-text-{place}"))?)
                }
            };
            Ok((name, of, values))
        };
        attributes.into_iter().enumerate().map(begin).collect::<Result<_, _>>().map(Self)
    }

    /// The columns in which a source has them.
    pub(super) fn of_source(&self, attributes: &[(String, AttributeType)], columns: &mut Columns) -> ValueColumns {
        let column = |(place, (name, ..)): (usize, &(String, AttributeType, Building))| {
            let is_there = attributes.iter().any(|(of_source, _)| of_source == name);
            is_there.then(|| (place, columns.want(name)))
        };
        ValueColumns(self.0.iter().enumerate().filter_map(column).collect())
    }

    /// Takes over a row that is kept; `unreadable` is told the column and the text of what is no value of its type.
    pub(super) fn push(
        &mut self,
        columns: &ValueColumns,
        row: &Row,
        zone: &Zone,
        mut unreadable: impl FnMut(&str, &str, String),
    ) {
        for (place, (name, of, values)) in self.0.iter_mut().enumerate() {
            let column = columns.0.iter().find(|(attribute, _)| *attribute == place);
            let cell = column.and_then(|(_, index)| row.cell(*index));
            let mut say = |reason: &dyn Display| {
                unreadable(name, cell.unwrap_or_default(), format!("{reason}: the cell is left empty"))
            };
            match values {
                Building::Texts(texts) => texts.push(cell.unwrap_or_default()),
                Building::Integers(numbers) => numbers.push(match of {
                    AttributeType::Time | AttributeType::Date => {
                        let moment = cell.map(|cell| Moment::read(cell, zone));
                        let moment = moment.and_then(|read| read.map_err(|e| say(&e)).ok());
                        let second = moment.map(Moment::second);
                        if *of == AttributeType::Time { second } else { second.map(|second| zone.day(second)) }
                    }
                    _ => read(cell, integer, NO_INTEGER, &mut say),
                }),
                Building::Numbers(numbers) => numbers.push(read(cell, number, NO_NUMBER, &mut say)),
                Building::Flags(flags) => flags.push(read(cell, flag, NO_FLAG, &mut say)),
            }
        }
    }

    /// Ends the reading.
    pub(super) fn finish(self) -> Result<Values, BuildError> {
        let end = |(name, of, values): (String, AttributeType, Building)| {
            let values = match values {
                Building::Texts(texts) => Stored::Texts(texts.finish()?),
                Building::Integers(numbers) => Stored::Integers(numbers),
                Building::Numbers(numbers) => Stored::Numbers(numbers),
                Building::Flags(flags) => Stored::Flags(flags),
            };
            Ok((name, of, values))
        };
        self.0.into_iter().map(end).collect::<Result<_, _>>().map(Values)
    }
}

impl Values {
    /// Whether two positions have the same values.
    pub(super) fn same(&self, one: usize, other: usize) -> bool {
        self.0.iter().all(|(_, _, values)| match values {
            Stored::Texts(texts) => texts.get(one) == texts.get(other),
            Stored::Integers(numbers) => numbers[one] == numbers[other],
            Stored::Numbers(numbers) => numbers[one] == numbers[other],
            Stored::Flags(flags) => flags[one] == flags[other],
        })
    }
}

/// Why a cell is no value of its attribute.
const NO_INTEGER: &str = "not a whole number";
const NO_NUMBER: &str = "not a number";
const NO_FLAG: &str = "neither yes nor no";

/// The value of a cell; what is there and cannot be read is said.
fn read<V>(
    cell: Option<&str>,
    value: impl FnOnce(&str) -> Option<V>,
    reason: &'static str,
    say: &mut impl FnMut(&dyn Display),
) -> Option<V> {
    let found = value(cell?);
    if found.is_none() {
        say(&reason);
    }
    found
}

/// A whole number; spreadsheets write them with a decimal point and zeros, and with commas between thousands.
pub(crate) fn integer(cell: &str) -> Option<i64> {
    let plain = cell.replace([',', '，'], "");
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    rest.bytes().all(|b| b == b'0').then(|| whole.parse().ok()).flatten()
}

/// A number that is finite.
pub(crate) fn number(cell: &str) -> Option<f64> {
    cell.replace([',', '，'], "").parse().ok().filter(|number: &f64| number.is_finite())
}

/// True or false in the words of sources.
fn flag(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "是" | "有" | "真" => Some(true),
        "0" | "false" | "f" | "no" | "n" | "否" | "无" | "假" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them_and_nothing_else_is() {
        assert_eq!(["12", "12.0", "1,200", "-3"].map(integer), [Some(12), Some(12), Some(1200), Some(-3)]);
        assert_eq!(["12.5", "", "1e3", "十二"].map(integer), [None; 4]);
        assert_eq!(["12.5", "1,200.25", "-0.5"].map(number), [Some(12.5), Some(1200.25), Some(-0.5)]);
        assert_eq!(["NaN", "inf", "", "12元"].map(number), [None; 4]);
        assert_eq!(["是", "NO", "2"].map(flag), [Some(true), Some(false), None]);
    }
}
