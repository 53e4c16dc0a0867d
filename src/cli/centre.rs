//! `helpnook build --site`: the help centre's pages beside the indexes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{CliError, build, widget};
use crate::content::{Help, SiteFacts, site::is_web};
use crate::site;

/// Lists the pages of the last build, so that those of articles since gone can be taken away.
const LIST: &str = "pages.json";

/// Adds the help centre to what is written; gives how many pages it has.
pub(super) fn add(
    help: &BTreeMap<String, Help>,
    mut facts: SiteFacts,
    base_url: Option<&str>,
    written: &mut Vec<(String, Vec<u8>)>,
) -> Result<usize, CliError> {
    if let Some(url) = base_url {
        url.clone_into(&mut facts.url);
    }
    if !is_web(&facts.url) {
        return Err(CliError::Other(
            "the help centre needs to know where it will stand: add --base-url https://shop.example/help/, \
             or `url:` in _site.yaml"
                .to_owned(),
        ));
    }
    let mut indexes = BTreeMap::new();
    for (name, bytes) in written.iter() {
        if let Some(lang) = name.strip_suffix(".hnx") {
            indexes.insert(lang.to_owned(), build::opened(lang, bytes.clone(), written)?);
        }
    }
    let files = site::files(help, &facts, &indexes);
    let n_pages = files.iter().filter(|(name, _)| name.ends_with(".html")).count();
    let names: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let list = serde_json::to_string(&names).unwrap_or_default();
    // A released program carries the engine that the search needs.
    let engine =
        widget::FILES.iter().filter(|(name, _)| ["search", "events."].iter().any(|start| name.starts_with(start)));
    written.extend(engine.map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())));
    written.extend(files);
    written.push((LIST.to_owned(), list.into_bytes()));
    Ok(n_pages)
}

/// Takes away the pages that the last build wrote and this one did not; `before` is what it listed.
pub(super) fn tidy(out: &Path, before: &[String], written: &[(String, Vec<u8>)]) -> Result<(), CliError> {
    let now: BTreeSet<&str> = written.iter().map(|(name, _)| name.as_str()).collect();
    for name in before.iter().filter(|name| !now.contains(name.as_str()) && is_ours(name)) {
        let path = out.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(CliError::file(&path, error)),
            _ => {}
        }
        // An emptied folder goes too; one that holds something else stays.
        let _ = path.parent().map(fs::remove_dir);
    }
    Ok(())
}

/// Files that the last build listed in that folder.
pub(super) fn listed(out: &Path) -> Vec<String> {
    let text = fs::read_to_string(out.join(LIST)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Whether a listed name can be one of ours: the list is a file that anybody may have changed.
fn is_ours(name: &str) -> bool {
    let ending = [".html", ".atom", ".json", ".css", ".js"].iter().any(|ending| name.ends_with(ending));
    ending && !name.starts_with('/') && !name.contains("..") && !name.contains(['\\', ':'])
}
