//! How far published numbers are from the truth in a city where people move: `BASEPLATE_CITY` names its plate.
//!
//! `BASEPLATE_CITY=city.plate cargo test --release -p baseplate-core --lib measure -- --ignored --nocapture`
#![expect(clippy::print_stdout, reason = "what is measured is printed")]

use super::{
    super::{Beginning, Census, Column, Numbers, Place, State, Tree, pool::Turn},
    city::Chance,
};
use crate::{
    model::{GridKind, Level},
    plate::{Baseplate, Grid},
};
use std::{
    collections::{BTreeMap, HashMap},
    time::Instant,
};

const MONTHS: u32 = 12;
/// One of so many people moves, leaves or arrives each month.
const ONE_OF: u64 = 100;
const THRESHOLD: u32 = 10;

/// A person: token, address, and the words of the attributes.
struct Person {
    token: u64,
    address: u32,
    words: Vec<u16>,
}

struct City {
    places: Vec<Place>,
    /// For each address its place.
    place_of: Vec<u32>,
    people: Vec<Person>,
    words: Vec<(String, Vec<String>)>,
    /// Addresses in which people live now and then.
    homes: Vec<u32>,
    chance: Chance,
}

impl City {
    fn read(plate: &Baseplate) -> Self {
        let basic = GridKind::basic();
        let people = plate.people().expect("own files");
        let mut city = Self {
            places: Vec::new(),
            place_of: vec![u32::MAX; plate.manifest().rows.addresses as usize],
            people: Vec::new(),
            words: people.manifest().attributes.iter().map(|name| (name.clone(), Vec::new())).collect(),
            homes: Vec::new(),
            chance: Chance(1),
        };
        for row in 0..plate.manifest().rows.addresses as u32 {
            let Some(address) = plate.address_row(row) else { continue };
            let key = address.building().map_or(u64::MAX - u64::from(row), |(building, _)| u64::from(building.row()));
            if city.places.last().is_none_or(|place| place.key != key) {
                let area = address.grid(&basic).map(|grid| grid.row());
                city.places.push(Place { key, area, point: [0.0; 2] });
            }
            city.place_of[row as usize] = city.places.len() as u32 - 1;
            let mut is_home = false;
            for residence in people.at(address).filter(|residence| residence.is_counted()) {
                is_home = true;
                let mut words = vec![u16::MAX; city.words.len()];
                for (name, word) in residence.attributes() {
                    let at = city.words.iter().position(|(known, _)| known == name).expect("an attribute");
                    let known = &mut city.words[at].1;
                    let number = known.iter().position(|k| k == word).unwrap_or_else(|| {
                        known.push(word.to_owned());
                        known.len() - 1
                    });
                    words[at] = number as u16;
                }
                city.people.push(Person { token: residence.token().expect("a token").head(), address: row, words });
            }
            city.homes.extend(is_home.then_some(row));
        }
        city
    }

    /// A month goes by: one of a hundred does something; eight of ten of them move within the city, one leaves, one arrives.
    fn live(&mut self) {
        let mut next = self.people.len();
        let mut place = 0;
        while place < next {
            if self.chance.below(ONE_OF) == 0 {
                let home = self.homes[self.chance.below(self.homes.len() as u64) as usize];
                match self.chance.below(10) {
                    0 => {
                        self.people.swap_remove(place);
                        next = next.min(self.people.len());
                        continue;
                    }
                    1 => {
                        let words = self.people[place].words.clone();
                        let token = self.chance.below(u64::MAX);
                        self.people.push(Person { token, address: home, words });
                    }
                    _ => self.people[place].address = home,
                }
            }
            place += 1;
        }
    }

    fn census(&mut self) -> Census {
        self.people.sort_unstable_by_key(|person| person.token);
        self.people.dedup_by_key(|person| person.token);
        let column = |(at, (name, words)): (usize, &(String, Vec<String>))| Column {
            name: name.clone(),
            words: words.clone(),
            of_person: self.people.iter().map(|person| person.words[at]).collect(),
        };
        let mut homes: Vec<u32> = self.people.iter().map(|person| person.address).collect();
        homes.sort_unstable();
        homes.dedup();
        Census {
            places: self.places.clone(),
            people: self.people.iter().map(|p| (p.token, self.place_of[p.address as usize])).collect(),
            attributes: self.words.iter().enumerate().map(column).collect(),
            households: homes.iter().map(|home| (u64::from(*home), self.place_of[*home as usize])).collect(),
        }
    }
}

