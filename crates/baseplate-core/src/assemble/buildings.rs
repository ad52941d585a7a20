//! The table of buildings, along the space-filling curve, each with its grids.
//!
//! Rows of one code are parts of one building if they are near one another, and are joined; otherwise the
//! later one is rejected. A building lies in the grids that own a point inside its footprint, unless an
//! override says otherwise; which share of the footprint lies there is measured, since a building across a
//! border is worth a look. Codes that look rounded wait until it is known which of them share one.

use super::{
    areas::{AreaRow, join, read_areas},
    building_table::{BuildingDraft, BuildingTable},
    context::Context,
    error::BuildError,
    fit,
    log::{EXACT_COPY, Log, Outcome},
    progress::Progress,
    rounded::RoundedCodes,
};
use crate::{
    code::PlaceCode,
    model::Entity,
    source::{BuildingSource, Columns, RowRemark},
    spatial::{Bbox, LngLat, Metric, common, h3_cell, hilbert_index, representative_point},
    text,
};
use geo::{Area, MapCoords, MultiPolygon};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    str::FromStr,
};

/// Two rows with one code are parts of one building if their boxes are this close, metres.
const SAME_BUILDING_M: f64 = 30.0;
/// More floors than this are a mistake.
const FLOORS_MAX: f64 = 300.0;
/// Taller than this (metres) is a mistake.
const HEIGHT_MAX_M: f64 = 1_500.0;

/// The buildings while they are being read, in the order of their codes' first rows.
#[derive(Default)]
struct BuildingTableBuilder {
    /// What the sources say.
    drafts: Vec<BuildingDraft>,
    /// The footprints; parts of one building are joined in the end.
    areas: Vec<MultiPolygon<f64>>,
    /// The boxes of the footprints.
    boxes: Vec<Bbox>,
    /// The index of each code.
    rows: HashMap<String, usize>,
    /// The indices of buildings that came in several rows.
    several: Vec<usize>,
    /// Rows whose codes look rounded, put aside.
    rounded: RoundedCodes<(BuildingDraft, AreaRow)>,
}

/// Which column of a source of buildings holds what, by index.
struct BuildingLayout<'a> {
    source: &'a BuildingSource,
    code: usize,
    name: Option<usize>,
    floors: Option<usize>,
    height: Option<usize>,
    usage: Option<usize>,
    status: Option<usize>,
}

