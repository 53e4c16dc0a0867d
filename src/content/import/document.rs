//! A document as a word processor exports it (Google Docs, and plain HTML): headings ask, what follows answers.
//!
//! The level of heading that asks is the first one that occurs more than once; a single heading above is the
//! document's title. A document without repeated headings is one article.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Selector};

use super::{Body, Record, slug};
use crate::article::Article;
use crate::content::html::{self, Styles};

/// Questions and answers of a document; none when it has no headings.
pub(super) fn read(page: &Html, lang: &str) -> Vec<Record> {
    let Ok(selector) = Selector::parse("body") else { return Vec::new() };
    let Some(body) = page.select(&selector).next() else { return Vec::new() };
    let body = main_part(body);
    let mut pieces = Vec::new();
    flatten(body, &mut pieces, 0);
    let styles = styles(page);
    let levels: Vec<u8> = pieces.iter().filter_map(|piece| level(*piece)).collect();
    let Some(asking) = (1..=6)
        .find(|wanted| levels.iter().filter(|level| *level == wanted).count() > 1)
        .or_else(|| levels.iter().min().copied())
    else {
        return Vec::new();
    };
    let title = page_title(&pieces, asking);
    let mut out: Vec<Record> = Vec::new();
    let mut open: Option<(String, String)> = None;
    for piece in pieces {
        match level(piece) {
            Some(level) if level == asking => {
                out.extend(open.take().and_then(|(question, answer)| record(question, answer, &title, lang)));
                open = Some((piece.text().collect::<String>(), String::new()));
            }
            // A heading above ends the answer before it.
            Some(level) if level < asking => {
                out.extend(open.take().and_then(|(question, answer)| record(question, answer, &title, lang)));
            }
            _ => {
                if let Some((_, answer)) = &mut open {
                    answer.push_str(&marked(piece, &styles));
                }
            }
        }
    }
    out.extend(open.and_then(|(question, answer)| record(question, answer, &title, lang)));
    out
}

fn record(question: String, answer: String, collection: &str, lang: &str) -> Option<Record> {
    let title = super::line_of(&question);
    if title.is_empty() {
        return None;
    }
    let collection = if collection.is_empty() { String::new() } else { slug(collection) };
    let article = Article { title, collection, ..Article::default() };
    Some(Record { article, lang: lang.to_owned(), body: Body::Html(answer), ..Record::default() })
}

/// What holds the text: `<main>` or a lone `<article>` without the page's bars around it.
fn main_part(body: ElementRef<'_>) -> ElementRef<'_> {
    let named = |name: &str| {
        let mut all = body.descendent_elements().filter(|one| one.value().name() == name);
        all.next().filter(|_| all.next().is_none())
    };
    named("main").or_else(|| named("article")).unwrap_or(body)
}

/// Headings and what stands between them, in order; boxes that hold headings are opened.
fn flatten<'a>(parent: ElementRef<'a>, out: &mut Vec<ElementRef<'a>>, depth: usize) {
    for child in parent.child_elements() {
        let name = child.value().name();
        if matches!(name, "nav" | "header" | "footer" | "script" | "style" | "form") {
            continue;
        }
        let holds_heading = depth < 32 && child.descendent_elements().skip(1).any(|inner| level(inner).is_some());
        if holds_heading && level(child).is_none() { flatten(child, out, depth + 1) } else { out.push(child) }
    }
}

fn level(element: ElementRef<'_>) -> Option<u8> {
    match element.value().name().as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => {
            Some(digit - b'0').filter(|_| element.text().any(|text| !text.trim().is_empty()))
        }
        _ => None,
    }
}

/// The one heading above those that ask.
fn page_title(pieces: &[ElementRef<'_>], asking: u8) -> String {
    let above = pieces.iter().find(|piece| level(**piece).is_some_and(|level| level < asking));
    above.map(|piece| super::line_of(&piece.text().collect::<String>())).unwrap_or_default()
}

/// A piece as HTML, in which classes that the style sheet makes strong or slanted say so themselves.
fn marked(piece: ElementRef<'_>, styles: &Styles) -> String {
    let html = piece.html();
    if styles.classes.is_empty() {
        return html;
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while let Some(at) = rest.find("class=\"") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inside = from.get(7..).unwrap_or_default();
        let (names, after) = inside.split_once('"').unwrap_or((inside, ""));
        let of = names.split_ascii_whitespace().filter_map(|name| styles.classes.get(name));
        let (strong, slanted) = of.fold((false, false), |all, one| (all.0 || one.0, all.1 || one.1));
        out.push_str("class=\"");
        out.push_str(names);
        out.push('"');
        if strong || slanted {
            let weight = if strong { "font-weight:700;" } else { "" };
            let style = if slanted { "font-style:italic" } else { "" };
            out.push_str(&format!(" style=\"{weight}{style}\""));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Classes of the page's style sheets that make text strong or slanted.
fn styles(page: &Html) -> Styles {
    let mut classes = BTreeMap::new();
    let Ok(style) = Selector::parse("style") else { return Styles::default() };
    for sheet in page.select(&style) {
        let css: String = sheet.text().collect();
        for rule in css.split('}') {
            let Some((selectors, body)) = rule.split_once('{') else { continue };
            let found = html::own_style(body);
            if found == (false, false) {
                continue;
            }
            for selector in selectors.split(',') {
                if let Some(name) = selector
                    .trim()
                    .strip_prefix('.')
                    .filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
                {
                    classes.insert(name.to_owned(), found);
                }
            }
        }
    }
    Styles { classes }
}
