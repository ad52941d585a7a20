//! The outlines of the grids at every zoom, and from which zoom each level is drawn.
//!
//! A level keeps the zoom of the generation before as long as it has between half and twice as many grids,
//! so that tiles do not change all at once when some grids are redrawn.

use super::{context::Context, error::BuildError, grid_table::GridTable, progress::Progress};
use crate::{
    outline::{
        Outlines,
        zooms::{EARLIER, first_zooms},
    },
    store::{LevelInfo, names::OUTLINES},
};
use std::ops::Range;

impl Context<'_> {
    /// Writes the outlines of all levels.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn write_outlines(&self, levels: &[LevelInfo]) -> Result<(), BuildError> {
        (self.on_progress)(Progress::Step("drawing the outlines of the grids"));
        let rows = |level: &LevelInfo| self.grids.rows_of(&level.kind, level.level);
        let drawn: Vec<_> =
            levels.iter().map(|level| (rows(level), level.first_zoom.saturating_sub(EARLIER))).collect();
        self.write_file(OUTLINES, &Outlines::build(&self.grids.areas, &drawn))
    }

    /// The levels of each kind, from the highest down; each begins at the zoom at which it began before.
    pub(super) fn levels(&self, former: &[LevelInfo]) -> Vec<LevelInfo> {
        let grids = self.grids;
        let mut levels: Vec<LevelInfo> = Vec::new();
        let mut start = 0;
        for of_kind in grids.drafts.chunk_by(|d, e| d.kind == e.kind) {
            let mut of_levels: Vec<Range<usize>> = Vec::new();
            for of_level in of_kind.chunk_by(|d, e| d.level == e.level) {
                of_levels.push(start..start + of_level.len());
                start += of_level.len();
            }
            of_levels.reverse();
            let zooms = first_zooms(of_levels.iter().map(|rows| mean_size(grids, rows.clone())));
            let mut above = 0;
            for (rows, zoom) in of_levels.iter().zip(zooms) {
                let draft = &grids.drafts[rows.start];
                let (kind, level, count) = (draft.kind.clone(), draft.level, rows.len() as u32);
                let is_alike = |before: &&LevelInfo| {
                    let (now, then) = (u64::from(count), u64::from(before.grids_then));
                    before.kind == kind && before.level == level && now < 2 * then && then < 2 * now
                };
                let before = former.iter().find(is_alike);
                let (zoom, grids_then) = before.map_or((zoom, count), |before| (before.first_zoom, before.grids_then));
                // A level never comes before the one above it.
                above = zoom.max(above);
                levels.push(LevelInfo { kind, level, grids: count, first_zoom: above, grids_then });
            }
        }
        levels
    }
}

/// How many grids, their mean area in square metres, and the latitude of the first.
fn mean_size(grids: &GridTable, rows: Range<usize>) -> (usize, f64, f64) {
    let sum: f64 = grids.area_m2[rows.clone()].iter().sum();
    let lat = grids.points[rows.start].map_or(0.0, |p| p.lat);
    (rows.len(), sum / rows.len() as f64, lat)
}
