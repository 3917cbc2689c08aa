//! A scan: files in, runs of groups out, on all threads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;

use crate::error::{Error, Result};
use crate::kept::{Kept, Samples};
use crate::partial::Partial;
use crate::scanned::Scanned;
use crate::settings::Settings;
use crate::source::{Input, Opened, Queue};
use crate::spill::Spill;
use crate::worker::{Shared, Worker};

/// How a scan is to be done; nothing here changes its outcome.
#[derive(Clone)]
pub struct Scan {
    /// Threads to start.
    pub threads: usize,
    /// Bytes of groups to hold; what is beyond goes to disk.
    pub memory: usize,
    /// Where spilled runs are written.
    pub folder: PathBuf,
    /// Where samples are written one by one, if they are asked for.
    pub samples: Option<Arc<Samples>>,
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
    let opened: Vec<_> = inputs.iter().map(Opened::of).collect();
    let queue = Queue::new(inputs, opened.iter().map(Opened::parts).collect());
    let opened = inputs.iter().map(|input| input.number).zip(opened).collect();
    let shared = Shared { done: Arc::default(), opened, rows: AtomicU64::new(0), stop: &stop };
    let files: BTreeMap<u32, String> =
        inputs.iter().map(|input| (input.number, input.name.clone())).collect();
    let scanned = Mutex::new(Scanned::default());
    let threads = how.threads.max(1);
    // An eighth is for what reads and writes.
    let share = how.memory / 8 * 7 / threads;
    let work = || {
        let spill = Spill::new(share, &how.folder, threads, &stop);
        let kept = how.samples.as_deref().map(|samples| Kept::new(samples, settings, &files));
        let mut worker = Worker::new(settings, spill, kept, &shared);
        let read = read_units(&mut worker, &queue, &stop);
        let Worker { partial, notes, spill, kept, .. } = worker;
        if let Err(error) = read {
            free_later(partial);
            return Err(error);
        }
        kept.map_or(Ok(()), |mut kept| kept.write())?;
        let (runs, seen) = spill.finish(partial)?;
        let mut scanned = scanned.lock().unwrap_or_else(PoisonError::into_inner);
        scanned.runs.extend(runs);
        scanned.seen.merge(&seen);
        scanned.notes.merge(notes);
        Ok(())
    };
    let outcome = thread::scope(|scope| {
        let (ended, endings) = mpsc::channel::<()>();
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (ended, work, stop) = (ended.clone(), &work, &stop);
                scope.spawn(move || {
                    // Dropped with the thread, however it ends.
                    let _ended = ended;
                    let outcome = work();
                    if outcome.is_err() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    outcome
                })
            })
            .collect();
        drop(ended);
        while endings.recv_timeout(PAUSE) == Err(mpsc::RecvTimeoutError::Timeout) {
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
    scanned.files = files;
    Ok(scanned)
}

/// Reads until nothing is left, or all are to stop.
fn read_units(worker: &mut Worker<'_>, queue: &Queue<'_>, stop: &AtomicBool) -> Result<()> {
    while let Some(unit) = queue.next() {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        worker.work(unit)?;
    }
    // The last unit may have ended early for it.
    if stop.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
}

/// Frees groups on a thread of their own: of many gigabytes it takes seconds, for which nobody
/// who interrupts should wait.
fn free_later(partial: Partial) {
    let freed = thread::Builder::new().spawn(move || drop(partial));
    // Where there is no such thread it is freed by now.
    drop(freed);
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

/// Reads lines that lie in memory; `number` and `offset` say where they stand among all.
pub fn scan_lines(
    name: &str,
    number: u32,
    lines: &[u8],
    offset: u64,
    settings: &Arc<Settings>,
) -> Result<Scanned> {
    in_memory(name, number, settings, |worker, input| {
        let count = worker.text(input, lines, offset, 0)?;
        worker.notes.lines.push((number, offset, count));
        Ok(())
    })
}

/// Reads batches of rows, the first of which has the number `first` in its file.
pub fn scan_batches(
    name: &str,
    number: u32,
    batches: impl IntoIterator<Item = std::result::Result<RecordBatch, ArrowError>>,
    first: u64,
    settings: &Arc<Settings>,
) -> Result<Scanned> {
    in_memory(name, number, settings, |worker, input| {
        let mut row = first;
        for batch in batches {
            let batch = batch?;
            worker.batch(input, row, &batch)?;
            row += batch.num_rows() as u64;
        }
        Ok(())
    })
}

/// Reads on this thread, spilling nothing.
fn in_memory(
    name: &str,
    number: u32,
    settings: &Arc<Settings>,
    read: impl FnOnce(&mut Worker<'_>, &Input) -> Result<()>,
) -> Result<Scanned> {
    let stop = AtomicBool::new(false);
    let shared = Shared {
        done: Arc::default(),
        opened: BTreeMap::new(),
        rows: AtomicU64::new(0),
        stop: &stop,
    };
    let input = Input { name: name.to_owned(), ..Input::standard(number) };
    let spill = Spill::new(usize::MAX, Path::new(""), 1, &stop);
    let mut worker = Worker::new(settings, spill, None, &shared);
    read(&mut worker, &input)?;
    let Worker { partial, mut notes, spill, .. } = worker;
    let (runs, seen) = spill.finish(partial)?;
    notes.number_lines();
    let files = BTreeMap::from([(number, input.name)]);
    Ok(Scanned { runs, seen, notes, files, held: 0 })
}
