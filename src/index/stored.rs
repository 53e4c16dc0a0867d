//! What is shown: titles, answers as blocks, collections and interface texts, as bytes and back.
//!
//! | record     | pieces                                                                        |
//! | ---------- | ----------------------------------------------------------------------------- |
//! | article    | text id, text title, text collection id, text updated, blocks                  |
//! | blocks     | number of them, then each: byte kind, its parts                                |
//! | block      | 0 paragraph: inlines · 1 heading: byte level, inlines · 2 points, 3 steps: number of items, blocks each · 4 callout: blocks · 5 code: text · 6 table: number of head cells, inlines each, number of rows, per row number of cells, inlines each · 7 image: text src, text alt · 12 the same, then number width, number height · 8 tip, 9 warning: blocks · 10 video: text src, text title · 11 market: text names, blocks |
//! | inlines    | number of them, then each: byte kind, its parts                                |
//! | inline     | 0 text · 1 strong, 2 emphasis: inlines · 3 code: text · 4 link: text address, inlines · 5 break · 6 variable: text name, text otherwise |
//! | collection | text id, text title, text summary, text icon, number of articles, number each  |

use super::codec::Reader;
#[cfg(not(target_arch = "wasm32"))]
use super::codec::Writer;
use crate::article::{Block, Collection, Inline, Tone, is_safe_link};

/// Deepest nesting of blocks and inlines that is read; deeper bytes are damaged.
pub const MAX_DEPTH: usize = 16;

/// An article as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredArticle {
    /// Stable name.
    pub id: String,
    /// The question.
    pub title: String,
    /// Id of its collection; may be empty.
    pub collection: String,
    /// Date of the last change, `YYYY-MM-DD`; may be empty.
    pub updated: String,
    /// The answer.
    pub blocks: Vec<Block>,
}

impl StoredArticle {
    /// The answer in short: its first paragraph.
    #[must_use]
    pub fn summary(&self) -> String {
        summary(&self.blocks)
    }
}

/// The answer in short: the first paragraph's text, or the first text there is.
#[must_use]
pub fn summary(blocks: &[Block]) -> String {
    let first = blocks.iter().position(|block| matches!(block, Block::Paragraph(_))).unwrap_or(0);
    crate::article::plain_blocks(blocks.get(first..).unwrap_or_default().get(..1).unwrap_or_default())
}

/// A collection and the numbers of its articles, in the order to show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredCollection {
    /// Name, title, summary, icon.
    pub collection: Collection,
    /// Its articles.
    pub articles: Vec<u32>,
}

/// Reads what `Index::article_bytes` gave.
#[must_use]
pub fn decode_article(bytes: &[u8]) -> Option<StoredArticle> {
    let mut reader = Reader::new(bytes);
    Some(StoredArticle {
        id: reader.text()?.to_owned(),
        title: reader.text()?.to_owned(),
        collection: reader.text()?.to_owned(),
        updated: reader.text()?.to_owned(),
        blocks: blocks(&mut reader, MAX_DEPTH)?,
    })
}

/// Reads the section of interface texts; their order is that of `strings::KEYS`.
#[must_use]
pub fn decode_strings(bytes: &[u8]) -> Option<Vec<String>> {
    let mut reader = Reader::new(bytes);
    (0..reader.count()?).map(|_| reader.text().map(str::to_owned)).collect()
}

/// Reads the section of collections.
#[must_use]
pub fn decode_collections(bytes: &[u8]) -> Option<Vec<StoredCollection>> {
    let mut reader = Reader::new(bytes);
    let mut out = Vec::new();
    for _ in 0..reader.count()? {
        let collection = Collection {
            id: reader.text()?.to_owned(),
            title: reader.text()?.to_owned(),
            summary: reader.text()?.to_owned(),
            icon: reader.text()?.to_owned(),
        };
        let articles = (0..reader.count()?).map(|_| reader.number()).collect::<Option<_>>()?;
        out.push(StoredCollection { collection, articles });
    }
    Some(out)
}

/// One row of the section of titles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title {
    /// Stable name of the article.
    pub id: String,
    /// The question.
    pub title: String,
    /// Id of its collection; may be empty.
    pub collection: String,
    /// Date of the last change; may be empty.
    pub updated: String,
}

/// Reads the section of titles; the place in the list is the article's number.
#[must_use]
pub fn decode_titles(bytes: &[u8]) -> Option<Vec<Title>> {
    let mut reader = Reader::new(bytes);
    (0..reader.count()?).map(|_| title(&mut reader)).collect()
}

pub(super) fn title(reader: &mut Reader<'_>) -> Option<Title> {
    Some(Title {
        id: reader.text()?.to_owned(),
        title: reader.text()?.to_owned(),
        collection: reader.text()?.to_owned(),
        updated: reader.text()?.to_owned(),
    })
}

/// Reads blocks.
#[must_use]
pub fn decode_blocks(bytes: &[u8]) -> Option<Vec<Block>> {
    blocks(&mut Reader::new(bytes), MAX_DEPTH)
}

