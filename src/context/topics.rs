//! What shoppers ask on pages of each type and after each signal, in the words of a language.
//!
//! They travel in the index behind the interface's texts, one text for each page type, then one for
//! each signal; each is questions between bars, most wanted first. They are what makes suggestions
//! for a shop that has written no rules. The last texts are what page readers know, and the name of the
//! file beside the index with more of it, by which `www/open.js` finds it: see [`super::words`].

use crate::index::codec::Reader;
use crate::index::{Index, SectionKind};
use crate::page::{PageType, Signal};
use crate::strings::N_SHOWN;

/// What is asked about a page of this type; empty when the index does not say.
pub(super) fn of_page(index: &Index, page: PageType) -> &str {
    nth(index, N_SHOWN + page as usize)
}

/// What is asked after this signal; empty when the index does not say.
pub(super) fn of_signal(index: &Index, signal: Signal) -> &str {
    nth(index, N_SHOWN + PageType::ALL.len() + signal as usize)
}

/// What page readers know by heart: see [`super::words`].
#[must_use]
pub fn words(index: &Index) -> &str {
    nth(index, N_SHOWN + PageType::ALL.len() + Signal::ALL.len())
}

fn nth(index: &Index, number: usize) -> &str {
    let mut reader = Reader::new(index.section(SectionKind::Strings));
    let found = reader.count().and_then(|n| {
        if number >= n {
            return None;
        }
        for _ in 0..number {
            reader.text()?;
        }
        reader.text()
    });
    found.unwrap_or_default()
}

/// The texts of a language, for the builder to put behind the interface's; English where a language
/// has none, which then finds little but does no harm.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn texts(lang: &str) -> Vec<String> {
    let base = lang.split('-').next().unwrap_or_default();
    let file = match base {
        "de" => include_str!("topics/de.txt"),
        "fr" => include_str!("topics/fr.txt"),
        "pt" => include_str!("topics/pt.txt"),
        "ro" => include_str!("topics/ro.txt"),
        "es" => include_str!("topics/es.txt"),
        "it" => include_str!("topics/it.txt"),
        "nl" => include_str!("topics/nl.txt"),
        "pl" => include_str!("topics/pl.txt"),
        _ => include_str!("topics/en.txt"),
    };
    let names = PageType::ALL.iter().map(|page| page.name()).chain(Signal::ALL.iter().map(|signal| signal.name()));
    names
        .map(|name| {
            let line = file.lines().filter_map(|line| line.split_once(" = ")).find(|(known, _)| *known == name);
            line.map(|(_, questions)| questions.to_owned()).unwrap_or_default()
        })
        .chain([super::words::CORE.to_owned(), super::words::file_name(lang)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_asks_about_the_same_pages_and_signals() {
        for lang in ["en", "de", "fr", "pt", "ro", "es", "it", "nl", "pl"] {
            let silent: Vec<usize> =
                texts(lang).iter().enumerate().filter(|(_, text)| text.is_empty()).map(|(n, _)| n).collect();
            // Of an unknown page and of scrolling nothing is known.
            assert_eq!(silent, [PageType::Other as usize, PageType::ALL.len() + Signal::Scroll as usize], "{lang}");
        }
    }
}
