//! An answer by rows of the plate, and what takes away from it.

use crate::verdict::{Fault, FaultKind, GeocodeStatus, MatchLevel};

/// What an answer costs at least of which a word of the text is not true, and one that is named by what it is beside, hundredths:
/// neither is in band high.
pub(super) const DOUBTFUL: u32 = 70;
const RELATIVE: u32 = 160;
/// What an answer costs at least that rests on another spelling alone: half of such names are no name of the library.
pub(super) const GUESSED: u32 = 500;

/// A place that was found, by rows of the plate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) level: MatchLevel,
    /// The address of the room, or of the building as a whole.
    pub(crate) row: Option<u32>,
    /// Of the building, or one of those that the answer stands for.
    pub(crate) place: Option<u32>,
    /// The lowest area that holds all of it, a row of the grids.
    pub(crate) area: Option<u32>,
}

/// The answer, by rows of the plate.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    pub(crate) status: GeocodeStatus,
    pub(crate) found: Option<Found>,
    pub(crate) also: Vec<Found>,
    pub(crate) alternatives: Vec<Found>,
    pub(crate) faults: Vec<Fault>,
    /// What speaks against it, hundredths.
    pub(crate) cost: u32,
    /// By how much the next best costs more.
    pub(crate) gap: Option<u32>,
    /// Whether everything that the text asks for was found.
    pub(crate) complete: bool,
    /// What was not understood, from and to, characters of the normal text.
    pub(crate) rests: Vec<(usize, usize)>,
    /// The names of two roads whose crossing is meant, and the area in which.
    pub(crate) crossing: Option<([u32; 2], Option<u32>)>,
}

impl Decision {
    pub(crate) fn nothing(status: GeocodeStatus) -> Self {
        Self {
            status,
            found: None,
            also: Vec::new(),
            alternatives: Vec::new(),
            faults: Vec::new(),
            cost: 0,
            gap: None,
            complete: false,
            rests: Vec::new(),
            crossing: None,
        }
    }

    /// Faults in their order, each once.
    pub(crate) fn in_order(mut self) -> Self {
        self.faults.sort_by_key(|fault| (fault.element, fault.kind as u8));
        self.faults.dedup();
        self
    }

    /// Leaves the building and what is above it.
    pub(crate) fn take_code(&mut self) {
        if let Some(found) = &mut self.found {
            found.row = None;
            found.level = if found.level == MatchLevel::Room { MatchLevel::Building } else { found.level };
        }
    }

    /// Ends the answer at a level above the one it has.
    pub(crate) fn rise(&mut self, most: MatchLevel) {
        self.also.clear();
        self.alternatives.clear();
        self.status = GeocodeStatus::Matched;
        if let Some(found) = self.found.as_mut().filter(|found| found.level > most) {
            (found.level, found.row) = (most, None);
        }
    }

    /// Words that are not understood may say which place is meant: the answer ends above them. `with_numbers` says that numbers
    /// are theirs.
    pub(crate) fn stop_above(&mut self, with_numbers: bool) {
        let level = self.level();
        let element = match level {
            MatchLevel::Road | MatchLevel::DoorNumber | MatchLevel::Estate if with_numbers => MatchLevel::Building,
            MatchLevel::Road | MatchLevel::DoorNumber => MatchLevel::Estate,
            MatchLevel::Estate => MatchLevel::Building,
            level if level < MatchLevel::Road => MatchLevel::Road,
            _ => MatchLevel::Room,
        };
        self.faults.push(Fault { element, kind: FaultKind::Unconfirmed });
        self.complete = false;
        self.take_code();
    }

    /// The text names what is beside a place: the answer ends at the road, or at the area where none is named.
    pub(crate) fn be_relative(&mut self, at_road: bool) {
        self.also.clear();
        let level = self.level();
        self.faults.push(Fault { element: level, kind: FaultKind::Relative });
        self.cost = self.cost.max(RELATIVE);
        self.complete = false;
        self.take_code();
        let most = if at_road { MatchLevel::Road } else { MatchLevel::Community };
        if let Some(found) = self.found.as_mut().filter(|found| found.level > most) {
            found.level = most;
            found.place = found.place.filter(|_| at_road);
        }
    }

    /// The text says nothing but that two roads meet.
    pub(crate) fn be_crossing(&mut self, roads: [u32; 2], within: Option<u32>) {
        self.crossing = Some((roads, within));
        self.faults.retain(|fault| fault.kind == FaultKind::Relative);
        self.cost = RELATIVE;
    }

    /// Whether a road or an estate is found under another spelling.
    pub(crate) fn is_misspelt(&self) -> bool {
        let misspelt = |fault: &Fault| fault.kind == FaultKind::Misspelt && fault.element >= MatchLevel::Road;
        self.faults.iter().any(misspelt)
    }

    /// Whether something in the text is not so in the answer.
    pub(crate) fn doubts(&self) -> bool {
        self.faults.iter().any(|fault| fault.kind == FaultKind::Contradicting)
    }

    /// Whether the text names a road or an estate at which the answer is not.
    pub(crate) fn is_elsewhere(&self) -> bool {
        let contradicts = |fault: &Fault| fault.kind == FaultKind::Contradicting && fault.element >= MatchLevel::Road;
        self.faults.iter().any(contradicts)
    }

    pub(crate) fn level(&self) -> MatchLevel {
        self.found.as_ref().map_or(MatchLevel::City, |found| found.level)
    }
}
