//! Work on items by several threads, whose outcomes come in the order of the items.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use crate::error::Result;

/// Weight that is begun for each thread, at most, before the outcome of the first item is taken;
/// an item that is heavier is begun where nothing else is for its thread.
const AHEAD: usize = 8;

/// Where the threads get their items.
struct Source<N> {
    next: N,
    /// The number of the next item.
    number: usize,
    /// One for each weight that may be begun; hung up where nobody takes more.
    permits: mpsc::Receiver<()>,
}

/// What is known of an item that is begun.
#[derive(Clone, Copy)]
struct Begun {
    number: usize,
    weight: usize,
}

impl<I, N: FnMut() -> Result<Option<(usize, I)>>> Source<N> {
    /// The next item; nothing where there are no more, or none are wanted.
    fn next(&mut self) -> Option<(Begun, Result<I>)> {
        let (weight, item) = match (self.next)().transpose()? {
            Ok((weight, item)) => (weight.clamp(1, AHEAD), Ok(item)),
            Err(error) => (1, Err(error)),
        };
        for _ in 0..weight {
            self.permits.recv().ok()?;
        }
        let begun = Begun { number: self.number, weight };
        self.number += 1;
        Some((begun, item))
    }
}

/// Gives each item that `next` gives, with its weight, to `work`, and its outcome to `take`: of
/// several errors the first is returned. Only `work` is done on several threads, each of which is
/// started here: the system puts new ones where they do not wait for each other, unlike some that
/// have slept.
pub(crate) fn in_order<I: Send, T: Send>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<(usize, I)>> + Send,
    work: impl Fn(I) -> Result<T> + Sync,
    mut take: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    if threads < 2 {
        while let Some((_, item)) = next()? {
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
                while let Some((begun, item)) = next() {
                    let outcome = catch_unwind(AssertUnwindSafe(|| item.and_then(work)));
                    if done.send((begun, outcome)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        // Here, so that it is hung up before the threads are waited for.
        let permit = permit;
        let allow = |weight| (0..weight).for_each(|_| _ = permit.send(()));
        allow(AHEAD * threads);
        let (mut early, mut due) = (BTreeMap::new(), 0);
        for (begun, outcome) in outcomes {
            early.insert(begun.number, (begun, outcome));
            while let Some((begun, outcome)) = early.remove(&due) {
                take(outcome.unwrap_or_else(|panic| resume_unwind(panic))?)?;
                due += 1;
                allow(begun.weight);
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
                Ok((given <= most).then_some((given % 20, given)))
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
        for weight in [0, 1, 3, AHEAD, 5 * AHEAD] {
            let (begun, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let each = weight.clamp(1, AHEAD);
            let mut given = 0;
            let next = || {
                given += 1;
                Ok((given < 1000).then_some((weight, ())))
            };
            let work = |()| {
                let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
                let ahead = number - taken.load(Ordering::SeqCst).min(number);
                // The one that is being taken has room no more.
                assert!(ahead * each <= 2 * AHEAD + each, "{ahead} of {weight}");
                Ok(())
            };
            let take = |()| {
                taken.fetch_add(1, Ordering::SeqCst);
                Ok(())
            };
            in_order(2, next, work, take).unwrap();
        }
    }

    #[test]
    fn a_taker_that_fails_ends_all_and_a_panic_is_passed_on() {
        let failed = in_order(3, || Ok(Some((1, 1))), Ok, |_| Err(Error::Interrupted));
        assert!(matches!(failed, Err(Error::Interrupted)));
        let panicked = catch_unwind(|| {
            in_order(3, || Ok(Some((1, 1))), |_| -> Result<()> { panic!("so it is") }, |()| Ok(()))
        });
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"so it is"));
    }
}
