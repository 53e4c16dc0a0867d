//! What pages say besides their type: product, price, stock, basket, order and customer, one by one.

use std::collections::BTreeMap;

use helpnook::cli::page::{Visit, snapshot};
use helpnook::context::words::CORE;
use helpnook::context::{Facts, Snapshot, Words};
use serde_json::{Value, json};

use super::{figures, learned, root, rows, text};

/// Facts that are compared; one that a row does not name must not be told on its page.
const NAMES: [&str; 11] = [
    "product",
    "price",
    "currency",
    "stock",
    "variant",
    "basket-lines",
    "basket-total",
    "step",
    "order",
    "language",
    "customer-state",
];

/// Whether what was told is what the page says; amounts are compared as numbers.
fn alike(name: &str, told: &str, expected: &str) -> bool {
    match (told.parse::<f64>(), expected.parse::<f64>()) {
        (Ok(told), Ok(expected)) if matches!(name, "price" | "basket-total") => (told - expected).abs() < 0.005,
        _ => told.eq_ignore_ascii_case(expected),
    }
}

/// Pages as makers of shops document them, each with all that a shopper would read on it. They were
/// written before their readers were mended by them.
#[test]
fn facts_of_pages_are_those_that_a_shopper_reads() {
    let rows = rows(&root().join("tests/data/pages/facts.jsonl"));
    // By fact: told rightly, told wrongly, told though the page says no such thing, missed.
    let mut table: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in &rows {
        let visit = Visit { url: text(row, "url"), ..Visit::default() };
        let lines = snapshot(text(row, "html"), &visit, CORE, text(row, "lang"));
        let page = Snapshot::parse(&lines);
        let learned = learned(&page, text(row, "lang"));
        let words = Words::read(&[CORE, &learned.1]);
        let facts = Facts::read(&page, &words);
        let at = format!("{} {}", text(row, "platform"), text(row, "url"));
        let told = facts.page.name();
        let cell = table.entry("page-type").or_default();
        let right = told == text(row, "page_type");
        cell[usize::from(!right)] += 1;
        if !right {
            wrong.push(format!("{at}: page-type is {}, told {told} {:?}", text(row, "page_type"), facts.votes));
        }
        for name in NAMES {
            let (told, expected) = (facts.get(name), text(&row["facts"], name));
            let cell = table.entry(name).or_default();
            match (told.is_empty(), expected) {
                // Nothing on the page decides it.
                (_, "?") | (true, "") => continue,
                (false, "") => cell[2] += 1,
                (true, _) => cell[3] += 1,
                _ if alike(name, told, expected) => {
                    cell[0] += 1;
                    continue;
                }
                _ => cell[1] += 1,
            }
            wrong.push(format!("{at}: {name} is {expected:?}, told {told:?}"));
        }
    }
    println!("{:<16} right wrong extra missed", "fact");
    let mut told = vec![("n_pages".to_owned(), json!(rows.len())), ("n_wrong".to_owned(), json!(wrong.len()))];
    for (name, [right, other, extra, missed]) in &table {
        println!("{name:<16} {right:>5} {other:>5} {extra:>5} {missed:>6}");
        told.push((format!("{name}.right"), json!(right)));
        told.push((format!("{name}.wrong"), json!(other + extra + missed)));
    }
    let told: Vec<(&str, Value)> = told.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    figures::record("facts_of_pages", &told);
    assert!(wrong.is_empty(), "{} of {} pages' facts:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
