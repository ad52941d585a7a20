//! What right answers are, and how a row of the result is written.

use crate::{points::Asked, tree::Tree};
use serde_json::json;
use std::{
    error::Error,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
};

/// What is known of the points of a set, by their number.
pub(crate) struct Judge<'a> {
    codes: Vec<&'a str>,
    /// The owners by this library.
    pub(crate) owners: Vec<Option<u32>>,
    /// All grids that have the point strictly inside.
    containing: Vec<Vec<u32>>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(codes: Vec<&'a str>, owners: Vec<Option<u32>>, tree: &Tree, asked: &Asked) -> Self {
        Self { codes, owners, containing: asked.points.iter().map(|p| tree.containing(*p).collect()).collect() }
    }

    /// Prints a row: `inside` counts the points with an owner, `owners` is a checksum of the codes of those strictly inside one grid,
    /// `differ` counts the points for which an owner is given that this library and geometry do not give.
    pub(crate) fn print(
        &self,
        system: &str,
        mode: &str,
        asked: &Asked,
        ns: f64,
        answers: &[Option<u32>],
    ) -> Result<(), Box<dyn Error>> {
        let all = || asked.ids.iter().map(|id| *id as usize).zip(answers);
        let inside = answers.iter().flatten().count();
        let checksum = all().map(|(id, answer)| self.checksum(id, *answer)).fold(0, u64::wrapping_add);
        let differ = all().filter(|(id, answer)| !self.agrees(*id, **answer)).count();
        let row = json!({
            "system": system, "mode": mode, "points": answers.len(), "ns": ns, "inside": inside, "several": 0,
            "differ": differ, "owners": format!("{checksum:016x}"),
        });
        Ok(writeln!(io::stdout(), "{row}")?)
    }

    /// Where a point lies in several grids, each of them is a right owner.
    fn agrees(&self, id: usize, answer: Option<u32>) -> bool {
        let containing = |place: Option<u32>| place.is_some_and(|place| self.containing[id].contains(&place));
        answer == self.owners[id] || (containing(answer) && containing(self.owners[id]))
    }

    fn checksum(&self, id: usize, answer: Option<u32>) -> u64 {
        let code = answer.filter(|_| self.containing[id].len() == 1).map(|place| self.codes[place as usize]);
        code.map_or(0, |code| {
            let mut hasher = DefaultHasher::new();
            (id, code).hash(&mut hasher);
            hasher.finish()
        })
    }
}
