//! What is asked of a plate about addresses: from an address as people write it to its codes ([`Baseplate::geocode`]), completions of
//! what is being typed ([`Baseplate::suggest`]), and what is at a point ([`Baseplate::reverse`]).
//!
//! The text is read and decided on in [`gazetteer`](crate::gazetteer), by rows of the plate. Here a code is looked up instead
//! ([`coded`]), and rows become codes, coordinates and standard addresses ([`place`]).
//!
//! [`Baseplate::geocode`]: crate::Baseplate::geocode
//! [`Baseplate::suggest`]: crate::Baseplate::suggest
//! [`Baseplate::reverse`]: crate::Baseplate::reverse

mod answer;
mod ask;
mod coded;
mod place;
mod suggest;

pub use answer::{Geocoded, GeocodedPlace, Reversed, Suggestion};
