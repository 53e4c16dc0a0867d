//! `cargo xtask test`: every part, each with its result, then sizes and figures.

use std::process::Command;
use std::time::Instant;

use crate::{Step, dist, figures, inbox, tools};

/// Sizes in bytes by brotli: what they must not grow past, what they are to come down to, and why.
const CEILINGS: &[(&str, u64, u64, &str)] = &[
    // The hashes of what it fetches do not compress alike: the same source is some 30 bytes more or less.
    ("size.loader_br_bytes", 4_600, 3 * 1024, "all that a page loads before intent"),
    ("size.engine_br_bytes", 30 * 1024, 20 * 1024, "the engine with its glue"),
    ("size.search_br_bytes", 18 * 1024, 12 * 1024, "the search for other programs with its glue"),
    ("size.panel_br_bytes", 54 * 1024, 50 * 1024, "the panel with its glue"),
    (
        "size.chat_br_bytes",
        86 * 1024,
        55 * 1024,
        "the conversation and its guided flows with their glue, fetched once the shopper does anything in the panel",
    ),
    ("size.first_open_br_bytes", 134 * 1024, 105 * 1024, "everything fetched at the first opening"),
    ("size.first_open_60_br_bytes", 130 * 1024, 105 * 1024, "the same with an index of exactly 60 articles"),
];

/// Runs all parts; a failed one does not keep the others from running.
pub fn run(args: &[String]) -> Step {
    let with_browser = !args.iter().any(|a| a == "--no-browser");
    let mut parts: Vec<(&str, bool, u64)> = Vec::new();
    let mut part = |name: &'static str, work: &mut dyn FnMut() -> Step| {
        println!("\n== {name}");
        let start = Instant::now();
        let done = work();
        if let Err(error) = &done {
            eprintln!("{name}: {error}");
        }
        parts.push((name, done.is_ok(), start.elapsed().as_secs()));
    };
    part("format", &mut || tools::run(tools::cargo().args(["fmt", "--check"])));
    part("lints", &mut || {
        tools::run(tools::cargo().args([
            "clippy",
            "--quiet",
            "--features",
            "xtask",
            "--all-targets",
            "--",
            "-Dwarnings",
        ]))
    });
    part("native tests", &mut native);
    let mut rows = Vec::new();
    part("release files", &mut || {
        rows = dist::run()?;
        Ok(())
    });
    if with_browser {
        part("browser journeys", &mut || measured(false));
    } else {
        println!("\n== browser journeys left out, as asked by --no-browser");
    }
    part("sizes", &mut || check_sizes(&figures::gather(&rows)?));
    println!("\n{:<20} {:>6}  seconds", "part", "result");
    for (name, ok, seconds) in &parts {
        println!("{name:<20} {:>6}  {seconds}", if *ok { "ok" } else { "FAILED" });
    }
    let failed = parts.iter().filter(|(_, ok, _)| !ok).count();
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} parts failed", parts.len()).into()) }
}

/// Unit, property and command-line tests: all but the browser's.
fn native() -> Step {
    let mut cargo = tools::cargo();
    inbox::real_world(&mut cargo);
    // The schema that findings as SARIF are held against.
    if tools::npm_package("@microsoft/jest-sarif", "1.0.0-beta.0").is_none() {
        eprintln!("without npm findings are not held against the schema of SARIF");
    }
    cargo.args(["test", "--no-fail-fast", "--features", "xtask", "--lib", "--bins"]);
    for file in tools::files_below(&tools::root().join("tests"))? {
        let is_test =
            file.parent() == Some(tools::root().join("tests").as_path()) && file.extension().is_some_and(|e| e == "rs");
        if let Some(name) = file.file_stem().and_then(|s| s.to_str()).filter(|n| is_test && *n != "browser") {
            cargo.args(["--test", name]);
        }
    }
    tools::run(&mut cargo)
}

/// Journeys in Chromium, and what only a browser can measure.
pub fn measured(relevance_too: bool) -> Step {
    if relevance_too {
        tools::run(tools::cargo().args(["test", "--features", "xtask", "--test", "relevance"]))?;
    }
    let lacks: Vec<&str> = [("chromium", "chromium"), ("chromedriver", "chromium-driver")]
        .into_iter()
        .filter(|(program, _)| !tools::has(program))
        .map(|(_, package)| package)
        .collect();
    if !lacks.is_empty() {
        tools::need_packages(&lacks)?;
    }
    let mut journeys = journeys()?;
    tools::run(journeys.arg("--test-threads=2"))
}

/// Journeys in Chromium, all or those named, with the release files that are there.
pub fn some_journeys(names: &[String]) -> Step {
    if !tools::site().join("helpnook.js").exists() {
        dist::run()?;
    }
    tools::run(journeys()?.arg("--test-threads=1").args(names))
}

/// The journeys, ready to run in the engine that `HELPNOOK_ENGINE` names: with the demo built and
/// axe-core there.
pub fn journeys() -> Step<Command> {
    if !tools::has("npm") {
        tools::need_packages(&["nodejs", "npm"])?;
    }
    let axe = tools::npm_package("axe-core", "4.14.1")
        .ok_or("npm cannot install axe-core, which the accessibility test needs")?;
    let ace = tools::npm_package("accessibility-checker-engine", "4.0.34")
        .ok_or("npm cannot install IBM's accessibility engine, which the accessibility test needs")?;
    crate::demo::prepare()?;
    crate::package::check_types()?;
    crate::package::examples(&tools::demo_pages().join("frameworks"))?;
    let reader = crate::package::reader()?;
    let mut cargo = tools::cargo();
    cargo.args(["test", "--features", "xtask", "--test", "browser", "--"]);
    if let Some(mock) = tools::npm_package(crate::conformance::AIMOCK.0, crate::conformance::AIMOCK.1) {
        cargo.env("HELPNOOK_AIMOCK", mock.join("dist/cli.js"));
    }
    cargo.env("HELPNOOK_AXE", axe.join("axe.min.js")).env("HELPNOOK_ACE", ace.join("ace.js"));
    cargo.env("HELPNOOK_READER", reader);
    Ok(cargo)
}

fn check_sizes(all: &std::collections::BTreeMap<String, serde_json::Value>) -> Step {
    let mut over = Vec::new();
    for (name, value) in all {
        println!("{name} = {value}");
    }
    for (name, ceiling, aim, what) in CEILINGS {
        match all.get(*name).and_then(serde_json::Value::as_u64) {
            Some(bytes) if bytes > 0 && bytes <= *ceiling => {
                println!("{what}: {bytes}, at most {ceiling}, to come down to {aim}");
            }
            got => over.push(format!("{name} ({what}) is {got:?}, at most {ceiling}")),
        }
    }
    if over.is_empty() { Ok(()) } else { Err(over.join("; ").into()) }
}
