//! The ground that all of it stands on: streets by class, a river along the western rim, the sea in the south, and the
//! greens where blocks have room. None of it touches a building.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::city::City;
use crate::geojson::{finish, start, start_feature, write_line, write_polygon};
use crate::geometry::Point;
use crate::grid::Grid;
use crate::lattice::{Axis, Block, Crossing, Segment};
use crate::random::{Purpose, Random};

/// Width of the river at its upper end and at its mouth, metres.
const RIVER: [f64; 2] = [24.0, 64.0];
/// How often the river's corners are cut.
const SMOOTHING: usize = 2;
/// Rows of the lattice between the city's northern end and the river's upper end.
const SPRING: i32 = 2;
/// Columns of the lattice that the sea goes on to the west and to the east of the city.
const COAST: i32 = 2;
/// Rows of the lattice that the sea reaches to the south.
const SEA: i32 = 3;
/// Vertices of the coast in each column of the lattice.
const COVES: u32 = 4;
/// Least area of a green, m².
const GREEN: f64 = 900.0;

/// The ground of a city, of which greens are written grid by grid.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    /// How many features there are so far.
    features: u64,
}

impl Ground {
    /// Writes all but the greens.
    pub(crate) fn start(out: &mut impl Write, city: &City) -> io::Result<Self> {
        let mut ground = Self::default();
        start(out, "ground")?;
        let blocks: BTreeSet<Block> =
            city.communities.iter().flat_map(|community| &community.lots).flat_map(|lot| lot.blocks.clone()).collect();
        ground.write_streets(out, city, &blocks)?;
        let rows = columns_by_row(&blocks);
        ground.write_area(out, ("河流", "鹭溪河"), &river(city, &rows))?;
        ground.write_area(out, ("海域", "澄湾"), &sea(city, &rows))?;
        Ok(ground)
    }

    /// Writes the greens of one grid.
    pub(crate) fn write_greens(&mut self, out: &mut impl Write, grid: &Grid<'_>) -> io::Result<()> {
        for vacancy in grid.vacancies.iter().filter(|vacancy| vacancy.land.area() >= GREEN) {
            self.write_area(out, ("绿地", &format!("{}绿地", vacancy.estate)), &vacancy.land.0)?;
        }
        Ok(())
    }

    /// Ends the file; returns the number of features.
    pub(crate) fn finish(self, out: &mut impl Write) -> io::Result<u64> {
        finish(out)?;
        Ok(self.features)
    }

    /// Writes each street as one line, or as several where it leaves the city in between.
    fn write_streets(&mut self, out: &mut impl Write, city: &City, blocks: &BTreeSet<Block>) -> io::Result<()> {
        let pieces: BTreeSet<(Axis, i32, i32)> = blocks
            .iter()
            .flat_map(|block| block.sides())
            .map(|side| match side.segment {
                Segment { from: Crossing { i, j }, axis: Axis::East } => (Axis::East, j, i),
                Segment { from: Crossing { i, j }, axis: Axis::North } => (Axis::North, i, j),
            })
            .collect();
        let pieces: Vec<_> = pieces.into_iter().collect();
        for run in pieces.chunk_by(|a, b| (a.0, a.1, a.2 + 1) == *b) {
            let mut line = Vec::new();
            for &(axis, line_index, along) in run {
                let from = match axis {
                    Axis::East => Crossing { i: along, j: line_index },
                    Axis::North => Crossing { i: line_index, j: along },
                };
                line.pop();
                line.extend(city.lattice.segment(Segment { from, axis }));
            }
            let Some(&(axis, line_index, _)) = run.first() else { continue };
            let name = city.road(axis, line_index);
            self.start_feature(out, street_class(&name), &name)?;
            write_line(out, &line)?;
            write!(out, "}}")?;
        }
        Ok(())
    }

    fn write_area(&mut self, out: &mut impl Write, (class, name): (&str, &str), ring: &[Point]) -> io::Result<()> {
        self.start_feature(out, class, name)?;
        write_polygon(out, ring, None)?;
        write!(out, "}}")
    }

    fn start_feature(&mut self, out: &mut impl Write, class: &str, name: &str) -> io::Result<()> {
        self.features += 1;
        let properties = format!(r#""code":"D{:06}","class":"{class}","name":"{name}""#, self.features);
        start_feature(out, self.features == 1, &properties)
    }
}

/// The class of a street, which its name tells.
fn street_class(name: &str) -> &'static str {
    match name.chars().last() {
        _ if name.ends_with("大道") => "主干路",
        Some('路') => "次干路",
        _ => "支路",
    }
}

