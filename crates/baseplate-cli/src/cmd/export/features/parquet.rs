//! GeoParquet 1.1: geometry as WKB, Snappy, in groups of rows that are held in memory one at a time.

use super::sink::{BufferedOut, Sink};
use crate::cmd::outcome::Failure;
use baseplate_core::{ColumnType, Feature, FeatureColumn, FeatureValue};
use geo_types::{Coord, Geometry, LineString};
use parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as PhysicalType},
    data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::Type,
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, sync::Arc};
use wkb::writer::{WriteOptions, write_geometry};

/// Rows that are written together.
const GROUP: usize = 1 << 16;
/// The name of the column of geometries.
const GEOMETRY: &str = "geometry";
/// The name of the column of their boxes, by which readers pass over groups of rows.
const BBOX: &str = "bbox";
/// Its fields.
const SIDES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];
/// EPSG:4490 as PROJJSON.
const CRS: &str = include_str!("epsg4490.json");
/// How deep the value of an optional column lies.
const PRESENT: i16 = 1;

pub(super) struct ParquetSink<'w> {
    writer: SerializedFileWriter<BufferedOut<'w>>,
    /// The attributes.
    columns: Vec<Column>,
    geometry: Column,
    /// A column for each side of the boxes.
    boxes: [Column; 4],
    rows: usize,
    types: BTreeSet<&'static str>,
    /// West, south, east, north.
    bbox: Option<[f64; 4]>,
}

/// A column of a group of rows: whether each row has a value, and the values.
enum Column {
    Bytes(Vec<i16>, Vec<ByteArray>),
    Integers(Vec<i16>, Vec<i64>),
    Floats(Vec<i16>, Vec<f64>),
    Flags(Vec<i16>, Vec<bool>),
    Days(Vec<i16>, Vec<i32>),
}

impl<'w> ParquetSink<'w> {
    pub(super) fn new(columns: &[FeatureColumn], out: BufferedOut<'w>) -> Result<Self, Failure> {
        let schema = Arc::new(schema(columns)?);
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
        let columns = columns.iter().map(|column| Column::of(column.of)).collect();
        let geometry = Column::Bytes(Vec::new(), Vec::new());
        let boxes = SIDES.map(|_| Column::Floats(Vec::new(), Vec::new()));
        Ok(Self { writer, columns, geometry, boxes, rows: 0, types: BTreeSet::new(), bbox: None })
    }

    fn write_group(&mut self) -> Result<(), Failure> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for column in self.columns.iter_mut().chain([&mut self.geometry]).chain(&mut self.boxes) {
            column.write(&mut group)?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// What `geo` says of the file.
    fn geo(&self) -> Result<Value, Failure> {
        let crs: Value = serde_json::from_str(CRS)?;
        let mut column =
            json!({ "encoding": "WKB", "geometry_types": self.types, "crs": crs, "orientation": "counterclockwise" });
        let covering: Map<String, Value> =
            SIDES.map(|side| (side.to_owned(), json!([BBOX, side]))).into_iter().collect();
        column["covering"] = json!({ "bbox": covering });
        if let Some(bbox) = self.bbox {
            column["bbox"] = json!(bbox);
        }
        Ok(json!({ "version": "1.1.0", "primary_column": GEOMETRY, "columns": { GEOMETRY: column } }))
    }
}

impl Sink for ParquetSink<'_> {
    fn put(&mut self, feature: &Feature<'_>) -> Result<(), Failure> {
        for (column, value) in self.columns.iter_mut().zip(&feature.values) {
            column.push(value);
        }
        let geometry = feature.geometry.as_ref();
        let bytes = geometry.map(wkb).transpose()?;
        self.geometry.push_bytes(bytes);
        let bounds = geometry.and_then(bbox);
        for (side, column) in self.boxes.iter_mut().enumerate() {
            column.push_double(bounds.map(|bounds| bounds[side]));
        }
        self.types.extend(geometry.and_then(type_name));
        self.bbox = bounds.into_iter().chain(self.bbox).reduce(union);
        self.rows += 1;
        if self.rows == GROUP { self.write_group() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> Result<(), Failure> {
        self.write_group()?;
        let geo = self.geo()?.to_string();
        self.writer.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo));
        self.writer.finish()?;
        Ok(self.writer.flush()?)
    }
}

