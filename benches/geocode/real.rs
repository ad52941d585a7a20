//! A library of real texts, asked for its own words: as they are, written otherwise, and with a number that no address has.
//!
//! The texts stay where they are: the plate is made in a temporary folder, each address a point, without buildings or with half of them.

use crate::{
    random::Random,
    vary::{CHANGED, VARIED, Way},
};
use baseplate_core::{Band, Baseplate, BuildOptions, GeocodeStatus, Geocoded, Spec, build};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    error::Error,
    fmt::Write as _,
    fs,
    path::Path,
    time::Instant,
};

/// What is asked of a library of real texts.
pub(crate) struct Asked<'a> {
    /// A file with an address a line.
    pub(crate) texts: &'a Path,
    /// Addresses in the library.
    pub(crate) size: usize,
    pub(crate) seed: u64,
    /// Answers that are shown of each kind.
    pub(crate) show: usize,
    /// Whether half of the buildings are given: every text is cut behind its building, or its door.
    pub(crate) buildings: bool,
}

/// The source of the buildings.
const BUILDINGS: &str = "buildings = [{ path = \"buildings.csv\", crs = \"EPSG:4490\", code = \"code\" }]\n";

/// A text up to its building, or to its door where it names no building.
fn building_of(text: &str) -> &str {
    let behind = |word: &str| text.rfind(word).map(|at| at + word.len());
    let building = ["栋", "幢", "座", "号楼"].into_iter().filter_map(behind).max();
    let door = || text.find('号').map(|at| at + '号'.len_utf8());
    building.or_else(door).map_or(text, |end| &text[..end])
}

/// How often what came out.
#[derive(Default, Clone)]
struct Count {
    asked: usize,
    own: usize,
    other_high: usize,
    with_code: usize,
    high: usize,
}

