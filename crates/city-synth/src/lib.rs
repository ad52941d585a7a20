//! A synthetic Chinese city as source files: basic grids, buildings, standard addresses, people, enterprises and the
//! records of other departments.
//!
//! Real governance data cannot be handed around, but software that reads it has to be tried at its real size. This
//! crate writes a city that never existed, in the form in which such data is delivered: with nested divisions and
//! 14-digit grid codes, with buildings numbered inside their grid, with addresses in GCJ-02 that run from the city
//! down to the room.
//!
//! * **Streets** form a deformed lattice, closer in the centre than at the rim. The vertices of a street between two
//!   crossings depend on that street alone, so the grids on both sides carry the same text and the grids are an exact
//!   partition of the city: no gaps, no overlaps, no vertex on the middle of a neighbour's edge.
//! * **Grids** (网格) are one block or a few blocks between streets. A few of them have a hole that is filled by a
//!   grid of its own.
//! * **Divisions** come from bisecting the city, so districts, subdistricts and communities nest. All codes start
//!   with `9901`, which belongs to no province.
//! * **Buildings** stand in rows on the land between streets, at least 6 m from the border of their grid, and never
//!   overlap.
//! * **Addresses** are the building's own and those of its rooms.
//! * **People** live in the rooms of dwellings; some are registered, own or rent at another address too. Nobody can have
//!   their ids: area `000000`, born from 2900 to 2999.
//! * **Enterprises** are registered in rooms, some of them by the dozen in one; some also work or store elsewhere. Their
//!   codes pass both checks and carry the area of the made-up city.
//!
//! * **Other departments** keep two years of requests to the hotline 12345, street furniture, cameras, rented homes, the
//!   grounds of schools, and the ground with its streets, river, sea and greens. The hotline has what is wrong with such
//!   exports: tickets that come twice, times that cannot be, and a community that complains of noise all summer.
//!
//! Everything is a function of the scale and the seed. Files are streamed: everything below a grid is made for one grid at
//! a time and forgotten once written, so the second address of a person or an enterprise lies in the same grid.
//!
//! ```
//! use city_synth::{Scale, write_city};
//!
//! let dir = std::env::temp_dir().join(format!("city-synth-{}", std::process::id()));
//! let summary = write_city(&dir, Scale::Town, 1)?;
//! assert_eq!(summary.grids, 60);
//!
//! let addresses = std::fs::read_to_string(dir.join("addresses.csv"))?;
//! assert_eq!(addresses.lines().count() as u64, summary.addresses + 1);
//! std::fs::remove_dir_all(&dir)?;
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io;
use std::path::Path;

mod address;
mod ancestry;
mod building;
mod calendar;
mod citizen;
mod city;
mod departments;
mod division;
mod enterprise;
mod geojson;
mod geometry;
mod grid;
mod ground;
mod hotline;
mod industry;
mod land_use;
mod lattice;
mod lot;
mod names;
mod outline;
mod people;
mod random;
mod rental;
mod saying;
mod scale;
mod school;
mod shape;
mod site;
mod street_furniture;
mod topic;
mod write;

pub use scale::{Scale, UnknownScale};

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Number of grids.
    pub grids: u64,
    /// Number of buildings.
    pub buildings: u64,
    /// Number of addresses, main addresses of buildings included.
    pub addresses: u64,
    /// Number of rows of people, one for each role at an address.
    pub people: u64,
    /// Number of rows of enterprises, one for each role at an address.
    pub enterprises: u64,
    /// Number of rows of requests to the hotline, those that come twice included.
    pub requests: u64,
    /// Number of pieces of street furniture.
    pub parts: u64,
    /// Number of cameras.
    pub cameras: u64,
    /// Number of rented homes.
    pub rentals: u64,
    /// Number of grounds of schools.
    pub schools: u64,
    /// Number of streets, waters and greens.
    pub ground: u64,
}

/// Writes the city of `scale` and `seed` into `dir`, which is created; files of the same names are replaced.
///
/// The files are `grids.geojson` (WGS84-compatible CGCS2000), `buildings.geojsonl` (WGS84), `addresses.csv` (GCJ-02),
/// `people.csv`, `enterprises.csv` and `spec.toml`, which describes these; and, of other departments, `hotline.csv`,
/// `parts.csv`, `cameras.csv` (GCJ-02), `rentals.csv`, `schools.geojson` and `ground.geojson` (WGS84).
///
/// # Errors
///
/// When the directory or one of the files cannot be created or written.
pub fn write_city(dir: &Path, scale: Scale, seed: u64) -> io::Result<Summary> {
    write::write(dir, &city::City::new(scale, seed))
}
