//! The ground under everything: roads, water and greens, read and put in order.
//!
//! Ground is drawn and asked for by nobody, so it is no layer of records: it has no links and no counts, and
//! grids can be redrawn without it. A row says what it is in a word of its source, which is one of those
//! that the spec explains or one that everybody uses; of a word that neither knows the row is rejected,
//! since drawing a railway as a lawn is worse than leaving it out. Areas are made valid as those of grids
//! are, lines are kept as they were drawn. Rows are sorted by the first zoom at which they are drawn, so
//! that a tile of a low zoom looks at the beginning of the table alone.

use super::{
    area::converter,
    context::Context,
    error::BuildError,
    log::{Log, Outcome},
    source_rows::{LINKED_AT_ONCE, SourceRows, source_info},
    write::write_table,
};
use crate::{
    code::fold_code,
    crs::ToPlate,
    model::GroundKind,
    schema::{
        Declared,
        tables::{Ground, GroundRow},
    },
    source::{Columns, GroundSource, Row, RowRemark, inspect},
    spatial::{Bbox, LngLat, Repair, hilbert_index, to_valid_area, wkb},
    text,
};
use geo::{CoordsIter, MapCoords, MultiLineString, MultiPolygon};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// What the words of sources mean that many use: standards of roads and of maps, and the tags of OpenStreetMap.
const WORDS: [(GroundKind, &[&str]); 10] = [
    (
        GroundKind::Water,
        &[
            "水域",
            "水体",
            "水面",
            "河流",
            "湖泊",
            "水库",
            "池塘",
            "海域",
            "海洋",
            "海",
            "water",
            "sea",
            "ocean",
            "lake",
            "reservoir",
            "pond",
            "river",
            "riverbank",
            "basin",
            "dock",
            "bay",
        ],
    ),
    (
        GroundKind::Green,
        &[
            "绿地",
            "公园",
            "公园绿地",
            "林地",
            "森林",
            "草地",
            "山林",
            "green",
            "park",
            "wood",
            "forest",
            "grass",
            "garden",
            "meadow",
            "nature_reserve",
            "scrub",
            "recreation_ground",
        ],
    ),
    (GroundKind::Coast, &["岸线", "海岸线", "coastline", "coast"]),
    (
        GroundKind::Motorway,
        &["高速", "高速路", "高速公路", "快速路", "城市快速路", "motorway", "motorway_link", "trunk", "trunk_link"],
    ),
    (GroundKind::MainRoad, &["主干路", "主干道", "城市主干路", "国道", "省道", "primary", "primary_link", "main-road"]),
    (
        GroundKind::Railway,
        &[
            "铁路",
            "轨道",
            "轨道交通",
            "地铁",
            "轻轨",
            "railway",
            "rail",
            "subway",
            "light_rail",
            "tram",
            "narrow_gauge",
            "monorail",
        ],
    ),
    (
        GroundKind::Road,
        &[
            "次干路",
            "次干道",
            "城市次干路",
            "县道",
            "道路",
            "road",
            "secondary",
            "secondary_link",
            "tertiary",
            "tertiary_link",
        ],
    ),
    (GroundKind::Waterway, &["河道", "水系", "沟渠", "渠道", "waterway", "stream", "canal", "drain", "ditch"]),
    (
        GroundKind::Street,
        &[
            "支路",
            "城市支路",
            "街巷",
            "小区路",
            "乡道",
            "street",
            "residential",
            "unclassified",
            "living_street",
            "service",
        ],
    ),
    (
        GroundKind::Path,
        &[
            "步行道",
            "人行道",
            "绿道",
            "小路",
            "步道",
            "path",
            "footway",
            "pedestrian",
            "cycleway",
            "track",
            "steps",
            "bridleway",
        ],
    ),
];
/// The longest name and class that are kept, characters.
const LABEL_MAX: usize = 100;

/// A piece of the ground.
pub(super) struct Piece {
    code: String,
    name: Option<String>,
    kind: GroundKind,
    class: Option<String>,
    bbox: Bbox,
    geometry: Vec<u8>,
}

/// A shape in degrees of the plate.
enum Shape {
    Area(MultiPolygon<f64>, Vec<Repair>),
    Lines(MultiLineString<f64>),
}

/// A piece before its shape is made valid.
struct Pending {
    row: u64,
    geometry_column: String,
    piece: Piece,
    shape: Shape,
}

