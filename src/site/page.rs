//! What every page has: its head, the header with the search, the footer.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use super::body::drawing;
use super::plan::{Lang, Site, way};
use super::texts::{direction, language_name};
use crate::strings::Msg;

/// Only our own script runs, whatever an article's text may hold.
const POLICY: &str = "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; frame-src 'none'";

/// A page.
pub(super) struct Page<'a> {
    /// Where it stands.
    pub path: &'a str,
    /// Its address when that is another page's: the home at the root is that of a language.
    pub canonical: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it is about, in a sentence or two.
    pub description: &'a str,
    /// The same in other languages, itself included: tag and path.
    pub alternates: Vec<(&'a str, String)>,
    /// `article` or `website`, as OpenGraph has it.
    pub kind: &'static str,
    /// Day of the last change; may be empty.
    pub updated: &'a str,
    /// What search engines are told.
    pub data: Vec<Value>,
    /// Pages above it: title and path.
    pub crumbs: Vec<(&'a str, String)>,
    /// Whether the search stands in the page itself, and not in its header.
    pub is_home: bool,
    /// Not to be listed by search engines; its links begin at the root of its host, since it stands in for any page.
    pub is_missing: bool,
    /// The rest.
    pub body: Markup,
}

/// A whole page.
pub(super) fn html(site: &Site<'_>, lang: &Lang<'_>, page: &Page<'_>) -> String {
    let to = |path: &str| if page.is_missing { site.rooted(path) } else { way(page.path, path) };
    let (texts, name) = (&lang.texts, site_name(site, lang));
    let title = if page.is_home { name.to_owned() } else { format!("{} · {name}", page.title) };
    let own = site.url(page.canonical);
    html! {
        (DOCTYPE)
        html lang=(lang.lang) dir=(direction(lang.lang)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                meta name="description" content=(page.description);
                @if page.is_missing {
                    meta name="robots" content="noindex";
                } @else {
                    link rel="canonical" href=(own);
                    @for (lang, path) in &page.alternates { link rel="alternate" hreflang=(lang) href=(site.url(path)); }
                    @if page.alternates.len() > 1 && page.is_home { link rel="alternate" hreflang="x-default" href=(site.base); }
                    meta property="og:type" content=(page.kind);
                    meta property="og:title" content=(page.title);
                    meta property="og:description" content=(page.description);
                    meta property="og:url" content=(own);
                    meta property="og:site_name" content=(name);
                    meta property="og:locale" content=(lang.lang.replace('-', "_"));
                    @if !page.updated.is_empty() { meta property="article:modified_time" content=(page.updated); }
                    meta name="twitter:card" content="summary";
                }
                meta name="color-scheme" content="light dark";
                link rel="stylesheet" href=(to(&site.style));
                link rel="alternate" type="application/atom+xml" title=(texts.own("changes")) href=(to(&lang.feed()));
                link rel="icon" href="data:,";
                script type="module" src=(to(&site.script)) {}
                @for one in &page.data { script type="application/ld+json" { (json(one)) } }
            }
            body data-root=(to("")) data-lang=(lang.lang) data-events=[said(&site.facts.events)] data-consent=[said(&site.facts.consent)] {
                a.skip href="#content" { (texts.own("skip")) }
                header.top {
                    div.wide {
                        a.name href=(to(&lang.home())) { (drawing("chat")) span { (name) } }
                        @if !page.is_home { (search(lang, "small")) }
                        @if site.langs.len() > 1 { (languages(site, lang, page, &to)) }
                        @if !site.facts.shop.is_empty() { a.shop href=(site.facts.shop) { (texts.own("shop")) } }
                    }
                }
                main id="content" tabindex="-1" {
                    @if !page.crumbs.is_empty() { (crumbs(lang, page, &to)) }
                    (page.body)
                }
                (footer(site, lang, &to))
            }
        }
    }
    .into_string()
}

fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// What the help centre is called.
pub(super) fn site_name<'a>(site: &'a Site<'_>, lang: &Lang<'_>) -> &'a str {
    if site.facts.name.is_empty() { lang.texts.own("name") } else { &site.facts.name }
}

/// The search; without scripts it is not there, and the list of all questions is.
pub(super) fn search(lang: &Lang<'_>, class: &str) -> Markup {
    let texts = &lang.texts;
    html! {
        form class={ "search " (class) } role="search" hidden data-none=(texts.say(Msg::NoHits)) data-count=(texts.say(Msg::Hits)) {
            (drawing("search"))
            input type="search" name="q" autocomplete="off" maxlength="200" enterkeyhint="search"
                aria-label=(texts.say(Msg::SearchLabel)) placeholder=(texts.say(Msg::SearchPlaceholder));
            div.hits hidden { p.count role="status" {} ul {} }
        }
    }
}

/// The same page in other languages, or their homes.
fn languages(site: &Site<'_>, own: &Lang<'_>, page: &Page<'_>, to: &dyn Fn(&str) -> String) -> Markup {
    html! {
        details.languages {
            summary { span.sr { (own.texts.own("language")) ": " } (language_name(own.lang)) }
            ul {
                @for lang in &site.langs {
                    @let path = page.alternates.iter().find(|(tag, _)| *tag == lang.lang).map_or_else(|| lang.home(), |(_, path)| path.clone());
                    @let current = (lang.lang == own.lang).then_some("true");
                    li { a href=(to(&path)) hreflang=(lang.lang) lang=(lang.lang) aria-current=[current] { (language_name(lang.lang)) } }
                }
            }
        }
    }
}

fn crumbs(lang: &Lang<'_>, page: &Page<'_>, to: &dyn Fn(&str) -> String) -> Markup {
    html! {
        nav.crumbs aria-label=(lang.texts.say(Msg::Breadcrumbs)) {
            ol { @for (title, path) in &page.crumbs { li { a href=(to(path)) { (title) } } } }
        }
    }
}

fn footer(site: &Site<'_>, lang: &Lang<'_>, to: &dyn Fn(&str) -> String) -> Markup {
    let texts = &lang.texts;
    html! {
        footer.bottom {
            div.wide {
                @if !site.facts.contact.is_empty() {
                    p.contact { span { (texts.say(Msg::ContactHeading)) } " " a.button href=(site.facts.contact) { (contact_name(site, lang)) } }
                }
                ul {
                    li { a href=(to(&lang.all())) { (texts.own("all")) } }
                    @if !site.facts.forum.is_empty() { li { a href=(site.facts.forum) rel="noopener" { (texts.own("forum")) } } }
                    li { a href=(to(&lang.feed())) { (texts.own("changes")) } }
                }
            }
        }
    }
}

fn contact_name(site: &Site<'_>, lang: &Lang<'_>) -> &'static str {
    lang.texts.say(if site.facts.contact.starts_with("mailto:") { Msg::ContactEmail } else { Msg::ContactLink })
}

/// JSON inside a page: no `<` can end the element, whatever the texts hold.
fn json(value: &Value) -> PreEscaped<String> {
    PreEscaped(value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}
