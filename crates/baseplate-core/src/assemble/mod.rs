//! From a spec to a published generation: read, link, write.

mod addresses;
mod area;
mod areas;
mod breakdown;
mod buckets;
mod buildings;
mod categories;
mod cells;
mod checks;
mod counts;
mod coverage;
mod enterprises;
mod error;
mod fit;
mod geocode;
mod grids;
mod hierarchy;
mod issues;
mod log;
mod loss;
mod numbers;
mod outlines;
mod overrides;
mod people;
mod point;
mod release;
mod rounded;
mod spill;
mod vote;
mod write;

pub use error::BuildError;

use crate::{
    code::{CodeType, PersonKey},
    crs::{ConversionOptions, Crs, ToPlate},
    model::{Entity, GridKind, Level},
    source::{Inspection, SourceError, SourceFile, Spec},
    spatial::{Bbox, LngLat},
    store::{
        FORMAT, FileInfo, LevelInfo, Manifest, PrivateManifest, RowCounts, SourceInfo,
        manifest::hash_text,
        map::map,
        names::{PRIVATE, PRIVATE_MANIFEST, REJECTS},
        publish::{Draft, PRIVATE_FILE_MODE, replace},
        structure::structure_hash,
        table::TableError,
    },
};
use addresses::AddressTable;
use buildings::BuildingTable;
use coverage::CoverageDraft;
use enterprises::EnterpriseTable;
use grids::GridTable;
use log::{Log, Summary};
use numbers::Numbered;
use people::PeopleTable;
use release::Released;
use std::{
    collections::HashSet,
    fs,
    io::Read,
    path::{Path, PathBuf},
    time::SystemTime,
};
use xxhash_rust::xxh3::Xxh3Default;

/// Resolution of the H3 cells that buildings and addresses carry: about 9 m from centre to edge.
const H3_RESOLUTION: h3o::Resolution = h3o::Resolution::Twelve;
/// Bytes of a file that are hashed at once.
const HASHED_AT_ONCE: usize = 1 << 20;

/// How to build.
#[derive(Debug, Clone, Default)]
pub struct BuildOptions {
    /// Write no plate if any row was rejected.
    pub strict: bool,
    /// Publish a generation that holds much less than the one before, too.
    pub accept: bool,
    /// The key under which the ids of people become tokens; needed if the spec has people.
    pub key: Option<PersonKey>,
    /// The key that the releases so far were made with, if it is changed: people are known again under the new one.
    pub former_key: Option<PersonKey>,
    /// Release counts of people now, whatever the spec says.
    pub release_people: bool,
    /// Begin a new series of releases. Whoever has seen both can tell from the difference who has moved.
    pub new_people_series: bool,
}

/// Where a build has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Reading a source.
    Reading {
        /// The file.
        path: &'a Path,
        /// Rows so far.
        rows: u64,
        /// Bytes so far.
        bytes: u64,
        /// Bytes in all.
        of: u64,
    },
    /// Writing a table.
    Writing {
        /// The table.
        table: &'a str,
        /// Rows so far.
        rows: u64,
        /// Rows in all.
        of: u64,
    },
    /// Another step, in words.
    Step(&'static str),
}

impl<'a> Progress<'a> {
    fn reading(file: &'a SourceFile, inspection: &Inspection, rows: u64) -> Self {
        Self::Reading { path: &file.path, rows, bytes: inspection.bytes_read(), of: inspection.bytes }
    }
}

