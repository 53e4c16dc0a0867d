//! HTML to checked blocks, for sources that hold HTML: only what a [`Block`] can say passes.

mod parts;

use scraper::{Html, Node};

use std::collections::BTreeMap;

use super::anchors::Anchors;
use super::error::Problems;
use super::inlines::{is_seen, push_flat, push_text, trim};
use super::{rich, tags};
use crate::article::{Block, Inline, Tone, is_safe_link, plain_inlines};

/// A node of a page.
pub(super) type Tree<'a> = ego_tree_ref::NodeRef<'a>;

/// `scraper` names its tree's nodes only by their use.
mod ego_tree_ref {
    pub type NodeRef<'a> = <scraper::ElementRef<'a> as std::ops::Deref>::Target;
}

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 64;
/// Deepest nesting of lists and callouts that is kept.
const MAX_KEPT: usize = 6;

/// Whether a text is HTML and not Markdown: it opens with a tag, or closes one.
#[must_use]
pub fn looks_like_html(text: &str) -> bool {
    let lower = text.trim_start().to_ascii_lowercase();
    ["<p>", "<p ", "<div", "<ul", "<ol", "<h1", "<h2", "<h3", "<table", "<span", "<section"]
        .iter()
        .any(|tag| lower.starts_with(tag))
        || ["</p>", "</a>", "</li>", "</div>", "</strong>", "</b>", "<br>", "<br/>", "<br />"]
            .iter()
            .any(|tag| lower.contains(tag))
}

/// Reads a piece of HTML.
#[must_use]
pub fn blocks(html: &str, line: usize, problems: &mut Problems<'_>) -> Vec<Block> {
    if is_too_deep(html) {
        problems.warning(
            line,
            format!("tags nested more than {MAX_NESTED} deep: nothing of it is read"),
            "mend the HTML",
        );
        return Vec::new();
    }
    let tree = Html::parse_fragment(html);
    of_nodes((*tree.root_element()).children(), line, &Styles::default(), problems)
}

/// Reads some nodes of a page.
pub(super) fn of_nodes<'a>(
    nodes: impl Iterator<Item = Tree<'a>>,
    line: usize,
    styles: &Styles,
    problems: &mut Problems<'_>,
) -> Vec<Block> {
    let mut reader =
        Reader { line, problems, styles, text: Vec::new(), pictures: Vec::new(), anchors: Anchors::default() };
    let mut out = Vec::new();
    for node in nodes {
        reader.node(node, 0, 0, &mut out);
    }
    reader.flush(&mut out);
    reader.anchors.settle(&mut out);
    rich::settle(&mut out);
    out
}

/// Most tags that may be open at once. Parsers take time by the square of it.
const MAX_NESTED: usize = 400;

/// Whether a text opens more tags than it closes, by far.
pub fn is_too_deep(html: &str) -> bool {
    // Elements that end by themselves, when another starts or at once.
    const LOOSE: &str = " p li td th tr dt dd br hr img input meta link source wbr col area base embed param option ";
    let mut open = 0usize;
    for piece in html.split('<').skip(1) {
        let closes = piece.starts_with('/');
        let name: String =
            piece.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).take(12).collect();
        if name.is_empty() || LOOSE.contains(&format!(" {} ", name.to_ascii_lowercase())) {
            continue;
        }
        open = if closes { open.saturating_sub(1) } else { open + 1 };
        if open > MAX_NESTED {
            return true;
        }
    }
    false
}

/// Classes that a page's own style sheet makes strong or slanted: word processors mark text by nothing else.
#[derive(Debug, Default)]
pub(super) struct Styles {
    /// Class name to (strong, emphasis).
    pub classes: BTreeMap<String, (bool, bool)>,
}

struct Reader<'p, 'q, 's> {
    line: usize,
    problems: &'p mut Problems<'q>,
    styles: &'s Styles,
    /// Running text not yet in a paragraph.
    text: Vec<Inline>,
    /// Pictures inside running text, which stand below it.
    pictures: Vec<Block>,
    anchors: Anchors,
}

