//! Two families over the same people: what one gives away of the other.

use super::{
    Atom,
    lists::Lists,
    tree::{NONE, Tree},
};
use std::collections::VecDeque;

/// A row of one of two families.
type Place = (usize, u32);

/// Hides rows of either family until none that is hidden can be computed and no difference is small. Every round hides a row,
/// so it ends. What was found safe is not looked at again until nothing else is left to do; then all is.
pub(super) fn settle(trees: &mut [Tree<'_>; 2], atoms: &[Atom]) {
    let atoms = inhabited(trees, atoms);
    let nothing = [0, 1].map(|side: usize| vec![false; trees[side].rows()]);
    let (mut safe, mut all_fresh) = (nothing.clone(), true);
    loop {
        trees.iter_mut().for_each(Tree::settle);
        let repairs = Overlay::new(trees, &atoms).repairs(&mut safe);
        if repairs.is_empty() && all_fresh {
            return;
        }
        all_fresh = repairs.is_empty();
        if all_fresh {
            safe.clone_from(&nothing);
        }
        for (side, row) in repairs {
            trees[side].hide(row);
        }
    }
}

/// The atoms between rows that may hold somebody. A leaf without any gets one with nothing on the other side.
fn inhabited(trees: &[Tree<'_>; 2], atoms: &[Atom]) -> Vec<Atom> {
    let holds = |side: usize, row: u32| (row as usize) < trees[side].rows() && !trees[side].is_void(row);
    let mut kept: Vec<Atom> =
        atoms.iter().copied().filter(|atom| (0..2).all(|side| holds(side, atom.leaves[side]))).collect();
    for (side, tree) in trees.iter().enumerate() {
        let mut lone: Vec<bool> = (0..tree.rows() as u32).map(|row| tree.is_inhabited_leaf(row)).collect();
        kept.iter()
            .map(|atom| atom.leaves[side])
            .filter(|leaf| *leaf != NONE)
            .for_each(|leaf| lone[leaf as usize] = false);
        for row in (0..tree.rows() as u32).filter(|row| lone[*row as usize]) {
            let mut leaves = [NONE; 2];
            leaves[side] = row;
            kept.push(Atom { leaves, people: tree.total(row).try_into().unwrap_or(u32::MAX) });
        }
    }
    kept
}

/// The graph of blocks, for what is hidden now. A vertex is a published row of either family, or the ground.
struct Overlay<'t, 'a> {
    trees: &'t [Tree<'a>; 2],
    atoms: &'t [Atom],
    /// For each row of either family, the published row whose block it would be in.
    blocks: [Vec<u32>; 2],
    /// The vertices that each atom joins.
    ends: Vec<[u32; 2]>,
    /// The atoms at each vertex.
    incident: Lists,
    /// The atoms of each leaf of either family.
    of_leaf: [Lists; 2],
    search: Search,
}

/// What one search leaves for the next: marks of earlier searches are out of date by their number.
struct Search {
    number: u32,
    seen: Vec<u32>,
    open: Vec<u32>,
    queue: VecDeque<u32>,
}

impl Search {
    fn visit(&mut self, vertex: u32) {
        if self.seen[vertex as usize] != self.number {
            self.seen[vertex as usize] = self.number;
            self.queue.push_back(vertex);
        }
    }

    fn has_seen(&self, vertex: u32) -> bool {
        self.seen[vertex as usize] == self.number
    }
}

impl<'t, 'a> Overlay<'t, 'a> {
    fn new(trees: &'t [Tree<'a>; 2], atoms: &'t [Atom]) -> Self {
        let blocks = [trees[0].blocks(), trees[1].blocks()];
        let vertices = trees[0].rows() + trees[1].rows() + 1;
        let block = |side: usize, leaf: u32| blocks[side].get(leaf as usize).copied().unwrap_or(NONE);
        let vertex = |side: usize, atom: &Atom| vertex(trees, side, block(side, atom.leaves[side]));
        let ends: Vec<_> = atoms.iter().map(|atom| [vertex(0, atom), vertex(1, atom)]).collect();
        let numbered = || (0..).zip(&ends);
        let loops = numbered().filter(|(_, ends)| ends[0] != ends[1]).map(|(at, ends)| (ends[1], at));
        let incident = Lists::new(vertices, numbered().map(|(at, ends)| (ends[0], at)).chain(loops));
        let of_leaf = [0, 1].map(|side| {
            let leaves = (0..).zip(atoms).map(|(at, atom)| (atom.leaves[side], at));
            Lists::new(trees[side].rows(), leaves.filter(|(leaf, _)| *leaf != NONE))
        });
        let search = Search { number: 0, seen: vec![0; vertices], open: vec![0; atoms.len()], queue: VecDeque::new() };
        Self { trees, atoms, blocks, ends, incident, of_leaf, search }
    }

    fn ground(&self) -> u32 {
        vertex(self.trees, 0, NONE)
    }

    /// The published row that a vertex stands for.
    fn owner(&self, vertex: u32) -> Option<Place> {
        let first = self.trees[0].rows() as u32;
        match vertex {
            ground if ground == self.ground() => None,
            row if row < first => Some((0, row)),
            row => Some((1, row - first)),
        }
    }

    /// The vertex that the block of a row would be joined with if the row were hidden.
    fn vertex_above(&self, (side, row): Place) -> u32 {
        let above = self.trees[side].parent(row).map_or(NONE, |parent| self.blocks[side][parent as usize]);
        vertex(self.trees, side, above)
    }

    fn total(&self, (side, row): Place) -> u64 {
        self.trees[side].total(row)
    }

    /// Rows to hide next: for small differences of the first family, else of the second, else for hidden rows that can be
    /// computed. One kind at a time, since what is hidden for one may serve the next.
    fn repairs(&mut self, safe: &mut [Vec<bool>; 2]) -> Vec<Place> {
        let mut repairs = self.small_differences(0);
        if repairs.is_empty() {
            repairs = self.small_differences(1);
        }
        if repairs.is_empty() {
            repairs = self.recoveries(safe);
        }
        repairs
    }

    /// A row to hide for each hidden row that can be computed, except near rows that are to be hidden already. Rows that are
    /// marked safe are passed over; those found safe are marked.
    fn recoveries(&mut self, safe: &mut [Vec<bool>; 2]) -> Vec<Place> {
        let mut repairs = Vec::new();
        let mut touched = vec![false; self.trees[0].rows() + self.trees[1].rows() + 1];
        let trees = self.trees;
        for (tree, (side, safe)) in trees.iter().zip(safe.iter_mut().enumerate()) {
            for row in tree.order().iter().copied().filter(|row| tree.is_hidden(*row)) {
                if safe[row as usize] {
                    continue;
                }
                let home = vertex(trees, side, self.blocks[side][row as usize]);
                let open = self.open_atoms((side, row));
                let mut near = open.iter().map(|atom| self.ends[*atom as usize][1 - side]).chain([home]);
                if near.any(|vertex| touched[vertex as usize]) {
                    continue;
                }
                safe[row as usize] = self.is_safe(side, home, &open);
                let remedy = if safe[row as usize] { None } else { self.remedy(side, home, &open) };
                if let Some(place) = remedy {
                    touched[vertex(trees, place.0, place.1) as usize] = true;
                    touched[self.vertex_above(place) as usize] = true;
                    // Nearly everything is near the ground.
                    touched[self.ground() as usize] = false;
                    repairs.push(place);
                }
            }
        }
        repairs
    }

    /// The atoms of a hidden row that are in no published block inside it.
    fn open_atoms(&self, (side, row): Place) -> Vec<u32> {
        let leaves = self.trees[side].open_leaves(row);
        leaves.into_iter().flat_map(|leaf| self.of_leaf[side].of(leaf)).copied().collect()
    }

    /// Whether a hidden row could have more people or fewer with all that is published unchanged.
    fn is_safe(&mut self, side: usize, home: u32, open: &[u32]) -> bool {
        self.returns(side, home, open, false) || self.returns(side, home, open, true)
    }

    /// Whether a way leads from the far ends of the open atoms back to `home` by other atoms. With `raise`, open atoms
    /// gain a person each and the atoms on the way lose and gain one in turn; without it is the other way round. Who loses must have.
    fn returns(&mut self, side: usize, home: u32, open: &[u32], raise: bool) -> bool {
        self.search.number += 1;
        self.search.queue.clear();
        for atom in open {
            self.search.open[*atom as usize] = self.search.number;
            if raise || self.atoms[*atom as usize].people > 0 {
                self.search.visit(self.ends[*atom as usize][1 - side]);
            }
        }
        while let Some(at) = self.search.queue.pop_front() {
            if at == home {
                return true;
            }
            for atom in self.incident.of(at).iter().map(|atom| *atom as usize) {
                let by_other = self.search.open[atom] != self.search.number;
                let passes = |end: usize| (end == side) == raise || self.atoms[atom].people > 0;
                for end in 0..2 {
                    if by_other && self.ends[atom][end] == at && passes(end) {
                        self.search.visit(self.ends[atom][1 - end]);
                    }
                }
            }
        }
        false
    }

    /// What to hide when the last search found no way back to `home`: the smallest published row near by that joins
    /// what the search saw with what it did not, else the smallest near by.
    fn remedy(&self, side: usize, home: u32, open: &[u32]) -> Option<Place> {
        let owner = self.owner(home);
        let beside = owner.map(|(side, row)| self.trees[side].shown_beside(row)).unwrap_or_default();
        let far = open.iter().filter_map(|atom| self.owner(self.ends[*atom as usize][1 - side]));
        let near = beside.into_iter().map(|row| (side, row)).chain(far).chain(owner);
        let joins = |place: Place| {
            let own = vertex(self.trees, place.0, place.1);
            self.search.has_seen(own) != self.search.has_seen(self.vertex_above(place))
        };
        near.min_by_key(|place| (!joins(*place), self.total(*place), *place))
    }

    /// Rows to hide because a published area or block of a family, less the blocks of the other that lie in it, leaves
    /// somebody's home and fewer people than the threshold: the area or a block inside, whichever is smaller.
    fn small_differences(&self, side: usize) -> Vec<Place> {
        let (tree, inside) = (&self.trees[side], self.inside(side));
        let mut left = vec![(0u64, false); tree.rows()];
        let mut left_of_block = vec![(0u64, false); self.blocks[0].len() + self.blocks[1].len() + 1];
        for (atom, ends) in self.atoms.iter().zip(&self.ends) {
            let (within, block) = inside[ends[1 - side] as usize];
            let mut next = Some(atom.leaves[side]).filter(|leaf| *leaf != NONE);
            while let Some(row) = next.filter(|row| *row != within) {
                let (people, _) = left[row as usize];
                left[row as usize] = (people + u64::from(atom.people), true);
                next = tree.parent(row);
            }
            if block == NONE {
                let (people, _) = left_of_block[ends[side] as usize];
                left_of_block[ends[side] as usize] = (people + u64::from(atom.people), true);
            }
        }
        let small = |(people, any): (u64, bool)| any && people < tree.threshold();
        let shown = tree.order().iter().copied().filter(|row| !tree.is_hidden(*row));
        let exposed = shown
            .filter(|row| small(left[*row as usize]) || small(left_of_block[vertex(self.trees, side, *row) as usize]));
        exposed.map(|row| self.smallest_inside((side, row), &inside)).collect()
    }

    /// For each vertex of the other family, the lowest row of this one that holds all its atoms, and the vertex that does.
    fn inside(&self, side: usize) -> Vec<(u32, u32)> {
        let tree = &self.trees[side];
        let mut inside: Vec<Option<(u32, u32)>> = vec![None; self.blocks[0].len() + self.blocks[1].len() + 1];
        for (atom, ends) in self.atoms.iter().zip(&self.ends) {
            let (leaf, end) = (atom.leaves[side], ends[side]);
            let of = &mut inside[ends[1 - side] as usize];
            *of =
                Some(of.map_or((leaf, end), |(row, vertex)| {
                    (tree.common(row, leaf), if vertex == end { end } else { NONE })
                }));
        }
        inside[self.ground() as usize] = None;
        inside.into_iter().map(|of| of.unwrap_or((NONE, NONE))).collect()
    }

    /// The smallest of a published row and the blocks of the other family inside it.
    fn smallest_inside(&self, place: Place, inside: &[(u32, u32)]) -> Place {
        let (side, row) = place;
        let holds = |vertex: u32| self.trees[side].common(row, inside[vertex as usize].0) == row;
        let mut leaves = vec![row];
        let mut best = place;
        while let Some(at) = leaves.pop() {
            leaves.extend(self.trees[side].children(at));
            let across = self.of_leaf[side].of(at).iter().map(|atom| self.ends[*atom as usize][1 - side]);
            let blocks = across.filter(|vertex| holds(*vertex)).filter_map(|vertex| self.owner(vertex));
            best = blocks.chain([best]).min_by_key(|place| (self.total(*place), *place)).unwrap_or(best);
        }
        best
    }
}

/// The vertex of a published row, or of the ground for none.
fn vertex(trees: &[Tree<'_>; 2], side: usize, row: u32) -> u32 {
    let (first, second) = (trees[0].rows() as u32, trees[1].rows() as u32);
    match (row, side) {
        (NONE, _) => first + second,
        (row, 0) => row,
        (row, _) => first + row,
    }
}
