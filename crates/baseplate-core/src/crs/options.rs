//! What decides, beside its name, how a system becomes the plate's.

use crate::{model::UnknownWord, spatial::Bbox};
use serde::Deserialize;
use std::{path::PathBuf, str::FromStr};

/// What is done with coordinates of a datum to which no shift is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum Datum {
    /// They are taken as they are, as if they were on the datum of the plate.
    AsIs,
}

impl TryFrom<String> for Datum {
    type Error = UnknownWord;

    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl FromStr for Datum {
    type Err = UnknownWord;

    /// Reads the word of a spec.
    ///
    /// # Errors
    /// [`UnknownWord`] for any word but `as-is`.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "as-is" => Ok(Self::AsIs),
            _ => Err(UnknownWord { found: text.to_owned(), allowed: "as-is" }),
        }
    }
}

/// What else decides how a system becomes the plate's, beside its name.
#[derive(Debug, Clone, Default)]
pub struct ConversionOptions {
    /// Where the points are, degrees; PROJ may know several shifts of one datum, each for an area. The area of use of the
    /// system if it is left out.
    pub area: Option<Bbox>,
    /// What is done with the datum; the shift that PROJ knows or the definition has is made if it is left out.
    pub datum: Option<Datum>,
    /// The folder from which the paths of grid files start; the current one if it is empty.
    pub folder: PathBuf,
}
