//! From the text of a filter to a condition on columns.

use super::{
    condition::{Comparison, Condition, Literal, Operand, fold},
    error::CqlError,
    like::Pattern,
    token::{Token, tokens},
};
use crate::{
    spatial::Bbox,
    time::{Interval, TimeError, Zone},
};

/// The most bytes of a filter.
const LENGTH_MAX: usize = 8 << 10;
/// The most brackets and negations within one another.
const DEPTH_MAX: usize = 50;
/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// A column that conditions can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) sort: Sort,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Text,
    Number,
    Boolean,
    /// Seconds since 1970.
    Time,
    /// Days since 1970.
    Date,
    /// The geometry of the row; it is in no column.
    Geometry,
}

/// What a filter says, as a condition on columns by their places. Days begin in `zone`.
///
/// # Errors
/// [`CqlError`] says what is wrong, and where.
pub(crate) fn parse(text: &str, columns: &[Column], zone: &Zone) -> Result<Condition, CqlError> {
    if text.len() > LENGTH_MAX {
        return Err(CqlError::Long { most: LENGTH_MAX });
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0, columns, zone };
    let condition = parser.any()?;
    match parser.peek() {
        Token::End => Ok(condition),
        _ => Err(parser.expected("AND, OR or the end")),
    }
}

/// The value that a text without quotes stands for where a column is to be equal to it; `None` if it can be none of its values.
pub(crate) fn literal(text: &str, sort: Sort, zone: &Zone) -> Option<Literal> {
    match sort {
        Sort::Text => Some(Literal::Text(text.to_owned())),
        Sort::Number => number(text),
        Sort::Boolean => text.parse().ok().map(Literal::Boolean),
        Sort::Time | Sort::Date => span(text, sort, zone, 1).ok(),
        Sort::Geometry => None,
    }
}

struct Parser<'a> {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
    columns: &'a [Column],
    zone: &'a Zone,
}

/// A value as it is written, with the character at which it begins.
struct Written {
    at: usize,
    said: String,
    value: WrittenValue,
}

enum WrittenValue {
    Text(String),
    Number(String),
    Boolean(bool),
    /// The text in `TIMESTAMP('…')` or `DATE('…')`.
    Instant(String),
}

/// One side of a comparison.
enum Side {
    Column(Operand, Sort),
    Value(Written),
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(0, |(at, _)| *at)
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn expected(&self, expected: &str) -> CqlError {
        CqlError::Expected { at: self.at(), expected: expected.to_owned(), found: self.peek().said() }
    }

    /// Takes a word, if it comes next.
    fn word(&mut self, word: &str) -> bool {
        let is_next = self.peek().is_word(word);
        self.next += usize::from(is_next);
        is_next
    }

    /// Takes a sign, if it comes next.
    fn sign(&mut self, sign: &'static str) -> bool {
        let is_next = *self.peek() == Token::Sign(sign);
        self.next += usize::from(is_next);
        is_next
    }

    fn need_sign(&mut self, sign: &'static str) -> Result<(), CqlError> {
        if self.sign(sign) { Ok(()) } else { Err(self.expected(&format!("'{sign}'"))) }
    }

    fn need_word(&mut self, word: &str) -> Result<(), CqlError> {
        if self.word(word) { Ok(()) } else { Err(self.expected(word)) }
    }

    /// Takes a word with a bracket behind it, if they come next.
    fn function(&mut self, name: &str) -> bool {
        let behind = self.tokens.get(self.next + 1).map(|(_, token)| token);
        let is_next = self.peek().is_word(name) && behind == Some(&Token::Sign("("));
        self.next += if is_next { 2 } else { 0 };
        is_next
    }

