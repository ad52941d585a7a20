//! How a query string becomes typed parameters.

use crate::http::problem::Problem;
use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, Expected, IntoDeserializer, MapAccess, Unexpected, Visitor,
        value::Error as Plain,
    },
    forward_to_deserialize_any,
};
use std::{fmt, str::FromStr};

/// The parameters of a request, taken from its query string.
///
/// # Errors
/// 400 for a name that `T` does not have, a name that stands there twice, a missing parameter and a wrong value. All names are
/// looked at first, then the values in the order of the fields of `T`; the first that is wrong is told.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::try_from_uri(&parts.uri)?;
        T::deserialize(Pairs { pairs, others: None }).map(Self).map_err(|wrong| Problem::bad_request(wrong.0))
    }
}

/// The parameters of a request, and the names and values of all others, each name once.
///
/// # Errors
/// As of [`Params`], but for unknown names.
pub(crate) struct ParamsAndOthers<T>(pub(crate) T, pub(crate) Vec<(String, String)>);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for ParamsAndOthers<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::try_from_uri(&parts.uri)?;
        let mut others = Vec::new();
        let known = T::deserialize(Pairs { pairs, others: Some(&mut others) });
        known.map(|known| Self(known, others)).map_err(|wrong| Problem::bad_request(wrong.0))
    }
}

/// The value of a parameter whose words have a parser of their own; what that says of others is the whole message.
pub(super) fn parsed<'de, T, D>(source: D) -> Result<T, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    String::deserialize(source)?.parse().map_err(D::Error::custom)
}

/// The value that `parse` makes of the text of a parameter; where it makes none the message is `NAME: 'TEXT' is not EXPECTED`.
pub(super) fn checked<'de, T, D>(
    source: D,
    expected: &dyn Expected,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let text = String::deserialize(source)?;
    parse(&text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), expected))
}

/// What is wrong with the parameters, for who asked.
#[derive(Debug)]
struct Wrong(String, Says);

/// What the text of a [`Wrong`] is.
#[derive(Debug, Clone, Copy)]
enum Says {
    /// The whole message.
    All,
    /// What is said of a value, behind the name of its parameter.
    OfValue,
    /// What is said of the query string, behind the name of the parameter in it.
    OfQuery,
}

impl Wrong {
    /// The message with the name of the parameter that it is about.
    fn of(self, name: &str) -> Self {
        match self.1 {
            Says::All => self,
            Says::OfValue => Self(format!("{name}: {}", self.0), Says::All),
            Says::OfQuery => Self::in_query(format!("{name}: {}", self.0)),
        }
    }

    fn in_query(text: impl fmt::Display) -> Self {
        Self(format!("Failed to deserialize query string: {text}"), Says::All)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl serde::de::Error for Wrong {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self(text.to_string(), Says::All)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match found {
            Unexpected::Str(text) => Self(format!("'{text}' is not {expected}"), Says::OfValue),
            other => Self(format!("{other} is not {expected}"), Says::OfValue),
        }
    }

    fn unknown_variant(word: &str, words: &'static [&'static str]) -> Self {
        Self(Plain::unknown_variant(word, words).to_string(), Says::OfQuery)
    }
}

/// The names and values of a query string, in its order.
struct Pairs<'o> {
    pairs: Vec<(String, String)>,
    /// Where pairs go whose names are not known; `None` where they are refused.
    others: Option<&'o mut Vec<(String, String)>>,
}

impl Pairs<'_> {
    /// Whether each name is one of `names`, unless others are taken too, and stands there once.
    fn check(&self, names: &'static [&'static str]) -> Result<(), Wrong> {
        for (at, (name, _)) in self.pairs.iter().enumerate() {
            if self.others.is_none() && !names.contains(&name.as_str()) {
                return Err(Wrong::in_query(format_args!("{name}: {}", Plain::unknown_field(name, names))));
            }
            if self.pairs[..at].iter().any(|(before, _)| before == name) {
                return Err(Wrong::in_query(format_args!("duplicate field `{name}`")));
            }
        }
        Ok(())
    }
}

impl<'de> Deserializer<'de> for Pairs<'_> {
    type Error = Wrong;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.check(names)?;
        let (pairs, unknown) = self.pairs.into_iter().partition(|(name, _)| names.contains(&name.as_str()));
        if let Some(others) = self.others {
            *others = unknown;
        }
        visitor.visit_map(Fields { pairs, names: names.iter(), name: "" })
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wrong> {
        Err(Wrong::custom("parameters are read into a struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The fields of a struct of parameters, each with what the query string says of it.
struct Fields {
    pairs: Vec<(String, String)>,
    names: std::slice::Iter<'static, &'static str>,
    /// The field that is read.
    name: &'static str,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some(name) = self.names.next() else { return Ok(None) };
        self.name = name;
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let at = self.pairs.iter().position(|(name, _)| name == self.name);
        let text = at.map(|at| self.pairs.swap_remove(at).1);
        seed.deserialize(Value { name: self.name, text }).map_err(|wrong| wrong.of(self.name))
    }
}

/// What the query string says of one parameter, if it is there.
struct Value {
    name: &'static str,
    text: Option<String>,
}

impl Value {
    fn wanted(self) -> Result<String, Wrong> {
        self.text.ok_or_else(|| Wrong::custom(format_args!("the parameter '{}' is missing", self.name)))
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_string(self.wanted()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.text.is_some() { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_enum(self.wanted()?.into_deserializer())
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let number =
            self.wanted()?.parse().map_err(|e: std::num::ParseIntError| Wrong(e.to_string(), Says::OfQuery))?;
        visitor.visit_u8(number)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Asked {
        q: String,
        level: Option<u8>,
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Asked, String> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Asked::deserialize(Pairs { pairs, others: None }).map_err(|wrong| wrong.0)
    }

    #[test]
    fn names_are_looked_at_before_values() {
        let asked = read(&[("level", "3"), ("q", "a")]).expect("it is right");
        assert_eq!((asked.q.as_str(), asked.level), ("a", Some(3)));
        for (pairs, words) in [
            (&[("level", "x"), ("z", "")][..], "z: unknown field `z`, expected `q` or `level`"),
            (&[("level", "x"), ("level", "1")], "duplicate field `level`"),
            (&[("level", "x")], "the parameter 'q' is missing"),
            (&[("q", ""), ("level", "x")], "level: invalid digit"),
        ] {
            let wrong = read(pairs).expect_err(words);
            assert!(wrong.contains(words), "{wrong}");
        }
    }
}
