//! Which language is spoken.

use std::{env, ffi::OsString};

/// A language that programs speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

/// Variables that name a locale, the one that counts before the others first.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

impl Language {
    /// The language that `--lang` asks for, else that of the environment. Help and errors are worded before the arguments are
    /// understood, so `--lang` is looked for by itself.
    pub(crate) fn wanted(arguments: &[OsString]) -> Self {
        let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
        let before = arguments.iter().take_while(|argument| *argument != "--");
        let asked = before.enumerate().filter_map(|(at, argument)| match argument.strip_prefix("--lang")? {
            "" => arguments.get(at + 1).map(AsRef::as_ref),
            rest => rest.strip_prefix('='),
        });
        asked.last().map_or_else(|| Self::of_environment(|name| env::var(name).ok()), Self::of_locale)
    }

    fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut said = VARIABLES.into_iter().filter_map(variable).filter(|locale| !locale.is_empty());
        said.next().map_or(Self::English, |locale| Self::of_locale(&locale))
    }

    fn of_locale(locale: &str) -> Self {
        let is_chinese =
            locale == "zh" || locale.starts_with("zh_") || locale.starts_with("zh-") || locale.starts_with("zh.");
        if is_chinese { Self::Chinese } else { Self::English }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_says_anything_decides() {
        let of = |said: &[(&str, &str)]| {
            Language::of_environment(|name| said.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "C")]), Language::English);
        assert_eq!(of(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_CN")]), Language::Chinese);
        assert_eq!(of(&[("LC_ALL", "POSIX"), ("LC_MESSAGES", "zh_CN")]), Language::English);
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "zh")]), Language::Chinese);
        assert_eq!((of(&[("LANG", "de_DE")]), of(&[])), (Language::English, Language::English));
    }

    #[test]
    fn the_option_is_found_wherever_it_stands() {
        let wanted = |line: &str| Language::wanted(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(wanted("baseplate --lang zh info x"), Language::Chinese);
        assert_eq!(wanted("baseplate info x --lang=zh"), Language::Chinese);
        assert_eq!(wanted("baseplate info --lang=en x"), Language::English);
        assert_eq!(wanted("baseplate info --lang en -- --lang zh"), Language::English);
    }
}
