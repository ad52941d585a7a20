//! What lies on disk: the files of a plate, how they are mapped, and how a generation is published.
//!
//! ```text
//! city.plate/
//!   CURRENT            the published generation and the hash of its plate.json
//!   rejects.csv        what the last build could not use, and why
//!   000001/
//!     plate.json       format, sources, coverages, and size and hash of every file
//!     grids.arrow  buildings.arrow  addresses.arrow  overrides.arrow  cells.arrow  issues.arrow
//!     layers/          of each layer its records, the same by code and by name, and its counts
//!     index/           locators, rows by code, rows by place
//!     private/         people, their rows by token and by address, issues about them: for the owner alone
//!     changes.jsonl    what the publications up to this one changed
//!     rejects.csv
//! ```
//!
//! A generation is written once and never changed, so its files are mapped and read in place: opening a
//! large plate reads its manifest and the headers of its tables and leaves the data where it is, and all
//! processes that have it open share one copy in the memory of the machine. Everything is little-endian.
//!
//! Two kinds of files hold the data. *Tables* are Arrow IPC files ([`table`], declared in
//! [`crate::schema`]); a *row* is a number from 0 in one of them, and tables refer to each other by rows.
//! *Indexes* are files of plain arrays ([`crate::arrays`]), which say in which order or how far to look in
//! a table.
//!
//! Whoever holds a damaged or forged file shall get an error or a poor answer, and never a crash. So what
//! is needed to find data (sizes, footers, batch headers) is hashed in the manifest and checked at every
//! open, and what the data itself says is checked where it is used.

pub(crate) mod batch;
pub(crate) mod blocks;
pub(crate) mod files;
pub(crate) mod generations;
pub(crate) mod journal;
pub(crate) mod layer;
pub(crate) mod layer_counts;
pub(crate) mod lookup;
pub(crate) mod manifest;
pub(crate) mod map;
pub(crate) mod names;
#[cfg(feature = "build")]
pub(crate) mod publish;
mod spec;
pub(crate) mod starts;
pub(crate) mod structure;
pub(crate) mod table;

pub use files::OpenError;
pub use journal::{DistrictDifference, JournalError, LayerDifference, LayerState, Publication, PublicationKind};
pub use layer::{AttributeInfo, AttributeType, Audience, ClassInfo, Counting, LastChange, LayerInfo, TimeInfo};
pub use manifest::{
    CoverageInfo, FORMAT, FileInfo, LevelInfo, Manifest, PeopleRelease, PrivateManifest, RowCounts, SourceInfo,
};
pub use map::end_on_cut_plates;
pub use spec::{AliasSpec, AttributeTitles, CodeTypeSpec, Titles};
