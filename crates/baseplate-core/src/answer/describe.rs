//! From handles to answers.

use super::{
    AddressRef, BuildingRef, EnterpriseRef, EntityAnswer, FaultForm, GridRef, LayerRecords, Link, Own, PersonAnswer,
    PlaceAnswer, RecordRef, ResidenceRef,
};
use crate::{
    code::{CodeError, CodeType, looks_like_id},
    model::{Entity, GridKind, How},
    plate::{Address, AttributeValue, Baseplate, Building, Counts, Grid, Layer, Person, Record, Residence, Thing},
    spatial::LngLat,
    store::Counting,
    text,
    time::Zone,
    verdict::FaultKind,
};
use std::collections::HashMap;

impl From<Grid<'_>> for GridRef {
    fn from(grid: Grid<'_>) -> Self {
        Self { level: grid.level(), code: grid.code().to_owned(), name: grid.name().to_owned() }
    }
}

impl From<Address<'_>> for AddressRef {
    fn from(address: Address<'_>) -> Self {
        let text = address.text();
        let floors = address.building().and_then(|(building, _)| building.floors());
        let floor = text.and_then(|text| text::floor(text, floors));
        Self { code: address.code().to_owned(), text: text.map(str::to_owned), floor }
    }
}

impl From<Building<'_>> for BuildingRef {
    fn from(building: Building<'_>) -> Self {
        Self {
            code: building.code().to_owned(),
            name: building.name().map(str::to_owned),
            floors: building.floors(),
            height_m: building.height_m(),
            usage: building.usage().map(str::to_owned),
            addresses: building.address_count(),
        }
    }
}

/// The records of some rows, each once: as the row says in which it has most to do with the place.
fn distinct<'a>(rows: impl Iterator<Item = Record<'a>>) -> Vec<Record<'a>> {
    let mut place: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<Record<'a>> = Vec::new();
    for row in rows {
        let at = *place.entry(row.code()).or_insert(found.len());
        match found.get_mut(at) {
            Some(known) if strength(&row) < strength(known) => *known = row,
            Some(_) => {}
            None => found.push(row),
        }
    }
    found
}

/// The least is the strongest.
fn strength(record: &Record<'_>) -> (bool, usize) {
    (!record.is_counted(), record.role_number().unwrap_or(usize::MAX))
}

