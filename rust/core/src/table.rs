//! To be filled: table.
