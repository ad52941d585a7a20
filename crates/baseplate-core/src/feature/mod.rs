//! The features of a layer as rows: all of them, as they are stored, without zooms.

mod place;

use crate::{
    answer::Counts,
    model::{GridKind, Level},
    plate::{Address, Baseplate, Building, Enterprise, Grid, HexCell},
    spatial::{CELL_RESOLUTIONS, LngLat},
    tile::{Content, TileLayer},
};
use FeatureValue::Null;
use geo::{Coord, Geometry, LineString, Point, Polygon};
use h3o::CellIndex;
use serde::{Serialize, Serializer};

/// A feature of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature<'a> {
    /// One value for each of [`TileLayer::columns`].
    pub values: Vec<FeatureValue<'a>>,
    /// A point, polygon or multipolygon in degrees, its outer rings anticlockwise; `None` for what has no place.
    pub geometry: Option<Geometry<f64>>,
}

/// A column of a layer's features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureColumn {
    /// Its name.
    pub name: &'static str,
    /// What its values are.
    pub of: ColumnType,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Float,
}

/// A value of a feature; in JSON null, a text or a number.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum FeatureValue<'a> {
    /// Nothing is known.
    Null,
    /// Text of the plate.
    Text(&'a str),
    /// An H3 index, in hexadecimal.
    Cell(#[serde(serialize_with = "hexadecimal")] CellIndex),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
}

fn hexadecimal<S: Serializer>(cell: &CellIndex, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(cell)
}

/// The finest and the coarsest resolution of density cells.
/// What something lies in, from the ground up.
const CHAIN: [(&str, Level); 5] = [
    ("grid", Level::Grid),
    ("community", Level::Community),
    ("subdistrict", Level::Subdistrict),
    ("district", Level::District),
    ("city", Level::City),
];
/// The things that are counted, and whether the numbers of people and of households are estimates (1) or not (0).
const COUNTED: [&str; 7] =
    ["buildings", "addresses", "enterprises", "people", "households", "people_estimated", "households_estimated"];

impl TileLayer {
    /// The columns of its features.
    pub fn columns(&self) -> Vec<FeatureColumn> {
        use ColumnType::{Float, Integer, Text};
        let chain = CHAIN.map(|(name, _)| (name, Text));
        let counts = COUNTED.map(|name| (name, Integer));
        let columns = match self.content {
            Content::Areas(..) => {
                [&[("code", Text), ("name", Text), ("level", Text), ("parent", Text)], &chain[1..], &counts].concat()
            }
            Content::Labels(..) => [&[("code", Text), ("name", Text)], &chain[1..]].concat(),
            Content::Density => [&[("code", Text), ("resolution", Integer)], &counts[..]].concat(),
            Content::Buildings => {
                let own = [("code", Text), ("name", Text), ("use", Text), ("floors", Integer), ("height", Float)];
                [&own, &chain[..]].concat()
            }
            Content::Addresses => {
                let own = [("code", Text), ("text", Text), ("building", Text), ("building_link", Text)];
                [&own, &chain[..]].concat()
            }
            Content::Enterprises => {
                let own = [("code", Text), ("name", Text), ("industry", Text), ("role", Text), ("address", Text)];
                [&own[..], &[("building", Text)], &chain].concat()
            }
        };
        columns.into_iter().map(|(name, of)| FeatureColumn { name, of }).collect()
    }
}

impl Baseplate {
    /// All features of a layer, in the order of the plate. Each is made when it is asked for.
    pub fn features<'a>(&'a self, layer: &'a TileLayer) -> Box<dyn Iterator<Item = Feature<'a>> + Send + 'a> {
        let rows = self.manifest().rows;
        match &layer.content {
            Content::Areas(kind, level) => Box::new(self.level_grids(kind, *level).map(area)),
            Content::Labels(kind, level) => Box::new(self.level_grids(kind, *level).map(label)),
            Content::Density => {
                Box::new(CELL_RESOLUTIONS.into_iter().flat_map(|r| self.hex_cells(r.into())).filter_map(cell))
            }
            Content::Buildings => {
                Box::new((0..rows.buildings as u32).filter_map(|row| Some(building(self.building_row(row)?))))
            }
            Content::Addresses => {
                Box::new((0..rows.addresses as u32).filter_map(|row| Some(address(self.address_row(row)?))))
            }
            Content::Enterprises => Box::new(self.enterprise_rows().filter(Enterprise::is_listed).map(enterprise)),
        }
    }

    /// How many features a layer has.
    pub fn feature_count(&self, layer: &TileLayer) -> u64 {
        let rows = self.manifest().rows;
        match &layer.content {
            Content::Areas(kind, level) | Content::Labels(kind, level) => self.level_grids(kind, *level).count() as u64,
            Content::Density => CELL_RESOLUTIONS.iter().map(|r| self.hex_cells((*r).into()).len() as u64).sum(),
            Content::Buildings => rows.buildings,
            Content::Addresses => rows.addresses,
            Content::Enterprises => self.enterprise_rows().filter(Enterprise::is_listed).count() as u64,
        }
    }
}

fn text(value: Option<&str>) -> FeatureValue<'_> {
    value.map_or(Null, FeatureValue::Text)
}

