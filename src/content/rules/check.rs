//! What a rule means as a whole: one that can never fire, or says what nobody will read, is told.

use super::super::error::Problems;
use crate::article::{RuleSource, TestSource};

/// Signals, and the pages on which they can happen, where that is not every page.
const WHERE: &[(&str, &str)] = &[
    ("no-results", "search category home other"),
    ("payment-failed", "checkout checkout-payment checkout-review cart order-confirmation account other"),
    (
        "back-from-payment",
        "checkout checkout-address checkout-shipping checkout-payment checkout-review cart order-confirmation other",
    ),
    (
        "coupon-rejected",
        "cart checkout checkout-address checkout-shipping checkout-payment checkout-review product other",
    ),
    ("variant-missing", "product category search home cart other"),
    ("variant-flipped", "product category search home cart other"),
    ("login-failed", "account-login account-register account checkout checkout-address cart other home order-status"),
    // On pages where a shopper pays, neither fields nor clipboard are listened to.
    ("basket-changed", "product category search home cart checkout other"),
    ("copied-order", "order-confirmation order-status account contact return-form information home other"),
];

/// Whether a signal can happen on one of these pages; without pages, anywhere.
#[must_use]
pub fn happens_on(signal: &str, pages: &[String]) -> bool {
    let possible = WHERE.iter().find(|(name, _)| *name == signal).map(|(_, pages)| *pages);
    possible.is_none_or(|possible| {
        pages.is_empty() || pages.iter().any(|page| possible.split(' ').any(|known| known == page))
    })
}

/// Checks that a rule can fire and that what it says can be heard.
pub(super) fn rule(rule: &RuleSource, speaks: bool, line: usize, problems: &mut Problems<'_>) {
    if !rule.signals.is_empty() && !rule.signals.iter().any(|signal| happens_on(signal, &rule.pages)) {
        problems.error(
            line,
            format!(
                "this rule can never fire: {} does not happen on {}",
                rule.signals.join(", "),
                rule.pages.join(", ")
            ),
            "correct `page` or `signal`",
        );
    }
    let of_product = |test: &TestSource| {
        test.key == "fact"
            && !test.not
            && matches!(test.name.as_str(), "stock" | "variant" | "product" | "brand" | "sku")
    };
    if rule.tests.iter().any(of_product) && !rule.pages.is_empty() && !rule.pages.iter().any(|page| page == "product") {
        problems.error(
            line,
            format!("this rule can never fire: only a product page has one product, not {}", rule.pages.join(", ")),
            "write `page: product`, or leave the product's facts out",
        );
    }
    for (at, test) in rule.tests.iter().enumerate() {
        let same =
            |other: &TestSource| other.key == test.key && other.name == test.name && other.compare == test.compare;
        let against = |other: &TestSource| {
            same(other)
                && (other.not != test.not && other.values == test.values
                    || !other.not && !test.not && !overlaps(&other.values, &test.values))
        };
        if test.key != "url" && rule.tests.iter().skip(at + 1).any(against) {
            let name = if test.name.is_empty() { &test.key } else { &test.name };
            problems.error(
                line,
                format!("this rule can never fire: `{name}` would have to be two things at once"),
                "leave one out",
            );
        }
    }
    let happened = !rule.signals.is_empty()
        || rule.tests.iter().any(|test| matches!(test.key.as_str(), "dwell" | "visits" | "path" | "signal"));
    if speaks && !happened {
        problems.warning(
            line,
            "`say` is never said: a line unasked answers to something that happened, not to a mere visit",
            "add `signal`, `dwell`, `before` or `visits`",
        );
    }
    if !rule.offer.is_empty() && !speaks {
        problems.warning(line, "`offer` is never shown: it is what a line opens", "add `say: \"One line.\"`");
    }
}

/// Whether two lists of values share one.
fn overlaps(one: &str, other: &str) -> bool {
    one.split('|').any(|value| other.split('|').any(|known| known == value))
        // Ranges: only their words are compared, so two different ones may well meet.
        || one.contains('-') && other.contains('-')
}

/// Rules that say the same twice.
pub(super) fn twins(rules: &[RuleSource], problems: &mut Problems<'_>) {
    for (at, rule) in rules.iter().enumerate() {
        let twin = |other: &&RuleSource| {
            (&other.pages, &other.signals, &other.tests) == (&rule.pages, &rule.signals, &rule.tests)
                && other.say == rule.say
                && !rule.only_says
        };
        if let Some(first) = rules.iter().take(at).find(twin) {
            problems.warning(
                rule.line as usize,
                format!("this rule waits for the same as the one of line {}", first.line),
                "keep the one of the higher priority",
            );
        }
    }
}
