//! Texts of places that do not exist here.

use crate::{
    case::{Case, Expect, drawn},
    characters::ORDINARY,
    ground::{Ground, Noise},
    random::Random,
    text::{Part, Text, core, suffix},
};
use crate::{city::City, divisions::drop_all_divisions};
use baseplate_core::MatchLevel;

/// Rows that are tried before a kind is given up.
const ATTEMPTS: usize = 200;

/// Kinds of texts that look like places of the city, with the first level at which an answer is wrong.
const ABSENT: [(&str, Noise, MatchLevel); 10] = [
    ("missing_building", missing_building, MatchLevel::Building),
    ("missing_room", missing_room, MatchLevel::Room),
    ("missing_door", missing_door, MatchLevel::DoorNumber),
    ("twin_building", twin_building, MatchLevel::Building),
    ("twin_letter", twin_letter, MatchLevel::Building),
    ("twin_phase", twin_phase, MatchLevel::Building),
    ("twin_village", twin_village, MatchLevel::Building),
    ("twin_room", twin_room, MatchLevel::Room),
    (OTHER_ESTATE, other_estate, MatchLevel::Building),
    (HALF_NAME, half_name, MatchLevel::Estate),
];

/// Half a name may be offered with several that begin so.
const HALF_NAME: &str = "half_name";
/// Another estate may be guessed from a name with another character, but not in band high.
const OTHER_ESTATE: &str = "other_estate";

/// Kinds of texts that are of no place of the city at all.
const FOREIGN: [(&str, Foreign); 3] =
    [("other_city", other_city), ("other_city_same_names", other_city_same_names), ("junk", junk)];

/// Makes a text up.
type Foreign = fn(&mut Ground<'_>) -> String;

/// Districts of large cities, and their cities.
const ELSEWHERE: [&str; 24] = [
    "珠海市香洲区",
    "北京市朝阳区",
    "上海市浦东新区",
    "绵阳市涪城区",
    "嘉兴市南湖区",
    "宜昌市西陵区",
    "南京市鼓楼区",
    "咸阳市秦都区",
    "重庆市渝北区",
    "天津市南开区",
    "苏州市姑苏区",
    "长沙市岳麓区",
    "郑州市金水区",
    "青岛市市南区",
    "沈阳市和平区",
    "大连市中山区",
    "厦门市思明区",
    "宁波市鄞州区",
    "昆明市五华区",
    "合肥市蜀山区",
    "济南市历下区",
    "哈尔滨市南岗区",
    "佛山市禅城区",
    "广东省惠州市惠城区",
];

/// The names of all kinds.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    ABSENT.into_iter().map(|(kind, ..)| kind).chain(FOREIGN.into_iter().map(|(kind, _)| kind))
}

/// Texts of a kind, about as many as asked for.
pub(crate) fn cases(city: &City, kind: &'static str, seed: u64, count: usize) -> Vec<Case> {
    let ground = |number: usize| Ground { city, random: Random::new(seed, kind, number as u64) };
    let absent = ABSENT.into_iter().find(|(name, ..)| *name == kind);
    let foreign = FOREIGN.into_iter().find(|(name, _)| *name == kind);
    let case = |number| match absent {
        Some((_, make, level)) => absent_case(kind, make, level, &mut ground(number)),
        None => foreign.map(|(_, make)| foreign_case(kind, make(&mut ground(number)))),
    };
    (0..count).map_while(case).collect()
}

fn foreign_case(kind: &'static str, text: String) -> Case {
    let expect = Expect::Above { level: MatchLevel::Building, building: None, unlike: None, other_number: false };
    Case { kind, clean: text.clone(), text, named: Default::default(), expect }
}

/// A place that nothing in the library fits; a third stand without divisions.
fn absent_case(kind: &'static str, make: Noise, level: MatchLevel, ground: &mut Ground<'_>) -> Option<Case> {
    let city = ground.city;
    let text = (0..ATTEMPTS).find_map(|_| {
        let mut text = city.text(drawn(city, &mut ground.random));
        let made = make(&mut text, ground);
        if ground.random.chance(0.3) {
            drop_all_divisions(&mut text, ground);
        }
        let whole = made && city.fits(&text.named).is_empty();
        (whole && buildings(&text, city) == usize::from(level == MatchLevel::Room)).then_some(text)
    })?;
    let building = (level == MatchLevel::Room).then(|| city.building_code(text.row).to_owned());
    let level = if level == MatchLevel::Building && text.is_village() { MatchLevel::DoorNumber } else { level };
    let (unlike, other_number) = (renamed(&text, city), kind != HALF_NAME && kind != OTHER_ESTATE);
    let expect = Expect::Above { level, building, unlike, other_number };
    Some(Case { kind, text: text.written(), clean: text.written(), named: text.named, expect })
}

