//! What kind of page it is: each reader votes, the sum decides.
//!
//! Readers are weighed by how seldom they are wrong, not obeyed in turn: shops leave a product's
//! JSON-LD on the basket page, so two lesser readers that agree beat a better one that is alone.
//! Only what the shop itself says (`data-page-type`) is final.

use super::address;
use super::advice::Source;
use super::signs::{CUES, EVENTS, LD_TYPES, PLATFORM, PLATFORM_NAMES, THINGS};
use super::snapshot::Snapshot;
use super::words::{self, Word};
use crate::page::PageType;

/// One reader's word on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// The kind of page it saw.
    pub page: PageType,
    /// How much that counts, 1 to 100: roughly how often in a hundred such a sign is right.
    pub weight: u8,
    /// Who spoke.
    pub source: Source,
}

/// What every reader says.
#[must_use]
pub fn votes(page: &Snapshot) -> Vec<Vote> {
    let mut out = Vec::new();
    if let Some(named) = PageType::from_name(page.attr("page-type")) {
        out.push(Vote { page: named, weight: 100, source: Source::Shop });
        return out;
    }
    structured_data(page, &mut out);
    platform(page, &mut out);
    data_layer(page, &mut out);
    let checkout = address::votes(page.url, &mut out);
    // A checkout that shows address and payment at once is on neither step.
    let one_page = page.has_cue("address-fields") && (page.has_cue("payment-choice") || page.has_cue("card-fields"));
    if one_page {
        out.push(Vote { page: PageType::Checkout, weight: 45, source: Source::Dom });
    }
    for (kind, weight, name) in CUES {
        let aside = match kind {
            // Within a checkout a password is a returning customer's, not a sign-in page.
            PageType::AccountLogin | PageType::AccountRegister | PageType::Cart => checkout,
            kind => one_page && general(*kind) == Some(PageType::Checkout),
        };
        if !aside && page.has_cue(name) {
            out.push(Vote { page: *kind, weight: *weight, source: Source::Dom });
        }
    }
    headings(page, checkout, &mut out);
    out
}

/// The kind of page that the votes speak for, how sure that is (0 to 100), and its best witness.
#[must_use]
pub fn decide(votes: &[Vote]) -> (PageType, u8, Source) {
    let sum =
        |page: PageType| votes.iter().filter(|vote| vote.page == page).map(|vote| u32::from(vote.weight)).sum::<u32>();
    let mut best = (PageType::Other, 0);
    let mut second = 0;
    for page in PageType::ALL {
        let own = sum(*page);
        // A step of the checkout also profits from what only said "checkout"; a sign-in from "account".
        let total = if own == 0 { 0 } else { general(*page).map_or(own, |general| own + sum(general)) };
        if total > best.1 {
            // The general kind is no rival of its own special case.
            if general(*page) != Some(best.0) {
                second = best.1;
            }
            best = (*page, total);
        } else if total > second && general(best.0) != Some(*page) {
            second = total;
        }
    }
    if best.1 == 0 {
        return (PageType::Other, 0, Source::Nothing);
    }
    let witness = votes.iter().filter(|vote| vote.page == best.0).max_by_key(|vote| vote.weight);
    let source = witness.map_or(Source::Nothing, |vote| vote.source);
    if source == Source::Shop {
        return (best.0, 100, source);
    }
    // 20 stands for the votes nobody cast: one weak sign alone leaves doubt.
    let confidence = best.1 * 100 / (best.1 + second + 20);
    (best.0, confidence.min(99) as u8, source)
}

/// Path of the one thing that the page sells, as it stands before `.@type`.
pub(super) fn main_thing<'a>(page: &Snapshot<'a>) -> Option<&'a str> {
    let mut things = page.ld.iter().filter(|(path, value)| is_thing(value) && at_top(path));
    let first = things.next()?;
    things.next().is_none().then(|| first.0.strip_suffix(".@type")).flatten()
}

/// The kind of which this one is a special case.
fn general(page: PageType) -> Option<PageType> {
    match page {
        PageType::CheckoutAddress
        | PageType::CheckoutShipping
        | PageType::CheckoutPayment
        | PageType::CheckoutReview => Some(PageType::Checkout),
        PageType::OrderConfirmation => Some(PageType::Checkout),
        PageType::AccountLogin | PageType::AccountRegister | PageType::OrderStatus => Some(PageType::Account),
        _ => None,
    }
}

fn structured_data(page: &Snapshot, out: &mut Vec<Vote>) {
    let mut add = |page, weight| out.push(Vote { page, weight, source: Source::StructuredData });
    let n_things = page.ld.iter().filter(|(path, value)| is_thing(value) && at_top(path)).count();
    match n_things {
        0 => {}
        1 => add(PageType::Product, 70),
        _ => add(PageType::Category, 45),
    }
    for (path, value) in &page.ld {
        if path.ends_with("@type") && at_top(path) {
            for (kind, weight, names) in LD_TYPES {
                if names.split(' ').any(|name| name == type_name(value)) {
                    add(*kind, *weight);
                }
            }
        }
    }
    match page.meta("og:type") {
        "product" | "product.item" | "og:product" => add(PageType::Product, 50),
        "product.group" => add(PageType::Category, 50),
        "article" => add(PageType::Information, 50),
        _ => {}
    }
}

