//! What files and things are called.

use baseplate_core::Thing;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of the longest name of a file, without what it ends in.
const NAME_MAX: usize = 120;

/// Names that Windows keeps for devices, whatever stands behind a dot.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];

/// A row of the index: a file, what is inside, and the code and name of the thing.
pub(super) struct Row {
    pub(super) file: String,
    pub(super) url: String,
    pub(super) thing: (String, String),
}

/// The folder of a code and its name in it: both follow from the code alone. Folders are 4,096; a name is the code, in which all but
/// letters and digits of ASCII and `-_` is percent-encoded.
pub(super) fn place(code: &str) -> (u16, String) {
    let hash = xxh3_64(code.as_bytes());
    let is_device = DEVICES.iter().any(|device| code.get(..3).is_some_and(|head| head.eq_ignore_ascii_case(device)));
    let mut name = String::new();
    for (at, byte) in code.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if is_plain && !(at == 0 && is_device) {
            name.push(char::from(byte));
        } else {
            name += &format!("%{byte:02X}");
        }
    }
    if name.len() > NAME_MAX {
        // All of it is ASCII.
        name.truncate(NAME_MAX - 17);
        name += &format!("-{hash:016x}");
    }
    ((hash & 0xfff) as u16, name)
}

/// The code and the name of a thing; of an address its text, of a building without a name its first address.
pub(super) fn labels(thing: &Thing<'_>) -> (String, String) {
    let name = match thing {
        Thing::Grid(grid) => Some(grid.name()),
        Thing::Building(building) => {
            building.name().or_else(|| building.addresses().find_map(|address| address.text()))
        }
        Thing::Address(address) => address.text(),
        Thing::Record(record) => record.name(),
    };
    (thing.code().to_owned(), name.unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn names_are_safe_whatever_the_code() {
        let name = |code: &str| place(code).1;
        assert_eq!(name("9901010010010100001"), "9901010010010100001");
        assert_eq!(name("../etc/passwd"), "%2E%2E%2Fetc%2Fpasswd");
        assert_eq!((name("con"), name("COM1"), name(".")), ("%63on".into(), "%43OM1".into(), "%2E".into()));
        assert_eq!(name("粤 B"), "%E7%B2%A4%20B");
        let long = [name(&"x".repeat(5_000)), name(&"x".repeat(5_001)), name(&"粤".repeat(99))];
        assert!(long.iter().all(|name| name.len() == 120) && long[0] != long[1]);
    }
}