/// The westernmost and the easternmost column of blocks in each row of the city.
fn columns_by_row(blocks: &BTreeSet<Block>) -> BTreeMap<i32, [i32; 2]> {
    let mut rows = BTreeMap::new();
    for block in blocks {
        let [west, east] = rows.entry(block.j).or_insert([block.i; 2]);
        *west = block.i.min(*west);
        *east = block.i.max(*east);
    }
    rows
}

/// The river's banks as a ring: it flows southward through the middles of the blocks west of the city.
fn river(city: &City, rows: &BTreeMap<i32, [i32; 2]>) -> Vec<Point> {
    let first = rows.first_key_value().map_or(0, |(&row, _)| row);
    let last = rows.last_key_value().map_or(0, |(&row, _)| row);
    let west = |row: i32| rows.get(&row.clamp(first, last)).map_or(0, |[west, _]| west - 1);
    let mut blocks = Vec::new();
    for row in (first - 1..=last + SPRING).rev() {
        // Both this row and the one below are outside the city in this column.
        let column = west(row).min(west(row - 1));
        blocks.extend([Block { i: column, j: row }, Block { i: column, j: row - 1 }]);
    }
    blocks.dedup();
    let mut course: Vec<Point> = blocks.into_iter().map(|block| city.lattice.quad(block).at(0.5, 0.5)).collect();
    for _ in 0..SMOOTHING {
        course = cut_corners(&course);
    }
    banks(&course)
}

/// Replaces each inner vertex of a line by two beside it.
fn cut_corners(line: &[Point]) -> Vec<Point> {
    let edges = || line.iter().zip(line.iter().skip(1));
    let cut = edges().flat_map(|(&a, &b)| [a * 0.75 + b * 0.25, a * 0.25 + b * 0.75]);
    line.first().into_iter().copied().chain(cut).chain(line.last().copied()).collect()
}

/// The banks of a river that flows along a line and gets wider, as a ring.
fn banks(course: &[Point]) -> Vec<Point> {
    let last = course.len().saturating_sub(1);
    let bank = |side: f64| {
        let point = move |(k, &place): (usize, &Point)| {
            let along = course[(k + 1).min(last)] - course[k.saturating_sub(1)];
            let share = k as f64 / last.max(1) as f64;
            let width = RIVER[0] + (RIVER[1] - RIVER[0]) * share;
            place + along.direction().left() * (side * width / 2.0)
        };
        course.iter().enumerate().map(point)
    };
    // Counter-clockwise: down the right bank as seen from the south, which is on the west, and up the other.
    bank(-1.0).chain(bank(1.0).rev()).collect()
}

/// The sea as a ring, south of the city.
fn sea(city: &City, rows: &BTreeMap<i32, [i32; 2]>) -> Vec<Point> {
    let first = rows.first_key_value().map_or(0, |(&row, _)| row);
    let west = rows.values().map(|[west, _]| *west).min().unwrap_or(0) - COAST;
    let east = rows.values().map(|[_, east]| *east).max().unwrap_or(0) + COAST;
    let mut random = Random::new(city.seed, Purpose::Coast, &[]);
    let quad = |i, j| city.lattice.quad(Block { i, j });
    let mut ring: Vec<Point> = (west..=east).map(|i| quad(i, first - SEA).at(0.0, 0.0)).collect();
    for i in (west..=east).rev() {
        for cove in (0..COVES).rev() {
            let along = f64::from(cove) / f64::from(COVES);
            ring.push(quad(i, first - 1).at(along, random.between(0.25, 0.5)));
        }
    }
    ring
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::ring_area;
    use crate::scale::Scale;

    #[test]
    fn rings_are_counter_clockwise_at_every_size() {
        for (scale, seed) in [(Scale::Town, 1), (Scale::Town, 7), (Scale::District, 2)] {
            let city = City::new(scale, seed);
            let blocks = city.communities.iter().flat_map(|community| &community.lots);
            let rows = columns_by_row(&blocks.flat_map(|lot| lot.blocks.clone()).collect());
            assert!(ring_area(&river(&city, &rows)) > 0.0);
            assert!(ring_area(&sea(&city, &rows)) > 0.0);
        }
    }

    #[test]
    fn names_tell_the_class_of_a_street() {
        assert_eq!(
            ["红棉大道", "海棠四路", "青松街", "墨池巷"].map(street_class),
            ["主干路", "次干路", "支路", "支路"]
        );
    }
}
