//! The generations of a plate: how their directories are called, and which are there.
//!
//! A generation is a directory whose name is its number, from 1, in six digits or more. It is finished when
//! it has a `plate.json`, which is written last; a directory in the making has `.partial` behind its number
//! and is none.

use super::names::MANIFEST;
use std::{fs, io, path::Path};

/// Digits of a generation's name, at least.
const DIGITS: usize = 6;

/// What the directory of a generation is called.
pub(crate) fn generation_name(number: u64) -> String {
    format!("{number:0DIGITS$}")
}

/// Whether a directory is named like a generation.
pub(crate) fn is_generation(name: &str) -> bool {
    name.len() >= DIGITS && name.bytes().all(|b| b.is_ascii_digit())
}

/// The numbers of the finished generations of a plate, ascending. Directories that other programs put there
/// are passed over.
pub(crate) fn generations(plate: &Path) -> io::Result<Vec<u64>> {
    let finished = |name: &String| is_generation(name) && plate.join(name).join(MANIFEST).exists();
    let mut numbers: Vec<u64> = entries(plate)?.iter().filter(|n| finished(n)).filter_map(|n| n.parse().ok()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// The names of what lies in a directory.
pub(crate) fn entries(dir: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}
