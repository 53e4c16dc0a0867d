//! Exports of other help desks: records in, articles out; what is left out is said, with the reason.
//!
//! A reader makes [`Record`]s of what a file holds and gives them to the [`Sink`], which is the one place that
//! turns a record's answer into blocks, sees doubles and counts.

mod crisp;
mod discourse;
mod document;
mod faq_page;
mod freshdesk;
mod help_scout;
mod intercom;
pub mod json;
mod page;
mod rows;
pub mod smart_tribune;
pub mod table;
mod value;
mod zendesk;

pub(super) use page::read as read_page;

use std::collections::{BTreeMap, BTreeSet};

use core::fmt;

use super::error::{Problem, Problems};
use super::{DEFAULT_LANG, Written, blocks, html, lang_of_path, lang_tag};
use crate::article::{ARTICLE_LINK, Article, Block, Collection, Inline, plain_blocks};

/// Why a record did not become an article.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// Not published at its source.
    Draft,
    /// Not for everybody at its source.
    Restricted,
    /// Published, but in no list.
    Unlisted,
    /// A question that nobody answered, or whose answer is not in the export.
    NoAnswer,
    /// A discussion in which no answer was accepted.
    NotAccepted,
    /// The same article again; the newer of the two came.
    Duplicate,
    /// A file of something else than help, and what it is.
    Foreign(String),
    /// It cannot be read, and why.
    Damaged(String),
}

impl Reason {
    /// Its name in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Restricted => "restricted",
            Self::Unlisted => "unlisted",
            Self::NoAnswer => "no-answer",
            Self::NotAccepted => "not-accepted",
            Self::Duplicate => "duplicate",
            Self::Foreign(_) => "not-help",
            Self::Damaged(_) => "damaged",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Draft => "a draft: publish it at its source",
            Self::Restricted => "not for everybody at its source",
            Self::Unlisted => "in no list at its source",
            Self::NoAnswer => "without an answer in the export",
            Self::NotAccepted => "no answer was accepted",
            Self::Duplicate => "here twice; the newer one came",
            Self::Foreign(why) | Self::Damaged(why) => why,
        })
    }
}

/// A record that did not become an article.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The file, as it was named to us.
    pub file: String,
    /// Line of the file, or number of the record in it, from 1; 0 when the whole file is meant.
    pub record: usize,
    /// Its id at the source; may be empty.
    pub id: String,
    /// Its question; may be empty.
    pub title: String,
    /// Why.
    pub reason: Reason,
}

/// An answer as the source has it.
pub(super) enum Body {
    /// HTML, of whatever quality.
    Html(String),
    /// Markdown, or plain text.
    Markdown(String),
}

impl Body {
    /// Whichever of the two a text looks like.
    pub(super) fn of(text: String) -> Self {
        if html::looks_like_html(&text) { Self::Html(text) } else { Self::Markdown(text) }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::Markdown(String::new())
    }
}

/// An article of a source, its answer not yet read.
#[derive(Default)]
pub(super) struct Record {
    /// Fields that need no work.
    pub article: Article,
    /// Its language as the source writes it; empty takes the file's.
    pub lang: String,
    /// Its answer.
    pub body: Body,
    /// Line of the file, or number of the record in it, from 1.
    pub number: usize,
    /// Why it is to be left out, when the source says so.
    pub reason: Option<Reason>,
}

/// Where readers put what they find.
#[derive(Default)]
pub(super) struct Sink {
    pub written: Vec<Written>,
    pub collections: BTreeMap<String, Vec<Collection>>,
    pub problems: Vec<Problem>,
    pub left_out: Vec<LeftOut>,
    /// Place in `written` of each (format, language, id).
    seen: BTreeMap<(&'static str, String, String), usize>,
    /// Article ids by the address at which they stand at their source.
    addresses: BTreeMap<String, String>,
}

/// Longest id, in bytes: it becomes a file's name.
const MAX_ID_BYTES: usize = 96;

impl Sink {
    pub(super) fn leave_out(&mut self, file: &str, record: Record, reason: Reason) {
        let Record { article: Article { id, title, .. }, number, .. } = record;
        self.left_out.push(LeftOut { file: file.to_owned(), record: number, id, title, reason });
    }

    /// Notes a collection, once per language; the first title that says something stays.
    pub(super) fn collection(&mut self, lang: &str, collection: Collection) {
        let all = self.collections.entry(lang.to_owned()).or_default();
        if !collection.id.is_empty() && !all.iter().any(|known| known.id == collection.id) {
            all.push(collection);
        }
    }

