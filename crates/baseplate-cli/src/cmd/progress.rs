//! The progress bar; on standard error, and only where that is a terminal.

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressFinish, ProgressStyle, style::TemplateError};
use phrasebook::worded;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The progress bar.
pub(crate) struct Bar {
    bar: ProgressBar,
    step: ProgressStyle,
    counted: ProgressStyle,
    unit: &'static str,
    now: Mutex<Stretch>,
}

/// What is being done, since when, and what had been done by then.
struct Stretch {
    what: String,
    since: Instant,
    rows: u64,
    done: u64,
}

impl Bar {
    pub(crate) fn new() -> Result<Self, TemplateError> {
        let bar = ProgressBar::new(0).with_finish(ProgressFinish::AndClear);
        bar.enable_steady_tick(Duration::from_millis(100));
        let step = ProgressStyle::with_template("{spinner} {elapsed} {msg}")?;
        let counted = ProgressStyle::with_template("{spinner} {elapsed} {msg} {wide_bar} {percent}% {prefix}")?;
        let now = Stretch { what: String::new(), since: Instant::now(), rows: 0, done: 0 };
        Ok(Self { bar, step, counted, unit: "rows", now: Mutex::new(now) })
    }

    /// The same for things that are called otherwise.
    pub(crate) fn counting(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// Something that has no measure.
    pub(crate) fn step(&self, what: &'static str) {
        self.bar.set_style(self.step.clone());
        self.bar.set_message(worded(what));
    }

    /// Rows (or what is counted instead), their rate, and the time left at the pace so far; an `of` of 0 is an end that nobody knows.
    pub(crate) fn count(&self, what: &str, rows: u64, done: u64, of: u64) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.what != what {
            *now = Stretch { what: what.to_owned(), since: Instant::now(), rows, done };
        }
        let took = now.since.elapsed().as_secs_f64();
        let rate = if took > 0.0 { rows.saturating_sub(now.rows) as f64 / took } else { 0.0 };
        self.bar.set_style(if of > 0 { self.counted.clone() } else { self.step.clone() });
        self.bar.set_length(of);
        self.bar.set_position(done);
        let done_so_far = format!("{what}: {} {}, {}/s", HumanCount(rows), self.unit, HumanCount(rate as u64));
        self.bar.set_message(worded(&done_so_far).into_owned());
        let left = match done.saturating_sub(now.done) {
            0 => 0.0,
            passed => took * of.saturating_sub(done) as f64 / passed as f64,
        };
        let left = format!("{} left", HumanDuration(Duration::from_secs_f64(left)));
        self.bar.set_prefix(worded(&left).into_owned());
    }

    /// Takes it off the screen.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
