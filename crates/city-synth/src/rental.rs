//! Rented homes (出租屋): houses of villages as a whole, flats one by one.

use std::io::{self, Write};

use crate::calendar;
use crate::grid::Grid;
use crate::land_use::Use;
use crate::random::Random;

/// First line of the file of rented homes.
pub(crate) const HEADER: &str = "addr_code,units,area_m2,checked";

/// Share of the houses in villages that are let.
const HOUSES: f64 = 0.22;
/// Share of the flats in housing estates that are let and registered.
const FLATS: f64 = 0.02;
/// Least and most area of a room in a house, m².
const ROOM: [f64; 2] = [12.0, 32.0];
/// Least and most area of a flat, m².
const FLAT: [f64; 2] = [38.0, 128.0];
/// Numbers of units that a flat is let in, from 1, with their shares in percent.
const UNITS: [u32; 5] = [62, 12, 15, 8, 3];
/// Share of homes that were never checked.
const UNCHECKED: f64 = 0.05;

/// Writes the rented homes of one grid; returns their number.
pub(crate) fn write(out: &mut impl Write, grid: &Grid<'_>, random: &mut Random) -> io::Result<u64> {
    let mut rows = 0;
    for premises in &grid.premises {
        match premises.building.usage {
            Use::Village if random.chance(HOUSES) => {
                let units = premises.building.room_count();
                let area = f64::from(units) * random.between(ROOM[0], ROOM[1]);
                write_row(out, &premises.main_address(), (units, area), random)?;
                rows += 1;
            }
            Use::Residential => {
                for room in grid.rooms.get(premises.rooms.clone()).unwrap_or_default() {
                    if random.chance(FLATS) {
                        let units = random.weighted(&UNITS) as u32 + 1;
                        write_row(out, &room.code, (units, random.between(FLAT[0], FLAT[1])), random)?;
                        rows += 1;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(rows)
}

fn write_row(out: &mut impl Write, address: &str, (units, area): (u32, f64), random: &mut Random) -> io::Result<()> {
    let (year, month, day) = calendar::date(random.below(calendar::DAYS));
    let checked = if random.chance(UNCHECKED) { String::new() } else { format!("{year}-{month:02}-{day:02}") };
    writeln!(out, "{address},{units},{area:.1},{checked}")
}