impl Asked<'_> {
    /// Builds the library and prints the table.
    pub(crate) fn run(&self) -> Result<String, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let texts = self.library()?;
        let plate = self.build(folder.path(), &texts)?;
        let known: HashSet<String> = texts.iter().map(|text| plain(text)).collect();
        let city = city(&texts);
        let mut places: HashMap<String, HashSet<String>> = HashMap::new();
        for text in &texts {
            let (district, place) = parts(&plain(text), &city);
            places.entry(place).or_default().insert(district);
        }
        let is_known = |text: &str| {
            let (district, place) = parts(&plain(text), &city);
            let same = |of: &HashSet<String>| district.is_empty() || of.contains(&district) || of.contains("");
            places.get(&place).is_some_and(same)
        };
        let mut kinds: Vec<(String, Count)> = Vec::new();
        let mut bins: BTreeMap<u32, (f64, usize, usize)> = BTreeMap::new();
        for (name, read) in [("verbatim", false), ("verbatim, exact key off", true)] {
            let mut count = Count::default();
            let mut show = self.show;
            for (row, text) in texts.iter().enumerate() {
                let answer = if read { plate.geocode_read(text) } else { plate.geocode(text) };
                count.own(&code(row), &answer, name, text, text, &mut show);
            }
            kinds.push((name.to_owned(), count));
        }
        let mut all = Count::default();
        for (number, (name, way)) in VARIED.into_iter().enumerate() {
            let mut count = Count::default();
            let mut show = self.show;
            for (row, text, varied) in self.otherwise(&texts, way, number) {
                if known.contains(&plain(&varied)) && plain(&varied) != plain(text) {
                    continue;
                }
                let answer = plate.geocode(&varied);
                let right = count.own(&code(row), &answer, name, text, &varied, &mut show);
                bin(&mut bins, &answer, right);
            }
            all.add(&count);
            kinds.push((name.to_owned(), count));
        }
        kinds.push(("**varied, all**".to_owned(), all));
        let mut all = Count::default();
        for (number, (name, way)) in CHANGED.into_iter().enumerate() {
            let mut count = Count::default();
            let mut show = self.show;
            for (_, text, changed) in self.otherwise(&texts, way, 100 + number) {
                if is_known(&changed) {
                    continue;
                }
                let answer = plate.geocode(&changed);
                count.absent(&answer, name, text, &changed, &mut show);
            }
            all.add(&count);
            kinds.push((format!("no such {name}"), count));
        }
        kinds.push(("**no such, all**".to_owned(), all));
        let started = Instant::now();
        for text in &texts {
            plate.geocode(text);
        }
        let rate = texts.len() as f64 / started.elapsed().as_secs_f64();
        let started = Instant::now();
        for text in &texts {
            plate.geocode_read(text);
        }
        let read_rate = texts.len() as f64 / started.elapsed().as_secs_f64();
        Ok(self.table(&kinds, &bins, rate, read_rate))
    }

    fn library(&self) -> Result<Vec<String>, Box<dyn Error>> {
        let file = fs::read_to_string(self.texts)?;
        let mut seen = HashSet::new();
        let texts = file.lines().map(str::trim).filter(|text| !text.is_empty() && seen.insert(plain(text)));
        let mut texts: Vec<String> = texts.map(str::to_owned).collect();
        Random::new(self.seed, "library", 0).shuffle(&mut texts);
        texts.truncate(self.size);
        Ok(texts)
    }

    fn build(&self, folder: &Path, texts: &[String]) -> Result<Baseplate, Box<dyn Error>> {
        let mut random = Random::new(self.seed, "points", 0);
        let mut addresses = csv::Writer::from_path(folder.join("addresses.csv"))?;
        addresses.write_record(["code", "text", "x", "y", "building"])?;
        let mut buildings = csv::Writer::from_path(folder.join("buildings.csv"))?;
        buildings.write_record(["code", "wkt"])?;
        // Addresses of one building are at one point.
        let mut known: HashMap<&str, (f64, f64, Option<String>)> = HashMap::new();
        for (row, text) in texts.iter().enumerate() {
            let (x, y) = (random.below(400_000) as f64 / 1e6, random.below(400_000) as f64 / 1e6);
            let given = self.buildings && random.chance(0.5);
            let stem = if self.buildings { building_of(text) } else { text };
            let (x, y, building) =
                known.entry(stem).or_insert_with(|| (114.0 + x, 22.5 + y, given.then(|| format!("B{row:07}"))));
            if let Some(building) = building.as_ref().filter(|code| **code == format!("B{row:07}")) {
                let (w, s, e, n) = (*x - 1e-5, *y - 1e-5, *x + 1e-5, *y + 1e-5);
                buildings.write_record([building, &format!("POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))")])?;
            }
            let building = building.clone().unwrap_or_default();
            addresses.write_record([code(row), text.clone(), x.to_string(), y.to_string(), building])?;
        }
        addresses.flush()?;
        buildings.flush()?;
        let mut grids = Vec::new();
        for (number, (x, y)) in (0..16_u32).map(|number| (number, (number % 4, number / 4))) {
            let (west, south) = (114.0 + 0.1 * f64::from(x), 22.5 + 0.1 * f64::from(y));
            let (east, north) = (west + 0.1, south + 0.1);
            grids.push(format!(
                r#"{{"type":"Feature","properties":{{"code":"{:014}","name":"{number:02}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#,
                44_010_000_000_000_u64 + u64::from(number)
            ));
        }
        fs::write(
            folder.join("grids.geojson"),
            format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, grids.join(",")),
        )?;
        fs::write(
            folder.join("spec.toml"),
            format!(
                r#"plate = {{ name = "{}" }}
grids = [{{ path = "grids.geojson", crs = "EPSG:4490", code = "code", name = "name" }}]
addresses = [{{ path = "addresses.csv", crs = "EPSG:4490", code = "code", text = "text", lng = "x", lat = "y", building = "building" }}]
{}"#,
                city(texts),
                if self.buildings { BUILDINGS } else { "" }
            ),
        )?;
        let spec = Spec::read(&folder.join("spec.toml"))?;
        let to = folder.join("plate");
        build(&spec, &to, BuildOptions::default(), &|_| {})?;
        Ok(Baseplate::open(&to)?)
    }

    /// Every text that can be, otherwise.
    fn otherwise<'t>(&self, texts: &'t [String], way: Way, number: usize) -> Vec<(usize, &'t str, String)> {
        let mut random = Random::new(self.seed, "otherwise", number as u64);
        let all = texts.iter().enumerate();
        all.filter_map(|(row, text)| Some((row, text.as_str(), way(text, &mut random)?))).collect()
    }

    fn table(
        &self,
        kinds: &[(String, Count)],
        bins: &BTreeMap<u32, (f64, usize, usize)>,
        rate: f64,
        read: f64,
    ) -> String {
        let mut out = String::new();
        let name = self.texts.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(out, "\n{name}, {} addresses\n", self.size);
        let _ = writeln!(out, "| text | asked | own code % | another's code, high % | any address code % | high % |");
        let _ = writeln!(out, "|---|---:|---:|---:|---:|---:|");
        for (kind, count) in kinds {
            let share = |part: usize| 100.0 * part as f64 / count.asked.max(1) as f64;
            let _ = writeln!(
                out,
                "| {kind} | {} | {:.2} | {:.3} | {:.2} | {:.2} |",
                count.asked,
                share(count.own),
                share(count.other_high),
                share(count.with_code),
                share(count.high)
            );
        }
        let _ = writeln!(out, "\nrows/s: {rate:.0}, with the exact key off {read:.0}");
        let mut sum = (0.0, 0);
        for (said, asked, right) in bins.values() {
            let (said, share) = (said / *asked as f64, *right as f64 / *asked as f64);
            let _ = writeln!(out, "confidence {said:.3}: right {share:.3} of {asked}");
            sum = (sum.0 + (said - share).abs() * *asked as f64, sum.1 + asked);
        }
        let _ = writeln!(out, "|confidence − right| {:.4}", sum.0 / f64::from(sum.1.max(1) as u32));
        out
    }
}