fn is_thing(value: &str) -> bool {
    THINGS.split(' ').any(|name| name == type_name(value))
}

/// `https://schema.org/Product` and `Product` are one.
fn type_name(value: &str) -> &str {
    value.rsplit(['/', '#', ':']).next().unwrap_or_default()
}

/// Whether the path is that of a thing the page is about, not of one that it mentions.
fn at_top(path: &str) -> bool {
    path.strip_suffix("@type").is_some_and(|rest| {
        rest.split('.').all(|part| {
            matches!(part, "" | "@graph" | "mainEntity")
                || part.strip_prefix('m').unwrap_or(part).bytes().all(|b| b.is_ascii_digit())
        })
    })
}

fn platform(page: &Snapshot, out: &mut Vec<Vote>) {
    let mut add = |page, weight| out.push(Vote { page, weight, source: Source::Platform });
    let mut seen = Vec::new();
    for class in page.class.split_ascii_whitespace() {
        for (kind, names) in PLATFORM {
            if !seen.contains(kind) && names.split_ascii_whitespace().any(|name| name == class) {
                seen.push(*kind);
                // A body id is a common word and may be anybody's; a class of this form is nobody else's.
                add(*kind, if class.starts_with('#') { 55 } else { 75 });
            }
        }
    }
    for (name, value) in &page.globals {
        let says_type = ["page_name", "pageType", "action", "step"].iter().any(|end| name.ends_with(end));
        if says_type && let Some(kind) = platform_name(value) {
            add(kind, 85);
        }
    }
}

fn platform_name(value: &str) -> Option<PageType> {
    let value = value.to_ascii_lowercase();
    let listed = PLATFORM_NAMES.iter().find(|(_, names)| names.split(' ').any(|name| name == value));
    match (listed, words::word(&value)) {
        (Some((page, _)), _) => Some(*page),
        (None, Some(Word::Names(page))) => Some(page),
        _ => None,
    }
}

fn data_layer(page: &Snapshot, out: &mut Vec<Vote>) {
    let mut seen = Vec::new();
    for (event, field) in &page.events {
        let mut kinds = EVENTS
            .iter()
            .filter(|(.., names)| names.split(' ').any(|name| name == *event))
            .map(|(page, weight, _)| (*page, *weight))
            .collect::<Vec<_>>();
        // The older enhanced e-commerce shape says it by the name of a field.
        for (start, kind, weight) in [
            ("ecommerce.detail.", PageType::Product, 55),
            ("ecommerce.impressions.", PageType::Category, 20),
            ("ecommerce.purchase.", PageType::OrderConfirmation, 75),
            ("ecommerce.checkout.", PageType::Checkout, 40),
        ] {
            if field.starts_with(start) {
                kinds.push((kind, weight));
            }
        }
        if let Some((name, value)) = field.split_once('=') {
            let name = name.rsplit('.').next().unwrap_or_default();
            let says_type =
                ["pagetype", "page_type", "ecomm_pagetype", "pagecategory", "page_template", "template", "contenttype"]
                    .iter()
                    .any(|known| name.eq_ignore_ascii_case(known));
            if says_type && let Some(kind) = platform_name(value) {
                kinds.push((kind, 70));
            }
        }
        for (kind, weight) in kinds {
            if !seen.contains(&(kind, weight)) {
                seen.push((kind, weight));
                out.push(Vote { page: kind, weight, source: Source::DataLayer });
            }
        }
    }
}

fn headings(page: &Snapshot, checkout: bool, out: &mut Vec<Vote>) {
    let first = page.headings.first().copied().unwrap_or_default();
    for (text, weight) in [(first, 30), (page.title.split(['|', '–', '—', '·']).next().unwrap_or_default(), 15)] {
        let name = joined(text);
        if name.is_empty() {
            continue;
        }
        if words::thanks(&name) {
            out.push(Vote { page: PageType::OrderConfirmation, weight: weight + 15, source: Source::Dom });
        } else if checkout && let Some(step) = words::step(&name) {
            out.push(Vote { page: step, weight, source: Source::Dom });
        } else if let Some(Word::Names(kind)) = words::word(&name) {
            out.push(Vote { page: kind, weight, source: Source::Dom });
        }
    }
}

/// A heading as a path segment would have it: `Votre panier !` becomes `votre-panier`.
fn joined(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(80) {
        let plain = fold(c);
        if plain.is_ascii_alphanumeric() {
            out.push(plain.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') && !matches!(c, '\'' | '’') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// Latin letters without their marks. The analyzer's folding asks the browser, which is worth it
/// for a query but not for one heading.
fn fold(c: char) -> char {
    match c {
        'à'..='å' | 'À'..='Å' | 'ă' | 'Ă' | 'ą' => 'a',
        'è'..='ë' | 'È'..='Ë' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'Ì'..='Ï' => 'i',
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' => 'o',
        'ù'..='ü' | 'Ù'..='Ü' => 'u',
        'ç' | 'Ç' | 'ć' | 'č' => 'c',
        'ș' | 'ş' | 'š' | 'ś' | 'Ș' => 's',
        'ț' | 'ţ' | 'Ț' => 't',
        'ł' | 'Ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ż' | 'ź' | 'ž' => 'z',
        _ => c,
    }
}
