//! Grids as H3 cells, to join them with what others keep by cell.

mod cover;
mod outline;
#[cfg(feature = "build")]
mod write;

pub use cover::{H3Cover, Position};
#[cfg(feature = "build")]
pub use write::{H3CoverQuery, H3Export};

use crate::{
    model::{GridKind, Level},
    plate::Grid,
};
use h3o::Resolution;

/// The most cells that one export may come to.
const MAX_CELLS: f64 = 100e6;

/// Why there is no cover.
#[derive(Debug, thiserror::Error)]
pub enum H3CoverError {
    /// H3 has no such resolution.
    #[error("{0} is no resolution of H3; give one from 0 (4.4 million km² a cell) to 15 (0.9 m² a cell)")]
    Resolution(u8),
    /// There would be too many cells; take a coarser resolution.
    #[error("that would be about {cells} cells, the most is {MAX_CELLS}; {}", cure(*coarser))]
    TooMany {
        /// About how many cells there would be.
        cells: u64,
        /// The finest resolution with few enough.
        coarser: Option<u8>,
    },
    /// The plate has no such grids: take one of the kinds it has, and a level that the kind has.
    #[error("the plate has no grids of kind '{kind}' and level {level}; its kinds: {kinds}")]
    NoGrids {
        /// The kind that was asked for.
        kind: GridKind,
        /// The level that was asked for.
        level: Level,
        /// The kinds there are.
        kinds: String,
    },
    /// The plate is damaged; build it again, or restore it from a copy.
    #[error("the polygon of grid {0} cannot be read; build the plate again, or restore it from a copy")]
    Damaged(String),
    /// The output cannot be written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The output cannot be written.
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
}

fn cure(coarser: Option<u8>) -> String {
    coarser.map_or("take smaller grids".to_owned(), |r| format!("take resolution {r} or a coarser one"))
}

impl Grid<'_> {
    /// All H3 cells of a resolution that touch the grid, each once, with whether the whole cell lies inside. Every point of the grid
    /// is in one of them. A cell counts as touching the border if it comes within 0.1 mm and twice the rise of its sides over
    /// the straight pieces by which they are followed: millimetres at resolution 8, more for coarser cells and
    /// towards the poles. Cells across the 180th meridian and beyond 85° are taken as boxes and may be listed as
    /// [`Position::Border`] though they only come near.
    ///
    /// # Errors
    /// When there is no such resolution, there would be more than 100 million cells, or the polygon is damaged.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Position;
    ///
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// let inside = grid.h3_cover(12)?.filter(|(_, position)| *position == Position::Inside);
    /// assert!(inside.count() > 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn h3_cover(&self, resolution: u8) -> Result<H3Cover, H3CoverError> {
        check_size(&[*self], resolution)?;
        self.cover(h3_resolution(resolution)?)
    }

    fn cover(&self, resolution: Resolution) -> Result<H3Cover, H3CoverError> {
        let area = self.area().ok_or_else(|| H3CoverError::Damaged(self.code().to_owned()))?;
        Ok(H3Cover::of(&area, resolution))
    }
}

fn h3_resolution(number: u8) -> Result<Resolution, H3CoverError> {
    Resolution::try_from(number).map_err(|_| H3CoverError::Resolution(number))
}

fn check_size(grids: &[Grid<'_>], resolution: u8) -> Result<(), H3CoverError> {
    let cells = |r: Resolution| grids.iter().map(|grid| estimate(grid, r)).sum::<f64>();
    let wanted = cells(h3_resolution(resolution)?);
    if wanted <= MAX_CELLS {
        return Ok(());
    }
    let fits = |r: &u8| h3_resolution(*r).is_ok_and(|r| cells(r) <= MAX_CELLS);
    Err(H3CoverError::TooMany { cells: wanted as u64, coarser: (0..resolution).rev().find(fits) })
}

/// About how many cells a grid has: as a square of its area would.
fn estimate(grid: &Grid<'_>, resolution: Resolution) -> f64 {
    let area_m2 = grid.area_m2().unwrap_or_default().max(0.0);
    1.0 + area_m2 / resolution.area_m2() + 4.0 * area_m2.sqrt() / resolution.edge_length_m()
}
