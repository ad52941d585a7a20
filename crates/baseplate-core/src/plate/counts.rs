//! The counts that stand in a plate, by category.

use super::handle::Baseplate;
use crate::{model::Entity, store::blocks::Blocks};
use arrow_buffer::ScalarBuffer;

impl Baseplate {
    /// The attributes of people, then of enterprises, with their words.
    pub(crate) fn attribute_columns(&self) -> impl Iterator<Item = (Entity, &str, &[String])> {
        let of_people = self.manifest().person_attributes.iter().map(|a| (Entity::Person, a));
        let of_enterprises = self.manifest().enterprise_attributes.iter().map(|a| (Entity::Enterprise, a));
        of_people.chain(of_enterprises).map(|(entity, a)| (entity, a.name.as_str(), a.categories.as_slice()))
    }

    /// For an attribute, by its place among [`Baseplate::attribute_columns`]: a matrix of the grids of the first kind, of all levels,
    /// by its categories, row by row; empty if the file is damaged. Of people also for each of these grids whether its numbers are estimates.
    pub(crate) fn category_counts(&self, attribute: usize) -> (ScalarBuffer<u32>, ScalarBuffer<u8>) {
        let of_people = self.manifest().person_attributes.len();
        let numbers = |section| self.0.categories.array(section).unwrap_or_else(|_| ScalarBuffer::from(Vec::new()));
        match attribute < of_people {
            true => {
                let flags = self.0.categories.array(2 * attribute + 1);
                (numbers(2 * attribute), flags.unwrap_or_else(|_| ScalarBuffer::from(Vec::new())))
            }
            false => (numbers(of_people + attribute), ScalarBuffer::from(Vec::new())),
        }
    }

    /// The blocks that people are counted in.
    pub(crate) fn blocks(&self) -> &Blocks {
        &self.0.blocks
    }
}
