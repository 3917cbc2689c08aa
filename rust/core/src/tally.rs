//! To be filled: tally.
