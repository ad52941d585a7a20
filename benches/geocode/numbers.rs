//! Noise in how numbers are written; the numbers stay.

use crate::{
    ground::Ground,
    text::{Part, Text, core, suffix},
};

/// Chinese digits by their value.
const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// Chinese numerals for Arabic ones, and Arabic ones in names.
pub(crate) fn numerals(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    text.rewrite(|part, piece| {
        let random = &mut ground.random;
        match part {
            Part::Number | Part::Label | Part::Unit if random.chance(0.5) => each_number(piece, chinese),
            Part::Room if random.chance(0.2) => each_number(piece, spelt),
            Part::Road | Part::Estate if random.chance(0.6) => arabic(&each_number(piece, chinese), piece),
            _ => piece.to_owned(),
        }
    })
}

/// A name with its last Chinese digit as an Arabic one; one that has Arabic ones already is given in Chinese.
fn arabic(in_chinese: &str, name: &str) -> String {
    if in_chinese != name {
        return in_chinese.to_owned();
    }
    let last = name.char_indices().rev().find_map(|(at, c)| {
        let digit = DIGITS.iter().skip(1).position(|digit| digit.starts_with(c))? + 1;
        let rest = &name[at + c.len_utf8()..];
        ["路", "街", "巷", "期", "区"].contains(&rest).then(|| format!("{}{digit}{rest}", &name[..at]))
    });
    last.unwrap_or_else(|| name.to_owned())
}

/// Rewrites every run of digits.
fn each_number(piece: &str, with: impl Fn(&str) -> String) -> String {
    let digit = |c: char| c.is_ascii_digit();
    let Some(start) = piece.find(digit) else { return piece.to_owned() };
    let end = piece[start..].find(|c| !digit(c)).map_or(piece.len(), |length| start + length);
    format!("{}{}{}", &piece[..start], with(&piece[start..end]), each_number(&piece[end..], with))
}

/// Digit by digit, 五零一.
fn spelt(digits: &str) -> String {
    digits.bytes().map(|digit| DIGITS.get(usize::from(digit - b'0')).copied().unwrap_or_default()).collect()
}

/// The value, 一百二十九; from 1000 digit by digit.
fn chinese(digits: &str) -> String {
    match digits.parse::<usize>() {
        Ok(value @ 1..1000) => value_in_chinese(value),
        _ => spelt(digits),
    }
}

/// 1 to 999.
fn value_in_chinese(value: usize) -> String {
    let [hundreds, tens, ones] = [value / 100, value / 10 % 10, value % 10];
    let mut text = if hundreds > 0 { format!("{}百", DIGITS[hundreds]) } else { String::new() };
    match tens {
        0 if hundreds > 0 && ones > 0 => text += "零",
        0 => {}
        1 if hundreds == 0 => text += "十",
        _ => text += &format!("{}十", DIGITS[tens]),
    }
    if ones > 0 { text + DIGITS[ones] } else { text }
}

/// Another word behind the numbers of building, unit and room.
pub(crate) fn suffix_swap(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    text.rewrite(|part, piece| {
        let other = match part {
            Part::Label => ground.random.pick(["栋", "幢", "座", "号楼", "#"]),
            Part::Unit => ground.random.pick(["单元", "梯"]),
            Part::Room => ground.random.pick(["室", "房", "铺", "号", "#", ""]),
            _ => return piece.to_owned(),
        };
        format!("{}{other}", core(piece))
    })
}

/// Nothing behind the numbers: 3-2-501, 3栋501 (where the unit is left out), 3栋2单元501, 3栋2-501.
pub(crate) fn suffix_dropped(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let last = if text.is_village() { Part::Number } else { Part::Label };
    let style = ground.random.below(5);
    match style {
        0 => {
            text.drop(Part::Unit);
        }
        1 => {
            text.write(Part::Unit, format!("{}-", core(text.get(Part::Unit))));
        }
        2 | 3 if text.has(Part::Room) => {
            text.write(last, format!("{}-", core(text.get(last))));
            text.write(Part::Unit, format!("{}-", core(text.get(Part::Unit))));
        }
        _ => {}
    }
    let bare = if text.has(Part::Room) { Part::Room } else { last };
    text.write(bare, core(text.get(bare)).to_owned())
}

/// 0501, 03栋.
pub(crate) fn leading_zeros(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    text.rewrite(|part, piece| match part {
        Part::Room if core(piece).len() == 3 => format!("0{piece}"),
        Part::Label | Part::Unit if core(piece).len() < 2 && ground.random.chance(0.7) => format!("0{piece}"),
        Part::Label if ground.random.chance(0.5) => format!("0{piece}"),
        _ => piece.to_owned(),
    })
}

