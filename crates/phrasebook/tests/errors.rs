//! Every text of an error in the crates that speak to a user is in the catalogue.
#![expect(clippy::expect_used, reason = "a test whose ground is missing should stop and say so")]

use phrasebook::knows;
use std::{fs, path::Path};

/// The crates, beside this one.
const CRATES: [&str; 3] = ["baseplate-core", "baseplate-cli", "tile-server"];

/// What may stand in a gap: nothing, a number, or a sentence.
const FILLINGS: [&str; 3] = ["7", "the code is empty", ""];

/// Errors that no command and no start of the server ends with: they are answered over HTTP only.
const OVER_HTTP: [&str; 2] = ["{z}/{x}/{y} is no tile of {scheme}: {}", "the tile could not be encoded: {0}"];

#[test]
fn every_error_is_in_the_catalogue() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the crates");
    let mut texts = Vec::new();
    CRATES.iter().for_each(|name| collect(&root.join(name).join("src"), &mut texts));
    assert!(texts.len() > 60, "errors were found: {}", texts.len());
    texts.retain(|text| !OVER_HTTP.contains(&text.as_str()));
    let unknown: Vec<_> = texts.iter().filter(|text| !is_known(text)).collect();
    assert!(unknown.is_empty(), "not in zh.txt: {unknown:#?}");
}

/// The texts of `#[error("…")]` in the sources of a folder; `#[error(transparent)]` has none.
fn collect(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            collect(&path, texts);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let source = fs::read_to_string(&path).expect("a source");
            texts.extend(source.split("#[error(").skip(1).filter_map(|behind| literal(behind.trim_start())));
        }
    }
}

/// What the literal at the beginning of a piece of source stands for.
fn literal(source: &str) -> Option<String> {
    let (mut text, mut rest) = (String::new(), source.strip_prefix('"')?.chars().peekable());
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => match rest.next()? {
                'n' => text.push('\n'),
                '\n' => while rest.next_if(|c| c.is_whitespace()).is_some() {},
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
}

/// Whether a text is known with something in each of its gaps.
fn is_known(text: &str) -> bool {
    let (first, gaps) = split(text);
    let ways = FILLINGS.len().pow(gaps.len() as u32);
    (0..ways).any(|way| {
        let filled = gaps
            .iter()
            .enumerate()
            .map(|(at, words)| format!("{}{words}", FILLINGS[way / FILLINGS.len().pow(at as u32) % FILLINGS.len()]));
        knows(&filled.fold(first.clone(), |text, part| text + &part))
    })
}

/// The words before the first gap, and those behind each; doubled braces are words.
fn split(text: &str) -> (String, Vec<String>) {
    let text = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let mut parts = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, words)| words));
    let mut words = || parts.next().map(|words| words.replace('\u{1}', "{").replace('\u{2}', "}"));
    (words().unwrap_or_default(), std::iter::from_fn(words).collect())
}

#[test]
fn gaps_and_words_are_told_apart() {
    assert_eq!(literal("\"a \\\"b\\\" \\\n     c\\n\", x)"), Some("a \"b\" c\n".to_owned()));
    assert_eq!(split("{path}: at {{z}} {0}"), (String::new(), vec![": at {z} ".to_owned(), String::new()]));
    assert!(is_known("{path}: {source}") && !is_known("{path}: nobody knows this: {source}"));
}
