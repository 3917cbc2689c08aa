//! Tokenizer and parser, by the tree that they make: always valid JSON, named at its head.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use slm_mux_core::math::tree_json;
use slm_mux_fuzz::{bounded, text};

fuzz_target!(|data: &[u8]| {
    let answer = text(data);
    let Some(json) = bounded(|| tree_json(&answer)) else { return };
    let tree: Value = serde_json::from_str(&json).expect("valid JSON");
    assert!(tree[0].is_string(), "a node is named");
});
