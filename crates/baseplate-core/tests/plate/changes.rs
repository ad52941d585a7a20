//! What was published, and since when layers are as they are: told in order, and never lost.

use crate::{
    common::build_text,
    layers::{GROUND, HOTLINE, SPEC},
};
use baseplate_core::{
    Audience, Baseplate, BuildOptions, JournalError, LayerLabels, OpenError, Publication, PublicationKind,
    RecordSource, Spec, add_layer, build, label_layer, remove_layer, replace_layer,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
};
use tempfile::TempDir;

/// A plate whose grids lie in two districts, with no layer, and the lines of the layer of requests.
fn bare() -> (TempDir, PathBuf, RecordSource) {
    let mut parts = SPEC.split("[[layers]]");
    let spec = parts.next().expect("a spec").replace("community = \"community\"", "district = \"code\"");
    let files = [("spec.toml", spec.as_str()), ("hotline.csv", HOTLINE)];
    let (dir, report) = build_text(&[&files[..], &GROUND[..]].concat());
    report.expect("builds");
    let lines = parts.next().expect("a layer");
    let source = RecordSource::parse(lines, &dir.path().join("layer.toml")).expect("the lines of a layer");
    let plate = dir.path().join("out.plate");
    (dir, plate, source)
}

fn open(plate: &Path) -> Baseplate {
    Baseplate::open(plate).expect("opens")
}

fn rebuild(dir: &TempDir, plate: &Path) {
    let spec = Spec::read(&dir.path().join("spec.toml")).expect("a spec");
    build(&spec, plate, BuildOptions::default(), &|_| {}).expect("builds");
}

fn changed(plate: &Path, layer: &str) -> String {
    let changed = open(plate).layer(layer).expect("is there").info().changed.clone();
    changed.expect("every publication says it").generation
}

fn keeper(name: &str) -> LayerLabels {
    LayerLabels { keeper: Some(name.to_owned()), ..LayerLabels::default() }
}

fn audience(audience: Audience) -> LayerLabels {
    LayerLabels { audience: Some(audience), ..LayerLabels::default() }
}

/// What a publication says of the layer of requests: its rows before and after, whether its records are other ones, and its districts.
type Said = (Option<u64>, Option<u64>, bool, Vec<(String, u32, u32)>);

fn said(publication: &Publication) -> Option<Said> {
    let layer = publication.layers.iter().find(|layer| layer.layer == "hotline")?;
    let rows = |state: &Option<baseplate_core::LayerState>| state.as_ref().map(|state| state.rows);
    let districts = layer.districts.iter().map(|district| (district.code.clone(), district.before, district.after));
    Some((rows(&layer.before), rows(&layer.after), layer.is_replaced, districts.collect()))
}

#[test]
fn every_publication_says_which_layers_are_other_ones() {
    let (dir, plate, source) = bare();
    add_layer(&plate, &source, &|_| {}).expect("is added");
    label_layer(&plate, "hotline", &keeper("街道办")).expect("is labelled");
    let file = dir.path().join("new.csv");
    fs::write(&file, HOTLINE.lines().take(3).collect::<Vec<_>>().join("\n")).expect("written");
    replace_layer(&plate, "hotline", &file, true, &|_| {}).expect("is replaced");
    rebuild(&dir, &plate);
    remove_layer(&plate, "hotline").expect("is removed");
    for generation in [5, 6] {
        Baseplate::open_generation(&plate, generation).expect("opens").verify().expect("is whole");
    }
    let all = open(&plate).changes(None, 100).expect("is told");
    let cursors: Vec<_> = all.iter().map(|publication| (publication.after, publication.cursor)).collect();
    assert_eq!(cursors, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]);
    let kinds: Vec<_> = all.iter().map(|publication| publication.kind).collect();
    use PublicationKind::{Build, LayerAdd, LayerRemove, LayerReplace, LayerSet};
    assert_eq!(kinds, [Build, LayerAdd, LayerSet, LayerReplace, Build, LayerRemove]);
    let district = |code: &str, before, after| (code.to_owned(), before, after);
    assert_eq!(said(&all[0]), None);
    assert_eq!(said(&all[1]), Some((None, Some(7), true, vec![district("A", 0, 2), district("B", 0, 3)])));
    assert_eq!(said(&all[2]), Some((Some(7), Some(7), false, vec![])));
    assert_eq!(said(&all[3]), Some((Some(7), Some(2), true, vec![district("B", 3, 0)])));
    assert_eq!(all[4].layers, [], "a build of the same sources changes no layer");
    assert_eq!(said(&all[5]), Some((Some(2), None, true, vec![district("A", 2, 0)])));
}

#[test]
fn who_may_not_read_a_layer_is_told_nothing_of_it() {
    let (_dir, plate, source) = bare();
    let hidden = RecordSource { audience: Audience::Internal, ..source };
    add_layer(&plate, &hidden, &|_| {}).expect("is added");
    label_layer(&plate, "hotline", &audience(Audience::Public)).expect("is labelled");
    label_layer(&plate, "hotline", &audience(Audience::Restricted)).expect("is labelled");
    let public = open(&plate).for_audience(Audience::Public);
    let all = public.changes(Some(1), 100).expect("is told");
    assert_eq!((all.len(), said(&all[0])), (3, None), "that something was published is no secret");
    let counts = |before: u32, after: u32| {
        vec![("A".to_owned(), 2 * before, 2 * after), ("B".to_owned(), 3 * before, 3 * after)]
    };
    assert_eq!(said(&all[1]), Some((None, Some(7), false, counts(0, 1))), "for the public it is there from now on");
    assert_eq!(said(&all[2]), Some((Some(7), None, false, counts(1, 0))));
}

