//! What can be asked of the items of a collection.

use crate::{
    http::problem::Problem,
    params::{BoxParam, Count, Crs84, Cursor, Interval, Said},
};
use axum::http::StatusCode;
use baseplate_core::Bbox;
use serde::Deserialize;
use utoipa::{IntoParams, PartialSchema};

/// Features of a page, if the request does not say how many.
const LIMIT: usize = 100;

/// The parameters of a page of items.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemsQuery {
    /// West, south, east, north in degrees, or the same with heights third and sixth, which are not looked at. West greater than
    /// east crosses 180°.
    #[param(schema_with = BoxParam::schema)]
    bbox: Option<Said<BoxParam>>,
    /// The system of `bbox`; there is one.
    #[serde(rename = "bbox-crs")]
    #[param(rename = "bbox-crs", schema_with = Crs84::schema)]
    bbox_crs: Option<Said<Crs84>>,
    /// The system of the answer; there is one.
    #[param(schema_with = Crs84::schema)]
    crs: Option<Said<Crs84>>,
    /// A moment or an interval, RFC 3339; things here have no time, so it excludes none.
    #[param(schema_with = Interval::schema)]
    datetime: Option<Said<Interval>>,
    /// How many features at most; 100 where it is not said.
    #[param(inline, value_type = Option<Limit>)]
    limit: Option<Said<Limit>>,
    /// Where to go on: from a `next` link.
    #[param(inline)]
    cursor: Option<Cursor>,
}

/// Features of a page.
type Limit = Count<1, 10_000>;

/// A page that was asked for, understood.
pub(super) struct Page {
    /// The boxes one of which a feature touches; `None` for all.
    pub(super) boxes: Option<Vec<Bbox>>,
    pub(super) limit: usize,
    /// The first row that may be in it.
    pub(super) from: u32,
    /// What `next` repeats of the question, each with `&` in front.
    pub(super) repeated: String,
}

impl ItemsQuery {
    /// What is asked of a generation.
    ///
    /// # Errors
    /// 410 for a cursor of another generation.
    pub(super) fn page(self, generation: &str) -> Result<Page, Problem> {
        let repeated = self.repeated();
        let from = from_cursor(self.cursor.as_ref(), generation)?;
        let limit = self.limit.map_or(LIMIT, |limit| limit.value.0);
        Ok(Page { boxes: self.bbox.map(|bbox| bbox.value.0), limit, from, repeated })
    }

    /// All but the cursor.
    fn repeated(&self) -> String {
        repeated([
            ("limit", self.limit.as_ref().map(|said| &said.text)),
            ("bbox", self.bbox.as_ref().map(|said| &said.text)),
            ("bbox-crs", self.bbox_crs.as_ref().map(|said| &said.text)),
            ("crs", self.crs.as_ref().map(|said| &said.text)),
            ("datetime", self.datetime.as_ref().map(|said| &said.text)),
        ])
    }
}

/// What a link repeats of some parameters, each with `&` in front, as an address may have it.
pub(super) fn repeated<const N: usize>(parts: [(&str, Option<&String>); N]) -> String {
    let said = parts.into_iter().filter_map(|(name, text)| Some((name, text?)));
    said.map(|(name, text)| format!("&{name}={}", escaped(text))).collect()
}

/// A value as a query string has it.
fn escaped(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:/,".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The row where a page begins.
///
/// # Errors
/// 410 for a cursor of another generation.
pub(super) fn from_cursor(cursor: Option<&Cursor>, generation: &str) -> Result<u32, Problem> {
    match cursor {
        Some(cursor) if cursor.generation != generation => {
            let detail = format!("cursor: the plate is at generation {generation}; begin again");
            Err(Problem::new(StatusCode::GONE, detail))
        }
        cursor => Ok(cursor.map_or(0, |cursor| cursor.row)),
    }
}

/// The cursor that leads to a row.
pub(super) fn cursor(row: u32, generation: &str) -> String {
    format!("{generation}.{row}")
}
