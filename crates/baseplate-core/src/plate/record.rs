//! What a record of a layer is asked.

use super::rows::{Address, Building, Grid, Record};
use crate::{
    model::{Entity, GridKind, How},
    spatial::LngLat,
    store::AttributeType,
    verdict::MatchLevel,
};

/// The value of an attribute of a record.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum AttributeValue<'a> {
    /// Of a category or a text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A second: how many it is since 1970-01-01T00:00:00Z.
    Time(i64),
    /// A day: how many it is since 1970-01-01.
    Date(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

impl<'a> Record<'a> {
    pub(crate) fn row(&self) -> u32 {
        self.row
    }

    /// The code of the record, as the source has it: of an enterprise its unified social credit code (统一社会信用代码). It is never
    /// empty: a row whose code cannot be read is not there.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.code(), "91990101MAHTNDDP28");
    /// ```
    pub fn code(&self) -> &'a str {
        self.records.columns.code.get(self.row).unwrap_or_default()
    }

    /// What the record is, as its layer says.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::Entity;
    ///
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.entity(), Entity::Enterprise);
    /// ```
    pub fn entity(&self) -> Entity {
        self.layer().entity()
    }

    /// The name of the record; `None` if the source has none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.name(), Some("示例市琼潭悦酒店管理有限公司"));
    /// ```
    pub fn name(&self) -> Option<&'a str> {
        self.records.columns.name.get(self.row)
    }

    /// What the record has to do with the address of this row, such as 注册 (has its registered office there), 经营 (does its business
    /// there) or 仓储 (has a warehouse there) of an enterprise; `None` if the source does not say.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.role(), Some("注册"));
    /// ```
    pub fn role(&self) -> Option<&'a str> {
        let role = self.records.columns.role.get(self.row)?;
        self.layer().info().roles.iter().any(|known| known == role).then_some(role)
    }

    /// The place of its role among those that the layer declares, the one by which records count first.
    pub(crate) fn role_number(&self) -> Option<usize> {
        let role = self.role()?;
        self.layer().info().roles.iter().position(|word| word == role)
    }

    /// Whether the record is still so, as far as the source says: of an enterprise, whether it is in business.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.is_active());
    /// ```
    pub fn is_active(&self) -> bool {
        self.records.columns.active.get(self.row).unwrap_or_default()
    }

    /// Whether the record is counted at the address of this row. An enterprise is counted once, where it is registered: of several
    /// such rows at one that says it is in business, has an address, and that by code, in this order; then at the first.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.is_counted());
    /// ```
    pub fn is_counted(&self) -> bool {
        self.records.columns.counted.get(self.row).unwrap_or_default()
    }

    /// Whether the record is a natural person in business (个体工商户), by its code or because one of its attributes says so.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(!enterprise.is_natural_person());
    /// ```
    pub fn is_natural_person(&self) -> bool {
        // Where the cell cannot be read nobody is named.
        self.records.columns.natural_person.get(self.row).unwrap_or(true)
    }

    /// Whether lists may name the record; see [`Baseplate::with_natural_persons`](super::Baseplate::with_natural_persons).
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.is_listed());
    /// ```
    pub fn is_listed(&self) -> bool {
        self.plate.1.natural_persons || !self.is_natural_person()
    }

    /// The address of this row; `None` if it could not be linked.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.address(), plate.address("9901010010010100001000101"));
    /// ```
    pub fn address(&self) -> Option<Address<'a>> {
        self.plate.address_row(self.records.columns.address.get(self.row)?)
    }

    /// The building of this row: that of its address, or the one that the source names; `None` if it has neither.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.building(), plate.building("9901010010010100001"));
    /// ```
    pub fn building(&self) -> Option<Building<'a>> {
        match self.address() {
            Some(address) => address.building().map(|(building, _)| building),
            None => self.plate.building_row(self.records.columns.building.get(self.row)?),
        }
    }

    /// Where this row is: its own point, else that of its address or its building; degrees of EPSG:4490. `None` if nothing of it is
    /// known.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.point(), enterprise.address().and_then(|address| address.point()));
    /// ```
    pub fn point(&self) -> Option<LngLat> {
        let columns = &self.records.columns;
        let own = columns.lng.get(self.row).zip(columns.lat.get(self.row)).map(|(lng, lat)| LngLat::new(lng, lat));
        let of_address = || self.address().and_then(|address| address.point());
        own.or_else(of_address).or_else(|| self.building().and_then(|building| building.point()))
    }

    /// Where this row counts, with the H3 cell of that point: at its address or its building, which decide its grid, else at its point.
    #[cfg(feature = "stats")]
    pub(crate) fn place(&self) -> Option<(LngLat, h3o::CellIndex)> {
        let of = |point: Option<LngLat>, cell: Option<u64>| Some((point?, h3o::CellIndex::try_from(cell?).ok()?));
        if let Some(address) = self.address() {
            return of(address.point(), address.h3());
        }
        if let Some(building) = self.building() {
            return of(building.point(), building.h3());
        }
        let point = self.point()?;
        of(Some(point), crate::spatial::h3_cell(point))
    }

    /// The grid of a kind that this row lies in: that of its address or its building, else the one around its point, else the one that its
    /// source names; `None` outside, and where a larger area alone is known ([`Record::area`]).
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::GridKind;
    ///
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.grid(&GridKind::basic()), plate.grid("99010100100101"));
    /// ```
    pub fn grid(&self, kind: &GridKind) -> Option<Grid<'a>> {
        if let Some(address) = self.address() {
            return address.grid(kind);
        }
        if let Some(building) = self.building() {
            return building.grid(kind);
        }
        let coverage = self.plate.manifest().coverages.iter().position(|coverage| coverage.kind == *kind)?;
        if let Some(area) = self.area() {
            let is_ground = self.plate.manifest().coverages[coverage].rows().contains(&area.row());
            return Some(area).filter(|_| coverage == 0 && is_ground);
        }
        let (_, grids) = self.records.grids.as_ref()?.grids.get(coverage)?;
        self.plate.grid_row(grids.get(self.row.checked_sub(self.records.built)?)?)
    }

    /// The grid of any level, of the first kind, that is all that is known of where this row is: its source named the code of that, or its
    /// address text says no more than a community. `None` if more is known, or nothing.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.area(), None, "it has an address");
    /// ```
    pub fn area(&self) -> Option<Grid<'a>> {
        self.plate.grid_row(self.records.area(self.row)?)
    }

    /// The lowest grid of a kind in which this row is known to lie: that of [`Record::grid`], or its [`Record::area`].
    pub(crate) fn lowest_grid(&self, kind: &GridKind) -> Option<Grid<'a>> {
        self.grid(kind).or_else(|| self.area().filter(|area| area.kind().as_ref() == Some(kind)))
    }

    /// When the record was, or began: seconds since 1970-01-01T00:00:00Z; `None` if the source does not say.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.time(), None, "enterprises are not dated");
    /// ```
    pub fn time(&self) -> Option<i64> {
        self.records.columns.time.get(self.row)
    }

    /// When the record ended, on the terms of [`Record::time`].
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.until(), None);
    /// ```
    pub fn until(&self) -> Option<i64> {
        self.records.columns.until.get(self.row)
    }

    /// The place of its class among [`LayerInfo::classes`](crate::LayerInfo); `None` if it has none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.class(), None);
    /// ```
    pub fn class(&self) -> Option<u16> {
        self.records.columns.class.get(self.row).filter(|class| usize::from(*class) < self.layer().info().classes.len())
    }

    /// How the place of this row was found: given by a code, by its point, geocoded from its text, or that of the enterprise that it names;
    /// `None` if it has none.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::How;
    ///
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.link(), Some(How::Given));
    /// ```
    pub fn link(&self) -> Option<How> {
        How::from_u8(self.records.columns.link.get(self.row)?)
    }

    /// How far down the text of the address was matched and how likely that is right, from 0 to 1, if the address was found by the
    /// text; `None` if it was given.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.geocoded(), None, "its address was given");
    /// ```
    pub fn geocoded(&self) -> Option<(MatchLevel, f32)> {
        let table = &self.records.columns;
        let word = table.match_level.get(self.row)?;
        let level = MatchLevel::ALL.into_iter().find(|level| level.as_str() == word)?;
        Some((level, table.confidence.get(self.row)?))
    }

    /// The address of this row as text, if it was not linked by code.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert_eq!(enterprise.address_text(), None, "it was linked by code");
    /// ```
    pub fn address_text(&self) -> Option<&'a str> {
        self.records.columns.address_text.get(self.row)
    }

    /// The attributes of the record that the source has a value for, in the order of [`Layer::attributes`](super::Layer::attributes):
    /// name and value.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// use baseplate_core::AttributeValue;
    ///
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.attributes().any(|attribute| attribute == ("industry", AttributeValue::Text("餐饮"))));
    /// ```
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, AttributeValue<'a>)> + use<'a> {
        let record = *self;
        let columns = self.layer().attribute_columns();
        columns.filter_map(move |(attribute, at)| Some((attribute.name.as_str(), record.attribute(attribute.of, at)?)))
    }

    /// Its value of the attribute whose column is one of a type and at a place among the columns that are stored like it.
    pub(crate) fn attribute(&self, of: AttributeType, at: usize) -> Option<AttributeValue<'a>> {
        let (row, columns) = (self.row, &self.records.columns);
        let integer = || columns.integers.get(at)?.1.get(row);
        match of {
            AttributeType::Category => columns.words.get(at)?.1.get(row).map(AttributeValue::Text),
            AttributeType::Text => columns.texts.get(at)?.1.get(row).map(AttributeValue::Text),
            AttributeType::Integer => integer().map(AttributeValue::Integer),
            AttributeType::Time => integer().map(AttributeValue::Time),
            AttributeType::Date => integer().map(AttributeValue::Date),
            AttributeType::Number => columns.numbers.get(at)?.1.get(row).map(AttributeValue::Number),
            AttributeType::Boolean => columns.flags.get(at)?.1.get(row).map(AttributeValue::Boolean),
        }
    }

    /// The names of its class from the top down, separated by `/`.
    pub(crate) fn class_path(&self) -> Option<&'a str> {
        self.layer().class_paths().get(usize::from(self.class()?)).map(String::as_str)
    }

    /// The number of its word in one of its categories.
    pub(crate) fn category_number(&self, category: usize) -> Option<u8> {
        self.records.columns.words.get(category)?.1.number(self.row)
    }

    /// All rows of the record: one for each address and role.
    ///
    /// ```
    /// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
    /// let enterprise = plate.enterprise("91990101MAHTNDDP28").expect("in the sample");
    /// assert!(enterprise.everywhere().all(|row| row.code() == enterprise.code()));
    /// ```
    pub fn everywhere(&self) -> impl Iterator<Item = Self> + use<'a> {
        let (plate, records) = (self.plate, self.records);
        records.with_code(self.code()).iter().filter_map(move |row| plate.record_row(records, *row))
    }
}
