//! Writing the records of a layer: their table, their grids where they have a point alone, and their look-ups by code and by name.

use super::{
    categories::WordColumn,
    error::BuildError,
    layers::LayerStage,
    record_table::RecordTable,
    values::{Stored, Values},
    write::write_table,
};
use crate::{
    schema::tables::{RecordAreas, RecordAreasRow, RecordGrids, RecordGridsRow, RecordRow, Records},
    spatial::{Bbox, LngLat},
    store::{
        AttributeInfo, AttributeTitles, Audience, LayerInfo,
        lookup::{BoxTree, NameOrder, RowOrder},
        names::{
            grid_column, record_areas_file, record_grids_file, records_by_code, records_by_name, records_by_place,
            records_file,
        },
    },
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    fs,
};

/// Characters of a name, behind the divisions with which it begins, at which it is found.
const NAME_ENTRIES: usize = 4;

impl RecordTable {
    /// What the manifest says of the layer.
    pub(super) fn describe(&self, titles: &BTreeMap<String, AttributeTitles>) -> LayerInfo {
        let other = |(name, of, _): &(String, _, _)| AttributeInfo {
            name: name.clone(),
            of: *of,
            categories: Vec::new(),
            titles: titles.get(name).cloned().unwrap_or_default(),
            audience: Audience::Public,
        };
        let mut attributes = self.attributes.describe(titles);
        attributes.extend(self.values.0.iter().map(other));
        LayerInfo { attributes, ..self.info.clone() }
    }
}

impl Values {
    /// The values of a kind at a position.
    fn of_kind<'v, V>(&'v self, position: usize, value: impl Fn(&'v Stored, usize) -> Option<V>) -> Vec<V> {
        self.0.iter().filter_map(|(_, _, stored)| value(stored, position)).collect()
    }
}

