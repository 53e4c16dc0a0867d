//! From candidates to ranked articles.

use crate::index::{Index, MAX_IMPACT, log2_16};
use crate::search::query::{Candidate, Slot};
use crate::search::title::Asked;

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
pub(super) const IDF_FLOOR: u32 = 16;

/// How much of a score hangs on how many of the words an article says at all, of 256.
/// Source: sweep on ../shared/data; above a half long questions lose.
const COVERAGE: u64 = 77;

/// How many articles are ranked by their titles too.
const RERANKED: usize = 32;

/// Ranks all articles that say any of the words, at most `limit` of them.
#[must_use]
pub fn rank(index: &Index, slots: &[Slot], limit: usize) -> Ranking {
    let n = index.n_articles() as usize;
    let mut totals = vec![0u32; n];
    let mut covered = vec![0u32; n];
    let mut best = vec![0u32; n];
    let mut possible = 0;
    let mut list = Vec::new();
    let mut met = Vec::new();
    for slot in slots {
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
                if let Some(best) = best.get_mut(posting.article as usize) {
                    if *best == 0 {
                        met.push(posting.article);
                    }
                    *best = (*best).max(weight * u32::from(posting.impact));
                }
            }
        }
        if most == 0 {
            most = UNKNOWN_IDF * 255;
        }
        possible += most;
        for article in met.drain(..) {
            let at = article as usize;
            if let (Some(total), Some(covered), Some(best)) =
                (totals.get_mut(at), covered.get_mut(at), best.get_mut(at))
            {
                *total += core::mem::take(best);
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
    let asked = Asked::new(index, slots);
    for hit in hits.iter_mut().take(RERANKED) {
        hit.1 = hit.1 * asked.factor(hit.0) / 256;
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

/// How much a slot says: that of the best of its candidates.
pub(super) fn slot_weight(index: &Index, slot: &Slot) -> u32 {
    let weigh = |candidate: &Candidate| u32::from(candidate.weight) * (index.idf(candidate.term) + IDF_FLOOR);
    slot.candidates.iter().map(weigh).max().unwrap_or(0)
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
