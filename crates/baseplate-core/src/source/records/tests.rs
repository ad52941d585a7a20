//! Rows never vanish: every line of a file is in a record or is told to be broken.

use super::*;
use crate::source::lines::{Decoding, LINE_MAX};
use proptest::prelude::*;
use std::{collections::HashSet, io::Cursor};

fn open(bytes: &[u8], returns_only: bool) -> CsvRecords {
    let lines = Lines::new(Box::new(Cursor::new(bytes.to_owned())), Decoding::Mixed { mostly_gb: false }, returns_only);
    let options = CsvOptions { columns: &["a"], ..CsvOptions::default() };
    CsvRecords::new(Path::new("f.csv"), lines, Script::plain(), ',', &options).expect("memory")
}

fn read(bytes: &[u8], returns_only: bool) -> Vec<(u64, Vec<String>, bool)> {
    let mut records = open(bytes, returns_only);
    let read = std::iter::from_fn(|| records.read().expect("memory"));
    read.map(|record| (record.line, record.cells, record.fault.is_some())).collect()
}

fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>, bool) {
    (line, cells.iter().map(|c| (*c).to_owned()).collect(), false)
}

fn fault(line: u64, text: &str) -> (u64, Vec<String>, bool) {
    (line, vec![text.to_owned()], true)
}

#[test]
fn every_end_of_line_gives_the_same_cells_and_numbers() {
    let expected = [row(2, &["1", "x\"y"]), row(4, &["2", ""])];
    for (end, returns_only) in [("\n", false), ("\r\n", false), ("\r", true)] {
        let text = ["a,b", "1,\"x\"\"y\"", "", "2,"].join(end);
        assert_eq!(read(text.as_bytes(), returns_only), expected, "{end:?}");
    }
}

#[test]
fn a_cell_may_span_lines() {
    assert_eq!(read(b"a,b\nx,\"b\n\nc\"\nd,e\n", false), [row(2, &["x", "b\n\nc"]), row(5, &["d", "e"])]);
}

#[test]
fn a_line_that_is_too_long_is_a_broken_one() {
    let long = "0".repeat(LINE_MAX as usize + 5);
    let read = read(format!("a,b\n1,2\n{long}\n3,4\n").as_bytes(), false);
    assert_eq!(read, [row(2, &["1", "2"]), fault(3, ""), row(4, &["3", "4"])]);
}

#[test]
fn a_quote_that_is_not_closed_costs_one_line() {
    let rest: String = (0..500).map(|i| format!("{i},x\n")).collect();
    let all = read(format!("a,b\n1,\"open\n{rest}").as_bytes(), false);
    assert_eq!(all.len(), 501);
    assert_eq!(all[0], fault(2, "1,\"open"));
    assert_eq!(all[1], row(3, &["0", "x"]));
    assert_eq!(all[500], row(502, &["499", "x"]));
}

#[test]
fn a_later_quote_does_not_close_it() {
    let expected = [fault(2, "1,\"open,"), row(3, &["2", "x", ""]), row(4, &["3", "y", "z"])];
    assert_eq!(read(b"a,b,c\n1,\"open,\n2,x,\n3,\"y\",z\n", false), expected);
    // Whether the second line is a row or the end of a cell cannot be told: neither is used.
    let expected = [fault(2, "1,\"open"), fault(3, "2,a\",b"), row(4, &["3", "y", "z"])];
    assert_eq!(read(b"a,b,c\n1,\"open\n2,a\",b\n3,y,z\n", false), expected);
    let expected = [fault(2, "1,\"open"), row(3, &["2"]), row(4, &["x\",y,z,u"]), row(5, &["3", "y", "z"])];
    let found = read(b"a,b,c\n1,\"open\n2\nx\",y,z,u\n3,y,z\n", false);
    assert_eq!((found.len(), &found[0], &found[3]), (4, &expected[0], &expected[3]));
}

#[test]
fn a_line_may_end_otherwise_than_others() {
    assert_eq!(
        read(b"a,b\r\n1,x\r2,y\r\n3,\"p\rq\"\r\n", false),
        [row(2, &["1", "x"]), row(2, &["2", "y"]), row(3, &["3", "p\rq"])]
    );
}

#[test]
fn the_first_cell_may_span_lines() {
    assert_eq!(read(b"a,b\n\"x\ny\",b\nd,e\n", false), [row(2, &["x\ny", "b"]), row(4, &["d", "e"])]);
    assert_eq!(read(b"a,b\n\"x,b\ny\",b\n", false), [fault(2, "\"x,b"), fault(3, "y\",b")]);
}

#[test]
fn text_behind_a_closing_quote_is_a_fault() {
    assert_eq!(read(b"a,b\n1,\"x\"y\n2,z\n", false), [fault(2, "1,\"x\"y"), row(3, &["2", "z"])]);
}

#[test]
fn a_quote_inside_a_cell_is_a_character() {
    assert_eq!(read(b"a,b,c\na,5\" pipe,b\n", false)[0], row(2, &["a", "5\" pipe", "b"]));
}

