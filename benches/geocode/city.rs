//! The library of addresses, in memory: what there is, and which of it a text fits.

use crate::text::{Named, Part, Text, core};
use std::{
    collections::{HashMap, HashSet},
    error::Error,
    ops::Range,
    path::Path,
};

/// Columns of `addresses.csv` that are read.
const COLUMNS: [&str; 8] = ["address_code", "address", "building_code", "road", "number", "estate", "unit", "room"];

/// A text that is kept once.
type Word = u32;

/// All addresses.
#[derive(Default)]
pub(crate) struct City {
    words: Words,
    buildings: Vec<Building>,
    rows: Vec<Row>,
    by_code: HashMap<Box<str>, u32>,
    /// Buildings of a road, lane or estate.
    by_name: HashMap<(bool, Word), Vec<u32>>,
    /// Names of roads, lanes, estates and villages.
    names: HashSet<Word>,
    /// Rows whose text is not made of their columns.
    pub(crate) skipped: usize,
}

/// Words and their numbers.
#[derive(Default)]
struct Words {
    numbers: HashMap<Box<str>, Word>,
    words: Vec<Box<str>>,
}

/// A building.
struct Building {
    code: Box<str>,
    /// In the order of [`Part::OF_BUILDING`].
    parts: [Word; 8],
    rows: Range<usize>,
}

/// An address of a building: its own, or that of a room.
struct Row {
    building: u32,
    unit: Word,
    room: Word,
    /// The address code, without that of the building if it starts with it.
    code: Word,
    starts_with_building: bool,
}

impl Words {
    fn number(&mut self, word: &str) -> Word {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.words.len() as Word;
        self.words.push(word.into());
        self.numbers.insert(word.into(), number);
        number
    }

    fn word(&self, number: Word) -> &str {
        self.words.get(number as usize).map_or("", |word| word)
    }
}

