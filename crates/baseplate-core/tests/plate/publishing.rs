//! What is never published: plates of useless sources, and plates that hold much less than the one before.

use crate::common::options;
use baseplate_core::{Baseplate, BuildError, BuildOptions, BuildReport, Spec, build, code::PersonKey};
use std::{fs, path::Path};

pub(crate) const SPEC: &str = r#"
    plate = { name = "小城" }
    [[grids]]
    path = "grids.csv"
    crs = "EPSG:4490"
    code = "code"
    [[addresses]]
    path = "addresses.csv"
    crs = "EPSG:4490"
    code = "code"
    text = "text"
    lng = "x"
    lat = "y"
"#;
pub(crate) const GRIDS: &str = "code,wkt\nA,\"POLYGON((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5))\"\n\
                     B,\"POLYGON((114.01 22.5,114.02 22.5,114.02 22.51,114.01 22.51,114.01 22.5))\"\n";

pub(crate) fn addresses(rows: usize) -> String {
    let row = |i: usize| format!("a{i},海棠路{i}号,114.005,22.505\n");
    format!("code,text,x,y\n{}", (0..rows).map(row).collect::<String>())
}

pub(crate) fn build_in(
    dir: &Path,
    spec: &str,
    files: &[(&str, &str)],
    options: BuildOptions,
) -> Result<BuildReport, BuildError> {
    files.iter().for_each(|(name, text)| fs::write(dir.join(name), text).expect("a file"));
    let spec = Spec::parse(spec, &dir.join("spec.toml")).expect("a spec");
    build(&spec, &dir.join("out.plate"), options, &|_| {})
}

fn generation(dir: &Path) -> String {
    Baseplate::open(dir.join("out.plate")).expect("opens").manifest().generation.clone()
}

#[test]
fn a_useless_source_is_an_error_and_the_plate_stays() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let right = addresses(10);
    let try_it = |spec: &str, grids: &str, addresses: &str| {
        build_in(dir.path(), spec, &[("grids.csv", grids), ("addresses.csv", addresses)], options(false))
    };
    try_it(SPEC, "code,wkt\n", &right).expect_err("no grid");
    assert!(!dir.path().join("out.plate").exists(), "a first build that fails leaves nothing");
    try_it(SPEC, GRIDS, &right).expect("builds");
    // In metres, axes swapped, no rows, six of ten without coordinates.
    let metres = "code,wkt\nA,\"POLYGON((500000 2490000,501000 2490000,501000 2491000,500000 2490000))\"\n";
    let swapped = "code,wkt\nA,\"POLYGON((22.5 114,22.5 114.01,22.51 114.01,22.5 114))\"\n";
    let few = format!("{}{}", addresses(4), "b{i},x,,\n".repeat(6));
    for (grids, addresses, said) in [
        (metres, right.as_str(), ["grids.csv", "only 0 of its 1 rows"]),
        (swapped, &right, ["grids.csv", "only 0 of its 1 rows"]),
        ("code,wkt\n", &right, ["grids.csv", "no rows"]),
        (GRIDS, "code,text,x,y\n", ["addresses.csv", "may_be_empty"]),
        (GRIDS, &few, ["addresses.csv", "only 4 of its 10 rows"]),
    ] {
        let error = try_it(SPEC, grids, addresses).expect_err(said[1]).to_string();
        assert!(said.iter().all(|words| error.contains(words)), "{error}");
        assert!(!error.contains('\n') && error.len() < 700, "one sentence: {error}");
        assert_eq!(generation(dir.path()), "000001");
    }
    let lenient = SPEC.replace("text = \"text\"", "text = \"text\"\nmin_used = 0.3\nmay_be_empty = true");
    let accept = || BuildOptions { accept: true, ..options(false) };
    let files = [("grids.csv", GRIDS), ("addresses.csv", few.as_str())];
    build_in(dir.path(), &lenient, &files, accept()).expect("the spec says that fewer will do");
    let files = [("grids.csv", GRIDS), ("addresses.csv", "code,text,x,y\n")];
    build_in(dir.path(), &lenient, &files, accept()).expect("the spec says that it may be empty");
    let anything = SPEC.replace("code = \"code\"", "code = \"code\"\nmin_used = 0");
    let files = [("grids.csv", metres), ("addresses.csv", right.as_str())];
    build_in(dir.path(), &anything, &files, accept()).expect_err("no grid is left");
}

