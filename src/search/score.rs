//! From candidates to ranked articles.

use crate::index::{Index, MAX_IMPACT, log2_16};
use crate::search::query::{Candidate, Slot};
use crate::text;

/// Ranked articles.
#[derive(Debug, Default)]
pub struct Ranking {
    /// How surely the best one answers, 0 to 255.
    pub answerable: u8,
    /// Article and score, best first.
    pub hits: Vec<(u32, u16)>,
}

/// Rarity counted for a word that the index does not know, in 1/16 of a doubling. Raising it makes
/// queries with strange words less answerable. Source: AUROC on ../shared/data, best 40 to 70.
const UNKNOWN_IDF: u32 = 44;

/// Added to every rarity, so that a word in all articles still says something; in 1/16 of a doubling.
/// Source: sweep on ../shared/data, 0 costs .004 MRR.
const IDF_FLOOR: u32 = 16;

/// How much of a score hangs on how many of the words an article says at all, of 256.
/// Source: sweep on ../shared/data; above a half long questions lose.
const COVERAGE: u64 = 77;

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

/// How many articles are ranked by their titles too.
const RERANKED: usize = 32;

/// Most words of a title that are looked at.
const MAX_TITLE_TOKENS: usize = 32;

/// Ranks all articles that say any of the words, at most `limit` of them.
#[must_use]
pub fn rank(index: &Index, slots: &[Slot], limit: usize) -> Ranking {
    let n = index.n_articles() as usize;
    let mut totals = vec![0u32; n];
    let mut covered = vec![0u32; n];
    let mut best = vec![0u32; n];
    let mut possible = 0;
    let mut list = Vec::new();
    for slot in slots {
        best.fill(0);
        let mut most = 0;
        for candidate in &slot.candidates {
            list.clear();
            index.postings(candidate.term, &mut list);
            if list.is_empty() {
                continue;
            }
            let weight = u32::from(candidate.weight) * (index.idf(candidate.term) + IDF_FLOOR);
            most = most.max(weight);
            for posting in &list {
                if let Some(slot) = best.get_mut(posting.article as usize) {
                    *slot = (*slot).max(weight * u32::from(posting.impact));
                }
            }
        }
        if most == 0 {
            most = UNKNOWN_IDF * 255;
        }
        possible += most;
        for ((total, covered), best) in totals.iter_mut().zip(&mut covered).zip(&best) {
            if *best > 0 {
                *total += best;
                *covered += most;
            }
        }
    }
    let possible = u64::from(possible.max(1));
    let mut hits: Vec<(u32, u64)> = (0u32..)
        .zip(totals.iter().zip(&covered))
        .filter(|(_, (total, _))| **total > 0)
        .map(|(article, (&total, &covered))| {
            let factor = (256 - COVERAGE) * possible + COVERAGE * u64::from(covered);
            (article, u64::from(total) * factor / possible)
        })
        .collect();
    keep_best(&mut hits, RERANKED.max(limit));
    for hit in hits.iter_mut().take(RERANKED) {
        hit.1 = hit.1 * title_factor(index, slots, hit.0) / 256;
    }
    keep_best(&mut hits, limit);
    let top = hits.first().map_or(0, |hit| hit.1);
    let answerable = answerable(top, possible);
    let scale = |score: u64| (score >> 19).clamp(1, u64::from(u16::MAX)) as u16;
    Ranking { answerable, hits: hits.into_iter().map(|(article, score)| (article, scale(score))).collect() }
}

/// Evidence below this says nothing, in 1/16 of a doubling of the score: one weak word in one article.
const NO_EVIDENCE: u32 = 20 * 16;
/// Evidence of a usual question, beyond [`NO_EVIDENCE`]. Both from ../shared/data: AUROC .864 on real
/// questions of a shop, .856 without.
const USUAL_EVIDENCE: u64 = 6 * 16;
/// Share of the possible score, in 1/256, at which an answer is as likely as none. From the same
/// questions: at 128 seven of ten answerable ones are above, one of seven of the others.
const EVEN: u64 = 90;

