//! The files of a city.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::Summary;
use crate::address::{self, AddressList, Location};
use crate::ancestry::Ancestry;
use crate::building::{Building, Layout};
use crate::city::City;
use crate::departments::{DepartmentFiles, Departments};
use crate::enterprise::{self, Register};
use crate::geojson::{self, start_feature, write_polygon};
use crate::grid::{Grid, Premises, Vacancy};
use crate::people::{self, Census};
use crate::random::{Purpose, Random};
use crate::shape::Shape;

/// Size of a file's buffer, bytes.
const BUFFER: usize = 1 << 18;
/// The description of the files.
const SPEC: &str = include_str!("spec.toml");

/// The open files of a city.
struct Files<W> {
    grids: W,
    buildings: W,
    addresses: W,
    people: W,
    enterprises: W,
    departments: DepartmentFiles<W>,
    summary: Summary,
}

/// Writes the city's files into `dir`, which is created.
pub(crate) fn write(dir: &Path, city: &City) -> io::Result<Summary> {
    fs::create_dir_all(dir)?;
    fs::write(dir.join("spec.toml"), SPEC)?;
    let mut files = Files::open(|name| Ok(BufWriter::with_capacity(BUFFER, File::create(dir.join(name))?)))?;
    files.write_city(city)?;
    files.flush()?;
    Ok(files.summary)
}