#[test]
fn a_plate_that_lost_much_is_not_published_unasked() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let try_it = |spec: &str, grids: &str, rows: usize, accept: bool| {
        let rows = addresses(rows);
        let options = BuildOptions { accept, ..options(false) };
        build_in(dir.path(), spec, &[("grids.csv", grids), ("addresses.csv", &rows)], options)
    };
    try_it(SPEC, GRIDS, 1_000, false).expect("builds");
    try_it(SPEC, GRIDS, 995, false).expect("half a per cent is the run of things");
    let error = try_it(SPEC, GRIDS, 900, false).expect_err("rows are missing");
    let BuildError::Loses { former, losses, .. } = &error else { panic!("{error}") };
    assert_eq!((former.as_str(), losses.len()), ("000002", 1));
    assert!(losses[0].contains("995 addresses, now 900"), "{losses:?}");
    assert_eq!(generation(dir.path()), "000002");
    let one_grid: String = GRIDS.lines().take(2).map(|line| format!("{line}\n")).collect();
    let error = try_it(SPEC, &one_grid, 995, false).expect_err("half the ground is missing").to_string();
    assert!(error.contains("2 grids, now 1") && error.contains("km², now"), "{error}");
    let patient = SPEC.replace("plate =", "publish = { rows_lost = 0.5, area_lost = 0.6 }\nplate =");
    try_it(&patient, &one_grid, 995, false).expect("the spec allows it");
    try_it(SPEC, GRIDS, 10, true).expect("somebody looked at it");
    assert_eq!(generation(dir.path()), "000004");
}

#[test]
fn links_that_are_lost_are_seen() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let spec = format!("{SPEC}\n[[enterprises]]\npath = \"firms.csv\"\nuscc = \"uscc\"\naddress = \"address\"\n");
    let firms = |named: usize| {
        let row = |i: usize| format!("F{i},{}\n", if i < named { "a1" } else { "gone" });
        format!("uscc,address\n{}", (0..100).map(row).collect::<String>())
    };
    let addresses = addresses(10);
    let try_it = |named: usize| {
        let firms = firms(named);
        let files = [("grids.csv", GRIDS), ("addresses.csv", addresses.as_str()), ("firms.csv", firms.as_str())];
        build_in(dir.path(), &spec, &files, options(false))
    };
    try_it(98).expect("builds");
    let error = try_it(90).expect_err("eight links are missing").to_string();
    assert!(error.contains("firms.csv (enterprise): 98.0 % of the rows linked, now 90.0 %"), "{error}");
}

/// Who looks for somebody with the former key would find nobody.
#[test]
fn another_key_asks_first() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let people = "[[people]]\npath = \"people.csv\"\nid = \"id\"\nid_type = \"other\"\naddress = \"address\"\n";
    let spec = format!("{SPEC}{people}");
    let with = |key: Option<&[u8]>, accept: bool| {
        let key = key.map(|key| PersonKey::new(key).expect("a key")).or_else(|| options(false).key);
        let files = [("grids.csv", GRIDS), ("addresses.csv", &addresses(10)), ("people.csv", "id,address\n甲,a1\n")];
        build_in(dir.path(), &spec, &files, BuildOptions { key, accept, ..BuildOptions::default() })
    };
    let other = b"ae448ac86c4e8e4dec645729708ef41873ae79c6dff84eff73360989487f08e5";
    with(None, false).expect("builds");
    with(None, false).expect("builds again");
    let error = with(Some(other), false).expect_err("asks").to_string();
    assert!(error.contains("another key") && error.contains("--accept"), "{error}");
    with(Some(other), true).expect("accepted");
}
