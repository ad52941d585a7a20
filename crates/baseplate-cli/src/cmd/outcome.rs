//! How a sub-command ends.

use baseplate_core::{BuildError, ChangeError, code::mask_ids};
use phrasebook::say;
use std::{error::Error, process::ExitCode};

/// What every sub-command answers with.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// Why work stopped that goes over several threads.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Exit code of a strict build that found rows to reject.
const EXIT_STRICT: u8 = 3;
/// Exit code of a build that holds much less than the plate before.
const EXIT_LOSES: u8 = 4;

/// The exit code of the program; an error is said first.
pub(crate) fn exit_code(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            say!("error: {}", mask_ids(&error.to_string()));
            match error.downcast_ref() {
                Some(BuildError::Strict { .. }) => ExitCode::from(EXIT_STRICT),
                Some(BuildError::Loses { .. }) => ExitCode::from(EXIT_LOSES),
                _ if matches!(error.downcast_ref(), Some(ChangeError::Loses { .. })) => ExitCode::from(EXIT_LOSES),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

/// Whoever reads our output (`head`, say) may have enough before its end.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let pipe = |e: &(dyn Error + 'static)| {
        let io = e.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        let csv = e.downcast_ref::<csv::Error>().and_then(|e| match e.kind() {
            csv::ErrorKind::Io(e) => Some(e.kind()),
            _ => None,
        });
        let json = e.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(csv).or(json) == Some(std::io::ErrorKind::BrokenPipe)
    };
    let mut cause = Some(error);
    while let Some(error) = cause {
        if pipe(error) {
            return true;
        }
        cause = error.source();
    }
    false
}
