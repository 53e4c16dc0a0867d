//! Card numbers are masked before a text is stored or sent: in the browser first, and again by
//! the inbox. Pure, without tables of Unicode or regular expressions, so that it costs the panel little.
//!
//! A card number is 12 to 19 digits, perhaps in groups, that begin like a card of a network, have
//! a length that network issues, and pass the Luhn check. The last four digits stay readable.

use std::borrow::Cow;

/// Fewest digits of a card number.
const MIN_DIGITS: usize = 12;

/// Most digits of a card number.
const MAX_DIGITS: usize = 19;

/// Digits that stay readable, from the right.
const KEPT_DIGITS: usize = 4;

/// Most characters between two groups of one number; two covers the doubled space of copied tables.
const MAX_GAP: usize = 2;

/// What stands for a masked digit.
const MASK: char = '•';

/// First digits and lengths of the networks' cards: from, to (same number of digits), shortest, longest, step.
const NETWORKS: &[(u32, u32, usize, usize, usize)] = &[
    (4, 4, 13, 19, 3),           // Visa: 13, 16, 19
    (51, 55, 16, 16, 1),         // Mastercard
    (2221, 2720, 16, 16, 1),     // Mastercard, second series
    (34, 34, 15, 15, 1),         // American Express
    (37, 37, 15, 15, 1),         // American Express
    (300, 305, 14, 19, 1),       // Diners Club
    (3095, 3095, 14, 19, 1),     // Diners Club
    (36, 36, 14, 19, 1),         // Diners Club
    (38, 39, 14, 19, 1),         // Diners Club
    (6011, 6011, 16, 19, 1),     // Discover
    (644, 649, 16, 19, 1),       // Discover
    (65, 65, 16, 19, 1),         // Discover
    (3528, 3589, 16, 19, 1),     // JCB
    (62, 62, 16, 19, 1),         // UnionPay
    (81, 81, 16, 19, 1),         // UnionPay and RuPay
    (2200, 2204, 16, 19, 1),     // Mir
    (5018, 5018, 12, 19, 1),     // Maestro
    (5020, 5020, 12, 19, 1),     // Maestro
    (5038, 5038, 12, 19, 1),     // Maestro
    (5612, 5612, 12, 19, 1),     // Maestro
    (5893, 5893, 12, 19, 1),     // Maestro
    (6304, 6304, 12, 19, 1),     // Maestro
    (6390, 6390, 12, 19, 1),     // Maestro
    (6759, 6759, 12, 19, 1),     // Maestro
    (6761, 6763, 12, 19, 1),     // Maestro
    (5019, 5019, 16, 16, 1),     // Dankort
    (508, 508, 16, 16, 1),       // RuPay
    (6069, 6069, 16, 16, 1),     // RuPay
    (607, 607, 16, 16, 1),       // RuPay
    (5066, 5067, 16, 16, 1),     // Elo
    (509, 509, 16, 16, 1),       // Elo
    (636368, 636368, 16, 16, 1), // Elo
    (606282, 606282, 16, 16, 1), // Hipercard
    (637095, 637095, 16, 16, 1), // Hipercard
    (9792, 9792, 16, 16, 1),     // Troy
    (506099, 506198, 16, 19, 1), // Verve
];

/// Words that, right before a number, say that it is no card.
const OTHER_NUMBERS: &[&str] = &["ean", "gtin", "isbn", "upc", "imei", "iban", "imsi", "iccid"];

/// The text with every card number masked; borrowed when there is none.
#[must_use]
pub fn mask_cards(text: &str) -> Cow<'_, str> {
    let chars: Vec<char> = text.chars().collect();
    let mut masked: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if digit(chars[at]).is_none() {
            at += 1;
            continue;
        }
        let run = Run::read(&chars, at);
        at = run.end;
        run.mark(&chars, &mut masked);
    }
    if masked.is_empty() {
        return Cow::Borrowed(text);
    }
    masked.resize(chars.len(), false);
    Cow::Owned(chars.iter().zip(&masked).map(|(&c, &hide)| if hide { MASK } else { c }).collect())
}

/// Digits in groups, with what may stand between groups of one number.
struct Run {
    /// Groups as (first character, character after the last).
    groups: Vec<(usize, usize)>,
    /// Character after the last group.
    end: usize,
}

impl Run {
    fn read(chars: &[char], start: usize) -> Run {
        let mut groups = Vec::new();
        let mut at = start;
        loop {
            let first = at;
            while chars.get(at).is_some_and(|&c| digit(c).is_some()) {
                at += 1;
            }
            groups.push((first, at));
            let gap = chars[at..].iter().take(MAX_GAP + 1).take_while(|&&c| is_separator(c)).count();
            if gap == 0 || gap > MAX_GAP || chars.get(at + gap).is_none_or(|&c| digit(c).is_none()) {
                return Run { groups, end: at };
            }
            at += gap;
        }
    }

    /// Marks the digits to hide of every card number in the run.
    fn mark(&self, chars: &[char], masked: &mut Vec<bool>) {
        let total: usize = self.groups.iter().map(|(from, to)| to - from).sum();
        if total < MIN_DIGITS || is_other_number(chars, self.groups[0].0) {
            return;
        }
        // After "+" comes a telephone number.
        let after_plus = self.groups[0].0 > 0 && chars[self.groups[0].0 - 1] == '+';
        let mut first = usize::from(after_plus);
        while first < self.groups.len() {
            match self.longest_card(chars, first) {
                Some(last) => {
                    self.hide(first, last, chars.len(), masked);
                    first = last + 1;
                }
                None => first += 1,
            }
        }
    }