/// What receives the progress of a build.
pub type OnProgress<'a> = &'a (dyn Fn(Progress<'_>) + Sync);

/// What a build did.
#[derive(Debug, Clone)]
pub struct BuildReport {
    /// The manifest of the new generation.
    pub manifest: Manifest,
    /// What it holds about single persons.
    pub private: PrivateManifest,
    /// Whether counts of people were released by this build.
    pub is_release: bool,
    /// How often each reason stands in `rejects.csv`, most frequent first: outcome, what the reasons that differ in numbers and quoted
    /// values alone have in common, count.
    pub reasons: Vec<(String, String, u64)>,
    /// The largest overlaps and gaps, in words.
    pub faults: Vec<String>,
    /// Things worth knowing that are no fault of a row.
    pub notes: Vec<String>,
}

/// Builds a plate from a spec and publishes it as the next generation of `out`.
///
/// # Errors
/// When the spec names what is not there, a file is missing, the disk refuses, or the build is strict and rows were
/// rejected. Rows that cannot be used are no error: they go to `rejects.csv`.
pub fn build(
    spec: &Spec,
    out: &Path,
    options: BuildOptions,
    on_progress: OnProgress<'_>,
) -> Result<BuildReport, BuildError> {
    let draft = Draft::begin(out).map_err(BuildError::write(out))?;
    if !spec.people.is_empty() && options.key.is_none() {
        return Err(BuildError::NoKey);
    }
    let built = assemble(spec, &draft, &options, on_progress).map_err(|e| with_rejects(e, &draft, out))?;
    let Assembled { mut manifest, mut private, summary, faults, former, state, is_release } = built;
    if options.strict && summary.rejected > 0 {
        let rejects = keep_rejects(&draft, out)?;
        return Err(BuildError::Strict { rejected: summary.rejected, rejects, reasons: summary.reasons });
    }
    if let Some(former) = former.as_ref().filter(|_| !options.accept) {
        let losses = loss::losses(former, (&manifest, &private), &spec.publish);
        if !losses.is_empty() {
            let rejects = keep_rejects(&draft, out)?;
            let notes = summary.notes;
            return Err(BuildError::Loses { former: former.0.generation.clone(), losses, notes, rejects });
        }
    }
    manifest.files = files(draft.dir(), &["", "index/"])?;
    private.files = files(draft.dir(), &[PRIVATE])?;
    if let Some((before, of_people)) = &former {
        let known = before.files.iter().chain(of_people.iter().flat_map(|of_people| &of_people.files));
        let known: HashSet<_> = known.map(|file| (&file.path, file.bytes, &file.xxh3)).collect();
        let files = manifest.files.iter().chain(&private.files);
        let same = files.filter(|file| known.contains(&(&file.path, file.bytes, &file.xxh3)));
        same.for_each(|file| draft.share(&before.generation, &file.path));
    }
    on_progress(Progress::Step("publishing"));
    let about_people = serde_json::to_vec_pretty(&private).map_err(|e| BuildError::write(out)(e.into()))?;
    fs::write(draft.dir().join(PRIVATE_MANIFEST), &about_people).map_err(BuildError::write(out))?;
    manifest.private = hash_text(xxhash_rust::xxh3::xxh3_64(&about_people));
    // What is published must be known to the next release, even if nobody gets to see it.
    if let Some(state) = &state {
        let file = people_state(spec, &draft);
        replace(&file, state, PRIVATE_FILE_MODE).map_err(BuildError::write(&file))?;
    }
    let json = serde_json::to_vec_pretty(&manifest).map_err(|e| BuildError::write(out)(e.into()))?;
    draft.publish(&json).map_err(BuildError::write(out))?;
    // What an earlier build that failed has left is out of date.
    let _ = fs::remove_file(rejects_beside(out));
    Ok(BuildReport { manifest, private, is_release, reasons: summary.reasons, faults, notes: summary.notes })
}

/// A generation whose files are written, before it is published.
struct Assembled {
    /// Without the list of files.
    manifest: Manifest,
    private: PrivateManifest,
    summary: Summary,
    faults: Vec<String>,
    /// What the generation before says of itself, if there is one that can be compared.
    former: Option<(Manifest, Option<PrivateManifest>)>,
    /// The state of the releases, if there is a new one.
    state: Option<Vec<u8>>,
    is_release: bool,
}

/// Reads the sources, links them, and writes the tables and indexes of a generation.
fn assemble(
    spec: &Spec,
    draft: &Draft,
    options: &BuildOptions,
    on_progress: OnProgress<'_>,
) -> Result<Assembled, BuildError> {
    let mut log = Log::create(draft.dir())?;
    let former = draft.former().unwrap_or_else(|reason| {
        log.notes.push(format!("the generation before cannot be compared with this one: {reason}"));
        None
    });
    let area = area::plate_area(spec)?;
    let numbered = former
        .as_ref()
        .map_or_else(Numbered::default, |(former, _)| Numbered::of(&draft.plate().join(&former.generation), former));
    let grids = GridTable::read(spec, area, &numbered, &mut log, on_progress)?;
    on_progress(Progress::Step("checking the coverages"));
    let new = |(kind, rows)| CoverageDraft::new(kind, rows, &grids, &mut log);
    let coverages: Vec<_> = grids.coverages().map(new).collect::<Result<_, _>>()?;
    let code_types: Result<Vec<_>, _> =
        spec.code_types.iter().map(|t| CodeType::own(&t.name, &t.pattern, t.entity)).collect();
    let code_types = code_types.map_err(|reason| SourceError::Spec { path: PathBuf::from("code_types"), reason })?;
    let (dir, key, former_key) = (draft.dir(), options.key.as_ref(), options.former_key.as_ref());
    let context =
        Context { spec, dir, area, grids: &grids, coverages: &coverages, code_types, key, former_key, on_progress };
    let buildings = context.buildings(&mut log)?;
    let addresses = context.addresses(&buildings, &mut log)?;
    let geo_index = context.index_addresses(&buildings, &addresses, &mut log)?;
    let people = context.people(&buildings, &addresses, &mut log)?;
    let enterprises = context.enterprises(&addresses, &geo_index, &mut log)?;
    drop(geo_index);
    let tables = Tables {
        grids: &grids,
        buildings: &buildings,
        addresses: &addresses,
        people: &people,
        enterprises: &enterprises,
    };
    let published = draft.last_release();
    let released = context.release(&people_state(spec, draft), options, published.as_ref(), &tables, &mut log)?;
    let levels = context.levels(former.as_ref().map_or(&[][..], |(former, _)| &former.levels));
    context.write(&tables, &levels, released.as_ref())?;
    let mut summary = log.finish()?;
    let (manifest, private) = context.manifests(draft, &tables, levels, released.as_ref(), &mut summary);
    let faults = coverages.into_iter().flat_map(|c| c.described).collect();
    let is_release = released.as_ref().is_some_and(|released| released.is_new);
    // The file of a city is as large as the table of its people.
    drop((people, enterprises, addresses, buildings));
    let state = released.filter(|released| released.is_changed).map(|released| released.state.write());
    Ok(Assembled { manifest, private, summary, faults, former, state, is_release })
}

/// Where the rejected rows of a build that failed are listed.
fn rejects_beside(out: &Path) -> PathBuf {
    let mut rejects = out.components().collect::<PathBuf>().into_os_string();
    rejects.push(".rejects.csv");
    rejects.into()
}

/// Keeps the list of rejected rows of a generation that will not be, beside the plate.
fn keep_rejects(draft: &Draft, out: &Path) -> Result<PathBuf, BuildError> {
    let rejects = rejects_beside(out);
    let listed = fs::read(draft.dir().join(REJECTS)).map_err(BuildError::write(&rejects))?;
    replace(&rejects, &listed, PRIVATE_FILE_MODE).map_err(BuildError::write(&rejects))?;
    Ok(rejects)
}

/// An error about the rows of a source says where they are listed.
fn with_rejects(error: BuildError, draft: &Draft, out: &Path) -> BuildError {
    match error {
        BuildError::Unusable { path, reason, rejects: Some(_) } => match keep_rejects(draft, out) {
            Ok(rejects) => BuildError::Unusable { path, reason, rejects: Some(rejects) },
            Err(_) => BuildError::Unusable { path, reason, rejects: None },
        },
        other => other,
    }
}

/// What every stage after the grids needs.
struct Context<'a> {
    spec: &'a Spec,
    dir: &'a Path,
    /// About where the plate is, if the shift of a datum depends on it.
    area: Option<Bbox>,
    grids: &'a GridTable,
    coverages: &'a [CoverageDraft],
    code_types: Vec<CodeType>,
    key: Option<&'a PersonKey>,
    former_key: Option<&'a PersonKey>,
    on_progress: OnProgress<'a>,
}

/// Everything that is written.
struct Tables<'a> {
    grids: &'a GridTable,
    buildings: &'a BuildingTable,
    addresses: &'a AddressTable,
    people: &'a PeopleTable,
    enterprises: &'a EnterpriseTable,
}

