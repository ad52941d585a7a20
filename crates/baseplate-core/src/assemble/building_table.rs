//! The buildings of a plate as a table, along the space-filling curve.

use crate::{
    link::BuildingLinker,
    spatial::{Bbox, LngLat},
};
use geo::MultiPolygon;
use std::collections::HashMap;

/// What a source says about a building.
pub(super) struct BuildingDraft {
    pub(super) code: String,
    pub(super) name: Option<String>,
    pub(super) floors: Option<u16>,
    pub(super) height_m: Option<f64>,
    pub(super) usage: Option<String>,
    pub(super) demolished: bool,
    pub(super) source: usize,
}

impl BuildingDraft {
    pub(super) fn says_the_same_as(&self, other: &Self) -> bool {
        let said = |draft: &Self| (draft.floors, draft.height_m.map(f64::to_bits), draft.demolished);
        said(self) == said(other) && self.name == other.name && self.usage == other.usage
    }
}

/// A grid that was decided for a building.
pub(super) struct Override {
    /// Row of the building.
    pub(super) building: u32,
    /// Row of the grid.
    pub(super) grid: u32,
    pub(super) reason: Option<String>,
    pub(super) approved_by: Option<String>,
}

/// The buildings in the order of their rows.
#[derive(Default)]
pub(super) struct BuildingTable {
    pub(super) drafts: Vec<BuildingDraft>,
    pub(super) areas: Vec<MultiPolygon<f64>>,
    pub(super) boxes: Vec<Bbox>,
    pub(super) points: Vec<LngLat>,
    pub(super) h3: Vec<Option<u64>>,
    /// Rows of the grids, one for each coverage.
    pub(super) grids: Vec<Vec<Option<u32>>>,
    /// The share of each footprint in the grid of the first coverage.
    pub(super) grid_share: Vec<Option<f32>>,
    /// By building.
    pub(super) overrides: Vec<Override>,
    /// Whether the coordinate system of a source is in doubt; true if it is that of the grids.
    pub(super) doubt: Option<bool>,
}

impl BuildingTable {
    pub(super) fn len(&self) -> usize {
        self.drafts.len()
    }

    pub(super) fn code(&self, row: usize) -> &str {
        &self.drafts[row].code
    }

    /// What finds buildings for points.
    pub(super) fn linker(&self, reach_m: f64) -> BuildingLinker<'_> {
        let demolished = self.drafts.iter().map(|draft| draft.demolished).collect();
        BuildingLinker::new(&self.areas, &self.boxes, demolished, reach_m)
    }

    pub(super) fn rows_by_code(&self) -> HashMap<&str, u32> {
        self.drafts.iter().zip(0..).map(|(draft, row)| (draft.code.as_str(), row)).collect()
    }
}
