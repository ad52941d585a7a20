//! Work that would keep a thread from its other requests.

use crate::problem::Problem;
use tokio::task::JoinSet;

/// Does work on a thread where others do not wait for it. Work that was not begun when its request was given up is dropped.
///
/// # Errors
/// 500 if the work panics.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let mut tasks = JoinSet::new();
    tasks.spawn_blocking(work);
    match tasks.join_next().await {
        Some(done) => done.map_err(Problem::internal),
        None => Err(Problem::internal("the work was lost")),
    }
}
