//! The release: every file a merchant serves, named by its content, with hashes and inventory.

use std::path::{Path, PathBuf};

use helpnook::cli::build::{self, Extra, integrity, short_integrity};
use helpnook::context::Source;
use helpnook::page::{PageType, Signal};
use serde_json::{Map, json};

use crate::assets::{self, Phase, Row};
use crate::minify::{Kind, minify};
use crate::{Step, package, tools, wasm};

/// Hosts a file talks to: only the one it came from.
const SAME: &[&str] = &["same host as the file"];
/// The inbox too.
const SAME_AND_INBOX: &[&str] = &["same host as the file", "the inbox named by data-chat"];

/// What data-events names.
const EVENT_HOSTS: &[&str] = &["same host as the file", "the hosts named by data-events"];

/// A file that the loader fetches: name in the loader, content, purpose, hosts, phase.
type Part<'a> = (&'a str, &'a [u8], &'a str, &'a [&'a str], Phase);

/// The release files and, with `--program`, `target/release/helpnook` with them inside.
pub fn command(args: &[String]) -> Step {
    run()?;
    if args.iter().any(|arg| arg == "--program") {
        tools::run(
            tools::cargo().args(["build", "--release", "--bin", "helpnook"]).env("HELPNOOK_SITE_DIR", tools::site()),
        )?;
        println!("program: {}", tools::target().join("release/helpnook").display());
    }
    Ok(())
}