/// Which column of a source holds what, by index.
struct Layout<'a> {
    source: &'a GroundSource,
    /// Its place among the sources of the ground.
    file: usize,
    kinds: HashMap<String, GroundKind>,
    code: Option<usize>,
    name: Option<usize>,
    class: Option<usize>,
    to_plate: ToPlate,
}

impl Context<'_> {
    /// Reads all sources of the ground and puts the pieces in order.
    ///
    /// # Errors
    /// When a source cannot be read or is of no use as a whole.
    pub(super) fn ground(&self, log: &mut Log) -> Result<Vec<Piece>, BuildError> {
        let grids = self.grids.boxes.iter().copied().reduce(Bbox::union);
        let mut pieces = Vec::new();
        for (file, source) in self.spec.ground.iter().enumerate() {
            let mut columns = source.code.as_ref().map_or_else(Columns::without_code, |code| Columns::of(code));
            let layout = Layout {
                source,
                file,
                kinds: meanings(source),
                code: source.code.as_ref().map(|code| columns.want_code(code)),
                name: columns.want_if(source.name.as_deref()),
                class: columns.want_if(source.class.as_deref()),
                to_plate: converter(&source.file, self.area)?,
            };
            let (inspection, before) = (inspect(&source.file)?, pieces.len());
            let info = source_info("ground", &source.file, &inspection, Some(&layout.to_plate));
            let number = log.begin(info, &columns);
            let rows = SourceRows {
                file: &source.file,
                inspection: &inspection,
                columns: &columns,
                number,
                at_once: LINKED_AT_ONCE,
                on_progress: self.on_progress,
            };
            let take = |read: Result<Row, RowRemark>| read.and_then(|row| layout.take(row));
            rows.read(log, take, |some, log| mend(some, number, log, &mut pieces))?;
            log.check_usable(number, &source.file)?;
            let own = pieces[before..].iter().map(|piece: &Piece| piece.bbox).reduce(Bbox::union);
            if own.zip(grids).is_some_and(|(own, grids)| own.intersection(grids).is_none()) {
                let (path, crs) = (source.file.path.display(), source.file.crs.as_deref().unwrap_or_default());
                log.notes.push(format!("{path}: all of this ground lies beside the grids: is crs = \"{crs}\" right?"));
            }
        }
        log.notes.extend(tell_apart(&mut pieces));
        let order = |piece: &Piece| {
            let [west, south, east, north] = piece.bbox.0;
            hilbert_index(LngLat::new((west + east) / 2.0, (south + north) / 2.0))
        };
        pieces.par_sort_by_cached_key(|piece| (piece.kind.first_zoom(), order(piece), piece.code.clone()));
        Ok(pieces)
    }

    /// Writes the ground and its look-ups; nothing where the spec names none.
    pub(super) fn write_ground(&self, pieces: &[Piece]) -> Result<(), BuildError> {
        if self.spec.ground.is_empty() {
            return Ok(());
        }
        write_table::<Ground>(self.dir, Ground::FILE, self.on_progress, &[], pieces.len(), |row| {
            let Piece { code, name, kind, class, bbox, geometry } = &pieces[row];
            GroundRow {
                code,
                name: name.as_deref(),
                kind: kind.as_str(),
                class: class.as_deref(),
                bbox: bbox.0,
                geometry: geometry.clone(),
            }
        })?;
        let codes: Vec<&str> = pieces.iter().map(|piece| piece.code.as_str()).collect();
        self.write_lookups("ground", &codes, pieces.iter().map(|piece| piece.bbox))
    }
}

/// What the words of a source mean: those that it explains, and those that everybody uses.
fn meanings(source: &GroundSource) -> HashMap<String, GroundKind> {
    let usual = WORDS.iter().flat_map(|(kind, words)| words.iter().map(|word| (text::plain(word), *kind)));
    let own = source.kinds.iter().map(|(word, kind)| (text::plain(word), *kind));
    usual.chain(own).collect()
}

