//! A page's HTML in, its snapshot out: what `www/facts.js` does in a browser, for `helpnook explain`
//! and for tests. Both read the same table of words, which stands in that file.

mod cues;
mod data;
mod literal;
mod places;
mod words;

use scraper::{ElementRef, Html, Selector};

use crate::context::classify::SURE;
use crate::context::words::stages;
use crate::context::{Facts, Snapshot, Words, learn};

/// Most bytes of a snapshot; the engine reads a little more.
const MAX_BYTES: usize = 60_000;

/// Longest value, in characters.
const MAX_VALUE_CHARS: usize = 300;

/// Parts of a page that are not what the page is about; as `ASIDE` in `www/facts.js`.
const ASIDE: &str = "header,footer,nav,aside,dialog,[role=dialog],[role=banner],[role=navigation],[role=contentinfo],\
    [aria-modal=true],[hidden],[aria-hidden=true],.minicart,.mini-cart,#minicart,.cart-drawer,.offcanvas";

/// What is known of a page besides its HTML.
#[derive(Debug, Clone, Default)]
pub struct Visit<'a> {
    /// Its address.
    pub url: &'a str,
    /// Type of the page, when the shop says it.
    pub page_type: &'a str,
    /// Names of the signals that happened.
    pub signals: Vec<&'a str>,
    /// Other lines of the snapshot: key and value, or key, name and value.
    pub lines: Vec<Vec<&'a str>>,
}

/// The snapshot of a page as HTML, read with what an index of the language knows (see
/// [`crate::context::words`]). Where that leaves the page's type in doubt it is read, and the next
/// question answered, with more words, as the browser fetches them then.
#[must_use]
pub fn snapshot(html: &str, visit: &Visit, known: &str, lang: &str) -> String {
    let document = Html::parse_document(html);
    let narrow = lines(&document, visit, false);
    let doubts =
        |learned: &str| Facts::read(&Snapshot::parse(&narrow), &Words::read(&[known, learned])).confidence < SURE;
    let [own, all] = stages(lang);
    if !doubts("") {
        learn(String::new());
    } else if !doubts(&own) {
        learn(own);
    } else {
        learn(all);
        return lines(&document, visit, true);
    }
    narrow
}

fn lines(document: &Html, visit: &Visit, wide: bool) -> String {
    let mut lines = Lines::default();
    let page = Page { document, aside: selector(ASIDE), wide };
    let root = document.root_element();
    lines.add(&["url", &decoded(visit.url)]);
    lines.add(&["lang", root.attr("lang").unwrap_or_default()]);
    lines.add(&["title", &page.all("title").first().map(|title| text_of(*title)).unwrap_or_default()]);
    if !visit.page_type.is_empty() {
        lines.add(&["attr", "page-type", visit.page_type]);
    }
    for (at, signal) in visit.signals.iter().enumerate() {
        let count = visit.signals.iter().filter(|other| *other == signal).count();
        if visit.signals.iter().position(|other| other == signal) == Some(at) {
            lines.add(&["signal", signal, &count.to_string()]);
        }
    }
    for line in &visit.lines {
        lines.add(line);
    }
    if let Some(body) = page.all("body").first() {
        let id = body.attr("id").filter(|id| !id.is_empty()).map(|id| ["#", id].concat()).unwrap_or_default();
        let classes = [&id, body.attr("class").unwrap_or_default(), root.attr("class").unwrap_or_default()].join(" ");
        lines.add(&["class", &classes]);
    }
    let mut headings = page.all("h1,h2");
    headings.truncate(40);
    headings.retain(|heading| page.is_inside(*heading));
    headings.sort_by_key(|heading| heading.value().name().to_owned());
    for heading in headings.into_iter().take(8) {
        lines.add(&["h", &text_of(heading)]);
    }
    for meta in page.all("meta[property],meta[name]").into_iter().take(60) {
        let name = meta.attr("property").or(meta.attr("name")).unwrap_or_default();
        let kept = ["og:type", "og:title", "og:price", "og:availability", "product:", "description", "generator"];
        if kept.iter().any(|start| name.starts_with(start)) {
            lines.add(&["meta", name, meta.attr("content").unwrap_or_default()]);
        }
    }
    data::platforms(&page, &mut lines);
    cues::cues(&page, visit.url, &mut lines);
    data::structured(&page, visit.url, &mut lines);
    data::data_layer(&page, &mut lines);
    lines.0
}

/// The address with its letters of other scripts readable, as `decodeURI` leaves it.
fn decoded(url: &str) -> String {
    let mut out = Vec::with_capacity(url.len());
    let mut rest = url.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let two = rest.get(..2).and_then(|two| core::str::from_utf8(two).ok());
        match two.filter(|_| byte == b'%').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            // What parts an address stays as it is.
            Some(code) if !b";/?:@&=+$,#".contains(&code) => {
                out.push(code);
                rest = rest.get(2..).unwrap_or_default();
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| url.to_owned())
}

/// The page that is being read.
struct Page<'a> {
    document: &'a Html,
    aside: Option<Selector>,
    /// Whether words of more languages count.
    wide: bool,
}

impl<'a> Page<'a> {
    fn all(&self, css: &str) -> Vec<ElementRef<'a>> {
        selector(css).map(|selector| self.document.select(&selector).collect()).unwrap_or_default()
    }

    /// Whether the text says one of the words of that name.
    fn says(&self, text: &str, name: &str) -> bool {
        words::says(text, name, self.wide)
    }

    /// Whether the element belongs to what the page is about.
    fn is_inside(&self, element: ElementRef) -> bool {
        let Some(aside) = &self.aside else { return true };
        !aside.matches(&element) && !element.ancestors().filter_map(ElementRef::wrap).any(|above| aside.matches(&above))
    }
}

/// Lines up to the bound.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Adds a line unless its value is empty.
    fn add(&mut self, parts: &[&str]) {
        if parts.get(1).is_none_or(|value| value.trim().is_empty()) {
            return;
        }
        let line = parts.iter().map(|part| clean(part)).collect::<Vec<_>>().join("\t");
        if self.0.len() + line.len() < MAX_BYTES {
            self.0.push_str(&line);
            self.0.push('\n');
        }
    }
}

fn selector(css: &str) -> Option<Selector> {
    Selector::parse(css).ok()
}

/// Text in one line, not too long.
fn clean(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_VALUE_CHARS).collect()
}

fn text_of(element: ElementRef) -> String {
    let mut text = String::new();
    for piece in element.text() {
        text.push_str(piece);
        if text.len() > 8 * MAX_VALUE_CHARS {
            break;
        }
    }
    clean(&text)
}