fn blocks(reader: &mut Reader<'_>, depth: usize) -> Option<Vec<Block>> {
    let depth = depth.checked_sub(1)?;
    let mut out = Vec::new();
    for _ in 0..reader.count()? {
        out.push(match reader.byte()? {
            0 => Block::Paragraph(inlines(reader, depth)?),
            1 => Block::Heading(reader.byte()?.clamp(2, 6), inlines(reader, depth)?),
            kind @ (2 | 3) => {
                let mut items = Vec::new();
                for _ in 0..reader.count()? {
                    items.push(blocks(reader, depth)?);
                }
                Block::List(kind == 3, items)
            }
            4 => Block::Callout(Tone::Note, blocks(reader, depth)?),
            8 => Block::Callout(Tone::Tip, blocks(reader, depth)?),
            9 => Block::Callout(Tone::Warning, blocks(reader, depth)?),
            5 => Block::Code(reader.text()?.to_owned()),
            6 => {
                let head = cells(reader, depth)?;
                let mut rows = Vec::new();
                for _ in 0..reader.count()? {
                    rows.push(cells(reader, depth)?);
                }
                Block::Table(head, rows)
            }
            kind @ (7 | 12) => {
                let (src, alt) = (safe(reader.text()?), reader.text()?.to_owned());
                let size = if kind == 12 { (reader.number()?, reader.number()?) } else { (0, 0) };
                Block::Image { src, alt, size }
            }
            10 => Block::Video { src: safe(reader.text()?), title: reader.text()?.to_owned() },
            11 => Block::Market(reader.text()?.to_owned(), blocks(reader, depth)?),
            _ => return None,
        });
    }
    Some(out)
}

/// The builder dropped unsafe addresses already; a file made by somebody else did not.
fn safe(address: &str) -> String {
    if is_safe_link(address) { address.to_owned() } else { String::new() }
}

fn cells(reader: &mut Reader<'_>, depth: usize) -> Option<Vec<Vec<Inline>>> {
    let mut out = Vec::new();
    for _ in 0..reader.count()? {
        out.push(inlines(reader, depth)?);
    }
    Some(out)
}

fn inlines(reader: &mut Reader<'_>, depth: usize) -> Option<Vec<Inline>> {
    let depth = depth.checked_sub(1)?;
    let mut out = Vec::new();
    for _ in 0..reader.count()? {
        out.push(match reader.byte()? {
            0 => Inline::Text(reader.text()?.to_owned()),
            1 => Inline::Strong(inlines(reader, depth)?),
            2 => Inline::Emphasis(inlines(reader, depth)?),
            3 => Inline::Code(reader.text()?.to_owned()),
            4 => {
                let address = reader.text()?;
                let inner = inlines(reader, depth)?;
                if is_safe_link(address) { Inline::Link(address.to_owned(), inner) } else { Inline::Emphasis(inner) }
            }
            5 => Inline::Break,
            6 => Inline::Variable(reader.text()?.to_owned(), reader.text()?.to_owned()),
            _ => return None,
        });
    }
    Some(out)
}

/// Writes blocks.
#[cfg(not(target_arch = "wasm32"))]
pub fn encode_blocks(blocks: &[Block], out: &mut Writer) {
    number(blocks.len(), out);
    for block in blocks {
        match block {
            Block::Paragraph(text) => {
                out.byte(0);
                encode_inlines(text, out);
            }
            Block::Heading(level, text) => {
                out.byte(1);
                out.byte(*level);
                encode_inlines(text, out);
            }
            Block::List(steps, items) => {
                out.byte(2 + u8::from(*steps));
                number(items.len(), out);
                items.iter().for_each(|item| encode_blocks(item, out));
            }
            Block::Callout(tone, inner) => {
                out.byte(match tone {
                    Tone::Note => 4,
                    Tone::Tip => 8,
                    Tone::Warning => 9,
                });
                encode_blocks(inner, out);
            }
            Block::Code(text) => {
                out.byte(5);
                out.text(text);
            }
            Block::Table(head, rows) => {
                out.byte(6);
                encode_cells(head, out);
                number(rows.len(), out);
                rows.iter().for_each(|row| encode_cells(row, out));
            }
            Block::Image { src, alt, size: (width, height) } => {
                let sized = *width > 0 && *height > 0;
                out.byte(if sized { 12 } else { 7 });
                out.text(src);
                out.text(alt);
                if sized {
                    out.number(*width);
                    out.number(*height);
                }
            }
            Block::Video { src, title } => {
                out.byte(10);
                out.text(src);
                out.text(title);
            }
            Block::Market(names, inner) => {
                out.byte(11);
                out.text(names);
                encode_blocks(inner, out);
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn encode_cells(cells: &[Vec<Inline>], out: &mut Writer) {
    number(cells.len(), out);
    cells.iter().for_each(|cell| encode_inlines(cell, out));
}

#[cfg(not(target_arch = "wasm32"))]
fn encode_inlines(inlines: &[Inline], out: &mut Writer) {
    number(inlines.len(), out);
    for inline in inlines {
        match inline {
            Inline::Text(text) => {
                out.byte(0);
                out.text(text);
            }
            Inline::Strong(inner) => {
                out.byte(1);
                encode_inlines(inner, out);
            }
            Inline::Emphasis(inner) => {
                out.byte(2);
                encode_inlines(inner, out);
            }
            Inline::Code(text) => {
                out.byte(3);
                out.text(text);
            }
            Inline::Link(address, inner) => {
                out.byte(4);
                out.text(address);
                encode_inlines(inner, out);
            }
            Inline::Break => out.byte(5),
            Inline::Variable(name, otherwise) => {
                out.byte(6);
                out.text(name);
                out.text(otherwise);
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn number(n: usize, out: &mut Writer) {
    out.number(u32::try_from(n).unwrap_or(u32::MAX));
}
