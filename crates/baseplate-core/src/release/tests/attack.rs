//! An attacker who is given more than is ever shown: the number of every block and group and the change of every pool, with who was
//! counted together. Whatever is shown of areas, cells and generations is computed from these, so it adds nothing.
//!
//! The unknowns are facts about places: how many of a category there were at first, and how many of a category came, went or changed at each
//! release. Facts that are zero are unknown as well. The attacker looks for a combination of what is published that
//! is about some facts alone; those are pinned. It is a breach where they are about somebody, and about fewer than the threshold.

use super::{
    super::{
        Register, State,
        next::Told,
        pool::Turn,
        state::{Attribute, NOT_YET},
    },
    city::Chance,
};
use std::collections::{BTreeMap, BTreeSet};

/// Sums are taken modulo this prime, 2⁶¹ − 1.
const PRIME: u64 = (1 << 61) - 1;

fn times(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn inverse(a: u64) -> u64 {
    let (mut power, mut left, mut result) = (a, PRIME - 2, 1);
    while left > 0 {
        if left & 1 == 1 {
            result = times(result, power);
        }
        power = times(power, power);
        left >>= 1;
    }
    result
}

/// A space of sparse vectors, by rows that begin with a 1 in columns of their own.
#[derive(Debug, Default)]
pub(super) struct Span {
    rows: BTreeMap<usize, BTreeMap<usize, u64>>,
}

impl Span {
    pub(super) fn add(&mut self, vector: BTreeMap<usize, i64>) {
        let mut rest = self.reduce(vector);
        if let Some((lead, value)) = rest.first_key_value().map(|(lead, value)| (*lead, *value)) {
            let scale = inverse(value);
            rest.values_mut().for_each(|value| *value = times(*value, scale));
            self.rows.insert(lead, rest);
        }
    }

    pub(super) fn contains(&self, vector: BTreeMap<usize, i64>) -> bool {
        self.reduce(vector).is_empty()
    }

    fn reduce(&self, vector: BTreeMap<usize, i64>) -> BTreeMap<usize, u64> {
        let residue = |value: i64| value.rem_euclid(PRIME as i64) as u64;
        let mut rest: BTreeMap<usize, u64> =
            vector.into_iter().map(|(at, n)| (at, residue(n))).filter(|(_, n)| *n != 0).collect();
        for (lead, row) in &self.rows {
            let Some(value) = rest.get(lead).copied() else { continue };
            let factor = PRIME - value;
            for (at, of_row) in row {
                let sum = (rest.get(at).copied().unwrap_or_default() + times(factor, *of_row)) % PRIME;
                if sum == 0 {
                    rest.remove(at);
                } else {
                    rest.insert(*at, sum);
                }
            }
        }
        rest
    }
}

/// A fact about a place. Turn 0 is the first release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// How many people of a category were counted in a block first.
    First { block: u32, category: u8 },
    /// How many were counted as coming to a block, or going from it; of a category as the attribute has it.
    Moved { turn: u32, block: u32, category: u8, came: bool },
    /// How many of a block were counted as having another category than before.
    Changed { turn: u32, block: u32, from: u8, to: u8 },
}

/// Whose category was never counted.
const UNSAID: u8 = u8::MAX;

/// What the attacker has collected, and for the judge what is true.
#[derive(Default)]
pub(super) struct Attacker {
    equations: Vec<BTreeMap<Fact, i64>>,
    counts: BTreeMap<Fact, u32>,
    categories: u8,
    turn: u32,
    /// For each block the turn at which its categories were counted last.
    counted: BTreeMap<u32, u32>,
    /// The turns in which the people of a block were counted.
    told: BTreeSet<(u32, u32)>,
    /// When a person came to a block, or went, whose category there has not been counted since.
    came: BTreeMap<(u64, u32), u32>,
    went: BTreeMap<(u64, u32), u32>,
}

impl Attacker {
    /// Begins with a first release.
    pub(super) fn begin(state: &State) -> Self {
        let attribute = state.attributes.first();
        let mut attacker = Self { categories: attribute.map_or(0, |a| a.cells.width as u8), ..Self::default() };
        let categories = || (0..attacker.categories).chain([UNSAID]);
        let first = |block: u32, category: u8| (Fact::First { block, category }, 1);
        let mut equations: Vec<BTreeMap<Fact, i64>> =
            (0..state.blocks() as u32).map(|block| categories().map(|c| first(block, c)).collect()).collect();
        for cell in 0..attribute.map_or(0, |a| a.cells.len()) as u32 {
            let blocks = attribute.map_or_else(Vec::new, |a| members(&a.cells.of_block, cell));
            equations.extend((0..attacker.categories).map(|c| blocks.iter().map(|block| first(*block, c)).collect()));
        }
        attacker.equations = equations;
        for (row, block) in state.register.blocks.iter().enumerate() {
            let category = attribute.map_or(UNSAID, |a| a.categories[row]);
            *attacker.counts.entry(first(*block, category).0).or_default() += 1;
        }
        attacker
    }

