//! The tiles of some zooms, in the order of PMTiles: zoom by zoom, along the Hilbert curve.
//!
//! On that curve the four children of a tile follow one another, and so do the tiles below them. Hence a descent from the tile of
//! zoom 0 meets those of a zoom in order, and what lies below a square without data is never looked at.

use baseplate_core::TileId;

/// A tile and its number in PMTiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) tile: TileId,
    pub(super) number: u64,
}

/// Goes over the tiles of some zooms that pass a test. The test must hold for a tile if it holds for one inside it.
pub(super) struct Walk<T> {
    test: T,
    /// The zooms to come, the next one last.
    zooms: Vec<u8>,
    /// Tiles to be looked at, as zoom and place on the curve; the next one last.
    open: Vec<(u8, u64)>,
}

impl<T: Fn(TileId) -> bool> Walk<T> {
    /// `zooms` ascend.
    pub(super) fn new(zooms: &[u8], test: T) -> Self {
        Self { test, zooms: zooms.iter().rev().copied().collect(), open: Vec::new() }
    }
}

impl<T: Fn(TileId) -> bool> Iterator for Walk<T> {
    type Item = Stop;

    fn next(&mut self) -> Option<Stop> {
        while let Some(&zoom) = self.zooms.last() {
            if self.open.is_empty() {
                self.open.push((0, 0));
            }
            while let Some((z, place)) = self.open.pop() {
                let Some(tile) = tile_at(z, place).filter(|tile| (self.test)(*tile)) else { continue };
                if z < zoom {
                    self.open.extend((0..4).rev().map(|child| (z + 1, 4 * place + child)));
                    continue;
                }
                if self.open.is_empty() {
                    self.zooms.pop();
                }
                return Some(Stop { tile, number: tiles_before(z) + place });
            }
            self.zooms.pop();
        }
        None
    }
}

/// How many tiles the zooms before one have.
fn tiles_before(zoom: u8) -> u64 {
    ((1 << (2 * zoom)) - 1) / 3
}

/// The tile at a place on the Hilbert curve of a zoom.
fn tile_at(zoom: u8, place: u64) -> Option<TileId> {
    let (mut x, mut y, mut rest) = (0, 0, place);
    for side in (0..zoom).map(|bit| 1_u32 << bit) {
        let right = 1 & (rest / 2) as u32;
        let down = 1 & (rest as u32 ^ right);
        if down == 0 {
            if right == 1 {
                (x, y) = (side - 1 - x, side - 1 - y);
            }
            (x, y) = (y, x);
        }
        (x, y, rest) = (x + side * right, y + side * down, rest / 4);
    }
    TileId::new(zoom, x, y).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn walk(zooms: &[u8], test: impl Fn(TileId) -> bool) -> Vec<(u8, u32, u32)> {
        Walk::new(zooms, test).map(|stop| (stop.tile.z(), stop.tile.x(), stop.tile.y())).collect()
    }

    /// The numbers in the specification of PMTiles 3.
    #[test]
    fn tiles_have_the_numbers_of_the_specification() {
        let known = [((0, 0, 0), 0), ((1, 0, 0), 1), ((1, 0, 1), 2), ((1, 1, 1), 3), ((1, 1, 0), 4), ((2, 0, 0), 5)];
        let number = |at: (u8, u32, u32)| {
            let found = Walk::new(&[at.0], |_| true).find(|s| (s.tile.z(), s.tile.x(), s.tile.y()) == at);
            found.map(|stop| stop.number)
        };
        known.iter().for_each(|(at, expected)| assert_eq!(number(*at), Some(*expected), "{at:?}"));
        let last = Walk::new(&[12], |t| (t.x(), t.y()) == (3423 >> (12 - t.z()), 1763 >> (12 - t.z()))).last();
        assert_eq!(last.map(|stop| stop.number), Some(19_078_479));
    }

    #[test]
    fn every_tile_of_a_zoom_comes_once_and_next_to_the_one_before() {
        let tiles = walk(&[6], |_| true);
        assert_eq!(tiles.iter().collect::<HashSet<_>>().len(), 1 << 12);
        assert!(tiles.windows(2).all(|w| w[0].1.abs_diff(w[1].1) + w[0].2.abs_diff(w[1].2) == 1));
    }

    #[test]
    fn numbers_ascend_over_all_zooms_and_nothing_that_passes_is_lost() {
        let ground = |t: TileId| (21 >> (5 - t.z())..=25 >> (5 - t.z())).contains(&t.x());
        let stops: Vec<Stop> = Walk::new(&[0, 2, 3, 5], ground).collect();
        assert!(stops.is_sorted_by(|a, b| a.number < b.number));
        let of_zoom = |zoom| stops.iter().filter(|s| s.tile.z() == zoom).count();
        assert_eq!([0, 1, 2, 3, 4, 5].map(of_zoom), [1, 0, 2 * 4, 2 * 8, 0, 5 * 32]);
    }

    #[test]
    fn below_a_tile_that_fails_nothing_is_looked_at() {
        let east = TileId::new(1, 1, 0).expect("a tile");
        let test = |t: TileId| {
            let inside = |z| t.z() > z && (t.x() >> (t.z() - z), t.y() >> (t.z() - z)) == (east.x(), east.y());
            assert!(!inside(east.z()), "{t:?} lies in {east:?}");
            t != east
        };
        assert_eq!(walk(&[3], test).len(), 48);
        assert!(walk(&[0, 3], |_| false).is_empty());
        assert!(walk(&[], |_| true).is_empty());
    }
}
