//! Says that a source looks as if it were in another coordinate system than the spec says.

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
/// Points that are kept of an area.
pub(super) const CORNERS_MAX: usize = 8;

pub(super) fn sample() -> Sample {
    Sample::new(SAMPLE_MAX)
}

/// An issue for `baseplate check`, and a note for the summary.
pub(super) fn report(suspicion: Option<Suspicion>, entity: Entity, file: &SourceFile, log: &mut Log) {
    let Some(Suspicion { axes, evidence }) = suspicion else { return };
    let rule = if axes { Rule::SourceAxes } else { Rule::SourceCrs };
    log.notes.push(format!("{}: {evidence}", file.path.display()));
    log.issue(Issue::new(rule, file.path.display(), evidence).about(entity));
}

/// The middle of all boxes.
pub(super) fn middle(boxes: &[Bbox]) -> Option<LngLat> {
    let whole = boxes.iter().copied().fold(Bbox::EMPTY, Bbox::union);
    let Bbox([west, south, east, north]) = whole;
    (!whole.is_empty()).then(|| LngLat::new((west + east) / 2.0, (south + north) / 2.0))
}
