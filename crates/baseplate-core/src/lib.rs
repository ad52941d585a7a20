//! wip
mod answer;
mod arrays;
mod build;
pub mod code;
mod coverage;
mod crs;
mod link;
mod locate;
mod model;
mod plate;
mod source;
mod spatial;
mod tile;
pub use answer::{AddressRef, BuildingRef, EntityAnswer, GridRef, Link, Own, PlaceAnswer};
pub use build::{BuildError, BuildOptions, BuildReport, OnProgress, Progress, build};
pub use crs::{Crs, CrsError, ToPlate, bd09, gcj02};
pub use model::{Entity, GridKind, How, Level, UnknownWord};
pub use plate::{
    Address, Baseplate, Building, Coverage, CoverageInfo, FORMAT, FileInfo, Grid, Manifest, OpenError, RowCounts,
    SourceInfo, Thing,
};
pub use source::{
    AddressSource, Ancestor, BuildingSource, ELEMENTS, GridSource, PlateSpec, Reject, SourceError, SourceFile, Spec,
    read_text,
};
pub use spatial::{Bbox, LngLat, Metric};
pub use tile::{Field, FieldType, MAX_ZOOM, TileError, TileId, TileLayer};
