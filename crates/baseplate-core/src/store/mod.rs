//! What lies on disk: the files of a plate, how they are mapped, and how a generation is published.
//!
//! ```text
//! city.plate/
//!   CURRENT            the published generation and the hash of its plate.json
//!   rejects.csv        what the last build could not use, and why
//!   000001/
//!     plate.json       format, sources, coverages, and size and hash of every file
//!     grids.arrow  buildings.arrow  addresses.arrow  enterprises.arrow
//!     overrides.arrow  cells.arrow  issues.arrow
//!     index/           locators, rows by code, rows by place, counts by category that may be shown
//!     private/         people, their rows by token and by address, issues about them: for the owner alone
//!     rejects.csv
//! ```

pub(crate) mod batch;
pub(crate) mod blocks;
pub(crate) mod categories;
pub(crate) mod files;
pub(crate) mod generations;
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
pub use manifest::{
    AttributeInfo, CoverageInfo, FORMAT, FileInfo, LevelInfo, Manifest, PeopleRelease, PrivateManifest, RowCounts,
    SourceInfo,
};
pub use map::end_on_cut_plates;
pub use spec::{AliasSpec, AttributeTitles, CodeTypeSpec, Titles};
