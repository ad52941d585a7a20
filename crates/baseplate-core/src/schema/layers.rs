//! The layers: what hangs on the backbone of grids, buildings and addresses, each described once.
//!
//! What handles, tiles, collections, exports, statistics by category and searches need to know of a layer stands in its
//! [`LayerDeclaration`]; its attributes come from the manifest of a plate, and its columns are those of its table ([`super::tables`]).
//! Cards and totals by area still name enterprises and people themselves.

use crate::model::{EnterpriseRole, Entity, PersonRole};

/// How the records of a layer are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// One by one, each where it counts; numbers are always exact.
    Records,
    /// In blocks of enough persons that releases publish. Its records are about single persons: they have no points, rows, cards or
    /// collections, and are opened by the owner of the plate alone.
    Blocks,
}

/// What is said of a layer once, for all that reads it.
#[derive(Debug)]
pub(crate) struct LayerDeclaration {
    /// What it is called in requests, tiles and collections.
    pub(crate) id: &'static str,
    /// What one of its records is.
    pub(crate) entity: Entity,
    /// How its records are counted.
    pub(crate) counting: Counting,
    /// The words that say what a record has to do with its address, the one by which it counts first.
    pub(crate) roles: &'static [&'static str],
    /// The first zoom of its tiles, if its records are shown one by one.
    pub(crate) first_zoom: u8,
    /// What its tiles and its collection show.
    pub(crate) about: &'static str,
}

/// The layer of enterprises (法人, 市场主体).
pub(crate) const ENTERPRISES: &str = "enterprises";

/// The layers that every plate has, in the order in which their attributes are counted.
pub(crate) static LAYERS: [LayerDeclaration; 2] = [
    LayerDeclaration {
        id: "people",
        entity: Entity::Person,
        counting: Counting::Blocks,
        roles: PersonRole::WORDS,
        first_zoom: 0,
        about: "",
    },
    LayerDeclaration {
        id: ENTERPRISES,
        entity: Entity::Enterprise,
        counting: Counting::Records,
        roles: EnterpriseRole::WORDS,
        first_zoom: 16,
        about: "enterprises at the address where they are registered, put together like addresses; code is the USCC",
    },
];
