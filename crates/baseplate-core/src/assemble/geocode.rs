//! The index of the geocoder, made as soon as the addresses have their buildings.
//!
//! Its writer (`gazetteer/index`) knows no tables of a build; here they become the library that it reads,
//! with the divisions, the former names and the landmarks of the spec. The index is opened from the files
//! that were just written, because enterprises are geocoded with it later in the same build. Where no
//! source has cities, the plate's name is one more division, if it ends as names of cities and counties do.

use super::{
    address_table::AddressTable, building_table::BuildingTable, context::Context, error::BuildError,
    grid_table::GridTable, log::Log, progress::Progress,
};
use crate::{
    gazetteer::index::{Alias, Division, GeoIndex, Landmark, LandmarkAddress, Library, Written, write},
    model::Level,
    quality::{Evidence, Form, Issue, Rule},
    spatial::{LngLat, Metric},
    store::{
        map::map,
        names::{GEOCODE, GEOCODE_GRIDS},
    },
};

/// The number of the city that the plate is named after, where it is no grid: those of grids begin at 1.
const CITY: u32 = 0;
/// How far from the point of a landmark its address may be, metres.
const REACH_M: f64 = 100.0;

/// What the names of cities, counties and what stands beside them end in: 市, 自治州, 地区, 新区 …
const CITY_ENDINGS: [char; 6] = ['市', '区', '县', '州', '盟', '旗'];
/// What the names of provinces end in, where a city's name has one before it.
const PROVINCE_ENDINGS: [&str; 2] = ["省", "自治区"];

/// What the geocoder is to know, as the library that its writer reads.
struct Known<'a> {
    /// The addresses.
    addresses: &'a AddressTable,
    /// The buildings.
    buildings: &'a BuildingTable,
    /// The grids, by whose stable numbers divisions are known.
    grids: &'a GridTable,
    /// The city that the plate is named after, where it is no grid.
    city: Option<u32>,
}

impl Context<'_> {
    /// Writes the index into the draft and opens it.
    ///
    /// # Errors
    /// When the disk refuses, or what was written does not read back.
    pub(super) fn index_addresses(
        &self,
        buildings: &BuildingTable,
        addresses: &AddressTable,
        log: &mut Log,
    ) -> Result<GeoIndex, BuildError> {
        (self.on_progress)(Progress::Step("indexing the addresses"));
        let aliases = self.aliases(log);
        let city = self.city();
        let known = Known { addresses, buildings, grids: self.grids, city: city.map(|_| CITY) };
        let landmarks = self.landmarks(addresses, log);
        let Written { bytes, grids, unread, lost } = write(&known, &divisions(self.grids, city), &aliases, &landmarks);
        for landmark in lost.iter().map(|index| &landmarks[*index]) {
            if let LandmarkAddress::Text(text) = landmark.address {
                log.notes.push(format!(
                    "landmark '{}': no address has the code or the text '{text}'; a text must be that of the library, divisions included",
                    landmark.name
                ));
            }
        }
        self.write_file(GEOCODE, &bytes)?;
        self.write_file(GEOCODE_GRIDS, &grids)?;
        note_unread(addresses, &unread, log);
        let read = |file: &str| {
            let path = self.dir.join(file);
            map(&path).map_err(BuildError::write(&path))
        };
        let path = self.dir.join(GEOCODE);
        GeoIndex::open(read(GEOCODE)?, read(GEOCODE_GRIDS)?)
            .map_err(|e| BuildError::ReadBack { path, reason: e.to_string() })
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
                let all = self.grids.numbers.iter().zip(&self.grids.drafts);
                let now_so = all.filter(|(_, draft)| is_now(&draft.name, &draft.code));
                let number = now_so.max_by_key(|(_, draft)| draft.level).map(|(number, _)| *number);
                let city = || self.city().filter(|name| name == now).map(|_| CITY);
                match number.or_else(city) {
                    Some(grid_number) => aliases.push(Alias { name: &alias.name, grid_number }),
                    None => log.notes.push(format!("alias '{}': no division has the name or code '{now}'", alias.name)),
                }
            }
        }
        aliases
    }
}

