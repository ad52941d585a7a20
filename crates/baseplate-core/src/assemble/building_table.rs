//! The buildings of a plate as a table, along the space-filling curve.
//!
//! All vectors are by row. The rows of addresses follow those of buildings, so the order of the latter is
//! settled before the first address is read.

use crate::{
    link::BuildingLinker,
    spatial::{Bbox, LngLat},
};
use geo::MultiPolygon;
use std::collections::HashMap;

/// What a source says about a building.
pub(super) struct BuildingDraft {
    /// The code.
    pub(super) code: String,
    /// The name.
    pub(super) name: Option<String>,
    /// Floors above the ground.
    pub(super) floors: Option<u16>,
    /// The height, metres.
    pub(super) height_m: Option<f64>,
    /// What the building is used for, in the words of the source.
    pub(super) usage: Option<String>,
    /// Whether the building is gone.
    pub(super) demolished: bool,
    /// The number of the source in the log.
    pub(super) source: usize,
}

impl BuildingDraft {
    /// Whether two rows of one code have the same attributes.
    pub(super) fn says_the_same_as(&self, other: &Self) -> bool {
        let said = |draft: &Self| (draft.floors, draft.height_m.map(f64::to_bits), draft.demolished);
        said(self) == said(other) && self.name == other.name && self.usage == other.usage
    }
}

/// A grid that was decided for a building.
pub(super) struct Override {
    /// The row of the building.
    pub(super) building: u32,
    /// The row of the grid.
    pub(super) grid: u32,
    /// Why it was decided so.
    pub(super) reason: Option<String>,
    /// Who decided it.
    pub(super) approved_by: Option<String>,
}

/// The buildings in the order of their rows.
#[derive(Default)]
pub(super) struct BuildingTable {
    /// What the sources say.
    pub(super) drafts: Vec<BuildingDraft>,
    /// The footprints, valid and oriented, in degrees.
    pub(super) areas: Vec<MultiPolygon<f64>>,
    /// The boxes of the footprints.
    pub(super) boxes: Vec<Bbox>,
    /// A point inside each footprint, by which it is located.
    pub(super) points: Vec<LngLat>,
    /// The cell of each point.
    pub(super) h3: Vec<Option<u64>>,
    /// The rows of the grids of each, one for each coverage.
    pub(super) grids: Vec<Vec<Option<u32>>>,
    /// The share of each footprint, 0 to 1, in its grid of the first coverage; `None` if it has none.
    pub(super) grid_share: Vec<Option<f32>>,
    /// The grids that were decided, by building.
    pub(super) overrides: Vec<Override>,
    /// Whether the coordinate system of a source is in doubt: `Some(true)` if it is rather that of the
    /// grids.
    pub(super) doubt: Option<bool>,
}

impl BuildingTable {
    /// How many buildings there are.
    pub(super) fn len(&self) -> usize {
        self.drafts.len()
    }

    /// The code of a building.
    pub(super) fn code(&self, row: usize) -> &str {
        &self.drafts[row].code
    }

    /// What finds buildings for points, within `reach_m` metres of a footprint.
    pub(super) fn linker(&self, reach_m: f64) -> BuildingLinker<'_> {
        let demolished = self.drafts.iter().map(|draft| draft.demolished).collect();
        BuildingLinker::new(&self.areas, &self.boxes, demolished, reach_m)
    }

    /// The rows of the buildings by code.
    pub(super) fn rows_by_code(&self) -> HashMap<&str, u32> {
        self.drafts.iter().zip(0..).map(|(draft, row)| (draft.code.as_str(), row)).collect()
    }
}