    /// Makes an article of a record, or says why not.
    pub(super) fn take(&mut self, file: &str, format: &'static str, mut record: Record) {
        record.article.title = line_of(&record.article.title);
        record.article.id = clean_id(&record.article.id);
        if let Some(reason) = record.reason.take() {
            return self.leave_out(file, record, reason);
        }
        let Some(lang) = language(&record.lang, file) else {
            let why = format!("`{}` is no language: write a tag such as `en` or `pt-br`", record.lang);
            return self.leave_out(file, record, Reason::Damaged(why));
        };
        record.article.lang = lang;
        let number = record.number;
        let body = std::mem::take(&mut record.body);
        record.article.blocks = {
            let mut own = Vec::new();
            let mut problems = Problems::new(file, &mut own);
            let mut blocks = match &body {
                Body::Html(text) => html::blocks(text, number, &mut problems),
                Body::Markdown(text) => blocks::markdown(text, 1, &mut problems),
            };
            settle_addresses(&mut blocks, &record.article.source);
            super::rich::shrink(&mut blocks);
            // Lines inside a record say nothing to anybody: the record's own place does.
            let line = u32::try_from(number).unwrap_or(u32::MAX);
            own.dedup_by(|one, other| one.message == other.message);
            self.problems.extend(own.into_iter().map(|problem| Problem { line, ..problem }));
            blocks
        };
        if !has_content(&record.article.blocks) {
            return self.leave_out(file, record, Reason::NoAnswer);
        }
        let article = &mut record.article;
        if article.title.is_empty() {
            if let Some(Block::Heading(_, heading)) = article.blocks.first() {
                article.title = line_of(&crate::article::plain_inlines(heading));
                article.blocks.remove(0);
            }
            if article.title.is_empty() || !has_content(&article.blocks) {
                return self.leave_out(file, record, Reason::Damaged("no question: give it a title".to_owned()));
            }
        }
        if article.id.is_empty() {
            article.id = self.free_slug(format, &article.lang, &article.title);
        }
        self.settle(file, format, record);
    }

    /// Puts an article among the others; of two with one id the newer stays.
    fn settle(&mut self, file: &str, format: &'static str, record: Record) {
        if !record.article.source.is_empty() {
            self.addresses.insert(address_key(&record.article.source), record.article.id.clone());
        }
        let key = (format, record.article.lang.clone(), record.article.id.clone());
        let line = record.number;
        match self.seen.get(&key).copied().and_then(|at| self.written.get_mut(at)) {
            Some(known) if known.article.updated >= record.article.updated => {
                self.leave_out(file, record, Reason::Duplicate);
            }
            Some(known) => {
                let old = std::mem::replace(&mut known.article, record.article);
                let left = LeftOut {
                    file: std::mem::replace(&mut known.file, file.to_owned()),
                    record: std::mem::replace(&mut known.line, line),
                    id: old.id,
                    title: old.title,
                    reason: Reason::Duplicate,
                };
                self.left_out.push(left);
            }
            None => {
                self.seen.insert(key, self.written.len());
                let article = record.article;
                self.written.push(Written { article, file: file.to_owned(), line, marks: Vec::new() });
            }
        }
    }

    /// An id out of a question that no other question of that language has.
    fn free_slug(&self, format: &'static str, lang: &str, title: &str) -> String {
        let slug = slug(title);
        let same = |id: &str| {
            let key = (format, lang.to_owned(), id.to_owned());
            self.seen.get(&key).and_then(|&at| self.written.get(at)).is_some_and(|known| known.article.title != title)
        };
        if !same(&slug) {
            return slug;
        }
        (2..).map(|n| format!("{slug}-{n}")).find(|id| !same(id)).unwrap_or(slug)
    }

