//! Which articles say a term, and how well.
//!
//! | piece     | meaning                                                                             |
//! | --------- | ----------------------------------------------------------------------------------- |
//! | number    | how many terms there are                                                            |
//! | per term  | number of articles (0 is allowed: a word of the language that no article says)       |
//! | per term  | per article: distance from the one before (the first from -1), less 1                |
//! | per term  | per article: byte impact, 1 to [`MAX_IMPACT`]: the BM25F share of the term in it     |
//!
//! Impacts lie together behind all distances: bytes of a kind compress better side by side.

use super::codec::Reader;
use super::rows::Marks;

/// Highest impact: a term that fills every field.
pub const MAX_IMPACT: u8 = 15;

/// An article that says a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Number of the article.
    pub article: u32,
    /// How well it says the term, 1 to [`MAX_IMPACT`].
    pub impact: u8,
}

/// What must be known to read on from a term.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Bytes left at its number of articles.
    count_left: u32,
    /// Bytes left at its distances.
    list_left: u32,
    /// Postings of all terms before.
    postings: u32,
}

/// All postings lists.
pub struct Postings {
    terms: Marks<Mark>,
    /// Where the impacts lie.
    impacts_left: u32,
    n_articles: u32,
}

impl Postings {
    pub(super) fn read(bytes: &[u8], n_articles: usize) -> Option<Self> {
        let mut counts = Reader::new(bytes);
        let n_terms = counts.count()?;
        let mut lists = counts;
        let mut total = 0u32;
        for _ in 0..n_terms {
            total = total.checked_add(lists.number()?)?;
        }
        let mut terms = Marks::new();
        let mut postings = 0;
        for _ in 0..n_terms {
            terms.push(Mark { count_left: counts.left() as u32, list_left: lists.left() as u32, postings });
            let count = counts.number()?;
            let mut next = 0u32;
            for _ in 0..count {
                let article = next.checked_add(lists.number()?)?;
                if article as usize >= n_articles {
                    return None;
                }
                next = article + 1;
            }
            postings += count;
        }
        let impacts_left = lists.left() as u32;
        let impacts = lists.take(total as usize)?;
        let sound = lists.left() == 0 && impacts.iter().all(|impact| (1..=MAX_IMPACT).contains(impact));
        sound.then_some(Self { terms, impacts_left, n_articles: n_articles as u32 })
    }

    /// How many terms there are.
    pub(super) fn n_terms(&self) -> usize {
        self.terms.len
    }

    /// The articles that say a term, by number; `bytes` are those of the section.
    pub(super) fn list(&self, bytes: &[u8], term: u32, out: &mut Vec<Posting>) {
        let read = || {
            let (mark, skip) = self.terms.before(term)?;
            let mut counts = from(bytes, mark.count_left)?;
            let mut articles = from(bytes, mark.list_left)?;
            let mut before = 0;
            for _ in 0..skip {
                before += counts.number()?;
            }
            for _ in 0..before {
                articles.number()?;
            }
            let mut impacts = from(bytes, self.impacts_left)?;
            impacts.take((mark.postings + before) as usize)?;
            let mut next = 0;
            for _ in 0..counts.number()? {
                let article = articles.number()? + next;
                out.push(Posting { article, impact: impacts.byte()? });
                next = article + 1;
            }
            Some(())
        };
        let _ = { read }();
    }

    /// How many articles say a term.
    pub(super) fn doc_freq(&self, bytes: &[u8], term: u32) -> u32 {
        let read = || {
            let (mark, skip) = self.terms.before(term)?;
            let mut counts = from(bytes, mark.count_left)?;
            for _ in 0..skip {
                counts.number()?;
            }
            counts.number()
        };
        read().unwrap_or(0)
    }

    /// How rare a term is, in 1/16 of a doubling: 16 for half of all articles, 0 for nearly all.
    pub(super) fn idf(&self, bytes: &[u8], term: u32) -> u32 {
        idf(self.n_articles, self.doc_freq(bytes, term))
    }
}

fn from(bytes: &[u8], left: u32) -> Option<Reader<'_>> {
    bytes.get(bytes.len().checked_sub(left as usize)?..).map(Reader::new)
}

/// `16 log2(1 + (n - df + 0.5) / (df + 0.5))`, in whole numbers: no logarithm in the wasm.
#[must_use]
pub fn idf(n_articles: u32, doc_freq: u32) -> u32 {
    let ratio = ((u64::from(n_articles) * 2 + 2) << 16) / (u64::from(doc_freq) * 2 + 1);
    log2_16(ratio).saturating_sub(16 * 16)
}

/// `16 log2(n)`, the fraction by a straight line (at most 0.09 of a doubling off).
pub fn log2_16(n: u64) -> u32 {
    let whole = n.max(1).ilog2();
    let fraction = if whole >= 4 { (n >> (whole - 4)) & 15 } else { (n << (4 - whole)) & 15 };
    whole * 16 + fraction as u32
}

/// Writes the postings of all terms.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn encode(terms: &[Vec<Posting>], out: &mut super::codec::Writer) {
    out.number(terms.len() as u32);
    for list in terms {
        out.number(list.len() as u32);
    }
    for list in terms {
        let mut next = 0;
        for posting in list {
            out.number(posting.article - next);
            next = posting.article + 1;
        }
    }
    for list in terms {
        for posting in list {
            out.byte(posting.impact);
        }
    }
}
