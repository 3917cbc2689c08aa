//! A scan: files in, runs of groups out, on all threads.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::error::{Error, Result};
use crate::report::Notes;
use crate::seen::Seen;
use crate::settings::Settings;
use crate::source::{Input, Queue};
use crate::spill::{Run, Spill};
use crate::worker::{Shared, Worker};

/// How a scan is to be done; nothing here changes its outcome.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Threads to start.
    pub threads: usize,
    /// Bytes of groups to hold; what is beyond goes to disk.
    pub memory: usize,
    /// Where spilled runs are written.
    pub folder: PathBuf,
}

/// What was read: the groups, and what was noticed.
#[derive(Default)]
pub struct Scanned {
    pub(crate) runs: Vec<Run>,
    pub(crate) seen: Seen,
    pub(crate) notes: Notes,
    pub(crate) files: Vec<String>,
}

/// Reads files. `watch` is called several times a second with the bytes and rows done; when it
/// says no, the scan stops with [`Error::Interrupted`].
pub fn scan(
    inputs: &[Input],
    settings: &Arc<Settings>,
    how: &Scan,
    mut watch: impl FnMut(u64, u64) -> bool,
) -> Result<Scanned> {
    let stop = AtomicBool::new(false);
    let shared = Shared { done: Arc::default(), rows: AtomicU64::new(0), stop: &stop };
    let queue = Queue::new(inputs, vec![0; inputs.len()]);
    let scanned = Mutex::new(Scanned::default());
    let threads = how.threads.max(1);
    let share = how.memory / threads;
    let work = || {
        let spill = Spill::new(share, &how.folder);
        let mut worker = Worker::new(settings, spill, None, &shared);
        while let Some(unit) = queue.next() {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            worker.work(unit)?;
        }
        let Worker { partial, notes, spill, .. } = worker;
        let (runs, seen) = spill.finish(partial)?;
        let mut scanned = scanned.lock().unwrap_or_else(PoisonError::into_inner);
        scanned.runs.extend(runs);
        scanned.seen.merge(&seen);
        scanned.notes.merge(notes);
        Ok(())
    };
    let watcher = thread::current();
    let outcome = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let outcome = work();
                    if outcome.is_err() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    watcher.unpark();
                    outcome
                })
            })
            .collect();
        while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
            thread::park_timeout(PAUSE);
            let done = shared.done.load(Ordering::Relaxed);
            if !watch(done, shared.rows.load(Ordering::Relaxed)) {
                stop.store(true, Ordering::Relaxed);
            }
        }
        joined(workers)
    });
    outcome?;
    let mut scanned = scanned.into_inner().unwrap_or_else(PoisonError::into_inner);
    scanned.notes.number_lines();
    scanned.files = inputs.iter().map(|input| input.name.clone()).collect();
    Ok(scanned)
}

/// Between two looks at the workers.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// The first error that is not the mere echo of another.
fn joined(workers: Vec<thread::ScopedJoinHandle<'_, Result<()>>>) -> Result<()> {
    let mut worst = Ok(());
    for worker in workers {
        match worker.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                if matches!(worst, Ok(()) | Err(Error::Interrupted)) {
                    worst = Err(error);
                }
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    worst
}