/// How surely the best score answers, 0 to 255: its share of the possible one, the more the more
/// was to go by. `possible` is in weight times rarity, a score in that times impact times 256.
fn answerable(top: u64, possible: u64) -> u8 {
    let share = top / (possible * u64::from(MAX_IMPACT));
    let evidence = u64::from(log2_16(top).saturating_sub(NO_EVIDENCE));
    let sure = share * evidence / USUAL_EVIDENCE;
    (255 * sure / (sure + EVEN)) as u8
}

/// Sorts best first, equal ones by number, and drops the rest. By insertion: few are kept, and a
/// general sort would be a tenth of the engine.
pub(super) fn keep_best(all: &mut Vec<(u32, u64)>, limit: usize) {
    let better = |a: &(u32, u64), b: &(u32, u64)| a.1 > b.1 || (a.1 == b.1 && a.0 < b.0);
    let mut kept = 0;
    for i in 0..all.len() {
        let Some(&one) = all.get(i) else { break };
        let mut at = kept;
        while at > 0 && all.get(at - 1).is_some_and(|before| better(&one, before)) {
            at -= 1;
        }
        if at >= limit {
            continue;
        }
        kept = (kept + 1).min(limit);
        // What stood at the end of the kept ones has been looked at, so it may be lost.
        if let Some(moved) = all.get_mut(at..kept) {
            moved.rotate_right(1);
            if let Some(first) = moved.first_mut() {
                *first = one;
            }
        }
    }
    all.truncate(kept);
}

/// How much better an article is for its title, in 1/256.
fn title_factor(index: &Index, slots: &[Slot], article: u32) -> u64 {
    let (Some(dictionary), Some(title)) = (index.dictionary(), index.title(article)) else { return 256 };
    let (mut all, mut asked, mut pairs) = (0u64, 0u64, 0u64);
    let mut before = None;
    let mut said = vec![0u8; slots.len()];
    let mut terms = Vec::new();
    for token in text::analyze(title, MAX_TITLE_TOKENS) {
        terms.clear();
        if let Some(form) = dictionary.get(&token.text) {
            index.terms_of(form, &mut terms);
        }
        let mut weight = 0;
        let mut match_ = (0u8, None);
        for term in &terms {
            weight = weight.max(u32::from(term.weight) * (index.idf(term.term) + IDF_FLOOR));
            for (i, slot) in slots.iter().enumerate() {
                for candidate in slot.candidates.iter().filter(|candidate| candidate.term == term.term) {
                    if let Some(said) = said.get_mut(i) {
                        *said = candidate.weight.max(*said);
                    }
                    if candidate.weight > match_.0 {
                        match_ = (candidate.weight, Some(i));
                    }
                }
            }
        }
        all += u64::from(weight) * 255;
        asked += u64::from(weight) * u64::from(match_.0);
        if let (Some(before), Some(now)) = (before, match_.1) {
            pairs += u64::from(now == before + 1);
        }
        before = match_.1;
    }
    let (mut wanted, mut got) = (0u64, 0u64);
    for (slot, said) in slots.iter().zip(said) {
        let weigh = |candidate: &Candidate| u32::from(candidate.weight) * (index.idf(candidate.term) + IDF_FLOOR);
        let weight = u64::from(slot.candidates.iter().map(weigh).max().unwrap_or(0));
        wanted += weight * 255;
        got += weight * u64::from(said);
    }
    // Shares of 256: of the title that was asked for, and of the query that the title says.
    let (asked, got) = (asked * 256 / all.max(1), got * 256 / wanted.max(1));
    256 + TITLE * asked / 256 + WHOLE * asked * got / 65_536 + ORDER * pairs / slots.len().max(1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeping_the_best_equals_sorting() {
        let mut state = 9u64;
        for n in 0..60 {
            let all: Vec<(u32, u64)> = (0..n)
                .map(|i| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (i, state >> 60)
                })
                .collect();
            for limit in [0, 1, 3, 100] {
                let (mut kept, mut sorted) = (all.clone(), all.clone());
                keep_best(&mut kept, limit);
                sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
                sorted.truncate(limit);
                assert_eq!(kept, sorted);
            }
        }
    }
}
