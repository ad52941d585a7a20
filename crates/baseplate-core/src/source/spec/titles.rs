//! What attributes and their values are called on screen, in Chinese and English.

use crate::store::AttributeTitles;

/// Characters of a title; more would fit no screen.
const TITLE_MAX: usize = 100;

impl AttributeTitles {
    /// Looks whether every title can be shown in one line.
    ///
    /// # Errors
    /// A sentence that names the title.
    pub(super) fn check(&self, attribute: &str) -> Result<(), String> {
        let meaning = self.meaning.iter().flat_map(|meaning| [meaning.zh.as_ref(), meaning.en.as_ref()]);
        let own = [self.zh.as_ref(), self.en.as_ref(), self.unit.as_ref()].into_iter().chain(meaning);
        let own = own.map(|title| (None, title));
        let of_categories =
            self.categories.iter().flat_map(|(word, t)| [&t.zh, &t.en].map(|title| (Some(word), title.as_ref())));
        for (word, title) in own.chain(of_categories).filter_map(|(word, title)| Some((word, title?))) {
            if title.trim().is_empty() || title.chars().count() > TITLE_MAX || title.chars().any(char::is_control) {
                let of = word.map_or_else(String::new, |word| format!(".categories.'{word}'"));
                return Err(format!("titles.{attribute}{of}: a title is one line of 1 to {TITLE_MAX} characters"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Titles;
    use std::collections::BTreeMap;

    #[test]
    fn a_title_is_one_line() {
        let said = |title: &str| {
            let titles = Titles { zh: Some(title.to_owned()), en: None };
            let categories = BTreeMap::from([("food".to_owned(), titles.clone())]);
            let of_word = AttributeTitles { categories, ..AttributeTitles::default() }.check("industry");
            let own = AttributeTitles { zh: titles.zh, ..AttributeTitles::default() }.check("industry");
            assert_eq!(own.is_err(), of_word.is_err());
            of_word
        };
        assert_eq!(said(&"名".repeat(TITLE_MAX)), Ok(()));
        for title in [&"名".repeat(TITLE_MAX + 1), " ", "a\nb", ""] {
            let error = said(title).err().unwrap_or_default();
            assert!(error.starts_with("titles.industry.categories.'food': "), "{title:?}: {error}");
        }
    }
}
