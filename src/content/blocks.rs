//! Markdown to checked blocks. Raw HTML never passes: what a block can say is kept, the rest is dropped.

mod tagged;

use std::collections::BTreeMap;

use pulldown_cmark::{BlockQuoteKind, CowStr, Event, HeadingLevel, OffsetIter, Options, Parser, Tag, TagEnd};

use super::anchors::Anchors;
use super::error::{Problems, What};
use super::inlines::{self, holds_picture, is_seen, lifted, push_paragraph, push_text};
use super::{rich, tags};
use crate::article::{ARTICLE_LINK, Block, Inline, Tone, is_safe_link, plain_inlines};

/// Deepest nesting that is kept; what is deeper joins the level above. The reader allows 16.
const MAX_DEPTH: usize = 6;

/// Reads Markdown; `first_line` is the line of the file in which it starts.
#[must_use]
pub fn markdown(text: &str, first_line: usize, problems: &mut Problems<'_>) -> Vec<Block> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_GFM
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST;
    let events = Parser::new_ext(text, options).into_offset_iter();
    let mut reader = Reader {
        text,
        events,
        first_line,
        problems,
        at: 0,
        counted: (0, first_line),
        pending: None,
        told: Vec::new(),
        notes: Vec::new(),
        written: BTreeMap::new(),
        anchors: Anchors::default(),
    };
    let mut blocks = reader.blocks(0);
    reader.push_notes(&mut blocks);
    reader.anchors.settle(&mut blocks);
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
    /// Offset up to which lines are counted, and the line there.
    counted: (usize, usize),
    pending: Option<Event<'t>>,
    /// Names of elements already told.
    told: Vec<String>,
    /// Footnotes in the order in which the text refers to them.
    notes: Vec<String>,
    /// What they say.
    written: BTreeMap<String, (usize, Vec<Block>)>,
    anchors: Anchors,
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

    fn line(&mut self) -> usize {
        let (from, line) = if self.counted.0 <= self.at { self.counted } else { (0, self.first_line) };
        let between = self.text.as_bytes().get(from..self.at).unwrap_or_default();
        self.counted = (self.at, line + between.iter().filter(|&&b| b == b'\n').count());
        self.counted.1
    }

    fn mark(&mut self, what: What, value: &str) {
        let line = self.line();
        self.problems.mark(what, value, line);
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
                    _ => {
                        self.anchors.text();
                        push_paragraph(text, out);
                    }
                }
            }
            Tag::Heading { level, .. } => {
                let mut pictures = Vec::new();
                let text = self.inlines(depth, false).into_iter();
                let mut text: Vec<Inline> = text.filter_map(|one| lifted(one, &mut pictures)).collect();
                let level = match level {
                    HeadingLevel::H1 | HeadingLevel::H2 => 2,
                    HeadingLevel::H3 => 3,
                    _ => 4,
                };
                self.anchors.name(&own_name(&mut text));
                self.anchors.heading(&text);
                if text.iter().any(is_seen) {
                    out.push(Block::Heading(level, text));
                }
                out.append(&mut pictures);
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
                match start {
                    Some(start) => rich::push_steps(start, items, out),
                    None => out.push(Block::List(false, items)),
                }
            }
            Tag::Table(_) => self.table(depth, out),
            Tag::HtmlBlock => {
                let raw = self.raw();
                match tags::opened_box(&raw) {
                    Some((name, tone)) if depth < MAX_DEPTH => self.boxed(&name, tone, depth, out),
                    _ => self.html(&raw, out),
                }
            }
            Tag::FootnoteDefinition(name) => {
                let line = self.line();
                let inner = self.blocks(depth + 1);
                self.written.entry(name.into_string()).or_insert((line, inner));
            }
            Tag::DefinitionList => out.append(&mut self.blocks(depth)),
            Tag::DefinitionListTitle => {
                let text = self.inlines(depth, false);
                push_paragraph(vec![Inline::Strong(text)], out);
            }
            Tag::DefinitionListDefinition => out.append(&mut self.blocks(depth + 1)),
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

    /// Footnotes, below the answer, each after its number.
    fn push_notes(&mut self, out: &mut Vec<Block>) {
        for (number, name) in (1u32..).zip(std::mem::take(&mut self.notes)) {
            let (_, mut note) = self.written.remove(&name).unwrap_or_default();
            let mut text = vec![Inline::Text(format!("{} ", tags::raised(&number.to_string())))];
            if let Some(Block::Paragraph(first)) = note.first_mut() {
                text.append(first);
                note.remove(0);
            }
            out.push(Block::Paragraph(text));
            out.append(&mut note);
        }
        for (name, (line, _)) in std::mem::take(&mut self.written) {
            let message = format!("footnote `{name}` is left out, as no text refers to it");
            self.problems.warning(line, message, format!("write `[^{name}]` where it belongs"));
        }
    }

    /// The number of a footnote that the text refers to.
    fn note(&mut self, name: &str) -> String {
        let at = self.notes.iter().position(|known| known == name).unwrap_or_else(|| {
            self.notes.push(name.to_owned());
            self.notes.len() - 1
        });
        // Not part of the word before it, nor on another line.
        format!("\u{2060}{}", tags::raised(&(at + 1).to_string()))
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

    fn table(&mut self, depth: usize, out: &mut Vec<Block>) {
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        let (mut row, mut pictures) = (Vec::new(), Vec::new());
        while let Some(event) = self.next() {
            match event {
                Event::Start(Tag::TableCell) => {
                    let cell = self.inlines(depth, false);
                    row.push(inlines::named(cell, &mut pictures));
                }
                Event::End(TagEnd::TableHead) => head = std::mem::take(&mut row),
                Event::End(TagEnd::TableRow) => rows.push(std::mem::take(&mut row)),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        self.anchors.text();
        out.push(Block::Table(head, rows));
        out.append(&mut pictures);
    }

    /// Inlines up to the end of what holds them; `bare` ends before the first block instead.
    fn inlines(&mut self, depth: usize, bare: bool) -> Vec<Inline> {
        let mut out = Vec::new();
        let mut flattened = 0usize;
        // Elements that are open: name, address, and what stood before.
        let mut open: Vec<(String, String, Vec<Inline>)> = Vec::new();
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
                Event::Start(Tag::Strikethrough) => {
                    let inner = self.inlines(depth + 1, false);
                    self.struck(&inner);
                }
                Event::Start(_) => flattened += 1,
                Event::Text(text) => {
                    for name in rich::variable_names(&text) {
                        self.mark(What::Variable, name);
                    }
                    push_text(&text, &mut out);
                }
                Event::Code(code) => out.push(Inline::Code(code.into_string())),
                Event::SoftBreak => push_text(" ", &mut out),
                Event::HardBreak => out.push(Inline::Break),
                Event::InlineHtml(html) => self.tag(&html, &mut out, &mut open),
                Event::FootnoteReference(name) => {
                    let number = self.note(&name);
                    push_text(&number, &mut out);
                }
                Event::TaskListMarker(done) => push_text(tags::box_of(done), &mut out),
                _ => {}
            }
        }
        // What was never closed marks nothing.
        while let Some((_, _, mut before)) = open.pop() {
            before.append(&mut out);
            out = before;
        }
        out
    }

    fn link(&mut self, address: &CowStr<'_>, depth: usize, out: &mut Vec<Inline>) {
        let inner = self.inlines(depth + 1, false);
        self.push_link(address, inner, out);
    }

    fn push_link(&mut self, address: &str, inner: Vec<Inline>, out: &mut Vec<Inline>) {
        // Nobody can see or name such a link.
        if !inner.iter().any(is_seen) {
            out.extend(inner.into_iter().filter(holds_picture));
            return;
        }
        if let Some(id) = article_of_file(address) {
            let to = format!("{ARTICLE_LINK}{id}");
            self.mark(What::Link, &to);
            out.push(Inline::Link(to, inner));
        } else if is_safe_link(address) {
            self.mark(What::Link, address);
            out.push(Inline::Link(address.to_owned(), inner));
        } else {
            let line = self.line();
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
        let alt = plain_inlines(&self.inlines(depth + 1, false));
        if rich::is_media_address(address) {
            self.mark(What::Picture, address);
            out.push(inlines::picture(address, &alt, (0, 0)));
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

/// The article that a link to another file means: `../returns/size.md#how`.
fn article_of_file(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next()?;
    let ending = path.rsplit_once('.')?.1;
    let is_file = matches!(ending, "md" | "mdx" | "markdown") && !path.contains(':') && !path.starts_with("//");
    is_file.then(|| super::markdown::id_of_path(path, &mut String::new())).filter(|id| !id.is_empty())
}

/// The name that a heading gives itself at its end, `{#returns}`; it is taken out of the text.
fn own_name(text: &mut [Inline]) -> String {
    let Some(Inline::Text(last)) = text.last_mut() else { return String::new() };
    let Some((before, name)) = last.trim_end().strip_suffix('}').and_then(|rest| rest.rsplit_once("{#")) else {
        return String::new();
    };
    let name = name.split([' ', '.']).next().unwrap_or_default().to_owned();
    *last = before.trim_end().to_owned();
    name
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
mod tests;