/// How many of some records lists may not name.
fn hidden(records: &[Record<'_>]) -> u32 {
    records.iter().filter(|record| !record.is_listed()).count() as u32
}

/// The first of some records that lists may name.
fn listing(records: Vec<Record<'_>>, listed: usize, placed: bool) -> Vec<EnterpriseRef> {
    let named = records.into_iter().filter(Record::is_listed);
    named.take(listed).map(|record| EnterpriseRef::of(record, placed)).collect()
}

impl EnterpriseRef {
    /// A row of a list; `placed` says whether its address is to be named.
    fn of(record: Record<'_>, placed: bool) -> Self {
        Self {
            uscc: record.code().to_owned(),
            name: record.name().map(str::to_owned),
            role: record.role().and_then(|role| role.parse().ok()),
            active: record.is_active(),
            address: record.address().filter(|_| placed).map(AddressRef::from),
        }
    }
}

impl EntityAnswer {
    /// Addresses or enterprises that an answer lists where nothing else is said; the count says how many there are.
    pub const LISTED: usize = 50;
}

impl Baseplate {
    /// What stands at a point: the chain of grids of a coverage, the building and its addresses. `None` if the plate has no
    /// coverage of this kind; the basic one may be asked for even where a plate has no grids at all.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::{GridKind, LngLat};
    ///
    /// let answer = plate.describe_place(LngLat::new(114.05, 22.552), &GridKind::basic()).expect("has the kind");
    /// assert_eq!(answer.chain.len(), 5);
    /// ```
    pub fn describe_place(&self, point: LngLat, kind: &GridKind) -> Option<PlaceAnswer> {
        let coverage = self.coverage(kind);
        if coverage.is_none() && !kind.is_basic() {
            return None;
        }
        let grid = coverage.and_then(|c| c.locate(point));
        let building = self.buildings_at(point).into_iter().next();
        Some(PlaceAnswer {
            generation: self.manifest().generation.clone(),
            point,
            kind: kind.clone(),
            chain: chain(grid),
            building: building.map(BuildingRef::from),
            addresses: building
                .iter()
                .flat_map(Building::addresses)
                .take(EntityAnswer::LISTED)
                .map(AddressRef::from)
                .collect(),
        })
    }

    /// Whatever a code stands for and what is linked with it. People are counted, not named.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// let answer = plate.describe("9901010010010100001").expect("in the sample");
    /// assert_eq!(answer.entity, Entity::Building);
    /// ```
    pub fn describe(&self, code: &str) -> Option<EntityAnswer> {
        self.describe_listing(code, EntityAnswer::LISTED)
    }

    /// What [`Baseplate::describe`] answers, with lists of at most so many addresses or enterprises.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.describe_listing("9901010010010100001", 3).is_some());
    /// ```
    pub fn describe_listing(&self, code: &str, listed: usize) -> Option<EntityAnswer> {
        self.resolve(code).map(|thing| self.describe_thing(thing, listed))
    }

    /// What a code of a layer stands for, with lists of at most so many addresses or enterprises: several layers can have the same.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.describe_record("enterprises", "91990101MAHTNDDP28", 3).is_some());
    /// assert!(plate.describe_record("people", "91990101MAHTNDDP28", 3).is_none());
    /// ```
    pub fn describe_record(&self, layer: &str, code: &str, listed: usize) -> Option<EntityAnswer> {
        self.layer(layer)?.record(code).map(|record| self.describe_thing(Thing::Record(record), listed))
    }

    /// A thing and what is linked with it, with lists of at most so many addresses or enterprises.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let thing = plate.resolve("9901010010010100001").expect("in the sample");
    /// assert_eq!(plate.describe_thing(thing, 3).code, "9901010010010100001");
    /// ```
    pub fn describe_thing(&self, thing: Thing<'_>, listed: usize) -> EntityAnswer {
        let (point, own) = match thing {
            Thing::Grid(grid) => (grid.label_point(), own_of_grid(grid)),
            Thing::Building(building) => (building.point(), self.own_of_building(building, listed)),
            Thing::Address(address) => (address.point(), self.own_of_address(address, listed)),
            Thing::Record(record) if record.entity() == Entity::Record => (record.point(), own_of_record(record)),
            Thing::Record(record) => (record.point(), own_of_enterprise(record, listed)),
        };
        EntityAnswer {
            generation: self.manifest().generation.clone(),
            entity: thing.entity(),
            code: thing.code().to_owned(),
            point,
            own,
            chain: chain(thing.grid(&GridKind::basic())),
            links: self.links(thing),
        }
    }

    /// What to say about a code that nothing has: of which types it could have been, and what is wrong with it. A text that
    /// could be the id of a person is not repeated.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// assert!(plate.describe_missing("nothing").starts_with("no grid, building, address or enterprise has"));
    /// ```
    pub fn describe_missing(&self, code: &str) -> String {
        let nearly = |(t, checked): (CodeType, Result<(), CodeError>)| match (t.entity(), checked) {
            // Any word could be the code of a grid, so it says nothing that this one could.
            (Entity::Grid, _) => None,
            (_, Ok(())) => Some(format!("{}: well-formed", t.name())),
            (Entity::Person, Err(CodeError::Check { .. })) => {
                Some(format!("{}: its check character is wrong", t.name()))
            }
            (_, Err(e @ (CodeError::Check { .. } | CodeError::Date))) => Some(format!("{}: {e}", t.name())),
            _ => None,
        };
        let types: Vec<_> = self.explain(code).into_iter().filter_map(nearly).collect();
        let types = if types.is_empty() { String::new() } else { format!(" ({})", types.join("; ")) };
        format!("no grid, building, address or enterprise has {}{types}", shown(code))
    }

    /// What to say about a code that no record of a layer has, on the terms of [`Baseplate::describe_missing`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let missing = plate.describe_missing_record("enterprises", "nothing");
    /// assert_eq!(missing, "no record of the layer 'enterprises' has the code 'nothing'");
    /// let missing = plate.describe_missing_record("hydrants", "1");
    /// assert_eq!(missing, "there is no layer 'hydrants' of records to read; there are: enterprises");
    /// ```
    pub fn describe_missing_record(&self, layer: &str, code: &str) -> String {
        let readable = || self.layers().filter(|layer| layer.counting() == Counting::Records).map(|layer| layer.id());
        if !readable().any(|id| id == layer) {
            let readable = readable().collect::<Vec<_>>().join(", ");
            return format!("there is no layer '{layer}' of records to read; there are: {readable}");
        }
        format!("no record of the layer '{layer}' has {}", shown(code))
    }

    /// A person and what is linked with one.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::code::PersonKey;
    ///
    /// let key = PersonKey::new(b"YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI=")?;
    /// let person = plate.people()?.person(&key, "000000294502058330")?.expect("in the sample");
    /// assert_eq!(plate.describe_person(person).residences.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn describe_person(&self, person: Person<'_>) -> PersonAnswer {
        PersonAnswer {
            generation: self.manifest().generation.clone(),
            entity: Entity::Person,
            token: person.token().to_string(),
            residences: person.residences().map(|residence| self.residence(residence)).collect(),
        }
    }

    fn residence(&self, residence: Residence<'_>) -> ResidenceRef {
        let address = residence.address();
        let first = address.map(|address| Link::new("person→address", address.code(), How::Given));
        let rest = address.map(|address| self.links(Thing::Address(address))).unwrap_or_default();
        ResidenceRef {
            role: residence.role(),
            address: address.map(AddressRef::from),
            building: address.and_then(|a| a.building()).map(|(building, _)| building.into()),
            chain: chain(address.and_then(|a| a.grid(&GridKind::basic()))),
            attributes: residence.attributes().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            links: first.into_iter().chain(rest).collect(),
        }
    }

    fn links(&self, thing: Thing<'_>) -> Vec<Link> {
        let above = || thing.grid(&GridKind::basic()).into_iter().flat_map(|grid| grid.chain()).filter_map(link_above);
        match thing {
            Thing::Grid(grid) => grid.chain().filter_map(link_above).collect(),
            Thing::Building(building) => self.grids_of_building(building).chain(above()).collect(),
            Thing::Address(address) => match address.building() {
                Some((building, how)) => {
                    let first = Link::new("address→building", building.code(), how);
                    let first = Link { distance_m: address.distance_m(), ..first };
                    std::iter::once(first).chain(self.grids_of_building(building)).chain(above()).collect()
                }
                None => self.grids_of_address(address).chain(above()).collect(),
            },
            Thing::Record(record) => self.links_of_record(record),
        }
    }

    fn links_of_record(&self, record: Record<'_>) -> Vec<Link> {
        let is_enterprise = record.entity() == Entity::Enterprise;
        let how = record.link().unwrap_or(How::Given);
        let Some(address) = record.address() else {
            let Some(building) = record.building() else { return self.grids_of_record(record) };
            let first = Link::new("record→building", building.code(), how);
            return std::iter::once(first).chain(self.links(Thing::Building(building))).collect();
        };
        let (match_level, confidence) = record.geocoded().unzip();
        let relation = if is_enterprise { "enterprise→address" } else { "record→address" };
        let first = Link::new(relation, address.code(), how);
        let text = record.address_text().filter(|_| confidence.is_some());
        let answer = text.map(|text| self.geocode(text));
        let (mut faults, unmatched) = answer.map(|answer| (answer.faults, answer.unmatched)).unwrap_or_default();
        // What the text leaves out is no fault of the link.
        faults.retain(|fault| fault.kind != FaultKind::Missing);
        let faults = faults.into_iter().map(FaultForm::from).collect();
        let unmatched = Some(unmatched).filter(|words| !words.is_empty());
        let first = Link { match_level, confidence, faults, unmatched, ..first };
        std::iter::once(first).chain(self.links(Thing::Address(address))).collect()
    }

    fn grids_of_building(&self, building: Building<'_>) -> impl Iterator<Item = Link> {
        self.coverages().filter_map(move |coverage| {
            let kind = coverage.kind();
            let grid = building.grid(kind)?;
            let decided = building.grid_override(kind);
            let how = if decided.is_some() { How::Override } else { How::Spatial };
            let link = Link::new("building→grid", grid.code(), how);
            Some(Link {
                kind: Some(kind.clone()),
                reason: decided.and_then(|o| o.reason()).map(str::to_owned),
                approved_by: decided.and_then(|o| o.approved_by()).map(str::to_owned),
                ..link
            })
        })
    }

    fn grids_of_record(&self, record: Record<'_>) -> Vec<Link> {
        let how = record.link().unwrap_or(How::Spatial);
        if let Some(area) = record.area() {
            let (match_level, confidence) = record.geocoded().unzip();
            let link = Link::new("record→grid", area.code(), how);
            return vec![Link { kind: area.kind(), match_level, confidence, ..link }];
        }
        let of_coverage = |kind: &GridKind| {
            let link = Link::new("record→grid", record.grid(kind)?.code(), how);
            Some(Link { kind: Some(kind.clone()), ..link })
        };
        self.coverages().filter_map(|coverage| of_coverage(coverage.kind())).collect()
    }

    fn grids_of_address(&self, address: Address<'_>) -> impl Iterator<Item = Link> {
        self.coverages().filter_map(move |coverage| {
            let link = Link::new("address→grid", address.grid(coverage.kind())?.code(), How::Spatial);
            Some(Link { kind: Some(coverage.kind().clone()), ..link })
        })
    }

    fn own_of_building(&self, building: Building<'_>, listed: usize) -> Own {
        let BuildingRef { name, floors, height_m, usage, addresses, .. } = building.into();
        let enterprises = distinct(building.enterprises());
        Own::Building {
            name,
            floors,
            height_m,
            usage,
            bbox: building.bbox(),
            h3: hex_cell(building.h3()),
            grid_share: building.grid_share(),
            demolished: building.is_demolished(),
            addresses,
            address_list: building.addresses().take(listed).map(AddressRef::from).collect(),
            enterprises: enterprises.len() as u32,
            natural_persons_hidden: hidden(&enterprises),
            enterprise_list: listing(enterprises, listed, true),
            layers: of_layers(self, listed, |layer| layer.in_building(building)),
        }
    }

    fn own_of_address(&self, address: Address<'_>, listed: usize) -> Own {
        let enterprises = distinct(address.enterprises());
        Own::Address {
            text: address.text().map(str::to_owned),
            h3: hex_cell(address.h3()),
            building: address.building().map(|(building, _)| building.into()),
            enterprises: enterprises.len() as u32,
            natural_persons_hidden: hidden(&enterprises),
            enterprise_list: listing(enterprises, listed, false),
            layers: of_layers(self, listed, |layer| layer.at(address)),
        }
    }
}

