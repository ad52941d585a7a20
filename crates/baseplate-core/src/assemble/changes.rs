//! What a publication changed: its line in the journal, and since which generation each layer is as it is.
//!
//! Layers are compared by the bytes of their files and by what the manifest says of them. So a layer whose file was given once more is
//! the same, but for a build after which its addresses stand in other rows, or other links lead to them.

use super::{error::BuildError, manifests::describe_file, manifests::is_still};
use crate::{
    model::{GridKind, Level},
    schema::{self, tables::Grids},
    store::{
        Counting, DistrictDifference, LastChange, LayerDifference, LayerInfo, LayerState, Manifest, Publication,
        PublicationKind,
        files::Files,
        journal::{Journal, KEPT, KEPT_BYTES},
        layer_counts::LayerCounts,
        map::map,
        names::{CHANGES, is_of_layer, kept_source_file, layer_counts_file},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::Path,
    time::SystemTime,
};

/// A generation: its directory, and what it says of itself.
type Generation<'a> = (&'a Path, &'a Manifest);

/// Writes the journal of a generation whose other files are there, lists it in its manifest, and says of each layer since when it is as
/// it is. `former` is the generation whose place it takes.
///
/// # Errors
/// When the disk refuses.
pub(super) fn write_changes(
    dir: &Path,
    former: Option<Generation<'_>>,
    manifest: &mut Manifest,
    kind: PublicationKind,
) -> Result<(), BuildError> {
    manifest.files.retain(|file| file.path != CHANGES);
    let at = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let layers = if kind == PublicationKind::Migrate { Vec::new() } else { differences(former, (dir, manifest)) };
    date(manifest, former, &layers, &at);
    let after = former.and_then(|(_, former)| former.generation.parse().ok()).unwrap_or_default();
    let cursor = manifest.generation.parse().unwrap_or_default();
    let line = serde_json::to_string(&Publication { cursor, after, at, kind, layers });
    let path = dir.join(CHANGES);
    let line = line.map_err(|e| BuildError::write(&path)(e.into()))?;
    let mut lines = former.map(kept_lines).unwrap_or_default();
    lines.push(line.into_bytes());
    let written = fs::File::create_new(&path).and_then(|mut file| file.write_all(&newest(&lines)));
    written.map_err(BuildError::write(&path))?;
    manifest.files.push(describe_file(&path, CHANGES.to_owned())?);
    manifest.files.sort_by(|f, g| f.path.cmp(&g.path));
    Ok(())
}

/// The lines of the journal of a generation, the oldest first. One that is not what was written is begun anew: whoever follows it is told
/// that what came before is not kept.
fn kept_lines((dir, manifest): Generation<'_>) -> Vec<Vec<u8>> {
    let listed = manifest.files.iter().find(|file| file.path == CHANGES);
    let path = dir.join(CHANGES);
    let file = listed.filter(|file| is_still(&path, file)).and_then(|_| map(&path).ok());
    let mut lines: Vec<_> = file.map_or_else(Vec::new, |file| Journal::new(file).lines().map(<[u8]>::to_vec).collect());
    lines.reverse();
    lines
}

/// The file of the last lines that are kept.
fn newest(lines: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = 0;
    let fit = lines.iter().rev().take(KEPT).take_while(|line| {
        let is_last = bytes == 0;
        bytes += line.len() + 1;
        is_last || bytes <= KEPT_BYTES
    });
    let first = lines.len() - fit.count();
    lines[first..].iter().flat_map(|line| line.iter().copied().chain([b'\n'])).collect()
}

/// Says of each layer since when it is as it is: of those that are not other ones what the former generation said, or at least that they
/// are no younger than it.
fn date(manifest: &mut Manifest, former: Option<Generation<'_>>, layers: &[LayerDifference], at: &str) {
    let now = LastChange { generation: manifest.generation.clone(), at: at.to_owned() };
    for layer in &mut manifest.layers {
        let is_other = layers.iter().any(|other| other.layer == layer.id);
        let before = former.filter(|_| !is_other).and_then(|(_, former)| {
            let known = former.layer(&layer.id)?.changed.clone();
            let then = || LastChange { generation: former.generation.clone(), at: former.built_at.clone() };
            Some(known.unwrap_or_else(then))
        });
        layer.changed = Some(before.unwrap_or_else(|| now.clone()));
    }
}

/// The layers of records in which two generations differ, in the order of the newer one; those that are gone stand last.
fn differences(former: Option<Generation<'_>>, now: Generation<'_>) -> Vec<LayerDifference> {
    let is_told = |layer: &&LayerInfo| layer.counting == Counting::Records;
    let before = |id: &str| former.and_then(|(_, former)| former.layer(id).filter(is_told));
    let gone = former.iter().flat_map(|(_, former)| former.layers.iter().filter(is_told));
    let gone = gone.filter(|layer| now.1.layer(&layer.id).is_none()).map(|layer| (Some(layer), None));
    let there = now.1.layers.iter().filter(is_told).map(|layer| (before(&layer.id), Some(layer)));
    let districts = [former, Some(now)].map(|generation| generation.map(districts).unwrap_or_default());
    let pairs = there.chain(gone).filter_map(|(before, after)| {
        let id = &after.or(before)?.id;
        let is_replaced = former.map(|former| contents(former, id)) != Some(contents(now, id));
        if !is_replaced && is_same(before?, after?) {
            return None;
        }
        let counts = [former, Some(now)].into_iter().zip(&districts).map(|(generation, districts)| {
            generation.map(|generation| counts(generation, id, districts)).unwrap_or_default()
        });
        let [before, after] = [before, after].map(|layer| layer.map(state));
        let is_for_others = before.as_ref().map(|b| b.audience) != after.as_ref().map(|a| a.audience);
        let districts = compared(counts.collect(), is_for_others);
        Some(LayerDifference { layer: id.clone(), before, after, is_replaced, districts })
    });
    pairs.collect()
}

/// What the journal says of a layer in a generation.
fn state(layer: &LayerInfo) -> LayerState {
    LayerState { audience: layer.audience, rows: layer.rows, linked: layer.linked }
}

/// Whether the same is said of a layer in two generations.
fn is_same(before: &LayerInfo, after: &LayerInfo) -> bool {
    LayerInfo { changed: None, ..before.clone() } == LayerInfo { changed: None, ..after.clone() }
}

/// What tells the records of a layer from others: the hashes of its files, but of the lines of a spec, which say what it is called.
fn contents((_, manifest): Generation<'_>, id: &str) -> BTreeSet<(String, String)> {
    let lines = kept_source_file(id);
    let files = manifest.files.iter().filter(|file| is_of_layer(&file.path, id) && file.path != lines);
    files.map(|file| (file.path.clone(), file.xxh3.clone())).collect()
}

/// The districts of a generation: their rows in the table of grids, and their codes. None where they cannot be read.
fn districts((dir, manifest): Generation<'_>) -> Vec<(u32, String)> {
    let files = Files { dir, manifest, listed: &manifest.files };
    let Ok(grids) = schema::open::<Grids>(&files, &[]) else { return Vec::new() };
    let basic = GridKind::basic();
    let is_district = |row: &u32| {
        let level = grids.level.get(*row) == Some(Level::District.as_str());
        level && grids.kind.get(*row) == Some(basic.as_str())
    };
    (0..grids.rows as u32).filter(is_district).filter_map(|row| Some((row, grids.code.get(row)?.to_owned()))).collect()
}

/// How many records of a layer count in each district; none where that cannot be read or the layer is not there.
fn counts((dir, manifest): Generation<'_>, id: &str, districts: &[(u32, String)]) -> BTreeMap<String, u32> {
    let files = Files { dir, manifest, listed: &manifest.files };
    let file = layer_counts_file(id);
    if !files.lists(&file) {
        return BTreeMap::new();
    }
    let Ok(counts) = files.index(&file, |file| LayerCounts::open(file, 0)) else { return BTreeMap::new() };
    let count = |row: u32| counts.grids.get(row as usize).copied();
    districts.iter().filter_map(|(row, code)| Some((code.clone(), count(*row)?))).collect()
}

/// The counts before and after, of districts in which they differ; of all in which some are where all is to be told.
fn compared(counts: Vec<BTreeMap<String, u32>>, is_all_told: bool) -> Vec<DistrictDifference> {
    let codes: BTreeSet<&String> = counts.iter().flat_map(BTreeMap::keys).collect();
    let of = |generation: usize, code: &String| counts.get(generation)?.get(code).copied();
    let both = codes.into_iter().map(|code| DistrictDifference {
        code: code.clone(),
        before: of(0, code).unwrap_or_default(),
        after: of(1, code).unwrap_or_default(),
    });
    both.filter(|district| district.before != district.after || is_all_told && district.after > 0).collect()
}
