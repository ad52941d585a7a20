//! Bringing a plate of the format before to the present one, without its sources.
//!
//! It goes like a build: the next generation is written into a draft directory beside the others and published by one rename, so that
//! whatever happens on the way leaves the plate as it was, and the former generation stays. Files that are the same in both formats
//! are links to the same bytes. What differs is known to [`super::format10`] alone.

use super::{
    changes::write_changes,
    error::BuildError,
    format10::{OldGeneration, stays},
    manifests::files,
    write::write_rows,
};
use crate::{
    schema::tables::Records,
    store::{
        LayerInfo, Manifest, OpenError, PublicationKind,
        files::read_manifest,
        layer::ENTERPRISES_LAYER,
        manifest::MIGRATED,
        names::{LAYERS, records_file},
        publish::Draft,
    },
};
use std::{fs, path::Path};

/// Why a plate was not brought to the present format. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The plate cannot be read: it is none, is of a format that can only be built again, or is damaged; or what is about single
    /// persons is not for this user.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The new generation cannot be written.
    #[error(transparent)]
    Write(#[from] BuildError),
}

/// Brings a plate of format 10 to [`FORMAT`](crate::FORMAT): publishes a generation that holds what the published one holds. It gives
/// the manifest of the new generation, or `None` if the plate is of the present format already.
///
/// It is for the owner of the plate. Every file is compared with its hash first. The state of the releases of people's counts and the
/// former generation stay as they are; the time of the build stays what it was, because the data is no newer.
///
/// # Errors
/// When the plate is of another format, a file of it is damaged or may not be read, or the disk refuses.
///
/// # Examples
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use baseplate_core::{Baseplate, migrate};
///
/// if let Some(manifest) = migrate("city.plate".as_ref())? {
///     println!("generation {} was published", manifest.generation);
/// }
/// let plate = Baseplate::open("city.plate")?;
/// # Ok(())
/// # }
/// ```
pub fn migrate(plate: &Path) -> Result<Option<Manifest>, MigrateError> {
    if !is_of_former_format(plate)? {
        return Ok(None);
    }
    let write = || BuildError::write(plate);
    let draft = Draft::begin(plate).map_err(write())?;
    // Until the lock was taken another program may have published.
    if !is_of_former_format(plate)? {
        return Ok(None);
    }
    let former = OldGeneration::open(plate)?;
    for (name, file) in former.kept() {
        let file = former.dir.join(file);
        draft.adopt(&file, &name).map_err(BuildError::write(&file))?;
    }
    let mut manifest = former.manifest.clone();
    if let Some(layer) = manifest.layers.iter_mut().find(|layer| layer.id == ENTERPRISES_LAYER) {
        write_enterprises(&former, layer, draft.dir())?;
    }
    for (name, bytes) in former.counts()? {
        fs::write(draft.dir().join(name), bytes).map_err(write())?;
    }
    manifest.files.retain(|file| stays(&file.path));
    manifest.files.extend(files(draft.dir(), &[LAYERS])?);
    manifest.files.sort_by(|f, g| f.path.cmp(&g.path));
    manifest.generation = draft.generation();
    write_changes(draft.dir(), Some((&former.dir, &former.manifest)), &mut manifest, PublicationKind::Migrate)?;
    let json = serde_json::to_vec_pretty(&manifest).map_err(|e| write()(e.into()))?;
    draft.publish(&json).map_err(write())?;
    Ok(Some(manifest))
}

/// Whether the published generation is of the format before, and not of the present one.
fn is_of_former_format(plate: &Path) -> Result<bool, OpenError> {
    match read_manifest(plate) {
        Ok(_) => Ok(false),
        Err(OpenError::Format { found, .. }) if found == u64::from(MIGRATED) => Ok(true),
        Err(other) => Err(other),
    }
}

/// Writes the table of enterprises as one of records, and counts in the manifest how many are linked.
fn write_enterprises(former: &OldGeneration, layer: &mut LayerInfo, dir: &Path) -> Result<(), MigrateError> {
    let table = former.enterprises()?;
    layer.linked = table.linked();
    let path = dir.join(records_file(&layer.id));
    write_rows::<Records>(&path, &layer.columns(), table.rows, |row| table.row(row as u32), |_| {})?;
    Ok(())
}
