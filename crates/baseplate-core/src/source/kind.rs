//! Files of another kind than their name says, known by their first bytes.

use super::{Format, SourceError};
use std::path::Path;

/// Bytes by which a kind of file is known.
pub(super) const HEAD: usize = 1024;

/// The cure for tables in other containers.
const AS_CSV: &str = "export the table as CSV (UTF-8) and name that file";
const AS_GEOJSON: &str = "convert it to GeoJSON, for example with ogr2ogr, and name that file";

/// First bytes, what they are, and the cure.
const SIGNS: [(&[u8], &str, &str); 16] = [
    (b"\xff\xfe\x00\x00", "text in UTF-32", "save it as UTF-8"),
    (b"\x00\x00\xfe\xff", "text in UTF-32", "save it as UTF-8"),
    (b"PK\x03\x04", "a spreadsheet (.xlsx) or another zip archive", AS_CSV),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet (.xls) or another old office document", AS_CSV),
    (b"%PDF", "a PDF", AS_CSV),
    (b"{\\rtf", "a text document (.rtf)", AS_CSV),
    (b"PAR1", "a Parquet file", AS_CSV),
    (b"ARROW1", "an Arrow file", AS_CSV),
    (b"SQLite format 3", "a database (GeoPackage or SQLite)", AS_GEOJSON),
    (b"\x00\x00\x27\x0a", "a shapefile", AS_GEOJSON),
    (b"fgb\x03", "a FlatGeobuf file", AS_GEOJSON),
    (b"Rar!", "an archive (.rar)", "unpack it and name the file inside"),
    (b"7z\xbc\xaf", "an archive (.7z)", "unpack it and name the file inside"),
    (b"BZh", "packed with bzip2", "unpack it, or pack it with gzip"),
    (b"\xfd7zXZ", "packed with xz", "unpack it, or pack it with gzip"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it, or pack it with gzip"),
];

/// What web pages and their relatives begin with, in lower case.
const MARKUP: [&[u8]; 6] = [b"<!doctype", b"<html", b"<table", b"<?xml", b"<kml", b"<head"];

/// Fails if the first bytes of a file are those of another kind of file.
pub(super) fn check(path: &Path, format: &Format, head: &[u8]) -> Result<(), SourceError> {
    let fail = |found: &str, cure| Err(SourceError::other_kind(path, found, cure));
    if let Some((_, found, cure)) = SIGNS.iter().find(|(sign, ..)| head.starts_with(sign)) {
        return fail(found, cure);
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if MARKUP.iter().any(|tag| text.len() >= tag.len() && text[..tag.len()].eq_ignore_ascii_case(tag)) {
        return fail("a web page or XML", AS_CSV);
    }
    let is_utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || head.contains(&0);
    match format {
        Format::Delimited(_) if is_json_object(text) => {
            fail("JSON", "a table was expected here; GeoJSON is called .geojson, or .geojsonl with one feature a line")
        }
        Format::Features if !is_utf16 && !text.is_empty() && !matches!(text[0], b'{' | b'[') => {
            fail("no JSON", "a GeoJSON file begins with {; if it is a table, call it .csv")
        }
        _ => Ok(()),
    }
}

/// An object whose first key follows.
fn is_json_object(text: &[u8]) -> bool {
    text.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\"") && rest.contains(&b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(format: &Format, head: &[u8]) -> Option<String> {
        check(Path::new("f"), format, head).err().map(|e| e.to_string())
    }

    #[test]
    fn another_kind_is_named_with_its_cure() {
        let table = Format::Delimited(',');
        let named: [(&[u8], &str); 4] = [
            (b"PK\x03\x04\x14\0", "xlsx"),
            (b"\xef\xbb\xbf\n<Table border=1>", "web page"),
            (b"{\"type\": \"FeatureCollection\"", ".geojson"),
            (b"SQLite format 3\0", "ogr2ogr"),
        ];
        for (head, said) in named {
            let error = found(&table, head).unwrap_or_default();
            assert!(error.contains(said), "{error}");
        }
        assert!(found(&Format::Features, b"code,x,y\n").is_some_and(|e| e.contains(".csv")));
        for head in [&b"code,x\n"[..], b"", b"{code},x\n", b"<1km,x\n", b"\xff\xfec\0o\0"] {
            assert_eq!(found(&table, head), None);
        }
        for head in [&b"{}"[..], b"\xef\xbb\xbf [", b"", b"\xff\xfe{\0"] {
            assert_eq!(found(&Format::Features, head), None);
        }
    }
}
