//! What a grid is asked, and the grids of a level.

use super::{
    handle::Baseplate,
    rows::{Grid, area_in, row_box},
};
use crate::{
    model::{Entity, GridKind, How, Level},
    spatial::{Bbox, LngLat},
    store::layer::ENTERPRISES_LAYER,
};
use geo_types::MultiPolygon;
use std::ops::Range;

impl<'a> Grid<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// The code of the grid, as the source has it. It is never empty: a plate in which the code of a grid cannot be read does not
    /// open.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// assert_eq!(grid.code(), "99010100100101");
    /// ```
    pub fn code(&self) -> &'a str {
        self.plate.0.grids.code.get(self.row).unwrap_or_default()
    }

    /// A number that a grid of this kind, level and code keeps from generation to generation.
    pub(crate) fn number(&self) -> Option<u32> {
        self.plate.0.grids.number.get(self.row)
    }

    /// The name of the grid; its code if the source had no name. Like the code it is never empty.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// assert_eq!(grid.name(), "鹤渚社区第01网格");
    /// ```
    pub fn name(&self) -> &'a str {
        self.plate.0.grids.name.get(self.row).unwrap_or_default()
    }

    /// The kind of the coverage that the grid belongs to, such as `basic`. A plate with a grid whose kind cannot be read does not
    /// open.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// assert_eq!(grid.kind(), Some(GridKind::basic()));
    /// ```
    pub fn kind(&self) -> Option<GridKind> {
        self.plate.0.grids.kind.get(self.row)?.parse().ok()
    }

    /// The level of the grid, from grid to city. A plate with a grid whose level cannot be read does not open.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Level;
    ///
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// assert_eq!(grid.level(), Some(Level::Grid));
    /// ```
    pub fn level(&self) -> Option<Level> {
        self.plate.0.grids.level.get(self.row)?.parse().ok()
    }

    /// The grid of the next level above in which this one lies; `None` at the top.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// assert_eq!(grid.parent().map(|community| community.name()), Some("鹤渚社区"));
    /// ```
    pub fn parent(&self) -> Option<Self> {
        // A parent always stands on a higher level, or damaged rows could send a walk up the chain in circles.
        let parent = self.plate.grid_row(self.plate.0.grids.parent.get(self.row)?)?;
        (parent.level()? > self.level()?).then_some(parent)
    }

    /// How the grid above was found: given by the source, or by area. Within a kind the largest area in common decides; beyond it
    /// only a basic grid that holds nearly all of the grid is above it. `None` where nothing lies above.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::How;
    ///
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// assert_eq!(grid.parent_link(), Some(How::Given));
    /// ```
    pub fn parent_link(&self) -> Option<How> {
        How::from_u8(self.plate.0.grids.parent_link.get(self.row)?)
    }

    /// The grid itself, the grid above it, and so on up to the highest level that the plate has.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// let names: Vec<_> = grid.chain().map(|grid| grid.name()).collect();
    /// assert_eq!(names, ["鹤渚社区第01网格", "鹤渚社区", "沐台街道", "霁峰区", "示例市"]);
    /// ```
    pub fn chain(&self) -> impl Iterator<Item = Self> + use<'a> {
        std::iter::successors(Some(*self), Self::parent)
    }

    /// A point inside the grid, where a label can stand; degrees, EPSG:4490.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// let at = grid.label_point().expect("every grid has one");
    /// assert_eq!(plate.locate(at), Some(grid));
    /// ```
    pub fn label_point(&self) -> Option<LngLat> {
        let grids = &self.plate.0.grids;
        Some(LngLat::new(grids.lng.get(self.row)?, grids.lat.get(self.row)?))
    }

    /// The box around the grid: west, south, east and north in degrees, EPSG:4490.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// let bbox = grid.bbox().expect("every grid has one");
    /// assert!(grid.label_point().is_some_and(|at| bbox.contains(at)));
    /// ```
    pub fn bbox(&self) -> Option<Bbox> {
        row_box(&self.plate.0.grids.bbox, self.row)
    }

    /// The area of the grid on the ellipsoid, square metres.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// assert!(grid.area_m2() > Some(10_000.0));
    /// ```
    pub fn area_m2(&self) -> Option<f64> {
        self.plate.0.grids.area_m2.get(self.row)
    }

    /// The polygon of the grid, degrees, EPSG:4490; `None` if its bytes are damaged.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use geo::Contains;
    ///
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// let (area, at) = (grid.area().expect("is whole"), grid.label_point().expect("every grid has one"));
    /// assert!(area.contains(&geo::Point::new(at.lng, at.lat)));
    /// ```
    pub fn area(&self) -> Option<MultiPolygon<f64>> {
        area_in(self.plate.0.grids.geometry.get(self.row)?, self.bbox()?)
    }

    /// How many of something are in the grid; grids are listed by [`Grid::chain`] and records of a
    /// layer counted by [`Layer::in_grid`](crate::Layer::in_grid), and `None` here. People are counted where they
    /// live, enterprises where they are registered. The number of people is that of the last release
    /// ([`Manifest::people_release`](crate::Manifest)), and `None` where none was made.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// let [buildings, addresses] = [Entity::Building, Entity::Address].map(|entity| grid.count(entity));
    /// assert!(buildings > Some(0) && addresses >= buildings);
    /// ```
    pub fn count(&self, entity: Entity) -> Option<u32> {
        let grids = &self.plate.0.grids;
        match entity {
            Entity::Grid | Entity::Record => None,
            Entity::Building => grids.buildings.get(self.row),
            Entity::Address => grids.addresses.get(self.row),
            Entity::Person => grids.people.get(self.row),
            Entity::Enterprise => self.plate.layer(ENTERPRISES_LAYER)?.in_grid(*self),
        }
    }

    /// How many homes in the grid somebody lives in: addresses, as of the last release; `None` where none was made.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// assert!(grid.households() <= grid.count(Entity::Address));
    /// ```
    pub fn households(&self) -> Option<u32> {
        self.plate.0.grids.households.get(self.row)
    }

    /// Whether the number of people of the grid is an estimate, because it holds a part of what was counted together.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// let about = if grid.is_estimated() { "about " } else { "" };
    /// println!("{about}{:?} people", grid.count(baseplate_core::Entity::Person));
    /// ```
    pub fn is_estimated(&self) -> bool {
        self.plate.0.grids.people_estimated.get(self.row).unwrap_or_default()
    }

    /// Whether the number of households of the grid is an estimate.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let grid = plate.grid("99010100100101").expect("in the sample");
    /// let about = if grid.are_households_estimated() { "about " } else { "" };
    /// println!("{about}{:?} households", grid.households());
    /// ```
    pub fn are_households_estimated(&self) -> bool {
        self.plate.0.grids.households_estimated.get(self.row).unwrap_or_default()
    }
}

