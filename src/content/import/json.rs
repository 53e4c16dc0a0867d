//! JSON files of a help desk: which format each is of, and the readers in turn.
//!
//! Files of one format are read together, since an export may have its sections in another file.

use serde_json::Value;

use super::{
    Reason, Record, Sink, crisp, discourse, faq_page, freshdesk, help_scout, intercom, smart_tribune, table, zendesk,
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
    ("rows", is_rows, read_rows),
];

/// A JSON file and what it holds.
pub(in crate::content) struct Document<'a> {
    pub file: &'a str,
    pub value: Value,
}

/// Parses a file; what cannot be parsed is an error, since nobody knows what it would have held.
pub(in crate::content) fn parse<'a>(file: &'a str, text: &str, sink: &mut Sink) -> Option<Document<'a>> {
    match serde_json::from_str(text) {
        Ok(value) => Some(Document { file, value }),
        Err(error) => {
            let message = format!("JSON cannot be read: {error}");
            Problems::new(file, &mut sink.problems).error(error.line(), message, "export it again");
            None
        }
    }
}

/// Reads the documents, format by format.
pub(in crate::content) fn read(documents: &[Document<'_>], sink: &mut Sink) {
    let mut of_format: Vec<Vec<(&str, &Value)>> = vec![Vec::new(); FORMATS.len()];
    for document in documents {
        let found = FORMATS.iter().position(|(_, is, _)| is(&document.value));
        match found.and_then(|at| of_format.get_mut(at)) {
            Some(group) => group.push((document.file, &document.value)),
            None => {
                let why = "no format of help that is known: Zendesk, Intercom, Help Scout, Freshdesk, Crisp, Discourse, \
                           Smart Tribune, schema.org or rows with question and answer";
                sink.leave_out(document.file, Record::default(), Reason::Foreign(why.to_owned()));
            }
        }
    }
    for ((_, _, read), group) in FORMATS.iter().zip(&of_format) {
        if !group.is_empty() {
            read(group, sink);
        }
    }
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

fn is_row(value: &Value) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| value.get(*name).is_some());
    has(&["question", "title"]) && has(&["answer", "body", "content", "text"])
}

fn is_rows(document: &Value) -> bool {
    is_row(document) || document.as_array().is_some_and(|all| all.iter().take(20).any(is_row))
}

fn read_rows(documents: &[(&str, &Value)], sink: &mut Sink) {
    for (file, document) in documents {
        let rows = document.as_array().map_or(std::slice::from_ref(*document), Vec::as_slice);
        for (number, row) in (1..).zip(rows) {
            match row.as_object() {
                Some(row) => sink.take(file, table::NAME, table::record_of(row, number)),
                None => {
                    let why = "no JSON object: write one `{\"question\": …, \"answer\": …}` for each".to_owned();
                    sink.leave_out(file, Record { number, ..Record::default() }, Reason::Damaged(why));
                }
            }
        }
    }
}
