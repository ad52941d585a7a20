//! The sub-commands, one a file.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod export;
pub(crate) mod geocode;
pub(crate) mod get;
pub(crate) mod info;
mod key;
pub(crate) mod locate;
mod progress;
mod rows;
pub(crate) mod stats;
mod suspect;
pub(crate) mod synth;
mod table;