/// Builds all and writes `target/site/`; gives the inventory.
pub fn run() -> Step<Vec<Row>> {
    let site = tools::site();
    // Compiling leaves a core idle now and then, and the content asks nothing of the modules. The module
    // that takes longest to be made smaller comes first, so that the others are compiled meanwhile.
    let aside = tools::target().join("demo-help");
    let (help, [chat, panel, engine, search]) =
        tools::beside(|| demo_indexes(&aside), || wasm::build(["chat", "panel", "engine", "search"]))?;
    if site.exists() {
        std::fs::remove_dir_all(&site)?;
    }
    let fallback = minify("fallback.js", &source("fallback.js")?, Kind::Module)?;
    let extra = minify("extra.js", &names("extra.js", &source("extra.js")?)?, Kind::Module)?;
    let all = serde_json::to_string(&helpnook::context::words::of_all())?;
    let words = minify("words.js", &put("words.js", &source("words.js")?, "/*TEXT*/", &all)?, Kind::Module)?;
    let trouble = minify("trouble.js", &source("trouble.js")?, Kind::Module)?;
    let events = minify("events.js", &source("events.js")?, Kind::Module)?;
    let bot = minify("bot.js", &source("bot.js")?, Kind::Module)?;
    let vendors = minify("vendors.js", &source("vendors.js")?, Kind::Module)?;
    let comfort = put("comfort.js", &bundled("comfort.js")?, "/*TEXTS*/", &compact("comfort/texts.json")?)?;
    let comfort = minify("comfort.js", &comfort, Kind::Module)?;
    let dress = minify("dress.js", &bundled("dress.js")?, Kind::Module)?;
    let survey = put("survey.js", &source("survey.js")?, "/*TEXTS*/", &compact("survey.json")?)?;
    let survey = minify("survey.js", &survey, Kind::Module)?;
    let forms = put("forms.js", &source("forms.js")?, "/*TEXTS*/", &compact("forms.json")?)?;
    let forms = minify("forms.js", &forms, Kind::Module)?;
    let later: [Part<'_>; 16] = [
        ("engine.js", engine.glue.as_bytes(), "binds the engine to the browser", SAME, Phase::Wake),
        (
            "engine.wasm",
            &engine.wasm,
            "reads the index, searches, chooses suggestions, on the device",
            SAME,
            Phase::Wake,
        ),
        ("panel.js", panel.glue.as_bytes(), "binds the panel to the browser", SAME, Phase::Open),
        (
            "panel.wasm",
            &panel.wasm,
            "the panel: suggestions, search, articles, the conversation's screen",
            SAME,
            Phase::Open,
        ),
        ("chat.js", chat.glue.as_bytes(), "binds the conversation to the browser", SAME, Phase::Lazy),
        (
            "chat.wasm",
            &chat.wasm,
            "the conversation: fetched when it is reached for, or once the shopper does anything in the panel",
            SAME_AND_INBOX,
            Phase::Lazy,
        ),
        ("words.js", words.as_bytes(), "words of more languages, for a page whose kind is in doubt", SAME, Phase::Lazy),
        ("extra.js", extra.as_bytes(), "help inside a page, and what developers see by data-debug", SAME, Phase::Lazy),
        (
            "comfort.js",
            comfort.as_bytes(),
            "once the shopper does anything in the panel: reading aloud, print, large pictures, search by speaking, a phone's way back",
            SAME,
            Phase::Lazy,
        ),
        (
            "dress.js",
            dress.as_bytes(),
            "other forms of the launcher and the shop's own look, where the tag asks for them",
            SAME,
            Phase::Lazy,
        ),
        (
            "bot.js",
            bot.as_bytes(),
            "asks the shop's AI bot, where the tag has data-bot, and lets through what the help bears out",
            &["same host as the file", "the endpoint that data-bot names, once the shopper writes"],
            Phase::Lazy,
        ),
        (
            "events.js",
            events.as_bytes(),
            "counts what happens in the help, where the tag has data-events; tells nobody before consent",
            EVENT_HOSTS,
            Phase::Lazy,
        ),
        (
            "survey.js",
            survey.as_bytes(),
            "asks for a recommendation where the tag has data-survey, once there is consent",
            SAME,
            Phase::Lazy,
        ),
        (
            "vendors.js",
            vendors.as_bytes(),
            "opens another vendor's messenger: fetched when the shopper asks for a person and the shop answers there",
            &["same host as the file", "the vendor that data-chat names, once it is opened"],
            Phase::Lazy,
        ),
        (
            "forms.js",
            forms.as_bytes(),
            "leaves the shopper's words in Zendesk or at the shop's address, where data-chat names such a form",
            &["same host as the file", "Zendesk or the address that the page names, once the shopper sends"],
            Phase::Lazy,
        ),
        ("fallback.js", fallback.as_bytes(), "topics and contact where the panel cannot run", SAME, Phase::Lazy),
    ];
    let mut rows = Vec::new();
    let later = release(&site, &later, &mut rows)?;
    let purpose = "tells refusals from good news, by what the page shows";
    let told = release(&site, &[("trouble.js", trouble.as_bytes(), purpose, SAME, Phase::Lazy)], &mut rows)?;
    let watch = minify("watch.js", &filled("watch.js", &told)?, Kind::Module)?;
    let purpose = "hears what happens on the page, once something may have gone wrong, or the help was opened and the shopper turns to the page";
    let watched = release(&site, &[("watch.js", watch.as_bytes(), purpose, SAME, Phase::Lazy)], &mut rows)?;
    let page = put("page.js", &bundled("page.js")?, "/*FILES*/", &serde_json::to_string(&watched)?)?;
    let page = minify("page.js", &page, Kind::Module)?;
    // What brings the others knows their names, so that the loader need not.
    let open = minify("open.js", &filled("open.js", &later)?, Kind::Module)?;
    let first: [Part<'_>; 2] = [
        (
            "page.js",
            page.as_bytes(),
            "notes what page this is and what happens on it; reads no field's value",
            SAME,
            Phase::Wake,
        ),
        ("open.js", open.as_bytes(), "brings engine, index and panel when they are wanted", SAME, Phase::Wake),
    ];
    let first = release(&site, &first, &mut rows)?;
    let loader = minify("loader.js", &filled("loader.js", &first)?, Kind::Script)?;
    let pinned = hashed("helpnook.js", loader.as_bytes());
    let purpose = "paints the launcher, notes actions, fetches the rest when it is wanted";
    rows.insert(0, assets::release(&site, "helpnook.js", loader.as_bytes(), purpose, SAME, Phase::Load)?);
    let purpose = "the same under a name that never changes its content, for tags with integrity";
    rows.push(assets::release(&site, &pinned, loader.as_bytes(), purpose, SAME, Phase::Lazy)?);
    let worker = minify("helpnook-sw.js", &source("helpnook-sw.js")?, Kind::Script)?;
    let purpose = "optional service worker: pages seen stay readable offline";
    rows.push(assets::release(&site, "helpnook-sw.js", worker.as_bytes(), purpose, SAME, Phase::Lazy)?);
    let purpose = "the search alone, for other programs: ranks";
    let ranks = release(&site, &[("search.wasm", &search.wasm, purpose, SAME, Phase::Lazy)], &mut rows)?;
    let purpose = "the search as an ES module for other programs: load(bytes), search(query, limit)";
    let module = search_module(&search, ranks["search.wasm"][0].as_str().unwrap_or_default());
    rows.push(assets::release(&site, "search.js", module.as_bytes(), purpose, SAME, Phase::Lazy)?);
    let purpose = "the same module that counts, under a fixed name, for the help centre";
    rows.push(assets::release(&site, "events.js", events.as_bytes(), purpose, EVENT_HOSTS, Phase::Lazy)?);
    let start = minify("npm/index.js", &source("npm/index.js")?, Kind::Module)?;
    let purpose = "an ES module that puts the tag on a page and hands over its commands";
    rows.push(assets::release(&site, "helpnook.mjs", start.as_bytes(), purpose, SAME, Phase::Lazy)?);
    std::fs::rename(aside.join("demo"), site.join("demo"))?;
    rows.extend(help);
    package::write(&rows)?;
    tools::write(&site.join("inventory.json"), serde_json::to_string_pretty(&rows)?.as_bytes())?;
    print_sizes(&rows);
    println!(
        "\ntag to paste, with the release pinned by its hash:\n{}",
        pinned_tag(&pinned, &integrity(loader.as_bytes()))
    );
    Ok(rows)
}

