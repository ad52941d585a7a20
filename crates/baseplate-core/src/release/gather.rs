//! Putting places, or blocks, together until nobody stands out.
//!
//! What is to be told is a [`Crowd`]: numbers of persons by category, or movements. Items come in the order
//! of a curve with the area in which they lie. From the ground up, the items of an area that are too few by
//! themselves are joined with those that follow until they are enough; the last ones that are not join the
//! group before them, or the nearest group of the area that stays tellable with them, or go up to the area
//! above with what is left over there. So a group lies within one area as far as possible, and is compact
//! along the curve.
//!
//! The rule looks at nothing but whether something is enough. It takes time in proportion to the items and
//! to the groups of an area.

use super::Tree;

/// What may be told of a group as a whole, once it is about enough persons.
pub(super) trait Crowd {
    /// Takes in what is known of another group.
    fn take(&mut self, other: Self);

    /// Whether it may be told.
    fn is_enough(&self, threshold: u32) -> bool;

    /// Whether it may be told when it has taken in another one.
    fn is_enough_with(&self, other: &Self, threshold: u32) -> bool;
}

/// How many there are in each category; it may be told if every category has nobody or enough, and one has
/// somebody.
#[derive(Debug)]
pub(super) struct Counts(Vec<u32>);

impl Crowd for Counts {
    fn take(&mut self, other: Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(sum, n)| *sum += n);
    }

    fn is_enough(&self, threshold: u32) -> bool {
        enough(self.0.iter().copied(), threshold)
    }

    fn is_enough_with(&self, other: &Self, threshold: u32) -> bool {
        enough(self.0.iter().zip(&other.0).map(|(a, b)| a + b), threshold)
    }
}

/// Whether some counts may be told: in each category there is nobody or there are enough, and there is somebody.
pub(super) fn enough(counts: impl Iterator<Item = u32>, threshold: u32) -> bool {
    let mut somebody = false;
    for n in counts.filter(|n| *n > 0) {
        if n < threshold {
            return false;
        }
        somebody = true;
    }
    somebody
}

/// A group on its way: its members by number along a curve, and the lowest area that holds them all.
#[derive(Debug)]
pub(super) struct Bundle<C> {
    /// The lowest area that holds all of it.
    pub(super) home: u32,
    /// Its members, by number along a curve; the first is the one that begins it.
    pub(super) members: Vec<u32>,
    /// What may be told of it.
    pub(super) crowd: C,
}

impl<C: Crowd> Bundle<C> {
    /// Takes in another group.
    pub(super) fn take(&mut self, mut other: Self, tree: &Tree) {
        self.home = tree.common(self.home, other.home);
        self.members.append(&mut other.members);
        self.crowd.take(other.crowd);
    }

    /// Where it begins along the curve.
    fn first(&self) -> u32 {
        self.members.first().copied().unwrap_or_default()
    }
}

/// Places that are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Groups {
    /// For each place its group.
    pub(crate) of_place: Vec<u32>,
    /// For each group the lowest area that holds all of it.
    pub(crate) homes: Vec<u32>,
}

/// Groups of places, given in the order of a curve with the areas that they lie in and their counts,
/// `width` numbers each. `None` if even all places together are not enough.
pub(crate) fn gather(tree: &Tree, areas: &[u32], counts: &[u32], width: usize, threshold: u32) -> Option<Groups> {
    let places = (0..).zip(areas).zip(counts.chunks_exact(width.max(1)));
    let alone = places.map(|((place, home), counts)| {
        vec![Bundle { home: *home, members: vec![place], crowd: Counts(counts.to_vec()) }]
    });
    let mut gathering = Gathering::new(tree, threshold);
    if let Some(rest) = gathering.gather(alone) {
        gathering.force(rest)?;
    }
    let mut of_place = vec![0; areas.len()];
    let mut homes = Vec::new();
    for group in gathering.groups() {
        group.members.iter().for_each(|place| of_place[*place as usize] = homes.len() as u32);
        homes.push(group.home);
    }
    Some(Groups { of_place, homes })
}

/// Groups being made.
pub(super) struct Gathering<'a, C> {
    /// The areas.
    tree: &'a Tree,
    /// Persons that are told together at least.
    threshold: u32,
    /// What has been put together; what another one took is gone.
    groups: Vec<Option<Bundle<C>>>,
    /// For each area the groups in it.
    inside: Vec<Vec<u32>>,
}

impl<'a, C: Crowd> Gathering<'a, C> {
    /// No groups yet.
    pub(super) fn new(tree: &'a Tree, threshold: u32) -> Self {
        Self { tree, threshold, groups: Vec::new(), inside: vec![Vec::new(); tree.whole() as usize + 1] }
    }

