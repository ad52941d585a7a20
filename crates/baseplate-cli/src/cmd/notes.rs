//! Notes on standard error of what the plate was that answers came from.

use baseplate_core::{Baseplate, PeopleRelease};
use phrasebook::say;

/// Says so if another generation was published while rows were answered. All answers are of the one that was opened.
pub(crate) fn notice_newer(plate: &Baseplate) {
    let opened = &plate.manifest().generation;
    match plate.newer() {
        Ok(None) => {}
        Ok(Some(newer)) => say!(
            "note: generation {} was published meanwhile; every row was answered from generation {opened}: run it again for \
             the new one",
            newer.manifest().generation
        ),
        Err(e) => say!("note: every row was answered from generation {opened}, which is no longer published: {e}"),
    }
}

/// Of which release numbers of people are.
pub(crate) fn say_release(release: Option<&PeopleRelease>) {
    if let Some(PeopleRelease { number, day, .. }) = release {
        say!("note: people as of release {number} of {day}");
    }
}
