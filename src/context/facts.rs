//! What is known of the page, each with the reader that told it.

use super::advice::Source;
use super::classify::{self, Vote};
use super::snapshot::Snapshot;
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

/// Fields of structured data that are kept as facts: end of the path, name of the fact.
const LD_FACTS: &[(&str, &str)] = &[
    ("name", "product"),
    ("offers.price", "price"),
    ("offers.lowPrice", "price"),
    ("offers.0.price", "price"),
    ("offers.priceCurrency", "currency"),
    ("offers.0.priceCurrency", "currency"),
    ("offers.availability", "stock"),
    ("offers.0.availability", "stock"),
    ("orderNumber", "order"),
    ("brand.name", "brand"),
    ("brand", "brand"),
    ("category", "category"),
];

/// Fields of `meta` elements that are kept.
const META_FACTS: &[(&str, &str)] = &[
    ("product:price:amount", "price"),
    ("og:price:amount", "price"),
    ("product:price:currency", "currency"),
    ("og:price:currency", "currency"),
    ("product:availability", "stock"),
    ("og:availability", "stock"),
    ("product:brand", "brand"),
];

/// Fields of `dataLayer` events that are kept.
const EVENT_FACTS: &[(&str, &str)] = &[
    ("ecommerce.items.0.item_name", "product"),
    ("ecommerce.items.0.item_variant", "variant"),
    ("ecommerce.detail.products.0.name", "product"),
    ("ecommerce.currency", "currency"),
    ("ecommerce.value", "value"),
    ("ecommerce.transaction_id", "order"),
];

impl<'a> Facts<'a> {
    /// Reads what the page says of itself.
    #[must_use]
    pub fn read(page: &Snapshot<'a>) -> Self {
        let votes = classify::votes(page);
        let verdict = classify::decide(&votes);
        let mut facts = Self { page: verdict.0, confidence: verdict.1, source: verdict.2, votes, facts: Vec::new() };
        for (name, value) in &page.attrs {
            if *name != "page-type" {
                facts.replace(name, value, Source::Shop);
            }
        }
        facts.read_structured_data(page);
        for (name, fact) in META_FACTS {
            facts.add(fact, page.meta(name), Source::StructuredData);
        }
        for (_, field) in page.events.iter().rev() {
            if let Some((name, value)) = field.split_once('=')
                && let Some((_, fact)) = EVENT_FACTS.iter().find(|(known, _)| *known == name)
                && (*fact != "product" && *fact != "variant" || facts.page == PageType::Product)
            {
                facts.add(fact, value, Source::DataLayer);
            }
        }
        if facts.page == PageType::Product
            && let Some(heading) = page.headings.first()
        {
            facts.add("product", heading, Source::Dom);
        }
        if page.has_cue("sold-out") {
            facts.add("stock", "out", Source::Dom);
        }
        facts.add("language", page.lang, Source::Dom);
        facts
    }

    /// The fact of that name; empty when nobody told.
    #[must_use]
    pub fn get(&self, name: &str) -> &'a str {
        self.facts.iter().find(|fact| fact.name == name).map_or("", |fact| fact.value)
    }

    fn read_structured_data(&mut self, page: &Snapshot<'a>) {
        // Only the thing that the page is about: with several products none of them is.
        let Some(root) = classify::main_thing(page) else {
            return;
        };
        for (path, value) in &page.ld {
            let Some(field) = path.strip_prefix(root).and_then(|rest| rest.strip_prefix('.')) else {
                continue;
            };
            if let Some((_, fact)) = LD_FACTS.iter().find(|(known, _)| *known == field) {
                let value = if *fact == "stock" { stock(value) } else { value };
                self.add(fact, value, Source::StructuredData);
            }
        }
    }

    fn add(&mut self, name: &'a str, value: &'a str, source: Source) {
        let value = if name == "stock" { stock(value) } else { value };
        if !value.is_empty() && self.facts.len() < 64 && self.get(name).is_empty() {
            self.facts.push(Fact { name, value, source });
        }
    }

    fn replace(&mut self, name: &'a str, value: &'a str, source: Source) {
        self.facts.retain(|fact| fact.name != name);
        self.add(name, value, source);
    }
}

/// `in` or `out` for the many ways to say so; empty for a way that says neither.
fn stock(value: &str) -> &'static str {
    let last = value.rsplit(['/', '#']).next().unwrap_or_default();
    let said = |words: &str| words.split(' ').any(|word| word.eq_ignore_ascii_case(last));
    if said("out OutOfStock SoldOut Discontinued oos out_of_stock out-of-stock outofstock") {
        "out"
    } else if said("in InStock LimitedAvailability OnlineOnly instock in_stock in-stock PreOrder BackOrder available") {
        "in"
    } else {
        ""
    }
}
