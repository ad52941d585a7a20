//! The records of a layer as a table: by address, then by building, then along a curve, then by the area that is all that is known.
//!
//! As with addresses, everything is kept at a *position* in reading order; `order` gives the position of
//! each row. A record may have several rows, one for each address and role; `counted` marks the one at
//! which it counts.

use super::{
    address_table::NOWHERE,
    backbone::{Backbone, EnterprisePlace},
    buckets::Buckets,
    categories::{Attributes, Category},
    classes::NO_CLASS,
    log::{EXACT_COPY, Log, Outcome},
    spill::Spill,
    strings::Strings,
    times::Times,
    values::Values,
};
use crate::{
    code::is_natural_person,
    model::{Entity, How},
    source::RowRemark,
    spatial::{LngLat, hilbert_index},
    store::LayerInfo,
};
use memchr::memmem;
use rayon::prelude::*;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// Records at their places, by their position in reading order, and the order of their rows.
pub(super) struct RecordTable {
    /// What is said of the layer.
    pub(super) info: LayerInfo,
    /// The code of each position.
    pub(super) codes: Strings,
    /// The name of each position, empty if it has none.
    pub(super) names: Spill,
    /// The address as text, of those that are not linked by code; empty otherwise.
    pub(super) texts: Spill,
    /// The row of the address of each position, or [`NOWHERE`].
    pub(super) addresses: Vec<u32>,
    /// The row of the building of each position without an address, or [`NOWHERE`].
    pub(super) buildings: Vec<u32>,
    /// The row of the grid, of any level, in which each position lies of which no more is known, or [`NOWHERE`]; empty if there are none.
    pub(super) areas: Vec<u32>,
    /// The point of each position, or [`LngLat::NOWHERE`]; empty if no source of the layer has points.
    pub(super) points: Vec<LngLat>,
    /// How the place of each position was found: the number of a [`How`], or [`NONE`].
    pub(super) hows: Vec<u8>,
    /// How far down the text was matched, of links that were made by text.
    pub(super) match_levels: Category,
    /// The confidence of such links; NaN for others.
    pub(super) confidences: Vec<f32>,
    /// What each is to its address.
    pub(super) roles: Category,
    /// Whether each is still so.
    pub(super) active: Vec<bool>,
    /// When each was.
    pub(super) times: Times,
    /// The number of the class of each; [`NO_CLASS`] where it has none, empty if the layer has no classes.
    pub(super) classes: Vec<u16>,
    /// The attributes by which records are counted.
    pub(super) attributes: Attributes,
    /// The other attributes.
    pub(super) values: Values,
    /// Whether a position counts: once for each record, see [`RecordTable::arrange`].
    pub(super) counted: Vec<bool>,
    /// The position of each row.
    pub(super) order: Vec<u32>,
    /// The first row with a building alone, the first with a point alone, the first with an area alone, and the first without a place.
    pub(super) ends: [u32; 4],
    /// The grids of the rows that have a point alone, one for each coverage.
    pub(super) grids: Vec<Vec<Option<u32>>>,
    /// Rows in the order of their codes.
    pub(super) by_code: Vec<u32>,
}

impl RecordTable {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The row of the address of a position, if it has one.
    pub(super) fn address(&self, position: u32) -> Option<u32> {
        Some(self.addresses[position as usize]).filter(|row| *row != NOWHERE)
    }

    /// The row of the building of a position without an address, if it names one.
    pub(super) fn building(&self, position: u32) -> Option<u32> {
        Some(self.buildings[position as usize]).filter(|row| *row != NOWHERE)
    }

    /// The row of the grid, of any level, that is all that is known of a position.
    pub(super) fn area(&self, position: u32) -> Option<u32> {
        self.areas.get(position as usize).copied().filter(|row| *row != NOWHERE)
    }

    /// The point of a position, if its source has one.
    pub(super) fn point(&self, position: u32) -> Option<LngLat> {
        self.points.get(position as usize).and_then(|point| point.placed())
    }

    /// The number of the class of a position, if it has one.
    pub(super) fn class(&self, position: u32) -> Option<u16> {
        self.classes.get(position as usize).copied().filter(|class| *class != NO_CLASS)
    }

