//! What can be asked of the items of a collection.

use crate::{
    http::problem::Problem,
    params::{BoxParam, Count, Crs84, Cursor, FilterLang, FilterText, Interval, Said, escaped},
};
use axum::http::StatusCode;
use baseplate_core::{Bbox, FilterQuery};
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
    /// A moment or an interval, RFC 3339: features whose time, or the period from it to their end, has a second of it. It excludes none
    /// in collections without times.
    #[param(schema_with = Interval::schema)]
    datetime: Option<Said<Interval>>,
    /// A condition in CQL2 text on the queryables of the collection, such as `height > 50 AND use = '商业'`.
    #[param(schema_with = FilterText::schema, example = "code IS NOT NULL")]
    filter: Option<Said<FilterText>>,
    /// The language of `filter`; there is one.
    #[serde(rename = "filter-lang")]
    #[param(rename = "filter-lang", schema_with = FilterLang::schema)]
    filter_lang: Option<Said<FilterLang>>,
    /// The system of the coordinates in `filter`; there is one.
    #[serde(rename = "filter-crs")]
    #[param(rename = "filter-crs", schema_with = Crs84::schema)]
    filter_crs: Option<Said<Crs84>>,
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
    /// A condition.
    filter: Option<String>,
    /// An interval of times.
    datetime: Option<String>,
    /// Columns and the values that they are to have.
    equal: Vec<(String, String)>,
    pub(super) limit: usize,
    /// The first row that may be in it.
    pub(super) from: u32,
    /// What `next` repeats of the question, each with `&` in front.
    pub(super) repeated: String,
}

impl Page {
    /// Whether features have to meet a condition.
    pub(super) fn is_filtered(&self) -> bool {
        self.filter.is_some() || self.datetime.is_some() || !self.equal.is_empty()
    }

    /// What is asked of the features.
    pub(super) fn filter(&self) -> FilterQuery<'_> {
        FilterQuery { text: self.filter.as_deref(), datetime: self.datetime.as_deref(), equal: &self.equal }
    }
}

impl ItemsQuery {
    /// What is asked of a generation, and that some columns have some values.
    ///
    /// # Errors
    /// 410 for a cursor of another generation.
    pub(super) fn page(self, equal: Vec<(String, String)>, generation: &str) -> Result<Page, Problem> {
        let repeated = self.repeated(&equal);
        let from = from_cursor(self.cursor.as_ref(), generation)?;
        let limit = self.limit.map_or(LIMIT, |limit| limit.value.0);
        let boxes = self.bbox.map(|bbox| bbox.value.0);
        let [filter, datetime] = [self.filter.map(|said| said.text), self.datetime.map(|said| said.text)];
        Ok(Page { boxes, filter, datetime, equal, limit, from, repeated })
    }

    /// All but the cursor, as it stands in an address.
    fn repeated(&self, equal: &[(String, String)]) -> String {
        let parts = [
            ("limit", self.limit.as_ref().map(|said| &said.text)),
            ("bbox", self.bbox.as_ref().map(|said| &said.text)),
            ("bbox-crs", self.bbox_crs.as_ref().map(|said| &said.text)),
            ("crs", self.crs.as_ref().map(|said| &said.text)),
            ("datetime", self.datetime.as_ref().map(|said| &said.text)),
            ("filter", self.filter.as_ref().map(|said| &said.text)),
            ("filter-lang", self.filter_lang.as_ref().map(|said| &said.text)),
            ("filter-crs", self.filter_crs.as_ref().map(|said| &said.text)),
        ];
        let all = parts.into_iter().chain(equal.iter().map(|(name, text)| (name.as_str(), Some(text))));
        repeated(all)
    }
}

/// What a link repeats of some parameters, each with `&` in front, as it stands in an address.
pub(super) fn repeated<'a>(parts: impl IntoIterator<Item = (&'a str, Option<&'a String>)>) -> String {
    let said = parts.into_iter().filter_map(|(name, text)| Some((name, text?)));
    said.map(|(name, text)| format!("&{}={}", escaped(name), escaped(text))).collect()
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
