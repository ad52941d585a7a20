//! What an answer is worth.

use crate::{
    case::{Case, Expect, Places},
    city::City,
    text::{Part, core},
};
use baseplate_core::{Band, GeocodeStatus, Geocoded, GeocodedPlace, MatchLevel};

/// What an answer is, compared with what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// What was expected.
    Right,
    /// A place that contains the one that was meant; ambiguous where one place was meant, and it is among the alternatives.
    Short,
    /// No place.
    Nothing,
    /// Another place.
    Wrong,
}

/// An answer, judged.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// Whether the building is right; `None` if the text does not tell one.
    pub(crate) building: Option<bool>,
    /// Whether the room is right; `None` if the text does not tell one.
    pub(crate) room: Option<bool>,
    /// Whether the truth is among the alternatives; `None` if the text is not ambiguous or the answer stops above.
    pub(crate) offered: Option<bool>,
    /// How many alternatives there are, if it is answered as ambiguous.
    pub(crate) alternatives: Option<usize>,
    /// Whether a number was traded for another.
    pub(crate) swapped: bool,
    /// The level that was matched.
    pub(crate) level: Option<MatchLevel>,
    pub(crate) confidence: f64,
    pub(crate) band: Band,
    pub(crate) high: bool,
}

impl Judged {
    /// Compares an answer with what was expected.
    pub(crate) fn new(case: &Case, answer: &Geocoded<'_>, city: &City) -> Self {
        let (verdict, building, room) = match &case.expect {
            Expect::Exact(truth) => {
                let right = |level| Some(is_right(truth, level, answer));
                let room = if truth.level == MatchLevel::Room { right(MatchLevel::Room) } else { None };
                (exact(case, truth, answer), right(MatchLevel::Building), room)
            }
            Expect::OneOf(truth) => (one_of(case, truth, answer), None, None),
            Expect::Above { .. } => (above(&case.expect, answer), None, None),
        };
        let ambiguous = answer.status == GeocodeStatus::Ambiguous;
        let offered = match &case.expect {
            Expect::OneOf(truth) if verdict != Verdict::Short => Some(ambiguous && is_offered(truth, answer)),
            _ => None,
        };
        Self {
            verdict,
            building,
            room,
            offered,
            alternatives: ambiguous.then_some(answer.alternatives.len()),
            swapped: verdict == Verdict::Wrong && is_swapped(case, answer, city),
            level: places(answer).map(|place| place.match_level).max(),
            confidence: answer.confidence,
            band: answer.band,
            high: answer.band == Band::High && answer.status == GeocodeStatus::Matched,
        }
    }

    /// Whether the answer says nothing untrue.
    pub(crate) fn is_true(&self) -> bool {
        matches!(self.verdict, Verdict::Right | Verdict::Short)
    }
}

/// The places of an answer that is matched.
fn places<'g, 'a>(answer: &'g Geocoded<'a>) -> impl Iterator<Item = &'g GeocodedPlace<'a>> {
    let matched = answer.status == GeocodeStatus::Matched;
    answer.place.iter().chain(&answer.also).filter(move |_| matched)
}

/// Whether these and only these places are answered, down to a level.
fn is_right(truth: &Places, level: MatchLevel, answer: &Geocoded<'_>) -> bool {
    let room = level == MatchLevel::Room;
    let codes = places(answer).map(|p| if room { p.address_code } else { p.building_code }.unwrap_or_default());
    let mut codes: Vec<&str> = codes.collect();
    codes.sort_unstable();
    codes.dedup();
    let mut meant: Vec<&str> =
        if room { &truth.addresses } else { &truth.buildings }.iter().map(String::as_str).collect();
    meant.sort_unstable();
    let deep = |place: &GeocodedPlace<'_>| match truth.level {
        MatchLevel::Building => place.match_level == MatchLevel::Building,
        _ => place.match_level >= level,
    };
    codes == meant && places(answer).all(deep)
}

fn exact(case: &Case, truth: &Places, answer: &Geocoded<'_>) -> Verdict {
    if is_right(truth, truth.level, answer) {
        return Verdict::Right;
    }
    match answer.status {
        GeocodeStatus::Matched if places(answer).all(|place| contains(case, truth, place)) => Verdict::Short,
        GeocodeStatus::Matched => Verdict::Wrong,
        GeocodeStatus::Ambiguous if is_offered(truth, answer) => Verdict::Short,
        GeocodeStatus::Ambiguous => Verdict::Wrong,
        _ => Verdict::Nothing,
    }
}

fn one_of(case: &Case, truth: &Places, answer: &Geocoded<'_>) -> Verdict {
    let common = |place: &GeocodedPlace<'_>| place.match_level < MatchLevel::Building || truth.buildings.len() == 1;
    let above =
        |place: &GeocodedPlace<'_>| place.match_level < truth.level && common(place) && contains(case, truth, place);
    match answer.status {
        GeocodeStatus::Ambiguous if is_offered(truth, answer) => Verdict::Right,
        GeocodeStatus::Matched if places(answer).all(above) => Verdict::Short,
        GeocodeStatus::Ambiguous | GeocodeStatus::Matched => Verdict::Wrong,
        _ => Verdict::Nothing,
    }
}

