//! An answer as bytes and back: its text, with its structure between as control characters, so that
//! brotli sees one running text, and a passage of it is found without building blocks.
//!
//! | byte | starts                                                                                    |
//! | ---- | ----------------------------------------------------------------------------------------- |
//! | 01   | paragraph: inlines                                                                        |
//! | 02   | heading: digit `2` to `6`, inlines                                                        |
//! | 03 04| points, steps: items, end                                                                  |
//! | 05   | item: inlines of a first paragraph, blocks                                                 |
//! | 06   | end of points, steps, callout, table                                                       |
//! | 07   | note: blocks, end                                                                          |
//! | 08   | code: text                                                                                 |
//! | 0b   | table: cells of the head, rows, end                                                        |
//! | 0c   | cell: inlines                                                                              |
//! | 0e   | row: cells                                                                                 |
//! | 0f   | image: address, then space, width, space, height where known, 10, text of what it shows    |
//! | 11 13| strong, emphasis: inlines, 12                                                              |
//! | 14   | code in running text: text, 12                                                             |
//! | 15   | link: address, 10, inlines, 12                                                             |
//! | 16   | line break                                                                                 |
//! | 17 18| tip, warning: blocks, end                                                                  |
//! | 19   | video: address, 10, text of what it shows                                                  |
//! | 1a   | market: names, 10, blocks, end                                                             |
//! | 1b   | variable: name, 10, text otherwise, 12                                                     |
//! | 1f   | end of the answer; stands between answers, never inside                                    |
//!
//! Everything else, tab and line end with it, is text in UTF-8.

#[cfg(not(target_arch = "wasm32"))]
use crate::article::{ARTICLE_LINK, film_name};
use crate::article::{Block, Inline, Tone, is_safe_link};

/// Deepest nesting of blocks and inlines that is read; deeper bytes are damaged.
pub const MAX_DEPTH: usize = 16;

/// What stands behind an answer.
pub const END_OF_ANSWER: u8 = 0x1f;

const PARAGRAPH: u8 = 0x01;
const HEADING: u8 = 0x02;
const POINTS: u8 = 0x03;
const STEPS: u8 = 0x04;
const ITEM: u8 = 0x05;
const END: u8 = 0x06;
const NOTE: u8 = 0x07;
const CODE: u8 = 0x08;
const TABLE: u8 = 0x0b;
const CELL: u8 = 0x0c;
const ROW: u8 = 0x0e;
const IMAGE: u8 = 0x0f;
const PART: u8 = 0x10;
const STRONG: u8 = 0x11;
const INLINE_END: u8 = 0x12;
const EMPHASIS: u8 = 0x13;
const INLINE_CODE: u8 = 0x14;
const LINK: u8 = 0x15;
const BREAK: u8 = 0x16;
const TIP: u8 = 0x17;
const WARNING: u8 = 0x18;
const VIDEO: u8 = 0x19;
const MARKET: u8 = 0x1a;
const VARIABLE: u8 = 0x1b;

/// Whether a byte is structure, not text.
fn is_mark(byte: u8) -> bool {
    byte < 0x20 && byte != b'\t' && byte != b'\n'
}

/// The running text of an answer, one space between pieces.
#[must_use]
pub fn plain(answer: &[u8]) -> String {
    let mut out = Vec::with_capacity(answer.len());
    let mut skipped = false;
    for (at, &byte) in answer.iter().enumerate() {
        match byte {
            PART => skipped = false,
            _ if skipped => {}
            _ if !is_mark(byte) => {
                // A heading's level is not said.
                if at == 0 || answer.get(at - 1) != Some(&HEADING) {
                    out.push(byte);
                }
            }
            STRONG..=INLINE_CODE => {}
            LINK | VARIABLE => skipped = true,
            _ => {
                skipped = matches!(byte, IMAGE | VIDEO | MARKET);
                if out.last().is_some_and(|&last| last != b' ') {
                    out.push(b' ');
                }
            }
        }
    }
    while out.pop_if(|last| *last == b' ').is_some() {}
    String::from_utf8(out).unwrap_or_default()
}

/// Reads the blocks of an answer; `None` means damaged bytes.
#[must_use]
pub fn decode(answer: &[u8]) -> Option<Vec<Block>> {
    let mut reader = Marks { text: core::str::from_utf8(answer).ok()? };
    let blocks = reader.blocks(MAX_DEPTH)?;
    reader.text.is_empty().then_some(blocks)
}