impl LayerStage<'_> {
    /// Writes the records of a layer with their look-ups. Texts that are empty become nulls.
    pub(super) fn write_records(&self, table: &RecordTable, info: &LayerInfo) -> Result<(), BuildError> {
        let (role, match_level) = (table.roles.column(), table.match_levels.column());
        let (words, natural_persons) = (table.attributes.columns(), table.natural_persons());
        let id = &info.id;
        let text = |text| Some(text).filter(|text: &&str| !text.is_empty());
        write_table::<Records>(self.dir, &records_file(id), self.on_progress, &info.columns(), table.len(), |row| {
            let position = table.order[row];
            let (at, values, point) = (position as usize, &table.values, table.point(position));
            let [time, until] = table.times.of(position);
            RecordRow {
                code: table.codes.get(at),
                name: text(table.names.get(at)),
                address: table.address(position),
                building: table.building(position),
                lng: point.map(|point| point.lng),
                lat: point.map(|point| point.lat),
                address_text: text(table.texts.get(at)),
                active: table.active[at],
                counted: table.counts(position),
                natural_person: natural_persons[at],
                link: table.how(position).map(|how| how as u8),
                confidence: Some(table.confidences[at]).filter(|confidence| !confidence.is_nan()),
                match_level: match_level.word(position),
                role: role.word(position),
                time,
                until,
                class: table.class(position),
                words: words.iter().map(|column: &WordColumn<'_>| column.word(position)).collect(),
                texts: values.of_kind(at, |stored, at| match stored {
                    Stored::Texts(texts) => Some(text(texts.get(at))),
                    _ => None,
                }),
                integers: values.of_kind(at, |stored, at| match stored {
                    Stored::Integers(numbers) => Some(numbers[at]),
                    _ => None,
                }),
                numbers: values.of_kind(at, |stored, at| match stored {
                    Stored::Numbers(numbers) => Some(numbers[at]),
                    _ => None,
                }),
                flags: values.of_kind(at, |stored, at| match stored {
                    Stored::Flags(flags) => Some(flags[at]),
                    _ => None,
                }),
            }
        })?;
        if !table.grids.is_empty() {
            let first = table.ends[1];
            let kinds = self.backbone.kinds();
            let nowhere = || vec![None; kinds.len()];
            let columns = [kinds.iter().map(grid_column).collect()];
            let file = record_grids_file(id);
            write_table::<RecordGrids>(self.dir, &file, self.on_progress, &columns, table.grids.len(), |row| {
                let grids = &table.grids[row];
                let grids = if grids.is_empty() { nowhere() } else { grids.clone() };
                RecordGridsRow { record: first + row as u32, grids }
            })?;
        }
        self.write_areas(table)?;
        self.write_places(table)?;
        self.write_file(&records_by_code(id), &RowOrder::write(&table.by_code))?;
        self.write_names(table, &natural_persons)
    }

    /// The areas of the rows of which nothing more is known, if there are any.
    fn write_areas(&self, table: &RecordTable) -> Result<(), BuildError> {
        let [.., first, end] = table.ends;
        if first == end {
            return Ok(());
        }
        let (file, rows) = (record_areas_file(&table.info.id), (end - first) as usize);
        write_table::<RecordAreas>(self.dir, &file, self.on_progress, &[], rows, |at| {
            let record = first + at as u32;
            RecordAreasRow { record, area: table.area(table.order[record as usize]).unwrap_or_default() }
        })
    }

    /// A tree over the points of the records, if some lie elsewhere than at their addresses.
    fn write_places(&self, table: &RecordTable) -> Result<(), BuildError> {
        let [linked, built, placed, _] = table.ends;
        if table.points.is_empty() && linked == built {
            return Ok(());
        }
        let point = |row: u32| {
            let position = table.order[row as usize];
            let of_building = || self.backbone.building_place(table.building(position)?);
            let of_address = || self.backbone.address_place(table.address(position)?);
            table.point(position).or_else(|| of_address().or_else(of_building).map(|(point, _)| point))
        };
        let boxes = (0..placed).map(|row| Bbox::EMPTY.extend(point(row).unwrap_or(LngLat::NOWHERE)));
        self.write_file(&records_by_place(&table.info.id), &BoxTree::write(boxes))
    }

    /// Writes a file of the layer.
    pub(super) fn write_file(&self, file: &str, bytes: &[u8]) -> Result<(), BuildError> {
        let path = self.dir.join(file);
        fs::write(&path, bytes).map_err(BuildError::write(&path))
    }

    /// The index over the names of the records that may be named, each once: from their beginning, from
    /// behind the divisions with which they begin, and from the next characters on, [`NAME_ENTRIES`] of
    /// them. So 岚洲市鹤渚区秋实商行, if both divisions are in the plate, is found by 岚洲, by 秋实, by 实商 and so on.
    /// Names of natural persons in business are left out.
    fn write_names(&self, table: &RecordTable, natural_persons: &[bool]) -> Result<(), BuildError> {
        let first = |name: &str| name.chars().next().unwrap_or_default();
        let mut divisions: HashMap<char, Vec<&str>> = HashMap::new();
        for name in self.backbone.divisions() {
            divisions.entry(first(name)).or_default().push(name);
        }
        divisions.values_mut().for_each(|alike| alike.sort_unstable_by_key(|name| Reverse(name.len())));
        let behind_divisions = |name: &str| {
            let mut rest = name;
            while let Some(alike) = divisions.get(&first(rest)) {
                let Some(behind) = alike.iter().find_map(|division| rest.strip_prefix(*division)) else { break };
                rest = behind;
            }
            name.len() - rest.len()
        };
        let entered = |name: &str| {
            let from = behind_divisions(name);
            let mut at: Vec<usize> =
                name[from..].char_indices().map(|(byte, _)| from + byte).take(NAME_ENTRIES).collect();
            at.extend((from > 0).then_some(0));
            at
        };
        let is_named = |position: u32| table.counts(position) && !natural_persons[position as usize];
        let named = (0..).zip(&table.order).filter(|(_, position)| is_named(**position));
        let rows = named.map(|(row, position)| {
            let name = table.names.get(*position as usize);
            (row, name, entered(name))
        });
        self.write_file(&records_by_name(&table.info.id), &NameOrder::write(rows))
    }
}
