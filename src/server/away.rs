//! What shoppers hear when nobody is there, and the clock that tells whether somebody is.

use std::collections::BTreeMap;
use std::time::Duration;

use super::hub::stopped;
use super::store::inbox::usual_reply_s;
use super::{App, now_ms};

/// How often opening hours and the usual time to an answer are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// What is said when nobody is there, by language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Away {
    texts: BTreeMap<String, String>,
}

impl Away {
    /// Sets the text for a language; the one for `""` is for all others.
    pub fn set(&mut self, lang: &str, text: &str) {
        self.texts.insert(lang.to_ascii_lowercase(), text.to_owned());
    }

    /// The text for a language, its first part, or all others.
    #[must_use]
    pub fn text(&self, lang: &str) -> Option<&str> {
        let lang = lang.to_ascii_lowercase();
        let short = lang.split('-').next().unwrap_or_default();
        [lang.as_str(), short, ""].iter().find_map(|lang| self.texts.get(*lang)).map(String::as_str)
    }
}

/// Keeps availability right until the end.
pub async fn watch(app: App) {
    let mut stopping = app.hub.stopping();
    loop {
        look(&app).await;
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stopping) => return,
        }
    }
}

/// Looks once.
pub async fn look(app: &App) {
    let now = now_ms();
    let is_open = app.hours.as_ref().is_none_or(|hours| hours.is_open(now));
    let opens_at_ms = app.hours.as_ref().and_then(|hours| hours.opens_at(now));
    // Not knowing how long an answer takes is no reason to say nothing else.
    let reply_in_s = app.store.read(|conn| Ok(usual_reply_s(conn)?)).await.ok().flatten();
    app.hub.opening(is_open, opens_at_ms, reply_in_s);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_language_speaks() {
        let mut away = Away::default();
        assert_eq!(away.text("en"), None);
        away.set("pt", "Voltamos logo");
        away.set("", "Back soon");
        assert_eq!(away.text("pt-BR"), Some("Voltamos logo"));
        assert_eq!(away.text("de"), Some("Back soon"));
    }
}
