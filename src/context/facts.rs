//! What is known of the page, each with the reader that told it.

use super::advice::Source;
use super::classify::{self, Vote};
use super::snapshot::Snapshot;
use super::words::{has, last_part};
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

/// Names of facts in the fields of structured data, `meta` elements and `dataLayer` events.
const FIELDS: &[(&str, &str)] = &[
    ("product", "name ecommerce.items.0.item_name ecommerce.detail.products.0.name"),
    ("variant", "ecommerce.items.0.item_variant"),
    ("price", "offers.price offers.lowPrice offers.0.price product:price:amount og:price:amount"),
    (
        "currency",
        "offers.priceCurrency offers.0.priceCurrency product:price:currency og:price:currency ecommerce.currency",
    ),
    ("stock", "offers.availability offers.0.availability product:availability og:availability"),
    ("brand", "brand.name brand product:brand"),
    ("category", "category"),
    ("order", "orderNumber ecommerce.transaction_id"),
    ("value", "ecommerce.value"),
];

impl<'a> Facts<'a> {
    /// Reads what the page says of itself.
    #[must_use]
    pub fn read(page: &Snapshot<'a>) -> Self {
        let votes = classify::votes(page);
        let (kind, confidence, source) = classify::decide(&votes);
        let mut facts = Self { page: kind, confidence, source, votes, facts: Vec::new() };
        // The last word of the shop counts.
        for line in page.all("attr").rev().filter(|line| line.value != "page-type") {
            facts.add(line.value, line.second, Source::Shop);
        }
        // Only the thing that the page is about: with several products none of them is.
        if let Some(root) = classify::main_thing(page) {
            for line in page.all("ld") {
                let field = line.value.strip_prefix(root).and_then(|rest| rest.strip_prefix('.'));
                facts.field(field.unwrap_or_default(), line.second, Source::StructuredData);
            }
        }
        for line in page.all("meta") {
            facts.field(line.value, line.second, Source::StructuredData);
        }
        for line in page.all("dl").rev() {
            if let Some((field, value)) = line.second.split_once('=') {
                facts.field(field, value, Source::DataLayer);
            }
        }
        if kind == PageType::Product {
            facts.add("product", page.first("h"), Source::Dom);
        }
        if page.has_cue("sold-out") {
            facts.add("stock", "out", Source::Dom);
        }
        facts.add("language", page.first("lang"), Source::Dom);
        facts
    }

    /// The fact of that name; empty when nobody told.
    #[must_use]
    #[inline(never)]
    pub fn get(&self, name: &str) -> &'a str {
        self.facts.iter().find(|fact| fact.name == name).map_or("", |fact| fact.value)
    }

    fn field(&mut self, field: &str, value: &'a str, source: Source) {
        if let Some((name, _)) = FIELDS.iter().find(|(_, fields)| has(fields, field)) {
            // A list's first product is not what the page is about.
            let of_product = *name == "product" || *name == "variant";
            if !of_product || self.page == PageType::Product {
                self.add(name, value, source);
            }
        }
    }

    #[inline(never)]
    fn add(&mut self, name: &'a str, value: &'a str, source: Source) {
        let value = if name == "stock" { stock(value) } else { value };
        if !value.is_empty() && self.facts.len() < 64 && self.get(name).is_empty() {
            self.facts.push(Fact { name, value, source });
        }
    }
}

/// `in` or `out` for the many ways to say so; empty for a way that says neither.
fn stock(value: &str) -> &'static str {
    let last = last_part(value).to_ascii_lowercase();
    if has("out outofstock soldout discontinued oos out_of_stock out-of-stock", &last) {
        "out"
    } else if has("in instock limitedavailability onlineonly in_stock in-stock preorder backorder available", &last) {
        "in"
    } else {
        ""
    }
}
