//! An answer becomes an article: a Markdown file in the folder that the configuration names, where an
//! author finds it. What `helpnook build` would not take is not written.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::App;
use super::asked;
use super::refuse::Refuse;
use super::session::SignedIn;
use crate::chat::masking::mask_cards;
use crate::content::{self, File, Severity};

/// Longest name of a file, before its ending and its number.
const MAX_SLUG_BYTES: usize = 60;

/// Drafts of one name before giving up.
const MAX_ALIKE: usize = 100;

/// What an agent wrote.
#[derive(Debug, Deserialize)]
pub struct Draft {
    title: String,
    text: String,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    collection: String,
}

/// Where it lies.
#[derive(Debug, Serialize)]
pub struct Written {
    file: String,
}

/// `POST /agent/api/drafts`
pub async fn write(
    State(app): State<App>,
    _: SignedIn,
    asked::Json(draft): asked::Json<Draft>,
) -> Result<Json<Written>, Refuse> {
    let Some(folder) = app.drafts.clone() else {
        return Err(Refuse::Unsupported("no folder for drafts is set: add `drafts` to the configuration"));
    };
    let today = Timestamp::now().strftime("%Y-%m-%d").to_string();
    let (lang, slug, text) = article(&draft, &today)?;
    let task = tokio::task::spawn_blocking(move || keep(&folder, &lang, &slug, &text));
    let kept = task.await.map_err(|_| Refuse::Unavailable)?;
    let file = kept.map_err(|error| {
        super::log(&format!("draft: not written: {error}"));
        Refuse::Unavailable
    })?;
    Ok(Json(Written { file: file.to_string_lossy().into_owned() }))
}

/// Language, name and text of an article that `helpnook build` takes.
fn article(draft: &Draft, today: &str) -> Result<(String, String, String), Refuse> {
    let title = mask_cards(&draft.title.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned();
    if title.is_empty() {
        return Err(Refuse::Malformed("the article has no title".to_owned()));
    }
    let lang = draft.lang.to_ascii_lowercase();
    let is_lang = (2..=11).contains(&lang.len()) && lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let lang = if is_lang { lang } else { content::DEFAULT_LANG.to_owned() };
    // A JSON string is a YAML string as well, whatever is in it.
    let quoted = |text: &str| serde_json::to_string(text).map_err(|error| Refuse::Malformed(error.to_string()));
    let mut text = format!("---\ntitle: {}\nlang: {lang}\n", quoted(&title)?);
    if !draft.collection.trim().is_empty() {
        text += &format!("collection: {}\n", quoted(draft.collection.trim())?);
    }
    text += &format!("updated: {today}\n---\n{}\n", mask_cards(draft.text.trim()));
    let slug = slug(&title);
    let file = File { path: format!("{slug}.md"), text };
    let (_, problems) = content::read(std::slice::from_ref(&file));
    match problems.iter().find(|problem| problem.severity == Severity::Error) {
        Some(problem) => Err(Refuse::Malformed(format!("{}: {}", problem.message, problem.cure))),
        None => Ok((lang, slug, file.text)),
    }
}

/// A title as the name of a file.
fn slug(title: &str) -> String {
    let plain = title.nfkd().filter(char::is_ascii).map(|c| c.to_ascii_lowercase());
    let mut out = String::new();
    for c in plain {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') && c != '\'' {
            out.push('-');
        }
    }
    out.truncate(MAX_SLUG_BYTES);
    let out = out.trim_end_matches('-');
    if out.is_empty() { "article".to_owned() } else { out.to_owned() }
}

/// Writes a new file, never over another; gives its path below the folder.
fn keep(folder: &Path, lang: &str, slug: &str, text: &str) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder.join(lang))?;
    for n in 1..=MAX_ALIKE {
        let name = if n == 1 { format!("{slug}.md") } else { format!("{slug}-{n}.md") };
        let below = Path::new(lang).join(name);
        match OpenOptions::new().write(true).create_new(true).open(folder.join(&below)) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                return Ok(below);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::Error::other("too many drafts of that name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(title: &str, text: &str) -> Draft {
        Draft { title: title.to_owned(), text: text.to_owned(), lang: "pt-BR".to_owned(), collection: String::new() }
    }

    #[test]
    fn names_of_files_are_plain() {
        assert_eq!(slug("Où est ma commande n° 12 ?"), "ou-est-ma-commande-n-12");
        assert_eq!(slug("What's new"), "whats-new");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("配送"), "article");
    }

    #[test]
    fn what_build_takes_and_nothing_else() {
        let (lang, slug, text) = article(&draft("Is \"it\": here?", "Yes.\n\n- one\n- two"), "2026-11-22").unwrap();
        assert_eq!((lang.as_str(), slug.as_str()), ("pt-br", "is-it-here"));
        let (help, problems) = content::read(&[File { path: "x.md".to_owned(), text }]);
        assert_eq!(problems, []);
        assert_eq!(help["pt-br"].articles[0].title, "Is \"it\": here?");
        assert!(article(&draft("Empty", " \n"), "2026-11-22").is_err());
        assert!(article(&draft(" ", "Text"), "2026-11-22").is_err());
    }
}
