//! `cargo xtask demo`: the shop with its help, as a shopper and an agent find it.

use std::net::SocketAddr;
use std::path::Path;

use helpnook::cli::build::{self, Extra};
use helpnook::server::{self, Options};

use crate::{Step, dist, orders, shop, tools};

/// Who answers in the demo: only this machine can reach it.
const AGENT: (&str, &str) = ("demo", "help-the-shopper");

/// The embed of the demo: what a merchant pastes, with the demo's own addresses.
const TAG: &str = "<script async src=\"/help/helpnook.js\" data-index=\"/help/demo/{lang}.hnx\" data-chat=\"inbox:\" \
    data-contact=\"mailto:help@tarnandthread.example\" data-sw=\"/helpnook-sw.js\" data-accent=\"#1f5f4f\"></script>";

/// Where the help centre says that it stands; its links are relative, so it works at any port.
const HELP_CENTRE: &str = "http://127.0.0.1:8787/help-centre/";

/// Builds and serves until interrupted.
pub fn run(args: &[String]) -> Step {
    let mut listen: SocketAddr = "127.0.0.1:8787".parse()?;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match (arg.as_str(), args.next()) {
            ("--listen", Some(addr)) => listen = addr.parse().map_err(|e| format!("--listen {addr}: {e}"))?,
            (other, _) => return Err(format!("{other} is not an option of demo; there is --listen ADDR").into()),
        }
    }
    tools::beside(pages, dist::run)?;
    files()?;
    let options = Options {
        listen: listen.to_string(),
        db: tools::target().join("demo.db"),
        site: tools::site(),
        pages: Some(tools::demo_pages()),
        allow_origins: Vec::new(),
        agents: vec![(AGENT.0.to_owned(), AGENT.1.to_owned())],
        topics: ["Orders", "Returns", "Products"].map(str::to_owned).to_vec(),
        drafts: Some(tools::target().join("drafts")),
        headers: Vec::new(),
        beside: Some(orders::router(shop::catalogue()?)),
        ..Options::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let server = runtime.block_on(server::bind(options))?;
    println!("\nshop    http://{listen}/");
    println!("help    http://{listen}/help-centre/   the same answers as pages");
    println!("gallery http://{listen}/gallery/   every state side by side");
    println!("mailbox http://{listen}/mailbox/   what the shop would send by mail");
    println!("agents  http://{listen}/agent   sign in as {} with {}", AGENT.0, AGENT.1);
    let interrupted = async {
        // Without the signal there is only the kill: then the database recovers at the next start.
        let _ = tokio::signal::ctrl_c().await;
    };
    runtime.block_on(server.serve(interrupted));
    Ok(())
}

/// Renders the shop and puts beside it what it serves itself.
pub fn prepare() -> Step {
    pages()?;
    files()
}

/// What the demo shows that asks nothing of the release files.
fn pages() -> Step {
    let pages = tools::demo_pages();
    shop::render(&pages, TAG)?;
    gallery(&pages.join("gallery"))?;
    help_centre(&pages.join("help-centre"))
}

/// The release files that the shop serves itself.
fn files() -> Step {
    let pages = tools::demo_pages();
    // A service worker rules only the folder it is served from: the shop serves it at its root.
    std::fs::copy(tools::site().join("helpnook-sw.js"), pages.join("helpnook-sw.js"))?;
    // What the help centre's search fetches.
    for file in tools::files_below(&tools::site())? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "search.js" || name == "events.js" || name.starts_with("search-") {
            std::fs::copy(&file, pages.join("help-centre").join(name))?;
        }
    }
    Ok(())
}

/// Every state of the widget, side by side, with articles that hold all an answer can.
fn gallery(out: &Path) -> Step {
    let from = tools::root().join("www/gallery");
    build::run_with(&[from.join("content")], out, &Extra { is_draft: true, ..Extra::default() })?;
    for file in tools::files_below(&from)? {
        let name = file.strip_prefix(&from)?;
        if !name.starts_with("content") {
            tools::write(&out.join(name), &std::fs::read(&file)?)?;
        }
    }
    Ok(())
}

/// The help centre of the same content.
fn help_centre(out: &Path) -> Step {
    let extra = Extra { site: true, base_url: Some(HELP_CENTRE.to_owned()), is_draft: true, ..Extra::default() };
    build::run_with(&[tools::root().join("www/content")], out, &extra)?;
    Ok(())
}
