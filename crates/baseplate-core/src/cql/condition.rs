//! Conditions as they are asked of rows.

use super::like::Pattern;
use crate::spatial::Bbox;
use std::{borrow::Cow, cmp::Ordering};

/// A value of a row. Times are seconds and dates days since 1970.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
    Float(f64),
    Boolean(bool),
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    /// The seconds or days from one on and up to another one that is not among them.
    Span(i64, i64),
}

/// How a value stands to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Other,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// What a row is compared in: a column by its place, whose texts are taken without regard to case or as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operand {
    pub(super) column: usize,
    pub(super) is_folded: bool,
}

/// A condition on rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Always(bool),
    Compare(Operand, Comparison, Literal),
    Between(Operand, Literal, Literal),
    In(Operand, Vec<Literal>),
    Like(Operand, Pattern),
    IsNull(usize),
    /// Whether there is no geometry.
    IsNowhere,
    /// Whether the geometry touches a box.
    Touches(Bbox),
    /// Whether the span from the second in a column to that in another one, if it has one, has seconds of an interval.
    During {
        time: usize,
        until: Option<usize>,
        from: Option<i64>,
        to: Option<i64>,
    },
}

/// As many comparisons as looking at a geometry takes.
const GEOMETRY_TESTS: usize = 16;

impl Comparison {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Other => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }

    /// How the other value stands to this one.
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

impl Condition {
    /// Whether a column of a given place has a value.
    pub(crate) const fn equal(column: usize, value: Literal) -> Self {
        Self::Compare(Operand { column, is_folded: false }, Comparison::Equal, value)
    }

    /// Whether a row has what is asked for; `None` if it has no value where one is compared. `value` gives the value of a column, and
    /// `touches` says whether the geometry touches a box, if there is one.
    pub(crate) fn holds<'r>(
        &self,
        value: &dyn Fn(usize) -> Value<'r>,
        touches: &dyn Fn(Bbox) -> Option<bool>,
    ) -> Option<bool> {
        let read = |operand: &Operand| match value(operand.column) {
            Value::Text(text) if operand.is_folded => Value::Text(fold(&text).into()),
            value => value,
        };
        let order = |operand: &Operand, literal: &Literal| order(&read(operand), literal);
        match self {
            Self::All(parts) => decided(parts, false, |part| part.holds(value, touches)),
            Self::Any(parts) => decided(parts, true, |part| part.holds(value, touches)),
            Self::Not(part) => part.holds(value, touches).map(|holds| !holds),
            Self::Always(holds) => Some(*holds),
            Self::Compare(operand, how, literal) => order(operand, literal).map(|ordering| how.holds(ordering)),
            Self::Between(operand, least, most) => {
                let value = read(operand);
                Some(self::order(&value, least)?.is_ge() && self::order(&value, most)?.is_le())
            }
            Self::In(operand, literals) => {
                let value = read(operand);
                let is_one = |literal: &Literal| self::order(&value, literal).is_some_and(Ordering::is_eq);
                (value != Value::Null).then(|| literals.iter().any(is_one))
            }
            Self::Like(operand, pattern) => match read(operand) {
                Value::Text(text) => Some(pattern.fits(&text)),
                _ => None,
            },
            Self::IsNull(column) => Some(value(*column) == Value::Null),
            Self::IsNowhere => Some(touches(Bbox::EMPTY).is_none()),
            Self::Touches(bbox) => touches(*bbox),
            Self::During { time, until, from, to } => {
                let Value::Integer(first) = value(*time) else { return None };
                let last = match until.map(value) {
                    Some(Value::Integer(until)) => until.max(first),
                    _ => first,
                };
                Some(to.is_none_or(|to| first < to) && from.is_none_or(|from| last >= from))
            }
        }
    }

    /// A box that the geometry of every row touches that has what is asked for, if there is one.
    pub(crate) fn bbox(&self) -> Option<Bbox> {
        match self {
            Self::Touches(bbox) => Some(*bbox),
            Self::All(parts) => parts.iter().find_map(Self::bbox),
            _ => None,
        }
    }

    /// About how many comparisons a row takes.
    pub(crate) fn tests(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::tests).sum(),
            Self::Not(part) => part.tests(),
            Self::In(_, literals) => literals.len(),
            Self::Touches(_) | Self::IsNowhere => GEOMETRY_TESTS,
            _ => 1,
        }
    }
}

/// `decisive` if one of the parts is that, else nothing if one of them is nothing.
fn decided(parts: &[Condition], decisive: bool, holds: impl Fn(&Condition) -> Option<bool>) -> Option<bool> {
    let mut all = Some(!decisive);
    for part in parts {
        match holds(part) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => all = None,
        }
    }
    all
}

/// A text without regard to case.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// How a value stands to a literal; `None` if there is no value, or one of another type.
fn order(value: &Value<'_>, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Text(text), Literal::Text(other)) => Some((**text).cmp(other.as_str())),
        (Value::Integer(number), Literal::Integer(other)) => Some(number.cmp(other)),
        (Value::Integer(number), Literal::Float(other)) => (*number as f64).partial_cmp(other),
        (Value::Float(number), Literal::Integer(other)) => number.partial_cmp(&(*other as f64)),
        (Value::Float(number), Literal::Float(other)) => number.partial_cmp(other),
        (Value::Boolean(flag), Literal::Boolean(other)) => Some(flag.cmp(other)),
        (Value::Integer(number), Literal::Span(begin, end)) => Some(match number {
            number if number < begin => Ordering::Less,
            number if number >= end => Ordering::Greater,
            _ => Ordering::Equal,
        }),
        _ => None,
    }
}
