//! Words of a text that are not understood: what they may mean, and what may be gone by in spite of them.

use super::{
    normal::{APART, Normal, is_numberish, is_numeral},
    number::{Class, is_phone, number_at},
    reading::{Counted, Named, Reading},
    words,
};

/// What is not understood.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether it touches a name, so that it may be part of it.
    pub(super) touches: bool,
    pub(super) bracketed: bool,
    /// Whether it stands behind a space, a comma or a word such as 收件人.
    pub(super) apart: bool,
}

/// Characters of a remark that may be a person's name (李四收), in which a numeral counts nothing.
const PERSON: usize = 4;

/// What the names of roads, villages and estates end in, and how many characters they have at least.
const PLACES: &str = "路街巷道弄村庄屯里坊园苑围镇乡";
const PLACE: usize = 3;
/// Characters that make another number of the one they are glued to: 19号旧, 19号附.
const GLUED: &str = "旧新附副临顶底特";
/// Characters of a remark in brackets that may say on which side something is: (北侧).
const SIDE: usize = 2;

impl Rest {
    /// Whether it has anything that tells places apart: a number, a letter, a direction.
    pub(super) fn tells(&self, normal: &Normal) -> bool {
        // (右), (西宫), but (前台代收), and (北门进) is how to come there.
        let is_way = self.bracketed && self.to > self.from && matches!(normal.chars[self.to - 1], '进' | '入' | '出');
        let is_glued = !self.bracketed && !self.apart && self.to - self.from <= SIDE;
        let is_short = !self.bracketed || self.to - self.from <= SIDE;
        let tells = |at: &usize| {
            let c = normal.chars[*at];
            let is_letter = c.is_alphanumeric() && !matches!(c, '\u{4e00}'..='\u{9fff}');
            (is_numberish(c) || is_letter) && !is_phone(&normal.chars, *at)
                || is_numeral(c)
                || is_short && DIRECTIONS.contains(c)
                || !is_way && matches!(c, '东' | '西' | '南' | '北' | '左' | '右' | '半')
                || is_glued && GLUED.contains(c)
        };
        let found: Vec<usize> = (self.from..self.to).filter(tells).collect();
        // 李四收, (一照多址): numerals in words that stand apart, and count nothing.
        let counts = |at: usize| number_at(normal, at).is_some_and(|number| number.class != Class::Bare);
        let is_word = |at: &usize| !matches!(normal.chars[*at], APART | '-' | '、') && !is_phone(&normal.chars, *at);
        let is_ordinal = |at: usize| at > 0 && matches!(normal.chars[at - 1], '第' | '附' | '之' | '其' | '内');
        let is_person = (2..=PERSON).contains(&(self.from..self.to).filter(is_word).count())
            && matches!(found.as_slice(), [one] if normal.spelled[*one] && !counts(*one) && !is_ordinal(*one)
                && (self.bracketed || self.apart && *one > self.from));
        !found.is_empty() && !is_person || words::has_part(&normal.chars[self.from..self.to])
    }

    /// Whether it says what a place was: (原15栋).
    fn was(&self, normal: &Normal) -> bool {
        self.bracketed && matches!(normal.chars[self.from], '原' | '曾' | '旧')
    }

    /// Whether it names another building than the one it stands behind: 15栋副栋, 15栋之二.
    fn names_building(&self, normal: &Normal) -> bool {
        normal.chars[self.from..self.to].iter().any(|c| matches!(c, '栋' | '幢' | '座' | '之' | '附' | '副'))
    }
}

/// Characters that say where something is.
const DIRECTIONS: &str = "东西南北中上下前后左右内外负半";

impl Reading {
    /// What can be gone by: the reading up to the first words that are not understood and may say which place is meant, if
    /// there are any. Whatever follows them may be theirs, and so may be the number that they touch.
    pub(super) fn up_to_unknown(&self, normal: &Normal) -> Option<Self> {
        // 科研楼第2层: 第 belongs to the number.
        let owned = |rest: &Rest| rest.to + usize::from(normal.chars.get(rest.to) == Some(&'第'));
        let owns = |rest: &Rest| self.numbers.iter().any(|number| number.from == rest.to || number.from == owned(rest));
        let is_of_place = |rest: &&Rest| {
            self.begins_before(rest.from) && (rest.tells(normal) && !rest.was(normal) || owns(rest) && !rest.bracketed)
        };
        let rest = self.rests.iter().find(is_of_place)?;
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

    /// Whether a name or a number stands before a place in the text.
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
        let is_place = |rest: &Rest| {
            let ending = normal.chars[..rest.to].last();
            rest.to - rest.from >= PLACE && ending.is_some_and(|c| PLACES.contains(*c))
        };
        // 振兴村苏屋 is another name than 振兴村.
        let is_longer = |rest: &Rest| joined(rest.from) && self.names.iter().any(|name| name.to == rest.from);
        let goes_on = |rest: &Rest| begins_name(rest) || is_longer(rest) || is_place(rest);
        let is_name = |rest: &Rest| is_before(rest) || !rest.bracketed && goes_on(rest);
        self.has_other_county || self.rests.iter().any(is_name)
    }
}

/// Where remarks at the end of a text may begin that say nothing of the place: behind a space, a comma or a bracket, without
/// anything that tells places apart. The shortest first.
pub(super) fn remarks_at(normal: &Normal) -> impl Iterator<Item = usize> {
    let says_nothing = |from: &usize| {
        !Rest { from: *from, to: normal.len(), touches: false, bracketed: false, apart: true }.tells(normal)
    };
    let gaps = (1..normal.len()).rev().filter(|at| normal.after_gap[*at]);
    gaps.take_while(says_nothing).take(REMARKS_MAX)
}

/// Remarks at the end of a text that are looked at.
const REMARKS_MAX: usize = 6;
