//! The address of a card.

use crate::{model::Entity, plate::Thing};
use std::fmt::Write as _;

/// The address of the card of a thing, at a server that is seen as `public_url`: `/c/CODE`, of a record of a layer that the spec declares
/// `/c/LAYER/CODE`, since layers can have the same codes. All but the letters and digits of ASCII and `-._~` is percent-encoded.
///
/// ```
/// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
/// use baseplate_core::card_url;
///
/// let thing = plate.resolve("9901010010010100001").expect("in the sample");
/// assert_eq!(card_url("https://map.example.cn/city/", &thing), "https://map.example.cn/city/c/9901010010010100001");
/// ```
pub fn card_url(public_url: &str, thing: &Thing<'_>) -> String {
    let mut url = format!("{}/c/", public_url.trim_end_matches('/'));
    if let Thing::Record(record) = thing
        && record.entity() == Entity::Record
    {
        push_encoded(&mut url, record.layer().id());
        url.push('/');
    }
    push_encoded(&mut url, thing.code());
    url
}

/// Adds a text as a part of a path (RFC 3986, 2.3).
fn push_encoded(url: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_has_a_meaning_in_addresses_is_encoded() {
        let encoded = |text: &str| {
            let mut url = String::new();
            push_encoded(&mut url, text);
            url
        };
        assert_eq!(encoded("GD-440305_1.2~"), "GD-440305_1.2~");
        assert_eq!(encoded("a/b?c#d%e f"), "a%2Fb%3Fc%23d%25e%20f");
        assert_eq!(encoded("粤"), "%E7%B2%A4");
    }
}
