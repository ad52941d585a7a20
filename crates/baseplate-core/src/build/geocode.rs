//! The index of the geocoder, made as soon as the addresses have their buildings.

use super::{
    BuildError, Context, Progress, addresses::AddressTable, buildings::BuildingTable, grids::GridTable, log::Log,
};
use crate::{
    geocode::index::{Alias, Division, GEOCODE, GeoIndex, Library, write},
    plate::map,
};

/// What the geocoder is to know.
struct Known<'a> {
    addresses: &'a AddressTable,
    buildings: &'a BuildingTable,
}

impl Context<'_> {
    /// Writes the index and opens it.
    pub(super) fn index_addresses(
        &self,
        buildings: &BuildingTable,
        addresses: &AddressTable,
        log: &mut Log,
    ) -> Result<GeoIndex, BuildError> {
        (self.on_progress)(Progress::Step("indexing the addresses"));
        let aliases = self.aliases(log);
        let bytes = write(&Known { addresses, buildings }, &divisions(self.grids), &aliases);
        self.write_file(GEOCODE, &bytes)?;
        let path = self.dir.join(GEOCODE);
        let file = map::map(&path).map_err(BuildError::write(&path))?;
        GeoIndex::open(file).map_err(|e| BuildError::ReadBack { path, reason: e.to_string() })
    }

    /// The divisions that the aliases of the spec stand for. Those that stand for none are noted.
    fn aliases(&self, log: &mut Log) -> Vec<Alias<'_>> {
        let mut aliases = Vec::new();
        for alias in &self.spec.aliases {
            for now in &alias.now {
                let is_now = |name: &str, code: &str| name == now || code == now;
                let row = (0..).zip(&self.grids.drafts).filter(|(_, draft)| is_now(&draft.name, &draft.code));
                match row.max_by_key(|(_, draft)| draft.level) {
                    Some((row, _)) => aliases.push(Alias { name: &alias.name, row }),
                    None => log.notes.push(format!("alias '{}': no division has the name or code '{now}'", alias.name)),
                }
            }
        }
        aliases
    }
}

fn divisions(grids: &GridTable) -> Vec<Division<'_>> {
    let row = |row: usize| {
        let (draft, parent) = (&grids.drafts[row], grids.parents[row].map(|(parent, _)| parent));
        Division { row: row as u32, name: &draft.name, level: draft.level, parent }
    };
    (0..grids.len()).map(row).collect()
}

impl Library for Known<'_> {
    fn rows(&self) -> u32 {
        self.addresses.len() as u32
    }

    fn text(&self, row: u32) -> &str {
        self.addresses.texts.get(self.addresses.order[row as usize] as usize)
    }

    fn building(&self, row: u32) -> Option<u32> {
        self.addresses.building(row)
    }

    fn grid(&self, row: u32) -> Option<u32> {
        self.addresses.grids.get(&self.addresses.order[row as usize])?.first().copied().flatten()
    }

    fn buildings(&self) -> u32 {
        self.buildings.len() as u32
    }

    fn building_name(&self, building: u32) -> Option<&str> {
        self.buildings.drafts[building as usize].name.as_deref()
    }

    fn building_grid(&self, building: u32) -> Option<u32> {
        self.buildings.grids[building as usize].first().copied().flatten()
    }
}
