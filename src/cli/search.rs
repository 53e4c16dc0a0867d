//! `helpnook search`: asks an index, one query or a file of them.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::{CliError, Exit, open_index, print_line};
use crate::index::Index;
use crate::search;

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The query
    #[arg(required_unless_present = "queries")]
    query: Vec<String>,
    /// The index file
    #[arg(short, long)]
    index: PathBuf,
    /// JSON Lines with a query `q` each; answered one line out per line in
    #[arg(long, conflicts_with = "query")]
    queries: Option<PathBuf>,
    /// Most hits
    #[arg(short, long, default_value_t = 10)]
    limit: usize,
    /// Answer as JSON: `q`, `hits` with `id` and `score`, `answerable` 0 to 1
    #[arg(long)]
    json: bool,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    let index = open_index(&args.index)?;
    match &args.queries {
        Some(path) => {
            for query in queries(path)? {
                answer(&index, &query, args);
            }
        }
        None => answer(&index, &args.query.join(" "), args),
    }
    Ok(Exit::Done)
}

/// The queries of a file, in its order.
fn queries(path: &PathBuf) -> Result<Vec<String>, CliError> {
    let text = fs::read_to_string(path).map_err(|error| CliError::file(path, error))?;
    let mut out = Vec::new();
    for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
        let query = serde_json::from_str::<serde_json::Value>(row)
            .ok()
            .and_then(|row| Some(row.get("q")?.as_str()?.to_owned()));
        let message = || "no query: write `{\"q\": \"…\"}` on each line".to_owned();
        out.push(query.ok_or_else(|| CliError::Line { path: path.clone(), line, message: message() })?);
    }
    Ok(out)
}

fn answer(index: &Index, query: &str, args: &Args) {
    let answer = search::search(index, query, args.limit);
    let answerable = f64::from(answer.answerable) / 255.0;
    if args.json {
        let hits: Vec<_> = answer
            .hits
            .iter()
            .filter_map(|hit| Some(json!({ "id": index.stored(hit.article)?.id, "score": hit.score })))
            .collect();
        print_line(
            &json!({ "q": query, "hits": hits, "answerable": (answerable * 1000.0).round() / 1000.0 }).to_string(),
        );
        return;
    }
    if args.queries.is_some() {
        print_line(&format!("# {query}"));
    }
    for hit in &answer.hits {
        let Some(stored) = index.stored(hit.article) else { continue };
        print_line(&format!("{:>6}  {}  ({})", hit.score, marked(&stored.title, &hit.title_ranges), stored.id));
        print_line(&format!("        {}", marked(&hit.snippet, &hit.snippet_ranges)));
    }
    print_line(&format!("{} found, answerable {answerable:.2}", answer.hits.len()));
}

/// A text with what was asked for between stars.
fn marked(text: &str, ranges: &[(u32, u32)]) -> String {
    let mut out = String::new();
    let mut at = 0;
    for &(start, end) in ranges {
        out.push_str(text.get(at..start as usize).unwrap_or_default());
        out.push('*');
        out.push_str(text.get(start as usize..end as usize).unwrap_or_default());
        out.push('*');
        at = end as usize;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
