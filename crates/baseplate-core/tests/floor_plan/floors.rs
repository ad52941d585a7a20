//! The floor plans of `ARCHITECTURE.md`, and what differs from them.
//!
//! A plan is a fenced block with the words `text floor-plan` and the name of the crate. Each line is a floor, from the top
//! down: names of rooms up to the first two spaces, then a remark. A line that begins with two spaces goes on with the remark.

use crate::{arrows::Arrows, tree::File};
use std::collections::{BTreeMap, BTreeSet};

/// The rooms on each floor, from the top down.
pub(crate) type Floors = Vec<Vec<String>>;

/// The floors of each crate that has a plan.
pub(crate) struct Plans(BTreeMap<String, Floors>);

impl Plans {
    /// Those in a Markdown text.
    pub(crate) fn parse(text: &str) -> Self {
        let mut plans = BTreeMap::<String, Floors>::new();
        let mut open: Option<&str> = None;
        for line in text.lines() {
            match (open, line.strip_prefix("```")) {
                (None, Some(info)) => open = info.trim().strip_prefix("text floor-plan ").or(Some("")),
                (Some(_), Some(_)) => open = None,
                (None | Some(""), None) => {}
                (Some(name), None) => {
                    let rooms = line.split("  ").next().unwrap_or_default().split_whitespace().map(str::to_owned);
                    let floor: Vec<_> = rooms.collect();
                    plans.entry(name.to_owned()).or_default().extend((!floor.is_empty()).then_some(floor));
                }
            }
        }
        Self(plans)
    }

    /// The floors of a crate.
    pub(crate) fn floors(&self, name: &str) -> Option<&Floors> {
        self.0.get(name)
    }

    /// Says which plans are of crates that are not there.
    pub(crate) fn unknown_crates(&self, known: &[&str]) -> Vec<String> {
        let unknown = self.0.keys().filter(|name| !known.contains(&name.as_str()));
        unknown.map(|name| format!("{name}: there is a floor plan and no such crate")).collect()
    }
}

/// The room of a file: the first part of its path.
fn room(path: &str) -> &str {
    path.split('/').next().map_or(path, |first| first.strip_suffix(".rs").unwrap_or(first))
}

/// What differs from the floors of a crate: rooms that are on one side only or stand twice, and arrows that do not lead down.
pub(crate) fn findings(name: &str, floors: &Floors, files: &[File], arrows: &Arrows) -> Vec<String> {
    let rooms: BTreeSet<_> = files.iter().map(|file| room(&file.path)).collect();
    let mut findings = Vec::new();
    let mut floor_of = BTreeMap::new();
    for (floor, rooms_there) in floors.iter().enumerate() {
        for there in rooms_there {
            if floor_of.insert(there.as_str(), floor).is_some() {
                findings.push(format!("{name}: the room {there} is in the plan twice"));
            }
            if !rooms.contains(there.as_str()) {
                findings.push(format!("{name}: the room {there} of the plan does not exist"));
            }
        }
    }
    let missing = rooms.iter().filter(|room| !floor_of.contains_key(*room));
    findings.extend(missing.map(|room| format!("{name}: the room {room} is not in the plan")));
    for arrow in &arrows.0 {
        let (from, to) = (room(&arrow.0.0), room(&arrow.0.1));
        let (Some(start), Some(end)) = (floor_of.get(from), floor_of.get(to)) else { continue };
        if from != to && end <= start {
            let way = if end < start { "up" } else { "level" };
            findings.push(format!("{name}: {way}: {}", Arrows::line(arrow)));
        }
    }
    findings
}
