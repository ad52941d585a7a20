//! Citizen ids that stand where nobody looks for them: in a remark, a name, an address. What is read is masked before it goes on.

use super::citizen::{is_id, is_old_id};
use std::borrow::Cow;

/// What stands in the place of each character of an id.
const MASK: char = '*';
/// Characters of an id, and of one from before 1999.
const LENGTHS: [usize; 2] = [18, 15];

/// Characters of an id and the number of a mobile phone, and of two ids.
const JOINED: [usize; 2] = [29, 36];

/// Where ids are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// Any text.
    Texts,
    /// Codes, among which fifteen digits with a date in them are nothing special.
    Codes,
}

/// Characters that may be digits of an id, one after the other.
struct Group {
    /// Bytes in the text.
    begin: usize,
    end: usize,
    /// As ASCII; an X at the end is one too.
    digits: String,
}

/// A text without the citizen ids in it: each of their characters becomes `*`.
///
/// An id is a run of 18 characters whose last is the right check character, or of 15, with a day of the calendar in its place; blanks
/// and dashes may stand in it, and its digits may be full-width. Runs that go on are something else, but for two ids in a row, and one
/// with the number of a mobile phone before or behind it.
///
/// ```
/// use baseplate_core::code::mask_ids;
/// assert_eq!(mask_ids("张某,11010519491231002X"), "张某,******************");
/// assert_eq!(mask_ids("秋实路3号"), "秋实路3号");
/// ```
pub fn mask_ids(text: &str) -> Cow<'_, str> {
    masked(text, Among::Texts).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The text without its ids; `None` if it has none.
pub(crate) fn masked(text: &str, among: Among) -> Option<String> {
    if !may_hold_one(text) {
        return None;
    }
    let groups: Vec<Group> = groups(text).into_iter().flat_map(|group| parted(group, text)).collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut first = 0;
    while first < groups.len() {
        match id_from(&groups[first..], text, among) {
            Some(count) => {
                found.extend(groups[first..first + count].iter().map(|group| (group.begin, group.end)));
                first += count;
            }
            None => first += 1,
        }
    }
    let mut at = 0;
    let mut clean = String::with_capacity(text.len());
    for (begin, end) in &found {
        clean.push_str(&text[at..*begin]);
        clean.extend(text[*begin..*end].chars().map(|_| MASK));
        at = *end;
    }
    clean.push_str(&text[at..]);
    (!found.is_empty()).then_some(clean)
}

/// Whether a text was masked.
pub(crate) fn is_masked(text: &str) -> bool {
    text.len() >= LENGTHS[1] && text.matches(MASK).count() >= LENGTHS[1]
}

/// Whether there are as many digits as an id has: nearly all texts have fewer, and are not looked at any further.
fn may_hold_one(text: &str) -> bool {
    // Sums of bytes, which a processor takes many of at once.
    let sum = |part: &[u8], counts: fn(u8) -> bool| part.iter().map(|byte| u8::from(counts(*byte))).sum::<u8>();
    let bytes = text.as_bytes();
    let all = |counts| bytes.chunks(255).map(|part| usize::from(sum(part, counts))).sum::<usize>();
    // A full-width digit is EF BC 90 to EF BC 99.
    let count = || all(|byte| byte.is_ascii_digit()) + all(|byte| byte == 0xef);
    let is_long_number =
        || bytes.len() > LENGTHS[0] && !JOINED.contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit);
    bytes.len() >= LENGTHS[1] && count() >= LENGTHS[1] - 1 && !is_long_number()
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // Where the digits behind a point end.
    let mut fraction = None;
    for (at, c) in text.char_indices() {
        let narrow = match c {
            '０'..='９' | 'Ｘ' | 'ｘ' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            c => c,
        };
        let open = groups.last_mut().filter(|group| group.end == at && !group.digits.ends_with('X'));
        match (open, narrow) {
            (Some(group), '0'..='9' | 'X' | 'x') => {
                group.digits.push(narrow.to_ascii_uppercase());
                group.end = at + c.len_utf8();
            }
            // They are no number by themselves.
            (None, '0'..='9') if fraction == Some(at) || is_fraction(&text[..at]) => fraction = Some(at + c.len_utf8()),
            (None, '0'..='9') => {
                groups.push(Group { begin: at, end: at + c.len_utf8(), digits: narrow.to_string() });
            }
            _ => {}
        }
    }
    groups
}

