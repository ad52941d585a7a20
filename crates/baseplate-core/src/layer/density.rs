//! H3 cells with what lies in them: one resolution a zoom.

use super::{
    content::{Content, Shape},
    feature::{ColumnType, Counted, Feature, FeatureColumn, FeatureValue, columns, counts, integer},
};
use crate::{
    outline::{TileId, scheme::wider},
    plate::{Baseplate, Counts, HexCell},
    spatial::{Bbox, CELL_RESOLUTIONS, LngLat},
    tile::{Area, Canvas, Field, TileError},
};
use geo_types::{Coord, LineString, Polygon};
use h3o::{CellIndex, LatLng, Resolution};

/// The first zoom, which it cannot be configured to begin before: before it a tile would have to look at too many rows.
pub(super) const EARLIEST: u8 = 4;
/// The resolution of the cells that have places, 0.1 km² each: the finest with counts of people.
const CELLS: u8 = 9;
/// What is counted in an H3 cell lies no farther from any point of the cell than so many of its edges.
const CELL_EDGES: f64 = 3.0;
/// Kilometres of a degree of latitude, at least.
const DEGREE_KM: f64 = 110.0;
/// Degrees of longitude are taken for no shorter than this share of those of latitude.
const NARROWEST: f64 = 0.05;

/// The resolution of the density cells at a zoom.
fn resolution(zoom: u8) -> Resolution {
    match zoom {
        0..=7 => Resolution::Five,
        8 | 9 => Resolution::Six,
        10 => Resolution::Seven,
        11 | 12 => Resolution::Eight,
        13 => Resolution::Nine,
        _ => Resolution::Ten,
    }
}

/// The cells in which something lies.
pub(super) struct Density {
    pub(super) counted: Counted,
}

impl Content for Density {
    fn shape(&self) -> Shape {
        Shape::Polygon
    }

    fn fields(&self) -> Vec<Field> {
        Field::all(&["code"], &self.counted.fields())
    }

    fn columns(&self) -> Vec<FeatureColumn> {
        columns(&[&[("code", ColumnType::Text), ("resolution", ColumnType::Integer)], &self.counted.columns()])
    }

    fn earliest(&self, _: u8) -> u8 {
        EARLIEST
    }

    fn features<'a>(&'a self, plate: &'a Baseplate) -> Box<dyn Iterator<Item = Feature<'a>> + Send + 'a> {
        Box::new(CELL_RESOLUTIONS.into_iter().flat_map(|r| plate.hex_cells(r.into())).filter_map(cell))
    }

    fn count(&self, plate: &Baseplate) -> u64 {
        CELL_RESOLUTIONS.iter().map(|r| plate.hex_cells((*r).into()).len() as u64).sum()
    }

    fn places(&self, plate: &Baseplate) -> u32 {
        plate.hex_cells(CELLS).len() as u32
    }

    fn feature<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Feature<'a>> {
        cell(plate.hex_cells(CELLS).nth(place as usize)?)
    }

    fn place_of(&self, plate: &Baseplate, code: &str) -> Option<u32> {
        let first = plate.hex_cells(CELLS).next()?.row();
        let cell: CellIndex = code.parse().ok().filter(|c: &CellIndex| u8::from(c.resolution()) == CELLS)?;
        plate.hex_cell(cell.into())?.row().checked_sub(first)
    }

    fn places_in(&self, plate: &Baseplate, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let touches = |place: &u32| {
            let cell = plate.hex_cells(CELLS).nth(*place as usize);
            cell.and_then(|c| cell_box(&c)).is_some_and(|b| b.intersection(bbox).is_some())
        };
        (from..self.places(plate)).filter(touches).take(limit).collect()
    }

    fn may_be_in(&self, plate: &Baseplate, id: TileId, bbox: Bbox) -> bool {
        let around = around(bbox, id.z());
        plate.has_buildings_in(around) || plate.has_addresses_in(around)
    }

    fn draw(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError> {
        let frame = to.frame();
        let cells = cells(plate, frame.bbox(), resolution(frame.id.z()));
        for (index, cell) in cells.into_iter().filter(|(_, cell)| cell.is_shown()) {
            let values = self.counted.values(&Counts::from(cell));
            to.area(&index.to_string(), Area::Cell(index), &values)?;
        }
        Ok(())
    }
}

fn cell(cell: HexCell<'_>) -> Option<Feature<'_>> {
    if !cell.is_shown() {
        return None;
    }
    let index = CellIndex::try_from(cell.cell()?).ok()?;
    let ring: LineString<f64> = index.boundary().iter().map(|v| Coord { x: v.lng(), y: v.lat() }).collect();
    let mut values = vec![FeatureValue::Cell(index), integer(cell.resolution())];
    values.extend(counts(cell.into()));
    Some(Feature { values, geometry: Some(Polygon::new(ring, Vec::new()).into()) })
}

/// A box with the cells around it that can reach into it.
fn around(bbox: Bbox, zoom: u8) -> Bbox {
    let Bbox([_, south, _, north]) = bbox;
    let reach = CELL_EDGES * resolution(zoom).edge_length_km() / DEGREE_KM;
    let shortest = (south.abs().max(north.abs()) + reach).min(90.0).to_radians().cos().max(NARROWEST);
    wider(bbox, reach / shortest)
}

/// A box around a cell, a little too large.
fn cell_box(cell: &HexCell<'_>) -> Option<Bbox> {
    let at = LatLng::from(CellIndex::try_from(cell.cell()?).ok()?);
    let y = 1.6 * Resolution::try_from(CELLS).ok()?.edge_length_km() / 110.0;
    let x = y / at.lat().to_radians().cos().max(0.05);
    Some(Bbox([at.lng() - x, at.lat() - y, at.lng() + x, at.lat() + y]))
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
