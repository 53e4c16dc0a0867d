//! A query and an index in, ranked hits out: pure, bounded, the same code natively and in the browser.

mod answer;
mod fuzzy;
mod query;
mod score;
mod snippet;
mod title;

pub use answer::{Answer, Hit};
pub use fuzzy::{Fuel, Near, Nearby, near};
pub use query::{Candidate, Slot, understand};

use crate::index::Index;

/// Most bytes of a query that are read; the rest of a pasted page says nothing more.
pub const MAX_QUERY_BYTES: usize = 1024;

/// Most tokens of a query that are looked up.
pub const MAX_QUERY_TOKENS: usize = 32;

/// Most hits of an answer.
pub const MAX_HITS: usize = 50;

/// Steps through the dictionary that one query may take, about 10 ns each natively.
/// 50,000 end in a few milliseconds on a slow phone, and no honest query of the judged sets needs
/// more than a third; a crafted index that spells 2^60 words is cut here.
pub const MAX_STEPS: u32 = 50_000;

/// Finds the articles that answer a query, best first, at most `limit`.
#[must_use]
pub fn search(index: &Index, query: &str, limit: usize) -> Answer {
    let mut fuel = Fuel(MAX_STEPS);
    let slots = understand(index, query, &mut fuel);
    let ranking = score::rank(index, &slots, limit.min(MAX_HITS));
    let mut terms = snippet::Terms::of(index, &slots);
    let hits = ranking
        .hits
        .iter()
        .map(|&(article, score)| {
            let title = index.title(article).unwrap_or_default();
            let (text, ranges) = snippet::passage(index, article, &mut terms);
            Hit { article, score, title_ranges: terms.ranges(title), snippet: text, snippet_ranges: ranges }
        })
        .collect();
    Answer { answerable: ranking.answerable, hits }
}

/// As [`search`], without highlights: for ranking alone.
#[must_use]
pub fn rank(index: &Index, query: &str, limit: usize) -> (u8, Vec<(u32, u16)>) {
    let mut fuel = Fuel(MAX_STEPS);
    let slots = understand(index, query, &mut fuel);
    let ranking = score::rank(index, &slots, limit);
    (ranking.answerable, ranking.hits)
}
