//! Which counts of people may be published.
//!
//! A count below the threshold is *secret*. It stays out, and so do as many others as are needed that nobody gets it back by
//! subtraction: within a level, between levels, or between two families of areas over the same people.
//!
//! # Why it holds
//!
//! *One family.* Take a published row's leaves without those under published rows below it: its *block*. Blocks are disjoint
//! and span what the published sums span. A hidden row can be computed iff it is a union of blocks, so it is safe iff one of its
//! leaves is *open*, reached through hidden rows alone, and the block this leaf is in, that of the next published row above,
//! has a leaf elsewhere (or there is no published row above). [`Tree::settle`] sees to both: a hidden row has a hidden child, a
//! published row with hidden children has two of them. They hold at least the threshold in every category, so the block as
//! a whole is no small count either; one child that is not secret itself suffices for that.
//!
//! *Two families.* Blocks of both are the vertices of a graph. An atom, the people that a leaf of one shares with a leaf of
//! the other, is an edge; people under no published row of a family hang on one common vertex, the ground. The span of both families is
//! the functions p(u) − p(v) on the edges, p any potential that is zero at the ground. Shift p by one on the blocks inside a hidden
//! row: what is left of the row's indicator is 1 on its open atoms, all of them at one vertex, and 0 elsewhere. So the row can be
//! computed iff taking away its open atoms parts that vertex from the other ends of all of them. Where counts cannot be
//! negative, the way back from such an end may lower only atoms that hold somebody: the row keeps two or more possible
//! values iff such a way exists in one of the two directions ([`overlay`] searches exactly this, because differences of
//! flows are sums of cycles). Hiding a row makes blocks grow together, which takes no such way away; at the end all are looked at again.
//!
//! *Differences.* A published area, or a block, less all blocks of the other family that lie in it leaves nothing or the threshold.
//!
//! *Categories.* A row's counts are published together or not at all. For breakdowns of two or more categories, totals, and
//! breakdowns by something else, add nothing to the span of a category, as long as a row's breakdown is published only
//! where its total is: let the caller intersect the two. Publishing less never uncovers anything.
//!
//! # What is protected, and what is not
//!
//! - No hidden count, small or complementary, follows from the published ones, by linear algebra or by counts being whole and
//!   not negative.
//!   Between totals and breakdowns, and between breakdowns, only linear algebra is considered.
//! - Intervals are not protected: two hidden counts that sum to 7 are each between 0 and 7, and who knows the rules
//!   knows that one of them is small and that complements were the smallest.
//! - Differences of several areas of one family and several of the other may still be small; those of one area are looked at.
//! - Breakdowns of two families over one another are not compared: publish breakdowns for one family, or pass both through
//!   [`publishable_pair`].
//! - Releases at different dates are not compared.

mod lists;
mod overlay;
#[cfg(test)]
mod tests;
mod tree;

use tree::Tree;

/// Areas that lie in one another, and what is counted in them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Family<'a> {
    /// For each row, the row of the area above it.
    pub(crate) parents: &'a [Option<u32>],
    /// How many numbers each row has; 1 for totals.
    pub(crate) categories: usize,
    /// Rows × categories, row by row. A row's counts are the sums of those of the rows below it.
    pub(crate) counts: &'a [u32],
    /// For each row, whether it is known from elsewhere to hold nobody (no address, say): its zeros are no secret.
    pub(crate) uninhabited: &'a [bool],
}

/// What a leaf of one family has in common with a leaf of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Atom {
    /// The leaf's row in either family.
    pub(crate) leaves: [u32; 2],
    /// How many people; zero where there are addresses but nobody lives there.
    pub(crate) people: u32,
}

/// For each row, whether its counts may be published. Takes time linear in the counts. Rows whose parents run in a circle
/// may not.
pub(crate) fn publishable(family: &Family<'_>, threshold: u32) -> Vec<bool> {
    let mut tree = Tree::new(family, threshold);
    tree.settle();
    tree.published()
}

/// The same for two families over the same people. `atoms` are all pairs of leaves that share an inhabited address.
pub(crate) fn publishable_pair(families: [&Family<'_>; 2], atoms: &[Atom], threshold: u32) -> [Vec<bool>; 2] {
    let mut trees = families.map(|family| Tree::new(family, threshold));
    overlay::settle(&mut trees, atoms);
    trees.map(|tree| tree.published())
}
