//! What could name a person is masked out of a question: addresses, links, and numbers long enough to be of
//! a phone, an order, a card or an account. Words stay: who counts questions reads them in groups.

/// Longest question that is kept, in characters.
pub const MAX_QUESTION: usize = 120;

/// Digits from which on a number says whose it is; a size, a price or a year has fewer.
const MIN_DIGITS: usize = 5;

/// Digits from which on a word of letters and digits is taken for the number of an order or an account.
const MIN_MIXED: usize = 4;

/// The question without what could name a person, on one line, cut to [`MAX_QUESTION`].
#[must_use]
pub fn masked(question: &str) -> String {
    let cards = crate::chat::masking::mask_cards(question);
    let words: Vec<&str> = cards.split_whitespace().collect();
    let mut out: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        // Groups of digits make one number together, as phones and cards are written.
        let run = words.get(at..).unwrap_or_default().iter().take_while(|word| is_numeric(word)).count();
        if run > 0 {
            let group = words.get(at..at + run).unwrap_or_default();
            if group.iter().map(|word| digits(word)).sum::<usize>() >= MIN_DIGITS {
                out.push("[number]");
            } else {
                out.extend(group);
            }
            at += run;
            continue;
        }
        out.push(kind_of(word).unwrap_or(word));
        at += 1;
    }
    let text = out.join(" ");
    text.chars().filter(|c| !c.is_control()).take(MAX_QUESTION).collect()
}

/// What stands for a word that could name somebody.
fn kind_of(word: &str) -> Option<&'static str> {
    let is_address = word.find(['@', '＠']).is_some_and(|at| at > 0 && at + 1 < word.len());
    let is_link = word.contains("://") || word.to_ascii_lowercase().starts_with("www.");
    let has_letters = word.chars().any(char::is_alphabetic);
    if is_address {
        Some("[address]")
    } else if is_link {
        Some("[link]")
    } else if digits(word) >= if has_letters { MIN_MIXED } else { MIN_DIGITS } || word.contains('•') {
        Some("[number]")
    } else {
        None
    }
}

fn digits(word: &str) -> usize {
    word.chars().filter(|c| c.is_numeric() || *c == '•').count()
}

fn is_numeric(word: &str) -> bool {
    digits(word) > 0
        && word.chars().all(|c| c.is_numeric() || matches!(c, '+' | '-' | '.' | '/' | '(' | ')' | '•' | ','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_of_persons_go_and_words_stay() {
        for (question, expected) in [
            ("where is my refund", "where is my refund"),
            ("Refund for kim@mail.example please", "Refund for [address] please"),
            ("call +31 20 555 01 23 now", "call [number] now"),
            ("order TT-2026-0815 lost", "order [number] lost"),
            ("my card 4111 1111 1111 1111", "my card [number]"),
            ("size 42 in 2026", "size 42 in 2026"),
            ("over 50 euro", "over 50 euro"),
            ("see https://shop.example/?token=abc", "see [link]"),
            ("IBAN NL91ABNA0417164300", "IBAN [number]"),
            ("zip 3511", "zip 3511"),
            ("٠١٢٣٤٥٦٧", "[number]"),
        ] {
            assert_eq!(masked(question), expected, "{question}");
        }
        assert_eq!(masked(&"x ".repeat(500)).chars().count(), MAX_QUESTION);
    }
}
