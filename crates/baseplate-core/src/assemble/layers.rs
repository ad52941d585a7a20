//! A layer of records from its sources to its files: read, linked, put in order, counted and written.
//!
//! Nothing here knows the other layers, or whether a build or a change of one layer has asked: what records hang on is a
//! [`Backbone`], and all that is written lies in the folder of layers, under the id of this one.

use super::{
    area::converter,
    backbone::{Assembled, Backbone, EnterprisePlace},
    context::Context,
    enterprises,
    error::BuildError,
    log::Log,
    point::PointLayout,
    progress::{OnProgress, Progress},
    record_link::{LinkColumns, Pending},
    record_table::RecordTable,
    records::{RecordLayout, RecordTableBuilder, check_twice, of_type},
    source_copy::SourceCopy,
    source_rows::{LINKED_AT_ONCE, SourceRows, source_info},
};
use crate::{
    model::Entity,
    quality::{Form, Issue, Rule},
    source::{Columns, RecordSource, Row, inspect},
    spatial::Bbox,
    store::{AttributeTitles, Audience, LayerInfo, layer::ENTERPRISES_LAYER, names::kept_rows_file},
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    time::SystemTime,
};

/// What the layers of a generation are made with.
#[derive(Clone, Copy)]
pub(crate) struct LayerStage<'a> {
    /// What records hang on.
    pub(crate) backbone: &'a dyn Backbone,
    /// The directory of the draft.
    pub(crate) dir: &'a Path,
    /// About where the plate is, if the shift of a datum depends on it.
    pub(crate) area: Option<Bbox>,
    /// What attributes and their values are called on screen.
    pub(crate) titles: &'a BTreeMap<String, AttributeTitles>,
    /// Whether the rows of sources are kept in the plate, so that a later build can link them again.
    pub(crate) keeps_rows: bool,
    /// Whether it is told where the records of the layer are, by their codes.
    pub(crate) keeps_places: bool,
    /// Who is told how far the work is.
    pub(crate) on_progress: OnProgress<'a>,
}

/// A layer whose files are written.
pub(crate) struct WrittenLayer {
    /// What the manifest says of it.
    pub(crate) info: LayerInfo,
    /// The H3 cells in which its records count.
    pub(crate) cells: Vec<u64>,
    /// Where its records are by their codes, if they are enterprises that records of other layers name.
    places: HashMap<String, EnterprisePlace>,
}

impl Context<'_> {
    /// Makes the layers of records: that of enterprises, those of the spec, then those that were added to the plate. Gives what the
    /// manifest says of them, and the H3 cells in which their records count. `area` is where the plate is.
    ///
    /// # Errors
    /// When a source cannot be read or is of no use as a whole, or the disk refuses.
    pub(super) fn layers(
        &self,
        backbone: &mut Assembled<'_>,
        area: Option<Bbox>,
        kept: &[RecordSource],
        log: &mut Log,
    ) -> Result<(Vec<LayerInfo>, Vec<u64>), BuildError> {
        let (dir, on_progress, no_titles) = (self.dir, self.on_progress, BTreeMap::new());
        let sources: Vec<&RecordSource> = self.spec.records().chain(kept).collect();
        let mut ids = vec![ENTERPRISES_LAYER];
        for source in &sources {
            if !ids.contains(&source.layer.as_str()) {
                ids.push(&source.layer);
            }
        }
        let is_asked = sources.iter().any(|source| source.enterprise.is_some());
        let (mut infos, mut cells) = (Vec::new(), Vec::new());
        for id in ids {
            let of_layer: Vec<_> = sources.iter().copied().filter(|source| source.layer == id).collect();
            // Titles are of the spec's own sources; a layer that was added is as it was added.
            let is_kept = kept.iter().any(|source| source.layer == id);
            let titles = if is_kept { &no_titles } else { &self.spec.titles };
            let keeps_places = is_asked && id == ENTERPRISES_LAYER;
            let stage =
                LayerStage { backbone: &*backbone, dir, area, titles, keeps_rows: false, keeps_places, on_progress };
            let written = stage.layer(&of_layer, log)?;
            backbone.enterprises.extend(written.places);
            infos.push(written.info);
            cells.extend(written.cells);
        }
        Ok((infos, cells))
    }
}

