//! What separates the columns of a CSV file, and which line is its header: found out by its first lines.
//!
//! Each of the first four lines is tried as the header with each separator; the one that has most of the
//! wanted columns wins, of equals the earlier line and the earlier separator. So a title above the header
//! does no harm, and a separator inside quotes or texts does not count. Where no wanted column is found,
//! the separator that cuts most lines into equally many cells is taken, so that the message about the
//! missing column shows the real ones.

use super::{
    lines::Line,
    split::{Ending, Splitter, cells_of},
};

/// Separators that are tried, in this order.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// Lines above the header that may be titles.
const TITLES_MAX: usize = 3;
/// Lines that one header may span.
const HEADER_LINES_MAX: usize = 10;
/// Lines by which a file is judged.
pub(super) const HEAD_LINES: usize = 32;

/// How a file is laid out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What separates the columns.
    pub(super) delimiter: char,
    /// The cells of the header.
    pub(super) header: Vec<String>,
    /// The index among the first lines at which the header begins.
    pub(super) begin: usize,
    /// The index behind the header.
    pub(super) end: usize,
}

/// Reads what separates the columns of a CSV: one character, or `tab`.
///
/// # Errors
/// A sentence that says what is needed, if it is longer than one character, a quote or a line end.
pub fn parse_delimiter(delimiter: &str) -> Result<char, String> {
    let mut characters = delimiter.chars();
    match (delimiter, characters.next(), characters.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        (_, Some(one), None) if !matches!(one, '"' | '\n' | '\r') => Ok(one),
        _ => Err(format!("'{delimiter}' cannot separate columns: give one character, or tab, or leave it out")),
    }
}

/// Finds the header and the separator under which it has the wanted columns, or most of them. `hint` is
/// tried first; `given` is the only one that is tried if there is one. `None` if there are no lines.
pub(super) fn find(lines: &[Line], wanted: &[&str], given: Option<char>, hint: char) -> Option<Dialect> {
    let mut delimiters = vec![hint];
    delimiters.extend(DELIMITERS.into_iter().filter(|d| *d != hint));
    let delimiters = given.map_or(delimiters, |given| vec![given]);
    let mut best: Option<(usize, Dialect)> = None;
    for begin in 0..lines.len().min(TITLES_MAX + 1) {
        for dialect in delimiters.iter().filter_map(|delimiter| header_at(lines, begin, *delimiter)) {
            let found = wanted.iter().filter(|column| column_index(&dialect.header, column).is_some()).count();
            if found > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((found, dialect));
            }
        }
    }
    let consistent = || header_at(lines, 0, most_consistent(lines, &delimiters));
    best.map(|(_, dialect)| dialect).or_else(consistent)
}

/// The index of a column in a header.
pub(super) fn column_index(header: &[String], column: &str) -> Option<usize> {
    column_indices(header, column).next()
}

/// All indices of a column, if it stands in the header several times.
pub(super) fn column_indices<'a>(header: &'a [String], column: &'a str) -> impl Iterator<Item = usize> + 'a {
    header.iter().enumerate().filter(move |(_, cell)| trimmed(cell) == trimmed(column)).map(|(index, _)| index)
}

/// A column's name without what a file may have around it.
fn trimmed(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'))
}

/// The header that begins in a line, if it ends; else its one line, quotes and all.
fn header_at(lines: &[Line], begin: usize, delimiter: char) -> Option<Dialect> {
    let mut splitter = Splitter::new(delimiter);
    for (at, line) in lines.iter().enumerate().skip(begin).take(HEADER_LINES_MAX) {
        match splitter.take(&line.text) {
            Ending::Whole => return Some(Dialect { delimiter, header: splitter.cells, begin, end: at + 1 }),
            Ending::Open => {}
            Ending::Broken => break,
        }
    }
    let header = lines.get(begin)?.text.trim_end_matches('\r').split(delimiter).map(str::to_owned).collect();
    Some(Dialect { delimiter, header, begin, end: begin + 1 })
}

/// The separator that cuts most of the lines into equally many cells.
fn most_consistent(lines: &[Line], delimiters: &[char]) -> char {
    let agreement = |delimiter: char| {
        let width = |line: &Line| cells_of(&line.text, delimiter).map(|cells| cells.len()).filter(|width| *width > 1);
        let widths: Vec<usize> = lines.iter().filter_map(width).collect();
        widths.iter().map(|width| (widths.iter().filter(|other| *other == width).count(), *width)).max()
    };
    // Of equals the last is taken, which is the first to be tried.
    let best = delimiters.iter().rev().max_by_key(|delimiter| agreement(**delimiter));
    best.copied().unwrap_or(DELIMITERS[0])
}

/// A separator for a message.
pub(super) fn shown(delimiter: char) -> String {
    if delimiter == '\t' { "tabs".to_owned() } else { format!("'{delimiter}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Line> {
        let line = |(text, number): (&str, u64)| Line { number, text: text.to_owned(), fault: None };
        text.lines().zip(1..).map(line).collect()
    }

    fn found(text: &str, wanted: &[&str]) -> (char, usize, usize) {
        let dialect = find(&lines(text), wanted, None, ',').expect("lines");
        (dialect.delimiter, dialect.begin, dialect.header.len())
    }

    #[test]
    fn the_wanted_columns_decide() {
        for (delimiter, name) in [(',', ","), (';', ";"), ('\t', "\t"), ('|', "|")] {
            let text = ["编号", "地址", "x"].join(name) + "\n" + &["1", "路,1;号|", "2"].join(name);
            assert_eq!(found(&text, &["地址", "编号"]), (delimiter, 0, 3));
        }
        assert_eq!(found("\"a;b\";c\n1;2", &["a;b", "c"]), (';', 0, 2));
        assert_eq!(found(" code ;\u{feff}x\n", &["code", "x"]), (';', 0, 2));
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        assert_eq!(found("示例市地址,2026\n\ncode,text\n1,2\n", &["code", "text"]), (',', 2, 2));
        assert_eq!(found("表一;;\ncode;text;x\n1;2;3\n", &["code", "text"]), (';', 1, 3));
        assert_eq!(found("code,txt\n1,2\ncode,text\n", &["code"]), (',', 0, 2));
    }

    #[test]
    fn a_header_may_span_lines_but_not_swallow_rows() {
        assert_eq!(found("code,\"x\n(度)\"\n1,2\n", &["code", "x\n(度)"]), (',', 0, 2));
        assert_eq!(found("code,\"text\nA1,\"x\"\n", &["code"]), (',', 0, 2));
    }

    #[test]
    fn without_the_wanted_columns_the_cells_decide() {
        assert_eq!(found("a;b;c\n1,5;2;3\n4;5,5;6\n", &["code"]), (';', 0, 3));
        assert_eq!(found("a\n1\n", &["code"]), (',', 0, 1));
        assert_eq!(find(&[], &["code"], None, ','), None);
    }

    #[test]
    fn a_named_separator_is_one_character() {
        let read = [";", "tab", "\\t", "，"].map(|name| parse_delimiter(name).ok());
        assert_eq!(read, [Some(';'), Some('\t'), Some('\t'), Some('，')]);
        assert!(["", "\"", "::", "\n"].iter().all(|name| parse_delimiter(name).is_err()));
    }
}
