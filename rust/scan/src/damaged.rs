//! Readers that panic at damaged bytes.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static READING: Cell<bool> = const { Cell::new(false) };
}

/// What `read` gives; an error where it panics, as Arrow's readers do at lengths that cannot be.
pub(crate) fn caught<T>(read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    hush();
    let outer = READING.replace(true);
    let given = catch_unwind(AssertUnwindSafe(read));
    READING.set(outer);
    given.unwrap_or_else(|panic| Err(io::Error::other(format!("damaged: {}", said(&*panic)))))
}

/// Has panics of readers printed by nobody.
fn hush() {
    static HUSHED: Once = Once::new();
    HUSHED.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !READING.get() {
                before(panic);
            }
        }));
    });
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    let text = owned.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
    text.lines().next().unwrap_or("what it tells of itself cannot be")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_of_one_line() {
        let error = caught::<()>(|| panic!("a length of {}\nin two lines", 7)).unwrap_err();
        assert_eq!(error.to_string(), "damaged: a length of 7");
        assert_eq!(caught(|| Ok(1)).unwrap(), 1);
    }
}
