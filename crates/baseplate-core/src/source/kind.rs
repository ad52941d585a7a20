//! Kinds of files: those that are read, known by their names, and those that are not, known by their names
//! or by their first bytes, with how one that is read is made of them.
//!
//! Users have spreadsheets, shapefiles and archives. Such a file is refused with the exact command or menu
//! that turns it into one that is read; the table [`FOREIGN`] has a line for each kind.

use super::error::SourceError;
use std::path::Path;

/// What a file's name says is in it.
pub(super) enum Format {
    /// A GeoJSON document.
    Features,
    /// One GeoJSON feature a line.
    FeatureLines,
    /// Columns, with the separator that is tried first.
    Delimited(char),
}

impl Format {
    /// What a file's name says is in it; `.gz` at its end is passed over.
    ///
    /// # Errors
    /// For any other name, with what to do if the kind of file is known.
    pub(super) fn of(path: &Path) -> Result<Self, SourceError> {
        let name = path.to_string_lossy().to_ascii_lowercase();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        match plain.rsplit_once('.').map(|(_, extension)| extension) {
            Some("geojson" | "json") => Ok(Self::Features),
            Some("geojsonl" | "geojsons" | "ndjson" | "jsonl") => Ok(Self::FeatureLines),
            Some("csv") => Ok(Self::Delimited(',')),
            Some("tsv") => Ok(Self::Delimited('\t')),
            extension => {
                let foreign = extension.and_then(|extension| called(path, extension, &Self::Features));
                Err(foreign.unwrap_or_else(|| SourceError::UnknownFormat(path.to_owned())))
            }
        }
    }

    /// The separator that is tried first, if the file has columns.
    pub(super) fn delimiter(&self) -> Option<char> {
        match self {
            Self::Delimited(delimiter) => Some(*delimiter),
            Self::Features | Self::FeatureLines => None,
        }
    }
}

/// Bytes by which a kind of file is known.
pub(super) const HEAD: usize = 1024;

/// A kind of file that is not read.
struct Foreign {
    /// What it is, in words that follow "it is".
    found: &'static str,
    /// What its name may end in.
    extensions: &'static [&'static str],
    /// What it may begin with.
    signs: &'static [&'static [u8]],
    /// What makes a file of it that is read.
    cure: Cure,
}

/// What makes a file that is read.
#[derive(Clone, Copy)]
enum Cure {
    /// The program that a table belongs to can write CSV.
    Save,
    /// GDAL reads it, as one layer.
    Convert,
    /// GDAL reads it, as several layers.
    ConvertLayer,
    /// Anything else.
    Said(&'static str),
}

/// The cure for an archive.
const UNPACK: Cure = Cure::Said("unpack it and name the file inside");
/// The cure for a file that is packed in another way than with gzip.
const PACK_OTHERWISE: Cure = Cure::Said("unpack it, or pack it with gzip");

/// A line of [`FOREIGN`].
const fn foreign(
    found: &'static str,
    extensions: &'static [&'static str],
    signs: &'static [&'static [u8]],
    cure: Cure,
) -> Foreign {
    Foreign { found, extensions, signs, cure }
}

