//! A coverage while the plate is being built: its locator, and where it is no partition.
//!
//! The locator is built, opened from its bytes and used for the rest of the build, so every plate has been
//! located with the very file it holds.

use super::{error::BuildError, grid_table::GridTable, log::Log};
use crate::{
    coverage::{Edge, Fault, find_faults, shared_edges},
    locate::{Degenerate, Locator},
    model::GridKind,
    quality::{Evidence, Form, Issue, Rule, rounded},
    store::CoverageInfo,
};
use arrow_buffer::Buffer;

/// Overlaps and gaps that the report describes one by one, the largest first.
const FAULTS_SHOWN: usize = 10;

/// A coverage while the plate is being built.
pub(super) struct CoverageDraft {
    /// What the manifest says of it.
    pub(super) info: CoverageInfo,
    /// The bytes of its locator.
    pub(super) file: Vec<u8>,
    /// Its locator.
    pub(super) locator: Locator,
    /// Its largest faults, a sentence each.
    pub(super) described: Vec<String>,
}

impl CoverageDraft {
    /// The coverage of some rows of the table of grids, of one kind and level. Its faults are logged.
    ///
    /// # Errors
    /// When the grids lie so close together that no locator can be built, or are too many for one.
    pub(super) fn new(
        kind: &GridKind,
        rows: std::ops::Range<usize>,
        grids: &GridTable,
        log: &mut Log,
    ) -> Result<Self, BuildError> {
        let areas = &grids.areas[rows.clone()];
        let edges = shared_edges(areas);
        let fail = |reason: String| BuildError::Coverage { kind: kind.clone(), reason };
        let file = Locator::build(&edges).map_err(|e: Degenerate| fail(e.to_string()))?;
        let locator = Locator::open(Buffer::from_slice_ref(&file)).map_err(|e| fail(e.to_string()))?;
        let info = CoverageInfo {
            kind: kind.clone(),
            level: grids.drafts[rows.start].level,
            first_row: rows.start as u32,
            grids: rows.len() as u32,
            overlaps: 0,
            overlap_m2: 0.0,
            gaps: 0,
            gap_m2: 0.0,
            area_m2: grids.area_m2[rows.clone()].iter().sum(),
        };
        let mut coverage = Self { info, file, locator, described: Vec::new() };
        let code = |face: u32| &grids.drafts[rows.start + face as usize - 1].code;
        coverage.describe(&edges, areas, code, log);
        Ok(coverage)
    }

    /// Finds the faults, counts them, logs them and puts the largest into words.
    fn describe<'g>(
        &mut self,
        edges: &[Edge],
        areas: &[geo::MultiPolygon<f64>],
        code: impl Fn(u32) -> &'g String,
        log: &mut Log,
    ) {
        let mut faults = find_faults(edges, areas);
        faults.sort_by(|f, g| g.area_m2().total_cmp(&f.area_m2()));
        for fault in &faults {
            let evidence = Evidence::new(Form::Area, [rounded(fault.area_m2(), 2)]);
            let (count, sum, issue) = match fault {
                Fault::Overlap { faces: [a, b], at, .. } => {
                    let issue = Issue::new(Rule::GridOverlap, code(*a), evidence).other(code(*b)).at(*at);
                    (&mut self.info.overlaps, &mut self.info.overlap_m2, issue)
                }
                Fault::Gap { at, .. } => {
                    let issue = Issue::new(Rule::GridGap, &self.info.kind, evidence).at(*at);
                    (&mut self.info.gaps, &mut self.info.gap_m2, issue)
                }
            };
            *count += 1;
            *sum += fault.area_m2();
            log.issue(issue);
        }
        let words = |fault: &Fault| match fault {
            Fault::Overlap { faces: [a, b], area_m2, at } => {
                format!("overlap: {} and {} share {area_m2:.2} m² at {:.6}, {:.6}", code(*a), code(*b), at.lng, at.lat)
            }
            Fault::Gap { area_m2, at } => format!("gap: {area_m2:.2} m² at {:.6}, {:.6}", at.lng, at.lat),
        };
        self.described = faults.iter().take(FAULTS_SHOWN).map(words).collect();
    }
}
