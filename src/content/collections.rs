//! `_collections.yaml`: a list of `{id, title, summary, icon}`, in the order to show.

use super::error::Problems;
use super::yaml;
use crate::article::Collection;

/// Drawings that the widget has.
const ICONS: [&str; 7] = ["truck", "box", "return", "card", "tag", "person", "chat"];

/// Reads the file.
#[must_use]
pub fn read(text: &str, problems: &mut Problems<'_>) -> Vec<Collection> {
    let Some(all) = yaml::load(text, 0, problems) else { return Vec::new() };
    let line = all.line();
    let Ok(items) = all.items() else {
        problems.error(line, "this is no list", "start each collection with `- id: its-name`");
        return Vec::new();
    };
    let mut out: Vec<Collection> = Vec::new();
    for item in items {
        let line = item.line();
        let Some(entries) = item.entries() else {
            problems.error(line, "a collection without fields", "write `- id: its-name` and `  title: Its title`");
            continue;
        };
        let mut collection = Collection::default();
        for (key, line, value) in entries {
            let text = value.text().unwrap_or_default().trim().to_owned();
            match key.as_str() {
                "id" => collection.id = text,
                "title" => collection.title = text,
                "summary" => collection.summary = text,
                "icon" if text.is_empty() || ICONS.contains(&text.as_str()) => collection.icon = text,
                "icon" => problems.warning(
                    line,
                    format!("no icon is named `{text}`"),
                    format!("use one of {}", ICONS.join(", ")),
                ),
                _ => {
                    problems.warning(line, format!("unknown field `{key}` is ignored"), "use id, title, summary, icon")
                }
            }
        }
        if collection.id.is_empty() {
            problems.error(line, "a collection without `id`", "add `id: its-name`");
        } else if out.iter().any(|known| known.id == collection.id) {
            problems.error(line, format!("collection `{}` is listed twice", collection.id), "remove one");
        } else {
            if collection.title.is_empty() {
                collection.title = super::humanized(&collection.id);
                problems.warning(
                    line,
                    format!("collection `{}` has no `title`", collection.id),
                    "add what shoppers shall read",
                );
            }
            out.push(collection);
        }
    }
    out
}