/// The name in the library of what has another name in the text.
fn renamed(text: &Text, city: &City) -> Option<String> {
    let old = |part| Some(city.element(text.row, part)).filter(|old| text.has(part) && *old != text.get(part));
    [Part::Road, Part::Estate].into_iter().find_map(old).map(str::to_owned)
}

/// How many buildings a text fits, whatever rooms they have.
fn buildings(text: &Text, city: &City) -> usize {
    let mut building = text.named.clone();
    building[Part::Room].clear();
    building[Part::Unit].clear();
    city.fits(&building).len()
}

/// Puts another number into an element.
fn renumber(text: &mut Text, part: Part, with: impl FnOnce(usize) -> usize) -> bool {
    let old = text.get(part).to_owned();
    let Ok(number) = core(&old).parse() else { return false };
    text.rename(part, &format!("{}{}", with(number), suffix(&old)))
}

/// A building that the compound does not have.
fn missing_building(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let more = 20 + ground.random.below(60);
    renumber(text, Part::Label, |number| number + more)
}

/// A floor too high, or a door too many.
fn missing_room(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let more = if ground.random.chance(0.5) { 4000 } else { 10 + ground.random.below(40) };
    let floors = 100 * (1 + ground.random.below(5));
    renumber(text, Part::Room, |number| if more == 4000 { number + floors } else { number + more })
}

/// A number at the road or lane that is not there; the compound at the road is left out.
fn missing_door(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    for part in [Part::Estate, Part::Label, Part::Unit] {
        text.drop(part);
    }
    let more = 1 + ground.random.below(600);
    renumber(text, Part::Number, |number| number + more)
}

/// 13 or 31 for 3.
fn twin_building(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let front = ground.random.chance(0.5);
    let twin = |number: usize| if front { 10 + number % 10 + 10 * (number / 10) } else { number * 10 + 1 };
    let part = if text.is_village() { Part::Number } else { Part::Label };
    renumber(text, part, twin)
}

/// 3A for 3.
fn twin_letter(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let part = if text.is_village() { Part::Number } else { Part::Label };
    let old = text.get(part).to_owned();
    let letter = ground.random.pick(["A", "B", "C"]);
    let twin = format!("{}{letter}{}", core(&old), suffix(&old));
    text.rename(part, &twin)
}

/// 二期 for 一期, 二区 for 一区; half of them without a road.
fn twin_phase(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let other = ground.random.pick(["一", "二", "三", "四", "五", "六"]);
    let twin = |name: &str, ends: &[char]| {
        let stem = name.strip_suffix(ends)?;
        let numeral = stem.chars().next_back().filter(|c| "一二三四".contains(*c))?;
        Some(format!("{}{other}{}", stem.strip_suffix(numeral)?, name.strip_prefix(stem)?))
    };
    let Some(estate) = twin(text.get(Part::Estate), &['期', '区']) else { return false };
    if ground.random.chance(0.5) {
        text.drop(Part::Road);
        text.drop(Part::Number);
    }
    !ground.city.is_name(&estate) && text.rename(Part::Estate, &estate)
}

/// 旧村 for 新村.
fn twin_village(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let lane = text.get(Part::Road).to_owned();
    let twins = [("新村", "旧村"), ("旧村", "新村"), ("上村", "下村"), ("老村", "新村")];
    let twin = twins.iter().find(|(old, _)| lane.contains(old)).map(|(old, new)| lane.replace(old, new));
    text.is_village() && twin.is_some_and(|twin| !ground.city.is_name(&twin) && text.rename(Part::Road, &twin))
}

/// An estate whose name differs from one of the library in its first character, and nothing else to go by.
fn other_estate(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let ordinary: Vec<char> = ORDINARY.chars().collect();
    let Some(first) = ground.random.of(&ordinary) else { return false };
    let old = text.get(Part::Estate).to_owned();
    let Some((_, rest)) = old.char_indices().nth(1).map(|(at, _)| old.split_at(at)) else { return false };
    let other = format!("{first}{rest}");
    for part in [Part::Road, Part::Number, Part::Community] {
        text.drop(part);
    }
    !ground.city.is_name(&other) && text.rename(Part::Estate, &other)
}

