//! The releases that follow the first one.
//!
//! Everybody is compared with the register, which has each person in the block in which they are counted:
//! who has come, who has gone, who has moved (which is both). The changes of a block, or of as few blocks
//! as are needed, are told once at least the threshold of persons is in them; the register follows only
//! what was told. Whoever is not told yet stays in the register where they were, and their change is found
//! again at the next release. Attributes follow the register, not the census, so that their sums say
//! nothing that the numbers of people do not.
//!
//! A person is in the register under a token's head, a number of 64 bits, with the block in which they are
//! counted. Usually that is one row. Somebody who came is none until it is told; somebody who moved while
//! only one half of the move could be told has two rows, or none, until the other half is told. Registers
//! and censuses are ascending by token, so that they are compared in one pass over both ([`walk`]).

use super::{
    Cells, Census, Register, State, Tree,
    first::said,
    gather::Bundle,
    pool::{Change, Movements, Turn},
    state::{Attribute, NOT_YET},
};

impl State {
    /// Makes another release: what may be told of the changes since each person was last counted is
    /// published, the rest waits. `day` is in days since 1970-01-01. The order matters: people first, since
    /// households and attributes are told of groups that follow the blocks; attributes that are new last,
    /// as they are counted of those who are in the register by then.
    pub(crate) fn next(&mut self, day: u32, census: &Census) -> Told {
        self.days.push(day);
        let block_of_place = self.settle_places(census);
        let Self { people, register, households, dwellings, tree, threshold, .. } = self;
        let (turn, moves) = recount(people, tree, register, &census.people, &block_of_place, *threshold);
        let before = std::mem::replace(register, moves.register);
        if households.width > 0 {
            let (_, moves) = recount(households, tree, dwellings, &census.households, &block_of_place, *threshold);
            *dwellings = moves.register;
        }
        let mut attributes = Vec::new();
        for attribute in &mut self.attributes {
            attribute.follow(&before, &moves.origin, &turn);
            attributes.push(attribute.recount(&self.register, census, &self.tree, self.threshold));
        }
        self.add_attributes(census);
        self.stamp();
        Told { people: turn, attributes }
    }

    /// The block of each place of a census, by place. Places that are new join the block of a neighbour, or
    /// are one by themselves if enough live there. A block that is added begins with nobody in it.
    fn settle_places(&mut self, census: &Census) -> Vec<u32> {
        let at_place = census.people_at();
        let mut blocks: Vec<Option<u32>> = census.places.iter().map(|place| self.block_of(place.key)).collect();
        let neighbours = neighbours(census, &blocks);
        let mut added = Vec::new();
        for (row, place) in
            census.places.iter().enumerate().filter(|(row, _)| blocks[*row].is_none()).collect::<Vec<_>>()
        {
            let mut block = neighbours[row];
            if at_place[row] >= self.threshold {
                let home = self.people.homes[block as usize];
                let with = block;
                block = self.people.grow(home);
                self.keys.push(place.key);
                self.points.extend(place.point);
                self.people.of_block.push(block);
                // Of groups it joins that of its neighbour.
                for cells in
                    std::iter::once(&mut self.households).chain(self.attributes.iter_mut().map(|a| &mut a.cells))
                {
                    let cell = cells.of_block.get(with as usize).copied();
                    cell.into_iter().for_each(|cell| cells.of_block.push(cell));
                }
            }
            blocks[row] = Some(block);
            added.push((place.key, block));
        }
        self.places.extend(added);
        self.places.sort_unstable();
        self.places.dedup_by_key(|(key, _)| *key);
        blocks.into_iter().map(Option::unwrap_or_default).collect()
    }
}

/// What a release told: the pools of people, and those of each attribute.
pub(crate) struct Told {
    /// What was told of people.
    pub(crate) people: Turn,
    /// What was told of each attribute, in the order of the state.
    pub(crate) attributes: Vec<Turn>,
}

