//! Smart Tribune: questions of a knowledge base with their answers per channel.
//!
//! Its documentation names routes, not every field of their answers; so names are read in the spellings that
//! its routes use, and what cannot be read is said record by record.

use serde_json::Value;

use super::value::{day, list, no, text, texts};
use super::{Body, Reason, Record, Sink};
use crate::article::{Article, Collection};

pub(super) const NAME: &str = "Smart Tribune";

fn rows(document: &Value) -> &[Value] {
    let inside =
        document.get("knowledgeBase").or_else(|| document.get("data")).filter(|one| one.get("questions").is_some());
    list(inside.unwrap_or(document), "questions")
}

/// Whether a document is of this format.
pub(super) fn is(document: &Value) -> bool {
    rows(document).first().is_some_and(|first| first.is_object())
}

pub(super) fn read(documents: &[(&str, &Value)], sink: &mut Sink) {
    for (file, document) in documents {
        let locale = text(document, &["language", "locale", "lang"]);
        for (number, row) in (1..).zip(rows(document)) {
            let lang = text(row, &["language", "locale", "lang"]);
            let lang = if lang.is_empty() { locale.clone() } else { lang };
            let status = text(row, &["status", "state"]).to_lowercase();
            let draft = matches!(status.as_str(), "draft" | "unpublished" | "archived" | "inactive");
            let reason = (draft || no(row, "published") || no(row, "active")).then_some(Reason::Draft);
            let mut article = Article {
                id: text(row, &["id", "questionId", "slug"]),
                title: text(row, &["title", "label", "question", "name"]),
                tags: texts(row, &["tags", "keywords"]),
                phrasings: texts(row, &["formulations", "alternatives", "variations"]),
                updated: day(row, &["updatedAt", "updated_at", "modifiedAt", "publishedAt"]),
                source: text(row, &["url", "link"]),
                ..Article::default()
            };
            // A group of questions tells what they are about by its own name.
            let group = document.get("name").is_some().then_some(*document);
            if let Some(thematic) = row.get("thematic").or_else(|| list(row, "thematics").first()).or(group) {
                article.collection = super::clean_id(&text(thematic, &["id", "slug", "label", "name"]));
                let (id, title) =
                    (article.collection.clone(), super::line_of(&text(thematic, &["label", "title", "name"])));
                if !title.is_empty() && reason.is_none() {
                    let tag = super::language(&lang, file).unwrap_or_default();
                    sink.collection(&tag, Collection { id, title, ..Collection::default() });
                }
            }
            let body = Body::of(answer(row));
            sink.take(file, NAME, Record { article, lang, body, number, reason });
        }
    }
}

/// Whether a question's own record holds its answer.
#[must_use]
pub fn has_answer(question: &Value) -> bool {
    !answer(question).is_empty()
}

/// The first answer that says something, of the question itself or of its channels.
fn answer(row: &Value) -> String {
    let fields = ["answer", "response", "content", "text", "html", "body"];
    let own = text(row, &fields);
    if !own.is_empty() {
        return own;
    }
    let nested = ["response", "answer"].iter().filter_map(|name| row.get(*name));
    let listed = ["responses", "answers", "channels"].iter().flat_map(|name| list(row, name));
    nested.chain(listed).map(|one| text(one, &fields)).find(|found| !found.is_empty()).unwrap_or_default()
}
