//! Canned answers: the shop's own articles, found by the same search that shoppers use.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};

use super::App;
use super::refuse::Refuse;
use super::session::SignedIn;
use crate::article::{Block, Inline, is_safe_link, plain_inlines};
use crate::chat::protocol::MAX_TEXT_BYTES;
use crate::index::Index;
use crate::index::stored::{StoredArticle, decode_article};
use crate::search::search;

/// Most articles in one answer.
const MAX_ARTICLES: usize = 6;

/// Most articles for agents only among them.
const MAX_INTERNAL: usize = 3;

/// Language that is searched when there is no index in the shopper's.
const OTHERWISE: &str = "en";

/// The indexes beside the widget's files, opened when first asked for.
pub struct Articles {
    folder: PathBuf,
    open: Mutex<HashMap<String, Opened>>,
}

/// An index, and when its file was written.
struct Opened {
    modified: Option<SystemTime>,
    index: Arc<Index>,
}

impl Articles {
    /// Looks for `<language>.hnx` in that folder, then in those in it.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Articles { folder: folder.to_owned(), open: Mutex::default() }
    }

    /// The index of a language; of its first part (`pt` for `pt-br`) or the fallback when there is none.
    fn index(&self, lang: &str) -> Option<Arc<Index>> {
        let lang = lang.to_ascii_lowercase();
        let short = lang.split('-').next().unwrap_or_default();
        [&lang, short, OTHERWISE].into_iter().find_map(|lang| self.load(lang))
    }

    fn load(&self, lang: &str) -> Option<Arc<Index>> {
        if lang.is_empty() || !lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return None;
        }
        let path = self.path(&format!("{lang}.hnx"))?;
        let modified = std::fs::metadata(&path).ok()?.modified().ok();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = open.get(lang).filter(|known| known.modified == modified) {
            return Some(Arc::clone(&known.index));
        }
        let mut index = Index::open(std::fs::read(&path).ok()?).ok()?;
        index.supply_all(&|name| std::fs::read(path.with_file_name(name)).ok());
        let index = Arc::new(index);
        open.insert(lang.to_owned(), Opened { modified, index: Arc::clone(&index) });
        Some(index)
    }

    /// The file of that name in the folder, or in a folder in it.
    fn path(&self, name: &str) -> Option<PathBuf> {
        let here = self.folder.join(name);
        if here.is_file() {
            return Some(here);
        }
        let below = std::fs::read_dir(&self.folder).ok()?.flatten().map(|entry| entry.path().join(name));
        below.filter(|path| path.is_file()).min()
    }

    /// How surely something here answers, 0 to 255, and the articles found.
    fn find(&self, lang: &str, query: &str, most: usize, internal: bool) -> (u8, Vec<Canned>) {
        let Some(index) = self.index(lang) else { return (0, Vec::new()) };
        let answer = search(&index, query, most);
        let found = answer.hits.iter().filter_map(|hit| decode_article(&index.article_bytes(hit.article)?));
        (answer.answerable, found.map(|article| Canned::of(article, internal)).collect())
    }
}

/// What to look for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    q: String,
}

/// An article as an answer to send.
#[derive(Debug, Serialize)]
pub struct Canned {
    id: String,
    title: String,
    text: String,
    /// For agents only: read, and never put into an answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    internal: bool,
}

impl Canned {
    fn of(article: StoredArticle, internal: bool) -> Self {
        let mut text = plain_text(&article.blocks);
        if text.len() > MAX_TEXT_BYTES {
            text.truncate((0..=MAX_TEXT_BYTES).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0));
        }
        Canned { id: article.id, title: article.title, text, internal }
    }
}

/// `GET /agent/api/articles`
pub async fn find(
    State(app): State<App>,
    _: SignedIn,
    Query(Asked { lang, q }): Query<Asked>,
) -> Result<Json<Vec<Canned>>, Refuse> {
    let task = tokio::task::spawn_blocking(move || {
        let (sure, mut found) = app.articles.find(&lang, &q, MAX_ARTICLES, false);
        if let Some(internal) = &app.internal {
            let (as_sure, mut own) = internal.find(&lang, &q, MAX_INTERNAL, true);
            // Scores of two indexes do not compare; how surely each answers does.
            let place = if as_sure >= sure { 0 } else { found.len().min(MAX_INTERNAL) };
            found.truncate(MAX_ARTICLES - own.len());
            found.splice(place.min(found.len())..place.min(found.len()), own.drain(..));
        }
        found
    });
    task.await.map(Json).map_err(|_| Refuse::Unavailable)
}

/// An answer as a message has it: paragraphs apart, lists by lines, addresses written out.
fn plain_text(blocks: &[Block]) -> String {
    let pieces: Vec<String> = blocks.iter().map(piece).filter(|piece| !piece.is_empty()).collect();
    pieces.join("\n\n")
}

fn piece(block: &Block) -> String {
    match block {
        Block::Paragraph(text) | Block::Heading(_, text) => running(text),
        Block::List(is_ordered, items) => {
            let line = |(n, item): (usize, &Vec<Block>)| {
                let mark = if *is_ordered { format!("{n}.") } else { "–".to_owned() };
                format!("{mark} {}", plain_text(item).replace("\n\n", "\n"))
            };
            (1..).zip(items).map(line).collect::<Vec<_>>().join("\n")
        }
        Block::Callout(_, inner) | Block::Market(_, inner) => plain_text(inner),
        Block::Code(text) => text.clone(),
        Block::Table(head, rows) => {
            let row = |cells: &Vec<Vec<Inline>>| cells.iter().map(|cell| running(cell)).collect::<Vec<_>>().join(" · ");
            std::iter::once(head).chain(rows).map(row).collect::<Vec<_>>().join("\n")
        }
        Block::Image { .. } => String::new(),
        Block::Video { src, title } => format!("{title} ({src})"),
    }
}

fn running(inlines: &[Inline]) -> String {
    let written = |inline: &Inline| match inline {
        Inline::Break => "\n".to_owned(),
        Inline::Link(address, inner) if address.starts_with("http") && is_safe_link(address) => {
            format!("{} ({address})", plain_inlines(inner))
        }
        Inline::Strong(inner) | Inline::Emphasis(inner) => running(inner),
        other => plain_inlines(std::slice::from_ref(other)),
    };
    inlines.iter().map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_lines() {
        let text = |text: &str| vec![Inline::Text(text.to_owned())];
        let blocks = [
            Block::Paragraph(text("Send it back.")),
            Block::List(true, vec![vec![Block::Paragraph(text("Pack it"))], vec![Block::Paragraph(text("Post it"))]]),
            Block::Paragraph(vec![Inline::Link("https://a.example/label".to_owned(), text("The label"))]),
            Block::Paragraph(vec![Inline::Link("article:returns".to_owned(), text("Returns"))]),
        ];
        let expected = "Send it back.\n\n1. Pack it\n2. Post it\n\nThe label (https://a.example/label)\n\nReturns";
        assert_eq!(plain_text(&blocks), expected);
    }
}
