//! The outlines of the grids at every zoom.

use super::{BuildError, Context, Progress};
use crate::tile::{OUTLINES, Outlines, outline_zooms};
use std::ops::Range;

impl Context<'_> {
    pub(super) fn write_outlines(&self) -> Result<(), BuildError> {
        (self.on_progress)(Progress::Step("drawing the outlines of the grids"));
        self.write_file(OUTLINES, &Outlines::build(&self.grids.areas, &self.outlined_levels()))
    }

    /// The rows of each level of each kind, and the first zoom at which they are drawn.
    fn outlined_levels(&self) -> Vec<(Range<usize>, u8)> {
        let mut levels = Vec::new();
        let mut start = 0;
        for of_kind in self.grids.drafts.chunk_by(|d, e| d.kind == e.kind) {
            let mut rows: Vec<Range<usize>> = Vec::new();
            for of_level in of_kind.chunk_by(|d, e| d.level == e.level) {
                rows.push(start..start + of_level.len());
                start += of_level.len();
            }
            rows.reverse();
            let zooms: Vec<u8> = outline_zooms(rows.iter().map(|rows| self.mean_size(rows.clone()))).collect();
            levels.extend(rows.into_iter().zip(zooms));
        }
        levels
    }

    /// How many grids, their mean area in square metres, and the latitude of the first.
    fn mean_size(&self, rows: Range<usize>) -> (usize, f64, f64) {
        let sum: f64 = self.grids.area_m2[rows.clone()].iter().sum();
        let lat = self.grids.points[rows.start].map_or(0.0, |p| p.lat);
        (rows.len(), sum / rows.len() as f64, lat)
    }
}
