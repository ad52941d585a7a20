//! What layers draw on: a tile, or a number of what would be in it.
//!
//! A layer says each feature once, with its geometry as the plate has it. So whatever is drawn is in the number too, and equal numbers
//! are equal tiles.

use super::{
    clip::clip,
    encode::{LayerWriter, Named, TileError, Value},
    field::Field,
    lines,
};
use crate::{
    outline::{
        decoded,
        polygon::Polygon,
        scheme::{Frame, Vertex},
    },
    spatial::footprint,
};
use geo_types::Coord;
use h3o::CellIndex;
use xxhash_rust::xxh3::Xxh3Default;

/// An area as the plate has it. What a tile shows of it depends on this and the frame alone.
#[derive(Clone, Copy)]
pub(crate) enum Area<'p> {
    /// The outline of a grid at the scheme and zoom of the frame, as it is stored; `None` if it cannot be found.
    Outline(Option<&'p [u8]>),
    /// The footprint of a building, WKB.
    Footprint(&'p [u8]),
    /// An area of the ground, WKB.
    Ground(&'p [u8]),
    /// A cell of H3.
    Cell(CellIndex),
}

impl Area<'_> {
    /// What a tile shows of it.
    fn drawn(self, frame: &Frame) -> Vec<Polygon> {
        match self {
            Self::Outline(_) => clip(self.outline(frame)),
            Self::Footprint(wkb) => frame.draw_building(wkb).unwrap_or_default(),
            Self::Ground(wkb) => frame.draw_ground(wkb).unwrap_or_default(),
            Self::Cell(cell) => {
                let corners = cell.boundary();
                let ring = corners.iter().rev().map(|v| frame.project(Coord { x: v.lng(), y: v.lat() })).collect();
                frame.draw(&vec![ring])
            }
        }
    }

    /// The whole outline of a grid in the frame of a tile; nothing of other areas.
    pub(crate) fn outline(self, frame: &Frame) -> Vec<Polygon> {
        let Self::Outline(stored) = self else { return Vec::new() };
        frame.moved(stored.and_then(decoded).unwrap_or_default())
    }

    /// The sort of area, and its bytes.
    fn hash(self, hash: &mut Hash) {
        match self {
            Self::Outline(stored) => hash.part(b'o', stored.unwrap_or_default()),
            Self::Footprint(wkb) => hash.part(b'f', wkb),
            Self::Ground(wkb) => hash.part(b'g', wkb),
            Self::Cell(cell) => hash.part(b'c', &u64::from(cell).to_le_bytes()),
        }
    }
}

/// What a layer draws its features on.
pub(crate) trait Canvas {
    /// The tile's place in the world.
    fn frame(&self) -> &Frame;

    /// Adds a point.
    fn point(&mut self, code: &str, at: Vertex, values: &[Named<'_>]) -> Result<(), TileError>;

    /// Adds an area, unless nothing of it is to be seen.
    fn area(&mut self, code: &str, area: Area<'_>, values: &[Named<'_>]) -> Result<(), TileError>;

    /// Adds lines, WKB, unless nothing of them is to be seen.
    fn lines(&mut self, code: &str, wkb: &[u8], values: &[Named<'_>]) -> Result<(), TileError>;
}

/// A layer of a tile in the making.
pub(crate) struct Drawing<'f> {
    pub(crate) frame: &'f Frame,
    pub(crate) layer: LayerWriter,
}

impl Canvas for Drawing<'_> {
    fn frame(&self) -> &Frame {
        self.frame
    }

    fn point(&mut self, code: &str, at: Vertex, values: &[Named<'_>]) -> Result<(), TileError> {
        self.layer.point(code, at, values)
    }

    fn area(&mut self, code: &str, area: Area<'_>, values: &[Named<'_>]) -> Result<(), TileError> {
        self.layer.area(code, &area.drawn(self.frame), values)
    }

    fn lines(&mut self, code: &str, wkb: &[u8], values: &[Named<'_>]) -> Result<(), TileError> {
        let lines = footprint::lines(wkb).map(|lines| lines::drawn(&lines, self.frame));
        self.layer.lines(code, &lines.unwrap_or_default(), values)
    }
}

/// A number of all that the layers of a tile are drawn from.
pub(crate) struct Content<'f> {
    frame: &'f Frame,
    /// The attributes of the layer that is being drawn.
    fields: &'f [Field],
    hash: Hash,
}

impl<'f> Content<'f> {
    /// The number of a tile without layers.
    pub(crate) fn of(frame: &'f Frame) -> Self {
        let (mut hash, id) = (Hash::default(), frame.id);
        hash.part(b't', &[id.scheme() as u8, id.z()]);
        hash.part(b'x', &id.x().to_le_bytes());
        hash.part(b'y', &id.y().to_le_bytes());
        Self { frame, fields: &[], hash }
    }

    /// Goes on with the next layer, whose features keep these attributes.
    pub(crate) fn begin(&mut self, name: &str, fields: &'f [Field]) {
        self.hash.part(b'l', name.as_bytes());
        self.fields = fields;
    }

    pub(crate) fn finish(self) -> u128 {
        self.hash.finish()
    }

    fn values(&mut self, values: &[Named<'_>]) {
        for (name, value) in values.iter().filter(|(name, _)| self.fields.iter().any(|f| f.name == *name)) {
            let Some(value) = value else { continue };
            self.hash.part(b'n', name.as_bytes());
            match value {
                Value::Text(text) => self.hash.part(b's', text.as_bytes()),
                Value::Int(number) => self.hash.part(b'i', &number.to_le_bytes()),
                Value::Float(number) => self.hash.part(b'd', &number.to_bits().to_le_bytes()),
            }
        }
    }
}

impl Canvas for Content<'_> {
    fn frame(&self) -> &Frame {
        self.frame
    }

    fn point(&mut self, code: &str, at: Vertex, values: &[Named<'_>]) -> Result<(), TileError> {
        self.hash.part(b'p', code.as_bytes());
        self.hash.part(b'x', &at.0.to_le_bytes());
        self.hash.part(b'y', &at.1.to_le_bytes());
        self.values(values);
        Ok(())
    }

    fn area(&mut self, code: &str, area: Area<'_>, values: &[Named<'_>]) -> Result<(), TileError> {
        self.hash.part(b'a', code.as_bytes());
        area.hash(&mut self.hash);
        self.values(values);
        Ok(())
    }

    fn lines(&mut self, code: &str, wkb: &[u8], values: &[Named<'_>]) -> Result<(), TileError> {
        self.hash.part(b'w', code.as_bytes());
        self.hash.part(b'g', wkb);
        self.values(values);
        Ok(())
    }
}

/// Bytes that are hashed at once, about; a hash of many small parts would take longer than what they are read from.
const HASHED_BYTES: usize = 16 << 10;

/// A hash of parts, each with its sort and length, so that no two sequences of parts are the same bytes.
#[derive(Default)]
struct Hash {
    waiting: Vec<u8>,
    hash: Xxh3Default,
}

impl Hash {
    fn part(&mut self, sort: u8, bytes: &[u8]) {
        self.waiting.push(sort);
        self.waiting.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() > HASHED_BYTES {
            self.hash.update(&self.waiting);
            self.waiting.clear();
        }
    }

    fn finish(mut self) -> u128 {
        self.hash.update(&self.waiting);
        self.hash.digest128()
    }
}
