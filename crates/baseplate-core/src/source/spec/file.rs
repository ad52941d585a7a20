//! What a source says about its file: where it is, how it is written, and how much of it must be usable.

use crate::crs::Datum;
use std::path::PathBuf;

/// What a source says about its file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// `.geojson`, `.geojsonl` or `.csv`, each also with `.gz`; a value.
    pub path: PathBuf,
    /// The coordinate system of the file; a value. Mandatory for grids, buildings and addresses, without meaning for others.
    pub crs: Option<String>,
    /// What is done about a datum to which no shift is known; a value.
    pub datum: Option<Datum>,
    /// The folder of the spec, from which the paths of grid files in `crs` start.
    pub folder: PathBuf,
    /// The text encoding, such as `gbk`; found out by itself if left out; a value.
    pub encoding: Option<String>,
    /// The character between the columns of a CSV, or `tab`; found out by itself if left out; a value.
    pub delimiter: Option<char>,
    /// Where a CSV has its geometry (WKT, WKB in hexadecimal, or the text of GeoJSON).
    pub geometry: Option<String>,
    /// The share of the rows, 0 to 1, that must be usable, or the source is no use as a whole; a value.
    pub min_used: f64,
    /// Whether the file may be without rows; a value.
    pub may_be_empty: bool,
}

impl SourceFile {
    /// The file of things that have a geometry or coordinates, which need a coordinate system.
    ///
    /// # Errors
    /// A sentence that names the missing key.
    pub(super) fn placed(self) -> Result<Self, String> {
        match &self.crs {
            Some(_) => self.checked(),
            None => {
                Err("crs is missing: name the coordinate system of the file, such as \"EPSG:4490\" or \"gcj02\""
                    .to_owned())
            }
        }
    }

    /// The file of records that have no coordinates of their own.
    ///
    /// # Errors
    /// A sentence if it names what does not apply.
    pub(super) fn placeless(self) -> Result<Self, String> {
        if self.crs.is_some() || self.datum.is_some() || self.geometry.is_some() {
            return Err(
                "crs, datum and geometry do not apply: these records lie where their addresses or buildings are"
                    .to_owned(),
            );
        }
        self.checked()
    }

    /// The file, if its numbers are in their range.
    fn checked(self) -> Result<Self, String> {
        match self.min_used {
            0.0..=1.0 => Ok(self),
            other => Err(format!("min_used is a share of the rows, from 0 to 1, not {other}")),
        }
    }
}
