//! Studies that may take long: on all threads where it is worth it, and given up on a signal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

use crate::parallel::{WORTH_THREADS, pool};

/// Between two looks at the interpreter.
const PAUSE: Duration = Duration::from_millis(50);

/// The work below which nobody will want to interrupt: tens of milliseconds.
const WORTH_WATCHING: u64 = 10_000_000;

/// Runs `job` with the interpreter released. It is told whether it has a pool of threads to
/// itself and, where `work` is long, when it is not to go on; then it has no result.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    work: u64,
    job: impl FnOnce(bool, &AtomicBool) -> Option<T> + Send,
) -> PyResult<T> {
    let going = AtomicBool::new(true);
    let run = || {
        let pool = if work < WORTH_THREADS as u64 { None } else { pool() };
        match pool.filter(|pool| pool.current_num_threads() > 1) {
            Some(pool) => pool.install(|| job(true, &going)),
            None => job(false, &going),
        }
    };
    let mut raised = None;
    let outcome = py.detach(|| match work {
        ..WORTH_WATCHING => run(),
        _ => watched(run, || {
            raised = Python::attach(|py| -> PyResult<()> { py.check_signals() }).err();
            going.store(raised.is_none(), Ordering::Relaxed);
            raised.is_none()
        }),
    });
    match (raised, outcome) {
        (Some(raised), _) => Err(raised),
        (None, outcome) => outcome.ok_or_else(|| PyKeyboardInterrupt::new_err(())),
    }
}

/// Runs `job` on another thread while this one, the only one that signals reach, looks after
/// the interpreter every now and then, until `look` says that there is no more to look for.
pub(crate) fn watched<T: Send>(
    job: impl FnOnce() -> T + Send,
    mut look: impl FnMut() -> bool,
) -> T {
    let (sender, outcome) = mpsc::channel();
    thread::scope(|scope| {
        let worker = scope.spawn(move || _ = sender.send(job()));
        let mut looking = true;
        loop {
            match outcome.recv_timeout(PAUSE) {
                Ok(outcome) => return outcome,
                Err(RecvTimeoutError::Timeout) => looking = looking && look(),
                Err(RecvTimeoutError::Disconnected) => match worker.join() {
                    Err(panic) => std::panic::resume_unwind(panic),
                    Ok(()) => unreachable!("a job that ends is told of"),
                },
            }
        }
    })
}