impl Context<'_> {
    /// The manifests, without the lists of files.
    fn manifests(
        &self,
        draft: &Draft,
        tables: &Tables<'_>,
        levels: Vec<LevelInfo>,
        released: Option<&Released>,
        summary: &mut Summary,
    ) -> (Manifest, PrivateManifest) {
        let (spec, people, enterprises) = (self.spec, tables.people, tables.enterprises);
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
                people: people_release.as_ref().map_or(0, |release| release.people),
                enterprises: enterprises.len() as u64,
            },
            coverages: self.coverages.iter().map(|c| c.info.clone()).collect(),
            levels,
            person_attributes: released.map_or_else(Vec::new, |released| released.attributes(&spec.titles)),
            enterprise_attributes: enterprises.attributes.describe(&spec.titles),
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

    fn reading(&self, file: &SourceFile, inspection: &Inspection, rows: u64) {
        (self.on_progress)(Progress::reading(file, inspection, rows));
    }

    /// The rows of the grids that own a point, one for each coverage.
    fn grids_at(&self, point: LngLat) -> Vec<Option<u32>> {
        self.coverages.iter().map(|c| c.locator.locate(point).map(|place| c.info.first_row + place)).collect()
    }
}

/// The box of the coverages. A single address far away must not move the map, so other things count only where there are no
/// grids.
fn overall_box(grids: &GridTable, buildings: &BuildingTable, addresses: &AddressTable) -> Option<Bbox> {
    let of_grids = grids.boxes.iter().copied().fold(Bbox::EMPTY, Bbox::union);
    let of_buildings = || buildings.boxes.iter().copied().fold(Bbox::EMPTY, Bbox::union);
    let of_addresses = || addresses.points.iter().copied().fold(Bbox::EMPTY, Bbox::extend);
    let there = |bbox: &Bbox| !bbox.is_empty();
    Some(of_grids)
        .filter(there)
        .or_else(|| Some(of_buildings()).filter(there))
        .or_else(|| Some(of_addresses()).filter(there))
}