struct Marks<'a> {
    text: &'a str,
}

impl<'a> Marks<'a> {
    /// The mark that comes next, if one does.
    fn next(&self) -> Option<u8> {
        self.text.bytes().next().filter(|&byte| is_mark(byte))
    }

    /// Takes a mark, if it comes next.
    fn take(&mut self, mark: u8) -> bool {
        let is_next = self.next() == Some(mark);
        if is_next {
            self.text = self.text.get(1..).unwrap_or_default();
        }
        is_next
    }

    /// Text up to the next mark.
    fn run(&mut self) -> &'a str {
        let len = self.text.bytes().position(is_mark).unwrap_or(self.text.len());
        let (run, rest) = self.text.split_at_checked(len).unwrap_or_default();
        self.text = rest;
        run
    }

    fn blocks(&mut self, depth: usize) -> Option<Vec<Block>> {
        let depth = depth.checked_sub(1)?;
        let mut out = Vec::new();
        while let Some(mark @ (PARAGRAPH..=STEPS | NOTE | CODE | TABLE | IMAGE | TIP..=MARKET)) = self.next() {
            self.take(mark);
            out.push(match mark {
                PARAGRAPH => Block::Paragraph(self.inlines(depth)?),
                HEADING => {
                    let level = self.text.bytes().next().filter(u8::is_ascii_digit)?;
                    self.text = self.text.get(1..)?;
                    Block::Heading((level - b'0').clamp(2, 6), self.inlines(depth)?)
                }
                POINTS | STEPS => {
                    let mut items = Vec::new();
                    while self.take(ITEM) {
                        let first = self.inlines(depth)?;
                        let mut item = self.blocks(depth)?;
                        if !first.is_empty() {
                            item.insert(0, Block::Paragraph(first));
                        }
                        items.push(item);
                    }
                    self.end(Block::List(mark == STEPS, items))?
                }
                NOTE | TIP | WARNING => {
                    let tone = match mark {
                        NOTE => Tone::Note,
                        TIP => Tone::Tip,
                        _ => Tone::Warning,
                    };
                    let inner = self.blocks(depth)?;
                    self.end(Block::Callout(tone, inner))?
                }
                MARKET => {
                    let names = self.part()?.to_owned();
                    let inner = self.blocks(depth)?;
                    self.end(Block::Market(names, inner))?
                }
                VIDEO => Block::Video { src: safe(self.part()?), title: self.run().to_owned() },
                CODE => Block::Code(self.run().to_owned()),
                TABLE => {
                    let head = self.cells(depth)?;
                    let mut rows = Vec::new();
                    while self.take(ROW) {
                        rows.push(self.cells(depth)?);
                    }
                    self.end(Block::Table(head, rows))?
                }
                _ => {
                    let mut parts = self.part()?.split(' ');
                    let src = safe(parts.next()?);
                    let mut pixels = || parts.next().and_then(|n| n.parse().ok()).unwrap_or(0);
                    Block::Image { src, size: (pixels(), pixels()), alt: self.run().to_owned() }
                }
            });
        }
        Some(out)
    }

    /// Text up to the mark that parts it from what follows.
    fn part(&mut self) -> Option<&'a str> {
        let text = self.run();
        self.take(PART).then_some(text)
    }

    fn end(&mut self, block: Block) -> Option<Block> {
        self.take(END).then_some(block)
    }

    fn cells(&mut self, depth: usize) -> Option<Vec<Vec<Inline>>> {
        let mut out = Vec::new();
        while self.take(CELL) {
            out.push(self.inlines(depth)?);
        }
        Some(out)
    }

    fn inlines(&mut self, depth: usize) -> Option<Vec<Inline>> {
        let depth = depth.checked_sub(1)?;
        let mut out = Vec::new();
        loop {
            let text = self.run();
            if !text.is_empty() {
                out.push(Inline::Text(text.to_owned()));
            }
            let Some(mark @ (STRONG | EMPHASIS..=BREAK | VARIABLE)) = self.next() else { return Some(out) };
            self.take(mark);
            let inline = match mark {
                STRONG => Inline::Strong(self.inlines(depth)?),
                EMPHASIS => Inline::Emphasis(self.inlines(depth)?),
                INLINE_CODE => Inline::Code(self.run().to_owned()),
                LINK => {
                    let address = self.part()?;
                    let inner = self.inlines(depth)?;
                    if is_safe_link(address) {
                        Inline::Link(address.to_owned(), inner)
                    } else {
                        Inline::Emphasis(inner)
                    }
                }
                VARIABLE => Inline::Variable(self.part()?.to_owned(), self.run().to_owned()),
                _ => Inline::Break,
            };
            out.push(inline);
            if mark != BREAK && !self.take(INLINE_END) {
                return None;
            }
        }
    }
}

