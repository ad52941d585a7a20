//! What terms mean besides the names of roads and estates: divisions, here and elsewhere, and general
//! words.
//!
//! Divisions stand in the index in all forms in which people write them (鹤渚社区, 鹤渚居委会, 鹤渚). Divisions of the
//! whole country are terms, too, so that an address in another city is recognised as such; one that the
//! plate has, or that is a name here, loses that meaning. Divisions that the plate lacks, but under which
//! the library puts its addresses, are learnt from a sample of the library.

use super::{
    format::{Abroad, Form, Meaning},
    library::{Alias, Division, Library},
};
use crate::{
    gazetteer::{normal::Normal, words},
    model::Level,
};
use std::collections::{BTreeMap, HashMap};

/// About how many rows are looked at to learn under which divisions a library puts its addresses.
const HEADS_OF: u32 = 20_000;
/// One row in so many must begin with a division to make it one of the library's own.
const OWN_SHARE: u32 = 1_000;
/// So many rows must do so at least.
const OWN_MIN: u32 = 3;
/// Endings that people leave out of the names of provinces and cities, the long ones first.
const SHORTENED: [&str; 7] = ["特别行政区", "维吾尔自治区", "回族自治区", "壮族自治区", "自治区", "省", "市"];
/// The fewest characters of a division elsewhere that is known by its name alone.
const COUNTY_MIN: usize = 3;

/// Terms in their normal form, sorted by their bytes, each with what it means as it is stored.
#[derive(Default)]
pub(super) struct Terms(pub(super) BTreeMap<String, Vec<u32>>);

impl Terms {
    /// The terms of divisions, former names and general words. Basic grids are no terms: nobody writes them
    /// into an address.
    pub(super) fn of_divisions(divisions: &[Division<'_>], aliases: &[Alias<'_>]) -> Self {
        let mut terms = Self::default();
        for (kind, name) in words::divisions() {
            let kind = match kind {
                "province" => Abroad::Province,
                "city" => Abroad::City,
                _ => Abroad::County,
            };
            // 城区, 郊区 and the like are counties, too, but say nothing by themselves.
            if name.chars().count() < COUNTY_MIN {
                continue;
            }
            terms.add(name, Meaning::Elsewhere { kind, short: false });
            let short = SHORTENED.iter().find_map(|ending| name.strip_suffix(ending));
            if let Some(short) = short.filter(|short| kind != Abroad::County && short.chars().count() > 1) {
                terms.add(short, Meaning::Elsewhere { kind, short: true });
            }
        }
        for word in words::asides() {
            terms.add(word, Meaning::Aside);
        }
        for word in words::relations() {
            terms.add(word, Meaning::Relation);
        }
        for division in divisions.iter().filter(|division| division.level != Level::Grid) {
            for (name, form) in forms(division.name, division.level) {
                terms.add(&name, Meaning::Division { grid_number: division.number, form });
            }
        }
        for alias in aliases {
            terms.add(alias.name, Meaning::Former { grid_number: alias.grid_number });
        }
        terms
    }

    /// Adds a meaning to a term. A term of the plate means that, and no longer anything elsewhere or a word
    /// around an address.
    pub(super) fn add(&mut self, text: &str, meaning: Meaning) {
        let normal = Normal::of(text);
        let key = normal.text(0, normal.len());
        if key.is_empty() {
            return;
        }
        let meanings = self.0.entry(key).or_default();
        if !matches!(meaning, Meaning::Elsewhere { .. } | Meaning::Aside) {
            meanings.retain(|bits| !matches!(Meaning::of(*bits), Meaning::Elsewhere { .. } | Meaning::Aside));
        }
        if !meanings.contains(&meaning.bits()) {
            meanings.push(meaning.bits());
        }
    }

