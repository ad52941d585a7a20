//! Putting places together until nobody stands out.

use super::Tree;

/// Places that are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Groups {
    /// For each place its group.
    pub(crate) of_place: Vec<u32>,
    /// For each group the lowest area that holds all of it.
    pub(crate) homes: Vec<u32>,
}

/// Whether some counts may be told: in each category there is nobody or there are enough, and there is somebody.
pub(crate) fn enough(counts: &[u32], threshold: u32) -> bool {
    counts.iter().all(|n| *n == 0 || *n >= threshold) && counts.iter().any(|n| *n > 0)
}

/// A group on its way.
struct Bundle {
    home: u32,
    places: Vec<u32>,
    counts: Vec<u32>,
}

impl Bundle {
    fn take(&mut self, mut other: Self, tree: &Tree) {
        self.home = tree.common(self.home, other.home);
        self.places.append(&mut other.places);
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, n)| *sum += n);
    }

    /// The counts of both.
    fn with(&self, other: &Self) -> Vec<u32> {
        self.counts.iter().zip(&other.counts).map(|(a, b)| a + b).collect()
    }

    /// Where it begins along the curve.
    fn first(&self) -> u32 {
        self.places.first().copied().unwrap_or_default()
    }
}

/// Groups of places, given in the order of a curve with the areas that they lie in and their counts, `width` numbers each.
/// A place that may be told by itself is a group; others are joined with those that follow, in their area where that is enough, else with what is
/// left over in the areas above. `None` if all places together are not enough.
pub(crate) fn gather(tree: &Tree, areas: &[u32], counts: &[u32], width: usize, threshold: u32) -> Option<Groups> {
    let mut pending: Vec<Vec<Bundle>> = (0..=tree.whole()).map(|_| Vec::new()).collect();
    for ((place, area), counts) in (0..).zip(areas).zip(counts.chunks_exact(width.max(1))) {
        pending[*area as usize].push(Bundle { home: *area, places: vec![place], counts: counts.to_vec() });
    }
    let mut gathering = Gathering { tree, threshold, groups: Vec::new(), inside: vec![Vec::new(); pending.len()] };
    for area in tree.upwards() {
        let mut bundles = std::mem::take(&mut pending[area as usize]);
        bundles.sort_by_key(Bundle::first);
        let above = tree.parent(area) as usize;
        match gathering.settle(area, bundles) {
            Some(rest) if area == tree.whole() => gathering.force(rest)?,
            Some(rest) => pending[above].push(rest),
            None => {}
        }
        if area != tree.whole() {
            let inside = std::mem::take(&mut gathering.inside[area as usize]);
            gathering.inside[above].extend(inside);
        }
    }
    let mut of_place = vec![0; areas.len()];
    let mut homes = Vec::new();
    for group in gathering.groups.into_iter().flatten() {
        group.places.iter().for_each(|place| of_place[*place as usize] = homes.len() as u32);
        homes.push(group.home);
    }
    Some(Groups { of_place, homes })
}

struct Gathering<'a> {
    tree: &'a Tree,
    threshold: u32,
    /// What has been put together; what another one took is gone.
    groups: Vec<Option<Bundle>>,
    /// For each area the groups in it.
    inside: Vec<Vec<u32>>,
}

impl Gathering<'_> {
    fn enough(&self, counts: &[u32]) -> bool {
        enough(counts, self.threshold)
    }

    fn close(&mut self, area: u32, bundle: Bundle) -> u32 {
        let group = self.groups.len() as u32;
        self.groups.push(Some(bundle));
        self.inside[area as usize].push(group);
        group
    }

    /// Makes groups of what lies in an area; gives back what is too little.
    fn settle(&mut self, area: u32, bundles: Vec<Bundle>) -> Option<Bundle> {
        let mut begun: Option<Bundle> = None;
        let mut last = None;
        for bundle in bundles {
            if self.enough(&bundle.counts) {
                self.close(area, bundle);
                continue;
            }
            let joined = match begun.take() {
                Some(mut joined) => {
                    joined.take(bundle, self.tree);
                    joined
                }
                None => bundle,
            };
            if self.enough(&joined.counts) {
                last = Some(self.close(area, joined));
            } else {
                begun = Some(joined);
            }
        }
        let rest = begun?;
        let Some(group) = last.or_else(|| self.nearest(area, &rest, |_| true)) else { return Some(rest) };
        let group = self.groups[group as usize].as_mut()?;
        if !enough(&group.with(&rest), self.threshold) {
            return Some(rest);
        }
        group.take(rest, self.tree);
        None
    }

    /// The group in an area that begins next to a bundle along the curve.
    fn nearest(&self, area: u32, to: &Bundle, wanted: impl Fn(&Bundle) -> bool) -> Option<u32> {
        let groups = self.inside[area as usize]
            .iter()
            .filter_map(|group| Some((*group, self.groups[*group as usize].as_ref()?)));
        groups.filter(|(_, b)| wanted(b)).min_by_key(|(_, b)| b.first().abs_diff(to.first())).map(|(group, _)| group)
    }

    /// Joins what is left over in the end with groups that have what it lacks.
    fn force(&mut self, mut rest: Bundle) -> Option<()> {
        let whole = self.tree.whole();
        while !self.enough(&rest.counts) {
            let lacking = rest.counts.iter().position(|n| *n > 0 && *n < self.threshold);
            let helps = |group: &Bundle| lacking.is_none_or(|category| group.counts[category] > 0);
            let group = self.nearest(whole, &rest, helps)?;
            let group = self.groups[group as usize].take()?;
            rest.take(group, self.tree);
        }
        self.close(whole, rest);
        Some(())
    }
}