/// The kinds that are not read.
const FOREIGN: [Foreign; 22] = [
    foreign("text in UTF-32", &[], &[b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"], Cure::Said("save it as UTF-8")),
    foreign("a spreadsheet (.xlsx) or another zip archive", &["xlsx", "xlsm", "ods"], &[b"PK\x03\x04"], Cure::Save),
    foreign("a spreadsheet (.xls) or another old office document", &["xls", "et"], &[b"\xd0\xcf\x11\xe0"], Cure::Save),
    foreign("a PDF", &["pdf"], &[b"%PDF"], Cure::Said("get the table that it was made from, and save that as CSV")),
    foreign(
        "a text document (.doc, .docx or .rtf)",
        &["rtf", "doc", "docx"],
        &[b"{\\rtf"],
        Cure::Said("save its table as CSV"),
    ),
    foreign("a Parquet file", &["parquet", "geoparquet"], &[b"PAR1"], Cure::Convert),
    foreign("an Arrow file", &["arrow", "feather"], &[b"ARROW1"], Cure::Convert),
    foreign("a database (GeoPackage or SQLite)", &["gpkg", "sqlite", "db"], &[b"SQLite format 3"], Cure::ConvertLayer),
    foreign("an Access database", &["mdb", "accdb"], &[], Cure::Said("export each of its tables as CSV")),
    foreign("a geodatabase", &["gdb"], &[], Cure::ConvertLayer),
    foreign("a shapefile", &["shp", "shx", "dbf"], &[b"\x00\x00\x27\x0a"], Cure::Convert),
    foreign("a FlatGeobuf file", &["fgb"], &[b"fgb\x03"], Cure::Convert),
    foreign("a MapInfo file", &["tab", "mif"], &[], Cure::Convert),
    foreign("a drawing (.dxf)", &["dxf"], &[], Cure::Convert),
    foreign("a drawing (.dwg)", &["dwg"], &[], Cure::Said("save it as .dxf, and convert that with ogr2ogr")),
    foreign("KML", &["kml", "kmz"], &[b"<kml"], Cure::ConvertLayer),
    foreign("GML", &["gml"], &[b"<gml:", b"<wfs:"], Cure::ConvertLayer),
    foreign("a web page or XML", &["html", "htm", "xml"], &MARKUP, Cure::Said(NO_TABLE)),
    foreign("an archive", &["zip", "rar", "7z", "tar"], &[b"Rar!", b"7z\xbc\xaf"], UNPACK),
    foreign("packed with bzip2", &["bz2"], &[b"BZh"], PACK_OTHERWISE),
    foreign("packed with xz", &["xz"], &[b"\xfd7zXZ"], PACK_OTHERWISE),
    foreign("packed with zstd", &["zst"], &[b"\x28\xb5\x2f\xfd"], PACK_OTHERWISE),
];

/// The cure for what only looks like a table on screen.
const NO_TABLE: &str = "export the table as CSV (UTF-8) and name that file";

/// What web pages and their relatives begin with, in lower case.
const MARKUP: [&[u8]; 5] = [b"<!doctype", b"<html", b"<table", b"<?xml", b"<head"];

impl Foreign {
    /// The error for such a file where one of a kind that is read is wanted.
    fn error(&self, path: &Path, wanted: &Format) -> SourceError {
        SourceError::other_kind(path, self.found, &self.cure.words(path, wanted))
    }

    /// Whether its name may end so, in lower case.
    fn is_called(&self, extension: &str) -> bool {
        self.extensions.contains(&extension)
    }

    /// Whether a file begins like it: by its bytes, or by a tag after a mark and white space.
    fn begins(&self, head: &[u8], text: &[u8]) -> bool {
        let is_tag = |sign: &[u8]| {
            sign.starts_with(b"<") && text.get(..sign.len()).is_some_and(|found| found.eq_ignore_ascii_case(sign))
        };
        self.signs.iter().any(|sign| head.starts_with(sign) || is_tag(sign))
    }
}

impl Cure {
    /// What to do with a file where one of another kind is wanted.
    fn words(self, path: &Path, wanted: &Format) -> String {
        let (driver, extension) = match wanted {
            Format::Delimited(_) => ("CSV -lco GEOMETRY=AS_XY", "csv"),
            Format::Features | Format::FeatureLines => ("GeoJSON", "geojson"),
        };
        if path.extension().is_some_and(|last| last.eq_ignore_ascii_case("gz")) {
            return format!("unpack it with: gunzip {}", quoted(path));
        }
        // Not onto itself, where the file has the name of another kind.
        let beside = path.with_extension(extension);
        let to = if beside == path { path.with_extension(format!("converted.{extension}")) } else { beside };
        let (from, to) = (quoted(path), quoted(&to));
        match self {
            Self::Said(words) => words.to_owned(),
            Self::Save => {
                "open it in Excel or WPS, choose 'save as', 'CSV UTF-8 (*.csv)', and name that file".to_owned()
            }
            Self::Convert => format!("convert it with: ogr2ogr -f {driver} {to} {from}"),
            Self::ConvertLayer => {
                format!("see its layers with: ogrinfo {from}; convert one with: ogr2ogr -f {driver} {to} {from} LAYER")
            }
        }
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':');
    // A name that begins with a dash would be an option.
    let path = if path.len() > 1 && path.starts_with('-') { format!("./{path}").into() } else { path };
    if path.chars().all(is_plain) { path.into_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// Why a file of which the name ends in this is not read, if that is known.
pub(super) fn called(path: &Path, extension: &str, wanted: &Format) -> Option<SourceError> {
    let kind = FOREIGN.iter().find(|kind| kind.is_called(extension))?;
    Some(kind.error(path, wanted))
}

/// Looks whether the first bytes of a file are those of another kind of file.
///
/// # Errors
/// If they are, with what to do about it.
pub(super) fn check(path: &Path, format: &Format, head: &[u8]) -> Result<(), SourceError> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    let mut alike = FOREIGN.iter().filter(|kind| kind.begins(head, text));
    // Many kinds are XML or zip inside; then the name says more than the first bytes.
    let named = || FOREIGN.iter().find(|kind| kind.is_called(&extension));
    if let Some(kind) = alike.next() {
        return Err(named().unwrap_or(kind).error(path, format));
    }
    let fail = |found: &str, cure| Err(SourceError::other_kind(path, found, cure));
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

    #[test]
    fn a_file_is_turned_down_with_the_command_that_converts_it() {
        let said = |path: &str| {
            let error = Format::of(Path::new(path)).err().expect(path);
            error.to_string()
        };
        for (path, command) in [
            ("a/grids.shp", "ogr2ogr -f GeoJSON a/grids.geojson a/grids.shp"),
            ("网格 1.SHP", "ogr2ogr -f GeoJSON '网格 1.geojson' '网格 1.SHP'"),
            ("it's.fgb", r"ogr2ogr -f GeoJSON 'it'\''s.geojson' 'it'\''s.fgb'"),
            ("-g.shp", "ogr2ogr -f GeoJSON ./-g.geojson ./-g.shp"),
            ("city.gpkg", "ogrinfo city.gpkg; convert one with: ogr2ogr -f GeoJSON city.geojson city.gpkg LAYER"),
            ("city.gdb", "ogr2ogr -f GeoJSON city.geojson city.gdb LAYER"),
            ("city.kml", "ogr2ogr -f GeoJSON city.geojson city.kml LAYER"),
            ("city.parquet", "ogr2ogr -f GeoJSON city.geojson city.parquet"),
            ("list.xlsx", "CSV UTF-8 (*.csv)"),
            ("list.et", "CSV UTF-8 (*.csv)"),
            ("all.zip", "unpack it"),
            ("list.pages", "use .geojson, .geojsonl or .csv"),
        ] {
            assert!(said(path).contains(command), "{}", said(path));
        }
        // Where a table of points is wanted, and the name says more than the first bytes.
        let table =
            |path: &str, head: &[u8]| check(Path::new(path), &Format::Delimited(','), head).map_err(|e| e.to_string());
        let said = table("p.gpkg", b"SQLite format 3\0").expect_err("no table");
        assert!(said.contains("ogr2ogr -f CSV -lco GEOMETRY=AS_XY p.csv p.gpkg LAYER"), "{said}");
        let said = table("p.csv", b"SQLite format 3\0").expect_err("no table");
        assert!(said.contains("p.converted.csv p.csv LAYER"), "{said}");
        let said = table("p.shp.gz", b"\x00\x00\x27\x0a").expect_err("no table");
        assert!(said.contains("gunzip p.shp.gz"), "{said}");
        let said = table("p.kml", b"<?xml version='1.0'?><kml>").expect_err("no table");
        assert!(said.contains("KML") && said.contains("p.csv p.kml LAYER"), "{said}");
    }
}