/// The search for other programs, into a folder of its own.
pub fn search_alone(folder: &Path, search: &wasm::Module) -> Step {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let file = hashed("search.wasm", &search.wasm);
    tools::write(&folder.join(&file), &search.wasm)?;
    tools::write(&folder.join("search.js"), search_module(search, &file).as_bytes())
}

/// A file's name with the hash of its content in it.
fn hashed(name: &str, bytes: &[u8]) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}-{}.{ending}", assets::short_hash(bytes))
}

/// Brotli bytes fetched until the panel stands open on the English demo.
pub fn first_open_br(rows: &[Row]) -> usize {
    rows.iter().filter(|r| r.phase != Phase::Lazy).map(|r| r.br).sum()
}

/// Brotli bytes of the rows whose name begins so.
pub fn br_of(rows: &[Row], prefixes: &[&str]) -> usize {
    rows.iter().filter(|r| prefixes.iter().any(|p| r.file.starts_with(p))).map(|r| r.br).sum()
}

fn pinned_tag(file: &str, integrity: &str) -> String {
    format!(
        "<script async src=\"/help/{file}\" integrity=\"{integrity}\" crossorigin=\"anonymous\" data-index=\"/help/{{lang}}.hnx\"></script>"
    )
}

/// Writes files under names that never change their content; gives the table of those names and hashes.
fn release(site: &Path, parts: &[Part<'_>], rows: &mut Vec<Row>) -> Step<Map<String, serde_json::Value>> {
    let mut files = Map::new();
    for (name, bytes, purpose, hosts, phase) in parts {
        let file = hashed(name, bytes);
        rows.push(assets::release(site, &file, bytes, purpose, hosts, *phase)?);
        files.insert((*name).to_owned(), json!([file, short_integrity(bytes)]));
    }
    Ok(files)
}

/// A script with the names and hashes of what it fetches.
fn filled(name: &str, files: &Map<String, serde_json::Value>) -> Step<String> {
    put(name, &source(name)?, "/*FILES*/", &serde_json::to_string(files)?)
}

/// A script with the names of page types, signals and sources in their places.
fn names(name: &str, text: &str) -> Step<String> {
    let pages: Vec<&str> = PageType::ALL.iter().map(|page| page.name()).collect();
    let signals: Vec<&str> = Signal::ALL.iter().map(|signal| signal.name()).collect();
    let sources: Vec<&str> = Source::ALL.iter().map(|source| source.name()).collect();
    let text = put(name, text, "/*PAGES*/", &serde_json::to_string(&pages)?)?;
    let text = put(name, &text, "/*SIGNALS*/", &serde_json::to_string(&signals)?)?;
    put(name, &text, "/*SOURCES*/", &serde_json::to_string(&sources)?)
}

/// A script with a value put between a mark and the `/*END*/` that follows it.
fn put(name: &str, text: &str, mark: &str, value: &str) -> Step<String> {
    const END: &str = "/*END*/";
    let place = text.split_once(mark).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = place.ok_or_else(|| format!("www/{name} lacks the place {mark}…{END}"))?;
    Ok([before, value, after].concat())
}

/// A script with the modules that it imports as a whole (`import * as facts from "./facts.js"`) in
/// their places: both are always wanted together, and one request is cheaper than two.
fn bundled(name: &str) -> Step<String> {
    let mut out = String::new();
    for line in source(name)?.lines() {
        let import = line.strip_prefix("import * as ").and_then(|rest| rest.split_once(" from \"./"));
        let Some((local, file)) = import else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let inner = source(file.trim_end_matches(['"', ';']))?;
        let exported = |line: &str| {
            let rest =
                ["const ", "function "].iter().find_map(|kind| line.strip_prefix("export ")?.strip_prefix(kind))?;
            rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned)
        };
        let names: Vec<String> = inner.lines().filter_map(exported).collect();
        let plain: String =
            inner.lines().map(|line| format!("{}\n", line.strip_prefix("export ").unwrap_or(line))).collect();
        out.push_str(&format!("const {local} = (() => {{\n{plain}return {{ {} }};\n}})();\n", names.join(", ")));
    }
    Ok(out)
}

