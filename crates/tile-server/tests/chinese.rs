//! What the server says in Chinese when it cannot start.

use phrasebook::english_words;
use std::{fs, net::TcpListener, process::Command};

/// Names that stay: of files, programs, formats and settings.
const NAMES: [&str; 15] = [
    "map",
    "text",
    "json",
    "texts",
    "tiles",
    "origins",
    "connections",
    "forwarded",
    "self",
    "CURRENT",
    "SPEC",
    "TOML",
    "baseplate",
    "build",
    "IP",
];

#[test]
fn what_fails_is_told_in_chinese() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("a file");
    write("key.toml", "[limits]\ntext = 5\n");
    write("number.toml", "[limits]\ntexts = 0\n");
    write("map.toml", "[base_map]\ntiles = []\n");
    let wrong = [
        "[limits]\ntexts = -1\n",
        "[limits]\ntexts = [1]\n",
        "[limits]\nconnections = 5\n",
        "[limits\n",
        "limits = 1\n",
        "[network]\nproxies = [\"10.0.0.0/99\"]\n",
        "[network]\nforwarding = \"x\"\n",
        "[network]\npublic_url = \"map\"\n",
        "[network]\norigins = [\"https://a/b\"]\n",
        "[network]\nframe_ancestors = [\"*\"]\n",
        "[base_map]\n",
        "[base_map]\ntiles = [\"x\"]\n",
        "[base_map]\ntiles = [\"/{z}/{x}/{y}\"]\ntile_size = 5\n",
        "[base_map]\ntiles = [\"/{z}/{x}/{y}\"]\ncrs = \"bd09\"\n",
        "[layers.grids]\nmin_zoom = 300\n",
        "[layers.grids]\nzoom = 3\n",
    ];
    let wrong = wrong.iter().enumerate().map(|(at, text)| {
        write(&format!("{at}.toml"), text);
        (format!("--config {at}.toml nowhere.plate"), 1)
    });
    let wrong: Vec<_> = wrong.collect();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address");
    let usual = [
        ("nowhere.plate --listen 127.0.0.1:0".to_owned(), 1),
        (format!("nowhere.plate --listen {taken}"), 1),
        ("nowhere.plate --listen here".to_owned(), 2),
        ("nowhere.plate --port 80".to_owned(), 2),
        ("--config nowhere.toml nowhere.plate".to_owned(), 1),
        ("--config key.toml nowhere.plate".to_owned(), 1),
        ("--config number.toml nowhere.plate".to_owned(), 1),
        ("--config map.toml nowhere.plate".to_owned(), 1),
        ("--log-format xml nowhere.plate".to_owned(), 2),
        ("--lang=zh".to_owned(), 2),
    ];
    for (arguments, code) in usual.into_iter().chain(wrong) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tile-server"));
        command.current_dir(dir.path()).args(arguments.split(' '));
        let output = command.envs([("LC_ALL", "zh_CN.UTF-8"), ("RUST_LOG", "off")]).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
        assert!(said.starts_with("错误："), "{arguments}: {said}");
        let left: Vec<_> = said.lines().filter(|line| !english_words(line, &NAMES).is_empty()).collect();
        assert!(left.is_empty(), "{arguments}: {left:#?}");
    }
}