    /// Parts with `OR` between them.
    fn any(&mut self) -> Result<Condition, CqlError> {
        let mut parts = vec![self.all()?];
        while self.word("OR") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    /// Parts with `AND` between them.
    fn all(&mut self) -> Result<Condition, CqlError> {
        let mut parts = vec![self.part()?];
        while self.word("AND") {
            parts.push(self.part()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    /// A part, negated or in brackets.
    fn part(&mut self) -> Result<Condition, CqlError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(CqlError::Deep { at: self.at(), most: DEPTH_MAX });
        }
        let part = if self.word("NOT") {
            Condition::Not(Box::new(self.part()?))
        } else if self.sign("(") {
            let within = self.any()?;
            self.need_sign(")")?;
            within
        } else if self.function("S_INTERSECTS") {
            self.touches()?
        } else {
            self.predicate()?
        };
        self.depth -= 1;
        Ok(part)
    }

    /// A comparison, or `TRUE` or `FALSE` alone.
    fn predicate(&mut self) -> Result<Condition, CqlError> {
        match self.side()? {
            Side::Column(operand, sort) => self.behind_column(operand, sort),
            Side::Value(value) => {
                let Some(how) = self.comparison() else {
                    return match value.value {
                        WrittenValue::Boolean(holds) => Ok(Condition::Always(holds)),
                        _ => Err(self.expected("=, <>, <, <=, > or >=")),
                    };
                };
                let at = self.at();
                match self.side()? {
                    Side::Column(operand, sort) => {
                        let value = self.literal(value, sort)?;
                        Ok(Condition::Compare(operand, how.turned(), value))
                    }
                    Side::Value(other) => {
                        let found = other.said;
                        Err(CqlError::Expected { at, expected: "the name of a column".to_owned(), found })
                    }
                }
            }
        }
    }

    /// What is asked of a column.
    fn behind_column(&mut self, operand: Operand, sort: Sort) -> Result<Condition, CqlError> {
        if self.word("IS") {
            let is_not = self.word("NOT");
            self.need_word("NULL")?;
            let is_null = if sort == Sort::Geometry { Condition::IsNowhere } else { Condition::IsNull(operand.column) };
            return Ok(negated(is_null, is_not));
        }
        if sort == Sort::Geometry {
            return Err(self.expected("IS NULL: geometries are asked with S_INTERSECTS"));
        }
        if let Some(how) = self.comparison() {
            let value = self.value(sort)?;
            return Ok(Condition::Compare(operand, how, value));
        }
        let is_not = self.word("NOT");
        let found = if self.word("BETWEEN") {
            let least = self.value(sort)?;
            self.need_word("AND")?;
            Condition::Between(operand, least, self.value(sort)?)
        } else if self.word("IN") {
            self.need_sign("(")?;
            let mut values = vec![self.value(sort)?];
            while self.sign(",") {
                values.push(self.value(sort)?);
            }
            self.need_sign(")")?;
            Condition::In(operand, values)
        } else if sort == Sort::Text && self.word("LIKE") {
            match self.value(sort)? {
                Literal::Text(pattern) => Condition::Like(operand, Pattern::of(&pattern)),
                _ => return Err(self.expected("a pattern in quotes")),
            }
        } else {
            let like = if sort == Sort::Text { ", LIKE" } else { "" };
            let rest = format!("BETWEEN{like} or IN");
            return Err(self.expected(&if is_not { rest } else { format!("a comparison, IS NULL, {rest}") }));
        };
        Ok(negated(found, is_not))
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let how = match self.peek() {
            Token::Sign("=") => Comparison::Equal,
            Token::Sign("<>") => Comparison::Other,
            Token::Sign("<") => Comparison::Less,
            Token::Sign("<=") => Comparison::AtMost,
            Token::Sign(">") => Comparison::Greater,
            Token::Sign(">=") => Comparison::AtLeast,
            _ => return None,
        };
        self.next += 1;
        Some(how)
    }

    /// A column or a value, in any number of `CASEI()`.
    fn side(&mut self) -> Result<Side, CqlError> {
        let mut folds = 0;
        while self.function("CASEI") {
            folds += 1;
        }
        let at = self.at();
        let side = match self.peek().clone() {
            Token::Name(name) => self.column(&name)?,
            Token::Word(name) if !self.is_value() => self.column(&name)?,
            _ => Side::Value(self.written()?),
        };
        if folds == 0 {
            return Ok(side);
        }
        for _ in 0..folds {
            self.need_sign(")")?;
        }
        let no_text = |found: String| CqlError::Expected { at, expected: "a text".to_owned(), found };
        match side {
            Side::Column(operand, Sort::Text) => Ok(Side::Column(Operand { is_folded: true, ..operand }, Sort::Text)),
            Side::Column(operand, _) => {
                Err(no_text(self.columns.get(operand.column).map_or_else(String::new, |column| column.name.clone())))
            }
            Side::Value(Written { value: WrittenValue::Text(text), said, .. }) => {
                Ok(Side::Value(Written { at, said, value: WrittenValue::Text(fold(&text)) }))
            }
            Side::Value(other) => Err(no_text(other.said)),
        }
    }

    /// Whether the word that comes next begins a value.
    fn is_value(&self) -> bool {
        let behind = self.tokens.get(self.next + 1).map(|(_, token)| token);
        let is_word = |word: &&str| self.peek().is_word(word);
        ["TRUE", "FALSE"].iter().any(is_word)
            || (["TIMESTAMP", "DATE"].iter().any(is_word) && behind == Some(&Token::Sign("(")))
    }

    fn column(&mut self, name: &str) -> Result<Side, CqlError> {
        let found = self.columns.iter().position(|column| column.name == name);
        let Some(column) = found else {
            let known = self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(CqlError::Column { at: self.at(), name: name.to_owned(), known });
        };
        self.next += 1;
        Ok(Side::Column(Operand { column, is_folded: false }, self.columns[column].sort))
    }

    fn written(&mut self) -> Result<Written, CqlError> {
        let (at, said) = (self.at(), self.peek().said());
        for name in ["TIMESTAMP", "DATE"] {
            if self.function(name) {
                let Token::Text(text) = self.peek().clone() else { return Err(self.expected("a time in quotes")) };
                let has_clock = text.contains(['T', 't']);
                if has_clock != (name == "TIMESTAMP") {
                    let form = if has_clock { "2026-01-05" } else { "2026-01-05T09:00:00Z" };
                    return Err(self.expected(&format!("'{form}' or the like")));
                }
                self.next += 1;
                self.need_sign(")")?;
                return Ok(Written { at, said, value: WrittenValue::Instant(text) });
            }
        }
        let value = match self.peek().clone() {
            Token::Text(text) => WrittenValue::Text(text),
            Token::Number(text) => WrittenValue::Number(text),
            token if token.is_word("TRUE") => WrittenValue::Boolean(true),
            token if token.is_word("FALSE") => WrittenValue::Boolean(false),
            _ => return Err(self.expected("the name of a column or a value")),
        };
        self.next += 1;
        Ok(Written { at, said, value })
    }

    /// A value that a column of a sort is compared with.
    fn value(&mut self, sort: Sort) -> Result<Literal, CqlError> {
        let at = self.at();
        match self.side()? {
            Side::Value(value) => self.literal(value, sort),
            Side::Column(operand, _) => {
                let found = self.columns.get(operand.column).map_or_else(String::new, |column| column.name.clone());
                Err(CqlError::Expected { at, expected: "a value".to_owned(), found: format!("the column '{found}'") })
            }
        }
    }

    fn literal(&self, written: Written, sort: Sort) -> Result<Literal, CqlError> {
        let Written { at, said, value } = written;
        let expected = |expected: &str| CqlError::Expected { at, expected: expected.to_owned(), found: said };
        match (sort, value) {
            (Sort::Text, WrittenValue::Text(text)) => Ok(Literal::Text(text)),
            (Sort::Text, _) => Err(expected("a text in single quotes")),
            (Sort::Number, WrittenValue::Number(text)) => number(&text).ok_or_else(|| expected("a number")),
            (Sort::Number, _) => Err(expected("a number")),
            (Sort::Boolean, WrittenValue::Boolean(flag)) => Ok(Literal::Boolean(flag)),
            (Sort::Boolean, _) => Err(expected("TRUE or FALSE")),
            (Sort::Time | Sort::Date, WrittenValue::Text(text) | WrittenValue::Instant(text)) => {
                span(&text, sort, self.zone, at)
            }
            (Sort::Time, _) => Err(expected("TIMESTAMP('…') or DATE('…')")),
            (Sort::Date, _) => Err(expected("DATE('…')")),
            (Sort::Geometry, _) => Err(expected("S_INTERSECTS")),
        }
    }

    /// What stands behind the bracket of `S_INTERSECTS`.
    fn touches(&mut self) -> Result<Condition, CqlError> {
        let at = self.at();
        match self.side()? {
            Side::Column(_, Sort::Geometry) => {}
            _ => {
                let expected = "the name of the geometry".to_owned();
                let found = self.tokens.get(self.next.saturating_sub(1)).map_or_else(String::new, |(_, t)| t.said());
                return Err(CqlError::Expected { at, expected, found });
            }
        }
        self.need_sign(",")?;
        let at = self.at();
        let bbox = if self.function("BBOX") {
            let mut sides = vec![self.coordinate()?];
            while self.sign(",") {
                sides.push(self.coordinate()?);
            }
            match sides[..] {
                [w, s, e, n] | [w, s, _, e, n, _] => Bbox([w, s, e, n]),
                _ => return Err(self.expected("four or six numbers")),
            }
        } else if self.function("POINT") {
            let (x, y) = (self.coordinate()?, self.coordinate()?);
            Bbox([x, y, x, y])
        } else if self.function("POLYGON") {
            self.need_sign("(")?;
            let corners = self.corners()?;
            self.need_sign(")")?;
            box_of(&corners).ok_or(CqlError::NoBox { at })?
        } else {
            return Err(self.expected("BBOX(…), POINT(…) or POLYGON((…))"));
        };
        self.need_sign(")")?;
        self.need_sign(")")?;
        let Bbox([west, south, east, north]) = bbox;
        if south > north {
            return Err(CqlError::NoBox { at });
        }
        if west <= east {
            return Ok(Condition::Touches(bbox));
        }
        // It crosses 180°.
        let halves = [Bbox([west, south, 180.0, north]), Bbox([-180.0, south, east, north])];
        Ok(Condition::Any(halves.map(Condition::Touches).to_vec()))
    }

    fn corners(&mut self) -> Result<Vec<[f64; 2]>, CqlError> {
        let mut corners = vec![[self.coordinate()?, self.coordinate()?]];
        while self.sign(",") {
            corners.push([self.coordinate()?, self.coordinate()?]);
        }
        Ok(corners)
    }

    fn coordinate(&mut self) -> Result<f64, CqlError> {
        let Token::Number(text) = self.peek() else { return Err(self.expected("a number")) };
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        let number = number.ok_or_else(|| self.expected("a number"))?;
        self.take();
        Ok(number)
    }
}

fn negated(condition: Condition, is_not: bool) -> Condition {
    if is_not { Condition::Not(Box::new(condition)) } else { condition }
}

fn number(text: &str) -> Option<Literal> {
    let integer = || text.parse().ok().map(Literal::Integer);
    let float = || text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Literal::Float);
    integer().or_else(float)
}

/// The seconds or days that a text stands for.
fn span(text: &str, sort: Sort, zone: &Zone, at: usize) -> Result<Literal, CqlError> {
    let wrong = |error| CqlError::Time { at, error };
    // Days have no zone.
    let utc = || "UTC".parse::<Zone>();
    let interval = match sort {
        Sort::Date => utc().and_then(|utc| Interval::at(text, &utc)),
        _ => Interval::at(text, zone),
    };
    let interval = interval.map_err(wrong)?;
    let (Some(begin), Some(end)) = (interval.from(), interval.to()) else {
        return Err(wrong(TimeError::Bound));
    };
    Ok(if sort == Sort::Date {
        Literal::Span(begin.div_euclid(DAY_S), (end - 1).div_euclid(DAY_S) + 1)
    } else {
        Literal::Span(begin, end)
    })
}

/// The box that four corners and the first one again are.
fn box_of(corners: &[[f64; 2]]) -> Option<Bbox> {
    let [a, b, c, d, e] = corners else { return None };
    let is_upright = (a[0] == b[0] && b[1] == c[1] && c[0] == d[0] && d[1] == a[1])
        || (a[1] == b[1] && b[0] == c[0] && c[1] == d[1] && d[0] == a[0]);
    let bbox = Bbox([a[0].min(c[0]), a[1].min(c[1]), a[0].max(c[0]), a[1].max(c[1])]);
    (is_upright && a == e).then_some(bbox)
}
