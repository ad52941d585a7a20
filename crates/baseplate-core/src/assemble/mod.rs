//! From a spec to a published generation: read, link, write.
//!
//! `build` calls the stages in their order: `grids`, `buildings`, `addresses`, `geocode`, `people`, `records`, `release` and
//! `write`. Each stage fills a table of its own (`grid_table` and so on); what it needs of the stages before it finds in their
//! tables and in `context`, never in the files that filled them. `log` takes what does not fit on the way.
//!
//! The tables are plain vectors by row. Large texts wait in files (`spill`), rows are put in order by
//! counting (`buckets`), and all geometry is in degrees of the plate from the moment it is read. Ids of
//! people become tokens in the thread that parses their row and exist nowhere afterwards.

mod address_table;
mod addresses;
mod area;
mod areas;
mod backbone;
mod buckets;
mod build;
mod building_table;
mod buildings;
mod categories;
mod cells;
mod change;
mod changes;
mod checks;
mod classes;
mod context;
mod counted;
mod counts;
mod coverage;
mod enterprises;
mod error;
mod fit;
mod format10;
mod geocode;
mod grid_table;
mod grids;
mod ground;
mod hierarchy;
mod issues;
mod kept_layers;
mod layer_counts;
mod layers;
mod log;
mod loss;
mod manifests;
mod migrate;
mod numbers;
mod options;
mod outlines;
mod overrides;
mod people;
mod people_table;
mod point;
mod progress;
mod record_link;
mod record_table;
mod records;
mod release;
mod released;
mod rounded;
mod source_copy;
mod source_rows;
mod spill;
mod strings;
mod tables;
mod times;
mod values;
mod vote;
mod write;
mod write_records;

pub(crate) use backbone::{Backbone, EnterprisePlace};
pub use build::{BuildReport, build};
pub(crate) use change::Change;
pub use change::ChangeError;
pub use error::BuildError;
pub(crate) use kept_layers::read_kept;
pub(crate) use layers::{LayerStage, WrittenLayer};
pub(crate) use log::{Log, Summary};
pub use migrate::{MigrateError, migrate};
pub use options::BuildOptions;
pub use progress::{OnProgress, Progress};
pub(crate) use values::{integer, number};
