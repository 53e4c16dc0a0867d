//! HTML to checked blocks, for sources that hold HTML: only what a [`Block`] can say passes.

use scraper::{Html, Node};

use super::blocks::push_text;
use super::error::Problems;
use crate::article::{Block, Inline, is_safe_link, plain_inlines};

type Tree<'a> = ego_tree_ref::NodeRef<'a>;

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
    let tree = Html::parse_fragment(html);
    let mut reader = Reader { line, problems, text: Vec::new() };
    let mut out = Vec::new();
    reader.children(*tree.root_element(), 0, 0, &mut out);
    reader.flush(&mut out);
    out
}

struct Reader<'p, 'q> {
    line: usize,
    problems: &'p mut Problems<'q>,
    /// Running text not yet in a paragraph.
    text: Vec<Inline>,
}

impl Reader<'_, '_> {
    fn children(&mut self, node: Tree<'_>, depth: usize, kept: usize, out: &mut Vec<Block>) {
        if depth > MAX_DEPTH {
            return;
        }
        for child in node.children() {
            match child.value() {
                Node::Text(text) => push_text(&collapsed(text), &mut self.text),
                Node::Element(element) => self.element(child, element.name(), depth + 1, kept, out),
                _ => {}
            }
        }
    }

    fn element(&mut self, node: Tree<'_>, name: &str, depth: usize, kept: usize, out: &mut Vec<Block>) {
        match name {
            // Never text: code, other documents, drawings with their own rules.
            "script" | "style" | "template" | "iframe" | "object" | "embed" | "noscript" | "svg" | "math" | "title"
            | "head" | "textarea" | "select" | "button" | "xmp" | "noembed" | "noframes" | "plaintext" => {}
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush(out);
                let text = self.inside(node, depth);
                let level = if name < "h3" { 2 } else { u8::from(name > "h3") + 3 };
                if !plain_inlines(&text).trim().is_empty() {
                    out.push(Block::Heading(level, text));
                }
            }
            "ul" | "ol" => {
                self.flush(out);
                let mut items = Vec::new();
                for item in node.children().filter(|child| child.value().is_element()) {
                    let mut inner = Vec::new();
                    self.children(item, depth + 1, kept + 1, &mut inner);
                    self.flush(&mut inner);
                    items.push(inner);
                }
                if kept >= MAX_KEPT {
                    out.extend(items.into_iter().flatten());
                } else if !items.is_empty() {
                    out.push(Block::List(name == "ol", items));
                }
            }
            "blockquote" | "aside" => {
                self.flush(out);
                let mut inner = Vec::new();
                self.children(node, depth, kept + 1, &mut inner);
                self.flush(&mut inner);
                if kept >= MAX_KEPT { out.extend(inner) } else { out.push(Block::Callout(inner)) }
            }
            "pre" => {
                self.flush(out);
                let text: String = node
                    .descendants()
                    .filter_map(|inner| inner.value().as_text().map(|text| text.to_string()))
                    .collect();
                out.push(Block::Code(text.trim_matches('\n').to_owned()));
            }
            "table" => {
                self.flush(out);
                let mut rows = self.rows(node, depth);
                if !rows.is_empty() {
                    let head = rows.remove(0);
                    out.push(Block::Table(head, rows));
                }
            }
            "img" => {
                let attribute =
                    |name: &str| node.value().as_element().and_then(|element| element.attr(name)).unwrap_or_default();
                let (src, alt) = (attribute("src"), attribute("alt"));
                if is_safe_link(src) && (!src.contains(':') || src.starts_with("https:")) {
                    self.flush(out);
                    out.push(Block::Image { src: src.to_owned(), alt: alt.to_owned() });
                }
            }
            "br" => self.text.push(Inline::Break),
            "b" | "strong" | "i" | "em" | "a" | "code" | "kbd" => {
                let inline = self.inline(node, name, depth);
                self.text.extend(inline);
            }
            "span" | "u" | "s" | "small" | "sub" | "sup" | "mark" | "font" | "abbr" | "label" => {
                self.children(node, depth, kept, out)
            }
            _ => {
                self.flush(out);
                self.children(node, depth, kept, out);
                self.flush(out);
            }
        }
    }

    /// The running text inside a node.
    fn inside(&mut self, node: Tree<'_>, depth: usize) -> Vec<Inline> {
        let before = std::mem::take(&mut self.text);
        let mut lifted = Vec::new();
        self.children(node, depth, MAX_KEPT, &mut lifted);
        let own = std::mem::replace(&mut self.text, before);
        let mut out: Vec<Inline> = Vec::new();
        for block in lifted {
            push_text(&crate::article::plain_blocks(&[block]), &mut out);
        }
        out.extend(own);
        out
    }

    fn inline(&mut self, node: Tree<'_>, name: &str, depth: usize) -> Vec<Inline> {
        let inner = self.inside(node, depth);
        match name {
            "b" | "strong" => vec![Inline::Strong(inner)],
            "i" | "em" => vec![Inline::Emphasis(inner)],
            "code" | "kbd" => vec![Inline::Code(plain_inlines(&inner))],
            _ => {
                let address = node.value().as_element().and_then(|element| element.attr("href")).unwrap_or_default();
                if is_safe_link(address) {
                    return vec![Inline::Link(address.to_owned(), inner)];
                }
                if !address.is_empty() {
                    let cure = "link to https:, mailto:, tel:, article: or a page of the shop";
                    self.problems.warning(self.line, format!("unsafe link `{address}` is dropped"), cure);
                }
                inner
            }
        }
    }

    fn rows(&mut self, node: Tree<'_>, depth: usize) -> Vec<Vec<Vec<Inline>>> {
        let named = |node: &Tree<'_>, names: &[&str]| {
            node.value().as_element().is_some_and(|element| names.contains(&element.name()))
        };
        let mut out = Vec::new();
        for row in node.descendants().filter(|inner| named(inner, &["tr"])) {
            let cells: Vec<_> =
                row.children().filter(|cell| named(cell, &["td", "th"])).map(|cell| self.inside(cell, depth)).collect();
            if !cells.is_empty() {
                out.push(cells);
            }
        }
        out
    }

    fn flush(&mut self, out: &mut Vec<Block>) {
        let mut text = std::mem::take(&mut self.text);
        while matches!(text.last(), Some(Inline::Break)) {
            text.pop();
        }
        if !plain_inlines(&text).trim().is_empty() {
            if let Some(Inline::Text(first)) = text.first_mut() {
                *first = first.trim_start().to_owned();
            }
            out.push(Block::Paragraph(text));
        }
    }
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
mod tests {
    use super::*;
    use crate::article::plain_blocks;

    #[test]
    fn text_and_structure_survive_scripts_do_not() {
        let mut problems = Vec::new();
        let html = "<p>One <b>two</b><br>three <a href='javascript:x'>four</a></p><script>five</script><ul><li>six<li><p>seven</p></ul>";
        let blocks = blocks(html, 7, &mut Problems::new("a.jsonl", &mut problems));
        assert_eq!(plain_blocks(&blocks), "One two three four six seven");
        assert!(matches!(blocks.as_slice(), [Block::Paragraph(_), Block::List(false, items)] if items.len() == 2));
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].line, 7);
    }
}
