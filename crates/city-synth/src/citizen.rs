//! Citizen ids that nobody can have: of an area that does not exist, born in a century that has not begun.

use std::io;

use crate::random::{Purpose, Random};
use baseplate_core::code::CitizenId;

/// Area code of no place.
const AREA: &str = "000000";
/// The first of the years of birth.
const FIRST_YEAR: u64 = 2900;
/// Number of years of birth.
const YEARS: u64 = 100;
/// Days by month. The 29th of February is left out.
const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// Days of a year.
const DAYS: u64 = 365;
/// Sequence numbers of one sex on one day: the odd ones are men's, the even ones women's.
const SEQUENCES: u64 = 500;
/// Number of ids of one sex.
const CAPACITY: u64 = YEARS * DAYS * SEQUENCES;
/// Step through the ids; shares no factor with their number.
const STEP: u64 = 11_278_507;

/// As the id and the register say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sex {
    /// 女
    Female,
    /// 男
    Male,
}

impl Sex {
    /// The word of the register.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Female => "女",
            Self::Male => "男",
        }
    }
}

/// The ids of one city: none comes twice before 18,250,000 of the same sex were given out.
#[derive(Clone, Debug)]
pub(crate) struct CitizenIds {
    /// How many were given out, by sex.
    given: [u64; 2],
    offset: u64,
}

impl CitizenIds {
    /// The ids of the city of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Numbers, &[0]);
        Self { given: [0; 2], offset: random.bits() % CAPACITY }
    }

    /// The next id.
    ///
    /// # Errors
    /// Never, as long as its digits are a date: the checker decides.
    pub(crate) fn next(&mut self, sex: Sex) -> io::Result<CitizenId> {
        let given = &mut self.given[sex as usize];
        let place = (self.offset + *given * STEP) % CAPACITY;
        *given += 1;
        let (day, sequence) = (place / SEQUENCES, 2 * (place % SEQUENCES) + sex as u64);
        let year = FIRST_YEAR + day / DAYS;
        let (month, day) = date(day % DAYS);
        CitizenId::complete(&format!("{AREA}{year}{month:02}{day:02}{sequence:03}")).map_err(io::Error::other)
    }
}

/// Month and day of the month, from the day of the year (from 0).
fn date(mut day: u64) -> (u64, u64) {
    let mut month = 1;
    for days in MONTHS {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    (month, day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_step_visits_every_id() {
        let (mut a, mut b) = (CAPACITY, STEP);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        assert_eq!(a, 1);
    }

    #[test]
    fn ids_are_unique_and_say_the_sex() {
        let mut ids = CitizenIds::new(3);
        let mut seen = BTreeSet::new();
        for k in 0..40_000 {
            let sex = if k % 3 == 0 { Sex::Male } else { Sex::Female };
            let id = ids.next(sex).unwrap().expose().to_owned();
            let sequence: u64 = id[14..17].parse().unwrap();
            assert_eq!(sequence % 2, sex as u64);
            assert!(seen.insert(id));
        }
    }

    #[test]
    fn a_year_has_every_day_once() {
        let dates: BTreeSet<_> = (0..DAYS).map(date).collect();
        assert_eq!(dates.len() as u64, DAYS);
        assert_eq!((date(0), date(58), date(59), date(364)), ((1, 1), (2, 28), (3, 1), (12, 31)));
    }
}