/// The builder dropped unsafe addresses already; a file made by somebody else did not.
fn safe(address: &str) -> String {
    if is_safe_link(address) { address.to_owned() } else { String::new() }
}

/// Writes the blocks of an answer, without its end.
#[cfg(not(target_arch = "wasm32"))]
pub fn encode(blocks: &[Block], out: &mut Vec<u8>) {
    for block in blocks {
        match block {
            Block::Paragraph(inlines) => {
                out.push(PARAGRAPH);
                encode_inlines(inlines, out);
            }
            Block::Heading(level, inlines) => {
                out.extend([HEADING, b'0' + level.clamp(&2, &6)]);
                encode_inlines(inlines, out);
            }
            Block::List(steps, items) => {
                out.push(POINTS + u8::from(*steps));
                for item in items {
                    out.push(ITEM);
                    encode_item(item, out);
                }
                out.push(END);
            }
            Block::Callout(tone, inner) => {
                out.push(match tone {
                    Tone::Note => NOTE,
                    Tone::Tip => TIP,
                    Tone::Warning => WARNING,
                });
                encode(inner, out);
                out.push(END);
            }
            Block::Market(names, inner) => {
                out.push(MARKET);
                push_text(names, out);
                out.push(PART);
                encode(inner, out);
                out.push(END);
            }
            Block::Video { src, title } => {
                out.push(VIDEO);
                push_text(src, out);
                out.push(PART);
                push_text(&film_name(src, title), out);
            }
            Block::Code(text) => {
                out.push(CODE);
                push_text(text, out);
            }
            Block::Table(head, rows) => {
                out.push(TABLE);
                encode_cells(head, out);
                for row in rows {
                    out.push(ROW);
                    encode_cells(row, out);
                }
                out.push(END);
            }
            Block::Image { src, alt, size: (width, height) } => {
                out.push(IMAGE);
                push_text(src, out);
                if *width > 0 && *height > 0 {
                    push_text(&format!(" {width} {height}"), out);
                }
                out.push(PART);
                push_text(alt, out);
            }
        }
    }
}

