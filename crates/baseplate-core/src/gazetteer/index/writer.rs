//! Making the index from the library.
//!
//! The rows are cut into chunks that end between buildings, and each chunk is parsed on a thread of its own
//! into places. Most rows of a building begin with the text of the row before, so that only the rest has to
//! be parsed. The places of addresses without a building are merged over all chunks; buildings are added
//! under their own names, landmarks under theirs. Then names get numbers, and the arrays of `reader.rs` are
//! written. The order of the places, and with it the file, depends on the rows alone, not on threads.

use super::{
    format::{Element, Form, GRIDS_MAGIC, MAGIC, Meaning, NONE, VERSION, key_of, spellings_of},
    landmarks::{Landmark, of_landmark, rows_of},
    library::{Alias, Division, Library, NO_TEXT, Place, Row},
    terms::{Heads, Terms},
};
use crate::{
    arrays::ArraysWriter,
    gazetteer::{
        class::Class,
        grammar::{self, Parsed, Segment},
        normal::{Normal, is_numberish},
        number::Value,
        tail::TailKey,
    },
};
use fst::MapBuilder;
use pinyin::{ToPinyin, ToPinyinMulti};
use rayon::prelude::*;
use std::{collections::HashMap, ops::Range};
use xxhash_rust::xxh3::xxh3_64;

/// About how many rows one thread parses at a time.
const CHUNK: u32 = 1 << 15;
/// The fewest characters of a name that is looked for under wrong spellings.
const SPELLED_MIN: usize = 3;
/// The most readings in Latin letters that are kept of one name.
const READINGS_MAX: usize = 4;

/// What becomes of a library.
pub(crate) struct Written {
    /// The bytes of `geocode.bin`.
    pub(crate) bytes: Vec<u8>,
    /// The bytes of `geocode-grids.bin`, which is written anew when grids are redrawn.
    pub(crate) grids: Vec<u8>,
    /// Rows whose text is not understood in full, with the words that are not; all of it where there is no name in it.
    pub(crate) unread: Vec<(u32, String)>,
    /// Landmarks whose address the library has not, by their index among those that were given.
    pub(crate) lost: Vec<usize>,
}