    /// Links to where another article of the import stands at its source become links to the article.
    pub(super) fn link_up(&mut self) {
        if self.addresses.is_empty() {
            return;
        }
        let known: BTreeSet<(String, String)> =
            self.written.iter().map(|one| (one.article.lang.clone(), one.article.id.clone())).collect();
        for one in &mut self.written {
            let lang = one.article.lang.clone();
            each_link(&mut one.article.blocks, &mut |address| {
                if let Some(id) = self.addresses.get(&address_key(address))
                    && known.contains(&(lang.clone(), id.clone()))
                {
                    *address = format!("{ARTICLE_LINK}{id}");
                }
            });
        }
    }
}

/// The language that a record names, else the one that its file's path tells.
fn language(name: &str, file: &str) -> Option<String> {
    if name.trim().is_empty() {
        return Some(lang_of_path(file).unwrap_or_else(|| DEFAULT_LANG.to_owned()));
    }
    lang_tag(name)
}

fn has_content(blocks: &[Block]) -> bool {
    !plain_blocks(blocks).trim().is_empty()
        || blocks.iter().any(|block| matches!(block, Block::Image { .. } | Block::Video { .. }))
}

/// A text on one line, without what cannot be seen.
pub(super) fn line_of(text: &str) -> String {
    let seen: String = text
        .chars()
        .map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An id that can name a file and stand in a link: nothing in it leads anywhere else.
pub(super) fn clean_id(id: &str) -> String {
    let mut out = String::new();
    for c in id.trim().chars() {
        if c.is_alphanumeric() || c == '_' {
            out.push(c);
        } else if matches!(c, '-' | '.' | ':' | '/' | ' ' | '\\') && !out.ends_with('-') && !out.is_empty() {
            out.push(if c == '.' { '.' } else { '-' });
        }
        if out.len() >= MAX_ID_BYTES {
            break;
        }
    }
    while out.contains("..") {
        out = out.replace("..", ".");
    }
    out.trim_matches(['-', '.']).to_owned()
}

/// An id out of a question: its words in plain letters, or a number made of it where it has none.
pub(crate) fn slug(title: &str) -> String {
    let mut out = String::new();
    for c in crate::text::fold(title).chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
        if out.len() >= 64 {
            break;
        }
    }
    let out = out.trim_matches('-').to_owned();
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    // Of a question in another script nothing or only a number would be left.
    if out.len() * 2 < letters.min(60) || out.is_empty() {
        return format!("q-{:08x}", xxhash_rust::xxh64::xxh64(title.as_bytes(), 0) >> 32);
    }
    out
}

/// An address in the form in which two of the same page are equal.
fn address_key(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let address = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or(address);
    // Help desks write `…/articles/123-Its-title`; the title may change, the number does not.
    if let Some((before, after)) = address.split_once("/articles/") {
        let number: String = after.chars().take_while(char::is_ascii_digit).collect();
        if !number.is_empty() {
            let host = before.split('/').next().unwrap_or_default();
            return format!("{}/articles/{number}", host.to_ascii_lowercase());
        }
    }
    address.to_ascii_lowercase()
}

/// Addresses without a host are meant from where the article stands.
fn settle_addresses(blocks: &mut [Block], source: &str) {
    let host_end = source.find("://").and_then(|at| source.get(at + 3..)?.find('/').map(|end| at + 3 + end));
    let Some(origin) = host_end.and_then(|end| source.get(..end)).filter(|origin| origin.starts_with("http")) else {
        return;
    };
    each_link(blocks, &mut |address| {
        if address.starts_with('/') && !address.starts_with("//") {
            *address = format!("{origin}{address}");
        }
    });
}

/// Shows every address of an answer, to be changed.
pub(super) fn each_link(blocks: &mut [Block], change: &mut dyn FnMut(&mut String)) {
    fn inlines(all: &mut [Inline], change: &mut dyn FnMut(&mut String)) {
        for inline in all {
            match inline {
                Inline::Link(address, inner) => {
                    change(address);
                    inlines(inner, change);
                }
                Inline::Strong(inner) | Inline::Emphasis(inner) => inlines(inner, change),
                Inline::Text(_) | Inline::Code(_) | Inline::Break | Inline::Variable(..) => {}
            }
        }
    }
    for block in blocks {
        match block {
            Block::Paragraph(text) | Block::Heading(_, text) => inlines(text, change),
            Block::List(_, items) => items.iter_mut().for_each(|item| each_link(item, change)),
            Block::Callout(_, inner) | Block::Market(_, inner) => each_link(inner, change),
            Block::Table(head, rows) => {
                head.iter_mut().chain(rows.iter_mut().flatten()).for_each(|cell| inlines(cell, change));
            }
            Block::Image { src, .. } | Block::Video { src, .. } => change(src),
            Block::Code(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_nowhere() {
        assert_eq!(clean_id("../../etc/passwd"), "etc-passwd");
        assert_eq!(clean_id("..\\..\\x"), "x");
        assert_eq!(clean_id("a b//c"), "a-b-c");
        assert_eq!(clean_id(".hidden"), "hidden");
        assert_eq!(clean_id("\u{0}\n"), "");
        assert_eq!(slug("Où acheter ? C'est l'été"), "ou-acheter-c-est-l-ete");
        assert!(slug("何を買いますか").starts_with("q-"));
        assert_ne!(slug("何を買いますか"), slug("どこ"));
    }

    #[test]
    fn one_page_has_one_address() {
        let one = address_key("https://shop.example.com/hc/en-us/articles/360-Old-title?x#y");
        assert_eq!(one, address_key("http://SHOP.example.com/hc/fr/articles/360"));
        assert_ne!(one, address_key("https://shop.example.com/hc/en-us/articles/3601"));
    }
}
