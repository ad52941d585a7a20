//! Files that need one another.

use crate::arrows::Arrows;
use std::collections::{BTreeMap, BTreeSet};

/// The groups of several files in which each leads to each other along arrows.
pub(crate) fn circles(arrows: &Arrows) -> Vec<BTreeSet<String>> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in arrows.0.keys() {
        next.entry(from).or_default().push(to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = next.keys().map(|&file| (file, reached_from(file, &next))).collect();
    let back = |file: &str, other: &str| reached.get(other).is_some_and(|files| files.contains(file));
    let circle = |(file, files): (&&str, &BTreeSet<&str>)| {
        files.iter().filter(|o| back(file, o)).map(|&o| o.to_owned()).collect()
    };
    let groups: BTreeSet<BTreeSet<String>> = reached.iter().map(circle).collect();
    groups.into_iter().filter(|files| files.len() > 1).collect()
}

/// The files to which a file leads; itself only if it is in a circle.
fn reached_from<'a>(file: &'a str, next: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        open.extend(next.get(file).into_iter().flatten().filter(|&&to| reached.insert(to)));
    }
    reached
}

/// A circle in words: its files, and the arrows among them.
pub(crate) fn report(files: &BTreeSet<String>, arrows: &Arrows) -> String {
    let list: Vec<_> = files.iter().map(String::as_str).collect();
    let inside = arrows.0.iter().filter(|((from, to), _)| files.contains(from) && files.contains(to));
    let lines: String = inside.map(|arrow| format!("\n    {}", Arrows::line(arrow))).collect();
    format!("{} files, {}{lines}", files.len(), list.join(" "))
}
