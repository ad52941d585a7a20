//! A value with the text that said it.

use serde::{Deserialize, Deserializer, de::IntoDeserializer};

/// A parameter that links repeat as it was said.
pub(crate) struct Said<T> {
    /// The text, without escapes.
    pub(crate) text: String,
    /// What it means.
    pub(crate) value: T,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Said<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        let value = T::deserialize(IntoDeserializer::<D::Error>::into_deserializer(text.clone()))?;
        Ok(Self { text, value })
    }
}

/// A text as a part of a query string.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' | b':' | b'/' => {
                escaped.push(char::from(byte));
            }
            _ => escaped += &format!("%{byte:02X}"),
        }
    }
    escaped
}
