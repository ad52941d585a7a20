//! The city as a whole: its streets, divisions, names and how full it is built.

use crate::address::{Location, label};
use crate::building::{Building, Density, Layout};
use crate::division::{Community, divide};
use crate::land_use::Use;
use crate::lattice::{Axis, Block, Lattice};
use crate::lot::{Lot, LotCounts, Part, lots};
use crate::names::Names;
use crate::outline::city_blocks;
use crate::random::{Purpose, Random};
use crate::scale::{Scale, Targets};
use crate::site::{DOORS_PER_BLOCK, Door, Site};

/// Numbers of rooms.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RoomCounts {
    /// In which people live.
    pub(crate) dwellings: f64,
    /// Shops, offices and workshops.
    pub(crate) businesses: f64,
    /// Of schools and public buildings.
    pub(crate) others: f64,
}

impl RoomCounts {
    /// Counts the rooms of a building.
    fn add(&mut self, building: &Building) {
        let count = match building.usage {
            usage if usage.is_dwelling() => &mut self.dwellings,
            usage if usage.is_business() => &mut self.businesses,
            _ => &mut self.others,
        };
        *count += f64::from(building.room_count());
    }

    fn all(&self) -> f64 {
        self.dwellings + self.businesses + self.others
    }

    /// The share `listed` of them.
    fn listed(&self, listed: f64) -> Self {
        Self { dwellings: self.dwellings * listed, businesses: self.businesses * listed, others: self.others * listed }
    }
}

/// A city, without its buildings: those are made site by site when asked for.
#[derive(Clone, Debug)]
pub(crate) struct City {
    /// The communities, ordered by code.
    pub(crate) communities: Vec<Community>,
    /// Number of subdistricts.
    pub(crate) subdistricts: usize,
    /// The names.
    pub(crate) names: Names,
    /// The streets.
    pub(crate) lattice: Lattice,
    /// The seed.
    pub(crate) seed: u64,
    /// Share of rooms that have an address of their own.
    pub(crate) listed: f64,
    /// How many rooms with an address are expected.
    pub(crate) rooms: RoomCounts,
    /// What the scale asks for.
    pub(crate) targets: Targets,
    density: Density,
    /// The westernmost and southernmost block: roads and door numbers are counted from there.
    origin: Block,
}

impl City {
    /// Lays out the city of a scale and a seed.
    pub(crate) fn new(scale: Scale, seed: u64) -> Self {
        let targets = scale.targets();
        let counts = LotCounts::new(targets.grids);
        let lattice = Lattice::new(seed, counts.blocks);
        let blocks = city_blocks(&lattice, counts.blocks, seed);
        let origin = Block {
            i: blocks.iter().map(|block| block.i).min().unwrap_or(0),
            j: blocks.iter().map(|block| block.j).min().unwrap_or(0),
        };
        let lots = lots(&lattice, &blocks, counts, seed);
        let mut city = Self {
            communities: divide(lots, &targets, seed),
            subdistricts: targets.subdistricts,
            names: Names::new(seed),
            lattice,
            seed,
            listed: 0.0,
            rooms: RoomCounts::default(),
            targets,
            density: Density { buildings: 1.0, rise: targets.rise },
            origin,
        };
        city.density.buildings = targets.buildings / city.natural_buildings();
        let (buildings, rooms) = city.count_rooms();
        city.listed = ((targets.addresses - buildings) / rooms.all()).clamp(0.0, 1.0);
        city.rooms = rooms.listed(city.listed);
        city
    }

    /// The grids' lots and parts, ordered by code.
    fn parts(&self) -> impl Iterator<Item = (&Lot, Part)> {
        let lots = self.communities.iter().flat_map(|community| &community.lots);
        lots.flat_map(|lot| lot.parts().iter().map(move |&part| (lot, part)))
    }

    /// Number of buildings before scaling to the target.
    fn natural_buildings(&self) -> f64 {
        self.parts().flat_map(|(lot, part)| self.sites(lot, part)).map(|site| site.natural_buildings()).sum()
    }

    /// Number of buildings and of all their rooms.
    fn count_rooms(&self) -> (f64, RoomCounts) {
        let sites = self.parts().flat_map(|(lot, part)| self.sites(lot, part));
        let start = (0.0, RoomCounts::default());
        sites.flat_map(|site| self.buildings(&site)).fold(start, |(buildings, mut rooms), building| {
            rooms.add(&building);
            (buildings + 1.0, rooms)
        })
    }

    /// The sites of one grid.
    pub(crate) fn sites(&self, lot: &Lot, part: Part) -> Vec<Site> {
        Site::all(&self.lattice, self.seed, lot, part)
    }

    /// The buildings of one site.
    pub(crate) fn buildings(&self, site: &Site) -> Vec<Building> {
        self.layout(site).buildings
    }

