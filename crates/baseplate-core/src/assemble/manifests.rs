//! What the manifests say of a generation, and of each of its files.
//!
//! The public manifest tells nothing from which it could be seen who came or went; whatever is about single
//! persons, counts of rows included, stands in a manifest of its own in `private/`.
//!
//! [`files`] is called when all tables and indexes are written, for the public folders and for `private/`.
//! The private manifest is written next, and its hash goes into the public one, which comes last. Hashes
//! are XXH3-64 in hexadecimal.

use super::{
    address_table::AddressTable, building_table::BuildingTable, context::Context, error::BuildError,
    grid_table::GridTable, log::Summary, released::Released, tables::Tables,
};
use crate::{
    code::PersonKey,
    model::Entity,
    spatial::Bbox,
    store::{
        FORMAT, FileInfo, LayerInfo, LevelInfo, Manifest, PrivateManifest, RowCounts, manifest::hash_text, map::map,
        publish::Draft, structure::structure_hash, table::TableError,
    },
};
use std::{
    fs,
    io::{self, Read},
    path::Path,
    time::SystemTime,
};
use xxhash_rust::xxh3::Xxh3Default;

/// Bytes of a file that are hashed at once.
const HASHED_AT_ONCE: usize = 1 << 20;

impl Context<'_> {
    /// The public and the private manifest, without the lists of files and the private manifest's hash,
    /// which are not known yet. Issues and sources are taken out of the summary and parted: what is about
    /// persons goes into the private manifest.
    pub(super) fn manifests(
        &self,
        draft: &Draft,
        tables: &Tables<'_>,
        layers: Vec<LayerInfo>,
        levels: Vec<LevelInfo>,
        released: Option<&Released>,
        summary: &mut Summary,
    ) -> (Manifest, PrivateManifest) {
        let (spec, people) = (self.spec, tables.people);
        let [issues, of_people] = std::mem::take(&mut summary.issues)
            .map(|counts| counts.into_iter().map(|(rule, count)| (rule.to_string(), count)).collect());
        let (private_sources, sources) =
            std::mem::take(&mut summary.sources).into_iter().partition(|s| s.entity == Entity::Person.as_str());
        let private = PrivateManifest {
            rows: people.len() as u64,
            attributes: people.attributes.names(),
            issues: of_people,
            sources: private_sources,
            files: Vec::new(),
        };
        let people_release = released.map(Released::describe);
        let manifest = Manifest {
            format: FORMAT,
            name: spec.plate.name.clone(),
            generation: draft.generation(),
            built_at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            built_by: concat!("baseplate ", env!("CARGO_PKG_VERSION")).to_owned(),
            crs: "EPSG:4490".to_owned(),
            bbox: overall_box(tables.grids, tables.buildings, tables.addresses),
            rows: RowCounts {
                grids: tables.grids.len() as u64,
                buildings: tables.buildings.len() as u64,
                addresses: tables.addresses.len() as u64,
            },
            coverages: self.coverages.iter().map(|c| c.info.clone()).collect(),
            levels,
            last_grid_number: tables.grids.last_number,
            layers: self.with_people(layers, released),
            key_fingerprint: self.key.filter(|_| !spec.people.is_empty()).map(PersonKey::fingerprint),
            people_release,
            suppress_below: released.map_or(spec.plate.suppress_below, |released| released.state.threshold),
            code_types: spec.code_types.clone(),
            aliases: spec.aliases.clone(),
            issues,
            sources,
            files: Vec::new(),
            private: String::new(),
        };
        (manifest, private)
    }
}

impl Context<'_> {
    /// The layers: people as they were released, then those of records.
    fn with_people(&self, mut layers: Vec<LayerInfo>, released: Option<&Released>) -> Vec<LayerInfo> {
        let people = released.map_or(0, |released| released.describe().people);
        let people = LayerInfo {
            rows: people,
            linked: people,
            attributes: released.map_or_else(Vec::new, |released| released.attributes(&self.spec.titles)),
            ..LayerInfo::people()
        };
        layers.insert(0, people);
        layers
    }
}

/// The box of the grids in degrees; that of the buildings where there are none, else that of the addresses,
/// and `None` where there is nothing. A single address far away must not move the map, so other things
/// count only where there are no grids.
pub(super) fn overall_box(grids: &GridTable, buildings: &BuildingTable, addresses: &AddressTable) -> Option<Bbox> {
    let of_grids = grids.boxes.iter().copied().fold(Bbox::EMPTY, Bbox::union);
    let of_buildings = || buildings.boxes.iter().copied().fold(Bbox::EMPTY, Bbox::union);
    let of_addresses = || addresses.points.iter().copied().fold(Bbox::EMPTY, Bbox::extend);
    let there = |bbox: &Bbox| !bbox.is_empty();
    Some(of_grids)
        .filter(there)
        .or_else(|| Some(of_buildings()).filter(there))
        .or_else(|| Some(of_addresses()).filter(there))
}

/// Size and hash of every file in some folders of a generation, sorted by path. `folders` end with a slash
/// or are empty.
///
/// # Errors
/// When a file cannot be read, or a table that was written does not read back.
pub(super) fn files(dir: &Path, folders: &[&str]) -> Result<Vec<FileInfo>, BuildError> {
    let mut found = Vec::new();
    for sub in folders {
        let folder = dir.join(sub);
        for entry in fs::read_dir(&folder).map_err(BuildError::write(&folder))? {
            let entry = entry.map_err(BuildError::write(&folder))?;
            if entry.path().is_file() {
                found.push(describe_file(&entry.path(), format!("{sub}{}", entry.file_name().to_string_lossy()))?);
            }
        }
    }
    found.sort_by(|f: &FileInfo, g| f.path.cmp(&g.path));
    Ok(found)
}

/// Whether a file has the bytes that were written, and is no link to another place. Size is compared first;
/// the hash is taken of the whole file.
pub(super) fn is_still(file: &Path, written: &FileInfo) -> bool {
    let is_file = fs::symlink_metadata(file).is_ok_and(|found| found.is_file() && found.len() == written.bytes);
    is_file && hash_of(file).is_ok_and(|(hash, _)| hash == written.xxh3)
}

/// The hash of a file, and its size in bytes.
fn hash_of(file: &Path) -> io::Result<(String, u64)> {
    let (mut hash, mut bytes, mut block) = (Xxh3Default::new(), 0, vec![0; HASHED_AT_ONCE]);
    let mut reader = fs::File::open(file)?;
    loop {
        let read = reader.read(&mut block)?;
        if read == 0 {
            return Ok((hash_text(hash.digest()), bytes));
        }
        hash.update(&block[..read]);
        bytes += read as u64;
    }
}

/// What the manifest says of a file; of a table also the hashes of its footer and batch headers.
pub(super) fn describe_file(file: &Path, path: String) -> Result<FileInfo, BuildError> {
    let fail = || BuildError::write(file);
    let structure = if path.ends_with(".arrow") {
        let read_back = |e: TableError| BuildError::ReadBack { path: file.to_owned(), reason: e.to_string() };
        Some(structure_hash(&map(file).map_err(fail())?).map_err(read_back)?)
    } else {
        None
    };
    let (footer, structure) = structure.map(|s| (hash_text(s.footer), hash_text(s.whole))).unzip();
    let (xxh3, bytes) = hash_of(file).map_err(fail())?;
    Ok(FileInfo { path, bytes, xxh3, footer, structure })
}