/// Alternatives with other numbers are no better than a match, where the text was made of a known place.
fn above(expect: &Expect, answer: &Geocoded<'_>) -> Verdict {
    let Expect::Above { level, building, unlike, other_number } = expect else { return Verdict::Wrong };
    let allowed = |place: &GeocodedPlace<'_>| {
        let other = place.building_code.is_some_and(|code| building.as_ref().is_some_and(|building| building != code));
        let like = unlike.as_ref().is_some_and(|name| place.standard_address.contains(name));
        place.match_level < *level && !other && (!like || place.match_level == MatchLevel::DoorNumber)
    };
    let offered = answer.alternatives.iter().filter(|_| *other_number && answer.status == GeocodeStatus::Ambiguous);
    if places(answer).chain(offered).all(allowed) { Verdict::Right } else { Verdict::Wrong }
}

/// Whether a place above what was asked, or one of several that were, contains what was meant.
fn contains(case: &Case, truth: &Places, place: &GeocodedPlace<'_>) -> bool {
    let known = |codes: &[String], code: Option<&str>| code.is_none_or(|code| codes.iter().any(|c| c == code));
    match place.match_level {
        MatchLevel::Room => truth.level == MatchLevel::Room && known(&truth.addresses, place.address_code),
        level if level >= MatchLevel::Building => known(&truth.buildings, place.building_code),
        _ => {
            let mut clean = case.clean.chars();
            place.standard_address.chars().all(|c| clean.any(|other| other == c))
        }
    }
}

/// Whether the place that the text was made of is among the alternatives.
fn is_offered(truth: &Places, answer: &Geocoded<'_>) -> bool {
    answer.alternatives.iter().any(|place| match truth.level {
        MatchLevel::Room => place.address_code == truth.addresses.first().map(String::as_str),
        _ => place.building_code.is_some_and(|code| truth.buildings.iter().any(|building| building == code)),
    })
}

/// Whether a wrong answer has another number than the text, at a level that is a number.
fn is_swapped(case: &Case, answer: &Geocoded<'_>, city: &City) -> bool {
    if let Expect::Above { other_number, .. } = case.expect {
        return other_number;
    }
    places(answer).any(|place| {
        let row = place.building_code.and_then(|building| city.row(building, place.address_code));
        row.is_some_and(|row| Part::NUMBERS.iter().any(|part| differs(case, *part, place, city.element(row, *part))))
    })
}

