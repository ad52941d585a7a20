//! What the cells of a column are, found from all of them or from a sample.

use crate::{
    assemble::{integer, number},
    code::mask_ids,
    coordinate::parse_coordinate,
    store::{AttributeType, Audience},
    text::is_ideograph,
    time::{Moment, Zone},
};
use std::collections::{BTreeMap, HashSet};
use xxhash_rust::xxh3::xxh3_64;

/// A column with more different values than this is no category.
const CATEGORIES_MAX: usize = 60;
/// The values of a category come so often on average, at least.
const REPEATED_MIN: u64 = 5;
/// The share of the cells of a column that must be so, or the column is not.
const NEARLY_ALL: f64 = 0.95;
/// The share of the rows that may have a code of an earlier row: files have copies of rows. So many say nothing about a share.
const TWICE_MAX: f64 = 0.02;
const TWICE_SURELY: u64 = 100;
/// Words of so many letters stand in many others.
const SHORT_WORD: usize = 5;
/// Codes are no longer than this, characters.
const CODE_MAX: usize = 40;

/// Digits of a mobile number.
const MOBILE: usize = 11;
/// Why a column is not for everybody.
const PERSONAL: &str = "text, restricted: it says who somebody is or how to reach them, so the server does not show it";

/// A column of a file.
pub(super) struct Column {
    pub(super) name: String,
    /// Cells that are not empty.
    pub(super) filled: u64,
    /// How often each value came, as long as they are few.
    words: Option<BTreeMap<String, u64>>,
    /// The hashes of all values, as long as hardly any came twice, and how many did.
    unique: Option<(HashSet<u64>, u64)>,
    /// The cells of the sampled rows; empty ones stay empty.
    pub(super) sample: Vec<String>,
}

impl Column {
    pub(super) fn new(name: String) -> Self {
        Self { name, filled: 0, words: Some(BTreeMap::new()), unique: Some(Default::default()), sample: Vec::new() }
    }

    /// Takes a cell into account.
    pub(super) fn push(&mut self, cell: &str) {
        if cell.is_empty() {
            self.unique = None;
            return;
        }
        self.filled += 1;
        if let Some(words) = &mut self.words {
            *words.entry(cell.to_owned()).or_default() += 1;
            self.words.take_if(|words| words.len() > CATEGORIES_MAX * 10);
        }
        self.unique.take_if(|(values, twice)| {
            *twice += u64::from(!values.insert(xxh3_64(cell.as_bytes())));
            *twice > TWICE_SURELY && *twice as f64 > TWICE_MAX * values.len() as f64
        });
    }

    /// How many different values it has, if they are few.
    pub(super) fn different(&self) -> Option<usize> {
        self.words.as_ref().map(BTreeMap::len)
    }

    /// Whether no value comes twice, or hardly any in a column that is called a code, none is empty, and all are as short as codes are.
    pub(super) fn is_code(&self, is_called: bool) -> bool {
        let short = |cell: &String| cell.chars().count() <= CODE_MAX && !cell.chars().any(is_ideograph);
        let allowed = if is_called { TWICE_MAX } else { 0.0 };
        let is_unique = |(values, twice): &(HashSet<u64>, u64)| *twice as f64 <= allowed * values.len() as f64;
        let is_measure = self.share(|cell| cell.contains('.') && number(cell).is_some()) > 0.0;
        !is_measure && self.unique.as_ref().is_some_and(is_unique) && self.filled > 0 && self.sample.iter().all(short)
    }

    /// Whether its name has one of some words in it, whatever the case; one of few letters only where it stands by itself.
    pub(super) fn is_called(&self, words: &[&str]) -> bool {
        let name = self.name.to_lowercase();
        let parts: Vec<&str> = name.split(|c: char| !c.is_ascii_alphabetic()).collect();
        let is_short = |word: &str| word.is_ascii() && word.len() <= SHORT_WORD;
        words.iter().any(|word| if is_short(word) { parts.contains(word) } else { name.contains(word) })
    }

    /// The cells of the sample that are not empty.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        self.sample.iter().map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// The share of these for which something holds; 0 if there are none.
    pub(super) fn share(&self, holds: impl Fn(&str) -> bool) -> f64 {
        let (mut held, mut all) = (0_u32, 0_u32);
        for cell in self.cells() {
            all += 1;
            held += u32::from(holds(cell));
        }
        f64::from(held) / f64::from(all.max(1))
    }

