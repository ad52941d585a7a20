//! The spatial base-plate (数据底板) of a city: its grids, buildings, addresses, people and enterprises, linked with one
//! another, in one directory that opens in milliseconds and answers in microseconds.
//!
//! A *plate* is built once from the city's own files and then only read. It holds a table of each and the links between them:
//! people and enterprises are at an address, an address belongs to a building, a building stands in a grid, a grid lies in a
//! community, and so on up to the city.
//! The tables are Arrow files that pyarrow, DuckDB and Polars open as they are; this crate maps them into memory and
//! reads them where they lie.
//!
//! # A tour
//!
//! ```
//! use baseplate_core::{
//!     Baseplate, BuildOptions, Entity, GridKind, Level, LngLat, Spec, TileId, build, code::PersonKey, pick_layers,
//! };
//!
//! // 32 random bytes; they are kept where the plate is not.
//! const KEY: &[u8] = b"YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI=";
//!
//! // Build: a spec says which files and columns there are. Rows that cannot be used go to rejects.csv. The ids of people
//! // are stored under a key only.
//! let spec = Spec::read("../../data/town/spec.toml".as_ref())?;
//! let dir = tempfile::tempdir()?;
//! let options = BuildOptions { key: Some(PersonKey::new(KEY)?), ..Default::default() };
//! let report = build(&spec, &dir.path().join("town.plate"), options, &|_progress| {})?;
//! assert_eq!(report.manifest.rows.buildings, 1796);
//!
//! // Open: cheap, and the handle is cheap to clone.
//! let plate = Baseplate::open(dir.path().join("town.plate"))?;
//!
//! // Locate: point → grid → community → … → city. Outside there is no grid, and that is an answer.
//! let grid = plate.locate(LngLat::new(114.05, 22.552)).expect("in the middle of the town");
//! let chain: Vec<_> = grid.chain().filter_map(|g| g.level()).collect();
//! assert_eq!(chain, Level::ALL);
//! assert!(plate.locate(LngLat::new(0.0, 0.0)).is_none());
//!
//! // The same for many points at once, on all cores.
//! let basic = plate.coverage(&GridKind::basic()).expect("every city has basic grids");
//! let owners = basic.locate_many(&[LngLat::new(114.05, 22.552), LngLat::new(114.04, 22.55)]);
//! assert_eq!(owners[0], Some(grid));
//!
//! // Resolve: a code → the thing, and from there along the links.
//! let building = plate.building("9901010010010100001").expect("in the sample");
//! let first = building.addresses().next().expect("every building has an address");
//! assert_eq!(first.code(), "9901010010010100001000000");
//! assert_eq!(first.building().map(|(b, how)| (b.code(), how.as_str())), Some((building.code(), "given")));
//! assert_eq!(building.grid(&GridKind::basic()).map(|g| g.code()), Some("99010100100101"));
//!
//! // Count: people as of the last release, from which nobody can be told.
//! assert!(grid.count(Entity::Address) > Some(100));
//! assert!(grid.count(Entity::Person).is_some());
//!
//! // Tile: Mapbox Vector Tiles of any layers.
//! let layers = pick_layers(&plate.tile_layers(), ["grids", "buildings"])?;
//! let tile = plate.tile(&layers, TileId::around(LngLat::new(114.05, 22.552), 15)?)?;
//! assert!(!tile.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Words
//!
//! | the field says | here |
//! |---|---|
//! | 数据底板 | a plate, [`Baseplate`] |
//! | 网格, 基础网格, 专属网格 | [`Grid`], of a [`GridKind`] |
//! | 市 区 街道 社区 网格 | [`Level`]; a [`Grid`] of any level, [`Grid::chain`] leads up |
//! | 楼栋 | [`Building`] |
//! | 统一地址, 标准地址 | [`Address`] |
//! | 人口 | [`Person`], [`Residence`]; known by a [`PersonToken`](code::PersonToken) |
//! | 法人, 市场主体 | a [`Record`] of the [`Layer`] `enterprises`, [`Baseplate::enterprise`] |
//! | 图层 | a [`Layer`] of [`Record`]s; in tiles a [`TileLayer`] |
//! | 五码 (地址, 楼栋, 网格, 身份, 信用代码) | [`code`] |
//! | 落图, 入格 | [`Baseplate::locate`], [`Coverage::locate_many`] |
//! | 一码通 | [`card_url`], [`QrSymbol`] |
//! | 五码关联 | [`Baseplate::resolve`], [`Baseplate::describe`] |
//! | 底数清, 情况明 | [`Baseplate::issues`], [`Rule`] |
//! | 统计 | [`Baseplate::stats`] |
//! | 最近楼栋 | [`Baseplate::nearest_building`] |
//! | 就近楼栋, 就近地址 | [`Baseplate::nearest_building`], [`Baseplate::nearest_address`] |
//! | 网格的六边形编码 (H3) | [`Baseplate::h3_cover`], [`Grid::h3_cover`] |
//! | 坐标系, 火星坐标, 百度坐标 | [`Crs`], [`gcj02`], [`bd09`] |
//!
//! # What to know
//!
//! - **Coordinates** are longitude and latitude in degrees, in that order, EPSG:4490 (CGCS2000; WGS84 to within a tenth of a
//!   millimetre). Sources may be in any system; [`Crs`] says which.
//! - **Borders.** Every point of the covered area has exactly one owner per kind: of the grids that contain or touch it,
//!   the first by code. It is exact, on shared vertices and in overlaps too.
//! - **Absence is `None`.** Errors are for what cannot go on: a file that is missing, a plate that is damaged.
//! - **Threads.** [`Baseplate`] and its handles are `Send + Sync` and take `&self`. Handles borrow the plate; [`Grid::keep`] and the
//!   like make one that holds it, for a struct or another thread.
//!
//! # Features
//!
//! Look-ups alone, with `default-features = false`, are what a service needs that asks an open plate. The rest stands on them:
//!
//! | feature | gives | crates with it alone |
//! |---|---|---:|
//! | | open, locate, resolve, what is near, the counts of each grid and cell, handles, people by key | 73 |
//! | `geocode` | texts to codes, suggestions, reverse; things and their links in the form of JSON ([`Baseplate::describe`]); [`time`]s | 99 |
//! | `tile` | layers: vector tiles, features as rows, and conditions on them; [`time`]s | 94 |
//! | `stats` | counts by area and category, the H3 cells of a grid, [`Baseplate::verify`], [`time`]s and their periods | 107 |
//! | `build` | plates from sources, CSV and GeoJSON read as they come, covers as files; with `geocode` and `stats` | 164 |
//! | `proj` | sources in any system that PROJ knows; with `build`, cmake, a C++ compiler and sqlite3 | 168 |
//! | `qr` | QR codes that lead to the cards of codes ([`QrSymbol`]) | 82 |
//! | `schema` | the types of answers described for OpenAPI | 77 |
//!
//! The default is `geocode`, `tile`, `stats` and `build`: 171 crates. They are counted, this one among them, by
//! `cargo tree -p baseplate-core --no-default-features --features geocode -e normal --prefix none | sort -u | grep -vc '(\*)'`.

