//! A generation that is like the published one but for the layers that were changed.
//!
//! It goes like a build: written into a draft directory, published by one rename. Every file that is not written anew is a link to the
//! bytes that are there, so that the rest of a city is neither read nor written.

use super::{build::with_rejects, changes::write_changes, error::BuildError, manifests::files, write::write_rows};
use crate::{
    schema::{
        Declared,
        tables::{HexCellRow, HexCells},
    },
    store::{
        FileInfo, Manifest, OpenError, PublicationKind, SourceInfo,
        files::{Files, read_manifest},
        names::{CHANGES, LAYERS, PRIVATE_MANIFEST, REJECTS},
        publish::Draft,
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Why a layer of a plate was not changed. The plate is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The plate cannot be read, or what is about single persons is not for this user.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The source cannot be used, or the new generation cannot be written.
    #[error(transparent)]
    Write(#[from] BuildError),
    /// A layer is called so already.
    #[error("there is a layer '{0}' already; take its place with: baseplate layer replace, or choose another --id")]
    There(String),
    /// A citizen id stands where it would be shown: in the id or the title of the layer, the name of its file, or that of a column.
    #[error(
        "a citizen id stands in '{0}', which would be shown: rename the file or the column, or choose another title"
    )]
    IdInName(String),
    /// A column has the name under which the plate keeps the numbers of rows.
    #[error("{0}: the plate keeps the numbers of rows under this name; rename the column")]
    OwnName(String),
    /// Its coordinate system names a grid file, which the plate cannot keep.
    #[error(
        "crs '{0}' names a grid file, which is not kept with the plate: convert the file to EPSG:4490, or name the layer in the spec"
    )]
    GridFile(String),
    /// The new file has much less than the one before.
    #[error(
        "layer '{id}' would fall from {before} records, {linked_before} of them with a place, to {now} and {linked}, which is published with --accept alone"
    )]
    Loses {
        /// The layer.
        id: String,
        /// Its records so far, and how many of them have a place.
        before: u64,
        /// How many of these have a place.
        linked_before: u64,
        /// The records that it would have.
        now: u64,
        /// How many of these would have a place.
        linked: u64,
    },
    /// No layer is called so.
    #[error("there is no layer '{id}' that was added to this plate; there are: {known}")]
    NotThere {
        /// The id.
        id: String,
        /// Those that were.
        known: String,
    },
    /// The layer belongs to the spec, from which the next build would make it again.
    #[error("layer '{0}' stands in the spec of the plate: change it there and build")]
    OfSpec(String),
}

/// A change on its way.
pub(crate) struct Change {
    /// Where the next generation is written.
    pub(crate) draft: Draft,
    /// The directory of the published one.
    pub(crate) former: PathBuf,
    /// What the next one will say of itself: what the published one says, until it is changed.
    pub(crate) manifest: Manifest,
}

impl Change {
    /// Begins a change of a plate, which nobody else can change until it ends.
    pub(crate) fn begin(plate: &Path) -> Result<Self, ChangeError> {
        // Whoever names what is no plate must not get one.
        read_manifest(plate)?;
        let draft = Draft::begin(plate).map_err(BuildError::write(plate))?;
        let (former, manifest) = read_manifest(plate)?;
        Ok(Self { draft, former, manifest })
    }

    /// Writes the H3 cells in which something lies anew.
    pub(crate) fn write_cells(
        &self,
        cells: usize,
        row: impl Fn(usize) -> HexCellRow<'static> + Sync,
    ) -> Result<(), BuildError> {
        write_rows::<HexCells>(&self.draft.dir().join(HexCells::FILE), &[], cells, row, |_| {})
    }

    /// An error about the rows of the source says where they are listed.
    pub(crate) fn explain(&self, error: BuildError) -> ChangeError {
        with_rejects(error, &self.draft, self.draft.plate()).into()
    }

    /// Publishes what was written, with all files of the former generation that are neither written anew nor `dropped`.
    pub(crate) fn publish(
        self,
        kind: PublicationKind,
        dropped: impl Fn(&str) -> bool,
    ) -> Result<Manifest, ChangeError> {
        let before = read_manifest(self.draft.plate())?.1;
        let Self { draft, former, mut manifest } = self;
        let private = Files { dir: &former, manifest: &manifest, listed: &[] }.private_manifest()?;
        let written = files(draft.dir(), &["", LAYERS])?;
        // The journal is written anew, and must not be written into a link to that of the former generation.
        let is_other = |path: &str| path == CHANGES || written.iter().any(|new| new.path == path);
        let stays = |file: &FileInfo| !dropped(&file.path) && !is_other(&file.path);
        manifest.files.retain(stays);
        let about_people = private.files.iter().map(|file| file.path.as_str()).chain([PRIVATE_MANIFEST]);
        for name in manifest.files.iter().map(|file| file.path.as_str()).chain(about_people) {
            let file = former.join(name);
            draft.adopt(&file, name).map_err(BuildError::write(&file))?;
        }
        manifest.files.extend(written);
        manifest.files.sort_by(|f, g| f.path.cmp(&g.path));
        manifest.generation = draft.generation();
        manifest.built_at = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        write_changes(draft.dir(), Some((&former, &before)), &mut manifest, kind)?;
        let (plate, json) = (draft.plate().to_owned(), serde_json::to_vec_pretty(&manifest));
        let json = json.map_err(|e| BuildError::write(&plate)(e.into()))?;
        draft.publish(&json).map_err(BuildError::write(&plate))?;
        Ok(manifest)
    }

    /// Puts the remarks on the rows of sources before those that the draft has in its list, but for those of sources that are gone.
    pub(crate) fn keep_remarks(&self, gone: &[SourceInfo]) -> Result<(), BuildError> {
        let still = |path: &str| self.manifest.sources.iter().any(|source| source.path == path);
        let changed = |path: &str| gone.iter().any(|source| source.path == path) && !still(path);
        let (list, former) = (self.draft.dir().join(REJECTS), self.former.join(REJECTS));
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |e: csv::Error| BuildError::write(&path)(e.into())
        };
        let aside = list.with_extension("new");
        let mut all = csv::Writer::from_path(&aside).map_err(fail(&aside))?;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&former).map_err(fail(&former))?;
        for record in reader.byte_records() {
            let record = record.map_err(fail(&former))?;
            if !changed(&String::from_utf8_lossy(&record[0])) {
                all.write_byte_record(&record).map_err(fail(&aside))?;
            }
        }
        if list.exists() {
            let mut new = csv::Reader::from_path(&list).map_err(fail(&list))?;
            for record in new.byte_records() {
                all.write_byte_record(&record.map_err(fail(&list))?).map_err(fail(&aside))?;
            }
        }
        all.flush().map_err(BuildError::write(&aside))?;
        fs::rename(&aside, &list).map_err(BuildError::write(&list))
    }
}
