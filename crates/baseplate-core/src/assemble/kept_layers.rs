//! Layers that were added to a plate without its spec: a build finds what it needs to link them again in the generation before.

use super::{error::BuildError, manifests::is_still};
use crate::{
    source::{RecordSource, SourceError, Spec},
    store::{
        Manifest,
        names::{LAYERS, kept_rows_file, kept_source_file},
        publish::Draft,
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The sources of the layers that were added to a generation and that the spec does not declare itself.
///
/// # Errors
/// When what the plate keeps of a layer cannot be read, or is not what was written.
pub(super) fn kept_layers(plate: &Path, former: &Manifest, spec: &Spec) -> Result<Vec<RecordSource>, BuildError> {
    let dir = plate.join(&former.generation);
    let listed = |name: &str| former.files.iter().find(|file| file.path == name);
    let is_declared = |id: &str| spec.records().any(|source| source.layer == id);
    let mut kept = Vec::new();
    for id in former.layers.iter().map(|layer| layer.id.as_str()).filter(|id| !is_declared(id)) {
        let Some(lines) = listed(&kept_source_file(id)) else { continue };
        let rows = listed(&kept_rows_file(id));
        let mut changed = rows.into_iter().chain([lines]).filter(|file| !is_still(&dir.join(&file.path), file));
        if let Some(file) = changed.next() {
            let reason = "its contents are not those that were written".to_owned();
            return Err(BuildError::Kept { path: dir.join(&file.path), reason });
        }
        kept.push(read_kept(&dir, id)?.kept_in(dir.join(kept_rows_file(id))));
    }
    Ok(kept)
}

/// The layers that were added to a generation and that the spec declares now.
pub(super) fn replaced_by_spec<'m>(former: &'m Manifest, spec: &Spec) -> impl Iterator<Item = &'m str> {
    let is_kept = |id: &&str| former.files.iter().any(|file| file.path == kept_source_file(id));
    let is_declared = |id: &&str| spec.records().any(|source| source.layer == *id);
    former.layers.iter().map(|layer| layer.id.as_str()).filter(is_declared).filter(is_kept)
}

/// Looks that no layer was added to a plate of which the published generation cannot be read.
///
/// # Errors
/// [`BuildError::Kept`] with the lines of the first that is found in any generation.
pub(super) fn check_none_kept(plate: &Path, reason: &str) -> Result<(), BuildError> {
    let folders = fs::read_dir(plate).into_iter().flatten().flatten().map(|entry| entry.path().join(LAYERS));
    let files = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    let is_kept = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "toml");
    match files.map(|entry| entry.path()).find(is_kept) {
        Some(path) => Err(BuildError::Kept { path, reason: reason.to_owned() }),
        None => Ok(()),
    }
}

/// The source of a layer that was added, as it was added; of its file only the name is known.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read_kept(dir: &Path, id: &str) -> Result<RecordSource, SourceError> {
    let lines = dir.join(kept_source_file(id));
    let text = fs::read_to_string(&lines).map_err(|e| SourceError::io(&lines, e))?;
    RecordSource::parse(&text, &lines)
}

/// Takes the source of a layer over into the next generation.
pub(super) fn share_kept(draft: &Draft, id: &str, rows: &Path) -> Result<(), BuildError> {
    let lines = rows.with_extension("toml");
    for (file, name) in [(rows, kept_rows_file(id)), (&lines, kept_source_file(id))] {
        draft.adopt(file, &name).map_err(BuildError::write(file))?;
    }
    Ok(())
}
