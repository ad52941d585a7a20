//! A build from its beginning to its end.
//!
//! A build works in a draft directory beside the plate's generations, which nobody sees. It reads and links
//! the sources (`assemble`), compares what it made with the generation before, hashes every file, links
//! those that are the same, writes the state of people's releases, and publishes by one rename. If anything
//! fails on the way the former plate is as it was; only the list of remarks is kept beside it, so that the
//! operator can look.

use super::{
    area::plate_area,
    backbone::{Assembled, areas_by_code, areas_by_number},
    changes::write_changes,
    context::Context,
    coverage::CoverageDraft,
    error::BuildError,
    grid_table::GridTable,
    kept_layers::{check_none_kept, kept_layers, replaced_by_spec, share_kept},
    log::{Log, Summary},
    loss,
    manifests::{files, is_still, overall_box},
    numbers::Numbered,
    options::BuildOptions,
    progress::{OnProgress, Progress},
    tables::Tables,
};
use crate::{
    code::CodeType,
    source::{RecordSource, SourceError, Spec},
    store::{
        FileInfo, Manifest, PrivateManifest, PublicationKind,
        manifest::hash_text,
        names::{LAYERS, PRIVATE, PRIVATE_MANIFEST, REJECTS},
        publish::{Draft, PRIVATE_FILE_MODE, replace},
    },
};
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// What a build did.
#[derive(Debug, Clone)]
pub struct BuildReport {
    /// The manifest of the new generation.
    pub manifest: Manifest,
    /// What the manifest in `private/` says: how much the generation holds about single persons.
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

/// Builds a plate from a spec and publishes it as the next generation of `out`, a directory that is made if
/// it is not there.
///
/// # Errors
/// When the spec names what is not there, a file is missing or damaged, the disk refuses, the new
/// generation holds much less than the one before, or the build is strict and rows were rejected. Rows that
/// cannot be used are no error: they go to `rejects.csv`.
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
    let Unpublished { mut manifest, mut private, summary, faults, former, state, is_release } = built;
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
    manifest.files = files(draft.dir(), &["", "index/", LAYERS])?;
    private.files = files(draft.dir(), &[PRIVATE])?;
    if let Some((before, of_people)) = &former {
        let known = before.files.iter().chain(of_people.iter().flat_map(|of_people| &of_people.files));
        let known: HashSet<_> = known.map(|file| (&file.path, file.bytes, &file.xxh3)).collect();
        let dir = out.join(&before.generation);
        // What the manifest says of a file is not what has become of it since.
        let is_whole = |file: &FileInfo| is_still(&dir.join(&file.path), file);
        let files = manifest.files.iter().chain(&private.files);
        let same = files.filter(|file| known.contains(&(&file.path, file.bytes, &file.xxh3)) && is_whole(file));
        same.for_each(|file| draft.share(&before.generation, &file.path));
    }
    let before = former.as_ref().map(|(before, _)| (out.join(&before.generation), before));
    write_changes(
        draft.dir(),
        before.as_ref().map(|(dir, before)| (&**dir, *before)),
        &mut manifest,
        PublicationKind::Build,
    )?;
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
struct Unpublished {
    /// The manifest, without the list of files.
    manifest: Manifest,
    /// The manifest of what is about single persons, without the list of files.
    private: PrivateManifest,
    /// What the log came to.
    summary: Summary,
    /// The largest overlaps and gaps, in words.
    faults: Vec<String>,
    /// What the generation before says of itself, if there is one that can be compared.
    former: Option<Former>,
    /// The state of the releases, if there is a new one.
    state: Option<Vec<u8>>,
    /// Whether counts of people were released.
    is_release: bool,
}

/// Reads the sources, links them, and writes the tables and indexes of a generation.
fn assemble(
    spec: &Spec,
    draft: &Draft,
    options: &BuildOptions,
    on_progress: OnProgress<'_>,
) -> Result<Unpublished, BuildError> {
    let mut log = Log::create(draft.dir())?;
    let former = former_generation(draft, options, &mut log)?;
    let area = plate_area(spec)?;
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
    let ground = context.ground(&mut log)?;
    context.write_ground(&ground)?;
    drop(ground);
    let people = context.people(&buildings, &addresses, &mut log)?;
    let building_codes = buildings.rows_by_code();
    let mut backbone = Assembled {
        context: &context,
        buildings: &buildings,
        addresses: &addresses,
        geo_index: &geo_index,
        building_codes,
        area_codes: areas_by_code(&context),
        area_numbers: areas_by_number(&context),
        enterprises: Default::default(),
    };
    let kept = former
        .as_ref()
        .map_or_else(|| Ok(Vec::new()), |former| layers_to_keep(draft, former, spec, options, &mut log))?;
    let (layers, cells_of_layers) =
        context.layers(&mut backbone, overall_box(&grids, &buildings, &addresses), &kept, &mut log)?;
    for source in &kept {
        share_kept(draft, &source.layer, &source.file.path)?;
    }
    drop(backbone);
    drop(geo_index);
    let tables = Tables { grids: &grids, buildings: &buildings, addresses: &addresses, people: &people };
    let published = draft.last_release();
    let released = context.release(&people_state(spec, draft), options, published.as_ref(), &tables, &mut log)?;
    let levels = context.levels(former.as_ref().map_or(&[][..], |(former, _)| &former.levels));
    context.write(&tables, &levels, released.as_ref(), &cells_of_layers)?;
    let mut summary = log.finish()?;
    let (manifest, private) = context.manifests(draft, &tables, layers, levels, released.as_ref(), &mut summary);
    let faults = coverages.into_iter().flat_map(|c| c.described).collect();
    let is_release = released.as_ref().is_some_and(|released| released.is_new);
    // The file of a city is as large as the table of its people.
    drop((people, addresses, buildings));
    let state = released.filter(|released| released.is_changed).map(|released| released.state.write());
    Ok(Unpublished { manifest, private, summary, faults, former, state, is_release })
}

/// What a generation says of itself, and of single persons if that can be read.
type Former = (Manifest, Option<PrivateManifest>);

/// The generation before, if there is one that can be compared.
///
/// # Errors
/// When it cannot be read and layers were added to it, unless it is accepted that they are lost.
fn former_generation(draft: &Draft, options: &BuildOptions, log: &mut Log) -> Result<Option<Former>, BuildError> {
    draft.former().or_else(|reason| {
        if !options.accept {
            check_none_kept(draft.plate(), &reason)?;
        }
        log.notes.push(format!("the generation before cannot be compared with this one: {reason}"));
        Ok(None)
    })
}

/// The sources of layers that were added to the generation before.
///
/// # Errors
/// When one of them is damaged, unless it is accepted that they are lost.
fn layers_to_keep(
    draft: &Draft,
    (former, _): &Former,
    spec: &Spec,
    options: &BuildOptions,
    log: &mut Log,
) -> Result<Vec<RecordSource>, BuildError> {
    for id in replaced_by_spec(former, spec) {
        log.notes.push(format!(
            "layer {id}, which was added to the plate, is that of the spec now: its rows are kept no longer"
        ));
    }
    match kept_layers(draft.plate(), former, spec) {
        Err(lost) if options.accept => {
            log.notes.push(format!("{lost}: they are left out"));
            Ok(Vec::new())
        }
        kept => kept,
    }
}

/// Where the list of remarks of a build that failed is kept: beside the plate, with `.rejects.csv` behind
/// its name.
fn rejects_beside(out: &Path) -> PathBuf {
    let mut rejects = out.components().collect::<PathBuf>().into_os_string();
    rejects.push(".rejects.csv");
    rejects.into()
}

/// Keeps the list of remarks of a generation that will not be, beside the plate.
fn keep_rejects(draft: &Draft, out: &Path) -> Result<PathBuf, BuildError> {
    let rejects = rejects_beside(out);
    let listed = fs::read(draft.dir().join(REJECTS)).map_err(BuildError::write(&rejects))?;
    replace(&rejects, &listed, PRIVATE_FILE_MODE).map_err(BuildError::write(&rejects))?;
    Ok(rejects)
}

/// An error about the rows of a source says where they are listed.
pub(super) fn with_rejects(error: BuildError, draft: &Draft, out: &Path) -> BuildError {
    match error {
        BuildError::Unusable { path, reason, rejects: Some(_) } => match keep_rejects(draft, out) {
            Ok(rejects) => BuildError::Unusable { path, reason, rejects: Some(rejects) },
            Err(_) => BuildError::Unusable { path, reason, rejects: None },
        },
        other => other,
    }
}

/// Where the state of the releases of people's counts is kept.
fn people_state(spec: &Spec, draft: &Draft) -> PathBuf {
    spec.plate.people_state.clone().unwrap_or_else(|| draft.people_state())
}