/// Makes the index of a library with its divisions, the former names of these, and landmarks.
pub(crate) fn write(
    library: &impl Library,
    divisions: &[Division<'_>],
    aliases: &[Alias<'_>],
    landmarks: &[Landmark<'_>],
) -> Written {
    let mut terms = Terms::of_divisions(divisions, aliases);
    terms.take_heads_of(library);
    let heads = terms.heads();
    let chunks: Vec<_> = chunks(library).into_par_iter().map(|rows| read(library, rows, &heads)).collect();
    let (chunks, unread): (Vec<_>, Vec<_>) = chunks.into_iter().unzip();
    let mut places = merge(chunks.into_iter().flatten());
    add_building_names(library, &mut places, &heads);
    let rows = rows_of(landmarks, &places);
    let known = landmarks.iter().zip(&rows).filter_map(|(landmark, row)| Some((landmark.name, (*row)?)));
    let known: Vec<Place> = known.map(|(name, row)| of_landmark(library, name, row, &heads)).collect();
    places.extend(known);
    places.sort_by_key(|place| place.building);
    let bytes = Draft::new(terms, &places).write(&places, divisions);
    let grids = write_grids(&places, divisions);
    let lost = (0..).zip(&rows).filter(|(_, row)| row.is_none()).map(|(landmark, _)| landmark).collect();
    Written { bytes, grids, unread: unread.into_iter().flatten().collect(), lost }
}

/// Ranges of rows, none of which ends within a building.
fn chunks(library: &impl Library) -> Vec<Range<u32>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    while start < library.rows() {
        let mut end = (start + CHUNK).min(library.rows());
        while end < library.rows()
            && library.building(end).is_some()
            && library.building(end) == library.building(end - 1)
        {
            end += 1;
        }
        chunks.push(start..end);
        start = end;
    }
    chunks
}

/// The places of some rows, and the rows that are not understood in full, with the words that are not. A
/// row whose text begins like the one before it, and goes on with nothing but a tail, is not parsed again.
/// Only places of the same building are compared, so the rows of a building must stand side by side.
fn read(library: &impl Library, rows: Range<u32>, heads: &Heads) -> (Vec<Place>, Vec<(u32, String)>) {
    let mut places: Vec<Place> = Vec::new();
    let mut unread: Vec<(u32, String)> = Vec::new();
    let mut of_building = 0;
    let mut last: Option<Stem<'_>> = None;
    for row in rows {
        let (text, building) = (library.text(row), library.building(row).unwrap_or(NONE));
        let normal = Normal::of(text);
        if places.last().is_none_or(|place| place.building != building || building == NONE) {
            (of_building, last) = (places.len(), None);
        }
        let known = last.and_then(|stem| Some((stem.place, stem.tail_of(text)?)));
        let (place, tail) = known.unwrap_or_else(|| {
            let parsed = grammar::parse(&normal, |chars| heads.at(chars));
            unread.extend(words_unread(&normal, text, &parsed).map(|words| (row, words)));
            let stem = normal.source_at(text, parsed.stem_end);
            let head = heads.own(&normal.chars[..parsed.head]);
            let is_same = |place: &Place| place.head == head && same(&place.segments, &parsed.segments);
            let found = places[of_building..].iter().position(is_same);
            let place = found.map_or(places.len(), |found| of_building + found);
            if place == places.len() {
                let grid = if building == NONE { library.grid(row) } else { library.building_grid(building) };
                let (grid, stem) = (grid.unwrap_or(NONE), stem.min(usize::from(u16::MAX)) as u16);
                places.push(Place { building, grid, segments: parsed.segments, head, stem, rows: Vec::new() });
            }
            let in_building = places[place].is_building();
            last = text.get(..stem).map(|text| Stem { place, text, in_building });
            (place, parsed.tail.key())
        });
        places[place].rows.push(Row { row, tail, text: normal.hash() });
    }
    (places, unread)
}

/// The words of an address that fit nowhere in it; `None` if there are none.
fn words_unread(normal: &Normal, text: &str, parsed: &Parsed) -> Option<String> {
    if parsed.segments.is_empty() {
        return Some(text.to_owned());
    }
    let words: Vec<&str> = parsed.unplaced.iter().map(|(from, to)| normal.source(text, *from, *to)).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// What the text before began with: rows of one building differ in what follows.
#[derive(Clone, Copy)]
struct Stem<'t> {
    /// The index of its place in the chunk.
    place: usize,
    /// The text of its names and numbers, divisions in front included.
    text: &'t str,
    /// Whether it names a building, so that what follows counts rooms.
    in_building: bool,
}

impl Stem<'_> {
    /// The tail of a text that begins so, if nothing but a tail follows.
    fn tail_of(&self, text: &str) -> Option<TailKey> {
        let rest = text.strip_prefix(self.text)?;
        let ends_in_number = self.text.chars().next_back().is_some_and(is_numberish);
        if ends_in_number && !rest.is_empty() {
            return None;
        }
        // 12号 and 楼, 12号 and -1层: what begins with no number may say something about the number before.
        if !rest.chars().next().is_none_or(is_numberish) {
            return None;
        }
        grammar::parse_tail(&Normal::of(rest), self.in_building).map(|tail| tail.key())
    }
}

/// Whether two stems have the same names and numbers.
fn same(one: &[Segment], other: &[Segment]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.name == b.name && a.numbers == b.numbers)
}

/// Puts addresses without a building together that have one grid, one head and the same names and numbers.
/// Places of buildings pass through as they are.
fn merge(all: impl Iterator<Item = Place>) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut without: HashMap<String, usize> = HashMap::new();
    for place in all {
        if place.building != NONE {
            places.push(place);
            continue;
        }
        let parts: Vec<_> = place.segments.iter().map(|s| (&s.name, &s.numbers)).collect();
        let key = format!("{} {:?} {parts:?}", place.grid, place.head);
        let at = *without.entry(key).or_insert(places.len());
        match places.get_mut(at) {
            Some(same) => same.rows.extend(place.rows),
            None => places.push(place),
        }
    }
    places
}

