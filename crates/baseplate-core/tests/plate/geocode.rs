//! Address texts and what they stand for: cases written by hand, what must hold for any address, and what is stored of it.

use crate::common::{build_text, town};
use baseplate_core::{
    Address, Band, Baseplate, Entity, GeocodeStatus, Geocoded, GeocodedPlace, How, LngLat, MatchLevel, Rule, Spec,
};
use proptest::prelude::*;
use std::{collections::BTreeSet, path::Path, sync::OnceLock};

const CASES: &str = include_str!("../geocode_cases.tsv");

/// The code of a place at its level.
fn code<'a>(place: &GeocodedPlace<'a>) -> Option<&'a str> {
    match place.match_level {
        MatchLevel::Room => place.address_code,
        MatchLevel::Building | MatchLevel::Unit | MatchLevel::Floor => place.building_code,
        MatchLevel::Community => place.community_code,
        MatchLevel::Subdistrict => place.subdistrict_code,
        MatchLevel::District => place.district_code,
        _ => None,
    }
}

/// What is wrong with an answer, if anything.
fn judge(answer: &Geocoded<'_>, status: &str, level: &str, codes: &str, faults: &str) -> Result<(), String> {
    let places: Vec<_> = match answer.status {
        GeocodeStatus::Ambiguous => answer.alternatives.iter().collect(),
        _ => answer.place.iter().chain(&answer.also).collect(),
    };
    let found: BTreeSet<&str> = places.iter().filter_map(|place| code(place)).collect();
    let found_level = places.first().map_or("", |place| place.match_level.as_str());
    let found_faults: Vec<String> = answer.faults.iter().map(ToString::to_string).collect();
    let wanted: BTreeSet<&str> = codes.split(';').filter(|code| !code.is_empty()).collect();
    let lacking: Vec<&str> =
        faults.split(';').filter(|f| !f.is_empty() && !found_faults.iter().any(|other| other == f)).collect();
    let matches = answer.status.as_str() == status
        && (level.is_empty() || level == found_level)
        && (wanted.is_empty() || wanted == found)
        && lacking.is_empty();
    let got = || format!("{} {found_level} {found:?} {found_faults:?}", answer.status.as_str());
    if matches { Ok(()) } else { Err(format!("wanted {status} {level} {codes} {faults}, got {}", got())) }
}

#[test]
fn addresses_as_people_write_them() {
    let plate = town();
    let mut wrong = Vec::new();
    let cases: Vec<Vec<&str>> = CASES.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert!(cases.len() >= 800, "{} cases", cases.len());
    for case in &cases {
        let [text, status, level, codes, faults, ..] = case.as_slice() else { panic!("{case:?}: columns are missing") };
        if let Err(reason) = judge(&plate.geocode(text), status, level, codes, faults) {
            wrong.push(format!("{text}: {reason}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// The town, opened once.
fn shared() -> &'static Baseplate {
    static TOWN: OnceLock<Baseplate> = OnceLock::new();
    TOWN.get_or_init(town)
}

/// Every address of the town.
fn addresses() -> &'static [Address<'static>] {
    static ALL: OnceLock<Vec<Address<'static>>> = OnceLock::new();
    ALL.get_or_init(|| shared().addresses_in(shared().manifest().bbox.expect("a town has a box")))
}

fn address_code<'a>(answer: &Geocoded<'a>) -> Option<&'a str> {
    answer.place.as_ref().and_then(|place| place.address_code)
}

#[test]
fn every_address_is_found_by_its_own_text() {
    for address in addresses() {
        let text = address.text().expect("a text");
        let answer = shared().geocode(text);
        assert_eq!(address_code(&answer), Some(address.code()), "{text}");
        assert_eq!((answer.status, answer.band), (GeocodeStatus::Matched, Band::High), "{text}");
        assert!(answer.faults.is_empty() && answer.unmatched.is_empty(), "{text}: {:?}", answer.faults);
    }
}

fn wide(text: &str) -> String {
    let widen = |c: char| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c };
    text.chars().map(widen).collect()
}

/// Numbers below 100 in Chinese: 12 → 十二.
fn in_chinese(text: &str) -> String {
    let digits: Vec<char> = "〇一二三四五六七八九".chars().collect();
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        match run.parse::<usize>() {
            Ok(number @ 1..=9) => out.push(digits[number]),
            Ok(number @ 10..=99) => {
                out.extend((number >= 20).then(|| digits[number / 10]));
                out.push('十');
                out.extend((number % 10 > 0).then(|| digits[number % 10]));
            }
            _ => out.push_str(&run),
        }
        run.clear();
        out.extend((c != '\0').then_some(c));
    }
    out
}

