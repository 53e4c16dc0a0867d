//! Rules, bound to this index: page types and signals as bits, the article as its number.
//!
//! | piece    | meaning                                                                                |
//! | -------- | -------------------------------------------------------------------------------------- |
//! | number   | how many rules there are                                                               |
//! | per rule | number article + 1 (0 for none), number page bits, number signal bits, byte priority, byte flags ([`BADGE`], [`NO_BADGE`], [`SAYS`]) |
//! |          | with [`SAYS`]: text say, text offer, byte cap, number pause in minutes                  |
//! |          | number of tests, each: text key, text name, byte [`Compare`] + [`NOT`], text values     |
//! | number   | bits of the signals worth waking for                                                   |

use super::codec::Reader;
use crate::article::Compare;

/// Flag of a rule: the launcher shows a badge though no signal happened.
pub const BADGE: u8 = 1;
/// Flag of a rule: the launcher shows no badge though a signal happened.
pub const NO_BADGE: u8 = 2;
/// Flag of a rule: it says something, and what it says follows.
const SAYS: u8 = 4;
/// Added to a test's comparison when it must not hold.
const NOT: u8 = 0x80;

/// When to suggest an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule<'a> {
    /// Number of the article; `None` suggests nothing.
    pub article: Option<u32>,
    /// Bits of [`crate::page::PageType`]s that it fits; 0 fits all.
    pub pages: u32,
    /// Bits of [`crate::page::Signal`]s of which one must have happened; 0 needs none.
    pub signals: u32,
    /// 1 (last) to 10 (first).
    pub priority: u8,
    /// [`BADGE`] or [`NO_BADGE`].
    pub flags: u8,
    /// One line the widget may say unasked; empty says nothing.
    pub say: &'a str,
    /// What that line opens: `person`, `flow:<name>` or nothing special.
    pub offer: &'a str,
    /// How often the line is said in a visit.
    pub cap: u8,
    /// Minutes between saying it and saying it again.
    pub pause_min: u32,
    /// What else must be so.
    pub tests: Tests<'a>,
}

/// Tests of a rule, read one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tests<'a> {
    bytes: &'a [u8],
}

/// Something that must be so: see [`crate::article::TestSource`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Test<'a> {
    /// Key of the snapshot's lines, or `fact`.
    pub key: &'a str,
    /// Name within the key.
    pub name: &'a str,
    /// How it is compared.
    pub compare: Compare,
    /// It must not be so.
    pub not: bool,
    /// What with.
    pub values: &'a str,
}

impl<'a> Iterator for Tests<'a> {
    type Item = Test<'a>;

    fn next(&mut self) -> Option<Test<'a>> {
        let mut reader = Reader::new(self.bytes);
        let test = test(&mut reader)?;
        self.bytes = self.bytes.get(self.bytes.len() - reader.left()..)?;
        Some(test)
    }
}

fn test<'a>(reader: &mut Reader<'a>) -> Option<Test<'a>> {
    let (key, name, byte) = (reader.text()?, reader.text()?, reader.byte()?);
    let compare = match byte & !NOT {
        0 => Compare::Is,
        1 => Compare::Has,
        2 => Compare::In,
        3 => Compare::After,
        _ => return None,
    };
    Some(Test { key, name, compare, not: byte & NOT != 0, values: reader.text()? })
}

/// Reads the rules.
#[must_use]
#[inline(never)]
pub fn decode_rules(bytes: &[u8], n_articles: u32) -> Option<Vec<Rule<'_>>> {
    let mut reader = Reader::new(bytes);
    let mut out = Vec::new();
    for _ in 0..reader.count()? {
        let article = reader.number()?.checked_sub(1);
        if article.is_some_and(|article| article >= n_articles) {
            return None;
        }
        let (pages, signals) = (reader.number()?, reader.number()?);
        let (priority, flags) = (reader.byte()?.clamp(1, 10), reader.byte()?);
        let (mut say, mut offer, mut cap, mut pause_min) = ("", "", 0, 0);
        if flags & SAYS != 0 {
            (say, offer, cap, pause_min) = (reader.text()?, reader.text()?, reader.byte()?, reader.number()?);
        }
        let n_tests = reader.count()?;
        let from = bytes.len() - reader.left();
        for _ in 0..n_tests {
            test(&mut reader)?;
        }
        let tests = Tests { bytes: bytes.get(from..bytes.len() - reader.left())? };
        out.push(Rule { article, pages, signals, priority, flags, say, offer, cap, pause_min, tests });
    }
    reader.number()?;
    (reader.left() == 0).then_some(out)
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) use write::{encode, wake_list};

#[cfg(not(target_arch = "wasm32"))]
mod write {
    use super::super::codec::Writer;
    use super::{BADGE, NO_BADGE, NOT, SAYS};
    use crate::article::{Article, RuleSource};

    /// Pages that say nothing of what the shopper may want: there, what stands out is suggested.
    const OPEN_PAGES: [&str; 3] = ["home", "information", "other"];
    use crate::page::{PageType, Signal};

    /// Bits of the signals worth waking the engine for: those that some rule waits for, and dwelling
    /// where a rule counts its seconds.
    pub fn wake_list(articles: &[Article]) -> u32 {
        articles.iter().flat_map(|article| &article.rules).fold(0, |bits, rule| {
            let dwells = rule.tests.iter().any(|test| test.key == "dwell");
            bits | signals(rule) | if dwells { Signal::Dwell.bit() } else { 0 }
        })
    }

    fn signals(rule: &RuleSource) -> u32 {
        rule.signals.iter().filter_map(|name| Signal::from_name(name)).fold(0, |bits, signal| bits | signal.bit())
    }

    /// Writes the rules and the wake list.
    pub fn encode(articles: &[Article], out: &mut Writer) {
        let n_prominent = articles.iter().filter(|article| article.prominence > 0).count();
        out.number((articles.iter().map(|article| article.rules.len()).sum::<usize>() + n_prominent) as u32);
        for (number, article) in (1..).zip(articles) {
            for rule in &article.rules {
                one(rule, number, out);
            }
            if article.prominence > 0 {
                let pages = OPEN_PAGES.map(str::to_owned).into();
                one(&RuleSource { pages, priority: article.prominence, ..RuleSource::default() }, number, out);
            }
        }
        out.number(wake_list(articles));
    }

    fn one(rule: &RuleSource, number: u32, out: &mut Writer) {
        out.number(if rule.only_says { 0 } else { number });
        out.number(
            rule.pages.iter().filter_map(|name| PageType::from_name(name)).fold(0, |bits, page| bits | page.bit()),
        );
        out.number(signals(rule));
        out.byte(rule.priority.clamp(1, 10));
        let says = !rule.say.is_empty();
        let badge = match rule.badge {
            Some(true) => BADGE,
            Some(false) => NO_BADGE,
            None => 0,
        };
        out.byte(badge | if says { SAYS } else { 0 });
        if says {
            out.text(&rule.say);
            out.text(&rule.offer);
            out.byte(rule.cap);
            out.number(u32::from(rule.pause_min));
        }
        out.number(rule.tests.len() as u32);
        for test in &rule.tests {
            out.text(&test.key);
            out.text(&test.name);
            out.byte(test.compare as u8 | if test.not { NOT } else { 0 });
            out.text(&test.values);
        }
    }
}
