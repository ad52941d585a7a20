//! Answers in terms of the plate: from rows to codes, coordinates and texts.

use super::answer::{Geocoded, GeocodedPlace, Reversed};
use crate::{
    gazetteer::{Class, Decision, Found, confidence, grammar, head_at, index::GeoIndex, normal::Normal, words},
    model::Level,
    plate::{Address, Baseplate, Building, Grid},
    spatial::{LngLat, Metric},
    verdict::MatchLevel,
};

/// How far from a point its address may be, metres.
const REACH_M: f64 = 100.0;

/// The answer to a text, from rows to the plate's own words.
pub(super) fn geocoded<'a>(plate: &'a Baseplate, index: &GeoIndex, text: &str, decision: Decision) -> Geocoded<'a> {
    let place = |found: &Found| described(plate, index, found);
    let confidence = decision.confidence();
    let normal = if decision.rests.is_empty() { Normal::default() } else { Normal::of(text) };
    // The address of a building is no answer to a room that is not there.
    let row = |found: &Found| found.row.filter(|_| decision.complete || found.level > MatchLevel::Building);
    let found = decision.found.as_ref().map(|found| Found { row: row(found), ..found.clone() });
    let crossing = decision.crossing.and_then(|roads| crossing(plate, index, roads));
    let (at_crossing, crossing_m) = crossing.unzip();
    let rests: Vec<&str> = decision.rests.iter().map(|(from, to)| normal.source(text, *from, *to)).collect();
    Geocoded {
        status: decision.status,
        place: at_crossing.or_else(|| found.as_ref().map(place)),
        also: decision.also.iter().map(place).collect(),
        confidence,
        band: confidence::band(confidence),
        faults: decision.faults,
        unmatched: rests.join(" "),
        gap: decision.gap.map(|gap| confidence - confidence::share(decision.cost.saturating_add(gap)).min(confidence)),
        alternatives: decision.alternatives.iter().map(place).collect(),
        crossing_m,
    }
}

/// A place with its codes.
pub(super) fn described<'a>(plate: &'a Baseplate, index: &GeoIndex, found: &Found) -> GeocodedPlace<'a> {
    let address = found.row.and_then(|row| plate.address_row(row));
    let building = found.place.and_then(|place| index.building(place)).and_then(|row| plate.building_row(row));
    let below = found.level >= MatchLevel::Building;
    let named = building.filter(|_| below);
    let area = named
        .and_then(|b| b.grid(plate.coverages().next()?.kind()))
        .or(found.area.and_then(|number| plate.grid_numbered(number)));
    let at = match (below, found.place) {
        (true, _) => address.and_then(|a| a.point()).or(building.and_then(|b| b.point())),
        (false, Some(place)) => representative(plate, index, place, building),
        (false, None) => area.and_then(|grid| grid.label_point()),
    };
    let is_room = address.is_some() && found.level > MatchLevel::Building;
    let coordinate_level = if below && !is_room { MatchLevel::Building } else { found.level };
    GeocodedPlace {
        match_level: found.level,
        coordinate_level: at.map(|_| coordinate_level),
        at,
        address_code: address.map(|address| address.code()),
        building_code: named.map(|building| building.code()),
        ..in_area(found.level, area, standard(plate, index, found, area))
    }
}

