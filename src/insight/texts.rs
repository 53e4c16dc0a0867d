//! What the report and the proposals say, and how a language writes numbers. Each figure's definition stands
//! here beside its name: what is printed is what was counted.

use crate::strings::fill;

/// Languages of the report: those of the agents' page.
pub const LANGS: &[(&str, &str)] = &[
    ("en", include_str!("texts/en.txt")),
    ("fr", include_str!("texts/fr.txt")),
    ("de", include_str!("texts/de.txt")),
    ("pt", include_str!("texts/pt.txt")),
    ("ro", include_str!("texts/ro.txt")),
];

/// Texts of one language.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    lang: &'static str,
    own: &'static str,
}

impl Texts {
    /// Those of a language, English where it has none.
    #[must_use]
    pub fn of(lang: &str) -> Self {
        let base = lang.split(['-', '_']).next().unwrap_or(lang).to_ascii_lowercase();
        let found = LANGS.iter().find(|(known, _)| *known == base).or(LANGS.first());
        found.map_or(Self { lang: "en", own: "" }, |(lang, own)| Self { lang, own })
    }

    /// The first language of a list such as `Accept-Language` that there is.
    #[must_use]
    pub fn wanted(list: &str) -> Option<Self> {
        let codes = list.split(',').filter_map(|one| one.trim().get(..2));
        codes
            .map(str::to_ascii_lowercase)
            .find(|code| LANGS.iter().any(|(known, _)| known == code))
            .map(|code| Self::of(&code))
    }

    /// Its tag.
    #[must_use]
    pub fn lang(self) -> &'static str {
        self.lang
    }

    /// A text; empty when there is none.
    #[must_use]
    pub fn say(self, key: &str) -> &'static str {
        let mut pairs = self.own.lines().filter_map(|line| line.split_once(" = "));
        pairs.find(|(known, _)| *known == key).map_or("", |(_, text)| text)
    }

    /// A text with values in their places.
    #[must_use]
    pub fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.say(key).to_owned(), |text, (name, value)| fill(&text, name, value))
    }

    /// A text of so many things, `one | many`.
    #[must_use]
    pub fn count(self, key: &str, n: u64) -> String {
        let mut forms = self.say(key).split(" | ");
        let (one, many) = (forms.next().unwrap_or_default(), forms.next());
        let form = if n == 1 { one } else { many.unwrap_or(one) };
        // Romanian puts a word between: 19 ore, 20 de ore.
        let of = if self.lang == "ro" && n > 0 && (n.is_multiple_of(100) || n % 100 >= 20) { " de" } else { "" };
        fill(form, "n", &format!("{}{of}", self.whole(n)))
    }

    /// A whole number, its thousands apart.
    #[must_use]
    pub fn whole(self, n: u64) -> String {
        let apart = match self.lang {
            "en" => ",",
            "fr" => "\u{202f}",
            _ => ".",
        };
        let digits = n.to_string();
        let first = (digits.len() + 2) % 3 + 1;
        let mut out = digits.get(..first).unwrap_or_default().to_owned();
        for three in digits.as_bytes().get(first..).unwrap_or_default().chunks(3) {
            out.push_str(apart);
            out.extend(three.iter().map(|digit| char::from(*digit)));
        }
        out
    }

    /// A number with one digit behind the point.
    #[must_use]
    pub fn tenths(self, value: f64) -> String {
        let text = format!("{value:.1}");
        if self.lang == "en" { text } else { text.replace('.', ",") }
    }

    /// A share, in percent.
    #[must_use]
    pub fn percent(self, share: f64) -> String {
        let gap = if self.lang == "en" { "" } else { "\u{a0}" };
        format!("{}{gap}%", self.tenths(share * 100.0))
    }

    /// A difference of two shares, in points.
    #[must_use]
    pub fn points(self, gap: f64) -> String {
        let sign = if gap < 0.0 { "−" } else { "+" };
        self.fill("points", &[("n", &format!("{sign}{}", self.tenths(gap.abs() * 100.0)))])
    }

    /// A time in the unit that it is told in.
    #[must_use]
    pub fn time(self, seconds: u64) -> String {
        match seconds {
            s if s < 120 => format!("{s} s"),
            s if s < 7200 => format!("{} min", s / 60),
            s if s < 172_800 => format!("{} h", self.tenths(s as f64 / 3600.0)),
            s => self.count("days", s / 86_400),
        }
    }

    /// The time after which a contact counts no more.
    #[must_use]
    pub fn window(self, minutes: u64) -> String {
        match minutes {
            m if m % (24 * 60) == 0 && m > 24 * 60 => self.count("days", m / (24 * 60)),
            m if m % 60 == 0 && m > 60 => self.count("hours", m / 60),
            m => self.count("minutes", m),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::kpi;
    use crate::insight::tally::Tally;
    use crate::page::PageType;

    fn places(text: &str) -> Vec<String> {
        let mut found: Vec<String> =
            text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn every_language_says_everything_with_the_same_places() {
        let pairs = |file: &'static str| file.lines().filter_map(|line| line.split_once(" = "));
        for (lang, file) in LANGS {
            let keys: Vec<&str> = pairs(file).map(|(key, _)| key).collect();
            assert_eq!(keys, pairs(LANGS[0].1).map(|(key, _)| key).collect::<Vec<_>>(), "{lang}");
            for ((key, text), (_, english)) in pairs(file).zip(pairs(LANGS[0].1)) {
                assert_eq!(places(text), places(english), "{lang} {key}");
            }
        }
    }

    #[test]
    fn every_figure_has_its_name_and_its_definition() {
        let texts = Texts::of("de-AT");
        for one in kpi::all(&Tally::default()) {
            for key in [format!("kpi-{}", one.id), format!("kpi-{}-means", one.id)] {
                assert!(!texts.say(&key).is_empty(), "{key}");
            }
        }
        for page in PageType::ALL {
            assert!(!texts.say(&format!("page-{}", page.name())).is_empty(), "{}", page.name());
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        assert_eq!(
            (Texts::of("en").whole(1_234_567), Texts::of("de").whole(1_234)),
            ("1,234,567".into(), "1.234".into())
        );
        assert_eq!(
            (Texts::of("en").percent(0.1234), Texts::of("fr").percent(0.5)),
            ("12.3%".into(), "50,0\u{a0}%".into())
        );
        assert_eq!(Texts::of("en").points(-0.051), "−5.1 points");
        assert_eq!(
            (Texts::of("ro").window(24 * 60), Texts::of("ro").window(3 * 60)),
            ("24 de ore".into(), "3 ore".into())
        );
        assert_eq!(
            (Texts::of("en").window(60), Texts::of("en").window(7 * 24 * 60)),
            ("60 minutes".into(), "7 days".into())
        );
        assert_eq!(Texts::wanted("xx, pt-BR;q=0.9, en").unwrap().lang(), "pt");
    }
}
