//! What was typed, checked: `None` is not what was asked for.

use crate::flow::Input;

/// Reads an answer into the form in which it is passed on.
#[must_use]
pub fn read(input: Input, pattern: &str, text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > 500 || text.chars().any(char::is_control) {
        return None;
    }
    if !pattern.is_empty() {
        return shaped(pattern, text);
    }
    match input {
        Input::Text => Some(text.to_owned()),
        Input::Email => email(text),
        Input::OrderNumber => {
            let bare: String = text.trim_start_matches('#').chars().filter(|c| !c.is_whitespace()).collect();
            let fits = (3..=32).contains(&bare.len())
                && bare.bytes().any(|b| b.is_ascii_digit())
                && bare.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/' | b'_' | b'.'));
            fits.then(|| bare.to_ascii_uppercase())
        }
        Input::Code => {
            let bare = alphanumeric(text);
            let fits = (4..=12).contains(&bare.len()) && bare.bytes().any(|b| b.is_ascii_digit()) && spaced(text, 1);
            fits.then_some(bare)
        }
        Input::Postcode => {
            let one = text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_uppercase();
            let fits = (3..=10).contains(&one.len())
                && one.bytes().any(|b| b.is_ascii_digit())
                && one.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-'))
                && spaced(text, 1);
            fits.then_some(one)
        }
        Input::Phone => {
            let fits =
                text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b' ' | b'-' | b'.' | b'/' | b'(' | b')'));
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let plus = if text.starts_with('+') { "+" } else { "" };
            (fits && (6..=15).contains(&digits.len())).then(|| [plus, &digits].concat())
        }
        Input::Number => {
            let fits = text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
            fits.then(|| text.parse::<u32>().ok()).flatten().map(|n| n.to_string())
        }
    }
}

/// A text of the pattern's form, whatever separators and case it was typed with.
fn shaped(pattern: &str, text: &str) -> Option<String> {
    let mut typed = text
        .trim_start_matches('#')
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .peekable();
    let other = text
        .chars()
        .any(|c| !c.is_ascii_alphanumeric() && !c.is_whitespace() && !matches!(c, '-' | '#' | '/' | '.' | '_'));
    if other {
        return None;
    }
    // The letters before the first digit may be left out: `204711` is `TT-204711`.
    let skips = typed.peek().is_some_and(char::is_ascii_digit);
    let mut out = String::with_capacity(pattern.len());
    let mut before_digits = true;
    for c in pattern.chars() {
        match c {
            '9' => {
                before_digits = false;
                out.push(typed.next().filter(char::is_ascii_digit)?);
            }
            'A' => out.push(typed.next().filter(char::is_ascii_uppercase)?),
            c if c.is_ascii_alphanumeric() => {
                let skipped = skips && before_digits && c.is_ascii_alphabetic();
                if !skipped && typed.next() != Some(c.to_ascii_uppercase()) {
                    return None;
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    typed.next().is_none().then_some(out)
}

fn email(text: &str) -> Option<String> {
    let (name, host) = text.split_once('@')?;
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || !b.is_ascii());
    let fits = !name.is_empty()
        && name.len() <= 64
        && host.len() <= 190
        && host.contains('.')
        && host.split('.').all(part)
        && host.rsplit('.').next().is_some_and(|last| last.chars().count() >= 2)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && name.bytes().all(|b| {
            b.is_ascii_graphic()
                && !matches!(b, b'@' | b'<' | b'>' | b'"' | b',' | b';' | b':' | b'\\' | b'(' | b')' | b'[' | b']')
                || !b.is_ascii()
        });
    fits.then(|| text.to_owned())
}

fn alphanumeric(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Whether it is one thing and no sentence: at most so many gaps.
fn spaced(text: &str, most: usize) -> bool {
    text.split_whitespace().count() <= most + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn answers_are_read_as_people_type_them() {
        for (input, pattern, text, read_as) in [
            (Input::OrderNumber, "TT-999999", "tt204711", Some("TT-204711")),
            (Input::OrderNumber, "TT-999999", " #TT 204 711 ", Some("TT-204711")),
            (Input::OrderNumber, "TT-999999", "204711", Some("TT-204711")),
            (Input::OrderNumber, "TT-999999", "TT-20471", None),
            (Input::OrderNumber, "TT-999999", "TT-2047111", None),
            (Input::OrderNumber, "TT-999999", "what is that", None),
            (Input::OrderNumber, "", "#1001", Some("1001")),
            (Input::OrderNumber, "", "where is my parcel", None),
            (Input::Email, "", "ada@example.com", Some("ada@example.com")),
            (Input::Email, "", "ada@example", None),
            (Input::Email, "", "ada at example.com", None),
            (Input::Email, "", "a@b@c.de", None),
            (Input::Email, "", "jörg@büro.de", Some("jörg@büro.de")),
            (Input::Email, "", "x@-.c", None),
            (Input::Code, "999999", "12 34 56", Some("123456")),
            (Input::Code, "", "123-456", Some("123456")),
            (Input::Code, "", "I have no code", None),
            (Input::Postcode, "", "1012 ab", Some("1012 AB")),
            (Input::Postcode, "", "4000-123", Some("4000-123")),
            (Input::Postcode, "", "no idea", None),
            (Input::Phone, "", "+31 (20) 555-01 23", Some("+31205550123")),
            (Input::Phone, "", "call me", None),
            (Input::Number, "", "042", Some("42")),
            (Input::Number, "", "4.2", None),
            (Input::Text, "", " a b ", Some("a b")),
            (Input::Text, "", "", None),
        ] {
            assert_eq!(read(input, pattern, text).as_deref(), read_as, "{input:?} {pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_reads_as_itself(n in 0..Input::ALL.len(), text in ".{0,40}", pattern in "[A9]{0,6}") {
            let input = Input::ALL[n];
            if let Some(once) = read(input, &pattern, &text) {
                prop_assert_eq!(read(input, &pattern, &once), Some(once));
            }
        }

        #[test]
        fn a_number_of_the_shops_form_is_read_however_it_is_written(digits in "[0-9]{6}", gap in "[- ./]?", lower in any::<bool>()) {
            let typed = format!("{}{gap}{digits}", if lower { "tt" } else { "TT" });
            prop_assert_eq!(read(Input::OrderNumber, "TT-999999", &typed), Some(format!("TT-{digits}")));
        }
    }
}