fn integer<'a>(value: Option<impl Into<i64>>) -> FeatureValue<'a> {
    value.map_or(Null, |number| FeatureValue::Integer(number.into()))
}

/// The codes of a grid and of what is above it, for some of [`CHAIN`].
fn chain<'a>(grid: Option<Grid<'a>>, of: &[(&str, Level)]) -> Vec<FeatureValue<'a>> {
    let mut codes = [None; CHAIN.len()];
    for above in grid.iter().flat_map(Grid::chain) {
        if let Some(level) = above.level() {
            codes[level as usize] = Some(above.code());
        }
    }
    of.iter().map(|(_, level)| text(codes[*level as usize])).collect()
}

fn point(at: LngLat) -> Geometry<f64> {
    Point::new(at.lng, at.lat).into()
}

/// What [`COUNTED`] names.
fn counts<'a>(of: Counts) -> Vec<FeatureValue<'a>> {
    let Counts { buildings, addresses, enterprises, people, households, people_estimated, households_estimated } = of;
    let of_people = people.map(|_| u32::from(people_estimated));
    let of_households = households.map(|_| u32::from(households_estimated));
    let things = [Some(buildings), Some(addresses), Some(enterprises)];
    things.into_iter().chain([people, households, of_people, of_households]).map(integer).collect()
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

fn cell(cell: HexCell<'_>) -> Option<Feature<'_>> {
    let index = CellIndex::try_from(cell.cell()?).ok()?;
    let ring: LineString<f64> = index.boundary().iter().map(|v| Coord { x: v.lng(), y: v.lat() }).collect();
    let mut values = vec![FeatureValue::Cell(index), integer(cell.resolution())];
    values.extend(counts(cell.into()));
    Some(Feature { values, geometry: Some(Polygon::new(ring, Vec::new()).into()) })
}

fn building(building: Building<'_>) -> Feature<'_> {
    let own = vec![
        FeatureValue::Text(building.code()),
        text(building.name()),
        text(building.usage()),
        integer(building.floors()),
        building.height_m().map_or(Null, FeatureValue::Float),
    ];
    let values = [own, chain(building.grid(&GridKind::basic()), &CHAIN)].concat();
    Feature { values, geometry: building.footprint().map(Into::into) }
}

fn address(address: Address<'_>) -> Feature<'_> {
    let building = address.building();
    let own = vec![
        FeatureValue::Text(address.code()),
        text(address.text()),
        text(building.map(|(building, _)| building.code())),
        text(building.map(|(_, how)| how.as_str())),
    ];
    let values = [own, chain(address.grid(&GridKind::basic()), &CHAIN)].concat();
    Feature { values, geometry: address.point().map(point) }
}

fn enterprise(enterprise: Enterprise<'_>) -> Feature<'_> {
    let address = enterprise.address();
    let own = vec![
        FeatureValue::Text(enterprise.uscc()),
        text(enterprise.name()),
        text(enterprise.attributes().find(|(name, _)| *name == "industry").map(|(_, industry)| industry)),
        text(enterprise.role().map(|role| role.as_str())),
        text(address.map(|address| address.code())),
        text(address.and_then(|address| address.building()).map(|(building, _)| building.code())),
    ];
    let grid = address.and_then(|address| address.grid(&GridKind::basic()));
    Feature { values: [own, chain(grid, &CHAIN)].concat(), geometry: address.and_then(|a| a.point()).map(point) }
}

#[cfg(test)]
mod tests {
    use crate::{BuildOptions, ColumnType, FeatureValue, Spec, build, code::PersonKey};

    #[test]
    fn every_feature_has_a_value_of_the_right_type_for_each_column() {
        let spec = Spec::read("../../data/town/spec.toml".as_ref()).expect("the sample");
        let dir = tempfile::tempdir().expect("a folder");
        let options = BuildOptions {
            key: Some(PersonKey::new(&std::array::from_fn::<u8, 32, _>(|i| i as u8)).expect("a key")),
            ..Default::default()
        };
        let path = dir.path().join("town.plate");
        build(&spec, &path, options, &|_| {}).expect("builds");
        let plate = crate::Baseplate::open(path).expect("opens");
        for layer in plate.tile_layers() {
            let columns = layer.columns();
            let mut count = 0;
            for feature in plate.features(layer) {
                count += 1;
                assert_eq!(feature.values.len(), columns.len(), "{}", layer.name);
                for (value, column) in feature.values.iter().zip(&columns) {
                    let of = match value {
                        FeatureValue::Null => column.of,
                        FeatureValue::Text(_) | FeatureValue::Cell(_) => ColumnType::Text,
                        FeatureValue::Integer(_) => ColumnType::Integer,
                        FeatureValue::Float(_) => ColumnType::Float,
                    };
                    assert_eq!(of, column.of, "{}.{}", layer.name, column.name);
                }
            }
            assert_eq!(count, plate.feature_count(layer), "{}", layer.name);
            // Numbers of what is put together, and what helps to place names.
            let drawn_only = ["count", "label", "short", "width_px"];
            assert!(
                layer.fields.iter().all(|f| drawn_only.contains(&f.name) || columns.iter().any(|c| c.name == f.name))
            );
        }
    }
}
