//! Handles that hold their plate.

use crate::{
    common::{options, town},
    publishing::{GRIDS, SPEC, addresses, build_in},
};
use baseplate_core::{Baseplate, KeptAddress, KeptBuilding, KeptGrid, KeptRecord, KeptThing, Thing};
use std::thread;

/// Whatever is asked of a handle in a struct that goes to a thread; checked when it is compiled.
const fn can_be_kept<T: Send + Sync + Clone + Eq + std::fmt::Debug + 'static>() {}
const _: () = {
    can_be_kept::<KeptGrid>();
    can_be_kept::<KeptBuilding>();
    can_be_kept::<KeptAddress>();
    can_be_kept::<KeptRecord>();
    can_be_kept::<KeptThing>();
};

#[test]
fn kept_handles_outlive_their_plate() {
    let plate = town();
    let codes = ["99010100100101", "9901010010010100001", "9901010010010100001000000", "91990101MAHTNDDP28"];
    let kept = codes.map(|code| plate.resolve(code).expect("in the sample").keep());
    assert!(kept.iter().zip(codes).all(|(kept, code)| kept.get() == plate.resolve(code).expect("in the sample")));
    drop(plate);
    let found = thread::spawn(move || kept.map(|kept| (kept.get().code().to_owned(), format!("{kept:?}"))));
    for ((code, shown), asked) in found.join().expect("nothing panics").iter().zip(codes) {
        assert_eq!(code, asked);
        assert!(shown.contains(asked), "{shown}");
    }
}

/// Borrowed handles are rows of one opened plate; kept ones are things, which stay what they are.
#[test]
fn kept_handles_are_equal_by_code() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for rows in [10, 12] {
        let files = [("grids.csv", GRIDS), ("addresses.csv", &addresses(rows))];
        build_in(dir.path(), SPEC, &files, options(false)).expect("builds");
    }
    let [former, latter] =
        [1, 2].map(|number| Baseplate::open_generation(dir.path().join("out.plate"), number).expect("is there"));
    let of = |plate: &Baseplate, code: &str| plate.address(code).expect("is there").keep();
    assert_eq!(of(&former, "a3"), of(&latter, "a3"));
    assert_ne!(of(&former, "a3"), of(&latter, "a4"));
    assert_ne!(of(&former, "a3").get(), of(&latter, "a3").get());
    assert_eq!(former.resolve("A").map(|thing| thing.keep()), latter.resolve("A").map(|thing| thing.keep()));
    let Some(Thing::Grid(grid)) = former.resolve("A") else { panic!("a grid") };
    assert_eq!(grid.keep(), grid.keep().clone());
    assert_ne!(KeptThing::Grid(grid.keep()), latter.resolve("a3").expect("is there").keep());
}
