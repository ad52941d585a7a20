//! What is counted of an area.

/// How many of each entity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) buildings: u32,
    pub(super) addresses: u32,
    pub(super) enterprises: u32,
    /// As released.
    pub(super) people: u32,
    /// Addresses with a resident, as released.
    pub(super) households: u32,
}

impl Counted {
    /// One building.
    pub(super) fn building() -> Self {
        Self { buildings: 1, ..Self::default() }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.buildings += other.buildings;
        self.addresses += other.addresses;
        self.enterprises += other.enterprises;
        self.people += other.people;
        self.households += other.households;
    }
}

/// Which numbers are estimates, because an area holds a part of what was counted together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Estimates {
    pub(super) people: bool,
    pub(super) households: bool,
}
