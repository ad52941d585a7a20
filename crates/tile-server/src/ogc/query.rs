//! What can be asked of the items of a collection.

use crate::{problem::Problem, query::count};
use axum::http::StatusCode;
use baseplate_core::Bbox;
use serde::Deserialize;
use std::ops::RangeInclusive;
use utoipa::IntoParams;

/// Features of a page, if the request does not say how many.
const LIMIT: usize = 100;
/// The most features of a page.
const LIMIT_MAX: usize = 10_000;

/// The parameters of a page of items.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemsQuery {
    /// West, south, east, north in degrees, or the same with heights third and sixth, which are not looked at. West greater than
    /// east crosses 180°.
    #[param(schema_with = bbox_schema)]
    bbox: Option<String>,
    /// The system of `bbox`; there is one.
    #[serde(rename = "bbox-crs")]
    #[param(rename = "bbox-crs", schema_with = crs_schema)]
    bbox_crs: Option<String>,
    /// The system of the answer; there is one.
    #[param(schema_with = crs_schema)]
    crs: Option<String>,
    /// A moment or an interval, RFC 3339; things here have no time, so it excludes none.
    #[param(schema_with = datetime_schema)]
    datetime: Option<String>,
    /// How many features at most; 100 where it is not said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 10_000)]
    limit: Option<String>,
    /// Where to go on: from a `next` link.
    #[param(pattern = r"^[0-9]{6,9}\.[0-9]{1,9}$")]
    cursor: Option<String>,
}

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
    /// 400 for what cannot be read, 410 for a cursor of another generation.
    pub(super) fn page(&self, generation: &str) -> Result<Page, Problem> {
        let wrong = |detail: String| Err(Problem::bad_request(detail));
        let systems = [("bbox-crs", &self.bbox_crs), ("crs", &self.crs)];
        if let Some((name, other)) =
            systems.into_iter().find(|(_, crs)| crs.as_ref().is_some_and(|c| c != super::CRS84))
        {
            return wrong(format!("{name}: '{}' is not {}", other.as_deref().unwrap_or_default(), super::CRS84));
        }
        if let Some(when) = self.datetime.as_deref().filter(|when| !is_interval(when)) {
            return wrong(format!("datetime: '{when}' is neither a moment nor an interval, RFC 3339"));
        }
        let boxes = self.bbox.as_deref().map(boxes).transpose()?;
        let from = self.cursor.as_deref().map_or(Ok(0), |cursor| row_of(cursor, generation))?;
        Ok(Page { boxes, limit: self.limit()?, from, repeated: self.repeated() })
    }

    fn limit(&self) -> Result<usize, Problem> {
        self.limit.as_deref().map_or(Ok(LIMIT), |text| count("limit", text, 1..=LIMIT_MAX))
    }

    /// All but the cursor. What stands here was understood, so it has no letter that an address must not have but `+`.
    fn repeated(&self) -> String {
        let parts = [
            ("limit", &self.limit),
            ("bbox", &self.bbox),
            ("bbox-crs", &self.bbox_crs),
            ("crs", &self.crs),
            ("datetime", &self.datetime),
        ];
        let said = parts.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        said.map(|(name, value)| format!("&{name}={}", value.replace('+', "%2B").replace(' ', "%20"))).collect()
    }
}

/// The cursor that leads to a row.
pub(super) fn cursor(row: u32, generation: &str) -> String {
    format!("{generation}.{row}")
}

