//! The sources of records: `[[layers]]` of any department, and `[[enterprises]]`, which is one of them with a meaning of its own.
//!
//! Both become a [`RecordSource`]. Several tables of one layer are several files of it; what is said of the layer stands in the first.

use super::{
    file::SourceFile,
    flat::{At, Attributes, FlatEnterprise, FlatLayer},
};
use crate::{
    model::EnterpriseRole,
    store::{AttributeType, Audience, LayerInfo, Titles, layer::ENTERPRISES_LAYER},
    time::{TimeError, Zone},
};
use serde::{Deserialize, Deserializer};

/// Names that no layer can have: they stand for something else in requests, answers, tiles or files.
const TAKEN_IDS: [&str; 19] = [
    "grids",
    "communities",
    "subdistricts",
    "districts",
    "cities",
    "buildings",
    "addresses",
    "people",
    "households",
    "enterprises",
    "density",
    "code",
    "name",
    "kind",
    "level",
    "bbox",
    "counts",
    "other",
    "all",
];
/// The longest id of a layer, characters.
const ID_MAX: usize = 32;
/// Words in the status of an enterprise that say that it is not in business any more.
const OUT_OF_BUSINESS: [&str; 2] = ["注销", "吊销"];

/// `[[layers]]` or `[[enterprises]]`: a file whose rows are records of a layer. Keys name columns unless their doc calls them values.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FlatLayer")]
pub struct RecordSource {
    /// The file.
    pub file: SourceFile,
    /// The layer: `a-z 0-9 -`, beginning with a letter; a value.
    pub layer: String,
    /// What the layer is called on screen; values.
    pub title: Titles,
    /// The category of the catalogue that it belongs to; a value.
    pub category: Option<String>,
    /// Who keeps it; a value.
    pub keeper: Option<String>,
    /// Who may read it; a value.
    pub audience: Audience,
    /// The code of a record; the numbers of rows if left out.
    pub code: Option<String>,
    /// The name of a record.
    pub name: Option<String>,
    /// The code of its address.
    pub address: Option<String>,
    /// The code of its building, for records without an address.
    pub building: Option<String>,
    /// Its address as text; looked at where no code leads to an address.
    pub address_text: Option<String>,
    /// Its easting or longitude and northing or latitude. Without them the geometry of the file is used if `crs` is given.
    pub point: Option<(String, String)>,
    /// What it has to do with its address; one of `roles`, the first if left out or empty.
    pub role: Option<String>,
    /// The words of `role`; records count where they have the first of them. Values.
    pub roles: Vec<String>,
    /// Whether it is still so: one of the words of `ended` in it says that it is not.
    pub status: Option<String>,
    /// Those words; values.
    pub ended: Vec<String>,
    /// When it was, or began.
    pub time: Option<String>,
    /// When it ended.
    pub until: Option<String>,
    /// The zone of times that do not say theirs; a value.
    pub zone: Zone,
    /// Its class: the columns of a tree, from the large to the small.
    pub class: Vec<String>,
    /// Its other columns, and what they hold.
    pub attributes: Vec<(String, AttributeType)>,
}

impl RecordSource {
    /// What a plate without a single row of the layer says of it.
    pub(crate) fn info(&self) -> LayerInfo {
        let info = match self.layer.as_str() {
            ENTERPRISES_LAYER => LayerInfo::enterprises(),
            id => LayerInfo::of_records(id),
        };
        LayerInfo {
            audience: self.audience,
            title: self.title.clone(),
            category: self.category.clone(),
            keeper: self.keeper.clone(),
            roles: self.roles.clone(),
            ..info
        }
    }

    /// Whether its records have points of their own.
    pub(crate) fn has_points(&self) -> bool {
        self.file.crs.is_some()
    }

    /// Looks whether its layer can be called so.
    fn check_id(&self) -> Result<(), String> {
        let starts = self.layer.starts_with(|c: char| c.is_ascii_lowercase());
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(starts && self.layer.len() <= ID_MAX && self.layer.chars().all(word)) {
            return Err(format!("id '{}': 1 to {ID_MAX} of a-z, 0-9 and -, beginning with a letter", self.layer));
        }
        match TAKEN_IDS.contains(&self.layer.as_str()) {
            true => Err(format!("id '{}': every plate has something that is called so; choose another id", self.layer)),
            false => Ok(()),
        }
    }
}