    /// Learns which divisions of the country the library puts its addresses under although the plate lacks
    /// them: those that a thousandth of the sampled addresses begin with are no other place.
    pub(super) fn take_heads_of(&mut self, library: &impl Library) {
        let heads = self.heads();
        let step = (library.rows() / HEADS_OF).max(1);
        let mut counts: HashMap<String, u32> = HashMap::new();
        let mut looked_at = 0;
        for row in (0..library.rows()).step_by(step as usize) {
            looked_at += 1;
            let normal = Normal::of(library.text(row));
            let mut at = 0;
            while let Some(length) = heads.at(&normal.chars[at..]) {
                *counts.entry(normal.text(at, at + length)).or_default() += 1;
                at += length;
            }
        }
        let least = (looked_at / OWN_SHARE).max(OWN_MIN);
        for (head, _) in counts.into_iter().filter(|(_, count)| *count >= least) {
            let Some(meanings) = self.0.get_mut(&head) else { continue };
            for bits in meanings.iter_mut().filter(|bits| matches!(Meaning::of(**bits), Meaning::Elsewhere { .. })) {
                let province = matches!(Meaning::of(*bits), Meaning::Elsewhere { kind: Abroad::Province, .. });
                *bits = Meaning::Own { province }.bits();
            }
        }
    }

    /// The divisions that may stand at the head of an address of the library.
    pub(super) fn heads(&self) -> Heads {
        let meanings = |meanings: &[u32], is: fn(Meaning) -> bool| meanings.iter().any(|bits| is(Meaning::of(*bits)));
        let heads = self.0.iter().filter(|(_, all)| meanings(all, Meaning::is_head));
        let is_own = |meaning| matches!(meaning, Meaning::Own { province: false });
        let mut by_beginning: HashMap<[char; 2], Vec<(Vec<char>, bool)>> = HashMap::new();
        for (text, all) in heads {
            let text: Vec<char> = text.chars().collect();
            let Some(beginning) = text.first_chunk() else { continue };
            by_beginning.entry(*beginning).or_default().push((text, meanings(all, is_own)));
        }
        by_beginning.values_mut().for_each(|alike| alike.sort_by_key(|(text, _)| std::cmp::Reverse(text.len())));
        Heads(by_beginning)
    }
}

/// The forms in which people write a division: its own name, the name with another ending of its level, and
/// without one if at least two characters are left.
fn forms(name: &str, level: Level) -> Vec<(String, Form)> {
    let mut forms = vec![(name.to_owned(), Form::Full)];
    let endings = words::division_endings().filter(|(of, _)| *of == level.as_str()).flat_map(|(_, all)| all.split(' '));
    let endings: Vec<&str> = endings.map(|ending| if ending == "-" { "" } else { ending }).collect();
    let own = endings.iter().filter(|ending| !ending.is_empty() && name.ends_with(**ending)).max_by_key(|e| e.len());
    let Some(stem) = own.and_then(|ending| name.strip_suffix(*ending)).filter(|stem| stem.chars().count() > 1) else {
        return forms;
    };
    let others = endings.iter().filter(|ending| Some(**ending) != own.copied());
    forms.extend(
        others.map(|ending| (format!("{stem}{ending}"), if ending.is_empty() { Form::Short } else { Form::Other })),
    );
    forms
}

/// The names of divisions at the head of a text, under which the library may put them, and whether the plate lacks them and they tell
/// places of the city apart: by their first characters, the long ones first.
pub(super) struct Heads(HashMap<[char; 2], Vec<(Vec<char>, bool)>>);

impl Heads {
    /// The length of the name that a text begins with.
    pub(super) fn at(&self, chars: &[char]) -> Option<usize> {
        self.found(chars).map(|(name, _)| name.len())
    }

    /// The longest name that a text begins with, and whether the plate lacks it.
    fn found(&self, chars: &[char]) -> Option<&(Vec<char>, bool)> {
        self.0.get(chars.first_chunk()?)?.iter().find(|(name, _)| chars.starts_with(name))
    }

    /// The last of those at the head of a text that the plate lacks.
    pub(super) fn own(&self, chars: &[char]) -> Option<String> {
        let (mut own, mut from) = (None, 0);
        while let Some((name, is_own)) = self.found(&chars[from..]) {
            own = Some(name.iter().collect()).filter(|_| *is_own).or(own);
            from += name.len();
        }
        own
    }
}
