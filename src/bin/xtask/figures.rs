//! Every figure that an issue names, in `target/figures.json`: flat, the unit in the name.
//!
//! Tests that measure write `target/figures/<part>.json`; this runs them and puts the parts together.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::assets::Row;
use crate::{Step, dist, large, test, tools};

/// Measures all and writes the file.
pub fn run() -> Step {
    let rows = dist::run()?;
    test::measured(true)?;
    large::run()?;
    let all = gather(&rows)?;
    println!("{}", serde_json::to_string_pretty(&all)?);
    Ok(())
}

/// Puts the measured parts and the sizes together and writes `target/figures.json`.
pub fn gather(rows: &[Row]) -> Step<BTreeMap<String, Value>> {
    let mut all: BTreeMap<String, Value> = sizes(rows)?.into_iter().collect();
    let folder = tools::target().join("figures");
    if folder.exists() {
        for part in tools::files_below(&folder)? {
            let name = part.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            let figures: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(&part)?)
                .map_err(|e| format!("{}: {e}", part.display()))?;
            all.extend(figures.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
        }
    }
    tools::write(&tools::target().join("figures.json"), serde_json::to_string_pretty(&all)?.as_bytes())?;
    Ok(all)
}

/// Sizes that the issues name, in bytes by brotli.
pub fn sizes(rows: &[Row]) -> Step<Vec<(String, Value)>> {
    let (index, first_open) = (dist::br_of(rows, &["demo/en.hnx"]), dist::first_open_br(rows));
    let sixty = if rows.is_empty() { 0 } else { first_open - index + dist::sixty_br()? };
    Ok([
        ("loader_br_bytes", dist::br_of(rows, &["helpnook.js"])),
        ("engine_br_bytes", dist::br_of(rows, &["engine-"])),
        ("search_br_bytes", dist::br_of(rows, &["search"])),
        ("page_br_bytes", dist::br_of(rows, &["page-", "open-"])),
        ("panel_br_bytes", dist::br_of(rows, &["panel-"])),
        ("chat_br_bytes", dist::br_of(rows, &["chat-"])),
        ("index_en_br_bytes", index),
        ("first_open_br_bytes", first_open),
        ("first_open_60_br_bytes", sixty),
        // What is fetched once the shopper does anything in the panel, so that a message can be written offline.
        ("offline_ready_br_bytes", dist::br_of(rows, &["chat-", "comfort-"])),
    ]
    .into_iter()
    .map(|(name, bytes)| (format!("size.{name}"), json!(bytes)))
    .collect())
}
