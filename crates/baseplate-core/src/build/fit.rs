//! Whether a source is in the coordinate system it is said to be in.

use crate::{
    crs::{Crs, ToPlate, bd09, gcj02},
    model::Entity,
    quality::{Issue, Rule},
    source::SourceFile,
    spatial::LngLat,
};

/// The most rows of a sample; when it is full every second one is dropped, and so on.
const SAMPLE_MAX: usize = 2_048;
/// Fewer rows say nothing.
const SAMPLE_MIN: usize = 20;
/// Another system is suspected if this much more of the sample fits in it.
const MARGIN: f64 = 0.1;
/// Points that are kept of an area.
pub(super) const CORNERS_MAX: usize = 8;

/// Coordinates, and the building that the row names.
type SampleRow = (Vec<(f64, f64)>, Option<u32>);

/// Coordinates of a source as they stand there, evenly spread over its rows: one point of an address, some corners of a
/// building; with the building that the row names.
pub(super) struct Sample {
    rows: Vec<SampleRow>,
    seen: u64,
    every: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self { rows: Vec::new(), seen: 0, every: 1 }
    }
}

impl Sample {
    pub(super) fn offer(&mut self, row: impl FnOnce() -> SampleRow) {
        self.seen += 1;
        if !self.seen.is_multiple_of(self.every) {
            return;
        }
        self.rows.push(row());
        if self.rows.len() == SAMPLE_MAX {
            let mut keep = false;
            self.rows.retain(|_| {
                keep = !keep;
                !keep
            });
            self.every *= 2;
        }
    }

    /// Compares how well the points fit as declared and in other systems; `fits` says whether a point does.
    pub(super) fn judge(
        &self,
        entity: Entity,
        file: &SourceFile,
        to_plate: &ToPlate,
        fits: impl Fn(&[LngLat], Option<u32>) -> bool,
    ) -> Option<Issue> {
        if self.rows.len() < SAMPLE_MIN {
            return None;
        }
        let share = |to: &dyn Fn(f64, f64) -> Option<LngLat>| {
            let converted = |points: &[(f64, f64)]| points.iter().map(|(x, y)| to(*x, *y)).collect::<Option<Vec<_>>>();
            let fit = |(points, given): &&SampleRow| converted(points).is_some_and(|points| fits(&points, *given));
            self.rows.iter().filter(fit).count() as f64 / self.rows.len() as f64
        };
        let declared = share(&|x, y| to_plate.convert(x, y).ok());
        let plain = |(lng, lat)| LngLat::new(lng, lat);
        let undo_gcj02 = |p: LngLat| gcj02::to_wgs84(p.lng, p.lat).map(plain);
        let undo_bd09 = |p: LngLat| undo_gcj02(plain(bd09::to_gcj02(p.lng, p.lat)?));
        let degrees = Crs::Geographic.to_plate().ok()?;
        let others = [
            ("EPSG:4490", Rule::SourceCrs, share(&|x, y| degrees.convert(x, y).ok())),
            ("gcj02", Rule::SourceCrs, share(&|x, y| undo_gcj02(to_plate.convert(x, y).ok()?))),
            ("bd09", Rule::SourceCrs, share(&|x, y| undo_bd09(to_plate.convert(x, y).ok()?))),
            ("with its axes swapped", Rule::SourceAxes, share(&|x, y| to_plate.convert(y, x).ok())),
        ];
        let (name, rule, best) = others.into_iter().max_by(|a, b| a.2.total_cmp(&b.2))?;
        if best < declared + MARGIN {
            return None;
        }
        let evidence = format!(
            "of {} sampled points {:.0} % fit as {}, {:.0} % {}{name}",
            self.rows.len(),
            100.0 * declared,
            file.crs.as_deref().unwrap_or_default(),
            100.0 * best,
            if rule == Rule::SourceCrs { "as " } else { "" },
        );
        Some(Issue::new(rule, file.path.display(), evidence).about(entity))
    }
}
