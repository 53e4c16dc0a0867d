//! Whether a rule fires here, and which of its conditions does not hold.

use super::classify;
use super::facts::{Facts, checkout_bits};
use super::pieces::pieces;
use super::snapshot::Snapshot;
use super::words::Words;
use crate::article::Compare;
use crate::index::rules::{Rule, Test};
use crate::page::{PageType, Signal};

/// Why a rule did not fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet<'a> {
    /// The page is of another type.
    Page,
    /// None of its signals happened.
    Signal,
    /// This does not hold.
    Test(Test<'a>),
}

/// Whether a rule fires here; which signal made it, if one did.
///
/// # Errors
/// Says what it waits for.
pub fn fires<'a>(
    rule: &Rule<'a>,
    facts: &Facts,
    signals: &[Signal],
    page: &Snapshot,
    words: &Words,
) -> Result<Option<Signal>, Unmet<'a>> {
    if rule.pages != 0 && rule.pages & page_bits(facts.page) == 0 {
        return Err(Unmet::Page);
    }
    for test in rule.tests {
        if !holds(&test, facts, page, words) {
            return Err(Unmet::Test(test));
        }
    }
    if rule.signals == 0 {
        return Ok(None);
    }
    let signal = signals.iter().find(|signal| rule.signals & signal.bit() != 0);
    signal.map(|signal| Some(*signal)).ok_or(Unmet::Signal)
}

/// Whether a line unasked may follow from it: something happened, or came together over time.
pub(super) fn happened(rule: &Rule) -> bool {
    rule.signals != 0 || rule.tests.into_iter().any(|test| matches!(test.key, "dwell" | "visits" | "path"))
}

fn holds(test: &Test, facts: &Facts, page: &Snapshot, words: &Words) -> bool {
    let value = match (test.key, test.name) {
        ("fact", name) => facts.get(name),
        (key, "") => page.first(key),
        (key, name) => page.named(key, name),
    };
    let mut values = pieces(test.values, b"|");
    let met = match test.compare {
        Compare::Is => values.any(|known| known.eq_ignore_ascii_case(value)),
        Compare::Has => values.any(|known| contains(value, known)),
        Compare::In => number(value).is_some_and(|value| values.any(|range| within(value, range))),
        Compare::After => {
            let mut next = values.next();
            for line in page.all("path") {
                let told = page_bits(classify::by_address(line.value, words));
                if next.and_then(PageType::from_name).is_some_and(|wanted| wanted.bit() & told != 0) {
                    next = values.next();
                }
            }
            next.is_none()
        }
    };
    met != test.not
}

/// Whether a text stands in another. The library's search would be a thirtieth of the engine.
#[inline(never)]
fn contains(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|piece| piece == part.as_bytes())
}

/// The number that a text begins with, its fraction left out.
#[inline(never)]
pub(super) fn number(text: &str) -> Option<u32> {
    let mut out = None;
    for digit in text.bytes().map(|b| u32::from(b.wrapping_sub(b'0'))) {
        if digit > 9 {
            break;
        }
        out = Some(out.unwrap_or(0u32).saturating_mul(10).saturating_add(digit));
    }
    out
}

/// `from-to`, either end open.
fn within(value: u32, range: &str) -> bool {
    let at = range.bytes().position(|b| b == b'-').unwrap_or(range.len());
    let from = range.get(..at).and_then(number).unwrap_or(0);
    let to = range.get(at + 1..).and_then(number).unwrap_or(u32::MAX);
    from <= value && value <= to
}

/// The page's own bit, and for a step of the checkout that of the checkout as a whole.
fn page_bits(page: PageType) -> u32 {
    let step = page.bit() & checkout_bits() != 0;
    page.bit() | if step { PageType::Checkout.bit() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(key: &str, name: &str, compare: Compare, values: &str, page: &str) -> bool {
        let snapshot = Snapshot::parse(page);
        let words = Words::all();
        let facts = Facts::read(&snapshot, &words);
        holds(&Test { key, name, compare, not: false, values }, &facts, &snapshot, &words)
    }

    #[test]
    fn tests_compare_lines_and_facts() {
        let page = "url\thttps://shop.example/p/boots?utm_source=mail&x=1\nlang\ten\nattr\tpage-type\tproduct\nattr\tcustomer-state\tnew\n\
                    meta\tproduct:price:amount\t149.90\nsignal\tcoupon-rejected\t2\ndwell\t61\ntime\t600\ndevice\tphone\n";
        for (key, name, compare, values, expected) in [
            ("url", "", Compare::Has, "?utm_source=mail|&utm_source=mail", true),
            ("url", "", Compare::Has, "utm_source=post", false),
            ("lang", "", Compare::Is, "de|EN", true),
            ("fact", "customer-state", Compare::Is, "returning|new", true),
            ("fact", "price", Compare::In, "100-149", true),
            ("fact", "price", Compare::In, "150-", false),
            ("fact", "brand", Compare::Is, "Lowa", false),
            ("fact", "brand", Compare::In, "0-", false),
            ("signal", "coupon-rejected", Compare::In, "2-", true),
            ("signal", "coupon-rejected", Compare::In, "3-", false),
            ("dwell", "", Compare::In, "60-", true),
            ("time", "", Compare::In, "0-10|540-1049", true),
            ("time", "", Compare::In, "-599", false),
            ("device", "", Compare::Is, "desktop", false),
        ] {
            assert_eq!(met(key, name, compare, values, page), expected, "{key} {name} {values}");
        }
    }

    #[test]
    fn pages_before_count_in_their_order() {
        let page = "url\thttps://a.example/cart\npath\thttps://a.example/products/a\npath\thttps://a.example/cart\n\
                    path\thttps://a.example/checkout/payment\n";
        for (values, expected) in [
            ("product", true),
            ("product|cart", true),
            ("cart|checkout", true),
            ("cart|checkout-payment", true),
            ("cart|product", false),
            ("product|product", false),
        ] {
            assert_eq!(met("path", "", Compare::After, values, page), expected, "{values}");
        }
    }
}