    /// Last group of the longest card number that begins with this group.
    fn longest_card(&self, chars: &[char], first: usize) -> Option<usize> {
        let mut digits: Vec<u8> = Vec::with_capacity(MAX_DIGITS);
        let mut found = None;
        for (last, &(from, to)) in self.groups.iter().enumerate().skip(first) {
            if digits.len() + (to - from) > MAX_DIGITS {
                break;
            }
            digits.extend(chars[from..to].iter().filter_map(|&c| digit(c)));
            let whole = first == 0 && last + 1 == self.groups.len();
            if is_card(&digits) && (whole || is_usual_grouping(&self.groups[first..=last])) {
                found = Some(last);
            }
        }
        found
    }

    fn hide(&self, first: usize, last: usize, n_chars: usize, masked: &mut Vec<bool>) {
        masked.resize(n_chars, false);
        let places = self.groups[first..=last].iter().flat_map(|&(from, to)| from..to);
        let n_digits: usize = self.groups[first..=last].iter().map(|(from, to)| to - from).sum();
        for place in places.take(n_digits - KEPT_DIGITS) {
            masked[place] = true;
        }
    }
}

/// Whether groups within a longer run are such as people write card numbers in: all in one, by
/// fours, as on an American Express or Diners card, or digit by digit.
fn is_usual_grouping(groups: &[(usize, usize)]) -> bool {
    let mut sizes = groups.iter().map(|(from, to)| to - from);
    let n = groups.len();
    match n {
        1 => true,
        3 if sizes.clone().eq([4, 6, 5]) || sizes.clone().eq([4, 6, 4]) => true,
        _ if n >= MIN_DIGITS => sizes.all(|size| size == 1),
        _ => sizes.enumerate().all(|(i, size)| size == 4 || (i + 1 == n && size < 4)),
    }
}

fn is_card(digits: &[u8]) -> bool {
    (MIN_DIGITS..=MAX_DIGITS).contains(&digits.len()) && of_a_network(digits) && luhn(digits)
}

fn of_a_network(digits: &[u8]) -> bool {
    NETWORKS.iter().any(|&(from, to, shortest, longest, step)| {
        let n_prefix = from.ilog10() as usize + 1;
        let prefix = digits.iter().take(n_prefix).fold(0, |sum, &d| sum * 10 + u32::from(d));
        (from..=to).contains(&prefix)
            && (shortest..=longest).contains(&digits.len())
            && (digits.len() - shortest).is_multiple_of(step)
    })
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| match (i % 2, u32::from(d) * 2) {
            (0, _) => u32::from(d),
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether a word before the digits, or the letters glued to them, say that they are no card number.
fn is_other_number(chars: &[char], start: usize) -> bool {
    let glued = chars[..start].iter().rev().take_while(|c| c.is_ascii_alphabetic()).count();
    if glued == 2 && chars[start - glued..start].iter().all(char::is_ascii_uppercase) {
        return true; // an IBAN begins with the country's two letters
    }
    let mut end = start;
    while end > 0 && matches!(chars[end - 1], ' ' | ':' | '-' | '#' | '.' | '\u{a0}') {
        end -= 1;
    }
    let word: String = chars[..end].iter().rev().take(8).take_while(|c| c.is_ascii_alphabetic()).collect();
    let word: String = word.chars().rev().map(|c| c.to_ascii_lowercase()).collect();
    OTHER_NUMBERS.contains(&word.as_str())
}

/// The value of a decimal digit as people type them: ASCII, full width, Arabic, Persian, Devanagari, Bengali.
fn digit(c: char) -> Option<u8> {
    const ZEROS: &[u32] = &[0x30, 0xff10, 0x660, 0x6f0, 0x966, 0x9e6];
    let code = c as u32;
    let zero = ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code))?;
    u8::try_from(code - zero).ok()
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '-' | '.' | '_' | '/' | '·' | '•' | '\u{a0}' | '\u{2000}'
            ..='\u{2015}' | '\u{202f}' | '\u{205f}' | '\u{2212}' | '\u{3000}' | '\u{ad}' | '\u{2060}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_all_but_four() {
        assert_eq!(mask_cards("card 4111 1111 1111 1111, please"), "card •••• •••• •••• 1111, please");
        assert_eq!(mask_cards("4111111111111111"), "••••••••••••1111");
        assert_eq!(mask_cards("3782-822463-10005"), "••••-••••••-•0005");
    }

    #[test]
    fn finds_a_card_beside_other_numbers() {
        assert_eq!(mask_cards("4111 1111 1111 1111 12/29 123"), "•••• •••• •••• 1111 12/29 123");
        assert_eq!(mask_cards("2 x 4111111111111111"), "2 x ••••••••••••1111");
        assert_eq!(mask_cards("4111111111111111 4111111111111111"), "••••••••••••1111 ••••••••••••1111");
    }

    #[test]
    fn other_digits_of_the_world_count() {
        assert_eq!(mask_cards("٤١١١١١١١١١١١١١١١"), "••••••••••••١١١١");
    }

    #[test]
    fn leaves_other_numbers_alone() {
        for text in [
            "order 4111111111111112",
            "+44 7700 900154",
            "EAN 4006381333931",
            "EAN: 4222222222222",
            "DE89 3704 0044 0532 0130 00",
            "DE28472566685570291377",
            "IMEI 355711324121253",
            "18.08.2026, 59.50 EUR",
            "",
        ] {
            assert!(matches!(mask_cards(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn masking_twice_changes_nothing() {
        let once = mask_cards("4111 1111 1111 1111 and 6304 9845 9795").into_owned();
        assert_eq!(mask_cards(&once), once);
    }

    #[test]
    fn long_text_ends_soon() {
        let text = "4 ".repeat(50_000);
        let _ = mask_cards(&text);
    }
}
