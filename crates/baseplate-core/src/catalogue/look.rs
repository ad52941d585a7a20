//! What a file holds: where its records are, when they were, and of which class, found from its header and its rows.
//!
//! Codes and address texts are tried against the plate itself, coordinates in every system against its buildings and the addresses
//! that were found otherwise. What cannot be told is said, and nothing is guessed where a wrong guess would move points.

use super::column::Column;
use crate::{
    coordinate::parse_coordinate,
    crs::{Crs, CrsError},
    gazetteer::decide,
    model::Level,
    plate::Baseplate,
    source::{CsvOptions, RecordSource, SourceError, SourceFile, filled, read_csv},
    spatial::{LngLat, Metric},
    store::{Audience, Titles},
    time::{Moment, Zone},
};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

/// Rows that are looked at as a whole; of a longer file they are spread over it.
const SAMPLE_MAX: usize = 2_048;
/// Systems that are tried where none is named.
const SYSTEMS: [&str; 4] = ["EPSG:4490", "gcj02", "bd09", "EPSG:3857"];
/// Points that are tried in every system.
const POINTS_MAX: usize = 1_024;
/// Texts that are geocoded to see whether a column holds addresses.
const TEXTS_MAX: usize = 256;
/// The share of the codes of a column that must be in the plate.
const CODES_MIN: f64 = 0.5;
/// The share of the texts of a column that must lead to an address, and the share that does where the column is called an address.
const TEXTS_MIN: [f64; 2] = [0.5, 0.1];
/// The share of the rows of a pair of columns that must look like coordinates.
const POINTS_MIN: f64 = 0.9;
/// How far a point may be from the address of its row and fit, metres.
const NEAR_M: f64 = 100.0;
/// Of the points that fit in one of the two best systems alone, the best must have more than the other by so many standard deviations
/// of a toss of coins: chance does that once in 30,000.
const CLEARER: f64 = 4.0;
/// The share of the points that must fit in the system that is found.
const FITTING_MIN: f64 = 0.4;
/// The share of the rows in which an end must not be before its beginning.
const IN_ORDER_MIN: f64 = 0.98;
/// The share of the rows of which a class may have another one above it than in the others.
const CLASS_FAULTS_MAX: f64 = 0.01;
/// Classes of what is in no other.
const LEFT_OVER: [&str; 4] = ["其他", "其它", "other", "Other"];
/// A tree of classes has no more levels.
const CLASS_DEPTH_MAX: usize = 4;

/// What was found in a file: the lines of a spec for it, and why.
#[derive(Debug, Clone)]
pub struct Found {
    /// The source as a spec would have it; its id is that of the name of the file, or empty if that has none.
    pub source: RecordSource,
    /// How many rows the file has.
    pub rows: u64,
    /// What was found: the key, its columns, and why.
    pub findings: Vec<(&'static str, String, String)>,
    /// What could not be told, and what would help.
    pub doubts: Vec<String>,
}

/// Why a file was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Its rows are about single persons.
    #[error(
        "{file}: citizen ids stand in the column {column}: records about single persons are no layer; leave the column out, or have them \
         read as [[people]] of the spec"
    )]
    Persons {
        /// The file.
        file: String,
        /// The column.
        column: String,
    },
    /// No column says where its records are.
    #[error(
        "{file}: no column says where its records are: no code of an address, building, enterprise or grid, no address text, no \
         coordinates{doubts}"
    )]
    Nowhere {
        /// The file.
        file: String,
        /// What could not be told, each with a semicolon before it.
        doubts: String,
    },
    /// The coordinate system that was named is none.
    #[error("--crs: {0}")]
    Crs(#[from] CrsError),
    /// It has no rows.
    #[error("{0}: it has no rows; is it the right file?")]
    Empty(String),
}

impl Found {
    /// Whether it was found where the records are.
    fn has_place(&self) -> bool {
        let RecordSource { address, building, enterprise, grid, address_text, point, .. } = &self.source;
        [address, building, enterprise, grid, address_text].iter().any(|column| column.is_some()) || point.is_some()
    }
}

