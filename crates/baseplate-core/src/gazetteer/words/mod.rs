//! General words of Chinese addresses, from the data files beside this one. Names of the city are not among
//! them: those come from the plate.
//!
//! | file | a line is |
//! |---|---|
//! | `suffixes.txt` | a class or kind, a tab, a word that stands behind a number |
//! | `roads.txt` | an ending of names of roads |
//! | `asides.txt` | a word around an address |
//! | `relations.txt` | a word that names a place by another one |
//! | `beside.txt` | a word at the end of a text that says that something is near |
//! | `parts.txt` | a part of a building |
//! | `divisions.txt` | `province`, `city` or `county`, a tab, a full name |
//! | `endings.txt` | a level, a tab, endings that stand for one another |
//! | `variants.txt` | a variant character, a tab, the standard one |
//!
//! The files are UTF-8; lines that begin with `# ` are comments. They are part of the program, and tables
//! are made of them when they are first needed. The letters of kinds in `class` are stored in the index, so
//! a change to them needs a new version of it.

use super::class::Class;
use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use std::{collections::HashMap, sync::LazyLock};

/// The characters that are folded through a table.
const IDEOGRAPHS: std::ops::RangeInclusive<char> = '\u{4e00}'..='\u{9fff}';

/// Simplified forms of [`IDEOGRAPHS`], in their order.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table: Vec<char> = IDEOGRAPHS.collect();
    if let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) {
        // One character a line: whatever needs its neighbours stays as it is.
        let lines: String = IDEOGRAPHS.flat_map(|c| [c, '\n']).collect();
        for (slot, line) in table.iter_mut().zip(converter.convert(&lines).lines()) {
            *slot = line.chars().next().unwrap_or(*slot);
        }
    }
    for (variant, standard) in VARIANTS.iter() {
        let slot = (*variant as usize).checked_sub(*IDEOGRAPHS.start() as usize).and_then(|at| table.get_mut(at));
        slot.into_iter().for_each(|slot| *slot = *standard);
    }
    table
});

/// Variant characters and their standard forms.
static VARIANTS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let first = |(variant, standard): (&str, &str)| variant.chars().next().zip(standard.chars().next());
    pairs(include_str!("variants.txt")).filter_map(first).collect()
});

/// The simplified form of a character, and the standard one of a variant; any other character is itself.
/// Characters are folded one by one, so that the length of a text stays the same and no phrase can turn a
/// name into another.
pub(super) fn simplified(c: char) -> char {
    let index = (c as usize).wrapping_sub(*IDEOGRAPHS.start() as usize);
    SIMPLIFIED.get(index).or_else(|| VARIANTS.get(&c)).copied().unwrap_or(c)
}

/// What stands behind a number and says what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suffix {
    /// What is counted.
    pub(super) class: Class,
    /// Whether it is a shop, not a flat.
    pub(super) shop: bool,
    /// A small letter for a kind that is another thing than the usual one of its class: 横巷, 队.
    pub(super) kind: Option<char>,
    /// How many characters the suffix has.
    pub(super) len: usize,
}

/// Suffixes by their first character.
type Suffixes = HashMap<char, Vec<(Vec<char>, Suffix)>>;

