//! What enterprises do, and what they are called after it.

use crate::land_use::Use;
use crate::random::Random;

/// A category of enterprises.
#[derive(Debug)]
pub(crate) struct Industry {
    /// As the register says it.
    pub(crate) name: &'static str,
    /// What companies are called after.
    trades: [&'static str; 4],
    /// What the businesses of single persons are called after.
    shops: [&'static str; 3],
    /// Weights in offices, shops, workshops and other rooms.
    weights: [u32; 4],
}

/// What companies end with, the frequent one repeated.
const COMPANIES: [&str; 4] = ["有限公司", "有限公司", "有限公司", "有限责任公司"];

impl Industry {
    const fn new(name: &'static str, trades: [&'static str; 4], shops: [&'static str; 3], weights: [u32; 4]) -> Self {
        Self { name, trades, shops, weights }
    }

    /// An industry that is at home in rooms of this use.
    pub(crate) fn of_room(usage: Use, random: &mut Random) -> &'static Self {
        let place = match usage {
            Use::Office => 0,
            Use::Commercial => 1,
            Use::Industrial => 2,
            _ => 3,
        };
        &INDUSTRIES[random.weighted(&INDUSTRIES.each_ref().map(|industry| industry.weights[place]))]
    }

    /// What follows the coined word in the name of a company, such as 餐饮管理有限公司.
    pub(crate) fn company(&self, random: &mut Random) -> String {
        format!("{}{}", pick(&self.trades, random), pick(&COMPANIES, random))
    }

    /// What follows the coined word in the name of a single person's business, such as 小吃店.
    pub(crate) fn shop(&self, random: &mut Random) -> &'static str {
        pick(&self.shops, random)
    }
}

fn pick<const N: usize>(words: &[&'static str; N], random: &mut Random) -> &'static str {
    words[random.below(N as u32) as usize]
}

static INDUSTRIES: [Industry; 12] = [
    Industry::new("批发零售", ["贸易", "商贸", "百货", "供应链"], ["商行", "便利店", "五金店"], [20, 44, 14, 36]),
    Industry::new("餐饮", ["餐饮管理", "餐饮", "食品", "酒店管理"], ["小吃店", "餐馆", "茶饮店"], [2, 24, 2, 12]),
    Industry::new("制造", ["电子", "精密制造", "塑胶制品", "五金制品"], ["加工店", "制衣厂", "五金厂"], [4, 1, 50, 4]),
    Industry::new(
        "信息技术",
        ["信息技术", "网络科技", "软件", "数据"],
        ["电脑店", "网络工作室", "软件工作室"],
        [19, 2, 6, 5],
    ),
    Industry::new(
        "租赁商务",
        ["企业管理", "商务服务", "咨询", "人力资源"],
        ["租赁店", "商务服务部", "广告店"],
        [19, 4, 3, 8],
    ),
    Industry::new(
        "科研技术",
        ["科技", "检测技术", "新材料", "生物技术"],
        ["设计工作室", "技术服务部", "测绘服务部"],
        [12, 1, 8, 3],
    ),
    Industry::new("建筑", ["建筑工程", "装饰工程", "机电安装", "园林"], ["装饰店", "门窗店", "安装部"], [7, 2, 6, 6]),
    Industry::new("交通物流", ["物流", "货运代理", "运输", "仓储"], ["货运部", "快递点", "搬运服务部"], [4, 2, 7, 5]),
    Industry::new(
        "房地产",
        ["物业管理", "房地产经纪", "置业", "资产管理"],
        ["房产中介店", "公寓", "租房服务部"],
        [6, 3, 1, 5],
    ),
    Industry::new(
        "居民服务",
        ["家政服务", "美容", "健康管理", "汽车服务"],
        ["理发店", "洗衣店", "维修店"],
        [2, 11, 1, 11],
    ),
    Industry::new(
        "教育培训",
        ["教育科技", "教育咨询", "培训", "文化教育"],
        ["书画室", "托管中心", "琴行"],
        [2, 3, 0, 3],
    ),
    Industry::new("文化娱乐", ["文化传播", "传媒", "体育", "影视"], ["摄影工作室", "网吧", "棋牌室"], [3, 3, 2, 2]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[test]
    fn workshops_manufacture_and_shops_sell() {
        let mut random = Random::new(1, Purpose::Enterprises, &[]);
        let mut count = |usage, name| (0..1000).filter(|_| Industry::of_room(usage, &mut random).name == name).count();
        assert!(count(Use::Industrial, "制造") > 400);
        assert!(count(Use::Commercial, "制造") < 40);
        assert!(count(Use::Commercial, "批发零售") > 350);
    }

    #[test]
    fn names_of_companies_and_shops() {
        let mut random = Random::new(1, Purpose::Enterprises, &[]);
        for industry in &INDUSTRIES {
            assert!(industry.company(&mut random).ends_with("公司"));
            assert!(!industry.shop(&mut random).ends_with("公司"));
        }
    }
}
