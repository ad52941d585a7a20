//! What the server says in Chinese when it cannot start.

use phrasebook::english_words;
use std::{fs, net::TcpListener, process::Command};

/// Names that stay: of files, programs, formats and settings.
const NAMES: [&str; 10] = ["text", "json", "texts", "tiles", "CURRENT", "SPEC", "TOML", "baseplate", "build", "IP"];

#[test]
fn what_fails_is_told_in_chinese() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("a file");
    write("key.toml", "[limits]\ntext = 5\n");
    write("number.toml", "[limits]\ntexts = 0\n");
    write("map.toml", "[base_map]\ntiles = []\n");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address");
    for (arguments, code) in [
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
    ] {
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
