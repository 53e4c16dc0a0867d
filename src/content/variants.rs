//! Variants of an article for some markets: files of the same id with `market:`, joined into one article.

use super::Written;
use crate::article::Block;

/// Joins each variant with the article that it is of; a market without a variant keeps the article's own answer.
pub(super) fn merge(written: &mut Vec<Written>, variants: Vec<(Written, String)>) {
    let mut taken: Vec<(usize, String)> = Vec::new();
    for (variant, market) in variants {
        let base = written
            .iter()
            .position(|one| one.article.lang == variant.article.lang && one.article.id == variant.article.id);
        let only = |blocks: Vec<Block>| Block::Market(market.clone(), blocks);
        match base.and_then(|at| Some((at, written.get_mut(at)?))) {
            Some((at, base)) => {
                base.article.blocks.push(only(variant.article.blocks));
                taken.push((at, market.trim_start_matches('!').to_owned()));
            }
            None => {
                let mut alone = variant;
                alone.article.blocks = vec![only(std::mem::take(&mut alone.article.blocks))];
                written.push(alone);
            }
        }
    }
    taken.sort();
    for group in taken.chunk_by(|one, other| one.0 == other.0) {
        let Some(base) = group.first().and_then(|(at, _)| written.get_mut(*at)) else { continue };
        let names: Vec<&str> = group.iter().map(|(_, names)| names.as_str()).collect();
        let n_own = base.article.blocks.len().saturating_sub(group.len());
        let own: Vec<Block> = base.article.blocks.drain(..n_own).collect();
        // What an answer of markets only holds already says for whom it is.
        if own.iter().any(|block| !matches!(block, Block::Market(..))) {
            base.article.blocks.insert(0, Block::Market(format!("!{}", names.join(" ")), own));
        } else {
            base.article.blocks.splice(0..0, own);
        }
    }
}
