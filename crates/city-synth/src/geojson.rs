//! Feature collections of GeoJSON, written one feature at a time.

use std::io::{self, Write};

use crate::geometry::Point;

/// Starts a collection.
pub(crate) fn start(out: &mut impl Write, name: &str) -> io::Result<()> {
    write!(out, r#"{{"type":"FeatureCollection","name":"{name}","features":["#)
}

/// Starts a feature with these properties, JSON members; `first` says whether no other stands before it.
///
/// Its geometry has to follow, then `}`.
pub(crate) fn start_feature(out: &mut impl Write, first: bool, properties: &str) -> io::Result<()> {
    let separator = if first { "" } else { "," };
    write!(out, "{separator}\n{{\"type\":\"Feature\",\"properties\":{{{properties}}},\"geometry\":")
}

/// Ends a collection.
pub(crate) fn finish(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n]}}")
}

/// Writes a polygon; its rings do not repeat their first vertex.
pub(crate) fn write_polygon(out: &mut impl Write, outer: &[Point], hole: Option<&[Point]>) -> io::Result<()> {
    write!(out, r#"{{"type":"Polygon","coordinates":["#)?;
    write_ring(out, outer)?;
    if let Some(hole) = hole {
        write!(out, ",")?;
        write_ring(out, hole)?;
    }
    write!(out, "]}}")
}

/// Writes a line.
pub(crate) fn write_line(out: &mut impl Write, line: &[Point]) -> io::Result<()> {
    write!(out, r#"{{"type":"LineString","coordinates":"#)?;
    write_vertices(out, line.iter())?;
    write!(out, "}}")
}

/// Writes a ring and closes it with its first vertex.
fn write_ring(out: &mut impl Write, ring: &[Point]) -> io::Result<()> {
    write_vertices(out, ring.iter().chain(ring.first()))
}

fn write_vertices<'a>(out: &mut impl Write, vertices: impl Iterator<Item = &'a Point>) -> io::Result<()> {
    for (vertex, separator) in vertices.zip(std::iter::once("[").chain(std::iter::repeat(","))) {
        let (lng, lat) = vertex.degrees();
        write!(out, "{separator}[{lng:.8},{lat:.8}]")?;
    }
    write!(out, "]")
}
