//! What every kind of noise is made with.

use crate::{city::City, random::Random, text::Text};

/// What noise is made with.
pub(crate) struct Ground<'a> {
    pub(crate) city: &'a City,
    pub(crate) random: Random,
}

/// Makes a text noisy; says whether it could.
pub(crate) type Noise = fn(&mut Text, &mut Ground<'_>) -> bool;
