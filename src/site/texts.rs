//! What pages say beyond the panel's texts, and how a language writes dates and numbers of things.

use crate::strings::{self, KEYS, Msg};

/// Texts that only pages need; an index does not carry them.
const LANGS: &[(&str, &str)] = &[
    ("en", include_str!("texts/en.txt")),
    ("fr", include_str!("texts/fr.txt")),
    ("de", include_str!("texts/de.txt")),
    ("pt", include_str!("texts/pt.txt")),
    ("ro", include_str!("texts/ro.txt")),
    ("es", include_str!("texts/es.txt")),
    ("it", include_str!("texts/it.txt")),
    ("nl", include_str!("texts/nl.txt")),
    ("pl", include_str!("texts/pl.txt")),
    ("ar", include_str!("texts/ar.txt")),
];

/// What languages call themselves.
const NAMES: &[(&str, &str)] = &[
    ("ar", "العربية"),
    ("bg", "Български"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hr", "Hrvatski"),
    ("hu", "Magyar"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("lt", "Lietuvių"),
    ("lv", "Latviešu"),
    ("nb", "Norsk bokmål"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("sr", "Srpski"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("zh", "中文"),
];

/// Texts of one language.
pub(super) struct Texts {
    base: String,
    shared: Vec<&'static str>,
    own: &'static str,
}

impl Texts {
    /// Those of a language, English where it has none.
    pub(super) fn of(lang: &str) -> Self {
        let base = lang.split('-').next().unwrap_or(lang).to_ascii_lowercase();
        let find = |wanted: &str| LANGS.iter().find(|(known, _)| *known == wanted).map(|(_, file)| *file);
        let own = find(&base).or_else(|| find("en")).unwrap_or_default();
        Self { shared: strings::texts(lang), base, own }
    }

    /// A text that the panel says too.
    pub(super) fn say(&self, msg: Msg) -> &'static str {
        self.shared.get(msg as usize).copied().unwrap_or(KEYS.get(msg as usize).copied().unwrap_or_default())
    }

    /// A text of pages alone.
    pub(super) fn own(&self, key: &str) -> &'static str {
        let mut pairs = self.own.lines().filter_map(|line| line.split_once(" = "));
        pairs.find(|(known, _)| *known == key).map_or("", |(_, text)| text)
    }

    /// A number of things, in the right plural form.
    pub(super) fn count(&self, msg: Msg, n: usize) -> String {
        strings::fill(strings::plural(self.say(msg), category(&self.base, n)), "n", &n.to_string())
    }

    /// A day `YYYY-MM-DD` as the language writes it; empty when it is none.
    pub(super) fn day(&self, iso: &str) -> String {
        let Ok(date) = iso.parse::<jiff::civil::Date>() else { return String::new() };
        let month = usize::from(date.month().unsigned_abs()).saturating_sub(1);
        let name = self.own("months").split('|').nth(month).unwrap_or_default();
        let form = strings::fill(self.own("date"), "d", &date.day().to_string());
        strings::fill(&strings::fill(&form, "m", name), "y", &date.year().to_string())
    }
}

/// The plural category of a whole number, as the Unicode rules have it for the languages of [`LANGS`].
fn category(base: &str, n: usize) -> &'static str {
    match (base, n) {
        ("fr" | "pt", 0 | 1) | (_, 1) => "one",
        ("pl", n) if (2..=4).contains(&(n % 10)) && !(12..=14).contains(&(n % 100)) => "few",
        ("ar", 0) => "zero",
        ("ar", 2) => "two",
        ("ar", n) if (3..=10).contains(&(n % 100)) => "few",
        ("ar", n) if n % 100 > 10 => "many",
        ("ro", n) if n == 0 || (1..=19).contains(&(n % 100)) => "few",
        _ => "other",
    }
}

/// What a language calls itself.
pub(super) fn language_name(lang: &str) -> String {
    let base = lang.split('-').next().unwrap_or(lang);
    let name = NAMES.iter().find(|(known, _)| *known == base).map(|(_, name)| *name);
    match (name, lang.split_once('-')) {
        (Some(name), None) => name.to_owned(),
        (Some(name), Some((_, region))) => format!("{name} ({})", region.to_ascii_uppercase()),
        (None, _) => lang.to_owned(),
    }
}

/// In which direction a language is written.
pub(super) fn direction(lang: &str) -> &'static str {
    if matches!(lang.split('-').next().unwrap_or(lang), "ar" | "fa" | "he" | "ur") { "rtl" } else { "ltr" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything_and_nothing_else() {
        let keys = |file: &'static str| file.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
        let english: Vec<&str> = keys(LANGS[0].1).collect();
        for (lang, file) in LANGS {
            assert_eq!(keys(file).collect::<Vec<_>>(), english, "{lang}");
            assert_eq!(Texts::of(lang).own("months").split('|').count(), 12, "{lang}");
        }
    }

    #[test]
    fn dates_and_plurals_follow_the_language() {
        assert_eq!(Texts::of("en").day("2026-03-04"), "4 March 2026");
        assert_eq!(Texts::of("de-at").day("2026-03-04"), "4. März 2026");
        assert_eq!(Texts::of("en").day("soon"), "");
        assert_eq!(Texts::of("en").count(Msg::NArticles, 1), "1 answer");
        assert_eq!(Texts::of("en").count(Msg::NArticles, 0), "0 answers");
        for (n, expected) in [(1, "one"), (3, "few"), (5, "other"), (12, "other"), (22, "few")] {
            assert_eq!(category("pl", n), expected, "{n}");
        }
        for (n, expected) in [(0, "zero"), (1, "one"), (2, "two"), (103, "few"), (11, "many"), (100, "other")] {
            assert_eq!(category("ar", n), expected, "{n}");
        }
    }
}
