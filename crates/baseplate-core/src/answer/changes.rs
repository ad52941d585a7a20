//! What was published, in the form that goes out.

use crate::store::{DistrictDifference, LayerDifference, LayerState, Publication};
use serde::Serialize;

/// A generation that was published, and the layers of records that are other ones than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Publication))]
pub struct PublicationAnswer {
    /// The number of the generation: `since` of what comes after it.
    pub cursor: u64,
    /// The number of the generation whose place it took; 0 if there was none.
    pub after: u64,
    /// When it was published, RFC 3339, UTC.
    pub at: String,
    /// What was done: `build`, `migrate`, `layer-add`, `layer-replace`, `layer-set` or `layer-remove`.
    pub kind: String,
    /// The layers that are other ones; grids, buildings and addresses can be so after every `build`.
    layers: Vec<LayerChange>,
}

/// How a layer is another one than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
struct LayerChange {
    /// The id of the layer.
    layer: String,
    /// `added`, `replaced` if its records are other ones, `changed` if only something else is said of it, or `removed`.
    change: &'static str,
    /// Its rows before; null if it was not there.
    rows_before: Option<u64>,
    /// Its rows now; null if it is gone.
    rows_after: Option<u64>,
    /// How many rows had a place before; null if it was not there.
    linked_before: Option<u64>,
    /// How many rows have a place now; null if it is gone.
    linked_after: Option<u64>,
    /// The districts in which another number of its records counts than before. Records that were exchanged for as many others do not
    /// show here.
    districts: Vec<DistrictChange>,
}

/// How many records of a layer count in a district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
struct DistrictChange {
    /// The code of the district.
    code: String,
    /// How many there were.
    before: u32,
    /// How many there are.
    after: u32,
}

impl From<Publication> for PublicationAnswer {
    fn from(Publication { cursor, after, at, kind, layers }: Publication) -> Self {
        let layers = layers.into_iter().map(LayerChange::from).collect();
        Self { cursor, after, at, kind: kind.as_str().to_owned(), layers }
    }
}

impl From<LayerDifference> for LayerChange {
    fn from(LayerDifference { layer, before, after, is_replaced, districts }: LayerDifference) -> Self {
        let change = match (&before, &after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ if is_replaced => "replaced",
            _ => "changed",
        };
        let rows = |state: &Option<LayerState>| state.as_ref().map(|state| state.rows);
        let linked = |state: &Option<LayerState>| state.as_ref().map(|state| state.linked);
        Self {
            layer,
            change,
            rows_before: rows(&before),
            rows_after: rows(&after),
            linked_before: linked(&before),
            linked_after: linked(&after),
            districts: districts.into_iter().map(DistrictChange::from).collect(),
        }
    }
}

impl From<DistrictDifference> for DistrictChange {
    fn from(DistrictDifference { code, before, after }: DistrictDifference) -> Self {
        Self { code, before, after }
    }
}
