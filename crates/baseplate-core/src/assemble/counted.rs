//! What is counted of an area: of the backbone, and people.

use std::ops::AddAssign;

/// How many of each entity lie in an area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// Buildings that stand.
    pub(super) buildings: u32,
    /// Addresses.
    pub(super) addresses: u32,
    /// People, as released.
    pub(super) people: u32,
    /// Addresses with a resident, as released.
    pub(super) households: u32,
}

impl Counted {
    /// The count of one building.
    pub(super) fn building() -> Self {
        Self { buildings: 1, ..Self::default() }
    }

    /// The count of one address.
    pub(super) fn address() -> Self {
        Self { addresses: 1, ..Self::default() }
    }
}

impl AddAssign for Counted {
    fn add_assign(&mut self, other: Self) {
        self.buildings += other.buildings;
        self.addresses += other.addresses;
        self.people += other.people;
        self.households += other.households;
    }
}

/// Which numbers are estimates, because an area holds a part of what was counted together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Estimates {
    /// Whether the number of people is an estimate.
    pub(super) people: bool,
    /// Whether the number of households is an estimate.
    pub(super) households: bool,
}
