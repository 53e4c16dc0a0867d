//! What is known of the page, each with the reader that told it.

use super::advice::Source;
use super::classify::{self, Vote};
use super::pieces::{cut, first, pieces};
use super::snapshot::Snapshot;
use super::words::{Words, has, last_part};
use crate::page::PageType;

/// One thing known of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact<'a> {
    /// What it is: `product`, `price`, `currency`, `stock`, `variant`, `order`, `customer-state` and the like.
    pub name: &'a str,
    /// What it is worth.
    pub value: &'a str,
    /// Who said so.
    pub source: Source,
}

/// All that is known of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Its kind.
    pub page: PageType,
    /// How sure that is, 0 to 100.
    pub confidence: u8,
    /// The reader that said it loudest.
    pub source: Source,
    /// What each reader said, for reports.
    pub votes: Vec<Vote>,
    /// The rest; of several readers the most trusted one counts.
    pub facts: Vec<Fact<'a>>,
}

impl<'a> Facts<'a> {
    /// Reads what the page says of itself.
    #[must_use]
    pub fn read(page: &Snapshot<'a>, words: &Words<'a>) -> Self {
        let votes = classify::votes(page, words);
        let (kind, confidence, source) = classify::decide(&votes);
        let mut facts = Self { page: kind, confidence, source, votes, facts: Vec::new() };
        // The last word of the shop counts.
        for line in page.all("attr").rev().filter(|line| line.value != "page-type") {
            facts.add(line.value, line.second, Source::Shop);
        }
        // Only the thing that the page is about: with several products none of them is.
        if let Some(root) = classify::main_thing(page, words) {
            for line in page.all("ld") {
                let field = line.value.strip_prefix(root).and_then(|rest| rest.strip_prefix('.'));
                facts.field(words, field.unwrap_or_default(), line.second, Source::StructuredData);
            }
        }
        for line in page.all("meta") {
            facts.field(words, line.value, line.second, Source::StructuredData);
        }
        for line in page.all("global") {
            if let Some(name) = line.value.strip_prefix("fact.") {
                facts.add(name, line.second, Source::Platform);
            }
        }
        if pieces(page.first("class"), b" ").any(|class| has("logged-in customer-logged-in is-logged-in", class)) {
            facts.add("customer-state", "true", Source::Platform);
        }
        for line in page.all("dl").rev() {
            let (field, value) = cut(line.second, b"=");
            facts.field(words, field, value, Source::DataLayer);
        }
        facts.add("product", page.first("h"), Source::Dom);
        for line in page.all("fact") {
            facts.add(line.value, line.second, Source::Dom);
        }
        // What can be put into the basket is there.
        for (cue, name, value) in
            [("sold-out", "stock", "out"), ("add-to-cart", "stock", "in"), ("logged-in", "customer-state", "true")]
        {
            if page.has_cue(cue) {
                facts.add(name, value, Source::Dom);
            }
        }
        facts.add("step", kind.name().strip_prefix("checkout-").unwrap_or_default(), source);
        facts.add("language", page.first("lang"), Source::Dom);
        facts
    }

    /// The fact of that name; empty when nobody told.
    #[must_use]
    #[inline(never)]
    pub fn get(&self, name: &str) -> &'a str {
        self.facts.iter().find(|fact| fact.name == name).map_or("", |fact| fact.value)
    }

    fn field(&mut self, words: &Words<'a>, field: &str, value: &'a str, source: Source) {
        if let Some(name) = words.fact(field) {
            self.add(name, value, source);
        }
    }

    #[inline(never)]
    fn add(&mut self, name: &'a str, value: &'a str, source: Source) {
        let told = source == Source::Shop;
        let value = match name {
            "stock" => stock(value),
            "customer-state" if !told => state(value),
            _ => value,
        };
        if !value.is_empty() && (told || self.fits(name)) && self.facts.len() < 64 && self.get(name).is_empty() {
            self.facts.push(Fact { name, value, source });
        }
    }

    /// Whether a page of this kind has such a fact: a list's first product is not what the page is
    /// about, and a number on a help page is no order.
    fn fits(&self, name: &str) -> bool {
        let kinds = match name {
            "product" | "variant" | "price" | "stock" | "brand" | "sku" => PageType::Product.bit(),
            "order" => PageType::OrderConfirmation.bit() | PageType::OrderStatus.bit() | PageType::Account.bit(),
            // What was ordered lies in no basket any more; what it came to is still told.
            "basket-lines" => PageType::Cart.bit() | checkout_bits(),
            "basket-total" => PageType::Cart.bit() | PageType::OrderConfirmation.bit() | checkout_bits(),
            _ => u32::MAX,
        };
        kinds & self.page.bit() != 0
    }
}

/// The checkout and its steps.
pub(super) fn checkout_bits() -> u32 {
    PageType::Checkout.bit()
        | PageType::CheckoutAddress.bit()
        | PageType::CheckoutShipping.bit()
        | PageType::CheckoutPayment.bit()
        | PageType::CheckoutReview.bit()
}

/// What a platform or a `dataLayer` says of the shopper, in our words; empty for what says nothing.
fn state(value: &str) -> &'static str {
    let value = value.to_ascii_lowercase();
    if has("true yes 1 cid logged_in loggedin logged-in signed-in signed_in member registered customer", &value) {
        "signed-in"
    } else if has("returning returning_customer returning-customer", &value) {
        "returning"
    } else if has("new new_customer new-customer first-time", &value) {
        "new"
    } else {
        ""
    }
}

/// `in` or `out` for the many ways to say so; empty for a way that says neither.
fn stock(value: &str) -> &'static str {
    // Of "in stock" and "available for order" the first word says it.
    let said = first(last_part(value), b" ").to_ascii_lowercase();
    if has("out outofstock soldout discontinued oos out_of_stock out-of-stock false", &said) {
        "out"
    } else if has(
        "in instock limitedavailability onlineonly in_stock in-stock preorder backorder available true",
        &said,
    ) {
        "in"
    } else {
        ""
    }
}
