//! Patterns of `LIKE`.

/// A pattern: `%` stands for any characters, `_` for one, and `\` takes its meaning from the next one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern(Vec<Part>);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Any,
    One,
    Is(char),
}

impl Pattern {
    /// The pattern of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut chars = text.chars();
        let mut parts = Vec::new();
        while let Some(c) = chars.next() {
            let part = match c {
                '%' => Part::Any,
                '_' => Part::One,
                '\\' => Part::Is(chars.next().unwrap_or('\\')),
                c => Part::Is(c),
            };
            if part != Part::Any || parts.last() != Some(&Part::Any) {
                parts.push(part);
            }
        }
        Self(parts)
    }

    /// Whether a whole text fits. It takes at most as many steps as the text and the pattern have characters, multiplied.
    pub(super) fn fits(&self, text: &str) -> bool {
        let (mut rest, mut at) = (text.chars(), 0);
        // Behind the last `%`: the part that follows it, and the text with which that was tried last.
        let mut again = None;
        loop {
            let mut ahead = rest.clone();
            let goes_on = match self.0.get(at) {
                None => match ahead.next() {
                    None => return true,
                    Some(_) => false,
                },
                Some(Part::Any) => {
                    again = Some((at + 1, rest.clone()));
                    true
                }
                Some(Part::One) => ahead.next().is_some(),
                Some(Part::Is(c)) => ahead.next() == Some(*c),
            };
            if goes_on {
                (rest, at) = (ahead, at + 1);
                continue;
            }
            let Some((behind, tried)) = &mut again else { return false };
            if tried.next().is_none() {
                return false;
            }
            (rest, at) = (tried.clone(), *behind);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_texts() {
        for (pattern, text, fits) in [
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("秋实路%", "秋实路3号", true),
            ("%路_号", "秋实路3号", true),
            ("%路_号", "秋实路33号", false),
            ("%a%b", "xaaxb", true),
            ("%ab", "aab", true),
            (r"100\%", "100%", true),
            (r"100\%", "1000", false),
            (r"a\", r"a\", true),
            ("A%", "abc", false),
            ("_", "网", true),
        ] {
            assert_eq!(Pattern::of(pattern).fits(text), fits, "{pattern} {text}");
        }
        let long = "a".repeat(2_000);
        assert!(!Pattern::of(&("%a".repeat(500) + "b")).fits(&long));
    }
}
