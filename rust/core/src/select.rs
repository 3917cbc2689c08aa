//! To be filled: select.
