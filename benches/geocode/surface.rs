//! Noise in characters and between the elements; the elements stay.

use crate::{
    characters::TRADITIONAL,
    ground::Ground,
    random::Random,
    text::{Part, Text},
};

/// From an ASCII character to its full-width form.
const FULL_WIDTH: u32 = 0xFEE0;

/// Full-width digits and letters.
pub(crate) fn width(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let share = ground.random.pick(["1", "0.5"]).parse().unwrap_or(1.0);
    text.rewrite(|_, piece| {
        let wide = |c: char| char::from_u32(c as u32 + FULL_WIDTH).unwrap_or(c);
        let widened = ground.random.chance(share);
        piece.chars().map(|c| if widened && c.is_ascii_alphanumeric() { wide(c) } else { c }).collect()
    })
}

/// Traditional characters, wherever there are such.
pub(crate) fn traditional(text: &mut Text, _: &mut Ground<'_>) -> bool {
    text.rewrite(|_, piece| piece.chars().map(in_traditional).collect())
}

fn in_traditional(c: char) -> char {
    let mut pairs = TRADITIONAL.chars();
    while let (Some(simplified), Some(traditional)) = (pairs.next(), pairs.next()) {
        if simplified == c {
            return traditional;
        }
    }
    c
}

/// Spaces and punctuation between the elements, spaces between characters of names.
pub(crate) fn spacing(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let gaps = ground.random.pick([" ", "　", "，", ",", "。", "  ", " , "]);
    strew(text, &mut ground.random, &[gaps], &[" ", "　"])
}

/// Pictures and control characters.
pub(crate) fn emoji_control(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    const MARKS: [&str; 10] = ["😀", "🏠", "📍", "❤️", "\u{200b}", "\u{feff}", "\t", "\u{0}", "\r\n", "\u{202e}"];
    strew(text, &mut ground.random, &MARKS, &MARKS[4..])
}

/// Writes something between elements, and now and then between two characters of which neither is a digit.
fn strew(text: &mut Text, random: &mut Random, between: &[&str], within: &[&str]) -> bool {
    text.rewrite(|part, piece| {
        let mut out = String::new();
        for c in piece.chars() {
            let digits = c.is_ascii_digit() || out.ends_with(|c: char| c.is_ascii_digit());
            if !out.is_empty() && !digits && part < Part::Number && random.chance(0.04) {
                out += random.of(within).unwrap_or_default();
            }
            out.push(c);
        }
        out + if random.chance(0.3) { random.of(between).unwrap_or_default() } else { "" }
    })
}

/// Where it is as well, and what else people write there.
pub(crate) fn brackets_remarks(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let remark =
        ground.random.pick(["(近地铁口)", "（北门进）", "【请放门卫】", "(已核实)", "（暂住）", "(菜鸟驿站代收", "）"]);
    text.append(remark);
    true
}

/// Names of people and telephone numbers that cannot be.
pub(crate) fn people_phones(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let person = ground.random.pick(["收件人张三", "李四收", "联系人：王五", "（房东赵六）", "户主某某某"]);
    let phone =
        ground.random.pick(["13800000000", "138-0000-0000", "电话13800000000", "0000-00000000", "+86 13800000000"]);
    let gap = ground.random.pick([" ", "，", ",", "；"]);
    match ground.random.below(3) {
        0 => text.append(format!("{gap}{person}")),
        1 => text.append(format!("{gap}{phone}")),
        _ if ground.random.chance(0.3) => text.pieces.insert(0, (Part::Extra, format!("{person} {phone}{gap}"))),
        _ => text.append(format!("{gap}{person}{gap}{phone}")),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        noise::tests::{noisy, written},
        text::tests::compound,
    };

    #[test]
    fn digits_become_wide() {
        assert!((0..20).any(|seed| written(width, seed).ends_with("１２９号望湖花园二期１２栋２单元５０１室")));
    }

    #[test]
    fn traditional_forms() {
        assert_eq!(
            written(traditional, 1),
            "示例市霽峯區沐臺街道嵐濤社區紅綿四路129號望湖花園二期12棟2單元501室".replace('綿', "棉")
        );
        assert_eq!(TRADITIONAL.chars().count() % 2, 0);
    }

    #[test]
    fn what_is_strewn_can_be_taken_out_again() {
        for (noise, seed) in (0..40).flat_map(|seed| [(spacing as crate::ground::Noise, seed), (emoji_control, seed)]) {
            let Some(text) = noisy(noise, compound(), seed) else { continue };
            let strewn = |c: &char| {
                !c.is_whitespace() && !c.is_control() && !" 　，,。😀🏠📍❤\u{fe0f}\u{200b}\u{feff}\u{202e}".contains(*c)
            };
            assert_eq!(text.written().chars().filter(strewn).collect::<String>(), compound().written());
            assert!(text.written().contains("129") && text.written().contains("501"));
        }
    }

    #[test]
    fn remarks_stand_around_the_address() {
        for seed in 0..40 {
            assert!(written(brackets_remarks, seed).starts_with(&compound().written()));
            assert!(written(people_phones, seed).contains(&compound().written()));
        }
    }
}
