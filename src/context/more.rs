//! Words of more languages, asked only where the page's type is in doubt without them.
//!
//! They stand in `www/words.js`, which a browser fetches for such a page only; the program carries
//! them. A line is `page-type weight word…`, `step page-type weight word…`, or a list by its name:
//! `root`, `order`, `thanks`, `filler`.

use super::rule::number;
use super::words::{Word, begins, has};
use crate::page::PageType;

/// What the word names, opens or speaks of.
pub(super) fn word(word: &str) -> Option<Word> {
    with(|text| {
        text.split('\n').find_map(|line| {
            let (name, rest) = line.split_once(' ')?;
            if let Some(page) = PageType::from_name(name) {
                return named(page, rest, word).map(|(page, weight)| Word::Names(page, weight));
            }
            let known = match name {
                "root" => Word::Root,
                "order" => Word::Order,
                _ => return None,
            };
            has(rest, word).then_some(known)
        })
    })
}

/// The step of a checkout that the word names.
pub(super) fn step(word: &str) -> Option<(PageType, u8)> {
    with(|text| {
        text.split('\n').find_map(|line| {
            let (name, rest) = line.strip_prefix("step ")?.split_once(' ')?;
            named(PageType::from_name(name)?, rest, word)
        })
    })
}

/// Whether the list of that name has the word.
pub(super) fn lists(name: &str, word: &str) -> bool {
    with(|text| list(text, name).is_some_and(|words| has(words, word)))
}

/// Whether a heading thanks for an order.
pub(super) fn thanks(heading: &str) -> bool {
    with(|text| list(text, "thanks").is_some_and(|words| begins(words, heading)))
}

fn list<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.split('\n').find_map(|line| line.split_once(' ').filter(|(known, _)| *known == name).map(|(_, words)| words))
}

/// `weight word…`
fn named(page: PageType, rest: &str, word: &str) -> Option<(PageType, u8)> {
    let (weight, words) = rest.split_once(' ')?;
    if has(words, word) { Some((page, number(weight)? as u8)) } else { None }
}

#[cfg(not(target_arch = "wasm32"))]
fn with<T>(ask: impl FnOnce(&str) -> T) -> T {
    use std::sync::LazyLock;
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let script = include_str!("../../www/words.js");
        let text = script.split_once("/*TEXT*/").and_then(|(_, rest)| rest.split_once("/*END*/"));
        text.and_then(|(text, _)| serde_json::from_str(text).ok()).unwrap_or_default()
    });
    ask(&TEXT)
}

#[cfg(target_arch = "wasm32")]
pub use learnt::learn;
#[cfg(target_arch = "wasm32")]
use learnt::with;

#[cfg(target_arch = "wasm32")]
mod learnt {
    use core::cell::RefCell;

    thread_local! {
        static TEXT: RefCell<String> = const { RefCell::new(String::new()) };
    }

    /// Takes the words over, once they are fetched.
    pub fn learn(text: String) {
        TEXT.replace(text);
    }

    pub fn with<T>(ask: impl FnOnce(&str) -> T) -> T {
        TEXT.with_borrow(|text| ask(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_more_languages_are_found() {
        assert_eq!(word("kosik"), None, "known without them");
        assert_eq!(word("winkelwagentje"), Some(Word::Names(PageType::Cart, 60)));
        assert_eq!(step("odeme"), Some((PageType::CheckoutPayment, 65)));
        assert!(thanks("kiitos-tilauksesta") && lists("filler", "muj") && !lists("filler", "kosik"));
    }
}
