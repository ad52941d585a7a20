//! The catalogue of the layers of records: what each is, who keeps it, what its columns mean, and how good it is.

use crate::{
    plate::{Baseplate, Layer},
    quality::Severity,
    store::{AttributeInfo, Audience, Counting, LastChange, TimeInfo, Titles},
    text,
};
use serde::Serialize;

/// What the catalogue says of a layer of records.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CatalogueEntry {
    /// What it is called in requests, tiles and collections.
    pub id: String,
    /// What it is called on screen.
    pub title: Titles,
    /// The category that it belongs to.
    pub category: Option<String>,
    /// Who keeps it.
    pub keeper: Option<String>,
    /// What its records are.
    pub description: Option<String>,
    /// On what terms it may be used: the name of a licence, or its address.
    pub licence: Option<String>,
    /// Who may read it: `public`, `internal` or `restricted`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub audience: Audience,
    /// The columns of its records, but their code, name and place.
    pub columns: Vec<ColumnEntry>,
    /// Its rows.
    pub rows: u64,
    /// How many of them have a place.
    pub linked: u64,
    /// The share of them that has a place, from 0 to 1; null where there are no rows.
    pub linked_share: Option<f64>,
    /// When its records were; null where they are not dated.
    pub time: Option<TimeEntry>,
    /// How many levels the tree of their classes has; 0 where they have no classes.
    pub class_levels: u8,
    /// How many findings are open about it.
    pub issues: IssuesEntry,
    /// The generation since which it is as it is; null where the plate does not say it.
    pub changed: Option<ChangedEntry>,
}

/// A column of the records of a layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ColumnEntry {
    /// Its name.
    pub name: String,
    /// What it is called on screen.
    pub title: Titles,
    /// What its values are: `category`, `text`, `integer`, `number`, `boolean`, `time` or `date`.
    pub r#type: String,
    /// The unit of its values.
    pub unit: Option<String>,
    /// What its values mean.
    pub meaning: Option<Titles>,
}

/// When the records of a layer were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TimeEntry {
    /// The first second of any record, RFC 3339, UTC.
    pub first: String,
    /// The last one.
    pub last: String,
    /// The zone in which its days begin, such as `Asia/Shanghai`.
    pub zone: String,
}

/// How many findings are open about a layer, by how much they matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct IssuesEntry {
    /// Records that contradict one another or themselves.
    pub error: u64,
    /// What is probably wrong.
    pub warning: u64,
    /// What is worth knowing, and may well be right.
    pub hint: u64,
}

/// The generation since which a layer is as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChangedEntry {
    /// Its name.
    pub generation: String,
    /// When it was published, RFC 3339, UTC.
    pub at: String,
}

impl From<&AttributeInfo> for ColumnEntry {
    fn from(attribute: &AttributeInfo) -> Self {
        let titles = &attribute.titles;
        Self {
            name: attribute.name.clone(),
            title: Titles { zh: titles.zh.clone(), en: titles.en.clone() },
            r#type: attribute.of.as_str().to_owned(),
            unit: titles.unit.clone(),
            meaning: titles.meaning.clone(),
        }
    }
}

impl From<&TimeInfo> for TimeEntry {
    fn from(time: &TimeInfo) -> Self {
        Self { first: text::second(time.first), last: text::second(time.last), zone: time.zone.clone() }
    }
}

impl From<&LastChange> for ChangedEntry {
    fn from(changed: &LastChange) -> Self {
        Self { generation: changed.generation.clone(), at: changed.at.clone() }
    }
}

impl From<Layer<'_>> for CatalogueEntry {
    fn from(layer: Layer<'_>) -> Self {
        let info = layer.info();
        let counts = layer.issue_counts();
        let found = |severity: Severity| {
            counts.iter().filter(|(rule, _)| rule.severity() == severity).map(|(_, count)| count).sum()
        };
        let issues = IssuesEntry {
            error: found(Severity::Error),
            warning: found(Severity::Warning),
            hint: found(Severity::Hint),
        };
        Self {
            id: info.id.clone(),
            title: info.title.clone(),
            category: info.category.clone(),
            keeper: info.keeper.clone(),
            description: info.description.clone(),
            licence: info.licence.clone(),
            audience: info.audience,
            columns: info.attributes.iter().map(ColumnEntry::from).collect(),
            rows: info.rows,
            linked: info.linked,
            linked_share: (info.rows > 0).then(|| info.linked as f64 / info.rows as f64),
            time: info.time.as_ref().map(TimeEntry::from),
            class_levels: info.classes.iter().map(|class| class.depth.saturating_add(1)).max().unwrap_or_default(),
            issues,
            changed: info.changed.as_ref().map(ChangedEntry::from),
        }
    }
}

