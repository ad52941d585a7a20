//! Writing tables and indexes.

use super::{
    BuildError, Context, Progress, Tables,
    addresses::AddressTable,
    buildings::BuildingTable,
    categories::{Attributes, Category},
    counts::{Counts, Estimates, Numbers},
    enterprises::EnterpriseTable,
    grids::GridTable,
    people::PeopleTable,
    release::Released,
};
use crate::{
    model::Level,
    plate::{
        BY_ADDRESS, BY_TOKEN, CATEGORIES, ENTERPRISES_BY_NAME, PEOPLE, grid_column, locator_file,
        lookup::{BoxTree, NameOrder, RowOrder},
        table::{BATCH, TableWriter},
        write_starts,
    },
    spatial::{Bbox, LngLat, wkb},
};
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, FixedSizeBinaryArray, Float32Array, Float64Array, RecordBatch, StringArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use geo::MultiPolygon;
use rayon::prelude::*;
use std::{cmp::Reverse, collections::HashMap, fs, iter, ops::Range, path::Path, sync::Arc};

/// Characters of a name, behind the divisions with which it begins, at which it is found.
const NAME_ENTRIES: usize = 4;

/// A column that all batches share the dictionary of.
struct SharedColumn<'a> {
    category: &'a Category,
    dictionary: ArrayRef,
}

impl<'a> SharedColumn<'a> {
    fn new(category: &'a Category) -> Self {
        Self { category, dictionary: category.dictionary() }
    }

    fn all(first: &'a Category, others: &'a Attributes) -> Vec<Self> {
        iter::once(first).chain(&others.0).map(Self::new).collect()
    }

    fn field(&self) -> Field {
        Field::new(&self.category.name, Category::data_type(), true)
    }
}