/// A run of digits in two, if one of them is an id and the other an id or the number of a mobile phone.
fn parted(group: Group, text: &str) -> Vec<Group> {
    let whole = group.digits.len();
    let (id, rest) = (LENGTHS[0], whole.saturating_sub(LENGTHS[0]));
    let cut = match whole {
        _ if !JOINED.contains(&whole) => None,
        _ if is_id(&group.digits[..id]) => Some(id),
        _ => is_id(&group.digits[rest..]).then_some(rest),
    };
    let Some(cut) = cut else { return vec![group] };
    let run = &text[group.begin..group.end];
    let middle = group.begin + run.char_indices().nth(cut).map_or(run.len(), |(at, _)| at);
    let (first, second) = group.digits.split_at(cut);
    vec![
        Group { begin: group.begin, end: middle, digits: first.to_owned() },
        Group { begin: middle, end: group.end, digits: second.to_owned() },
    ]
}

/// Whether what follows stands behind the point of a number.
fn is_fraction(before: &str) -> bool {
    before.strip_suffix('.').is_some_and(|whole| whole.ends_with(|c: char| c.is_ascii_digit()))
}

/// How many of the groups are an id together; each stands beside the next, apart by one blank or dash.
fn id_from(groups: &[Group], text: &str, among: Among) -> Option<usize> {
    let mut whole = String::new();
    for (count, group) in groups.iter().enumerate() {
        let gap = count.checked_sub(1).map_or("", |before| &text[groups[before].end..group.begin]);
        if count > 0 && !is_gap(gap) {
            return None;
        }
        whole.push_str(&group.digits);
        match whole.len() {
            18 if is_id(&whole) => return Some(count + 1),
            15 if among == Among::Texts && count == 0 && is_old_id(&whole) => return Some(1),
            0..18 => {}
            _ => return None,
        }
    }
    None
}

fn is_gap(text: &str) -> bool {
    let mut characters = text.chars().filter(|c| !c.is_control() && *c != '\u{200b}');
    let is_one = |c: char| c.is_whitespace() || matches!(c, '-' | '－' | '–' | '—' | '·' | '_');
    characters.next().is_none_or(is_one) && characters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_are_masked_wherever_they_stand() {
        let id = crate::code::CitizenId::complete("11010529991231002").expect("a body").expose().to_owned();
        let stars = "*".repeat(18);
        for (text, clean) in [
            (id.clone(), stars.clone()),
            (format!("联系人{id}号"), format!("联系人{stars}号")),
            (format!("a{id}b"), format!("a{stars}b")),
            (format!("{id},{id}"), format!("{stars},{stars}")),
            ("11010519491231002x".to_owned(), stars.clone()),
            ("１１０１０５１９４９１２３１００２Ｘ".to_owned(), stars.clone()),
            ("X11010519491231002X".to_owned(), format!("X{stars}")),
            ("110105 19491231 002X".to_owned(), "****** ******** ****".to_owned()),
            ("110105-19491231-002X 13800138000".to_owned(), "******-********-**** 13800138000".to_owned()),
            ("11010519491231002X1栋".to_owned(), format!("{stars}1栋")),
            ("110105299912310029.0".replace("110105299912310029", &id), format!("{stars}.0")),
            ("110105491231002".to_owned(), "*".repeat(15)),
        ] {
            assert_eq!(mask_ids(&text), clean, "{text}");
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "",
            "秋实路3号",
            "9901010010010100001",
            "110105194912310021",
            "11010519493231002X",
            "111010519491231002X",
            "13800138000 13800138000",
            "81.110105491231002",
            "114.110105491231002,22.110105491231002",
            "91440300MA50000063",
            "110105499931002",
        ] {
            assert_eq!(mask_ids(text), text);
        }
        assert_eq!(masked("110105491231002", Among::Codes), None);
        assert!(is_masked(&"*".repeat(18)) && !is_masked("11010519491231002X"));
    }

    proptest! {
        #[test]
        fn nothing_but_ids_changes(text in "[0-9Xx路 ０-９-]{0,60}") {
            let clean = mask_ids(&text);
            prop_assert_eq!(clean.chars().count(), text.chars().count());
            prop_assert!(clean.chars().zip(text.chars()).all(|(c, before)| c == before || c == '*'));
            prop_assert_eq!(mask_ids(&clean), clean.as_ref());
        }
    }
}
