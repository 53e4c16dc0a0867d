//! Which articles say a term, and how well.
//!
//! | piece     | meaning                                                                             |
//! | --------- | ----------------------------------------------------------------------------------- |
//! | number    | how many impacts there are, at most [`LEVELS`]; each a byte, 1 to [`MAX_IMPACT`]: the BM25F share of a term in an article, rounded |
//! | number    | how many terms there are                                                            |
//! | per term  | number of articles (0 is allowed: a word of the language that no article says)       |
//! | per term  | per article: distance from the one before (the first from -1), less 1                |
//! | per term  | per article: a byte, the place of its impact in the list above                        |
//!
//! Impacts lie together behind all distances: bytes of a kind compress better side by side.

use super::codec::Reader;
use super::rows::Marks;

/// Highest impact: a term that fills every field.
pub const MAX_IMPACT: u8 = 15;

/// Most impacts that are told apart. Source: acekb, 1,109 articles: 15 take 10 KB more than 5 and rank
/// no better, 4 take 4 KB less and lose .01 MRR.
pub const LEVELS: usize = 5;

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
    /// The impacts that are told apart.
    levels: [u8; LEVELS],
    /// Where the places of impacts lie.
    impacts_left: u32,
    n_articles: u32,
}

impl Postings {
    pub(super) fn read(bytes: &[u8], n_articles: usize) -> Option<Self> {
        let mut counts = Reader::new(bytes);
        let n_levels = counts.count()?;
        let mut levels = [0; LEVELS];
        for level in levels.get_mut(..n_levels)? {
            *level = counts.byte().filter(|level| (1..=MAX_IMPACT).contains(level))?;
        }
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
        let sound = lists.left() == 0 && impacts.iter().all(|&level| usize::from(level) < n_levels);
        sound.then_some(Self { terms, levels, impacts_left, n_articles: n_articles as u32 })
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
                let impact = *self.levels.get(usize::from(impacts.byte()?))?;
                out.push(Posting { article, impact });
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

#[cfg(not(target_arch = "wasm32"))]
pub(super) use build::encode;

#[cfg(not(target_arch = "wasm32"))]
mod build {
    use super::{LEVELS, MAX_IMPACT, Posting};
    use crate::index::codec::Writer;

    const IMPACTS: usize = MAX_IMPACT as usize + 1;

    /// Writes the postings of all terms.
    pub fn encode(terms: &[Vec<Posting>], out: &mut Writer) {
        let levels = levels(terms);
        out.number(levels.len() as u32);
        out.0.extend(&levels);
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
        for posting in terms.iter().flatten() {
            let rounded_up = |level: u8| 2 * level.abs_diff(posting.impact) + u8::from(level < posting.impact);
            let nearest = (0u8..).zip(&levels).min_by_key(|(_, level)| rounded_up(**level));
            out.byte(nearest.map_or(0, |(at, _)| at));
        }
    }

    /// The impacts that stand best for all there are: least squares, each impact counted by the root
    /// of how often it is met, since the rare high ones decide who is first.
    fn levels(terms: &[Vec<Posting>]) -> Vec<u8> {
        let mut met = [0.0f64; IMPACTS];
        for posting in terms.iter().flatten() {
            if let Some(met) = met.get_mut(usize::from(posting.impact)) {
                *met += 1.0;
            }
        }
        let counted: Vec<(u8, f64)> = (0u8..).zip(met.map(f64::sqrt)).filter(|(_, met)| *met > 0.0).collect();
        if counted.len() <= LEVELS {
            return counted.iter().map(|(impact, _)| *impact).collect();
        }
        // The best level for a run of impacts, and its squared errors.
        let cost = |run: &[(u8, f64)]| {
            let errors = |level: u8| {
                let error = |(impact, met): &(u8, f64)| met * f64::from(impact.abs_diff(level)).powi(2);
                (run.iter().map(error).sum::<f64>(), level)
            };
            (1..=MAX_IMPACT).map(errors).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or_default()
        };
        // Best levels of the first so many impacts, one level more in each round.
        let mut best: Vec<(f64, Vec<u8>)> = (0..=counted.len())
            .map(|end| {
                let (error, level) = cost(counted.get(..end).unwrap_or_default());
                (error, vec![level])
            })
            .collect();
        for _ in 1..LEVELS {
            best = (0..=counted.len())
                .map(|end| {
                    let split = |start: usize| {
                        let (error, level) = cost(counted.get(start..end).unwrap_or_default());
                        let (before, levels) = best.get(start)?;
                        Some((before + error, [levels.as_slice(), &[level]].concat()))
                    };
                    (0..end).filter_map(split).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or_default()
                })
                .collect();
        }
        best.pop().map(|(_, levels)| levels).unwrap_or_default()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn of(impacts: &[(u8, usize)]) -> Vec<Vec<Posting>> {
            impacts.iter().map(|&(impact, n)| vec![Posting { article: 0, impact }; n]).collect()
        }

        #[test]
        fn few_impacts_are_kept_as_they_are() {
            assert_eq!(levels(&of(&[(3, 5), (15, 1)])), [3, 15]);
            assert_eq!(levels(&of(&[])), [0u8; 0]);
        }

        #[test]
        fn many_impacts_are_told_apart_where_they_crowd() {
            assert_eq!(
                levels(&of(&[(1, 1), (2, 9), (5, 900), (8, 900), (11, 900), (14, 900), (15, 4)])),
                [2, 5, 8, 11, 14]
            );
        }
    }
}