impl Baseplate {
    /// The grid with a number ([`Grid::number`]).
    pub(crate) fn grid_numbered(&self, number: u32) -> Option<Grid<'_>> {
        let numbers = self.0.grid_numbers.get_or_init(|| {
            let rows = 0..self.0.grids.rows as u32;
            let mut numbers: Vec<_> = rows.filter_map(|row| Some((self.0.grids.number.get(row)?, row))).collect();
            numbers.sort_unstable();
            numbers
        });
        let at = numbers.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.grid_row(numbers[at].1)
    }

    /// The grids of one kind and level, by code.
    pub(crate) fn level_grids(&self, kind: &GridKind, level: Level) -> impl Iterator<Item = Grid<'_>> + Send + use<'_> {
        self.level_rows(kind, level).filter_map(|row| self.grid_row(row))
    }

    /// The rows of the grids of one kind and level.
    pub(crate) fn level_rows(&self, kind: &GridKind, level: Level) -> Range<u32> {
        let levels = self.0.levels.get_or_init(|| {
            let table = &self.0.grids;
            let key = |row| (table.kind.get(row).unwrap_or_default(), table.level.get(row).unwrap_or_default());
            let rows: Vec<u32> = (0..table.rows as u32).collect();
            let runs =
                rows.chunk_by(|a, b| key(*a) == key(*b)).map(|run| (key(run[0]), run[0]..run[0] + run.len() as u32));
            runs.map(|((kind, level), rows)| (kind.to_owned(), level.to_owned(), rows)).collect()
        });
        let is = |found: &&(String, String, Range<u32>)| found.0 == kind.as_str() && found.1 == level.as_str();
        levels.iter().find(is).map_or(0..0, |(_, _, rows)| rows.clone())
    }

    /// All grids of one kind and level, by code.
    pub(crate) fn grids_at(&self, kind: &GridKind, level: Level) -> Vec<Grid<'_>> {
        self.level_rows(kind, level).filter_map(|row| self.grid_row(row)).collect()
    }

    /// The grids of the first coverage and the levels above it, from the ground up; each level by code.
    pub(crate) fn first_kind(&self) -> Vec<Grid<'_>> {
        let Some(first) = self.manifest().coverages.first() else { return Vec::new() };
        let of_kind = |row: &u32| self.0.grids.kind.get(*row) == Some(first.kind.as_str());
        (0..self.0.grids.rows as u32).take_while(of_kind).filter_map(|row| self.grid_row(row)).collect()
    }
}
