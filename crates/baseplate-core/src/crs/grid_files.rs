//! Grid files in PROJ strings and pipelines are taken by path, from the folder of the spec.
//!
//! PROJ looks for a file such as `+nadgrids=shift.gsb` in its own folders and passes over one that is
//! missing, which would be no shift at all without a word. So each name is replaced by the path from the
//! folder of the spec on, and a file that is not there is an error.

use super::error::CrsError;
use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

/// Parameters of PROJ whose values are files.
const FILE_KEYS: [&str; 5] = ["nadgrids", "grids", "geoidgrids", "model", "file"];
/// The name that PROJ has for "no shift".
const NO_SHIFT: &str = "null";

/// The definition with the path of every grid file from `folder` on; the definition itself if it names
/// none.
///
/// # Errors
/// [`CrsError::NoGridFile`] if a file is not there. Files marked with `@` may be missing, but not all of a
/// list: what is left would be no shift at all.
pub(super) fn placed<'a>(definition: &'a str, folder: &Path) -> Result<Cow<'a, str>, CrsError> {
    if !FILE_KEYS.iter().any(|key| definition.contains(key)) {
        return Ok(Cow::Borrowed(definition));
    }
    let missing = |path| CrsError::NoGridFile { crs: definition.to_owned(), path };
    let place = |token: String| match token.split_once('=') {
        Some((key, files)) if FILE_KEYS.contains(&key.trim_start_matches('+')) => {
            place_list(files, folder).map(|files| format!("{key}={files}")).map_err(missing)
        }
        _ => Ok(token),
    };
    let tokens: Vec<_> = tokens(definition).into_iter().map(place).collect::<Result<_, _>>()?;
    Ok(Cow::Owned(tokens.join(" ")))
}

/// A list of files, each from the folder on, without the optional ones that are not there; or the file that is missing.
fn place_list(files: &str, folder: &Path) -> Result<String, PathBuf> {
    let mut placed = Vec::new();
    let mut left_out = None;
    for file in files.trim_matches('"').split(',') {
        let (name, optional) = file.strip_prefix('@').map_or((file, false), |name| (name, true));
        let path = folder.join(name);
        if name == NO_SHIFT {
            placed.push(file.to_owned());
        } else if path.is_file() {
            placed.push(std::path::absolute(&path).unwrap_or(path).display().to_string());
        } else if optional {
            left_out.get_or_insert(path);
        } else {
            return Err(path);
        }
    }
    match left_out {
        Some(path) if placed.is_empty() => Err(path),
        _ => Ok(quoted(placed.join(","))),
    }
}

/// A value as PROJ reads it: in quotes if it has blanks, at which parameters are parted.
fn quoted(value: String) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value }
}

/// The parameters of a definition; blanks within quotes part nothing.
fn tokens(definition: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut within = false;
    for c in definition.chars() {
        within ^= c == '"';
        match found.last_mut() {
            Some(token) if within || !c.is_whitespace() => token.push(c),
            _ => found.push(String::new()),
        }
    }
    found.retain(|token| !token.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_are_found_from_the_folder_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let spaced = folder.path().join("my grids");
        fs::create_dir(&spaced).expect("a folder");
        fs::write(folder.path().join("a.gsb"), "").expect("a file");
        fs::write(spaced.join("b.gsb"), "").expect("a file");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let place = |definition| placed(definition, folder.path()).map(Cow::into_owned);
        assert_eq!(place("+proj=longlat +ellps=krass").as_deref(), Ok("+proj=longlat +ellps=krass"));
        assert_eq!(place("+nadgrids=a.gsb +no_defs"), Ok(format!("+nadgrids={} +no_defs", path("a.gsb"))));
        assert_eq!(place("+nadgrids=@gone.gsb,a.gsb"), Ok(format!("+nadgrids={}", path("a.gsb"))));
        assert_eq!(place("+nadgrids=@null").as_deref(), Ok("+nadgrids=@null"));
        let quoted = format!("+step +grids=\"{}\" +inv", path("my grids/b.gsb"));
        assert_eq!(place("+step  +grids=\"my grids/b.gsb\" +inv"), Ok(quoted));
        for lost in ["+nadgrids=gone.gsb", "+nadgrids=@gone.gsb", "+grids=a.gsb,gone.gsb", "+grids="] {
            assert!(matches!(place(lost), Err(CrsError::NoGridFile { .. })), "{lost}");
        }
    }
}