impl Context<'_> {
    pub(super) fn write(&self, tables: &Tables<'_>, released: Option<&Released>) -> Result<(), BuildError> {
        (self.on_progress)(Progress::Step("counting"));
        let counts = self.count(tables, released);
        self.write_grids(tables.grids, &counts)?;
        self.write_cells(&counts)?;
        self.write_file(CATEGORIES, &self.write_categories(tables, released))?;
        self.write_buildings(tables.buildings, tables.addresses)?;
        self.write_overrides(tables.buildings)?;
        self.write_addresses(tables, &counts.h3)?;
        self.write_people(tables.people)?;
        self.write_blocks(tables, released)?;
        self.write_enterprises(tables.enterprises)?;
        for coverage in self.coverages {
            self.write_file(&locator_file(&coverage.info.kind), &coverage.file)?;
        }
        self.write_outlines()?;
        (self.on_progress)(Progress::Step("hashing what was written"));
        Ok(())
    }

    fn write_grids(&self, table: &GridTable, counts: &Counts) -> Result<(), BuildError> {
        let mut fields = vec![
            Field::new("code", DataType::Utf8, false),
            Field::new("name", DataType::Utf8, false),
            Field::new("kind", DataType::Utf8, false),
            Field::new("level", DataType::Utf8, false),
            Field::new("parent", DataType::UInt32, true),
            Field::new("parent_link", DataType::UInt8, true),
            Field::new("area_m2", DataType::Float64, false),
        ];
        fields.extend(place_fields());
        fields.extend(["buildings", "addresses", "enterprises"].map(|n| Field::new(n, DataType::UInt32, false)));
        fields.extend(people_fields());
        self.write_table("grids.arrow", fields, table.len(), |rows| {
            let drafts = &table.drafts[rows.clone()];
            let mut columns = vec![
                text(drafts.iter().map(|d| Some(d.code.as_str()))),
                text(drafts.iter().map(|d| Some(d.name.as_str()))),
                text(drafts.iter().map(|d| Some(d.kind.as_str()))),
                text(drafts.iter().map(|d| Some(d.level.as_str()))),
                Arc::new(UInt32Array::from_iter(table.parents[rows.clone()].iter().map(|p| p.map(|(row, _)| row))))
                    as ArrayRef,
                Arc::new(UInt8Array::from_iter(
                    table.parents[rows.clone()].iter().map(|p| p.map(|(_, how)| how as u8)),
                )),
                Arc::new(Float64Array::from(table.area_m2[rows.clone()].to_vec())),
            ];
            let points: Vec<_> =
                table.points[rows.clone()].iter().map(|p| p.unwrap_or(LngLat::new(0.0, 0.0))).collect();
            columns.extend(place_columns(&points, &table.boxes[rows.clone()], &table.areas[rows.clone()]));
            columns.extend(count_columns(counts.grids[rows.clone()].iter()));
            let people = counts.grids[rows.clone()].iter().zip(counts.estimates[rows].iter().copied());
            columns.extend(people_columns(people, counts.has_people));
            Ok(columns)
        })?;
        let codes: Vec<&str> = table.drafts.iter().map(|d| d.code.as_str()).collect();
        self.write_lookups("grids", &codes, table.boxes.iter().copied())
    }

    fn write_buildings(&self, table: &BuildingTable, addresses: &AddressTable) -> Result<(), BuildError> {
        let mut fields = vec![
            Field::new("code", DataType::Utf8, false),
            Field::new("name", DataType::Utf8, true),
            Field::new("floors", DataType::UInt16, true),
            Field::new("height_m", DataType::Float64, true),
            Field::new("use", DataType::Utf8, true),
            Field::new("h3", DataType::UInt64, true),
        ];
        fields.extend(place_fields());
        fields.extend(self.grid_fields());
        fields.push(Field::new("grid_share", DataType::Float32, true));
        fields.push(Field::new("demolished", DataType::Boolean, false));
        fields.push(Field::new("first_address", DataType::UInt32, false));
        fields.push(Field::new("addresses", DataType::UInt32, false));
        self.write_table("buildings.arrow", fields, table.len(), |rows| {
            let drafts = &table.drafts[rows.clone()];
            let mut columns = vec![
                text(drafts.iter().map(|d| Some(d.code.as_str()))),
                text(drafts.iter().map(|d| d.name.as_deref())),
                Arc::new(UInt16Array::from_iter(drafts.iter().map(|d| d.floors))) as ArrayRef,
                Arc::new(Float64Array::from_iter(drafts.iter().map(|d| d.height_m))),
                text(drafts.iter().map(|d| d.usage.as_deref())),
                Arc::new(UInt64Array::from(table.h3[rows.clone()].to_vec())),
            ];
            let (points, boxes) = (&table.points[rows.clone()], &table.boxes[rows.clone()]);
            columns.extend(place_columns(points, boxes, &table.areas[rows.clone()]));
            columns.extend(self.grid_columns(&rows, |row| Some(&table.grids[row])));
            columns.push(Arc::new(Float32Array::from_iter(table.grid_share[rows.clone()].iter().copied())));
            columns.push(Arc::new(BooleanArray::from_iter(drafts.iter().map(|d| Some(d.demolished)))));
            let starts = &addresses.starts[rows.start..=rows.end];
            columns.push(Arc::new(UInt32Array::from_iter_values(starts[..rows.len()].iter().copied())));
            columns.push(Arc::new(UInt32Array::from_iter_values(starts.windows(2).map(|w| w[1] - w[0]))));
            Ok(columns)
        })?;
        let codes: Vec<&str> = table.drafts.iter().map(|d| d.code.as_str()).collect();
        self.write_lookups("buildings", &codes, table.boxes.iter().copied())
    }

    fn write_overrides(&self, table: &BuildingTable) -> Result<(), BuildError> {
        let rows = ["building", "grid"].map(|name| Field::new(name, DataType::UInt32, false));
        let words = ["reason", "approved_by"].map(|name| Field::new(name, DataType::Utf8, true));
        let fields = rows.into_iter().chain(words).collect();
        self.write_table("overrides.arrow", fields, table.overrides.len(), |rows| {
            let overrides = &table.overrides[rows];
            Ok(vec![
                Arc::new(UInt32Array::from_iter_values(overrides.iter().map(|o| o.building))) as ArrayRef,
                Arc::new(UInt32Array::from_iter_values(overrides.iter().map(|o| o.grid))),
                text(overrides.iter().map(|o| o.reason.as_deref())),
                text(overrides.iter().map(|o| o.approved_by.as_deref())),
            ])
        })
    }

    fn write_addresses(&self, tables: &Tables<'_>, h3: &[Option<u64>]) -> Result<(), BuildError> {
        let table = tables.addresses;
        let mut fields = vec![
            Field::new("code", DataType::Utf8, false),
            Field::new("text", DataType::Utf8, false),
            Field::new("lng", DataType::Float64, true),
            Field::new("lat", DataType::Float64, true),
            Field::new("h3", DataType::UInt64, true),
            Field::new("building", DataType::UInt32, true),
            Field::new("link", DataType::UInt8, true),
            Field::new("distance_m", DataType::Float32, true),
            Field::new("first_enterprise", DataType::UInt32, false),
        ];
        fields.extend(self.grid_fields());
        self.write_table("addresses.arrow", fields, table.len(), |rows| {
            let places = || table.order[rows.clone()].iter().map(|place| *place as usize);
            let links = || places().map(|place| table.links[place]);
            let points = || places().map(|place| table.points[place].placed());
            let mut columns = vec![
                text(places().map(|place| Some(table.codes.get(place)))),
                text(places().map(|place| Some(table.texts.get(place)))),
                Arc::new(Float64Array::from_iter(points().map(|p| p.map(|p| p.lng)))) as ArrayRef,
                Arc::new(Float64Array::from_iter(points().map(|p| p.map(|p| p.lat)))),
                Arc::new(UInt64Array::from_iter(h3[rows.clone()].iter().copied())),
                Arc::new(UInt32Array::from_iter(links().map(|l| l.map(|l| l.building)))),
                Arc::new(UInt8Array::from_iter(links().map(|l| l.map(|l| l.how as u8)))),
                Arc::new(Float32Array::from_iter(links().map(|l| l.map(|l| l.distance_m)))),
                Arc::new(UInt32Array::from(tables.enterprises.starts[rows.clone()].to_vec())),
            ];
            columns.extend(self.grid_columns(&rows, |row| table.grids.get(&table.order[row])));
            Ok(columns)
        })?;
        self.write_file("index/addresses-by-code.bin", &RowOrder::write(&table.by_code))?;
        let boxes = table.order.iter().map(|place| Bbox::EMPTY.extend(table.points[*place as usize]));
        self.write_file("index/addresses-by-place.bin", &BoxTree::write(boxes))
    }

    fn write_people(&self, table: &PeopleTable) -> Result<(), BuildError> {
        let categories = SharedColumn::all(&table.roles, &table.attributes);
        let mut fields = vec![
            Field::new("token", DataType::FixedSizeBinary(16), false),
            Field::new("address", DataType::UInt32, true),
            Field::new("counted", DataType::Boolean, false),
        ];
        fields.extend(categories.iter().map(SharedColumn::field));
        self.write_table(PEOPLE, fields, table.len(), |rows| {
            let places = &table.order[rows];
            let tokens = places.iter().map(|place| table.tokens[*place as usize].0);
            let mut columns = vec![
                Arc::new(FixedSizeBinaryArray::try_from_iter(tokens)?) as ArrayRef,
                Arc::new(UInt32Array::from_iter(places.iter().map(|place| table.address(*place)))),
                Arc::new(BooleanArray::from_iter(places.iter().map(|place| Some(table.counts(*place))))),
            ];
            for c in &categories {
                columns.push(c.category.column(&c.dictionary, places)?);
            }
            Ok(columns)
        })?;
        self.write_file(BY_TOKEN, &RowOrder::write(&table.by_token))?;
        self.write_file(BY_ADDRESS, &write_starts(&table.starts))
    }

    fn write_enterprises(&self, table: &EnterpriseTable) -> Result<(), BuildError> {
        let categories = SharedColumn::all(&table.roles, &table.attributes);
        let mut fields = vec![
            Field::new("uscc", DataType::Utf8, false),
            Field::new("name", DataType::Utf8, true),
            Field::new("address", DataType::UInt32, true),
            Field::new("address_text", DataType::Utf8, true),
            Field::new("active", DataType::Boolean, false),
            Field::new("counted", DataType::Boolean, false),
            Field::new("natural_person", DataType::Boolean, false),
            Field::new("link", DataType::UInt8, true),
            Field::new("confidence", DataType::Float32, true),
        ];
        let levels = SharedColumn::new(&table.match_levels);
        fields.push(levels.field());
        fields.extend(categories.iter().map(SharedColumn::field));
        let natural_persons = table.natural_persons();
        self.write_table("enterprises.arrow", fields, table.len(), |rows| {
            let places = &table.order[rows];
            let each = || places.iter().map(|place| *place as usize);
            let mut columns = vec![
                text(each().map(|place| Some(table.codes.get(place)))),
                text(each().map(|place| Some(table.names.get(place)).filter(|name| !name.is_empty()))),
                Arc::new(UInt32Array::from_iter(places.iter().map(|place| table.address(*place)))) as ArrayRef,
                text(each().map(|place| Some(table.texts.get(place)).filter(|text| !text.is_empty()))),
                Arc::new(BooleanArray::from_iter(each().map(|place| Some(table.active[place])))),
                Arc::new(BooleanArray::from_iter(places.iter().map(|place| Some(table.counts(*place))))),
                Arc::new(BooleanArray::from_iter(each().map(|place| Some(natural_persons[place])))),
                Arc::new(UInt8Array::from_iter(places.iter().map(|place| table.how(*place).map(|how| how as u8)))),
                Arc::new(Float32Array::from_iter(each().map(|p| Some(table.confidences[p]).filter(|c| !c.is_nan())))),
                levels.category.column(&levels.dictionary, places)?,
            ];
            for c in &categories {
                columns.push(c.category.column(&c.dictionary, places)?);
            }
            Ok(columns)
        })?;
        self.write_file("index/enterprises-by-code.bin", &RowOrder::write(&table.by_code))?;
        self.write_names(table, &natural_persons)
    }

    /// The index over the names of the enterprises that may be named, each once: from their beginning, from behind the divisions
    /// with which they begin, and from the next characters on.
    fn write_names(&self, table: &EnterpriseTable, natural_persons: &[bool]) -> Result<(), BuildError> {
        let first = |name: &str| name.chars().next().unwrap_or_default();
        let mut divisions: HashMap<char, Vec<&str>> = HashMap::new();
        for draft in self.grids.drafts.iter().filter(|draft| draft.level > Level::Grid && !draft.name.is_empty()) {
            divisions.entry(first(&draft.name)).or_default().push(&draft.name);
        }
        divisions.values_mut().for_each(|alike| alike.sort_unstable_by_key(|name| Reverse(name.len())));
        let behind_divisions = |name: &str| {
            let mut rest = name;
            while let Some(alike) = divisions.get(&first(rest)) {
                let Some(behind) = alike.iter().find_map(|division| rest.strip_prefix(*division)) else { break };
                rest = behind;
            }
            name.len() - rest.len()
        };
        let entered = |name: &str| {
            let from = behind_divisions(name);
            let mut at: Vec<usize> =
                name[from..].char_indices().map(|(byte, _)| from + byte).take(NAME_ENTRIES).collect();
            at.extend((from > 0).then_some(0));
            at
        };
        let is_named = |place: u32| table.counts(place) && !natural_persons[place as usize];
        let named = (0..).zip(&table.order).filter(|(_, place)| is_named(**place));
        let rows = named.map(|(row, place)| {
            let name = table.names.get(*place as usize);
            (row, name, entered(name))
        });
        self.write_file(ENTERPRISES_BY_NAME, &NameOrder::write(rows))
    }

    fn write_cells(&self, counts: &Counts) -> Result<(), BuildError> {
        let mut fields =
            vec![Field::new("cell", DataType::UInt64, false), Field::new("resolution", DataType::UInt8, false)];
        fields.extend(["buildings", "addresses", "enterprises"].map(|n| Field::new(n, DataType::UInt32, false)));
        fields.extend(people_fields());
        self.write_table("cells.arrow", fields, counts.cells.len(), |rows| {
            let cells = &counts.cells[rows];
            let mut columns = vec![
                Arc::new(UInt64Array::from_iter_values(cells.iter().map(|c| c.cell))) as ArrayRef,
                Arc::new(UInt8Array::from_iter_values(cells.iter().map(|c| c.resolution))),
            ];
            columns.extend(count_columns(cells.iter().map(|c| &c.numbers)));
            columns.extend(people_columns(cells.iter().map(|c| (&c.numbers, c.estimates)), counts.has_people));
            Ok(columns)
        })
    }

    fn grid_fields(&self) -> impl Iterator<Item = Field> {
        self.coverages.iter().map(|c| Field::new(grid_column(&c.info.kind), DataType::UInt32, true))
    }

    /// The grid columns of some rows; `grids` gives those of a row, in the order of the coverages.
    fn grid_columns<'g>(
        &self,
        rows: &Range<usize>,
        grids: impl Fn(usize) -> Option<&'g Vec<Option<u32>>>,
    ) -> impl Iterator<Item = ArrayRef> {
        let column = move |coverage: usize| {
            let grid = |row: usize| grids(row).and_then(|of_row| of_row[coverage]);
            Arc::new(UInt32Array::from_iter(rows.clone().map(grid))) as ArrayRef
        };
        (0..self.coverages.len()).map(column)
    }

    fn write_table(
        &self,
        file: &str,
        fields: Vec<Field>,
        rows: usize,
        columns: impl Fn(Range<usize>) -> Result<Vec<ArrayRef>, ArrowError>,
    ) -> Result<(), BuildError> {
        let path = self.dir.join(file);
        let fail = || BuildError::table(&path);
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let mut writer = TableWriter::create(&path, &schema).map_err(fail())?;
        for start in (0..rows).step_by(BATCH) {
            (self.on_progress)(Progress::Writing { table: file, rows: start as u64, of: rows as u64 });
            let batch = columns(start..rows.min(start + BATCH));
            let batch = batch.and_then(|columns| RecordBatch::try_new(schema.clone(), columns)).map_err(fail())?;
            writer.write(&batch).map_err(fail())?;
        }
        writer.finish().map_err(fail())
    }

    fn write_lookups(&self, table: &str, codes: &[&str], boxes: impl Iterator<Item = Bbox>) -> Result<(), BuildError> {
        let mut rows: Vec<u32> = (0..codes.len() as u32).collect();
        rows.par_sort_by_key(|row| (codes[*row as usize], *row));
        self.write_file(&format!("index/{table}-by-code.bin"), &RowOrder::write(&rows))?;
        self.write_file(&format!("index/{table}-by-place.bin"), &BoxTree::write(boxes))
    }

    pub(super) fn write_file(&self, file: &str, bytes: &[u8]) -> Result<(), BuildError> {
        let path: &Path = &self.dir.join(file);
        fs::write(path, bytes).map_err(BuildError::write(path))
    }
}

