//! What the numbers of a text may count: 3-2-501, 3栋501, 12号3栋, 101、102室.
//!
//! People leave out the words for what numbers count, or use another one. So each number of a text is cut
//! into single items in all the ways it can be (3-2-501 as one value, as a range, as three numbers), and
//! each item is offered to what has been understood so far in every class that it may have. The ways
//! multiply, are sorted by how far-fetched they are, and are cut to [`WAYS_MAX`] after every number. The
//! library then decides: only a way for which there is a place with all its numbers gives an answer
//! (`search.rs`).
//!
//! A class holds one value for each name, but several buildings or rooms make a set. A number for which no
//! way has room is lost, and ends the answer above it.

use super::{
    class::Class,
    number::{Joint, Value},
    reading::Counted,
    tail::Tail,
};

/// A number that tells buildings apart, with the name before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StemNumber {
    pub(super) class: Class,
    pub(super) value: Value,
    /// The index of the name before it among the names of the text; `None` where no name stands before it.
    pub(super) owner: Option<usize>,
    /// What the word behind it says that it counts; [`Class::Bare`] without such a word.
    pub(super) said: Class,
}

/// One way to understand the numbers of a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Interpretation {
    /// The numbers that tell buildings apart: at most one of each class, of doors at most one for each
    /// owner. Of a set of buildings the first.
    pub(super) stem: Vec<StemNumber>,
    /// The other buildings, if the text names several.
    pub(super) more_buildings: Vec<Value>,
    /// Unit, floor and room; of a set of rooms the first.
    pub(super) tail: Tail,
    /// The other rooms, if the text names several.
    pub(super) more_rooms: Vec<Value>,
    /// The largest of what the numbers count for which there is no room.
    pub(super) lost: Option<Class>,
    /// How many steps away from what the words say it is; 0 is what they say.
    pub(super) cost: u8,
}

/// The most ways that are kept after each number: a bound on the work.
const WAYS_MAX: usize = 24;
/// The most buildings or rooms that a range such as 1-4栋 may stand for.
const RANGE_MAX: u32 = 40;

/// A number of the text, cut up: one value or a set of them, with what it may count.
#[derive(Clone)]
struct Item {
    class: Class,
    values: Vec<Value>,
    shop: bool,
    owner: Option<usize>,
    /// Whether the values are a set, and not parts of one.
    set: bool,
}

/// The ways to understand some numbers, the likeliest first; there is always one. `is_road` says whether
/// the name with an index is that of a road, at which a bare number is a door.
pub(super) fn interpretations(numbers: &[Counted], is_road: &dyn Fn(usize) -> bool) -> Vec<Interpretation> {
    let mut ways = vec![Interpretation::default()];
    for (index, counted) in numbers.iter().enumerate() {
        let last = index + 1 == numbers.len();
        let mut next = Vec::new();
        for (items, cost) in items(counted) {
            for way in &ways {
                let mut grown = vec![Interpretation { cost: way.cost + cost, ..way.clone() }];
                for (at, item) in items.iter().enumerate() {
                    let more = !last || at + 1 < items.len();
                    grown = grown.iter().flat_map(|way| way.with(item, more, is_road)).collect();
                }
                next.extend(grown);
            }
        }
        next.sort_by_key(|way| way.cost);
        next.truncate(WAYS_MAX);
        match next.is_empty() {
            true => ways.iter_mut().for_each(|way| way.lose(counted.number.class)),
            false => ways = next,
        }
    }
    ways
}

/// A number of the text as single items, in the ways it can be cut up, each with its cost in steps.
fn items(counted: &Counted) -> Vec<(Vec<Item>, u8)> {
    let (number, owner) = (&counted.number, counted.owner);
    let item = |class, values: &[Value], set| Item { class, values: values.to_vec(), shop: number.shop, owner, set };
    let single = |class, value: Value| item(class, &[value], false);
    match (number.class, number.joint) {
        (class, Joint::Single) => vec![(vec![single(class, number.values[0])], 0)],
        (class, Joint::And) => {
            // 23、27号 may be one door that has both numbers.
            let as_one = Value::all(&number.values, Joint::And).filter(|_| class == Class::Door);
            let as_one = as_one.map(|value| (vec![single(class, value)], 0));
            as_one.into_iter().chain([(vec![item(class, &number.values, true)], 0)]).collect()
        }
        (class, Joint::Dash) => {
            let mut ways = Vec::new();
            let (parts, last) = number.values.split_at(number.values.len() - 1);
            let mut apart: Vec<Item> = parts.iter().map(|part| single(Class::Bare, *part)).collect();
            apart.push(single(class, last[0]));
            let joined = parts[1..].iter().chain(last).try_fold(parts[0], |sum, value| sum.joined(*value));
            ways.extend(joined.map(|value| (vec![single(class, value)], u8::from(class == Class::Bare))));
            ways.extend(range(&number.values).map(|values| (vec![item(class, &values, true)], 1)));
            // 15-1栋 is no 15栋.
            if class != Class::Building {
                ways.push((apart, u8::from(class != Class::Bare)));
            }
            ways
        }
    }
}