impl Count {
    fn own(
        &mut self,
        code: &str,
        answer: &Geocoded<'_>,
        kind: &str,
        text: &str,
        asked: &str,
        show: &mut usize,
    ) -> bool {
        let offered = answer.place.iter().chain(&answer.also).chain(&answer.alternatives);
        let own = offered.clone().any(|place| place.address_code == Some(code));
        let found = answer.place.as_ref().and_then(|place| place.address_code);
        let other = !own && answer.band == Band::High && answer.status == GeocodeStatus::Matched && found.is_some();
        self.asked += 1;
        self.own += usize::from(own);
        self.other_high += usize::from(other);
        self.with_code += usize::from(found.is_some());
        self.high += usize::from(answer.band == Band::High);
        if !own && *show > 0 {
            *show -= 1;
            print(kind, text, asked, answer);
        }
        own
    }

    fn absent(&mut self, answer: &Geocoded<'_>, kind: &str, text: &str, asked: &str, show: &mut usize) {
        let found = answer.place.as_ref().and_then(|place| place.address_code);
        self.asked += 1;
        self.with_code += usize::from(found.is_some());
        self.high += usize::from(answer.band == Band::High);
        self.other_high += usize::from(found.is_some() && answer.band == Band::High);
        if found.is_some() && *show > 0 {
            *show -= 1;
            print(kind, text, asked, answer);
        }
    }

    fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.own += other.own;
        self.other_high += other.other_high;
        self.with_code += other.with_code;
        self.high += other.high;
    }
}

fn print(kind: &str, text: &str, asked: &str, answer: &Geocoded<'_>) {
    let faults: Vec<String> = answer.faults.iter().map(ToString::to_string).collect();
    let place = answer.place.as_ref();
    eprintln!(
        "{kind}\n  library {text}\n  asked   {asked}\n  answer  {} {} {:.3} [{}] {:?} {}",
        answer.status.as_str(),
        place.map_or("", |place| place.match_level.as_str()),
        answer.confidence,
        faults.join(" "),
        answer.unmatched,
        place.map_or("", |place| place.standard_address.as_str()),
    );
}

fn bin(bins: &mut BTreeMap<u32, (f64, usize, usize)>, answer: &Geocoded<'_>, right: bool) {
    let found = answer.place.as_ref().is_some_and(|place| place.address_code.is_some());
    if answer.status != GeocodeStatus::Matched || !found {
        return;
    }
    let entry = bins.entry((answer.confidence * 50.0) as u32).or_default();
    *entry = (entry.0 + answer.confidence, entry.1 + 1, entry.2 + usize::from(right));
}

fn code(row: usize) -> String {
    format!("A{row:06}")
}

/// The city that most texts name.
fn city(texts: &[String]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts {
        let behind = text.split_once('省').map_or(text.as_str(), |(_, rest)| rest);
        if let Some((name, _)) = behind.split_once('市').filter(|(name, _)| (2..=3).contains(&name.chars().count())) {
            *counts.entry(name).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    format!("{}市", most.map_or("", |(name, _)| name))
}

/// The district and the rest of a text, the province and the city left out.
fn parts(plain: &str, city: &str) -> (String, String) {
    let behind = |text: &str, ending: char| {
        let (head, rest) = text.split_once(ending)?;
        ((1..=4).contains(&head.chars().count())).then(|| (head.to_owned(), rest.to_owned()))
    };
    let rest = behind(plain, '省').map_or(plain.to_owned(), |(_, rest)| rest);
    let rest = rest.strip_prefix(city).unwrap_or(&rest);
    behind(rest, '区').or_else(|| behind(rest, '县')).unwrap_or_else(|| (String::new(), rest.to_owned()))
}

/// A text without spaces, punctuation and leading zeros, its numerals as digits, by which texts are known to be the same.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let text = digits(text);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let leads = !plain.ends_with(|last: char| last.is_ascii_digit());
        let is_leading_zero = c == '0' && leads && chars.peek().is_some_and(char::is_ascii_digit);
        if is_leading_zero || !c.is_alphanumeric() {
            continue;
        }
        plain.extend(c.to_uppercase());
    }
    plain
}

/// Numerals up to 99 and full-width digits as digits.
fn digits(text: &str) -> String {
    let value = |c: char| "零一二三四五六七八九".chars().position(|of| of == c);
    let chars: Vec<char> = text
        .chars()
        .map(|c| char::from_u32((c as u32).wrapping_sub(0xFEE0)).filter(char::is_ascii_alphanumeric).unwrap_or(c))
        .collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| value(chars[at]));
        let behind = chars.get(at + 1).and_then(|c| value(*c));
        match (c, value(*c)) {
            (_, Some(digit)) => out += &digit.to_string(),
            ('十', _) => {
                out += match (before, behind) {
                    (Some(_), Some(_)) => "",
                    (Some(_), None) => "0",
                    (None, Some(_)) => "1",
                    (None, None) => "10",
                }
            }
            (c, None) => out.push(*c),
        }
    }
    out
}
