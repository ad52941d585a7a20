//! Sheets of A4 with many QR codes.

use super::names::{self, Row};
use crate::cmd::outcome::Failure;
use baseplate_core::{QrSymbol, Thing, card_url};
use rayon::prelude::*;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// A sheet of A4, its QR codes and what is around them, millimetres.
const SHEET: (u32, u32) = (210, 297);
const SIDE: u32 = 40;
const CELL: (u32, u32) = (48, 55);
const MARGIN: (u32, u32) = (9, 11);
const COLUMNS: usize = 4;
const ROWS: usize = 5;
/// Sheets of a folder.
const FOLDER: usize = 1_000;
/// How wide a line of text may be, in characters as wide as high; others are half as wide.
const LINE: usize = 15;

/// Writes sheets one after another.
pub(super) struct Sheets {
    out: PathBuf,
    public_url: String,
    written: usize,
}

impl Sheets {
    pub(super) fn new(out: &Path, public_url: &str) -> Self {
        Self { out: out.to_owned(), public_url: public_url.to_owned(), written: 0 }
    }

    /// Writes the sheets of some things, on all threads; all but the last are full.
    pub(super) fn write(&mut self, batch: &[Thing<'_>]) -> Result<Vec<Row>, Failure> {
        let sheets: Vec<_> = batch.chunks(COLUMNS * ROWS).zip(self.written + 1..).collect();
        for folder in self.written / FOLDER..=(self.written + sheets.len()) / FOLDER {
            fs::create_dir_all(self.out.join(format!("{folder:03}")))?;
        }
        let rows: Vec<Vec<Row>> =
            sheets.par_iter().map(|(things, number)| self.one(things, *number)).collect::<Result<_, _>>()?;
        self.written += sheets.len();
        Ok(rows.into_iter().flatten().collect())
    }

    fn one(&self, things: &[Thing<'_>], number: usize) -> Result<Vec<Row>, Failure> {
        let file = format!("{:03}/sheet-{number:06}.svg", number / FOLDER);
        let (width, height) = SHEET;
        let mut sheet = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"sans-serif\" font-size=\"3\" text-anchor=\"middle\">\n"
        );
        let mut rows = Vec::with_capacity(things.len());
        for (at, thing) in things.iter().enumerate() {
            let url = card_url(&self.public_url, thing);
            let labels = names::labels(thing);
            let left = MARGIN.0 + CELL.0 * (at % COLUMNS) as u32;
            let top = MARGIN.1 + CELL.1 * (at / COLUMNS) as u32;
            push_cell(&mut sheet, (left, top), &QrSymbol::of_url(&url)?, &labels);
            rows.push(Row { file: file.clone(), url, thing: labels });
        }
        sheet += "</svg>\n";
        fs::write(self.out.join(&file), sheet)?;
        Ok(rows)
    }
}

/// Adds a QR code with its code and name beneath.
fn push_cell(sheet: &mut String, (left, top): (u32, u32), symbol: &QrSymbol, (code, name): &(String, String)) {
    let (modules, path) = (symbol.modules(), symbol.path());
    let (x, middle) = (left + (CELL.0 - SIDE) / 2, left + CELL.0 / 2);
    // Writing to a string does not fail.
    let _ = writeln!(
        sheet,
        "<svg x=\"{x}\" y=\"{top}\" width=\"{SIDE}\" height=\"{SIDE}\" viewBox=\"0 0 {modules} {modules}\" \
         shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>"
    );
    let lines = lines(code, 1).into_iter().chain(lines(name, 2));
    for (line, y) in lines.zip((top + SIDE + 3..).step_by(4)) {
        let _ = writeln!(sheet, "<text x=\"{middle}\" y=\"{y}\">{}</text>", escaped(&line));
    }
}

/// A text in at most so many lines; what does not fit is `…`.
fn lines(text: &str, most: usize) -> Vec<String> {
    let (mut lines, mut width) = (vec![String::new()], 0);
    for character in text.chars().filter(|c| !c.is_control()) {
        let own = if character.is_ascii() { 1 } else { 2 };
        if width + own > 2 * LINE {
            if lines.len() == most {
                lines.last_mut().into_iter().for_each(|line| {
                    line.pop();
                    line.push('…');
                });
                break;
            }
            lines.push(String::new());
            width = 0;
        }
        width += own;
        lines.last_mut().into_iter().for_each(|line| line.push(character));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A text as XML has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_into_lines() {
        assert_eq!(lines("9901010010010100001", 1), ["9901010010010100001"]);
        assert_eq!(lines("", 2), Vec::<String>::new());
        let text = "示例市".repeat(6);
        assert_eq!(lines(&text, 2), ["示例市".repeat(5), "示例市".to_owned()]);
        assert_eq!(lines(&text.repeat(2), 2)[1], format!("{}示例…", "示例市".repeat(4)));
        assert_eq!(escaped("a<b>&"), "a&lt;b&gt;&amp;");
    }
}
