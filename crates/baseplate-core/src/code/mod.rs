//! The five codes (五码): parse, check, show.
//!
//! After parsing nobody checks again: every type here has a private field, a checked constructor (`FromStr`) and a
//! `Display` that gives back what was accepted. What a code contains is a hint about the past, never today's grid.

mod citizen;
mod clear;
mod error;
mod guards;
mod place;
mod registry;
mod token;
mod uscc;
mod written;

pub use citizen::CitizenId;
pub(crate) use citizen::{is_misplaced_id, looks_like_id};
pub use clear::mask_ids;
pub(crate) use clear::{Among, is_masked, masked};
pub use error::CodeError;
pub(crate) use guards::{
    LOST, ends_rounded, fold_code, is_exponent, is_guarded, is_long, is_placeholder, looks_rounded, mostly_rounded,
    surely_rounded,
};
pub use place::{GridCode, PlaceCode};
pub use registry::CodeType;
pub use token::{KeyError, PersonKey, PersonToken};
pub use uscc::{Uscc, is_natural_person};
