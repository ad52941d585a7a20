//! A plate directory that is looked at every second: what is published there is served without a restart.

use super::app::App;
use baseplate_core::{Baseplate, LayerError, OpenError};
use std::{
    convert::Infallible,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep},
};

/// How often the directory is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A generation that could not be opened is tried again after this.
const RETRY: Duration = Duration::from_secs(30);
/// The file that names the published generation.
const CURRENT: &str = "CURRENT";

/// Serves what is published in a plate directory.
pub struct Follower {
    app: App,
    path: PathBuf,
    /// What [`CURRENT`] said when the open generation was opened.
    current: Option<String>,
    /// What it said when a generation could not be opened, and when to try that one again.
    failed: Option<(String, Instant)>,
    /// Whether it could not be read when it was looked at last.
    is_missed: bool,
}

impl Follower {
    /// Opens the published generation of a plate and serves it.
    ///
    /// # Errors
    /// Those of [`Baseplate::open`] and of [`App::publish`].
    pub async fn open(app: App, path: PathBuf) -> Result<Self, FollowError> {
        let (current, plate) = open_aside(&path).await?;
        let follower = Self { app, path, current, failed: None, is_missed: false };
        follower.publish(plate)?;
        Ok(follower)
    }

    /// Serves whatever is published from now on.
    pub async fn run(mut self) -> Infallible {
        loop {
            sleep(LOOK).await;
            self.look().await;
        }
    }

    async fn look(&mut self) {
        let path = self.path.clone();
        let Ok(found) = spawn_blocking(move || read_current(&path)).await else { return };
        let found = match found {
            Ok(found) => found,
            Err(error) => return self.miss(&error),
        };
        if self.is_missed {
            tracing::info!(path = %self.path.display(), "the plate can be read again");
            self.is_missed = false;
        }
        let waits = |(failed, until): &(String, Instant)| *failed == found && Instant::now() < *until;
        if self.current.as_ref() == Some(&found) || self.failed.as_ref().is_some_and(waits) {
            return;
        }
        let opened = open_aside(&self.path).await.map_err(FollowError::from);
        match opened.and_then(|(current, plate)| self.publish(plate).map(|()| current)) {
            Ok(current) => (self.current, self.failed) = (current, None),
            Err(error) => {
                if self.failed.as_ref().is_none_or(|(before, _)| *before != found) {
                    tracing::error!(%error, "the published generation cannot be opened; the one before is served on");
                }
                self.failed = Some((found, Instant::now() + RETRY));
            }
        }
    }

    /// The plate is not there any more, or cannot be read: said once, until it is there again.
    fn miss(&mut self, error: &io::Error) {
        if !self.is_missed {
            let path = self.path.join(CURRENT);
            tracing::error!(%error, path = %path.display(), "the plate cannot be read; what is open is served on");
            self.is_missed = true;
        }
    }

    fn publish(&self, plate: Baseplate) -> Result<(), FollowError> {
        self.app.publish(plate.clone())?;
        let manifest = plate.manifest();
        tracing::info!(name = manifest.name, generation = manifest.generation, "plate open");
        Ok(())
    }
}

/// Why a generation cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The settings do not fit it.
    #[error("the settings of --config do not fit the plate: {0}")]
    Layers(#[from] LayerError),
}

/// Opens a plate where no request waits for it, with what [`CURRENT`] said before.
async fn open_aside(path: &Path) -> Result<(Option<String>, Baseplate), OpenError> {
    let (dir, opened) = (path.to_owned(), path.to_owned());
    let open = move || {
        let current = read_current(&opened).ok();
        Ok((current, Baseplate::open(&opened)?))
    };
    let lost = |e| Err(OpenError::Io { path: dir, source: io::Error::other(e) });
    spawn_blocking(open).await.unwrap_or_else(lost)
}

fn read_current(path: &Path) -> io::Result<String> {
    fs::read_to_string(path.join(CURRENT))
}
