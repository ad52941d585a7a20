//! What the command says in Chinese: whole runs, those that succeed and those that fail in the usual ways.
#![expect(clippy::expect_used, reason = "a test whose ground is missing should stop and say so")]

use phrasebook::english_words;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
    sync::OnceLock,
};
use tempfile::TempDir;

/// Names that stay: of formats, programs and systems, of what the user writes in commands and specs, of levels and layers as values of
/// options, and of the columns of the sources.
const NAMES: &[&str] = &[
    "CSV",
    "GeoJSON",
    "EPSG",
    "WPS",
    "Excel",
    "UTF",
    "TOML",
    "JSON",
    "PROJ",
    "TIFF",
    "FeatureCollection",
    "Shapefile",
    "baseplate",
    "build",
    "check",
    "ogr",
    "ogrinfo",
    "CURRENT",
    "LAYER",
    "SPEC",
    "spec",
    "crs",
    "basic",
    "police",
    "csv",
    "json",
    "geojson",
    "pmtiles",
    "mbtiles",
    "geoparquet",
    "head",
    "dev",
    "urandom",
    "base",
    "chmod",
    "people",
    "sex",
    "industry",
    "age",
    "code",
    "enterprises",
    "grids",
    "text",
    "km",
    "MB",
    "en",
    "zh",
    "TB",
    "name",
    "status",
    "address",
    "addresses",
    "road",
    "number",
    "estate",
    "unit",
    "room",
    "city",
    "community",
    "communities",
    "district",
    "districts",
    "subdistrict",
    "subdistricts",
    "grid",
    "cities",
    "density",
    "ground",
    "buildings",
];

/// A town and its plate.
struct Town {
    dir: TempDir,
}

impl Town {
    fn get() -> &'static Self {
        static TOWN: OnceLock<Town> = OnceLock::new();
        TOWN.get_or_init(|| {
            let town = Self { dir: tempfile::tempdir().expect("a temporary directory") };
            let synth = town.run("--lang zh synth --out town");
            assert!(synth.status.success());
            town.write("city.key", "5097b0401182c115f1cf257f33f66af4edbf7e9c16429aa14894d4d6e1ed2aec");
            town.write("other.key", "6097b0401182c115f1cf257f33f66af4edbf7e9c16429aa14894d4d6e1ed2aec");
            let build = town.run("--lang zh build town/spec.toml --out town.plate --key-file city.key");
            assert!(build.status.success(), "{}", said(&build));
            town
        })
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).expect("a file");
        #[cfg(unix)]
        {
            let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            fs::set_permissions(self.path().join(name), only_owner).expect("its mode");
        }
    }

    /// Runs the command where the town is, its arguments separated by spaces.
    fn run(&self, arguments: &str) -> Output {
        self.run_in(arguments, &[])
    }

    fn run_in(&self, arguments: &str, environment: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baseplate"));
        for name in ["LC_ALL", "LC_MESSAGES", "LANG", "BASEPLATE_KEY"] {
            command.env_remove(name);
        }
        command.current_dir(self.path()).args(arguments.split(' ')).envs(environment.iter().copied());
        command.output().expect("it runs")
    }
}

/// What was said beside the answer.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn answered(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The lines that hold English words, and a text that is English as a whole.
fn not_chinese(text: &str, of: &str) -> Vec<String> {
    let mut left: Vec<_> = text.lines().filter(|line| !english_words(line, NAMES).is_empty()).collect();
    if text.is_ascii() && !text.is_empty() {
        left.push(text);
    }
    left.into_iter().map(|line| format!("{of}: {line}")).collect()
}

#[test]
fn what_succeeds_is_told_in_chinese() {
    let (town, mut left) = (Town::get(), Vec::new());
    town.write("points.csv", "lng,lat\n114.05,22.55\n1,1\nx,y\n");
    town.write("texts.csv", "text\n某某路999号\n\n");
    for arguments in [
        "synth --out again",
        "build town/spec.toml --out again.plate --key-file city.key",
        "check town.plate",
        "check town.plate --rule building-temporary-code",
        "locate town.plate points.csv",
        "geocode town.plate texts.csv --address text",
        "export town.plate --layers grids --format geojson --out grids.geojson",
        "export town.plate --layers enterprises --format csv --bom --out enterprises.csv",
        "export town.plate --layers grids --zoom 13-13 --out grids.pmtiles",
        "export town.plate --h3-cover grids --res 9 --out cells.csv",
        "stats town.plate --h3 10",
    ] {
        let output = town.run(&format!("{arguments} --lang zh"));
        assert!(output.status.success(), "{arguments}: {}", said(&output));
        left.extend(not_chinese(&said(&output), arguments));
    }
    for arguments in ["info town.plate --verify", "check --rules"] {
        let output = town.run(&format!("{arguments} --lang zh"));
        let rules = |line: &str| line.split_once(' ').map_or(String::new(), |(_, rest)| rest.to_owned()) + "\n";
        left.extend(not_chinese(&answered(&output).lines().map(rules).collect::<String>(), arguments));
    }
    assert!(left.is_empty(), "{left:#?}");
    assert!(fs::read(town.path().join("enterprises.csv")).expect("a file").starts_with(b"\xef\xbb\xbf"));
}