proptest! {
    #[test]
    fn the_style_of_writing_does_not_matter(pick: prop::sample::Index, gaps in prop::collection::vec(0..60_usize, 0..4)) {
        let address = pick.get(addresses());
        let text = address.text().expect("a text");
        let mut spaced: Vec<char> = text.chars().collect();
        for gap in gaps {
            let at = gap.min(spaced.len());
            let in_number = at > 0 && at < spaced.len() && spaced[at - 1].is_ascii_digit() && spaced[at].is_ascii_digit();
            if !in_number {
                spaced.insert(at, ' ');
            }
        }
        let spaced: String = spaced.into_iter().collect();
        for style in [wide(text), in_chinese(text), spaced, format!("中国{text}"), format!("地址：{text}。")] {
            let answer = shared().geocode(&style);
            prop_assert_eq!(address_code(&answer), Some(address.code()), "{}", style);
        }
    }

    #[test]
    fn a_correct_head_does_not_matter(pick: prop::sample::Index, keep in 0..5_usize) {
        let address = pick.get(addresses());
        let text = address.text().expect("a text");
        let chain: Vec<_> = address.grid(&baseplate_core::GridKind::basic()).expect("a grid").chain().collect();
        let divisions: String = chain[1..].iter().rev().map(|grid| grid.name()).collect();
        let bare = text.strip_prefix(&divisions).expect("the text begins with its divisions");
        let head: String = chain[1..].iter().rev().take(keep).map(|grid| grid.name()).collect();
        let answer = shared().geocode(&format!("{head}{bare}"));
        let with_all = shared().geocode(&format!("{divisions}{divisions}{bare}"));
        prop_assert_eq!(address_code(&with_all), Some(address.code()));
        let same = address_code(&answer) == Some(address.code());
        let among = answer.alternatives.iter().any(|place| place.address_code == Some(address.code()));
        prop_assert!(same || (answer.status == GeocodeStatus::Ambiguous && among), "{}{}", head, bare);
    }

    #[test]
    fn a_number_is_never_traded_for_another(pick: prop::sample::Index, digit: prop::sample::Index, by in 1..10_u32) {
        let address = pick.get(addresses());
        let mut chars: Vec<char> = address.text().expect("a text").chars().collect();
        let places: Vec<usize> = (0..chars.len()).filter(|at| chars[*at].is_ascii_digit()).collect();
        let at = *digit.get(&places);
        let changed = (chars[at].to_digit(10).expect("a digit") + by) % 10;
        chars[at] = char::from_digit(changed, 10).expect("a digit");
        let text: String = chars.into_iter().collect();
        let answer = shared().geocode(&text);
        for place in answer.place.iter().chain(&answer.alternatives) {
            let exact = place.address_code != Some(address.code());
            // A leading zero says nothing: 0501 is 501.
            let same_value = place.match_level < MatchLevel::Room && place.building_code.is_some();
            prop_assert!(exact || same_value, "{} became {}", text, place.standard_address);
        }
    }

    #[test]
    fn any_text_has_an_answer(text in "\\PC{0,80}", codes in prop::collection::vec(any::<char>(), 0..400)) {
        let strange: String = codes.into_iter().collect();
        for text in [text, strange] {
            let answer = shared().geocode(&text);
            prop_assert!((0.0..=1.0).contains(&answer.confidence));
            prop_assert_eq!(&answer, &shared().geocode_many(&[&text])[0]);
            shared().suggest(&text, None, 8);
        }
    }

    #[test]
    fn parts_of_addresses_in_any_order_have_an_answer(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "示例市", "霁峰区", "沐台街道", "秋实路", "3号", "珠峰购物中心", "1栋", "101铺", "石榴", "新村", "12巷", "-", "、", "(",
                "）", "3-2-501", "#", "A座", "一二〇一", "之", "附", "号", "栋", "至", "13800000000", "旁边", "北京市", "0",
            ]),
            0..40,
        ),
    ) {
        let text = parts.concat();
        prop_assert_eq!(&shared().geocode(&text), &shared().geocode_many(&[&text])[0]);
        shared().suggest(&text, Some(LngLat::new(114.05, 22.55)), 8);
    }
}

#[test]
fn long_texts_are_answered() {
    for text in [
        "示例市".repeat(5_000),
        "（".repeat(10_000),
        "1-".repeat(5_000),
        "秋实路3号".repeat(2_000),
        "栋".repeat(10_000),
    ] {
        shared().geocode(&text);
        shared().suggest(&text, None, 8);
    }
}

