//! Links within an answer: whatever their author's program names a place, they lead to a heading by the name
//! that panel and help centre give it.

use std::collections::BTreeMap;

use super::import::{each_link, slug};
use crate::article::{Block, Inline, plain_inlines};

/// Names of places, and the headings there.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Heading by name.
    names: BTreeMap<String, String>,
    /// Names of a place that is not known yet.
    waiting: Vec<String>,
    /// The heading that came last.
    last: String,
}

impl Anchors {
    /// A name of the place that comes next.
    pub(super) fn name(&mut self, name: &str) {
        if !name.is_empty() {
            self.waiting.push(name.to_owned());
        }
    }

    /// A heading: it is meant by the names right before it, and by the one that site generators would give it.
    pub(super) fn heading(&mut self, text: &[Inline]) {
        let text = plain_inlines(text);
        self.last = slug(&text);
        self.take();
        self.names.entry(generated(&text)).or_insert_with(|| self.last.clone());
    }

    /// Text: names right before it mean the heading above.
    pub(super) fn text(&mut self) {
        if !self.last.is_empty() {
            self.take();
        }
    }

    fn take(&mut self) {
        for name in self.waiting.drain(..) {
            self.names.entry(name).or_insert_with(|| self.last.clone());
        }
    }

    /// Makes links to places lead to headings.
    pub(super) fn settle(mut self, blocks: &mut [Block]) {
        self.text();
        if self.names.is_empty() {
            return;
        }
        each_link(blocks, &mut |address| {
            let Some(name) = address.strip_prefix('#') else { return };
            let known = self.names.values().any(|slug| slug == name);
            if let Some(slug) = self.names.get(name).or_else(|| self.names.get(&name.to_lowercase()))
                && !known
            {
                *address = format!("#{slug}");
            }
        });
    }
}

/// The name that site generators give a heading: its letters, with spaces as hyphens.
fn generated(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c),
            _ => None,
        })
        .collect()
}
