//! What page readers know by heart: words that name a kind of page in addresses and headings, and signs
//! of shop platforms. None of it is in the engine: it stands in `words/*.txt`. The core travels in the
//! index behind what shoppers ask (see [`super::topics`]): what structured data, `dataLayer` and the
//! page's controls say, and the commonest words. Where it leaves a page's type in doubt, the browser
//! fetches more: first a file beside the index with signs of platforms, English and the index's own
//! language, then the words of all languages. The program has them all in itself.
//!
//! | line | says |
//! | --- | --- |
//! | `name <page> <weight> <word>…` | a whole path segment (`/mon-panier/`, `cart.php`, `sign_in`) or a whole heading that names a page |
//! | `step <page> <weight> <word>…` | the same for a step of a checkout, told only below a word for it |
//! | `root`, `order`, `filler`, `thanks` `<word>…` | opens a part of a shop; speaks of an order; changes nothing in front of a name (`my-cart`); how a heading begins that thanks for an order |
//! | `class`, `platform`, `type`, `og`, `event`, `shape`, `cue` `<page> <weight> <word>…` | body classes and `#ids`; what platforms and `dataLayer` call a page; types of structured data; `og:type`; `dataLayer` events; fields of `ecommerce` in its older shape; what stands on the page |
//! | `thing`, `page-field` `<word>…` | types of what can be bought; fields that hold the type of the page |
//! | `route`, `query`, `locale`, `list` `<word>…` | query names whose value is a part of the path in other shops; or what is searched; languages and countries in front of a path; names for the orders of an account |
//! | `fact <name> <field>…` | fields of structured data, `meta` elements and `dataLayer` that tell a fact |
//!
//! Words are lower case, folded to ASCII where they are Latin, and joined by `-`.

use core::cell::RefCell;

use super::pieces::{cut, first, pieces};
use super::rule::number;
use super::topics;
use crate::index::Index;
use crate::page::PageType;
use crate::text;

thread_local! {
    static LEARNED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Takes more words, in place of those taken before, for a page whose type was in doubt without them; an
/// empty text forgets them.
pub fn learn(text: String) {
    LEARNED.replace(text);
}

/// One line.
#[derive(Debug)]
pub(super) struct Row<'t> {
    pub table: &'t str,
    /// [`PageType::Other`] where the line names none.
    pub page: PageType,
    pub weight: u8,
    pub words: &'t str,
}

/// What is known by heart.
#[derive(Debug)]
pub struct Words<'t>(Vec<Row<'t>>);

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It names this kind of page, and counts so much.
    Names(PageType, u8),
    /// It opens the shop.
    Root,
    /// It speaks of an order.
    Order,
}

impl<'t> Words<'t> {
    /// The words of some texts; lines that are none say nothing.
    #[must_use]
    pub fn read(texts: &[&'t str]) -> Self {
        let mut rows = Vec::new();
        for line in texts.iter().flat_map(|text| pieces(text, b"\n")) {
            let (table, rest) = cut(line, b" ");
            let (page, after) = cut(rest, b" ");
            let (weight, words) = cut(after, b" ");
            rows.push(match (PageType::from_name(page), number(weight)) {
                (Some(page), Some(weight)) => Row { table, page, weight: weight as u8, words },
                _ => Row { table, page: PageType::Other, weight: 0, words: rest },
            });
        }
        Self(rows)
    }

    /// Asks with the words of an index and those learned.
    pub fn with<T>(index: &Index, ask: impl FnOnce(&Words<'_>) -> T) -> T {
        LEARNED.with_borrow(|learned| ask(&Words::read(&[topics::words(index), learned])))
    }

    /// The lines of a table.
    pub(super) fn table(&self, table: &str) -> impl Iterator<Item = &Row<'t>> {
        self.0.iter().filter(move |row| row.table == table)
    }

    /// The first line of the table that has the word. Kept in one place of the module, as are the other
    /// functions so marked: inlined wherever they are asked they would be a third of the engine.
    #[inline(never)]
    fn row(&self, table: &str, word: &str) -> Option<&Row<'t>> {
        self.table(table).find(|row| has(row.words, word))
    }

    /// What kind of page the table tells by the word, and how much that counts.
    pub(super) fn find(&self, table: &str, word: &str) -> Option<(PageType, u8)> {
        self.row(table, word).map(|row| (row.page, row.weight))
    }

    /// Whether the table has the word.
    pub(super) fn has(&self, table: &str, word: &str) -> bool {
        self.row(table, word).is_some()
    }

    /// The fact that a field tells.
    pub(super) fn fact(&self, field: &str) -> Option<&'t str> {
        self.row("fact", field).map(|row| first(row.words, b" "))
    }

    /// What the word says, fillers in front of it aside.
    #[inline(never)]
    pub(super) fn word(&self, segment: &str) -> Option<Word> {
        let mut rest = segment;
        loop {
            if let Some((page, weight)) = self.find("name", rest) {
                return Some(Word::Names(page, weight));
            }
            if self.has("root", rest) {
                return Some(Word::Root);
            }
            if self.has("order", rest) {
                return Some(Word::Order);
            }
            let (filler, next) = cut(rest, b"-");
            if next.is_empty() || !self.has("filler", filler) {
                return None;
            }
            rest = next;
        }
    }

    /// Whether a heading thanks for an order.
    pub(super) fn thanks(&self, heading: &str) -> bool {
        self.table("thanks").any(|row| begins(row.words, heading))
    }
}