impl Reader<'_, '_, '_> {
    fn children(&mut self, node: Tree<'_>, depth: usize, kept: usize, out: &mut Vec<Block>) {
        if depth > MAX_DEPTH {
            return;
        }
        for child in node.children() {
            self.node(child, depth + 1, kept, out);
        }
    }

    fn node(&mut self, node: Tree<'_>, depth: usize, kept: usize, out: &mut Vec<Block>) {
        match node.value() {
            Node::Text(text) => {
                let text = collapsed(text);
                // White space joins across nodes too.
                let joined = self.text.is_empty() || ends_in_space(&self.text);
                push_text(if joined { text.trim_start_matches(' ') } else { &text }, &mut self.text);
            }
            Node::Element(element) => self.element(node, element.name(), depth, kept, out),
            _ => {}
        }
    }

    fn element(&mut self, node: Tree<'_>, name: &str, depth: usize, kept: usize, out: &mut Vec<Block>) {
        self.anchors.name(attribute(node, "id"));
        match name {
            // Never text: code, other documents, drawings with their own rules.
            "script" | "style" | "template" | "object" | "embed" | "noscript" | "svg" | "math" | "title" | "head"
            | "textarea" | "select" | "button" | "xmp" | "noembed" | "noframes" | "plaintext" => {}
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush(out);
                let text = self.inside(node, depth);
                let level = if name < "h3" { 2 } else { u8::from(name > "h3") + 3 };
                if !plain_inlines(&text).trim().is_empty() {
                    self.anchors.heading(&text);
                    out.push(Block::Heading(level, text));
                }
                out.append(&mut self.pictures);
            }
            "ul" | "ol" => {
                self.flush(out);
                let mut items = Vec::new();
                for item in node.children().filter(|child| child.value().is_element()) {
                    let mut inner = Vec::new();
                    let is_list = item.value().as_element().is_some_and(|one| matches!(one.name(), "ul" | "ol"));
                    if is_list {
                        // A list right inside a list: editors mean it as part of the item before.
                        self.node(item, depth + 1, kept + 1, &mut inner);
                    } else {
                        self.children(item, depth + 1, kept + 1, &mut inner);
                    }
                    self.flush(&mut inner);
                    match items.last_mut() {
                        Some(last) if is_list => Vec::append(last, &mut inner),
                        _ if inner.is_empty() => {}
                        _ => items.push(inner),
                    }
                }
                if kept >= MAX_KEPT {
                    out.extend(items.into_iter().flatten());
                } else if let Some((level, goes_on)) = level_of(node)
                    && !items.is_empty()
                {
                    rich::push_level(level.min(MAX_KEPT - kept), goes_on, (name == "ol", items), out);
                } else if !items.is_empty() && name == "ol" {
                    rich::push_steps(attribute(node, "start").trim().parse().unwrap_or(1), items, out);
                } else if !items.is_empty() {
                    out.push(Block::List(false, items));
                }
            }
            "blockquote" | "aside" => self.callout(node, tone(node).unwrap_or_default(), depth, kept, out),
            "div" | "p" | "section" if tone(node).is_some() => {
                self.callout(node, tone(node).unwrap_or_default(), depth, kept, out);
            }
            "summary" | "dt" | "caption" => {
                self.flush(out);
                let text = self.inside(node, depth);
                if !plain_inlines(&text).trim().is_empty() {
                    out.push(Block::Paragraph(vec![Inline::Strong(text)]));
                }
            }
            "figcaption" => {
                self.flush(out);
                let text = self.inside(node, depth);
                if !plain_inlines(&text).trim().is_empty() {
                    out.push(Block::Paragraph(vec![Inline::Emphasis(text)]));
                }
            }
            "iframe" | "video" | "audio" => self.film(node, name, out),
            "input" if attribute(node, "type").eq_ignore_ascii_case("checkbox") => {
                let ticked = node.value().as_element().is_some_and(|one| one.attr("checked").is_some());
                push_text(tags::box_of(ticked), &mut self.text);
            }
            "pre" => {
                self.flush(out);
                let text: String = node
                    .descendants()
                    .filter_map(|inner| inner.value().as_text().map(|text| text.to_string()))
                    .collect();
                out.push(Block::Code(text.trim_matches('\n').to_owned()));
            }
            "table" => self.table(node, depth, kept, out),
            "img" => self.picture(node, out),
            "br" => self.text.push(Inline::Break),
            // Google Docs: where a remark of those who wrote the document hangs.
            "a" if attribute(node, "href").starts_with("#cmnt") => {}
            // The number before a footnote, which leads back to the text.
            "a" if attribute(node, "href").starts_with("#ftnt_ref") => {
                let number = plain_inlines(&self.inside(node, depth));
                push_text(&tags::raised(number.trim().trim_matches(['[', ']'])), &mut self.text);
                push_text(" ", &mut self.text);
            }
            "s" | "strike" | "del" => {
                let inner = self.inside(node, depth);
                tags::tell_struck(self.line, &inner, self.problems);
            }
            "sup" | "sub" => {
                let inner = self.inside(node, depth);
                tags::push_raised(name, inner, &mut self.text);
            }
            "b" | "strong" | "i" | "em" | "a" | "code" | "kbd" | "samp" => {
                let inline = self.inline(node, name, depth);
                self.text.extend(inline);
            }
            "span" if self.styled(node) != (false, false) => {
                let (strong, slanted) = self.styled(node);
                let mut inner = self.inside(node, depth);
                if plain_inlines(&inner).trim().is_empty() {
                    self.text.extend(inner);
                    return;
                }
                if slanted {
                    inner = vec![Inline::Emphasis(inner)];
                }
                self.text.extend(if strong { vec![Inline::Strong(inner)] } else { inner });
            }
            "span" | "u" | "ins" | "small" | "big" | "mark" | "font" | "abbr" | "acronym" | "label" | "cite" | "q"
            | "time" | "var" | "tt" | "dfn" | "data" | "bdi" | "bdo" | "nobr" | "wbr" | "picture" | "source" => {
                self.children(node, depth, kept, out)
            }
            _ => {
                self.flush(out);
                self.children(node, depth, kept, out);
                self.flush(out);
            }
        }
    }

    fn callout(&mut self, node: Tree<'_>, tone: Tone, depth: usize, kept: usize, out: &mut Vec<Block>) {
        self.flush(out);
        let mut inner = Vec::new();
        self.children(node, depth, kept + 1, &mut inner);
        self.flush(&mut inner);
        if kept >= MAX_KEPT {
            out.extend(inner);
        } else if !inner.is_empty() {
            out.push(rich::quote(tone, inner));
        }
    }

    /// Whether the page's style sheet, or the node's own style, makes its text strong or slanted.
    fn styled(&self, node: Tree<'_>) -> (bool, bool) {
        let of_classes =
            attribute(node, "class").split_ascii_whitespace().filter_map(|one| self.styles.classes.get(one));
        let own = own_style(attribute(node, "style"));
        of_classes.fold(own, |all, one| (all.0 || one.0, all.1 || one.1))
    }

    /// The running text inside a node; its pictures wait to stand below.
    fn inside(&mut self, node: Tree<'_>, depth: usize) -> Vec<Inline> {
        let before = std::mem::take(&mut self.text);
        let mut lifted = Vec::new();
        self.children(node, depth, MAX_KEPT - 1, &mut lifted);
        let own = std::mem::replace(&mut self.text, before);
        let mut out: Vec<Inline> = Vec::new();
        if !lifted.is_empty() {
            push_flat(lifted, &mut out, &mut self.pictures);
            if own.iter().any(is_seen) {
                out.push(Inline::Break);
            }
        }
        out.extend(own);
        out
    }

    fn inline(&mut self, node: Tree<'_>, name: &str, depth: usize) -> Vec<Inline> {
        let before = self.pictures.len();
        let mut inner = self.inside(node, depth);
        // Space at the edges belongs outside: links and marks would show it.
        let (lead, tail) = (take_edge(&mut inner, true), take_edge(&mut inner, false));
        let around = |marked: Vec<Inline>| {
            let space = |there: bool| there.then(|| Inline::Text(" ".to_owned()));
            space(lead).into_iter().chain(marked).chain(space(tail)).collect()
        };
        let has_text = !plain_inlines(&inner).trim().is_empty();
        match name {
            // Pictures stand below, and what they show need not be told beside them.
            "b" | "strong" | "i" | "em" if self.pictures.len() > before && is_named_by(&inner, &self.pictures) => {
                Vec::new()
            }
            "b" | "strong" if has_text => around(vec![Inline::Strong(inner)]),
            "i" | "em" if has_text => around(vec![Inline::Emphasis(inner)]),
            "b" | "strong" | "i" | "em" => around(inner),
            "code" | "kbd" | "samp" => vec![Inline::Code(plain_inlines(&inner))],
            _ => {
                self.anchors.name(attribute(node, "name"));
                let address = unwrapped(attribute(node, "href").trim());
                if !has_text || (self.pictures.len() > before && rich::is_picture_file(&address)) {
                    // A picture that leads to itself needs no name beside it.
                    return if has_text { Vec::new() } else { inner };
                }
                if is_safe_link(&address) {
                    return around(vec![Inline::Link(address, inner)]);
                }
                if !address.is_empty() {
                    let cure = "link to https:, mailto:, tel:, article: or a page of the shop";
                    self.problems.warning(self.line, format!("unsafe link `{address}` is dropped"), cure);
                }
                inner
            }
        }
    }

    fn flush(&mut self, out: &mut Vec<Block>) {
        let mut text = std::mem::take(&mut self.text);
        if !plain_inlines(&text).trim().is_empty() {
            trim(&mut text);
            self.anchors.text();
            out.push(Block::Paragraph(text));
        }
        out.append(&mut self.pictures);
    }
}

