//! Features by place: each has a number within its layer, from 0 on, in an order that a generation keeps. Some places may be empty.

use super::{Feature, address, area, building, cell, enterprise, label};
use crate::{
    plate::{Baseplate, Enterprise, HexCell},
    spatial::Bbox,
    tile::{Content, TileLayer},
};
use h3o::{CellIndex, LatLng, Resolution};

/// The resolution of the cells that have places, 0.1 km² each: the finest with counts of people.
const CELLS: u8 = 9;

impl Baseplate {
    /// How many places a layer has.
    pub fn feature_places(&self, layer: &TileLayer) -> u32 {
        let rows = self.manifest().rows;
        match layer.content() {
            Content::Areas(kind, level) | Content::Labels(kind, level) => self.level_rows(kind, *level).len() as u32,
            Content::Density => self.hex_cells(CELLS).len() as u32,
            Content::Buildings => rows.buildings as u32,
            Content::Addresses => rows.addresses as u32,
            Content::Enterprises => self.linked_enterprises().len() as u32,
        }
    }

    /// The feature at a place of a layer; `None` if the place is empty. Enterprises stand at the address where they are registered.
    pub fn feature<'a>(&'a self, layer: &TileLayer, place: u32) -> Option<Feature<'a>> {
        let grid = |kind, level| self.grid_row(self.level_rows(kind, level).nth(place as usize)?);
        match layer.content() {
            Content::Areas(kind, level) => grid(kind, *level).map(area),
            Content::Labels(kind, level) => grid(kind, *level).map(label),
            Content::Density => cell(self.hex_cells(CELLS).nth(place as usize)?),
            Content::Buildings => self.building_row(place).map(building),
            Content::Addresses => self.address_row(place).map(address),
            Content::Enterprises => self.counted(place).map(enterprise),
        }
    }

    /// The place of the feature with a code.
    pub fn feature_place(&self, layer: &TileLayer, code: &str) -> Option<u32> {
        match layer.content() {
            Content::Areas(kind, level) | Content::Labels(kind, level) => {
                let rows = self.level_rows(kind, *level);
                let has_code = |row: &u32| self.grid_row(*row).is_some_and(|grid| grid.code() == code);
                rows.clone().find(has_code).map(|row| row - rows.start)
            }
            Content::Density => {
                let first = self.hex_cells(CELLS).next()?.row();
                let cell: CellIndex = code.parse().ok().filter(|c: &CellIndex| u8::from(c.resolution()) == CELLS)?;
                self.hex_cell(cell.into())?.row().checked_sub(first)
            }
            Content::Buildings => self.building(code).filter(|b| b.code() == code).map(|b| b.row()),
            Content::Addresses => self.address(code).filter(|a| a.code() == code).map(|a| a.row()),
            Content::Enterprises => {
                let found = self.enterprise(code)?;
                let mut rows = found.everywhere().filter(|e| e.uscc() == code).map(|e| e.row());
                rows.find(|row| self.counted(*row).is_some())
            }
        }
    }

    fn counted(&self, place: u32) -> Option<Enterprise<'_>> {
        self.linked_enterprises().nth(place as usize).filter(|e| e.is_counted() && e.is_listed())
    }

    /// The first places from `from` on whose features touch a box, at most `limit`. For areas it is their own boxes that count.
    pub fn feature_places_in(&self, layer: &TileLayer, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        match layer.content() {
            Content::Areas(kind, level) | Content::Labels(kind, level) => {
                let rows = self.level_rows(kind, *level);
                let found = self.grids_of(kind, *level, bbox).into_iter().map(|grid| grid.row() - rows.start);
                found.filter(|place| *place >= from).take(limit).collect()
            }
            Content::Density => {
                let touches = |place: &u32| {
                    let cell = self.hex_cells(CELLS).nth(*place as usize);
                    cell.and_then(|c| cell_box(&c)).is_some_and(|b| b.intersection(bbox).is_some())
                };
                (from..self.feature_places(layer)).filter(touches).take(limit).collect()
            }
            Content::Buildings => self.building_rows_in(bbox, from, limit),
            Content::Addresses => self.address_rows_in(bbox, from, limit),
            Content::Enterprises => self.enterprise_rows_in(bbox, from, limit),
        }
    }

    /// Rows of enterprises lie in the order of their addresses.
    fn enterprise_rows_in(&self, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let mut found = Vec::new();
        let first = self.linked_enterprises().nth(from as usize).and_then(|e| e.address()).map(|a| a.row());
        let Some(mut address) = first else { return found };
        while found.len() < limit {
            let addresses = self.address_rows_in(bbox, address, limit);
            let Some(last) = addresses.last() else { break };
            address = last + 1;
            for row in addresses.into_iter().filter_map(|row| self.address_row(row)) {
                found.extend(row.enterprises().map(|e| e.row()).filter(|row| *row >= from));
            }
        }
        found.truncate(limit);
        found
    }
}

/// A box around a cell, a little too large.
fn cell_box(cell: &HexCell<'_>) -> Option<Bbox> {
    let at = LatLng::from(CellIndex::try_from(cell.cell()?).ok()?);
    let y = 1.6 * Resolution::try_from(CELLS).ok()?.edge_length_km() / 110.0;
    let x = y / at.lat().to_radians().cos().max(0.05);
    Some(Bbox([at.lng() - x, at.lat() - y, at.lng() + x, at.lat() + y]))
}