impl Context<'_> {
    /// Reads all sources of buildings, puts them in order and finds their grids.
    ///
    /// # Errors
    /// When a source cannot be read or is of no use as a whole.
    pub(super) fn buildings(&self, log: &mut Log) -> Result<BuildingTable, BuildError> {
        let (mut builder, mut doubt) = (BuildingTableBuilder::default(), None);
        let first = log.sources();
        for source in &self.spec.buildings {
            let mut columns = Columns::of(&source.code);
            let layout = BuildingLayout {
                source,
                code: columns.want(&source.code),
                name: columns.want_if(source.name.as_deref()),
                floors: columns.want_if(source.floors.as_deref()),
                height: columns.want_if(source.height.as_deref()),
                usage: columns.want_if(source.use_.as_deref()),
                status: columns.want_if(source.status.as_deref()),
            };
            let mut status = Status::of(source);
            let take = |found: AreaRow, log: &mut Log| builder.take(&layout, &mut status, found, log);
            let (area, on_progress) = (self.area, self.on_progress);
            let (sample, to_plate) = read_areas("building", &source.file, &columns, area, log, on_progress, take)?;
            let declared = source.file.crs.as_deref().unwrap_or_default();
            let fits = |points: &[LngLat], _| self.in_one_grid(points);
            let middle = fit::middle(&self.grids.boxes);
            let suspicion = sample.judge(declared, &to_plate, middle, fits);
            let suspicion =
                suspicion.or_else(|| sample.judge(declared, &to_plate, middle, fit::near(&self.grids.boxes)));
            doubt = doubt.max(suspicion.as_ref().map(|suspicion| suspicion.reference));
            fit::report(suspicion, Entity::Building, &source.file, log);
            log.notes.extend(status.note(source));
        }
        for (draft, found) in std::mem::take(&mut builder.rounded).release(|draft| &draft.code, log) {
            builder.add(draft, found, log);
        }
        let mut read = self.spec.buildings.iter().zip(first..);
        read.try_for_each(|(source, number)| log.check_usable(number, &source.file))?;
        builder.several.sort_unstable();
        builder.several.dedup();
        builder.several.iter().for_each(|row| join(&mut builder.areas[*row]));
        (self.on_progress)(Progress::Step("placing the buildings"));
        let mut table = BuildingTable { doubt, ..self.arrange(builder) };
        self.apply_overrides(&mut table, log)?;
        for (draft, grids) in table.drafts.iter().zip(&table.grids) {
            log.source(draft.source).linked += u64::from(grids.iter().any(Option::is_some));
        }
        self.check_buildings(&table, log);
        Ok(table)
    }

    /// Whether the points lie in one grid of the first coverage, all together.
    fn in_one_grid(&self, points: &[LngLat]) -> bool {
        let mut grids = points.iter().map(|p| self.coverages.first()?.locator.locate(*p));
        grids.next().flatten().is_some_and(|first| grids.all(|grid| grid == Some(first)))
    }

    /// The table along the curve, of equals by code, each with its point, cell, grids and share.
    fn arrange(&self, builder: BuildingTableBuilder) -> BuildingTable {
        let BuildingTableBuilder { drafts, areas, .. } = builder;
        let mut placed: Vec<_> = drafts
            .into_par_iter()
            .zip(areas)
            .filter_map(|(draft, area)| {
                representative_point(&area).map(|point| (hilbert_index(point), draft, area, point))
            })
            .collect();
        placed.par_sort_by(|b, c| b.0.cmp(&c.0).then_with(|| b.1.code.cmp(&c.1.code)));
        let mut table = BuildingTable::default();
        for (_, draft, area, point) in placed {
            table.boxes.push(Bbox::of(&area));
            table.drafts.push(draft);
            table.areas.push(area);
            table.points.push(point);
        }
        table.h3 = table.points.par_iter().map(|p| h3_cell(*p)).collect();
        table.grids = table.points.par_iter().map(|p| self.grids_at(*p)).collect();
        table.grid_share = (0..table.len()).into_par_iter().map(|row| self.grid_share(&table, row)).collect();
        table
    }

    /// The share of a footprint that lies in the building's grid of the first coverage.
    fn grid_share(&self, table: &BuildingTable, row: usize) -> Option<f32> {
        let grid = (*table.grids[row].first()?)?;
        if !self.coverages.first()?.locator.border_in(table.boxes[row]) {
            return Some(1.0);
        }
        let Bbox([west, south, ..]) = table.boxes[row];
        // Near the building coordinates are small numbers, which keeps the overlay's integer lattice fine.
        let local = |area: &MultiPolygon<f64>| area.map_coords(|c| geo::Coord { x: c.x - west, y: c.y - south });
        let footprint = local(&table.areas[row]);
        let common = common(&footprint, &local(&self.grids.areas[grid as usize]));
        Some((common.unsigned_area() / footprint.unsigned_area()).min(1.0) as f32)
    }
}

impl BuildingTableBuilder {
    /// Takes a row over unless it has no code.
    fn take(&mut self, layout: &BuildingLayout<'_>, status: &mut Status, found: AreaRow, log: &mut Log) {
        let text = found.row.cell(layout.code).unwrap_or_default();
        let code = match text.parse::<PlaceCode>() {
            Ok(code) => code.to_string(),
            Err(e) => {
                let reason = format!("no building code: {e}");
                return log
                    .withdraw(found.source, &RowRemark::new(found.row.number, &layout.source.code, text, reason));
            }
        };
        let cell = |index: Option<usize>| index.and_then(|i| found.row.cell(i)).map(str::to_owned);
        let draft = BuildingDraft {
            name: cell(layout.name),
            floors: number(&found, layout.floors, layout.source.floors.as_deref(), FLOORS_MAX, log)
                .map(|n| n.round() as u16),
            height_m: number(&found, layout.height, layout.source.height.as_deref(), HEIGHT_MAX_M, log)
                .map(without_noise),
            usage: cell(layout.usage),
            demolished: layout.status.and_then(|i| found.row.cell(i)).is_some_and(|word| status.is_demolished(word)),
            source: found.source,
            code,
        };
        let code = draft.code.clone();
        if let Some((draft, found)) = self.rounded.pass(&code, (draft, found)) {
            self.add(draft, found, log);
        }
    }

    /// Takes a building over, or a further row of one that is known.
    fn add(&mut self, draft: BuildingDraft, found: AreaRow, log: &mut Log) {
        let bbox = Bbox::of(&found.area);
        if let Some(first) = self.rows.get(&draft.code).copied() {
            return self.take_again(first, draft, bbox, found, log);
        }
        self.rows.insert(draft.code.clone(), self.drafts.len());
        self.drafts.push(draft);
        self.boxes.push(bbox);
        self.areas.push(found.area);
    }