impl TryFrom<FlatLayer> for RecordSource {
    type Error = String;

    fn try_from(mut flat: FlatLayer) -> Result<Self, String> {
        let file = flat.file();
        let FlatLayer {
            id,
            title,
            category,
            keeper,
            audience,
            code,
            name,
            at,
            role,
            roles,
            status,
            ended,
            time,
            until,
            zone,
            class,
            attributes,
            ..
        } = flat;
        let At { address, building, address_text, lng, lat } = at;
        let point = match (lng, lat) {
            (Some(lng), Some(lat)) => Some((lng, lat)),
            (None, None) => None,
            _ => return Err("at: lng and lat come together: one of them is missing".to_owned()),
        };
        let file = if point.is_some() || file.crs.is_some() { file.placed()? } else { file.placeless()? };
        if address.is_none() && building.is_none() && address_text.is_none() && file.crs.is_none() {
            let needed = "address, building, address_text, lng and lat, or crs for the geometry of the file";
            return Err(format!("at: say where its records are: {needed}"));
        }
        if role.is_some() == roles.is_empty() {
            return Err("role and roles come together: the column, and its words".to_owned());
        }
        if status.is_some() == ended.is_empty() {
            return Err(
                "status and ended come together: the column, and the words that say that a record has ended".to_owned()
            );
        }
        if until.is_some() && time.is_none() {
            return Err("until: name the column of the beginning with time".to_owned());
        }
        let zone = zone.as_deref().unwrap_or(Zone::DEFAULT).parse().map_err(|e: TimeError| format!("zone: {e}"))?;
        let source = Self {
            file,
            layer: id,
            title,
            category,
            keeper,
            audience,
            code,
            name,
            address,
            building,
            address_text,
            point,
            role,
            roles,
            status,
            ended,
            time,
            until,
            zone,
            class,
            attributes: attributes.typed(),
        };
        source.check_id().map(|()| source)
    }
}

impl RecordSource {
    /// A file of enterprises as records of their layer.
    fn of_enterprises(mut flat: FlatEnterprise) -> Result<Self, String> {
        let file = flat.file().placeless()?;
        let FlatEnterprise { uscc, name, address, address_text, role, status, attributes, .. } = flat;
        let status = status.or_else(|| attributes.iter().find(|a| *a == "status").cloned());
        Ok(Self {
            file,
            layer: ENTERPRISES_LAYER.to_owned(),
            title: Titles::default(),
            category: None,
            keeper: None,
            audience: Audience::Public,
            code: Some(uscc),
            name,
            address,
            building: None,
            address_text,
            point: None,
            role,
            roles: EnterpriseRole::WORDS.iter().map(|word| (*word).to_owned()).collect(),
            status,
            ended: OUT_OF_BUSINESS.map(str::to_owned).into(),
            time: None,
            until: None,
            zone: Zone::DEFAULT.parse().map_err(|e: TimeError| e.to_string())?,
            class: Vec::new(),
            attributes: Attributes::Categories(attributes).typed(),
        })
    }
}

/// Reads the tables of enterprises.
pub(super) fn enterprises<'de, D: Deserializer<'de>>(tables: D) -> Result<Vec<RecordSource>, D::Error> {
    let tables = Vec::<EnterpriseTable>::deserialize(tables)?;
    Ok(tables.into_iter().map(|EnterpriseTable(source)| source).collect())
}

/// A table of enterprises.
#[derive(Deserialize)]
#[serde(try_from = "FlatEnterprise")]
struct EnterpriseTable(RecordSource);

impl TryFrom<FlatEnterprise> for EnterpriseTable {
    type Error = String;

    fn try_from(flat: FlatEnterprise) -> Result<Self, String> {
        RecordSource::of_enterprises(flat).map(Self)
    }
}