impl Layout<'_> {
    /// A row with its shape in degrees of the plate.
    ///
    /// # Errors
    /// A remark if it does not say what it is, has no shape, or one that its kind does not have.
    fn take(&self, mut row: Row) -> Result<Pending, RowRemark> {
        let number = row.number;
        let class = self.class.and_then(|at| row.cell(at)).map(short);
        let geometry_column = row.geometry_column().to_owned();
        let fail = |column: &str, value: &str, reason: String| RowRemark::new(number, column, value, reason);
        let said = self.kind(class.as_deref()).map_err(|reason| {
            fail(self.source.class.as_deref().unwrap_or_default(), class.as_deref().unwrap_or_default(), reason)
        })?;
        let geometry =
            row.geometry.take().ok_or_else(|| fail(&geometry_column, "", "there is no geometry".to_owned()))?;
        let kind = match said {
            GroundKind::Water if geometry.is_lines() => GroundKind::Waterway,
            GroundKind::Waterway if !geometry.is_lines() => GroundKind::Water,
            kind => kind,
        };
        let at = |c: geo::Coord<f64>| self.to_plate.convert(c.x, c.y).map(|p| p.coord());
        let shape = match kind.is_area() {
            true => geometry.into_polygons().and_then(|(area, repairs)| {
                let area = area.try_map_coords(at).map_err(|e| e.to_string())?;
                Ok(Shape::Area(area, repairs))
            }),
            false => geometry
                .into_lines()
                .and_then(|lines| Ok(Shape::Lines(lines.try_map_coords(at).map_err(|e| e.to_string())?))),
        };
        let shape = shape.map_err(|reason| fail(&geometry_column, kind.as_str(), reason))?;
        let code = self.code.and_then(|at| row.cell(at)).map(|code| fold_code(code).into_owned());
        let code = code.filter(|code| !code.is_empty()).unwrap_or_else(|| match self.file {
            0 => format!("D{number:06}"),
            // As with records that are known by their numbers.
            before => format!("{}-D{number:06}", before + 1),
        });
        let name = self.name.and_then(|at| row.cell(at)).map(short);
        let piece = Piece { code, name, kind, class, bbox: Bbox::EMPTY, geometry: Vec::new() };
        Ok(Pending { row: number, geometry_column, piece, shape })
    }

    /// What a row is.
    ///
    /// # Errors
    /// A reason in words if nobody knows.
    fn kind(&self, class: Option<&str>) -> Result<GroundKind, String> {
        if let Some(kind) = self.source.kind {
            return Ok(kind);
        }
        let class = class.ok_or("it does not say what it is")?;
        self.kinds.get(&text::plain(class)).copied().ok_or_else(|| {
            let words = GroundKind::WORDS;
            format!("nobody knows what this is: say so in kinds of its [[ground]], as one of {words}")
        })
    }
}

/// Gives pieces with the code of an earlier one another code, with a number behind it; says so if there were any.
fn tell_apart(pieces: &mut [Piece]) -> Option<String> {
    let mut known: HashSet<String> = HashSet::with_capacity(pieces.len());
    let mut twice = 0_u64;
    for piece in pieces {
        if !known.insert(piece.code.clone()) {
            let free = (2..).map(|number| format!("{}-{number}", piece.code)).find(|code| !known.contains(code));
            piece.code = free.unwrap_or_default();
            known.insert(piece.code.clone());
            twice += 1;
        }
    }
    (twice > 0).then(|| format!("{twice} pieces of the ground had the code of another one: a number was put behind it"))
}

/// A label, no longer than what is kept.
fn short(label: &str) -> String {
    label.chars().take(LABEL_MAX).collect()
}

/// Makes some shapes valid on all threads, and takes them over in their order.
fn mend(rows: Vec<Pending>, source: usize, log: &mut Log, pieces: &mut Vec<Piece>) {
    let valid = |Pending { row, geometry_column, mut piece, shape }: Pending| {
        let stored = match shape {
            Shape::Area(area, mut repairs) => to_valid_area(area).map(|(area, more)| {
                repairs.extend(more);
                (Bbox::of(&area), wkb::write_area(&area), repairs)
            }),
            Shape::Lines(lines) => {
                let bbox = lines.coords_iter().map(LngLat::from).fold(Bbox::EMPTY, Bbox::extend);
                Ok((bbox, wkb::write_lines(&lines), Vec::new()))
            }
        };
        let stored = stored.map(|(bbox, geometry, repairs)| {
            (piece.bbox, piece.geometry) = (bbox, geometry);
            (piece, repairs)
        });
        (row, geometry_column, stored)
    };
    let mended: Vec<_> = rows.into_par_iter().map(valid).collect();
    for (row, column, stored) in mended {
        match stored {
            Ok((piece, repairs)) => {
                for repair in &repairs {
                    log.add(source, Outcome::Repaired, &RowRemark::new(row, &column, "", repair));
                }
                log.source(source).used += 1;
                pieces.push(piece);
            }
            Err(reason) => log.reject(source, &RowRemark::new(row, &column, "", reason)),
        }
    }
}