#[test]
fn what_fails_is_told_in_chinese() {
    let (town, mut left) = (Town::get(), Vec::new());
    let spec = fs::read_to_string(town.path().join("town/spec.toml")).expect("the spec");
    town.write("town/key.toml", &spec.replacen("path = ", "pth = ", 1));
    town.write("town/column.toml", &spec.replacen("code = \"", "code = \"没有的", 1));
    town.write("town/missing.toml", &spec.replacen("grids.geojson", "没有.geojson", 1));
    town.write("town/shp.toml", &spec.replacen("grids.geojson", "网格.shp", 1));
    town.write("town/xlsx.toml", &spec.replacen("addresses.csv", "地址.xlsx", 1));
    town.write("town/crs.toml", &spec.replacen("EPSG:4490", "EPSG:x", 1));
    let addresses = fs::read_to_string(town.path().join("town/addresses.csv")).expect("addresses");
    let few: String = addresses.split_inclusive('\n').take(3000).collect();
    town.write("town/few.csv", &few);
    town.write("town/few.toml", &spec.replace("addresses.csv", "few.csv"));
    town.write("town/broken.csv", &format!("{addresses}一,二\n"));
    town.write("town/broken.toml", &spec.replace("addresses.csv", "broken.csv"));
    let damaged = town.run("build town/spec.toml --out damaged.plate --key-file city.key");
    assert!(damaged.status.success(), "{}", said(&damaged));
    let generation = town.path().join("damaged.plate/000001");
    let table = fs::read_dir(&generation).expect("a generation").map(|entry| entry.expect("a file").path());
    let table = table.filter(|path| path.extension().is_some_and(|e| e == "arrow")).min().expect("a table");
    fs::write(&table, b"cut").expect("damage");
    for (arguments, code) in [
        ("info nowhere.plate", 1),
        ("info damaged.plate", 1),
        ("info town.plate --vrify", 2),
        ("infoo town.plate", 2),
        ("info", 2),
        ("check town.plate --format xml", 2),
        ("check town.plate --rule nothing", 2),
        ("build nowhere.toml --out x.plate", 1),
        ("build town/spec.toml", 2),
        ("build town/spec.toml --out x.plate", 1),
        ("build town/spec.toml --out x.plate --key-file points.key", 1),
        ("build town/key.toml --out x.plate --key-file city.key", 1),
        ("build town/column.toml --out x.plate --key-file city.key", 1),
        ("build town/missing.toml --out x.plate --key-file city.key", 1),
        ("build town/shp.toml --out x.plate --key-file city.key", 1),
        ("build town/xlsx.toml --out x.plate --key-file city.key", 1),
        ("build town/crs.toml --out x.plate --key-file city.key", 1),
        ("build town/broken.toml --out x.plate --key-file city.key --strict", 3),
        ("build town/few.toml --out town.plate --key-file city.key", 4),
        ("get town.plate 123", 1),
        ("get town.plate 123 --key-file other.key", 1),
        ("locate town.plate nowhere.csv", 1),
        ("locate town.plate town/addresses.csv --lng 经", 1),
        ("locate town.plate town/addresses.csv --kind fire", 1),
        ("geocode town.plate town/addresses.csv --address text --out town/addresses.csv", 1),
        ("stats town.plate --level nothing", 2),
        ("stats town.plate --h3 99", 1),
        ("stats town.plate --format json --bom", 1),
        ("check town.plate --format json --bom", 1),
        ("stats town.plate --within 1", 1),
        ("stats town.plate --by 没有", 1),
        ("export town.plate --out city.doc", 1),
        ("export town.plate --layers 没有 --out x.csv", 1),
        ("export town.plate --zoom 9-1 --out x.pmtiles", 2),
        ("export town.plate --layers grids --bom --out x.geojson", 1),
        ("export town.plate --h3-cover grids --res 16", 1),
        ("info town.plate --lang de", 2),
    ] {
        let with_lang = if arguments.ends_with("de") { arguments.to_owned() } else { format!("{arguments} --lang zh") };
        let output = town.run_in(&with_lang, &[("LANG", "zh_CN.UTF-8")]);
        if output.status.code() != Some(code) {
            left.push(format!("{arguments}: ended with {:?}: {}", output.status.code(), said(&output)));
        }
        if !arguments.ends_with("de") {
            left.extend(not_chinese(&said(&output), arguments));
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

/// Specs that are wrong, each behind the name of the plate.
const WRONG_SPECS: [&str; 27] = [
    "",
    "link_distance_m = -3\n",
    "link_distance_m = \"3\"\n",
    "suppress_below = 5.5\n",
    "[publish]\nrows_lost = 2\n",
    "[publish]\nrows_lost = yes\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"EPSG:x\"\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\nmin_used = 3\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\nkind = \"Fire\"\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\nlevel = \"state\"\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\ndelimiter = \"ab\"\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\nancestors = { grid = \"a\" }\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\nancestors = { city = 5 }\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\nparent = \"p\"\nancestors = { city = \"a\" }\n",
    "[[buildings]]\npath = \"b.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\ndemolished = [\"x\"]\n",
    "[[addresses]]\npath = \"a.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\nlng = \"x\"\n",
    "[[addresses]]\npath = \"a.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\ntext = \"t\"\nelements = { city = \"a\" }\n",
    "[[addresses]]\npath = \"a.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\nelements = { state = \"a\" }\n",
    "[[people]]\npath = \"p.csv\"\nid = \"i\"\naddress = \"a\"\ncrs = \"gcj02\"\n",
    "[[people]]\npath = \"p.csv\"\nid = \"i\"\naddress = \"a\"\nid_type = \"x\"\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\n[titles.x]\nzh = \"a\"\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\n[[landmarks]]\nname = \"x\"\naddress = \"a\"\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\n[[landmarks]]\nname = \"xyz\"\n",
    "[[grids]]\npath = \"g.csv\"\ncode = \"c\"\ncrs = \"gcj02\"\n[[code_types]]\nname = \"x\"\npattern = \"[a\"\nentity = \"grid\"\n",
    "grids = [1,\n",
    "x = 2020-13-01\n",
];

/// Keys and words of a spec that its errors name.
const KEYS: [&str; 21] = [
    "parent",
    "ancestors",
    "demolished",
    "lng",
    "lat",
    "elements",
    "datum",
    "geometry",
    "landmarks",
    "attributes",
    "citizen",
    "other",
    "true",
    "false",
    "publish",
    "point",
    "province",
    "building",
    "number",
    "floor",
    "tab",
];

#[test]
fn what_is_wrong_with_a_spec_is_told_in_chinese() {
    let (town, mut left) = (Town::get(), Vec::new());
    let known: Vec<_> = NAMES.iter().chain(&KEYS).copied().collect();
    for spec in WRONG_SPECS {
        town.write("wrong.toml", &format!("[plate]\nname = \"x\"\n{spec}"));
        let output = town.run("build wrong.toml --out wrong.plate --lang zh");
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{spec}: {said}");
        left.extend(
            said.lines().filter(|line| !english_words(line, &known).is_empty()).map(|line| format!("{spec}: {line}")),
        );
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn values_of_the_user_come_through() {
    let town = Town::get();
    for value in ["", "a\nb", "Usage: [OPTIONS] Print help", "grid: No such file or directory (os error 2)"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baseplate"));
        command.current_dir(town.path()).env("LC_ALL", "zh_CN.UTF-8");
        let output = command.args(["get", "town.plate", value]).output().expect("it runs");
        let wanted = format!("错误：没有网格、楼栋、地址或企业的编码是“{value}”；查询人员须用 --key-file\n");
        assert_eq!(said(&output), wanted);
        let output = command.args(["--format", value]).output().expect("it runs");
        assert!(said(&output).ends_with("\n\n更多说明见 --help。\n"), "{}", said(&output));
    }
}

#[test]
fn the_option_goes_before_the_environment() {
    let town = Town::get();
    let is_chinese = |arguments: &str, environment: &[(&str, &str)]| {
        said(&town.run_in(arguments, environment)).starts_with("错误：")
    };
    assert!(!is_chinese("info nowhere", &[]));
    assert!(is_chinese("info nowhere", &[("LANG", "zh_CN.UTF-8")]));
    assert!(!is_chinese("info nowhere", &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]));
    assert!(!is_chinese("--lang en info nowhere", &[("LC_ALL", "zh_CN.UTF-8")]));
    assert!(is_chinese("info --lang=zh nowhere", &[("LC_ALL", "en_US.UTF-8")]));
}
