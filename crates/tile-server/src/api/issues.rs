//! What was found wrong with the data when the plate was built. Those about people are for the owner of the plate.

use crate::{
    http::{aside::aside, problem::Problem},
    params::{BoxParam, Count, Params, Rules, Severities},
};
use axum::{Json, extract::State};
use baseplate_core::{Baseplate, Entity, IssueRecord, Language, LngLat, Rule, Severity, code::is_natural_person};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// Findings of a page, if the request does not say how many.
const LIMIT: usize = 500;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct IssuesQuery {
    /// Only these rules, with commas between them; `/api/plate` names them.
    #[param(schema_with = Rules::schema, example = "address-far")]
    rule: Option<Rules>,
    /// Only these severities: `error`, `warning`, `hint`, with commas between them.
    #[param(inline, example = "error")]
    severity: Option<Severities>,
    /// Only those with a place in this box: west, south, east, north in degrees.
    #[param(inline)]
    bbox: Option<BoxParam>,
    /// How many at most; 500 where it is not said.
    #[param(inline)]
    limit: Option<Count<1, 5_000>>,
    /// Where to go on: `next` of the page before.
    #[param(inline)]
    from: Option<Count<0, 999_999_999>>,
}

/// A page of findings.
#[derive(Serialize, ToSchema)]
pub(crate) struct Issues {
    /// The generation that answered.
    generation: String,
    /// How many there are on all pages.
    matched: usize,
    /// Where the next page begins; null on the last one.
    next: Option<usize>,
    /// The findings, in the order of the build.
    issues: Vec<Issue>,
}

/// A finding.
#[derive(Serialize, ToSchema)]
struct Issue {
    /// Its number in this generation.
    id: usize,
    /// Its identity: the same from build to build as long as it is found.
    key: String,
    /// The rule that is broken.
    rule: &'static str,
    /// How much it matters.
    severity: Severity,
    /// `grid`, `building`, `address`, `enterprise` or `record`.
    entity: String,
    /// The layer of the record, or of its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    layer: Option<String>,
    /// The code of the thing, or the file of a source.
    code: String,
    /// The code of the other thing, if two do not agree.
    other: Option<String>,
    /// What was measured, in words.
    evidence: Worded,
    /// The form of these words.
    form: &'static str,
    /// The values in them, by name: numbers and texts. `_m`, `_m2` and `_percent` at the end of a name are its unit.
    #[schema(value_type = BTreeMap<String, Value>)]
    values: BTreeMap<&'static str, Value>,
    /// Degrees east, where it has a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lng: Option<f64>,
    /// Degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lat: Option<f64>,
}

/// A sentence in the languages of the readers.
#[derive(Serialize, ToSchema)]
struct Worded {
    zh: String,
    en: String,
}

impl Issue {
    fn new(id: usize, issue: IssueRecord<'_>) -> Self {
        let is_source = matches!(issue.rule, Rule::SourceCrs | Rule::SourceAxes | Rule::IdInClear);
        let code = if is_source { issue.code.rsplit(['/', '\\']).next().unwrap_or_default() } else { issue.code };
        Self {
            id,
            key: issue.key.to_owned(),
            rule: issue.rule.as_str(),
            severity: issue.rule.severity(),
            entity: issue.entity.to_owned(),
            layer: issue.layer.map(str::to_owned),
            code: code.to_owned(),
            other: issue.other.map(str::to_owned),
            evidence: Worded {
                zh: issue.evidence.words(Language::Chinese),
                en: issue.evidence.words(Language::English),
            },
            form: issue.evidence.form.as_str(),
            values: issue.evidence.by_name().map(|(name, value)| (name, value.clone())).collect(),
            lng: issue.at.map(|at| at.lng),
            lat: issue.at.map(|at| at.lat),
        }
    }
}

impl IssuesQuery {
    /// Whether a finding is among those that are wanted, and may be listed.
    fn takes(&self, plate: &Baseplate, issue: &IssueRecord<'_>) -> bool {
        let inside = |at: LngLat| self.bbox.iter().flat_map(|bbox| &bbox.0).any(|bbox| bbox.contains(at));
        self.rule.as_ref().is_none_or(|rules| rules.0.contains(&issue.rule))
            && self.severity.as_ref().is_none_or(|severities| severities.0.contains(&issue.rule.severity()))
            && (self.bbox.is_none() || issue.at.is_some_and(inside))
            && (issue.entity != Entity::Enterprise.as_str() || may_be_named(plate, issue.code))
    }
}

/// Whether a finding about an enterprise may be listed; one that is not in the plate has nothing but its code.
fn may_be_named(plate: &Baseplate, code: &str) -> bool {
    plate.enterprise(code).map_or_else(|| !is_natural_person(code), |enterprise| enterprise.is_listed())
}

/// What was found wrong with the data; findings about people are not among it, nor those about natural persons in business
/// where these are not listed.
///
/// `GET /api/issues?[rule=][&severity=][&bbox=][&limit=][&from=]`
#[utoipa::path(get, path = "/api/issues", tag = "look-ups", params(IssuesQuery),
    responses((status = OK, description = "A page of findings", body = Issues)))]
pub(crate) async fn issues(
    State(plate): State<Baseplate>,
    Params(query): Params<IssuesQuery>,
) -> Result<Json<Issues>, Problem> {
    aside(move || Json(page(&plate, &query))).await
}

/// The wanted findings from a number on.
fn page(plate: &Baseplate, query: &IssuesQuery) -> Issues {
    let limit = query.limit.map_or(LIMIT, |limit| limit.0);
    let from = query.from.map_or(0, |from| from.0);
    let mut matched = 0;
    let mut next = None;
    let mut issues = Vec::new();
    for (id, issue) in plate.issues().enumerate().filter(|(_, issue)| query.takes(plate, issue)) {
        matched += 1;
        if id < from {
            continue;
        }
        if issues.len() < limit {
            issues.push(Issue::new(id, issue));
        } else {
            next.get_or_insert(id);
        }
    }
    Issues { generation: plate.manifest().generation.clone(), matched, next, issues }
}
