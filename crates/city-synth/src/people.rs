//! People: who lives in which room, and where else they are registered, own or rent.

use std::io::{self, Write};

use crate::address::ListedRoom;
use crate::citizen::{CitizenIds, Sex};
use crate::city::City;
use crate::land_use::Use;
use crate::random::Random;
use baseplate_core::code::CitizenId;

/// First line of the people file.
pub(crate) const HEADER: &str = "id_no,addr_code,role,sex,age_band,household_type";

/// Rows that a person has on average.
const ROWS_PER_PERSON: f64 = 1.17;
/// Most people in a room.
const MOST_MEMBERS: u32 = 6;
/// Most of the dwellings that are lived in.
const MOST_OCCUPIED: f64 = 0.92;
/// Share of the other rooms, shops and workshops, in which somebody may live as well.
const SLEEPS_AT_WORK: f64 = 0.04;
/// Members of a household where there is room for all.
const EASY_HOUSEHOLD: f64 = 1.8;
/// Share of men.
const MALE: f64 = 0.53;
/// Age bands; the first is that of children.
const AGES: [&str; 4] = ["0-17", "18-34", "35-59", "60+"];
/// Shares of the age bands among the first members of households, who are adults, in percent.
const FIRST_MEMBER: [u32; 4] = [0, 38, 50, 12];
/// Shares of the age bands among the others, in percent.
const OTHER_MEMBER: [u32; 4] = [34, 28, 26, 12];

/// What everybody is to the address of their home.
const LIVES: &str = "居住";
/// What some are to another address too, in the order of [`Standing::seconds`].
const SECONDS: [&str; 3] = ["户籍", "产权", "租赁"];

/// What a household is to the city.
#[derive(Debug)]
struct Standing {
    name: &'static str,
    /// Shares of the members who have each of the second roles.
    seconds: [f64; 3],
}

/// The standings, with their shares below. Only residents of the city can be registered elsewhere in it.
const STANDINGS: [Standing; 3] = [
    Standing { name: "户籍人口", seconds: [0.27, 0.15, 0.01] },
    Standing { name: "流动人口", seconds: [0.0, 0.035, 0.04] },
    Standing { name: "境外人员", seconds: [0.0, 0.05, 0.1] },
];
/// Shares of the standings in housing estates, in thousandths.
const IN_ESTATES: [u32; 3] = [430, 545, 25];
/// Shares of the standings in villages, in thousandths.
const IN_VILLAGES: [u32; 3] = [140, 845, 15];

/// A person.
struct Person {
    id: CitizenId,
    sex: Sex,
    age: usize,
    standing: &'static Standing,
}

/// The people of a city, made grid by grid.
#[derive(Debug)]
pub(crate) struct Census {
    ids: CitizenIds,
    /// Share of the dwellings that are lived in.
    occupied: f64,
    /// Probability of each member after the first.
    member: f64,
}

impl Census {
    /// The people of `city`, none of them made yet.
    pub(crate) fn new(city: &City) -> Self {
        let people = city.targets.people / ROWS_PER_PERSON / city.rooms.dwellings.max(1.0);
        let occupied = (people / EASY_HOUSEHOLD).min(MOST_OCCUPIED);
        let member = (people / occupied - 1.0) / f64::from(MOST_MEMBERS - 1);
        Self { ids: CitizenIds::new(city.seed), occupied, member }
    }

    /// Writes the people who live in the rooms of one grid; returns the number of rows.
    pub(crate) fn write(&mut self, out: &mut impl Write, rooms: &[ListedRoom], random: &mut Random) -> io::Result<u64> {
        let mut is_home = |room: &&ListedRoom| room.usage.is_dwelling() || random.chance(SLEEPS_AT_WORK);
        let homes: Vec<&ListedRoom> = rooms.iter().filter(&mut is_home).collect();
        let mut rows = 0;
        for home in 0..homes.len() {
            if random.chance(self.occupied) {
                rows += self.write_household(out, &homes, home, random)?;
            }
        }
        Ok(rows)
    }

    fn write_household(
        &mut self,
        out: &mut impl Write,
        homes: &[&ListedRoom],
        home: usize,
        random: &mut Random,
    ) -> io::Result<u64> {
        let shares = if homes[home].usage == Use::Village { &IN_VILLAGES } else { &IN_ESTATES };
        let standing = &STANDINGS[random.weighted(shares)];
        let others = (1..MOST_MEMBERS).filter(|_| random.chance(self.member)).count();
        let ages = std::iter::once(&FIRST_MEMBER).chain(std::iter::repeat_n(&OTHER_MEMBER, others));
        let mut rows = 0;
        for shares in ages {
            let sex = if random.chance(MALE) { Sex::Male } else { Sex::Female };
            let person = Person { id: self.ids.next(sex)?, sex, age: random.weighted(shares), standing };
            rows += person.write(out, homes, home, random)?;
        }
        Ok(rows)
    }
}

impl Person {
    /// The role at another address, for the few who have one; children neither own nor rent.
    fn second_role(&self, random: &mut Random) -> Option<&'static str> {
        let mut draw = random.unit();
        let roles = if self.age == 0 { 1 } else { SECONDS.len() };
        for (role, share) in SECONDS.into_iter().zip(self.standing.seconds).take(roles) {
            if draw < share {
                return Some(role);
            }
            draw -= share;
        }
        None
    }

    /// Writes a row for each role of the person; returns their number.
    fn write(&self, out: &mut impl Write, homes: &[&ListedRoom], home: usize, random: &mut Random) -> io::Result<u64> {
        self.write_row(out, homes[home], LIVES)?;
        let Some(role) = self.second_role(random) else { return Ok(1) };
        let Some(other) = random.other(home, homes.len()) else { return Ok(1) };
        self.write_row(out, homes[other], role)?;
        Ok(2)
    }

    fn write_row(&self, out: &mut impl Write, room: &ListedRoom, role: &str) -> io::Result<()> {
        let (id, sex, age) = (self.id.expose(), self.sex.word(), AGES[self.age]);
        writeln!(out, "{id},{},{role},{sex},{age},{}", room.code, self.standing.name)
    }
}
