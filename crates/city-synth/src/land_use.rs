//! What land and buildings are used for, and what that means for their size.

use std::fmt;

use crate::random::Random;

/// The use of a building, and of the compound it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// 住宅: housing estates.
    Residential,
    /// 商业: malls and shops.
    Commercial,
    /// 办公: office buildings.
    Office,
    /// 工业: factories.
    Industrial,
    /// 学校: schools.
    School,
    /// 城中村: urban villages, small houses close together.
    Village,
    /// 公共: public facilities.
    Public,
}

/// Typical measures of the buildings of one use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile {
    /// Land per building before scaling to the city's target, m².
    pub(crate) slot_area: f64,
    /// Smallest side of the land of one building, metres.
    pub(crate) slot_side: f64,
    /// Space between a building and the edge of its land, metres.
    pub(crate) gap: f64,
    /// Least and most of the remaining width and depth that the building takes.
    pub(crate) fill: [f64; 2],
    /// Ranges of floors, each with its share of compounds in percent.
    pub(crate) floors: &'static [(u32, [u32; 2])],
    /// Least and largest height of a floor, metres.
    pub(crate) storey: [f64; 2],
    /// Floors that are let room by room; the others have no address of their own.
    pub(crate) let_floors: u32,
    /// Most entrances with their own unit number; 0 where rooms are not counted by unit.
    pub(crate) units: u32,
    /// Least and most rooms of a floor (in each unit).
    pub(crate) rooms: [u32; 2],
    /// What a building's number in its compound is followed by.
    pub(crate) counter: &'static str,
    /// What a room's number is followed by.
    pub(crate) room: &'static str,
}

const RESIDENTIAL: Profile = Profile {
    slot_area: 2_100.0,
    slot_side: 16.0,
    gap: 4.0,
    fill: [0.6, 0.92],
    floors: &[(66, [6, 8]), (26, [11, 18]), (8, [24, 33])],
    storey: [3.0, 3.2],
    let_floors: 40,
    units: 3,
    rooms: [1, 2],
    counter: "栋",
    room: "室",
};

const COMMERCIAL: Profile = Profile {
    slot_area: 4_200.0,
    slot_side: 20.0,
    gap: 5.0,
    fill: [0.6, 0.95],
    floors: &[(70, [2, 4]), (30, [5, 7])],
    storey: [3.8, 4.2],
    let_floors: 3,
    units: 0,
    rooms: [3, 8],
    counter: "栋",
    room: "铺",
};

const OFFICE: Profile = Profile {
    slot_area: 4_800.0,
    slot_side: 22.0,
    gap: 6.0,
    fill: [0.5, 0.85],
    floors: &[(40, [5, 9]), (40, [12, 22]), (20, [25, 40])],
    storey: [3.6, 4.2],
    let_floors: 40,
    units: 0,
    rooms: [1, 4],
    counter: "座",
    room: "室",
};

const INDUSTRIAL: Profile = Profile {
    slot_area: 3_800.0,
    slot_side: 22.0,
    gap: 5.0,
    fill: [0.6, 0.95],
    floors: &[(50, [1, 3]), (50, [4, 6])],
    storey: [3.8, 4.2],
    let_floors: 6,
    units: 0,
    rooms: [1, 3],
    counter: "栋",
    room: "室",
};

const SCHOOL: Profile = Profile {
    slot_area: 6_000.0,
    slot_side: 22.0,
    gap: 6.0,
    fill: [0.5, 0.85],
    floors: &[(100, [3, 6])],
    storey: [3.6, 3.9],
    let_floors: 6,
    units: 0,
    rooms: [1, 3],
    counter: "号楼",
    room: "室",
};

const VILLAGE: Profile = Profile {
    slot_area: 380.0,
    slot_side: 10.0,
    gap: 1.0,
    fill: [0.75, 0.97],
    floors: &[(40, [4, 6]), (60, [5, 8])],
    storey: [3.0, 3.3],
    let_floors: 8,
    units: 0,
    rooms: [1, 3],
    counter: "号",
    room: "房",
};