fn text<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

/// Point, box and area, as tables of areas have them.
fn place_fields() -> Vec<Field> {
    let degrees = ["lng", "lat", "west", "south", "east", "north"];
    let mut fields: Vec<Field> = degrees.into_iter().map(|name| Field::new(name, DataType::Float64, false)).collect();
    let geoarrow = HashMap::from([
        ("ARROW:extension:name".to_owned(), "geoarrow.wkb".to_owned()),
        ("ARROW:extension:metadata".to_owned(), r#"{"crs":"EPSG:4490","crs_type":"authority_code"}"#.to_owned()),
    ]);
    fields.push(Field::new("geometry", DataType::Binary, false).with_metadata(geoarrow));
    fields
}

fn place_columns(points: &[LngLat], boxes: &[Bbox], areas: &[MultiPolygon<f64>]) -> Vec<ArrayRef> {
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(Float64Array::from_iter_values(points.iter().map(|p| p.lng))),
        Arc::new(Float64Array::from_iter_values(points.iter().map(|p| p.lat))),
    ];
    for side in 0..4 {
        columns.push(Arc::new(Float64Array::from_iter_values(boxes.iter().map(|b| b.0[side]))));
    }
    let blobs: Vec<Vec<u8>> = areas.par_iter().map(wkb::write_area).collect();
    columns.push(Arc::new(BinaryArray::from_iter_values(blobs)));
    columns
}

