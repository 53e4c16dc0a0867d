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
    let list = |value: &Value| value.as_str().unwrap_or_default().split('|').map(str::to_owned).collect();
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
    let low = text.to_lowercase();
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
        assert!(ORDER.is_some());
        assert!(says("In den Warenkorb", "addText", false) && !says("Merken", "addText", true));
    }
}
