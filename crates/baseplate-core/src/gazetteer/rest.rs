//! Words of a text that are not understood, and whether they may say which place is meant.
//!
//! Most unknown words of real texts are remarks: a person's name, a shop, 前台代收. They must not spoil an
//! answer; but 北楼 or 夹层 or a number in them makes another place of it. The rule is that words tell places
//! apart if they have a number, a letter or a direction in them, or name a part of a building.

use super::{
    class::Class,
    normal::{APART, Normal, is_numberish, is_numeral},
    number::{is_phone, number_at},
    words,
};

/// What is not understood.
#[derive(Debug, Clone)]
pub(crate) struct Rest {
    /// The index of its first character in the normal form.
    pub(super) from: usize,
    /// The index behind its last character.
    pub(crate) to: usize,
    /// Whether it touches a name, so that it may be part of it.
    pub(super) touches: bool,
    /// Whether it stands in brackets.
    pub(super) bracketed: bool,
    /// Whether it stands behind a space, a comma or a word such as 收件人.
    pub(super) apart: bool,
}

/// Characters of a remark that may be a person's name (李四收), in which a numeral counts nothing.
const PERSON: usize = 4;

/// Characters that make another number of the one they are glued to: 19号旧, 19号附.
const GLUED: &str = "旧新附副临顶底特";
/// Characters of a remark in brackets that may say on which side something is: (北侧).
const SIDE: usize = 2;

impl Rest {
    /// Whether it has anything that tells places apart: a number, a letter, a direction, a part of a
    /// building. Phone numbers do not, nor does a single numeral in what looks like a person's name (李四收).
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
    pub(super) fn was(&self, normal: &Normal) -> bool {
        self.bracketed && matches!(normal.chars[self.from], '原' | '曾' | '旧')
    }

    /// Whether it names another building than the one it stands behind: 15栋副栋, 15栋之二.
    pub(super) fn names_building(&self, normal: &Normal) -> bool {
        normal.chars[self.from..self.to].iter().any(|c| matches!(c, '栋' | '幢' | '座' | '之' | '附' | '副'))
    }
}

/// Characters that say where something is.
const DIRECTIONS: &str = "东西南北中上下前后左右内外负半";

/// The indices at which remarks at the end of a text may begin that say nothing of the place: behind a
/// space, a comma or a bracket, without anything that tells places apart. The shortest remark comes first,
/// at most [`REMARKS_MAX`] are given.
pub(super) fn remarks_at(normal: &Normal) -> impl Iterator<Item = usize> {
    let says_nothing = |from: &usize| {
        !Rest { from: *from, to: normal.len(), touches: false, bracketed: false, apart: true }.tells(normal)
    };
    let gaps = (1..normal.len()).rev().filter(|at| normal.after_gap[*at]);
    gaps.take_while(says_nothing).take(REMARKS_MAX)
}

/// Remarks at the end of a text that are looked at.
const REMARKS_MAX: usize = 6;
