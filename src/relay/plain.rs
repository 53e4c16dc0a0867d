//! A system's HTML as plain text: what shoppers see of an answer is text, whatever was sent.

use scraper::{Html, Node};

use crate::content::html::is_too_deep;

/// Elements after which a line ends.
const BLOCKS: &[&str] = &["p", "div", "li", "tr", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"];

/// Elements whose text is not for reading.
const HIDDEN: &[&str] = &["script", "style", "head", "title", "template", "noscript", "iframe", "object"];

/// Longest HTML that is read, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The text of HTML. Links that go by http keep their address when their words do not name it.
#[must_use]
pub fn text_of(html: &str) -> String {
    let mut end = html.len().min(MAX_BYTES);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let html = html.get(..end).unwrap_or_default();
    if is_too_deep(html) {
        return untagged(html);
    }
    let tree = Html::parse_fragment(html);
    let mut out = String::new();
    let mut hidden = 0u32;
    for edge in tree.tree.root().traverse() {
        let (node, opens) = match edge {
            ego_tree::iter::Edge::Open(node) => (node, true),
            ego_tree::iter::Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Element(element) => {
                let name = element.name();
                if HIDDEN.contains(&name) {
                    hidden = if opens { hidden + 1 } else { hidden.saturating_sub(1) };
                }
                if BLOCKS.contains(&name) || (name == "br" && opens) {
                    end_line(&mut out);
                }
                if name == "li" && opens {
                    out.push_str("- ");
                }
                let target = element.attr("href").filter(|target| target.starts_with("http"));
                if let Some(target) = target.filter(|target| name == "a" && !opens && !out.ends_with(*target)) {
                    out.push_str(&format!(" ({target})"));
                }
            }
            Node::Text(text) if opens && hidden == 0 => {
                for (n, word) in text.split_whitespace().enumerate() {
                    let gap = n > 0 || text.starts_with(char::is_whitespace);
                    if gap && !out.is_empty() && !out.ends_with([' ', '\n']) {
                        out.push(' ');
                    }
                    out.push_str(word);
                }
                if text.ends_with(char::is_whitespace) && !out.ends_with([' ', '\n']) {
                    out.push(' ');
                }
            }
            _ => {}
        }
    }
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What is nested so deeply is no letter; whatever can be read of it stays.
fn untagged(html: &str) -> String {
    let words = html.split('<').flat_map(|piece| piece.split_once('>').map_or("", |(_, text)| text).split_whitespace());
    words.collect::<Vec<_>>().join(" ")
}

fn end_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_stays_and_what_is_run_does_not() {
        for (html, text) in [
            ("<p>Hello <b>Ada</b>,</p><p>it ships&nbsp;today.<br>Bye</p>", "Hello Ada,\nit ships today.\nBye"),
            ("<script>alert(1)</script>Hi<style>p{}</style>", "Hi"),
            ("<img src=x onerror=alert(1)>Look", "Look"),
            ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
            ("See <a href=\"https://shop.example/r\">returns</a>.", "See returns (https://shop.example/r)."),
            ("<a href=\"javascript:alert(1)\">here</a>", "here"),
            ("<a href=\"https://a.example\">https://a.example</a>", "https://a.example"),
            ("2 &lt; 3 &amp; no tag", "2 < 3 & no tag"),
            ("plain\ntext", "plain text"),
        ] {
            assert_eq!(text_of(html), text, "{html}");
        }
    }

    #[test]
    fn nesting_without_end_ends() {
        let deep = "<div>".repeat(20_000) + "x";
        assert_eq!(text_of(&deep[..60_000]), "");
        assert_eq!(text_of(&format!("{}Hello</div>", "<div>".repeat(5_000))), "Hello");
    }
}
