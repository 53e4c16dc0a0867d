//! What the index holds, asked of the engine and read into plain types.
//!
//! Bytes cross from one wasm module to the other; both are built from the same decoders, and what
//! does not decode is as good as absent.

use crate::browser::host::Host;
use crate::context::Advice;
use crate::index::SectionKind;
use crate::index::flows::{self, Head};
use crate::index::stored::{self, StoredArticle, StoredCollection, Title};
use crate::search::Answer;

/// Most hits that are asked for.
pub const MAX_HITS: u32 = 8;

/// Titles and collections of the open index.
#[derive(Default)]
pub struct Library {
    /// By article number.
    pub titles: Vec<Title>,
    /// In the merchant's order; those without an article are left out.
    pub collections: Vec<StoredCollection>,
    /// Guided flows, those that most articles offer first.
    pub flows: Vec<Head>,
}

impl Library {
    /// Reads what the screens need to list.
    pub fn read(host: &Host) -> Self {
        let titles =
            host.part(SectionKind::Titles as u8).and_then(|bytes| stored::decode_titles(&bytes)).unwrap_or_default();
        let mut collections = host
            .part(SectionKind::Collections as u8)
            .and_then(|bytes| stored::decode_collections(&bytes))
            .unwrap_or_default();
        for one in &mut collections {
            one.articles.retain(|number| titles.get(*number as usize).is_some());
        }
        collections.retain(|one| !one.articles.is_empty());
        let offers = host.part(SectionKind::Flows as u8).and_then(|bytes| flows::decode_offers(&bytes));
        Self { titles, collections, flows: offers.unwrap_or_default().heads }
    }

    /// Title of an article.
    pub fn title(&self, number: u32) -> &str {
        self.titles.get(number as usize).map_or("", |title| title.title.as_str())
    }

    /// Id of an article.
    pub fn id(&self, number: u32) -> &str {
        self.titles.get(number as usize).map_or("", |title| title.id.as_str())
    }

    /// The collection of that id, by its place.
    pub fn collection(&self, id: &str) -> Option<usize> {
        self.collections.iter().position(|one| one.collection.id == id)
    }

    /// Further articles of an article's collection, those that follow it first.
    pub fn siblings(&self, number: u32, n: usize) -> Vec<u32> {
        let Some(all) = self.titles.get(number as usize).and_then(|title| self.collection(&title.collection)) else {
            return Vec::new();
        };
        let all = self.collections.get(all).map_or(&[][..], |one| one.articles.as_slice());
        let at = all.iter().position(|other| *other == number).unwrap_or(0);
        all.iter().cycle().skip(at + 1).take(all.len().saturating_sub(1).min(n)).copied().collect()
    }
}

/// The answer to a query.
pub fn search(host: &Host, query: &str) -> Option<Answer> {
    Answer::decode(&host.ask(query, MAX_HITS)?)
}

/// What may help on this page.
pub fn advice(host: &Host) -> Option<Advice> {
    Advice::decode(&host.advice()?)
}

/// An article with its answer.
pub fn article(host: &Host, number: u32) -> Option<StoredArticle> {
    stored::decode_article(&host.stored(number)?)
}
