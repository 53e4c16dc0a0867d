//! Words that shoppers use for the same thing, by language: `src/index/lexicon/<lang>.txt`.
//!
//! `a = b, c` makes any of them lead to any other; `a ~ b, c` makes the first and each other near.
//! General to commerce and support, never to a shop; a shop's own words come from its front matter.

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
