//! Pages of the web that answers link to, asked whether they are there.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use indicatif::ProgressBar;

use super::super::CliError;
use crate::web;

/// Time between two requests: the pages are often all of one shop.
const PACE: Duration = Duration::from_millis(50);

/// Time that a page has to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whether a link leads to a page: of the web, or of the shop itself.
pub(super) fn is_page(to: &str) -> bool {
    to.starts_with("https://") || to.starts_with("http://") || (to.starts_with('/') && !to.starts_with("//"))
}

/// Asks every page; gives those that do not answer, each with the reason. What has no host is asked of the
/// shop at `base`.
pub(super) fn ask(pages: &BTreeSet<String>, base: &str) -> Result<BTreeMap<String, String>, CliError> {
    let base = base.trim_end_matches('/');
    if !is_page(base) || base.starts_with('/') {
        return Err(CliError::Other(format!("--links {base}: write the shop's address, such as https://shop.example")));
    }
    let agent = web::asking(PATIENCE).build().new_agent();
    let bar = ProgressBar::new(pages.len() as u64).with_message("pages");
    let mut dead = BTreeMap::new();
    for page in pages {
        let address = if page.starts_with('/') { format!("{base}{page}") } else { page.clone() };
        // A page is there or not wherever in it the link leads.
        let address = address.split('#').next().unwrap_or_default();
        let status = |answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>| {
            answer.map(|answer| answer.status().as_u16()).map_err(|error| error.to_string())
        };
        let mut told = status(agent.head(address).call());
        // Some servers know only how to give a page.
        if matches!(told, Ok(403 | 405 | 501)) {
            told = status(agent.get(address).call());
        }
        match told {
            Ok(404 | 410) | Ok(500..) => {
                dead.insert(page.clone(), format!("it answers {}", told.unwrap_or_default()));
            }
            // Who asks for a password or a pause is there.
            Ok(_) => {}
            Err(error) => {
                dead.insert(page.clone(), error);
            }
        }
        bar.inc(1);
        std::thread::sleep(PACE);
    }
    bar.finish_and_clear();
    Ok(dead)
}
