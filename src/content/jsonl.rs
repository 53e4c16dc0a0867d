//! JSON Lines: one article a line, `{"id", "lang", "question", "answer", "tags", …}`.

use serde_json::{Map, Value};

use super::error::Problems;
use super::{DEFAULT_LANG, Written, blocks, html, lang_of_path, lang_tag, plain};
use crate::article::{Article, plain_blocks};

/// Reads a file.
pub(super) fn read(text: &str, problems: &mut Problems<'_>) -> Vec<Written> {
    let path = problems.file().to_owned();
    let lang = lang_of_path(&path).unwrap_or_else(|| DEFAULT_LANG.to_owned());
    let mut out = Vec::new();
    for (line, row) in (1..).zip(text.lines()) {
        if row.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Value>(row) {
            Ok(Value::Object(row)) => {
                if let Some(article) = article(&row, &lang, line, problems) {
                    out.push(Written { article, file: path.clone(), line, marks: Vec::new() });
                }
            }
            Ok(_) => problems.error(
                line,
                "the line is no JSON object",
                "write one `{\"id\": …, \"question\": …, \"answer\": …}` a line",
            ),
            Err(error) => {
                problems.error(line, format!("JSON cannot be read: {error}"), "write one complete JSON object a line")
            }
        }
    }
    out
}

fn article(row: &Map<String, Value>, lang: &str, line: usize, problems: &mut Problems<'_>) -> Option<Article> {
    let text = |names: &[&str]| names.iter().find_map(|name| row.get(*name)).map(text_of).unwrap_or_default();
    let texts = |names: &[&str]| names.iter().find_map(|name| row.get(*name)).map(texts_of).unwrap_or_default();
    let mut article = Article {
        id: text(&["id", "slug"]),
        lang: lang.to_owned(),
        title: super::import::line_of(&text(&["question", "title"])),
        collection: text(&["collection", "category"]),
        tags: texts(&["tags"]),
        phrasings: texts(&["phrasings", "aliases"]),
        updated: text(&["updated"]),
        ..Article::default()
    };
    article.tags.extend(texts(&["synonyms"]));
    if !super::markdown::is_date(&article.updated) {
        article.updated.clear();
    }
    let name = text(&["lang", "language"]);
    if !name.is_empty() {
        match lang_tag(&name) {
            Some(lang) => article.lang = lang,
            None => problems.error(line, format!("`{name}` is no language"), "write a tag such as `en` or `pt-br`"),
        }
    }
    let answer = text(&["answer", "body"]);
    if article.id.is_empty() && !article.title.is_empty() {
        article.id = super::import::slug(&article.title);
    }
    for (value, field) in [(&article.id, "id"), (&answer, "answer")] {
        if value.trim().is_empty() {
            problems.error(
                line,
                format!("`{field}` is missing or empty"),
                format!("add `\"{field}\": \"…\"` to the line"),
            );
            return None;
        }
    }
    article.blocks = if html::looks_like_html(&answer) {
        html::blocks(&answer, line, problems)
    } else {
        on_line(&plain::marked_up(&answer), line, problems)
    };
    super::rich::shrink(&mut article.blocks);
    if plain_blocks(&article.blocks).trim().is_empty() {
        problems.error(line, "the answer is empty once its markup is gone", "write the answer as text");
        return None;
    }
    if article.title.is_empty() {
        article.title = start_of(&plain_blocks(&article.blocks));
        problems.warning(
            line,
            "`question` is missing: the answer's first words stand in",
            "add `\"question\": \"…\"` to the line",
        );
    }
    Some(article)
}

/// The first words of a text, about a line.
fn start_of(text: &str) -> String {
    let end =
        text.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).take_while(|&at| at <= 80).last();
    let whole = text.len() <= 80;
    if whole { text.to_owned() } else { format!("{}…", text.get(..end.unwrap_or(0)).unwrap_or_default()) }
}

/// Markdown of which every line is the one line of the file.
fn on_line(answer: &str, line: usize, problems: &mut Problems<'_>) -> Vec<crate::article::Block> {
    let mut own = Vec::new();
    let blocks = blocks::markdown(answer, 1, &mut Problems::new("", &mut own));
    for problem in own {
        problems.warning(line, problem.message, problem.cure);
    }
    blocks
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().map(text_of).filter(|text| !text.is_empty()).collect(),
        other => text_of(other).split(',').map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect(),
    }
}
