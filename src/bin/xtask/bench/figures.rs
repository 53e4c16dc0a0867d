//! What was measured as flat figures, the unit in the name: `target/figures/bench.json`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Figures;
use super::engines::OURS;
use crate::{Step, tools};

/// A corpus with what was measured on it: its name, the engines, ours in node, ours natively.
pub type Measured = (&'static str, Vec<Figures>, Value, Value);

/// Figures by name: `acekb.helpnook.key_p99_ms`.
pub type Flat = BTreeMap<String, f64>;

/// Writes all.
pub fn write(measured: &[Measured]) -> Step {
    let file = tools::target().join("figures/bench.json");
    // A run of one corpus leaves what is known of the others.
    let before = std::fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str::<Flat>(&text).ok());
    let mut all = before.unwrap_or_default();
    all.retain(|name, _| !measured.iter().any(|(corpus, ..)| name.starts_with(&format!("{corpus}."))));
    all.extend(flat(measured));
    tools::write(&file, serde_json::to_string_pretty(&json!(all))?.as_bytes())
}

/// All figures.
pub fn flat(measured: &[Measured]) -> Flat {
    let mut all = Flat::new();
    for (corpus, engines, node, native) in measured {
        for figures in engines {
            let own = of(figures);
            all.extend(
                own.into_iter().map(|(name, value)| (format!("{corpus}.{}.{name}", figures.engine.name), value)),
            );
        }
        let mut put = |name: &str, value: Option<f64>| {
            all.extend(value.map(|value| (format!("{corpus}.{OURS}.{name}"), value)));
        };
        for (name, value) in [("node_first_ms", &node["first_ms"]), ("node_key_p50_ms", &node["key"]["p50_ms"])] {
            put(name, value.as_f64());
        }
        put("node_key_p99_ms", node["key"]["p99_ms"].as_f64());
        put("native_open_ms", native["open_ms"].as_f64());
        put("native_first_ms", native["first_ms"].as_f64());
        for (set, share, name) in [
            ("keys_ms", 0.5, "native_key_p50_ms"),
            ("keys_ms", 0.95, "native_key_p95_ms"),
            ("keys_ms", 0.99, "native_key_p99_ms"),
            ("typos_ms", 0.5, "native_typo_p50_ms"),
            ("typos_ms", 0.99, "native_typo_p99_ms"),
        ] {
            put(name, percentile(&native[set], share));
        }
    }
    all
}

/// One engine's figures on one corpus.
pub fn of(figures: &Figures) -> Flat {
    let mut all = Flat::new();
    let mut put = |name: &str, value: Option<f64>| all.extend(value.map(|value| (name.to_owned(), value)));
    let sizes = figures.sizes;
    put("code_br_bytes", Some(sizes.code as f64));
    put("index_br_bytes", Some(sizes.index as f64));
    put("package_br_bytes", Some(sizes.package as f64));
    put("raw_index_bytes", Some(sizes.raw_index as f64));
    put("build_seconds", figures.build_seconds);
    let page = &figures.page;
    for (name, path) in [
        ("first_answer_ms", "/first_ms"),
        ("open_ms", "/open_ms"),
        ("key_p50_ms", "/key/p50_ms"),
        ("key_p95_ms", "/key/p95_ms"),
        ("key_p99_ms", "/key/p99_ms"),
        ("typo_p50_ms", "/typo/p50_ms"),
        ("typo_p99_ms", "/typo/p99_ms"),
    ] {
        put(name, over_rounds(&page["rounds"], path));
    }
    let memory = &page["memory_bytes"];
    put("memory_bytes", memory["total"].as_f64());
    for set in ["real", "real_typo", "known", "known_typo"] {
        put(&format!("{set}_mrr"), page["quality"][set]["mrr"].as_f64());
        put(&format!("{set}_hit5"), page["quality"][set]["hit5"].as_f64());
    }
    put("typed_share", page["quality"]["typed_share"].as_f64());
    all
}

/// The median over rounds.
fn over_rounds(rounds: &Value, path: &str) -> Option<f64> {
    let mut values: Vec<f64> =
        rounds.as_array()?.iter().filter_map(|round| round.pointer(path).and_then(Value::as_f64)).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn percentile(values: &Value, share: f64) -> Option<f64> {
    let mut values: Vec<f64> = values.as_array()?.iter().filter_map(Value::as_f64).collect();
    values.sort_by(f64::total_cmp);
    values.get(((share * values.len() as f64) as usize).min(values.len().saturating_sub(1))).copied()
}