    /// Makes groups of bundles. What is enough by itself is a group; others are joined with those that follow: first with those that came
    /// in the same set, then in their area, then with what is left over in the areas above. Gives back what is too little even
    /// so.
    pub(super) fn gather(&mut self, sets: impl Iterator<Item = Vec<Bundle<C>>>) -> Option<Bundle<C>> {
        let tree = self.tree;
        let mut pending: Vec<Vec<Bundle<C>>> = self.inside.iter().map(|_| Vec::new()).collect();
        for mut set in sets {
            let rest = if set.len() > 1 {
                let mut own = Vec::new();
                let home = set.iter().map(|bundle| bundle.home).reduce(|a, b| tree.common(a, b));
                let rest = self.settle(home.unwrap_or_default(), &mut own, set);
                for group in own {
                    let home = self.groups[group as usize].as_ref().map_or(tree.whole(), |group| group.home);
                    self.inside[home as usize].push(group);
                }
                rest
            } else {
                set.pop()
            };
            rest.into_iter().for_each(|rest| pending[rest.home as usize].push(rest));
        }
        for area in tree.upwards() {
            let mut bundles = std::mem::take(&mut pending[area as usize]);
            bundles.sort_by_key(Bundle::first);
            let mut inside = std::mem::take(&mut self.inside[area as usize]);
            let rest = self.settle(area, &mut inside, bundles);
            if area == tree.whole() {
                self.inside[area as usize] = inside;
                return rest;
            }
            let above = tree.parent(area) as usize;
            self.inside[above].extend(inside);
            pending[above].extend(rest);
        }
        None
    }

    /// What has been put together.
    pub(super) fn groups(self) -> impl Iterator<Item = Bundle<C>> {
        self.groups.into_iter().flatten()
    }

    /// Makes a bundle a group of an area, and gives its number.
    fn close(&mut self, inside: &mut Vec<u32>, bundle: Bundle<C>) -> u32 {
        let group = self.groups.len() as u32;
        self.groups.push(Some(bundle));
        inside.push(group);
        group
    }

    /// Makes groups of some bundles of an area and adds them to those that are in it already; gives back what is too little.
    fn settle(&mut self, area: u32, inside: &mut Vec<u32>, bundles: Vec<Bundle<C>>) -> Option<Bundle<C>> {
        let mut begun: Option<Bundle<C>> = None;
        let mut last = None;
        for bundle in bundles {
            if bundle.crowd.is_enough(self.threshold) {
                self.close(inside, bundle);
                continue;
            }
            let joined = match begun.take() {
                Some(mut joined) => {
                    joined.take(bundle, self.tree);
                    joined
                }
                None => bundle,
            };
            if joined.crowd.is_enough(self.threshold) {
                last = Some(self.close(inside, joined));
            } else {
                begun = Some(joined);
            }
        }
        let rest = begun?;
        // Groups that lie in several of the areas below already are taken first: no other area is cut.
        let nearest = || {
            let wide = self.nearest(inside, &rest, |group| group.home == area);
            wide.or_else(|| self.nearest(inside, &rest, |_| true))
        };
        let Some(group) = last.or_else(nearest) else { return Some(rest) };
        let group = self.groups[group as usize].as_mut()?;
        if !group.crowd.is_enough_with(&rest.crowd, self.threshold) {
            return Some(rest);
        }
        group.take(rest, self.tree);
        None
    }

    /// The group that begins next to a bundle along the curve.
    fn nearest(&self, inside: &[u32], to: &Bundle<C>, wanted: impl Fn(&Bundle<C>) -> bool) -> Option<u32> {
        let groups = inside.iter().filter_map(|group| Some((*group, self.groups[*group as usize].as_ref()?)));
        let wanted = groups.filter(|(_, group)| wanted(group));
        wanted.min_by_key(|(_, group)| group.first().abs_diff(to.first())).map(|(group, _)| group)
    }
}

impl Gathering<'_, Counts> {
    /// Joins what is left over in the end with groups that have what it lacks; `None` if there are no such
    /// groups.
    fn force(&mut self, mut rest: Bundle<Counts>) -> Option<()> {
        let mut inside = std::mem::take(&mut self.inside[self.tree.whole() as usize]);
        while !rest.crowd.is_enough(self.threshold) {
            let lacking = rest.crowd.0.iter().position(|n| *n > 0 && *n < self.threshold);
            let helps = |group: &Bundle<Counts>| lacking.is_none_or(|category| group.crowd.0[category] > 0);
            let group = self.nearest(&inside, &rest, helps)?;
            let group = self.groups[group as usize].take()?;
            rest.take(group, self.tree);
        }
        self.close(&mut inside, rest);
        Some(())
    }
}