/// Buildings are also known by their own names: one whose name has a segment that none of its places has
/// gets a place of that name as well, with the rows of its first one.
fn add_building_names(library: &impl Library, places: &mut Vec<Place>, heads: &Heads) {
    let mut by_building: HashMap<u32, Vec<usize>> = HashMap::new();
    places.iter().enumerate().for_each(|(at, place)| by_building.entry(place.building).or_default().push(at));
    for building in 0..library.buildings() {
        let Some(name) = library.building_name(building) else { continue };
        let segments = grammar::parse(&Normal::of(name), |chars| heads.at(chars)).segments;
        let of_building = by_building.get(&building).map_or(&[][..], Vec::as_slice);
        let known = |segment: &Segment| {
            let has = |other: &Segment| other.name == segment.name && other.numbers == segment.numbers;
            of_building.iter().any(|at| places[*at].segments.iter().any(has))
        };
        if segments.is_empty() || segments.iter().all(known) {
            continue;
        }
        let rows = of_building.first().map_or(&[][..], |at| places[*at].rows.as_slice());
        // Their texts stand under the other name.
        let rows = rows.iter().map(|row| Row { text: NO_TEXT, ..*row }).collect();
        let stem = of_building.first().map_or(0, |at| places[*at].stem);
        let grid = library.building_grid(building).unwrap_or(NONE);
        places.push(Place { building, grid, segments, head: None, stem, rows });
    }
}

