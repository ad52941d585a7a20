//! The files of other departments, which say something about the addresses and the ground of the city.

use std::io::{self, Write};

use crate::Summary;
use crate::city::City;
use crate::geojson;
use crate::grid::Grid;
use crate::ground::Ground;
use crate::hotline::{self, Hotline};
use crate::random::Purpose;
use crate::rental;
use crate::school;
use crate::street_furniture::{CAMERAS_HEADER, Cameras, PARTS_HEADER, Parts};

/// The open files of the departments.
pub(crate) struct DepartmentFiles<W> {
    hotline: W,
    parts: W,
    cameras: W,
    rentals: W,
    schools: W,
    ground: W,
}

impl<W: Write> DepartmentFiles<W> {
    /// The files, each opened by its name.
    pub(crate) fn open(mut open: impl FnMut(&str) -> io::Result<W>) -> io::Result<Self> {
        Ok(Self {
            hotline: open("hotline.csv")?,
            parts: open("parts.csv")?,
            cameras: open("cameras.csv")?,
            rentals: open("rentals.csv")?,
            schools: open("schools.geojson")?,
            ground: open("ground.geojson")?,
        })
    }

    /// Hands over what is buffered.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let Self { hotline, parts, cameras, rentals, schools, ground } = self;
        [hotline, parts, cameras, rentals, schools, ground].into_iter().try_for_each(W::flush)
    }
}

/// The records of the departments, made grid by grid.
pub(crate) struct Departments {
    hotline: Hotline,
    parts: Parts,
    cameras: Cameras,
    ground: Ground,
}

impl Departments {
    /// Starts the files of `city`.
    pub(crate) fn start<W: Write>(files: &mut DepartmentFiles<W>, city: &City) -> io::Result<Self> {
        writeln!(files.hotline, "{}", hotline::HEADER)?;
        writeln!(files.parts, "{PARTS_HEADER}")?;
        writeln!(files.cameras, "{CAMERAS_HEADER}")?;
        writeln!(files.rentals, "{}", rental::HEADER)?;
        geojson::start(&mut files.schools, "schools")?;
        Ok(Self {
            hotline: Hotline::new(city),
            parts: Parts::default(),
            cameras: Cameras::default(),
            ground: Ground::start(&mut files.ground, city)?,
        })
    }

    /// Writes the records of one grid and adds them to the summary.
    pub(crate) fn write_grid<W: Write>(
        &mut self,
        files: &mut DepartmentFiles<W>,
        city: &City,
        grid: &Grid<'_>,
        summary: &mut Summary,
    ) -> io::Result<()> {
        let random = |purpose| grid.random(city.seed, purpose);
        summary.requests += self.hotline.write(&mut files.hotline, grid, &mut random(Purpose::Hotline))?;
        summary.parts += self.parts.write(&mut files.parts, city, grid, &mut random(Purpose::Parts))?;
        summary.cameras += self.cameras.write(&mut files.cameras, city, grid, &mut random(Purpose::Cameras))?;
        summary.rentals += rental::write(&mut files.rentals, grid, &mut random(Purpose::Rentals))?;
        summary.schools += school::write(&mut files.schools, city, grid, summary.schools == 0)?;
        self.ground.write_greens(&mut files.ground, grid)
    }

    /// Ends the files and completes the summary.
    pub(crate) fn finish<W: Write>(mut self, files: &mut DepartmentFiles<W>, summary: &mut Summary) -> io::Result<()> {
        summary.requests += self.hotline.finish(&mut files.hotline)?;
        summary.ground = self.ground.finish(&mut files.ground)?;
        geojson::finish(&mut files.schools)
    }
}
