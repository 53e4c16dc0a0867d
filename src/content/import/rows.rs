//! JSON that is of no help desk: questions with answers, in a list, in groups with a name, or by themselves.

use serde_json::Value;

use super::value::text;
use super::{Reason, Record, Sink, table};

pub(super) const NAME: &str = "rows";

/// Levels of groups in groups that are read.
const MAX_DEPTH: usize = 6;

/// Fields in which somebody writes a question, and an answer.
const QUESTION: &[&str] = &["question", "title", "q"];
const ANSWER: &[&str] = &["answer", "body", "content", "text", "a"];

fn is_row(value: &Value) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| value.get(*name).is_some_and(|one| !one.is_array()));
    has(QUESTION) && has(ANSWER)
}

/// Whether a document is of this format.
pub(super) fn is(document: &Value) -> bool {
    let known = |value: &Value| is_row(value) || is_group(value);
    known(document) || document.as_array().is_some_and(|all| all.iter().take(20).any(known))
}

pub(super) fn read(documents: &[(&str, &Value)], sink: &mut Sink) {
    for (file, document) in documents {
        let mut number = 0;
        walk(file, document, "", MAX_DEPTH, &mut number, sink);
    }
}

/// Reads a row, a list of them, or groups; a group's name is the collection of its rows.
fn walk(file: &str, value: &Value, group: &str, depth: usize, number: &mut usize, sink: &mut Sink) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(all) => {
            let rows = all.iter().take(20).any(is_row);
            for one in all {
                if rows && !is_group(one) {
                    *number += 1;
                    take(file, one, group, *number, sink);
                } else {
                    walk(file, one, group, depth, number, sink);
                }
            }
        }
        Value::Object(_) if is_row(value) => {
            *number += 1;
            take(file, value, group, *number, sink);
        }
        Value::Object(fields) => {
            let own = text(value, &["name", "title", "label", "category", "collection", "section", "topic"]);
            let group = if own.is_empty() { group } else { &own };
            for inner in fields.values().filter(|inner| inner.is_array() || inner.is_object()) {
                walk(file, inner, group, depth, number, sink);
            }
        }
        _ => {}
    }
}

/// A name with rows below it, and no answer of its own.
fn is_group(value: &Value) -> bool {
    let has_rows = |inner: &Value| inner.as_array().is_some_and(|all| all.iter().take(20).any(is_row));
    !is_row(value) && value.as_object().is_some_and(|fields| fields.values().any(has_rows))
}

fn take(file: &str, row: &Value, group: &str, number: usize, sink: &mut Sink) {
    match row.as_object() {
        Some(fields) => {
            let mut record = table::record_of(fields, number);
            if record.article.collection.is_empty() {
                record.article.collection = super::clean_id(group);
            }
            sink.take(file, table::NAME, record);
        }
        None => {
            let why = "no JSON object: write one `{\"question\": …, \"answer\": …}` for each".to_owned();
            sink.leave_out(file, Record { number, ..Record::default() }, Reason::Damaged(why));
        }
    }
}