/// Sums by grid, community, subdistrict …
fn by_area(plate: &Baseplate, level: Level, of_grid: &HashMap<u32, i64>) -> BTreeMap<u32, i64> {
    let mut sums = BTreeMap::new();
    for (row, n) in of_grid {
        let above = plate.grid_row(*row).and_then(|grid: Grid<'_>| grid.chain().find(|g| g.level() == Some(level)));
        above.into_iter().for_each(|grid| *sums.entry(grid.row()).or_insert(0) += n);
    }
    sums
}

fn report(plate: &Baseplate, state: &State, census: &Census, month: u32) {
    let area = |place: u32| census.places[place as usize].area;
    let mut truth: HashMap<u32, i64> = HashMap::new();
    for (_, place) in &census.people {
        area(*place).into_iter().for_each(|grid| *truth.entry(grid).or_default() += 1);
    }
    let of_key: HashMap<u64, Option<u32>> = census.places.iter().map(|place| (place.key, place.area)).collect();
    let numbers = Numbers::of(state);
    let mut told: HashMap<u32, i64> = census.places.iter().filter_map(|place| Some((place.area?, 0))).collect();
    for (key, people) in state.keys.iter().zip(&numbers.people) {
        of_key[key].into_iter().for_each(|grid| *told.entry(grid).or_default() += i64::from(*people));
    }
    for level in [Level::Grid, Level::Community, Level::City] {
        let (told, truth) = (by_area(plate, level, &told), by_area(plate, level, &truth));
        let of = |area: &u32| truth.get(area).copied().unwrap_or_default();
        let mut errors: Vec<i64> = told.iter().map(|(area, n)| (n - of(area)).abs()).collect();
        let within = told.iter().filter(|(area, n)| (*n - of(area)).abs() * 100 <= of(area)).count();
        errors.sort_unstable();
        let count = errors.len().max(1);
        println!(
            "month {month:2} {level:10} {count:6} areas: exact {:5.1} %, within 1 % {:5.1} %, error mean {:.2}, p99 {}, largest {}",
            100.0 * errors.iter().filter(|e| **e == 0).count() as f64 / count as f64,
            100.0 * within as f64 / count as f64,
            errors.iter().sum::<i64>() as f64 / count as f64,
            errors[(count - 1) * 99 / 100],
            errors[count - 1],
        );
    }
    let waiting = state.register.len().abs_diff(census.people.len());
    println!("         register {} people {} ({waiting} apart)", state.register.len(), census.people.len());
}

#[test]
#[ignore = "needs the plate of a city"]
fn a_year_of_a_city() {
    let plate = Baseplate::open(std::env::var("BASEPLATE_CITY").expect("the plate of a city")).expect("opens");
    let mut city = City::read(&plate);
    let height = |grid: &Grid<'_>| grid.level().map_or(0, |level| level as u8) + 1;
    let first = plate.first_kind();
    let tree = Tree::new(first.iter().map(|grid| (height(grid), grid.parent().map(|above| above.row()))));
    let census = city.census();
    let began = Instant::now();
    let beginning = Beginning { day: 1, key: String::new(), threshold: THRESHOLD, tree };
    let mut state = State::first(beginning, &census).expect("a city");
    println!(
        "first release: {:.1} s, {} places in {} blocks",
        began.elapsed().as_secs_f64(),
        city.places.len(),
        state.blocks()
    );
    for attribute in &state.attributes {
        println!(
            "  {}: {} groups, {} words and other",
            attribute.name,
            attribute.cells.homes.len(),
            attribute.words.kept.len()
        );
    }
    println!("  state {:.0} MB", state.write().len() as f64 / 1e6);
    report(&plate, &state, &census, 0);
    for month in 1..=MONTHS {
        city.live();
        let census = city.census();
        let began = Instant::now();
        let told = state.next(month, &census);
        println!(
            "month {month}: {:.1} s, blocks {:?}, groups {:?}",
            began.elapsed().as_secs_f64(),
            told.people.counted(),
            told.attributes.iter().map(Turn::counted).collect::<Vec<_>>()
        );
        report(&plate, &state, &census, month);
    }
}
