//! What machines read: the map of all pages, and the feed of what changed.

use maud::{PreEscaped, html};

use super::page::site_name;
use super::plan::{Lang, Site};
use crate::article::Article;
use crate::index::stored::summary;

/// Most changes in a feed.
const MAX_ENTRIES: usize = 50;

/// Most addresses in one map, as its format allows.
const MAX_ADDRESSES: usize = 50_000;

/// Elements that XML wants closed are written out below: to maud an empty element is HTML's.
fn declaration() -> PreEscaped<&'static str> {
    PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n")
}

/// A page: the same in each language, where it stands, and its last change.
type Entry<'a> = (Vec<(&'a str, String)>, String, &'a str);

/// Every page with its translations.
pub(super) fn sitemap(site: &Site<'_>) -> String {
    let mut pages: Vec<Entry<'_>> = Vec::new();
    for lang in &site.langs {
        let same = |path: &dyn Fn(&Lang<'_>) -> Option<String>| {
            site.langs.iter().filter_map(|lang| Some((lang.lang, path(lang)?))).collect::<Vec<_>>()
        };
        pages.push((same(&|lang| Some(lang.home())), lang.home(), ""));
        pages.push((same(&|lang| Some(lang.all())), lang.all(), ""));
        for group in &lang.groups {
            let find = |lang: &Lang<'_>| lang.groups.iter().find(|one| one.id == group.id).map(|one| one.path.clone());
            pages.push((same(&find), group.path.clone(), ""));
        }
        for article in &lang.help.articles {
            let path = lang.answer(&article.id).unwrap_or_default();
            pages.push((same(&|lang| lang.answer(&article.id)), path, &article.updated));
        }
    }
    html! {
        (declaration())
        urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml" {
            @for (same, path, updated) in pages.iter().take(MAX_ADDRESSES) {
                url {
                    loc { (site.url(path)) }
                    @if is_day(updated) { lastmod { (updated) } }
                    @if same.len() > 1 {
                        @for (lang, path) in same {
                            (PreEscaped("<xhtml:link rel=\"alternate\" hreflang=\"")) (lang) (PreEscaped("\" href=\"")) (site.url(path)) (PreEscaped("\"/>"))
                        }
                    }
                }
            }
        }
    }
    .into_string()
}

/// Articles of a language by their last change, newest first.
pub(super) fn atom(site: &Site<'_>, lang: &Lang<'_>) -> String {
    let mut all: Vec<&Article> = lang.help.articles.iter().filter(|one| is_day(&one.updated)).collect();
    all.sort_by(|one, other| other.updated.cmp(&one.updated).then_with(|| one.id.cmp(&other.id)));
    all.truncate(MAX_ENTRIES);
    let newest = all.first().map_or("1970-01-01", |one| one.updated.as_str());
    let link = |rel: &str, url: &str| html! { (PreEscaped("<link rel=\"")) (rel) (PreEscaped("\" href=\"")) (url) (PreEscaped("\"/>")) };
    let name = site_name(site, lang);
    html! {
        (declaration())
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang=(lang.lang) {
            id { (site.url(&lang.feed())) }
            title { (name) }
            updated { (newest) "T00:00:00Z" }
            author { name { (name) } }
            (link("self", &site.url(&lang.feed())))
            (link("alternate", &site.url(&lang.home())))
            @for article in all {
                @let url = site.url(&lang.answer(&article.id).unwrap_or_default());
                entry {
                    id { (url) }
                    title { (article.title) }
                    updated { (article.updated) "T00:00:00Z" }
                    (link("alternate", &url))
                    summary { (summary(&article.blocks)) }
                }
            }
        }
    }
    .into_string()
}

fn is_day(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok()
}