    /// How the link of a position was made, if there is one.
    pub(super) fn how(&self, position: u32) -> Option<How> {
        How::from_u8(self.hows[position as usize])
    }

    /// The number of the role of a position.
    pub(super) fn role(&self, position: u32) -> u8 {
        self.roles.of_row[position as usize]
    }

    /// Whether a position is the one at which its record counts.
    pub(super) fn counts(&self, position: u32) -> bool {
        self.counted[position as usize]
    }

    /// Whether a position is in the role by which records count.
    fn may_count(&self, position: u32) -> bool {
        self.info.roles.is_empty() || self.role(position) == 0
    }

    /// The grid of a coverage in which a row lies, if it does; of one with an area alone that area, of any level.
    pub(super) fn grid(&self, row: u32, coverage: usize, backbone: &dyn Backbone) -> Option<u32> {
        let position = self.order[row as usize];
        if let Some(address) = self.address(position) {
            return backbone.address_grid(address, coverage);
        }
        match self.building(position) {
            Some(building) => backbone.building_grid(building, coverage),
            None if row >= self.ends[2] => self.area(position).filter(|_| coverage == 0),
            None => self.grids.get(row.checked_sub(self.ends[1])? as usize)?.get(coverage).copied().flatten(),
        }
    }

    /// For each position whether it is a natural person in business: its code says so, or an attribute of any row with this code.
    /// Nobody is where records are no enterprises.
    pub(super) fn natural_persons(&self) -> Vec<bool> {
        if self.info.entity != Entity::Enterprise {
            return vec![false; self.active.len()];
        }
        let (simplified, traditional) = (memmem::Finder::new("个"), memmem::Finder::new("個"));
        let says = |word: &str| {
            let may = [&simplified, &traditional].iter().any(|finder| finder.find(word.as_bytes()).is_some());
            let bare: String = if may { word.chars().filter(|c| !c.is_whitespace()).collect() } else { String::new() };
            bare.contains("个体") || bare.contains("個體")
        };
        let words = self.attributes.words_that(says);
        let is_one = |position: usize| {
            let is_said = words.iter().any(|(category, numbers)| numbers.contains(&category.of_row[position]));
            is_said || is_natural_person(self.codes.get(position)) || says(self.names.get(position))
        };
        let mut found: Vec<bool> = (0..self.active.len()).into_par_iter().map(is_one).collect();
        // What is said of one row of a code holds for its others.
        let of_row = |row: &u32| self.order[*row as usize] as usize;
        let alike = self.by_code.par_chunk_by(|a, b| self.codes.get(of_row(a)) == self.codes.get(of_row(b)));
        for rows in alike.filter(|rows| rows.len() > 1).collect::<Vec<_>>() {
            let is_one = rows.iter().any(|row| found[of_row(row)]);
            rows.iter().for_each(|row| found[of_row(row)] = is_one);
        }
        found
    }

    /// Drops exact copies of rows, chooses the row at which each record counts, and puts the rest in order. `addresses` is how many addresses there are, `origins` are the source
    /// in the log and the row there of each position; `check` is told the positions of each code.
    ///
    /// A record counts in the first of its roles. Of several such rows one is taken: one that is still so before one
    /// that is not, one with a place before one without, one in an area alone after others, a given one before one found by text, then
    /// the first.
    pub(super) fn arrange(
        &mut self,
        addresses: usize,
        origins: &[(u16, u32)],
        log: &mut Log,
        check: impl Fn(&Self, &[u32], &mut Log),
    ) {
        let positions: Vec<u32> = (0..self.addresses.len() as u32).collect();
        let mut by_code = positions.clone();
        by_code.par_sort_by_key(|position| (self.codes.get(*position as usize), *position));
        let dropped = self.copies(&by_code, origins, log);
        let kept = |position: &u32| dropped.binary_search(position).is_err();
        by_code.retain(kept);
        self.counted = vec![false; self.addresses.len()];
        for rows in by_code.chunk_by(|a, b| self.codes.get(*a as usize) == self.codes.get(*b as usize)) {
            let chosen = rows.iter().filter(|position| self.may_count(**position)).min_by_key(|p| self.rank(**p));
            chosen.into_iter().for_each(|position| self.counted[*position as usize] = true);
            check(self, rows, log);
        }
        let kept: Vec<u32> = positions.into_iter().filter(kept).collect();
        let Buckets { starts, mut order } = Buckets::sort(&kept, addresses, |position| self.address(position));
        let linked = starts[addresses];
        let key = |position: &u32| match (self.building(*position), self.point(*position)) {
            (Some(building), _) => (0, u64::from(building)),
            (None, Some(point)) => (1, hilbert_index(point)),
            (None, None) => self.area(*position).map_or((3, 0), |area| (2, u64::from(area))),
        };
        order[linked as usize..].par_sort_by_cached_key(key);
        let end = |class: u64| linked + order[linked as usize..].partition_point(|p| key(p).0 < class) as u32;
        self.ends = [linked, end(1), end(2), end(3)];
        let mut rows = vec![NOWHERE; self.addresses.len()];
        (0..).zip(&order).for_each(|(row, position)| rows[*position as usize] = row);
        self.by_code = by_code.into_iter().map(|position| rows[position as usize]).collect();
        self.order = order;
    }

