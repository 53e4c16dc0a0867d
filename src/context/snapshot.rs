//! The page as `page.js` saw it: lines of `key<TAB>value[<TAB>value2]`.
//!
//! It comes from a page that may be wrong, huge or hostile: what is beyond a bound is left out,
//! what makes no sense is skipped, and nothing is ever refused as a whole.
//!
//! | key | value | value2 |
//! | --- | --- | --- |
//! | `url`, `lang`, `title` | of the page | |
//! | `class` | classes of the body and its id as `#id` | |
//! | `h` | a heading, the first ones first | |
//! | `meta` | name | content |
//! | `ld` | path in structured data | value |
//! | `dl` | event of the `dataLayer` | one of its fields, `path=value` |
//! | `global` | name that a shop platform gives | value |
//! | `cue` | what stands on the page | |
//! | `label` | of a field in trouble, the latest last | |
//! | `signal` | what happened | how often |
//! | `attr` | name of what the shop said | value |
//! | `read`, `helped`, `failed` | id of an article: opened, voted for, voted against | |
//! | `path` | address of a page before this one, the latest last | |
//! | `dwell`, `visits` | seconds on this page; visits to the shop | |
//! | `time` | minute of the week, from Monday on | |
//! | `device`, `arm` | `phone` or `desktop`; half of a test, `a` or `b` | |

use super::advice::cut;
use super::pieces::pieces;
use crate::page::Signal;

/// Longest snapshot that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// Longest value that is read, in bytes.
pub const MAX_VALUE_BYTES: usize = 512;

/// Most lines that are kept; the browser writes fewer than half as many.
const MAX_LINES: usize = 1000;

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// What it tells.
    pub key: &'a str,
    /// Never empty.
    pub value: &'a str,
    /// Empty for keys that have no second value.
    pub second: &'a str,
}

/// What is known of a page, as written by whoever read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot<'a> {
    lines: Vec<Line<'a>>,
}

impl<'a> Snapshot<'a> {
    /// Reads the lines.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let mut lines = Vec::new();
        for line in pieces(cut(text, MAX_BYTES), b"\n") {
            let mut parts = pieces(line, b"\t");
            let mut part = || cut(parts.next().unwrap_or_default().trim_ascii(), MAX_VALUE_BYTES);
            let line = Line { key: part(), value: part(), second: part() };
            if !line.value.is_empty() && lines.len() < MAX_LINES {
                lines.push(line);
            }
        }
        Self { lines }
    }

    /// The lines of a key, in their order.
    pub fn all<'s>(&'s self, key: &'s str) -> impl DoubleEndedIterator<Item = &'s Line<'a>> {
        self.lines.iter().filter(move |line| line.key == key)
    }

    /// The value of the first line of a key; empty when there is none.
    #[must_use]
    #[inline(never)]
    pub fn first(&self, key: &str) -> &'a str {
        self.lines.iter().find(|line| line.key == key).map_or("", |line| line.value)
    }

    /// The value that a key gives to a name, the last word counting; empty when it gives none.
    #[must_use]
    #[inline(never)]
    pub fn named(&self, key: &str, name: &str) -> &'a str {
        self.lines.iter().rev().find(|line| line.key == key && line.value == name).map_or("", |line| line.second)
    }

    /// Whether the page shows what goes by this name.
    #[must_use]
    #[inline(never)]
    pub fn has_cue(&self, name: &str) -> bool {
        self.lines.iter().any(|line| line.key == "cue" && line.value == name)
    }

    /// What happened, each thing once.
    #[must_use]
    pub fn signals(&self) -> Vec<Signal> {
        let mut out = Vec::new();
        for line in self.all("signal") {
            if let Some(signal) = Signal::from_name(line.value)
                && !out.contains(&signal)
            {
                out.push(signal);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_become_facts() {
        let page = Snapshot::parse(
            "url\thttps://shop.example/cart?x=1\nh\tYour basket\nh\tLines\nmeta\tog:type\tproduct\ncue\tcart-table\n\
             signal\tcoupon-rejected\t2\nsignal\tcoupon-rejected\t3\nsignal\tno-such-thing\t1\n\
             attr\tpage-type\tcart\nattr\tpage-type\thome\nno tab at all\n\tx\nh\t\n",
        );
        assert_eq!(page.first("url"), "https://shop.example/cart?x=1");
        assert_eq!(page.first("h"), "Your basket");
        assert_eq!(page.all("h").count(), 2);
        assert_eq!(page.named("meta", "og:type"), "product");
        assert!(page.has_cue("cart-table") && !page.has_cue("card-fields"));
        assert_eq!(page.signals(), [Signal::CouponRejected]);
        assert_eq!(page.named("attr", "page-type"), "home", "a later word of the shop replaces an earlier one");
    }

    #[test]
    fn what_is_too_much_is_left_out() {
        let long = ["h\t", &"ß".repeat(4000), "\n"].concat().repeat(400);
        assert!(Snapshot::parse(&long).lines.iter().all(|line| line.value.len() <= MAX_VALUE_BYTES));
        assert!(Snapshot::parse(&"h\tx\n".repeat(9000)).lines.len() <= MAX_LINES);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\PC|\t|\n|url|ld|signal|dwell|dl|@type|/){0,400}") {
            let _ = super::super::Facts::read(&Snapshot::parse(&text), &super::super::Words::all());
        }
    }
}