/// A file while it is looked at.
struct Looking<'a> {
    plate: &'a Baseplate,
    columns: Vec<Column>,
    /// For each column whether it was found to be something.
    used: Vec<bool>,
    found: Found,
}

/// Looks at a CSV file: which of its columns say where its records are, when they were, and of which class. Nothing is written.
///
/// `crs` is the coordinate system if it is known; otherwise it is found, if the plate has buildings or addresses to compare with.
///
/// # Errors
/// When the file cannot be read or has no rows.
///
/// # Examples
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use baseplate_core::{Baseplate, look_at};
///
/// let found = look_at(&Baseplate::open("city.plate")?, "hotline.csv".as_ref(), None)?;
/// println!("{}", found.source.to_toml());
/// # Ok(())
/// # }
/// ```
pub fn look_at(plate: &Baseplate, file: &Path, crs: Option<&str>) -> Result<Found, LookError> {
    if let Some(crs) = crs {
        crs.parse::<Crs>()?.to_plate()?;
    }
    let (columns, rows) = read(file)?;
    if rows == 0 {
        return Err(LookError::Empty(file.display().to_string()));
    }
    let used = vec![false; columns.len()];
    let source = bare(file)?;
    let found = Found { source, rows, findings: Vec::new(), doubts: Vec::new() };
    let mut looking = Looking { plate, columns, used, found };
    if let Some(column) = looking.columns.iter().find(|column| column.has_ids()) {
        let (file, column) = (file.display().to_string(), column.name.clone());
        return Err(LookError::Persons { file, column });
    }
    looking.codes_of_places();
    looking.address_text();
    looking.points(crs);
    looking.times();
    looking.code_and_name();
    looking.classes();
    looking.attributes();
    if looking.found.has_place() {
        return Ok(looking.found);
    }
    let doubts: String = looking.found.doubts.iter().map(|doubt| format!("; {doubt}")).collect();
    Err(LookError::Nowhere { file: file.display().to_string(), doubts })
}

/// How many points fit.
fn count(fits: &[bool]) -> usize {
    fits.iter().filter(|fits| **fits).count()
}

/// Whether points fit better in one system than in another, beyond chance.
fn is_clearer(best: &[bool], second: &[bool]) -> bool {
    let alone = |one: &[bool], other: &[bool]| one.iter().zip(other).filter(|(one, other)| **one && !**other).count();
    let (more, less) = (alone(best, second) as f64, alone(second, best) as f64);
    more - less >= CLEARER * (more + less).sqrt() && more > 0.0
}

/// The columns of a file, and how many rows it has.
fn read(file: &Path) -> Result<(Vec<Column>, u64), SourceError> {
    let mut records = read_csv(file, &CsvOptions::default())?;
    let mut columns: Vec<Column> = records.header().iter().map(|name| Column::new(name.trim().to_owned())).collect();
    let (mut rows, mut every) = (0_u64, 1_u64);
    let mut sampled = 0_usize;
    while let Some(record) = records.read().map_err(|e| SourceError::io(file, e))? {
        if record.fault.is_some() {
            continue;
        }
        let cells = record.cells.iter().map(|cell| filled(cell).unwrap_or_default()).chain(std::iter::repeat(""));
        let is_sampled = rows.is_multiple_of(every);
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.push(cell);
            if is_sampled {
                column.sample.push(cell.to_owned());
            }
        }
        rows += 1;
        sampled += usize::from(is_sampled);
        if sampled == 2 * SAMPLE_MAX {
            for column in &mut columns {
                let mut keep = false;
                column.sample.retain(|_| {
                    keep = !keep;
                    keep
                });
            }
            (sampled, every) = (SAMPLE_MAX, 2 * every);
        }
    }
    Ok((columns, rows))
}

