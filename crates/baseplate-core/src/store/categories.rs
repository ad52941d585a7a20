//! The file of counts by category: for each attribute a matrix of the grids of the first kind, of all levels, by its categories.

/// First bytes of the file.
pub(crate) const MAGIC: [u8; 8] = *b"BPCATEGO";
/// Version of its layout.
pub(crate) const VERSION: u32 = 3;
