//! The rules of quality that look at one address by itself, while it is linked.

use super::{FAR_M, Linked, Linking, Point};
use crate::{
    link::BuildingLink,
    model::How,
    quality::{Issue, Rule},
    text,
};

impl Linking<'_> {
    /// Looks for what is wrong with an address by itself.
    pub(super) fn check(&self, address: &Linked) -> Vec<Issue> {
        let mut found: Vec<_> = null_point(address).into_iter().chain(self.no_grid(address)).collect();
        let issue = |rule, evidence: String| Issue::new(rule, &address.code, evidence).at(address.point);
        if !text::has_number(&address.text) {
            found.push(issue(Rule::AddressIncomplete, format!("no number in '{}'", address.text)));
        }
        if let Some((code, why)) = &address.dangling {
            let instead = if address.link.is_some() { "linked by place instead" } else { "and none is near" };
            found.push(issue(Rule::LinkDangling, format!("{why}; {instead}")).other(code));
        }
        if !self.own_types.is_empty() && self.own_types.iter().all(|t| t.check(&address.code).is_err()) {
            found.push(issue(Rule::CodeForm, self.own_types.iter().map(|t| t.name()).collect::<Vec<_>>().join(", ")));
        }
        found.extend(address.link.into_iter().flat_map(|link| self.at_building(address, link)).flatten());
        found
    }

    /// What does not fit between an address and its building.
    fn at_building(&self, address: &Linked, link: BuildingLink) -> [Option<Issue>; 3] {
        let building = link.building as usize;
        let draft = &self.buildings.drafts[building];
        let issue =
            |rule, evidence: String| Issue::new(rule, &address.code, evidence).other(&draft.code).at(address.point);
        let is_far = link.how == How::Given && link.distance_m > FAR_M;
        let grid = || self.context.grids_at(address.point).first().copied();
        let elsewhere = address.said.place().is_some() && grid() != self.buildings.grids[building].first().copied();
        let floor = text::floor(&address.text, draft.floors).zip(draft.floors);
        let too_high = floor.filter(|(floor, top)| *floor > i32::from(*top));
        let far = || format!("{:.1} m from the building it names", link.distance_m);
        let beside = || format!("{:.1} m from its building, which is in another grid", link.distance_m);
        [
            is_far.then(|| issue(Rule::AddressFar, far())),
            elsewhere.then(|| issue(Rule::AddressOtherGrid, beside())),
            too_high.map(|(floor, top)| issue(Rule::AddressFloor, format!("floor {floor} of a building with {top}"))),
        ]
    }

    /// Counts of addresses by grid add up to all addresses but these.
    fn no_grid(&self, address: &Linked) -> Option<Issue> {
        let building = address.link.map(|link| link.building as usize);
        let grids = address.grids.as_ref().or_else(|| Some(&self.buildings.grids[building?]))?;
        let evidence = match (building, address.point.placed()) {
            (Some(_), _) => "its building stands in no grid",
            (None, Some(_)) => "no grid contains or touches its point",
            (None, None) => "it has no coordinates and no building",
        };
        let issue = || Issue::new(Rule::AddressNoGrid, &address.code, evidence).at(address.point);
        let other = || building.map(|building| self.buildings.code(building).to_owned());
        grids.first()?.is_none().then(|| Issue { other: other(), ..issue() })
    }
}

fn null_point(address: &Linked) -> Option<Issue> {
    let evidence = if address.link.is_some() {
        "0, 0 in its source; it stands at its building"
    } else {
        "0, 0 in its source; it stands nowhere"
    };
    let issue = || Issue::new(Rule::AddressNullPoint, &address.code, evidence).at(address.point);
    (address.said == Point::Null).then(issue)
}
