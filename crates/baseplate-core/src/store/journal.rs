//! `changes.jsonl`: what the publications up to a generation changed, one a line, the oldest first.
//!
//! The journal lies inside the generation that it ends with, so it is published with it, in one step: whoever can open a generation can
//! read that it was published, and what was never published stands in none. Each generation has the lines of the one before and its
//! own, and the oldest go once there are more than [`KEPT`] or they take more than [`KEPT_BYTES`].

use super::{layer::Audience, manifest::Manifest};
use arrow_buffer::Buffer;
use serde::{Deserialize, Serialize};

/// Publications that are kept at most.
pub(crate) const KEPT: usize = 1_000;
/// Bytes that they take at most; the last one is kept whatever it takes.
pub(crate) const KEPT_BYTES: usize = 16 << 20;

/// What was done when a generation was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicationKind {
    /// The plate was built from its spec.
    Build,
    /// It was brought to the present format.
    Migrate,
    /// A layer was added.
    LayerAdd,
    /// A layer got another file.
    LayerReplace,
    /// Something else is said of a layer.
    LayerSet,
    /// A layer was removed.
    LayerRemove,
}

impl PublicationKind {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Build, Self::Migrate, Self::LayerAdd, Self::LayerReplace, Self::LayerSet, Self::LayerRemove];

    /// Its word in the journal and in answers.
    pub const fn as_str(self) -> &'static str {
        ["build", "migrate", "layer-add", "layer-replace", "layer-set", "layer-remove"][self as usize]
    }
}

/// A generation that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The number of the generation: whoever has read up to here asks for what comes after it.
    pub cursor: u64,
    /// The number of the generation whose place it took; 0 if there was none, or none that could be read.
    pub after: u64,
    /// When it was published, RFC 3339, UTC.
    pub at: String,
    /// What was done.
    pub kind: PublicationKind,
    /// The layers of records that are not as they were.
    pub layers: Vec<LayerDifference>,
}

/// How a layer of records is another one than in the generation before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerDifference {
    /// The id of the layer.
    pub layer: String,
    /// The layer as it was; none if it was not there.
    pub before: Option<LayerState>,
    /// The layer as it is; none if it is gone.
    pub after: Option<LayerState>,
    /// Whether its records are other ones, and not only what is said of it.
    pub is_replaced: bool,
    /// How many of its records count in each district, of those where that is known and another number than before, or where the layer
    /// is for another audience.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub districts: Vec<DistrictDifference>,
}

/// What a generation has of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerState {
    /// Who may read it.
    pub audience: Audience,
    /// Its rows.
    pub rows: u64,
    /// How many of them have a place.
    pub linked: u64,
}

/// How many records of a layer count in a district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistrictDifference {
    /// The code of the district.
    pub code: String,
    /// How many there were.
    pub before: u32,
    /// How many there are.
    pub after: u32,
}

impl LayerDifference {
    /// What somebody is told who may read what is for an audience: a layer that is for others now was removed, one that was for others
    /// was added, and of one that is and was for others there is nothing to tell.
    pub(crate) fn for_audience(mut self, audience: Audience) -> Option<Self> {
        let is_shown = |state: &LayerState| state.audience <= audience;
        let (before, after) = (self.before.take().filter(is_shown), self.after.take().filter(is_shown));
        if before.is_none() && after.is_none() {
            return None;
        }
        for district in &mut self.districts {
            district.before = before.as_ref().map_or(0, |_| district.before);
            district.after = after.as_ref().map_or(0, |_| district.after);
        }
        self.districts.retain(|district| district.before != district.after);
        Some(Self { before, after, ..self })
    }
}

/// Why the publications after a cursor cannot be told.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum JournalError {
    /// Those that came after it are not kept any more, or it was taken back: whoever followed reads the plate as a whole once, and goes
    /// on from the generation that it read.
    #[error(
        "since {since}: what was published after it is not kept; read the layers as a whole, and go on from generation {generation}"
    )]
    Gone {
        /// The cursor.
        since: u64,
        /// The generation that answered.
        generation: String,
    },
    /// The journal is not what was written.
    #[error("changes.jsonl is damaged: {0}; publish once more, and read the layers as a whole")]
    Damaged(String),
}

/// The opened journal of a generation.
pub(crate) struct Journal(Buffer);

impl Journal {
    /// The journal in a file.
    pub(crate) fn new(file: Buffer) -> Self {
        Self(file)
    }

    /// Its lines, the newest first.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.0.as_slice().rsplit(|byte| *byte == b'\n').filter(|line| !line.is_empty())
    }

    /// The publications after a cursor, the oldest first, `limit` at most; from the oldest that is kept if there is none. Whoever has a
    /// later cursor than the last asked somebody who was ahead of this generation, and has nothing to read.
    ///
    /// # Errors
    /// [`JournalError::Gone`] if what came after the cursor is not kept, or the cursor is of a generation that was taken back.
    pub(crate) fn since(
        &self,
        since: Option<u64>,
        limit: usize,
        manifest: &Manifest,
    ) -> Result<Vec<Publication>, JournalError> {
        let (mut lines, mut after) = (Vec::new(), since.unwrap_or_default());
        for line in self.lines() {
            let place: Place = read(line)?;
            if since.is_some_and(|since| place.cursor <= since) {
                break;
            }
            after = place.after;
            lines.push(line);
        }
        match since {
            Some(since) if since != after => Err(JournalError::gone(since, manifest)),
            _ => lines.into_iter().rev().take(limit).map(read).collect(),
        }
    }
}

/// Where a line stands among the others.
#[derive(Deserialize)]
struct Place {
    cursor: u64,
    after: u64,
}

fn read<'l, T: Deserialize<'l>>(line: &'l [u8]) -> Result<T, JournalError> {
    serde_json::from_slice(line).map_err(|e| JournalError::Damaged(e.to_string()))
}

impl JournalError {
    /// The error of a cursor that nothing leads on from.
    pub(crate) fn gone(since: u64, manifest: &Manifest) -> Self {
        Self::Gone { since, generation: manifest.generation.clone() }
    }
}
