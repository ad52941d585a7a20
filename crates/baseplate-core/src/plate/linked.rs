//! What hangs on addresses, buildings and cells, as handles.

use super::{Address, Baseplate, Building, Grid, columns::Issues, table::first_row};
use crate::{
    geocode::MatchLevel,
    model::{EnterpriseRole, Entity, How},
    quality::{Evidence, Rule},
    spatial::LngLat,
};
use h3o::CellIndex;

/// An enterprise (法人, 市场主体): one of its rows, from which the others are found.
#[derive(Clone, Copy)]
pub struct Enterprise<'a> {
    plate: &'a Baseplate,
    row: u32,
}

impl<'a> Enterprise<'a> {
    pub(super) fn at(plate: &'a Baseplate, row: u32) -> Self {
        Self { plate, row }
    }

    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// Of several rows the one at which it counts, else the first.
    pub(super) fn of(plate: &'a Baseplate, rows: &[u32]) -> Option<Self> {
        let all = || rows.iter().map(|row| Self::at(plate, *row));
        all().find(Self::is_counted).or_else(|| all().next())
    }

    /// Its 统一社会信用代码, as the source has it.
    pub fn uscc(&self) -> &'a str {
        self.plate.0.enterprises.uscc.get(self.row).unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> Option<&'a str> {
        self.plate.0.enterprises.name.get(self.row)
    }

    /// What it has to do with the address of this row.
    pub fn role(&self) -> Option<EnterpriseRole> {
        self.plate.0.enterprises.role.get(self.row)?.parse().ok()
    }

    /// Whether it is in business, as far as the source says.
    pub fn is_active(&self) -> bool {
        self.plate.0.enterprises.active.get(self.row).unwrap_or_default()
    }

    /// Whether the enterprise is counted at the address of this row. It is counted once, where it is registered: of several such
    /// rows at one that says it is in business, has an address, and that by code, in this order; then at the first.
    pub fn is_counted(&self) -> bool {
        self.plate.0.enterprises.counted.get(self.row).unwrap_or_default()
    }

    /// Whether it is a natural person in business (个体工商户), by its code or because one of its attributes says so.
    pub fn is_natural_person(&self) -> bool {
        // Where the cell cannot be read nobody is named.
        self.plate.0.enterprises.natural_person.get(self.row).unwrap_or(true)
    }

    /// Whether lists may name it; see [`Baseplate::with_natural_persons`].
    pub fn is_listed(&self) -> bool {
        self.plate.2 || !self.is_natural_person()
    }

    /// The address of this row.
    pub fn address(&self) -> Option<Address<'a>> {
        self.plate.address_row(self.plate.0.enterprises.address.get(self.row)?)
    }

    /// How the address of this row was found: given, or geocoded from its text. `None` if it has none.
    pub fn link(&self) -> Option<How> {
        How::from_u8(self.plate.0.enterprises.link.get(self.row)?)
    }

    /// How far down its text was matched and how likely that is right, if the address was found by the text.
    pub fn geocoded(&self) -> Option<(MatchLevel, f32)> {
        let table = &self.plate.0.enterprises;
        let word = table.match_level.get(self.row)?;
        let level = MatchLevel::ALL.into_iter().find(|level| level.as_str() == word)?;
        Some((level, table.confidence.get(self.row)?))
    }

    /// The address as text, if it could not be linked by code.
    pub fn address_text(&self) -> Option<&'a str> {
        self.plate.0.enterprises.address_text.get(self.row)
    }

    /// Its attributes: name and value.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let row = self.row;
        let columns = self.plate.0.enterprises.attributes.iter();
        columns.filter_map(move |(name, words)| Some((name.as_str(), words.get(row)?)))
    }

    /// The number of its word in one of its attributes.
    pub(crate) fn attribute_number(&self, attribute: usize) -> Option<u8> {
        self.plate.0.enterprises.attributes.get(attribute)?.1.number(self.row)
    }

    /// All its rows: one for each address and role.
    pub fn everywhere(&self) -> impl Iterator<Item = Self> + use<'a> {
        let (plate, uscc) = (self.plate, self.uscc());
        let rows = plate.0.enterprises_by_code.find_all(uscc, |row| plate.0.enterprises.uscc.get(row));
        rows.iter().map(move |row| Self::at(plate, *row))
    }
}

/// A grid that was decided for a building.
#[derive(Clone, Copy)]
pub struct GridOverride<'a> {
    plate: &'a Baseplate,
    row: u32,
}