/// A code in a sentence, unless it could be the id of a person.
fn shown(code: &str) -> String {
    if looks_like_id(code) { "this code".to_owned() } else { format!("the code '{code}'") }
}

/// The link of a grid to the one above it.
fn link_above(grid: Grid<'_>) -> Option<Link> {
    Some(Link::new("grid→parent", grid.parent()?.code(), grid.parent_link()?))
}

fn chain(grid: Option<Grid<'_>>) -> Vec<GridRef> {
    grid.into_iter().flat_map(|grid| grid.chain()).map(GridRef::from).collect()
}

fn hex_cell(cell: Option<u64>) -> Option<String> {
    cell.map(|cell| format!("{cell:x}"))
}

fn own_of_grid(grid: Grid<'_>) -> Own {
    Own::Grid {
        name: grid.name().to_owned(),
        level: grid.level(),
        kind: grid.kind(),
        area_m2: grid.area_m2(),
        bbox: grid.bbox(),
        counts: Counts::from(grid).into(),
    }
}

fn own_of_enterprise(record: Record<'_>, listed: usize) -> Own {
    let address = record.address();
    let others = address.into_iter().flat_map(|address| record.layer().at(address));
    let others = others.filter(|other| other.code() != record.code());
    let others = distinct(others);
    Own::Enterprise {
        name: record.name().map(str::to_owned),
        active: record.is_active(),
        address: address.map(AddressRef::from),
        address_text: record.address_text().map(str::to_owned),
        building: address.and_then(|a| a.building()).map(|(building, _)| building.into()),
        attributes: record.attributes().filter_map(text_attribute).collect(),
        places: record.everywhere().map(|row| EnterpriseRef::of(row, true)).collect(),
        co_located: others.len() as u32,
        natural_persons_hidden: hidden(&others),
        co_located_list: listing(others, listed, false),
    }
}

