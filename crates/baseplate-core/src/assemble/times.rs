//! When the records of a layer were: seconds since 1970-01-01T00:00:00Z by position.

use crate::{store::TimeInfo, time::Zone};

/// No second.
const NEVER: i64 = i64::MIN;

/// When records were, by position; empty as long as none says it.
#[derive(Default)]
pub(super) struct Times {
    rows: usize,
    begins: Vec<i64>,
    ends: Vec<i64>,
}

impl Times {
    /// Takes over when a record was or began, and when it ended.
    pub(super) fn push(&mut self, time: Option<i64>, until: Option<i64>) {
        for (column, second) in [(&mut self.begins, time), (&mut self.ends, until)] {
            if second.is_some() && column.is_empty() {
                column.resize(self.rows, NEVER);
            }
            if second.is_some() || !column.is_empty() {
                column.push(second.unwrap_or(NEVER));
            }
        }
        self.rows += 1;
    }

    /// When a record was or began, and when it ended.
    pub(super) fn of(&self, position: u32) -> [Option<i64>; 2] {
        let of = |column: &Vec<i64>| column.get(position as usize).copied().filter(|second| *second != NEVER);
        [of(&self.begins), of(&self.ends)]
    }

    /// What the manifest says of them; `None` if no record has a time.
    pub(super) fn describe(&self, zone: &Zone) -> Option<TimeInfo> {
        let seconds = || self.begins.iter().copied().filter(|second| *second != NEVER);
        Some(TimeInfo { zone: zone.as_str().to_owned(), first: seconds().min()?, last: seconds().max()? })
    }
}