#[test]
fn what_is_typed_is_completed() {
    let plate = shared();
    let address = &addresses()[addresses().len() / 2];
    let text = address.text().expect("a text");
    let typed: String = text.chars().take(text.chars().count() - 1).collect();
    let codes: Vec<_> = plate.suggest(&typed, None, 20).into_iter().filter_map(|s| s.code).collect();
    assert!(codes.contains(&address.code()), "{typed}: {codes:?}");
    for (typed, wanted) in
        [("秋实", "秋实路"), ("qiushi", "秋实路"), ("qsl", "秋实路"), ("珠峰购", "珠峰购物中心"), ("霁峰", "霁峰区")]
    {
        let texts: Vec<String> = plate.suggest(typed, None, 8).into_iter().map(|s| s.text).collect();
        assert!(texts.iter().any(|text| text.ends_with(wanted)), "{typed}: {texts:?}");
    }
    let by_code = plate.suggest("99010100100101", None, 8);
    assert!(by_code.iter().any(|s| s.code.is_some_and(|code| code.starts_with("99010100100101"))), "{by_code:?}");
    assert!(plate.suggest("", None, 8).is_empty() && plate.suggest("秋实", None, 0).is_empty());
}

#[test]
fn what_people_type_is_offered() {
    let plate = shared();
    let offered = |typed: &str| plate.suggest(typed, None, 8);
    // Any word in a name; a division may stand before it.
    for typed in ["购物中心", "示例市购物中心", "霁峰区 购物中心"] {
        let found = offered(typed);
        assert!(found.iter().all(|s| s.text.contains("购物中心")) && found.len() > 1, "{typed}: {found:?}");
    }
    // A building is the building, not its address.
    let first = &offered("珠峰购物中心1栋")[0];
    assert_eq!((first.code, first.entity), (Some("9901010010010100001"), Some(Entity::Building)));
    // A code is the thing that has it.
    for (code, entity) in [
        ("99010100100101", Entity::Grid),
        ("9901010010010100001", Entity::Building),
        ("9901010010010100001000101", Entity::Address),
        ("91990101MAHTNDDP28", Entity::Enterprise),
    ] {
        let first = &offered(code)[0];
        assert_eq!((first.code, first.entity), (Some(code), Some(entity)), "{first:?}");
    }
    let grid = &offered("鹤渚社区第01网格")[0];
    assert_eq!((grid.code, grid.entity), (Some("99010100100101"), Some(Entity::Grid)));
    // An enterprise by its name, with and without the city before it.
    for typed in ["示例市琼潭悦酒店管理有限公司", "琼潭悦", "潭悦酒店"] {
        let first = &offered(typed)[0];
        assert_eq!((first.code, first.entity), (Some("91990101MAHTNDDP28"), Some(Entity::Enterprise)), "{typed}");
    }
    // A pair of coordinates, in either order.
    let at = addresses()[0].point().expect("a point");
    for typed in [format!("{},{}", at.lng, at.lat), format!("{} {}", at.lat, at.lng)] {
        let found = offered(&typed);
        assert_eq!((found.len(), found[0].at), (1, Some(at)), "{found:?}");
        assert!(found[0].text.contains("示例市"), "{found:?}");
    }
    assert!(offered("0.5,0.5").is_empty());
    // What is at the door, and nothing where there is no such door.
    assert!(offered("秋实路7号").iter().all(|s| s.text.contains("秋实路7号")) && !offered("秋实路7号").is_empty());
    assert!(offered("秋实路9号").is_empty());
}

#[test]
fn natural_persons_are_not_offered_by_name() {
    let plate = shared();
    let issued = |natural: bool| {
        let all = addresses().iter().flat_map(|address| address.enterprises().collect::<Vec<_>>());
        all.filter(|one| one.is_natural_person() == natural).filter_map(|one| one.name()).take(40).collect::<Vec<_>>()
    };
    let offered = |name: &str| {
        plate.suggest(name, None, 8).iter().any(|s| s.entity == Some(Entity::Enterprise) && s.text == name)
    };
    assert!(issued(true).len() > 5 && !issued(true).into_iter().any(offered));
    assert!(issued(false).into_iter().all(offered));
}