/// All suffixes, the long ones first, so that the longest is found.
static SUFFIXES: LazyLock<Suffixes> = LazyLock::new(|| {
    let mut suffixes = Suffixes::new();
    for (name, word) in pairs(include_str!("suffixes.txt")) {
        let word: Vec<char> = word.chars().collect();
        let (class, kind) = class(name);
        let suffix = Suffix { class, shop: name == "shop", kind, len: word.len() };
        suffixes.entry(word[0]).or_default().push((word, suffix));
    }
    suffixes.values_mut().for_each(|words| words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
    suffixes
});

/// The class of a word in `suffixes.txt`, and the letter of its kind if that is not the usual one of the
/// class. The letters go into the index.
fn class(name: &str) -> (Class, Option<char>) {
    match name {
        "phase" => (Class::Phase, None),
        "zone" => (Class::Zone, None),
        "group" => (Class::Zone, Some('k')),
        "team" => (Class::Zone, Some('l')),
        "row" => (Class::Zone, Some('m')),
        "lane" => (Class::Lane, None),
        "cross-lane" => (Class::Lane, Some('n')),
        "side-lane" => (Class::Lane, Some('o')),
        "long-lane" => (Class::Lane, Some('p')),
        "hutong" => (Class::Lane, Some('q')),
        "door" => (Class::Door, None),
        "building" => (Class::Building, None),
        "unit" => (Class::Unit, None),
        "gate" => (Class::Unit, Some('r')),
        "floor" => (Class::Floor, None),
        "room" | "shop" => (Class::Room, None),
        _ => (Class::Bare, None),
    }
}

/// The longest suffix at the beginning of some characters; `None` if there is none, or if its last
/// character begins a word around an address (5号房东).
pub(super) fn suffix_at(chars: &[char]) -> Option<Suffix> {
    let words = SUFFIXES.get(chars.first()?)?;
    // 5号房东: another word begins with the end of this one.
    // 201房东侧: but not a word that begins behind it.
    let ends = |word: &[char]| {
        let (last, behind) = (&chars[word.len() - 1..], &chars[word.len()..]);
        !ASIDES.iter().any(|aside| last.starts_with(aside)) || RELATIONS.iter().any(|other| behind.starts_with(other))
    };
    words.iter().find(|(word, _)| chars.starts_with(word) && ends(word)).map(|(_, suffix)| *suffix)
}

/// Endings of names of roads, long ones first.
static ROADS: LazyLock<Vec<(&str, Vec<char>)>> =
    LazyLock::new(|| lines(include_str!("roads.txt")).map(|word| (word, word.chars().collect())).collect());

/// The length of the ending of a road's name that stands at the beginning of some characters.
pub(super) fn road_ending_at(chars: &[char]) -> Option<usize> {
    ROADS.iter().find(|(_, word)| chars.starts_with(word)).map(|(_, word)| word.len())
}

/// Whether a name is that of a road.
pub(crate) fn is_road(name: &str) -> bool {
    ROADS.iter().any(|(word, _)| name.ends_with(word) && name.len() > word.len())
}

/// Those of [`asides`] and [`relations`] that have several characters.
static ASIDES: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| several(asides().chain(relations())));
static RELATIONS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| several(relations()));

fn several(words: impl Iterator<Item = &'static str>) -> Vec<Vec<char>> {
    words.map(|word| word.chars().collect()).filter(|word: &Vec<char>| word.len() > 1).collect()
}

/// Words around an address that are no part of it.
pub(super) fn asides() -> impl Iterator<Item = &'static str> {
    lines(include_str!("asides.txt"))
}

/// Parts of buildings, in words.
static PARTS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| several(lines(include_str!("parts.txt"))));

/// Whether some characters name a part of a building (夹层, 车库).
pub(super) fn has_part(chars: &[char]) -> bool {
    (0..chars.len()).any(|at| PARTS.iter().any(|part| chars[at..].starts_with(part)))
}

/// Words that name a place by another one.
pub(super) fn relations() -> impl Iterator<Item = &'static str> {
    lines(include_str!("relations.txt"))
}

/// What stands before the word at the end of a text that says that something is near it; `None` if it does not end so.
pub(crate) fn beside(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let before = lines(include_str!("beside.txt")).filter_map(|word| text.strip_suffix(word));
    before.min_by_key(|before| before.len()).filter(|before| !before.is_empty())
}

/// Divisions of the country: `province`, `city` or `county`, and the full name; those of a province stand
/// behind it.
pub(super) fn divisions() -> impl Iterator<Item = (&'static str, &'static str)> {
    pairs(include_str!("divisions.txt"))
}

/// Endings of the names of divisions: the level, and a list of endings, separated by spaces, that people
/// write for one another; `-` is no ending at all.
pub(super) fn division_endings() -> impl Iterator<Item = (&'static str, &'static str)> {
    pairs(include_str!("endings.txt"))
}

fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.starts_with('#') || !line.contains(' ')).filter(|line| !line.is_empty())
}

fn pairs(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines().filter(|line| !line.starts_with("# ")).filter_map(|line| line.split_once('\t'))
}