/// 1-4 as 1, 2, 3, 4.
fn range(values: &[Value]) -> Option<Vec<Value>> {
    let [from, to] = values else { return None };
    let (from, to) = (from.number()?, to.number()?);
    let fits = from < to && to - from < RANGE_MAX;
    fits.then(|| (from..=to).filter_map(Value::from_number).collect())
}

impl Interpretation {
    /// Notes that there is no room for a number. A 号 in a building counts a room.
    fn lose(&mut self, class: Class) {
        let class = if class == Class::Door && self.in_building() { Class::Room } else { class };
        self.lost = self.lost.into_iter().chain([class]).min();
    }

    fn has(&self, class: Class, owner: Option<usize>) -> bool {
        self.stem.iter().any(|number| number.class == class && (class != Class::Door || number.owner == owner))
    }

    fn in_building(&self) -> bool {
        self.has(Class::Building, None) || !self.tail.is_empty()
    }

    /// The ways to go on with a number, none if no class has room for it. `more` says that other numbers
    /// follow.
    fn with(&self, item: &Item, more: bool, is_road: &dyn Fn(usize) -> bool) -> Vec<Self> {
        let mut ways = Vec::new();
        let on_road = item.owner.is_some_and(is_road);
        let digits = item.values.first().map_or(0, |value| value.len());
        let mut offer = |class: Class, cost: u8| ways.extend(self.grown(item, class, cost));
        match item.class {
            Class::Door if self.in_building() || self.has(Class::Door, item.owner) => offer(Class::Room, 0),
            Class::Door => {
                offer(Class::Door, 0);
                if !on_road {
                    offer(Class::Building, 1);
                }
            }
            Class::Floor if !self.has(Class::Building, None) && more => {
                offer(Class::Building, 1);
                offer(Class::Floor, 0);
            }
            Class::Bare => {
                let known = self.has(Class::Building, None) || self.has(Class::Door, item.owner);
                let at_road = on_road || self.has(Class::Lane, item.owner);
                let is_door = at_road && !self.has(Class::Door, item.owner) && !self.in_building();
                if is_door {
                    offer(Class::Door, 0);
                }
                // 艮山西路1 is no building 1 of an estate there.
                if !(self.in_building() || is_door && on_road && !more) {
                    offer(Class::Building, if more || digits < 3 { 0 } else { 1 });
                }
                if more && self.tail.unit.is_none() && known {
                    offer(Class::Unit, 0);
                }
                if self.tail.room.is_none() {
                    offer(Class::Room, if known && !more { 0 } else { 1 });
                }
            }
            class => offer(class, 0),
        }
        ways
    }

    /// This with a number of some class; `None` if the class is taken by another value and allows no set.
    fn grown(&self, item: &Item, class: Class, cost: u8) -> Option<Self> {
        let mut way = Self { cost: self.cost + cost, ..self.clone() };
        let (first, others) = item.values.split_first()?;
        let others = if item.set { others } else { &[] };
        if !others.is_empty() && !matches!(class, Class::Building | Class::Room | Class::Bare) {
            return None;
        }
        let slot = match class {
            Class::Unit => &mut way.tail.unit,
            Class::Floor => &mut way.tail.floor,
            Class::Room | Class::Bare => &mut way.tail.room,
            class => {
                let known =
                    self.stem.iter().find(|n| n.class == class && (class != Class::Door || n.owner == item.owner));
                match known {
                    Some(known) if known.value == *first && known.said == item.class => {}
                    Some(known)
                        if class == Class::Building
                            && item.class == class
                            && known.said == class
                            && self.tail.is_empty() =>
                    {
                        way.more_buildings.push(*first)
                    }
                    Some(_) => return None,
                    None => way.stem.push(StemNumber { class, value: *first, owner: item.owner, said: item.class }),
                }
                way.more_buildings.extend(others.iter().filter(|_| class == Class::Building));
                return Some(way);
            }
        };
        match *slot {
            Some(known) if known == *first => {}
            Some(_) if class == Class::Room && item.class != Class::Door => way.more_rooms.push(*first),
            Some(_) => return None,
            None => *slot = Some(*first),
        }
        if class == Class::Room {
            way.more_rooms.extend(others);
            way.tail.shop |= item.shop;
        }
        Some(way)
    }
}
