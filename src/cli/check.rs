//! `helpnook check SOURCE… [--golden FILE]`: articles against what makes help useless, an index against judged queries.
//!
//! It ends with 0 when all is well, with 1 when a finding is as bad as `--fail-on` says or a floor is not held,
//! with 2 when the command is wrong and with 3 when a file cannot be read.
//!
//! A golden file is JSON Lines. A line judges one query: `{"q": "retrun policy", "expect": [["returns",
//! "fuzzy in title"], ["refund-time", "related, body only"]]}` asks for these articles in this order, each with
//! the author's reason; `{"q": …, "rel": ["returns"]}` for any of these; `"rel": []` for none at all. A `set`
//! names the set of the line, else it is the file's name.

mod doubles;
mod findings;
mod links;
mod reading;
mod sarif;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use findings::{Against, Finding, Level};

use super::{CliError, Exit, open_index, print_line, sources};
use crate::content;
use crate::index::Index;
use crate::search;

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders and files of help to look through
    #[arg(required_unless_present = "index")]
    sources: Vec<PathBuf>,
    /// An index file to ask the judged queries; without it the sources are asked
    #[arg(short, long, requires = "golden")]
    index: Option<PathBuf>,
    /// JSON Lines of judged queries; of another language than `en` by its name, `questions.fr.jsonl`
    #[arg(short, long)]
    golden: Vec<PathBuf>,
    /// JSON Lines of events; articles that none of them names are told
    #[arg(long, value_name = "FILE")]
    events: Vec<PathBuf>,
    /// Asks every page that answers link to; those without a host are asked of this shop
    #[arg(long, value_name = "SHOP")]
    links: Option<String>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Fails when a finding is as bad as this
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Fails when the MRR@10 of a set is lower, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    min_mrr: f64,
    /// Fails when a lower share of a set has a right article first, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    min_hit1: f64,
    /// Fails when a lower share of a set has a right article among the first five, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    min_hit5: f64,
    /// Shows every query that is not answered as it should be
    #[arg(short, long)]
    verbose: bool,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line each, for people.
    Text,
    /// JSON of our own.
    Json,
    /// SARIF 2.1.0, for code hosts.
    Sarif,
}

/// From when on a finding fails the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Shoppers meet something broken.
    Error,
    /// Something is to be mended.
    Warning,
    /// Anything at all.
    Note,
    /// Nothing.
    Never,
}

/// How deep a right article counts.
const DEPTH: usize = 10;

/// A judged query.
struct Judged {
    query: String,
    set: String,
    /// Any of them is right; none: nothing answers it.
    rel: Vec<String>,
    /// The order asked for, with reasons; empty when any order will do.
    order: Vec<(String, String)>,
    line: usize,
}

/// Sums over a set.
#[derive(Default)]
struct Quality {
    n: usize,
    mrr: f64,
    hit1: usize,
    hit5: usize,
    ordered: usize,
    in_order: usize,
    /// How surely answerable the unanswerable ones seem, 0 to 255.
    unanswerable: Vec<u8>,
    answerable: Vec<u8>,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    let mut exit = Exit::Done;
    let mut indexes = BTreeMap::new();
    if !args.sources.is_empty() && look_through(args, &mut indexes)? {
        exit = Exit::Refused;
    }
    let given = args.index.as_deref().map(open_index).transpose()?;
    let mut sets: BTreeMap<String, Quality> = BTreeMap::new();
    for path in &args.golden {
        let lang = content::lang_of_path(&path.to_string_lossy()).unwrap_or_else(|| content::DEFAULT_LANG.to_owned());
        let Some(index) = given.as_ref().or_else(|| indexes.get(&lang)) else {
            return Err(CliError::Other(format!(
                "{}: no article is in `{lang}`: name the file after its language",
                path.display()
            )));
        };
        for judged in read(path, index)? {
            let problem = judge(index, &judged, sets.entry(judged.set.clone()).or_default());
            if let Some(problem) = problem.filter(|_| args.verbose || !judged.order.is_empty()) {
                eprintln!("{}:{}: \"{}\": {problem}", path.display(), judged.line, judged.query);
            }
        }
    }
    for (set, quality) in &sets {
        if !report(set, quality, args) {
            exit = Exit::Refused;
        }
    }
    Ok(exit)
}