fn own_of_record(record: Record<'_>) -> Own {
    let info = record.layer().info();
    let zone = info.time.as_ref().map_or(Zone::DEFAULT, |time| &time.zone).parse::<Zone>().ok();
    let written = |second: i64| zone.as_ref().map_or_else(|| text::second(second), |zone| zone.rfc3339(second));
    Own::Record {
        layer: info.id.clone(),
        name: record.name().map(str::to_owned),
        active: record.is_active(),
        time: record.time().map(written),
        until: record.until().map(written),
        class: class_names(record),
        role: record.role().map(str::to_owned),
        address: record.address().map(AddressRef::from),
        address_text: record.address_text().map(str::to_owned),
        building: record.building().map(BuildingRef::from),
        attributes: record.attributes().map(attribute).collect(),
    }
}

/// The names of the class of a record, from the top down.
fn class_names(record: Record<'_>) -> Vec<String> {
    let classes = &record.layer().info().classes;
    // A class stands behind those above it; a manifest that says otherwise leads nowhere.
    let above = |at: &usize| classes.get(*at)?.parent.map(usize::from).filter(|parent| parent < at);
    let chain = std::iter::successors(record.class().map(usize::from), above);
    let mut names: Vec<String> = chain.filter_map(|at| Some(classes.get(at)?.name.clone())).collect();
    names.reverse();
    names
}

