//! `helpnook import SOURCE… -o DIR`: articles of another help desk as Markdown, again and again.
//!
//! A source is a file or folder of an export, or an address: `zendesk:https://shop.zendesk.com`,
//! `smart-tribune:https://host/v1/knowledge-bases/7`, `discourse:https://forum.example/c/faq/5`, or a page with
//! schema.org questions. Keys are in the environment alone: `ZENDESK_OAUTH_TOKEN`, `SMART_TRIBUNE_API_KEY` and
//! `SMART_TRIBUNE_API_SECRET`. What came, what changed and what was left out is told line by line, and as JSON.

mod fetch;
mod live;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{CliError, Exit, sources};
use crate::article::Article;
use crate::content::{self, Content, File, LeftOut, Problem, Severity};
use store::Outcome;

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files or folders of an export, or addresses such as `zendesk:https://shop.zendesk.com`
    #[arg(required = true)]
    sources: Vec<String>,
    /// Folder for the Markdown files
    #[arg(short, long)]
    out: PathBuf,
    /// Names a language anew, `en-us=en`
    #[arg(long, value_name = "FROM=TO", value_parser = renaming)]
    lang: Vec<(String, String)>,
    /// Languages to fetch from an address; all that it has when none is named
    #[arg(long)]
    locale: Vec<String>,
    /// Replaces files that were edited here since the last import
    #[arg(long)]
    overwrite: bool,
    /// Deletes files of articles that are gone at their source
    #[arg(long)]
    prune: bool,
    /// Fails when a record is damaged
    #[arg(long)]
    strict: bool,
    /// Writes the report as JSON to a file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Prints the report as JSON
    #[arg(long)]
    json: bool,
}

fn renaming(text: &str) -> Result<(String, String), String> {
    let (from, to) = text.split_once('=').ok_or("write it as en-us=en")?;
    Ok((from.to_ascii_lowercase(), to.to_ascii_lowercase()))
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    let start = std::time::Instant::now();
    let (files, mut problems) = gather(args)?;
    let mut content = content::read_owned(files);
    problems.append(&mut content.problems);
    rename(&mut content, &args.lang);
    check_dates(&mut content, &mut problems);
    problems.sort();
    problems.dedup();
    let outcome = store::write(args, &content)?;
    let n_damaged = content.left_out.iter().filter(|one| matches!(one.reason, content::Reason::Damaged(_))).count();
    let n_errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    tell(args, &content, &problems, &outcome)?;
    let total: usize = content.help.values().map(|help| help.articles.len()).sum();
    if total >= 1000 {
        eprintln!("{total} articles in {:.1} s{}", start.elapsed().as_secs_f64(), peak());
    }
    let refused = n_errors > 0 || (args.strict && n_damaged > 0);
    Ok(if refused { Exit::Refused } else { Exit::Done })
}

/// The most memory that this program held, where the system tells.
pub(super) fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| format!(", {} MB of memory at most", kilobytes / 1024)).unwrap_or_default()
}

/// All files, from disks and from addresses.
fn gather(args: &Args) -> Result<(Vec<File>, Vec<Problem>), CliError> {
    let (addresses, paths): (Vec<_>, Vec<_>) = args.sources.iter().partition(|source| live::is_address(source));
    let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    let (mut files, mut problems) = sources::read(&paths)?;
    for address in addresses {
        files.extend(live::read(address, &args.locale, &mut problems)?);
    }
    Ok((files, problems))
}

/// Articles of a language move to another; those that the other has already stay its own.
fn rename(content: &mut Content, names: &[(String, String)]) {
    for (from, to) in names {
        let Some(mut help) = content.help.remove(from) else { continue };
        let mut origins = BTreeMap::new();
        for article in help.articles.iter_mut().chain(&mut help.internal) {
            let origin = content.origins.remove(&(from.clone(), article.id.clone())).unwrap_or_default();
            article.lang.clone_from(to);
            content.origins.entry((to.clone(), article.id.clone())).or_insert_with(|| origin.clone());
            origins.insert(article.id.clone(), origin);
        }
        let target = content.help.entry(to.clone()).or_default();
        let known: BTreeSet<String> =
            target.articles.iter().chain(&target.internal).map(|article| article.id.clone()).collect();
        let (new, doubles): (Vec<_>, Vec<_>) = help.articles.into_iter().partition(|one| !known.contains(&one.id));
        target.articles.extend(new);
        target.internal.extend(help.internal.into_iter().filter(|one| !known.contains(&one.id)));
        for article in doubles {
            let origin = origins.get(&article.id).cloned().unwrap_or_default();
            let (file, record, id, title) = (origin.file, origin.line, article.id, article.title);
            content.left_out.push(LeftOut { file, record, id, title, reason: content::Reason::Duplicate });
        }
        for collection in help.collections {
            if !target.collections.iter().any(|known| known.id == collection.id) {
                target.collections.push(collection);
            }
        }
    }
}