/// Size and hash of every file in some folders of a generation.
fn files(dir: &Path, folders: &[&str]) -> Result<Vec<FileInfo>, BuildError> {
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

fn describe_file(file: &Path, path: String) -> Result<FileInfo, BuildError> {
    let fail = || BuildError::write(file);
    let structure = if path.ends_with(".arrow") {
        let read_back = |e: TableError| BuildError::ReadBack { path: file.to_owned(), reason: e.to_string() };
        Some(structure_hash(&map(file).map_err(fail())?).map_err(read_back)?)
    } else {
        None
    };
    let (footer, structure) = structure.map(|s| (hash_text(s.footer), hash_text(s.whole))).unzip();
    let (mut hash, mut bytes, mut block) = (Xxh3Default::new(), 0, vec![0; HASHED_AT_ONCE]);
    let mut reader = fs::File::open(file).map_err(fail())?;
    loop {
        let read = reader.read(&mut block).map_err(fail())?;
        if read == 0 {
            return Ok(FileInfo { path, bytes, xxh3: hash_text(hash.digest()), footer, structure });
        }
        hash.update(&block[..read]);
        bytes += read as u64;
    }
}

fn h3_cell(point: LngLat) -> Option<u64> {
    h3o::LatLng::new(point.lat, point.lng).ok().map(|p| p.to_cell(H3_RESOLUTION).into())
}

/// The converter to plate coordinates for a source; `area` is where the plate is.
fn converter(file: &SourceFile, area: Option<Bbox>) -> Result<ToPlate, SourceError> {
    let fail = |source| SourceError::Crs { path: file.path.clone(), source };
    let options = ConversionOptions { area, datum: file.datum, folder: file.folder.clone() };
    let crs = file.crs.as_deref().unwrap_or_default().parse::<Crs>();
    crs.and_then(|crs| crs.to_plate_with(&options)).map_err(fail)
}

fn source_info(entity: &str, file: &SourceFile, inspection: &Inspection, to_plate: Option<&ToPlate>) -> SourceInfo {
    SourceInfo {
        entity: entity.to_owned(),
        path: file.path.display().to_string(),
        crs: file.crs.clone(),
        operation: to_plate.and_then(ToPlate::operation).map(str::to_owned),
        bytes: inspection.bytes,
        sha256: inspection.sha256.clone(),
        rows: 0,
        used: 0,
        linked: 0,
        rejected: 0,
    }
}

/// A grid's place in the hierarchy as sources name it.
type GridKey = (GridKind, Level, String);

/// Where the state of the releases of people's counts is kept.
fn people_state(spec: &Spec, draft: &Draft) -> PathBuf {
    spec.plate.people_state.clone().unwrap_or_else(|| draft.people_state())
}
