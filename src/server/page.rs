//! The agents' page: fixed files inside the program, under a policy that runs nothing else.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// What the page may do: its own files, its own API, nothing built from text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Names, types and contents.
const FILES: &[(&str, &str, &str)] = &[
    ("", "text/html; charset=utf-8", include_str!("agent/index.html")),
    ("agent.css", "text/css; charset=utf-8", include_str!("agent/agent.css")),
    ("icon.svg", "image/svg+xml", include_str!("agent/icon.svg")),
    ("agent.js", "text/javascript; charset=utf-8", include_str!("agent/agent.js")),
    ("api.js", "text/javascript; charset=utf-8", include_str!("agent/api.js")),
    ("composer.js", "text/javascript; charset=utf-8", include_str!("agent/composer.js")),
    ("context.js", "text/javascript; charset=utf-8", include_str!("agent/context.js")),
    ("draft.js", "text/javascript; charset=utf-8", include_str!("agent/draft.js")),
    ("files.js", "text/javascript; charset=utf-8", include_str!("agent/files.js")),
    ("conversation.js", "text/javascript; charset=utf-8", include_str!("agent/conversation.js")),
    ("dom.js", "text/javascript; charset=utf-8", include_str!("agent/dom.js")),
    ("list.js", "text/javascript; charset=utf-8", include_str!("agent/list.js")),
    ("messages.js", "text/javascript; charset=utf-8", include_str!("agent/messages.js")),
    ("picker.js", "text/javascript; charset=utf-8", include_str!("agent/picker.js")),
    ("texts.ar.js", "text/javascript; charset=utf-8", include_str!("agent/texts.ar.js")),
    ("texts.de.js", "text/javascript; charset=utf-8", include_str!("agent/texts.de.js")),
    ("texts.en.js", "text/javascript; charset=utf-8", include_str!("agent/texts.en.js")),
    ("texts.fr.js", "text/javascript; charset=utf-8", include_str!("agent/texts.fr.js")),
    ("texts.pt.js", "text/javascript; charset=utf-8", include_str!("agent/texts.pt.js")),
    ("texts.ro.js", "text/javascript; charset=utf-8", include_str!("agent/texts.ro.js")),
    ("texts.js", "text/javascript; charset=utf-8", include_str!("agent/texts.js")),
];

/// A file of the page, if there is one of that name.
#[must_use]
pub fn file(name: &str) -> Option<Response> {
    let (_, kind, text) = FILES.iter().find(|(known, ..)| *known == name)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ];
    Some((headers, *text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{PageType, Signal};

    #[test]
    fn every_import_is_a_file_and_every_language_has_every_text() {
        let known = |name: &str| FILES.iter().any(|(file, ..)| *file == name);
        for (name, _, text) in FILES.iter().filter(|(name, ..)| name.ends_with(".js")) {
            for part in text.split("from \"./").skip(1) {
                let import = part.split('"').next().unwrap_or_default();
                assert!(known(import), "{name} imports {import}");
            }
        }
        let keys = |lang: &str| -> Vec<&str> {
            let file = format!("texts.{lang}.js");
            let text = FILES.iter().find(|(name, ..)| *name == file).map_or("", |(.., text)| *text);
            text.lines().filter_map(|line| line.strip_prefix("  ")?.split(": ").next()).collect()
        };
        for lang in ["ar", "de", "fr", "pt", "ro"] {
            assert_eq!(keys(lang), keys("en"), "{lang}");
        }
        assert!(keys("en").len() > 80);
        let named = |kind: &str, name: &str| keys("en").contains(&format!("\"{kind}.{name}\"").as_str());
        // Agents read words, not names for programs.
        for signal in Signal::ALL {
            assert!(named("signal", signal.name()), "{signal:?}");
        }
        for page in PageType::ALL {
            assert!(named("page", page.name()), "{page:?}");
        }
    }
}
