//! What shoppers say in every flow: "a person, please", "no", "back"; the words are the interface's.

use crate::text::fold;

/// Most words of a text that is taken for a wish and not for a question.
const MAX_WISH_WORDS: usize = 7;

/// What a shopper may wish at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A person.
    Person,
    /// That was wrong.
    No,
    /// To the question before.
    Back,
}

/// The words for each wish, folded.
#[derive(Debug, Clone, Default)]
pub struct Words {
    person: Vec<String>,
    no: Vec<String>,
    back: Vec<String>,
}

impl Words {
    /// Reads the interface's lists: `a person | an agent | …`.
    #[must_use]
    pub fn new(person: &str, no: &str, back: &str) -> Self {
        let list = |text: &str| text.split('|').map(fold).filter(|word| !word.is_empty()).collect();
        Self { person: list(person), no: list(no), back: list(back) }
    }

    /// What a text wishes. A person is understood inside a short sentence ("can I talk to an agent
    /// please"), the others only when they are all that was said.
    #[must_use]
    pub fn wish(&self, text: &str) -> Option<Wish> {
        let text = fold(text);
        let n_words = text.split(' ').count();
        let inside = |words: &[String]| words.iter().any(|word| n_words <= MAX_WISH_WORDS && within(&text, word));
        if self.no.contains(&text) {
            Some(Wish::No)
        } else if self.back.contains(&text) {
            Some(Wish::Back)
        } else if inside(&self.person) {
            Some(Wish::Person)
        } else {
            None
        }
    }
}

/// Whether whole words of a text are those.
fn within(text: &str, words: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(words) {
        let before = rest.get(..at).is_none_or(|before| before.is_empty() || before.ends_with(' '));
        let after = rest.get(at + words.len()..).unwrap_or_default();
        if before && (after.is_empty() || after.starts_with(' ')) {
            return true;
        }
        rest = after;
    }
    false
}

/// Which of some options a text means: its number, its words, or words that only one of them has.
#[must_use]
pub fn option<'a>(text: &str, labels: impl Iterator<Item = &'a str>) -> Option<usize> {
    let labels: Vec<String> = labels.map(fold).collect();
    let text = fold(text);
    if text.is_empty() {
        return None;
    }
    if let Some(n) = labels.iter().position(|label| *label == text) {
        return Some(n);
    }
    if let Ok(n) = text.parse::<usize>()
        && (1..=labels.len()).contains(&n)
    {
        return Some(n - 1);
    }
    let mut holding = labels.iter().enumerate().filter(|(_, label)| within(label, &text) || within(&text, label));
    match (holding.next(), holding.next()) {
        (Some((n, _)), None) => Some(n),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strings::{Msg, texts};

    fn of(lang: &str) -> Words {
        let texts = texts(lang);
        let say = |msg: Msg| texts[msg as usize];
        Words::new(say(Msg::WordsPerson), say(Msg::WordsNo), say(Msg::WordsBack))
    }

    #[test]
    fn wishes_are_understood_in_every_language() {
        for (lang, text, wish) in [
            ("en", "agent", Some(Wish::Person)),
            ("en", "Can I talk to a human please?", Some(Wish::Person)),
            ("en", "No", Some(Wish::No)),
            ("en", "That’s not it!", Some(Wish::No)),
            ("en", "go back", Some(Wish::Back)),
            ("en", "no refund came", None),
            ("en", "where is my parcel", None),
            ("fr", "un conseiller svp", Some(Wish::Person)),
            ("fr", "Ce n’est pas ça", Some(Wish::No)),
            ("fr", "retour", Some(Wish::Back)),
            ("de", "Mitarbeiter", Some(Wish::Person)),
            ("de", "ich möchte mit einem Menschen sprechen", Some(Wish::Person)),
            ("de", "Das ist es nicht.", Some(Wish::No)),
            ("de", "zurück", Some(Wish::Back)),
            ("pt", "quero falar com uma pessoa", Some(Wish::Person)),
            ("pt", "não é isso", Some(Wish::No)),
            ("pt", "voltar", Some(Wish::Back)),
            ("ro", "vreau un operator", Some(Wish::Person)),
            ("ro", "nu e asta", Some(Wish::No)),
            ("ro", "înapoi", Some(Wish::Back)),
        ] {
            assert_eq!(of(lang).wish(text), wish, "{lang}: {text}");
        }
    }

    #[test]
    fn options_by_number_words_or_a_part_of_one() {
        let labels = ["Too small", "Too large", "Damaged or faulty", "No"];
        for (text, n) in [
            ("too SMALL", Some(0)),
            ("2", Some(1)),
            ("5", None),
            ("damaged", Some(2)),
            ("it is too large", Some(1)),
            ("too", None),
            ("no", Some(3)),
            ("", None),
            ("refund", None),
        ] {
            assert_eq!(option(text, labels.into_iter()), n, "{text}");
        }
    }
}
