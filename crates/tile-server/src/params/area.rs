//! Boxes.

use super::{read::checked, words::text_schema};
use baseplate_core::Bbox;
use serde::{Deserialize, Deserializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

/// West, south, east, north in degrees, or the same with heights third and sixth, which are not looked at: one box, or two where west
/// is greater than east, which crosses 180°.
#[derive(Debug)]
pub(crate) struct BoxParam(pub(crate) Vec<Bbox>);

impl<'de> Deserialize<'de> for BoxParam {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        checked(source, &"four or six numbers with commas between them", boxes).map(Self)
    }
}

fn boxes(text: &str) -> Option<Vec<Bbox>> {
    let numbers: Vec<f64> = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [west, south, east, north] = match numbers.as_slice() {
        [w, s, e, n] | [w, s, _, e, n, _] => [*w, *s, *e, *n],
        _ => return None,
    };
    if !numbers.iter().all(|number| number.is_finite()) {
        return None;
    }
    if west <= east {
        return Some(vec![Bbox([west, south, east, north])]);
    }
    Some(vec![Bbox([west, south, 180.0, north]), Bbox([-180.0, south, east, north])])
}

impl PartialSchema for BoxParam {
    fn schema() -> RefOr<Schema> {
        let number = r"-?[0-9]{1,3}(\.[0-9]{1,12})?";
        text_schema(format!("^{number}(,{number}){{3}}((,{number}){{2}})?$"))
    }
}

impl ToSchema for BoxParam {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_over_the_date_line_is_two() {
        assert_eq!(boxes("170,-10,5,-170,10,9").map(|b| b.len()).unwrap_or_default(), 2);
        assert_eq!(boxes("1,2,3,4").unwrap_or_default(), [Bbox([1.0, 2.0, 3.0, 4.0])]);
        for wrong in ["", "1,2,3", "1,2,3,4,5", "1,2,3,inf", "1,2,3,north"] {
            assert!(boxes(wrong).is_none(), "{wrong}");
        }
    }
}
