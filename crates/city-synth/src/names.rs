//! Made-up names of divisions, roads and compounds, composed from characters of good omen and landscape.
//!
//! A name is a function of the seed and a running number. Numbers run through all combinations in a scattered order
//! before one comes back, so names that have to be unique are.

use crate::land_use::Use;
use crate::lattice::Axis;
use crate::random::{Purpose, Random};

/// Name of the city.
pub(crate) const CITY_NAME: &str = "示例市";

/// First characters of two-character stems.
const FIRST: &str = "栖云松望听映揽沐澄岚霁悦锦瑞祥和雅静芳兰芷枫桐柏榆槐荷菱芦鹭\
                     鹤雁鹂星月晨晴暖春秋琼珠瑶琅祺禧福康泰丰裕盛嘉佳景怡萱蕙茗竹";
/// Second characters of two-character stems.
const SECOND: &str = "霞溪涛湖泉岭川洲湾渚汀浦潭涧峰岫坡谷原野林庭台阁轩榭亭桥堤岸\
                      陌畴泽澜波漪烟雨雪霜露虹晖曦光辰华英蕊萃荫茂阳翎羽韵音诗画墨砚屏帆";
/// Stems of districts.
const DISTRICTS: [&str; 12] =
    ["云溪", "松岭", "望澜", "栖鹤", "映泉", "兰汀", "澄川", "霁峰", "岚洲", "鹭湾", "枫泽", "槐荫"];
/// Stems of roads.
const ROADS: [&str; 60] = [
    "红棉", "海棠", "紫荆", "木棉", "玉兰", "丁香", "茉莉", "芙蓉", "蔷薇", "石榴", "枇杷", "银杏", "香樟", "青松",
    "翠柏", "垂柳", "金桂", "丹枫", "白杨", "杜鹃", "山茶", "水仙", "百合", "芍药", "牡丹", "月季", "紫藤", "桃花",
    "杏花", "梨花", "荷香", "菊香", "兰香", "梅香", "竹影", "松风", "云山", "明月", "朝阳", "晚霞", "春晖", "秋实",
    "锦绣", "长乐", "永宁", "安宁", "和畅", "惠风", "流泉", "飞瀑", "清流", "长堤", "柳浪", "鹤鸣", "鹿鸣", "雁栖",
    "莺歌", "书香", "墨池", "画桥",
];
/// What is put behind a road's stem once all stems are taken.
const ROAD_TAILS: [&str; 8] = ["", "湾", "溪", "岭", "里", "桥", "园", "坡"];
/// Kinds of ordinary roads, the frequent one repeated.
const ROAD_KINDS: [&str; 5] = ["路", "路", "街", "路", "巷"];
/// Every so many lines there is an avenue.
const AVENUE_EVERY: u32 = 12;
/// The line after an avenue at which a series of numbered roads starts.
const SERIES_START: u32 = 6;
/// Numerals of series and phases.
const NUMERALS: [&str; 4] = ["一", "二", "三", "四"];
/// Suffixes of the villages that lie beside each other.
const VILLAGE_PHASES: [&str; 3] = ["新村", "旧村", "上村"];
/// Share of coined words with a third character.
const THIRD_CHARACTER: f64 = 0.6;
/// Step through the combinations; shares no factor with their number.
const STEP: usize = 7919;

/// The names of one city.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    first: Vec<char>,
    second: Vec<char>,
    offset: usize,
}

