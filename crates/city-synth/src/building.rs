//! Buildings: their footprints on a site, floors and height.

use crate::geometry::{Point, Quad, distance_left};
use crate::land_use::{Profile, Use};
use crate::random::{Purpose, Random};
use crate::site::Site;

/// Share of buildings that are temporary.
const TEMPORARY: f64 = 0.01;
/// A wing or a leg is at least this wide, metres; smaller buildings stay rectangles.
const WING: f64 = 5.0;
/// Footprints between -1 and 1 on both axes, counter-clockwise. All contain the bar below [`BAR_TOP`].
const RECTANGLE: [(f64, f64); 4] = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
const ANGLE: [(f64, f64); 6] = [(-1.0, -1.0), (1.0, -1.0), (1.0, BAR_TOP), (-0.3, BAR_TOP), (-0.3, 1.0), (-1.0, 1.0)];
const HORSESHOE: [(f64, f64); 8] =
    [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (0.4, 1.0), (0.4, BAR_TOP), (-0.4, BAR_TOP), (-0.4, 1.0), (-1.0, 1.0)];
/// Upper edge of the bar that all footprints have in common.
const BAR_TOP: f64 = -0.2;

/// How full the city is built.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Density {
    /// Factor on the natural number of buildings of every site.
    pub(crate) buildings: f64,
    /// Factor on the floors of towers.
    pub(crate) rise: f64,
}

/// Centre and axes of a footprint.
#[derive(Clone, Copy, Debug)]
struct Frame {
    centre: Point,
    /// Half the width along the row, metres.
    right: Point,
    /// Half the depth across the row, metres.
    up: Point,
}

impl Frame {
    fn at(&self, (x, y): (f64, f64)) -> Point {
        self.centre + self.right * x + self.up * y
    }
}

/// What is built on a site, and what is left of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// The buildings, row by row.
    pub(crate) buildings: Vec<Building>,
    /// Land between them, apart from each of them.
    pub(crate) vacant: Vec<Quad>,
}

/// A building.
#[derive(Clone, Debug)]
pub(crate) struct Building {
    /// Its use.
    pub(crate) usage: Use,
    /// Number of floors.
    pub(crate) floors: u32,
    /// Height, metres.
    pub(crate) height: f64,
    /// Footprint, counter-clockwise, without repeated last vertex.
    pub(crate) footprint: Vec<Point>,
    /// Row of buildings in the site, from 1.
    pub(crate) row: u32,
    /// Place in the row, from 1.
    pub(crate) column: u32,
    /// Place in the row, from 0 at its western end to 1.
    pub(crate) along: f64,
    /// Whether it is a temporary building.
    pub(crate) temporary: bool,
    /// Number of units, 0 where rooms are not counted by unit.
    pub(crate) units: u32,
    /// Rooms of a floor (in each unit).
    pub(crate) rooms: u32,
    frame: Frame,
}

impl Layout {
    /// The layout of a site.
    pub(crate) fn new(site: &Site, density: Density, seed: u64) -> Self {
        let identity = [site.block.i.into(), site.block.j.into(), site.part as i64];
        let mut random = Random::new(seed, Purpose::Buildings, &identity);
        let profile = site.usage.profile();
        let floors = floor_range(profile, &mut random);
        let mut layout = Self::default();
        let mut rows = 0;
        for plot in &site.plots {
            let wanted = density.buildings * plot.area() / profile.slot_area;
            let count = random.round(wanted);
            let slots = Slots::new(plot, count, profile.slot_side);
            for k in 0..count.min(slots.rows * slots.columns) {
                let (row, column) = (k / slots.columns, k % slots.columns);
                let Some(frame) = slots.frame(row, column, profile, &mut random) else {
                    continue;
                };
                let mut building = Building::new(frame, site.usage, &mut random);
                let own = building.usage == site.usage;
                building.raise(own.then_some(floors), density.rise, &mut random);
                building.row = rows + row + 1;
                building.column = column + 1;
                building.along = (f64::from(column) + 0.5) / f64::from(slots.columns);
                layout.buildings.push(building);
            }
            layout.vacant.extend(slots.vacant(count, profile.gap));
            rows += slots.rows;
        }
        layout
    }
}

impl Building {
    fn new(frame: Frame, compound: Use, random: &mut Random) -> Self {
        let usage = compound.of_building(random);
        let profile = usage.profile();
        let small = frame.right.length().min(frame.up.length()) * 0.6 < WING;
        let outline: &[(f64, f64)] = match random.unit() {
            _ if small || compound == Use::Village => &RECTANGLE,
            draw if draw < 0.14 => &ANGLE,
            draw if draw < 0.22 => &HORSESHOE,
            _ => &RECTANGLE,
        };
        Self {
            usage,
            floors: 1,
            height: 0.0,
            footprint: outline.iter().map(|&corner| frame.at(corner)).collect(),
            row: 0,
            column: 0,
            along: 0.0,
            temporary: random.chance(TEMPORARY),
            units: random.within(profile.units.min(1), profile.units),
            rooms: random.within(profile.rooms[0], profile.rooms[1]),
            frame,
        }
    }

    /// Sets floors and height; `floors` is the range of the compound, if the building follows it.
    fn raise(&mut self, floors: Option<[u32; 2]>, rise: f64, random: &mut Random) {
        let profile = self.usage.profile();
        let [low, high] = floors.unwrap_or_else(|| floor_range(profile, random));
        let floors = random.within(low, high);
        self.floors = match self.usage {
            _ if self.temporary => 1 + floors % 2,
            Use::Residential | Use::Office => ((f64::from(floors) * rise).round() as u32).max(2),
            _ => floors,
        };
        // A tower needs one staircase only.
        if self.floors > 10 {
            self.units = self.units.min(1);
        }
        let storey = random.between(profile.storey[0], profile.storey[1]);
        self.height = (f64::from(self.floors) * storey * 10.0).round() / 10.0;
    }

