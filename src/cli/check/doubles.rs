//! Articles that say what others say: the same, nearly the same, or such that another comes first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use xxhash_rust::xxh64::xxh64;

use super::findings::Found;
use crate::article::plain_blocks;
use crate::content::Help;
use crate::index::Index;
use crate::search;
use crate::text;

/// Words that one piece of a text is made of when texts are held against each other.
const PIECE: usize = 3;

/// Pieces of a text below which it is too short to be like another by more than chance.
const MIN_PIECES: usize = 12;

/// Articles that may share a piece; what more of them say is a phrase of the house and tells nothing.
const MAX_SHARING: usize = 30;

/// Share of all pieces of two articles that both have, in percent, from which on they are told. Two versions
/// of one answer with a sentence changed reach 60 to 90; two answers on one subject stay below 20.
const ALIKE: usize = 50;

/// Articles that ask or say the same.
pub(super) fn same(help: &Help, found: &mut Found<'_>) {
    let folded = |text: &str| text::fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (mut titles, mut answers) = (BTreeMap::new(), BTreeMap::new());
    for article in &help.articles {
        let (title, answer) = (folded(&article.title), folded(&plain_blocks(&article.blocks)));
        if let Some(first) = titles.insert(title, article.id.as_str()) {
            found.of("duplicate", article, format!("`{first}` asks the same question"), "join the two");
        } else if answer.len() > 40
            && let Some(first) = answers.insert(answer, article.id.as_str())
        {
            let message = format!("`{first}` gives the same answer");
            found.of("duplicate", article, message, "join the two, its question as a phrasing");
        }
    }
}

/// Articles that say nearly the same: most of their runs of three words are in both.
pub(super) fn nearly(help: &Help, found: &mut Found<'_>) {
    let all: Vec<BTreeSet<u64>> = help.articles.iter().map(|one| pieces(&plain_blocks(&one.blocks))).collect();
    let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, pieces) in all.iter().enumerate().filter(|(_, pieces)| pieces.len() >= MIN_PIECES) {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for piece in pieces {
            let known = holders.entry(*piece).or_default();
            if known.len() < MAX_SHARING {
                known.iter().for_each(|other| *shared.entry(*other).or_default() += 1);
                known.push(place);
            }
        }
        let alike = |(other, n): (usize, usize)| {
            let both = all.get(other)?.len() + pieces.len() - n;
            Some((n * 100 / both.max(1), std::cmp::Reverse(other)))
        };
        let best = shared.into_iter().filter_map(alike).max();
        // Texts that are the same are told as such.
        let Some((percent, std::cmp::Reverse(other))) = best.filter(|best| (ALIKE..100).contains(&best.0)) else {
            continue;
        };
        if let (Some(article), Some(other)) = (help.articles.get(place), help.articles.get(other)) {
            let message = format!("{percent} % of what it and `{}` say is the same", other.id);
            found.of("near-duplicate", article, message, "say in each what the other does not answer, or join the two");
        }
    }
}

fn pieces(answer: &str) -> BTreeSet<u64> {
    let words: Vec<String> = text::analyze(answer, usize::MAX).into_iter().map(|token| token.text).collect();
    words.windows(PIECE).map(|run| xxh64(run.join(" ").as_bytes(), 0)).collect()
}

/// Two articles that fight for one question: by our own search, as shoppers see it.
pub(super) fn rivals(help: &Help, index: &Index, found: &mut Found<'_>) {
    for article in &help.articles {
        for question in std::iter::once(&article.title).chain(&article.phrasings) {
            let (_, hits) = search::rank(index, question, 2);
            let first = hits.first().and_then(|hit| index.stored(hit.0));
            if let Some(first) = first.filter(|first| first.id != article.id) {
                let message = format!("asked \"{question}\", `{}` comes first", first.id);
                found.of("rivals", article, message, "say in each what the other does not answer, or join the two");
            }
        }
    }
}