    /// The buildings of one site and what they leave free.
    pub(crate) fn layout(&self, site: &Site) -> Layout {
        Layout::new(site, self.density, self.seed)
    }

    /// Name of the compound on a site.
    pub(crate) fn compound(&self, site: &Site) -> String {
        self.names.compound(site.usage, site.number, site.phase)
    }

    /// Where each of the buildings of a site is, in the same order.
    pub(crate) fn locations(&self, site: &Site, buildings: &[Building]) -> Vec<Location> {
        let estate = self.compound(site);
        let identity = [site.block.i.into(), site.block.j.into(), site.part as i64];
        let mut random = Random::new(self.seed, Purpose::Gate, &identity);
        let gate = site.gate(&mut random);
        let locate = |(k, building): (usize, &Building)| match site.usage {
            Use::Village => Location::in_village(&estate, building.row, building.column),
            usage => {
                let door = if usage == Use::Commercial {
                    let step = (building.along * f64::from(DOORS_PER_BLOCK)) as u32;
                    Door { step, ..gate }
                } else {
                    gate
                };
                let (road, number) = self.door_number(door);
                Location::at_road(road, number, &estate, label(usage, k + 1))
            }
        };
        buildings.iter().enumerate().map(locate).collect()
    }

    /// Road and number of a door. Numbers grow from the western or southern end of the road.
    fn door_number(&self, door: Door) -> (String, u32) {
        let first_block = match door.axis {
            Axis::East => self.origin.i,
            Axis::North => self.origin.j,
        };
        let road = self.road(door.axis, door.line);
        let pair = door.along.abs_diff(first_block) * DOORS_PER_BLOCK + door.step;
        (road, 2 * pair + if door.odd { 1 } else { 2 })
    }

    /// Name of the road along a lattice line.
    pub(crate) fn road(&self, axis: Axis, line: i32) -> String {
        let first = match axis {
            Axis::East => self.origin.j,
            Axis::North => self.origin.i,
        };
        self.names.road(axis, line.abs_diff(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Point, distance_left, ring_contains};
    use crate::shape::Shape;

    fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> {
        let next = ring.iter().cycle().skip(1);
        ring.iter().copied().zip(next.copied())
    }

    /// Distance of a point to a ring, metres.
    fn distance(ring: &[Point], point: Point) -> f64 {
        let to_edge = |(a, b): (Point, Point)| {
            let along = (b - a) * (1.0 / (b - a).dot(b - a));
            let share = along.dot(point - a).clamp(0.0, 1.0);
            (point - a - (b - a) * share).length()
        };
        edges(ring).map(to_edge).fold(f64::INFINITY, f64::min)
    }

    fn overlap(one: &[Point], other: &[Point]) -> bool {
        let cross = |(a, b): (Point, Point), (c, d): (Point, Point)| {
            distance_left(a, b, c) * distance_left(a, b, d) < 0.0
                && distance_left(c, d, a) * distance_left(c, d, b) < 0.0
        };
        one.iter().any(|&point| ring_contains(other, point))
            || other.iter().any(|&point| ring_contains(one, point))
            || edges(one).any(|a| edges(other).any(|b| cross(a, b)))
    }

    #[test]
    fn buildings_keep_inside_their_grid() {
        let city = City::new(Scale::Town, 11);
        for (lot, part) in city.parts() {
            let shape = Shape::new(&city.lattice, city.seed, lot, part);
            let hole = shape.hole.unwrap_or_default();
            let sites = city.sites(lot, part);
            for building in sites.iter().flat_map(|site| city.buildings(site)) {
                for &point in &building.footprint {
                    assert!(ring_contains(&shape.outer, point));
                    assert!(!ring_contains(&hole, point));
                    assert!(distance(&shape.outer, point) > 5.999);
                    assert!(hole.is_empty() || distance(&hole, point) > 5.999);
                }
                let border = shape.outer.iter().chain(&hole);
                for &vertex in border {
                    assert!(distance(&building.footprint, vertex) > 5.999);
                }
            }
        }
    }

    #[test]
    fn buildings_do_not_overlap_and_hold_their_entrances() {
        let city = City::new(Scale::Town, 12);
        for (lot, part) in city.parts() {
            let sites = city.sites(lot, part);
            let buildings: Vec<Building> = sites.iter().flat_map(|s| city.buildings(s)).collect();
            for (k, building) in buildings.iter().enumerate() {
                for other in &buildings[..k] {
                    assert!(!overlap(&building.footprint, &other.footprint));
                }
                assert!(ring_contains(&building.footprint, building.front()));
                for unit in 0..building.units {
                    assert!(ring_contains(&building.footprint, building.entrance(unit)));
                }
            }
        }
    }
}