const PUBLIC: Profile = Profile {
    slot_area: 7_000.0,
    slot_side: 22.0,
    gap: 6.0,
    fill: [0.5, 0.85],
    floors: &[(100, [1, 5])],
    storey: [3.8, 4.2],
    let_floors: 5,
    units: 0,
    rooms: [1, 3],
    counter: "号楼",
    room: "室",
};

impl Use {
    /// Typical measures of this use.
    pub(crate) fn profile(self) -> &'static Profile {
        match self {
            Self::Residential => &RESIDENTIAL,
            Self::Commercial => &COMMERCIAL,
            Self::Office => &OFFICE,
            Self::Industrial => &INDUSTRIAL,
            Self::School => &SCHOOL,
            Self::Village => &VILLAGE,
            Self::Public => &PUBLIC,
        }
    }

    /// Whether people live in the rooms.
    pub(crate) fn is_dwelling(self) -> bool {
        matches!(self, Self::Residential | Self::Village)
    }

    /// Whether the rooms are shops, offices or workshops.
    pub(crate) fn is_business(self) -> bool {
        matches!(self, Self::Commercial | Self::Office | Self::Industrial)
    }

    /// Last parts of the names of compounds of this use.
    pub(crate) fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Residential => &["花园", "苑", "雅居", "家园", "华府", "公馆", "名邸", "小区"],
            Self::Commercial => &["广场", "购物中心", "商业城", "百货", "生活汇", "天地"],
            Self::Office => &["大厦", "中心", "国际", "科技园", "商务港", "总部"],
            Self::Industrial => &["工业园", "产业园", "工业区", "制造园", "智造园", "物流园"],
            Self::School => &["学校", "小学", "中学", "实验学校", "外国语学校", "书院"],
            Self::Village => &["新村", "旧村", "村", "围", "坊", "老村"],
            Self::Public => &["文化中心", "体育馆", "医院", "市民中心", "图书馆", "展览馆"],
        }
    }

    /// The use of a compound at a place between the rim (0) and the centre (1) of the city.
    pub(crate) fn of_compound(centrality: f64, random: &mut Random) -> Self {
        let shares = [
            (Self::Residential, 50.0),
            (Self::Commercial, 6.0 + 8.0 * centrality),
            (Self::Office, 3.0 + 12.0 * centrality),
            (Self::Industrial, 16.0 * (1.0 - centrality)),
            (Self::School, 6.0),
            (Self::Village, 9.0),
            (Self::Public, 5.0),
        ];
        let mut left = random.unit() * shares.iter().map(|(_, share)| share).sum::<f64>();
        let mut chosen = Self::Residential;
        for (usage, share) in shares {
            chosen = usage;
            if left < share {
                break;
            }
            left -= share;
        }
        chosen
    }

    /// The use of one building in a compound of this use: mostly the same.
    pub(crate) fn of_building(self, random: &mut Random) -> Self {
        let draw = random.unit();
        match self {
            Self::Residential if draw < 0.05 => Self::Commercial,
            Self::Residential if draw < 0.07 => Self::Public,
            Self::Industrial if draw < 0.10 => Self::Office,
            Self::Industrial if draw < 0.16 => Self::Residential,
            Self::Village if draw < 0.02 => Self::Public,
            same => same,
        }
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Residential => "住宅",
            Self::Commercial => "商业",
            Self::Office => "办公",
            Self::Industrial => "工业",
            Self::School => "学校",
            Self::Village => "城中村",
            Self::Public => "公共",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[test]
    fn factories_keep_to_the_rim() {
        let mut random = Random::new(1, Purpose::Site, &[]);
        let mut factories =
            |centrality| (0..2000).filter(|_| Use::of_compound(centrality, &mut random) == Use::Industrial).count();
        assert!(factories(0.0) > 200);
        assert_eq!(factories(1.0), 0);
    }
}