/// Buildings, addresses and enterprises.
fn count_columns<'n>(numbers: impl Iterator<Item = &'n Numbers> + Clone) -> [ArrayRef; 3] {
    let column = |of: fn(&Numbers) -> u32| Arc::new(UInt32Array::from_iter_values(numbers.clone().map(of))) as ArrayRef;
    [column(|n| n.buildings), column(|n| n.addresses), column(|n| n.enterprises)]
}

/// Of people: how many, in how many homes, and which of that is an estimate; null where people are not counted.
fn people_fields() -> [Field; 4] {
    [
        Field::new("people", DataType::UInt32, true),
        Field::new("households", DataType::UInt32, true),
        Field::new("people_estimated", DataType::Boolean, false),
        Field::new("households_estimated", DataType::Boolean, false),
    ]
}

fn people_columns<'n>(rows: impl Iterator<Item = (&'n Numbers, Estimates)> + Clone, has_people: bool) -> [ArrayRef; 4] {
    let column = |of: fn(&Numbers) -> u32| {
        Arc::new(UInt32Array::from_iter(rows.clone().map(|(numbers, _)| has_people.then(|| of(numbers))))) as ArrayRef
    };
    let estimated = |of: fn(Estimates) -> bool| {
        Arc::new(BooleanArray::from_iter(rows.clone().map(|(_, estimates)| Some(of(estimates))))) as ArrayRef
    };
    [column(|n| n.people), column(|n| n.households), estimated(|e| e.people), estimated(|e| e.households)]
}
