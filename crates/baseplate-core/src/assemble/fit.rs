//! Says that a source looks as if it were in another coordinate system than the spec says.
//!
//! A sample of the coordinates of each source is kept while it is read, and judged in the end
//! (`crs/suspect.rs`). Grids are compared with the mainland, buildings with the grids, addresses with their
//! buildings. The plate is built all the same: the suspicion is an issue and a note.

use super::log::Log;
use crate::{
    crs::{Sample, Suspicion},
    model::Entity,
    quality::{Issue, Rule},
    source::SourceFile,
    spatial::{Bbox, LngLat},
};

/// The most rows of a sample, which takes a fraction of a second to judge.
const SAMPLE_MAX: usize = 16_384;
/// Corners that are kept of an area.
pub(super) const CORNERS_MAX: usize = 8;

/// An empty sample.
pub(super) fn sample() -> Sample {
    Sample::new(SAMPLE_MAX)
}

/// Reports a suspicion, if there is one: an issue for `baseplate check`, and a note for the summary.
pub(super) fn report(suspicion: Option<Suspicion>, entity: Entity, file: &SourceFile, log: &mut Log) {
    let Some(Suspicion { axes, reference, evidence }) = suspicion else { return };
    let rule = if axes { Rule::SourceAxes } else { Rule::SourceCrs };
    let cure = match (axes, reference) {
        (true, _) => "exchange its columns",
        (_, true) => "is the crs of the grids right?",
        _ => "is its crs right?",
    };
    log.notes.push(format!("{}: {evidence}: {cure}", file.path.display()));
    log.issue(Issue::new(rule, file.path.display(), evidence).about(entity));
}

/// How far from the grids a point may be and still be near them, degrees.
const NEAR_DEG: f64 = 0.1;

/// Whether points lie near the grids, for sources that fit nowhere: a reading that brings them there from far away is the right one.
pub(super) fn near(boxes: &[Bbox]) -> impl Fn(&[LngLat], Option<u32>) -> bool + Sync + use<> {
    let Bbox([west, south, east, north]) = boxes.iter().copied().fold(Bbox::EMPTY, Bbox::union);
    let around = Bbox([west - NEAR_DEG, south - NEAR_DEG, east + NEAR_DEG, north + NEAR_DEG]);
    move |points, _| points.iter().all(|point| around.contains(*point))
}

/// The middle of all boxes, in degrees; `None` if all are empty.
pub(super) fn middle(boxes: &[Bbox]) -> Option<LngLat> {
    let whole = boxes.iter().copied().fold(Bbox::EMPTY, Bbox::union);
    let Bbox([west, south, east, north]) = whole;
    (!whole.is_empty()).then(|| LngLat::new((west + east) / 2.0, (south + north) / 2.0))
}
