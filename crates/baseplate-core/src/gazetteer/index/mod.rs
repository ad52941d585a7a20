//! The index of the geocoder, read in place: terms, places, and which places a name with a number leads to.
//!
//! A *term* is any text that means something: a name of roads, estates and divisions, in its normal form. A *place* is a building,
//! or an address without one, under one of its names: *elements* (a name, the numbers behind it, the next name …), the rows of its
//! addresses and what tells them apart.

mod format;
mod landmarks;
mod library;
mod reader;
mod terms;
mod writer;

pub(crate) use format::{Abroad, Element, Form, Meaning};
pub(super) use format::{key_of, spellings_of};
pub(crate) use landmarks::{Landmark, LandmarkAddress};
pub(crate) use library::{Alias, Division, Library};
pub(crate) use reader::{Automaton, GeoIndex};
pub(crate) use writer::{Written, write};
