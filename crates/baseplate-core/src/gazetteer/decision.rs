//! An answer by rows and numbers of the plate, and what takes away from it.
//!
//! A [`Decision`] is made in `fits.rs`, `stopped.rs`, `areas.rs` or `written.rs` and then only loses:
//! `decide.rs` calls the methods here when the text says something that the answer does not bear out. An
//! answer that ended above what was asked for is never complete and has no address code. `geocode/place.rs`
//! turns the rows into codes and coordinates.

use crate::verdict::{Fault, FaultKind, GeocodeStatus, MatchLevel};

/// The least cost, in hundredths, of an answer of which a word of the text is not true. It is above that of
/// band high.
pub(super) const DOUBTFUL: u32 = 70;
/// The least cost, in hundredths, of an answer that is named by what it is beside (对面). It is above that of
/// band high.
const RELATIVE: u32 = 160;
/// The least cost, in hundredths, of an answer that rests on another spelling alone: half of such names are
/// no names of the library.
pub(super) const GUESSED: u32 = 500;

/// What a text was found to mean, by rows and numbers of the plate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// How far down the text was matched.
    pub(crate) level: MatchLevel,
    /// The row of the address in the table of addresses: that of the room, or of the building as a whole.
    /// `None` where the answer has no address of its own.
    pub(crate) row: Option<u32>,
    /// The place in the index: that of the building, or one of those that the answer stands for. `None` if
    /// the answer is an area.
    pub(crate) place: Option<u32>,
    /// The number of the lowest grid or division that holds all of what was found.
    pub(crate) area: Option<u32>,
}

/// The answer to a text, by rows and numbers of the plate.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// Whether the answer is one, several or none.
    pub(crate) status: GeocodeStatus,
    /// What was found; of an ambiguous answer what all alternatives have in common.
    pub(crate) found: Option<Found>,
    /// The other rooms or buildings of a text that names several (101、102室).
    pub(crate) also: Vec<Found>,
    /// What an ambiguous text may mean, at most [`ALTERNATIVES_MAX`](super::judge::ALTERNATIVES_MAX).
    pub(crate) alternatives: Vec<Found>,
    /// What is wrong with the text, see [`Decision::in_order`].
    pub(crate) faults: Vec<Fault>,
    /// What speaks against the answer, in hundredths; `confidence.rs` makes a probability of it.
    pub(crate) cost: u32,
    /// By how much the next best answer costs more, in hundredths; `None` if there is no other.
    pub(crate) gap: Option<u32>,
    /// Whether everything that the text asks for was found.
    pub(crate) complete: bool,
    /// What was not understood: ranges of characters of the normal form, end excluded, in the order of the
    /// text.
    pub(crate) rests: Vec<(usize, usize)>,
    /// The numbers of the names of two roads whose crossing is meant, and the number of the area in which,
    /// if the text names one.
    pub(crate) crossing: Option<([u32; 2], Option<u32>)>,
}

impl Decision {
    /// An answer that found nothing, with a status that says why.
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

    /// The answer with its faults by element and kind, each once. Faults are collected in the order in
    /// which they are noticed, which says nothing.
    pub(crate) fn in_order(mut self) -> Self {
        self.faults.sort_by_key(|fault| (fault.element, fault.kind as u8));
        self.faults.dedup();
        self
    }

    /// Leaves the building and what is above it: a room becomes its building, and no address is named.
    pub(crate) fn take_code(&mut self) {
        if let Some(found) = &mut self.found {
            found.row = None;
            found.level = if found.level == MatchLevel::Room { MatchLevel::Building } else { found.level };
        }
    }

    /// Ends the answer at the level `most`, or where it is if that is above already; alternatives and
    /// further rooms go.
    pub(crate) fn rise(&mut self, most: MatchLevel) {
        self.also.clear();
        self.alternatives.clear();
        self.status = GeocodeStatus::Matched;
        if let Some(found) = self.found.as_mut().filter(|found| found.level > most) {
            (found.level, found.row) = (most, None);
        }
    }

    /// Ends the answer above words that are not understood and may say which place is meant. The next
    /// element below the answer is marked as unconfirmed. `with_numbers` says that numbers belong to these
    /// words, so that a building is what is missing and not an estate.
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

    /// Ends the answer at the road, or at the community where no road is named: the text names what is
    /// beside a place. Such an answer is never complete and never in band high.
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

    /// Makes the answer the crossing of two roads, by the numbers of their names, within an area if the
    /// text names one. Where it is is found out by `geocode/place.rs`.
    pub(crate) fn be_crossing(&mut self, roads: [u32; 2], within: Option<u32>) {
        self.crossing = Some((roads, within));
        self.faults.retain(|fault| fault.kind == FaultKind::Relative);
        self.cost = RELATIVE;
    }

    /// Whether a road or an estate was found under another spelling than the library has.
    pub(crate) fn is_misspelt(&self) -> bool {
        let misspelt = |fault: &Fault| fault.kind == FaultKind::Misspelt && fault.element >= MatchLevel::Road;
        self.faults.iter().any(misspelt)
    }

    /// Whether something in the text is not so in the answer.
    pub(crate) fn doubts(&self) -> bool {
        self.faults.iter().any(|fault| fault.kind == FaultKind::Contradicting)
    }

    /// Whether the text names a road or an estate at which the answer does not lie.
    pub(crate) fn is_elsewhere(&self) -> bool {
        let contradicts = |fault: &Fault| fault.kind == FaultKind::Contradicting && fault.element >= MatchLevel::Road;
        self.faults.iter().any(contradicts)
    }

    /// How far down the answer goes; without one the highest level.
    pub(crate) fn level(&self) -> MatchLevel {
        self.found.as_ref().map_or(MatchLevel::City, |found| found.level)
    }
}
