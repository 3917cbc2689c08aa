//! Samples one by one, where they are asked for.

use crate::error::Error;
use crate::partial::{Origin, Place, Reading};

/// Collects the samples of one thread and writes them out.
pub(crate) struct Kept<'a> {
    _x: std::marker::PhantomData<&'a ()>,
}

impl Kept<'_> {
    pub(crate) fn take(&mut self, _: &Place, _: &Reading<'_>, _: Option<u32>, _: Origin) {}

    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
