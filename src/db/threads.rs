//! Threads that wait for the database, so that those who answer requests need not.
//!
//! There are as many as connections, and jobs go to them in the order in which they came. Where there are more, such as in
//! the pool of the async runtime, they wait for one another's connections, and now and then one of them waits very long:
//! whose turn it is, a lock decides by chance, and who gives way while it is held comes last.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::http::problem::{Problem, Result};

/// A thread that has had nothing to do for so long ends.
const IDLE: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce() + Send>;

/// Some threads. They are started when they are needed.
pub struct Threads(Arc<Inner>);

struct Inner {
    name: &'static str,
    most: usize,
    queue: Mutex<Queue>,
    ready: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    threads: usize,
    /// Those of them that wait for a job.
    idle: usize,
}

impl Threads {
    /// Up to so many.
    pub fn new(name: &'static str, most: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Self(Arc::new(Inner { name, most, queue: Mutex::default(), ready: Condvar::new() }))
    }

    /// Runs a job and waits for its result: 503 when its turn has not come after a time. It is never begun when whoever
    /// asked for it has gone.
    pub async fn run<T: Send + 'static>(
        &self,
        patience: Duration,
        job: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, mut receiver) = oneshot::channel();
        // Set by the thread that begins it or by whoever is tired of waiting: what comes first holds.
        let is_decided = Arc::new(AtomicBool::new(false));
        let decided = is_decided.clone();
        self.0.push(Box::new(move || {
            if !sender.is_closed() && !decided.swap(true, Ordering::Relaxed) {
                // Whoever asked for it may be gone by now.
                let _ = sender.send(job());
            }
        }))?;
        let result = match timeout(patience, &mut receiver).await {
            Ok(result) => result,
            Err(_) if !is_decided.swap(true, Ordering::Relaxed) => {
                return Err(Problem::unavailable(format!("no {} thread was free in time", self.0.name)));
            }
            Err(_) => receiver.await,
        };
        // What was begun and gave no result has panicked.
        result.unwrap_or_else(|_| match is_decided.load(Ordering::Relaxed) {
            true => Err(Problem::internal("a database task panicked")),
            false => Err(Problem::unavailable(format!("no {} thread could be started", self.0.name))),
        })
    }
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(self: &Arc<Self>, job: Job) -> Result<()> {
        let mut queue = self.queue();
        queue.jobs.push_back(job);
        let are_enough = queue.jobs.len() <= queue.idle || queue.threads >= self.most;
        let is_awaited = queue.idle > 0;
        queue.threads += usize::from(!are_enough);
        drop(queue);
        if !are_enough {
            self.start()?;
        } else if is_awaited {
            self.ready.notify_one();
        }
        Ok(())
    }

    fn start(self: &Arc<Self>) -> Result<()> {
        let inner = self.clone();
        let Err(error) = Builder::new().name(format!("db-{}", self.name)).spawn(move || inner.work()) else {
            return Ok(());
        };
        let mut queue = self.queue();
        queue.threads -= 1;
        if queue.threads == 0 {
            // Nobody would ever come to them.
            queue.jobs.clear();
            return Err(Problem::unavailable(format!("cannot start a thread: {error}")));
        }
        Ok(())
    }

    fn work(&self) {
        let mut queue = self.queue();
        loop {
            while let Some(job) = queue.jobs.pop_front() {
                drop(queue);
                // Whoever waits for it is told by what it drops.
                let _ = catch_unwind(AssertUnwindSafe(job));
                queue = self.queue();
            }
            queue.idle += 1;
            let waited = self.ready.wait_timeout_while(queue, IDLE, |queue| queue.jobs.is_empty());
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
            queue.idle -= 1;
            if queue.jobs.is_empty() {
                queue.threads -= 1;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::future::join_all;

    use super::*;
    use crate::http::problem::Kind;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[actix_web::test]
    async fn jobs_run_in_the_order_in_which_they_came_on_so_many_threads() {
        let threads = Threads::new("test", 1);
        let order = Arc::new(Mutex::new(Vec::new()));
        let jobs = (0..100).map(|number| {
            let order = order.clone();
            threads.run(PATIENCE, move || {
                order.lock().unwrap().push(number);
                Ok(std::thread::current().id())
            })
        });
        let ids: Vec<_> = join_all(jobs).await.into_iter().map(Result::unwrap).collect();
        assert!(ids.iter().all(|id| Some(id) == ids.first()));
        assert_eq!(*order.lock().unwrap(), (0..100).collect::<Vec<_>>());
    }

    #[actix_web::test]
    async fn several_run_at_once_up_to_the_most() {
        let threads = Threads::new("test", 3);
        let begun = Arc::new((Mutex::new(0), Condvar::new()));
        // Each waits until three have begun.
        let jobs = (0..9).map(|_| {
            let begun = begun.clone();
            threads.run(PATIENCE, move || {
                let (number, changed) = &*begun;
                let mut number = number.lock().unwrap();
                *number += 1;
                changed.notify_all();
                Ok(!changed.wait_timeout_while(number, PATIENCE, |number| *number < 3).unwrap().1.timed_out())
            })
        });
        assert!(join_all(jobs).await.into_iter().all(Result::unwrap));
        assert_eq!(threads.0.queue().threads, 3);
    }

    #[actix_web::test]
    async fn a_panic_is_the_job_s_alone() {
        let threads = Threads::new("test", 1);
        let broken = threads.run::<()>(PATIENCE, || panic!("as it should"));
        assert_eq!(broken.await.unwrap_err().kind(), Kind::Internal);
        assert_eq!(threads.run(PATIENCE, || Ok(1)).await.unwrap(), 1);
    }

    #[actix_web::test]
    async fn what_has_not_begun_in_time_never_does() {
        let threads = Threads::new("test", 1);
        let (go, wait) = mpsc::channel::<()>();
        let (told, begun) = mpsc::channel();
        let mut first = Box::pin(threads.run(Duration::from_millis(1), move || {
            told.send(()).unwrap();
            Ok(wait.recv().is_ok())
        }));
        assert!(futures_util::poll!(&mut first).is_pending());
        begun.recv().unwrap();
        let (told, begun) = mpsc::channel();
        let second = threads.run(Duration::from_millis(50), move || {
            told.send(()).unwrap();
            Ok(())
        });
        let (first, second) = futures_util::join!(first, async {
            let second = second.await;
            go.send(()).unwrap();
            second
        });
        // The first was long in being done, but had begun.
        assert!(first.unwrap());
        assert_eq!(second.unwrap_err().kind(), Kind::Unavailable);
        threads.run(PATIENCE, || Ok(())).await.unwrap();
        assert!(begun.try_recv().is_err());
    }

    #[actix_web::test]
    async fn what_nobody_waits_for_is_not_begun() {
        let threads = Threads::new("test", 1);
        let (go, wait) = mpsc::channel::<()>();
        let (told, begun) = mpsc::channel();
        let mut first = Box::pin(threads.run(PATIENCE, move || Ok(wait.recv().is_ok())));
        let mut second = Box::pin(threads.run(PATIENCE, move || {
            told.send(()).unwrap();
            Ok(())
        }));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(second);
        go.send(()).unwrap();
        assert!(first.await.unwrap());
        threads.run(PATIENCE, || Ok(())).await.unwrap();
        assert!(begun.try_recv().is_err());
    }
}
