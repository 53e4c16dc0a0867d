//! The passage to show of an answer, and which of its words were asked for.

use crate::index::{Index, blocks, codec};
use crate::search::query::Slot;
use crate::text;

/// Length of a passage to aim at, in bytes of text; two lines of the panel.
const PASSAGE_BYTES: usize = 160;

/// Most tokens of an answer that are looked at for its passage.
const MAX_TOKENS: usize = 600;

/// Terms below this weight are not worth marking: function words and far guesses.
const MARKED_FROM: u8 = 64;

/// Words remembered with what they ask for.
const REMEMBERED: usize = 1024;

/// The terms that a query asks for.
pub struct Terms<'a> {
    index: &'a Index,
    /// Term and number of its slot.
    terms: Vec<(u32, u8)>,
    n_slots: usize,
    /// Hash of a word and its slot: answers of one query say the same words again and again, and a
    /// walk through the dictionary for each of them was most of a query's time.
    known: Vec<(u64, Option<u8>)>,
}

/// A word of an answer: its bytes, and the slot that asks for it.
type Word = (u32, u32, Option<u8>);

impl<'a> Terms<'a> {
    /// Those of a query.
    #[must_use]
    pub fn of(index: &'a Index, slots: &[Slot]) -> Self {
        let mut terms = Vec::new();
        for (slot, n) in slots.iter().zip(0..) {
            let strong = slot.candidates.iter().filter(|candidate| candidate.weight >= MARKED_FROM);
            terms.extend(strong.map(|candidate| (candidate.term, n)));
        }
        let mut asked: Vec<u8> = terms.iter().map(|term| term.1).collect();
        asked.dedup();
        Self { index, n_slots: asked.len(), terms, known: vec![(0, None); REMEMBERED] }
    }

    /// The slot that asks for a form, if one does.
    fn asked(&mut self, form: &str) -> Option<u8> {
        let hash = codec::hash(form.as_bytes());
        let at = hash as usize % REMEMBERED;
        if let Some(&(known, slot)) = self.known.get(at)
            && known == hash
        {
            return slot;
        }
        let slot = self.look_up(form);
        if let Some(known) = self.known.get_mut(at) {
            *known = (hash, slot);
        }
        slot
    }

    fn look_up(&self, form: &str) -> Option<u8> {
        let form = self.index.dictionary().get(form)?;
        let mut terms = Vec::new();
        self.index.terms_of(form, &mut terms);
        terms.iter().find_map(|form| self.terms.iter().find(|term| term.0 == form.term)).map(|term| term.1)
    }

    /// Byte ranges of a text's words that the query asks for.
    #[must_use]
    pub fn ranges(&mut self, text: &str) -> Vec<(u32, u32)> {
        let mut out: Vec<(u32, u32)> = Vec::new();
        text::each(text, &mut |word, start, end| {
            if self.asked(word).is_some() {
                match out.last_mut() {
                    // Pairs of characters overlap.
                    Some(last) if last.1 >= start as u32 => last.1 = end as u32,
                    _ => out.push((start as u32, end as u32)),
                }
            }
            true
        });
        out
    }

    /// The words of a text as far as they matter: once a passage says all that was asked for, what
    /// comes after it is not read.
    fn words(&mut self, text: &str) -> Vec<Word> {
        let mut out: Vec<Word> = Vec::new();
        let mut enough = usize::MAX;
        text::each(text, &mut |word, start, end| {
            let slot = self.asked(word);
            out.push((start as u32, end as u32, slot));
            if slot.is_some() && enough == usize::MAX {
                let first = out.iter().rposition(|word| word.0 as usize + PASSAGE_BYTES < end).map_or(0, |at| at + 1);
                if said(out.get(first..).unwrap_or_default()) == self.n_slots {
                    enough = start + PASSAGE_BYTES;
                }
            }
            start <= enough && out.len() < MAX_TOKENS
        });
        out
    }
}

/// How many slots some words answer.
fn said(words: &[Word]) -> usize {
    let mut seen = 0u64;
    for (_, _, slot) in words {
        seen |= slot.map_or(0, |slot| 1 << (slot & 63));
    }
    seen.count_ones() as usize
}

/// The passage of an article's answer with most of the terms asked for, and their ranges.
#[must_use]
pub fn passage(index: &Index, article: u32, terms: &mut Terms<'_>) -> (String, Vec<(u32, u32)>) {
    let text = index.answer(article).map(blocks::plain).unwrap_or_default();
    let (start, end) = window(&text, terms);
    let mut out = String::new();
    if start > 0 {
        out.push('…');
    }
    out.push_str(text.get(start..end).unwrap_or_default().trim_end());
    if end < text.len() {
        out.push('…');
    }
    let ranges = terms.ranges(&out);
    (out, ranges)
}

/// Bytes of the best passage: the earliest with the most different terms.
fn window(text: &str, terms: &mut Terms<'_>) -> (usize, usize) {
    let words = terms.words(text);
    let (mut best, mut start) = (0, 0);
    for (i, word) in words.iter().enumerate() {
        if i > 0 && word.2.is_none() {
            continue;
        }
        let rest = words.get(i..).unwrap_or_default();
        let len = rest.iter().take_while(|one| one.1 as usize <= word.0 as usize + PASSAGE_BYTES).count();
        let n = said(rest.get(..len).unwrap_or_default());
        if n > best {
            best = n;
            // Room before the first word, so that it does not stand without its sentence.
            let from = if word.1 as usize <= PASSAGE_BYTES { 0 } else { i.saturating_sub(4) };
            start = words.get(from).filter(|_| from > 0).map_or(0, |word| word.0 as usize);
        }
    }
    let ends = words.iter().map(|word| word.1 as usize);
    let end = ends.take_while(|&end| end <= start + PASSAGE_BYTES).last().unwrap_or(text.len());
    // A sentence's mark belongs to it.
    let end = if text.get(end..).is_some_and(|rest| rest.len() <= 4) { text.len() } else { end };
    (start, end.max(start))
}
