//! The passage to show of an answer, and which of its words were asked for.

use crate::index::{Index, blocks};
use crate::search::query::Slot;
use crate::text;

/// Length of a passage to aim at, in bytes of text; two lines of the panel.
const PASSAGE_BYTES: usize = 160;

/// Most tokens of an answer that are looked at for its passage.
const MAX_TOKENS: usize = 600;

/// Terms below this weight are not worth marking: function words and far guesses.
const MARKED_FROM: u8 = 64;

/// The terms that a query asks for.
pub struct Terms(Vec<u32>);

impl Terms {
    /// Those of a query.
    #[must_use]
    pub fn of(slots: &[Slot]) -> Self {
        let strong = slots.iter().flat_map(|slot| &slot.candidates).filter(|candidate| candidate.weight >= MARKED_FROM);
        Self(strong.map(|candidate| candidate.term).collect())
    }

    /// The term of a form that the query asks for, if one is.
    fn asked(&self, index: &Index, form: &str) -> Option<u32> {
        let form = index.dictionary().get(form)?;
        let mut terms = Vec::new();
        index.terms_of(form, &mut terms);
        terms.iter().map(|form| form.term).find(|term| self.0.contains(term))
    }

    /// Byte ranges of a text's words that the query asks for.
    #[must_use]
    pub fn ranges(&self, index: &Index, text: &str) -> Vec<(u32, u32)> {
        let mut out: Vec<(u32, u32)> = Vec::new();
        for token in text::analyze(text, MAX_TOKENS) {
            if self.asked(index, &token.text).is_none() {
                continue;
            }
            match out.last_mut() {
                // Pairs of characters overlap.
                Some(last) if last.1 >= token.start as u32 => last.1 = token.end as u32,
                _ => out.push((token.start as u32, token.end as u32)),
            }
        }
        out
    }
}

/// The passage of an article's answer with most of the terms asked for, and their ranges.
#[must_use]
pub fn passage(index: &Index, article: u32, terms: &Terms) -> (String, Vec<(u32, u32)>) {
    let text = index.answer(article).map(blocks::plain).unwrap_or_default();
    let (start, end) = window(index, &text, terms);
    let mut out = String::new();
    if start > 0 {
        out.push('…');
    }
    out.push_str(text.get(start..end).unwrap_or_default().trim_end());
    if end < text.len() {
        out.push('…');
    }
    let ranges = terms.ranges(index, &out);
    (out, ranges)
}

/// Bytes of the best passage: the earliest with the most different terms.
fn window(index: &Index, text: &str, terms: &Terms) -> (usize, usize) {
    let tokens = text::analyze(text, MAX_TOKENS);
    let asked: Vec<Option<u32>> = tokens.iter().map(|token| terms.asked(index, &token.text)).collect();
    let (mut best, mut start) = (0, 0);
    for (i, token) in tokens.iter().enumerate() {
        if i > 0 && asked.get(i).is_none_or(Option::is_none) {
            continue;
        }
        let mut seen = Vec::new();
        for (token_in, term) in tokens.iter().zip(&asked).skip(i) {
            if token_in.end > token.start + PASSAGE_BYTES {
                break;
            }
            if let Some(term) = term
                && !seen.contains(term)
            {
                seen.push(*term);
            }
        }
        if seen.len() > best {
            best = seen.len();
            // Room before the first word, so that it does not stand without its sentence.
            let from = if token.end <= PASSAGE_BYTES { 0 } else { i.saturating_sub(4) };
            start = tokens.get(from).map_or(0, |token| token.start);
            if from == 0 {
                start = 0;
            }
        }
    }
    let end = tokens
        .iter()
        .map(|token| token.end)
        .take_while(|&end| end <= start + PASSAGE_BYTES)
        .last()
        .unwrap_or(text.len());
    // A sentence's mark belongs to it.
    let end = if text.get(end..).is_some_and(|rest| rest.len() <= 4) { text.len() } else { end };
    (start, end.max(start))
}
