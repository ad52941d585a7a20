//! Adding a layer to a plate, putting another in its place, and removing it.

use super::mapped::Mapped;
use crate::{
    assemble::{BuildError, Change, ChangeError, LayerStage, Log, OnProgress, Summary, WrittenLayer, read_kept},
    code::mask_ids,
    plate::{Baseplate, Layer},
    quality::Rule,
    schema::tables::HexCellRow,
    source::{KEPT_NUMBERS, RecordSource, SourceError},
    spatial::CELL_RESOLUTIONS,
    store::{
        Audience, LayerInfo, Manifest, PublicationKind, SourceInfo,
        layer_counts::cell_order,
        names::{is_of_layer, kept_source_file},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What a file that is put in the place of another may lose without being asked: a share of the records, and of those with a place.
const LOST_MAX: f64 = 0.01;

/// What became of the file of a layer.
#[derive(Debug, Clone)]
pub struct AddedLayer {
    /// The generation that was published.
    pub generation: String,
    /// What the plate says of the layer.
    pub layer: LayerInfo,
    /// Its file, and what became of the rows.
    pub sources: Vec<SourceInfo>,
    /// How often each reason stands in `rejects.csv`, most frequent first: outcome, what the reasons have in common, count.
    pub reasons: Vec<(String, String, u64)>,
    /// Things worth knowing that are no fault of a row.
    pub notes: Vec<String>,
}

/// Adds a layer to a plate and publishes the next generation. All else of the plate stays as it is and is not read: its files are
/// linked. The rows of the file are kept in the plate, citizen ids masked, so that a later build links them to the addresses of its time.
///
/// # Errors
/// [`ChangeError`] when a layer of the same id is there, the file cannot be used, a citizen id stands in a name, or the disk refuses. The
/// plate is then as it was.
///
/// # Examples
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use baseplate_core::{RecordSource, add_layer};
///
/// let source = RecordSource::read("hydrants.toml".as_ref())?;
/// let added = add_layer("city.plate".as_ref(), &source, &|_| {})?;
/// println!("{} of {} records have a place", added.layer.linked, added.layer.rows);
/// # Ok(())
/// # }
/// ```
pub fn add_layer(plate: &Path, source: &RecordSource, on_progress: OnProgress<'_>) -> Result<AddedLayer, ChangeError> {
    let change = Change::begin(plate)?;
    match change.manifest.layer(&source.layer) {
        Some(_) => Err(ChangeError::There(source.layer.clone())),
        None => put(change, source, true, on_progress),
    }
}

/// Puts another file in the place of that of a layer that was added, read as the former one was, and publishes the next generation.
///
/// # Errors
/// [`ChangeError`] when no such layer was added; when it would have less than 99 % of its records, or the share of those with a place would
/// fall by more than 1 %, unless it is `accept`ed; and those of [`add_layer`]. The plate is then as it was.
///
/// # Examples
/// ```no_run
/// # fn main() -> Result<(), baseplate_core::ChangeError> {
/// let replaced = baseplate_core::replace_layer("city.plate".as_ref(), "hydrants", "new.csv".as_ref(), false, &|_| {})?;
/// assert_eq!(replaced.layer.id, "hydrants");
/// # Ok(())
/// # }
/// ```
pub fn replace_layer(
    plate: &Path,
    id: &str,
    file: &Path,
    accept: bool,
    on_progress: OnProgress<'_>,
) -> Result<AddedLayer, ChangeError> {
    let change = Change::begin(plate)?;
    check_added(&change.manifest, id)?;
    let mut source = read_kept(&change.former, id).map_err(BuildError::from)?;
    file.clone_into(&mut source.file.path);
    (source.file.encoding, source.file.delimiter) = (None, None);
    put(change, &source, accept, on_progress)
}

/// What is said of a layer; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct LayerLabels {
    /// What it is called on screen, in Chinese.
    pub title: Option<String>,
    /// The category of the catalogue that it belongs to.
    pub category: Option<String>,
    /// Who keeps it.
    pub keeper: Option<String>,
    /// What its records are.
    pub description: Option<String>,
    /// On what terms it may be used.
    pub licence: Option<String>,
    /// Who may read it.
    pub audience: Option<Audience>,
}

impl LayerLabels {
    /// Puts them on a source.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), baseplate_core::SourceError> {
    /// use baseplate_core::{Audience, LayerLabels, RecordSource};
    ///
    /// let mut source = RecordSource::read("hydrants.toml".as_ref())?;
    /// LayerLabels { audience: Some(Audience::Public), ..LayerLabels::default() }.put_on(&mut source);
    /// assert_eq!(source.audience, Audience::Public);
    /// # Ok(())
    /// # }
    /// ```
    pub fn put_on(&self, source: &mut RecordSource) {
        let Self { title, category, keeper, description, licence, audience } = self.clone();
        source.title.zh = title.or(source.title.zh.take());
        source.category = category.or(source.category.take());
        source.keeper = keeper.or(source.keeper.take());
        source.description = description.or(source.description.take());
        source.licence = licence.or(source.licence.take());
        source.audience = audience.unwrap_or(source.audience);
    }
}

/// Changes what is said of a layer that was added, and who may read it, and publishes the next generation. Its records stay as they are.
///
/// # Errors
/// [`ChangeError`] when no such layer was added, a citizen id stands in a label, or the disk refuses. The plate is then as it was.
///
/// # Examples
/// ```no_run
/// # fn main() -> Result<(), baseplate_core::ChangeError> {
/// use baseplate_core::{Audience, LayerLabels, label_layer};
///
/// let labels = LayerLabels { audience: Some(Audience::Public), ..LayerLabels::default() };
/// label_layer("city.plate".as_ref(), "hydrants", &labels)?;
/// # Ok(())
/// # }
/// ```
pub fn label_layer(plate: &Path, id: &str, labels: &LayerLabels) -> Result<Manifest, ChangeError> {
    let mut change = Change::begin(plate)?;
    check_added(&change.manifest, id)?;
    let mut source = read_kept(&change.former, id).map_err(BuildError::from)?;
    source.file.path = source.file.path.file_name().unwrap_or_default().into();
    labels.put_on(&mut source);
    let source = checked(&source)?;
    for layer in change.manifest.layers.iter_mut().filter(|layer| layer.id == id) {
        let RecordSource { title, category, keeper, description, licence, audience, .. } = source.clone();
        *layer = LayerInfo { title, category, keeper, description, licence, audience, ..layer.clone() };
    }
    let lines = change.draft.dir().join(kept_source_file(id));
    fs::write(&lines, source.to_toml()).map_err(BuildError::write(&lines))?;
    change.publish(PublicationKind::LayerSet, |_| false)
}

/// Makes a layer of its source and publishes it, in place of what is there under its id.
fn put(
    mut change: Change,
    source: &RecordSource,
    accept: bool,
    on_progress: OnProgress<'_>,
) -> Result<AddedLayer, ChangeError> {
    let source = &checked(source)?;
    let (opened, id) = (Baseplate::open(change.draft.plate())?, source.layer.as_str());
    let mut log = Log::of_layers(change.draft.dir())?;
    let backbone = Mapped::new(&opened);
    let stage = LayerStage {
        backbone: &backbone,
        dir: change.draft.dir(),
        area: change.manifest.bbox,
        titles: &BTreeMap::new(),
        keeps_rows: true,
        keeps_places: false,
        on_progress,
    };
    let WrittenLayer { info, cells, .. } = stage.layer(&[source], &mut log).map_err(|e| change.explain(e))?;
    if let Some(former) = change.manifest.layer(id).filter(|former| !accept && is_much_less(former, &info)) {
        let (id, before, linked_before) = (id.to_owned(), former.rows, former.linked);
        return Err(ChangeError::Loses { id, before, linked_before, now: info.rows, linked: info.linked });
    }
    let Summary { sources, reasons, mut notes, issues, .. } = log.finish()?;
    if issues.iter().any(|found| found.contains_key(&Rule::IdInClear)) {
        let said =
            "citizen ids stood in the file and were masked; in which columns: baseplate check PLATE --rule id-in-clear";
        notes.push(said.to_owned());
    }
    list_cells(&change, &opened, id, cells)?;
    let is_new = change.manifest.layer(id).is_none();
    let former = forget(&mut change.manifest, &opened, id);
    change.keep_remarks(&former)?;
    for (rule, count) in issues.iter().flatten() {
        *change.manifest.issues.entry(rule.to_string()).or_default() += count;
    }
    change.manifest.sources.extend(sources.iter().cloned());
    change.manifest.layers.push(info.clone());
    let kind = if is_new { PublicationKind::LayerAdd } else { PublicationKind::LayerReplace };
    let generation = change.publish(kind, |file| is_of_layer(file, id))?.generation;
    Ok(AddedLayer { generation, layer: info, sources, reasons, notes })
}

/// Whether a layer has lost more than a hundredth of its records, or of the share of those with a place.
fn is_much_less(former: &LayerInfo, now: &LayerInfo) -> bool {
    let share = |layer: &LayerInfo| layer.linked as f64 / layer.rows.max(1) as f64;
    (now.rows as f64) < (1.0 - LOST_MAX) * former.rows as f64 || share(now) < share(former) - LOST_MAX
}

/// A source as a spec could say it, with nothing in its names that must not be shown.
fn checked(source: &RecordSource) -> Result<RecordSource, ChangeError> {
    let mut named = source.clone();
    named.file.path = source.file.path.file_name().unwrap_or_default().into();
    let lines = named.to_toml();
    if let Some(line) = lines.lines().find(|line| mask_ids(line) != **line) {
        return Err(ChangeError::IdInName(mask_ids(line).into_owned()));
    }
    if let Some(line) = lines.lines().find(|line| line.contains(KEPT_NUMBERS)) {
        return Err(ChangeError::OwnName(line.to_owned()));
    }
    let crs = source.file.crs.as_deref().unwrap_or_default();
    if crs.contains("grids=") {
        return Err(ChangeError::GridFile(crs.to_owned()));
    }
    let parsed = RecordSource::parse(&lines, &source.file.path).map_err(BuildError::from)?;
    Ok(RecordSource { file: source.file.clone(), ..parsed })
}

/// Removes a layer that was added, and publishes the next generation without it. The one before still has it.
///
/// # Errors
/// [`ChangeError`] when no such layer was added, or the disk refuses. The plate is then as it was.
///
/// # Examples
/// ```no_run
/// # fn main() -> Result<(), baseplate_core::ChangeError> {
/// let manifest = baseplate_core::remove_layer("city.plate".as_ref(), "hydrants")?;
/// assert!(manifest.layer("hydrants").is_none());
/// # Ok(())
/// # }
/// ```
pub fn remove_layer(plate: &Path, id: &str) -> Result<Manifest, ChangeError> {
    let mut change = Change::begin(plate)?;
    let opened = Baseplate::open(plate)?;
    check_added(&change.manifest, id)?;
    list_cells(&change, &opened, id, Vec::new())?;
    let former = forget(&mut change.manifest, &opened, id);
    change.keep_remarks(&former)?;
    change.publish(PublicationKind::LayerRemove, |file| is_of_layer(file, id))
}

/// What a spec would say of a layer that was added; of its file only the name is known. `None` if it was not added but built, or is not
/// there.
///
/// # Errors
/// When what the plate keeps of it cannot be read.
///
/// # Examples
/// ```
/// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
/// assert!(baseplate_core::kept_layer(&plate, "enterprises")?.is_none());
/// # Ok::<(), baseplate_core::SourceError>(())
/// ```
pub fn kept_layer(plate: &Baseplate, id: &str) -> Result<Option<RecordSource>, SourceError> {
    is_kept(plate.manifest(), id).then(|| read_kept(plate.dir(), id)).transpose()
}

/// Looks that a layer was added to the plate.
fn check_added(manifest: &Manifest, id: &str) -> Result<(), ChangeError> {
    match manifest.layer(id) {
        Some(_) if is_kept(manifest, id) => Ok(()),
        Some(_) => Err(ChangeError::OfSpec(id.to_owned())),
        None => {
            let ids = manifest.layers.iter().map(|layer| layer.id.as_str());
            let known = ids.filter(|id| is_kept(manifest, id)).collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "none".to_owned() } else { known };
            Err(ChangeError::NotThere { id: id.to_owned(), known })
        }
    }
}

