//! `cargo xtask bench`: Helpnook beside the searches a shop could use instead, on the same articles and
//! queries in the same run. Rivals come from npm; pages run in headless Chromium, one after the other, in
//! rounds; times are medians over rounds of a busy machine, so the ratios count, not the milliseconds.

mod corpora;
mod engines;
mod figures;
mod profile;
mod queries;
mod report;
mod sizes;
mod synthetic;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use self::corpora::Corpus;
use self::engines::{ENGINES, Engine, OURS};
use crate::{Step, dist, tools, wasm};

/// Hits asked for.
const LIMIT: usize = 10;

/// Times each query is asked; the fastest counts, as noise only adds.
const PASSES: usize = 8;

/// No further pass over the queries begins after this.
const BUDGET_MS: u32 = 4_000;

/// An index that is not built by then, and a page that has not answered by then, is given up.
const PATIENCE: Duration = Duration::from_secs(600);

/// One engine on one corpus.
pub struct Figures {
    /// Which engine.
    pub engine: &'static Engine,
    /// Bytes by brotli.
    pub sizes: sizes::Sizes,
    /// Seconds its index took; none when an earlier run built it.
    pub build_seconds: Option<f64>,
    /// What the page found, as `tests/bench/bench.mjs` gives it.
    pub page: Value,
}

/// What the command line asks for.
struct Options {
    quick: bool,
    rounds: usize,
    only: Vec<String>,
    profile: bool,
}

/// Measures and prints.
pub fn run(args: &[String]) -> Step {
    let options = options(args)?;
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| tools::has(name));
    let chromium = chromium.ok_or("the bench needs Chromium, on Debian: apt-get install chromium")?;
    // The release's other parts take minutes to build and are not measured here.
    let [module] = if options.profile { [wasm::named("search")?] } else { wasm::build(["search"])? };
    dist::search_alone(&engines::site(), &module)?;
    engines::install(&ENGINES.iter().collect::<Vec<_>>())?;
    let folder = harness()?;
    let mut packer = sizes::Packer::open(&folder);
    let corpora =
        corpora::all(options.rounds, |name| options.only.is_empty() || options.only.iter().any(|o| o == name))?;
    let mut measured = Vec::new();
    for corpus in &corpora {
        if options.profile {
            prepare(&ENGINES[..1], corpus, &folder, &mut packer)?;
            profile::print(corpus.name, &folder)?;
            continue;
        }
        let mut prepared = prepare(ENGINES, corpus, &folder, &mut packer)?;
        let names: Vec<&str> = prepared.iter().map(|figures| figures.engine.name).collect();
        let plan = json!({
            "chromium": which(chromium)?,
            "patience_ms": PATIENCE.as_millis() as u64,
            "rounds": corpus.rounds,
            "corpora": [{ "corpus": corpus.name, "engines": names }],
        });
        let file = folder.join("plan.json");
        tools::write(&file, plan.to_string().as_bytes())?;
        let pages = ask(node(&folder).args(["browser", &file.to_string_lossy()]), PATIENCE * 12)?;
        for figures in &mut prepared {
            figures.page = pages[corpus.name][figures.engine.name].clone();
        }
        let node = ask(node(&folder).args(["node", corpus.name, OURS]), PATIENCE)?;
        let native =
            if options.quick { Value::Null } else { native_figures(&folder.join("corpora").join(corpus.name))? };
        report::corpus(corpus, &prepared, &node, &native);
        measured.push((corpus.name, prepared, node, native));
        // Early, so that a run broken off leaves what it found.
        figures::write(&measured)?;
    }
    if options.profile {
        return Ok(());
    }
    report::asked(&figures::flat(&measured));
    for (name, why) in engines::NOT_RUN {
        println!("{name} was not run: {why}");
    }
    Ok(())
}

fn options(args: &[String]) -> Step<Options> {
    let mut options = Options { quick: false, rounds: 3, only: Vec::new(), profile: false };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--quick" => {
                (options.quick, options.rounds) = (true, 1);
                options.only.push("shop".to_owned());
            }
            "--rounds" => options.rounds = args.next().and_then(|n| n.parse().ok()).ok_or("--rounds takes a number")?,
            "--profile" => options.profile = true,
            "--only" => options.only.push(args.next().ok_or("--only takes the name of a corpus")?.clone()),
            other => return Err(format!("{other} is not an option of bench").into()),
        }
    }
    Ok(options)
}

/// Puts the harness beside the packages it imports; gives its folder.
fn harness() -> Step<PathBuf> {
    let from = tools::root().join("tests/bench");
    let folder = tools::target().join("tools/bench");
    for path in tools::files_below(&from)? {
        tools::write(&folder.join(path.strip_prefix(&from)?), &std::fs::read(&path)?)?;
    }
    Ok(folder)
}

