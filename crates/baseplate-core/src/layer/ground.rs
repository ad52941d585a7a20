//! The ground under everything: roads, water and greens.

use super::{
    content::{Content, Shape},
    feature::{ColumnType::Text, Feature, FeatureColumn, FeatureValue, columns, text},
};
use crate::{
    outline::TileId,
    plate::{Baseplate, Piece},
    spatial::Bbox,
    tile::{Area, Canvas, Field, TileError, Value},
};

/// The first zoom at which any of it is drawn.
pub(super) const EARLIEST: u8 = 5;

/// All of the ground.
pub(super) struct Ground;

impl Content for Ground {
    fn shape(&self) -> Shape {
        Shape::Mixed
    }

    fn fields(&self) -> Vec<Field> {
        Field::all(&["code", "kind", "class", "name"], &[])
    }

    fn columns(&self) -> Vec<FeatureColumn> {
        columns(&[&["code", "kind", "class", "name"].map(|name| (name, Text))])
    }

    fn earliest(&self, _: u8) -> u8 {
        EARLIEST
    }

    fn bounds(&self, plate: &Baseplate) -> Option<Bbox> {
        plate.ground_bounds()
    }

    fn features<'a>(&'a self, plate: &'a Baseplate) -> Box<dyn Iterator<Item = Feature<'a>> + Send + 'a> {
        Box::new((0..self.places(plate)).filter_map(|row| self.feature(plate, row)))
    }

    fn count(&self, plate: &Baseplate) -> u64 {
        self.places(plate).into()
    }

    fn places(&self, plate: &Baseplate) -> u32 {
        plate.ground_rows()
    }

    fn feature<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Feature<'a>> {
        plate.ground_row(place).map(piece)
    }

    fn place_of(&self, plate: &Baseplate, code: &str) -> Option<u32> {
        plate.ground_row_of(code)
    }

    fn places_in(&self, plate: &Baseplate, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        plate.ground_rows_in(bbox, from, limit)
    }

    fn may_be_in(&self, plate: &Baseplate, _: TileId, bbox: Bbox) -> bool {
        !plate.ground_rows_in(bbox, 0, 1).is_empty()
    }

    fn draw(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError> {
        let (zoom, bbox) = (to.frame().id.z(), to.frame().bbox());
        for row in plate.ground_rows_before(bbox, plate.ground_rows_at(zoom)) {
            let Some(piece) = plate.ground_row(row) else { continue };
            let values = [
                ("kind", Some(Value::Text(piece.kind.as_str()))),
                ("class", piece.class.map(Value::Text)),
                ("name", piece.name.map(Value::Text)),
            ];
            match piece.kind.is_area() {
                true => to.area(piece.code, Area::Ground(piece.wkb), &values)?,
                false => to.lines(piece.code, piece.wkb, &values)?,
            }
        }
        Ok(())
    }
}

fn piece(piece: Piece<'_>) -> Feature<'_> {
    let values = vec![
        FeatureValue::Text(piece.code),
        FeatureValue::Text(piece.kind.as_str()),
        text(piece.class),
        text(piece.name),
    ];
    Feature { values, geometry: piece.geometry() }
}
