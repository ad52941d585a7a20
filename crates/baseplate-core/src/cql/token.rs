//! The signs and words of a filter.

use super::error::CqlError;

/// A sign or a word.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A word without quotes.
    Word(String),
    /// A name in double quotes.
    Name(String),
    /// A text in single quotes.
    Text(String),
    /// A number as it is written.
    Number(String),
    /// Another sign.
    Sign(&'static str),
    /// Behind the last one.
    End,
}

/// Signs of more than one character stand before those that they begin with.
const SIGNS: [&str; 9] = ["<>", "<=", ">=", "=", "<", ">", "(", ")", ","];

impl Token {
    /// What it is called in messages.
    pub(super) fn said(&self) -> String {
        match self {
            Self::Word(text) | Self::Number(text) => format!("'{text}'"),
            Self::Name(name) => format!("\"{name}\""),
            Self::Text(text) => format!("the text '{text}'"),
            Self::Sign(sign) => format!("'{sign}'"),
            Self::End => "the end".to_owned(),
        }
    }

    /// Whether it is a word, of any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found.eq_ignore_ascii_case(word))
    }
}

/// All tokens of a text with the characters at which they begin, from 1 on, and the end.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, CqlError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = chars.get(at) {
        let rest = &chars[at..];
        let (length, token) = match first {
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '\'' => quoted(rest, '\'', at)?,
            '"' => quoted(rest, '"', at)?,
            c if is_first(*c) => {
                let word: String = rest.iter().take_while(|c| is_in_word(**c)).collect();
                (word.chars().count(), Token::Word(word))
            }
            c if c.is_ascii_digit() || matches!(c, '-' | '+' | '.') => {
                let number = number(rest);
                (number.len(), Token::Number(number))
            }
            _ => sign(rest, at)?,
        };
        tokens.push((at + 1, token));
        at += length;
    }
    tokens.push((at + 1, Token::End));
    Ok(tokens)
}

fn is_first(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == ':'
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '.')
}

/// A text or name up to the quote that closes it: how many characters it has, and the token. A quote in it stands there twice, or
/// in texts behind `\`.
fn quoted(chars: &[char], quote: char, begin: usize) -> Result<(usize, Token), CqlError> {
    let (mut text, mut at) = (String::new(), 1);
    loop {
        match (chars.get(at), chars.get(at + 1)) {
            (None, _) => return Err(CqlError::Quote { at: begin + 1 }),
            (Some(c), Some(next)) if *c == quote && *next == quote => at += 1,
            (Some('\\'), Some('\'')) if quote == '\'' => at += 1,
            (Some(c), _) if *c == quote => break,
            _ => {}
        }
        text.push(chars[at]);
        at += 1;
    }
    let token = if quote == '"' { Token::Name(text) } else { Token::Text(text) };
    Ok((at + 1, token))
}

/// The characters of a number with its sign and exponent. Whether it is one is told when it is read.
fn number(chars: &[char]) -> String {
    let mut number = String::new();
    for c in chars {
        let is_sign = matches!(c, '-' | '+') && (number.is_empty() || number.ends_with(['e', 'E']));
        if !(c.is_ascii_alphanumeric() || *c == '.' || is_sign) {
            break;
        }
        number.push(*c);
    }
    number
}

fn sign(chars: &[char], begin: usize) -> Result<(usize, Token), CqlError> {
    let begins = |sign: &&&str| sign.chars().zip(chars).all(|(c, found)| c == *found) && sign.len() <= chars.len();
    let found = SIGNS.iter().find(begins).map(|sign| (sign.len(), Token::Sign(sign)));
    found.ok_or_else(|| CqlError::Expected {
        at: begin + 1,
        expected: "a name, a value or a sign".to_owned(),
        found: chars.iter().take(1).map(|c| format!("'{c}'")).collect(),
    })
}
