//! One file for each QR code.

use super::names::{self, Row};
use crate::cmd::outcome::Failure;
use baseplate_core::{QrSymbol, Thing, card_url};
use rayon::prelude::*;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

/// The form of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Scalable vector graphics
    Svg,
    /// Pixels, 300 to the inch
    Png,
}

/// Writes files into folders.
pub(super) struct Files {
    out: PathBuf,
    public_url: String,
    format: Format,
    side_mm: u32,
    /// Which of the folders are there.
    folders: Vec<AtomicBool>,
}

impl Files {
    pub(super) fn new(out: &Path, public_url: &str, format: Format, side_mm: u32) -> Self {
        let folders = std::iter::repeat_with(|| AtomicBool::new(false)).take(0x1000).collect();
        Self { out: out.to_owned(), public_url: public_url.to_owned(), format, side_mm, folders }
    }

    /// Writes the files of some things, on all threads.
    pub(super) fn write(&self, batch: &[Thing<'_>]) -> Result<Vec<Row>, Failure> {
        batch.par_iter().map(|thing| self.one(thing)).collect()
    }

    fn one(&self, thing: &Thing<'_>) -> Result<Row, Failure> {
        let (folder, name) = names::place(thing.code());
        let url = card_url(&self.public_url, thing);
        let symbol = QrSymbol::of_url(&url)?;
        let (bytes, ending) = match self.format {
            Format::Svg => (symbol.svg(self.side_mm).into_bytes(), "svg"),
            Format::Png => (symbol.png(QrSymbol::pixels(self.side_mm))?, "png"),
        };
        let file = format!("{folder:03x}/{name}.{ending}");
        let is_there = &self.folders[usize::from(folder)];
        if !is_there.load(Ordering::Relaxed) {
            fs::create_dir_all(self.out.join(format!("{folder:03x}")))?;
            is_there.store(true, Ordering::Relaxed);
        }
        fs::write(self.out.join(&file), bytes)?;
        Ok(Row { file, url, thing: names::labels(thing) })
    }
}
