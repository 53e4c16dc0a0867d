//! JSON files of a help desk: which format each is of, and the readers in turn.
//!
//! Files of one format are read together, since an export may have its sections in another file. Programs that
//! fetch an export put its pages into a list, or what they fetched into a wrapper of their own: what a document
//! holds is looked for some levels down.

use serde_json::Value;

use super::{
    Reason, Record, Sink, crisp, discourse, faq_page, freshdesk, help_scout, intercom, rows, smart_tribune, zendesk,
};
use crate::content::error::Problems;

type Is = fn(&Value) -> bool;
type Read = fn(&[(&str, &Value)], &mut Sink);

/// The formats, the more telling ones first.
const FORMATS: &[(&str, Is, Read)] = &[
    (faq_page::NAME, faq_page::is, read_linked),
    (crisp::NAME, crisp::is, crisp::read),
    (intercom::NAME, intercom::is, intercom::read),
    (help_scout::NAME, help_scout::is, help_scout::read),
    (freshdesk::NAME, freshdesk::is, freshdesk::read),
    (zendesk::NAME, zendesk::is, zendesk::read),
    (discourse::NAME, discourse::is, discourse::read),
    (smart_tribune::NAME, smart_tribune::is, smart_tribune::read),
    (rows::NAME, rows::is, rows::read),
];

/// Levels of wrappers that are opened.
const MAX_WRAPPERS: usize = 4;

/// A JSON file and what it holds.
pub(in crate::content) struct Document {
    pub file: String,
    pub value: Value,
}

/// Parses a file; what cannot be parsed is an error, since nobody knows what it would have held.
pub(in crate::content) fn parse(file: &str, text: &str, sink: &mut Sink) -> Option<Document> {
    match serde_json::from_str(text) {
        Ok(value) => Some(Document { file: file.to_owned(), value }),
        Err(error) => {
            let message = format!("JSON cannot be read: {error}");
            Problems::new(file, &mut sink.problems).error(error.line(), message, "export it again");
            None
        }
    }
}

/// Lines of JSON that are records of a help desk, as one list; none when they are rows of our own kind.
/// A line that is no JSON is told and leaves its place empty, so that a record's number is its line.
pub(in crate::content) fn of_lines(file: &str, text: &str, sink: &mut Sink) -> Option<Document> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let first: Value = serde_json::from_str(first).ok()?;
    format_of(&first).filter(|at| *at + 1 < FORMATS.len())?;
    let mut all = Vec::new();
    for (line, row) in (1..).zip(text.lines()) {
        all.push(serde_json::from_str(row).unwrap_or_else(|error| {
            if !row.trim().is_empty() {
                let message = format!("JSON cannot be read: {error}");
                Problems::new(file, &mut sink.problems).error(line, message, "write one complete JSON object a line");
            }
            Value::Null
        }));
    }
    Some(Document { file: file.to_owned(), value: Value::Array(all) })
}

/// A part of a document that is of one format: the file, with the part's number where it has several.
struct Part<'a> {
    name: String,
    value: &'a Value,
    format: usize,
}

/// Reads the documents, format by format.
pub(in crate::content) fn read(documents: &[Document], sink: &mut Sink) {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for document in documents {
        let first = parts.len();
        open(&document.file, &document.value, MAX_WRAPPERS, &mut parts);
        match parts.len() - first {
            0 => {
                let record = Record::default();
                sink.leave_out(&document.file, record, why_none(&document.value));
            }
            1 => {}
            // Numbers of records start anew in each part.
            _ => (1..).zip(parts.iter_mut().skip(first)).for_each(|(n, part)| part.name.push_str(&format!("#{n}"))),
        }
    }
    for (at, (_, _, read)) in FORMATS.iter().enumerate() {
        let group: Vec<(&str, &Value)> =
            parts.iter().filter(|part| part.format == at).map(|part| (part.name.as_str(), part.value)).collect();
        if !group.is_empty() {
            read(&group, sink);
        }
    }
}

fn format_of(value: &Value) -> Option<usize> {
    FORMATS.iter().position(|(_, is, _)| is(value))
}

/// Finds the parts of a document that a reader knows. Rows are nobody's format: what a wrapper holds of a help
/// desk comes before what looks like rows in it.
fn open<'a>(file: &str, value: &'a Value, depth: usize, parts: &mut Vec<Part<'a>>) {
    let format = format_of(value);
    let is_rows = |at: usize| at + 1 == FORMATS.len();
    if let Some(format) = format.filter(|at| !is_rows(*at) || depth == 0) {
        parts.push(Part { name: file.to_owned(), value, format });
        return;
    }
    let before = parts.len();
    if let Some(depth) = depth.checked_sub(1) {
        let inside: Vec<&Value> = match value {
            Value::Array(all) => all.iter().collect(),
            Value::Object(fields) => fields.values().collect(),
            _ => Vec::new(),
        };
        let inside = inside.into_iter().filter(|one| one.is_array() || one.is_object());
        inside.for_each(|one| open(file, one, depth, parts));
    }
    let found = parts.get(before..).unwrap_or_default();
    if let Some(format) = format.filter(|_| found.iter().all(|part| is_rows(part.format))) {
        parts.truncate(before);
        parts.push(Part { name: file.to_owned(), value, format });
    }
}

/// What a document is in which there is no help.
fn why_none(document: &Value) -> Reason {
    if document.get("error").is_some_and(|error| error == true || error.is_string()) {
        let told = super::value::text(document, &["reason", "message", "error_description", "error"]);
        return Reason::Damaged(format!("the help desk answered with an error, {told:?}: export it again"));
    }
    let why = "no format of help that is known: Zendesk, Intercom, Help Scout, Freshdesk, Crisp, Discourse, \
               Smart Tribune, schema.org or rows with question and answer";
    Reason::Foreign(why.to_owned())
}

fn read_linked(documents: &[(&str, &Value)], sink: &mut Sink) {
    for (file, document) in documents {
        let records = faq_page::of_json(document, "");
        if records.is_empty() {
            let why = "no question in it: schema.org data of something else".to_owned();
            sink.leave_out(file, Record::default(), Reason::Foreign(why));
        }
        for record in records {
            sink.take(file, faq_page::NAME, record);
        }
    }
}