impl<W: Write> Files<W> {
    /// The files, each opened by its name.
    fn open(mut open: impl FnMut(&str) -> io::Result<W>) -> io::Result<Self> {
        Ok(Self {
            grids: open("grids.geojson")?,
            buildings: open("buildings.geojsonl")?,
            addresses: open("addresses.csv")?,
            people: open("people.csv")?,
            enterprises: open("enterprises.csv")?,
            departments: DepartmentFiles::open(open)?,
            summary: Summary::default(),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        let Self { grids, buildings, addresses, people, enterprises, departments, .. } = self;
        [grids, buildings, addresses, people, enterprises].into_iter().try_for_each(W::flush)?;
        departments.flush()
    }

    fn write_city(&mut self, city: &City) -> io::Result<()> {
        let mut census = Census::new(city);
        let mut register = Register::new(city);
        let mut departments = Departments::start(&mut self.departments, city)?;
        geojson::start(&mut self.grids, "grids")?;
        writeln!(self.addresses, "{}", address::HEADER)?;
        writeln!(self.people, "{}", people::HEADER)?;
        writeln!(self.enterprises, "{}", enterprise::HEADER)?;
        for community in &city.communities {
            let ancestry = Ancestry::new(city, community);
            let parts = community.lots.iter().flat_map(|lot| lot.parts().iter().map(move |&part| (lot, part)));
            for (number, (lot, part)) in (1..).zip(parts) {
                let code = format!("{}{number:02}", ancestry.community.0);
                let name = format!("{}第{number:02}网格", ancestry.community.1);
                let properties = format!(r#""code":"{code}","name":"{name}",{}"#, ancestry.properties());
                self.write_grid(&Shape::new(&city.lattice, city.seed, lot, part), &properties)?;
                let mut grid = Grid::empty(community, &ancestry, (lot, part));
                self.write_buildings(city, &mut grid, &code)?;
                let random = |purpose| grid.random(city.seed, purpose);
                self.summary.people += census.write(&mut self.people, &grid.rooms, &mut random(Purpose::People))?;
                self.summary.enterprises +=
                    register.write(&mut self.enterprises, &ancestry, &grid.rooms, &mut random(Purpose::Enterprises))?;
                departments.write_grid(&mut self.departments, city, &grid, &mut self.summary)?;
            }
        }
        departments.finish(&mut self.departments, &mut self.summary)?;
        geojson::finish(&mut self.grids)
    }

    fn write_grid(&mut self, shape: &Shape, properties: &str) -> io::Result<()> {
        start_feature(&mut self.grids, self.summary.grids == 0, properties)?;
        self.summary.grids += 1;
        write_polygon(&mut self.grids, &shape.outer, shape.hole.as_deref())?;
        write!(self.grids, "}}")
    }

    /// Writes the buildings of one grid and their addresses, and puts them into the grid.
    fn write_buildings(&mut self, city: &City, grid: &mut Grid<'_>, grid_code: &str) -> io::Result<()> {
        let divisions = grid.ancestry.text();
        let [i, j, part] = grid.identity();
        let mut number = 0;
        for site in city.sites(grid.lot, grid.part) {
            let Layout { buildings, vacant } = city.layout(&site);
            let locations = city.locations(&site, &buildings);
            let estate = city.compound(&site);
            grid.vacancies.extend(vacant.into_iter().map(|land| Vacancy { estate: estate.clone(), land }));
            for (building, location) in buildings.into_iter().zip(locations) {
                number += 1;
                let code = if building.temporary {
                    format!("{grid_code}T{number:04}")
                } else {
                    format!("{grid_code}{number:05}")
                };
                self.write_building(&building, &code, &location)?;
                let mut random = Random::new(city.seed, Purpose::Rooms, &[i, j, part, number]);
                let list = AddressList { building: &building, code: &code, divisions: &divisions, location: &location };
                let listed = list.write(&mut self.addresses, city.listed, &mut random)?;
                self.summary.addresses += 1 + listed.len() as u64;
                let first = grid.rooms.len();
                grid.rooms.extend(listed);
                grid.premises.push(Premises { building, code, location, rooms: first..grid.rooms.len() });
            }
        }
        Ok(())
    }

    fn write_building(&mut self, building: &Building, code: &str, location: &Location) -> io::Result<()> {
        self.summary.buildings += 1;
        let name = location.building_name();
        let Building { floors, height, usage, .. } = building;
        write!(
            self.buildings,
            r#"{{"type":"Feature","properties":{{"code":"{code}","name":"{name}","floors":{floors},"height":{height:.1},"use":"{usage}"}},"geometry":"#
        )?;
        write_polygon(&mut self.buildings, &building.footprint, None)?;
        writeln!(self.buildings, "}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::Scale;
    use std::collections::{BTreeMap, BTreeSet};

    /// The data files of a city, as text.
    fn texts(scale: Scale, seed: u64) -> ([String; 5], Summary) {
        let mut files = Files::open(|_| Ok(Vec::new())).unwrap();
        files.write_city(&City::new(scale, seed)).unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let all = [files.grids, files.buildings, files.addresses, files.people, files.enterprises];
        (all.map(text), files.summary)
    }

    /// The rings in a file, by the text of their vertices, closing vertex included.
    fn rings(text: &str) -> Vec<Vec<&str>> {
        let features = text.lines().filter_map(|line| line.split_once("\"coordinates\":[[[")?.1.split_once("]]]"));
        features.flat_map(|(rings, _)| rings.split("]],[[")).map(|ring| ring.split("],[").collect()).collect()
    }

    /// Twice the signed area of the triangle of an edge and a fixed point, degrees².
    fn swept(from: &str, to: &str) -> f64 {
        let parse = |vertex: &str| {
            let (lng, lat) = vertex.split_once(',').unwrap();
            (lng.parse::<f64>().unwrap() - 114.0, lat.parse::<f64>().unwrap() - 22.5)
        };
        let ((ax, ay), (bx, by)) = (parse(from), parse(to));
        ax * by - bx * ay
    }

    fn ring_sum(ring: &[&str]) -> f64 {
        ring.windows(2).map(|edge| swept(edge[0], edge[1])).sum()
    }

    /// Values of a string property in a file of features.
    fn values<'a>(text: &'a str, property: &str) -> Vec<&'a str> {
        let start = format!("\"{property}\":\"");
        text.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn the_seed_decides_every_byte() {
        let first = texts(Scale::Town, 1);
        assert_eq!(first, texts(Scale::Town, 1));
        let other = texts(Scale::Town, 2);
        for (a, b) in first.0.iter().zip(&other.0) {
            assert_ne!(a, b);
        }
    }

    #[test]
    fn the_grids_are_a_partition() {
        for seed in 1..6 {
            let ([grids, ..], _) = texts(Scale::Town, seed);
            let rings = rings(&grids);
            let mut edges = BTreeSet::new();
            for edge in rings.iter().flat_map(|ring| ring.windows(2)) {
                assert!(edges.insert((edge[0], edge[1])), "edge used twice: {edge:?}");
            }
            let mut outline: BTreeMap<&str, &str> = BTreeMap::new();
            for &(from, to) in edges.iter().filter(|(a, b)| !edges.contains(&(*b, *a))) {
                assert_eq!(outline.insert(from, to), None, "outline touches itself");
            }
            let start = *outline.keys().next().unwrap();
            let mut ring = vec![start];
            while let Some(next) = outline.remove(ring[ring.len() - 1]) {
                ring.push(next);
            }
            assert!(outline.is_empty(), "the outline is one ring");
            assert_eq!(ring[ring.len() - 1], start);
            let sum: f64 = rings.iter().map(|ring| ring_sum(ring)).sum();
            assert!(sum > 0.0 && (sum / ring_sum(&ring) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn some_grids_have_a_hole_that_is_a_grid() {
        let ([grids, ..], summary) = texts(Scale::Town, 1);
        let rings = rings(&grids);
        let holes = rings.iter().filter(|ring| ring_sum(ring) < 0.0).count();
        assert!(holes >= 1);
        assert_eq!(rings.len() as u64, summary.grids + holes as u64);
    }

    #[test]
    fn the_town_has_its_size_and_unique_codes() {
        let ([grids, buildings, addresses, ..], summary) = texts(Scale::Town, 3);
        let distinct = |codes: &[&str]| codes.iter().collect::<BTreeSet<_>>().len() as u64;
        let grid_codes = values(&grids, "code");
        let building_codes = values(&buildings, "code");
        let address_codes: Vec<&str> = addresses.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(summary.grids, 60);
        assert!((1_710..=1_890).contains(&summary.buildings));
        assert!((11_400..=12_600).contains(&summary.addresses));
        assert_eq!(distinct(&grid_codes), summary.grids);
        assert_eq!(distinct(&building_codes), summary.buildings);
        assert_eq!(distinct(&address_codes), summary.addresses);
        assert!(grid_codes.iter().all(|code| code.len() == 14));
        assert!(building_codes.iter().all(|code| code.len() == 19));
        assert!(address_codes.iter().all(|code| code.len() == 25));
        let levels = ["district", "subdistrict", "community"];
        let counts = levels.map(|level| distinct(&values(&grids, level)));
        assert_eq!(counts, [2, 4, 12]);
        let size = grids.len() + buildings.len() + addresses.len();
        assert!(size < 4_500_000);
    }

    #[test]
    fn every_building_has_one_main_address() {
        let ([_, buildings, addresses, ..], summary) = texts(Scale::Town, 4);
        let codes: BTreeSet<&str> = values(&buildings, "code").into_iter().collect();
        let mut main = 0;
        for fields in addresses.lines().skip(1).map(|line| line.split(',')) {
            let fields: Vec<&str> = fields.collect();
            assert_eq!(fields.len(), 10);
            assert!(codes.contains(fields[4]) && fields[0].starts_with(fields[4]));
            main += u64::from(fields[0].ends_with("000000"));
        }
        assert_eq!(main, summary.buildings);
    }

    #[test]
    fn the_district_has_its_size() {
        let mut files = Files::open(|_| Ok(io::sink())).unwrap();
        files.write_city(&City::new(Scale::District, 1)).unwrap();
        let Summary { grids, buildings, addresses, people, enterprises, .. } = files.summary;
        assert_eq!(grids, 5_000);
        assert!((190_000..=210_000).contains(&buildings));
        assert!((2_850_000..=3_150_000).contains(&addresses));
        assert!((4_500_000..=5_500_000).contains(&people), "{people}");
        assert!((900_000..=1_100_000).contains(&enterprises), "{enterprises}");
    }
}