/// For each place the block of the place before or after it that is known and lies in the same area, else
/// of the one before. Places are in the order of a curve, so that those beside each other in it are near
/// each other on the ground. Four passes over the places: within areas forwards and backwards, then
/// anywhere.
fn neighbours(census: &Census, blocks: &[Option<u32>]) -> Vec<u32> {
    use std::collections::HashMap;
    let mut found = vec![None; blocks.len()];
    let mut pass = |rows: &mut dyn Iterator<Item = usize>, anywhere: bool| {
        let mut last: HashMap<Option<u32>, u32> = HashMap::new();
        for row in rows {
            let area = census.places[row].area.filter(|_| !anywhere);
            match blocks[row] {
                Some(block) => drop(last.insert(area, block)),
                None if found[row].is_none() => found[row] = last.get(&area).copied(),
                None => {}
            }
        }
    };
    for anywhere in [false, true] {
        pass(&mut (0..blocks.len()), anywhere);
        pass(&mut (0..blocks.len()).rev(), anywhere);
    }
    found.into_iter().map(Option::unwrap_or_default).collect()
}

/// A register after a release, and where its rows come from.
struct Moves {
    /// Who is counted where now.
    register: Register,
    /// For each of its rows the row that it was before; `None` for whoever was told as having come.
    origin: Vec<Option<u32>>,
}

/// Counts a register anew: who comes, who goes, which of that is told, and where everybody is counted then.
/// `now` has everybody of the census with the index of their place, ascending by token; `block_of_place`
/// has the block of each place.
///
/// There are two passes. The first one collects the changes, +1 for each block that somebody is in now and
/// not counted in, -1 for each block that they are counted in and not in any more, from which `cells`
/// decides what is told. The second one makes the register that follows what was told and nothing else.
fn recount(
    cells: &mut Cells,
    tree: &Tree,
    register: &Register,
    now: &[(u64, u32)],
    block_of_place: &[u32],
    threshold: u32,
) -> (Turn, Moves) {
    let mut changes = Vec::new();
    walk(register, now, block_of_place, |who, rows, block| {
        let counted = |block: u32| rows.clone().any(|row| register.blocks[row] == block);
        let left = rows.clone().map(|row| register.blocks[row]).filter(|of| Some(*of) != block).map(|of| (of, -1));
        let come = block.filter(|block| !counted(*block)).map(|block| (block, 1));
        let change = |(block, by): (u32, i8)| Change { cell: cells.of_block[block as usize], category: 0, who, by };
        changes.extend(left.chain(come).map(change));
    });
    let movements = cells.movements(&changes);
    let turn = cells.turn(tree, movements, threshold);
    let told = |block: u32| turn.counted[cells.of_block[block as usize] as usize];
    let mut moves = Moves { register: Register::default(), origin: Vec::new() };
    walk(register, now, block_of_place, |who, rows, block| {
        let mut begin = moves.origin.len();
        let mut stays = false;
        for row in rows {
            let of = register.blocks[row];
            stays |= Some(of) == block;
            if Some(of) == block || !told(of) {
                moves.register.who.push(who);
                moves.register.blocks.push(of);
                moves.origin.push(Some(row as u32));
            }
        }
        if let Some(block) = block.filter(|block| !stays && told(*block)) {
            // Rows of one person are in the order of their blocks.
            while begin < moves.origin.len() && moves.register.blocks[begin] < block {
                begin += 1;
            }
            moves.register.who.push(who);
            moves.register.blocks.insert(begin, block);
            moves.origin.insert(begin, None);
        }
    });
    (turn, moves)
}

/// Visits everybody of a register and of a census in the order of their tokens: the rows of the register,
/// which may be several or none, and the block now, if the person is in the census.
fn walk(
    register: &Register,
    now: &[(u64, u32)],
    block_of_place: &[u32],
    mut visit: impl FnMut(u64, std::ops::Range<usize>, Option<u32>),
) {
    let (mut row, mut next) = (0, 0);
    while row < register.len() || next < now.len() {
        let who = match (register.who.get(row), now.get(next)) {
            (Some(a), Some((b, _))) => *a.min(b),
            (Some(a), None) => *a,
            (None, Some((b, _))) => *b,
            (None, None) => return,
        };
        let end = row + register.who[row..].iter().take_while(|other| **other == who).count();
        let here = now.get(next).filter(|(other, _)| *other == who).map(|(_, place)| block_of_place[*place as usize]);
        visit(who, row..end, here);
        row = end;
        next += usize::from(here.is_some());
    }
}

