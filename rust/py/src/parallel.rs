//! Work on many rows: on this thread, or on all of the pool's where it is worth it.

use std::ops::Range;
use std::process;
use std::sync::{Arc, Mutex};

use rayon::ThreadPool;
use rayon::prelude::*;

/// The units of work, rows and bytes of texts, below which no thread is started.
pub(crate) const WORTH_THREADS: usize = 100_000;

/// The rows that one thread takes at a time, at most.
const MAX_ROWS: usize = 1 << 14;

/// The pool and the process that started it.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// The results of `work` on ranges that make up `0..rows`, in their order.
///
/// `weight` is how much there is to read, in rows and bytes.
pub(crate) fn by_ranges<T: Send>(
    rows: usize,
    weight: usize,
    work: impl Fn(Range<usize>) -> T + Sync,
) -> Vec<T> {
    let pool = if weight < WORTH_THREADS { None } else { pool() };
    let threads = pool.as_ref().map_or(1, |pool| pool.current_num_threads());
    let step = rows.div_ceil(8 * threads).clamp(1, MAX_ROWS);
    let range = |start| work(start..rows.min(start + step));
    match pool.filter(|_| threads > 1) {
        Some(pool) => pool.install(|| starts(rows, step).into_par_iter().map(range).collect()),
        None => starts(rows, step).into_iter().map(range).collect(),
    }
}

fn starts(rows: usize, step: usize) -> Vec<usize> {
    (0..rows).step_by(step).collect()
}

/// `work`, with rayon's threads being those of this process; without any, on this thread.
pub(crate) fn installed<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match pool() {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// The pool of this process, as wide as `RAYON_NUM_THREADS` says.
///
/// A child made by `fork` inherits the pool's memory but none of its threads, so it makes its
/// own and leaves the other alone: to drop it would wait for threads that are not there. The
/// lock may have been held elsewhere while forking: then, as wherever no pool can be had, there
/// is none, and the work is done on this thread.
pub(crate) fn pool() -> Option<Arc<ThreadPool>> {
    let mut current = POOL.try_lock().ok()?;
    match current.as_ref() {
        Some((owner, pool)) if *owner == process::id() => return Some(Arc::clone(pool)),
        _ => {}
    }
    let pool = Arc::new(rayon::ThreadPoolBuilder::new().build().ok()?);
    std::mem::forget(current.replace((process::id(), Arc::clone(&pool))));
    Some(pool)
}
