//! Markdown to checked blocks. Raw HTML never passes: what a block can say is kept, the rest is dropped.

use pulldown_cmark::{BlockQuoteKind, CowStr, Event, HeadingLevel, OffsetIter, Options, Parser, Tag, TagEnd};

use super::error::Problems;
use super::{html, rich};
use crate::article::{ARTICLE_LINK, Block, Inline, Tone, is_safe_link};

/// Deepest nesting that is kept; what is deeper joins the level above. The reader allows 16.
const MAX_DEPTH: usize = 6;

/// Reads Markdown; `first_line` is the line of the file in which it starts.
#[must_use]
pub fn markdown(text: &str, first_line: usize, problems: &mut Problems<'_>) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    let events = Parser::new_ext(text, options).into_offset_iter();
    let mut reader = Reader { text, events, first_line, problems, at: 0, html_told: false, pending: None };
    let mut blocks = reader.blocks(0);
    rich::settle(&mut blocks);
    blocks
}

struct Reader<'t, 'p, 'q> {
    text: &'t str,
    events: OffsetIter<'t>,
    first_line: usize,
    problems: &'p mut Problems<'q>,
    /// Byte offset of the event being read.
    at: usize,
    html_told: bool,
    pending: Option<Event<'t>>,
}

impl<'t> Reader<'t, '_, '_> {
    fn next(&mut self) -> Option<Event<'t>> {
        if let Some(event) = self.pending.take() {
            return Some(event);
        }
        let (event, range) = self.events.next()?;
        self.at = range.start;
        Some(event)
    }

    fn line(&self) -> usize {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        self.first_line + before.iter().filter(|&&b| b == b'\n').count()
    }

    /// Blocks up to the end of the container that holds them.
    fn blocks(&mut self, depth: usize) -> Vec<Block> {
        let mut out = Vec::new();
        let mut flattened = 0usize;
        while let Some(event) = self.next() {
            match event {
                Event::End(_) if flattened > 0 => flattened -= 1,
                Event::End(_) => break,
                Event::Start(tag) if depth >= MAX_DEPTH && is_container(&tag) => flattened += 1,
                Event::Start(tag) => self.block(tag, depth, &mut out),
                Event::Html(html) => self.html(&html, &mut out),
                Event::Rule => {}
                inline => {
                    // A tight list gives its text bare.
                    self.pending = Some(inline);
                    let text = self.inlines(depth, true);
                    push_paragraph(text, &mut out);
                }
            }
        }
        out
    }

    fn block(&mut self, tag: Tag<'t>, depth: usize, out: &mut Vec<Block>) {
        match tag {
            Tag::Paragraph => {
                let text = self.inlines(depth, false);
                match text.as_slice() {
                    [] => {}
                    [Inline::Text(only)] if only.trim().is_empty() => {}
                    _ => push_paragraph(text, out),
                }
            }
            Tag::Heading { level, .. } => {
                let text = self.inlines(depth, false).into_iter().map(unmarked).collect();
                let level = match level {
                    HeadingLevel::H1 | HeadingLevel::H2 => 2,
                    HeadingLevel::H3 => 3,
                    _ => 4,
                };
                out.push(Block::Heading(level, text));
            }
            Tag::BlockQuote(kind) => {
                let inner = self.blocks(depth + 1);
                let tone = match kind {
                    Some(BlockQuoteKind::Tip) => Tone::Tip,
                    Some(BlockQuoteKind::Warning | BlockQuoteKind::Caution) => Tone::Warning,
                    _ => Tone::Note,
                };
                out.push(rich::quote(tone, inner));
            }
            Tag::CodeBlock(_) => {
                let code = self.code();
                out.push(Block::Code(code));
            }
            Tag::List(start) => {
                let mut items = Vec::new();
                while let Some(event) = self.next() {
                    match event {
                        Event::Start(Tag::Item) => items.push(self.blocks(depth + 1)),
                        Event::End(TagEnd::List(_)) => break,
                        _ => {}
                    }
                }
                out.push(Block::List(start.is_some(), items));
            }
            Tag::Table(_) => out.push(self.table(depth)),
            Tag::HtmlBlock => {
                let mut raw = String::new();
                while let Some(event) = self.next() {
                    match event {
                        Event::End(TagEnd::HtmlBlock) => break,
                        Event::Html(html) | Event::Text(html) => raw.push_str(&html),
                        _ => {}
                    }
                }
                self.html(&raw, out);
            }
            // Inline tags in a tight item, and anything this list does not name.
            other => {
                self.pending = Some(Event::Start(other));
                let text = self.inlines(depth, true);
                if !text.is_empty() {
                    push_paragraph(text, out);
                }
            }
        }
    }

    fn html(&mut self, raw: &str, out: &mut Vec<Block>) {
        if raw.trim_start().starts_with("<!--") && raw.trim_end().ends_with("-->") {
            return;
        }
        self.tell_html();
        let line = self.line();
        out.extend(html::blocks(raw, line, self.problems));
    }

    fn tell_html(&mut self) {
        if !self.html_told {
            self.html_told = true;
            let line = self.line();
            self.problems.warning(line, "raw HTML is dropped, only its text is kept", "write it as Markdown");
        }
    }

    fn code(&mut self) -> String {
        let mut code = String::new();
        while let Some(event) = self.next() {
            match event {
                Event::End(_) => break,
                Event::Text(text) => code.push_str(&text),
                _ => {}
            }
        }
        code.truncate(code.trim_end().len());
        code
    }

    fn table(&mut self, depth: usize) -> Block {
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        let mut row = Vec::new();
        while let Some(event) = self.next() {
            match event {
                Event::Start(Tag::TableCell) => {
                    row.push(self.inlines(depth, false).into_iter().map(unmarked).collect())
                }
                Event::End(TagEnd::TableHead) => head = std::mem::take(&mut row),
                Event::End(TagEnd::TableRow) => rows.push(std::mem::take(&mut row)),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        Block::Table(head, rows)
    }

    /// Inlines up to the end of what holds them; `bare` ends before the first block instead.
    fn inlines(&mut self, depth: usize, bare: bool) -> Vec<Inline> {
        let mut out = Vec::new();
        let mut flattened = 0usize;
        while let Some(event) = self.next() {
            match event {
                Event::End(_) if flattened > 0 => flattened -= 1,
                Event::End(_) if bare => {
                    self.pending = Some(event);
                    break;
                }
                Event::End(_) => break,
                Event::Start(_) if depth >= MAX_DEPTH + 3 => flattened += 1,
                Event::Start(tag) if bare && is_block(&tag) => {
                    self.pending = Some(Event::Start(tag));
                    break;
                }
                Event::Start(Tag::Strong) => out.push(Inline::Strong(self.inlines(depth + 1, false))),
                Event::Start(Tag::Emphasis) => out.push(Inline::Emphasis(self.inlines(depth + 1, false))),
                Event::Start(Tag::Link { dest_url, .. }) => self.link(&dest_url, depth, &mut out),
                Event::Start(Tag::Image { dest_url, .. }) => self.image(&dest_url, depth, &mut out),
                Event::Start(_) => flattened += 1,
                Event::Text(text) => push_text(&text, &mut out),
                Event::Code(code) => out.push(Inline::Code(code.into_string())),
                Event::SoftBreak => push_text(" ", &mut out),
                Event::HardBreak => out.push(Inline::Break),
                Event::InlineHtml(html) => {
                    let name = html.trim_start_matches(['<', '/']).to_ascii_lowercase();
                    if name.starts_with("br") {
                        out.push(Inline::Break);
                    } else if !html.starts_with("<!--") {
                        self.tell_html();
                    }
                }
                _ => {}
            }
        }
        out
    }

    fn link(&mut self, address: &CowStr<'_>, depth: usize, out: &mut Vec<Inline>) {
        let line = self.line();
        let inner = self.inlines(depth + 1, false);
        // Nobody can see or name such a link.
        if !inner.iter().any(is_seen) {
            return;
        }
        if let Some(id) = article_of_file(address) {
            out.push(Inline::Link(format!("{ARTICLE_LINK}{id}"), inner));
        } else if is_safe_link(address) {
            out.push(Inline::Link(address.to_string(), inner));
        } else {
            self.problems.warning(
                line,
                format!("unsafe link `{address}` is dropped"),
                "link to https:, mailto:, tel:, article: or a page of the shop",
            );
            out.extend(inner);
        }
    }

    fn image(&mut self, address: &CowStr<'_>, depth: usize, out: &mut Vec<Inline>) {
        let line = self.line();
        let alt = crate::article::plain_inlines(&self.inlines(depth + 1, false));
        if rich::is_media_address(address) {
            // Marked for `push_paragraph`, which lifts pictures out of running text.
            out.push(Inline::Link(format!("{IMAGE}{address}"), vec![Inline::Text(alt)]));
        } else {
            self.problems.warning(
                line,
                format!("unsafe picture `{address}` is dropped"),
                "use an https: address or a path of the shop",
            );
            push_text(&alt, out);
        }
    }
}

/// Whether an inline shows something; pictures do, even without a description.
fn is_seen(inline: &Inline) -> bool {
    match inline {
        Inline::Text(text) => !text.trim().is_empty(),
        Inline::Link(address, inner) => {
            address.starts_with(IMAGE) && !crate::article::plain_inlines(inner).trim().is_empty()
        }
        Inline::Strong(inner) | Inline::Emphasis(inner) => inner.iter().any(is_seen),
        Inline::Code(_) | Inline::Variable(..) => true,
        Inline::Break => false,
    }
}

/// The article that a link to another file means: `../returns/size.md#how`.
fn article_of_file(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next()?;
    let ending = path.rsplit_once('.')?.1;
    let is_file = matches!(ending, "md" | "mdx" | "markdown") && !path.contains(':') && !path.starts_with("//");
    is_file.then(|| super::markdown::id_of_path(path, &mut String::new())).filter(|id| !id.is_empty())
}

/// Mark of a picture among inlines; no address can start like this.
const IMAGE: &str = "\u{0}image:";

/// Pushes a paragraph; pictures in it become blocks of their own.
fn push_paragraph(text: Vec<Inline>, out: &mut Vec<Block>) {
    let mut rest = Vec::new();
    for inline in text {
        match inline {
            Inline::Link(address, alt) if address.starts_with(IMAGE) => {
                if !crate::article::plain_inlines(&rest).trim().is_empty() {
                    trim(&mut rest);
                    out.push(Block::Paragraph(std::mem::take(&mut rest)));
                }
                let src = address.get(IMAGE.len()..).unwrap_or_default();
                out.push(rich::media(src, &crate::article::plain_inlines(&alt), (0, 0)));
            }
            Inline::Text(text) if rest.is_empty() && text.starts_with('{') => {
                // The size stands right behind the picture.
                match (out.last_mut(), rich::size(&text)) {
                    (Some(Block::Image { size, .. }), Some((found, after))) => {
                        *size = found;
                        push_text(after, &mut rest);
                    }
                    (Some(Block::Video { .. }), Some((_, after))) => push_text(after, &mut rest),
                    _ => rest.push(Inline::Text(text)),
                }
            }
            other => rest.push(unmarked(other)),
        }
    }
    if !crate::article::plain_inlines(&rest).trim().is_empty() {
        trim(&mut rest);
        out.push(Block::Paragraph(rest));
    }
}

/// Takes the white space away at both ends of running text.
pub(super) fn trim(text: &mut Vec<Inline>) {
    while matches!(text.last(), Some(Inline::Break)) {
        text.pop();
    }
    if let Some(Inline::Text(first)) = text.first_mut() {
        *first = first.trim_start().to_owned();
    }
    if let Some(Inline::Text(last)) = text.last_mut() {
        last.truncate(last.trim_end().len());
    }
    text.retain(|inline| !matches!(inline, Inline::Text(empty) if empty.is_empty()));
}

/// A picture inside strong text or a link cannot be lifted out: its description stays.
fn unmarked(inline: Inline) -> Inline {
    match inline {
        Inline::Link(address, alt) if address.starts_with(IMAGE) => Inline::Emphasis(alt),
        Inline::Link(address, inner) => Inline::Link(address, inner.into_iter().map(unmarked).collect()),
        Inline::Strong(inner) => Inline::Strong(inner.into_iter().map(unmarked).collect()),
        Inline::Emphasis(inner) => Inline::Emphasis(inner.into_iter().map(unmarked).collect()),
        other => other,
    }
}

/// Adds text, joining it to text before.
pub(super) fn push_text(text: &str, out: &mut Vec<Inline>) {
    match out.last_mut() {
        Some(Inline::Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => out.push(Inline::Text(text.to_owned())),
    }
}

fn is_container(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::BlockQuote(_) | Tag::List(_) | Tag::Item)
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(
        tag,
        Tag::Strong
            | Tag::Emphasis
            | Tag::Link { .. }
            | Tag::Image { .. }
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::plain_blocks;

    fn read(text: &str) -> (Vec<Block>, Vec<String>) {
        let mut problems = Vec::new();
        let blocks = markdown(text, 1, &mut Problems::new("a.md", &mut problems));
        (blocks, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn structure_is_kept() {
        let (blocks, problems) =
            read("One **two**\nthree.\n\n1. a\n2. b\n   - c\n\n> mind\n\n|h|\n|-|\n|x|\n\n![see](/a.png)");
        assert_eq!(problems, [""; 0]);
        assert_eq!(blocks.len(), 5);
        assert_eq!(plain_blocks(&blocks[..1]), "One two three.");
        assert!(matches!(&blocks[1], Block::List(true, items) if items.len() == 2 && items[1].len() == 2));
        assert!(matches!(&blocks[2], Block::Callout(Tone::Note, inner) if inner.len() == 1));
        assert!(matches!(&blocks[3], Block::Table(head, rows) if head.len() == 1 && rows.len() == 1));
        assert!(matches!(&blocks[4], Block::Image { src, alt, .. } if src == "/a.png" && alt == "see"));
    }

    #[test]
    fn callouts_films_sizes_and_markets_have_their_blocks() {
        let (blocks, problems) = read(
            "> [!WARNING]\n> hot\n\n> [!market UK, ie]\n> Post it.\n\n![Fold it](/fold.mp4)\n\n- ![a](/a.png){width=3 height=4} b\n",
        );
        assert_eq!(problems, [""; 0]);
        assert!(
            matches!(&blocks[0], Block::Callout(Tone::Warning, inner) if plain_blocks(inner) == "hot"),
            "{blocks:?}"
        );
        assert!(
            matches!(&blocks[1], Block::Market(names, inner) if names == "uk ie" && plain_blocks(inner) == "Post it.")
        );
        assert!(matches!(&blocks[2], Block::Video { src, title } if src == "/fold.mp4" && title == "Fold it"));
        let Block::List(false, items) = &blocks[3] else { panic!("{blocks:?}") };
        assert!(matches!(&items[0][0], Block::Image { size: (3, 4), .. }), "{items:?}");
        assert_eq!(plain_blocks(&items[0]), "a b");
    }

    #[test]
    fn html_and_unsafe_links_are_dropped_with_their_line() {
        let (blocks, problems) = read(
            "a\n\nb <b>bold</b> [x](javascript:alert(1))\n\n<script>alert(1)</script>\n\n<div onclick=x>kept</div>\n",
        );
        assert_eq!(plain_blocks(&blocks), "a b bold x kept");
        assert!(problems[0].starts_with("a.md:3: warning: raw HTML"), "{problems:?}");
        assert!(problems[1].starts_with("a.md:3: warning: unsafe link `javascript:alert(1)`"), "{problems:?}");
    }

    #[test]
    fn any_depth_ends() {
        let (blocks, _) = read(&("> ".repeat(5_000) + "deep"));
        assert_eq!(plain_blocks(&blocks), "deep");
        read(&"- ".repeat(3_000));
        read(&"*a **b ".repeat(3_000));
    }
}