#![cfg_attr(
    not(all(feature = "tile", feature = "build")),
    expect(dead_code, reason = "rooms serve other features as well; nothing is dead where all are there")
)]
#![cfg_attr(not(feature = "build"), expect(unused_imports, reason = "rooms name what builds use of them"))]

#[cfg(feature = "geocode")]
mod answer;
mod arrays;
#[cfg(feature = "build")]
mod assemble;
#[cfg(feature = "build")]
mod catalogue;
pub mod code;
mod coordinate;
mod coverage;
#[cfg(feature = "tile")]
mod cql;
mod crs;
#[cfg(feature = "geocode")]
mod gazetteer;
#[cfg(feature = "geocode")]
mod geocode;
#[cfg(feature = "stats")]
mod h3;
#[cfg(feature = "tile")]
mod layer;
#[cfg(feature = "build")]
mod link;
mod locate;
mod model;
mod outline;
mod plate;
#[cfg(feature = "qr")]
mod qr;
mod quality;
#[cfg(feature = "build")]
mod release;
mod schema;
#[cfg(feature = "build")]
mod source;
mod spatial;
#[cfg(feature = "stats")]
mod stats;
mod store;
mod text;
#[cfg(feature = "tile")]
mod tile;
#[cfg(any(feature = "geocode", feature = "stats", feature = "tile"))]
pub mod time;
mod verdict;

