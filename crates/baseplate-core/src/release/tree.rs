//! The areas within which people are counted together.
//!
//! Areas are numbered from 0; the last number is the whole, which holds all others. The area above always
//! has a greater height, so walks upwards end.

/// Areas that lie in one another, and one that holds them all. They are those of the first release: what is redrawn later does not
/// change who is counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tree {
    /// For each area the one above; the whole is the last one, and its own.
    parents: Vec<u32>,
    /// How far each is above the ground: 1 for what lies there.
    heights: Vec<u8>,
}

impl Tree {
    /// A tree of areas with their heights, from 1, and the number of the one above. What names nothing
    /// higher lies in the whole.
    pub(crate) fn new(areas: impl IntoIterator<Item = (u8, Option<u32>)>) -> Self {
        let (heights, above): (Vec<u8>, Vec<Option<u32>>) = areas.into_iter().unzip();
        let whole = heights.len() as u32;
        let top = heights.iter().max().map_or(1, |height| height.saturating_add(1));
        let holds = |area: usize, above: &u32| heights.get(*above as usize).is_some_and(|h| *h > heights[area]);
        let parents =
            above.into_iter().enumerate().map(|(area, above)| above.filter(|a| holds(area, a)).unwrap_or(whole));
        let parents = parents.chain([whole]).collect();
        Self { parents, heights: heights.into_iter().chain([top]).collect() }
    }

    /// As it was stored; `None` if that is no tree.
    pub(super) fn stored(parents: Vec<u32>, heights: Vec<u8>) -> Option<Self> {
        let whole = parents.len().checked_sub(1)?;
        let rises = |(area, above): (usize, &u32)| {
            let above = *above as usize;
            if area == whole { above == whole } else { heights.get(above).is_some_and(|h| *h > heights[area]) }
        };
        let holds = heights.len() == parents.len() && parents.iter().enumerate().all(rises);
        holds.then_some(Self { parents, heights })
    }

    /// The arrays as they are stored: the area above each, and the heights.
    pub(super) fn parts(&self) -> (&[u32], &[u8]) {
        (&self.parents, &self.heights)
    }

    /// The area that holds all others.
    pub(crate) fn whole(&self) -> u32 {
        self.parents.len() as u32 - 1
    }

    /// How far an area is above the ground.
    pub(super) fn height(&self, area: u32) -> u8 {
        self.heights[area as usize]
    }

    /// The area above one; of the whole itself.
    pub(super) fn parent(&self, area: u32) -> u32 {
        self.parents[area as usize]
    }

    /// The lowest area that holds both.
    pub(super) fn common(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            if self.height(a) <= self.height(b) { a = self.parent(a) } else { b = self.parent(b) }
        }
        a
    }

    /// All areas, from the ground up.
    pub(super) fn upwards(&self) -> Vec<u32> {
        let mut areas: Vec<u32> = (0..self.parents.len() as u32).collect();
        areas.sort_by_key(|area| self.height(*area));
        areas
    }
}
