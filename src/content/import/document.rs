//! A document as a word processor exports it (Google Docs, and plain HTML): headings ask, what follows answers.
//!
//! The level of heading that asks is one whose headings are questions by their mark; else the first one that
//! occurs more than once. Boxes that open (`<details>`), lists of terms (`<dl>`) and questions in bold ask where
//! they are more.
//! A heading above is the collection. A document without repeated headings is one article.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Node, Selector};

use super::{Body, Record, slug};
use crate::article::Article;
use crate::content::html::{self, Styles};

/// Level of what asks without being a heading: `<summary>`, `<dt>` and the like.
const TERM: u8 = 7;

/// What a document is made of, in order.
enum Piece {
    /// A heading: level, text, the same as HTML.
    Heading(u8, String, String),
    /// Everything else, as HTML.
    Text(String),
}

/// Questions and answers of a document; none when it has no headings.
pub(super) fn read(page: &Html, lang: &str) -> Vec<Record> {
    let Ok(selector) = Selector::parse("body") else { return Vec::new() };
    let Some(body) = page.select(&selector).next() else { return Vec::new() };
    let mut pieces = Vec::new();
    let notes = notes(main_part(body));
    flatten(main_part(body), &styles(page), &mut pieces, 0);
    let Some(asking) = asking(&pieces) else { return Vec::new() };
    let mut out: Vec<Record> = Vec::new();
    let mut open: Option<(String, String)> = None;
    let mut above: Vec<(u8, String)> = Vec::new();
    let collection = |above: &[(u8, String)]| above.last().map(|(_, title)| title.clone()).unwrap_or_default();
    for piece in pieces {
        match piece {
            Piece::Heading(level, text, _) if level == asking => {
                out.extend(open.take().and_then(|one| record(one, &collection(&above), lang)));
                open = Some((text, String::new()));
            }
            // A heading above ends the answer before it.
            Piece::Heading(level, text, _) if level < asking => {
                out.extend(open.take().and_then(|one| record(one, &collection(&above), lang)));
                above.retain(|(known, _)| *known < level);
                above.push((level, text));
            }
            Piece::Heading(TERM, text, _) => {
                if let Some((_, answer)) = &mut open {
                    answer.push_str(&format!("<p><b>{}</b></p>", escaped(&text)));
                }
            }
            Piece::Heading(_, _, html) | Piece::Text(html) => {
                if let Some((_, answer)) = &mut open {
                    answer.push_str(&html);
                }
            }
        }
    }
    out.extend(open.and_then(|one| record(one, &collection(&above), lang)));
    // A footnote stands at the document's end, and belongs to the answer that refers to it.
    for record in &mut out {
        if let Body::Html(answer) = &mut record.body {
            let own = notes.iter().filter(|(to, _)| answer.contains(&format!("href=\"#{to}\"")));
            let own: String = own.map(|(_, note)| note.as_str()).collect();
            answer.push_str(&own);
        }
    }
    out
}

/// Footnotes of a Google document: the name that the text refers to them by, and the note.
fn notes(body: ElementRef<'_>) -> Vec<(String, String)> {
    let all = body.descendent_elements().filter(|one| one.value().name() == "p");
    all.filter_map(|note| {
        let mark = note.descendent_elements().find(|one| one.value().name() == "a")?;
        mark.value().attr("href").filter(|to| to.starts_with("#ftnt_ref"))?;
        Some((mark.value().attr("id")?.to_owned(), note.html()))
    })
    .collect()
}

/// A question in bold, for want of a heading.
fn is_strong_question(element: ElementRef<'_>) -> bool {
    let mut inner = element.children().filter(|one| match one.value() {
        Node::Text(text) => !text.trim().is_empty(),
        other => other.is_element(),
    });
    let first = inner.next().and_then(ElementRef::wrap).filter(|one| matches!(one.value().name(), "b" | "strong"));
    inner.next().is_none() && first.is_some_and(|one| is_question(&one.text().collect::<String>()))
}

/// The level of heading that asks.
fn asking(pieces: &[Piece]) -> Option<u8> {
    let count = |wanted: u8, marked: bool| {
        let of = |piece: &&Piece| matches!(piece, Piece::Heading(level, text, _) if *level == wanted && (!marked || is_question(text)));
        pieces.iter().filter(of).count()
    };
    let questions = (1..=TERM).find(|&level| {
        let n = count(level, true);
        n > 1 && n * 2 >= count(level, false)
    });
    let repeated = (1..TERM).find(|&level| count(level, false) > 1);
    let terms = count(TERM, false);
    let terms = Some(TERM).filter(|_| terms > 1 && repeated.is_none_or(|level| terms > count(level, false)));
    let first = (1..=TERM).find(|&level| count(level, false) > 0);
    questions.or(terms).or(repeated).or(first)
}

fn is_question(text: &str) -> bool {
    text.trim_end().ends_with(['?', '？', '؟', '\u{37e}'])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn record((question, answer): (String, String), collection: &str, lang: &str) -> Option<Record> {
    let title = super::line_of(&question);
    if title.is_empty() {
        return None;
    }
    let collection = if collection.trim().is_empty() { String::new() } else { slug(collection) };
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
fn flatten(parent: ElementRef<'_>, styles: &Styles, out: &mut Vec<Piece>, depth: usize) {
    for child in parent.children() {
        if let Node::Text(text) = child.value()
            && !text.trim().is_empty()
        {
            out.push(Piece::Text(escaped(text)));
        }
        let Some(child) = ElementRef::wrap(child) else { continue };
        let name = child.value().name();
        if matches!(name, "nav" | "header" | "footer" | "script" | "style" | "form") || is_remark(child) {
            continue;
        }
        if let Some(level) = level(child) {
            out.push(Piece::Heading(level, child.text().collect(), marked(&child.html(), styles)));
        } else if depth < 32 && child.descendent_elements().skip(1).any(|inner| level(inner).is_some()) {
            flatten(child, styles, out, depth + 1);
        } else if name == "dd" {
            out.push(Piece::Text(format!("<div>{}</div>", marked(&child.inner_html(), styles))));
        } else {
            out.push(Piece::Text(marked(&child.html(), styles)));
        }
    }
}

/// A remark of those who wrote the document, which Google Docs puts at its end: not for readers. Footnotes stand
/// there too, and are read by themselves.
fn is_remark(element: ElementRef<'_>) -> bool {
    let name = element.value().name();
    let mut links = element.descendent_elements().filter_map(|one| one.value().attr("href"));
    matches!(name, "div" | "p")
        && links.next().is_some_and(|to| to.starts_with("#cmnt_ref") || to.starts_with("#ftnt_ref"))
}

fn level(element: ElementRef<'_>) -> Option<u8> {
    let level = match element.value().name().as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => digit - b'0',
        b"summary" | b"dt" => TERM,
        // A button that opens what follows.
        b"button" if element.value().attr("aria-expanded").or(element.value().attr("aria-controls")).is_some() => TERM,
        b"p" if is_strong_question(element) => TERM,
        // The title of a Google document stands above all headings.
        b"p" if element.value().classes().any(|class| class == "title") => 0,
        _ => return None,
    };
    element.text().any(|text| !text.trim().is_empty()).then_some(level)
}

/// A piece as HTML, in which classes that the style sheet makes strong or slanted say so themselves.
fn marked(html: &str, styles: &Styles) -> String {
    if styles.classes.is_empty() {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
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
