//! What the engine tells the panel about a page: its type and the suggestions, with reasons.
//!
//! | offset | type | meaning |
//! |---|---|---|
//! | 0 | u8 | format, [`FORMAT`] |
//! | 1 | u8 | page type, number of [`PageType`] |
//! | 2 | u8 | confidence, 0 to 100 |
//! | 3 | u8 | source, number of [`Source`] |
//! | 4 | u8 | number of suggestions that a signal brought: what the launcher's badge shows |
//! | 5 | u8 | how often that line may be said in a visit |
//! | 6 | varint | minutes before it may be said again |
//! | | text | line to say unasked, empty for none |
//! | | text | what the line opens: `person`, `flow:<name>`, or empty for the panel |
//! | | text | product name, empty when unknown |
//! | | varint | number of suggestions, then each: |
//! | | varint | article number |
//! | | varint | score, 0 to 1000 |
//! | | u8 | kind of reason, then its data: 0 signal u8, text; 1 page type u8; 2 text |
//!
//! A text is its length in bytes as a varint (LEB128), then UTF-8. What stands in front of the suggestions is read by
//! `page.js` too.

use crate::page::{PageType, Signal};

/// Number of this layout.
pub const FORMAT: u8 = 2;

/// Most suggestions that are ever read or written.
const MAX_SUGGESTIONS: usize = 16;

/// Longest text in bytes, in bytes; longer ones are cut when written and refused when read.
const MAX_TEXT_BYTES: usize = 512;

/// Which reader told the type of the page, most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Source {
    /// The shop itself: `data-page-type` or `Helpnook('context', …)`.
    Shop,
    /// JSON-LD, microdata or RDFa.
    StructuredData,
    /// Globals, body classes or paths of a known shop platform.
    Platform,
    /// Events pushed to `dataLayer`.
    DataLayer,
    /// Words in the address.
    Url,
    /// What stands on the page: fields, buttons, headings.
    Dom,
    /// Nothing spoke.
    Nothing,
}

impl Source {
    /// Every one, in the order of its number.
    pub const ALL: &[Self] =
        &[Self::Shop, Self::StructuredData, Self::Platform, Self::DataLayer, Self::Url, Self::Dom, Self::Nothing];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::StructuredData => "structured-data",
            Self::Platform => "platform",
            Self::DataLayer => "datalayer",
            Self::Url => "url",
            Self::Dom => "dom",
            Self::Nothing => "nothing",
        }
    }
}

/// Why an article is suggested; the panel turns it into one plain sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Something happened; with the label of the troubled field where there was one.
    Signal(Signal, String),
    /// It helps on pages of this kind.
    Page(PageType),
    /// It speaks of words that stand on the page.
    Words(String),
}

/// An article that may help here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Number of the article in the index.
    pub article: u32,
    /// How well it fits, 0 to 1000.
    pub score: u16,
    /// Why it is shown.
    pub reason: Reason,
}

/// The engine's answer to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Type of the page.
    pub page: PageType,
    /// How sure that is, 0 to 100.
    pub confidence: u8,
    /// Which reader told it.
    pub source: Source,
    /// How many of the suggestions a signal brought: worth a badge on the launcher.
    pub badge: u8,
    /// One line the widget may say unasked; empty says nothing.
    pub say: String,
    /// What that line opens: `person`, `flow:<name>`, or empty for the panel.
    pub offer: String,
    /// How often the line may be said in a visit.
    pub cap: u8,
    /// Minutes before it may be said again.
    pub pause_min: u32,
    /// Name of the product on a product page; may be empty.
    pub product: String,
    /// Best first.
    pub suggestions: Vec<Suggestion>,
}

