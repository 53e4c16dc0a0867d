//! HTML pages: the questions that a page marks as such, else the page itself as a document.

use scraper::{Html, Selector};
use serde_json::Value;

use super::{Reason, Record, Sink, document, faq_page};
use crate::content::error::Problems;

/// Reads a page.
pub(in crate::content) fn read(file: &str, text: &str, sink: &mut Sink) {
    if crate::content::html::is_too_deep(text) {
        let why = "its tags are nested too deep: mend the HTML".to_owned();
        return sink.leave_out(file, Record::default(), Reason::Damaged(why));
    }
    let page = Html::parse_document(text);
    let lang = page.root_element().value().attr("lang").unwrap_or_default().to_owned();
    let lang = if super::lang_tag(&lang).is_some() { lang } else { String::new() };
    let mut found: Vec<Record> = Vec::new();
    for (number, script) in (1..).zip(scripts(&page)) {
        match parse(&script) {
            Ok(value) => found.extend(faq_page::of_json(&value, &lang)),
            Err(error) => {
                let why = format!("JSON-LD block {number} cannot be read: {error}");
                if script.contains("Question") {
                    sink.leave_out(file, Record::default(), Reason::Damaged(why));
                } else {
                    Problems::new(file, &mut sink.problems).warning(0, why, "mend it on the page");
                }
            }
        }
    }
    let marked = !found.is_empty();
    for record in faq_page::of_page(&page, &lang) {
        // Many pages say the same twice, for readers and for machines.
        let known = |other: &Record| super::line_of(&other.article.title) == super::line_of(&record.article.title);
        if !found.iter().any(known) {
            found.push(record);
        }
    }
    if !marked && found.is_empty() {
        found = document::read(&page, &lang);
    }
    if found.is_empty() && sink.left_out.last().is_none_or(|left| left.file != file) {
        let why = "no question in it: neither schema.org FAQPage nor headings".to_owned();
        sink.leave_out(file, Record::default(), Reason::Foreign(why));
    }
    for (number, mut record) in (1..).zip(found) {
        record.number = number;
        sink.take(file, faq_page::NAME, record);
    }
}

fn scripts(page: &Html) -> Vec<String> {
    let Ok(script) = Selector::parse("script") else { return Vec::new() };
    let is_data = |kind: &str| kind.trim().to_ascii_lowercase().starts_with("application/ld+json");
    page.select(&script)
        .filter(|one| one.value().attr("type").is_some_and(is_data))
        .map(|one| one.text().collect())
        .collect()
}

/// Parses a block; line ends inside texts, which JSON forbids and many generators write, become spaces.
fn parse(script: &str) -> Result<Value, serde_json::Error> {
    let script = script.trim();
    let script = script.strip_prefix("<!--").and_then(|inner| inner.strip_suffix("-->")).unwrap_or(script);
    let mut script = script.trim();
    for (open, close) in [("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")] {
        if let Some(inner) = script.strip_prefix(open) {
            script = inner.trim_end().strip_suffix(close).unwrap_or(inner);
        }
    }
    serde_json::from_str(script).or_else(|error| {
        let flat: String = script.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&flat).map_err(|_| error)
    })
}
