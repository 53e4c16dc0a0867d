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

/// All postings lists.
pub struct Postings {
    articles: Vec<u32>,
    impacts: Vec<u8>,
    /// End of each term's postings.
    ends: Vec<u32>,
    n_articles: u32,
}

impl Postings {
    pub(super) fn read(bytes: &[u8], n_articles: usize) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let n_terms = reader.count()?;
        let mut ends = Vec::with_capacity(n_terms);
        let mut total = 0usize;
        for _ in 0..n_terms {
            total += reader.number()? as usize;
            if total > bytes.len() {
                return None;
            }
            ends.push(total as u32);
        }
        let mut articles = Vec::with_capacity(total);
        for &end in &ends {
            let mut next = 0u32;
            while articles.len() < end as usize {
                let article = next.checked_add(reader.number()?)?;
                if article as usize >= n_articles {
                    return None;
                }
                articles.push(article);
                next = article + 1;
            }
        }
        let impacts = reader.take(total)?.to_vec();
        let sound = reader.left() == 0 && impacts.iter().all(|impact| (1..=MAX_IMPACT).contains(impact));
        sound.then_some(Self { articles, impacts, ends, n_articles: n_articles as u32 })
    }

    /// How many terms there are.
    #[must_use]
    pub fn n_terms(&self) -> usize {
        self.ends.len()
    }

    fn range(&self, term: u32) -> core::ops::Range<usize> {
        let at = term as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        start as usize..self.ends.get(at).copied().unwrap_or(start) as usize
    }

    /// How many articles say the term.
    #[must_use]
    pub fn doc_freq(&self, term: u32) -> u32 {
        self.range(term).len() as u32
    }

    /// The articles that say the term, by number.
    pub fn list(&self, term: u32) -> impl Iterator<Item = Posting> + '_ {
        let range = self.range(term);
        let articles = self.articles.get(range.clone()).unwrap_or_default();
        let impacts = self.impacts.get(range).unwrap_or_default();
        articles.iter().zip(impacts).map(|(&article, &impact)| Posting { article, impact })
    }

    /// How rare a term is, in 1/16 of a doubling: 16 for half of all articles, 0 for nearly all.
    #[must_use]
    pub fn idf(&self, term: u32) -> u32 {
        let doc_freq = self.doc_freq(term);
        idf(self.n_articles, doc_freq)
    }
}

/// `16 log2(1 + (n - df + 0.5) / (df + 0.5))`, in whole numbers: no logarithm in the wasm.
#[must_use]
pub fn idf(n_articles: u32, doc_freq: u32) -> u32 {
    let ratio = ((u64::from(n_articles) * 2 + 2) << 16) / (u64::from(doc_freq) * 2 + 1);
    log2_16(ratio).saturating_sub(16 * 16)
}

/// `16 log2(n)`, the fraction by a straight line (at most 0.09 of a doubling off).
fn log2_16(n: u64) -> u32 {
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