#[cfg(feature = "geocode")]
pub use answer::{
    AddressRef, BuildingRef, CatalogueEntry, CountsForm, EnterpriseRef, EntityAnswer, FaultForm, GeocodeAnswer,
    GridRef, LayerCatalogue, LayerRecords, Link, Own, PersonAnswer, PlaceAnswer, PublicationAnswer, RecordRef,
    ResidenceRef, ReverseAnswer, SuggestionAnswer,
};
#[cfg(all(feature = "geocode", feature = "stats"))]
pub use answer::{LayerStatsAnswer, StatsAnswer};
#[cfg(feature = "build")]
pub use assemble::{
    BuildError, BuildOptions, BuildReport, ChangeError, MigrateError, OnProgress, Progress, build, migrate,
};
#[cfg(feature = "build")]
pub use catalogue::{
    AddedLayer, Found, LayerLabels, LookError, add_layer, kept_layer, label_layer, look_at, remove_layer, replace_layer,
};
pub use coordinate::{decimal_point, parse_coordinate, parse_point};
#[cfg(feature = "tile")]
pub use cql::CqlError;
pub use crs::{ConversionOptions, Crs, CrsError, Datum, ToPlate, bd09, gcj02};
#[cfg(feature = "build")]
pub use crs::{Sample, SampleRow, Suspicion};
#[cfg(feature = "geocode")]
pub use geocode::{Geocoded, GeocodedPlace, Reversed, Suggestion};
#[cfg(feature = "stats")]
pub use h3::{H3Cover, H3CoverError, Position};
#[cfg(feature = "build")]
pub use h3::{H3CoverQuery, H3Export};
#[cfg(feature = "tile")]
pub use layer::{
    ColumnType, Feature, FeatureColumn, FeatureValue, FilterError, FilterQuery, LayerError, LayerFilter, LayerSettings,
    MatchingPlaces, NoLayer, Shape, TileDescription, TileLayer, VectorLayer, configure_layers, pick_layers,
};
#[cfg(all(feature = "tile", feature = "stats"))]
pub use layer::{RecordChoice, RecordQuery};
#[cfg(feature = "build")]
#[doc(hidden)]
pub use locate::locator_builder;
pub use model::{EnterpriseRole, Entity, GridKind, GroundKind, How, Level, PersonRole, UnknownWord};
pub use outline::{MAX_ZOOM, OutOfScheme, TileId, TileScheme};
pub use plate::{
    Address, AttributeValue, Baseplate, Building, Counts, Coverage, FoundRecords, Grid, GridOverride, HexCell,
    IssueRecord, KeptAddress, KeptBuilding, KeptGrid, KeptRecord, KeptThing, Layer, People, Person, Record, Residence,
    Thing,
};
#[cfg(feature = "qr")]
pub use qr::{QrError, QrSymbol, card_url};
pub use quality::{Evidence, Form, Language, Rule, Severity};
#[cfg(feature = "build")]
pub use source::{
    AddressSource, Ancestor, BuildingSource, CsvOptions, CsvRecord, CsvRecords, ELEMENTS, GridSource, GroundSource,
    IdType, LandmarkSpec, OverrideSource, PersonSource, PlateSpec, PublishSpec, RecordSource, ReleaseEvery, RowRemark,
    SourceError, SourceFile, Spec, parse_delimiter, read_csv,
};
pub use spatial::{Bbox, LngLat, Metric};
#[cfg(feature = "stats")]
pub use stats::{Areas, LayerArea, LayerQuery, LayerStats, Stats, StatsError, StatsQuery, StatsRow};
pub use store::{
    AliasSpec, AttributeInfo, AttributeTitles, AttributeType, Audience, ClassInfo, CodeTypeSpec, Counting,
    CoverageInfo, DistrictDifference, FORMAT, FileInfo, JournalError, LastChange, LayerDifference, LayerInfo,
    LayerState, LevelInfo, Manifest, OpenError, PeopleRelease, PrivateManifest, Publication, PublicationKind,
    RowCounts, SourceInfo, TimeInfo, Titles, end_on_cut_plates,
};
pub use text::spreadsheet_cell;
#[cfg(feature = "tile")]
pub use tile::{Field, FieldType, TileError};
pub use verdict::{Band, Fault, FaultKind, GeocodeStatus, MatchLevel};
