//! How nearly a query is what an article is asked by: its title, its author's other phrasings, the
//! headings in its answer.

use crate::index::{Form, Index};
use crate::search::query::Slot;
use crate::search::score::{IDF_FLOOR, slot_weight};

/// What a title wins whose every word was asked for, in 1/256 of the score: titles are questions,
/// and the one that says no more than was asked is the one that was meant. Together with [`WHOLE`]
/// the largest single gain of the ranking: +.03 MRR on ../shared/data.
const TITLE: u64 = 200;

/// What a title wins that says every word asked for and no other, in 1/256 of the score. Kept apart
/// from [`TITLE`] for long articles with a title in other words, which a half-fitting title must not
/// beat: +.03 MRR on ../shared/bench-data beside one bonus for both.
const WHOLE: u64 = 600;

/// What a title wins per pair of neighbouring words that were neighbours in the query, in 1/256 of the
/// score, shared among the words of the query. Source: sweep on ../shared/data, +.002 MRR.
const ORDER: u64 = 512;

/// What a heading within the answer wins beside a title, of 256: it asks for a part of the answer.
/// Source: ../shared/bench-data, +.05 MRR; more than a half lets long articles beat titles.
const HEADING: u64 = 100;

/// What a phrasing of the author's wins beside a title, of 256: it stands for the whole article.
const PHRASING: u64 = 230;

/// What the query asks for, by term.
pub struct Asked<'a> {
    index: &'a Index,
    /// Term, number of its slot, how surely it is meant there; sorted.
    terms: Vec<(u32, u16, u8)>,
    /// How much each slot says.
    weights: Vec<u64>,
}

/// What was seen of a title so far.
#[derive(Default)]
struct Seen {
    all: u64,
    asked: u64,
    pairs: u64,
    before: Option<u16>,
    /// Per slot how surely the title says it.
    said: Vec<u8>,
}

impl<'a> Asked<'a> {
    /// Reads a query.
    pub fn new(index: &'a Index, slots: &[Slot]) -> Self {
        let mut terms = Vec::new();
        for (slot, number) in slots.iter().zip(0..) {
            terms.extend(slot.candidates.iter().map(|candidate| (candidate.term, number, candidate.weight)));
        }
        let weights = slots.iter().map(|slot| u64::from(slot_weight(index, slot))).collect();
        Self { index, terms, weights }
    }

    /// How much better an article is for what it is asked by, in 1/256: 256 for not at all.
    pub fn factor(&self, article: u32) -> u64 {
        let mut best = self.title(article);
        self.index.phrasings(article, &mut |own, words| {
            let mut seen = self.seen();
            for word in words {
                self.see(core::slice::from_ref(word), &mut seen);
            }
            let share = if own { PHRASING } else { HEADING };
            best = best.max(self.bonus(&seen) * share / 256);
        });
        256 + best
    }

    fn title(&self, article: u32) -> u64 {
        let mut seen = self.seen();
        for word in self.index.title_words(article).split(|form| form.weight == 0) {
            self.see(word, &mut seen);
        }
        self.bonus(&seen)
    }

    fn seen(&self) -> Seen {
        Seen { said: vec![0; self.weights.len()], ..Seen::default() }
    }

    /// Notes a word of the title by its terms.
    fn see(&self, word: &[Form], seen: &mut Seen) {
        let mut weight = 0;
        let mut met = (0u8, None);
        for form in word {
            weight = weight.max(u32::from(form.weight) * (self.index.idf(form.term) + IDF_FLOOR));
            for &(term, slot, sure) in &self.terms {
                if term != form.term {
                    continue;
                }
                if let Some(said) = seen.said.get_mut(usize::from(slot)) {
                    *said = sure.max(*said);
                }
                if sure > met.0 {
                    met = (sure, Some(slot));
                }
            }
        }
        seen.all += u64::from(weight) * 255;
        seen.asked += u64::from(weight) * u64::from(met.0);
        if let (Some(before), Some(now)) = (seen.before, met.1) {
            seen.pairs += u64::from(now == before + 1);
        }
        seen.before = met.1;
    }

    fn bonus(&self, seen: &Seen) -> u64 {
        let (mut wanted, mut got) = (0u64, 0u64);
        for (weight, &said) in self.weights.iter().zip(&seen.said) {
            wanted += weight * 255;
            got += weight * u64::from(said);
        }
        // Shares of 256: of the title that was asked for, and of the query that the title says.
        let (asked, got) = (seen.asked * 256 / seen.all.max(1), got * 256 / wanted.max(1));
        TITLE * asked / 256 + WHOLE * asked * got / 65_536 + ORDER * seen.pairs / self.weights.len().max(1) as u64
    }
}
