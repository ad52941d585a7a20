//! Grids of a kind and level: their polygons, or one point each for labels.

use super::{
    content::{Content, Shape},
    feature::{
        CHAIN, ColumnType, Counted, Feature, FeatureColumn, FeatureValue, chain, chain_columns, columns, counts, point,
        text,
    },
};
use crate::{
    model::{GridKind, Level},
    outline::{
        TileId,
        scheme::{EXTENT, Frame},
        zooms::EARLIER,
    },
    plate::{Baseplate, Counts, Grid},
    spatial::Bbox,
    tile::{Area, Canvas, Field, TileError, Value, frame::width_at},
};

/// Pixels along the side of a tile.
const TILE_PX: i64 = 512;

/// What is shown of grids.
pub(super) enum Shown {
    /// Their polygons.
    Areas,
    /// One point of each, where its label can stand.
    Labels,
}

/// The grids of a kind and level.
pub(super) struct Grids {
    pub(super) kind: GridKind,
    pub(super) level: Level,
    pub(super) shown: Shown,
    pub(super) counted: Counted,
}

impl Grids {
    /// A grid as a row.
    fn row<'a>(&self, grid: Grid<'a>) -> Feature<'a> {
        match self.shown {
            Shown::Areas => area(grid),
            Shown::Labels => label(grid),
        }
    }

    /// Draws their polygons.
    fn draw_areas(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError> {
        for grid in plate.grids_of(&self.kind, self.level, to.frame().bbox()) {
            let outline = outline(plate, to.frame(), &grid);
            let parent = grid.parent();
            let mut values = vec![
                ("name", Some(Value::Text(grid.name()))),
                ("level", Some(Value::Text(self.level.as_str()))),
                ("parent", parent.as_ref().map(Grid::code).map(Value::Text)),
            ];
            values.extend(self.counted.values(&Counts::from(grid)));
            to.area(grid.code(), outline, &values)?;
        }
        Ok(())
    }

    /// Draws a point for each label.
    fn draw_labels(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError> {
        for grid in plate.grids_of(&self.kind, self.level, to.frame().bbox()) {
            let frame = to.frame();
            let Some(at) = grid.label_point().and_then(|p| frame.point(p.coord())) else { continue };
            let width = width_at(&outline(plate, frame, &grid).outline(frame), at);
            let parent = grid.parent();
            let short = parent.as_ref().and_then(|above| grid.name().strip_prefix(above.name()));
            let values = [
                ("name", Some(Value::Text(grid.name()))),
                ("short", short.filter(|rest| !rest.is_empty()).map(Value::Text)),
                ("width_px", Some(Value::Int(width * TILE_PX / EXTENT))),
            ];
            to.point(grid.code(), at, &values)?;
        }
        Ok(())
    }
}

impl Content for Grids {
    fn shape(&self) -> Shape {
        match self.shown {
            Shown::Areas => Shape::Polygon,
            Shown::Labels => Shape::Point,
        }
    }

    fn fields(&self) -> Vec<Field> {
        match self.shown {
            Shown::Areas => Field::all(&["code", "name", "level", "parent"], &self.counted.fields()),
            Shown::Labels => Field::all(&["code", "name", "short"], &["width_px"]),
        }
    }

    fn columns(&self) -> Vec<FeatureColumn> {
        let (own, above) =
            (["code", "name", "level", "parent"].map(|name| (name, ColumnType::Text)), chain_columns(&CHAIN[1..]));
        match self.shown {
            Shown::Areas => columns(&[&own, &above, &self.counted.columns()]),
            Shown::Labels => columns(&[&own[..2], &above]),
        }
    }

    fn earliest(&self, min_zoom: u8) -> u8 {
        min_zoom.saturating_sub(EARLIER)
    }

    fn begins_early(&self) -> bool {
        true
    }

    fn grids(&self) -> Option<(&GridKind, Level)> {
        matches!(self.shown, Shown::Areas).then_some((&self.kind, self.level))
    }

    fn features<'a>(&'a self, plate: &'a Baseplate) -> Box<dyn Iterator<Item = Feature<'a>> + Send + 'a> {
        Box::new(plate.level_grids(&self.kind, self.level).map(|grid| self.row(grid)))
    }

    fn count(&self, plate: &Baseplate) -> u64 {
        self.places(plate).into()
    }

    fn places(&self, plate: &Baseplate) -> u32 {
        plate.level_rows(&self.kind, self.level).len() as u32
    }

    fn feature<'a>(&self, plate: &'a Baseplate, place: u32) -> Option<Feature<'a>> {
        let row = plate.level_rows(&self.kind, self.level).nth(place as usize)?;
        plate.grid_row(row).map(|grid| self.row(grid))
    }

    fn place_of(&self, plate: &Baseplate, code: &str) -> Option<u32> {
        let rows = plate.level_rows(&self.kind, self.level);
        let has_code = |row: &u32| plate.grid_row(*row).is_some_and(|grid| grid.code() == code);
        rows.clone().find(has_code).map(|row| row - rows.start)
    }

    fn places_in(&self, plate: &Baseplate, bbox: Bbox, from: u32, limit: usize) -> Vec<u32> {
        let rows = plate.level_rows(&self.kind, self.level);
        let found = plate.grids_of(&self.kind, self.level, bbox).into_iter().map(|grid| grid.row() - rows.start);
        found.filter(|place| *place >= from).take(limit).collect()
    }

    fn may_be_in(&self, plate: &Baseplate, _: TileId, bbox: Bbox) -> bool {
        plate.has_grids_in(bbox)
    }

    fn draw(&self, plate: &Baseplate, to: &mut dyn Canvas) -> Result<(), TileError> {
        match self.shown {
            Shown::Areas => self.draw_areas(plate, to),
            Shown::Labels => self.draw_labels(plate, to),
        }
    }
}

/// The outline of a grid at the scheme and zoom of a tile.
fn outline<'p>(plate: &'p Baseplate, frame: &Frame, grid: &Grid<'_>) -> Area<'p> {
    Area::Outline(plate.outlines().of(frame.id.scheme(), frame.id.z(), grid.row()))
}

fn area(grid: Grid<'_>) -> Feature<'_> {
    let own = vec![
        FeatureValue::Text(grid.code()),
        FeatureValue::Text(grid.name()),
        text(grid.level().map(Level::as_str)),
        text(grid.parent().map(|parent| parent.code())),
    ];
    let counts = counts(grid.into());
    Feature { values: [own, chain(grid.parent(), &CHAIN[1..]), counts].concat(), geometry: grid.area().map(Into::into) }
}

fn label(grid: Grid<'_>) -> Feature<'_> {
    let own = vec![FeatureValue::Text(grid.code()), FeatureValue::Text(grid.name())];
    Feature { values: [own, chain(grid.parent(), &CHAIN[1..])].concat(), geometry: grid.label_point().map(point) }
}
