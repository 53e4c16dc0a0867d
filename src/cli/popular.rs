//! What shoppers read most, as a report counted it, stands out in help that is built anew.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::CliError;
use crate::article::POPULAR;
use crate::content::Help;

/// How many articles stand out.
const MOST: usize = 6;

/// The part of `helpnook report --format json` that counts here.
#[derive(Deserialize)]
struct Report {
    articles: Vec<Fate>,
}

#[derive(Deserialize)]
struct Fate {
    id: String,
    /// How often it was opened.
    read: u64,
    /// How often it was said not to help.
    #[serde(default)]
    not_helped: u64,
}

/// Marks the articles that were read most, in every language that has them; one that more than half of
/// its readers said was no help does not stand out.
pub(super) fn mark(path: &Path, help: &mut BTreeMap<String, Help>) -> Result<(), CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| CliError::file(path, error))?;
    let report: Report = serde_json::from_str(&text).map_err(|error| CliError::Line {
        path: path.to_owned(),
        line: error.line(),
        message: format!("this is no report ({error}); write one with `helpnook report --format json`"),
    })?;
    let is_known = |id: &str| help.values().any(|help| help.articles.iter().any(|one| one.id == id));
    let mut read: Vec<Fate> = report.articles;
    read.retain(|one| one.read > 0 && one.not_helped * 2 <= one.read && is_known(&one.id));
    read.sort_by(|one, other| other.read.cmp(&one.read).then_with(|| one.id.cmp(&other.id)));
    read.truncate(MOST);
    for article in help.values_mut().flat_map(|help| &mut help.articles) {
        if read.iter().any(|one| one.id == article.id) {
            article.prominence = article.prominence.max(POPULAR);
        }
    }
    Ok(())
}