    /// A code seen before: another part of the same building if it is near, another building by mistake if not.
    fn take_again(&mut self, first: usize, draft: BuildingDraft, bbox: Bbox, found: AreaRow, log: &mut Log) {
        let metric = Metric::at(bbox.0[1]);
        let (east, north) = (SAME_BUILDING_M / metric.lng_m, SAME_BUILDING_M / metric.lat_m);
        let [w, s, e, n] = self.boxes[first].0;
        if Bbox([w - east, s - north, e + east, n + north]).intersection(bbox).is_none() {
            let reason = "code seen before on a building elsewhere: give one of them another code";
            let remark = log.code_remark(found.source, found.row.number, &draft.code, reason);
            return log.withdraw(found.source, &remark);
        }
        let is_same_area = found.area == self.areas[first];
        let is_same = draft.says_the_same_as(&self.drafts[first]);
        if is_same_area && is_same {
            return log.add(found.source, Outcome::Noted, &RowRemark::new(found.row.number, "", "", EXACT_COPY));
        }
        let reason = match (is_same_area, is_same) {
            (true, _) => "code seen before with other attributes: those of the first row were kept",
            (false, true) => "code seen before: taken as another part of the same building",
            (false, false) => {
                "code seen before: taken as another part of the same building, with the attributes of the first row"
            }
        };
        let remark = log.code_remark(found.source, found.row.number, &draft.code, reason);
        log.add(found.source, Outcome::Noted, &remark);
        if is_same_area {
            return;
        }
        self.areas[first].0.extend(found.area);
        self.boxes[first] = self.boxes[first].union(bbox);
        self.several.push(first);
    }
}

/// What the words of a column say about buildings that are gone.
struct Status {
    /// In the form in which spellings are equal.
    demolished: HashSet<String>,
    /// Words that sound like it and were not taken for it, with how often each was found.
    doubtful: BTreeMap<String, u64>,
}

/// Signs of a status that has to do with demolition, one way or the other.
const SOUNDS_DEMOLISHED: [char; 3] = ['拆', '灭', '毁'];
/// Doubtful words that a note lists.
const DOUBTFUL_MAX: usize = 20;

impl Status {
    /// The status of a source, of which nothing was found yet.
    fn of(source: &BuildingSource) -> Self {
        Self { demolished: source.demolished.iter().map(|word| text::plain(word)).collect(), doubtful: BTreeMap::new() }
    }

    /// Whether a status says that the building is gone: as a whole word, a date in brackets behind it left aside.
    fn is_demolished(&mut self, status: &str) -> bool {
        let dated = status.split_once(['(', '（']).filter(|(_, behind)| behind.contains(|c: char| c.is_ascii_digit()));
        let word = text::plain(dated.map_or(status, |(word, _)| word));
        let demolished = self.demolished.contains(&word);
        if !demolished && word.contains(SOUNDS_DEMOLISHED) && self.doubtful.len() < DOUBTFUL_MAX {
            *self.doubtful.entry(word).or_default() += 1;
        }
        demolished
    }

    /// What is to be noted of words that may mean that a building is gone.
    fn note(&self, source: &BuildingSource) -> Option<String> {
        let words: Vec<_> = self.doubtful.iter().map(|(word, count)| format!("{word} ({count})")).collect();
        let path = source.file.path.display();
        (!words.is_empty()).then(|| {
            format!(
                "{path}: buildings of these states were taken as standing: {}; if one of them means that the building is gone, name \
                 it in demolished = [\"…\"] of its [[buildings]]",
                words.join(", ")
            )
        })
    }
}

/// 11.9 for 11.899999618530273, which is what single precision makes of it on the way through other programs.
fn without_noise(number: f64) -> f64 {
    (number as f32).to_string().parse().unwrap_or(number)
}

/// A number between 0 and `max`; `None` for an empty cell, and for anything else, which is noted.
fn number(found: &AreaRow, index: Option<usize>, column: Option<&str>, max: f64, log: &mut Log) -> Option<f64> {
    let text = found.row.cell(index?)?;
    let number = f64::from_str(text).ok().filter(|n| (0.0..=max).contains(n));
    if number.is_none() {
        let reason = format!("not a number from 0 to {max}: left out");
        log.add(
            found.source,
            Outcome::Noted,
            &RowRemark::new(found.row.number, column.unwrap_or_default(), text, reason),
        );
    }
    number
}
