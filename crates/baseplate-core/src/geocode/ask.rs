//! What an open plate is asked.

use super::{
    answer::{Geocoded, Reversed, Suggestion},
    coded, place, suggest,
};
use crate::{
    gazetteer::{decide, without_exact},
    plate::Baseplate,
    spatial::LngLat,
};
use rayon::prelude::*;

/// Bulk look-ups are handed to threads in pieces of at least this many texts.
const CHUNK: usize = 64;

impl Baseplate {
    /// The place that an address text stands for. A code (grid, building, address, 统一社会信用代码) is also understood.
    ///
    /// It costs a bounded amount of work whatever the text is; only its first 256 characters that are neither spaces nor
    /// punctuation are looked at.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let found = plate.geocode("秋实路3号珠峰购物中心1栋101铺");
    /// let place = found.place.expect("in the sample");
    /// assert_eq!(place.address_code, Some("9901010010010100001000101"));
    /// ```
    pub fn geocode(&self, text: &str) -> Geocoded<'_> {
        let index = self.geo_index();
        let decision = coded::of_code(self, text).unwrap_or_else(|| decide(index, text));
        place::geocoded(self, index, text, decision)
    }

    /// What [`Baseplate::geocode`] would answer if no address of the library had this text letter by letter. For evaluations.
    #[doc(hidden)]
    pub fn geocode_read(&self, text: &str) -> Geocoded<'_> {
        let index = self.geo_index();
        place::geocoded(self, index, text, without_exact(index, text))
    }

    /// [`Baseplate::geocode`] of many texts, in their order, on all threads of the current rayon pool.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let found = plate.geocode_many(&["秋实路3号珠峰购物中心1栋101铺", "nowhere"]);
    /// assert!(found[0].place.is_some() && found[1].place.is_none());
    /// ```
    pub fn geocode_many<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<Geocoded<'_>> {
        texts.par_iter().with_min_len(CHUNK).map(|text| self.geocode(text.as_ref())).collect()
    }

    /// Up to `limit` completions of what is being typed, the likeliest first; those near a point before others.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let found = plate.suggest("珠峰购物", None, 5);
    /// assert!(!found.is_empty() && found.len() <= 5);
    /// ```
    pub fn suggest(&self, prefix: &str, near: Option<LngLat>, limit: usize) -> Vec<Suggestion<'_>> {
        suggest::suggest(self, prefix, near, limit)
    }

    /// What is at a point: the nearest address within 100 m, else the grid; `None` outside the city.
    ///
    /// The nearest is the one whose own point is nearest; but inside a footprint that has addresses it is one of these, unless
    /// another has its point exactly there. Where no address has its point within reach, the nearest address of the nearest
    /// building within reach is taken. Of equally near ones the first in the order of the plate.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let address = plate.address("9901010010010100001000101").and_then(|address| address.point()).expect("has a point");
    /// assert!(plate.reverse(address).is_some());
    /// ```
    pub fn reverse(&self, point: LngLat) -> Option<Reversed<'_>> {
        place::reverse(self, point)
    }
}
