//! Standard addresses: where a building is, and which rooms it has.

use std::io::{self, Write};

use crate::building::Building;
use crate::geometry::Point;
use crate::land_use::Use;
use crate::random::Random;
use baseplate_core::gcj02;

/// First line of the address file.
pub(crate) const HEADER: &str = "address_code,address,x,y,building_code,road,number,estate,unit,room";

/// Where a building is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Road, or lane of a village.
    pub(crate) road: String,
    /// Door number at the road, such as 128号.
    pub(crate) number: String,
    /// The compound.
    pub(crate) estate: String,
    /// The building in its compound, such as 3栋; empty in villages, where the lane has door numbers.
    pub(crate) label: String,
}

impl Location {
    /// A building in a compound that has its gate at a road.
    pub(crate) fn at_road(road: String, number: u32, estate: &str, label: String) -> Self {
        Self { road, number: format!("{number}号"), estate: estate.to_owned(), label }
    }

    /// A house in a lane of a village.
    pub(crate) fn in_village(village: &str, lane: u32, house: u32) -> Self {
        Self {
            road: format!("{village}{lane}巷"),
            number: format!("{house}号"),
            estate: village.to_owned(),
            label: String::new(),
        }
    }

    /// Name of the building.
    pub(crate) fn building_name(&self) -> String {
        if self.label.is_empty() {
            format!("{}{}", self.road, self.number)
        } else {
            format!("{}{}", self.estate, self.label)
        }
    }

    /// The address below the community.
    fn text(&self) -> String {
        let Self { road, number, estate, label } = self;
        if label.is_empty() { format!("{road}{number}") } else { format!("{road}{number}{estate}{label}") }
    }
}

/// A room that has an address.
#[derive(Clone, Debug)]
pub(crate) struct ListedRoom {
    /// Its address code.
    pub(crate) code: String,
    /// Its address below the community.
    pub(crate) text: String,
    /// The use of the building.
    pub(crate) usage: Use,
}

impl ListedRoom {
    /// Unit and room in the building at `location`, such as 2单元501室.
    pub(crate) fn within(&self, location: &Location) -> &str {
        self.text.strip_prefix(&location.text()).unwrap_or_default()
    }
}

/// A room in a building, as the address file names it.
#[derive(Default)]
struct Room {
    /// Last six digits of the address code: two of the unit, four of the room.
    code: String,
    unit: String,
    room: String,
    /// `x,y` of the entrance.
    place: String,
}

/// The addresses of one building.
pub(crate) struct AddressList<'a> {
    /// The building.
    pub(crate) building: &'a Building,
    /// Its code.
    pub(crate) code: &'a str,
    /// Names of the divisions it lies in, from the city to the community.
    pub(crate) divisions: &'a str,
    /// Where it is.
    pub(crate) location: &'a Location,
}

impl AddressList<'_> {
    /// Writes the main address and, of the rooms, about the share `listed`; returns these rooms.
    pub(crate) fn write(&self, out: &mut impl Write, listed: f64, random: &mut Random) -> io::Result<Vec<ListedRoom>> {
        let text = format!("{}{}", self.divisions, self.location.text());
        let main = Room { code: "000000".to_owned(), place: place(self.building.front()), ..Room::default() };
        self.write_line(out, &text, &main)?;
        let mut rooms = Vec::new();
        for unit in 0..self.building.units.max(1) {
            rooms.extend(self.write_unit(out, &text, unit, &mut || random.chance(listed))?);
        }
        Ok(rooms)
    }

    /// Writes the rooms of one unit (from 0) that are listed, and returns them.
    fn write_unit(
        &self,
        out: &mut impl Write,
        text: &str,
        unit: u32,
        is_listed: &mut impl FnMut() -> bool,
    ) -> io::Result<Vec<ListedRoom>> {
        let building = self.building;
        let kind = building.usage.profile().room;
        let number = if building.units > 0 { unit + 1 } else { 0 };
        let mut room = Room { place: place(building.entrance(unit)), ..Room::default() };
        if number > 0 {
            room.unit = format!("{number}单元");
        }
        let mut listed = Vec::new();
        for floor in 1..=building.let_floors() {
            for door in (1..=building.rooms).filter(|_| is_listed()) {
                let door = floor * 100 + door;
                room.code = format!("{number:02}{door:04}");
                room.room = format!("{door}{kind}");
                self.write_line(out, text, &room)?;
                listed.push(self.listed(text, &room));
            }
        }
        Ok(listed)
    }

    fn listed(&self, text: &str, Room { code, unit, room, .. }: &Room) -> ListedRoom {
        let text = text.strip_prefix(self.divisions).unwrap_or(text);
        ListedRoom {
            code: format!("{}{code}", self.code),
            text: format!("{text}{unit}{room}"),
            usage: self.building.usage,
        }
    }

    fn write_line(&self, out: &mut impl Write, text: &str, room: &Room) -> io::Result<()> {
        let Location { road, number, estate, .. } = self.location;
        let building = self.code;
        let Room { code, unit, room, place } = room;
        writeln!(out, "{building}{code},{text}{unit}{room},{place},{building},{road},{number},{estate},{unit},{room}")
    }
}

/// GCJ-02 longitude and latitude as two columns, degrees.
pub(crate) fn place(point: Point) -> String {
    let (lng, lat) = point.degrees();
    let (x, y) = gcj02::from_wgs84(lng, lat);
    format!("{x:.7},{y:.7}")
}

/// How a building is counted in its compound; empty in villages.
pub(crate) fn label(compound: Use, number: usize) -> String {
    match compound {
        Use::Village => String::new(),
        other => format!("{number}{}", other.profile().counter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_of_buildings() {
        let estate = Location::at_road("海棠路".to_owned(), 128, "望湖花园", label(Use::Residential, 3));
        assert_eq!(estate.building_name(), "望湖花园3栋");
        assert_eq!(estate.text(), "海棠路128号望湖花园3栋");
        let house = Location::in_village("石榴新村", 12, 3);
        assert_eq!(house.building_name(), "石榴新村12巷3号");
        assert_eq!(house.text(), "石榴新村12巷3号");
    }
}
