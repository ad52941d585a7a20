//! How large a city is written.

use std::fmt;
use std::str::FromStr;

/// The size of the city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// About 60 grids, 1 800 buildings, 12 000 addresses, 15 000 residences of people and 4 000 of enterprises.
    Town,
    /// About 5 000 grids, 200 000 buildings, 3 million addresses, 5 million residences of people and 1 million of
    /// enterprises.
    District,
    /// About 19 000 grids, 700 000 buildings, 12 million addresses, 20 million residences of people and 4 million of
    /// enterprises.
    City,
}

impl FromStr for Scale {
    type Err = UnknownScale;

    fn from_str(text: &str) -> Result<Self, UnknownScale> {
        match text {
            "town" => Ok(Self::Town),
            "district" => Ok(Self::District),
            "city" => Ok(Self::City),
            other => Err(UnknownScale(other.to_owned())),
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Town => "town",
            Self::District => "district",
            Self::City => "city",
        })
    }
}

/// The text that names no [`Scale`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownScale(String);

impl fmt::Display for UnknownScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not one of town, district, city", self.0)
    }
}

impl std::error::Error for UnknownScale {}

/// What a scale asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Targets {
    /// Number of districts.
    pub districts: usize,
    /// Number of subdistricts in the city.
    pub subdistricts: usize,
    /// Number of communities in the city.
    pub communities: usize,
    /// Number of grids.
    pub grids: usize,
    /// Number of buildings, approximately.
    pub buildings: f64,
    /// Number of addresses, approximately.
    pub addresses: f64,
    /// Rows of people, one for each role at an address, approximately.
    pub people: f64,
    /// Rows of enterprises, one for each role at an address, approximately.
    pub enterprises: f64,
    /// Requests to the hotline in two years, approximately.
    pub requests: f64,
    /// Pieces of street furniture on each side of a block, on average.
    pub parts: f64,
    /// Factor on the floors of towers: small towns build lower.
    pub rise: f64,
}

impl Scale {
    /// The numbers behind the scale.
    pub(crate) fn targets(self) -> Targets {
        match self {
            Self::Town => Targets {
                districts: 2,
                subdistricts: 4,
                communities: 12,
                grids: 60,
                buildings: 1_800.0,
                addresses: 12_000.0,
                people: 15_000.0,
                enterprises: 4_000.0,
                requests: 840.0,
                parts: 1.5,
                rise: 0.5,
            },
            Self::District => Targets {
                districts: 3,
                subdistricts: 20,
                communities: 210,
                grids: 5_000,
                buildings: 200_000.0,
                addresses: 3_000_000.0,
                people: 5_000_000.0,
                enterprises: 1_000_000.0,
                requests: 250_000.0,
                parts: 6.0,
                rise: 1.0,
            },
            Self::City => Targets {
                districts: 11,
                subdistricts: 74,
                communities: 787,
                grids: 19_000,
                buildings: 700_000.0,
                addresses: 12_000_000.0,
                people: 20_000_000.0,
                enterprises: 4_000_000.0,
                requests: 1_000_000.0,
                parts: 6.0,
                rise: 1.0,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for scale in [Scale::Town, Scale::District, Scale::City] {
            assert_eq!(scale.to_string().parse(), Ok(scale));
        }
        assert!("village".parse::<Scale>().is_err());
    }
}
