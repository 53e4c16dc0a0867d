//! The words by which controls are known, out of `www/facts.js`.

use std::collections::HashMap;
use std::sync::LazyLock;

static WORDS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let script = include_str!("../../../www/facts.js");
    let table = script.split_once("/*WORDS*/").and_then(|(_, rest)| rest.split_once("/*END*/")).map(|(table, _)| table);
    let table: HashMap<String, String> = table.and_then(|table| serde_json::from_str(table).ok()).unwrap_or_default();
    table.into_iter().map(|(name, words)| (name, words.split('|').map(str::to_owned).collect())).collect()
});

/// Whether the text says one of the words of that name.
pub(super) fn says(text: &str, name: &str) -> bool {
    let low = text.to_lowercase();
    WORDS.get(name).is_some_and(|words| words.iter().any(|word| low.contains(word.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_found_in_the_script() {
        assert!(WORDS.len() > 10);
        assert!(says("In den Warenkorb", "addText") && !says("Merken", "addText"));
    }
}
