//! What the files of a generation are called, relative to it.

use crate::model::GridKind;

/// The file that names the published generation, beside the generations.
pub(crate) const CURRENT: &str = "CURRENT";
/// The manifest of a generation.
pub(crate) const MANIFEST: &str = "plate.json";
/// What the build could not use.
pub(crate) const REJECTS: &str = "rejects.csv";
/// What was found wrong with the data.
pub(crate) const ISSUES: &str = "issues.arrow";
/// The enterprises by code.
pub(crate) const ENTERPRISES_BY_CODE: &str = "index/enterprises-by-code.bin";
/// The enterprises by name.
pub(crate) const ENTERPRISES_BY_NAME: &str = "index/enterprises-by-name.bin";
/// The counts by category.
pub(crate) const CATEGORIES: &str = "index/categories.bin";
/// The blocks that people are counted in.
pub(crate) const BLOCKS: &str = "index/people.bin";
/// In which grids these blocks are counted.
pub(crate) const BLOCK_GRIDS: &str = "index/people-grids.bin";
/// The index of the geocoder.
pub(crate) const GEOCODE: &str = "index/geocode.bin";
/// What the geocoder knows of grids.
pub(crate) const GEOCODE_GRIDS: &str = "index/geocode-grids.bin";
/// The outlines of all grids.
pub(crate) const OUTLINES: &str = "index/outlines.bin";
/// The folder of what is about single persons.
pub(crate) const PRIVATE: &str = "private/";
/// The rows of people.
pub(crate) const PEOPLE: &str = "private/people.arrow";
/// Those rows in the order of their tokens.
pub(crate) const BY_TOKEN: &str = "private/people-by-token.bin";
/// For each address, and behind the last one, the first row of its people.
pub(crate) const BY_ADDRESS: &str = "private/people-by-address.bin";
/// The manifest of the folder.
pub(crate) const PRIVATE_MANIFEST: &str = "private/plate.json";
/// What was found wrong about people.
pub(crate) const PRIVATE_ISSUES: &str = "private/issues.arrow";

/// The locator of a coverage.
pub(crate) fn locator_file(kind: &GridKind) -> String {
    format!("index/locator-{kind}.bin")
}

/// The column with the grid of a coverage, in the tables of buildings and addresses.
pub(crate) fn grid_column(kind: &GridKind) -> String {
    format!("grid_{kind}")
}
