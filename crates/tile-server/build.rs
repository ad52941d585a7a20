//! The page, which `make web` writes into this folder, is embedded: build again when it changes.

fn main() {
    println!("cargo::rerun-if-changed=page");
}
