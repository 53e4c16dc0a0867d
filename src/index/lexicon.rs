//! Words that shoppers use for the same thing, by language: `src/index/lexicon/<lang>.txt`.
//!
//! `a = b, c` makes any of them lead to any other; `a ~ b, c` makes the first and each other near.
//! General to commerce and support, never to a shop; a shop's own words come from its articles and its `_lexicon.txt`.

use crate::article::WordGroup;

const FILES: &[(&str, &str)] = &[
    ("de", include_str!("lexicon/de.txt")),
    ("en", include_str!("lexicon/en.txt")),
    ("es", include_str!("lexicon/es.txt")),
    ("fr", include_str!("lexicon/fr.txt")),
    ("it", include_str!("lexicon/it.txt")),
    ("nl", include_str!("lexicon/nl.txt")),
    ("pl", include_str!("lexicon/pl.txt")),
    ("pt", include_str!("lexicon/pt.txt")),
    ("ro", include_str!("lexicon/ro.txt")),
];

/// The lexicon of a language, by its primary tag; empty when there is none.
pub(super) fn groups(lang: &str) -> Vec<WordGroup> {
    let text = FILES.iter().find(|(known, _)| *known == lang).map_or("", |(_, text)| text);
    text.lines().filter(|line| !line.starts_with('#')).filter_map(WordGroup::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_group() {
        for (lang, text) in FILES {
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                assert!(WordGroup::parse(line).is_some(), "{lang}: {line}");
            }
        }
    }
}
