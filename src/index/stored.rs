//! What is shown: articles, collections and interface texts, as bytes and back.
//!
//! | record     | pieces                                                                        |
//! | ---------- | ----------------------------------------------------------------------------- |
//! | article    | text id, text title, text collection id, text updated, then its answer (see [`super::blocks`]) |
//! | collection | text id, text title, text summary, text icon, number of articles, number each  |

use super::blocks;
use super::codec::Reader;
pub use super::titles::{Title, decode as decode_titles};
use crate::article::{Block, Collection};

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
        blocks: blocks::decode(reader.rest())?,
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
