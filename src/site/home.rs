//! Homes, collections, the list of every question, and the page for those who got lost.

use maud::{Markup, html};

use super::answer::{link, shortened};
use super::body::drawing;
use super::data;
use super::page::{Page, html as page, search, site_name};
use super::plan::{Group, Lang, Site, way};
use crate::article::Article;
use crate::index::stored::summary;
use crate::strings::{Msg, fill};

/// How many questions of a collection stand on the home.
const N_SHOWN: usize = 4;

/// How many questions stand out on the home.
const N_OFTEN: usize = 8;

/// How many questions of the community stand on the home.
const N_COMMUNITY: usize = 6;

/// The home of a language, at its own place or at the root.
pub(super) fn home(site: &Site<'_>, lang: &Lang<'_>, path: &str) -> String {
    let (texts, name, own) = (&lang.texts, site_name(site, lang), lang.home());
    let titles: Vec<&str> = lang.groups.iter().map(|group| group.title).collect();
    let description = shortened(&format!("{} {}", texts.say(Msg::Greeting), titles.join(", ")));
    let body = html! {
        div.hero { div.wide {
            h1 { (texts.say(Msg::Greeting)) }
            (search(lang, "large"))
            p.instead { a href=(way(path, &lang.all())) { (texts.own("all-hint")) } }
        } }
        div.wide {
            (often(lang, path))
            section aria-labelledby="topics" {
                h2 id="topics" { (texts.say(Msg::Topics)) }
                ul.cards { @for group in &lang.groups { li.card { (card(lang, group, path)) } } }
            }
            (community(site, lang, path))
        }
    };
    let alternates = site.langs.iter().map(|lang| (lang.lang, lang.home())).collect();
    page(
        site,
        lang,
        &Page {
            path,
            canonical: &own,
            title: name,
            description: &description,
            alternates,
            kind: "website",
            updated: "",
            data: vec![data::website(site, lang, name)],
            crumbs: Vec::new(),
            is_home: true,
            is_missing: false,
            body,
        },
    )
}

/// What its authors want to stand first, then what shoppers read most.
fn often(lang: &Lang<'_>, path: &str) -> Markup {
    let mut all: Vec<&Article> = lang.help.articles.iter().filter(|one| one.prominence > 0).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.prominence));
    html! {
        @if !all.is_empty() {
            section aria-labelledby="often" {
                h2 id="often" { (lang.texts.own("often")) }
                ul.list { @for article in all.iter().take(N_OFTEN) { li { (link(lang, article, path)) } } }
            }
        }
    }
}

fn card(lang: &Lang<'_>, group: &Group<'_>, path: &str) -> Markup {
    html! {
        h3 { (drawing(group.icon)) a href=(way(path, &group.path)) { (group.title) } }
        @if !group.summary.is_empty() { p { (group.summary) } }
        ul { @for article in group.articles.iter().take(N_SHOWN) { li { (link(lang, article, path)) } } }
        p.more aria-hidden="true" { (lang.texts.count(Msg::NArticles, group.articles.len())) }
    }
}

/// Answers out of the community's discussions, newest first.
fn community(site: &Site<'_>, lang: &Lang<'_>, path: &str) -> Markup {
    let texts = &lang.texts;
    let mut all: Vec<&Article> = lang.help.articles.iter().filter(|one| site.is_of_community(one)).collect();
    all.sort_by(|one, other| other.updated.cmp(&one.updated).then_with(|| one.id.cmp(&other.id)));
    html! {
        @if !all.is_empty() {
            section.community aria-labelledby="community" {
                h2 id="community" { (texts.own("community")) }
                p { (texts.own("community-hint")) }
                ul.list {
                    @for article in all.iter().take(N_COMMUNITY) {
                        li {
                            (link(lang, article, path))
                            @if !article.author.is_empty() { span.quiet { (fill(texts.own("by"), "name", &article.author)) } }
                        }
                    }
                }
                @if !site.facts.forum.is_empty() { p { a.button href=(site.facts.forum) rel="noopener" { (texts.own("forum")) } } }
            }
        }
    }
}

/// A collection.
pub(super) fn topic(site: &Site<'_>, lang: &Lang<'_>, group: &Group<'_>) -> String {
    let name = site_name(site, lang);
    let crumbs = vec![(name, lang.home())];
    let steps = vec![(name, lang.home()), (group.title, group.path.clone())];
    let questions: Vec<&str> = group.articles.iter().map(|one| one.title.as_str()).collect();
    let description = if group.summary.is_empty() { questions.join(" ") } else { group.summary.to_owned() };
    let same = |lang: &Lang<'_>| lang.groups.iter().find(|one| one.id == group.id).map(|one| one.path.clone());
    let body = html! {
        div.wide.reading {
            div.title { (drawing(group.icon)) h1 { (group.title) } }
            @if !group.summary.is_empty() { p.lead { (group.summary) } }
            ul.list.told {
                @for article in &group.articles {
                    li { h2 { (link(lang, article, &group.path)) } p { (shortened(&summary(&article.blocks))) } }
                }
            }
        }
    };
    page(
        site,
        lang,
        &Page {
            path: &group.path,
            canonical: &group.path,
            title: group.title,
            description: &shortened(&description),
            alternates: site.langs.iter().filter_map(|lang| Some((lang.lang, same(lang)?))).collect(),
            kind: "website",
            updated: "",
            data: vec![data::faq(lang, &group.articles), data::breadcrumbs(site, &steps)],
            crumbs,
            is_home: false,
            is_missing: false,
            body,
        },
    )
}

/// Every question of a language, by collection.
pub(super) fn all(site: &Site<'_>, lang: &Lang<'_>) -> String {
    let (texts, name, path) = (&lang.texts, site_name(site, lang), lang.all());
    let body = html! {
        div.wide.reading {
            h1 { (texts.own("all")) }
            @for group in &lang.groups {
                section { h2 { a href=(way(&path, &group.path)) { (group.title) } } (list(lang, &group.articles, &path)) }
            }
        }
    };
    page(
        site,
        lang,
        &Page {
            path: &path,
            canonical: &path,
            title: texts.own("all"),
            description: texts.own("all-hint"),
            alternates: site.langs.iter().map(|lang| (lang.lang, lang.all())).collect(),
            kind: "website",
            updated: "",
            data: vec![data::breadcrumbs(site, &[(name, lang.home()), (texts.own("all"), path.clone())])],
            crumbs: vec![(name, lang.home())],
            is_home: false,
            is_missing: false,
            body,
        },
    )
}

/// The page for addresses that lead nowhere.
pub(super) fn missing(site: &Site<'_>, lang: &Lang<'_>) -> String {
    let texts = &lang.texts;
    let body = html! {
        div.wide.reading {
            h1 { (texts.own("missing")) }
            p { a href=(site.rooted(&lang.all())) { (texts.own("missing-hint")) } }
        }
    };
    page(
        site,
        lang,
        &Page {
            path: "",
            canonical: "",
            title: texts.own("missing"),
            description: texts.own("missing-hint"),
            alternates: Vec::new(),
            kind: "website",
            updated: "",
            data: Vec::new(),
            crumbs: vec![(site_name(site, lang), lang.home())],
            is_home: false,
            is_missing: true,
            body,
        },
    )
}

/// Questions as a list of links.
pub(super) fn list(lang: &Lang<'_>, articles: &[&Article], path: &str) -> Markup {
    html! { ul.list { @for article in articles { li { (link(lang, article, path)) } } } }
}
