//! Well-known text.

use geo_types::{Coord, Geometry, LineString, Polygon};

/// A point, polygon, multipolygon or multi-line string as text; nothing for others, which features do not have.
pub(super) fn wkt(geometry: &Geometry<f64>) -> String {
    match geometry {
        Geometry::Point(at) => format!("POINT({})", vertex(&at.0)),
        Geometry::Polygon(area) => format!("POLYGON{}", polygon(area)),
        Geometry::MultiPolygon(areas) => format!("MULTIPOLYGON{}", list(areas.iter().map(polygon))),
        Geometry::MultiLineString(lines) => format!("MULTILINESTRING{}", list(lines.iter().map(line))),
        _ => String::new(),
    }
}

fn polygon(area: &Polygon<f64>) -> String {
    list(std::iter::once(area.exterior()).chain(area.interiors()).map(line))
}

fn line(line: &LineString<f64>) -> String {
    list(line.coords().map(vertex))
}

fn vertex(at: &Coord<f64>) -> String {
    format!("{} {}", at.x, at.y)
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("({})", items.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{MultiLineString, MultiPolygon, Point, line_string, polygon};

    #[test]
    fn the_text_is_the_one_of_the_standard() {
        let area = polygon! {
            exterior: [(x: 0., y: 0.), (x: 4.5, y: 0.), (x: 0., y: 4.)],
            interiors: [[(x: 1., y: 1.), (x: 1., y: 2.), (x: 2., y: 1.)]],
        };
        let text = "((0 0,4.5 0,0 4,0 0),(1 1,1 2,2 1,1 1))";
        assert_eq!(wkt(&Point::new(114.05, -22.5).into()), "POINT(114.05 -22.5)");
        assert_eq!(wkt(&area.clone().into()), format!("POLYGON{text}"));
        assert_eq!(wkt(&MultiPolygon(vec![area]).into()), format!("MULTIPOLYGON({text})"));
        let line = line_string![(x: 0., y: 0.5), (x: 4., y: 2.)];
        assert_eq!(wkt(&MultiLineString(vec![line]).into()), "MULTILINESTRING((0 0.5,4 2))");
    }
}