/// A text as the words here are written: `Mon_Panier` is `mon-panier`, `Košík` is `kosik`. Where words
/// are not parted by spaces they stay whole.
#[inline(never)]
pub(super) fn slug(text: &str) -> String {
    if text.bytes().any(unspaced) {
        return text.trim_ascii().to_owned();
    }
    if !text.is_ascii() {
        return tokens(text);
    }
    let mut out = String::new();
    for byte in text.trim_ascii().bytes() {
        out.push(if matches!(byte, b'_' | b' ' | b'+') { '-' } else { byte.to_ascii_lowercase() as char });
    }
    out
}

/// Whether a byte begins a character of a script that parts no words: Chinese, Japanese and their neighbours.
pub(super) fn unspaced(byte: u8) -> bool {
    byte >= 0xe3
}

/// The words of a text, joined by `-`.
pub(super) fn tokens(text: &str) -> String {
    let mut name = String::new();
    for token in text::analyze(text, 8) {
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&token.text);
    }
    name
}

/// Whether a text begins with one of the words.
fn begins(words: &str, text: &str) -> bool {
    pieces(words, b" ").any(|word| !word.is_empty() && text.starts_with(word))
}

/// Whether the word stands among the words.
#[inline(never)]
pub(super) fn has(words: &str, word: &str) -> bool {
    !word.is_empty() && pieces(words, b" ").any(|known| known == word)
}

/// What stands behind the last separator: of `https://schema.org/Product`, `page.type` and `Product`.
#[inline(never)]
pub(super) fn last_part(text: &str) -> &str {
    let at = text.bytes().rposition(|b| matches!(b, b'/' | b'#' | b':' | b'.'));
    at.and_then(|at| text.get(at + 1..)).unwrap_or(text)
}

/// The files, for the builder, the program and the release.
#[cfg(not(target_arch = "wasm32"))]
mod files {
    use super::Words;
    use crate::index::codec::{hash, hex};

    /// Signs of shop platforms.
    const PLATFORMS: &str = include_str!("words/platforms.txt");

    /// Language and its file. A language that is not here is among `more`.
    const FILES: &[(&str, &str)] = &[
        ("en", include_str!("words/en.txt")),
        ("de", include_str!("words/de.txt")),
        ("fr", include_str!("words/fr.txt")),
        ("es", include_str!("words/es.txt")),
        ("it", include_str!("words/it.txt")),
        ("nl", include_str!("words/nl.txt")),
        ("pl", include_str!("words/pl.txt")),
        ("pt", include_str!("words/pt.txt")),
        ("ro", include_str!("words/ro.txt")),
        ("more", include_str!("words/more.txt")),
    ];

    /// What every index carries.
    pub const CORE: &str = include_str!("words/core.txt");

    /// What lies beside an index of this language.
    #[must_use]
    pub fn of_language(lang: &str) -> String {
        let base = lang.split('-').next().unwrap_or_default();
        let own = FILES.iter().find(|(name, _)| *name == base).map_or("more", |(name, _)| *name);
        let wanted = |name: &str| name == "en" || name == own;
        let files = FILES.iter().filter(|(name, _)| wanted(name)).map(|(_, text)| *text);
        [PLATFORMS].into_iter().chain(files).collect()
    }

    /// Name of the file with [`of_language`], by its content.
    #[must_use]
    pub fn file_name(lang: &str) -> String {
        ["words-", &hex(hash(of_language(lang).as_bytes())), ".txt"].concat()
    }

    /// The words of all languages.
    #[must_use]
    pub fn of_all() -> String {
        [PLATFORMS].into_iter().chain(FILES.iter().map(|(_, text)| *text)).collect()
    }

    /// What is learned where a page's type is in doubt, one after the other.
    #[must_use]
    pub fn stages(lang: &str) -> [String; 2] {
        [of_language(lang), of_all()]
    }

    impl Words<'static> {
        /// What the program knows where there is no index.
        #[must_use]
        pub fn all() -> Self {
            let texts: Vec<&'static str> = FILES.iter().map(|(_, text)| *text).collect();
            Self::read(&[&[CORE, PLATFORMS], texts.as_slice()].concat())
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use files::{CORE, file_name, of_all, of_language, stages};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_language_lie_beside_its_index_and_those_of_all_come_last() {
        let core = Words::read(&[CORE]);
        assert_eq!((core.word("basket"), core.word("panier")), (Some(Word::Names(PageType::Cart, 60)), None));
        let (english, finnish) = (of_language("en"), of_language("fi"));
        let english = Words::read(&[CORE, &english]);
        let finnish = Words::read(&[CORE, &finnish]);
        assert_eq!(english.word("my-cart"), Some(Word::Names(PageType::Cart, 60)));
        assert_eq!(english.word("ostoskori"), None);
        assert_eq!(finnish.word("ostoskori"), Some(Word::Names(PageType::Cart, 60)));
        let all = Words::all();
        assert_eq!(all.find("step", "odeme"), Some((PageType::CheckoutPayment, 65)));
        assert!(all.thanks("kiitos-tilauksesta") && all.has("filler", "muj") && !all.has("filler", "kosik"));
        assert_eq!(all.fact("offers.price"), Some("price"));
    }

    #[test]
    fn every_line_of_the_files_is_read() {
        let tables = "name step root order filler thanks class platform type og event shape cue thing page-field route query locale list fact";
        for row in Words::all().0.iter().filter(|row| !row.table.is_empty()) {
            assert!(has(tables, row.table), "{row:?}");
            let paged = !has("root order filler thanks thing page-field route query locale list fact", row.table);
            assert_eq!(paged, row.weight > 0, "{row:?}");
        }
    }
}
