//! The people and enterprises of a town, as a reader of the files finds them.

#![expect(clippy::unwrap_used, reason = "a failure here fails the test")]

use baseplate_core::code::{CitizenId, Uscc};
use city_synth::{Scale, Summary, write_city};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A town on disk, removed in the end.
struct Town {
    dir: PathBuf,
    summary: Summary,
}

impl Town {
    fn new(test: &str, seed: u64) -> Self {
        let dir = std::env::temp_dir().join(format!("city-synth-{test}-{seed}-{}", std::process::id()));
        let summary = write_city(&dir, Scale::Town, seed).unwrap();
        Self { dir, summary }
    }

    /// The rows of a file, after a header that has to be this.
    fn rows(&self, file: &str, header: &str) -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(self.dir.join(file)).unwrap();
        let mut lines = text.lines();
        let first = lines.next().unwrap();
        assert!(first.starts_with(header), "{first}");
        let width = first.split(',').count();
        let rows: Vec<Vec<String>> = lines.map(|line| line.split(',').map(str::to_owned).collect()).collect();
        assert!(rows.iter().all(|row| row.len() == width));
        rows
    }

    fn people(&self) -> Vec<Vec<String>> {
        self.rows("people.csv", "id_no,addr_code,role,sex,age_band,household_type")
    }

    fn enterprises(&self) -> Vec<Vec<String>> {
        self.rows("enterprises.csv", "uscc,name,addr_code,address,role,industry,status")
    }

    /// Address texts below the city, by code.
    fn addresses(&self) -> BTreeMap<String, String> {
        self.rows("addresses.csv", "address_code,address,")
            .into_iter()
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect()
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// How many rows have each value of a column, as a share of all.
fn shares(rows: &[Vec<String>], column: usize) -> BTreeMap<&str, f64> {
    let mut shares = BTreeMap::new();
    for row in rows {
        *shares.entry(row[column].as_str()).or_default() += 1.0 / rows.len() as f64;
    }
    shares
}

fn near(found: f64, wanted: f64, tolerance: f64) -> bool {
    (found / wanted - 1.0).abs() <= tolerance
}

#[test]
fn the_seed_decides_people_and_enterprises() {
    let (first, again, other) = (Town::new("first", 1), Town::new("again", 1), Town::new("other", 2));
    assert_eq!(first.people(), again.people());
    assert_eq!(first.enterprises(), again.enterprises());
    assert_ne!(first.people(), other.people());
    assert_ne!(first.enterprises(), other.enterprises());
}

#[test]
fn the_town_has_its_size() {
    for seed in 1..6 {
        let town = Town::new("size", seed);
        let Summary { people, enterprises, .. } = town.summary;
        assert_eq!((people, enterprises), (town.people().len() as u64, town.enterprises().len() as u64));
        assert!(near(people as f64, 15_000.0, 0.1), "{people} of seed {seed}");
        assert!(near(enterprises as f64, 4_000.0, 0.1), "{enterprises} of seed {seed}");
    }
}

#[test]
fn ids_pass_their_check_and_cannot_exist() {
    for row in Town::new("ids", 3).people() {
        let id: CitizenId = row[0].parse().unwrap();
        assert_eq!(id.expose(), row[0]);
        assert!(row[0].starts_with("00000029"), "{}", row[0]);
        let odd = row[0].as_bytes()[16] % 2 == 1;
        assert_eq!(odd, row[3] == "男");
    }
}

#[test]
fn everybody_lives_at_one_dwelling() {
    let town = Town::new("homes", 4);
    let (people, addresses) = (town.people(), town.addresses());
    let mut homes = BTreeMap::new();
    let mut members: BTreeMap<&str, usize> = BTreeMap::new();
    for row in people.iter().filter(|row| row[2] == "居住") {
        assert_eq!(homes.insert(&row[0], &row[1]), None, "lives twice");
        *members.entry(&row[1]).or_default() += 1;
    }
    assert!(members.values().all(|count| (1..=6).contains(count)));
    for row in &people {
        assert!(addresses.contains_key(&row[1]) && !row[1].ends_with("000000"));
        let home = homes[&row[0]];
        assert_eq!(home[..14], row[1][..14], "second addresses lie in the same grid");
        assert!(row[2] == "居住" || *home != row[1], "a second address is another one");
    }
    let roles: BTreeSet<_> = people.iter().map(|row| (&row[0], &row[2])).collect();
    assert_eq!(roles.len(), people.len(), "nobody has a role twice");
}

#[test]
fn people_have_plausible_roles_and_attributes() {
    let people = Town::new("shares", 5).people();
    let roles = shares(&people, 2);
    let living = roles["居住"];
    let of_people = |role| roles[role] / living;
    assert!(near(of_people("户籍"), 0.08, 0.35), "{roles:?}");
    assert!(near(of_people("产权"), 0.06, 0.35), "{roles:?}");
    assert!(near(of_people("租赁"), 0.03, 0.35), "{roles:?}");
    assert_eq!(roles.len(), 4);
    assert_eq!(shares(&people, 3).len(), 2);
    assert_eq!(shares(&people, 4).into_keys().collect::<Vec<_>>(), ["0-17", "18-34", "35-59", "60+"]);
    let standings = shares(&people, 5);
    assert!(standings["流动人口"] > standings["户籍人口"] && standings["户籍人口"] > standings["境外人员"]);
    assert!(people.iter().all(|row| row[4] != "0-17" || row[2] == "居住" || row[2] == "户籍"));
}

#[test]
fn codes_of_enterprises_pass_both_checks_and_are_unique() {
    let enterprises = Town::new("codes", 3).enterprises();
    let mut firms = BTreeMap::new();
    let mut registered = 0;
    for row in &enterprises {
        let code: Uscc = row[0].parse().unwrap();
        assert_eq!(code.check(), Ok(()));
        assert_eq!(&row[0][2..6], "9901", "an area of no province");
        let firm = (&row[1], &row[5], &row[6]);
        assert_eq!(*firms.entry(&row[0]).or_insert(firm), firm, "one code, one enterprise");
        registered += usize::from(row[4] == "注册");
    }
    assert_eq!(registered, firms.len(), "everyone is registered once");
}

#[test]
fn addresses_of_enterprises_exist() {
    let town = Town::new("places", 4);
    let (enterprises, addresses) = (town.enterprises(), town.addresses());
    let texts: BTreeSet<&String> = addresses.values().collect();
    let uncoded: Vec<_> = enterprises.iter().filter(|row| row[2].is_empty()).collect();
    assert!(near(uncoded.len() as f64 / enterprises.len() as f64, 0.04, 0.35));
    for row in enterprises.iter().filter(|row| !row[2].is_empty()) {
        assert_eq!(addresses[&row[2]], row[3]);
    }
    assert!(uncoded.iter().all(|row| texts.contains(&row[3])));
}

#[test]
fn enterprises_have_plausible_roles_and_attributes() {
    let enterprises = Town::new("register", 5).enterprises();
    let roles = shares(&enterprises, 4);
    assert!(near(roles["经营"] / roles["注册"], 0.1, 0.25), "{roles:?}");
    assert!(near(roles["仓储"] / roles["注册"], 0.02, 0.5), "{roles:?}");
    assert_eq!(shares(&enterprises, 5).len(), 12);
    let statuses = shares(&enterprises, 6);
    assert!(near(statuses["注销"], 0.03, 0.35) && near(statuses["吊销"], 0.01, 0.6), "{statuses:?}");
    assert!(enterprises.iter().all(|row| row[6] == "存续" || row[4] == "注册"));
}

#[test]
fn some_addresses_host_a_cluster() {
    let enterprises = Town::new("clusters", 1).enterprises();
    let mut hosted: BTreeMap<&str, usize> = BTreeMap::new();
    for row in enterprises.iter().filter(|row| !row[2].is_empty() && row[4] == "注册") {
        *hosted.entry(&row[2]).or_default() += 1;
    }
    let clusters: Vec<_> = hosted.values().filter(|&&count| count >= 18).collect();
    assert!((1..=12).contains(&clusters.len()) && clusters.iter().all(|&&count| count <= 205), "{clusters:?}");
}
