//! Helpnook measured natively, and its indexes built, for `cargo xtask bench`.
//!
//! `native build OUT LANG.jsonl…` prints `{"seconds", "sections"}`; `native measure INDEX.hnx KEYS.json PASSES`
//! prints `{"open_ms", "first_ms", "keys_ms", "typos_ms"}`, times per query the fastest of the passes.

// A program for developers of Helpnook: what goes wrong ends it, with the reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use helpnook::cli::build;
use helpnook::index::Index;
use helpnook::search;
use serde_json::{Map, Value, json};

/// Hits asked for, as the page asks.
const LIMIT: usize = 10;

fn main() {
    // Cargo adds `--bench` of its own.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["build", out, sources @ ..] => built(out, sources),
        ["measure", index, keys, passes] => measured(index, keys, passes.parse().expect("passes")),
        _ => eprintln!("native figures are part of `cargo xtask bench`"),
    }
}

fn built(out: &str, sources: &[&str]) {
    let start = Instant::now();
    let sources: Vec<PathBuf> = sources.iter().map(PathBuf::from).collect();
    let report = build::run(&sources, &PathBuf::from(out)).unwrap_or_else(|error| panic!("{error}"));
    let seconds = start.elapsed().as_secs_f64();
    let sections: Map<String, Value> = (report.languages.iter().flat_map(|language| &language.sections))
        .map(|(kind, bytes)| (kind.name().to_owned(), json!(bytes)))
        .collect();
    println!("{}", json!({ "seconds": seconds, "sections": sections }));
}

fn measured(index: &str, keys: &str, passes: usize) {
    let bytes = fs::read(index).expect("index");
    let keys: Value = serde_json::from_str(&fs::read_to_string(keys).expect("keys")).expect("keys");
    let texts = |name: &str| -> Vec<String> {
        keys[name].as_array().expect("list").iter().map(|q| q.as_str().expect("text").to_owned()).collect()
    };
    let (typed, typos) = (texts("keys"), texts("typos"));
    let (mut open_ms, mut first_ms) = (Vec::new(), Vec::new());
    for _ in 0..passes {
        let copy = bytes.clone();
        let start = Instant::now();
        let index = Index::open(copy).expect("index");
        open_ms.push(ms(start));
        black_box(search::search(&index, &typos[0], LIMIT));
        first_ms.push(ms(start));
    }
    let index = Index::open(bytes).expect("index");
    let fastest = |queries: &[String]| -> Vec<f64> {
        let mut best = vec![f64::INFINITY; queries.len()];
        for _ in 0..passes {
            for (best, query) in best.iter_mut().zip(queries) {
                let start = Instant::now();
                black_box(search::search(&index, black_box(query), LIMIT));
                *best = best.min(ms(start));
            }
        }
        best
    };
    let (keys_ms, typos_ms) = (fastest(&typed), fastest(&typos));
    println!(
        "{}",
        json!({ "open_ms": median(open_ms), "first_ms": median(first_ms), "keys_ms": keys_ms, "typos_ms": typos_ms })
    );
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
