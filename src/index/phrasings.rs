//! Other ways in which an article is asked for: its author's phrasings, and the headings within its
//! answer. A query that says one of them whole is met as if it had said the title.
//!
//! | piece       | meaning                                                                        |
//! | ----------- | ------------------------------------------------------------------------------ |
//! | per article | number n of ways, then each: number 2 × length + (1 for the author's own), then that many numbers of terms |

use super::codec::Reader;
use super::forms::{FULL, Form};
use super::rows::Marks;

/// Most words of a way, without those that say little.
pub const MAX_WORDS: usize = 8;

/// Where each article's ways are found.
pub struct Phrasings(Marks<u32>);

impl Phrasings {
    pub(super) fn read(bytes: &[u8], n_articles: usize, n_terms: usize) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let mut marks = Marks::new();
        for _ in 0..n_articles {
            marks.push(reader.left() as u32);
            row(&mut reader, &mut |_, way| way.iter().all(|form| (form.term as usize) < n_terms).then_some(()))?;
        }
        (reader.left() == 0).then_some(Self(marks))
    }

    /// Hands over each way of an article: whether it is the author's own, and its words.
    pub(super) fn of(&self, bytes: &[u8], article: u32, out: &mut dyn FnMut(bool, &[Form])) {
        let read = || {
            let (left, skip) = self.0.before(article)?;
            let mut reader = Reader::new(bytes.get(bytes.len().checked_sub(left as usize)?..)?);
            for _ in 0..skip {
                row(&mut reader, &mut |_, _| Some(()))?;
            }
            row(&mut reader, &mut |own, way| {
                out(own, way);
                Some(())
            })
        };
        let _ = { read }();
    }
}

fn row(reader: &mut Reader<'_>, out: &mut dyn FnMut(bool, &[Form]) -> Option<()>) -> Option<()> {
    for _ in 0..reader.count()? {
        let head = reader.number()?;
        let mut words = [Form { term: 0, weight: FULL }; MAX_WORDS];
        let words = words.get_mut(..head as usize / 2)?;
        for word in words.iter_mut() {
            word.term = reader.number()?;
        }
        out(head % 2 == 1, words)?;
    }
    Some(())
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) use build::{Ways, encode};

#[cfg(not(target_arch = "wasm32"))]
mod build {
    use std::collections::BTreeMap;

    use super::MAX_WORDS;
    use crate::article::{Article, Block, plain_blocks};
    use crate::index::codec::Writer;
    use crate::index::linguistics::Language;
    use crate::text;

    /// Most words of all headings that are kept, over all articles: a heading with a rare word is left
    /// out first, since that word alone leads to its article.
    /// Source: acekb, 1,109 articles with 2,900 headings; 6,000 keep nine tenths of the gain.
    const HEADING_WORDS: usize = 6_000;

    /// In how many articles a heading may stand; what more of them say is form, not content.
    const MAX_REPEATED: usize = 3;

    /// Shortest way worth keeping; one word is known from the article's words.
    const MIN_WORDS: usize = 2;

    /// Of each article its ways: whether the author's own, and the terms.
    pub struct Ways(pub Vec<Vec<(bool, Vec<String>)>>);

    impl Ways {
        /// Reads all articles; `rarity` of a term in 1/16 of a doubling.
        pub fn collect(language: &Language, articles: &[Article], rarity: &dyn Fn(&str) -> u32) -> Self {
            let mut ways: Vec<Vec<(bool, Vec<String>)>> = Vec::new();
            let mut headings: Vec<(u32, usize, Vec<String>)> = Vec::new();
            let mut repeated: BTreeMap<Vec<String>, usize> = BTreeMap::new();
            for (i, article) in articles.iter().enumerate() {
                let title = words(language, &article.title);
                let says_more =
                    |way: &Vec<String>| way.len() >= MIN_WORDS && !way.iter().all(|word| title.contains(word));
                let mut own: Vec<Vec<String>> = article.phrasings.iter().map(|text| words(language, text)).collect();
                own.retain(says_more);
                let mut heads: Vec<Vec<String>> =
                    heads(&article.blocks).iter().map(|text| words(language, text)).collect();
                heads.retain(|way| says_more(way) && !own.contains(way));
                heads.sort();
                heads.dedup();
                for way in heads {
                    *repeated.entry(way.clone()).or_default() += 1;
                    let rarest = way.iter().map(|word| rarity(word)).max().unwrap_or_default();
                    headings.push((rarest, i, way));
                }
                ways.push(own.into_iter().map(|way| (true, way)).collect());
            }
            headings.sort();
            let mut left = HEADING_WORDS;
            for (_, article, way) in headings {
                if repeated.get(&way).is_some_and(|&n| n > MAX_REPEATED) {
                    continue;
                }
                let Some(rest) = left.checked_sub(way.len()) else { break };
                left = rest;
                if let Some(ways) = ways.get_mut(article) {
                    ways.push((false, way));
                }
            }
            Self(ways)
        }
    }

    /// The terms of a text, without words that say little.
    fn words(language: &Language, text: &str) -> Vec<String> {
        let tokens = text::analyze(text, MAX_WORDS * 2);
        let telling = tokens.iter().filter(|token| language.weight(&token.text) == super::FULL);
        let terms = telling.map(|token| language.term(text.get(token.start..token.end).unwrap_or_default()));
        terms.filter(|term| !term.is_empty()).take(MAX_WORDS).collect()
    }

    /// The headings of an answer.
    fn heads(blocks: &[Block]) -> Vec<String> {
        let heads = blocks.iter().filter(|block| matches!(block, Block::Heading(..)));
        heads.map(|head| plain_blocks(core::slice::from_ref(head))).collect()
    }

    /// Writes the ways of all articles.
    pub fn encode(ways: &[Vec<(bool, Vec<u32>)>], out: &mut Writer) {
        for ways in ways {
            out.number(ways.len() as u32);
            for (own, terms) in ways {
                out.number(terms.len() as u32 * 2 + u32::from(*own));
                terms.iter().for_each(|&term| out.number(term));
            }
        }
    }
}
