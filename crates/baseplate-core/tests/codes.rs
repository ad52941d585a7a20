//! The five codes: what must hold for every code, and the public examples.

use baseplate_core::code::{CitizenId, CodeError, GridCode, PlaceCode, Uscc};
use proptest::prelude::*;

#[test]
fn public_examples() {
    for id in ["11010519491231002X", "440524188001010014", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ"]
    {
        assert!(id.parse::<CitizenId>().is_ok(), "{id}");
    }
    for code in ["91350100M000100Y43", "91110000101623741K", "911101066976941872", "91350100m000100y43"] {
        assert_eq!(code.parse::<Uscc>().expect("form").check(), Ok(()), "{code}");
    }
    let wrong = "91350100M000100Y4".to_owned() + "Z";
    assert_eq!(
        wrong.parse::<Uscc>().map(drop),
        Err(CodeError::Character { position: 18, found: 'Z', expected: "0-9 or A-Z without I, O, S, V, Z" })
    );
    assert!("91350211M0000XUF46".parse::<Uscc>().expect("form").check().is_err());
}

#[test]
fn a_wrong_citizen_id_says_what_is_wrong() {
    let reason = |id: &str| id.parse::<CitizenId>().expect_err("wrong");
    assert_eq!(reason("110105194912310021"), CodeError::Check { position: 18, expected: 'X' });
    assert_eq!(reason("11010519490230002X"), CodeError::Date);
    assert_eq!(reason("1101051949123100"), CodeError::Length { found: 16, expected: "18" });
    assert_eq!(reason("  "), CodeError::Empty);
    assert!(matches!(reason("1101O519491231002X"), CodeError::Character { position: 5, found: 'O', .. }));
}

#[test]
fn a_citizen_id_does_not_show_itself() {
    let id: CitizenId = "11010519491231002X".parse().expect("valid");
    assert!(!format!("{id:?}").contains("1101"));
}

proptest! {
    #[test]
    fn grid_codes_round_trip(code in "[0-9A-Z-]{0,31}[0-9A-Z]") {
        prop_assert_eq!(code.parse::<GridCode>().expect("valid").to_string(), code);
    }

    #[test]
    fn place_codes_round_trip_and_keep_leading_zeros(code in "0{0,3}[!-~]{0,59}[1-9A-Z]") {
        // What spreadsheets put in front of codes is no part of them.
        prop_assume!(!code.starts_with(['\'', '`', '=', '"']));
        prop_assume!(!matches!(code.parse::<PlaceCode>(), Err(CodeError::Rounded)));
        prop_assert_eq!(code.parse::<PlaceCode>().expect("valid").to_string(), code);
    }

    #[test]
    fn parts_of_a_national_code_are_its_beginning(grid in "[0-9]{14}", building in "[0-9A-Z]{5}", room in "[0-9A-Z]{6}") {
        let address: PlaceCode = format!("{grid}{building}{room}").parse().expect("valid");
        prop_assert_eq!(address.grid_part(), Some(grid.as_str()));
        prop_assert_eq!(address.building_part(), Some(&address.as_str()[..19]));
    }

    /// No text makes a parser panic, and whatever is accepted is accepted again as it is shown.
    #[test]
    fn any_text_is_accepted_or_refused(text in "\\PC{0,40}") {
        if let Ok(code) = text.parse::<GridCode>() {
            prop_assert_eq!(code.to_string().parse::<GridCode>(), Ok(code));
        }
        if let Ok(code) = text.parse::<PlaceCode>() {
            prop_assert_eq!(code.to_string().parse::<PlaceCode>(), Ok(code));
        }
        let _ = text.parse::<CitizenId>();
        let _ = text.parse::<Uscc>().map(|code| code.check());
    }

    /// Of the 31 last characters exactly one is right, and the error names it.
    #[test]
    fn one_check_character_is_right(body in "[0-9A-HJ-NPQRTUWXY]{17}") {
        let outcomes: Vec<_> = "0123456789ABCDEFGHJKLMNPQRTUWXY"
            .chars()
            .map(|last| (last, format!("{body}{last}").parse::<Uscc>().expect("form").check()))
            .collect();
        let is_last = |outcome: &Result<(), CodeError>| matches!(outcome, Err(CodeError::Check { position: 18, .. }));
        let (right, wrong): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|(_, outcome)| !is_last(outcome));
        prop_assert_eq!(right.len(), 1);
        for (_, outcome) in wrong {
            prop_assert_eq!(outcome, Err(CodeError::Check { position: 18, expected: right[0].0 }));
        }
    }

    /// MOD 11-2 finds every single wrong digit.
    #[test]
    fn a_changed_digit_is_found(at in 0..17_usize, other in 0..10_u32) {
        let id = "11010519491231002X";
        let mut changed: Vec<char> = id.chars().collect();
        changed[at] = char::from_digit(other, 10).expect("a digit");
        let changed: String = changed.into_iter().collect();
        prop_assert_eq!(changed.parse::<CitizenId>().is_ok(), changed == id);
    }
}
