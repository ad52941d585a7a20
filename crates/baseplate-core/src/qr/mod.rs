//! 一码通: the address of the card that a code opens, as a QR code (ISO/IEC 18004) for a plate on a wall.
//!
//! What is inside is the code as it was issued, and nothing of the grids around it: these are looked up when somebody scans it, so that
//! grids can be drawn anew without a plate being made anew.

mod address;
mod symbol;

pub use address::card_url;
pub use symbol::{QrError, QrSymbol};
