//! What is special about the records of enterprises: their codes can be checked, and the rows of one compared with each other.
//!
//! A code that fails its check is suspect but kept; one that is a citizen id, or that a spreadsheet has rounded, is rejected.

use super::{backbone::Backbone, log::Log, record_table::RecordTable};
use crate::{
    code::{CitizenId, CodeError, LOST, Uscc, fold_code, is_exponent, is_masked, looks_like_id, looks_rounded},
    model::EnterpriseRole,
    quality::{Evidence, Form, Issue, Rule},
};

/// The longest code that is kept, characters: one that fails its check is suspect, but still somebody's.
const CODE_MAX: usize = 32;
/// What is said of a citizen id in the place of a code.
const CITIZEN: &str = "a citizen id where the code of an enterprise belongs";

/// The code that a cell names, folded, with the issue of one that fails its check.
///
/// # Errors
/// What may be shown of the cell, and why it is no code.
pub(super) fn code(named: &str) -> Result<(String, Option<Issue>), (&str, &'static str)> {
    let code = fold_code(named).to_ascii_uppercase();
    if is_masked(&code) {
        return Err((named, CITIZEN));
    }
    if code.is_empty() || code.chars().count() > CODE_MAX {
        return Err((named, "no 统一社会信用代码: 1 to 32 characters are needed"));
    }
    let checked = code.parse::<Uscc>().and_then(|uscc| uscc.check());
    if is_exponent(&code) || looks_rounded(&code) && checked.is_err() {
        return Err((if looks_like_id(&code) { "" } else { named }, LOST));
    }
    let Err(e) = checked else { return Ok((code, None)) };
    // With a date in the right place it is somebody's id, be its check character right or wrong.
    if matches!(code.parse::<CitizenId>(), Ok(_) | Err(CodeError::Check { .. })) {
        return Err(("", CITIZEN));
    }
    let issue = Issue::new(Rule::EnterpriseUsccSuspect, &code, &e);
    Ok((code, Some(issue)))
}

/// Compares the rows of an enterprise with one another: several registered addresses, or in business at one and cancelled at another.
pub(super) fn check(table: &RecordTable, rows: &[u32], backbone: &dyn Backbone, log: &mut Log) {
    let code = |position: u32| table.codes.get(position as usize);
    let active = |position: &&u32| table.active[**position as usize];
    let in_role = |role: EnterpriseRole| rows.iter().filter(move |position| table.role(**position) == role as u8);
    let at =
        |position: u32| table.address(position).and_then(|row| backbone.address_place(row)).map(|(point, _)| point);
    let mut registered = in_role(EnterpriseRole::Registered).filter(active);
    let first = registered.next();
    for again in registered {
        let names = [first.unwrap_or(again), again].map(|position| table.names.get(*position as usize));
        let evidence = Evidence::new(Form::TwoNames, names.map(Into::into));
        log.issue(Issue::new(Rule::EnterpriseDuplicate, code(*again), evidence).at(at(*again)));
    }
    let cancelled = rows.iter().any(|position| !table.active[*position as usize]);
    for operating in in_role(EnterpriseRole::Operates).filter(|_| cancelled) {
        let issue = Issue::new(Rule::EnterpriseCancelled, code(*operating), Form::CancelledOperating);
        log.issue(issue.at(at(*operating)));
    }
}
