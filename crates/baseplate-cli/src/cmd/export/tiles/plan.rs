//! What an archive is to hold, by which an interrupted export is recognised.

use crate::cmd::{export::zooms::Zooms, outcome::Failure};
use baseplate_core::{Baseplate, TileLayer};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// What an archive is to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    generation: String,
    /// XXH3-64 of the plate's manifest, hexadecimal: another plate may have a generation of the same name.
    plate: String,
    layers: Vec<String>,
    zooms: Zooms,
    program: String,
}

impl Plan {
    pub(super) fn new(plate: &Baseplate, layers: &[TileLayer], zooms: Zooms) -> Result<Self, Failure> {
        let manifest = plate.manifest();
        Ok(Self {
            generation: manifest.generation.clone(),
            plate: format!("{:016x}", xxh3_64(&serde_json::to_vec(manifest)?)),
            layers: layers.iter().map(|layer| layer.name.clone()).collect(),
            zooms,
            program: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// As one line of text.
    pub(super) fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// Nothing, if an export that was begun so can be continued.
    ///
    /// # Errors
    /// What differs, and what to do.
    pub(super) fn continues(&self, begun: &str) -> Result<(), String> {
        let begun: Self =
            serde_json::from_str(begun).map_err(|e| format!("what it is of cannot be read ({e}); {CURE}"))?;
        let differs = |what: &str, was: &str, is: &str| Err(format!("it has {what} {was}, not {is}; {CURE}"));
        if begun.generation != self.generation || begun.plate != self.plate {
            let is = if begun.generation == self.generation { "of this plate" } else { &self.generation };
            return differs("tiles of generation", &begun.generation, is);
        }
        if begun.layers != self.layers {
            return differs("the layers", &begun.layers.join(","), &self.layers.join(","));
        }
        if begun.zooms != self.zooms {
            let range = |zooms: Zooms| format!("{}-{}", zooms.first, zooms.last);
            return differs("the zooms", &range(begun.zooms), &range(self.zooms));
        }
        if begun.program != self.program {
            return differs("tiles of baseplate", &begun.program, &self.program);
        }
        Ok(())
    }
}

/// The cure of everything that stands in the way of continuing.
const CURE: &str = "give the same again, or leave out --resume to begin anew";

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            generation: "000001".to_owned(),
            plate: "00".to_owned(),
            layers: vec!["grids".to_owned(), "buildings".to_owned()],
            zooms: Zooms { first: 6, last: 14 },
            program: "0".to_owned(),
        }
    }

    #[test]
    fn only_the_same_plan_goes_on_and_the_difference_is_named() {
        let check = |change: fn(&mut Plan), says: &str| {
            let mut other = plan();
            change(&mut other);
            let refusal = plan().continues(&other.line().expect("plain data")).expect_err("differs");
            assert!(refusal.contains(says) && refusal.contains("--resume"), "{refusal}");
        };
        plan().continues(&plan().line().expect("plain data")).expect("the same");
        check(|p| p.generation = "000002".to_owned(), "generation 000002, not 000001");
        check(|p| p.plate = "01".to_owned(), "of this plate");
        check(|p| p.layers.truncate(1), "layers grids, not grids,buildings");
        check(|p| p.layers.reverse(), "layers buildings,grids, not grids,buildings");
        check(|p| p.zooms.last = 15, "zooms 6-15, not 6-14");
        check(|p| p.program = "1".to_owned(), "baseplate 1, not 0");
        assert!(plan().continues("{").is_err());
    }
}
