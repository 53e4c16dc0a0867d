//! `cargo xtask lighthouse`: what the tag costs a shop's page by Lighthouse's own count, the demo's product
//! page with the tag beside the very same page without it; then the help centre by all four of its counts.
//! `cargo xtask lighthouse centre` looks at the help centre alone.

use std::path::Path;
use std::process::{Command, Stdio};

use helpnook::server::{self, Options};
use serde_json::{Map, Value, json};

use crate::{Step, demo, dist, orders, shop, tools};

/// Release of Lighthouse: the last for Node 20.
const LIGHTHOUSE: &str = "12.8.2";

/// How often each page is measured; odd, so that one of the runs is the median.
const ROUNDS: usize = 5;

/// The page that is measured: one that the shop fills itself with pictures, prices and scripts.
const PAGE: &str = "/product/fell-rain-jacket/";

/// Flags of a browser that does nothing of its own.
const FLAGS: &str = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync";

/// Pages of the help centre, and what they are called among the figures.
const CENTRE: [(&str, &str); 2] = [("home", "/help-centre/en/"), ("article", "/help-centre/en/answers/delivery-time/")];

/// What Lighthouse counts of a page, in points of 100.
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];

/// What is read of each run: name of the figure, name of the audit.
const AUDITS: [(&str, &str); 4] = [
    ("total_blocking_ms", "total-blocking-time"),
    ("largest_paint_ms", "largest-contentful-paint"),
    ("layout_shift", "cumulative-layout-shift"),
    ("main_thread_ms", "mainthread-work-breakdown"),
];

/// Measures both, turn by turn, and writes `target/figures/lighthouse.json`.
pub fn run(args: &[String]) -> Step {
    if !tools::site().join("helpnook.js").exists() {
        dist::run()?;
    }
    let package = tools::npm_package("lighthouse", LIGHTHOUSE).ok_or("npm cannot install lighthouse")?;
    demo::prepare()?;
    let bare = tools::target().join("demo-bare");
    shop::render(&bare, "")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut urls = Vec::new();
    for pages in [tools::demo_pages(), bare] {
        let listen = format!("127.0.0.1:{}", free_port()?);
        let options = Options {
            listen: listen.clone(),
            db: tools::target().join("lighthouse.db"),
            site: tools::site(),
            pages: Some(pages),
            beside: Some(orders::router(shop::catalogue()?)),
            ..Options::default()
        };
        let server = runtime.block_on(server::bind(options))?;
        runtime.spawn(server.serve(std::future::pending()));
        urls.push(format!("http://{listen}{PAGE}"));
    }
    centre(&package, urls.first().and_then(|url| url.strip_suffix(PAGE)).unwrap_or_default())?;
    if args.iter().any(|arg| arg == "centre") {
        return Ok(());
    }
    let mut all: Vec<Vec<Vec<f64>>> = vec![Vec::new(); urls.len()];
    for round in 1..=ROUNDS {
        for (url, runs) in urls.iter().zip(&mut all) {
            let figures = measure(&package, url)?;
            println!("{round} of {ROUNDS}: {url} {figures:?}");
            runs.push(figures);
        }
    }
    let [with, without] = [0, 1].map(|at| all.get(at).map(|runs| medians(runs)).unwrap_or_default());
    let mut out = Map::new();
    let names = ["performance_points"].into_iter().chain(AUDITS.iter().map(|(name, _)| *name));
    for (at, name) in names.enumerate() {
        let [with, without] = [&with, &without].map(|figures| figures.get(at).copied().unwrap_or_default());
        out.insert(format!("{name}_with_the_tag"), json!(with));
        out.insert(format!("{name}_without"), json!(without));
        // Of a thousandth of what is counted there is no more to know.
        out.insert(format!("{name}_more"), json!(((with - without) * 1000.0).round() / 1000.0));
    }
    let text = serde_json::to_string_pretty(&out)?;
    println!("{text}");
    tools::write(&tools::target().join("figures/lighthouse.json"), text.as_bytes())
}

/// The help centre's home and an answer, by all four categories; writes `target/figures/lighthouse_centre.json`.
fn centre(package: &Path, shop: &str) -> Step {
    let mut out = Map::new();
    for (name, page) in CENTRE {
        let told = report(package, &format!("{shop}{page}"), &CATEGORIES.join(","))?;
        for category in CATEGORIES {
            let score = told["categories"][category]["score"].as_f64();
            let points = score.ok_or("Lighthouse gave no score; see what it says of the page")? * 100.0;
            out.insert(format!("{name}_{}_points", category.replace('-', "_")), json!(points));
            let audits = told["categories"][category]["auditRefs"].as_array().into_iter().flatten();
            for id in audits.filter(|one| one["weight"].as_f64() > Some(0.0)).filter_map(|one| one["id"].as_str()) {
                let audit = &told["audits"][id];
                if audit["score"].as_f64().is_some_and(|score| score < 0.9) {
                    println!("{page}: {category}: {id}: {} {}", audit["title"], audit["displayValue"]);
                }
            }
        }
    }
    let text = serde_json::to_string_pretty(&out)?;
    println!("{text}");
    tools::write(&tools::target().join("figures/lighthouse_centre.json"), text.as_bytes())
}

/// One run: the score in points, then the audits.
fn measure(package: &Path, url: &str) -> Step<Vec<f64>> {
    let told = report(package, url, "performance")?;
    let score = told["categories"]["performance"]["score"].as_f64();
    let mut figures = vec![score.ok_or("Lighthouse gave no score; see what it says of the page")? * 100.0];
    for (_, audit) in AUDITS {
        figures.push(told["audits"][audit]["numericValue"].as_f64().unwrap_or_default());
    }
    Ok(figures)
}

/// What Lighthouse says of a page.
fn report(package: &Path, url: &str, categories: &str) -> Step<Value> {
    let report = tools::target().join("lighthouse.json");
    let mut node = Command::new("node");
    node.arg(package.join("cli/index.js")).arg(url).args(["--quiet", "--output=json"]);
    node.arg(format!("--only-categories={categories}"));
    node.arg(format!("--output-path={}", report.display())).arg(format!("--chrome-flags={FLAGS}"));
    node.env("CHROME_PATH", chromium()?).stdout(Stdio::null()).stdin(Stdio::null());
    tools::run(&mut node)?;
    Ok(serde_json::from_str(&std::fs::read_to_string(&report)?)?)
}

/// The middle one of each figure.
fn medians(runs: &[Vec<f64>]) -> Vec<f64> {
    let n_figures = runs.first().map_or(0, Vec::len);
    (0..n_figures)
        .map(|at| {
            let mut all: Vec<f64> = runs.iter().filter_map(|figures| figures.get(at).copied()).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or_default()
        })
        .collect()
}

/// Where the browser is; Lighthouse looks for another name.
fn chromium() -> Step<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|dir| dir.join("chromium")).find(|file| file.exists());
    found.ok_or_else(|| "this machine lacks chromium".into())
}

/// A port nobody listens on.
fn free_port() -> Step<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
