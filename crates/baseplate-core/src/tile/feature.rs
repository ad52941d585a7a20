//! The features of each layer in a tile.

use super::{
    MAX_ZOOM, TileError,
    clip::clip,
    encode::{LayerWriter, Value},
    polygon::Polygon,
    scheme::{BUFFER, EXTENT, Frame, Vertex},
    snap::{Lattice, WorldRings, snap_area},
};
use crate::{
    model::{Entity, GridKind, Level},
    plate::{Address, Baseplate, Building, Grid, HexCell},
    spatial::{Bbox, LngLat, footprint},
    text,
};
use geo::Coord;
use h3o::{CellIndex, LatLng, Resolution};
use std::collections::BTreeMap;

/// From this zoom on all buildings are drawn.
const ALL_BUILDINGS_FROM: u8 = 15;
/// Before it those of at least this area, square units of the tile.
const BUILDING_UNITS2: f64 = 64.0;
/// From this zoom on points are put together only where they are one point.
const SINGLE_POINTS_FROM: u8 = 17;
/// Before it where they lie in one square of this side, units of the tile.
const CLUSTER: i64 = 64;
/// Pixels along the side of a tile.
const TILE_PX: i64 = 512;
/// A footprint that is wider or higher than so many tiles is damaged and not drawn; at zoom 17 they measure 70 km.
const TILES_ACROSS: f64 = 256.0;

/// The resolution of the density cells at a zoom.
pub(super) fn resolution(zoom: u8) -> Resolution {
    match zoom {
        0..=7 => Resolution::Five,
        8 | 9 => Resolution::Six,
        10 => Resolution::Seven,
        11 | 12 => Resolution::Eight,
        13 => Resolution::Nine,
        _ => Resolution::Ten,
    }
}

/// A layer of a tile in the making.
pub(super) struct Drawing<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) frame: &'a Frame,
    pub(super) layer: &'a mut LayerWriter,
}

impl Drawing<'_> {
    pub(super) fn areas(&mut self, kind: &GridKind, level: Level) -> Result<(), TileError> {
        let id = self.frame.id;
        for grid in self.plate.grids_of(kind, level, self.frame.bbox()) {
            let outline = self.plate.outlines().of(id.scheme(), id.z(), grid.row());
            let polygons = clip(self.frame.moved(outline.unwrap_or_default()));
            let count = |entity| grid.count(entity).map(|n| Value::Int(n.into()));
            let parent = grid.parent();
            let values = [
                ("name", Some(Value::Text(grid.name()))),
                ("level", Some(Value::Text(level.as_str()))),
                ("parent", parent.as_ref().map(Grid::code).map(Value::Text)),
                ("buildings", count(Entity::Building)),
                ("addresses", count(Entity::Address)),
                ("enterprises", count(Entity::Enterprise)),
                ("people", count(Entity::Person)),
                ("people_estimated", grid.is_estimated().then_some(Value::Int(1))),
            ];
            self.layer.area(grid.code(), &polygons, &values)?;
        }
        Ok(())
    }

    pub(super) fn labels(&mut self, kind: &GridKind, level: Level) -> Result<(), TileError> {
        let id = self.frame.id;
        for grid in self.plate.grids_of(kind, level, self.frame.bbox()) {
            let Some(at) = grid.label_point().and_then(|p| self.frame.point(p.coord())) else { continue };
            let outline = self.plate.outlines().of(id.scheme(), id.z(), grid.row());
            let width = width_at(&self.frame.moved(outline.unwrap_or_default()), at);
            let parent = grid.parent();
            let short = parent.as_ref().and_then(|above| grid.name().strip_prefix(above.name()));
            let values = [
                ("name", Some(Value::Text(grid.name()))),
                ("short", short.filter(|rest| !rest.is_empty()).map(Value::Text)),
                ("width_px", Some(Value::Int(width * TILE_PX / EXTENT))),
            ];
            self.layer.point(grid.code(), at, &values)?;
        }
        Ok(())
    }

    pub(super) fn density(&mut self) -> Result<(), TileError> {
        for (index, cell) in cells(self.plate, self.frame.bbox(), resolution(self.frame.id.z())) {
            let corners = index.boundary();
            let ring = corners.iter().rev().map(|v| self.frame.project(Coord { x: v.lng(), y: v.lat() })).collect();
            let polygons = self.frame.draw(&vec![ring]);
            let count = |entity| cell.count(entity).map(|n| Value::Int(n.into()));
            let values = [
                ("buildings", count(Entity::Building)),
                ("addresses", count(Entity::Address)),
                ("enterprises", count(Entity::Enterprise)),
                ("people", count(Entity::Person)),
                ("people_estimated", cell.is_estimated().then_some(Value::Int(1))),
            ];
            self.layer.area(&index.to_string(), &polygons, &values)?;
        }
        Ok(())
    }

    pub(super) fn buildings(&mut self) -> Result<(), TileError> {
        let basic = GridKind::basic();
        for building in self.plate.buildings_in(self.frame.bbox()) {
            let polygons = building.footprint_wkb().and_then(|wkb| self.frame.draw_building(wkb)).unwrap_or_default();
            if polygons.is_empty() {
                continue;
            }
            let grid = building.grid(&basic);
            // Said once, in the tile that has the middle: its parts would be named each.
            let is_named = self.frame.id.z() == MAX_ZOOM
                && building.point().is_some_and(|at| self.frame.point(at.coord()).is_some());
            let label = is_named.then(|| building_label(&building)).flatten();
            let values = [
                ("height", building.height_m().map(Value::Float)),
                ("floors", building.floors().map(|n| Value::Int(n.into()))),
                ("name", building.name().map(Value::Text)),
                ("label", label.map(Value::Text)),
                ("use", building.usage().map(Value::Text)),
                ("grid", grid.as_ref().map(Grid::code).map(Value::Text)),
            ];
            let said = if self.frame.id.z() < ALL_BUILDINGS_FROM { &values[..2] } else { &values };
            self.layer.area(building.code(), &polygons, said)?;
        }
        Ok(())
    }

    pub(super) fn addresses(&mut self) -> Result<(), TileError> {
        let mut clusters: BTreeMap<Vertex, (Vertex, Address<'_>, i64)> = BTreeMap::new();
        for address in self.plate.addresses_in(self.frame.bbox()) {
            if let Some(at) = address.point().and_then(|p| self.frame.point(p.coord())) {
                clusters.entry(self.frame.cluster(at)).or_insert((at, address, 0)).2 += 1;
            }
        }
        for (at, address, count) in clusters.into_values() {
            let building = address.building();
            let values = [
                ("text", address.text().map(Value::Text)),
                ("building", building.as_ref().map(|(b, _)| Value::Text(b.code()))),
                ("count", Some(Value::Int(count))),
            ];
            self.layer.point(address.code(), at, &values)?;
        }
        Ok(())
    }

    pub(super) fn enterprises(&mut self) -> Result<(), TileError> {
        let mut clusters = BTreeMap::new();
        for address in self.plate.addresses_in(self.frame.bbox()) {
            let Some(at) = address.point().and_then(|p| self.frame.point(p.coord())) else { continue };
            for enterprise in address.enterprises().filter(|e| e.is_counted() && e.is_listed()) {
                clusters.entry(self.frame.cluster(at)).or_insert((at, enterprise, 0)).2 += 1;
            }
        }
        for (at, enterprise, count) in clusters.into_values() {
            let industry = enterprise.attributes().find(|(name, _)| *name == "industry");
            let values = [
                ("name", enterprise.name().map(Value::Text)),
                ("industry", industry.map(|(_, value)| Value::Text(value))),
                ("count", Some(Value::Int(count))),
            ];
            self.layer.point(enterprise.uscc(), at, &values)?;
        }
        Ok(())
    }
}

