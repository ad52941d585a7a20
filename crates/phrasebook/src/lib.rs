//! What a program says on the console, in the language of its user.
//!
//! Programs and libraries word everything in English. What goes to the console passes through [`worded`] on its way, which knows
//! the Chinese of every sentence from one catalogue (`zh.txt`); a sentence that it does not know stays as it is. Files, logs and
//! answers over HTTP do not pass here.
//!
//! ```
//! use phrasebook::{Language, say, speak, worded};
//!
//! speak(Language::Chinese);
//! assert_eq!(worded("12 rows: 9 inside, 3 outside, 0 with an error"), "共 12 行：网格内 9 行，网格外 3 行，有误 0 行");
//! say!("{} cells", 7);
//! ```

mod catalogue;
mod command;
mod language;
mod left;
#[cfg(feature = "manual")]
mod manual;
mod search;

pub use command::{help_texts, parse, worded_help};
pub use language::Language;
pub use left::english_words;
#[cfg(feature = "manual")]
pub use manual::write_manual;

use catalogue::Catalogue;
use std::{
    borrow::Cow,
    sync::{LazyLock, OnceLock},
};

static SPOKEN: OnceLock<Language> = OnceLock::new();
static CHINESE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(include_str!("zh.txt")));

/// Says which language is spoken from now on; the first word counts. It is English as long as nothing was said.
pub fn speak(language: Language) {
    let _ = SPOKEN.set(language);
}

/// The language that is spoken.
pub fn spoken() -> Language {
    SPOKEN.get().copied().unwrap_or(Language::English)
}

/// A text of one or more lines in the language that is spoken.
pub fn worded(text: &str) -> Cow<'_, str> {
    match spoken() {
        Language::Chinese => CHINESE.text(text).into(),
        Language::English => text.into(),
    }
}

/// Whether every sentence of a text is in the catalogue, for tests.
///
/// ```
/// assert!(phrasebook::knows("12 rows: 9 inside, 3 outside, 0 with an error"));
/// assert!(!phrasebook::knows("12 rows: 9 on the border"));
/// ```
pub fn knows(text: &str) -> bool {
    CHINESE.knows(text)
}

/// As [`eprintln!`], in the language that is spoken.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { eprintln!("{}", $crate::worded(&format!($($text)*))) };
}
