// The plate that the examples of the documentation ask: the sample town. Each of them runs in a process of its own, from one program
// that lies in a folder of this run of tests, so the plate is built beside it, by whoever comes first.
{
    use baseplate_core::{Baseplate, BuildOptions, Spec, build, code::PersonKey};

    let program = std::env::current_exe().expect("a program");
    let plate = program.with_file_name("town.plate");
    let turn = std::fs::File::create(program.with_file_name("town.turn")).expect("a file");
    turn.lock().expect("waits for its turn");
    if !plate.join("CURRENT").exists() {
        let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/town/spec.toml");
        let spec = Spec::read(spec.as_ref()).expect("the sample's spec");
        let key = PersonKey::new(b"YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI=").expect("a key");
        let options = BuildOptions { key: Some(key), ..BuildOptions::default() };
        build(&spec, &plate, options, &|_| {}).expect("the sample builds");
    }
    Baseplate::open(plate).expect("the sample opens")
}
