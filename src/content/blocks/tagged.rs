//! HTML between and in the lines of Markdown.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::{MAX_DEPTH, Reader};
use crate::article::{Block, Inline, Tone, plain_inlines};
use crate::content::error::{Problems, What};
use crate::content::import::each_link;
use crate::content::inlines::{self, is_seen};
use crate::content::{html, rich, tags};

/// The part of an address that stays when a film's page stands in for its player.
fn last_part(address: &str) -> &str {
    address.rsplit(['/', '=']).next().filter(|part| part.len() > 3).unwrap_or(address)
}

impl<'t> Reader<'t, '_, '_> {
    pub(super) fn raw(&mut self) -> String {
        let mut raw = String::new();
        while let Some(event) = self.next() {
            match event {
                Event::End(TagEnd::HtmlBlock) => break,
                Event::Html(html) | Event::Text(html) => raw.push_str(&html),
                _ => {}
            }
        }
        raw
    }

    /// A box whose tags stand in HTML and whose text is Markdown.
    pub(super) fn boxed(&mut self, name: &str, tone: Tone, depth: usize, out: &mut Vec<Block>) {
        let (mut inner, mut open) = (Vec::new(), 0usize);
        let ends = format!("</{name}>");
        while let Some(event) = self.next() {
            match event {
                Event::Start(Tag::HtmlBlock) => {
                    let raw = self.raw();
                    let line = raw.trim().to_ascii_lowercase();
                    if line == ends && open == 0 {
                        if !inner.is_empty() {
                            out.push(rich::quote(tone, inner));
                        }
                        return;
                    }
                    open = (open + usize::from(line.starts_with(&format!("<{name}")))).saturating_sub(
                        // One that ends in the same piece closes itself.
                        usize::from(line.contains(&ends)),
                    );
                    self.html(&raw, &mut inner);
                }
                Event::Start(tag) => self.block(tag, depth + 1, &mut inner),
                Event::End(end) => {
                    self.pending = Some(Event::End(end));
                    break;
                }
                _ => {}
            }
        }
        // It never ends: its text stands where it stood.
        out.append(&mut inner);
    }

    pub(super) fn html(&mut self, raw: &str, out: &mut Vec<Block>) {
        if raw.trim_start().starts_with("<!--") && raw.trim_end().ends_with("-->") {
            return;
        }
        self.tell_html(raw);
        tags::names(raw).into_iter().for_each(|name| self.anchors.name(&name));
        let line = self.line();
        // What the reader of HTML tells and finds has a line of this file where its words stand in the source.
        let below =
            |words: &str| match raw.find(words).or_else(|| raw.find(last_part(words))).and_then(|at| raw.get(..at)) {
                Some(before) if !words.is_empty() => line + before.matches('\n').count(),
                _ => line,
            };
        let mut own = Vec::new();
        let file = self.problems.file().to_owned();
        let mut blocks = html::blocks(raw, line, &mut Problems::new(&file, &mut own));
        for problem in own {
            let words = problem.message.split(['`', '"']).nth(1).unwrap_or_default();
            self.problems.warning(below(words), problem.message.clone(), problem.cure);
        }
        each_link(&mut blocks, &mut |address| {
            self.problems.mark(What::Link, address, below(address));
            self.problems.mark(What::Picture, address, below(address));
        });
        for block in blocks {
            match &block {
                Block::Heading(_, text) => self.anchors.heading(text),
                _ => self.anchors.text(),
            }
            out.push(block);
        }
    }

    /// Says which elements mean nothing here, each once.
    pub(super) fn tell_html(&mut self, raw: &str) {
        let line = self.line();
        for name in tags::unknown(raw) {
            if !self.told.contains(&name) {
                let message = format!("raw HTML: `<{name}>` is dropped, only its text is kept");
                self.problems.warning(line, message, "write it as Markdown");
                self.told.push(name);
            }
        }
    }

    /// A tag of HTML in running text.
    pub(super) fn tag(&mut self, tag: &str, out: &mut Vec<Inline>, open: &mut Vec<(String, String, Vec<Inline>)>) {
        if tag.starts_with("<!--") {
            return;
        }
        let name: String = tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if tag.starts_with("</") {
            let Some(at) = open.iter().rposition(|one| one.0 == name) else { return };
            // What was opened inside and never closed marks nothing.
            while open.len() > at + 1 {
                if let Some((_, _, mut before)) = open.pop() {
                    before.append(out);
                    *out = before;
                }
            }
            if let Some((_, address, before)) = open.pop() {
                let inner = std::mem::replace(out, before);
                self.marked(&name, &address, inner, out);
            }
            return;
        }
        match name.as_str() {
            "br" => out.push(Inline::Break),
            "img" | "input" | "video" | "audio" | "iframe" => {
                let line = self.line();
                for block in html::blocks(tag, line, self.problems) {
                    match block {
                        Block::Image { ref src, .. } | Block::Video { ref src, .. } => {
                            self.problems.mark(What::Picture, src, line)
                        }
                        _ => {}
                    }
                    match block {
                        Block::Image { src, alt, size } => out.push(inlines::picture(&src, &alt, size)),
                        Block::Video { src, title } => out.push(inlines::picture(&src, &title, (0, 0))),
                        Block::Paragraph(text) => out.extend(text),
                        _ => {}
                    }
                }
            }
            "b" | "strong" | "i" | "em" | "code" | "kbd" | "samp" | "sup" | "sub" | "s" | "del" | "strike" | "a" => {
                tags::names(tag).into_iter().for_each(|name| self.anchors.name(&name));
                if open.len() < MAX_DEPTH && !tag.ends_with("/>") {
                    open.push((name, tags::address_of(tag), std::mem::take(out)));
                }
            }
            _ => self.tell_html(tag),
        }
    }

    /// What an element of HTML around running text makes of it.
    fn marked(&mut self, name: &str, address: &str, inner: Vec<Inline>, out: &mut Vec<Inline>) {
        let has_text = inner.iter().any(is_seen);
        match name {
            "b" | "strong" if has_text => out.push(Inline::Strong(inner)),
            "i" | "em" if has_text => out.push(Inline::Emphasis(inner)),
            "code" | "kbd" | "samp" if has_text => out.push(Inline::Code(plain_inlines(&inner))),
            "sup" | "sub" => tags::push_raised(name, inner, out),
            "s" | "del" | "strike" => self.struck(&inner),
            "a" if !address.is_empty() => self.push_link(address, inner, out),
            _ => out.extend(inner),
        }
    }

    /// Struck text no longer holds: read without its stroke, it would say the opposite of what is meant.
    pub(super) fn struck(&mut self, inner: &[Inline]) {
        let line = self.line();
        tags::tell_struck(line, inner, self.problems);
    }
}
