//! Words that shoppers use for the same thing, by language: `src/index/lexicon/<lang>.txt`.
//!
//! `a = b, c` makes any of them lead to any other; `a ~ b, c` makes the first and each other near.
//! General to commerce and support, never to a shop; a shop's own words come from its front matter.

/// How much a word of the same meaning says, beside 255 of the word itself. Source: sweep on
/// ../shared/data; 150 and more let synonyms outvote the shopper's own words.
const SAME: u8 = 110;
/// How much a phrase of the same meaning says: `money back` is less ambiguous than its words.
const PHRASE: u8 = 160;
/// How much a word near in meaning says, beside 255 of the word itself.
const NEAR: u8 = 70;

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

/// A line of a lexicon.
pub(super) struct Group {
    /// Its words and phrases, as written.
    pub members: Vec<&'static str>,
    /// Whether all are near each other, or each is near the first only.
    pub mutual: bool,
}

impl Group {
    /// How much one member says where another is meant.
    pub(super) fn weight(&self, from: &str) -> u8 {
        match self.mutual {
            true if from.contains(' ') => PHRASE,
            true => SAME,
            false => NEAR,
        }
    }

    /// Pairs of members of which the first leads to the second.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let n = self.members.len();
        (0..n)
            .flat_map(move |a| (0..n).map(move |b| (a, b)))
            .filter(|&(a, b)| a != b && (self.mutual || a == 0 || b == 0))
    }
}

/// The lexicon of a language, by its primary tag; empty when there is none.
pub(super) fn groups(lang: &str) -> Vec<Group> {
    let text = FILES.iter().find(|(known, _)| *known == lang).map_or("", |(_, text)| text);
    text.lines().filter(|line| !line.starts_with('#')).filter_map(group).collect()
}

fn group(line: &'static str) -> Option<Group> {
    let mutual = line.contains(" = ");
    let (head, rest) = line.split_once(if mutual { " = " } else { " ~ " })?;
    let members =
        core::iter::once(head).chain(rest.split(',')).map(str::trim).filter(|word| !word.is_empty()).collect();
    Some(Group { members, mutual })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_group() {
        for (lang, text) in FILES {
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                assert!(group(line).is_some_and(|group| group.members.len() >= 2), "{lang}: {line}");
            }
        }
    }
}
