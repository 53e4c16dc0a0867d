//! Where tests leave what they measured.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test program uses its own part; what cannot be written has failed"
)]

use std::path::PathBuf;

use serde_json::{Map, Value};

/// Cargo's folder of built files.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from)
}

/// The program that is measured: one built with `--release` when `HELPNOOK_PROGRAM` names it, from the
/// package's own folder on, wherever a test runs it.
pub fn program(built: &str) -> String {
    let named = std::env::var_os("HELPNOOK_PROGRAM").map(|path| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path));
    named.map_or_else(|| built.to_owned(), |path| path.to_string_lossy().into_owned())
}

/// Puts figures where `cargo xtask figures` gathers them, under the name of the part that measured.
pub fn record(part: &str, figures: &[(&str, Value)]) {
    let folder = target().join("figures");
    std::fs::create_dir_all(&folder).unwrap();
    let mut all = Map::new();
    for (name, value) in figures {
        println!("{part}.{name} = {value}");
        all.insert((*name).to_owned(), value.clone());
    }
    std::fs::write(folder.join(format!("{part}.json")), serde_json::to_string_pretty(&all).unwrap()).unwrap();
}