impl Advice {
    /// Its bytes, in the layout above.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![FORMAT, self.page as u8, self.confidence, self.source as u8, self.badge, self.cap];
        put_varint(&mut out, self.pause_min);
        put_text(&mut out, &self.say);
        put_text(&mut out, &self.offer);
        put_text(&mut out, &self.product);
        let shown = self.suggestions.get(..MAX_SUGGESTIONS).unwrap_or(&self.suggestions);
        put_varint(&mut out, shown.len() as u32);
        for suggestion in shown {
            put_varint(&mut out, suggestion.article);
            put_varint(&mut out, u32::from(suggestion.score));
            match &suggestion.reason {
                Reason::Signal(signal, label) => {
                    out.extend([0, *signal as u8]);
                    put_text(&mut out, label);
                }
                Reason::Page(page) => out.extend([1, *page as u8]),
                Reason::Words(words) => {
                    out.push(2);
                    put_text(&mut out, words);
                }
            }
        }
        out
    }

    /// Reads those bytes; `None` when they are not such.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = Bytes(bytes);
        if rest.byte()? != FORMAT {
            return None;
        }
        let page = pick(PageType::ALL, rest.byte()?)?;
        let confidence = rest.byte()?;
        let source = pick(Source::ALL, rest.byte()?)?;
        let (badge, cap, pause_min) = (rest.byte()?, rest.byte()?, rest.varint()?);
        let (say, offer, product) = (rest.text()?, rest.text()?, rest.text()?);
        let n = rest.varint()? as usize;
        if n > MAX_SUGGESTIONS {
            return None;
        }
        let mut suggestions = Vec::with_capacity(n);
        for _ in 0..n {
            let article = rest.varint()?;
            let score = u16::try_from(rest.varint()?).ok()?;
            let reason = match rest.byte()? {
                0 => Reason::Signal(pick(Signal::ALL, rest.byte()?)?, rest.text()?),
                1 => Reason::Page(pick(PageType::ALL, rest.byte()?)?),
                2 => Reason::Words(rest.text()?),
                _ => return None,
            };
            suggestions.push(Suggestion { article, score, reason });
        }
        Some(Self { page, confidence, source, badge, say, offer, cap, pause_min, product, suggestions })
    }
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u32> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            // The fifth byte has room for four bits only.
            if shift == 28 && byte > 0x0f {
                return None;
            }
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        let n = self.varint()? as usize;
        if n > MAX_TEXT_BYTES {
            return None;
        }
        let (text, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        core::str::from_utf8(text).ok().map(str::to_owned)
    }
}

fn pick<T: Copy>(all: &[T], number: u8) -> Option<T> {
    all.get(usize::from(number)).copied()
}

fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    let text = cut(text, MAX_TEXT_BYTES);
    put_varint(out, text.len() as u32);
    out.extend_from_slice(text.as_bytes());
}

/// The text, at most `max` bytes of it, never inside a character.
pub(super) fn cut(text: &str, max: usize) -> &str {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reasons() -> impl Strategy<Value = Reason> {
        prop_oneof![
            (0..Signal::ALL.len(), ".{0,40}").prop_map(|(n, label)| Reason::Signal(Signal::ALL[n], label)),
            (0..PageType::ALL.len()).prop_map(|n| Reason::Page(PageType::ALL[n])),
            ".{0,40}".prop_map(Reason::Words),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            page in 0..PageType::ALL.len(),
            confidence in 0u8..=100,
            source in 0..Source::ALL.len(),
            badge in 0u8..9,
            (say, offer, product) in (".{0,100}", ".{0,30}", ".{0,100}"),
            (cap, pause_min) in (any::<u8>(), any::<u32>()),
            found in prop::collection::vec((any::<u32>(), 0u16..=1000, reasons()), 0..MAX_SUGGESTIONS),
        ) {
            let suggestions = found.into_iter().map(|(article, score, reason)| Suggestion { article, score, reason }).collect();
            let advice = Advice { page: PageType::ALL[page], confidence, source: Source::ALL[source], badge, say, offer, cap, pause_min, product, suggestions };
            prop_assert_eq!(Advice::decode(&advice.encode()), Some(advice));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Advice::decode(&bytes);
        }

        #[test]
        fn cut_bytes_are_refused(end in 0usize..12) {
            let advice = Advice {
                page: PageType::Cart, confidence: 90, source: Source::Url, badge: 1, say: "Code refused?".to_owned(), offer: String::new(), cap: 1,
                pause_min: 1, product: String::new(),
                suggestions: vec![Suggestion { article: 300, score: 900, reason: Reason::Signal(Signal::CouponRejected, "Code".to_owned()) }],
            };
            let bytes = advice.encode();
            prop_assert_eq!(Advice::decode(&bytes[..bytes.len() - 1 - end]), None);
        }
    }
}
