//! The gazetteer: the index of the names and numbers of a city's places, and the reading of an address text against it. It knows no
//! plate: an answer is given by rows.
//!
//! A text is brought into a normal form ([`normal`]). If the library has it letter by letter, or element by element ([`grammar`]), that
//! is the answer ([`written`]). Else it is read as names, divisions and numbers ([`reading`]) along the best way through it ([`path`]);
//! the numbers are understood in the ways they can be ([`interpret`]); the places that have the names and *all* the numbers are
//! compared with the rest of the text ([`search`]); one answer ([`decision`]) is made of them ([`decide`](mod@decide)): by the places
//! that fit ([`fits`]), by those that are left when numbers are given up ([`stopped`]), or by an area ([`areas`]). Words that are not
//! understood ([`rest`]) may end it early ([`unknown`]). Wrong spellings ([`fuzzy`]) are looked for only when that did not lead to a
//! whole answer.

mod areas;
mod class;
pub(crate) mod confidence;
mod decide;
mod decision;
mod faults;
mod fits;
mod fuzzy;
pub(crate) mod grammar;
pub(crate) mod index;
mod interpret;
mod judge;
pub(crate) mod normal;
mod number;
mod path;
mod prefix;
mod reading;
mod rest;
mod search;
mod spelling;
mod stopped;
mod tail;
mod unknown;
pub(crate) mod words;
mod written;

pub(crate) use class::Class;
pub(crate) use decide::{decide, without_exact};
pub(crate) use decision::{Decision, Found};
pub(crate) use number::Joint;
pub(crate) use prefix::head_at;
pub(crate) use reading::Reading;
pub(crate) use tail::TailKey;
