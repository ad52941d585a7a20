//! The part of `docs/format.md` that the declarations make.

use super::{
    declared::{ColumnInfo, Declared},
    tables::{
        AddressGrids, Addresses, BuildingGrids, Buildings, Grids, Ground, HexCells, Issues, Overrides, People,
        RecordAreas, RecordGrids, Records,
    },
};
use crate::source::TAKEN_NAMES;
use arrow_schema::DataType;
use std::{fmt::Write, fs, path::Path};

/// Between these lines of the page everything is made here.
const BEGIN: &str = "<!-- the tables, made from the declarations in the source -->\n";
const END: &str = "<!-- end of the tables -->\n";

/// What a type is called on the page.
fn word(of: &DataType) -> &'static str {
    match of {
        DataType::Utf8 => "text",
        DataType::Boolean => "true or false",
        DataType::Dictionary(..) => "text, of few different",
        DataType::Binary => "WKB",
        DataType::FixedSizeBinary(_) => "16 bytes",
        DataType::UInt8 => "uint8",
        DataType::UInt16 => "uint16",
        DataType::UInt32 => "uint32",
        DataType::UInt64 => "uint64",
        DataType::Int64 => "int64",
        DataType::Float32 => "float32",
        DataType::Float64 => "float64",
        _ => "unknown",
    }
}

fn line(page: &mut String, column: &ColumnInfo) -> std::fmt::Result {
    let names: Vec<String> = column.fields.iter().map(|field| format!("`{}`", field.name())).collect();
    let names = if column.is_each { "*one for each*".to_owned() } else { names.join(", ") };
    let of = column.fields.first().map_or("", |field| word(field.data_type()));
    let null = column.fields.iter().any(|field| field.is_nullable());
    let (null, unit) = (if null { ", may be null" } else { "" }, column.unit);
    writeln!(page, "| {names} | {of}{null} | {unit} | {} |", column.meaning.trim())
}

fn table<T: Declared>(page: &mut String) -> std::fmt::Result {
    writeln!(page, "### `{}`\n\n{}\n", T::FILE, T::ABOUT.trim())?;
    writeln!(page, "| column | type | unit | meaning |\n|---|---|---|---|")?;
    T::columns().iter().try_for_each(|column| line(page, column))?;
    writeln!(page)
}

fn tables() -> Result<String, std::fmt::Error> {
    let mut page = String::from("\n");
    table::<Grids>(&mut page)?;
    table::<Buildings>(&mut page)?;
    table::<BuildingGrids>(&mut page)?;
    table::<Addresses>(&mut page)?;
    table::<AddressGrids>(&mut page)?;
    table::<Ground>(&mut page)?;
    table::<Records>(&mut page)?;
    table::<RecordGrids>(&mut page)?;
    table::<RecordAreas>(&mut page)?;
    table::<Overrides>(&mut page)?;
    table::<HexCells>(&mut page)?;
    table::<Issues>(&mut page)?;
    table::<People>(&mut page)?;
    Ok(page)
}

/// An attribute that is called like a column of its table would be a second one of that name.
#[test]
fn attributes_cannot_be_called_after_columns() {
    for field in [Records::fields(&[]), People::fields(&[])].concat() {
        assert!(TAKEN_NAMES.contains(&field.name().as_str()), "{} is not among the names that are taken", field.name());
    }
}

/// With `BASEPLATE_WRITE_DOCS` in the environment the page is written anew.
#[test]
fn the_reference_of_the_format_is_what_is_declared() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/format.md");
    let page = fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("where the tables begin");
    let (_, after) = rest.split_once(END).expect("where the tables end");
    let wanted = format!("{before}{BEGIN}{}{END}{after}", tables().expect("text"));
    if std::env::var_os("BASEPLATE_WRITE_DOCS").is_some() {
        fs::write(&path, &wanted).expect("written");
        return;
    }
    assert!(
        page == wanted,
        "docs/format.md is not what the tables declare; set BASEPLATE_WRITE_DOCS and run this test again"
    );
}