impl CatalogueEntry {
    /// All that is searched, folded, each text on a line of its own.
    fn searched(&self) -> String {
        let titles = |titles: &Titles| [titles.zh.clone(), titles.en.clone()];
        let own = [Some(self.id.clone()), self.category.clone(), self.keeper.clone(), self.description.clone()];
        let mut texts: Vec<Option<String>> = own.into_iter().chain(titles(&self.title)).collect();
        for column in &self.columns {
            texts.push(Some(column.name.clone()));
            texts.extend(titles(&column.title));
            texts.extend(column.meaning.iter().flat_map(titles));
        }
        texts.iter().flatten().map(|text| folded(text)).collect::<Vec<_>>().join("\n")
    }
}

/// The catalogue of the layers of a plate that its audience may read.
///
/// ```
/// # let plate = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/town.rs"));
/// use baseplate_core::LayerCatalogue;
///
/// let catalogue = LayerCatalogue::new(&plate);
/// assert_eq!(catalogue.entries().count(), 1);
/// assert!(catalogue.entry("enterprises").is_some());
/// assert_eq!(catalogue.search("企业").count(), 0, "the sample gives it no title");
/// ```
#[derive(Debug, Clone)]
pub struct LayerCatalogue {
    /// The entries, with what is searched of each.
    entries: Vec<(CatalogueEntry, String)>,
}

impl LayerCatalogue {
    /// The catalogue of a plate: its layers of records. That of people is none, since nothing is shown of its records.
    pub fn new(plate: &Baseplate) -> Self {
        let layers = plate.layers().filter(|layer| layer.counting() == Counting::Records);
        let entries = layers.map(CatalogueEntry::from).map(|entry| {
            let searched = entry.searched();
            (entry, searched)
        });
        Self { entries: entries.collect() }
    }

    /// All entries, in the order of the plate.
    pub fn entries(&self) -> impl Iterator<Item = &CatalogueEntry> {
        self.entries.iter().map(|(entry, _)| entry)
    }

    /// The entry of a layer.
    pub fn entry(&self, id: &str) -> Option<&CatalogueEntry> {
        self.entries().find(|entry| entry.id == id)
    }

    /// The entries that have every word of a text somewhere in their id, titles, category, keeper, description, or the names, titles and
    /// meanings of their columns. Words end at white space and punctuation, and where Latin letters and digits meet other characters;
    /// case and width do not matter.
    pub fn search(&self, text: &str) -> impl Iterator<Item = &CatalogueEntry> {
        let words = words(&folded(text));
        self.entries
            .iter()
            .filter(move |(_, searched)| words.iter().all(|word| searched.contains(word)))
            .map(|(entry, _)| entry)
    }

    /// The entries that have one of some phrases in one of their texts, as it stands but for case, width and the length of white space.
    pub fn mentioning(&self, phrases: &[&str]) -> impl Iterator<Item = &CatalogueEntry> {
        let phrases: Vec<String> = phrases.iter().map(|phrase| folded(phrase)).collect();
        let has_one = move |searched: &str| phrases.iter().any(|phrase| searched.contains(phrase));
        self.entries.iter().filter(move |(_, searched)| has_one(searched)).map(|(entry, _)| entry)
    }
}

/// A text in half width and small letters, with single spaces between its words.
fn folded(text: &str) -> String {
    let text = text::half_width(text).to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a folded text.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for c in text.chars() {
        let sort = c.is_alphanumeric().then(|| c.is_ascii());
        match (sort, words.last_mut()) {
            (Some(_), Some(word)) if sort == before => word.push(c),
            (Some(_), _) => words.push(c.into()),
            (None, _) => {}
        }
        before = sort;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_the_script_changes() {
        let of = |text: &str| words(&folded(text));
        assert_eq!(of("12345工单　热线"), ["12345", "工单", "热线"]);
        assert_eq!(of("Hotline-Cases，办结"), ["hotline", "cases", "办结"]);
        assert_eq!(of(" ， "), [""; 0]);
    }
}
