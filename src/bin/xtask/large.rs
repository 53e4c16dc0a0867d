//! `cargo xtask large`: what content costs, with the program as it is released: ten thousand articles imported and
//! built, an export of a hundred megabytes, a report over a million events, a save among five hundred articles.

use crate::{Step, tools};

/// The tests that measure, each in its file of `tests/`.
const TESTS: [&str; 3] = ["cli", "report", "watch"];

/// Builds the program with `--release` and measures, one thing at a time; `target/figures/` keeps what was found.
pub fn run() -> Step {
    tools::run(tools::cargo().args(["build", "--release", "--bin", "helpnook"]))?;
    let program = tools::target().join("release").join(format!("helpnook{}", std::env::consts::EXE_SUFFIX));
    let mut cargo = tools::cargo();
    cargo.args(["test", "--features", "xtask"]).env("HELPNOOK_PROGRAM", program);
    cargo.args(TESTS.iter().flat_map(|name| ["--test", name]));
    tools::run(cargo.args(["--", "--ignored", "--nocapture", "--test-threads=1"]))
}