/// An item: its first paragraph needs no mark.
#[cfg(not(target_arch = "wasm32"))]
fn encode_item(item: &[Block], out: &mut Vec<u8>) {
    match item.split_first() {
        Some((Block::Paragraph(first), rest)) => {
            encode_inlines(first, out);
            encode(rest, out);
        }
        _ => encode(item, out),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn encode_cells(cells: &[Vec<Inline>], out: &mut Vec<u8>) {
    for cell in cells {
        out.push(CELL);
        encode_inlines(cell, out);
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn encode_inlines(inlines: &[Inline], out: &mut Vec<u8>) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => push_text(text, out),
            Inline::Strong(inner) => enclosed(STRONG, inner, out),
            Inline::Emphasis(inner) => enclosed(EMPHASIS, inner, out),
            Inline::Code(text) => {
                out.push(INLINE_CODE);
                push_text(text, out);
                out.push(INLINE_END);
            }
            Inline::Link(address, inner) => {
                out.push(LINK);
                // The panel opens articles at their start.
                let place = address.strip_prefix(ARTICLE_LINK).and_then(|_| address.find('#'));
                push_text(place.and_then(|at| address.get(..at)).unwrap_or(address), out);
                enclosed(PART, inner, out);
            }
            Inline::Break => out.push(BREAK),
            Inline::Variable(name, otherwise) => {
                out.push(VARIABLE);
                push_text(name, out);
                out.push(PART);
                push_text(otherwise, out);
                out.push(INLINE_END);
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn enclosed(mark: u8, inner: &[Inline], out: &mut Vec<u8>) {
    out.push(mark);
    encode_inlines(inner, out);
    out.push(INLINE_END);
}

/// Text; a control character in it would be read as structure, so it becomes a space.
#[cfg(not(target_arch = "wasm32"))]
fn push_text(text: &str, out: &mut Vec<u8>) {
    out.extend(text.bytes().map(|byte| if is_mark(byte) { b' ' } else { byte }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::plain_blocks;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = String> {
        "[a-zé一-龥 .\\n]{1,12}"
    }

    /// Inlines as they come back: no two texts side by side, none empty.
    fn inlines() -> impl Strategy<Value = Vec<Inline>> {
        let leaf = prop_oneof![
            text().prop_map(Inline::Text),
            text().prop_map(Inline::Code),
            text().prop_map(|otherwise| Inline::Variable("product.name".to_owned(), otherwise)),
            Just(Inline::Break)
        ];
        let one = leaf.prop_recursive(2, 8, 3, |inner| {
            let some = || prop::collection::vec(inner.clone(), 1..3);
            prop_oneof![
                some().prop_map(|inner| Inline::Strong(merged(inner))),
                some().prop_map(|inner| Inline::Emphasis(merged(inner))),
                some().prop_map(|mut inner| {
                    inner.insert(0, Inline::Text("x".to_owned()));
                    Inline::Link("https://a.example/?b=1".to_owned(), merged(inner))
                }),
            ]
        });
        prop::collection::vec(one, 1..4).prop_map(merged)
    }

    fn merged(inlines: Vec<Inline>) -> Vec<Inline> {
        let mut out: Vec<Inline> = Vec::new();
        for inline in inlines {
            match (out.last_mut(), inline) {
                (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
                (_, inline) => out.push(inline),
            }
        }
        out
    }

    fn tone() -> impl Strategy<Value = Tone> {
        prop_oneof![Just(Tone::Note), Just(Tone::Tip), Just(Tone::Warning)]
    }

    fn blocks() -> impl Strategy<Value = Vec<Block>> {
        let cells = || prop::collection::vec(inlines(), 1..3);
        let leaf = prop_oneof![
            inlines().prop_map(Block::Paragraph),
            (2u8..=6, inlines()).prop_map(|(level, text)| Block::Heading(level, text)),
            text().prop_map(Block::Code),
            (cells(), prop::collection::vec(cells(), 0..3)).prop_map(|(head, rows)| Block::Table(head, rows)),
            (text(), 0u32..2).prop_map(|(alt, n)| Block::Image {
                src: "/a.png".to_owned(),
                alt,
                size: (n * 640, n * 480)
            }),
            text().prop_map(|title| Block::Video { src: "/a.mp4".to_owned(), title: format!("x{title}") }),
        ];
        let one = leaf.prop_recursive(3, 12, 3, |inner| {
            let some = prop::collection::vec(inner, 1..3);
            prop_oneof![
                (any::<bool>(), prop::collection::vec(some.clone(), 1..3))
                    .prop_map(|(steps, items)| Block::List(steps, items)),
                (tone(), some.clone()).prop_map(|(tone, inner)| Block::Callout(tone, inner)),
                some.prop_map(|inner| Block::Market("!uk ie".to_owned(), inner)),
            ]
        });
        prop::collection::vec(one, 0..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn answers_come_back(blocks in blocks()) {
            let mut bytes = Vec::new();
            encode(&blocks, &mut bytes);
            prop_assert!(!bytes.contains(&END_OF_ANSWER));
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&plain(&bytes)), words(&plain_blocks(&blocks)));
            prop_assert_eq!(decode(&bytes), Some(blocks));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(prop_oneof![0u8..0x20, any::<u8>()], 0..80)) {
            let _ = (decode(&bytes), plain(&bytes));
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_refused() {
        assert_eq!(
            decode(&[[POINTS, ITEM]; 5].concat().into_iter().chain([END; 5]).collect::<Vec<_>>()).map(|b| b.len()),
            Some(1)
        );
        assert_eq!(decode(&vec![NOTE; 10_000]), None);
        assert_eq!(decode(&vec![STRONG; 10_000]), None);
    }

    #[test]
    fn a_link_that_may_do_harm_is_none() {
        let sly =
            |address: &str| [&[PARAGRAPH, LINK][..], address.as_bytes(), &[PART], b"here", &[INLINE_END]].concat();
        let text = || vec![Inline::Text("here".to_owned())];
        assert_eq!(decode(&sly("javascript:x")), Some(vec![Block::Paragraph(vec![Inline::Emphasis(text())])]));
        assert_eq!(decode(&sly("/x")), Some(vec![Block::Paragraph(vec![Inline::Link("/x".to_owned(), text())])]));
    }
}
