//! Enterprises: who is registered in which room, and where else they work and store.

use std::io::{self, Write};

use crate::address::ListedRoom;
use crate::ancestry::Ancestry;
use crate::city::City;
use crate::industry::Industry;
use crate::land_use::Use;
use crate::names::{CITY_NAME, Names};
use crate::random::{Purpose, Random};
use baseplate_core::code::Uscc;

/// First line of the enterprise file.
pub(crate) const HEADER: &str = "uscc,name,addr_code,address,role,industry,status";

/// Rows that an enterprise has on average.
const ROWS_PER_ENTERPRISE: f64 = 1.12;
/// Share of the enterprises that are registered with many others at one address.
const CLUSTERED: f64 = 0.06;
/// Least and most enterprises at such an address.
const CLUSTER: [u32; 2] = [20, 200];
/// Share of the enterprises in rooms that are neither shop nor office nor workshop.
const ELSEWHERE: f64 = 0.10;
/// Share of rows without an address code.
const UNCODED: f64 = 0.04;
/// States of enterprises, with their shares in percent. Only the first still works.
const STATUSES: [(&str, u32); 3] = [("存续", 96), ("注销", 3), ("吊销", 1)];
/// Roles besides the registered one, with the share of working enterprises that have them.
const SECOND_ROLES: [(&str, f64); 2] = [("经营", 0.105), ("仓储", 0.021)];
/// Start of every organisation code.
const ORGANISATION: &str = "MA";
/// Characters of an organisation code after its start, without its check character.
const ORGANISATION_DIGITS: u32 = 6;
/// Step through the organisation codes; shares no factor with their number, a power of 31.
const STEP: u64 = 548_507_437;

/// An enterprise.
struct Enterprise {
    uscc: Uscc,
    name: String,
    industry: &'static str,
    /// Index of [`STATUSES`].
    status: usize,
}

/// The enterprises of a city, made grid by grid.
#[derive(Debug)]
pub(crate) struct Register<'a> {
    names: &'a Names,
    /// How many enterprises there are so far.
    count: u64,
    offset: u64,
    /// Enterprises in each shop, office or workshop.
    by_business: f64,
    /// Enterprises in each other room.
    by_other: f64,
    /// What each shop, office or workshop adds to the next cluster.
    by_cluster: f64,
    /// Enterprises that are due to the next cluster; below 0 after a large one.
    due: f64,
}

/// The rooms of one grid and what lies above it.
struct Place<'a> {
    rooms: &'a [ListedRoom],
    /// The names of the divisions, as an address starts.
    divisions: String,
}

impl<'a> Register<'a> {
    /// The enterprises of `city`, none of them made yet.
    pub(crate) fn new(city: &'a City) -> Self {
        let enterprises = city.targets.enterprises / ROWS_PER_ENTERPRISE;
        let businesses = city.rooms.businesses.max(1.0);
        let others = (city.rooms.dwellings + city.rooms.others).max(1.0);
        Self {
            names: &city.names,
            count: 0,
            offset: Random::new(city.seed, Purpose::Numbers, &[1]).bits() >> 32,
            by_business: enterprises * (1.0 - CLUSTERED - ELSEWHERE) / businesses,
            by_other: enterprises * ELSEWHERE / others,
            by_cluster: enterprises * CLUSTERED / businesses,
            due: 0.0,
        }
    }

    /// Writes the enterprises registered in the rooms of one grid; returns the number of rows.
    pub(crate) fn write(
        &mut self,
        out: &mut impl Write,
        ancestry: &Ancestry,
        rooms: &[ListedRoom],
        random: &mut Random,
    ) -> io::Result<u64> {
        let place = Place { rooms, divisions: ancestry.text() };
        let mut rows = 0;
        for (home, room) in rooms.iter().enumerate() {
            for _ in 0..self.in_room(room.usage, random) {
                let enterprise = self.enterprise(ancestry, room.usage, random)?;
                rows += enterprise.write(out, &place, home, random)?;
            }
        }
        Ok(rows)
    }