    /// Number of floors that have rooms with addresses.
    pub(crate) fn let_floors(&self) -> u32 {
        self.floors.min(self.usage.profile().let_floors)
    }

    /// Number of rooms that the building has.
    pub(crate) fn room_count(&self) -> u32 {
        self.let_floors() * self.units.max(1) * self.rooms
    }

    /// A point inside the footprint that stands for the building.
    pub(crate) fn front(&self) -> Point {
        self.frame.at((0.0, -0.65))
    }

    /// A point inside the footprint at the entrance of a unit, counted from 0.
    pub(crate) fn entrance(&self, unit: u32) -> Point {
        let place = (f64::from(unit) + 0.5) / f64::from(self.units.max(1));
        self.frame.at((1.6 * place - 0.8, -0.75))
    }
}

/// The range of floors of one compound.
fn floor_range(profile: &Profile, random: &mut Random) -> [u32; 2] {
    let mut draw = random.below(100);
    let mut range = [1, 1];
    for &(share, floors) in profile.floors {
        range = floors;
        if draw < share {
            break;
        }
        draw -= share;
    }
    range
}

/// A plot cut into equal pieces, one for each building.
struct Slots<'a> {
    plot: &'a Quad,
    rows: u32,
    columns: u32,
}

impl<'a> Slots<'a> {
    /// About `count` slots that are not smaller than `side` metres.
    fn new(plot: &'a Quad, count: u32, side: f64) -> Self {
        let (width, depth) = (plot.width(), plot.depth());
        let most = |extent: f64| ((extent / side) as u32).max(1);
        let columns = (f64::from(count) * width / depth).sqrt().round() as u32;
        let columns = columns.clamp(1, most(width));
        let rows = count.div_ceil(columns).clamp(1, most(depth));
        Self { plot, rows, columns }
    }

    /// What `count` buildings leave at the end of the last row that has one, without the gap around it.
    fn vacant(&self, count: u32, gap: f64) -> Option<Quad> {
        let (row, column) = (count / self.columns, count % self.columns);
        let is_free = column > 0 || count == 0;
        let share = |index: u32, count: u32| f64::from(index) / f64::from(count);
        (is_free && row < self.rows).then(|| {
            let along = [share(column, self.columns), 1.0];
            let across = [row, row + 1].map(|edge| share(edge, self.rows));
            self.plot.part(along, across).inset([gap; 4])
        })?
    }

    /// The largest upright frame in the slot, reduced by the gap around it and at random.
    fn frame(&self, row: u32, column: u32, profile: &Profile, random: &mut Random) -> Option<Frame> {
        let share = |index: u32, count: u32| [index, index + 1].map(|edge| f64::from(edge) / f64::from(count));
        let slot = self.plot.part(share(column, self.columns), share(row, self.rows)).inset([profile.gap; 4])?;
        let turn = if random.chance(0.5) { 1.0 } else { -1.0 };
        let right = (slot.at(1.0, 0.5) - slot.at(0.0, 0.5)).direction() * turn;
        let mut fill = || random.between(profile.fill[0], profile.fill[1]);
        Some(fit(&slot, right, fill(), fill()))
    }
}

/// The frame around the slot's middle with the given direction and filling, shrunk until it is inside the slot.
fn fit(slot: &Quad, right: Point, fill_width: f64, fill_depth: f64) -> Frame {
    let centre = slot.at(0.5, 0.5);
    let frame = Frame {
        centre,
        right: right * (slot.width() * fill_width / 2.0),
        up: right.left() * (slot.depth() * fill_depth / 2.0),
    };
    let room = |side: usize| {
        let (from, to) = (slot.0[side], slot.0[(side + 1) % 4]);
        let inward = (to - from).direction().left();
        let reach = frame.right.dot(inward).abs() + frame.up.dot(inward).abs();
        distance_left(from, to, centre) / reach
    };
    let scale = (0..4).map(room).fold(1.0, f64::min);
    Frame { centre, right: frame.right * scale, up: frame.up * scale }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{ring_area, ring_contains};

    #[test]
    fn a_fitted_frame_stays_in_its_slot() {
        let slot = Quad([Point::new(0.0, 0.0), Point::new(40.0, -6.0), Point::new(47.0, 30.0), Point::new(5.0, 24.0)]);
        let right = (slot.at(1.0, 0.5) - slot.at(0.0, 0.5)).direction();
        let frame = fit(&slot, right, 0.99, 0.99);
        for corner in RECTANGLE {
            for k in 0..4 {
                assert!(distance_left(slot.0[k], slot.0[(k + 1) % 4], frame.at(corner)) > -1e-9);
            }
        }
    }

    #[test]
    fn every_outline_is_counter_clockwise_and_holds_the_entrances() {
        let frame = Frame { centre: Point::new(5.0, 5.0), right: Point::new(10.0, 0.0), up: Point::new(0.0, 8.0) };
        for outline in [&RECTANGLE[..], &ANGLE[..], &HORSESHOE[..]] {
            let ring: Vec<Point> = outline.iter().map(|&corner| frame.at(corner)).collect();
            assert!(ring_area(&ring) > 0.0);
            for x in [-0.8, 0.0, 0.8] {
                assert!(ring_contains(&ring, frame.at((x, -0.75))));
            }
        }
    }
}