    /// Reads another release.
    pub(super) fn read(&mut self, before: &State, after: &State, told: &Told) {
        self.turn += 1;
        let turn = self.turn;
        let categories: Vec<u8> = (0..self.categories).chain([UNSAID]).collect();
        let both = |turn, block, category| {
            [(true, 1), (false, -1)].map(|(came, by)| (Fact::Moved { turn, block, category, came }, by))
        };
        for group in groups(&told.people) {
            let of_block = |block: &u32| categories.iter().flat_map(|c| both(turn, *block, *c)).collect::<Vec<_>>();
            self.equations.push(group.iter().flat_map(of_block).collect());
            self.told.extend(group.iter().map(|block| (turn, *block)));
        }
        let (was, is) = (rows(&before.register), rows(&after.register));
        for row in was.difference(&is) {
            match self.came.remove(row) {
                // Whose category was never counted has none.
                Some(since) => [(since, true), (turn, false)].into_iter().for_each(|(turn, came)| {
                    self.count(Fact::Moved { turn, block: row.1, category: UNSAID, came });
                }),
                None => drop(self.went.insert(*row, turn)),
            }
        }
        self.came.extend(is.difference(&was).map(|row| (*row, turn)));
        let (Some(old), Some(new), Some(pools)) =
            (before.attributes.first(), after.attributes.first(), told.attributes.first())
        else {
            return;
        };
        let (had, has) = (categories_of(&before.register, old), categories_of(&after.register, new));
        let (gone, still) = (gone_of(old), gone_of(new));
        for row in had.keys().chain(has.keys()).chain(gone.keys()).copied().collect::<BTreeSet<_>>() {
            let block = row.1;
            let went = gone.get(&row).or_else(|| had.get(&row).filter(|_| !is.contains(&row)));
            if let (Some(category), false) = (went, still.contains_key(&row)) {
                let since = self.went.remove(&row).expect("it went before");
                self.count(Fact::Moved { turn: since, block, category: *category, came: false });
            }
            match (had.get(&row), has.get(&row)) {
                (None, Some(category)) => {
                    let since = self.came.remove(&row).expect("it came before");
                    self.count(Fact::Moved { turn: since, block, category: *category, came: true });
                }
                (Some(from), Some(to)) if from != to => self.count(Fact::Changed { turn, block, from: *from, to: *to }),
                _ => {}
            }
        }
        for group in groups(pools) {
            let blocks: Vec<u32> = group.iter().flat_map(|cell| members(&new.cells.of_block, *cell)).collect();
            for category in 0..self.categories {
                let mut equation = BTreeMap::new();
                for block in &blocks {
                    let since = self.counted.get(block).copied().unwrap_or_default() + 1;
                    let turns = (since..=turn).filter(|turn| self.told.contains(&(*turn, *block)));
                    equation.extend(turns.flat_map(|turn| both(turn, *block, category)));
                    for other in (0..self.categories).filter(|other| *other != category) {
                        let changed = |from, to| Fact::Changed { turn, block: *block, from, to };
                        equation.extend([(changed(other, category), 1), (changed(category, other), -1)]);
                    }
                }
                self.equations.push(equation);
            }
            self.counted.extend(blocks.iter().map(|block| (*block, turn)));
        }
    }

    fn count(&mut self, fact: Fact) {
        *self.counts.entry(fact).or_default() += 1;
    }

