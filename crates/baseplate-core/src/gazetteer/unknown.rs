//! What may be gone by of a text in spite of words in it that are not understood.
//!
//! Names and numbers behind an unknown word may be those of something that the word names: in 秋实路3号幸福里花园1栋
//! the 1栋 is of an estate that nobody knows, not of the house at number 3. So a reading is cut off at the
//! first unknown words that may mean another place, and whatever they touch goes with them. In front of the
//! names such words make another name of them (新荷香一路).

use super::{
    class::Class,
    normal::Normal,
    reading::{Counted, Named, Reading},
    rest::Rest,
};

/// What the names of roads, villages and estates end in.
const NAME_ENDINGS: &str = "路街巷道弄村庄屯里坊园苑围镇乡";
/// The fewest characters of an unknown word that is taken for such a name.
const NAME_MIN: usize = 3;

impl Reading {
    /// The reading up to the first words that are not understood and may say which place is meant; `None`
    /// if there are no such words. A number that they touch goes with them (3号东 is no 3号), unless it is a
    /// building, unit or floor and they do not name a building themselves.
    pub(super) fn up_to_unknown(&self, normal: &Normal) -> Option<Self> {
        // 科研楼第2层: 第 belongs to the number.
        let owned = |rest: &Rest| rest.to + usize::from(normal.chars.get(rest.to) == Some(&'第'));
        let owns = |rest: &Rest| self.numbers.iter().any(|number| number.from == rest.to || number.from == owned(rest));
        let is_decisive = |rest: &&Rest| {
            self.begins_before(rest.from) && (rest.tells(normal) && !rest.was(normal) || owns(rest) && !rest.bracketed)
        };
        let rest = self.rests.iter().find(is_decisive)?;
        let names_building = rest.names_building(normal)
            || self.numbers.iter().any(|n| n.from == rest.to && n.number.class == Class::Building);
        // 3号东 is no 3号; what follows 3栋 or 2单元 is in it, unless it is another building.
        let changes = |number: &Counted| match number.number.class {
            Class::Building | Class::Unit | Class::Floor => names_building,
            Class::Bare => names_building || rest.tells(normal),
            _ => rest.tells(normal),
        };
        let joined = rest.bracketed || !normal.after_gap[rest.from];
        let touched = |number: &Counted| number.to() == rest.from && joined && changes(number);
        let names: Vec<Named> = self.names.iter().filter(|name| name.to <= rest.from).cloned().collect();
        let numbers = self.numbers.iter().filter(|number| number.to() <= rest.from && !touched(number));
        Some(Self { numbers: numbers.cloned().collect(), names, ..self.clone() })
    }

    /// Whether a name or a number stands before an index in the text.
    fn begins_before(&self, at: usize) -> bool {
        self.names.iter().any(|name| name.to <= at) || self.numbers.iter().any(|number| number.from < at)
    }

    /// Whether words that are not understood are the beginning of a name, or tell places apart: then another place is meant than
    /// one that has the names behind them.
    pub(super) fn has_other_name(&self, normal: &Normal) -> bool {
        let joined = |at: usize| !normal.after_gap.get(at).copied().unwrap_or(true);
        let begins_name = |rest: &Rest| self.names.iter().any(|name| name.from == rest.to && joined(name.from));
        // What tells places apart behind the place ends the answer above it, and contradicts nothing.
        let is_before = |rest: &Rest| !self.begins_before(rest.from) && rest.tells(normal);
        // An unknown road, village or estate is another place than the one that was found beside it.
        let is_other_name = |rest: &Rest| {
            let ending = normal.chars[..rest.to].last();
            rest.to - rest.from >= NAME_MIN && ending.is_some_and(|c| NAME_ENDINGS.contains(*c))
        };
        // 振兴村苏屋 is another name than 振兴村.
        let is_longer = |rest: &Rest| joined(rest.from) && self.names.iter().any(|name| name.to == rest.from);
        let goes_on = |rest: &Rest| begins_name(rest) || is_longer(rest) || is_other_name(rest);
        let is_name = |rest: &Rest| is_before(rest) || !rest.bracketed && goes_on(rest);
        self.has_other_county || self.rests.iter().any(is_name)
    }
}