impl City {
    /// Reads the addresses of a synthetic city.
    ///
    /// # Errors
    /// If the file cannot be read or lacks a column.
    pub(crate) fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let mut reader = csv::Reader::from_path(path)?;
        let headers = reader.headers()?.clone();
        let place = |column: &&str| headers.iter().position(|h| h == *column).ok_or(format!("no column {column}"));
        let places = COLUMNS.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let (mut city, mut record) = (Self::default(), csv::StringRecord::new());
        while reader.read_record(&mut record)? {
            let mut cells = [""; COLUMNS.len()];
            for (cell, place) in cells.iter_mut().zip(&places) {
                *cell = record.get(*place).unwrap_or("");
            }
            city.add(cells);
        }
        city.arrange();
        Ok(city)
    }

    /// Takes a row in, in the order of [`COLUMNS`].
    fn add(&mut self, cells: [&str; 8]) {
        let [code, text, building_code, road, number, estate, unit, room] = cells;
        let known = self.buildings.len();
        let Some(building) = self.building(building_code, || cut(text, [road, number, estate, unit, room])) else {
            self.skipped += 1;
            return;
        };
        if self.buildings.len() > known {
            let names = [road, estate].map(|name| self.words.number(name));
            self.names.extend(names);
        }
        let rest = code.strip_prefix(building_code);
        let starts_with_building = rest.is_some();
        let [code, unit, room] = [rest.unwrap_or(code), unit, room].map(|word| self.words.number(word));
        self.rows.push(Row { building, unit, room, code, starts_with_building });
    }

    /// The number of a building, which is taken in if it is new.
    fn building<'t>(&mut self, code: &str, elements: impl FnOnce() -> Option<[&'t str; 8]>) -> Option<u32> {
        if let Some(last) = self.buildings.last().filter(|last| *last.code == *code) {
            return self.by_code.get(&last.code).copied();
        }
        if let Some(number) = self.by_code.get(code) {
            return Some(*number);
        }
        let parts = elements()?.map(|element| self.words.number(element));
        let number = self.buildings.len() as u32;
        self.by_code.insert(code.into(), number);
        self.buildings.push(Building { code: code.into(), parts, rows: 0..0 });
        Some(number)
    }

    /// Puts the rows of each building together and the buildings of each name.
    fn arrange(&mut self) {
        self.rows.sort_by_key(|row| row.building);
        let mut start = 0;
        for same in self.rows.chunk_by(|a, b| a.building == b.building) {
            if let Some(building) = same.first().and_then(|row| self.buildings.get_mut(row.building as usize)) {
                building.rows = start..start + same.len();
            }
            start += same.len();
        }
        for (number, building) in (0..).zip(&self.buildings) {
            for part in [Part::Road, Part::Estate] {
                let name = (part == Part::Estate, building.parts[part as usize]);
                self.by_name.entry(name).or_default().push(number);
            }
        }
    }

    /// How many addresses there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The clean text of a row.
    pub(crate) fn text(&self, row: usize) -> Text {
        let parts = Part::OF_BUILDING.into_iter().chain([Part::Unit, Part::Room]);
        Text::new(row, parts.map(|part| (part, self.element(row, part).to_owned())))
    }

    /// An element of a row; empty if it has none.
    pub(crate) fn element(&self, row: usize, part: Part) -> &str {
        let Some(found) = self.rows.get(row) else { return "" };
        match part {
            Part::Unit => self.words.word(found.unit),
            Part::Room => self.words.word(found.room),
            Part::Extra => "",
            other => self.buildings.get(found.building as usize).map_or("", |b| self.word_of(b, other)),
        }
    }

    fn word_of(&self, building: &Building, part: Part) -> &str {
        building.parts.get(part as usize).map_or("", |word| self.words.word(*word))
    }

    /// The address code of a row.
    pub(crate) fn code(&self, row: usize) -> String {
        let Some(found) = self.rows.get(row) else { return String::new() };
        let building = if found.starts_with_building { self.building_code(row) } else { "" };
        format!("{building}{}", self.words.word(found.code))
    }

    /// The building code of a row.
    pub(crate) fn building_code(&self, row: usize) -> &str {
        let building = self.rows.get(row).and_then(|row| self.buildings.get(row.building as usize));
        building.map_or("", |building| &building.code)
    }

    /// The rows of the building of a row, its own address among them.
    pub(crate) fn rows_beside(&self, row: usize) -> Range<usize> {
        let building = self.rows.get(row).and_then(|row| self.buildings.get(row.building as usize));
        building.map_or(0..0, |building| building.rows.clone())
    }

    /// The row of the building itself.
    pub(crate) fn main_row(&self, row: usize) -> usize {
        self.rows_beside(row).find(|row| self.element(*row, Part::Room).is_empty()).unwrap_or(row)
    }

    /// A row by the codes of an answer.
    pub(crate) fn row(&self, building: &str, address: Option<&str>) -> Option<usize> {
        let building = self.buildings.get(*self.by_code.get(building)? as usize)?;
        let exact = building.rows.clone().find(|row| address.is_some_and(|code| self.code(*row) == code));
        exact.or_else(|| building.rows.clone().next())
    }

    /// Whether a road, village or estate is called so. Of a lane, what stands before its number counts.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        let village = name.split(|c: char| c.is_ascii_digit()).next().unwrap_or(name);
        let known = |name: &str| self.words.numbers.get(name).is_some_and(|word| self.names.contains(word));
        !village.is_empty() && (known(name) || known(village))
    }

    /// How many names begin so.
    pub(crate) fn names_beginning(&self, half: &str) -> usize {
        self.names.iter().filter(|word| self.words.word(**word).starts_with(half)).count()
    }

    /// The rows that fit everything a text names: rooms if it names one, else buildings' own addresses.
    pub(crate) fn fits(&self, named: &Named) -> Vec<usize> {
        let part = if named[Part::Estate].is_empty() { Part::Road } else { Part::Estate };
        let name = self.words.numbers.get(named[part].as_str()).copied();
        let candidates = name.and_then(|name| self.by_name.get(&(part == Part::Estate, name)));
        let buildings = candidates.into_iter().flatten().filter_map(|number| self.buildings.get(*number as usize));
        let fitting = buildings.filter(|building| self.building_fits(building, named));
        fitting.flat_map(|building| building.rows.clone()).filter(|row| self.row_fits(*row, named)).collect()
    }

    fn building_fits(&self, building: &Building, named: &Named) -> bool {
        Part::OF_BUILDING.iter().all(|part| agree(*part, &named[*part], self.word_of(building, *part)))
    }

    fn row_fits(&self, row: usize, named: &Named) -> bool {
        let (unit, room) = (self.element(row, Part::Unit), self.element(row, Part::Room));
        if named[Part::Room].is_empty() {
            return room.is_empty();
        }
        !room.is_empty() && agree(Part::Unit, &named[Part::Unit], unit) && agree(Part::Room, &named[Part::Room], room)
    }

    /// The names of all districts.
    pub(crate) fn districts(&self) -> Vec<&str> {
        let mut all: Vec<Word> = self.buildings.iter().map(|b| b.parts[Part::District as usize]).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().map(|word| self.words.word(word)).collect()
    }
}