/// The schema of the file; every column may be null, and columns are called whatever the plate calls them.
fn schema(columns: &[FeatureColumn]) -> Result<Type, ParquetError> {
    let one = |name: &str, of, logical| {
        let column = Type::primitive_type_builder(name, of).with_repetition(Repetition::OPTIONAL);
        column.with_logical_type(logical).build().map(Arc::new)
    };
    let named = |column: &FeatureColumn| match column.of {
        ColumnType::Text => one(&column.name, PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnType::Integer => one(&column.name, PhysicalType::INT64, None),
        ColumnType::Float => one(&column.name, PhysicalType::DOUBLE, None),
        ColumnType::Boolean => one(&column.name, PhysicalType::BOOLEAN, None),
        ColumnType::Time => {
            one(&column.name, PhysicalType::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
        }
        ColumnType::Date => one(&column.name, PhysicalType::INT32, Some(LogicalType::Date)),
    };
    let mut fields = columns.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    fields.push(one(GEOMETRY, PhysicalType::BYTE_ARRAY, None)?);
    // A box is there where its sides are, so only these may be null: their values lie as deep as those of other columns.
    let sides = SIDES.iter().map(|side| one(side, PhysicalType::DOUBLE, None)).collect::<Result<Vec<_>, _>>()?;
    let bbox = Type::group_type_builder(BBOX).with_repetition(Repetition::REQUIRED).with_fields(sides).build()?;
    fields.push(Arc::new(bbox));
    Type::group_type_builder("features").with_fields(fields).build()
}

impl Column {
    const fn of(of: ColumnType) -> Self {
        match of {
            ColumnType::Text => Self::Bytes(Vec::new(), Vec::new()),
            ColumnType::Integer | ColumnType::Time => Self::Integers(Vec::new(), Vec::new()),
            ColumnType::Float => Self::Floats(Vec::new(), Vec::new()),
            ColumnType::Boolean => Self::Flags(Vec::new(), Vec::new()),
            ColumnType::Date => Self::Days(Vec::new(), Vec::new()),
        }
    }

    /// Adds a value; one of another type counts as absent.
    fn push(&mut self, value: &FeatureValue<'_>) {
        match self {
            Self::Bytes(present, values) => {
                let text = match value {
                    FeatureValue::Text(text) => Some(ByteArray::from(text.as_bytes().to_vec())),
                    FeatureValue::Cell(cell) => Some(cell.to_string().into_bytes().into()),
                    _ => None,
                };
                add(present, values, text);
            }
            Self::Integers(present, values) => {
                let number = match value {
                    FeatureValue::Integer(number) => Some(*number),
                    FeatureValue::Time(second) => second.checked_mul(1000),
                    _ => None,
                };
                add(present, values, number);
            }
            Self::Floats(present, values) => {
                add(present, values, if let FeatureValue::Float(number) = value { Some(*number) } else { None });
            }
            Self::Flags(present, values) => {
                add(present, values, if let FeatureValue::Boolean(flag) = value { Some(*flag) } else { None });
            }
            Self::Days(present, values) => {
                let day = if let FeatureValue::Date(day) = value { i32::try_from(*day).ok() } else { None };
                add(present, values, day);
            }
        }
    }

    fn push_bytes(&mut self, bytes: Option<Vec<u8>>) {
        if let Self::Bytes(present, values) = self {
            add(present, values, bytes.map(ByteArray::from));
        }
    }

    fn push_double(&mut self, number: Option<f64>) {
        if let Self::Floats(present, values) = self {
            add(present, values, number);
        }
    }

    /// Writes and empties it.
    fn write<W: std::io::Write + Send>(&mut self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<(), Failure> {
        match self {
            Self::Bytes(present, values) => put::<ByteArrayType, W>(group, present, values)?,
            Self::Integers(present, values) => put::<Int64Type, W>(group, present, values)?,
            Self::Floats(present, values) => put::<DoubleType, W>(group, present, values)?,
            Self::Flags(present, values) => put::<BoolType, W>(group, present, values)?,
            Self::Days(present, values) => put::<Int32Type, W>(group, present, values)?,
        }
        Ok(())
    }
}

fn add<T>(present: &mut Vec<i16>, values: &mut Vec<T>, value: Option<T>) {
    present.push(if value.is_some() { PRESENT } else { 0 });
    values.extend(value);
}

fn put<T: DataType, W: std::io::Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    present: &mut Vec<i16>,
    values: &mut Vec<T::T>,
) -> Result<(), ParquetError> {
    let column = group.next_column()?;
    let mut column = column.ok_or_else(|| ParquetError::General("the schema has fewer columns".to_owned()))?;
    column.typed::<T>().write_batch(values, Some(present), None)?;
    present.clear();
    values.clear();
    column.close()
}

fn wkb(geometry: &Geometry<f64>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    write_geometry(&mut bytes, geometry, &WriteOptions::default())?;
    Ok(bytes)
}

/// As GeoParquet names types; `None` for those that features do not have.
fn type_name(geometry: &Geometry<f64>) -> Option<&'static str> {
    match geometry {
        Geometry::Point(_) => Some("Point"),
        Geometry::Polygon(_) => Some("Polygon"),
        Geometry::MultiPolygon(_) => Some("MultiPolygon"),
        Geometry::MultiLineString(_) => Some("MultiLineString"),
        _ => None,
    }
}

fn union(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// The box of a geometry; nothing for an empty one.
fn bbox(geometry: &Geometry<f64>) -> Option<[f64; 4]> {
    let at = |c: &Coord<f64>| [c.x, c.y, c.x, c.y];
    match geometry {
        Geometry::Point(point) => Some(at(&point.0)),
        Geometry::Polygon(area) => area.exterior().coords().map(at).reduce(union),
        Geometry::MultiPolygon(areas) => areas.iter().flat_map(|area| area.exterior().coords()).map(at).reduce(union),
        Geometry::MultiLineString(lines) => lines.iter().flat_map(LineString::coords).map(at).reduce(union),
        _ => None,
    }
}
