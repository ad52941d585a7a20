//! The columns of each table, as `build/write.rs` writes them.

use super::{
    CoverageInfo, grid_column,
    lookup::{BoxTree, RowOrder},
    table::{
        Blobs, Bytes8, Cells, Counts16, Doubles, Flags, Rows, Singles, Table, TableError, Text, Tokens, Words,
        first_row,
    },
};
use std::ops::Deref;

/// A table whose rows have a code and a place.
pub(super) struct Placed<C> {
    pub(super) rows: usize,
    pub(super) columns: C,
    pub(super) by_code: RowOrder,
    pub(super) by_place: BoxTree,
}

impl<C> Deref for Placed<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.columns
    }
}

pub(super) struct Grids {
    pub(super) code: Text,
    pub(super) name: Text,
    pub(super) kind: Text,
    pub(super) level: Text,
    pub(super) parent: Rows,
    pub(super) parent_link: Bytes8,
    pub(super) lng: Doubles,
    pub(super) lat: Doubles,
    pub(super) area_m2: Doubles,
    pub(super) bbox: [Doubles; 4],
    pub(super) geometry: Blobs,
    pub(super) buildings: Rows,
    pub(super) addresses: Rows,
    pub(super) enterprises: Rows,
    /// Null where people are not counted.
    pub(super) people: Rows,
    pub(super) households: Rows,
    pub(super) people_estimated: Flags,
    pub(super) households_estimated: Flags,
}

impl Grids {
    pub(super) fn read(table: &Table, _: &[CoverageInfo]) -> Result<Self, TableError> {
        Ok(Self {
            code: table.text("code")?,
            name: table.text("name")?,
            kind: table.text("kind")?,
            level: table.text("level")?,
            parent: table.numbers("parent")?,
            parent_link: table.numbers("parent_link")?,
            lng: table.numbers("lng")?,
            lat: table.numbers("lat")?,
            area_m2: table.numbers("area_m2")?,
            bbox: box_columns(table)?,
            geometry: table.blobs("geometry")?,
            buildings: table.numbers("buildings")?,
            addresses: table.numbers("addresses")?,
            enterprises: table.numbers("enterprises")?,
            people: table.numbers("people")?,
            households: table.numbers("households")?,
            people_estimated: table.flags("people_estimated")?,
            households_estimated: table.flags("households_estimated")?,
        })
    }
}

pub(super) struct Buildings {
    pub(super) code: Text,
    pub(super) name: Text,
    pub(super) floors: Counts16,
    pub(super) height_m: Doubles,
    pub(super) usage: Text,
    pub(super) lng: Doubles,
    pub(super) lat: Doubles,
    pub(super) h3: Cells,
    pub(super) bbox: [Doubles; 4],
    pub(super) geometry: Blobs,
    /// One column for each coverage, in their order.
    pub(super) grid: Vec<Rows>,
    pub(super) grid_share: Singles,
    pub(super) demolished: Flags,
    pub(super) first_address: Rows,
    pub(super) addresses: Rows,
}

impl Buildings {
    pub(super) fn read(table: &Table, coverages: &[CoverageInfo]) -> Result<Self, TableError> {
        Ok(Self {
            code: table.text("code")?,
            name: table.text("name")?,
            floors: table.numbers("floors")?,
            height_m: table.numbers("height_m")?,
            usage: table.text("use")?,
            lng: table.numbers("lng")?,
            lat: table.numbers("lat")?,
            h3: table.numbers("h3")?,
            bbox: box_columns(table)?,
            geometry: table.blobs("geometry")?,
            grid: grid_columns(table, coverages)?,
            grid_share: table.numbers("grid_share")?,
            demolished: table.flags("demolished")?,
            first_address: table.numbers("first_address")?,
            addresses: table.numbers("addresses")?,
        })
    }
}

pub(super) struct Addresses {
    pub(super) code: Text,
    pub(super) text: Text,
    pub(super) lng: Doubles,
    pub(super) lat: Doubles,
    pub(super) h3: Cells,
    pub(super) building: Rows,
    pub(super) link: Bytes8,
    pub(super) distance_m: Singles,
    /// One column for each coverage; filled only where there is no building.
    pub(super) grid: Vec<Rows>,
    /// The first row of its enterprises; the next address's begin where they end.
    pub(super) first_enterprise: Rows,
}

impl Addresses {
    pub(super) fn read(table: &Table, coverages: &[CoverageInfo]) -> Result<Self, TableError> {
        Ok(Self {
            code: table.text("code")?,
            text: table.text("text")?,
            lng: table.numbers("lng")?,
            lat: table.numbers("lat")?,
            h3: table.numbers("h3")?,
            building: table.numbers("building")?,
            link: table.numbers("link")?,
            distance_m: table.numbers("distance_m")?,
            grid: grid_columns(table, coverages)?,
            first_enterprise: table.numbers("first_enterprise")?,
        })
    }
}

