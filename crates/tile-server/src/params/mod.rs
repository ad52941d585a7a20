//! What requests say: every kind of parameter is a type, declared once with its parsing, its message and its schema.
//!
//! A handler takes [`Params`] of a struct of such types, which derives `Deserialize` and `IntoParams`; in it `Option` is what may be
//! left out. Limits are constants of the types, from which both the check and the description come.

mod area;
mod format;
mod number;
mod ogc;
mod path;
mod point;
mod read;
mod said;
mod style;
mod words;

pub(crate) use area::BoxParam;
pub(crate) use format::{FormatQuery, MvtQuery, NoQuery};
pub(crate) use number::{Count, Latitude, Longitude};
pub(crate) use ogc::{CRS84, Crs84, Cursor, FilterLang, FilterText, Interval};
pub(crate) use path::{DegreesRow, DegreesZoom, MercatorZoom, PathParams, TileColumn, TileJsonPath, TilePath};
pub(crate) use point::{Near, PointCrs, PointQuery};
pub(crate) use read::{Params, ParamsAndOthers};
pub(crate) use said::{Said, escaped};
pub(crate) use style::{StyleQuery, Theme, TileQuery};
pub(crate) use words::{Kind, LevelWord, Line, List, PeriodWord, Rules, Severities, TimeBound};