/// The grid of each place, and of each grid the one above and the level; all by number.
fn write_grids(places: &[Place], divisions: &[Division<'_>]) -> Vec<u8> {
    let numbers = divisions.iter().map(|division| division.number as usize + 1).max().unwrap_or(0);
    let (mut parents, mut levels) = (vec![NONE; numbers], vec![0_u8; numbers]);
    for division in divisions {
        parents[division.number as usize] = division.parent.unwrap_or(NONE);
        levels[division.number as usize] = division.level as u8;
    }
    let mut file = ArraysWriter::new(GRIDS_MAGIC, VERSION);
    file.push(&places.iter().map(|place| place.grid).collect::<Vec<_>>());
    file.push(&parents);
    file.push(&levels);
    file.finish()
}

/// The arrays of the index, before they are written.
struct Draft {
    /// All terms with their meanings, sorted by their bytes; the index of a term is its number.
    terms: Vec<(String, Vec<u32>)>,
    /// The term of each name.
    name_term: Vec<u32>,
    /// The elements of each place, as they are stored.
    elements: Vec<Vec<u64>>,
    /// Pairs of a name and a place that has it, sorted.
    places_of_name: Vec<(u32, u32)>,
}

impl Draft {
    fn new(mut terms: Terms, places: &[Place]) -> Self {
        let mut names: HashMap<&str, u32> = HashMap::new();
        for segment in places.iter().flat_map(|place| &place.segments) {
            let next = names.len() as u32;
            if !segment.name.is_empty() {
                names.entry(&segment.name).or_insert(next);
            }
        }
        for (name, id) in &names {
            terms.add(name, Meaning::Name(*id));
        }
        let terms: Vec<_> = terms.0.into_iter().collect();
        let mut name_term = vec![0; names.len()];
        for (term, (_, meanings)) in (0..).zip(&terms) {
            for bits in meanings {
                if let Meaning::Name(id) = Meaning::of(*bits) {
                    name_term[id as usize] = term;
                }
            }
        }
        let elements = places.iter().map(|place| elements(place, &names)).collect();
        let of_name = |(at, place): (u32, &Place)| {
            let ids: Vec<u32> = place.segments.iter().filter_map(|s| names.get(s.name.as_str()).copied()).collect();
            ids.into_iter().map(move |id| (id, at))
        };
        let mut places_of_name: Vec<(u32, u32)> = (0..).zip(places).flat_map(of_name).collect();
        places_of_name.par_sort_unstable();
        places_of_name.dedup();
        Self { terms, name_term, elements, places_of_name }
    }

    /// The bytes of `geocode.bin`, array by array in the order in which `reader.rs` opens them.
    fn write(&self, places: &[Place], divisions: &[Division<'_>]) -> Vec<u8> {
        let (terms, pinyin) = (self.automaton(), self.readings());
        let mut file = ArraysWriter::new(MAGIC, VERSION);
        file.push(&[xxh3_64(&terms), xxh3_64(&pinyin)]);
        file.push(&terms);
        file.push(&pinyin);
        push_lists(&mut file, self.terms.iter().map(|(text, _)| text.as_bytes()));
        push_lists(&mut file, self.terms.iter().map(|(_, meanings)| meanings.as_slice()));
        push_hashed(&mut file, self.spellings());
        file.push(&self.name_term);
        let names = self.name_term.len();
        push_grouped(&mut file, names, &self.places_of_name);
        push_grouped(&mut file, names, &self.areas_of_name(places, divisions));
        push_hashed(&mut file, self.keys());
        push_lists(&mut file, self.elements.iter().map(Vec::as_slice));
        file.push(&places.iter().map(|place| place.building).collect::<Vec<_>>());
        let mut first = 0;
        let firsts = places.iter().map(|place| {
            first += place.rows.len() as u32;
            first - place.rows.len() as u32
        });
        file.push(&firsts.collect::<Vec<_>>());
        file.push(&places.iter().map(|place| place.rows.len() as u32).collect::<Vec<_>>());
        file.push(&places.iter().map(|place| place.stem).collect::<Vec<_>>());
        let rows = || places.iter().flat_map(|place| &place.rows);
        file.push(&rows().map(|row| row.row).collect::<Vec<_>>());
        file.push(&rows().map(|row| row.tail.0).collect::<Vec<_>>());
        let texts = (0..).zip(rows()).filter(|(_, row)| row.text != NO_TEXT);
        push_hashed(&mut file, texts.map(|(slot, row)| (row.text, slot)).collect());
        let term = |name: &String| self.terms.binary_search_by(|(text, _)| text.cmp(name)).ok();
        let head = |place: &Place| place.head.as_ref().and_then(term).map_or(NONE, |term| term as u32);
        file.push(&places.iter().map(head).collect::<Vec<_>>());
        file.finish()
    }

    /// The automaton that leads from a term to its number.
    fn automaton(&self) -> Vec<u8> {
        let mut builder = MapBuilder::memory();
        for (term, (text, _)) in (0..).zip(&self.terms) {
            // Terms are sorted and differ, so none can be refused.
            let _ = builder.insert(text, term);
        }
        builder.into_inner().unwrap_or_default()
    }

    /// Names of the plate, by number of their term.
    fn own_terms(&self) -> impl Iterator<Item = (u32, &str)> {
        let own = |bits: &u32| match Meaning::of(*bits) {
            Meaning::Name(_) | Meaning::Former { .. } => true,
            Meaning::Division { form, .. } => form == Form::Full,
            _ => false,
        };
        let terms = (0..).zip(&self.terms).filter(move |(_, (_, meanings))| meanings.iter().any(own));
        terms.map(|(term, (text, _))| (term, text.as_str()))
    }

    /// The automaton of names in Latin letters. A key is a reading, a zero byte and the number of the term,
    /// big-endian, so that names that read alike are several keys, and a prefix of a reading finds them
    /// all.
    fn readings(&self) -> Vec<u8> {
        let mut keys: Vec<Vec<u8>> = Vec::new();
        for (term, text) in self.own_terms() {
            for reading in readings(text) {
                keys.push([reading.as_bytes(), &[0], &term.to_be_bytes()].concat());
            }
        }
        keys.par_sort_unstable();
        keys.dedup();
        let mut builder = MapBuilder::memory();
        for key in keys {
            let _ = builder.insert(key, 0);
        }
        builder.into_inner().unwrap_or_default()
    }

    /// Each name under its spelling and under those that lack one character.
    fn spellings(&self) -> Vec<(u64, u32)> {
        let mut spellings = Vec::new();
        for (term, text) in self.own_terms() {
            let chars: Vec<char> = text.chars().collect();
            if chars.len() < SPELLED_MIN {
                continue;
            }
            spellings_of(&chars, |spelling| spellings.push((spelling, term)));
        }
        spellings
    }

    /// Pairs of a name and the number of the division above the grid of one of its places, sorted. For a
    /// grid without one above it is the grid itself; places outside all grids have no area.
    fn areas_of_name(&self, places: &[Place], divisions: &[Division<'_>]) -> Vec<(u32, u32)> {
        let by_number: HashMap<u32, &Division<'_>> = divisions.iter().map(|d| (d.number, d)).collect();
        let area = |grid: u32| by_number.get(&grid).map(|d| d.parent.unwrap_or(grid));
        let areas = self.places_of_name.iter().filter_map(|(name, at)| Some((*name, area(places[*at as usize].grid)?)));
        let mut areas: Vec<(u32, u32)> = areas.collect();
        areas.par_sort_unstable();
        areas.dedup();
        areas
    }

    /// Every name with all its numbers, and with each of them alone.
    fn keys(&self) -> Vec<(u64, u32)> {
        let keys = |(place, elements): (usize, &Vec<u64>)| {
            let mut keys = Vec::new();
            for (name, numbers) in segments(elements) {
                if !numbers.is_empty() {
                    keys.push((key_of(name, &numbers), place as u32));
                }
                if numbers.len() > 1 {
                    keys.extend(numbers.iter().map(|number| (key_of(name, &[*number]), place as u32)));
                }
            }
            keys
        };
        self.elements.par_iter().enumerate().flat_map_iter(keys).collect()
    }
}

/// The elements of a place; numbers in the order of their classes.
fn elements(place: &Place, names: &HashMap<&str, u32>) -> Vec<u64> {
    let mut elements = Vec::new();
    for segment in &place.segments {
        let Some(name) = names.get(segment.name.as_str()) else { continue };
        let mut numbers = segment.numbers.clone();
        numbers.sort_unstable();
        elements.push(Element::Name(*name).bits());
        elements.extend(numbers.into_iter().map(|(class, value)| Element::Number(class, value).bits()));
    }
    elements
}

/// Names with the numbers behind them, as [`elements`] put them in a row.
fn segments(elements: &[u64]) -> Vec<(u32, Vec<(Class, Value)>)> {
    let mut segments: Vec<(u32, Vec<(Class, Value)>)> = Vec::new();
    for element in elements {
        match (Element::of(*element), segments.last_mut()) {
            (Element::Name(name), _) => segments.push((name, Vec::new())),
            (Element::Number(class, value), Some((_, numbers))) => numbers.push((class, value)),
            (Element::Number(..), None) => {}
        }
    }
    segments
}

/// A name in Latin letters, in full and by initials. A character with several sounds makes several
/// readings, of which [`READINGS_MAX`] are kept; one without any stays as it is, and ü is written v.
fn readings(text: &str) -> Vec<String> {
    let mut readings = vec![(String::new(), String::new())];
    for c in text.chars() {
        let sounds: Vec<&str> = match (c.to_pinyin_multi(), c.to_pinyin()) {
            (Some(multi), _) => multi.into_iter().map(|p| p.plain()).collect(),
            (None, Some(single)) => vec![single.plain()],
            (None, None) => Vec::new(),
        };
        let mut next: Vec<(String, String)> = Vec::new();
        for (full, initials) in &readings {
            if sounds.is_empty() {
                next.push((format!("{full}{c}"), format!("{initials}{c}")));
            }
            for sound in sounds.iter().map(|sound| sound.replace('ü', "v")) {
                let initial: String = sound.chars().take(1).collect();
                next.push((format!("{full}{sound}"), initials.clone() + &initial));
            }
        }
        next.dedup();
        next.truncate(READINGS_MAX);
        readings = next;
    }
    readings.into_iter().flat_map(|(full, initials)| [full, initials]).map(|r| r.to_ascii_lowercase()).collect()
}

/// Writes lists as two arrays: where each begins, and all items.
fn push_lists<'a, T: arrow_buffer::ArrowNativeType>(file: &mut ArraysWriter, lists: impl Iterator<Item = &'a [T]>) {
    let (mut starts, mut items) = (vec![0_u32], Vec::new());
    for list in lists {
        items.extend_from_slice(list);
        starts.push(items.len() as u32);
    }
    file.push(&starts);
    file.push(&items);
}

/// Lists by number, from sorted pairs.
fn push_grouped(file: &mut ArraysWriter, numbers: usize, pairs: &[(u32, u32)]) {
    let starts = (0..=numbers as u32).map(|number| pairs.partition_point(|(of, _)| *of < number) as u32);
    file.push(&starts.collect::<Vec<_>>());
    file.push(&pairs.iter().map(|(_, item)| *item).collect::<Vec<_>>());
}

/// Writes entries to be found by their hash, as two arrays: where each bucket begins, and the entries, each
/// with the lower 32 bits of its hash above its value. The bucket is the upper bits of the hash, as many as
/// make four to eight entries a bucket on average.
fn push_hashed(file: &mut ArraysWriter, mut entries: Vec<(u64, u32)>) {
    entries.par_sort_unstable();
    entries.dedup();
    let bits = (entries.len() / 4).max(2).ilog2();
    let mut starts = vec![0_u32; (1 << bits) + 1];
    entries.iter().for_each(|(hash, _)| starts[(hash >> (64 - bits)) as usize + 1] += 1);
    (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
    file.push(&starts);
    file.push(&entries.iter().map(|(hash, value)| hash << 32 | u64::from(*value)).collect::<Vec<_>>());
}
