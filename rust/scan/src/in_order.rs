//! Work on items by several threads, whose outcomes come in the order of the items.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use crate::error::Result;

/// Items that are begun for each thread, at most, before the outcome of the first is taken.
const AHEAD: usize = 8;

/// Where the threads get their items.
struct Source<N> {
    next: N,
    /// The number of the next item.
    number: usize,
    /// One for each item that may be begun; hung up where nobody takes more.
    permits: mpsc::Receiver<()>,
}

impl<I, N: FnMut() -> Result<Option<I>>> Source<N> {
    /// The next item with its number; nothing where there are no more, or none are wanted.
    fn next(&mut self) -> Option<(usize, Result<I>)> {
        self.permits.recv().ok()?;
        let item = (self.next)().transpose()?;
        let number = self.number;
        self.number += 1;
        Some((number, item))
    }
}

/// Gives each item that `next` gives to `work`, and its outcome to `take`: of several errors
/// the first is returned. Only `work` is done on several threads, each of which is started here:
/// the system puts new ones where they do not wait for each other, unlike some that have slept.
pub(crate) fn in_order<I: Send, T: Send>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<I>> + Send,
    work: impl Fn(I) -> Result<T> + Sync,
    mut take: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    if threads < 2 {
        while let Some(item) = next()? {
            take(work(item)?)?;
        }
        return Ok(());
    }
    let (permit, permits) = mpsc::channel();
    let source = Mutex::new(Source { next, number: 0, permits });
    thread::scope(|scope| {
        let (done, outcomes) = mpsc::channel();
        for _ in 0..threads {
            let (done, source, work) = (done.clone(), &source, &work);
            scope.spawn(move || {
                let next = || source.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some((number, item)) = next() {
                    let outcome = catch_unwind(AssertUnwindSafe(|| item.and_then(work)));
                    if done.send((number, outcome)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        // Here, so that it is hung up before the threads are waited for.
        let permit = permit;
        let allow = |count| (0..count).for_each(|_| _ = permit.send(()));
        allow(AHEAD * threads);
        let (mut early, mut due) = (BTreeMap::new(), 0);
        for (number, outcome) in outcomes {
            early.insert(number, outcome);
            while let Some(outcome) = early.remove(&due) {
                take(outcome.unwrap_or_else(|panic| resume_unwind(panic))?)?;
                due += 1;
                allow(1);
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::Error;

    fn squares(threads: usize, most: usize) -> (Vec<usize>, Result<()>) {
        let (mut given, mut taken) = (0, Vec::new());
        let outcome = in_order(
            threads,
            || {
                given += 1;
                Ok((given <= most).then_some(given))
            },
            |number| if number == 700 { Err(Error::Interrupted) } else { Ok(number * number) },
            |square| {
                taken.push(square);
                Ok(())
            },
        );
        (taken, outcome)
    }

    #[test]
    fn outcomes_come_in_order_and_stop_at_the_first_error() {
        for threads in [1, 2, 5] {
            for (most, fails) in [(0, false), (1, false), (500, false), (2000, true)] {
                let (taken, outcome) = squares(threads, most);
                let wanted = (1..=if fails { 699 } else { most }).map(|number| number * number);
                assert_eq!((taken, outcome.is_err()), (wanted.collect(), fails));
            }
        }
    }

    #[test]
    fn no_more_is_begun_than_is_taken_soon() {
        let (begun, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let next = || {
            let number = begun.fetch_add(1, Ordering::SeqCst);
            let ahead = number - taken.load(Ordering::SeqCst).min(number);
            assert!(ahead <= 2 * AHEAD + 1, "{ahead}");
            Ok((number < 1000).then_some(number))
        };
        let take = |_| {
            taken.fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        in_order(2, next, Ok, take).unwrap();
    }

    #[test]
    fn a_taker_that_fails_ends_all_and_a_panic_is_passed_on() {
        let failed = in_order(3, || Ok(Some(1)), Ok, |_| Err(Error::Interrupted));
        assert!(matches!(failed, Err(Error::Interrupted)));
        let panicked = catch_unwind(|| {
            in_order(3, || Ok(Some(1)), |_| -> Result<()> { panic!("so it is") }, |()| Ok(()))
        });
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"so it is"));
    }
}
