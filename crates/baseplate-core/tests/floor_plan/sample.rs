//! A small crate with one circle and one arrow up, both through re-exports: what the tests of the sources look for is found.

use crate::{
    arrows::Arrows,
    circles::circles,
    floors::{self, Plans},
    lengths,
    tree::Tree,
};
use std::fs;

const FILES: [(&str, &str); 8] = [
    ("lib.rs", "mod low;\nmod top;\npub use low::Left;\npub use top::Part;\n"),
    ("top/mod.rs", "mod part;\npub(crate) use part::{Part, make as made};\n"),
    ("top/part.rs", "use crate::low::words::{self, *};\npub struct Part;\npub fn make() { words::say!(); spell(); }\n"),
    (
        "low/mod.rs",
        "mod left;\nmod right;\npub(crate) mod words;\npub use left::Left;\npub(crate) use self::right::Side;\n",
    ),
    (
        "low/left.rs",
        "use super::Side as Other;\npub struct Left(Option<Box<Other>>);\nimpl Left { pub const ALL: u8 = 1; }\n",
    ),
    (
        "low/right.rs",
        "pub enum Side { A, B }\n\
         fn parts() { let _ = vec![(crate::top::made(), super::Left::ALL)]; }\n\
         #[cfg(test)]\nmod checks { use crate::low::words::spell; }\n\
         #[cfg(any(test, feature = \"x\"))]\nfn check() { super::words::spell() }\n",
    ),
    (
        "low/words.rs",
        "mod inner { pub(crate) fn spelled(made: u8) -> u8 { made } }\n\
         pub(crate) use inner::spelled as spell;\nmacro_rules! say { () => { $crate::low::words::spell(0) } }\n\
         pub(crate) use say;\n",
    ),
    (
        "main.rs",
        "fn main() { use small_crate::Part as P; let _: Option<P> = None; println!(\"{}\", small_crate::Left::ALL); }\n",
    ),
];

/// The small crate, with another file in place of one of its own or beside them.
fn small_crate(file: &str, text: &str) -> Tree {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in FILES.into_iter().chain([(file, text)]) {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    Tree::read("small-crate", dir.path())
}

#[test]
fn what_is_known_to_be_wrong_is_found() {
    let tree = small_crate("unused.rs", "no Rust");
    let arrows = Arrows::of(&tree);
    let lines: Vec<_> = arrows.0.iter().map(Arrows::line).collect();
    let expected = [
        "low/left.rs -> low/right.rs: Side",
        "low/right.rs -> low/left.rs: Left",
        "low/right.rs -> top/part.rs: make",
        "main.rs -> low/left.rs: Left",
        "main.rs -> top/part.rs: Part",
        "top/part.rs -> low/words.rs: say, spelled",
    ];
    assert_eq!(lines, expected);

    let circles: Vec<Vec<_>> = circles(&arrows).into_iter().map(|files| files.into_iter().collect()).collect();
    assert_eq!(circles, [["low/left.rs", "low/right.rs"]]);

    let plans = Plans::parse("# Plan\n```text floor-plan small-crate\nmain lib  both\ntop  above\n  all\nlow\n```\n");
    let floors = plans.floors("small-crate").expect("a plan");
    let up = "small-crate: up: low/right.rs -> top/part.rs: make";
    assert_eq!(floors::findings("small-crate", floors, &tree.files, &arrows), [up]);

    let plans = Plans::parse("```text\nlow\n```\n```text floor-plan small-crate\nmain\nlow top\nattic lib\n```\n");
    let floors = plans.floors("small-crate").expect("a plan");
    let findings = floors::findings("small-crate", floors, &tree.files, &arrows);
    let expected = [
        "small-crate: the room attic of the plan does not exist",
        "small-crate: level: low/right.rs -> top/part.rs: make",
        "small-crate: level: top/part.rs -> low/words.rs: say, spelled",
    ];
    assert_eq!(findings, expected);
    assert_eq!(plans.unknown_crates(&["other"]), ["small-crate: there is a floor plan and no such crate"]);
}

#[test]
fn long_functions_and_files_are_found() {
    let body = "    let _ = 0;\n".repeat(69);
    let text = format!("/// Said before.\n#[inline]\npub fn long() {{\n{body}}}\n{}", "\n".repeat(450));
    assert_eq!(
        lengths::findings(&small_crate("top/part.rs", &text)),
        [
            "small-crate: top/part.rs has 523 lines, more than 500",
            "small-crate: top/part.rs: long has 71 lines, more than 70",
        ]
    );
    assert!(lengths::findings(&small_crate("unused.rs", "")).is_empty());
}