/// Looks for findings in the sources and prints them; whether one of them fails the command.
fn look_through(args: &Args, indexes: &mut BTreeMap<String, Index>) -> Result<bool, CliError> {
    let (files, mut problems) = sources::read(&args.sources)?;
    let mut all = content::read_all(&files);
    all.problems.append(&mut problems);
    indexes.extend(super::build::indexes(&all.help)?);
    let seen = if args.events.is_empty() { None } else { Some(seen(&args.events)?) };
    let today = jiff::Zoned::now().date().to_string();
    let dead = match &args.links {
        Some(shop) => links::ask(&findings::pages(&all), shop)?,
        None => BTreeMap::new(),
    };
    let found = findings::all(&all, &Against { today: &today, indexes, seen: seen.as_ref(), dead: &dead });
    match args.format {
        Format::Text => tell(&found),
        Format::Json => print_line(&format!("{:#}", sarif::plain(&found))),
        Format::Sarif => print_line(&format!("{:#}", sarif::sarif(&found))),
    }
    let limit = match args.fail_on {
        FailOn::Error => Some(Level::Error),
        FailOn::Warning => Some(Level::Warning),
        FailOn::Note => Some(Level::Note),
        FailOn::Never => None,
    };
    Ok(limit.is_some_and(|limit| found.iter().any(|one| one.level >= limit)))
}

/// How many findings each rule has.
pub(super) fn counted(content: &content::Content, indexes: &BTreeMap<String, Index>) -> BTreeMap<&'static str, usize> {
    let today = jiff::Zoned::now().date().to_string();
    let mut out = BTreeMap::new();
    for one in findings::all(content, &Against { today: &today, indexes, seen: None, dead: &BTreeMap::new() }) {
        *out.entry(one.rule).or_default() += 1;
    }
    out
}

/// MRR@10 of a file of judged queries.
pub(super) fn mrr(path: &Path, indexes: &BTreeMap<String, Index>) -> Result<f64, CliError> {
    let lang = content::lang_of_path(&path.to_string_lossy()).unwrap_or_else(|| content::DEFAULT_LANG.to_owned());
    let index =
        indexes.get(&lang).ok_or_else(|| CliError::Other(format!("{}: no article is in `{lang}`", path.display())))?;
    let mut quality = Quality::default();
    for judged in read(path, index)? {
        judge(index, &judged, &mut quality);
    }
    Ok(quality.mrr / quality.n.max(1) as f64)
}

fn tell(found: &[Finding]) {
    for one in found {
        let place = match (one.line, one.column) {
            (0, _) => one.file.clone(),
            (line, 0) => format!("{}:{line}", one.file),
            (line, column) => format!("{}:{line}:{column}", one.file),
        };
        let gap = if place.is_empty() { "" } else { ": " };
        print_line(&format!("{place}{gap}{} [{}]: {}: {}", one.level.name(), one.rule, one.message, one.cure));
    }
    let count = |level: Level| found.iter().filter(|one| one.level == level).count();
    let (errors, warnings, notes) = (count(Level::Error), count(Level::Warning), count(Level::Note));
    print_line(&format!("{errors} errors, {warnings} warnings, {notes} notes"));
}

