//! Says on standard error if the points of a run do not look like what they are said to be, as a build does.

use baseplate_core::{Baseplate, Bbox, Coverage, LngLat, Sample, ToPlate};
use phrasebook::say;

/// Rows that are looked at; they cost a few milliseconds.
const SAMPLE_MAX: usize = 2_048;

/// What the points of a run are compared with.
pub(crate) struct Suspect<'a> {
    pub(crate) plate: &'a Baseplate,
    pub(crate) coverage: Coverage<'a>,
    /// The coordinate system as the user names it.
    pub(crate) declared: &'a str,
    pub(crate) to_plate: &'a ToPlate,
}

pub(crate) fn sample() -> Sample {
    Sample::new(SAMPLE_MAX)
}

/// The box of a coverage; `None` if it has no grids.
pub(crate) fn extent(coverage: Coverage<'_>) -> Option<Bbox> {
    let whole = coverage.grids().filter_map(|grid| grid.bbox()).fold(Bbox::EMPTY, Bbox::union);
    (!whole.is_empty()).then_some(whole)
}

impl Suspect<'_> {
    /// Notes on a sample, in the words of a build.
    pub(crate) fn report(&self, sample: &Sample) {
        let extent = extent(self.coverage);
        let middle = extent.map(|Bbox([w, s, e, n])| LngLat::new((w + e) / 2.0, (s + n) / 2.0));
        // PROJ's converter belongs to one thread; the closures go to several.
        let (coverage, plate) = (self.coverage, self.plate);
        let in_grid = move |points: &[LngLat], _| points.iter().all(|point| coverage.locate(*point).is_some());
        let at_building = move |points: &[LngLat], _| points.iter().all(|point| !plate.buildings_at(*point).is_empty());
        let judge = || sample.judge(self.declared, self.to_plate, middle, in_grid);
        let buildings = self.plate.manifest().rows.buildings > 0;
        let closer = || sample.judge(self.declared, self.to_plate, middle, at_building);
        match judge().or_else(|| if buildings { closer() } else { None }) {
            Some(found) if found.axes => say!("note: {}: exchange --lng and --lat", found.evidence),
            Some(found) => say!("note: {}: is --crs right?", found.evidence),
            None => self.report_far(sample, extent),
        }
    }

    /// Says where the points are and where the coverage is, if the two have nothing in common.
    fn report_far(&self, sample: &Sample, extent: Option<Bbox>) {
        let mut points = sample.points(self.to_plate);
        let (Some(first), Some(Bbox([w, s, e, n]))) = (points.next(), extent) else { return };
        if std::iter::once(first).chain(points).all(|point| self.coverage.locate(point).is_none()) {
            say!(
                "note: no sampled point lies in the coverage, which spans {w:.4}, {s:.4} to {e:.4}, {n:.4}; the first one is \
                 {:.4}, {:.4} when read as {}: is --crs right?",
                first.lng,
                first.lat,
                self.declared
            );
        }
    }
}