    /// How many enterprises are registered in a room.
    fn in_room(&mut self, usage: Use, random: &mut Random) -> u32 {
        if !usage.is_business() {
            return random.round(self.by_other);
        }
        self.due += self.by_cluster;
        let spread = random.between(0.0, 2.0);
        random.round(self.by_business * spread) + self.cluster(random)
    }

    /// The size of the cluster in a room; 0 as long as few enterprises are due.
    fn cluster(&mut self, random: &mut Random) -> u32 {
        if self.due < f64::from(CLUSTER[0]) {
            return 0;
        }
        let size = random.within(CLUSTER[0], CLUSTER[1]);
        self.due -= f64::from(size);
        size
    }

    fn enterprise(&mut self, ancestry: &Ancestry, usage: Use, random: &mut Random) -> io::Result<Enterprise> {
        let industry = Industry::of_room(usage, random);
        let word = self.names.coined(random);
        let (kind, name) = if random.chance(share_of_companies(usage)) {
            ("91", format!("{CITY_NAME}{word}{}", industry.company(random)))
        } else {
            ("92", format!("{}{word}{}", ancestry.district.1, industry.shop(random)))
        };
        let organisation = organisation(self.offset + self.count * STEP);
        self.count += 1;
        let body = format!("{kind}{}{ORGANISATION}{organisation}", ancestry.district.0);
        let uscc = Uscc::complete(&body).map_err(io::Error::other)?;
        let status = random.weighted(&STATUSES.map(|(_, share)| share));
        Ok(Enterprise { uscc, name, industry: industry.name, status })
    }
}

impl Enterprise {
    /// Writes a row for each address of an enterprise registered in the room `home`; returns their number.
    fn write(&self, out: &mut impl Write, place: &Place<'_>, home: usize, random: &mut Random) -> io::Result<u64> {
        self.write_row(out, place, home, "注册", random)?;
        let mut rows = 1;
        for (role, share) in SECOND_ROLES {
            if self.status != 0 || !random.chance(share) {
                continue;
            }
            if let Some(other) = place.business_beside(home, random) {
                self.write_row(out, place, other, role, random)?;
                rows += 1;
            }
        }
        Ok(rows)
    }

    fn write_row(
        &self,
        out: &mut impl Write,
        place: &Place<'_>,
        room: usize,
        role: &str,
        random: &mut Random,
    ) -> io::Result<()> {
        let Self { uscc, name, industry, status } = self;
        let (divisions, room, status) = (&place.divisions, &place.rooms[room], STATUSES[*status].0);
        let code = if random.chance(UNCODED) { "" } else { &room.code };
        writeln!(out, "{uscc},{name},{code},{divisions}{},{role},{industry},{status}", room.text)
    }
}

impl Place<'_> {
    /// Another room, rather one that is a shop, office or workshop.
    fn business_beside(&self, home: usize, random: &mut Random) -> Option<usize> {
        let first = random.other(home, self.rooms.len())?;
        let second = random.other(home, self.rooms.len())?;
        Some(if self.rooms[first].usage.is_business() { first } else { second })
    }
}

/// Share of the enterprises in rooms of this use that are companies; the others belong to single persons.
fn share_of_companies(usage: Use) -> f64 {
    match usage {
        Use::Office => 0.95,
        Use::Industrial => 0.85,
        Use::Commercial => 0.4,
        _ => 0.5,
    }
}

/// The organisation code of a running number, without start and check character.
fn organisation(number: u64) -> String {
    let alphabet = Uscc::ALPHABET.as_bytes();
    let base = alphabet.len() as u64;
    let digit = |k: u32| char::from(alphabet[(number / base.pow(k) % base) as usize]);
    (0..ORGANISATION_DIGITS).rev().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn organisations_do_not_repeat() {
        assert_ne!(STEP % 31, 0);
        let codes: BTreeSet<String> = (0..50_000).map(|number| organisation(77 + number * STEP)).collect();
        assert_eq!(codes.len(), 50_000);
        assert!(codes.iter().all(|code| code.len() == 6));
    }
}
