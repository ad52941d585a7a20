//! How OpenAPI describes what answers show of other rooms: words, points, and what stands in manifests.

use crate::{
    model::{EnterpriseRole, Entity, GridKind, How, Level},
    quality::Severity,
    spatial::{Bbox, LngLat},
    store::{AttributeTitles, PeopleRelease, Titles},
    verdict::{Band, FaultKind, GeocodeStatus, MatchLevel},
};
use std::collections::BTreeMap;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ArrayBuilder, ObjectBuilder, Schema, Type},
    },
};

/// In schemas: a point whose two members are both there or both missing.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands in for a flattened Option<LngLat>")]
pub(super) struct MaybePoint {
    /// Degrees east.
    #[schema(nullable = false)]
    lng: Option<f64>,
    /// Degrees north.
    #[schema(nullable = false)]
    lat: Option<f64>,
}

/// Describes enums of words.
macro_rules! words {
    ($($of:ident $about:literal;)*) => {$(
        impl PartialSchema for $of {
            fn schema() -> RefOr<Schema> {
                let words = Self::ALL.iter().map(|word| word.as_str());
                let text = ObjectBuilder::new().schema_type(Type::String).description(Some($about));
                RefOr::T(text.enum_values(Some(words)).build().into())
            }
        }

        impl ToSchema for $of {}
    )*};
}

words! {
    Level "The rungs of the hierarchy, from the ground up. A smaller level lies in a larger one.";
    Entity "The things a plate holds, each in a table of its own.";
    How "How a link was made.";
    EnterpriseRole "What an enterprise has to do with an address.";
    GeocodeStatus "What became of an address text.";
    MatchLevel "How far down an address was matched, from the large to the small; also what a [`Fault`] is about.";
    Band "How much can be built on an answer.";
    FaultKind "What is wrong with an element of the text.";
    Severity "How much an issue matters.";
}

impl PartialSchema for GridKind {
    fn schema() -> RefOr<Schema> {
        let about = "The kind of a coverage: `basic` (基础网格), or any other set of grids over the same ground (专属, 警务, …), named by\n\
                     1 to 32 of `a-z 0-9 -`, beginning with a letter.";
        RefOr::T(ObjectBuilder::new().schema_type(Type::String).description(Some(about)).build().into())
    }
}

impl ToSchema for GridKind {}

impl PartialSchema for Bbox {
    fn schema() -> RefOr<Schema> {
        let about = "A box in degrees: `[west, south, east, north]`, borders included.";
        RefOr::T(ArrayBuilder::new().items(f64::schema()).description(Some(about)).build().into())
    }
}

impl ToSchema for Bbox {}

/// Describes structs by their members, which are all there and of these types, or this does not compile.
macro_rules! members {
    ($($(#[$about:meta])* $of:ident { $($(#[$member:meta])* $name:ident: $type:ty,)* })*) => {$(
        const _: () = {
            #[derive(ToSchema)]
            #[expect(dead_code, reason = "only its schema is used")]
            $(#[$about])*
            struct Described { $($(#[$member])* $name: $type,)* }

            const _: fn($of) -> Described = |$of { $($name),* }| Described { $($name),* };

            impl PartialSchema for $of {
                fn schema() -> RefOr<Schema> {
                    Described::schema()
                }
            }

            impl ToSchema for $of {
                fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                    Described::schemas(schemas);
                }
            }
        };
    )*};
}

members! {
    /// A point of the plate: longitude and latitude in degrees, EPSG:4490. Any value is allowed; a point that is not
    /// finite is simply nowhere.
    LngLat {
        /// Degrees east.
        lng: f64,
        /// Degrees north.
        lat: f64,
    }

    /// What is published about people: the release that all counts of them are of.
    PeopleRelease {
        /// The series of releases that it belongs to, 16 hexadecimal digits.
        series: String,
        /// Its number in the series, from 1.
        number: u32,
        /// The day on which it was made, UTC, such as `2026-10-01`.
        day: String,
        /// What tells all that was published up to it from anything else, 16 hexadecimal digits.
        published: String,
        /// People in all.
        people: u64,
        /// Homes in which somebody lives: addresses.
        households: u64,
    }

    /// `[titles.ATTRIBUTE]`: what an attribute of people or enterprises is called on screen, in the languages of the readers. All keys are
    /// values.
    #[serde(deny_unknown_fields)]
    AttributeTitles {
        /// In Chinese.
        #[schema(nullable = false)]
        zh: Option<String>,
        /// In English.
        #[schema(nullable = false)]
        en: Option<String>,
        /// The unit of its values, such as `m²` or `元`.
        #[schema(nullable = false)]
        unit: Option<String>,
        /// What its values mean.
        #[schema(nullable = false)]
        meaning: Option<Titles>,
        /// Its values, by how the source writes them.
        #[schema(required = false)]
        categories: BTreeMap<String, Titles>,
    }

    /// What something is called on screen, in the languages of the readers.
    #[serde(deny_unknown_fields)]
    Titles {
        /// In Chinese.
        #[schema(nullable = false)]
        zh: Option<String>,
        /// In English.
        #[schema(nullable = false)]
        en: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use serde_json::{Value, json};

    /// Checks that the words of a schema are those that stand in answers.
    fn check<T: PartialSchema + Serialize>(all: &[T]) -> serde_json::Result<()> {
        let described: Value = serde_json::to_value(T::schema())?;
        assert_eq!(described["enum"], json!(all));
        Ok(())
    }

    #[test]
    fn words_are_described_as_they_are_written() -> serde_json::Result<()> {
        check(&Level::ALL)?;
        check(&Entity::ALL)?;
        check(&How::ALL)?;
        check(EnterpriseRole::ALL)?;
        check(&GeocodeStatus::ALL)?;
        check(&MatchLevel::ALL)?;
        check(&Band::ALL)?;
        check(&FaultKind::ALL)?;
        check(&Severity::ALL)
    }
}
