//! What shoppers ask on pages of each type and after each signal, in the words of a language.
//!
//! The builder asks them of the index that it makes; what answers them travels behind the interface's
//! texts, one text for each page type, then one for each signal; each is articles, most wanted first, a
//! character each (see [`article`]). They are what makes suggestions for a shop that has written no
//! rules. The last texts are what page readers know, and the name of the
//! file beside the index with more of it, by which `www/open.js` finds it: see [`super::words`].

#[cfg(not(target_arch = "wasm32"))]
use super::suggest::SURE;
use crate::index::codec::Reader;
use crate::index::{Index, SectionKind};
use crate::page::{PageType, Signal};
#[cfg(not(target_arch = "wasm32"))]
use crate::search;
use crate::strings::N_SHOWN;

/// Articles for a page of this type; empty when the index does not say.
pub(super) fn of_page(index: &Index, page: PageType) -> &str {
    nth(index, N_SHOWN + page as usize)
}

/// Articles after this signal; empty when the index does not say.
pub(super) fn of_signal(index: &Index, signal: Signal) -> &str {
    nth(index, N_SHOWN + PageType::ALL.len() + signal as usize)
}

/// What page readers know by heart: see [`super::words`].
#[must_use]
pub fn words(index: &Index) -> &str {
    nth(index, N_SHOWN + PageType::ALL.len() + Signal::ALL.len())
}

/// First character that stands for an article, the one of number 0: none before it is more than a byte.
const FIRST: u32 = 32;

/// Number of the article that a character stands for.
pub(super) fn article(letter: char) -> u32 {
    let code = letter as u32;
    // No character lies between.
    (if code < 0xe000 { code } else { code - 0x800 }).wrapping_sub(FIRST)
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

/// The texts that the builder puts behind the interface's.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn texts(index: &Index, lang: &str) -> Vec<String> {
    let answered = |asked: String| -> String {
        let mut out = String::new();
        for question in asked.split('|') {
            let (answerable, hits) = search::rank(index, question, 1);
            if answerable >= SURE
                && let Some((article, _)) = hits.first()
            {
                out.extend(letter(*article));
            }
        }
        out
    };
    let words = [super::words::CORE.to_owned(), super::words::file_name(lang)];
    questions(lang).into_iter().map(answered).chain(words).collect()
}

/// The character that stands for an article; `None` for more articles than there are characters.
#[cfg(not(target_arch = "wasm32"))]
fn letter(article: u32) -> Option<char> {
    let code = article.checked_add(FIRST)?;
    char::from_u32(if code < 0xd800 { code } else { code.checked_add(0x800)? })
}

/// The questions of a language, between bars; English where a language has none, which then finds little
/// but does no harm.
#[cfg(not(target_arch = "wasm32"))]
fn questions(lang: &str) -> Vec<String> {
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
            // On a page that nobody knows they ask what they ask on the first.
            let name = if name == PageType::Other.name() { PageType::Home.name() } else { name };
            let line = file.lines().filter_map(|line| line.split_once(" = ")).find(|(known, _)| *known == name);
            line.map(|(_, questions)| questions.to_owned()).unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_asks_about_the_same_pages_and_signals() {
        for lang in ["en", "de", "fr", "pt", "ro", "es", "it", "nl", "pl"] {
            let silent: Vec<usize> =
                questions(lang).iter().enumerate().filter(|(_, text)| text.is_empty()).map(|(n, _)| n).collect();
            // Of scrolling nothing is known.
            assert_eq!(silent, [PageType::ALL.len() + Signal::Scroll as usize], "{lang}");
        }
    }

    #[test]
    fn every_article_has_its_character() {
        for number in [0, 94, 95, 0xd7df, 0xd7e0, 0xd7e1, 0x1000, 0x10_f7df] {
            assert_eq!(letter(number).map(article), Some(number));
        }
        assert_eq!(letter(u32::MAX), None);
    }
}