impl LayerStage<'_> {
    /// Makes a layer of its sources, of which the first describes it; that of enterprises may have none.
    ///
    /// # Errors
    /// When a source cannot be read or is of no use as a whole, or the disk refuses.
    pub(crate) fn layer(&self, sources: &[&RecordSource], log: &mut Log) -> Result<WrittenLayer, BuildError> {
        let info = sources.first().map_or_else(LayerInfo::enterprises, |first| first.info());
        // What is wrong with enterprises stands with what is wrong with the rest of every plate.
        let is_of_every_plate = info.id == ENTERPRISES_LAYER;
        if !is_of_every_plate {
            log.begin_layer(&info.id);
        }
        let table = self.read(info, sources, log)?;
        if !is_of_every_plate {
            log.end_layer()?;
        }
        let mut info = table.describe(self.titles);
        for attribute in &mut info.attributes {
            // Of several files of a layer the strictest decides.
            let said = sources.iter().filter_map(|source| source.audiences.get(&attribute.name));
            attribute.audience = said.copied().max().unwrap_or(Audience::Public);
        }
        let cells = self.write_layer_counts(&table)?;
        self.write_records(&table, &info)?;
        let places = if self.keeps_places { table.enterprise_places() } else { HashMap::new() };
        Ok(WrittenLayer { info, cells, places })
    }

    /// Reads the sources of a layer, links their rows and puts them in order.
    fn read(&self, info: LayerInfo, sources: &[&RecordSource], log: &mut Log) -> Result<RecordTable, BuildError> {
        let mut builder = RecordTableBuilder::create(info, sources, self.dir, self.backbone)?;
        for (number, source) in sources.iter().enumerate() {
            self.read_source(source, number, &mut builder, log)?;
        }
        (self.on_progress)(Progress::Step(match builder.info.id.as_str() {
            ENTERPRISES_LAYER => "sorting the enterprises",
            _ => "sorting the records of a layer",
        }));
        let origins = std::mem::take(&mut builder.origins);
        let (mut table, addresses) = (builder.finish(log)?, self.backbone.addresses());
        match table.info.entity {
            Entity::Enterprise => table.arrange(addresses, &origins, log, |table, rows, log| {
                enterprises::check(table, rows, self.backbone, log);
            }),
            _ => table.arrange(addresses, &origins, log, check_twice),
        }
        let alone = &table.order[table.ends[1] as usize..table.ends[2] as usize];
        let grids_at = |p: &u32| table.point(*p).map(|point| self.backbone.grids_at(point)).unwrap_or_default();
        table.grids = alone.par_iter().map(grids_at).collect();
        // Where there are no grids, nothing lies outside of them.
        let alone = if self.backbone.kinds().is_empty() { &[] } else { alone };
        for (position, _) in alone.iter().zip(&table.grids).filter(|(_, grids)| grids.iter().all(Option::is_none)) {
            let code = table.codes.get(*position as usize);
            log.issue(Issue::new(Rule::RecordOutside, code, Form::NoGridAtPoint).at(table.point(*position)));
        }
        table.info.time = sources.first().and_then(|source| table.times.describe(&source.zone));
        table.info.rows = table.len() as u64;
        table.info.linked = u64::from(table.ends[3]);
        table.info.in_areas = u64::from(table.ends[3] - table.ends[2]);
        Ok(table)
    }

    /// Reads and links one source, which is the `number`th of its layer.
    fn read_source(
        &self,
        source: &RecordSource,
        number: usize,
        builder: &mut RecordTableBuilder<'_>,
        log: &mut Log,
    ) -> Result<(), BuildError> {
        let file = &source.file;
        let mut columns = source.code.as_ref().map_or_else(Columns::without_code, |code| Columns::of(code));
        if !source.has_points() {
            columns.without_geometry();
        }
        let categories: Vec<String> = of_type(source, true).map(|(name, _)| name.clone()).collect();
        let layout = RecordLayout {
            source,
            entity: builder.info.entity,
            now_s: now_s(),
            prefix: if number == 0 { String::new() } else { format!("{}-", number + 1) },
            code: source.code.as_ref().map(|code| columns.want(code)),
            name: columns.want_if(source.name.as_deref()),
            link: LinkColumns::of(source, builder.info.entity, &mut columns),
            point: PointLayout::of(source.point.as_ref(), &mut columns),
            role: columns.want_if(source.role.as_deref()),
            status: columns.want_if(source.status.as_deref()),
            time: columns.want_if(source.time.as_deref()),
            until: columns.want_if(source.until.as_deref()),
            class: source.class.iter().map(|column| columns.want(column)).collect(),
            attributes: builder.attributes.of_source(&categories, &mut columns, builder.addresses.len()),
            values: builder.values.of_source(&source.attributes, &mut columns),
        };
        let inspection = inspect(file)?;
        let to_plate = source.has_points().then(|| converter(file, self.area)).transpose()?;
        let entity = if builder.info.entity == Entity::Enterprise { "enterprise" } else { source.layer.as_str() };
        let mut info = source_info(entity, file, &inspection, to_plate.as_ref());
        if file.path.ends_with(kept_rows_file(&source.layer)) {
            // The directory of the generation is another one each time.
            info.path = kept_rows_file(&source.layer);
        } else if self.keeps_rows {
            // Where it lay on the disk of whoever added it is nobody's business.
            info.path = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        }
        let number = log.begin(info, &columns);
        let mut copy = self.keeps_rows.then(|| SourceCopy::create(self.dir, source, &columns)).transpose()?;
        let mut take = |row: Row| {
            copy.iter_mut().for_each(|copy| copy.write(&row));
            let said = to_plate.as_ref().map(|to_plate| Ok((to_plate, layout.point.raw(&row)?))).transpose()?;
            let point = match said {
                // Registers write 0, 0 for "unknown".
                Some((to_plate, Some(raw))) if raw != (0.0, 0.0) => Some(layout.point.converted(&row, raw, to_plate)?),
                _ => None,
            };
            Ok(Pending { row, point })
        };
        let (inspection, columns, on_progress) = (&inspection, &columns, self.on_progress);
        let rows = SourceRows { file, inspection, columns, number, at_once: LINKED_AT_ONCE, on_progress };
        rows.read(log, |read| read.and_then(&mut take), |rows, log| builder.link_all(rows, &layout, number, log))?;
        copy.map_or(Ok(()), SourceCopy::finish)?;
        log.check_usable(number, file)
    }
}

/// Seconds since 1970.
fn now_s() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}