/// The first half of a name that at least three estates share.
fn half_name(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let old: Vec<char> = text.get(Part::Estate).chars().collect();
    let half: String = old[..old.len().div_ceil(2)].iter().collect();
    for part in [Part::Road, Part::Number, Part::Label, Part::Unit, Part::Room] {
        text.drop(part);
        text.named[part].clear();
    }
    let city = ground.city;
    // Without its phase a name is whole.
    let is_half = !old.get(half.chars().count()).is_some_and(|next| "一二三四五六".contains(*next));
    is_half
        && half.chars().count() > 1
        && !city.is_name(&half)
        && city.names_beginning(&half) >= 3
        && text.rename(Part::Estate, &half)
}

/// The next door, or the same on the next floor.
fn twin_room(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let step = if ground.random.chance(0.7) { 1 } else { 100 };
    renumber(text, Part::Room, |number| number + step)
}

/// A place elsewhere by names that are made up.
fn other_city(ground: &mut Ground<'_>) -> String {
    let random = &mut ground.random;
    let city = random.of(&ELSEWHERE).unwrap_or_default();
    let road = random.pick(["砚青路", "霜白中路", "棠溪大道", "苇一西路", "澜石北路", "栾江路", "桐屿东路", "笺府街"]);
    let estate = random.pick(["砚科城", "青澜园", "霜屿绿洲", "苇光花园", "棠色家园", "栾纪城", ""]);
    let [number, building, room] = [900, 30, 20].map(|most| 1 + random.below(most));
    format!("{city}{road}{number}号{estate}{building}栋{room}01室")
}

/// A place elsewhere by names that this city has too.
fn other_city_same_names(ground: &mut Ground<'_>) -> String {
    let mut text = ground.city.text(drawn(ground.city, &mut ground.random));
    drop_all_divisions(&mut text, ground);
    format!("{}{}", ground.random.of(&ELSEWHERE).unwrap_or_default(), text.written())
}

/// No address.
fn junk(ground: &mut Ground<'_>) -> String {
    let random = &mut ground.random;
    let ordinary: Vec<char> = ORDINARY.chars().collect();
    let word: String = (0..2 + random.below(6)).filter_map(|_| random.of(&ordinary)).collect();
    let number = random.below(100_000);
    match random.below(9) {
        0 => word,
        1 => format!("{word}贸易有限公司"),
        2 => "13800000000".to_owned(),
        3 => format!("今天{word}，麻烦{number}点前送到"),
        4 => format!("{number}"),
        5 => "不详".to_owned(),
        6 => format!("{word}{number}栋{}室", number / 7),
        7 => random.pick(["", " ", "-", "无", "????", "null", "#N/A", "同上", "号栋室"]).to_owned(),
        _ => format!("{word}科技{number}号(个体户){word}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::tests::city;

    #[test]
    fn nothing_in_the_library_fits_what_is_absent() {
        let city = city();
        for kind in kinds().filter(|kind| ABSENT.iter().any(|(name, ..)| name == kind)) {
            let all = cases(&city, kind, 1, 50);
            assert!(all.iter().all(|case| city.fits(&case.named).is_empty()), "{kind}");
            // No three estates of this city begin alike.
            assert_eq!(all.len(), if kind == HALF_NAME { 0 } else { 50 }, "{kind}");
        }
    }

    #[test]
    fn a_missing_room_names_its_building() {
        for case in cases(&city(), "missing_room", 1, 50) {
            let Expect::Above { level: MatchLevel::Room, building: Some(building), .. } = case.expect else { panic!() };
            assert_eq!(building == "B3", case.text.contains("石榴新村12巷3号"));
        }
    }

    #[test]
    fn another_village_is_not_to_be_taken_for_the_one_it_was_made_of() {
        for case in cases(&city(), "twin_village", 1, 20) {
            let Expect::Above { level, unlike, .. } = case.expect else { panic!() };
            assert_eq!((level, unlike.as_deref()), (MatchLevel::DoorNumber, Some("石榴新村12巷")));
            assert!(case.text.contains("石榴旧村12巷3号"));
        }
    }

    #[test]
    fn other_cities_stand_first() {
        for case in cases(&city(), "other_city_same_names", 1, 20) {
            assert!(ELSEWHERE.iter().any(|city| case.text.starts_with(city)) && !case.text.contains("示例市"));
        }
    }
}
