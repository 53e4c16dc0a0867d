//! From candidates to ranked articles.

use crate::index::Index;
use crate::search::query::Slot;

/// Ranked articles.
#[derive(Debug, Default)]
pub struct Ranking {
    /// How surely the best one answers.
    pub answerable: u8,
    /// Article and score, best first.
    pub hits: Vec<(u32, u16)>,
}

/// Rarity counted for a word that the index does not know, in 1/16 of a doubling.
const UNKNOWN_IDF: u32 = 64;

/// Added to every rarity, so that a word in all articles still says something.
const IDF_FLOOR: u32 = 8;

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
    let mut hits: Vec<(u32, u32)> = (0u32..)
        .zip(totals.iter().zip(&covered))
        .filter(|(_, (total, _))| **total > 0)
        .map(|(article, (&total, &covered))| {
            // Half for what is said of the words, half for how many of them are said at all.
            let share = u64::from(total) * (possible + u64::from(covered)) / possible;
            (article, (share / 128).min(u64::from(u32::MAX)) as u32)
        })
        .collect();
    hits.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    hits.truncate(limit);
    let top = hits.first().map_or(0, |hit| u64::from(hit.1));
    let answerable = (top * 128 * 255 / (possible * 30)).min(255) as u8;
    let scale = |score: u32| (score / 16).min(u32::from(u16::MAX)) as u16;
    Ranking { answerable, hits: hits.into_iter().map(|(article, score)| (article, scale(score))).collect() }
}
