//! The page of an article.

use maud::{Markup, html};

use super::body::{Place, blocks, drawing};
use super::page::{Page, html as page, site_name};
use super::plan::{Lang, Site, way};
use super::{data, home};
use crate::article::Article;
use crate::index::stored::summary;
use crate::strings::{Msg, fill};

/// Longest description of a page, in characters; search engines show no more.
const MAX_DESCRIPTION: usize = 155;

/// The whole page.
pub(super) fn answer(site: &Site<'_>, lang: &Lang<'_>, article: &Article, path: &str) -> String {
    let place = Place { site, lang, path };
    let name = site_name(site, lang);
    let mut crumbs = vec![(name, lang.home())];
    crumbs.extend(lang.group(article).map(|group| (group.title, group.path.clone())));
    let mut steps = crumbs.clone();
    steps.push((&article.title, path.to_owned()));
    let description = shortened(&summary(&article.blocks));
    let body = html! {
        div.wide.reading {
            article.answer data-id=(article.id) {
                h1 { (article.title) }
                div.text { (blocks(&place, &article.blocks)) }
                (credit(site, lang, article))
            }
            (verdict(lang))
            (related(lang, article, path))
        }
    };
    page(
        site,
        lang,
        &Page {
            path,
            canonical: path,
            title: &article.title,
            description: &description,
            alternates: alternates(site, article),
            kind: "article",
            updated: &article.updated,
            data: vec![data::faq(lang, &[article]), data::breadcrumbs(site, &steps)],
            crumbs,
            is_home: false,
            is_missing: false,
            body,
        },
    )
}

/// The same article in every language that has it.
fn alternates<'a>(site: &'a Site<'_>, article: &Article) -> Vec<(&'a str, String)> {
    site.langs.iter().filter_map(|lang| Some((lang.lang, lang.answer(&article.id)?))).collect()
}

/// When it changed, who wrote it and where it comes from.
fn credit(site: &Site<'_>, lang: &Lang<'_>, article: &Article) -> Markup {
    let texts = &lang.texts;
    let day = texts.day(&article.updated);
    html! {
        @if !day.is_empty() || !article.author.is_empty() || site.is_of_community(article) {
            p.credit {
                @if !article.author.is_empty() { span { (fill(texts.own("by"), "name", &article.author)) } }
                @if site.is_of_community(article) { a href=(article.source) rel="noopener ugc" { (texts.own("discussion")) } }
                @if !day.is_empty() { time datetime=(article.updated) { (fill(texts.say(Msg::Updated), "date", &day)) } }
            }
        }
    }
}

/// The question whether it helped; the script shows it, since without one nothing could be told.
fn verdict(lang: &Lang<'_>) -> Markup {
    let texts = &lang.texts;
    html! {
        section.verdict hidden aria-labelledby="vote" data-yes=(texts.say(Msg::VoteThanks)) data-no=(texts.own("vote-noted")) {
            h2 id="vote" { (texts.say(Msg::Vote)) }
            div {
                button type="button" value="yes" { (drawing("yes")) (texts.say(Msg::Yes)) }
                button type="button" value="no" { (drawing("no")) (texts.say(Msg::No)) }
            }
            p role="status" tabindex="-1" {}
        }
    }
}

fn related(lang: &Lang<'_>, article: &Article, path: &str) -> Markup {
    let all = lang.related(article);
    html! {
        @if !all.is_empty() {
            nav.related aria-labelledby="related" {
                h2 id="related" { (lang.texts.say(Msg::Related)) }
                (home::list(lang, &all, path))
            }
        }
    }
}

/// A text cut between words.
pub(super) fn shortened(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= MAX_DESCRIPTION {
        return flat;
    }
    let cut: String = flat.chars().take(MAX_DESCRIPTION).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or(&cut).trim_end_matches([',', ';', ':', '.']))
}

/// The list of articles, as links.
pub(super) fn link(lang: &Lang<'_>, article: &Article, path: &str) -> Markup {
    let to = lang.answer(&article.id).unwrap_or_default();
    html! { a href=(way(path, &to)) { (article.title) } }
}
