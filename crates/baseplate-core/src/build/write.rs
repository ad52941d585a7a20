//! Writing tables and indexes.

use super::{BuildError, Context, addresses::AddressTable, buildings::BuildingTable, grids::GridTable};
use crate::{
    plate::{
        grid_column, locator_file,
        lookup::{BoxTree, CodeOrder},
        table::{BATCH, TableWriter},
    },
    spatial::{Bbox, LngLat, wkb},
};
use arrow_array::{
    ArrayRef, BinaryArray, Float32Array, Float64Array, RecordBatch, StringArray, UInt8Array, UInt16Array, UInt32Array,
    UInt64Array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use geo::MultiPolygon;
use rayon::prelude::*;
use std::{collections::HashMap, fs, ops::Range, path::Path, sync::Arc};

impl Context<'_> {
    pub(super) fn write(
        &self,
        grids: &GridTable,
        buildings: &BuildingTable,
        addresses: &AddressTable,
    ) -> Result<(), BuildError> {
        self.write_grids(grids, &counts(grids, buildings, addresses))?;
        self.write_buildings(buildings, addresses)?;
        self.write_addresses(addresses)?;
        for coverage in self.coverages {
            self.write_file(&locator_file(&coverage.info.kind), &coverage.file)?;
        }
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
        fields.push(Field::new("buildings", DataType::UInt32, false));
        fields.push(Field::new("addresses", DataType::UInt32, false));
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
            columns.push(Arc::new(UInt32Array::from(counts.buildings[rows.clone()].to_vec())));
            columns.push(Arc::new(UInt32Array::from(counts.addresses[rows].to_vec())));
            columns
        })?;
        let codes: Vec<&str> = table.drafts.iter().map(|d| d.code.as_str()).collect();
        self.write_lookups("grids", &codes, table.boxes.iter().copied())
    }

    fn write_buildings(&self, table: &BuildingTable, addresses: &AddressTable) -> Result<(), BuildError> {
        let mut fields = vec![
            Field::new("code", DataType::Utf8, false),
            Field::new("name", DataType::Utf8, true),
            Field::new("floors", DataType::UInt16, true),
            Field::new("height_m", DataType::Float32, true),
            Field::new("use", DataType::Utf8, true),
            Field::new("h3", DataType::UInt64, true),
        ];
        fields.extend(place_fields());
        fields.extend(self.grid_fields());
        fields.push(Field::new("first_address", DataType::UInt32, false));
        fields.push(Field::new("addresses", DataType::UInt32, false));
        let (first, count) = address_ranges(table.len(), addresses);
        self.write_table("buildings.arrow", fields, table.len(), |rows| {
            let drafts = &table.drafts[rows.clone()];
            let mut columns = vec![
                text(drafts.iter().map(|d| Some(d.code.as_str()))),
                text(drafts.iter().map(|d| d.name.as_deref())),
                Arc::new(UInt16Array::from_iter(drafts.iter().map(|d| d.floors))) as ArrayRef,
                Arc::new(Float32Array::from_iter(drafts.iter().map(|d| d.height_m))),
                text(drafts.iter().map(|d| d.usage.as_deref())),
                Arc::new(UInt64Array::from(table.h3[rows.clone()].to_vec())),
            ];
            let (points, boxes) = (&table.points[rows.clone()], &table.boxes[rows.clone()]);
            columns.extend(place_columns(points, boxes, &table.areas[rows.clone()]));
            columns.extend(self.grid_columns(&rows, |row| Some(&table.grids[row])));
            columns.push(Arc::new(UInt32Array::from(first[rows.clone()].to_vec())));
            columns.push(Arc::new(UInt32Array::from(count[rows].to_vec())));
            columns
        })?;
        let codes: Vec<&str> = table.drafts.iter().map(|d| d.code.as_str()).collect();
        self.write_lookups("buildings", &codes, table.boxes.iter().copied())
    }

    fn write_addresses(&self, table: &AddressTable) -> Result<(), BuildError> {
        let mut fields = vec![
            Field::new("code", DataType::Utf8, false),
            Field::new("text", DataType::Utf8, false),
            Field::new("lng", DataType::Float64, false),
            Field::new("lat", DataType::Float64, false),
            Field::new("h3", DataType::UInt64, true),
            Field::new("building", DataType::UInt32, true),
            Field::new("link", DataType::UInt8, true),
            Field::new("distance_m", DataType::Float32, true),
        ];
        fields.extend(self.grid_fields());
        self.write_table("addresses.arrow", fields, table.len(), |rows| {
            let places = || table.order[rows.clone()].iter().map(|place| *place as usize);
            let links = || places().map(|place| table.links[place]);
            let mut columns = vec![
                text(places().map(|place| Some(table.codes.get(place)))),
                text(places().map(|place| Some(table.texts.get(place)))),
                Arc::new(Float64Array::from_iter_values(places().map(|place| table.points[place].lng))) as ArrayRef,
                Arc::new(Float64Array::from_iter_values(places().map(|place| table.points[place].lat))),
                Arc::new(UInt64Array::from_iter(places().map(|place| table.h3[place]))),
                Arc::new(UInt32Array::from_iter(links().map(|l| l.map(|l| l.building)))),
                Arc::new(UInt8Array::from_iter(links().map(|l| l.map(|l| l.how as u8)))),
                Arc::new(Float32Array::from_iter(links().map(|l| l.map(|l| l.distance_m as f32)))),
            ];
            columns.extend(self.grid_columns(&rows, |row| table.grids.get(&(table.order[row] as usize))));
            columns
        })?;
        let codes: Vec<&str> = table.order.iter().map(|place| table.code(*place)).collect();
        let boxes = table.order.iter().map(|place| Bbox::EMPTY.extend(table.points[*place as usize]));
        self.write_lookups("addresses", &codes, boxes)
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
        columns: impl Fn(Range<usize>) -> Vec<ArrayRef>,
    ) -> Result<(), BuildError> {
        let path = self.dir.join(file);
        let fail = || BuildError::table(&path);
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let mut writer = TableWriter::create(&path, &schema).map_err(fail())?;
        for start in (0..rows).step_by(BATCH) {
            let columns = columns(start..rows.min(start + BATCH));
            let batch = RecordBatch::try_new(schema.clone(), columns).map_err(fail())?;
            writer.write(&batch).map_err(fail())?;
        }
        writer.finish().map_err(fail())
    }

    fn write_lookups(&self, table: &str, codes: &[&str], boxes: impl Iterator<Item = Bbox>) -> Result<(), BuildError> {
        let mut rows: Vec<u32> = (0..codes.len() as u32).collect();
        rows.par_sort_by_key(|row| (codes[*row as usize], *row));
        self.write_file(&format!("index/{table}-by-code.bin"), &CodeOrder::write(&rows))?;
        self.write_file(&format!("index/{table}-by-place.bin"), &BoxTree::write(boxes))
    }

    fn write_file(&self, file: &str, bytes: &[u8]) -> Result<(), BuildError> {
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

/// For each building the first of its rows in the table of addresses, and how many follow.
fn address_ranges(buildings: usize, addresses: &AddressTable) -> (Vec<u32>, Vec<u32>) {
    let mut count = vec![0; buildings];
    for link in addresses.order.iter().filter_map(|place| addresses.links[*place as usize]) {
        count[link.building as usize] += 1;
    }
    let mut first = vec![0; buildings];
    for building in 1..buildings {
        first[building] = first[building - 1] + count[building - 1];
    }
    (first, count)
}

/// How much lies in each grid, on every level.
struct Counts {
    buildings: Vec<u32>,
    addresses: Vec<u32>,
}

fn counts(grids: &GridTable, buildings: &BuildingTable, addresses: &AddressTable) -> Counts {
    let mut counts = Counts { buildings: vec![0; grids.len()], addresses: vec![0; grids.len()] };
    for of_building in &buildings.grids {
        of_building.iter().flatten().for_each(|grid| counts.buildings[*grid as usize] += 1);
    }
    for place in &addresses.order {
        let place = *place as usize;
        let of_building = addresses.links[place].map(|link| &buildings.grids[link.building as usize]);
        let of_address = of_building.or_else(|| addresses.grids.get(&place));
        of_address.into_iter().flatten().flatten().for_each(|grid| counts.addresses[*grid as usize] += 1);
    }
    roll_up(grids, &mut counts.buildings);
    roll_up(grids, &mut counts.addresses);
    counts
}

/// Adds what lies in the grids of the ground to every level above of the same kind.
fn roll_up(grids: &GridTable, counts: &mut [u32]) {
    let ground = counts.to_vec();
    for (row, count) in ground.into_iter().enumerate().filter(|(_, count)| *count > 0) {
        let mut above = grids.parents[row];
        while let Some((parent, _)) = above {
            if grids.drafts[parent as usize].kind == grids.drafts[row].kind {
                counts[parent as usize] += count;
            }
            above = grids.parents[parent as usize];
        }
    }
}
