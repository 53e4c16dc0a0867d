//! Rules, bound to this index: page types and signals as bits, the article as its number.
//!
//! | piece    | meaning                                                                                |
//! | -------- | -------------------------------------------------------------------------------------- |
//! | number   | how many rules there are                                                               |
//! | per rule | number article, number page bits, number signal bits, text url, byte stock, byte priority, text say |
//! | number   | bits of the signals worth waking for                                                   |

use super::codec::Reader;

/// When to suggest an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Number of the article.
    pub article: u32,
    /// Bits of [`crate::page::PageType`]s that it fits; 0 fits all.
    pub pages: u32,
    /// Bits of [`crate::page::Signal`]s of which one must have happened; 0 needs none.
    pub signals: u32,
    /// Text that the page's path must contain; empty fits all.
    pub url: String,
    /// Stock that the product must have.
    pub stock: Stock,
    /// 1 (last) to 10 (first).
    pub priority: u8,
    /// One line the widget may say unasked; empty says nothing.
    pub say: String,
}

/// A product's stock, as a rule asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Stock {
    /// Whatever it is.
    #[default]
    Any = 0,
    /// It can be bought.
    In = 1,
    /// It is sold out.
    Out = 2,
}

/// Reads the rules.
#[must_use]
pub fn decode_rules(bytes: &[u8], n_articles: usize) -> Option<Vec<Rule>> {
    let mut reader = Reader::new(bytes);
    let mut out = Vec::new();
    for _ in 0..reader.count()? {
        out.push(Rule {
            article: reader.number().filter(|&article| (article as usize) < n_articles)?,
            pages: reader.number()?,
            signals: reader.number()?,
            url: reader.text()?.to_owned(),
            stock: match reader.byte()? {
                0 => Stock::Any,
                1 => Stock::In,
                2 => Stock::Out,
                _ => return None,
            },
            priority: reader.byte()?.clamp(1, 10),
            say: reader.text()?.to_owned(),
        });
    }
    reader.number()?;
    (reader.left() == 0).then_some(out)
}

/// Bits of the signals worth waking the engine for: those that some rule waits for.
#[must_use]
pub fn wake_list(rules: &[Rule]) -> u32 {
    rules.iter().fold(0, |bits, rule| bits | rule.signals)
}

/// Writes the rules and the wake list.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn encode(rules: &[Rule], out: &mut super::codec::Writer) {
    out.number(rules.len() as u32);
    for rule in rules {
        out.number(rule.article);
        out.number(rule.pages);
        out.number(rule.signals);
        out.text(&rule.url);
        out.byte(rule.stock as u8);
        out.byte(rule.priority);
        out.text(&rule.say);
    }
    out.number(wake_list(rules));
}