/// The records of each layer that the spec declares, of those in which there are some; `rows` gives those of a layer.
fn of_layers<'a, R: Iterator<Item = Record<'a>>>(
    plate: &'a Baseplate,
    listed: usize,
    rows: impl Fn(Layer<'a>) -> R,
) -> Vec<LayerRecords> {
    let of_layer = |layer: Layer<'a>| {
        let records: Vec<_> = rows(layer).filter(Record::is_counted).collect();
        let named =
            records.iter().filter(|record| record.is_listed()).take(listed).map(|record| RecordRef::from(*record));
        LayerRecords { layer: layer.id().to_owned(), count: records.len() as u32, records: named.collect() }
    };
    let declared = plate.layers().filter(|layer| layer.entity() == Entity::Record).map(of_layer);
    declared.filter(|of| of.count > 0).collect()
}

impl From<Record<'_>> for RecordRef {
    fn from(record: Record<'_>) -> Self {
        Self {
            code: record.code().to_owned(),
            name: record.name().map(str::to_owned),
            attributes: record.attributes().map(attribute).collect(),
        }
    }
}

/// An attribute as JSON has it.
fn attribute((name, value): (&str, AttributeValue<'_>)) -> (String, serde_json::Value) {
    let value = match value {
        AttributeValue::Text(text) => text.into(),
        AttributeValue::Integer(number) => number.into(),
        AttributeValue::Time(second) => text::second(second).into(),
        AttributeValue::Date(day) => text::day(day).into(),
        AttributeValue::Number(number) => number.into(),
        AttributeValue::Boolean(flag) => flag.into(),
    };
    (name.to_owned(), value)
}

/// An attribute whose values are texts.
fn text_attribute((name, value): (&str, AttributeValue<'_>)) -> Option<(String, String)> {
    match value {
        AttributeValue::Text(text) => Some((name.to_owned(), text.to_owned())),
        _ => None,
    }
}
