//! `cargo xtask`: what only developers of Helpnook run.
//!
//! | command | does |
//! | --- | --- |
//! | `demo` | builds everything, indexes the demo content, serves shop, widget and inbox |
//! | `test` | runs every test, the browser ones included, and prints sizes and figures |
//! | `engines` | runs the browser journeys again in Firefox and WebKit |
//! | `dist` | writes the release files to `target/site/`, with their inventory |
//! | `bench` | measures the search beside its rivals, in Chromium, in node and natively |
//! | `figures` | writes every figure to `target/figures.json` |
//! | `weigh` | says what a wasm module's bytes are for, crate by crate and function by function |
//! | `chaos` | kills the inbox and cuts its network, at full length |
//! | `oscar` | walks through a django-oscar shop from PyPI, in five languages |
//! | `load` | measures what the inbox carries, at full length |
//! | `lighthouse` | measures what the tag costs a page by Lighthouse's count |
//! | `large` | measures what large helps cost: imports, builds, reports, saves |
//! | `conformance` | holds what other systems are told against their contracts |

mod assets;
mod bench;
mod conformance;
mod demo;
mod dist;
mod engines;
mod figures;
mod glue;
mod inbox;
mod large;
mod lighthouse;
mod minify;
mod orders;
mod oscar;
mod package;
mod servers;
mod shop;
mod test;
mod tools;
mod wasm;
mod weigh;

use std::process::ExitCode;

/// What a step of the work gives back; errors are sentences for the developer.
type Step<T = ()> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str =
    "usage: cargo xtask <demo|test|journeys|engines|dist|bench|figures|weigh|chaos|load|large|oscar|lighthouse|conformance>
  demo [--listen ADDR]   build everything and serve the demo shop (127.0.0.1:8787)
  test [--no-browser]    run every test; prints each part's result, sizes and figures
  journeys [NAME…]       run the browser journeys in Chromium, or those whose names hold one of these
  engines [NAME…]        run the browser journeys in Firefox and WebKit, or in the one named; other names are journeys
  dist [--program]       write the release files to target/site/, and the program that carries them
  bench [--quick] [--rounds N] [--only CORPUS] [--profile]
                         measure the search beside its rivals; --quick takes the smallest corpus alone,
                         --profile tells which function of the engine costs what
  figures                write every figure to target/figures.json
  weigh [MODULE] [N]     say what the bytes of a wasm module are for (panel, its 40 largest functions)
  chaos                  kill the inbox 100 times and cut its network after every byte of a session; nothing may be lost
  oscar                  walk through a django-oscar shop, installed from PyPI, in five languages
  load                   measure durable messages a second, idle sockets, half-open requests
  large                  import and build 10,000 articles, read an export of 100 MB, report over 1,000,000 events
  lighthouse [centre]    measure the demo's product page with the tag and without it, five times each, and the help centre
  conformance            hold what other systems are told against their contracts";

fn main() -> ExitCode {
    if let Some(sysroot) = std::env::var_os(wasm::LINKS) {
        return ended(wasm::link(&sysroot, std::env::args_os().skip(1)));
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let done = match args.first().map(String::as_str) {
        Some("demo") => demo::run(rest),
        Some("test") => test::run(rest),
        Some("journeys") => test::some_journeys(rest),
        Some("engines") => engines::run(rest),
        Some("dist") => dist::command(rest),
        Some("bench") => bench::run(rest),
        Some("figures") => figures::run(),
        Some("weigh") => weigh::run(rest),
        Some("chaos") => inbox::chaos(),
        Some("oscar") => oscar::run(),
        Some("load") => inbox::load(),
        Some("large") => large::run(),
        Some("lighthouse") => lighthouse::run(rest),
        Some("conformance") => conformance::run(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    ended(done)
}

fn ended(done: Step) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