pub(super) struct PeopleRows {
    pub(super) rows: usize,
    /// Rows that have an address; they come first.
    pub(super) linked: u32,
    pub(super) token: Tokens,
    pub(super) address: Rows,
    pub(super) counted: Flags,
    pub(super) role: Words,
    pub(super) attributes: Vec<(String, Words)>,
}

impl PeopleRows {
    pub(super) fn read(table: &Table, attributes: &[String]) -> Result<Self, TableError> {
        let address = table.numbers("address")?;
        Ok(Self {
            rows: table.rows(),
            linked: first_row(table.rows(), |row| address.get(row).is_some()),
            token: table.tokens("token")?,
            address,
            counted: table.flags("counted")?,
            role: table.words("role")?,
            attributes: attribute_columns(table, attributes)?,
        })
    }
}

pub(super) struct Enterprises {
    pub(super) rows: usize,
    /// Rows that have an address; they come first.
    pub(super) linked: u32,
    pub(super) uscc: Text,
    pub(super) name: Text,
    pub(super) address: Rows,
    pub(super) address_text: Text,
    pub(super) link: Bytes8,
    pub(super) confidence: Singles,
    pub(super) match_level: Words,
    pub(super) active: Flags,
    pub(super) counted: Flags,
    pub(super) natural_person: Flags,
    pub(super) role: Words,
    pub(super) attributes: Vec<(String, Words)>,
}

impl Enterprises {
    pub(super) fn read(table: &Table, attributes: &[String]) -> Result<Self, TableError> {
        let address = table.numbers("address")?;
        Ok(Self {
            rows: table.rows(),
            linked: first_row(table.rows(), |row| address.get(row).is_some()),
            uscc: table.text("uscc")?,
            name: table.text("name")?,
            address,
            address_text: table.text("address_text")?,
            link: table.numbers("link")?,
            confidence: table.numbers("confidence")?,
            match_level: table.words("match_level")?,
            active: table.flags("active")?,
            counted: table.flags("counted")?,
            natural_person: table.flags("natural_person")?,
            role: table.words("role")?,
            attributes: attribute_columns(table, attributes)?,
        })
    }
}

pub(super) struct Overrides {
    pub(super) rows: usize,
    pub(super) building: Rows,
    pub(super) grid: Rows,
    pub(super) reason: Text,
    pub(super) approved_by: Text,
}

impl Overrides {
    pub(super) fn read(table: &Table, _: &[CoverageInfo]) -> Result<Self, TableError> {
        Ok(Self {
            rows: table.rows(),
            building: table.numbers("building")?,
            grid: table.numbers("grid")?,
            reason: table.text("reason")?,
            approved_by: table.text("approved_by")?,
        })
    }
}

pub(super) struct HexCells {
    pub(super) rows: usize,
    pub(super) cell: Cells,
    pub(super) resolution: Bytes8,
    pub(super) buildings: Rows,
    pub(super) addresses: Rows,
    pub(super) enterprises: Rows,
    /// Null where people are not counted.
    pub(super) people: Rows,
    pub(super) households: Rows,
    pub(super) people_estimated: Flags,
    pub(super) households_estimated: Flags,
}

impl HexCells {
    pub(super) fn read(table: &Table, _: &[CoverageInfo]) -> Result<Self, TableError> {
        Ok(Self {
            rows: table.rows(),
            cell: table.numbers("cell")?,
            resolution: table.numbers("resolution")?,
            buildings: table.numbers("buildings")?,
            addresses: table.numbers("addresses")?,
            enterprises: table.numbers("enterprises")?,
            people: table.numbers("people")?,
            households: table.numbers("households")?,
            people_estimated: table.flags("people_estimated")?,
            households_estimated: table.flags("households_estimated")?,
        })
    }
}

pub(super) struct Issues {
    pub(super) rows: usize,
    pub(super) rule: Text,
    pub(super) entity: Text,
    pub(super) code: Text,
    pub(super) other: Text,
    pub(super) key: Text,
    pub(super) form: Text,
    pub(super) values: Text,
    pub(super) lng: Doubles,
    pub(super) lat: Doubles,
}

impl Issues {
    pub(super) fn read(table: &Table, _: &[CoverageInfo]) -> Result<Self, TableError> {
        Ok(Self {
            rows: table.rows(),
            rule: table.text("rule")?,
            entity: table.text("entity")?,
            code: table.text("code")?,
            other: table.text("other")?,
            key: table.text("key")?,
            form: table.text("form")?,
            values: table.text("values")?,
            lng: table.numbers("lng")?,
            lat: table.numbers("lat")?,
        })
    }
}

fn attribute_columns(table: &Table, names: &[String]) -> Result<Vec<(String, Words)>, TableError> {
    names.iter().map(|name| Ok((name.clone(), table.words(name)?))).collect()
}

fn grid_columns(table: &Table, coverages: &[CoverageInfo]) -> Result<Vec<Rows>, TableError> {
    coverages.iter().map(|c| table.numbers(&grid_column(&c.kind))).collect()
}

fn box_columns(table: &Table) -> Result<[Doubles; 4], TableError> {
    Ok([table.numbers("west")?, table.numbers("south")?, table.numbers("east")?, table.numbers("north")?])
}