#[test]
fn a_layer_that_is_the_same_keeps_the_generation_of_its_last_change() {
    let (dir, plate, source) = bare();
    add_layer(&plate, &source, &|_| {}).expect("is added");
    let second = RecordSource { layer: "second".to_owned(), ..source.clone() };
    add_layer(&plate, &second, &|_| {}).expect("is added");
    rebuild(&dir, &plate);
    assert_eq!(["hotline", "second", "enterprises"].map(|id| changed(&plate, id)), ["000002", "000003", "000001"]);
    replace_layer(&plate, "hotline", &source.file.path, false, &|_| {}).expect("is replaced");
    assert_eq!(changed(&plate, "hotline"), "000002", "by the same file");
    label_layer(&plate, "second", &keeper("街道办")).expect("is labelled");
    assert_eq!((changed(&plate, "hotline"), changed(&plate, "second")), ("000002".to_owned(), "000006".to_owned()));
    assert_eq!(open(&plate).changes(Some(4), 100).expect("is told")[0].layers, []);
}

#[test]
fn a_cursor_leads_on_or_is_refused() {
    let (_dir, plate, source) = bare();
    add_layer(&plate, &source, &|_| {}).expect("is added");
    for name in ["甲", "乙", "丙"] {
        label_layer(&plate, "hotline", &keeper(name)).expect("is labelled");
    }
    let opened = open(&plate);
    let cursors = |since, limit| -> Vec<u64> {
        opened.changes(since, limit).expect("is told").iter().map(|publication| publication.cursor).collect()
    };
    assert_eq!((cursors(Some(0), 2), cursors(Some(2), 2), cursors(Some(4), 2)), (vec![1, 2], vec![3, 4], vec![5]));
    assert_eq!((cursors(Some(5), 9), cursors(Some(7), 9)), (vec![], vec![]), "who is ahead waits");
    // Somebody goes back to the generation before, and publishes: the one that was taken back is no more.
    let manifest = fs::read(plate.join("000004/plate.json")).expect("the generation before");
    fs::write(plate.join("CURRENT"), format!("000004 {:016x}\n", xxhash(&manifest))).expect("written");
    label_layer(&plate, "hotline", &keeper("丁")).expect("is labelled");
    let opened = open(&plate);
    let all: Vec<_> = opened.changes(Some(3), 9).expect("is told").iter().map(|p| (p.after, p.cursor)).collect();
    assert_eq!(all, [(3, 4), (4, 6)]);
    let gone = opened.changes(Some(5), 9).expect_err("was taken back");
    assert_eq!(gone, JournalError::Gone { since: 5, generation: "000006".to_owned() });
}

fn xxhash(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

#[test]
fn a_plate_without_a_journal_begins_one() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plates/format-11");
    let plate = open(&golden);
    assert_eq!((plate.changes(None, 9), plate.changes(Some(1), 9)), (Ok(vec![]), Ok(vec![])));
    assert!(matches!(plate.changes(Some(0), 9), Err(JournalError::Gone { since: 0, .. })));
    assert!(plate.layer("enterprises").is_some_and(|layer| layer.info().changed.is_none()));
}

/// Numbers that look random, the same in every run.
fn random(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

/// Follows a plate from the cursor in a file for a random while, and is killed: what it has not written down it will read again. Gives
/// what it read.
fn follow(plate: &Path, written: &Path, state: &mut u64) -> Vec<u64> {
    let since = fs::read_to_string(written).expect("a cursor").parse().expect("a number");
    let opened = loop {
        let opened = Baseplate::open(plate);
        // It may be taken away between two looks.
        if !matches!(opened, Err(OpenError::Io { .. } | OpenError::Damaged { .. })) {
            break opened.expect("opens");
        }
    };
    let found = opened.changes(Some(since), 1 + random(state, 5) as usize).expect("nothing is lost");
    let lives = random(state, found.len() as u64 + 1) as usize;
    for publication in &found[..lives] {
        fs::write(written, publication.cursor.to_string()).expect("written");
    }
    found.iter().map(|publication| publication.cursor).collect()
}

#[test]
fn a_reader_that_is_killed_at_random_misses_nothing_of_two_hundred_publications() {
    let (dir, plate, source) = bare();
    add_layer(&plate, &source, &|_| {}).expect("is added");
    let (written, is_done) = (dir.path().join("cursor"), AtomicBool::new(false));
    fs::write(&written, "2").expect("written");
    let read = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut state, mut read) = (7, Vec::new());
            while !is_done.load(Relaxed) || fs::read_to_string(&written).is_ok_and(|cursor| cursor != "202") {
                read.push(follow(&plate, &written, &mut state));
            }
            read
        });
        for number in 0..200 {
            label_layer(&plate, "hotline", &keeper(&format!("第{number}次"))).expect("is labelled");
        }
        is_done.store(true, Relaxed);
        reader.join().expect("the reader ends")
    });
    let mut last = 2;
    for found in read {
        for cursor in found {
            assert!(cursor <= last + 1, "{cursor} after {last}: one is missing");
            last = last.max(cursor);
        }
    }
    assert_eq!(last, 202);
}
