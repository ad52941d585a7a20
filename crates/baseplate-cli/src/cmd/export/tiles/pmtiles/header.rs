//! The first bytes of a PMTiles file.

use baseplate_core::{Bbox, TileDescription};

/// Their number.
pub(super) const LENGTH: usize = 127;
/// Whatever a reader needs first is within so many bytes.
pub(super) const FIRST_BYTES: usize = 16_384;

/// Sections of the file: offset and length, bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Section {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// What the header says.
pub(super) struct Header<'a> {
    pub(super) root: Section,
    pub(super) metadata: Section,
    pub(super) leaves: Section,
    pub(super) tiles: Section,
    /// Tiles, entries of directories, and different contents.
    pub(super) counts: [u64; 3],
    pub(super) description: &'a TileDescription,
}

/// Codes of the format.
const VERSION: u8 = 3;
const CLUSTERED: u8 = 1;
const GZIP: u8 = 2;
const MVT: u8 = 1;
/// What an empty plate says of its bounds.
const WORLD: Bbox = Bbox([-180.0, -85.0, 180.0, 85.0]);

impl Header<'_> {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"PMTiles".to_vec();
        bytes.push(VERSION);
        for section in [self.root, self.metadata, self.leaves, self.tiles] {
            bytes.extend(section.offset.to_le_bytes());
            bytes.extend(section.length.to_le_bytes());
        }
        self.counts.iter().for_each(|count| bytes.extend(count.to_le_bytes()));
        let about = self.description;
        bytes.extend([CLUSTERED, GZIP, GZIP, MVT, about.minzoom, about.maxzoom]);
        let Bbox(bounds) = about.bounds.unwrap_or(WORLD);
        bounds.iter().for_each(|degrees| bytes.extend(e7(*degrees)));
        let (lng, lat, zoom) = about.center.unwrap_or((0.0, 0.0, about.minzoom));
        bytes.push(zoom);
        bytes.extend(e7(lng));
        bytes.extend(e7(lat));
        bytes
    }
}

/// Degrees in steps of 1e-7.
fn e7(degrees: f64) -> [u8; 4] {
    ((degrees * 1e7).round() as i32).to_le_bytes()
}
