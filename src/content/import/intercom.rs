//! Intercom: articles as its API lists them, each with its translations, and collections.

use std::collections::BTreeMap;

use serde_json::Value;

use super::value::{day, first, first_of, list, text, texts};
use super::{Body, Reason, Record, Sink, lang_tag};
use crate::article::{Article, Collection};

pub(super) const NAME: &str = "Intercom";

/// Whether a document is of this format.
pub(super) fn is(document: &Value) -> bool {
    let typed = |value: &Value| {
        matches!(text(value, &["type"]).as_str(), "article" | "internal_article" | "collection")
            && (value.get("workspace_id").is_some() || value.get("parent_id").is_some() || value.get("state").is_some())
    };
    first(list(document, "data")).is_some_and(typed) || typed(document) || first_of(document).is_some_and(typed)
}

fn items(document: &Value) -> Vec<&Value> {
    match document {
        Value::Array(all) => all.iter().collect(),
        Value::Object(_) if document.get("data").is_some() => list(document, "data").iter().collect(),
        single => vec![single],
    }
}

pub(super) fn read(documents: &[(&str, &Value)], sink: &mut Sink) {
    let mut collections: BTreeMap<String, &Value> = BTreeMap::new();
    for item in documents.iter().flat_map(|(_, document)| items(document)) {
        if text(item, &["type"]) == "collection" {
            collections.insert(text(item, &["id"]), item);
        }
    }
    for (file, document) in documents {
        for (number, row) in (1..).zip(items(document)) {
            let kind = text(row, &["type"]);
            if kind == "collection" || !row.is_object() {
                continue;
            }
            let own = text(row, &["default_locale"]);
            let mut parent = text(row, &["parent_id"]);
            if parent.is_empty() {
                parent = list(row, "parent_ids").first().map(super::value::plain).unwrap_or_default();
            }
            let internal = kind == "internal_article";
            article(file, number, row, row, &own, internal, collections.get(&parent).copied(), sink);
            if let Some(Value::Object(translations)) = row.get("translated_content") {
                for (locale, content) in translations.iter().filter(|(_, content)| content.is_object()) {
                    if *locale != own {
                        article(file, number, row, content, locale, internal, collections.get(&parent).copied(), sink);
                    }
                }
            }
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "one call for an article and for each of its translations")]
fn article(
    file: &str,
    number: usize,
    row: &Value,
    content: &Value,
    locale: &str,
    internal: bool,
    collection: Option<&Value>,
    sink: &mut Sink,
) {
    let state = text(content, &["state"]);
    let reason = (!state.is_empty() && state != "published").then_some(Reason::Draft);
    let mut article = Article {
        id: text(row, &["id"]),
        title: text(content, &["title"]),
        tags: row.get("tags").map(|tags| texts(tags, &["tags"])).unwrap_or_default(),
        updated: day(content, &["updated_at", "created_at"]),
        source: text(content, &["url"]),
        internal,
        ..Article::default()
    };
    if let Some(found) = collection.filter(|_| reason.is_none()) {
        article.collection = format!("collection-{}", text(found, &["id"]));
        let translated = found.get("translated_content").and_then(|all| all.get(locale)).filter(|one| one.is_object());
        let named = translated.unwrap_or(found);
        let title = super::line_of(&text(named, &["name"]));
        let summary = super::line_of(&text(named, &["description"]));
        let id = article.collection.clone();
        let lang = super::language(locale, file).or_else(|| lang_tag(locale)).unwrap_or_default();
        sink.collection(&lang, Collection { id, title, summary, icon: String::new() });
    }
    let body = Body::Html(text(content, &["body"]));
    sink.take(file, NAME, Record { article, lang: locale.to_owned(), body, number, reason });
}
