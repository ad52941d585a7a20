//! The attributes of features in tiles, as TileJSON describes them to clients and as the encoder chooses
//! what to write.

/// An attribute of a layer's features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub name: String,
    /// What its values are.
    pub of: FieldType,
}

/// What an attribute's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    Text,
    /// A number.
    Number,
}

impl FieldType {
    /// As TileJSON names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Number => "Number",
        }
    }
}

impl Field {
    /// Attributes with texts, then attributes with numbers.
    pub(crate) fn all(texts: &[&str], numbers: &[&str]) -> Vec<Self> {
        let of = |names: &[&str], of| names.iter().map(move |name| Self { name: (*name).to_owned(), of }).collect();
        let (texts, numbers): (Vec<_>, Vec<_>) = (of(texts, FieldType::Text), of(numbers, FieldType::Number));
        [texts, numbers].concat()
    }
}
