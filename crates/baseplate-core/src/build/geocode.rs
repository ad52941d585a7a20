//! The index of the geocoder, made as soon as the addresses have their buildings.

use super::{
    BuildError, Context, Progress, addresses::AddressTable, buildings::BuildingTable, grids::GridTable, log::Log,
};
use crate::{
    geocode::index::{Alias, Division, GEOCODE, GeoIndex, Library, write},
    model::Level,
    plate::map,
};

/// What the names of cities, counties and what stands beside them end in: 市, 自治州, 地区, 新区 …
const CITY_ENDINGS: [char; 6] = ['市', '区', '县', '州', '盟', '旗'];
/// What the names of provinces end in, where a city's name has one before it.
const PROVINCE_ENDINGS: [&str; 2] = ["省", "自治区"];

/// What the geocoder is to know.
struct Known<'a> {
    addresses: &'a AddressTable,
    buildings: &'a BuildingTable,
    /// The city that the plate is named after, where it is no grid: the number behind the last grid.
    city: Option<u32>,
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
        let city = self.city();
        let known = Known { addresses, buildings, city: city.map(|_| self.grids.len() as u32) };
        let bytes = write(&known, &divisions(self.grids, city), &aliases);
        self.write_file(GEOCODE, &bytes)?;
        let path = self.dir.join(GEOCODE);
        let file = map::map(&path).map_err(BuildError::write(&path))?;
        GeoIndex::open(file).map_err(|e| BuildError::ReadBack { path, reason: e.to_string() })
    }

    /// The name of the city if it is known from the plate alone: no source has the level of cities, and the plate is called as
    /// a city or county is.
    fn city(&self) -> Option<&str> {
        let name = self.spec.plate.name.trim();
        let province = |ending: &&str| name.find(*ending).map(|at| at + ending.len());
        let behind = PROVINCE_ENDINGS.iter().find_map(province).and_then(|at| name.get(at..));
        let name = behind.filter(|rest| !rest.is_empty()).unwrap_or(name);
        let is_city = name.chars().count() > 1 && name.ends_with(CITY_ENDINGS);
        let is_known = self.grids.drafts.iter().any(|draft| draft.level == Level::City || draft.name == name);
        (is_city && !is_known).then_some(name)
    }

    /// The divisions that the aliases of the spec stand for. Those that stand for none are noted.
    fn aliases(&self, log: &mut Log) -> Vec<Alias<'_>> {
        let mut aliases = Vec::new();
        for alias in &self.spec.aliases {
            for now in &alias.now {
                let is_now = |name: &str, code: &str| name == now || code == now;
                let rows = (0..).zip(&self.grids.drafts).filter(|(_, draft)| is_now(&draft.name, &draft.code));
                let row = rows.max_by_key(|(_, draft)| draft.level).map(|(row, _)| row);
                let city = || self.city().filter(|name| name == now).map(|_| self.grids.len() as u32);
                match row.or_else(city) {
                    Some(row) => aliases.push(Alias { name: &alias.name, row }),
                    None => log.notes.push(format!("alias '{}': no division has the name or code '{now}'", alias.name)),
                }
            }
        }
        aliases
    }
}

/// The grids, and behind them the city that is none, which lies above all that have nothing above them.
fn divisions<'a>(grids: &'a GridTable, city: Option<&'a str>) -> Vec<Division<'a>> {
    let top = city.map(|_| grids.len() as u32);
    let row = |row: usize| {
        let (draft, parent) = (&grids.drafts[row], grids.parents[row].map(|(parent, _)| parent));
        Division { row: row as u32, name: &draft.name, level: draft.level, parent: parent.or(top) }
    };
    let city = city.zip(top).map(|(name, row)| Division { row, name, level: Level::City, parent: None });
    (0..grids.len()).map(row).chain(city).collect()
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
        let grids = self.addresses.grids.get(&self.addresses.order[row as usize]);
        grids.and_then(|grids| grids.first().copied().flatten()).or(self.city)
    }

    fn buildings(&self) -> u32 {
        self.buildings.len() as u32
    }

    fn building_name(&self, building: u32) -> Option<&str> {
        self.buildings.drafts[building as usize].name.as_deref()
    }

    fn building_grid(&self, building: u32) -> Option<u32> {
        self.buildings.grids[building as usize].first().copied().flatten().or(self.city)
    }
}
