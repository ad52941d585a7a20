//! The opened files of a layer, and where records are in them.

use crate::{
    schema::{
        self,
        tables::{Issues, RecordAreas, RecordGrids, Records},
    },
    store::{
        ClassInfo, Counting, OpenError,
        files::Files,
        layer_counts::LayerCounts,
        lookup::{BoxTree, NameOrder, RowOrder},
        names::{
            MANIFEST, layer_counts_file, layer_issues_file, record_areas_file, record_grids_file, records_by_code,
            records_by_name, records_by_place, records_file,
        },
        table::{Rows, first_row},
    },
};
use std::{ops::Range, sync::Arc};

/// A layer: what is counted of it, and its records if anybody may read them.
pub(super) struct OpenedLayer {
    pub(super) id: Arc<str>,
    pub(super) counts: LayerCounts,
    /// The names of each class from the top down, separated by `/`.
    pub(super) class_paths: Vec<String>,
    pub(super) records: Option<Arc<RecordTable>>,
    /// What was found wrong with its records, if anything was.
    pub(super) issues: Option<Issues>,
}

impl OpenedLayer {
    /// Opens the layer at a place among those of the manifest; `kinds` are the columns with the grids of rows.
    pub(super) fn open(files: &Files<'_>, layer: usize, kinds: &[Vec<String>]) -> Result<Self, OpenError> {
        let info = &files.manifest.layers[layer];
        // It becomes a part of the names of files.
        if !info.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(files.damaged(MANIFEST, format!("no layer can be called '{}'", info.id)));
        }
        let categories = info.categories().count();
        let counts = files.index(&layer_counts_file(&info.id), |file| LayerCounts::open(file, categories))?;
        let records = match info.counting {
            Counting::Records => Some(Arc::new(RecordTable::open(files, layer, kinds)?)),
            Counting::Blocks => None,
        };
        let issues = layer_issues_file(&info.id);
        let issues = files.lists(&issues).then(|| schema::open_in(files, &issues, &[])).transpose()?;
        Ok(Self { id: info.id.as_str().into(), counts, class_paths: class_paths(&info.classes), records, issues })
    }
}

/// The records of a layer that anybody may read.
pub(super) struct RecordTable {
    /// Its place among the layers of the manifest.
    pub(super) layer: usize,
    pub(super) columns: Records,
    /// How many rows have an address; they come first.
    pub(super) linked: u32,
    /// Where the rows end that have a building alone.
    pub(super) built: u32,
    /// The grids of the rows behind these that have a point alone, if there are any.
    pub(super) grids: Option<RecordGrids>,
    /// The areas of the rows behind these of which nothing more is known, if there are any.
    pub(super) areas: Option<RecordAreas>,
    pub(super) by_code: RowOrder,
    pub(super) by_name: NameOrder,
    /// The rows that have a place, by place, if some lie elsewhere than at their addresses.
    pub(super) by_place: Option<BoxTree>,
}

impl RecordTable {
    fn open(files: &Files<'_>, layer: usize, kinds: &[Vec<String>]) -> Result<Self, OpenError> {
        let info = &files.manifest.layers[layer];
        let columns: Records = schema::open_in(files, &records_file(&info.id), &info.columns())?;
        let grids = record_grids_file(&info.id);
        let grids = files.lists(&grids).then(|| schema::open_in(files, &grids, kinds)).transpose()?;
        let areas = record_areas_file(&info.id);
        let areas = files.lists(&areas).then(|| schema::open_in(files, &areas, &[])).transpose()?;
        let linked = first_row(columns.rows, |row| columns.address.get(row).is_some());
        let is_built = |row| row < linked || columns.building.get(row).is_some();
        let built = first_row(columns.rows, is_built);
        let grids: Option<RecordGrids> = grids;
        let placed = built as usize + grids.as_ref().map_or(0, |grids| grids.rows);
        let place = records_by_place(&info.id);
        let by_place =
            files.lists(&place).then(|| files.index(&place, |file| BoxTree::open(file, placed))).transpose()?;
        Ok(Self {
            layer,
            linked,
            built,
            grids,
            areas,
            by_place,
            by_code: files.index(&records_by_code(&info.id), RowOrder::open)?,
            by_name: files.index(&records_by_name(&info.id), NameOrder::open)?,
            columns,
        })
    }

    /// The rows with a code, as it stands in the plate.
    pub(super) fn with_code(&self, code: &str) -> &[u32] {
        self.by_code.find_all(code, |row| self.columns.code.get(row))
    }

    /// The rows at some rows of addresses.
    pub(super) fn at(&self, addresses: Range<u32>) -> Range<u32> {
        range(&self.columns.address, 0..self.linked, addresses)
    }

    /// The rows that name a building and no address.
    pub(super) fn in_building(&self, building: u32) -> Range<u32> {
        range(&self.columns.building, self.linked..self.built, building..building.saturating_add(1))
    }

    /// Where the rows end that have an address, a building or a point.
    pub(super) fn pointed(&self) -> u32 {
        let points = self.grids.as_ref().map_or(0, |grids| grids.rows as u32);
        self.built.saturating_add(points).min(self.columns.rows as u32)
    }

    /// How many rows have a place: an address, a building, a point or an area.
    pub(super) fn placed(&self) -> u32 {
        let areas = self.areas.as_ref().map_or(0, |areas| areas.rows as u32);
        self.pointed().saturating_add(areas).min(self.columns.rows as u32)
    }

    /// The row of the grid, of any level, that is all that is known of a row.
    #[inline]
    pub(super) fn area(&self, row: u32) -> Option<u32> {
        self.areas.as_ref()?.area.get(row.checked_sub(self.pointed())?)
    }

    /// The rows of which all that is known is one of some grids.
    pub(super) fn in_areas(&self, grids: Range<u32>) -> Range<u32> {
        let Some(areas) = &self.areas else { return 0..0 };
        let (first, rows) = (self.pointed(), range(&areas.area, 0..areas.rows as u32, grids));
        first.saturating_add(rows.start)..first.saturating_add(rows.end).min(self.columns.rows as u32)
    }
}

/// The names of each class from the top down.
fn class_paths(classes: &[ClassInfo]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::with_capacity(classes.len());
    for class in classes {
        let above = class.parent.and_then(|parent| paths.get(usize::from(parent)));
        paths.push(above.map_or_else(|| class.name.clone(), |above| format!("{above}/{}", class.name)));
    }
    paths
}

/// The rows among some whose numbers, which ascend, lie in a range. The end is looked for from the beginning on, since most ranges
/// are short.
fn range(column: &Rows, rows: Range<u32>, numbers: Range<u32>) -> Range<u32> {
    let first = |rows: Range<u32>, before: u32| {
        let at = |row: u32| column.get(rows.start + row).is_some_and(|number| number < before);
        rows.start + first_row(rows.len(), at)
    };
    let from = first(rows.clone(), numbers.start);
    let mut step = 1;
    while from + step < rows.end && column.get(from + step).is_some_and(|number| number < numbers.end) {
        step = step.saturating_mul(2).min(rows.end - from);
    }
    from..first(from..rows.end.min(from.saturating_add(step).saturating_add(1)), numbers.end)
}
