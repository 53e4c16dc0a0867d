//! Crisp Helpdesk: articles as its API gives them, `{"error": false, "data": …}`, with Markdown of its own.

use serde_json::Value;

use super::value::{day, text, yes};
use super::{Body, Reason, Record, Sink};
use crate::article::{Article, Collection};

pub(super) const NAME: &str = "Crisp Helpdesk";

fn items(document: &Value) -> Vec<&Value> {
    let data = document.get("data").or_else(|| document.get("articles")).unwrap_or(document);
    match data {
        Value::Array(all) => all.iter().collect(),
        single => vec![single],
    }
}

/// Whether a document is of this format.
pub(super) fn is(document: &Value) -> bool {
    items(document).into_iter().find(|one| one.is_object()).is_some_and(|first| first.get("article_id").is_some())
}

pub(super) fn read(documents: &[(&str, &Value)], sink: &mut Sink) {
    for (file, document) in documents {
        for (number, row) in (1..).zip(items(document)).filter(|(_, row)| row.is_object()) {
            let content = text(row, &["content"]);
            let reason = if text(row, &["status"]) == "draft" || yes(row, "draft") {
                Some(Reason::Draft)
            } else if text(row, &["visibility"]) == "hidden" {
                Some(Reason::Unlisted)
            } else {
                content.is_empty().then_some(Reason::NoAnswer)
            };
            let lang = text(row, &["locale"]);
            let mut article = Article {
                id: text(row, &["article_id"]),
                title: text(row, &["title"]),
                updated: day(row, &["updated_at", "published_at", "created_at"]),
                source: text(row, &["url"]),
                ..Article::default()
            };
            if let Some(category) = row.get("category").filter(|one| one.is_object() && reason.is_none()) {
                article.collection = super::clean_id(&text(category, &["category_id", "name"]));
                let (id, title) = (article.collection.clone(), super::line_of(&text(category, &["name"])));
                let tag = super::language(&lang, file).unwrap_or_default();
                sink.collection(&tag, Collection { id, title, ..Collection::default() });
            }
            let body = Body::Markdown(boxes(&films(&content)));
            sink.take(file, NAME, Record { article, lang, body, number, reason });
        }
    }
}

/// Crisp's films, `${youtube}[Title](id)`, as pictures of a film's page, which other programs know.
fn films(text: &str) -> String {
    let hosts = [("${youtube}[", "https://www.youtube.com/watch?v="), ("${vimeo}[", "https://vimeo.com/")];
    let mut out = text.to_owned();
    for (mark, page) in hosts {
        while let Some((before, rest)) = out.split_once(mark) {
            let Some((title, after)) = rest.split_once("](") else { break };
            out = format!("{before}![{title}]({page}{after}");
        }
    }
    out
}

/// Crisp's boxes, `|| a hint`, `| a warning` and `||| a danger`, as callouts that other programs know.
fn boxes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut fenced, mut inside) = (false, false);
    let lines: Vec<&str> = text.lines().collect();
    for line in &lines {
        fenced ^= line.trim_start().starts_with("```");
        let kind = [("||| ", "WARNING"), ("|| ", "TIP"), ("| ", "NOTE")];
        let found = kind.iter().find_map(|(mark, kind)| Some((line.strip_prefix(mark)?, *kind)));
        // A line of a table ends as it starts.
        match found.filter(|(rest, _)| !fenced && !rest.trim_end().ends_with('|')) {
            Some((rest, kind)) => {
                if !inside {
                    out.push_str(&format!("\n> [!{kind}]\n"));
                }
                out.push_str(&format!("> {rest}\n"));
                inside = true;
            }
            None => {
                if inside {
                    out.push('\n');
                }
                inside = false;
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}
