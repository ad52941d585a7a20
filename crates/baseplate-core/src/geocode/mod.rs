//! From an address as people write it to its codes.

mod answer;
mod grammar;
mod normal;
mod number;
mod tail;
mod words;

pub use answer::{Band, Fault, FaultKind, GeocodeStatus, Geocoded, GeocodedPlace, MatchLevel, Reversed, Suggestion};

use crate::{plate::Baseplate, spatial::LngLat};

impl Baseplate {
    /// The place that an address text stands for.
    pub fn geocode(&self, _text: &str) -> Geocoded<'_> {
        Geocoded {
            status: GeocodeStatus::None,
            place: None,
            also: Vec::new(),
            confidence: 0.0,
            band: Band::Low,
            faults: Vec::new(),
            unmatched: String::new(),
            gap: None,
            alternatives: Vec::new(),
        }
    }

    /// [`Baseplate::geocode`] of many texts, in their order, on all threads of the current rayon pool.
    pub fn geocode_many<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<Geocoded<'_>> {
        texts.iter().map(|text| self.geocode(text.as_ref())).collect()
    }

    /// Up to `limit` completions of what is being typed, the likeliest first; those near a point before others.
    pub fn suggest(&self, _prefix: &str, _near: Option<LngLat>, _limit: usize) -> Vec<Suggestion<'_>> {
        Vec::new()
    }

    /// What is at a point: the nearest address within reach, else the grid; `None` outside the city.
    pub fn reverse(&self, _point: LngLat) -> Option<Reversed<'_>> {
        None
    }
}
