//! What a flow knows: facts of the page, answers of the shopper, results of the shop; and templates
//! filled with it.

use crate::article::is_safe_link;
use crate::chat::json::Json;
use crate::flow::{Items, Test};

/// Most entries of a list that are shown.
const MAX_ITEMS: usize = 20;

/// Longest value of the shop, in bytes.
const MAX_VALUE_BYTES: usize = 500;

/// What is known, by name.
#[derive(Debug, Default)]
pub struct Values {
    facts: Vec<(String, String)>,
    answers: Vec<(String, String)>,
    /// Per call step what the shop said last.
    results: Vec<(String, Json)>,
}

impl Values {
    /// Knows the facts of a page.
    #[must_use]
    pub fn new(facts: Vec<(String, String)>) -> Self {
        Self { facts, ..Self::default() }
    }

    /// The facts of the page.
    #[must_use]
    pub fn facts(&self) -> &[(String, String)] {
        &self.facts
    }

    /// What was answered, in order.
    #[must_use]
    pub fn answers(&self) -> &[(String, String)] {
        &self.answers
    }

    /// The value of that name; empty when nothing is known. `step.field` is of a call's answer, the
    /// last answer counts, and answers count more than facts.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        if let Some((step, field)) = name.split_once('.') {
            let result = self.results.iter().find(|(id, _)| id == step);
            return result.and_then(|(_, json)| json.text(field)).map_or("", cut);
        }
        let last = self.answers.iter().rev().chain(&self.facts).find(|(known, _)| known == name);
        last.map_or("", |(_, value)| value)
    }

    /// Notes an answer.
    pub fn answer(&mut self, id: &str, value: String) {
        self.answers.push((id.to_owned(), value));
    }

    /// Forgets all answers but the first `n`.
    pub fn forget(&mut self, n: usize) {
        self.answers.truncate(n);
    }

    /// Notes what the shop answered to a call.
    pub fn learn(&mut self, step: &str, json: &Json) {
        self.results.retain(|(id, _)| id != step);
        self.results.push((step.to_owned(), json.clone()));
    }

    /// Whether all of these are so.
    #[must_use]
    pub fn hold(&self, tests: &[Test]) -> bool {
        tests.iter().all(|test| {
            let value = self.get(&test.name);
            let is = if test.value.is_empty() { !value.is_empty() } else { value == test.value };
            is != test.not
        })
    }

    /// A template with its places filled; what is not known fills nothing, and what fills is not read again.
    #[must_use]
    pub fn fill(&self, template: &str) -> String {
        fill(template, |name| self.get(name).to_owned())
    }

    /// The entries of a list of the shop: label and value each. As `links` only harmless addresses pass.
    #[must_use]
    pub fn items(&self, items: &Items, links: bool) -> Vec<(String, String)> {
        let Some((step, list)) = items.list.split_once('.') else { return Vec::new() };
        let Some((_, json)) = self.results.iter().find(|(id, _)| id == step) else { return Vec::new() };
        let entry = |entry: &Json| {
            let field = |name: &str| entry.text(name).map_or("", cut).to_owned();
            let value = fill(&items.value, field);
            let value = if links && !is_page(&value) { String::new() } else { value };
            (fill(&items.label, field), value)
        };
        json.list(list).iter().take(MAX_ITEMS).map(entry).filter(|(label, _)| !label.is_empty()).collect()
    }
}

/// Whether an address leads to a page: of the shop, or by https.
fn is_page(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with('/') && !address.starts_with("//")) && is_safe_link(address)
}

fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        out.push_str(&value(name));
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_VALUE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        let mut values = Values::new(vec![("order".to_owned(), "TT-1".to_owned())]);
        let json = r#"{"result":"found","carrier":"{order}","lines":[{"id":"a","name":"Hat","url":"/p/hat"},{"id":"b","name":"Coat","url":"javascript:x"},{"id":"c"},7]}"#;
        values.learn("find", &Json::read(json).unwrap());
        values
    }

    #[test]
    fn templates_are_filled_once() {
        let values = values();
        for (template, text) in [
            ("{order}", "TT-1"),
            ("with {find.carrier}, {find.none}.", "with {order}, ."),
            ("{", "{"),
            ("a {nothing} b", "a  b"),
        ] {
            assert_eq!(values.fill(template), text, "{template}");
        }
    }

    #[test]
    fn lists_show_their_entries_and_only_harmless_links() {
        let items =
            |value: &str| Items { list: "find.lines".to_owned(), label: "{name}".to_owned(), value: value.to_owned() };
        let of = |all: &[(&str, &str)]| all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
        assert_eq!(values().items(&items("{url}"), true), of(&[("Hat", "/p/hat"), ("Coat", "")]));
        assert_eq!(values().items(&items("{id}"), false), of(&[("Hat", "a"), ("Coat", "b")]));
    }

    #[test]
    fn conditions() {
        let test = |name: &str, not: bool, value: &str| Test { name: name.to_owned(), not, value: value.to_owned() };
        for (one, holds) in [
            (test("order", false, ""), true),
            (test("order", true, ""), false),
            (test("order", false, "TT-1"), true),
            (test("order", false, "TT-2"), false),
            (test("order", true, "TT-2"), true),
            (test("email", false, ""), false),
            (test("find.carrier", false, "{order}"), true),
        ] {
            assert_eq!(values().hold(core::slice::from_ref(&one)), holds, "{one:?}");
        }
        assert!(values().hold(&[]));
    }

    #[test]
    fn the_last_answer_counts_and_more_than_a_fact() {
        let mut values = values();
        values.answer("order", "TT-2".to_owned());
        values.answer("order", "TT-3".to_owned());
        assert_eq!(values.get("order"), "TT-3");
        values.forget(0);
        assert_eq!(values.get("order"), "TT-1");
    }
}
