//! Noise in what stands above the road, and elements that are left out.

use crate::{
    ground::Ground,
    text::{Part, Text},
};

/// Without the city.
pub(crate) fn drop_city(text: &mut Text, _: &mut Ground<'_>) -> bool {
    text.drop(Part::City)
}

/// Without the district.
pub(crate) fn drop_district(text: &mut Text, _: &mut Ground<'_>) -> bool {
    text.drop(Part::District)
}

/// Without the subdistrict.
pub(crate) fn drop_subdistrict(text: &mut Text, _: &mut Ground<'_>) -> bool {
    text.drop(Part::Subdistrict)
}

/// Without the community.
pub(crate) fn drop_community(text: &mut Text, _: &mut Ground<'_>) -> bool {
    text.drop(Part::Community)
}

/// Without anything above the road.
pub(crate) fn drop_all_divisions(text: &mut Text, _: &mut Ground<'_>) -> bool {
    Part::DIVISIONS.map(|part| text.drop(part)).contains(&true)
}

/// Divisions twice: some levels in a row, or each of some levels.
pub(crate) fn repeat_divisions(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let divisions = text.pieces.iter().take_while(|(part, _)| *part <= Part::Community).count();
    let start = ground.random.below(divisions);
    let count = 1 + ground.random.below(divisions.saturating_sub(start));
    let again: Vec<(Part, String)> =
        text.pieces.iter().skip(start).take(count).map(|(_, piece)| (Part::Extra, piece.clone())).collect();
    let made = !again.is_empty();
    text.pieces.splice(start..start, again);
    made
}

/// Divisions in another order, or behind the rest.
pub(crate) fn divisions_out_of_order(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let before = text.written();
    let (mut divisions, rest): (Vec<_>, Vec<_>) = text.pieces.drain(..).partition(|(part, _)| *part <= Part::Community);
    ground.random.shuffle(&mut divisions);
    if ground.random.chance(0.3) {
        let gap = (Part::Extra, ground.random.pick(["，", " ", ","]).to_owned());
        text.pieces = rest.into_iter().chain([gap]).chain(divisions).collect();
    } else {
        text.pieces = divisions.into_iter().chain(rest).collect();
    }
    text.written() != before
}

/// Divisions with another suffix, or none.
pub(crate) fn division_suffix(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    text.rewrite(|part, piece| {
        let random = &mut ground.random;
        let (suffix, others) = match part {
            Part::City => ("市", ["", "市"]),
            Part::District => ("区", ["", "区"]),
            Part::Subdistrict => ("街道", ["", random.pick(["街道办", "街道办事处", "街办"])]),
            Part::Community => ("社区", ["", random.pick(["社区居委会", "社区工作站", "居委会", "村"])]),
            _ => return piece.to_owned(),
        };
        piece.strip_suffix(suffix).map_or(piece.to_owned(), |stem| format!("{stem}{}", random.pick(others)))
    })
}

/// Another district of the same city; the rest is right.
pub(crate) fn wrong_district(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    let others: Vec<&str> =
        ground.city.districts().into_iter().filter(|name| *name != text.named[Part::District]).collect();
    let Some(other) = ground.random.of(&others) else { return false };
    text.named[Part::District].clear();
    text.write(Part::District, other)
}

/// The estate only.
pub(crate) fn no_road(text: &mut Text, _: &mut Ground<'_>) -> bool {
    text.has(Part::Estate) && [Part::Road, Part::Number].map(|part| text.drop(part)).contains(&true)
}

/// The road with its number only; now and then without the building.
pub(crate) fn no_estate(text: &mut Text, ground: &mut Ground<'_>) -> bool {
    if ground.random.chance(0.2) {
        text.drop(Part::Label);
    }
    text.has(Part::Road) && text.drop(Part::Estate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        noise::tests::{noisy, written},
        text::tests::{compound, village},
    };

    #[test]
    fn divisions_are_left_out() {
        assert!(written(drop_city, 1).starts_with("霁峰区沐台"));
        assert!(written(drop_district, 1).starts_with("示例市沐台"));
        assert!(written(drop_subdistrict, 1).starts_with("示例市霁峰区岚涛"));
        assert!(written(drop_community, 1).starts_with("示例市霁峰区沐台街道红棉"));
        assert_eq!(written(drop_all_divisions, 1), "红棉四路129号望湖花园二期12栋2单元501室");
    }

    #[test]
    fn divisions_are_repeated_and_moved_but_all_there() {
        for seed in 0..50 {
            let repeated = noisy(repeat_divisions, compound(), seed).unwrap();
            assert!(repeated.pieces.len() > compound().pieces.len() && repeated.named == compound().named);
            let moved = noisy(divisions_out_of_order, compound(), seed);
            assert!(
                moved.is_none_or(|text| Part::DIVISIONS.iter().all(|part| text.get(*part) == compound().get(*part)))
            );
        }
    }

    #[test]
    fn suffixes_change_and_stems_stay() {
        for seed in 0..50 {
            let Some(text) = noisy(division_suffix, compound(), seed) else { continue };
            assert!(text.get(Part::District).starts_with("霁峰") && text.get(Part::Community).starts_with("岚涛"));
            assert!(text.written().ends_with("红棉四路129号望湖花园二期12栋2单元501室"));
        }
    }

    #[test]
    fn the_wrong_district_is_another_one_of_the_city() {
        assert_eq!(noisy(wrong_district, compound(), 1).unwrap().get(Part::District), "岚洲区");
    }

    #[test]
    fn villages_have_no_road_to_leave_out() {
        assert!(noisy(no_road, village(), 1).is_none() && noisy(no_estate, village(), 1).is_none());
        assert!(written(no_road, 1).ends_with("社区望湖花园二期12栋2单元501室"));
        assert!((0..20).any(|seed| written(no_estate, seed).ends_with("红棉四路129号12栋2单元501室")));
        assert!((0..20).any(|seed| written(no_estate, seed).ends_with("红棉四路129号2单元501室")));
    }
}
