//! How hard a text is to read, by a measure that needs no dictionary: LIX, words per sentence plus the share of
//! words of more than six letters.

/// LIX of a text: 30 is easy, 50 difficult, 60 very difficult; 0 for texts too short to tell.
pub(super) fn lix(text: &str) -> usize {
    let words: Vec<usize> = text
        .split_whitespace()
        .map(|word| word.chars().filter(|c| c.is_alphabetic()).count())
        .filter(|letters| *letters > 0)
        .collect();
    // Of fewer words one long name makes a hard text.
    if words.len() < 40 {
        return 0;
    }
    let ends = |pair: (char, Option<char>)| {
        matches!(pair.0, '.' | '!' | '?' | ':' | ';' | '…') && pair.1.is_none_or(char::is_whitespace)
    };
    let sentences =
        text.chars().zip(text.chars().skip(1).map(Some).chain([None])).filter(|pair| ends(*pair)).count().max(1);
    let long = words.iter().filter(|letters| **letters > 6).count();
    words.len() / sentences + long * 100 / words.len()
}

/// LIX above which an answer is told: languages that join words have longer ones.
pub(super) fn limit(lang: &str) -> usize {
    match lang.get(..2) {
        Some("de" | "nl" | "fi" | "hu" | "sv" | "da" | "nb" | "pl" | "ru" | "uk") => 68,
        _ => 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sentences_of_long_words_are_hard() {
        let easy = "You can send it back. Put it in a box. We pay you. ".repeat(6);
        let hard = "Notwithstanding preceding stipulations concerning reimbursement, consumers requesting cancellation acknowledge ".repeat(6);
        assert!(lix(&easy) < 30, "{}", lix(&easy));
        assert!(lix(&hard) > 60, "{}", lix(&hard));
        assert_eq!(lix("Too short."), 0);
    }
}
