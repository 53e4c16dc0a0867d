//! Which function of the engine a keystroke spends its time in.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::engines::OURS;
use super::{PATIENCE, ask};
use crate::Step;

/// Rows printed.
const ROWS: usize = 25;

/// Profiles ours on a corpus in node and prints self time by function.
pub fn print(corpus: &str, folder: &Path) -> Step {
    let out = folder.join("profile");
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let mut node = Command::new("node");
    node.arg("--cpu-prof").arg("--cpu-prof-dir").arg(&out).arg(folder.join("bench.mjs"));
    ask(node.args(["node", corpus, OURS]), PATIENCE)?;
    let file = std::fs::read_dir(&out)?.next().ok_or("node left no profile")??.path();
    let profile: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let list = |name: &str| profile[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let names: HashMap<i64, &str> = list("nodes")
        .iter()
        .filter_map(|node| Some((node["id"].as_i64()?, node["callFrame"]["functionName"].as_str()?)))
        .collect();
    let mut spent: HashMap<&str, f64> = HashMap::new();
    for (sample, delta) in list("samples").iter().zip(list("timeDeltas")) {
        let name = sample.as_i64().and_then(|id| names.get(&id)).copied().unwrap_or_default();
        *spent.entry(name).or_default() += delta.as_f64().unwrap_or_default() / 1_000.0;
    }
    let all: f64 = spent.values().sum();
    let mut rows: Vec<(&str, f64)> = spent.into_iter().collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    println!(
        "\n## {corpus}: self time of {all:.0} ms in node, keystrokes and misspelt queries\n\n| share | ms | function |\n|---|---|---|"
    );
    for (name, ms) in rows.iter().take(ROWS) {
        println!("| {:.1} % | {ms:.0} | {name} |", ms / all * 100.0);
    }
    Ok(())
}