#[test]
fn where_two_roads_meet() {
    let plate = shared();
    let answer = plate.geocode("秋实路与朝阳街交叉口");
    let place = answer.place.as_ref().expect("a place");
    assert_eq!((answer.status, place.match_level), (GeocodeStatus::Matched, MatchLevel::Road));
    assert!(answer.band != Band::High && answer.faults.iter().any(|fault| fault.to_string().ends_with(":relative")));
    let metres = answer.crossing_m.expect("a distance");
    let of_road = |road: &str| {
        let on_road = |address: &&Address<'_>| address.text().is_some_and(|text| text.contains(road));
        addresses().iter().filter(on_road).filter_map(|a| a.building().and_then(|(b, _)| b.point())).collect::<Vec<_>>()
    };
    let (one, other) = (of_road("秋实路"), of_road("朝阳街"));
    let apart = |a: &LngLat, b: &LngLat| {
        let (x, y) = ((a.lng - b.lng) * 111_320.0 * a.lat.to_radians().cos(), (a.lat - b.lat) * 110_700.0);
        x.hypot(y)
    };
    let nearest = one.iter().flat_map(|a| other.iter().map(move |b| apart(a, b))).fold(f64::INFINITY, f64::min);
    assert!((metres - nearest).abs() < 0.02 * nearest + 0.5, "{metres} and {nearest}");
    assert!(place.standard_address.ends_with("秋实路与朝阳街路口") && place.at.is_some(), "{place:?}");
    // One road alone, and one that is not there, are no crossing.
    for text in ["秋实路路口", "秋实路与海棠路路口"] {
        assert_eq!(plate.geocode(text).crossing_m, None, "{text}");
    }
}

#[test]
fn landmarks_are_found_by_their_names() {
    let landmarks = r#"
        [[landmarks]]
        name = "竹溪第一医院"
        names = ["竹一院"]
        address = "x0"
        [[landmarks]]
        name = "梅岭广场"
        point = [1.15, 0.15]
        [[landmarks]]
        name = "听松书店"
        address = "西湖区梅岭社区听松路1号101室"
        [[landmarks]]
        name = "无处"
        address = "z"
        "#;
    let spec = format!("{}{landmarks}", CITY[0].1);
    let mut files = CITY.to_vec();
    files[0].1 = &spec;
    let (dir, report) = build_text(&files);
    let notes = report.expect("it builds").notes;
    assert!(notes.iter().any(|note| note.contains("'无处'")), "{notes:?}");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("it opens");
    for (text, code) in [
        ("竹溪第一医院", "x0"),
        ("东湖区竹一院", "x0"),
        ("听松书店", "y1"),
        ("西湖区听松书店", "y1"),
        ("西湖区听松路1号101室", "y1"),
    ] {
        assert_eq!(address_code(&plate.geocode(text)), Some(code), "{text}");
    }
    let square = plate.geocode("梅岭广场");
    assert!(address_code(&square).is_some_and(|code| code.starts_with('y')), "{square:?}");
    assert_ne!(plate.geocode("西湖区竹一院").band, Band::High, "it lies elsewhere");
    assert!(!plate.suggest("竹一", None, 8).is_empty());
    let both = spec.replace("address = \"x0\"", "address = \"x0\"\npoint = [0.0, 0.0]");
    let error = Spec::parse(&both, Path::new("spec.toml")).expect_err("one of both");
    assert!(error.to_string().contains("竹溪第一医院"), "{error}");
}

#[test]
fn what_the_reader_cannot_place_is_an_issue() {
    let mut files = CITY.to_vec();
    let addresses =
        format!("{}x2,东湖区竹溪社区听松路1号101室西侧杂物间,x\nx3,东湖区竹溪社区听松路1号201、202室,x\n", CITY[3].1);
    files[3].1 = &addresses;
    let (dir, report) = build_text(&files);
    let notes = report.expect("it builds").notes;
    assert!(notes.iter().any(|note| note.starts_with("1 of 6 addresses (16.7 %)")), "{notes:?}");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("it opens");
    let issues: Vec<_> = plate.issues().filter(|issue| issue.rule == Rule::AddressUnreadable).collect();
    assert_eq!(issues.iter().map(|issue| issue.code).collect::<Vec<_>>(), ["x2"]);
    assert!(issues[0].evidence.to_string().contains("西侧杂物间"));
    assert_eq!(address_code(&plate.geocode("东湖区竹溪社区听松路1号101室西侧杂物间")), Some("x2"));
}

