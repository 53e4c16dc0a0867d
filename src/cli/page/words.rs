//! The tables by which a page is read, out of `www/facts.js`.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

static WORDS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| words(include_str!("../../../www/facts.js")));

/// Words of more languages, for a page whose type is in doubt without them.
static MORE: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| words(include_str!("../../../www/words.js")));

fn words(script: &str) -> HashMap<String, Vec<String>> {
    let Some(Value::Object(all)) = table_of(script, "WORDS") else { return HashMap::new() };
    let list = |value: &Value| joined(value.as_str().unwrap_or_default()).split('|').map(str::to_owned).collect();
    all.iter().map(|(name, value)| (name.clone(), list(value))).collect()
}

/// Where shops show facts: selectors by name.
pub(super) static PLACES: LazyLock<Map<String, Value>> = LazyLock::new(|| object("PLACES"));

/// Signs of currencies and their codes.
pub(super) static SIGNS: LazyLock<Map<String, Value>> = LazyLock::new(|| object("SIGNS"));

/// What platforms write into inline scripts, by the name of what it tells.
pub(super) static SCRIPTS: LazyLock<Vec<(String, Regex)>> = LazyLock::new(|| {
    let table = object("SCRIPTS");
    let rows = table.iter().filter_map(|(name, value)| Some((name.clone(), Regex::new(value.as_str()?).ok()?)));
    rows.collect()
});

/// An order's number after a word for it.
pub(super) static ORDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = table("ORDER")?;
    Regex::new(&["(?i)", pattern.as_str()?].concat()).ok()
});

/// An amount of money: its whole part with what separates thousands, and its cents.
pub(super) static MONEY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(table("MONEY")?.as_str()?).ok());

/// A sign or a code of a currency beside a digit.
pub(super) static CASH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let signs = SIGNS.keys().map(String::as_str).chain(SIGNS.values().filter_map(Value::as_str));
    let any = signs.map(regex::escape).collect::<Vec<_>>().join("|");
    Regex::new(&[r"(", &any, r")\s?\d|\d\s?(", &any, ")"].concat()).ok()
});

/// The amount in a text as a number, `1 214,99 zł` as `1214.99`; empty when there is none.
pub(super) fn amount_in(text: &str) -> String {
    let Some(money) = MONEY.as_ref().and_then(|pattern| pattern.captures(text)) else { return String::new() };
    let digits: String = money[1].chars().filter(char::is_ascii_digit).collect();
    let cents = money.get(2).map(|cents| [".", cents.as_str()].concat()).unwrap_or_default();
    digits + &cents
}

/// Without what some write between the words of a name and others leave out.
fn joined(text: &str) -> String {
    text.replace(['-', '_'], "")
}

fn table(name: &str) -> Option<Value> {
    table_of(include_str!("../../../www/facts.js"), name)
}

fn table_of(script: &str, name: &str) -> Option<Value> {
    let (_, rest) = script.split_once(&["/*", name, "*/"].concat())?;
    serde_json::from_str(rest.split_once("/*END*/")?.0).ok()
}

fn object(name: &str) -> Map<String, Value> {
    match table(name) {
        Some(Value::Object(all)) => all,
        _ => Map::new(),
    }
}

/// Whether the text says one of the words of that name.
pub(super) fn says(text: &str, name: &str, wide: bool) -> bool {
    let low = joined(&text.to_lowercase());
    let says = |words: &HashMap<String, Vec<String>>| {
        words.get(name).is_some_and(|words| words.iter().any(|word| low.contains(word.as_str())))
    };
    says(&WORDS) || wide && says(&MORE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_found_in_the_script() {
        assert!(WORDS.len() > 10 && MORE.len() > 5 && PLACES.len() > 4 && SIGNS.len() > 8);
        assert_eq!(SCRIPTS.len(), object("SCRIPTS").len(), "a pattern that this side cannot read");
        assert!(ORDER.is_some() && MONEY.is_some() && CASH.is_some());
        assert!(says("In den Warenkorb", "addText", false) && !says("Merken", "addText", true));
        assert!(says("add-to_cart", "addAction", false) && says("out-of-stock", "soldOut", false));
    }

    #[test]
    fn amounts_are_read_as_they_are_written_somewhere() {
        let all = [
            ("£26.00 GBP", "26.00"),
            ("1 214,99 zł", "1214.99"),
            ("1.249,90 TL", "1249.90"),
            ("$1,299.00", "1299.00"),
            ("CHF 1'250", "1250"),
            ("¥1,980", "1980"),
            ("18 490 Ft", "18490"),
            ("149,9 €", "149.9"),
            ("£55.00 for 2", "55.00"),
            ("34.0000", "34"),
            ("free", ""),
        ];
        for (text, amount) in all {
            assert_eq!(amount_in(text), amount, "{text}");
        }
    }
}
