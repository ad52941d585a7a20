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
