//! What the files of a generation are called, relative to it.

use crate::model::GridKind;

/// The file that names the published generation, beside the generations.
pub(crate) const CURRENT: &str = "CURRENT";
/// The manifest of a generation.
pub(crate) const MANIFEST: &str = "plate.json";
/// What the build could not use.
pub(crate) const REJECTS: &str = "rejects.csv";
/// What the publications up to this one changed.
pub(crate) const CHANGES: &str = "changes.jsonl";
/// What was found wrong with the data.
pub(crate) const ISSUES: &str = "issues.arrow";
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
/// The folder of the layers.
pub(crate) const LAYERS: &str = "layers/";
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

/// The records of a layer.
pub(crate) fn records_file(layer: &str) -> String {
    format!("{LAYERS}{layer}.arrow")
}

/// In which grids those of them lie that have a point alone.
pub(crate) fn record_grids_file(layer: &str) -> String {
    format!("{LAYERS}{layer}.grids.arrow")
}

/// In which areas those of them lie of which nothing more is known.
pub(crate) fn record_areas_file(layer: &str) -> String {
    format!("{LAYERS}{layer}.areas.arrow")
}

/// The records of a layer by code.
pub(crate) fn records_by_code(layer: &str) -> String {
    format!("{LAYERS}{layer}.by-code.bin")
}

/// The records of a layer by name.
pub(crate) fn records_by_name(layer: &str) -> String {
    format!("{LAYERS}{layer}.by-name.bin")
}

/// The records of a layer by place, if some lie elsewhere than at their addresses.
pub(crate) fn records_by_place(layer: &str) -> String {
    format!("{LAYERS}{layer}.by-place.bin")
}

/// What is counted of a layer.
pub(crate) fn layer_counts_file(layer: &str) -> String {
    format!("{LAYERS}{layer}.counts.bin")
}

/// What was found wrong with the records of a layer, if anything was.
pub(crate) fn layer_issues_file(layer: &str) -> String {
    format!("{LAYERS}{layer}.issues.arrow")
}

/// What a spec would say of a layer that was added without one.
pub(crate) fn kept_source_file(layer: &str) -> String {
    format!("{LAYERS}{layer}.toml")
}

/// The rows of such a layer as its source had them.
pub(crate) fn kept_rows_file(layer: &str) -> String {
    format!("{LAYERS}{layer}.geojsonl")
}

/// Whether a file is one of a layer: what it is called in the folder of layers is the id and an ending.
pub(crate) fn is_of_layer(file: &str, layer: &str) -> bool {
    file.strip_prefix(LAYERS).and_then(|name| name.strip_prefix(layer)).is_some_and(|ending| ending.starts_with('.'))
}