fn is_kept(manifest: &Manifest, id: &str) -> bool {
    let lines = kept_source_file(id);
    manifest.files.iter().any(|file| file.path == lines)
}

/// Takes out of a manifest what it says of a layer; gives the sources of it.
fn forget(manifest: &mut Manifest, plate: &Baseplate, id: &str) -> Vec<SourceInfo> {
    manifest.layers.retain(|layer| layer.id != id);
    for rule in plate.rules_broken_by(id) {
        if let Some(count) = manifest.issues.get_mut(rule.as_str()) {
            *count = count.saturating_sub(1);
        }
    }
    manifest.issues.retain(|_, count| *count > 0);
    let (of_layer, others) = std::mem::take(&mut manifest.sources).into_iter().partition(|source| source.entity == id);
    manifest.sources = others;
    of_layer
}

/// Lists the H3 cells in which something lies: with a layer whose records count in `cells`, which may be there with others so far.
fn list_cells(change: &Change, plate: &Baseplate, id: &str, cells: Vec<u64>) -> Result<(), ChangeError> {
    let there: BTreeSet<_> = CELL_RESOLUTIONS
        .into_iter()
        .flat_map(|resolution| plate.hex_cells(resolution.into()))
        .filter_map(|cell| cell.cell())
        .map(cell_order)
        .collect();
    let counted = |layer: Layer<'_>| layer.counted_cells().collect::<Vec<_>>();
    let others: BTreeSet<_> = plate.layers().filter(|layer| layer.id() != id).flat_map(counted).collect();
    let former = plate.layer(id).map(counted).unwrap_or_default();
    // What was listed for the former records alone goes with them.
    let goes = |cell: &u64| !others.contains(cell) && !plate.hex_cell(*cell).is_some_and(|cell| cell.has_backbone());
    let gone: BTreeSet<_> = former.into_iter().filter(goes).map(cell_order).collect();
    let mut wanted: BTreeSet<_> = there.difference(&gone).copied().collect();
    wanted.extend(cells.into_iter().map(cell_order));
    if wanted == there {
        return Ok(());
    }
    let wanted: Vec<u64> = wanted.into_iter().map(|(_, cell)| cell).collect();
    let has_people = plate.manifest().people_release.is_some();
    change.write_cells(wanted.len(), |row| {
        let empty = HexCellRow {
            cell: wanted[row],
            resolution: cell_order(wanted[row]).0 as u8,
            buildings: 0,
            addresses: 0,
            people: has_people.then_some(0),
            households: has_people.then_some(0),
            people_estimated: false,
            households_estimated: false,
        };
        plate.hex_cell(wanted[row]).and_then(|cell| cell.stored()).unwrap_or(empty)
    })?;
    Ok(())
}