#[test]
fn a_line_feed_among_returns_swallows_nothing() {
    for text in ["a,b\r1,x\r2,y\n", "a,b\r1,x\r2,y\r\n", "a,b\r1,x\n2,y\r"] {
        assert_eq!(read(text.as_bytes(), false), [row(2, &["1", "x"]), row(3, &["2", "y"])], "{text:?}");
    }
    let of_two_lines = read(b"a,b\r1,x\r2,\"y\nz\"\r3,w\r", false);
    assert_eq!(of_two_lines, [row(2, &["1", "x"]), row(3, &["2", "y\nz"]), row(5, &["3", "w"])]);
    let rows: String = (0..40).map(|i| format!("{i},\"x\ny\"\r")).collect();
    let many = read(format!("a,b\r{rows}").as_bytes(), false);
    assert!(many.len() == 40 && many.iter().all(|(_, cells, fault)| !fault && cells[1] == "x\ny"), "{many:?}");
}

#[test]
fn a_title_is_passed_over_and_told() {
    let records = open("示例市\n\n a ,b\n1,2\n".as_bytes(), false);
    assert_eq!(records.header(), [" a ", "b"]);
    assert_eq!(records.column("a").expect("there"), 0);
    assert_eq!(records.notes(), ["the header is line 3; what stands above it was taken for a title"]);
}

#[test]
fn a_missing_column_says_what_separates_those_that_are_there() {
    let error = open(b"x;y\n1;2\n", false).column("a").expect_err("missing").to_string();
    assert_eq!(error, "f.csv: there is no column 'a'; the file has, separated by ';': x, y");
}

#[test]
fn a_header_that_is_a_row_is_not_repeated() {
    let error = open("11010519491231002X,秋实路3号,x\n".as_bytes(), false).column("a").expect_err("missing");
    assert!(error.to_string().ends_with("…, …, x"), "{error}");
}

/// Rows with ids of their own, some of them quoted and some over several lines.
fn table(rows: usize) -> String {
    let text = |i: usize| match i % 5 {
        0 => format!("路{i}号"),
        1 => format!("\"路{i}号,后座\""),
        2 => format!("\"说\"\"{i}\"\"\""),
        3 => String::new(),
        _ => format!("\"两行\n{i}\""),
    };
    let row = |i| format!("<{i}>,{},{i}\n", text(i));
    "a,text,n\n".chars().chain((0..rows).flat_map(|i| row(i).chars().collect::<Vec<_>>())).collect()
}

/// The ids in what was read, be it sound or broken.
fn ids(all: &[(u64, Vec<String>, bool)]) -> HashSet<String> {
    let text: String = all.iter().map(|(_, cells, _)| cells.join(",") + "\n").collect();
    text.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(id, _)| id.to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Quotes and other bytes at any place: no id is missing, and a sound row holds two only where two quotes were put in, which
    /// can make one sound record of two.
    #[test]
    fn no_row_vanishes(damage in prop::collection::vec((0.0..1.0_f64, prop::sample::select(b"\"\"\",\r\xff ;\x00".to_vec())), 0..12)) {
        let mut bytes = table(40).into_bytes();
        let header = b"a,text,n\n".len();
        let quotes = damage.iter().filter(|(_, byte)| *byte == b'"').count();
        for (place, byte) in damage {
            let at = header + (place * (bytes.len() - header) as f64) as usize;
            // An id that is damaged itself cannot be found again.
            let inside = bytes[..at].iter().rposition(|b| *b == b'<') > bytes[..at].iter().rposition(|b| *b == b'>');
            if !inside {
                bytes.insert(at, byte);
            }
        }
        let all = read(&bytes, false);
        let expected: HashSet<String> = (0..40).map(|i| i.to_string()).collect();
        prop_assert_eq!(ids(&all), expected);
        let ids_in = |cells: &[String]| cells.iter().map(|cell| cell.matches('<').count()).sum::<usize>();
        let merged = all.iter().filter(|(_, cells, fault)| !fault && cells.len() == 3 && ids_in(cells) > 1).count();
        prop_assert!(merged <= quotes / 2, "{merged} of {quotes} quotes");
    }

    /// Whatever the bytes are, each line that is not empty is part of exactly one record.
    #[test]
    fn every_line_is_accounted_for(bytes in prop::collection::vec(prop::sample::select(b"a\",\n\r \xc2\xb7".to_vec()), 0..200)) {
        let mut records = open(&bytes, false);
        // Lines that CR ends too are counted otherwise.
        prop_assume!(!records.returns);
        let after_header = records.again.front().map_or(records.line(), |line| line.number - 1);
        let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
        let full = (after_header as usize..lines.len()).filter(|at| !lines[*at].trim_ascii().is_empty());
        let (mut spans, mut begun) = (Vec::new(), 0);
        while let Some(record) = records.read().expect("memory") {
            // Parts of a line that CR breaks have the number of the line.
            prop_assert!(record.line >= begun, "{} after {begun}", record.line);
            begun = record.line;
            let breaks = record.cells.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
            spans.extend(record.line..=record.line + breaks as u64);
        }
        for line in full {
            prop_assert!(spans.contains(&(line as u64 + 1)), "line {} of {:?}", line + 1, String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn a_geodatabase_is_a_folder_and_has_its_cure() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let folder = dir.path().join("city.gdb");
    std::fs::create_dir(&folder).expect("a folder");
    let error = read_csv(&folder, &CsvOptions::default()).map(drop).expect_err("no table").to_string();
    assert!(error.contains("a geodatabase") && error.contains("ogr2ogr -f CSV"), "{error}");
}
