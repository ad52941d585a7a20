//! What is published about people, and when.
//!
//! Counts of people change at dated *releases* only. The first one puts the places where people live into *blocks* of at least
//! `threshold` persons and publishes how many each block has. Every later one publishes changes, each of a *pool*: a group of blocks,
//! as few as will do, in which at least `threshold` different persons came or went since they were last counted. Only the change of the
//! pool as a whole is told; a fixed rule ([`share`]) splits it over its blocks. What does not fill a pool waits, uncounted. Everything that
//! is shown anywhere, of any area, generation, attribute or cell, is a function of the numbers of blocks.
//!
//! # Why it holds
//!
//! *What is told.* All that is ever published is a function of the first numbers of the blocks and of the changes of the pools. How blocks
//! are shared out over areas, how pools are split, which areas are asked for and how they are redrawn are rules that know nothing but these.
//! The blocks are disjoint sets of persons; the pools of a release are disjoint sets of blocks, and a movement that was told is never told
//! again, so over all releases the pools are disjoint sets of movements. Hence every linear combination of published numbers counts all persons of a
//! block alike, and all who came (or went) in a pool alike: no combination is about fewer persons than the threshold, after any number of
//! releases, redraws and questions. Since a pool leaves nobody or at least the threshold, the same holds for those who are left.
//!
//! *Attributes.* The numbers of an attribute are told of groups of blocks in which every category has nobody or enough, and their changes of pools
//! in which the same holds for those who moved in each category. Categories part the persons of a group, so these are disjoint sets again. Two sets of
//! numbers about the same people, blocks and categories, can tell more than either: the sum over the categories of a group is the number of its blocks. So a
//! group is made of whole blocks, a pool of an attribute of all that was ever in one pool of people, and an attribute counts those
//! who are in the register, not those who live there now: then the sums over categories say nothing new. Within a group, number and categories are the
//! margins of a table; a table of two or more rows and columns with margins of at least the threshold determines none of its cells.
//!
//! *Structures.* Which places are in a block, which blocks in a pool, and which words are told apart depends on the data, but only on
//! whether something reaches the threshold. A block stands at the place in its middle, not where most live. An area that cuts a
//! block or pool says that its number is an estimate, whether anybody lives in the part or not.
//!
//! # What is protected, and what is not
//!
//! - No linear combination of what is published over time, about any areas, is about fewer persons, or fewer movements, than the threshold.
//! - Intervals are not protected: that a place is in a block of several says that few live there; that a number did not change says that few moved.
//! - Groups that are all alike: that all of ten persons have a property is told of each of them.
//! - Who knows all others of a block or pool (an insider) knows the last one.
//! - Attributes are counted one at a time. What several together say about one person, by way of bounds, is not looked at.
//! - The file with the state of the releases is as secret as the key.

mod census;
mod file;
mod first;
mod gather;
mod next;
mod numbers;
mod pool;
mod share;
mod state;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use census::{Census, Column, OTHER, Place, Words};
pub(crate) use first::Beginning;
pub(crate) use gather::gather;
pub(crate) use next::Told;
pub(crate) use numbers::{Numbers, cut_areas};
pub(crate) use pool::Cells;
pub(crate) use state::{Attribute, Register, State};
pub(crate) use tree::Tree;