impl<'a> GridOverride<'a> {
    /// Those of a building.
    pub(super) fn of(plate: &'a Baseplate, building: u32) -> impl Iterator<Item = Self> + use<'a> {
        let table = &plate.0.overrides;
        let first = first_row(table.rows, |row| table.building.get(row).is_some_and(|other| other < building));
        let of_building = (first..).take_while(move |row| table.building.get(*row) == Some(building));
        of_building.map(move |row| Self { plate, row })
    }

    /// The building.
    pub fn building(&self) -> Option<Building<'a>> {
        self.plate.building_row(self.plate.0.overrides.building.get(self.row)?)
    }

    /// The grid.
    pub fn grid(&self) -> Option<Grid<'a>> {
        self.plate.grid_row(self.plate.0.overrides.grid.get(self.row)?)
    }

    /// Why.
    pub fn reason(&self) -> Option<&'a str> {
        self.plate.0.overrides.reason.get(self.row)
    }

    /// Who decided it.
    pub fn approved_by(&self) -> Option<&'a str> {
        self.plate.0.overrides.approved_by.get(self.row)
    }
}

impl Baseplate {
    /// The H3 cells in which something lies, of the resolutions 5 to 10, with what lies in them; by cell.
    pub fn hex_cells(&self, resolution: u8) -> impl ExactSizeIterator<Item = HexCell<'_>> {
        let table = &self.0.cells;
        let from = |r: u8| first_row(table.rows, |row| table.resolution.get(row).is_some_and(|found| found < r));
        (from(resolution)..from(resolution.saturating_add(1))).map(|row| HexCell { plate: self, row })
    }

    /// One of [`Baseplate::hex_cells`] by its H3 index.
    pub fn hex_cell(&self, cell: u64) -> Option<HexCell<'_>> {
        let table = &self.0.cells;
        let wanted = (u8::from(CellIndex::try_from(cell).ok()?.resolution()), cell);
        let key = |row| Some((table.resolution.get(row)?, table.cell.get(row)?));
        let row = first_row(table.rows, |row| key(row).is_some_and(|found| found < wanted));
        (key(row) == Some(wanted)).then_some(HexCell { plate: self, row })
    }
}

/// An H3 cell and what lies in it.
#[derive(Clone, Copy)]
pub struct HexCell<'a> {
    pub(super) plate: &'a Baseplate,
    pub(super) row: u32,
}

impl HexCell<'_> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// Its H3 index.
    pub fn cell(&self) -> Option<u64> {
        self.plate.0.cells.cell.get(self.row)
    }

    /// Its resolution.
    pub fn resolution(&self) -> Option<u8> {
        self.plate.0.cells.resolution.get(self.row)
    }

    /// As [`Grid::count`].
    pub fn count(&self, entity: Entity) -> Option<u32> {
        let cells = &self.plate.0.cells;
        match entity {
            Entity::Grid => None,
            Entity::Building => cells.buildings.get(self.row),
            Entity::Address => cells.addresses.get(self.row),
            Entity::Person => cells.people.get(self.row),
            Entity::Enterprise => cells.enterprises.get(self.row),
        }
    }

    /// As [`Grid::households`].
    pub fn households(&self) -> Option<u32> {
        self.plate.0.cells.households.get(self.row)
    }

    /// As [`Grid::is_estimated`].
    pub fn is_estimated(&self) -> bool {
        self.plate.0.cells.people_estimated.get(self.row).unwrap_or_default()
    }

    /// As [`Grid::are_households_estimated`].
    pub fn are_households_estimated(&self) -> bool {
        self.plate.0.cells.households_estimated.get(self.row).unwrap_or_default()
    }
}

/// Something that was found wrong with the data when the plate was built.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueRecord<'a> {
    /// Its identity: the same from build to build as long as it is found, whatever is measured.
    pub key: &'a str,
    /// What was broken.
    pub rule: Rule,
    /// `grid`, `building`, `address`, `person` or `enterprise`.
    pub entity: &'a str,
    /// The code of the thing; the token of a person, the path of a source.
    pub code: &'a str,
    /// The code of the other thing, if two do not agree.
    pub other: Option<&'a str>,
    /// What was measured.
    pub evidence: Evidence,
    /// Where.
    pub at: Option<LngLat>,
}

impl<'a> IssueRecord<'a> {
    pub(super) fn of(table: &'a Issues, row: u32) -> Option<Self> {
        Some(Self {
            key: table.key.get(row)?,
            rule: table.rule.get(row)?.parse().ok()?,
            entity: table.entity.get(row)?,
            code: table.code.get(row)?,
            other: table.other.get(row),
            evidence: Evidence::read(table.form.get(row)?, table.values.get(row)?)?,
            at: table.lng.get(row).zip(table.lat.get(row)).map(|(lng, lat)| LngLat::new(lng, lat)),
        })
    }
}
