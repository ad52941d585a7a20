//! Addresses as people say them: rarely whole, often without what everybody knows.

use crate::address::Location;
use crate::ancestry::Ancestry;
use crate::names::CITY_NAME;
use crate::random::Random;

/// Ways to say the address of a room, with their shares in percent.
const OF_ROOMS: [(Way, u32); 7] = [
    (Way::Whole, 12),
    (Way::District, 14),
    (Way::Subdistrict, 9),
    (Way::Road, 15),
    (Way::Estate, 26),
    (Way::Short, 16),
    (Way::Building, 8),
];
/// Ways to say the address of a building, with their shares in percent.
const OF_BUILDINGS: [(Way, u32); 6] = [
    (Way::Whole, 8),
    (Way::District, 14),
    (Way::Subdistrict, 10),
    (Way::Road, 18),
    (Way::Building, 35),
    (Way::Compound, 15),
];
/// What is said after the address of a building; mostly nothing.
const BESIDE: [(&str, u32); 5] = [("", 50), ("楼下", 15), ("门口", 15), ("旁边", 10), ("附近", 10)];
/// Share of those who count buildings by 号楼 where the address library says 栋.
const OTHER_COUNTER: f64 = 0.08;

/// A way to say an address.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// From the city down.
    Whole,
    /// From the district down, without subdistrict and community.
    District,
    /// From the subdistrict down, without community.
    Subdistrict,
    /// From the road down.
    Road,
    /// From the compound down.
    Estate,
    /// From the compound down, without the word behind the room's number.
    Short,
    /// Only compound and building.
    Building,
    /// Only the compound.
    Compound,
}

/// The address of a building or, where `room` is not empty, of a room in it, as somebody says it.
pub(crate) fn say(ancestry: &Ancestry, location: &Location, room: &str, random: &mut Random) -> String {
    let ways = if room.is_empty() { &OF_BUILDINGS[..] } else { &OF_ROOMS[..] };
    let shares: Vec<u32> = ways.iter().map(|&(_, share)| share).collect();
    let (way, _) = ways[random.weighted(&shares)];
    let (beside, _) = BESIDE[random.weighted(&BESIDE.map(|(_, share)| share))];
    let label = if location.label.ends_with('栋') && random.chance(OTHER_COUNTER) {
        location.label.replace('栋', "号楼")
    } else {
        location.label.clone()
    };
    let Location { road, number, estate, .. } = location;
    // The houses of villages are counted in their lanes.
    let (gate, building) = if label.is_empty() {
        (format!("{road}{number}"), format!("{road}{number}"))
    } else {
        (format!("{road}{number}{estate}{label}"), format!("{estate}{label}"))
    };
    let said = match way {
        Way::Whole => format!("{}{gate}{room}", ancestry.text()),
        Way::District => format!("{CITY_NAME}{}{gate}{room}", ancestry.district.1),
        Way::Subdistrict => format!("{}{gate}{room}", ancestry.subdistrict.1),
        Way::Road => format!("{gate}{room}"),
        Way::Estate => format!("{building}{room}"),
        Way::Short => format!("{building}{}", room.trim_end_matches(['室', '房', '铺'])),
        Way::Building => building,
        Way::Compound => estate.clone(),
    };
    if room.is_empty() { format!("{said}{beside}") } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[test]
    fn every_way_names_the_compound() {
        let ancestry = Ancestry {
            district: ("990101".to_owned(), "霁峰区".to_owned()),
            subdistrict: ("990101001".to_owned(), "沐台街道".to_owned()),
            community: ("990101001001".to_owned(), "鹤渚社区".to_owned()),
        };
        let location = Location::at_road("海棠路".to_owned(), 128, "望湖花园", "3栋".to_owned());
        let mut random = Random::new(1, Purpose::Hotline, &[]);
        let mut texts = |room| (0..200).map(|_| say(&ancestry, &location, room, &mut random)).collect::<Vec<_>>();
        let (rooms, buildings) = (texts("2单元501室"), texts(""));
        assert!(rooms.iter().chain(&buildings).all(|text| text.contains("望湖花园")));
        for text in ["示例市霁峰区沐台街道鹤渚社区海棠路128号望湖花园3栋2单元501室", "望湖花园3栋2单元501"]
        {
            assert!(rooms.iter().any(|said| said == text));
        }
        assert!(buildings.iter().any(|said| said == "望湖花园3栋楼下"));
        assert!(buildings.iter().any(|said| said == "望湖花园"));
    }
}
