//! What is kept between requests: the open generation, finished tiles, and what is counted.

mod base;
pub(crate) mod cache;
mod generation;
mod metrics;
pub(crate) mod prometheus;

pub(crate) use base::Base;
pub(crate) use generation::{Generation, Layers, Shared};