fn row_of(cursor: &str, generation: &str) -> Result<u32, Problem> {
    let wrong = || Problem::bad_request("cursor: take it from a link 'next'");
    let (of, row) = cursor.split_once('.').ok_or_else(wrong)?;
    let is_number = |text: &str, digits: RangeInclusive<usize>| {
        digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if !is_number(of, 6..=9) || !is_number(row, 1..=9) {
        return Err(wrong());
    }
    let row = row.parse().map_err(|_| wrong())?;
    if of == generation {
        return Ok(row);
    }
    Err(Problem::new(StatusCode::GONE, format!("cursor: the plate is at generation {generation}; begin again")))
}

/// One box, or two if it crosses 180°.
pub(crate) fn boxes(text: &str) -> Result<Vec<Bbox>, Problem> {
    let wrong = || Problem::bad_request(format!("bbox: '{text}' is not four or six numbers with commas between them"));
    let numbers: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    let numbers = numbers.filter(|numbers| numbers.iter().all(|n| n.is_finite())).ok_or_else(wrong)?;
    let [west, south, east, north] = match numbers.as_slice() {
        [w, s, e, n] | [w, s, _, e, n, _] => [*w, *s, *e, *n],
        _ => return Err(wrong()),
    };
    if west <= east {
        return Ok(vec![Bbox([west, south, east, north])]);
    }
    Ok(vec![Bbox([west, south, 180.0, north]), Bbox([-180.0, south, east, north])])
}

/// Whether a text is a moment, or two with a slash between them of which one may be open.
fn is_interval(text: &str) -> bool {
    let is_open = |end: &str| end.is_empty() || end == "..";
    match text.split_once('/') {
        None => is_moment(text),
        Some((from, to)) => {
            let ends = [from, to];
            ends.iter().all(|end| is_open(end) || is_moment(end)) && !ends.iter().all(|end| end.is_empty())
        }
    }
}

/// RFC 3339, in UTC or with an offset.
fn is_moment(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't']) else { return false };
    let Some(zone_at) = time.find(['Z', 'z', '+', '-']) else { return false };
    let (time, zone) = time.split_at(zone_at);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    let is_zone = zone.eq_ignore_ascii_case("z")
        || zone.get(1..).and_then(|offset| numbers(offset, ':', &[2, 2])).is_some_and(|n| n[0] < 24 && n[1] < 60);
    let is_time = numbers(time, ':', &[2, 2, 2]).is_some_and(|n| n[0] < 24 && n[1] < 60 && n[2] <= 60);
    is_fraction && is_zone && is_time && numbers(date, '-', &[4, 2, 2]).is_some_and(|n| is_day(n[0], n[1], n[2]))
}

/// Numbers with so many digits each.
fn numbers(text: &str, between: char, digits: &[usize]) -> Option<Vec<u16>> {
    let parts: Vec<&str> = text.split(between).collect();
    let fits = |(part, digits): (&&str, &usize)| part.len() == *digits && part.bytes().all(|b| b.is_ascii_digit());
    let is_right = parts.len() == digits.len() && parts.iter().zip(digits).all(fits);
    is_right.then(|| parts.iter().filter_map(|part| part.parse().ok()).collect())
}

fn is_day(year: u16, month: u16, day: u16) -> bool {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u16::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

mod schemas {
    use crate::ogc::CRS84;
    use utoipa::openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, SchemaType, Type},
    };

    /// Four or six numbers with commas between them.
    pub(super) fn bbox_schema() -> RefOr<Schema> {
        let number = r"-?[0-9]{1,3}(\.[0-9]{1,12})?";
        let pattern = format!("^{number}(,{number}){{3}}((,{number}){{2}})?$");
        let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
        RefOr::T(text.pattern(Some(pattern)).build().into())
    }

    /// A moment or an interval of which one end may be open.
    pub(super) fn datetime_schema() -> RefOr<Schema> {
        let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
        let time = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
        let moment = format!("{date}T{time}");
        let pattern = format!(r"^({moment}(/(\.\.|{moment})?)?|(\.\.)?/{moment})$");
        let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
        RefOr::T(text.pattern(Some(pattern)).build().into())
    }

    /// The one system there is.
    pub(super) fn crs_schema() -> RefOr<Schema> {
        let word = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
        RefOr::T(word.enum_values(Some([CRS84])).build().into())
    }
}
use schemas::{bbox_schema, crs_schema, datetime_schema};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_intervals_are_told_from_other_texts() {
        for right in [
            "2024-02-29T12:00:00Z",
            "2024-01-01T00:00:00.5+08:00",
            "../2024-01-01T00:00:00Z",
            "2024-01-01T00:00:00Z/",
            "1949-10-01T15:00:00+08:00",
        ] {
            assert!(is_interval(right), "{right}");
        }
        for wrong in
            ["", "/", "yesterday", "2024", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00+99:00", "a/b", "二〇二四年"]
        {
            assert!(!is_interval(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_box_over_the_date_line_is_two() {
        assert_eq!(boxes("170,-10,5,-170,10,9").map(|b| b.len()).unwrap_or_default(), 2);
        assert_eq!(boxes("1,2,3,4").unwrap_or_default(), [Bbox([1.0, 2.0, 3.0, 4.0])]);
        for wrong in ["", "1,2,3", "1,2,3,4,5", "1,2,3,inf", "1,2,3,north"] {
            assert!(boxes(wrong).is_err(), "{wrong}");
        }
    }
}
