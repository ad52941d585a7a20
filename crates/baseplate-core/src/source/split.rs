//! Lines of a CSV file into cells, by the letter: what follows a closing quote is the separator or the end
//! of the line.
//!
//! A cell is quoted if it begins with a quote; a doubled quote inside stands for one. A quote within an
//! unquoted cell is a character like any other. Nothing is trimmed but a CR at the end of the line.

/// What a line comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The record is complete.
    Whole,
    /// A quoted cell goes on in the next line.
    Open,
    /// A quote is closed and text follows.
    Broken,
}

/// The cells of a record, line by line.
pub(super) struct Splitter {
    /// What separates cells.
    delimiter: char,
    /// The cells that are complete.
    pub(super) cells: Vec<String>,
    /// The cell that goes on in the next line.
    open: Option<String>,
}

impl Splitter {
    /// A splitter at the beginning of a record.
    pub(super) fn new(delimiter: char) -> Self {
        Self { delimiter, cells: Vec::new(), open: None }
    }

    /// Takes the first or the next line of a record.
    pub(super) fn take(&mut self, line: &str) -> Ending {
        let mut rest = line;
        if let Some(mut cell) = self.open.take() {
            cell.push('\n');
            match self.quoted(cell, rest) {
                Ok(behind) => rest = behind,
                Err(ending) => return ending,
            }
        }
        loop {
            if let Some(inside) = rest.strip_prefix('"') {
                match self.quoted(String::new(), inside) {
                    Ok(behind) => rest = behind,
                    Err(ending) => return ending,
                }
            } else if let Some(at) = self.end_of_cell(rest) {
                self.cells.push(rest[..at].to_owned());
                rest = &rest[at + self.delimiter.len_utf8()..];
            } else {
                self.cells.push(rest.strip_suffix('\r').unwrap_or(rest).to_owned());
                return Ending::Whole;
            }
        }
    }

    /// Where the next separator stands.
    fn end_of_cell(&self, rest: &str) -> Option<usize> {
        match u8::try_from(self.delimiter) {
            Ok(byte) if byte.is_ascii() => memchr::memchr(byte, rest.as_bytes()),
            _ => rest.find(self.delimiter),
        }
    }

    /// Reads on inside a quoted cell; what stands behind the separator after it, or how the line ends.
    fn quoted<'a>(&mut self, mut cell: String, mut rest: &'a str) -> Result<&'a str, Ending> {
        while let Some((text, behind)) = rest.split_once('"') {
            cell.push_str(text);
            if let Some(more) = behind.strip_prefix('"') {
                cell.push('"');
                rest = more;
                continue;
            }
            self.cells.push(cell);
            if matches!(behind, "" | "\r") {
                return Err(Ending::Whole);
            }
            return behind.strip_prefix(self.delimiter).ok_or(Ending::Broken);
        }
        cell.push_str(rest);
        self.open = Some(cell);
        Err(Ending::Open)
    }
}

/// The cells of a line by itself; none if quotes in it are not closed or text follows them.
pub(super) fn cells_of(line: &str, delimiter: char) -> Option<Vec<String>> {
    let mut splitter = Splitter::new(delimiter);
    (splitter.take(line) == Ending::Whole).then_some(splitter.cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_by_the_letter() {
        let check = |line: &str, expected: Option<&[&str]>| {
            let expected = expected.map(|cells| cells.iter().map(|c| (*c).to_owned()).collect());
            assert_eq!(cells_of(line, ','), expected, "{line}");
        };
        check("a,b\r", Some(&["a", "b"]));
        check("", Some(&[""]));
        check("a,", Some(&["a", ""]));
        check("\"a,b\",\"\"", Some(&["a,b", ""]));
        check("\"a\"\"b\"\r", Some(&["a\"b"]));
        check("5\" pipe, \"x\",y\"", Some(&["5\" pipe", " \"x\"", "y\""]));
        check("\"a\" ,b", None);
        check("\"a\"b\",c", None);
        check("a,\"b", None);
        check("\"\"\"", None);
        check("\"路\"，1", None);
    }

    #[test]
    fn a_cell_goes_on() {
        let mut splitter = Splitter::new('\t');
        assert_eq!(splitter.take("1\t\"a\r"), Ending::Open);
        assert_eq!(splitter.take("\"\"b\"\t2\r"), Ending::Whole);
        assert_eq!(splitter.cells, ["1", "a\r\n\"b", "2"]);
    }

    proptest! {
        /// What another library writes is read as it was.
        #[test]
        fn what_was_written_is_read(cells in prop::collection::vec("[a路,;\"\n\r ]{0,6}", 1..6), delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|'])) {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(&cells).expect("memory");
            let text = String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8");
            let mut splitter = Splitter::new(char::from(delimiter));
            let lines: Vec<_> = text.strip_suffix('\n').expect("an end").split('\n').collect();
            let endings: Vec<_> = lines.iter().map(|line| splitter.take(line)).collect();
            prop_assert_eq!(endings.last(), Some(&Ending::Whole));
            prop_assert!(endings[..endings.len() - 1].iter().all(|e| *e == Ending::Open));
            prop_assert_eq!(splitter.cells, cells);
        }
    }
}