    /// Positions that say the same as an earlier one in every column, ascending; each is noted.
    fn copies(&self, by_code: &[u32], origins: &[(u16, u32)], log: &mut Log) -> Vec<u32> {
        let mut copies = Vec::new();
        let alike = by_code.chunk_by(|a, b| self.codes.get(*a as usize) == self.codes.get(*b as usize));
        for rows in alike.filter(|rows| rows.len() > 1) {
            let mut seen: HashMap<u64, u32> = HashMap::new();
            let is_copy = |position: &u32| {
                let first = *seen.entry(self.content(*position)).or_insert(*position);
                first != *position && self.same(first, *position)
            };
            copies.extend(rows.iter().copied().filter(is_copy));
        }
        copies.sort_unstable();
        for position in &copies {
            let (source, row) = origins[*position as usize];
            let copy = RowRemark::new(row.into(), "", "", EXACT_COPY);
            log.add(usize::from(source), Outcome::Noted, &copy);
        }
        copies
    }

    /// A number that is the same for positions of one code that say the same in every column.
    fn content(&self, position: u32) -> u64 {
        let at = position as usize;
        let words =
            self.attributes.0.iter().map(|c| c.of_row[at]).chain([self.role(position), u8::from(self.active[at])]);
        let numbers = words.chain(self.addresses[at].to_le_bytes()).chain(self.buildings[at].to_le_bytes());
        let texts = self.names.get(at).bytes().chain([0]).chain(self.texts.get(at).bytes());
        xxh3_64(&numbers.chain(texts).collect::<Vec<u8>>())
    }

    /// Whether two positions of one code say the same in every column.
    fn same(&self, one: u32, other: u32) -> bool {
        let [a, b] = [one as usize, other as usize];
        self.addresses[a] == self.addresses[b]
            && self.buildings[a] == self.buildings[b]
            && self.area(one) == self.area(other)
            && self.point(one) == self.point(other)
            && self.active[a] == self.active[b]
            && self.role(one) == self.role(other)
            && self.attributes.0.iter().all(|c| c.of_row[a] == c.of_row[b])
            && self.times.of(one) == self.times.of(other)
            && self.class(one) == self.class(other)
            && self.values.same(a, b)
            && self.names.get(a) == self.names.get(b)
            && self.texts.get(a) == self.texts.get(b)
    }

    /// What decides which of several rows counts: the least.
    fn rank(&self, position: u32) -> (bool, bool, bool, bool, u32) {
        let (how, in_area) = (self.how(position), self.area(position).is_some());
        (!self.active[position as usize], how.is_none(), in_area, how == Some(How::Geocoded), position)
    }

    /// Where the records are by their codes: at the row at which each counts, else at one of its others that has a place.
    pub(super) fn enterprise_places(&self) -> HashMap<String, EnterprisePlace> {
        let mut places: HashMap<String, EnterprisePlace> = HashMap::new();
        for row in &self.by_code {
            let position = self.order[*row as usize];
            let place = EnterprisePlace { address: self.address(position), building: self.building(position) };
            let is_placed = place != EnterprisePlace::default();
            let known = places.entry(self.codes.get(position as usize).to_owned()).or_insert(place);
            if is_placed && (self.counts(position) || *known == EnterprisePlace::default()) {
                *known = place;
            }
        }
        places
    }
}
