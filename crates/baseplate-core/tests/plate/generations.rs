//! Opening a generation by its number, and seeing that another one was published.

use crate::{
    common::options,
    publishing::{GRIDS, SPEC, addresses, build_in},
};
use baseplate_core::{Baseplate, OpenError};
use std::{fs, path::Path};

/// Publishes the next generation, with so many addresses.
fn publish(dir: &Path, rows: usize) {
    build_in(dir, SPEC, &[("grids.csv", GRIDS), ("addresses.csv", &addresses(rows))], options(false)).expect("builds");
}

#[test]
fn generations_are_opened_by_number_as_long_as_they_are_there() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("out.plate");
    assert!(matches!(Baseplate::generations(&path), Err(OpenError::NotAPlate(_))));
    assert!(matches!(Baseplate::open_generation(&path, 1), Err(OpenError::NotAPlate(_))));
    (10..13).for_each(|rows| publish(dir.path(), rows));
    assert_eq!(Baseplate::generations(&path).expect("can be read"), [2, 3]);
    for (number, rows) in [(2, 11), (3, 12)] {
        let plate = Baseplate::open_generation(&path, number).expect("is there");
        assert_eq!(plate.manifest().rows.addresses, rows);
    }
    for gone in [0, 1, 4, u64::MAX] {
        let error = Baseplate::open_generation(&path, gone).expect_err("is not there");
        assert!(error.to_string().contains(&format!("no generation {gone}, only 2, 3; open one of these")), "{error}");
        let OpenError::NoGeneration { number, there, .. } = error else { panic!("{error}") };
        assert_eq!((number, there), (gone, vec![2, 3]));
    }
    // Only of the published one is it known which manifest is right; the other's must be of the generation that it is called.
    let publisher = |number: u64| path.join(format!("{number:06}/plate.json"));
    for (number, from, to) in [(3, "\"小城\"", "\"大城\""), (2, "\"000002\"", "\"000003\"")] {
        let whole = fs::read_to_string(publisher(number)).expect("a manifest");
        fs::write(publisher(number), whole.replace(from, to)).expect("written");
        let error = Baseplate::open_generation(&path, number).expect_err("another manifest");
        assert!(matches!(&error, OpenError::Damaged { path, .. } if *path == publisher(number)), "{error}");
        fs::write(publisher(number), whole.replace("小城", if number == 2 { "大城" } else { "小城" }))
            .expect("written");
    }
    assert_eq!(Baseplate::open_generation(&path, 2).expect("opens").manifest().name, "大城");
    assert_eq!(Baseplate::open_generation(&path, 3).expect("opens").manifest().name, "小城");
}

#[test]
fn what_was_published_meanwhile_is_opened() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("out.plate");
    publish(dir.path(), 10);
    let first = Baseplate::open(&path).expect("opens").with_natural_persons();
    assert!(first.newer().expect("can be read").is_none());
    publish(dir.path(), 11);
    let second = first.newer().expect("can be read").expect("was published");
    assert_eq!((first.manifest().rows.addresses, second.manifest().rows.addresses), (10, 11));
    assert!(second.newer().expect("can be read").is_none());
    let former = Baseplate::open_generation(&path, 1).expect("is still there");
    let published = former.newer().expect("can be read").expect("is another one");
    assert_eq!(published.fingerprint(), second.fingerprint());
    // As long as nothing was published, no file but the manifest is looked at.
    fs::remove_file(path.join("000002/grids.arrow")).expect("removed");
    assert!(second.newer().expect("can be read").is_none());
    assert!(matches!(first.newer(), Err(OpenError::Io { path, .. }) if path.ends_with("grids.arrow")));
    fs::remove_dir_all(&path).expect("removed");
    assert!(matches!(second.newer(), Err(OpenError::NotAPlate(_))));
    assert_eq!(second.address("a10").map(|address| address.code()), Some("a10"), "what is open stays open");
}