impl Attribute {
    /// Follows the register: rows that went are counted here until they are counted anew, rows that came
    /// are not yet. Blocks that the pools of `turn` put together are bound together here as well.
    fn follow(&mut self, before: &Register, origin: &[Option<u32>], turn: &Turn) {
        let mut kept = vec![false; before.len()];
        origin.iter().flatten().for_each(|row| kept[*row as usize] = true);
        let went = (0..before.len()).filter(|row| !kept[*row] && self.categories[*row] != NOT_YET);
        let went: Vec<_> = went.map(|row| (before.who[row], before.blocks[row], self.categories[row])).collect();
        self.gone.extend(went);
        self.categories = origin.iter().map(|row| row.map_or(NOT_YET, |row| self.categories[row as usize])).collect();
        // What a pool of people put together must not be parted: the sums over categories would tell its parts.
        let of_block = &self.cells.of_block;
        let cells = |pool: &Vec<u32>| pool.iter().map(|block| of_block[*block as usize]).collect();
        let pools: Vec<Vec<u32>> = turn.pools.iter().map(cells).collect();
        self.cells.bind(&pools);
    }

    /// Tells what may be told of who has come, gone or is of another category since, in pools of whole
    /// groups of blocks. An attribute that is no more in the census leaves everybody in the category in
    /// which they are counted.
    fn recount(&mut self, register: &Register, census: &Census, tree: &Tree, threshold: u32) -> Turn {
        let column = census.attributes.iter().find(|column| column.name == self.name);
        let now: Vec<Option<u8>> = match column {
            Some(column) => {
                let of_word = self.words.of(&column.words);
                let said = said(&register.who, &census.people, column).into_iter();
                said.map(|word| word.map(|word| of_word[usize::from(word)] as u8)).collect()
            }
            // Who has dropped an attribute says nothing of anybody.
            None => vec![None; register.len()],
        };
        let not_said = self.words.of(&[])[0] as u8;
        let cell = |block: u32| self.cells.of_block[block as usize];
        let change = |block, category: u8, who, by| Change { cell: cell(block), category: category.into(), who, by };
        let mut changes = Vec::new();
        let mut after = Vec::with_capacity(register.len());
        for (row, now) in now.into_iter().enumerate() {
            let (who, block, counted) = (register.who[row], register.blocks[row], self.categories[row]);
            // Who is in the sources no more keeps the category until the register has it.
            let now = now.unwrap_or(if counted == NOT_YET { not_said } else { counted });
            after.push(now);
            if now != counted {
                changes.push(change(block, now, who, 1));
                if counted != NOT_YET {
                    changes.push(change(block, counted, who, -1));
                }
            }
        }
        changes.extend(self.gone.iter().map(|(who, block, category)| change(*block, *category, *who, -1)));
        let movements = self.cells.movements(&changes).into_iter().map(|bond| joined(bond, tree)).collect();
        let turn = self.cells.turn(tree, movements, threshold);
        let of_block = &self.cells.of_block;
        let told = |block: u32| turn.counted[of_block[block as usize] as usize];
        self.gone.retain(|(_, block, _)| !told(*block));
        for (row, now) in after.into_iter().enumerate().filter(|(row, _)| told(register.blocks[*row])) {
            self.categories[row] = now;
        }
        turn
    }
}

/// A set of bundles as one, so that what was counted together is told together or not at all.
fn joined(bundles: Vec<Bundle<Movements>>, tree: &Tree) -> Vec<Bundle<Movements>> {
    let all = bundles.into_iter().reduce(|mut all, bundle| {
        all.take(bundle, tree);
        all
    });
    all.into_iter().collect()
}