impl Names {
    /// The names of the city of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Names, &[]);
        Self {
            first: FIRST.chars().collect(),
            second: SECOND.chars().collect(),
            offset: random.below(1 << 20) as usize,
        }
    }

    /// The district of the given number (from 0), such as 云溪区.
    pub(crate) fn district(&self, number: usize) -> String {
        format!("{}区", DISTRICTS[(self.offset + number) % DISTRICTS.len()])
    }

    /// The subdistrict of the given number in the city (from 0), such as 栖霞街道.
    pub(crate) fn subdistrict(&self, number: usize) -> String {
        format!("{}街道", self.stem(self.scatter(number, self.stems())))
    }

    /// The community of the given number in the city (from 0), such as 松涛社区; `before` stems are taken already.
    pub(crate) fn community(&self, number: usize, before: usize) -> String {
        format!("{}社区", self.stem(self.scatter(before + number, self.stems())))
    }

    /// The road along the lattice line of the given number (from 0), such as 海棠路 or 红棉四路.
    pub(crate) fn road(&self, axis: Axis, line: u32) -> String {
        let place = line % AVENUE_EVERY;
        let series = place.checked_sub(SERIES_START);
        if let Some(numeral) = series.and_then(|member| NUMERALS.get(member as usize)) {
            let stem = self.road_stem(axis, line - place + SERIES_START);
            return format!("{stem}{numeral}路");
        }
        let kind = match place {
            0 => "大道",
            other => ROAD_KINDS[other as usize % ROAD_KINDS.len()],
        };
        format!("{}{kind}", self.road_stem(axis, line))
    }

    /// The estate, village, park or other compound of the given number, such as 望湖花园.
    ///
    /// Compounds that lie beside each other under one number are told apart by their `phase` (from 0).
    pub(crate) fn compound(&self, usage: Use, number: u32, phase: Option<usize>) -> String {
        let suffixes = usage.suffixes();
        let index = self.scatter(number as usize, self.stems() * suffixes.len());
        let stem = self.stem(index / suffixes.len());
        let suffix = suffixes[index % suffixes.len()];
        let numeral = phase.map(|phase| NUMERALS[phase % NUMERALS.len()]);
        match (usage, phase, numeral) {
            (Use::Village, Some(phase), _) => {
                format!("{stem}{}", VILLAGE_PHASES[phase % VILLAGE_PHASES.len()])
            }
            (Use::Residential, _, Some(numeral)) => format!("{stem}{suffix}{numeral}期"),
            (_, _, Some(numeral)) => format!("{stem}{suffix}{numeral}区"),
            _ => format!("{stem}{suffix}"),
        }
    }

    /// A coined word of two or three characters, such as 映泉 or 霁溪兰, as firms use them.
    pub(crate) fn coined(&self, random: &mut Random) -> String {
        let mut word = self.stem(random.below(self.stems() as u32) as usize);
        if random.chance(THIRD_CHARACTER) {
            word.push(self.first[random.below(self.first.len() as u32) as usize]);
        }
        word
    }

    fn stems(&self) -> usize {
        self.first.len() * self.second.len()
    }

    fn stem(&self, index: usize) -> String {
        let first = self.first[index / self.second.len() % self.first.len()];
        let second = self.second[index % self.second.len()];
        [first, second].into_iter().collect()
    }

    fn road_stem(&self, axis: Axis, line: u32) -> String {
        let number = 2 * line as usize + usize::from(axis == Axis::North);
        let stem = ROADS[self.scatter(number, ROADS.len())];
        let tail = ROAD_TAILS[number / ROADS.len() % ROAD_TAILS.len()];
        format!("{stem}{tail}")
    }

    /// The `number`-th of `count` combinations; every one comes once before any comes twice.
    fn scatter(&self, number: usize, count: usize) -> usize {
        (self.offset + number * STEP) % count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn divisions_are_unique_in_the_city() {
        let names = Names::new(7);
        let districts: BTreeSet<String> = (0..11).map(|k| names.district(k)).collect();
        let subdistricts: BTreeSet<String> = (0..74).map(|k| names.subdistrict(k)).collect();
        let communities: BTreeSet<String> = (0..787).map(|k| names.community(k, 74)).collect();
        assert_eq!((districts.len(), subdistricts.len(), communities.len()), (11, 74, 787));
    }

    #[test]
    fn roads_are_unique() {
        let names = Names::new(7);
        let roads: BTreeSet<String> = (0..220)
            .map(|line| names.road(Axis::East, line))
            .chain((0..220).map(|line| names.road(Axis::North, line)))
            .collect();
        assert_eq!(roads.len(), 440);
        assert!(roads.iter().any(|road| road.ends_with("四路")));
    }

    #[test]
    fn estates_are_unique_up_to_their_phase() {
        let names = Names::new(7);
        let estates: BTreeSet<String> =
            (0..20_000).map(|number| names.compound(Use::Residential, number, None)).collect();
        assert_eq!(estates.len(), 20_000);
        let phase = names.compound(Use::Residential, 5, Some(1));
        assert!(phase.ends_with("二期"), "{phase}");
    }
}
