//! Numbers within limits.

use super::read::checked;
use serde::{Deserialize, Deserializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, RefOr, SchemaFormat,
        schema::{ObjectBuilder, Schema, Type},
    },
};

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count<const LEAST: usize, const MOST: usize>(pub(crate) usize);

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Count<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let expected = format!("a number from {LEAST} to {MOST}");
        let number = |text: &str| text.parse().ok().filter(|number| (LEAST..=MOST).contains(number));
        checked(source, &expected.as_str(), number).map(Self)
    }
}

impl<const LEAST: usize, const MOST: usize> PartialSchema for Count<LEAST, MOST> {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .minimum(Some(LEAST as f64))
            .maximum(Some(MOST as f64));
        RefOr::T(number.build().into())
    }
}

impl<const LEAST: usize, const MOST: usize> ToSchema for Count<LEAST, MOST> {}

/// A number of degrees whose place on the globe is at most `MOST` on either side of 0. Whether it is so is told when the point is put
/// into the coordinates of the plate, since both numbers say together what is wrong with them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Degrees<const MOST: u8>(pub(crate) f64);

/// Degrees east.
pub(crate) type Longitude = Degrees<180>;
/// Degrees north.
pub(crate) type Latitude = Degrees<90>;

impl<'de, const MOST: u8> Deserialize<'de> for Degrees<MOST> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        checked(source, &"a number", |text| text.trim().parse().ok()).map(Self)
    }
}

impl<const MOST: u8> PartialSchema for Degrees<MOST> {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(Type::Number)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
            .minimum(Some(-f64::from(MOST)))
            .maximum(Some(f64::from(MOST)));
        RefOr::T(number.build().into())
    }
}

impl<const MOST: u8> ToSchema for Degrees<MOST> {}