/// Whether a text is no more than what the last picture shows.
fn is_named_by(text: &[Inline], pictures: &[Block]) -> bool {
    matches!(pictures.last(), Some(Block::Image { alt, .. }) if plain_inlines(text).trim() == alt)
}

/// Takes the space at one edge of running text away; whether there was some.
fn take_edge(text: &mut Vec<Inline>, first: bool) -> bool {
    let edge = if first { text.first_mut() } else { text.last_mut() };
    let Some(Inline::Text(edge)) = edge else { return false };
    let before = edge.len();
    *edge = if first { edge.trim_start_matches(' ') } else { edge.trim_end_matches(' ') }.to_owned();
    let took = edge.len() < before;
    text.retain(|inline| !matches!(inline, Inline::Text(empty) if empty.is_empty()));
    took
}

fn ends_in_space(text: &[Inline]) -> bool {
    match text.last() {
        Some(Inline::Text(text)) => text.ends_with(' '),
        Some(Inline::Strong(inner) | Inline::Emphasis(inner)) => ends_in_space(inner),
        Some(Inline::Break) => true,
        _ => false,
    }
}

pub(super) fn attribute<'a>(node: Tree<'a>, name: &str) -> &'a str {
    node.value().as_element().and_then(|element| element.attr(name)).unwrap_or_default()
}