/// Ids of articles that events name, whatever else the events say.
fn seen(paths: &[PathBuf]) -> Result<BTreeSet<String>, CliError> {
    let mut out = BTreeSet::new();
    for path in paths {
        let text = fs::read_to_string(path).map_err(|error| CliError::file(path, error))?;
        for row in text.lines().filter_map(|row| serde_json::from_str::<Value>(row).ok()) {
            for holder in [Some(&row), row.get("detail")].into_iter().flatten() {
                for name in ["article", "id", "ids"] {
                    match holder.get(name) {
                        Some(Value::String(id)) => {
                            out.insert(id.clone());
                        }
                        Some(Value::Array(ids)) => {
                            out.extend(ids.iter().filter_map(|id| Some(id.as_str()?.to_owned())))
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    Ok(out)
}

/// Counts one query; says what is not as it should be.
fn judge(index: &Index, judged: &Judged, quality: &mut Quality) -> Option<String> {
    let (answerable, hits) = search::rank(index, &judged.query, DEPTH);
    let ids: Vec<String> = hits.iter().filter_map(|hit| Some(index.stored(hit.0)?.id)).collect();
    if judged.rel.is_empty() {
        quality.unanswerable.push(answerable);
        return None;
    }
    quality.answerable.push(answerable);
    quality.n += 1;
    let place = ids.iter().position(|id| judged.rel.contains(id));
    if let Some(place) = place {
        quality.mrr += 1.0 / (place + 1) as f64;
        quality.hit1 += usize::from(place == 0);
        quality.hit5 += usize::from(place < 5);
    }
    if !judged.order.is_empty() {
        quality.ordered += 1;
        let wrong = judged.order.iter().zip(ids.iter().map(Some).chain(core::iter::repeat(None))).enumerate();
        let wrong = wrong.into_iter().find(|(_, ((want, _), got))| Some(want) != *got);
        let Some((place, ((want, reason), got))) = wrong else {
            quality.in_order += 1;
            return None;
        };
        let got = got.map_or("nothing", String::as_str);
        return Some(format!("place {}: expected `{want}` ({reason}), got `{got}`", place + 1));
    }
    let first = ids.first().map_or("nothing", String::as_str);
    (place != Some(0)).then(|| format!("expected one of {}, got `{first}` first", judged.rel.join(", ")))
}

/// Prints a set's line; whether it keeps the floors.
fn report(set: &str, quality: &Quality, args: &Args) -> bool {
    let n = quality.n.max(1) as f64;
    let (mrr, hit1, hit5) = (quality.mrr / n, quality.hit1 as f64 / n, quality.hit5 as f64 / n);
    let mut line = format!("{set}: {} queries, MRR@10 {mrr:.3}, hit@1 {hit1:.3}, hit@5 {hit5:.3}", quality.n);
    if quality.ordered > 0 {
        line.push_str(&format!(", in order {} of {}", quality.in_order, quality.ordered));
    }
    if !quality.unanswerable.is_empty() && !quality.answerable.is_empty() {
        line.push_str(&format!(", AUROC {:.3}", auroc(&quality.answerable, &quality.unanswerable)));
    }
    print_line(&line);
    let mut kept = quality.in_order == quality.ordered;
    for (name, got, floor) in
        [("MRR@10", mrr, args.min_mrr), ("hit@1", hit1, args.min_hit1), ("hit@5", hit5, args.min_hit5)]
    {
        if quality.n > 0 && got < floor {
            eprintln!("{set}: {name} {got:.3} is under the floor of {floor}");
            kept = false;
        }
    }
    kept
}

/// How often an answerable query seems surer than an unanswerable one: 0.5 guesses, 1.0 knows.
fn auroc(answerable: &[u8], unanswerable: &[u8]) -> f64 {
    let mut wins = 0.0;
    for good in answerable {
        for bad in unanswerable {
            wins += match good.cmp(bad) {
                core::cmp::Ordering::Greater => 1.0,
                core::cmp::Ordering::Equal => 0.5,
                core::cmp::Ordering::Less => 0.0,
            };
        }
    }
    wins / (answerable.len() * unanswerable.len()) as f64
}

fn read(path: &Path, index: &Index) -> Result<Vec<Judged>, CliError> {
    let text = fs::read_to_string(path).map_err(|error| CliError::file(path, error))?;
    let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut out = Vec::new();
    for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
        let judged = serde_json::from_str::<Value>(row).ok().and_then(|row| judged(&row, &name, line));
        let wrong = |message: String| CliError::Line { path: path.to_owned(), line, message };
        let judged = judged.ok_or_else(|| {
            wrong("no judged query: write `{\"q\": \"…\", \"expect\": [[\"article-id\", \"why\"]]}` or `\"rel\": [\"article-id\"]`".to_owned())
        })?;
        if let Some(id) = judged.rel.iter().find(|id| index.find(id).is_none()) {
            return Err(wrong(format!("the index has no article `{id}`: correct the id or build again")));
        }
        out.push(judged);
    }
    Ok(out)
}

fn judged(row: &Value, name: &str, line: usize) -> Option<Judged> {
    let id = |value: &Value| value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|id| id.to_string()));
    let query = row.get("q").or_else(|| row.get("query"))?.as_str()?.to_owned();
    let mut order = Vec::new();
    if let Some(expect) = row.get("expect") {
        for one in expect.as_array()? {
            let (of, reason) = match one {
                Value::Array(pair) => {
                    (id(pair.first()?)?, pair.get(1).and_then(Value::as_str).unwrap_or("no reason given"))
                }
                single => (id(single)?, "no reason given"),
            };
            order.push((of, reason.to_owned()));
        }
    }
    let rel = match row.get("rel") {
        Some(rel) => rel.as_array()?.iter().map(id).collect::<Option<_>>()?,
        None if row.get("expect").is_some() => order.iter().take(1).map(|(id, _)| id.clone()).collect(),
        None => return None,
    };
    let set = row.get("set").and_then(Value::as_str).unwrap_or(name).to_owned();
    Some(Judged { query, set, rel, order, line })
}
