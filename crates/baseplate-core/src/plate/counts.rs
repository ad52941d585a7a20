//! The counts that stand in a plate, by category.

use super::handle::Baseplate;
use crate::{
    model::Entity,
    store::{blocks::Blocks, categories::CategoryCounts},
};

impl Baseplate {
    /// The attributes of people, then of enterprises, with their words.
    pub(crate) fn attribute_columns(&self) -> impl Iterator<Item = (Entity, &str, &[String])> {
        let of_people = self.manifest().person_attributes.iter().map(|a| (Entity::Person, a));
        let of_enterprises = self.manifest().enterprise_attributes.iter().map(|a| (Entity::Enterprise, a));
        of_people.chain(of_enterprises).map(|(entity, a)| (entity, a.name.as_str(), a.categories.as_slice()))
    }

    /// What is counted by an attribute, by its place among [`Baseplate::attribute_columns`].
    pub(crate) fn category_counts(&self, attribute: usize) -> Option<&CategoryCounts> {
        self.0.categories.get(attribute)
    }

    /// The blocks that people are counted in.
    pub(crate) fn blocks(&self) -> &Blocks {
        &self.0.blocks
    }
}