/// How deep a list of Google Docs lies, and whether it goes on with the one before.
fn level_of(node: Tree<'_>) -> Option<(usize, bool)> {
    let class = attribute(node, "class");
    let of_word = class.split_ascii_whitespace().find(|one| one.starts_with("lst-kix"))?;
    let level = of_word.rsplit('-').next()?.parse().ok()?;
    Some((level, !class.split_ascii_whitespace().any(|one| one == "start")))
}

/// The tone of a box, if it is one.
fn tone(node: Tree<'_>) -> Option<Tone> {
    tags::tone(attribute(node, "class"), attribute(node, "style"))
}

/// Strong and slanted, by a style of the element's own.
pub(super) fn own_style(style: &str) -> (bool, bool) {
    let (mut strong, mut slanted) = (false, false);
    for (name, value) in style.split(';').filter_map(|one| one.split_once(':')) {
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "font-weight" => {
                strong = value == "bold" || value == "bolder" || value.parse::<u16>().is_ok_and(|n| n >= 600)
            }
            "font-style" => slanted = value == "italic" || value == "oblique",
            _ => {}
        }
    }
    (strong, slanted)
}

/// The address behind a word processor's own detour.
fn unwrapped(address: &str) -> String {
    let behind = ["https://www.google.com/url?", "http://www.google.com/url?"]
        .iter()
        .find_map(|start| address.strip_prefix(start))
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("q=")));
    behind.map_or_else(|| address.to_owned(), percent_decoded)
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(hex.unwrap_or(byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Runs of white space as one space.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_whitespace() || c == '\u{a0}' {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests;
