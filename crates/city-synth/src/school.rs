//! The grounds of schools.

use std::io::{self, Write};

use crate::city::City;
use crate::geojson::{start_feature, write_polygon};
use crate::geometry::{Point, Quad};
use crate::grid::Grid;
use crate::land_use::Use;
use crate::lot::Part;
use crate::random::{Purpose, Random};
use crate::shape::core_extent;
use crate::site::Site;

/// Distance of a school's fence from streets and from the border of its grid, metres.
const FENCE: f64 = 3.0;
/// Least and most ground of a pupil, m².
const GROUND: [f64; 2] = [28.0, 55.0];

/// A school's grounds; rings do not repeat their first vertex.
struct Grounds {
    outer: Quad,
    /// The grid that the grounds lie around, clockwise.
    hole: Option<[Point; 4]>,
}

/// Writes the schools of one grid; returns their number. `first` says whether none was written before.
pub(crate) fn write(out: &mut impl Write, city: &City, grid: &Grid<'_>, first: bool) -> io::Result<u64> {
    let mut rows = 0;
    for site in city.sites(grid.lot, grid.part).iter().filter(|site| site.usage == Use::School) {
        let Some(grounds) = Grounds::new(city, grid, site) else { continue };
        let mut random = Random::new(city.seed, Purpose::Pupils, &[site.block.i.into(), site.block.j.into()]);
        let pupils = (grounds.area() / random.between(GROUND[0], GROUND[1])).ceil();
        let name = city.compound(site);
        start_feature(out, first && rows == 0, &format!(r#""name":"{name}","pupils":{pupils}"#))?;
        write_polygon(out, &grounds.outer.0, grounds.hole.as_ref().map(<[Point; 4]>::as_slice))?;
        write!(out, "}}")?;
        rows += 1;
    }
    Ok(rows)
}

impl Grounds {
    /// The land inside the fence of a site.
    fn new(city: &City, grid: &Grid<'_>, site: &Site) -> Option<Self> {
        let quad = city.lattice.quad(site.block);
        let (u, v) = core_extent(city.seed, site.block);
        let core = quad.part(u, v);
        if site.part == Part::Core {
            return Some(Self { outer: core.inset([FENCE; 4])?, hole: None });
        }
        let margins = site.block.sides().map(|side| FENCE + city.lattice.bulge(side));
        let hole = grid.lot.core.map(|_| {
            let [sw, se, ne, nw] = core.0;
            [sw, nw, ne, se]
        });
        Some(Self { outer: quad.inset(margins)?, hole })
    }

    /// Area, m².
    fn area(&self) -> f64 {
        self.outer.area() - self.hole.map_or(0.0, |[sw, nw, ne, se]| Quad([sw, se, ne, nw]).area())
    }
}
