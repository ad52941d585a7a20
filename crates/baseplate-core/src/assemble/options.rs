//! What can be chosen for a build.

use crate::code::PersonKey;

/// How a plate is built: what is asked for at this build, beside the spec.
#[derive(Debug, Clone, Default)]
pub struct BuildOptions {
    /// Whether no plate is written if any row was rejected.
    pub strict: bool,
    /// Whether a generation that holds much less than the one before is published, too.
    pub accept: bool,
    /// The key under which the ids of people become tokens; needed if the spec has people.
    pub key: Option<PersonKey>,
    /// The key that the releases so far were made with, if it is changed: people are known again under the new one.
    pub former_key: Option<PersonKey>,
    /// Whether counts of people are released now, whatever the spec says.
    pub release_people: bool,
    /// Whether a new series of releases is begun. Whoever has seen both can tell from the difference who
    /// has moved.
    pub new_people_series: bool,
}
