//! `<lang>.topics.json`: the whole help without an engine, for browsers without wasm.
//!
//! `{"lang", "strings": {key: text}, "collections": [{"id", "title", "articles": [{"id", "title", "summary", "blocks"}]}]}`.
//! A block is one of `{"p": […]}`, `{"h": […], "level": 2}`, `{"ul": [[block…]…]}`, `{"ol": …}`, `{"note": [block…]}`,
//! `{"pre": "…"}`, `{"head": [cell…], "rows": [[cell…]…]}`, `{"img": "src", "alt": "…", "size": [w, h]}`,
//! `{"video": "src", "alt": "…"}`, `{"market": "uk ie", "blocks": [block…]}`; an inline is a string, `{"b": […]}`,
//! `{"i": […]}`, `{"code": "…"}`, `{"a": "address", "text": […]}`, `{"var": "name", "or": "…"}` or `{"br": 1}`.

use serde_json::{Value, json};

use crate::article::{Article, Block, Inline};
use crate::content::Help;
use crate::index::stored::summary;
use crate::strings::{KEYS, texts};

/// Texts that a panel without an engine shows.
const FEW: &[&str] = &[
    "help",
    "close",
    "back",
    "greeting",
    "topics",
    "n-articles",
    "updated",
    "note",
    "new-tab",
    "image-of",
    "contact-heading",
    "contact-chat",
];

/// The file's text.
pub(super) fn json(lang: &str, help: &Help) -> String {
    let strings: serde_json::Map<String, Value> = KEYS
        .iter()
        .zip(texts(lang))
        .filter(|(key, _)| FEW.contains(key) || key.starts_with("contact-"))
        .map(|(key, text)| ((*key).to_owned(), Value::from(text)))
        .collect();
    let mut collections: Vec<Value> = help
        .collections
        .iter()
        .map(|collection| group(&collection.id, &collection.title, help, |article| article.collection == collection.id))
        .filter(|group| group["articles"].as_array().is_some_and(|articles| !articles.is_empty()))
        .collect();
    if help.articles.iter().any(|article| article.collection.is_empty()) {
        collections.push(group("", "", help, |article| article.collection.is_empty()));
    }
    json!({ "lang": lang, "strings": strings, "collections": collections }).to_string()
}

fn group(id: &str, title: &str, help: &Help, member: impl Fn(&Article) -> bool) -> Value {
    let articles: Vec<Value> = help
        .articles
        .iter()
        .filter(|article| member(article))
        .map(|article| {
            json!({
                "id": article.id,
                "title": article.title,
                "summary": summary(&article.blocks),
                "blocks": blocks(&article.blocks),
            })
        })
        .collect();
    json!({ "id": id, "title": title, "articles": articles })
}

fn blocks(all: &[Block]) -> Vec<Value> {
    all.iter()
        .map(|block| match block {
            Block::Paragraph(text) => json!({ "p": inlines(text) }),
            Block::Heading(level, text) => json!({ "h": inlines(text), "level": level }),
            Block::List(true, items) => json!({ "ol": items.iter().map(|item| blocks(item)).collect::<Vec<_>>() }),
            Block::List(false, items) => json!({ "ul": items.iter().map(|item| blocks(item)).collect::<Vec<_>>() }),
            Block::Callout(_, inner) => json!({ "note": blocks(inner) }),
            Block::Code(text) => json!({ "pre": text }),
            Block::Table(head, rows) => {
                json!({ "head": cells(head), "rows": rows.iter().map(|row| cells(row)).collect::<Vec<_>>() })
            }
            Block::Image { src, alt, size: (0, _) | (_, 0) } => json!({ "img": src, "alt": alt }),
            Block::Image { src, alt, size } => json!({ "img": src, "alt": alt, "size": size }),
            Block::Video { src, title } => json!({ "video": src, "alt": crate::article::film_name(src, title) }),
            Block::Market(names, inner) => json!({ "market": names, "blocks": blocks(inner) }),
        })
        .collect()
}

fn cells(all: &[Vec<Inline>]) -> Vec<Vec<Value>> {
    all.iter().map(|cell| inlines(cell)).collect()
}

fn inlines(all: &[Inline]) -> Vec<Value> {
    all.iter()
        .map(|inline| match inline {
            Inline::Text(text) => Value::from(text.as_str()),
            Inline::Strong(inner) => json!({ "b": inlines(inner) }),
            Inline::Emphasis(inner) => json!({ "i": inlines(inner) }),
            Inline::Code(text) => json!({ "code": text }),
            Inline::Link(address, inner) => json!({ "a": address, "text": inlines(inner) }),
            Inline::Break => json!({ "br": 1 }),
            Inline::Variable(name, otherwise) => json!({ "var": name, "or": otherwise }),
        })
        .collect()
}
