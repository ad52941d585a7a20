//! The rules of quality that look at one address by itself, while it is linked: its point, its link, its
//! floor, its code. They only report; nothing is changed by them.

use super::{FAR_M, Linked, Linking, Point};
use crate::{
    assemble::checks::no_own_type,
    code::LOST,
    link::BuildingLink,
    model::How,
    quality::{Evidence, Form, Issue, Rule, rounded},
    text,
};

impl Linking<'_> {
    /// Looks for what is wrong with an address by itself: a point at 0, 0, no grid, no number in its text,
    /// a building that is not there, a code of no type of the city's, and what does not fit between it and
    /// its building.
    pub(super) fn check(&self, address: &Linked) -> Vec<Issue> {
        let mut found: Vec<_> = null_point(address).into_iter().chain(self.no_grid(address)).collect();
        let issue = |rule, evidence: Evidence| Issue::new(rule, &address.code, evidence).at(address.point);
        if !text::has_number(&address.text) {
            found.push(issue(Rule::AddressIncomplete, Evidence::new(Form::NoNumber, [address.text.as_str().into()])));
        }
        if let Some((code, why)) = &address.dangling {
            let evidence = match (*why == LOST, address.link.is_some()) {
                (false, false) => Form::NoBuilding,
                (false, true) => Form::NoBuildingPlaced,
                (true, false) => Form::LostBuilding,
                (true, true) => Form::LostBuildingPlaced,
            };
            found.push(issue(Rule::LinkDangling, evidence.into()).other(code));
        }
        if !self.own_types.is_empty() && self.own_types.iter().all(|t| t.check(&address.code).is_err()) {
            found.push(issue(Rule::CodeForm, no_own_type(&self.own_types)));
        }
        found.extend(address.link.into_iter().flat_map(|link| self.at_building(address, link)).flatten());
        found
    }

    /// What does not fit between an address and its building: a given link over more than [`FAR_M`] metres,
    /// a point of its own in another grid of the first kind than the building's, and a floor above the top
    /// one.
    fn at_building(&self, address: &Linked, link: BuildingLink) -> [Option<Issue>; 3] {
        let building = link.building as usize;
        let draft = &self.buildings.drafts[building];
        let issue =
            |rule, evidence: Evidence| Issue::new(rule, &address.code, evidence).other(&draft.code).at(address.point);
        let is_far = link.how == How::Given && link.distance_m > FAR_M;
        let grid = || self.context.grids_at(address.point).first().copied();
        let elsewhere = address.said.located().is_some() && grid() != self.buildings.grids[building].first().copied();
        let floor = text::floor(&address.text, draft.floors).zip(draft.floors);
        let too_high = floor.filter(|(floor, top)| *floor > i32::from(*top));
        let apart = |form| Evidence::new(form, [rounded(link.distance_m.into(), 1)]);
        let above = |floor: i32, top: u16| Evidence::new(Form::TooHigh, [floor.into(), top.into()]);
        [
            is_far.then(|| issue(Rule::AddressFar, apart(Form::Far))),
            elsewhere.then(|| issue(Rule::AddressOtherGrid, apart(Form::Beside))),
            too_high.map(|(floor, top)| issue(Rule::AddressFloor, above(floor, top))),
        ]
    }

    /// An address that counts in no grid of the first kind. Counts of addresses by grid add up to all
    /// addresses but these. `None` also where there are no grids at all.
    fn no_grid(&self, address: &Linked) -> Option<Issue> {
        let building = address.link.map(|link| link.building as usize);
        let grids = address.grids.as_ref().or_else(|| Some(&self.buildings.grids[building?]))?;
        let evidence = match (building, address.point.placed()) {
            (Some(_), _) => Form::NoGridOfBuilding,
            (None, Some(_)) => Form::NoGridAtPoint,
            (None, None) => Form::NoPlace,
        };
        let issue = || Issue::new(Rule::AddressNoGrid, &address.code, evidence).at(address.point);
        let other = || building.map(|building| self.buildings.code(building).to_owned());
        grids.first()?.is_none().then(|| Issue { other: other(), ..issue() })
    }
}

/// An address whose source says 0, 0.
fn null_point(address: &Linked) -> Option<Issue> {
    let evidence = if address.link.is_some() { Form::NullAtBuilding } else { Form::NullNowhere };
    let issue = || Issue::new(Rule::AddressNullPoint, &address.code, evidence).at(address.point);
    (address.said == Point::Null).then(issue)
}
