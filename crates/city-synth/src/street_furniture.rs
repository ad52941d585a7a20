//! What stands at the kerbs: manholes, lamps, hydrants and bins (城市部件), and cameras.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::address::place;
use crate::city::City;
use crate::grid::Grid;
use crate::lattice::{Axis, Block, Side};
use crate::lot::Part;
use crate::random::Random;

/// First line of the file of parts.
pub(crate) const PARTS_HEADER: &str = "code,class,x,y";
/// First line of the file of cameras.
pub(crate) const CAMERAS_HEADER: &str = "code,name,x,y,kind";

/// Classes of parts: number in codes, name, share in percent, distance from the middle of the street in metres.
const CLASSES: [(u32, &str, u32, f64); 4] =
    [(101, "井盖", 34, 2.0), (121, "路灯", 40, 4.0), (116, "消防栓", 10, 5.0), (304, "垃圾箱", 16, 5.0)];
/// Parts keep this share of a side away from its ends.
const CORNER: f64 = 0.08;
/// Share of corners with a camera.
const WATCHED: f64 = 0.22;
/// Where cameras stand: the share of a side from its start, and the distance from the street's middle in metres.
const CAMERA: (f64, f64) = (0.05, 4.5);
/// Kinds of cameras with their shares in percent.
const KINDS: [(&str, u32); 4] = [("枪机", 45), ("球机", 35), ("卡口", 12), ("全景", 8)];
/// The corner of the crossing that the start of each side of a block is at: south, east, north, west.
const CORNERS: [&str; 4] = ["东北角", "西北角", "西南角", "东南角"];

/// The parts of a city, made grid by grid.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// How many there are so far, by district and class.
    counts: BTreeMap<(usize, u32), u32>,
}

impl Parts {
    /// Writes the parts of one grid; returns their number.
    pub(crate) fn write(
        &mut self,
        out: &mut impl Write,
        city: &City,
        grid: &Grid<'_>,
        random: &mut Random,
    ) -> io::Result<u64> {
        let mut rows = 0;
        for side in sides(grid).map(|(_, side)| side) {
            let spread = random.between(0.0, 2.0);
            for _ in 0..random.round(city.targets.parts * spread) {
                let (number, class, _, aside) = CLASSES[random.weighted(&CLASSES.map(|(_, _, share, _)| share))];
                let count = self.counts.entry((grid.community.district, number)).or_default();
                *count += 1;
                let share = random.between(CORNER, 1.0 - CORNER);
                let place = place(city.lattice.beside(side, share, aside));
                writeln!(out, "{}{number:04}{count:06},{class},{place}", grid.ancestry.district.0)?;
                rows += 1;
            }
        }
        Ok(rows)
    }
}

/// The cameras of a city, made grid by grid.
#[derive(Debug, Default)]
pub(crate) struct Cameras {
    /// How many there are so far.
    count: u64,
}

impl Cameras {
    /// Writes the cameras of one grid; returns their number.
    pub(crate) fn write(
        &mut self,
        out: &mut impl Write,
        city: &City,
        grid: &Grid<'_>,
        random: &mut Random,
    ) -> io::Result<u64> {
        let before = self.count;
        for (corner, side) in sides(grid) {
            if !random.chance(WATCHED) {
                continue;
            }
            self.count += 1;
            let crossing = side.start();
            let [along, across] =
                [(Axis::East, crossing.j), (Axis::North, crossing.i)].map(|(axis, line)| city.road(axis, line));
            let (kind, _) = KINDS[random.weighted(&KINDS.map(|(_, share)| share))];
            let place = place(city.lattice.beside(side, CAMERA.0, CAMERA.1));
            let (district, count) = (&grid.ancestry.district.0, self.count);
            writeln!(out, "{district}00011320{count:06},{along}与{across}路口{corner},{place},{kind}")?;
        }
        Ok(self.count - before)
    }
}

/// The sides of a grid's blocks, each with the corner that it starts at; a core is at no street.
fn sides(grid: &Grid<'_>) -> impl Iterator<Item = (&'static str, Side)> {
    let blocks = if grid.part == Part::Body { grid.lot.blocks.as_slice() } else { &[] };
    blocks.iter().copied().map(Block::sides).flat_map(|sides| CORNERS.into_iter().zip(sides))
}