    /// Whether citizen ids stand in most rows.
    pub(super) fn has_ids(&self) -> bool {
        2 * self.cells().filter(|cell| mask_ids(cell) != *cell).count() > self.sample.len()
    }

    /// Whether it holds numbers.
    pub(super) fn is_number(&self) -> bool {
        self.filled > 0 && self.share(|cell| parse_coordinate(cell).is_some()) >= NEARLY_ALL
    }

    /// Whether it holds texts with Chinese characters, long enough for an address.
    pub(super) fn is_long_text(&self) -> bool {
        self.share(|cell| cell.chars().count() >= 5 && cell.chars().any(is_ideograph)) >= 0.5
    }

    /// Whether its name says that it holds times.
    pub(super) fn is_called_a_time(&self) -> bool {
        self.is_called(&["时间", "日期", "受理", "登记", "创建", "发生", "办结", "time", "date", "at"])
    }

    /// Whether it holds times: days alone, or seconds as well. Numbers are times only in a column that is called so.
    pub(super) fn is_time(&self, zone: &Zone) -> Option<AttributeType> {
        let is_number = self.share(|cell| cell.bytes().all(|b| b.is_ascii_digit() || b == b'.')) > 0.0;
        let called = self.is_called_a_time();
        let is_time = self.filled > 0
            && (called || !is_number)
            && self.share(|cell| Moment::read(cell, zone).is_ok()) >= NEARLY_ALL;
        let day = |cell: &str| Moment::read(cell, zone).is_ok_and(Moment::is_day);
        is_time.then(|| if self.share(day) >= 1.0 { AttributeType::Date } else { AttributeType::Time })
    }

    /// Whether anybody may see it: it says neither who somebody is nor how to reach them, by its name, and as few of its cells are mobile
    /// numbers.
    pub(super) fn may_be_shown(&self) -> bool {
        let called = [
            "电话",
            "手机",
            "联系方式",
            "联系人",
            "姓名",
            "来电人",
            "投诉人",
            "举报人",
            "申请人",
            "contact",
            "phone",
            "mobile",
            "tel",
        ];
        let is_mobile = |cell: &str| {
            let digits: String = cell.chars().filter(|c| !matches!(c, ' ' | '-' | '+')).collect();
            let own = digits.strip_prefix("86").filter(|own| own.len() == MOBILE).unwrap_or(&digits);
            own.len() == MOBILE && own.starts_with('1') && own.bytes().all(|byte| byte.is_ascii_digit())
        };
        !self.is_called(&called) && self.share(is_mobile) < 0.5
    }

    /// What its values are if it becomes an attribute, for whom it is then, and why.
    pub(super) fn as_attribute(&self, zone: &Zone) -> (AttributeType, Audience, String) {
        if !self.may_be_shown() {
            return (AttributeType::Text, Audience::Restricted, PERSONAL.to_owned());
        }
        let of = self.attribute(zone);
        (of, Audience::Public, of.as_str().to_owned())
    }

    /// What its values are.
    fn attribute(&self, zone: &Zone) -> AttributeType {
        let is_flag =
            |cell: &str| matches!(cell.to_lowercase().as_str(), "是" | "否" | "true" | "false" | "yes" | "no");
        let different = self.different().unwrap_or(usize::MAX);
        // A code may begin with 0, a number does not.
        let is_code = |cell: &str| cell.len() > 1 && cell.starts_with('0') && !cell.starts_with("0.");
        if self.filled == 0 {
            return AttributeType::Text;
        }
        if different <= 2 && self.share(is_flag) >= 1.0 {
            return AttributeType::Boolean;
        }
        if let Some(time) = self.is_time(zone) {
            return time;
        }
        if self.share(is_code) == 0.0 && self.share(|cell| number(cell).is_some()) >= NEARLY_ALL {
            let is_whole = self.share(|cell| number(cell).is_none() || integer(cell).is_some()) >= 1.0;
            return if is_whole { AttributeType::Integer } else { AttributeType::Number };
        }
        let is_category = different <= CATEGORIES_MAX && self.filled >= different as u64 * REPEATED_MIN;
        if is_category { AttributeType::Category } else { AttributeType::Text }
    }
}
