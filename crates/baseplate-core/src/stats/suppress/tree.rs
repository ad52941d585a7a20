//! One family: what is secret, and what must be hidden beside it.

use super::{Family, lists::Lists};

/// No row.
pub(super) const NONE: u32 = u32::MAX;

/// A family with what is hidden of it so far.
pub(super) struct Tree<'a> {
    family: &'a Family<'a>,
    threshold: u64,
    /// The row above each, or `NONE`.
    parents: Vec<u32>,
    /// How many rows are above each.
    depth: Vec<u32>,
    /// Children before their parents. Rows whose parents run in a circle are missing.
    order: Vec<u32>,
    /// The inhabited children of each row.
    children: Lists,
    /// Rows that are known to be empty.
    void: Vec<bool>,
    /// Rows with a count below the threshold.
    secret: Vec<bool>,
    hidden: Vec<bool>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(family: &'a Family<'a>, threshold: u32) -> Self {
        let rows = family.parents.len();
        let mut tree = Self {
            family,
            threshold: threshold.into(),
            parents: family
                .parents
                .iter()
                .map(|parent| parent.filter(|p| (*p as usize) < rows).unwrap_or(NONE))
                .collect(),
            depth: vec![0; rows],
            order: Vec::new(),
            children: Lists::new(0, std::iter::empty()),
            void: vec![false; rows],
            secret: vec![true; rows],
            hidden: Vec::new(),
        };
        tree.order_rows();
        tree.find_void();
        let inhabited = (0..rows as u32).filter(|row| !tree.void[*row as usize]);
        tree.children = Lists::new(rows, inhabited.filter_map(|row| Some((tree.parent(row)?, row))));
        for row in &tree.order {
            let counts = tree.counts(*row);
            let small = counts.is_empty() || counts.iter().any(|count| *count < threshold);
            tree.secret[*row as usize] = small && !tree.void[*row as usize];
        }
        tree.hidden = tree.secret.clone();
        tree
    }

    /// For each row, whether it is published.
    pub(super) fn published(self) -> Vec<bool> {
        self.hidden.into_iter().map(|hidden| !hidden).collect()
    }

    pub(super) fn rows(&self) -> usize {
        self.family.parents.len()
    }

    /// The row above.
    pub(super) fn parent(&self, row: u32) -> Option<u32> {
        let parent = self.parents[row as usize];
        (parent != NONE).then_some(parent)
    }

    /// The inhabited rows directly below a row.
    pub(super) fn children(&self, row: u32) -> &[u32] {
        self.children.of(row)
    }

    pub(super) fn is_void(&self, row: u32) -> bool {
        self.void[row as usize]
    }

    pub(super) fn is_hidden(&self, row: u32) -> bool {
        self.hidden[row as usize]
    }

    /// Rows, children before their parents.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    pub(super) fn threshold(&self) -> u64 {
        self.threshold
    }

    /// The people of all categories.
    pub(super) fn total(&self, row: u32) -> u64 {
        self.counts(row).iter().map(|count| u64::from(*count)).sum()
    }

    fn count(&self, row: u32, category: usize) -> u64 {
        self.counts(row).get(category).copied().unwrap_or(0).into()
    }

    /// A row's counts; none where the array is too short.
    fn counts(&self, row: u32) -> &'a [u32] {
        let width = self.family.categories;
        let begin = width.saturating_mul(row as usize);
        self.family.counts.get(begin..begin.saturating_add(width)).unwrap_or_default()
    }

    /// Sets the order. Rows in a circle are left out, and lose their parents, so that every way up ends.
    fn order_rows(&mut self) {
        let mut pending = vec![0u32; self.rows()];
        for parent in (0..self.rows() as u32).filter_map(|row| self.parent(row)) {
            pending[parent as usize] += 1;
        }
        let mut order: Vec<u32> = (0..self.rows() as u32).filter(|row| pending[*row as usize] == 0).collect();
        let mut next = 0;
        while let Some(row) = order.get(next) {
            next += 1;
            if let Some(parent) = self.parent(*row) {
                pending[parent as usize] -= 1;
                if pending[parent as usize] == 0 {
                    order.push(parent);
                }
            }
        }
        for row in (0..self.rows()).filter(|row| pending[*row] > 0) {
            self.parents[row] = NONE;
        }
        for row in order.iter().rev() {
            self.depth[*row as usize] = self.parent(*row).map_or(0, |parent| self.depth[parent as usize] + 1);
        }
        self.order = order;
    }

    /// A row is known to be empty if it is said to be, or all its children are, or its parent is, and nobody is counted in it.
    fn find_void(&mut self) {
        let mut all_below = vec![None; self.rows()];
        for row in &self.order {
            let said = self.family.uninhabited.get(*row as usize).copied().unwrap_or(false);
            let empty = said || all_below[*row as usize] == Some(true);
            let counts = self.counts(*row);
            let void = empty && !counts.is_empty() && counts.iter().all(|count| *count == 0);
            self.void[*row as usize] = void;
            if let Some(parent) = self.parent(*row) {
                let all = &mut all_below[parent as usize];
                *all = Some(void && all.unwrap_or(true));
            }
        }
        for row in self.order.iter().rev() {
            let above = self.parent(*row).is_some_and(|parent| self.void[parent as usize]);
            self.void[*row as usize] |= above && self.total(*row) == 0;
        }
    }

    /// Hides a row, and below it the smallest row each until one is a leaf or hides something already: else the row would be
    /// the sum of what is below it.
    pub(super) fn hide(&mut self, row: u32) {
        let mut next = Some(row);
        while let Some(row) = next {
            self.hidden[row as usize] = true;
            let below_hidden = self.children(row).iter().any(|child| self.is_hidden(*child));
            next = if below_hidden { None } else { self.smallest_shown_child(row) };
        }
    }

    /// Hides more until every published row with hidden children has enough of them.
    pub(super) fn settle(&mut self) {
        for at in 0..self.order.len() {
            let row = self.order[at];
            while !self.secret[row as usize] && !self.is_settled(row) {
                match self.smallest_shown_child(row) {
                    Some(child) => self.hide(child),
                    // An only child has its parent's counts.
                    None => self.hidden[row as usize] = true,
                }
            }
        }
    }

    fn smallest_shown_child(&self, row: u32) -> Option<u32> {
        let shown = self.children(row).iter().copied().filter(|child| !self.is_hidden(*child));
        shown.min_by_key(|child| self.total(*child))
    }

    /// Whether a row's hidden children, if there are any, cover each other.
    fn is_settled(&self, row: u32) -> bool {
        let hidden = || self.children(row).iter().copied().filter(|child| self.is_hidden(*child));
        let number = hidden().count();
        if number == 0 || (number == self.children(row).len() && self.is_hidden(row)) {
            return true;
        }
        let enough = if self.is_hidden(row) { 1 } else { 2 };
        let sum = |category: usize| hidden().map(|child| self.count(child, category)).sum::<u64>();
        let large = || (0..self.family.categories).all(|category| sum(category) >= self.threshold);
        number >= enough && (hidden().any(|child| !self.secret[child as usize]) || large())
    }

    /// For each row, itself or the next row above that is published; `NONE` where there is none.
    pub(super) fn blocks(&self) -> Vec<u32> {
        let mut blocks = vec![NONE; self.rows()];
        for row in self.order.iter().rev() {
            let above = || self.parent(*row).map_or(NONE, |parent| blocks[parent as usize]);
            blocks[*row as usize] = if self.is_hidden(*row) { above() } else { *row };
        }
        blocks
    }

    /// Whether a row is a leaf that may hold somebody.
    pub(super) fn is_inhabited_leaf(&self, row: u32) -> bool {
        !self.is_void(row) && self.children(row).is_empty()
    }

    /// The lowest row that two rows lie in; `NONE` if there is none or one of them is `NONE`.
    pub(super) fn common(&self, mut row: u32, mut other: u32) -> u32 {
        while row != other {
            if row == NONE || other == NONE {
                return NONE;
            }
            let (deep, shallow) = (self.depth[row as usize], self.depth[other as usize]);
            if deep >= shallow {
                row = self.parents[row as usize];
            }
            if shallow >= deep {
                other = self.parents[other as usize];
            }
        }
        row
    }

    /// The leaves below a row, or the row itself, that are reached through hidden rows alone.
    pub(super) fn open_leaves(&self, row: u32) -> Vec<u32> {
        let (mut leaves, mut pending) = (Vec::new(), vec![row]);
        while let Some(row) = pending.pop() {
            if self.is_hidden(row) && self.children(row).is_empty() {
                leaves.push(row);
            } else if self.is_hidden(row) {
                pending.extend(self.children(row));
            }
        }
        leaves
    }

    /// The published rows next to what is hidden under `row`: its published children, and those of hidden rows below it.
    pub(super) fn shown_beside(&self, row: u32) -> Vec<u32> {
        let (mut shown, mut pending) = (Vec::new(), self.children(row).to_vec());
        while let Some(row) = pending.pop() {
            if self.is_hidden(row) {
                pending.extend(self.children(row));
            } else {
                shown.push(row);
            }
        }
        shown
    }
}