/// Two rooms of one unit: 101、102室.
pub(crate) fn list_of_rooms(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let (city, asked) = (ground.city, text.get(Part::Room).to_owned());
    let same_unit = |row: &usize| city.element(*row, Part::Unit) == text.get(Part::Unit);
    let beside = city.rows_beside(text.row).filter(|row| *row != text.row).filter(same_unit);
    let others: Vec<usize> = beside.filter(|row| !city.element(*row, Part::Room).is_empty()).collect();
    let Some(other) = ground.random.of(&others).filter(|_| !asked.is_empty()) else { return false };
    let [first, second] = [core(&asked), core(city.element(other, Part::Room))];
    let (gap, kind) = (ground.random.pick(["、", ",", "，", "/"]), suffix(&asked));
    let first_kind = if ground.random.chance(0.3) { kind } else { "" };
    let list = format!("{first}{first_kind}{gap}{second}{kind}");
    text.several = vec![text.row, other];
    text.named[Part::Room].clear();
    text.write(Part::Room, list)
}

/// Several buildings of one compound: 1-3栋, 1、2座.
pub(crate) fn range_of_buildings(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    if text.has(Part::Room) || !text.has(Part::Label) {
        return false;
    }
    let (label, count) = (text.get(Part::Label).to_owned(), 1 + ground.random.below(3));
    let Ok(first) = core(&label).parse::<usize>() else { return false };
    let mut others = text.named.clone();
    for number in first..=first + count {
        others[Part::Label] = format!("{number}{}", suffix(&label));
        let [row] = ground.city.fits(&others)[..] else { return false };
        text.several.push(row);
    }
    let last = first + count;
    let numbers = if count == 1 {
        ground.random.pick(["、", ",", "-", "和"])
    } else {
        ground.random.pick(["-", "至", "~", "—"])
    };
    text.named[Part::Label].clear();
    text.write(Part::Label, format!("{first}{numbers}{last}{}", suffix(&label)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        city::tests::city,
        noise::tests::{noisy, written},
        text::tests::{compound, village},
    };

    #[test]
    fn numerals_by_value_and_digit_by_digit() {
        let values = ["7", "10", "12", "20", "35", "100", "105", "110", "129"].map(chinese);
        assert_eq!(values, ["七", "十", "十二", "二十", "三十五", "一百", "一百零五", "一百一十", "一百二十九"]);
        assert_eq!(each_number("501室", spelt), "五零一室");
        assert_eq!(arabic("红棉四路", "红棉四路"), "红棉4路");
        assert_eq!(arabic("望湖花园二期", "望湖花园二期"), "望湖花园2期");
        assert_eq!(each_number("石榴新村12巷", chinese), "石榴新村十二巷");
        assert!((0..50).any(|seed| written(numerals, seed).contains("一百二十九号")));
    }

    #[test]
    fn what_stands_behind_numbers_changes_and_the_numbers_stay() {
        for seed in 0..50 {
            let swapped = noisy(suffix_swap, compound(), seed);
            assert!(
                swapped.is_none_or(|text| core(text.get(Part::Room)) == "501" && core(text.get(Part::Label)) == "12")
            );
        }
        let dropped: Vec<String> = (0..50).map(|seed| written(suffix_dropped, seed)).collect();
        for end in ["二期12-2-501", "二期12栋501", "二期12栋2单元501", "二期12栋2-501"] {
            assert!(dropped.iter().any(|text| text.ends_with(end)), "{end}");
        }
        assert!((0..50).any(|seed| noisy(suffix_dropped, village(), seed).unwrap().written().ends_with("12巷3-501")));
    }

    #[test]
    fn zeros_in_front() {
        assert!(written(leading_zeros, 3).ends_with("0501室"));
    }

    #[test]
    fn a_list_names_rooms_and_a_range_names_buildings() {
        let city = city();
        let mut ground = Ground { city: &city, random: crate::random::Random::new(1, "", 1) };
        let mut text = city.text(city.row("B3", Some("B3501房")).unwrap());
        assert!(list_of_rooms(&mut text, &mut ground) && text.get(Part::Room).contains("502房"));
        assert_eq!(text.several.iter().map(|row| city.code(*row)).collect::<Vec<_>>(), ["B3501房", "B3502房"]);
        let ranges: Vec<_> = (0..20)
            .filter_map(|seed| {
                let mut ground = Ground { city: &city, random: crate::random::Random::new(seed, "", 1) };
                let mut text = city.text(city.row("A12", None).unwrap());
                range_of_buildings(&mut text, &mut ground)
                    .then(|| (text.get(Part::Label).to_owned(), text.several.len()))
            })
            .collect();
        assert!(ranges.iter().any(|(_, count)| *count == 2) && ranges.iter().all(|(label, _)| label.starts_with("12")));
    }
}
