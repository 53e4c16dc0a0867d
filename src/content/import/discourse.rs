//! Discourse: a category's topics, as the forum's own JSON has them.
//!
//! The accepted answer answers, with its author's name and a link to the discussion. A forum that accepts
//! answers but accepted none here gave none; where answers are not accepted at all, as in a category of
//! announcements and FAQ, the first contribution is the answer.

use serde_json::Value;

use super::value::{day, first, first_of, list, no, text, texts, yes};
use super::{Body, Reason, Record, Sink};
use crate::article::{Article, Collection};

pub(super) const NAME: &str = "Discourse";

/// Whether a document is of this format.
pub(super) fn is(document: &Value) -> bool {
    document.get("post_stream").is_some()
        || document.get("topic_list").is_some()
        || document.get("category_list").is_some()
        || first(list(document, "topics"))
            .is_some_and(|topic| topic.get("post_stream").is_some() || topic.get("slug").is_some())
        || first_of(document).is_some_and(|topic| topic.get("post_stream").is_some())
}

pub(super) fn read(documents: &[(&str, &Value)], sink: &mut Sink) {
    for (file, document) in documents {
        let category = document.get("category");
        let restricted = category.is_some_and(|category| yes(category, "read_restricted"));
        let collection = category.map(|category| Collection {
            id: super::clean_id(&text(category, &["slug", "name"])),
            title: super::line_of(&text(category, &["name", "slug"])),
            summary: super::line_of(&text(category, &["description_text"])),
            icon: String::new(),
        });
        let base = [document.get("base_url"), category.and_then(|one| one.get("base_url"))];
        let base = base.into_iter().flatten().map(super::value::plain).find(|base| base.starts_with("http"));
        let base = base.unwrap_or_default();
        let topics = list(document, "topics").iter().chain(document.as_array().into_iter().flatten());
        let of_list = document.get("topic_list").map_or(&[][..], |all| list(all, "topics"));
        let single = document.get("post_stream").map(|_| *document);
        let mut took = false;
        for (number, topic) in (1..).zip(topics.chain(of_list).chain(single)).filter(|(_, one)| one.is_object()) {
            let mut record = topic_record(topic, number, base.trim_end_matches('/'));
            if restricted {
                record.reason = Some(Reason::Restricted);
            }
            took |= record.reason.is_none();
            record.article.collection = collection.as_ref().map(|one| one.id.clone()).unwrap_or_default();
            sink.take(file, NAME, record);
        }
        if let Some(collection) = collection.filter(|_| took) {
            let lang = super::language("", file).unwrap_or_default();
            sink.collection(&lang, collection);
        }
    }
}

fn topic_record(topic: &Value, number: usize, base: &str) -> Record {
    let id = text(topic, &["id"]);
    let slug = text(topic, &["slug"]);
    let mut article = Article {
        id: if slug.is_empty() { format!("topic-{id}") } else { format!("{slug}-{id}") },
        title: text(topic, &["title", "unicode_title"]),
        tags: texts(topic, &["tags"]),
        updated: day(topic, &["last_posted_at", "created_at"]),
        ..Article::default()
    };
    if article.title.is_empty() {
        article.title = unescaped(&text(topic, &["fancy_title"]));
    }
    let mut record = Record { number, ..Record::default() };
    let posts = topic.get("post_stream").map_or(&[][..], |stream| list(stream, "posts"));
    let archetype = text(topic, &["archetype"]);
    record.reason = if !archetype.is_empty() && archetype != "regular" {
        Some(Reason::Restricted)
    } else if no(topic, "visible") || topic.get("deleted_at").is_some_and(|at| !at.is_null()) {
        Some(Reason::Unlisted)
    } else {
        None
    };
    match answer(topic, posts) {
        Ok(post) => {
            // A post that was not accepted speaks for the shop: no name stands under it.
            if accepted_number(topic, posts).is_some() {
                article.author = text(post, &["name", "username"]);
            }
            article.updated = day(post, &["updated_at", "created_at"]);
            let place = text(post, &["post_number"]);
            article.source = match (base, text(topic, &["url"])) {
                (_, url) if url.starts_with("http") => url,
                ("", _) => String::new(),
                (base, _) => format!("{base}/t/{slug}/{id}/{place}"),
            };
            let raw = text(post, &["raw"]);
            let cooked = text(post, &["cooked"]);
            record.body = if cooked.is_empty() { Body::Markdown(raw) } else { Body::Html(cooked) };
        }
        Err(reason) => record.reason = record.reason.or(Some(reason)),
    }
    record.article = article;
    record
}

/// The number of the accepted answer among the contributions.
fn accepted_number(topic: &Value, posts: &[Value]) -> Option<u64> {
    let told = topic.get("accepted_answer").or_else(|| list(topic, "accepted_answers").first());
    told.and_then(|one| one.get("post_number")).and_then(Value::as_u64).or_else(|| {
        posts.iter().find(|post| yes(post, "accepted_answer")).and_then(|post| post.get("post_number")?.as_u64())
    })
}

fn answer<'a>(topic: &Value, posts: &'a [Value]) -> Result<&'a Value, Reason> {
    let is_shown = |post: &&Value| {
        !yes(post, "hidden")
            && !yes(post, "user_deleted")
            && post.get("deleted_at").is_none_or(Value::is_null)
            // Small notes of the forum itself, and whispers among its staff.
            && post.get("post_type").and_then(Value::as_u64).is_none_or(|kind| kind == 1)
    };
    if posts.is_empty() {
        return Err(Reason::NoAnswer);
    }
    if let Some(number) = accepted_number(topic, posts) {
        let post = posts.iter().find(|post| post.get("post_number").and_then(Value::as_u64) == Some(number));
        return post.filter(is_shown).ok_or(Reason::NoAnswer);
    }
    let could_accept = topic.get("has_accepted_answer").is_some()
        || topic.get("accepted_answer").is_some()
        || posts.iter().any(|post| yes(post, "can_accept_answer") || post.get("accepted_answer").is_some());
    if could_accept {
        return Err(Reason::NotAccepted);
    }
    let first = posts.iter().min_by_key(|post| post.get("post_number").and_then(Value::as_u64).unwrap_or(u64::MAX));
    first.filter(is_shown).ok_or(Reason::NoAnswer)
}

/// A title in which characters are written as HTML has them.
fn unescaped(title: &str) -> String {
    let mut problems = Vec::new();
    let blocks = crate::content::html::blocks(title, 0, &mut crate::content::Problems::new("", &mut problems));
    crate::article::plain_blocks(&blocks)
}