fn differs(case: &Case, part: Part, place: &GeocodedPlace<'_>, element: &str) -> bool {
    let inside = matches!(part, Part::Unit | Part::Room) && place.match_level < MatchLevel::Room;
    let named = core(&case.named[part]);
    !inside && !named.is_empty() && !core(element).is_empty() && named != core(element)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::tests::city;

    fn case(expect: Expect) -> Case {
        let city = city();
        let text = city.text(city.row("A12", Some("A121单元501室")).unwrap());
        Case { kind: "clean", text: text.written(), clean: text.written(), named: text.named, expect }
    }

    fn place<'a>(level: MatchLevel, building: &'a str, address: &'a str, text: &str) -> GeocodedPlace<'a> {
        let code = |code: &'a str| (!code.is_empty()).then_some(code);
        GeocodedPlace {
            match_level: level,
            coordinate_level: None,
            at: None,
            address_code: code(address),
            building_code: code(building),
            grid_code: None,
            community_code: None,
            subdistrict_code: None,
            district_code: None,
            standard_address: text.to_owned(),
        }
    }

    fn answer<'a>(status: GeocodeStatus, places: Vec<GeocodedPlace<'a>>) -> Geocoded<'a> {
        let ambiguous = status == GeocodeStatus::Ambiguous;
        let (first, rest) = if ambiguous { (None, places) } else { (places.first().cloned(), vec![]) };
        Geocoded {
            status,
            place: first,
            also: vec![],
            confidence: 0.9,
            band: Band::High,
            faults: vec![],
            unmatched: String::new(),
            gap: None,
            alternatives: rest,
            crossing_m: None,
        }
    }

    fn room(code: &str) -> Expect {
        Expect::Exact(Places {
            level: MatchLevel::Room,
            addresses: vec![code.to_owned()],
            buildings: vec!["A12".to_owned()],
        })
    }

    #[test]
    fn one_room_is_meant() {
        use GeocodeStatus::{Ambiguous, Matched, None as Unknown};
        let city = city();
        let judge = |answer| {
            let judged = Judged::new(&case(room("A121单元501室")), &answer, &city);
            (judged.verdict, judged.building, judged.room, judged.swapped)
        };
        let matched =
            |level, building, address, text| judge(answer(Matched, vec![place(level, building, address, text)]));
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(matched(MatchLevel::Room, "A12", "A121单元501室", ""), (Verdict::Right, yes, yes, false));
        assert_eq!(matched(MatchLevel::Building, "A12", "A12", ""), (Verdict::Short, yes, no, false));
        assert_eq!(matched(MatchLevel::Room, "A12", "A122单元501室", ""), (Verdict::Wrong, yes, no, true));
        assert_eq!(matched(MatchLevel::Building, "A13", "", ""), (Verdict::Wrong, no, no, true));
        assert_eq!(matched(MatchLevel::Road, "", "", "示例市霁峰区红棉四路"), (Verdict::Short, no, no, false));
        assert_eq!(matched(MatchLevel::Road, "", "", "示例市霁峰区红棉三路"), (Verdict::Wrong, no, no, false));
        let offered = vec![place(MatchLevel::Room, "A12", "A121单元501室", "")];
        assert_eq!(judge(answer(Ambiguous, offered)).0, Verdict::Short);
        assert_eq!(judge(answer(Unknown, vec![])).0, Verdict::Nothing);
    }

    #[test]
    fn several_places_may_be_meant() {
        let city = city();
        let addresses = ["A121单元501室", "A122单元501室"].map(str::to_owned).to_vec();
        let case =
            case(Expect::OneOf(Places { level: MatchLevel::Room, addresses, buildings: vec!["A12".to_owned()] }));
        let judge = |answer| Judged::new(&case, &answer, &city);
        let one = |code| place(MatchLevel::Room, "A12", code, "");
        let both = judge(answer(GeocodeStatus::Ambiguous, vec![one("A122单元501室"), one("A121单元501室")]));
        assert_eq!((both.verdict, both.offered, both.alternatives), (Verdict::Right, Some(true), Some(2)));
        assert_eq!(judge(answer(GeocodeStatus::Matched, vec![one("A121单元501室")])).verdict, Verdict::Wrong);
        let at = |building| judge(answer(GeocodeStatus::Matched, vec![place(MatchLevel::Building, building, "", "")]));
        assert_eq!((at("A12").verdict, at("A12").offered), (Verdict::Short, None));
        assert_eq!((at("A13").verdict, at("A13").offered), (Verdict::Wrong, Some(false)));
    }

    #[test]
    fn nothing_may_be_meant() {
        let city = city();
        let (level, building) = (MatchLevel::Room, Some("A12".to_owned()));
        let unlike = Some("望湖花园一期".to_owned());
        let expect = || Expect::Above { level, building: building.clone(), unlike: unlike.clone(), other_number: true };
        let judge = |level, building, text| {
            let matched = answer(GeocodeStatus::Matched, vec![place(level, building, "", text)]);
            let judged = Judged::new(&case(expect()), &matched, &city);
            (judged.verdict, judged.swapped)
        };
        assert_eq!(judge(MatchLevel::Building, "A12", ""), (Verdict::Right, false));
        assert_eq!(judge(MatchLevel::Building, "A13", ""), (Verdict::Wrong, true));
        assert_eq!(judge(MatchLevel::Room, "A12", ""), (Verdict::Wrong, true));
        let offered = answer(GeocodeStatus::Ambiguous, vec![place(MatchLevel::Room, "A12", "A121单元502室", "")]);
        assert_eq!(Judged::new(&case(expect()), &offered, &city).verdict, Verdict::Wrong);
        assert_eq!(judge(MatchLevel::Estate, "", "红棉四路129号望湖花园一期"), (Verdict::Wrong, true));
        assert_eq!(judge(MatchLevel::Estate, "", "红棉四路129号望湖花园"), (Verdict::Right, false));
    }

    #[test]
    fn what_is_expected_is_right_for_every_kind() {
        let city = city();
        for case in crate::case::kinds().flat_map(|kind| crate::case::noisy(&city, kind, 1, 30)) {
            let (Expect::Exact(truth) | Expect::OneOf(truth)) = &case.expect else { panic!() };
            let all = truth.addresses.iter().map(|code| {
                let row = (0..city.len()).find(|row| city.code(*row) == *code).unwrap();
                place(truth.level, city.building_code(row), code, "")
            });
            let mut all: Vec<_> = all.collect();
            let perfect = if matches!(case.expect, Expect::Exact(_)) {
                let also = all.split_off(1);
                Geocoded { also, ..answer(GeocodeStatus::Matched, all) }
            } else {
                answer(GeocodeStatus::Ambiguous, all)
            };
            let judged = Judged::new(&case, &perfect, &city);
            assert_eq!((judged.verdict, judged.swapped), (Verdict::Right, false), "{case:?}");
            assert!(judged.building != Some(false) && judged.room != Some(false) && judged.offered != Some(false));
        }
    }
}
