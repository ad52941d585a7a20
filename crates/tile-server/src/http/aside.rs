//! Work that would keep a thread from its other requests.

use crate::{config::Limits, http::problem::Problem};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};
use tokio::{sync::Semaphore, task::JoinSet};

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

/// Requests that wait for their turn are at most this share of all that may be at work, so that short questions find a place.
const WAITING_SHARE: u32 = 4;
/// How much the threads of batches step back behind those of short questions, as `nice` counts.
const NICE: i32 = 19;

/// The order of batches: few run at a time, on threads that step back, so that short questions find a core.
#[derive(Clone)]
pub(crate) struct Turns {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    pool: Option<Arc<ThreadPool>>,
}

impl Turns {
    pub(crate) fn new(limits: &Limits) -> Self {
        let waiting = (limits.concurrent_requests / WAITING_SHARE).max(1);
        // Without threads of its own a batch runs on those of all.
        let pool = ThreadPoolBuilder::new().start_handler(|_| step_back()).build().ok();
        Self {
            turns: Arc::new(Semaphore::new(limits.batches as usize)),
            waiting: Arc::new(Semaphore::new(waiting as usize)),
            pool: pool.map(Arc::new),
        }
    }

    /// Does [`aside`] what takes long, when it is its turn. The work looks now and then whether its answer is still wanted, and
    /// ends with `None` if not; its turn lasts until then.
    ///
    /// # Errors
    /// 503 if too many wait already, 500 if the work panics.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Wanted) -> Option<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let crowded = |_| Problem::unavailable("many batches and large pages wait for their turn already; ask again");
        let waits = self.waiting.try_acquire().map_err(crowded)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Problem::internal)?;
        drop(waits);
        let (asks, wanted) = Wanted::pair();
        let pool = self.pool.clone();
        let done = aside(move || {
            let _turn = turn;
            match pool {
                Some(pool) => pool.install(|| work(&wanted)),
                None => work(&wanted),
            }
        });
        let done = done.await?;
        drop(asks);
        done.ok_or_else(|| Problem::internal("the answer was not wanted any more"))
    }
}

/// Lets other threads go before this one, where that can be said of a thread.
fn step_back() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
}

/// Whether somebody still waits for an answer.
pub(crate) struct Wanted(Arc<AtomicBool>);

/// Who waits for it.
struct Asks(Arc<AtomicBool>);

impl Wanted {
    fn pair() -> (Asks, Self) {
        let wanted = Arc::new(AtomicBool::new(true));
        (Asks(Arc::clone(&wanted)), Self(wanted))
    }

    /// `None` if nobody waits any more.
    pub(crate) fn still(&self) -> Option<()> {
        self.0.load(Relaxed).then_some(())
    }
}

impl Drop for Asks {
    fn drop(&mut self) {
        self.0.store(false, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::mpsc, time::Duration};

    #[tokio::test]
    async fn a_batch_that_is_given_up_ends_and_gives_its_turn() {
        let turns = Turns::new(&Limits { batches: 1, ..Limits::default() });
        let (begun, has_begun) = mpsc::channel();
        let endless = move |wanted: &Wanted| {
            begun.send(()).ok()?;
            loop {
                wanted.still()?;
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        let given_up = {
            let turns = turns.clone();
            tokio::spawn(async move { turns.aside::<()>(endless).await })
        };
        tokio::task::spawn_blocking(move || has_begun.recv()).await.expect("a thread").expect("it has begun");
        let mut next = std::pin::pin!(turns.aside(|_| Some(5)));
        assert!(tokio::time::timeout(Duration::from_millis(20), &mut next).await.is_err(), "it is not its turn");
        given_up.abort();
        let next = tokio::time::timeout(Duration::from_secs(5), next).await.expect("its turn comes");
        assert_eq!(next.expect("it is done"), 5);
    }
}