/// A source of which only the file is known.
fn bare(file: &Path) -> Result<RecordSource, SourceError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let id: String = if stem.is_ascii() { stem.chars().map(word).collect() } else { String::new() };
    let zh = (!stem.is_ascii()).then(|| stem.to_owned());
    // A place is needed for the table to be one; it is taken out again.
    let lines = "id = \"layer\"\npath = \"layer.csv\"\n\n[at]\naddress = \"address\"\n";
    let source = RecordSource::parse(lines, file)?;
    let path = file.to_owned();
    Ok(RecordSource {
        file: SourceFile { path, ..source.file },
        layer: id.trim_matches('-').to_owned(),
        title: Titles { zh, en: None },
        audience: Audience::Internal,
        address: None,
        ..source
    })
}

impl Looking<'_> {
    /// Says what a column was found to be.
    fn found(&mut self, key: &'static str, columns: &[usize], why: String) {
        columns.iter().for_each(|column| self.used[*column] = true);
        let names: Vec<&str> = columns.iter().map(|column| self.columns[*column].name.as_str()).collect();
        self.found.findings.push((key, names.join(", "), why));
    }

    fn name(&self, column: usize) -> Option<String> {
        Some(self.columns[column].name.clone())
    }

    /// The columns that were not found to be anything yet.
    fn rest(&self) -> Vec<usize> {
        (0..self.columns.len()).filter(|column| !self.used[*column] && !self.columns[*column].name.is_empty()).collect()
    }

    /// The one of some columns with the highest score, if that is high enough.
    fn best(&self, score: impl Fn(&Column) -> f64, least: f64) -> Option<(usize, f64)> {
        let scores = self.rest().into_iter().map(|column| (column, score(&self.columns[column])));
        scores.filter(|(_, score)| *score >= least).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    fn codes_of_places(&mut self) {
        let plate = self.plate;
        let first = plate.coverages().next().map(|coverage| coverage.kind().clone());
        let is_grid = |cell: &str| plate.grids_with_code(cell).any(|grid| grid.kind() == first);
        self.found.source.address = self.codes("at.address", "addresses", |cell| plate.address(cell).is_some());
        self.found.source.building = self.codes("at.building", "buildings", |cell| plate.building(cell).is_some());
        self.found.source.enterprise =
            self.codes("at.enterprise", "enterprises", |cell| plate.enterprise(cell).is_some());
        self.found.source.grid = self.codes("at.grid", "grids", is_grid);
    }

    /// The column whose cells are codes of the plate.
    fn codes(&mut self, key: &'static str, what: &str, is_one: impl Fn(&str) -> bool) -> Option<String> {
        let (column, share) = self.best(|column| column.share(&is_one), CODES_MIN)?;
        self.found(key, &[column], format!("{:.0} % are codes of {what} of the plate", 100.0 * share));
        self.name(column)
    }

    /// The row of the address that a text leads to.
    fn address_at(&self, text: &str) -> Option<u32> {
        decide(self.plate.geo_index(), text).sure()?.row
    }

    /// Whether all that a text may mean lies in one community.
    fn is_in_community(&self, text: &str) -> bool {
        let index = self.plate.geo_index();
        decide(index, text).sure_area().is_some_and(|(area, _)| index.level(area) <= Level::Community as u8)
    }

    fn address_text(&mut self) {
        let named = ["地址", "住址", "位置", "地点", "address", "location"];
        let share = |column: &Column, leads: &dyn Fn(&str) -> bool| {
            let texts: Vec<&str> = column.cells().step_by((column.sample.len() / TEXTS_MAX).max(1)).collect();
            texts.iter().filter(|text| leads(text)).count() as f64 / texts.len().max(1) as f64
        };
        let of_addresses = |column: &Column| share(column, &|text| self.address_at(text).is_some());
        let of_communities = |column: &Column| share(column, &|text| self.is_in_community(text));
        let score = |column: &Column| match of_addresses(column) {
            _ if !column.is_long_text() => 0.0,
            share if share >= TEXTS_MIN[usize::from(column.is_called(&named))] => share,
            // A column of addresses is better than any of communities.
            _ if of_communities(column) >= TEXTS_MIN[0] => TEXTS_MIN[1],
            _ => 0.0,
        };
        let Some((column, _)) = self.best(score, TEXTS_MIN[1]) else { return };
        let (addresses, communities) = (of_addresses(&self.columns[column]), of_communities(&self.columns[column]));
        let why = match addresses >= TEXTS_MIN[1] {
            true => format!("{:.0} % of its texts lead to an address", 100.0 * addresses),
            false => format!("{:.0} % of its texts lie in one community each", 100.0 * communities),
        };
        self.found.source.address_text = self.name(column);
        self.found("at.address_text", &[column], why);
    }

    fn points(&mut self, crs: Option<&str>) {
        let numbers: Vec<usize> = self.rest().into_iter().filter(|c| self.columns[*c].is_number()).collect();
        let called = |column: usize, words: &[&str]| u8::from(self.columns[column].is_called(words));
        let pairs = numbers.iter().flat_map(|x| numbers.iter().map(|y| (*x, *y))).filter(|(x, y)| x != y);
        let rank = |(x, y): &(usize, usize)| {
            let named =
                called(*x, &["lng", "lon", "longitude", "经", "x"]) + called(*y, &["lat", "latitude", "纬", "y"]);
            (named, std::cmp::Reverse(x.abs_diff(*y)))
        };
        let mut likely: Vec<(usize, usize)> = pairs.filter(|pair| self.looks(*pair) >= POINTS_MIN).collect();
        likely.sort_by_key(|pair| std::cmp::Reverse(rank(pair)));
        let Some((x, y)) = likely.first().copied() else { return };
        let systems: Vec<&str> = match crs {
            Some(crs) => vec![crs],
            None => SYSTEMS.to_vec(),
        };
        let fits = systems.iter().filter_map(|crs| Some((self.fits((x, y), crs).ok()?, *crs)));
        let mut fits: Vec<(Vec<bool>, &str)> = fits.collect();
        fits.sort_by_key(|(fits, _)| std::cmp::Reverse(count(fits)));
        let Some((best, system)) = fits.first() else { return };
        let second = fits.get(1).map(|(second, _)| second);
        let is_doubtful = count(best) as f64 <= FITTING_MIN * best.len() as f64;
        if second.is_some_and(|second| is_doubtful || !is_clearer(best, second)) {
            let names = format!("{}, {}", self.columns[x].name, self.columns[y].name);
            let said =
                "look like coordinates, but it cannot be told of which system: say so with --crs, such as --crs gcj02";
            self.found.doubts.push(format!("{names} {said}"));
            [x, y].into_iter().for_each(|column| self.used[column] = true);
            return;
        }
        let percent = |fits: &Vec<bool>| 100.0 * count(fits) as f64 / fits.len().max(1) as f64;
        let mut why =
            format!("{:.0} % lie in buildings or at the addresses of their rows if they are {system}", percent(best));
        if let Some(second) = second {
            why.push_str(&format!(", {:.0} % in the next best system", percent(second)));
        }
        let system = (*system).to_owned();
        let others = SYSTEMS.into_iter().filter(|other| crs.is_some() && *other != system);
        let others: Vec<_> = others.filter_map(|other| Some((self.fits((x, y), other).ok()?, other))).collect();
        for (_, other) in others.iter().filter(|(fits, _)| is_clearer(fits, best)) {
            self.found.doubts.push(format!("the points fit far better in {other}: is --crs {system} right?"));
        }
        self.found.source.point = self.name(x).zip(self.name(y));
        self.found.source.file.crs = Some(system);
        self.found("at.lng, at.lat", &[x, y], why);
    }

    /// The rows of the sample in which both of a pair of columns have a number, but for 0, 0, which registers write for "unknown".
    fn pairs(&self, (x, y): (usize, usize)) -> impl Iterator<Item = (usize, f64, f64)> {
        let cells = self.columns[x].sample.iter().zip(&self.columns[y].sample);
        let numbers = cells.map(|(x, y)| Some((parse_coordinate(x)?, parse_coordinate(y)?)));
        numbers
            .enumerate()
            .filter_map(|(row, pair)| Some((row, pair?.0, pair?.1)))
            .filter(|(_, x, y)| (*x, *y) != (0.0, 0.0))
    }

    /// The share of the rows in which a pair of columns looks like easting and northing, or longitude and latitude.
    fn looks(&self, pair: (usize, usize)) -> f64 {
        let looks: Vec<bool> = self.pairs(pair).map(|(_, x, y)| Crs::may_hold(x, y)).collect();
        looks.iter().filter(|looks| **looks).count() as f64 / looks.len().max(1) as f64
    }

    /// For some points whether they fit if they are in a system: inside a building, or within 100 m of the address of their row.
    fn fits(&self, pair: (usize, usize), crs: &str) -> Result<Vec<bool>, CrsError> {
        let to_plate = crs.parse::<Crs>()?.to_plate()?;
        let column = |name: &Option<String>| self.columns.iter().find(|column| Some(&column.name) == name.as_ref());
        let (texts, codes) = (column(&self.found.source.address_text), column(&self.found.source.address));
        let address = |row: usize| {
            let by_code = codes.and_then(|codes| self.plate.address(&codes.sample[row]));
            by_code.or_else(|| self.plate.address_row(self.address_at(&texts?.sample[row])?))
        };
        let fits = |(row, x, y): (usize, f64, f64)| {
            let Ok(point) = to_plate.convert(x, y) else { return false };
            let near = |at: LngLat| Metric::at(at.lat).distance(at, point) <= NEAR_M;
            !self.plate.buildings_at(point).is_empty() || address(row).and_then(|a| a.point()).is_some_and(near)
        };
        // Rows in one point are no independent witnesses.
        let mut seen = HashSet::new();
        let points: Vec<_> = self.pairs(pair).filter(|(_, x, y)| seen.insert((x.to_bits(), y.to_bits()))).collect();
        let every = (points.len() / POINTS_MAX).max(1);
        Ok(points.into_iter().step_by(every).map(fits).collect())
    }

    fn times(&mut self) {
        let zone = self.found.source.zone.clone();
        let times: Vec<usize> =
            self.rest().into_iter().filter(|column| self.columns[*column].is_time(&zone).is_some()).collect();
        let ends = ["办结", "结束", "完成", "截止", "until", "end", "finish", "finished", "close", "closed"];
        let begins = ["创建", "受理", "发生", "登记", "上报", "成立", "开始", "created", "start", "begin", "time"];
        let first = |words: &[&str]| times.iter().copied().find(|column| self.columns[*column].is_called(words));
        let no_end = || times.iter().copied().find(|column| !self.columns[*column].is_called(&ends));
        let Some(time) = first(&begins).filter(|c| !self.columns[*c].is_called(&ends)).or_else(no_end) else { return };
        let until = first(&ends).filter(|until| self.is_after(time, *until, &zone));
        self.found.source.time = self.name(time);
        self.found("time", &[time], "times, or days".to_owned());
        if let Some(until) = until {
            self.found.source.until = self.name(until);
            self.found("until", &[until], "times that are hardly ever before those".to_owned());
        }
    }

    /// Whether the times of a column are hardly ever before those of another in the same row.
    fn is_after(&self, time: usize, until: usize, zone: &Zone) -> bool {
        let read = |cell: &String| Moment::read(cell, zone).ok().map(Moment::second);
        let rows = self.columns[time].sample.iter().zip(&self.columns[until].sample);
        let ordered: Vec<bool> = rows.filter_map(|(time, until)| Some(read(time)? <= read(until)?)).collect();
        ordered.iter().filter(|ordered| **ordered).count() as f64 >= IN_ORDER_MIN * ordered.len() as f64
    }

    fn code_and_name(&mut self) {
        let called = ["编号", "单号", "号", "代码", "编码", "code", "id", "no", "number"];
        let rest = self.rest();
        let may = |column: &&usize| self.columns[**column].may_be_shown() && !self.columns[**column].is_called_a_time();
        let is_called = |column: &usize| self.columns[*column].is_called(&called);
        let is_code = |column: &usize| self.columns[*column].is_code(is_called(column));
        let named = rest.iter().filter(may).copied().find(|column| is_called(column) && is_code(column));
        let first = rest.first().filter(may).copied().filter(is_code);
        if let Some(code) = named.or(first) {
            self.found.source.code = self.name(code);
            self.found("code", &[code], "nearly every row has another value".to_owned());
        }
        let names = ["名称", "标题", "主题", "title", "name"];
        let is_name = |column: &usize| self.columns[*column].may_be_shown() && self.columns[*column].is_called(&names);
        if let Some(name) = self.rest().into_iter().find(is_name) {
            self.found.source.name = self.name(name);
            self.found("name", &[name], "it is called so".to_owned());
        }
    }

    /// Columns that are called classes, from the large to the small, as long as each has one above it.
    fn classes(&mut self) {
        let called = ["类", "细项", "小项", "大项", "事项", "class", "category", "type"];
        let may = |column: &usize| {
            let column = &self.columns[*column];
            column.is_called(&called) && column.filled > 0 && column.different().is_some() && !column.is_number()
        };
        let mut classes: Vec<usize> = self.rest().into_iter().filter(may).collect();
        classes.sort_by_key(|column| self.columns[*column].different());
        let mut tree: Vec<usize> = Vec::new();
        for class in classes {
            if tree.len() < CLASS_DEPTH_MAX && tree.last().is_none_or(|above| self.is_below(class, *above)) {
                tree.push(class);
            }
        }
        if !tree.is_empty() {
            self.found.source.class = tree.iter().filter_map(|class| self.name(*class)).collect();
            let why = if tree.len() > 1 { "each value has one above it" } else { "it is called so" };
            self.found("class", &tree, why.to_owned());
        }
    }

    /// Whether nearly every value of a column stands with one value of another alone.
    fn is_below(&self, class: usize, above: usize) -> bool {
        let mut over: HashMap<&str, HashMap<&str, usize>> = HashMap::new();
        for (class, above) in self.columns[class].sample.iter().zip(&self.columns[above].sample) {
            // What is left over is called so under every heading.
            if !class.is_empty() && !LEFT_OVER.contains(&class.as_str()) {
                *over.entry(class).or_default().entry(above).or_default() += 1;
            }
        }
        let all: usize = over.values().flat_map(HashMap::values).sum();
        let right: usize = over.values().filter_map(|over| over.values().max()).sum();
        (all - right) as f64 <= CLASS_FAULTS_MAX * all as f64
    }

    /// All other columns.
    fn attributes(&mut self) {
        let zone = self.found.source.zone.clone();
        for column in self.rest() {
            let (of, audience, why) = self.columns[column].as_attribute(&zone);
            let read = self.columns[column].share(|cell| Moment::read(cell, &zone).is_ok());
            if self.columns[column].is_called_a_time() && self.columns[column].is_time(&zone).is_none() && read > 0.5 {
                let (name, odd) = (&self.columns[column].name, 100.0 * (1.0 - read));
                self.found
                    .doubts
                    .push(format!("'{name}' is called a time, but {odd:.0} % of it cannot be read as one"));
            }
            let name = self.columns[column].name.clone();
            if RecordSource::may_be_attribute(&name) {
                self.found.source.audiences.extend((audience != Audience::Public).then(|| (name.clone(), audience)));
                self.found.source.attributes.push((name, of));
                self.found("attributes", &[column], why);
            } else {
                let doubt =
                    format!("'{name}' is left out: every table has a column of this name; rename it to keep it");
                self.found.doubts.push(doubt);
            }
        }
    }
}
