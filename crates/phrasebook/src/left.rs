//! What is left of English in a Chinese text, for tests.

/// The English words of a text, but for those that are known to stay, and for names: of files (`a.csv`), options (`--out`), what stands
/// in quotation marks, in angle or in square brackets. Lines that begin with `baseplate` or `tile-server` are commands, those with
/// `12 |` are quoted from a file.
///
/// ```
/// let text = "错误：/a/grids.csv：没有列“name”；请用 --geometry <COLUMN>，CSV 或 file";
/// assert_eq!(phrasebook::english_words(text, &["CSV"]), ["file"]);
/// ```
pub fn english_words<'t>(text: &'t str, known: &[&str]) -> Vec<&'t str> {
    let tokens = text.lines().filter(|line| !is_quoted(line)).flat_map(unquoted).flat_map(|part| {
        let ends = |c: char| !c.is_ascii() || c.is_ascii_whitespace() || "(),;'\"|".contains(c);
        part.split(ends)
    });
    let words = tokens.map(|token| token.trim_matches(':').trim_end_matches('.'));
    let is_word = |word: &&str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    words.filter(is_word).filter(|word| !known.contains(word)).collect()
}

pub(crate) fn is_quoted(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("用法：");
    let is_of_file = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|');
    is_of_file || ["baseplate ", "baseplate-cli ", "tile-server "].iter().any(|name| line.starts_with(name))
}

/// The parts of a line that stand in no quotation marks.
fn unquoted(line: &str) -> impl Iterator<Item = &str> {
    let outside = |part: &'_ str| part.split_once('”').map_or(0, |(quoted, _)| quoted.len() + '”'.len_utf8());
    line.split('“').enumerate().flat_map(move |(at, part)| {
        let part = if at > 0 { &part[outside(part)..] } else { part };
        part.split('`').step_by(2)
    })
}
