//! The help centre: a folder of pages made of the same articles as the index, read without any script.
//!
//! | file                        | what                                                                  |
//! | --------------------------- | --------------------------------------------------------------------- |
//! | `index.html`                | the home of the first language; where a stranger arrives               |
//! | `<lang>/index.html`         | home: collections, questions of the community                          |
//! | `<lang>/topics/<id>/`       | a collection                                                           |
//! | `<lang>/answers/<id>/`      | an article                                                             |
//! | `<lang>/all/`               | every question, for those who search without scripts                   |
//! | `<lang>/answers.json`       | folders of the articles whose id is none, for the search                |
//! | `<lang>/changes.atom`       | what changed, newest first                                             |
//! | `404.html`, `sitemap.xml`, `robots.txt`, `site-<hash>.css`, `site-<hash>.js` |                       |
//!
//! Everything is escaped by maud; the one script enhances (search, votes, the shopper's own light or dark).
//! The same content gives the same bytes.

mod answer;
mod body;
mod colour;
mod data;
mod feed;
mod home;
mod page;
mod plan;
mod texts;

use std::collections::BTreeMap;

use xxhash_rust::xxh64::xxh64;

use crate::content::{Help, SiteFacts};
use crate::index::Index;

use plan::{Lang, Site};

const STYLE: &str = include_str!("../../www/site.css");
const SCRIPT: &str = include_str!("../../www/site.js");

/// A file of the help centre: its path with `/`, and its bytes.
pub type File = (String, Vec<u8>);

/// All files; `facts.url` is the address at which they will stand, and `indexes` the languages' own.
#[must_use]
pub fn files(help: &BTreeMap<String, Help>, facts: &SiteFacts, indexes: &BTreeMap<String, Index>) -> Vec<File> {
    let style = [colour_tokens(&facts.accent).as_str(), STYLE].concat();
    let named = |stem: &str, ending: &str, text: &str| format!("{stem}-{:016x}.{ending}", xxh64(text.as_bytes(), 0));
    let site = Site::new(help, facts, indexes, named("site", "css", &style), named("site", "js", SCRIPT));
    let mut out: Vec<File> = vec![
        (site.style.clone(), style.into_bytes()),
        (site.script.clone(), SCRIPT.as_bytes().to_vec()),
        ("sitemap.xml".to_owned(), feed::sitemap(&site).into_bytes()),
        ("robots.txt".to_owned(), format!("User-agent: *\nAllow: /\nSitemap: {}sitemap.xml\n", site.base).into_bytes()),
    ];
    let mut page = |path: String, text: String| out.push((path, text.into_bytes()));
    for lang in &site.langs {
        pages(&site, lang, &mut page);
    }
    if let Some(first) = site.langs.iter().find(|lang| lang.lang == "en").or_else(|| site.langs.first()) {
        page("index.html".to_owned(), home::home(&site, first, ""));
        page("404.html".to_owned(), home::missing(&site, first));
    }
    out
}

fn pages(site: &Site<'_>, lang: &Lang<'_>, page: &mut impl FnMut(String, String)) {
    page(format!("{}index.html", lang.home()), home::home(site, lang, &lang.home()));
    page(format!("{}index.html", lang.all()), home::all(site, lang));
    page(lang.feed(), feed::atom(site, lang));
    page(format!("{}answers.json", lang.home()), lang.renamed());
    for group in &lang.groups {
        page(format!("{}index.html", group.path), home::topic(site, lang, group));
    }
    for article in &lang.help.articles {
        let path = lang.answer(&article.id).unwrap_or_default();
        page(format!("{path}index.html"), answer::answer(site, lang, article, &path));
    }
}

fn colour_tokens(accent: &str) -> String {
    let colour::Colours { accent, on_accent, link, link_dark } = colour::colours(accent);
    format!(":root{{--accent:{accent};--on-accent:{on_accent};--link-light:{link};--link-dark:{link_dark}}}\n")
}
