//! The ground under everything, piece by piece.

use super::{handle::Baseplate, rows::row_box};
use crate::{
    model::GroundKind,
    spatial::{Bbox, footprint},
};
use geo_types::Geometry;

/// A piece of the ground, such as a road or a lake. It is drawn, and nothing is linked with it.
#[derive(Clone, Copy)]
pub(crate) struct Piece<'a> {
    pub(crate) code: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) kind: GroundKind,
    /// What it is in the words of the source.
    pub(crate) class: Option<&'a str>,
    /// Its areas or lines, WKB.
    pub(crate) wkb: &'a [u8],
}

impl Piece<'_> {
    /// Its areas or lines in degrees; `None` if the bytes are damaged.
    pub(crate) fn geometry(&self) -> Option<Geometry<f64>> {
        match self.kind.is_area() {
            true => footprint::area(self.wkb).map(Geometry::from),
            false => footprint::lines(self.wkb).map(Geometry::from),
        }
    }
}

impl Baseplate {
    /// Whether the plate has the ground; it may be without pieces.
    pub(crate) fn has_ground(&self) -> bool {
        self.0.ground.is_some()
    }

    /// The box around the ground, degrees.
    #[cfg(feature = "tile")]
    pub(crate) fn ground_bounds(&self) -> Option<Bbox> {
        let table = self.0.ground.as_ref()?;
        table.by_place.bounds(|row| row_box(&table.bbox, row))
    }

    /// How many pieces the ground has.
    pub(crate) fn ground_rows(&self) -> u32 {
        self.0.ground.as_ref().map_or(0, |ground| ground.rows as u32)
    }

    /// The piece in a row.
    pub(crate) fn ground_row(&self, row: u32) -> Option<Piece<'_>> {
        let table = self.0.ground.as_ref()?;
        Some(Piece {
            code: table.code.get(row)?,
            name: table.name.get(row),
            kind: table.kind.get(row)?.parse().ok()?,
            class: table.class.get(row),
            wkb: table.geometry.get(row)?,
        })
    }

    /// The row of the first piece with a code.
    pub(crate) fn ground_row_of(&self, code: &str) -> Option<u32> {
        let table = self.0.ground.as_ref()?;
        table.by_code.find(&table.code, code)
    }

    /// The first rows from `from` on, at most `limit`, of pieces whose boxes touch `bbox`.
    pub(crate) fn ground_rows_in(&self, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let found = self
            .0
            .ground
            .as_ref()
            .map(|table| table.by_place.search_from(bbox, from, limit, |row| row_box(&table.bbox, row)));
        found.unwrap_or_default()
    }

    /// The rows before `end` of pieces whose boxes touch `bbox`, ascending.
    #[cfg(feature = "tile")]
    pub(crate) fn ground_rows_before(&self, bbox: Bbox, end: u32) -> Vec<u32> {
        let mut rows = self.ground_rows_in(bbox, 0, usize::MAX);
        rows.truncate(rows.partition_point(|row| *row < end));
        rows
    }

    /// How many pieces are drawn at a zoom: they come first.
    pub(crate) fn ground_rows_at(&self, zoom: u8) -> u32 {
        let (mut low, mut high) = (0, self.ground_rows());
        while low < high {
            let middle = low.midpoint(high);
            match self.ground_row(middle).is_some_and(|piece| piece.kind.first_zoom() <= zoom) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }
}
