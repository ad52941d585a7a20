//! The divisions above a grid.

use crate::city::City;
use crate::division::{CITY_CODE, Community};
use crate::names::CITY_NAME;

/// Codes and names of the divisions above a grid.
pub(crate) struct Ancestry {
    /// The district.
    pub(crate) district: (String, String),
    /// The subdistrict.
    pub(crate) subdistrict: (String, String),
    /// The community.
    pub(crate) community: (String, String),
}

impl Ancestry {
    /// Those of the grids in `community`.
    pub(crate) fn new(city: &City, community: &Community) -> Self {
        let names = &city.names;
        Self {
            district: (community.district_code(), names.district(community.district - 1)),
            subdistrict: (community.subdistrict_code(), names.subdistrict(community.subdistrict_index)),
            community: (community.code(), names.community(community.index, city.subdistricts)),
        }
    }

    /// The names in a row, as an address starts.
    pub(crate) fn text(&self) -> String {
        let [district, subdistrict, community] =
            [&self.district, &self.subdistrict, &self.community].map(|division| &division.1);
        format!("{CITY_NAME}{district}{subdistrict}{community}")
    }

    /// The properties of a grid of the community, as JSON members.
    pub(crate) fn properties(&self) -> String {
        let members = [
            ("community", &self.community),
            ("subdistrict", &self.subdistrict),
            ("district", &self.district),
            ("city", &(CITY_CODE.to_owned(), CITY_NAME.to_owned())),
        ];
        let members = members.map(|(level, (code, name))| format!(r#""{level}":"{code}","{level}_name":"{name}""#));
        members.join(",")
    }
}