/// Writes a corpus and builds its index with every engine that can.
fn prepare(
    engines: &'static [Engine],
    corpus: &Corpus,
    folder: &Path,
    packer: &mut sizes::Packer,
) -> Step<Vec<Figures>> {
    let own = folder.join("corpora").join(corpus.name);
    let mut text = String::new();
    for article in &corpus.articles {
        text.push_str(&serde_json::to_string(article)?);
        text.push('\n');
    }
    let articles = own.join("articles.jsonl");
    tools::write(&articles, text.as_bytes())?;
    let mut all = Vec::new();
    let mut jobs = Map::new();
    for engine in engines {
        let index = own.join(engine.name);
        let build_seconds = match build(engine, &articles, &index, &text) {
            Ok(seconds) => seconds,
            Err(error) => {
                println!("{} on {}: no index: {error}", engine.name, corpus.name);
                continue;
            }
        };
        let names = served(engine, &index)?;
        let code: Vec<String> = engine.code()?.into_iter().map(|(address, _)| address).collect();
        let address = format!("/corpora/{}/{}/", corpus.name, engine.name);
        jobs.insert(engine.name.to_owned(), json!({ "code": code, "index": address, "names": names }));
        let sizes = packer.of(engine, &index, &articles)?;
        all.push(Figures { engine, sizes, build_seconds, page: Value::Null });
    }
    let job = json!({
        "limit": LIMIT, "passes": PASSES, "budget_ms": BUDGET_MS, "keys": corpus.keys, "typos": corpus.typos,
        "sets": corpus.sets, "typed": corpus.typed, "engines": jobs,
    });
    tools::write(&own.join("job.json"), job.to_string().as_bytes())?;
    Ok(all)
}

/// Files that a page takes into memory before it opens the index.
fn served(engine: &Engine, index: &Path) -> Step<Vec<String>> {
    let names = match engine.name {
        OURS => vec!["en.hnx".to_owned()],
        // It fetches by itself.
        "pagefind" => Vec::new(),
        _ => {
            let name = |path: PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
            tools::files_below(index)?.into_iter().filter_map(name).filter(|name| name != "mark").collect()
        }
    };
    Ok(names)
}

/// Builds an index unless it stands there already; ours always, for its code is what changes.
fn build(engine: &Engine, articles: &Path, index: &Path, text: &str) -> Step<Option<f64>> {
    if engine.name == OURS {
        let built = ask(native().arg("build").args([index, articles]), PATIENCE)?;
        return Ok(built["seconds"].as_f64());
    }
    let adapter = std::fs::read(tools::root().join("tests/bench/engines.mjs"))?;
    let mut hash = Sha256::new();
    hash.update(text);
    hash.update(adapter);
    for path in tools::files_below(&tools::root().join("tests/bench/engines"))? {
        hash.update(std::fs::read(path)?);
    }
    let mark = format!("{:?} {:x}", engine.package, hash.finalize());
    if std::fs::read_to_string(index.join("mark")).unwrap_or_default() == mark {
        return Ok(None);
    }
    if index.exists() {
        std::fs::remove_dir_all(index)?;
    }
    eprintln!("{} builds {}", engine.name, index.display());
    let folder = tools::target().join("tools/bench");
    let built = ask(node(&folder).args(["build", engine.name]).args([articles, index]), PATIENCE)?;
    tools::write(&index.join("mark"), mark.as_bytes())?;
    Ok(built["seconds"].as_f64())
}

fn node(folder: &Path) -> Command {
    let mut node = Command::new("node");
    node.arg("--max-old-space-size=8192").arg(folder.join("bench.mjs"));
    node
}

/// Our own natively, optimised as released.
fn native() -> Command {
    let mut cargo = tools::cargo();
    cargo.args(["bench", "--quiet", "--bench", "native", "--"]);
    cargo
}

fn native_figures(own: &Path) -> Step<Value> {
    let files = [own.join(OURS).join("en.hnx"), own.join("job.json")];
    ask(native().arg("measure").args(files).arg(PASSES.to_string()), PATIENCE)
}

/// Runs a program that says what it found as JSON.
fn ask(command: &mut Command, patience: Duration) -> Step<Value> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut out = child.stdout.take().ok_or("no output")?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).map(|_| text)
    });
    let start = Instant::now();
    let status = loop {
        match child.try_wait()? {
            Some(status) => break status,
            None if start.elapsed() > patience => {
                child.kill()?;
                return Err(format!("given up after {} s", patience.as_secs()).into());
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let text = reader.join().map_err(|_| "the reader of its output broke")??;
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    Ok(serde_json::from_str(text.lines().next_back().unwrap_or_default())?)
}

/// Where a program lies.
fn which(program: &str) -> Step<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.exists());
    Ok(found.ok_or_else(|| format!("{program} is not on the PATH"))?.to_string_lossy().into_owned())
}