/// How wide an area is around a point, from border to border and as far to one side as to the other; units of the tile.
fn width_at(area: &[Polygon], (x, y): Vertex) -> i64 {
    let (mut left, mut right) = (i64::MAX, i64::MAX);
    for ring in area.iter().flatten() {
        let edges = ring.iter().zip(ring.iter().cycle().skip(1));
        // The line lies half a unit lower, so that it meets no vertex.
        for (a, b) in edges.filter(|(a, b)| (a.1 <= y) != (b.1 <= y)) {
            let along = (2 * (y - a.1) + 1) as f64 / (2 * (b.1 - a.1)) as f64;
            let crossing = a.0 + (along * (b.0 - a.0) as f64) as i64;
            let side = if crossing < x { &mut left } else { &mut right };
            *side = (*side).min((crossing - x).abs());
        }
    }
    if left == i64::MAX || right == i64::MAX { 0 } else { 2 * left.min(right) }
}

/// What a building is called on the map: `1栋` of its name, else its name, else `1栋` of its first address.
fn building_label<'p>(building: &Building<'p>) -> Option<&'p str> {
    let name = building.name();
    let first = || building.addresses().next().and_then(|address| address.text());
    name.and_then(text::door).or(name).or_else(|| first().and_then(text::door))
}

/// The cells of a resolution that may touch a box: from the plate if it has few, else those around the middle.
fn cells<'p>(plate: &'p Baseplate, bbox: Bbox, resolution: Resolution) -> Vec<(CellIndex, HexCell<'p>)> {
    let Bbox([west, south, east, north]) = bbox;
    let all = plate.hex_cells(resolution.into());
    let middle = LatLng::new((south + north) / 2.0, (west + east) / 2.0);
    let (Ok(middle), Ok(corner)) = (middle, LatLng::new(south, west)) else { return Vec::new() };
    let rings = (middle.distance_km(corner) / (1.5 * resolution.edge_length_km())).ceil() as u32 + 2;
    let around = 3 * u64::from(rings) * (u64::from(rings) + 1) + 1;
    let named = |cell: HexCell<'p>| Some((CellIndex::try_from(cell.cell()?).ok()?, cell));
    // No cell reaches farther from its middle than this, degrees.
    let (y, x) = {
        let reach = 1.6 * resolution.edge_length_km() / 110.0;
        (reach, reach / south.abs().max(north.abs()).to_radians().cos().max(0.05))
    };
    let reach = Bbox([west - x, south - y, east + x, north + y]);
    let is_near = |cell: &CellIndex| {
        let at = LatLng::from(*cell);
        reach.contains(LngLat::new(at.lng(), at.lat()))
    };
    if all.len() as u64 <= around {
        return all.filter_map(named).filter(|(index, _)| is_near(index)).collect();
    }
    let mut near: Vec<CellIndex> = middle.to_cell(resolution).grid_disk(rings);
    near.retain(is_near);
    near.sort_unstable();
    near.into_iter().filter_map(|index| Some((index, plate.hex_cell(index.into())?))).collect()
}

