//! What can be chosen for a build.

use crate::code::PersonKey;

/// How to build.
#[derive(Debug, Clone, Default)]
pub struct BuildOptions {
    /// Write no plate if any row was rejected.
    pub strict: bool,
    /// Publish a generation that holds much less than the one before, too.
    pub accept: bool,
    /// The key under which the ids of people become tokens; needed if the spec has people.
    pub key: Option<PersonKey>,
    /// The key that the releases so far were made with, if it is changed: people are known again under the new one.
    pub former_key: Option<PersonKey>,
    /// Release counts of people now, whatever the spec says.
    pub release_people: bool,
    /// Begin a new series of releases. Whoever has seen both can tell from the difference who has moved.
    pub new_people_series: bool,
}
