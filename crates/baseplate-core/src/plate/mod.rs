//! The handle: a plate that was opened, and what it holds as rows of its tables.
//!
//! [`handle`] opens the files of a generation, [`rows`] has a type for a row of each table; the other files are what can be asked.

mod address;
mod building;
mod changes;
mod counts;
mod coverage;
mod find;
mod grid;
mod ground;
mod handle;
mod hexagon;
mod issue;
mod kept;
mod layer;
mod nearest;
mod people;
mod people_files;
mod record;
mod record_table;
mod rows;
#[cfg(feature = "stats")]
mod scan;
mod search;
mod sound;
mod tally;
mod thing;
#[cfg(feature = "stats")]
mod verify;
#[cfg(test)]
#[cfg(all(feature = "build", feature = "tile"))]
mod wrong_values;

pub use coverage::Coverage;
#[cfg(feature = "tile")]
pub(crate) use ground::Piece;
pub use handle::Baseplate;
pub use issue::IssueRecord;
pub use kept::{KeptAddress, KeptBuilding, KeptGrid, KeptRecord, KeptThing};
pub use layer::Layer;
pub use people::{People, Person, Residence};
pub use record::AttributeValue;
pub use rows::{Address, Building, Grid, GridOverride, HexCell, Record};
#[cfg(feature = "stats")]
pub(crate) use scan::{GridFinder, ValueColumn};
pub use search::FoundRecords;
pub use tally::Counts;
pub use thing::Thing;