impl Frame {
    fn lattice(&self) -> Lattice {
        Lattice { units: self.units, step: 1 }
    }

    /// From units of the world to those of the tile.
    fn moved(&self, mut area: Vec<Polygon>) -> Vec<Polygon> {
        area.iter_mut().flatten().flatten().for_each(|v| *v = (v.0 - self.left, v.1 - self.top));
        area
    }

    /// Rings in the unit square, turned as tiles want them.
    fn draw(&self, rings: &WorldRings) -> Vec<Polygon> {
        self.convex(rings).unwrap_or_else(|| clip(self.moved(snap_area(rings, self.lattice()))))
    }

    /// A footprint, unless it is too small for the zoom.
    fn draw_building(&self, wkb: &[u8]) -> Option<Vec<Polygon>> {
        let rings: WorldRings = footprint::rings(wkb)?
            .into_iter()
            .map(|ring| ring.rev().map(|c| self.project(Coord { x: c.x, y: c.y })).collect())
            .collect();
        if !self.is_near(&rings) {
            return None;
        }
        if self.id.z() < ALL_BUILDINGS_FROM && units2(&rings) * self.units * self.units < BUILDING_UNITS2 {
            return None;
        }
        Some(self.draw(&rings))
    }

    /// Whether some rings are finite and their box is at most [`TILES_ACROSS`] wide and high: work grows with the tiles that an
    /// edge crosses, and a damaged vertex may lie anywhere.
    fn is_near(&self, rings: &WorldRings) -> bool {
        let side = |of: fn(&Coord<f64>) -> f64| {
            let spread = |(low, high): (f64, f64), v: f64| (low.min(v), high.max(v));
            let (low, high) = rings.iter().flatten().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), spread);
            high - low
        };
        let is_finite = |c: &Coord<f64>| c.x.is_finite() && c.y.is_finite();
        rings.iter().flatten().all(is_finite)
            && side(|c| c.x).max(side(|c| c.y)) * self.units <= TILES_ACROSS * EXTENT as f64
    }

    /// A single ring that crosses no line at which tiles are cut and that rounding leaves convex, as most footprints are: it needs
    /// no more care.
    fn convex(&self, rings: &WorldRings) -> Option<Vec<Polygon>> {
        let [ring] = rings.as_slice() else { return None };
        let round = |v: f64, start: i64| (v * self.units + 0.5).floor() as i64 - start;
        let mut ring: Vec<Vertex> = ring.iter().map(|c| (round(c.x, self.left), round(c.y, self.top))).collect();
        ring.dedup();
        let uncut = BUFFER..=EXTENT - BUFFER;
        (ring.iter().all(|v| uncut.contains(&v.0) && uncut.contains(&v.1)) && is_convex(&ring))
            .then(|| vec![vec![ring]])
    }

    fn cluster(&self, at: Vertex) -> Vertex {
        let side = if self.id.z() < SINGLE_POINTS_FROM { CLUSTER } else { 1 };
        (at.0.div_euclid(side), at.1.div_euclid(side))
    }
}

/// The area of rings in the unit square.
fn units2(rings: &WorldRings) -> f64 {
    let origin = rings.first().and_then(|ring| ring.first()).copied().unwrap_or_default();
    let of_ring = |ring: &Vec<Coord<f64>>| -> f64 {
        let next = ring.iter().cycle().skip(1);
        ring.iter()
            .zip(next)
            .map(|(a, b)| (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y))
            .sum()
    };
    rings.iter().map(of_ring).sum::<f64>() / 2.0
}

/// Whether a ring turns left only, and once around.
fn is_convex(ring: &[Vertex]) -> bool {
    let n = ring.len();
    let step = |i: usize| {
        let (a, b) = (ring[i % n], ring[(i + 1) % n]);
        (b.0 - a.0, b.1 - a.1)
    };
    let turns_left = |i| {
        let (u, v) = (step(i), step(i + 1));
        let cross = u.0 * v.1 - u.1 * v.0;
        cross > 0 || (cross == 0 && u.0 * v.0 + u.1 * v.1 > 0)
    };
    let rises = |i: usize| step(i) > (0, 0);
    n >= 3 && (0..n).all(turns_left) && (0..n).filter(|i| rises(*i) != rises(i + 1)).count() == 2
}