/// A place of which only the area is known.
fn in_area(level: MatchLevel, area: Option<Grid<'_>>, standard_address: String) -> GeocodedPlace<'_> {
    let code =
        |level: Level| area.into_iter().flat_map(|g| g.chain()).find(|g| g.level() == Some(level)).map(|g| g.code());
    GeocodedPlace {
        match_level: level,
        coordinate_level: None,
        at: None,
        address_code: None,
        building_code: None,
        grid_code: code(Level::Grid),
        community_code: code(Level::Community),
        subdistrict_code: code(Level::Subdistrict),
        district_code: code(Level::District),
        standard_address,
    }
}

fn representative(plate: &Baseplate, index: &GeoIndex, place: u32, building: Option<Building<'_>>) -> Option<LngLat> {
    let address = || plate.address_row(*index.rows(place).first()?)?.point();
    building.and_then(|b| b.point()).or_else(address)
}

/// How the library writes a place, down to its level.
fn standard(plate: &Baseplate, index: &GeoIndex, found: &Found, area: Option<Grid<'_>>) -> String {
    let row = found.row.or(found.place.and_then(|place| index.rows(place).first().copied()));
    let text = row.and_then(|row| plate.address_row(row)).and_then(|address| address.text());
    match (found.level, text) {
        (level, Some(text)) if level >= MatchLevel::Building && found.row.is_some() => text.to_owned(),
        (level, Some(text)) if level >= MatchLevel::Building => {
            let stem = found.place.map_or(0, |place| index.stem(place));
            text.get(..stem).unwrap_or(text).to_owned()
        }
        // Of an address whose text cannot be read the divisions are left.
        (level, text) => {
            let mut names: Vec<&str> = area
                .into_iter()
                .flat_map(|g| g.chain())
                .filter(|g| g.level() != Some(Level::Grid))
                .map(|g| g.name())
                .collect();
            names.reverse();
            // An area that is no grid is the city that the plate is named after.
            if area.is_none() && found.area.is_some() {
                names.push(&plate.manifest().name);
            }
            let name = text.filter(|_| level >= MatchLevel::Road).map_or("", |text| named(index, text, level));
            names.concat() + name
        }
    }
}

/// The road, estate or door number in an address of the library.
fn named<'t>(index: &GeoIndex, text: &'t str, level: MatchLevel) -> &'t str {
    let normal = Normal::of(text);
    let parsed = grammar::parse(&normal, |chars| head_at(index, chars).map(|(length, _)| length));
    let has = |segment: &&grammar::Segment, class: Class| segment.numbers.iter().any(|(other, _)| *other == class);
    let is_road = |segment: &&grammar::Segment| words::is_road(&segment.name);
    let segments = parsed.segments.iter();
    let chosen = match level {
        MatchLevel::DoorNumber => segments.clone().find(|s| has(s, Class::Door)),
        MatchLevel::Road => segments.clone().find(|s| is_road(s) || has(s, Class::Lane)),
        _ => segments.clone().rev().find(|s| !is_road(s)),
    };
    let Some(segment) = chosen.or(segments.clone().next()) else { return "" };
    let end = if level == MatchLevel::DoorNumber { segment.end } else { segment.name_end };
    normal.source(text, segment.from, end)
}

/// Addresses of a road that are compared with those of another one: a bound on the work.
const ON_ROAD: usize = 8_192;
/// Roads with addresses that are further apart, metres, do not meet as far as anybody can say.
const CROSSING_M: f64 = 500.0;

/// Where two roads meet: halfway between those of their addresses that are nearest to one another. Roads have no geometry.
fn crossing<'a>(
    plate: &'a Baseplate,
    index: &GeoIndex,
    (roads, within): ([u32; 2], Option<u32>),
) -> Option<(GeocodedPlace<'a>, f64)> {
    let points = |name: u32| {
        let places = index.places_of_name(name);
        let is_within = |place: &&u32| within.is_none_or(|area| index.is_in(index.grid(**place), area));
        let some = places.iter().step_by(places.len() / ON_ROAD + 1).filter(is_within);
        let point = |place: &u32| {
            let building = index.building(*place).and_then(|row| plate.building_row(row));
            representative(plate, index, *place, building)
        };
        let mut points: Vec<LngLat> = some.filter_map(point).collect();
        points.sort_by(|one, other| one.lat.total_cmp(&other.lat));
        points
    };
    let (one, other) = (points(roads[0]), points(roads[1]));
    let metric = Metric::at(one.first()?.lat);
    let (mut nearest, mut metres) = (None, CROSSING_M);
    for from in &one {
        // A degree of latitude is 110 km at least.
        let reach = metres / 110_000.0;
        let first = other.partition_point(|point| point.lat < from.lat - reach);
        for to in other[first..].iter().take_while(|to| to.lat <= from.lat + reach) {
            let distance = metric.distance(*from, *to);
            if distance < metres {
                (nearest, metres) = (Some((*from, *to)), distance);
            }
        }
    }
    let (from, to) = nearest?;
    let at = LngLat::new((from.lng + to.lng) / 2.0, (from.lat + to.lat) / 2.0);
    let area = plate.coverages().next().and_then(|coverage| coverage.locate(at));
    let found = Found { level: MatchLevel::Road, row: None, place: None, area: area.and_then(|grid| grid.number()) };
    let names = roads.map(|name| index.name_text(name));
    let text = format!("{}{}与{}路口", standard(plate, index, &found, area), names[0], names[1]);
    let place = GeocodedPlace {
        coordinate_level: Some(MatchLevel::Road),
        at: Some(at),
        ..in_area(MatchLevel::Road, area, text)
    };
    Some((place, metres))
}

