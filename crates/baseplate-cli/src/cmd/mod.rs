//! The sub-commands, one a file.

pub(crate) mod build;
pub(crate) mod get;
pub(crate) mod info;
pub(crate) mod locate;
pub(crate) mod synth;
