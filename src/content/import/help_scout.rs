//! Help Scout Docs: articles in full (`{"article": …}` or lists of them), collections and categories.

use std::collections::BTreeMap;

use serde_json::Value;

use super::value::{day, first, first_of, list, text, texts};
use super::{Body, Reason, Record, Sink};
use crate::article::{Article, Collection};

pub(super) const NAME: &str = "Help Scout Docs";

/// Whether a document is of this format.
pub(super) fn is(document: &Value) -> bool {
    let paged = |name: &str| document.get(name).is_some_and(|all| all.get("items").is_some());
    let article = |value: &Value| value.get("collectionId").is_some();
    paged("articles")
        || paged("collections")
        || paged("categories")
        || document.get("article").is_some_and(article)
        || article(document)
        || first(list(document, "articles")).is_some_and(article)
        || first_of(document).is_some_and(article)
}

fn paged<'a>(document: &'a Value, name: &str) -> &'a [Value] {
    document.get(name).map_or(&[], |all| list(all, "items"))
}

fn articles(document: &Value) -> Vec<&Value> {
    let single = document.get("article").or_else(|| document.get("collectionId").map(|_| document));
    let whole = document.as_array().map_or(&[][..], Vec::as_slice);
    paged(document, "articles").iter().chain(list(document, "articles")).chain(whole).chain(single).collect()
}

pub(super) fn read(documents: &[(&str, &Value)], sink: &mut Sink) {
    let mut groups: BTreeMap<String, &Value> = BTreeMap::new();
    for (_, document) in documents {
        for group in paged(document, "categories").iter().chain(paged(document, "collections")) {
            groups.insert(text(group, &["id"]), group);
        }
    }
    for (file, document) in documents {
        for (number, row) in (1..).zip(articles(document)).filter(|(_, row)| row.is_object()) {
            let status = text(row, &["status"]);
            let body = text(row, &["text"]);
            let collection = text(row, &["collectionId"]);
            let private = groups.get(&collection).is_some_and(|one| text(one, &["visibility"]) == "private");
            let reason = if !status.is_empty() && status != "published" {
                Some(Reason::Draft)
            } else if private {
                Some(Reason::Restricted)
            } else {
                body.is_empty().then_some(Reason::NoAnswer)
            };
            let category = list(row, "categories").first().map(super::value::plain).unwrap_or_default();
            let group = groups.get(&category).or_else(|| groups.get(&collection));
            let mut article = Article {
                id: text(row, &["slug", "id"]),
                title: text(row, &["name"]),
                tags: texts(row, &["keywords"]),
                updated: day(row, &["lastPublishedAt", "updatedAt", "createdAt"]),
                source: text(row, &["publicUrl"]),
                ..Article::default()
            };
            if let Some(group) = group.filter(|_| reason.is_none()) {
                article.collection = super::clean_id(&text(group, &["slug", "id"]));
                let (id, title) = (article.collection.clone(), super::line_of(&text(group, &["name"])));
                let summary = super::line_of(&text(group, &["description"]));
                let lang = super::language("", file).unwrap_or_default();
                sink.collection(&lang, Collection { id, title, summary, icon: String::new() });
            }
            let record = Record { article, lang: String::new(), body: Body::Html(body), number, reason };
            sink.take(file, NAME, record);
        }
    }
}
