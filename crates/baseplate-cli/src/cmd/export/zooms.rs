//! `6-14`: a range of zooms.

use baseplate_core::MAX_ZOOM;
use std::str::FromStr;

/// A range of zooms, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Zooms {
    pub(super) first: u8,
    pub(super) last: u8,
}

impl FromStr for Zooms {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let zooms = first.trim().parse().ok().zip(last.trim().parse().ok()).map(|(first, last)| Self { first, last });
        let wrong = || format!("zooms are one of 0 to {MAX_ZOOM} or a range, like 6-14");
        zooms.filter(|zooms| zooms.first <= zooms.last && zooms.last <= MAX_ZOOM).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_zoom_or_a_range_from_the_smaller_one_on() {
        let read = |text: &str| text.parse::<Zooms>().ok().map(|z| (z.first, z.last));
        assert_eq!(
            ["6-14", "8", "0-17", " 3 - 4 "].map(read),
            [Some((6, 14)), Some((8, 8)), Some((0, 17)), Some((3, 4))]
        );
        assert_eq!(["14-6", "18", "6-18", "", "a", "-3", "3-", "6-7-8", "-1-3"].map(read), [None; 9]);
    }
}
