//! The problems to be finished, in the order of task and id.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::merge::{Merge, Pieces};

/// One problem.
pub(super) enum Item {
    /// With its records.
    Recorded(Pieces),
    /// Nobody answered it: its task and id.
    Unanswered(String, String),
}

impl Item {
    /// How much work it is.
    pub(super) fn records(&self) -> usize {
        match self {
            Self::Recorded(pieces) => pieces.len(),
            Self::Unanswered(..) => 1,
        }
    }
}

/// Those with records and those without.
pub(super) struct Items {
    merge: Merge,
    ahead: Option<Pieces>,
    unanswered: BTreeSet<(String, String)>,
}

impl Items {
    /// `expected` are problems that count though they may have no record: task and id.
    pub(super) fn new(merge: Merge, expected: &[(String, String)]) -> Self {
        Self { merge, ahead: None, unanswered: expected.iter().cloned().collect() }
    }

    /// The next problems: as many as have `records` together, or a single one that has more.
    pub(super) fn stretch(&mut self, records: usize) -> Result<Vec<Item>> {
        let (mut items, mut taken) = (Vec::new(), 0);
        while taken < records
            && let Some(item) = self.next()?
        {
            taken += item.records();
            items.push(item);
        }
        Ok(items)
    }

    fn next(&mut self) -> Result<Option<Item>> {
        if self.ahead.is_none() {
            self.ahead = self.merge.next()?;
        }
        if let (Some(pieces), Some(first)) = (&self.ahead, self.unanswered.first()) {
            let first = (first.0.as_str(), first.1.as_str());
            if first == pieces.name() {
                self.unanswered.pop_first();
            } else if first < pieces.name() {
                return Ok(self.nobodys());
            }
        }
        Ok(self.ahead.take().map(Item::Recorded).or_else(|| self.nobodys()))
    }

    fn nobodys(&mut self) -> Option<Item> {
        self.unanswered.pop_first().map(|(task, id)| Item::Unanswered(task, id))
    }
}
