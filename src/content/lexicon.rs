//! `_lexicon.txt`: the shop's own words for the same thing, a group a line, in the language of its folder.
//!
//! `a = b, c` makes any of them lead to any other; `a ~ b, c` makes the first and each other near in
//! meaning. Lines that start with `#` are remarks.

use super::error::Problems;
use crate::article::WordGroup;

/// Whether a file of that name is a lexicon: `_lexicon.txt`, or `_lexicon.de.txt`.
pub(super) fn is_lexicon(name: &str) -> bool {
    name.starts_with("_lexicon.") && name.ends_with(".txt")
}

/// Reads the file.
pub(super) fn read(text: &str, problems: &mut Problems<'_>) -> Vec<WordGroup> {
    let mut out = Vec::new();
    for (line, words) in (1..).zip(text.lines().map(str::trim)) {
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        match WordGroup::parse(words) {
            Some(group) => out.push(group),
            None => problems.error(
                line,
                "this is no group of words",
                "write `anorak = shell, cagoule` for words that mean the same, `anorak ~ poncho` for words near in meaning",
            ),
        }
    }
    out
}
