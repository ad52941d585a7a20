//! Which records of a layer are meant.

use crate::plate::Record;

/// Some of the records of a layer.
#[derive(Debug, Clone)]
pub(super) struct Only {
    /// Whether records without a time are left out.
    pub(super) is_dated: bool,
    /// The first second.
    pub(super) from: Option<i64>,
    /// The second behind the last one.
    pub(super) to: Option<i64>,
    /// Whether each class is meant, if not all are.
    pub(super) classes: Option<Vec<bool>>,
}

impl Only {
    /// Whether a record is meant.
    pub(super) fn has(&self, record: &Record<'_>) -> bool {
        let is_of_class =
            |classes: &Vec<bool>| record.class().is_some_and(|class| classes.get(usize::from(class)) == Some(&true));
        let is_between =
            |second: i64| self.from.is_none_or(|from| from <= second) && self.to.is_none_or(|to| second < to);
        self.classes.as_ref().is_none_or(is_of_class) && (!self.is_dated || record.time().is_some_and(is_between))
    }
}