/// A file of JSON without its white space.
fn compact(name: &str) -> Step<String> {
    let value: serde_json::Value = serde_json::from_str(&source(name)?).map_err(|e| format!("www/{name}: {e}"))?;
    Ok(value.to_string())
}

/// `www/search.js` bound to this release's wasm, by the name of its file.
fn search_module(search: &wasm::Module, file: &str) -> String {
    search.glue.replace("./search.wasm", &format!("./{file}"))
}

/// Indexes of the demo content, ready for release: the English one counts for the first opening.
fn demo_indexes(site: &Path) -> Step<Vec<Row>> {
    if site.exists() {
        std::fs::remove_dir_all(site)?;
    }
    let out = site.join("demo");
    // Sizes are told by the inventory.
    let draft = Extra { is_draft: true, ..Extra::default() };
    build::run_with(&[tools::root().join("www/content")], &out, &draft)?;
    let mut rows = Vec::new();
    let mut paths: Vec<PathBuf> = tools::files_below(&out)?;
    paths.retain(|p| p.extension().is_some_and(|e| e == "hnx" || e == "json" || e == "bin" || e == "txt"));
    for path in paths {
        let bytes = std::fs::read(&path)?;
        let file = path.strip_prefix(site)?.to_string_lossy().into_owned();
        let (purpose, phase) = match file.as_str() {
            "demo/en.hnx" => ("the demo's English help, searched on the device", Phase::Wake),
            f if f.ends_with(".hnx") => ("the demo's help in another language", Phase::Lazy),
            f if f.ends_with(".txt") => {
                ("words that name pages, fetched once for a page whose kind is in doubt", Phase::Lazy)
            }
            f if f.ends_with(".bin") => {
                ("texts and guided flows of the conversation in a language, fetched with it", Phase::Lazy)
            }
            _ => ("the demo's help as plain topics, for pages where the engine cannot run", Phase::Lazy),
        };
        rows.push(assets::release(site, &file, &bytes, purpose, SAME, phase)?);
    }
    Ok(rows)
}

/// Articles of the demo that no other article and no flow refers to; without them sixty are left.
const UNREFERRED: [&str; 15] = [
    "accessibility",
    "charged-twice",
    "complaint",
    "currency",
    "delivery-options",
    "gift-wrap",
    "international-shipping",
    "leave-review",
    "missed-delivery",
    "opening-hours",
    "place-order",
    "price-promise",
    "return-without-packaging",
    "secure-payment",
    "student-discount",
];

/// Brotli bytes of an index of exactly sixty English articles, the measure that the issues name: the
/// demo's own without those that nothing refers to.
pub fn sixty_br() -> Step<usize> {
    let (from, to) = (tools::root().join("www/content"), tools::target().join("sixty"));
    if to.exists() {
        std::fs::remove_dir_all(&to)?;
    }
    let mut n_articles = 0;
    for file in tools::files_below(&from)? {
        let inside = file.strip_prefix(&from)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let is_article = file.extension().is_some_and(|ending| ending == "md");
        if !(inside.starts_with("en") || inside.starts_with("flows")) || is_article && UNREFERRED.contains(&&*name) {
            continue;
        }
        n_articles += usize::from(is_article);
        tools::write(&to.join("content").join(inside), &std::fs::read(&file)?)?;
    }
    if n_articles != 60 {
        return Err(format!("the index of sixty articles would have {n_articles}: mend UNREFERRED").into());
    }
    build::run(&[to.join("content")], &to.join("index"))?;
    Ok(build::brotli_len(&std::fs::read(to.join("index/en.hnx"))?))
}

fn source(name: &str) -> Step<String> {
    let path = tools::root().join("www").join(name);
    std::fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()).into())
}

fn print_sizes(rows: &[Row]) {
    println!("{:<28} {:>9} {:>9}  phase", "file", "bytes", "brotli");
    for row in rows {
        println!("{:<28} {:>9} {:>9}  {:?}", row.file, row.bytes, row.br, row.phase);
    }
    println!("first opening, everything fetched, brotli: {}", first_open_br(rows));
}
