//! What people ask a city for: a tree of classes in three levels (大类, 小类, 细类), with when and where it is asked.

/// A class of the second level with the one above it and those below.
#[derive(Debug)]
pub(crate) struct Topic {
    /// Class of the first level.
    pub(crate) major: &'static str,
    /// Class of the second level.
    pub(crate) name: &'static str,
    /// Classes of the third level, the frequent ones first.
    pub(crate) leaves: &'static [&'static str],
    /// How often it is asked at dwellings and elsewhere, in thousandths.
    pub(crate) shares: [u32; 2],
    /// How much it is asked in each month of a year.
    pub(crate) months: &'static [u32; 12],
    /// How much it is asked in each hour of a day.
    pub(crate) hours: &'static [u32; 24],
}

/// The second level's class of noise.
pub(crate) const NOISE: &str = "噪声扰民";

/// Much the same all year, less around the Spring Festival.
const ALL_YEAR: [u32; 12] = [9, 6, 10, 10, 10, 10, 10, 10, 10, 9, 10, 10];
/// More when it is hot.
const SUMMER: [u32; 12] = [5, 4, 6, 8, 12, 16, 19, 18, 13, 9, 6, 5];
/// More when it rains.
const RAIN: [u32; 12] = [3, 4, 7, 12, 18, 20, 18, 18, 14, 6, 4, 3];
/// More towards the end of a year.
const YEAR_END: [u32; 12] = [22, 8, 7, 7, 7, 8, 8, 8, 8, 9, 12, 20];
/// More before schools start.
const SCHOOL: [u32; 12] = [5, 6, 9, 12, 16, 18, 16, 14, 8, 4, 4, 4];
/// Working hours, with a second rise in the evening.
const BY_DAY: [u32; 24] = [2, 1, 1, 1, 1, 2, 4, 10, 26, 38, 36, 28, 18, 20, 30, 34, 30, 26, 20, 18, 16, 12, 7, 4];
/// Evenings and nights.
pub(crate) const BY_NIGHT: [u32; 24] =
    [22, 14, 8, 5, 4, 5, 8, 8, 8, 8, 8, 6, 12, 10, 7, 6, 6, 7, 10, 18, 26, 34, 42, 36];

const fn topic(
    major: &'static str,
    name: &'static str,
    leaves: &'static [&'static str],
    shares: [u32; 2],
    months: &'static [u32; 12],
    hours: &'static [u32; 24],
) -> Topic {
    Topic { major, name, leaves, shares, months, hours }
}

/// All classes: 6, 20 and 50.
pub(crate) const TOPICS: [Topic; 20] = [
    topic("市容环境", "环境卫生", &["垃圾堆积", "清运不及时", "公厕脏乱"], [70, 60], &SUMMER, &BY_DAY),
    topic("市容环境", "市容秩序", &["占道经营", "乱堆杂物", "乱贴小广告"], [40, 90], &ALL_YEAR, &BY_DAY),
    topic("市容环境", "园林绿化", &["树木倒伏", "绿地被占", "绿化缺株"], [25, 20], &RAIN, &BY_DAY),
    topic("市容环境", "违法建设", &["违章搭建", "擅自改建"], [35, 25], &ALL_YEAR, &BY_DAY),
    topic("生态环境", NOISE, &["夜间施工噪声", "商业噪声", "广场舞噪声", "装修噪声"], [150, 50], &SUMMER, &BY_NIGHT),
    topic("生态环境", "大气污染", &["餐饮油烟", "工地扬尘", "异味扰民"], [45, 55], &ALL_YEAR, &BY_DAY),
    topic("生态环境", "水体污染", &["污水外溢", "河道污染"], [20, 25], &RAIN, &BY_DAY),
    topic("交通出行", "停车管理", &["违规停车", "停车收费", "车位不足"], [110, 90], &ALL_YEAR, &BY_DAY),
    topic("交通出行", "道路设施", &["路面破损", "路灯不亮", "井盖缺失"], [45, 60], &RAIN, &BY_DAY),
    topic("交通出行", "公共交通", &["公交线路", "站点设置"], [20, 25], &ALL_YEAR, &BY_DAY),
    topic("交通出行", "交通秩序", &["电动车乱行", "信号灯故障"], [25, 40], &ALL_YEAR, &BY_DAY),
    topic("住房物业", "物业服务", &["物业服务差", "电梯故障", "物业收费"], [110, 30], &ALL_YEAR, &BY_DAY),
    topic("住房物业", "房屋质量", &["房屋漏水", "外墙脱落"], [50, 20], &RAIN, &BY_DAY),
    topic("住房物业", "租赁纠纷", &["押金纠纷", "群租扰民"], [45, 20], &ALL_YEAR, &BY_DAY),
    topic("公用事业", "供水", &["停水", "水质问题"], [35, 20], &SUMMER, &BY_DAY),
    topic("公用事业", "供电", &["停电", "电压不稳"], [30, 25], &SUMMER, &BY_DAY),
    topic("公用事业", "燃气", &["燃气收费", "燃气泄漏"], [15, 10], &YEAR_END, &BY_DAY),
    topic("民生服务", "劳动保障", &["拖欠工资", "社保咨询", "劳动合同"], [40, 160], &YEAR_END, &BY_DAY),
    topic("民生服务", "教育医疗", &["入学咨询", "就医服务"], [60, 30], &SCHOOL, &BY_DAY),
    topic("民生服务", "消费维权", &["商品质量", "预付卡退费"], [30, 145], &ALL_YEAR, &BY_DAY),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_classes_are_a_tree() {
        let majors: BTreeSet<&str> = TOPICS.iter().map(|topic| topic.major).collect();
        let names: BTreeSet<&str> = TOPICS.iter().map(|topic| topic.name).collect();
        let leaves: Vec<&str> = TOPICS.iter().flat_map(|topic| topic.leaves).copied().collect();
        let distinct: BTreeSet<&str> = leaves.iter().copied().collect();
        assert_eq!((majors.len(), names.len(), leaves.len()), (6, 20, 50));
        assert_eq!(distinct.len(), leaves.len());
        assert!(TOPICS.iter().any(|topic| topic.name == NOISE));
    }

    #[test]
    fn shares_are_of_a_thousand() {
        for place in 0..2 {
            assert_eq!(TOPICS.iter().map(|topic| topic.shares[place]).sum::<u32>(), 1_000);
        }
    }
}