#[test]
fn estates_of_one_name_are_offered() {
    let mut files = CITY.to_vec();
    let addresses = "code,text,building\nx0,东湖区竹溪社区望山花园1栋,x\nx1,东湖区竹溪社区望山花园1栋101室,x\n\
                     y0,西湖区梅岭社区望山花园2栋,y\ny1,西湖区梅岭社区望山花园2栋101室,y\n";
    files[3].1 = addresses;
    let (dir, report) = build_text(&files);
    report.expect("it builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("it opens");
    let both = plate.geocode("望山花园");
    assert_eq!((both.status, both.alternatives.len()), (GeocodeStatus::Ambiguous, 2), "{both:?}");
    assert!(both.alternatives.iter().all(|place| place.match_level == MatchLevel::Estate));
    let one = plate.geocode("西湖区望山花园");
    assert_eq!(one.status, GeocodeStatus::Matched);
    assert_eq!(address_code(&plate.geocode("望山花园2栋")), Some("y0"));
}

#[test]
fn a_point_has_an_address() {
    let plate = shared();
    for address in addresses().iter().step_by(97) {
        let (building, _) = address.building().expect("a building");
        let found = plate.reverse(building.point().expect("a point")).expect("in the town");
        assert_eq!(found.place.building_code, Some(building.code()));
        assert_eq!(found.distance_m, Some(0.0));
    }
    // At the very point of an address it is that one, or another with the same point.
    for address in addresses().iter().step_by(31) {
        let point = address.point().expect("a point");
        let found = plate.reverse(point).expect("in the town");
        assert_eq!((found.place.at, found.distance_m), (Some(point), Some(0.0)));
    }
    assert!(plate.reverse(LngLat::new(0.0, 0.0)).is_none());
    assert!(plate.reverse(LngLat::new(f64::NAN, 22.5)).is_none());
}

/// A building of 200 m with three doors, one in a row of its own far from it, and a hall whose address lies in its middle.
const DOORS: [(&str, &str); 3] = [
    (
        "spec.toml",
        "[plate]\nname = \"门\"\n[[buildings]]\npath = \"b.csv\"\ncrs = \"EPSG:4490\"\ncode = \"code\"\n\
         [[addresses]]\npath = \"a.csv\"\ncrs = \"EPSG:4490\"\ncode = \"code\"\ntext = \"text\"\nlng = \"x\"\nlat = \"y\"\nbuilding = \"b\"\n",
    ),
    (
        "b.csv",
        "code,wkt\nB1,\"POLYGON((114.001 22.001,114.003 22.001,114.003 22.0012,114.001 22.0012,114.001 22.001))\"\n\
         B2,\"POLYGON((114.01 22,114.014 22,114.014 22.004,114.01 22.004,114.01 22))\"\n",
    ),
    (
        "a.csv",
        "code,text,x,y,b\nA1,海棠路1号,114.0011,22.0011,B1\nA2,海棠路3号,114.0020,22.0011,B1\n\
         A3,海棠路5号,114.0029,22.0011,B1\nA4,海棠路7号,114.0035,22.0011,B1\nA5,海棠路9号,114.012,22.002,B2\n",
    ),
];

#[test]
fn reverse_gives_the_nearest_address() {
    let (dir, report) = build_text(&DOORS);
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    let cases = [
        (114.0011, 22.0011, "A1", 0.0, "each door is its own"),
        (114.0020, 22.0011, "A2", 0.0, "each door is its own"),
        (114.0029, 22.0011, "A3", 0.0, "each door is its own"),
        (114.0035, 22.0011, "A4", 0.0, "so is one outside its building"),
        (114.0026, 22.00105, "A3", 0.0, "inside, the nearer of two"),
        (114.0033, 22.0011, "A4", 20.6, "outside, by its own point"),
        (114.0099, 22.002, "A5", 10.3, "beside a hall whose address is out of reach"),
    ];
    for (lng, lat, code, distance_m, why) in cases {
        let found = plate.reverse(LngLat::new(lng, lat)).expect(why);
        assert_eq!(found.place.address_code, Some(code), "{why}");
        assert!((found.distance_m.expect(why) - distance_m).abs() < 0.1, "{why}: {:?}", found.distance_m);
    }
    assert!(plate.reverse(LngLat::new(114.006, 22.0011)).is_none());
}

/// Two streets, one of them with a former name; three firms that say where they are in words.
const CITY: [(&str, &str); 5] = [
    (
        "spec.toml",
        r#"
        plate = { name = "小城" }
        [[grids]]
        path = "grids.csv"
        crs = "EPSG:4490"
        code = "code"
        ancestors = { community = { code = "cc", name = "cn" }, district = { code = "dc", name = "dn" } }
        [[buildings]]
        path = "buildings.csv"
        crs = "EPSG:4490"
        code = "code"
        [[addresses]]
        path = "addresses.csv"
        crs = "EPSG:4490"
        code = "code"
        text = "text"
        building = "building"
        [[enterprises]]
        path = "firms.csv"
        uscc = "uscc"
        address_text = "address"
        [[aliases]]
        name = "旧城区"
        now = ["东湖区"]
        since = "2016-10-01"
        "#,
    ),
    (
        "grids.csv",
        "code,cc,cn,dc,dn,wkt\nA,a,竹溪社区,1,东湖区,\"POLYGON((0 0,1 0,1 1,0 1,0 0))\"\n\
         B,b,梅岭社区,2,西湖区,\"POLYGON((1 0,2 0,2 1,1 1,1 0))\"\n",
    ),
    (
        "buildings.csv",
        "code,wkt\nx,\"POLYGON((0.1 0.1,0.2 0.1,0.2 0.2,0.1 0.2,0.1 0.1))\"\n\
         y,\"POLYGON((1.1 0.1,1.2 0.1,1.2 0.2,1.1 0.2,1.1 0.1))\"\n",
    ),
    (
        "addresses.csv",
        "code,text,building\nx0,东湖区竹溪社区听松路1号,x\nx1,东湖区竹溪社区听松路1号101室,x\n\
         y0,西湖区梅岭社区听松路1号,y\ny1,西湖区梅岭社区听松路1号101室,y\n",
    ),
    (
        "firms.csv",
        "uscc,address\n91350100M000100Y43,东湖区听松路1号一〇一房\n91110000101623741K,听松路1号\n911101066976941872,西湖区听松路1号102室\n",
    ),
];

#[test]
fn enterprises_are_linked_by_their_text() {
    let (dir, report) = build_text(&CITY);
    report.expect("it builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("it opens");
    let link = |uscc: &str| {
        let firm = plate.enterprise(uscc).expect("a firm");
        assert_eq!(firm.role(), Some("注册"));
        (firm.address().map(|address| address.code().to_owned()), firm.link(), firm.geocoded().map(|(level, _)| level))
    };
    let geocoded = |code: &str, level| (Some(code.to_owned()), Some(How::Geocoded), Some(level));
    assert_eq!(link("91350100M000100Y43"), geocoded("x1", MatchLevel::Room));
    assert_eq!(link("911101066976941872"), geocoded("y0", MatchLevel::Building));
    assert_eq!(link("91110000101623741K"), (None, None, None), "there are two");
    let unplaced: Vec<_> = plate.issues().filter(|issue| issue.rule == Rule::EnterpriseNoAddress).collect();
    assert_eq!(unplaced.iter().map(|issue| issue.code).collect::<Vec<_>>(), ["91110000101623741K"]);
    let said = unplaced[0].evidence.to_string();
    assert!(said.contains("ambiguous"), "{said}");
}

#[test]
fn divisions_are_known_by_the_names_that_they_had() {
    let (dir, report) = build_text(&CITY);
    report.expect("it builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("it opens");
    let answer = plate.geocode("旧城区听松路1号101室");
    assert_eq!(address_code(&answer), Some("x1"));
    assert!(answer.faults.iter().any(|fault| fault.to_string() == "district:replaced"), "{:?}", answer.faults);
    assert_eq!(plate.geocode("西湖区听松路1号101室").place.and_then(|place| place.address_code), Some("y1"));
    let both = plate.geocode("听松路1号101室");
    assert_eq!((both.status, both.alternatives.len()), (GeocodeStatus::Ambiguous, 2));
    assert_eq!(plate.manifest().aliases.len(), 1);
}

const NO_CITY: &str = r#"
[plate]
name = "NAME"
[[grids]]
path = "grids.csv"
crs = "EPSG:4326"
code = "code"
name = "name"
ancestors = { community = { code = "community", name = "community_name" }, district = { code = "district", name = "district_name" } }
[[addresses]]
path = "addresses.csv"
crs = "EPSG:4326"
code = "code"
text = "text"
lng = "x"
lat = "y"
"#;

/// A plate of this name whose sources have no level above districts; the last address lies in no grid.
fn without_city(name: &str, city: &str) -> (tempfile::TempDir, Baseplate) {
    let grids = "code,name,community,community_name,district,district_name,wkt\n\
        G1,网格一,C1,云栖社区,D1,晴川区,\"POLYGON((114 22,114.01 22,114.01 22.01,114 22.01,114 22))\"\n\
        G2,网格二,C2,鹿鸣社区,D2,临霞区,\"POLYGON((114.01 22,114.02 22,114.02 22.01,114.01 22.01,114.01 22))\"\n";
    let addresses = format!(
        "code,text,x,y\nA1,{city}晴川区云栖社区石榴路8号,114.005,22.005\n\
         A2,{city}临霞区鹿鸣社区石榴路10号3栋501室,114.015,22.005\nA3,{city}石榴路99号,114.5,22.5\n"
    );
    let spec = NO_CITY.replace("NAME", name);
    let (dir, report) = build_text(&[("spec.toml", &spec), ("grids.csv", grids), ("addresses.csv", &addresses)]);
    report.expect("builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("opens");
    (dir, plate)
}

/// Without a city among the grids the plate's name is the city, so a library whose texts begin with it answers its own texts.
#[test]
fn the_name_of_the_plate_is_the_city_that_no_source_has() {
    for (name, city) in [
        ("示例市", "示例市"),
        ("深圳市", "深圳市"),
        ("广东省深圳市", "广东省深圳市"),
        ("示例自治州", "示例自治州"),
        ("示例县", "示例县"),
    ] {
        let (_dir, plate) = without_city(name, city);
        for (code, rest) in
            [("A1", "晴川区云栖社区石榴路8号"), ("A2", "临霞区鹿鸣社区石榴路10号3栋501室"), ("A3", "石榴路99号")]
        {
            let answer = plate.geocode(&format!("{city}{rest}"));
            assert_eq!(address_code(&answer), Some(code), "{city}{rest}: {answer:?}");
            assert_eq!((answer.status, answer.band), (GeocodeStatus::Matched, Band::High), "{city}{rest}: {answer:?}");
            assert!(answer.faults.is_empty() || code == "A3", "{city}{rest}: {:?}", answer.faults);
        }
        let bare = plate.geocode("晴川区云栖社区石榴路8号");
        assert_eq!(address_code(&bare), Some("A1"));
        let elsewhere = plate.geocode("杭州市晴川区云栖社区石榴路8号");
        assert_eq!(elsewhere.status, GeocodeStatus::OutOfArea, "{elsewhere:?}");
        let alone = plate.geocode(name);
        let level = alone.place.as_ref().map(|place| (place.match_level, place.standard_address.as_str()));
        assert_eq!(level, Some((MatchLevel::City, name)));
        // The city is no grid: there is nothing to go to.
        assert!(plate.suggest(name, None, 10).iter().all(|suggestion| suggestion.level != MatchLevel::City));
    }
}

/// A name that is none of a city says nothing about addresses.
#[test]
fn a_plate_that_is_not_called_as_a_city_has_no_city() {
    let (_dir, plate) = without_city("地址底板", "深圳市");
    assert_eq!(plate.geocode("地址底板").place, None);
    assert_eq!(plate.geocode("晴川区云栖社区石榴路8号").status, GeocodeStatus::Matched);
}

/// Addresses as registers have them, each with texts that are the same and texts that are another place.
const REGISTERED: [(&str, &[&str], &[&str]); 20] = [
    ("东墙街6.8号C-8", &["东墙街6.8号 C-8"], &["东墙街6.8号C-7", "东墙街8号C-8", "东墙街68号C-8"]),
    (
        "望塔村468号A1-5009号",
        &["望塔村４６８号a1-5009号"],
        &["望塔村468号A2-113号", "望塔村468号A1-5008号", "望塔村468号"],
    ),
    ("石桥街57号3053、3055号", &["石桥街57号3053，3055号"], &["石桥街57号2047号", "石桥街57号3053、3056号"]),
    (
        "崇山大街40号1幢6层627-630号",
        &["崇山大街40号1栋6楼627-630号"],
        &["崇山大街40号1幢3层627-630号", "崇山大街40号1幢6层627-631号"],
    ),
    (
        "南环路91号院1号楼9层2单元1011内180号",
        &["南环路91号院1号楼九层2单元1011内180号"],
        &["南环路91号院1号楼9层2单元1011内181号"],
    ),
    (
        "香草路1号地上二层SH-2F-23号",
        &["香草路1号地上二层SH-2F-23号（请放门卫）"],
        &["香草路1号地上二层SH-1F-23号", "香草路1号地上一层SH-2F-23号"],
    ),
    ("西苑大街133号", &["示例市西苑大街133号"], &["西苑大街13号", "西苑大街1333号"]),
    ("西苑大街133号底商", &["西苑大街133号 底商"], &["西苑大街133号北底商"]),
    ("北楼路7号北楼715", &["北楼路7号北楼715 张先生收"], &["北楼路7号北楼7157", "北楼路7号南楼715", "北楼路7号北楼71"]),
    ("榆园新村3横巷6号", &["榆园新村三横巷6号"], &["榆园新村3支巷6号", "榆园新村4横巷6号"]),
    ("榆园新村3巷6号", &["榆园新村三巷6号"], &["榆园新村3弄6号"]),
    ("望湖村3组5号", &["望湖村三组5号"], &["望湖村3排5号", "望湖村4组5号"]),
    ("望湖村3队5号", &["望湖村三队5号"], &["望湖村3区5号"]),
    (
        "渠门内大街2号-1层-1-1-001",
        &["渠门内大街2号－1层-1-1-001"],
        &["渠门内大街2号1层-1-1-001", "渠门内大街2号-1层-1-2-001"],
    ),
    ("晨里5号1层101室", &["晨里5号一楼101房", "晨里5号首层101室"], &["晨里5号负1层101室", "晨里5号2层101室"]),
    ("晨里5号7层A座23号", &["晨里5号7楼A座23号"], &["晨里5号7层B座23号"]),
    (
        "荷塘路25号之九17层1707-08房",
        &["荷塘路25号之九17楼1707-08室"],
        &["荷塘路25号之一17层1707-08房", "荷塘路25号之九17层1707-09房"],
    ),
    ("荷塘路23、27号2楼", &["荷塘路23，27号2楼"], &["荷塘路23、29号2楼", "荷塘路23号2楼"]),
    ("荷塘路36号13B05房", &["荷塘路36号13B05室"], &["荷塘路36号13B06房", "荷塘路36号13C05房"]),
    ("荷塘路40号甲西侧平房5号", &["荷塘路40号甲 西侧平房5号"], &["荷塘路40号甲东侧平房5号", "荷塘路40号乙西侧平房5号"]),
];

#[test]
fn nothing_of_a_registered_address_is_dropped() {
    let rows =
        |(row, (text, ..)): (usize, &(&str, &[&str], &[&str]))| format!("{row},霁峰区康岫社区{text},0.5,0.{row:02}1\n");
    let addresses: String = REGISTERED.iter().enumerate().map(rows).collect();
    let (dir, report) = build_text(&[
        ("spec.toml", &NO_CITY.replace("NAME", "示例市")),
        (
            "grids.csv",
            "code,name,community,community_name,district,district_name,wkt\n\
             g,一,c,康岫社区,d,霁峰区,\"POLYGON((0 0,1 0,1 1,0 1,0 0))\"\n",
        ),
        ("addresses.csv", &format!("code,text,x,y\n{addresses}")),
    ]);
    report.expect("it builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("it opens");
    for (row, (text, same, others)) in REGISTERED.iter().enumerate() {
        let own = row.to_string();
        let (first, read) = (plate.geocode(&format!("霁峰区康岫社区{text}")), plate.geocode_read(text));
        assert_eq!(address_code(&first), Some(own.as_str()), "{text}");
        assert_eq!(
            (address_code(&read), read.band),
            (Some(own.as_str()), Band::High),
            "{text} without its key: {read:?}"
        );
        for same in *same {
            let answer = plate.geocode(same);
            assert_eq!((address_code(&answer), answer.band), (Some(own.as_str()), Band::High), "{same}: {answer:?}");
        }
        for other in *others {
            let answer = plate.geocode(other);
            assert_eq!(address_code(&answer), None, "{other}: {answer:?}");
        }
    }
}

#[test]
fn divisions_of_one_name_are_offered() {
    let (dir, report) = build_text(&[
        ("spec.toml", &NO_CITY.replace("NAME", "示例市")),
        (
            "grids.csv",
            "code,name,community,community_name,district,district_name,wkt\n\
             A,一,a,竹溪社区,1,东湖区,\"POLYGON((0 0,1 0,1 1,0 1,0 0))\"\n\
             B,二,b,竹溪社区,2,西湖区,\"POLYGON((1 0,2 0,2 1,1 1,1 0))\"\n",
        ),
        ("addresses.csv", "code,text,x,y\n1,东湖区竹溪社区听松路1号,0.5,0.5\n2,西湖区竹溪社区听松路2号,1.5,0.5\n"),
    ]);
    report.expect("it builds");
    let plate = Baseplate::open(dir.path().join("out.plate")).expect("it opens");
    let (both, one, odd) =
        (plate.geocode("竹溪社区"), plate.geocode("西湖区竹溪社区"), plate.geocode("示例市东湖区西湖区"));
    assert_eq!((both.status, both.alternatives.len()), (GeocodeStatus::Ambiguous, 2), "{both:?}");
    assert_eq!((one.status, one.place.and_then(|p| p.community_code)), (GeocodeStatus::Matched, Some("B")));
    assert!(odd.band == Band::Low && odd.faults.iter().any(|f| f.to_string() == "district:contradicting"), "{odd:?}");
}
