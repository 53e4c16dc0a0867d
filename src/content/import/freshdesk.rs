//! Freshdesk solutions: categories with folders with articles, nested as its export has them or listed as its
//! API does. A folder's visibility says who may read: 1 is everybody.

use std::collections::BTreeMap;

use serde_json::Value;

use super::value::{day, first_of, list, text, texts};
use super::{Body, Reason, Record, Sink};
use crate::article::{Article, Collection};

pub(super) const NAME: &str = "Freshdesk";

/// Whether a document is of this format.
pub(super) fn is(document: &Value) -> bool {
    let Some(first) = first_of(document) else {
        return (document.get("folder_id").is_some() && document.get("description").is_some())
            || document.get("category").unwrap_or(document).get("folders").is_some_and(Value::is_array);
    };
    first.get("category").is_some_and(|category| category.get("folders").is_some())
        || first.get("folders").is_some()
        || first.get("folder_id").is_some()
        || (first.get("visibility").is_some_and(Value::is_number) && first.get("name").is_some())
}

pub(super) fn read(documents: &[(&str, &Value)], sink: &mut Sink) {
    let mut folders: BTreeMap<String, &Value> = BTreeMap::new();
    for (_, document) in documents {
        let rows = document.as_array().map_or(&[][..], Vec::as_slice);
        for folder in rows.iter().filter(|row| row.get("visibility").is_some() && row.get("folder_id").is_none()) {
            folders.insert(text(folder, &["id"]), folder);
        }
    }
    for (file, document) in documents {
        let rows = document.as_array().map_or(std::slice::from_ref(*document), Vec::as_slice);
        let mut number = 0;
        for (at, row) in (1..).zip(rows) {
            let category = row.get("category").unwrap_or(row);
            for folder in list(category, "folders").iter().chain(list(category, "all_folders")) {
                let folder = folder.get("folder").unwrap_or(folder);
                for row in list(folder, "articles") {
                    number += 1;
                    article(file, number, row.get("article").unwrap_or(row), Some(folder), sink);
                }
            }
            if row.get("folder_id").is_some() {
                article(file, at, row, folders.get(&text(row, &["folder_id"])).copied(), sink);
            }
        }
    }
}

fn article(file: &str, number: usize, row: &Value, folder: Option<&Value>, sink: &mut Sink) {
    let status = text(row, &["status"]);
    let visibility = folder.map(|folder| text(folder, &["visibility"])).filter(|told| !told.is_empty());
    let visibility = visibility.unwrap_or_else(|| text(row, &["folder_visibility"]));
    // The API tells with each article where it lies: category, folder, folders inside it.
    let nearest = list(row, "hierarchy").iter().rev().find(|one| text(one, &["type"]) == "folder");
    let folder = folder.or_else(|| nearest?.get("data"));
    let reason = if status == "1" || status.eq_ignore_ascii_case("draft") {
        Some(Reason::Draft)
    } else if !visibility.is_empty() && visibility != "1" {
        Some(Reason::Restricted)
    } else {
        None
    };
    let mut article = Article {
        id: text(row, &["id"]),
        title: text(row, &["title"]),
        tags: texts(row, &["tags"]),
        updated: day(row, &["modified_at", "updated_at", "created_at"]),
        source: text(row, &["url"]),
        ..Article::default()
    };
    let lang = text(row, &["language", "language_code"]);
    if let Some(folder) = folder.filter(|_| reason.is_none()) {
        article.collection = format!("folder-{}", text(folder, &["id"]));
        let (id, title) = (article.collection.clone(), super::line_of(&text(folder, &["name"])));
        let summary = super::line_of(&text(folder, &["description"]));
        let tag = super::language(&lang, file).unwrap_or_default();
        sink.collection(&tag, Collection { id, title, summary, icon: String::new() });
    }
    // `desc_un_html` and `description_text` are the same without markup: the last resort.
    let html = text(row, &["description"]);
    let body = if html.is_empty() {
        Body::Markdown(text(row, &["description_text", "desc_un_html"]))
    } else {
        Body::Html(html)
    };
    sink.take(file, NAME, Record { article, lang, body, number, reason });
}
