//! Chinese text as people write it; knows no word of the domain.

use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// The form in which two spellings of one text are equal: half width, capital letters, no spaces and no punctuation.
pub(crate) fn plain(text: &str) -> String {
    let folded: Cow<'_, str> = match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => text.into(),
        _ => text.nfkc().collect::<String>().into(),
    };
    let kept = folded.chars().filter(|c| c.is_alphanumeric() || *c == '-' || *c == '#');
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

/// Whether a digit, Arabic or Chinese, stands in a text.
pub(crate) fn has_number(text: &str) -> bool {
    text.chars().any(|c| c.is_numeric() || "〇零一二三四五六七八九十百甲乙丙丁".contains(c))
}

/// The number of the room at the end of an address: `1203` of `…3栋1203室`. Behind a road it would be a door, so a number
/// without 室, 房, 铺 or 户 behind it must follow a building, unit or floor.
pub(crate) fn room_number(text: &str) -> Option<u32> {
    let bare = text.trim_end_matches(['室', '房', '铺', '户', '号']);
    let suffix = &text[bare.len()..];
    let before = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_room = suffix.contains(['室', '房', '铺', '户']);
    let follows = suffix.is_empty() && before.ends_with(['栋', '座', '幢', '元', '楼', '梯', '层']);
    if is_room || follows { bare[before.len()..].parse().ok() } else { None }
}

/// The floor that the number of the room says: 12 of `…3栋1203室`.
pub(crate) fn floor(text: &str) -> Option<u32> {
    room_number(text).filter(|room| *room >= 100).map(|room| room / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text_are_equal() {
        for spelling in ["红棉路１２号 A栋", "红棉路12号a栋", "红棉路12号，A栋。", "红棉路\t12号（A栋）"]
        {
            assert_eq!(plain(spelling), "红棉路12号A栋", "{spelling}");
        }
        assert_ne!(plain("红棉路1-2号"), plain("红棉路12号"));
    }

    #[test]
    fn rooms_are_told_from_doors() {
        let cases = [
            ("望湖花园3栋1203室", Some(1203)),
            ("望湖花园3栋1203", Some(1203)),
            ("望湖花园3栋2单元501", Some(501)),
            ("珠峰购物中心1栋101铺", Some(101)),
            ("海棠路1203号", None),
            ("海棠路1203", None),
            ("望湖花园3栋", None),
            ("", None),
            ("室", None),
        ];
        for (text, room) in cases {
            assert_eq!(room_number(text), room, "{text}");
        }
        assert_eq!((floor("望湖花园3栋1203室"), floor("望湖花园3栋12室")), (Some(12), None));
    }

    #[test]
    fn numbers_are_seen_in_every_script() {
        assert!(has_number("红棉路12号") && has_number("红棉路十二号") && has_number("红棉路１２号"));
        assert!(!has_number("红棉路") && !has_number(""));
    }
}