/// What is at a point.
pub(super) fn reverse<'a>(plate: &'a Baseplate, point: LngLat) -> Option<Reversed<'a>> {
    let first = plate.coverages().next();
    let grid = first.and_then(|coverage| coverage.locate(point));
    let (address, building, distance_m) = match nearest(plate, point) {
        Some(Near { address, building, distance_m }) => (address, building, Some(distance_m)),
        None => (None, None, None),
    };
    if grid.is_none() && distance_m.is_none() {
        return None;
    }
    let grid_of_building = first.and_then(|coverage| building?.grid(coverage.kind()));
    let area = grid_of_building.or_else(|| first.and_then(|coverage| address?.grid(coverage.kind()))).or(grid);
    let level = if distance_m.is_some() { MatchLevel::Building } else { MatchLevel::Community };
    let text = address.and_then(|a| a.text()).or(building.and_then(|b| b.name()));
    let standard = text.map_or_else(|| area.map_or(String::new(), |grid| grid.name().to_owned()), str::to_owned);
    let at =
        address.and_then(|a| a.point()).or(building.and_then(|b| b.point())).or(area.and_then(|g| g.label_point()));
    let place = GeocodedPlace {
        coordinate_level: at.map(|_| level),
        at,
        address_code: address.map(|a| a.code()),
        building_code: building.map(|b| b.code()),
        ..in_area(level, area, standard)
    };
    Some(Reversed { place, distance_m })
}

/// What is near a point.
struct Near<'a> {
    address: Option<Address<'a>>,
    building: Option<Building<'a>>,
    /// To the footprint that decided, else to the address.
    distance_m: f64,
}

/// The address in whose point the asked one lies; else, inside a footprint, the nearest of its addresses; else the nearest
/// address of all; else, where none is within reach, the nearest address of the nearest building.
fn nearest<'a>(plate: &'a Baseplate, point: LngLat) -> Option<Near<'a>> {
    let by_point = plate.nearest_address(point, REACH_M);
    let around = || plate.buildings_at(point).into_iter().filter(|building| building.address_count() > 0);
    let inside = |(address, building)| Near { address: Some(address), building: Some(building), distance_m: 0.0 };
    let of_point = |(address, distance_m): (Address<'a>, f64)| Near {
        address: Some(address),
        building: address.building().map(|(building, _)| building),
        distance_m,
    };
    let of_building = || {
        let (building, distance_m) = plate.nearest_building(point, REACH_M)?;
        Some(Near {
            address: nearest_of([building], point).map(|(address, _)| address),
            building: Some(building),
            distance_m,
        })
    };
    match by_point {
        Some((_, 0.0)) => by_point.map(of_point),
        _ => nearest_of(around(), point).map(inside).or_else(|| by_point.map(of_point)).or_else(of_building),
    }
}

/// The address of some buildings whose own point is nearest; of equals the first.
fn nearest_of<'a>(
    buildings: impl IntoIterator<Item = Building<'a>>,
    point: LngLat,
) -> Option<(Address<'a>, Building<'a>)> {
    let metric = Metric::at(point.lat);
    let far = |address: &Address<'a>| address.point().map_or(f64::INFINITY, |at| metric.distance(point, at));
    let addresses = buildings.into_iter().flat_map(|b| b.addresses().map(move |address| (far(&address), address, b)));
    let nearest = addresses.min_by(|(one, ..), (other, ..)| one.total_cmp(other));
    nearest.map(|(_, address, building)| (address, building))
}