/// A change cannot be dated from the future: such a date says nothing.
fn check_dates(content: &mut Content, problems: &mut Vec<Problem>) {
    let tomorrow = jiff::Zoned::now().date().tomorrow().map(|day| day.to_string()).unwrap_or_default();
    for help in content.help.values_mut() {
        for article in help.articles.iter_mut().chain(&mut help.internal) {
            if article.updated > tomorrow {
                let origin =
                    content.origins.get(&(article.lang.clone(), article.id.clone())).cloned().unwrap_or_default();
                let message =
                    format!("\"{}\" was changed on {}, which is in the future", article.title, article.updated);
                content::Problems::new(&origin.file, problems).warning(origin.line, message, "the date is left out");
                article.updated.clear();
            }
        }
    }
}

fn tell(args: &Args, content: &Content, problems: &[Problem], outcome: &Outcome) -> Result<(), CliError> {
    for problem in problems {
        eprintln!("{problem}");
    }
    for left in &content.left_out {
        let place = if left.record > 0 { format!(":{}", left.record) } else { String::new() };
        let title = if left.title.is_empty() { String::new() } else { format!(" \"{}\"", left.title) };
        eprintln!("{}{place}: left out{title}: {}", left.file, left.reason);
    }
    for path in &outcome.kept {
        eprintln!("{path}: kept as it is: edited here since the last import (`--overwrite` replaces it)");
    }
    for path in &outcome.gone {
        let what = if args.prune { "deleted" } else { "still here (`--prune` deletes it)" };
        eprintln!("{path}: gone at its source, {what}");
    }
    let report = report(args, content, problems, outcome);
    if let Some(path) = &args.report {
        std::fs::write(path, format!("{report:#}\n")).map_err(|error| CliError::file(path, error))?;
    }
    if args.json {
        super::print_line(&format!("{report:#}"));
        return Ok(());
    }
    for (lang, help) in &content.help {
        let n = help.articles.len() + help.internal.len();
        super::print_line(&format!("{lang}: {n} article{}", if n == 1 { "" } else { "s" }));
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for left in &content.left_out {
        *reasons.entry(left.reason.name()).or_default() += 1;
    }
    let reasons: Vec<String> = reasons.iter().map(|(name, n)| format!("{n} {name}")).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    super::print_line(&format!(
        "{} came, {} changed, {} unchanged, {} kept, {} gone, {} left out{reasons}",
        outcome.came.len(),
        outcome.changed.len(),
        outcome.unchanged.len(),
        outcome.kept.len(),
        outcome.gone.len(),
        content.left_out.len(),
    ));
    Ok(())
}

fn report(args: &Args, content: &Content, problems: &[Problem], outcome: &Outcome) -> serde_json::Value {
    let counts: serde_json::Map<String, serde_json::Value> = content
        .help
        .iter()
        .map(|(lang, help)| (lang.clone(), (help.articles.len() + help.internal.len()).into()))
        .collect();
    let left: Vec<_> = content
        .left_out
        .iter()
        .map(|one| {
            json!({ "file": one.file, "record": one.record, "id": one.id, "title": one.title,
                    "reason": one.reason.name(), "why": one.reason.to_string() })
        })
        .collect();
    let problems: Vec<_> = problems
        .iter()
        .map(|one| {
            json!({ "file": one.file, "line": one.line, "message": one.message, "cure": one.cure,
                    "severity": if one.severity == Severity::Error { "error" } else { "warning" } })
        })
        .collect();
    json!({ "version": 1, "sources": args.sources, "articles": counts, "came": outcome.came, "changed": outcome.changed,
            "unchanged": outcome.unchanged.len(), "kept": outcome.kept, "gone": outcome.gone, "left_out": left, "problems": problems })
}

/// The source that a file belongs to, as the command line names it.
fn source_of<'a>(sources: &'a [String], file: &str) -> &'a str {
    let is_inside = |source: &&String| {
        let source = source.trim_end_matches('/').replace('\\', "/");
        file == source || file.starts_with(&format!("{source}/")) || file.starts_with(&format!("{source}#"))
    };
    sources.iter().find(is_inside).map_or("", String::as_str)
}

/// The file of an article below the folder.
fn path_of(article: &Article) -> String {
    let id: String = article
        .id
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .take(96)
        .collect();
    let id = id.trim_start_matches(['.', '-']);
    Path::new(&article.lang)
        .join(format!("{}.md", if id.is_empty() { "article" } else { id }))
        .to_string_lossy()
        .replace('\\', "/")
}