/// Addresses whose words the geocoder cannot place are issues; their share is noted.
fn note_unread(addresses: &AddressTable, unread: &[(u32, String)], log: &mut Log) {
    if unread.is_empty() {
        return;
    }
    for (row, words) in unread {
        let position = addresses.order[*row as usize];
        let (code, text) = (addresses.codes.get(position as usize), addresses.texts.get(position as usize));
        let issue = Issue::new(
            Rule::AddressUnreadable,
            code,
            Evidence::new(Form::Unplaced, [words.as_str().into(), text.into()]),
        );
        log.issue(issue.at(addresses.points[position as usize]));
    }
    let (count, all) = (unread.len(), addresses.len());
    let share = 100.0 * count as f64 / all as f64;
    log.notes.push(format!(
        "{count} of {all} addresses ({share:.1} %) have words that the geocoder cannot place: {}",
        Rule::AddressUnreadable
    ));
}

impl Context<'_> {
    /// The landmarks of the spec, each under all its names. One that is given by a point has the nearest
    /// address; those that have none within reach are noted.
    fn landmarks(&self, addresses: &AddressTable, log: &mut Log) -> Vec<Landmark<'_>> {
        let wanted = &self.spec.landmarks;
        let points: Vec<LngLat> =
            wanted.iter().filter_map(|landmark| landmark.point).map(|[lng, lat]| LngLat::new(lng, lat)).collect();
        let mut nearest = nearest_rows(addresses, &points).into_iter();
        let mut landmarks = Vec::new();
        for landmark in wanted {
            let address = match (&landmark.address, landmark.point) {
                (Some(text), _) => addresses.row_of(text).map_or(LandmarkAddress::Text(text), LandmarkAddress::Row),
                (None, at) => match nearest.next().flatten() {
                    Some(row) => LandmarkAddress::Row(row),
                    None => {
                        let reason =
                            format!("no address lies within {REACH_M} m of its point {:?}", at.unwrap_or_default());
                        log.notes.push(format!("landmark '{}': {reason} (lng, lat, EPSG:4490)", landmark.name));
                        continue;
                    }
                },
            };
            let names = std::iter::once(&landmark.name).chain(&landmark.names);
            landmarks.extend(names.map(|name| Landmark { name, address }));
        }
        landmarks
    }
}

/// The row of the nearest address to each of some points; `None` if none is within [`REACH_M`]. All
/// addresses are looked through.
fn nearest_rows(addresses: &AddressTable, points: &[LngLat]) -> Vec<Option<u32>> {
    let mut nearest: Vec<(f64, Option<u32>)> = vec![(REACH_M, None); points.len()];
    if points.is_empty() {
        return Vec::new();
    }
    for (row, position) in (0..).zip(&addresses.order) {
        let point = addresses.points[*position as usize];
        for (at, (metres, found)) in points.iter().zip(&mut nearest) {
            // A degree of latitude is 110 km at least.
            if (point.lat - at.lat).abs() * 110_000.0 < *metres {
                let distance = Metric::at(at.lat).distance(*at, point);
                if distance < *metres {
                    (*metres, *found) = (distance, Some(row));
                }
            }
        }
    }
    nearest.into_iter().map(|(_, row)| row).collect()
}

/// The grids, and behind them the city that is none, which lies above all that have nothing above them.
fn divisions<'a>(grids: &'a GridTable, city: Option<&'a str>) -> Vec<Division<'a>> {
    let top = city.map(|_| CITY);
    let row = |row: usize| {
        let (draft, parent) =
            (&grids.drafts[row], grids.parents[row].map(|(parent, _)| grids.numbers[parent as usize]));
        Division { number: grids.numbers[row], name: &draft.name, level: draft.level, parent: parent.or(top) }
    };
    let city = city.zip(top).map(|(name, number)| Division { number, name, level: Level::City, parent: None });
    (0..grids.len()).map(row).chain(city).collect()
}

impl Known<'_> {
    /// The number of a grid, else that of the city.
    fn number(&self, row: Option<u32>) -> Option<u32> {
        row.map(|row| self.grids.numbers[row as usize]).or(self.city)
    }
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
        self.number(grids.and_then(|grids| grids.first().copied().flatten()))
    }

    fn buildings(&self) -> u32 {
        self.buildings.len() as u32
    }

    fn building_name(&self, building: u32) -> Option<&str> {
        self.buildings.drafts[building as usize].name.as_deref()
    }

    fn building_grid(&self, building: u32) -> Option<u32> {
        self.number(self.buildings.grids[building as usize].first().copied().flatten())
    }
}