    /// What is pinned of fewer than the threshold: what is asked, and how many persons it is about.
    pub(super) fn breaches(mut self, threshold: u32, chance: &mut Chance) -> Vec<(Question, u32)> {
        for (rows, came) in [(std::mem::take(&mut self.came), true), (std::mem::take(&mut self.went), false)] {
            for ((_, block), turn) in rows {
                *self.counts.entry(Fact::Moved { turn, block, category: UNSAID, came }).or_default() += 1;
            }
        }
        let facts: BTreeSet<Fact> = self.equations.iter().flat_map(BTreeMap::keys).copied().collect();
        let number: BTreeMap<Fact, usize> = facts.iter().copied().zip(0..).collect();
        let mut span = Span::default();
        for equation in &self.equations {
            span.add(equation.iter().map(|(fact, by)| (number[fact], *by)).collect());
        }
        let mut questions = questions(&facts);
        // The changes of two blocks, or of two turns.
        let is_first = |fact: &Fact| matches!(fact, Fact::First { .. });
        for _ in 0..questions.len() {
            let [a, b] = [0, 1].map(|_| &questions[chance.below(questions.len() as u64) as usize]);
            if a.keys().all(|fact| !b.contains_key(fact)) && !a.keys().chain(b.keys()).any(is_first) {
                let both = a.iter().chain(b).map(|(fact, by)| (*fact, *by)).collect();
                questions.push(both);
            }
        }
        let persons = |question: &Question| -> u32 {
            // A question with people who came and went is about those who stay.
            let stays = question.keys().any(is_first);
            let count = |fact: &Fact| i64::from(self.counts.get(fact).copied().unwrap_or_default());
            let sum: i64 = question.iter().map(|(fact, by)| if stays { count(fact) * by } else { count(fact) }).sum();
            sum as u32
        };
        let small = questions.into_iter().map(|question| (persons(&question), question));
        let small = small.filter(|(n, _)| *n > 0 && *n < threshold);
        let pinned = small.filter(|(_, question)| {
            span.contains(question.iter().filter_map(|(fact, by)| Some((*number.get(fact)?, *by))).collect())
        });
        pinned.map(|(n, question)| (question, n)).collect()
    }
}

/// A sum of facts.
type Question = BTreeMap<Fact, i64>;

/// What is worth asking: how many of a block, and of a block and category, there were first, came less those who went at a turn and up to a turn,
/// and were there then.
fn questions(facts: &BTreeSet<Fact>) -> Vec<Question> {
    let mut asked: BTreeMap<(u8, u32, u32, Option<u8>), Question> = BTreeMap::new();
    let last =
        facts.iter().map(|fact| if let Fact::Moved { turn, .. } = fact { *turn } else { 0 }).max().unwrap_or_default();
    let mut ask = |kind: u8, block: u32, turn: u32, category: Option<u8>, fact: Fact, by: i64| {
        *asked.entry((kind, block, turn, category)).or_default().entry(fact).or_default() += by;
    };
    for fact in facts.iter().copied() {
        match fact {
            Fact::First { block, category } => {
                for of in [None, Some(category)] {
                    ask(0, block, 0, of, fact, 1);
                    (1..=last).for_each(|until| ask(1, block, until, of, fact, 1));
                }
            }
            Fact::Moved { turn, block, category, came } => {
                let by = if came { 1 } else { -1 };
                for of in [None, Some(category)] {
                    ask(2, block, turn, of, fact, by);
                    (turn..=last).for_each(|until| ask(1, block, until, of, fact, by));
                }
            }
            Fact::Changed { turn, block, from, to } => {
                for (of, by) in [(from, -1), (to, 1)] {
                    ask(2, block, turn, Some(of), fact, by);
                    (turn..=last).for_each(|until| ask(1, block, until, Some(of), fact, by));
                }
            }
        }
    }
    asked.into_values().collect()
}

fn rows(register: &Register) -> BTreeSet<(u64, u32)> {
    register.who.iter().copied().zip(register.blocks.iter().copied()).collect()
}

/// The category in which each person of each block is counted.
fn categories_of(register: &Register, attribute: &Attribute) -> BTreeMap<(u64, u32), u8> {
    let rows = register.who.iter().zip(&register.blocks).zip(&attribute.categories);
    rows.filter(|(_, c)| **c != NOT_YET).map(|((who, block), category)| ((*who, *block), *category)).collect()
}

/// Who is counted in a category and lives there no more.
fn gone_of(attribute: &Attribute) -> BTreeMap<(u64, u32), u8> {
    attribute.gone.iter().map(|(who, block, category)| ((*who, *block), *category)).collect()
}

fn members(of_block: &[u32], cell: u32) -> Vec<u32> {
    (0..).zip(of_block).filter(|(_, of)| **of == cell).map(|(block, _)| block).collect()
}

/// The cells that were counted together.
pub(super) fn groups(turn: &Turn) -> Vec<Vec<u32>> {
    let pooled: BTreeSet<u32> = turn.pools.iter().flatten().copied().collect();
    let alone = (0..).zip(&turn.counted).filter(|(cell, counted)| **counted && !pooled.contains(cell));
    turn.pools.iter().cloned().chain(alone.map(|(cell, _)| vec![cell])).collect()
}