/// Whether an element is what a text names, numbers by themselves: 3栋 is 3座.
fn agree(part: Part, named: &str, element: &str) -> bool {
    named.is_empty() || if Part::NUMBERS.contains(&part) { core(named) == core(element) } else { named == element }
}

/// Cuts the text of an address into the elements of its building; `None` if it is not made of its columns.
fn cut<'t>(text: &'t str, [road, number, estate, unit, room]: [&'t str; 5]) -> Option<[&'t str; 8]> {
    let at = text.find(&format!("{road}{number}"))?;
    let (mut divisions, rest) = text.split_at(at);
    let mut parts = [""; 8];
    for (part, suffix) in parts.iter_mut().zip(["市", "区", "街道", "社区"]) {
        let end = divisions.find(suffix)? + suffix.len();
        (*part, divisions) = divisions.split_at(end);
    }
    let label = rest.strip_prefix(road)?.strip_prefix(number)?.strip_suffix(room)?.strip_suffix(unit)?;
    let (estate, label) = if label.is_empty() { ("", "") } else { (estate, label.strip_prefix(estate)?) };
    parts[4..].copy_from_slice(&[road, number, estate, label]);
    Some(parts)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Two compounds and a lane.
    pub(crate) fn city() -> City {
        let mut city = City::default();
        let (a, b) = ("示例市霁峰区沐台街道岚涛社区", "示例市岚洲区芳英街道茗露社区");
        let mut building = |divisions: &str, code: &str, place: [&str; 4], rooms: &[[&str; 2]]| {
            let [road, number, estate, label] = place;
            let estate_written = if label.is_empty() { "" } else { estate };
            for [unit, room] in [["", ""]].iter().chain(rooms) {
                let text = format!("{divisions}{road}{number}{estate_written}{label}{unit}{room}");
                city.add([&format!("{code}{unit}{room}"), &text, code, road, number, estate, unit, room]);
            }
        };
        let units = [["1单元", "501室"], ["1单元", "502室"], ["2单元", "501室"]];
        building(a, "A12", ["红棉四路", "129号", "望湖花园二期", "12栋"], &units);
        building(a, "A13", ["红棉四路", "129号", "望湖花园二期", "13栋"], &units);
        building(a, "A14", ["红棉四路", "129号", "望湖花园二期", "14栋"], &[["1单元", "101室"]]);
        building(b, "B3", ["石榴新村12巷", "3号", "石榴新村", ""], &[["", "501房"], ["", "502房"]]);
        city.arrange();
        city
    }

    #[test]
    fn texts_are_cut_and_put_together_again() {
        let city = city();
        assert_eq!((city.len(), city.skipped), (13, 0));
        let row = city.row("A12", Some("A122单元501室")).unwrap();
        assert_eq!(city.text(row).written(), "示例市霁峰区沐台街道岚涛社区红棉四路129号望湖花园二期12栋2单元501室");
        assert_eq!((city.code(row), city.building_code(row)), ("A122单元501室".to_owned(), "A12"));
        assert_eq!(city.element(city.main_row(row), Part::Room), "");
        assert!(city.text(city.row("B3", None).unwrap()).is_village());
    }

    #[test]
    fn what_a_text_fits_is_all_that_it_does_not_exclude() {
        let city = city();
        let mut text = city.text(city.row("A12", Some("A122单元501室")).unwrap());
        assert_eq!(city.fits(&text.named).len(), 1);
        text.drop(Part::Unit);
        assert_eq!(city.fits(&text.named).len(), 2);
        text.drop(Part::Estate);
        text.drop(Part::Label);
        assert_eq!(city.fits(&text.named).len(), 4);
        text.rename(Part::Room, "101室");
        assert_eq!(city.fits(&text.named).len(), 1);
        text.rename(Part::Room, "999室");
        assert!(city.fits(&text.named).is_empty());
    }

    #[test]
    fn a_lane_is_known_by_its_village() {
        let city = city();
        assert!(city.is_name("石榴新村99巷") && city.is_name("红棉四路") && city.is_name("望湖花园二期"));
        assert!(!city.is_name("石留新村12巷") && !city.is_name("12栋"));
    }
}
