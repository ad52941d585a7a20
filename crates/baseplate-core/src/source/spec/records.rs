//! The sources of records: `[[layers]]` of any department, and `[[enterprises]]`, which is one of them with a meaning of its own.
//!
//! Both become a [`RecordSource`]. Several tables of one layer are several files of it; what is said of the layer stands in the first.

use super::{
    file::SourceFile,
    flat::{At, Attributes, FlatEnterprise, FlatLayer, MIN_USED},
    names::check_names,
};
use crate::{
    crs::Datum,
    model::EnterpriseRole,
    source::error::SourceError,
    store::{AttributeType, Audience, LayerInfo, Titles, layer::ENTERPRISES_LAYER},
    time::{TimeError, Zone},
};
use serde::{Deserialize, Deserializer};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Names that no layer can have: they stand for something else in requests, answers, tiles or files.
const TAKEN_IDS: [&str; 28] = [
    "grid",
    "building",
    "address",
    "person",
    "enterprise",
    "record",
    "override",
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
    "catalogue",
    "ground",
    "code",
    "name",
    "kind",
    "level",
    "bbox",
    "counts",
    "other",
    "all",
];
/// The longest title, category, keeper or licence, characters.
const LABEL_MAX: usize = 100;
/// The longest description, characters.
const DESCRIPTION_MAX: usize = 1_000;
/// The longest id of a layer, characters.
const ID_MAX: usize = 32;
/// The property of the rows that a plate keeps of a source, beside the columns of the source.
pub(crate) const KEPT_NUMBERS: &str = "baseplate:row";
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
    /// What its records are; a value.
    pub description: Option<String>,
    /// On what terms it may be used; a value.
    pub licence: Option<String>,
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
    /// The code of the enterprise that it is about, where that is; for records that say no place of their own but a point.
    pub enterprise: Option<String>,
    /// The code of its grid, of any level, for records of which no more is known.
    pub grid: Option<String>,
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
    /// Those of these columns that are not for everybody who may read the layer, and whom they are for; values.
    pub audiences: BTreeMap<String, Audience>,
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
            description: self.description.clone(),
            licence: self.licence.clone(),
            roles: self.roles.clone(),
            ..info
        }
    }

    /// Whether its records have points of their own.
    pub(crate) fn has_points(&self) -> bool {
        self.file.crs.is_some()
    }

    /// Looks whether what is said of the layer can be shown in a line.
    fn check_labels(&self) -> Result<(), String> {
        let labels = [&self.title.zh, &self.title.en, &self.category, &self.keeper, &self.licence];
        let is_line = |label: &String, most: usize| {
            !label.trim().is_empty() && label.chars().count() <= most && !label.chars().any(char::is_control)
        };
        if !labels.into_iter().flatten().all(|label| is_line(label, LABEL_MAX)) {
            return Err(format!(
                "title, category, keeper and licence: each is one line of 1 to {LABEL_MAX} characters"
            ));
        }
        match self.description.iter().all(|text| is_line(text, DESCRIPTION_MAX)) {
            false => Err(format!("description: it is one line of 1 to {DESCRIPTION_MAX} characters")),
            true => Ok(()),
        }
    }

    /// Looks whether a column that is for few is shown in another place of its records, where anybody reads it.
    fn check_audiences(&self) -> Result<(), String> {
        let columns = [&self.code, &self.name, &self.address, &self.building, &self.enterprise, &self.grid];
        let others = [&self.address_text, &self.role, &self.time, &self.until];
        let (lng, lat) = self.point.clone().unzip();
        let points = [&lng, &lat];
        let named = columns.into_iter().chain(others).chain(points).flatten().chain(&self.class);
        match named.into_iter().find(|column| self.audiences.contains_key(*column)) {
            Some(column) => Err(format!(
                "attributes: '{column}' is not for everybody, but another key shows it to all who may read the layer"
            )),
            None => Ok(()),
        }
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

impl FlatLayer {
    /// Looks whether keys that belong together are there together.
    fn check_pairs(&self) -> Result<(), String> {
        if self.role.is_some() == self.roles.is_empty() {
            return Err("role and roles come together: the column, and its words".to_owned());
        }
        if self.status.is_some() == self.ended.is_empty() {
            return Err(
                "status and ended come together: the column, and the words that say that a record has ended".to_owned()
            );
        }
        if self.until.is_some() && self.time.is_none() {
            return Err("until: name the column of the beginning with time".to_owned());
        }
        Ok(())
    }
}

impl TryFrom<FlatLayer> for RecordSource {
    type Error = String;

    fn try_from(mut flat: FlatLayer) -> Result<Self, String> {
        flat.check_pairs()?;
        let file = flat.file();
        let FlatLayer {
            id,
            title,
            category,
            keeper,
            description,
            licence,
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
        let is_nowhere = at.is_nowhere();
        let At { address, building, enterprise, grid, address_text, lng, lat } = at;
        let point = match (lng, lat) {
            (Some(lng), Some(lat)) => Some((lng, lat)),
            (None, None) => None,
            _ => return Err("at: lng and lat come together: one of them is missing".to_owned()),
        };
        let file = if point.is_some() || file.crs.is_some() { file.placed()? } else { file.placeless()? };
        if is_nowhere && file.crs.is_none() {
            let needed =
                "address, building, enterprise, grid, address_text, lng and lat, or crs for the geometry of the file";
            return Err(format!("at: say where its records are: {needed}"));
        }
        let zone = zone.as_deref().unwrap_or(Zone::DEFAULT).parse().map_err(|e: TimeError| format!("zone: {e}"))?;
        let source = Self {
            file,
            layer: id,
            title,
            category,
            keeper,
            description,
            licence,
            audience,
            code,
            name,
            address,
            building,
            enterprise,
            grid,
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
            audiences: attributes.audiences(),
            attributes: attributes.typed(),
        };
        source.check_id().and_then(|()| source.check_labels()).and_then(|()| source.check_audiences()).map(|()| source)
    }
}

impl RecordSource {
    /// Reads a file that describes a layer as a spec does below `[[layers]]`. Paths start from its folder.
    ///
    /// # Errors
    /// [`SourceError::Io`] if it cannot be read, [`SourceError::Spec`] if it is no such table (with line and key).
    pub fn read(path: &Path) -> Result<Self, SourceError> {
        let text = fs::read_to_string(path).map_err(|e| SourceError::io(path, e))?;
        Self::parse(&text, path)
    }

    /// Reads the table of a layer as a spec has it below `[[layers]]`. Paths start from the folder of `path`, which errors name.
    ///
    /// # Errors
    /// [`SourceError::Spec`] with line and key.
    pub fn parse(text: &str, path: &Path) -> Result<Self, SourceError> {
        let fail = |reason: String| SourceError::Spec { path: path.to_owned(), reason };
        // The lines may have the head of their table, as they have it in a spec.
        let is_headed = text.lines().any(|line| line.trim().starts_with("[[layers]]"));
        let mut source: Self = if is_headed {
            let Headed { mut layers } = toml::from_str(text).map_err(|e| fail(e.to_string()))?;
            let alone = layers.pop().filter(|_| layers.is_empty());
            alone.ok_or_else(|| fail("it has several [[layers]]: give those of one layer".to_owned()))?
        } else {
            toml::from_str(text).map_err(|e| fail(e.to_string()))?
        };
        let base = path.parent().unwrap_or(Path::new(""));
        source.file.path = base.join(&source.file.path);
        source.file.folder = base.to_owned();
        check_names(source.attributes.iter().map(|(name, _)| name.as_str())).map_err(fail)?;
        Ok(source)
    }

    /// Whether a column can be an attribute under its name, which is no column that every table has.
    pub(crate) fn may_be_attribute(name: &str) -> bool {
        check_names([name].into_iter()).is_ok()
    }

    /// The same source as a table of TOML, as a spec has it below `[[layers]]`.
    ///
    /// ```
    /// use baseplate_core::RecordSource;
    ///
    /// let lines = "id = \"parts\"\npath = \"parts.csv\"\nat = { address_text = \"地址\" }\n";
    /// let source = RecordSource::parse(lines, "parts.toml".as_ref())?;
    /// assert!(source.to_toml().ends_with("at = { address_text = \"地址\" }\n"));
    /// # Ok::<(), baseplate_core::SourceError>(())
    /// ```
    pub fn to_toml(&self) -> String {
        let mut lines = String::new();
        let mut put = |key: &str, value: Option<toml::Value>| {
            value.into_iter().for_each(|value| lines.push_str(&format!("{key} = {value}\n")));
        };
        let text = |text: &Option<String>| text.clone().map(toml::Value::from);
        let list = |list: &[String]| (!list.is_empty()).then(|| toml::Value::from(list.to_vec()));
        let pairs = |pairs: Vec<(&str, Option<String>)>| {
            let named = pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into())));
            let named: toml::Table = named.collect();
            (!named.is_empty()).then_some(toml::Value::Table(named))
        };
        let file = &self.file;
        put("id", Some(self.layer.as_str().into()));
        put("title", pairs(vec![("zh", self.title.zh.clone()), ("en", self.title.en.clone())]));
        put("category", text(&self.category));
        put("keeper", text(&self.keeper));
        put("description", text(&self.description));
        put("licence", text(&self.licence));
        put("audience", Some(self.audience.as_str().into()));
        put("path", Some(file.path.display().to_string().into()));
        put("crs", text(&file.crs));
        put("datum", file.datum.map(|Datum::AsIs| "as-is".into()));
        put("encoding", text(&file.encoding));
        put("delimiter", file.delimiter.map(|delimiter| String::from(delimiter).into()));
        put("geometry", text(&file.geometry));
        put("min_used", (file.min_used != MIN_USED).then(|| file.min_used.into()));
        put("may_be_empty", file.may_be_empty.then(|| true.into()));
        put("code", text(&self.code));
        put("name", text(&self.name));
        put("role", text(&self.role));
        put("roles", list(&self.roles));
        put("status", text(&self.status));
        put("ended", list(&self.ended));
        put("time", text(&self.time));
        put("until", text(&self.until));
        put("zone", (self.zone.as_str() != Zone::DEFAULT).then(|| self.zone.as_str().into()));
        put("class", list(&self.class));
        let (lng, lat) = self.point.clone().unzip();
        let at = [
            ("address", self.address.clone()),
            ("building", self.building.clone()),
            ("enterprise", self.enterprise.clone()),
            ("grid", self.grid.clone()),
            ("address_text", self.address_text.clone()),
            ("lng", lng),
            ("lat", lat),
        ];
        put("at", pairs(at.into()));
        let column = |(name, of): &(String, AttributeType)| {
            let value = match self.audiences.get(name) {
                None => toml::Value::from(of.as_str()),
                Some(audience) => {
                    let pairs = [("type", of.as_str()), ("audience", audience.as_str())];
                    toml::Value::Table(pairs.map(|(key, value)| (key.to_owned(), value.into())).into_iter().collect())
                }
            };
            (name.clone(), value)
        };
        let columns: toml::Table = self.attributes.iter().map(column).collect();
        put("attributes", (!columns.is_empty()).then_some(toml::Value::Table(columns)));
        lines
    }

    /// The property in which rows that a plate keeps have the numbers that they had in their file, if these are their codes.
    pub(crate) fn kept_numbers(&self) -> Option<&'static str> {
        self.code.is_none().then_some(KEPT_NUMBERS)
    }

    /// The same source whose rows are those of the file that a plate keeps.
    pub(crate) fn kept_in(&self, path: PathBuf) -> Self {
        // How much of it can be used was judged when it was added.
        let (min_used, may_be_empty) = (0.0, true);
        let file = SourceFile {
            path,
            encoding: None,
            delimiter: None,
            geometry: None,
            min_used,
            may_be_empty,
            ..self.file.clone()
        };
        let code = self.code.clone().or_else(|| self.kept_numbers().map(str::to_owned));
        Self { file, code, ..self.clone() }
    }

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
            description: None,
            licence: None,
            audience: Audience::Public,
            code: Some(uscc),
            name,
            address,
            building: None,
            enterprise: None,
            grid: None,
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
            audiences: BTreeMap::new(),
        })
    }
}

/// The lines of one layer with the head of their table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Headed {
    layers: Vec<RecordSource>,
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
