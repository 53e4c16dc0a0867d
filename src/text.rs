//! The analyzer: text in, terms out; used by build and by query.
//!
//! It knows no language. What a word means in a language (its stem, its synonyms, how much it
//! says) is put into the term dictionary by the builder, so that the wasm needs no tables for it.
//!
//! A token is a run of letters, digits and marks, folded: compatibility decomposition, lower case,
//! accents dropped, `ß` as `ss`, `œ` as `oe`. Scripts written without spaces give pairs of
//! characters. Everything else (punctuation, symbols, emoji) separates.

/// Most bytes of a folded token; what is longer is cut, since no word is and work must stay bounded.
pub const MAX_TOKEN_BYTES: usize = 48;

/// Most tokens of a phrase that the dictionary knows as one.
pub const MAX_PHRASE: usize = 5;

/// A folded piece of text and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Folded text.
    pub text: String,
    /// First byte in the text analyzed.
    pub start: usize,
    /// Byte after its last.
    pub end: usize,
}

/// Cuts a text into folded tokens, at most `limit` of them.
#[must_use]
pub fn analyze(text: &str, limit: usize) -> Vec<Token> {
    let mut out = Vec::new();
    each(text, &mut |text, start, end| {
        if out.len() < limit {
            out.push(Token { text: text.to_owned(), start, end });
        }
        out.len() < limit
    });
    out
}

/// Hands over each folded token of a text with its first byte and the byte after its last, until
/// told to stop; for those who need no copies.
pub fn each(text: &str, visit: &mut dyn FnMut(&str, usize, usize) -> bool) {
    let mut word = Word::default();
    let mut chars = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let next = chars.peek().map_or(' ', |&(_, next)| next);
        let more = match class(c) {
            Class::Letter => word.push(c, at, end),
            Class::Ignored => word.stretch(end),
            Class::Pair => {
                // One token of a script without spaces: this character and the next, or alone
                // where none follows.
                let more = word.flush(visit);
                let pair = class(next) == Class::Pair;
                // The last character is already in the pair before.
                if more && (pair || class(before) != Class::Pair) {
                    word.push(c, at, end);
                    if pair {
                        word.push(next, at, end + next.len_utf8());
                    }
                    word.flush(visit)
                } else {
                    more
                }
            }
            // `2.4.3` is one token; so are `don't` and `customer's`, but not `l'article`.
            Class::Dot if before.is_ascii_digit() && next.is_ascii_digit() => word.push('.', at, end),
            Class::Apostrophe
                if class(next) == Class::Letter && word.is_contraction(text.get(end..).unwrap_or_default()) =>
            {
                word.stretch(end)
            }
            _ => word.flush(visit),
        };
        if !more {
            return;
        }
        before = c;
    }
    word.flush(visit);
}

/// Folds a whole text without cutting it; separators become single spaces.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::new();
    for token in analyze(text, usize::MAX) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&token.text);
    }
    out
}

/// Whether a token is a number or a code: never guessed at, never inflected.
#[must_use]
pub fn is_code(token: &str) -> bool {
    token.bytes().any(|b| b.is_ascii_digit())
}

#[derive(Default)]
struct Word {
    text: String,
    chars: usize,
    start: usize,
    end: usize,
}

impl Word {
    fn push(&mut self, c: char, start: usize, end: usize) -> bool {
        if self.text.is_empty() {
            self.start = start;
        }
        self.end = end;
        if self.text.len() < MAX_TOKEN_BYTES {
            fold_char(c, &mut self.text);
            self.chars += 1;
        }
        true
    }

    fn stretch(&mut self, end: usize) -> bool {
        if !self.text.is_empty() {
            self.end = end;
        }
        true
    }

    /// English joins (`don't`, `shop's`): two letters or more before, one or two after. French and
    /// Italian elide the other way round (`l'`, `qu'`, `jusqu'`).
    fn is_contraction(&self, rest: &str) -> bool {
        let after = rest.chars().take(3).take_while(|&c| class(c) == Class::Letter).count();
        self.chars >= 2 && after <= 2 && !self.text.ends_with("qu")
    }

    /// Hands the word over; whether there shall be more.
    fn flush(&mut self, visit: &mut dyn FnMut(&str, usize, usize) -> bool) -> bool {
        let more = self.text.is_empty() || visit(&self.text, self.start, self.end);
        self.text.clear();
        self.chars = 0;
        more
    }
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    Letter,
    Pair,
    Ignored,
    Dot,
    Apostrophe,
    Separator,
}

/// By explicit ranges: the Unicode tables would outweigh the search.
fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Letter,
        '.' => Class::Dot,
        '\'' | '\u{2019}' | '\u{2bc}' | '\u{ff07}' => Class::Apostrophe,
        '\u{ad}'
        | '\u{640}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => Class::Ignored,
        _ if is_mark(c) => Class::Ignored,
        '\u{aa}' | '\u{b5}' | '\u{ba}' => Class::Letter,
        '\0'..='\u{bf}' | '\u{d7}' | '\u{f7}' => Class::Separator,
        // Greek, Armenian, Hebrew, Arabic, Syriac, Devanagari marks of punctuation.
        '\u{37e}'
        | '\u{387}'
        | '\u{55a}'..='\u{55f}'
        | '\u{589}'
        | '\u{58a}'
        | '\u{5be}'
        | '\u{5c0}'
        | '\u{5c3}'
        | '\u{5c6}'
        | '\u{5f3}'
        | '\u{5f4}'
        | '\u{600}'..='\u{61f}'
        | '\u{66a}'..='\u{66d}'
        | '\u{6d4}'
        | '\u{964}'
        | '\u{965}' => Class::Separator,
        // Thai, Lao, Myanmar, Khmer; kana and Han.
        '\u{e3f}' => Class::Separator,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Class::Pair,
        '\u{2000}'..='\u{2bff}'
        | '\u{2e00}'..='\u{2e7f}'
        | '\u{3000}'..='\u{3004}'
        | '\u{3007}'..='\u{3030}'
        | '\u{30fb}' => Class::Separator,
        '\u{2e80}'..='\u{2fdf}'
        | '\u{3200}'..='\u{33ff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{3005}'
        | '\u{3006}'
        | '\u{3031}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Class::Pair,
        '\u{e000}'..='\u{f8ff}'
        | '\u{fe10}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff20}'
        | '\u{ff3b}'..='\u{ff40}'
        | '\u{ff5b}'..='\u{ff65}'
        | '\u{ffe0}'..='\u{ffff}'
        | '\u{1f000}'..='\u{1faff}'
        | '\u{e0000}'..='\u{10ffff}' => Class::Separator,
        _ => Class::Letter,
    }
}

/// Accents and points: they fold away.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}'
        | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// Base letters of U+00C0 to U+024F, one a character; `-` asks the platform.
const LATIN: &[u8; 400] =
    b"aaaaaa-ceeeeiiiidnooooo-ouuuuy--aaaaaa-ceeeeiiiidnooooo-ouuuuy-yaaaaaaccccccccddddeeeeeeeeee\
gggggggghhhhiiiiiiiiii--jjkkkllllll--llnnnnnn-nnoooooo--rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs------------------f\
-------------oo-------------uu----------------------------aaiioouuuuuuuuuu-aaaa----ggkkoooo--j---gg--nnaa----aaaaeeeeii\
iioooorrrruuuusstt--hh------aaeeooooooooyy----------------------------";

/// Appends the folded form of a character. Pure and the same everywhere: what is not in the table
/// goes through Unicode's own decomposition, by a crate natively and by the browser there.
pub fn fold_char(c: char, out: &mut String) {
    if by_table(c, out) {
        return;
    }
    // Taking Korean syllables and voiced kana apart would make other words of them.
    // Old, enclosed and half-width shapes still become the usual ones.
    let shape = matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3200}'..='\u{33ff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}');
    if class(c) == Class::Pair && !shape {
        out.push(c);
        return;
    }
    platform_fold(c, &mut |c| match c {
        // A decomposition may hold spaces and marks that separate on their own.
        _ if !matches!(class(c), Class::Letter | Class::Pair) => {}
        'ς' => out.push('σ'),
        'ى' | 'ی' => out.push('ي'),
        'ة' => out.push('ه'),
        'ک' => out.push('ك'),
        // `Ǽ` is decomposed to `æ`, which the table knows.
        _ if by_table(c, out) => {}
        _ => out.push(c),
    });
}

/// Latin letters without asking the platform; whether this is one.
fn by_table(c: char, out: &mut String) -> bool {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return true;
    }
    let two = match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        _ => "",
    };
    if !two.is_empty() {
        out.push_str(two);
        return true;
    }
    if let Some(&base) = (c as usize).checked_sub(0xc0).and_then(|at| LATIN.get(at))
        && base != b'-'
    {
        out.push(base as char);
        return true;
    }
    false
}

#[cfg(not(target_arch = "wasm32"))]
fn platform_fold(c: char, push: &mut dyn FnMut(char)) {
    use unicode_normalization::UnicodeNormalization as _;
    for c in core::iter::once(c).nfkd().flat_map(char::to_lowercase) {
        push(c);
    }
}

#[cfg(target_arch = "wasm32")]
thread_local! {
    /// What the open index says of the letters of its language, sorted.
    static FOLDS: core::cell::RefCell<Folds> = const { core::cell::RefCell::new(Vec::new()) };
}

/// Letters beyond the Latin table that change when folded, sorted, each with what it becomes.
pub type Folds = Vec<(char, String)>;

/// Sets what the letters of other scripts fold to: an index brings those of its language.
#[cfg(target_arch = "wasm32")]
pub fn set_folds(folds: Folds) {
    FOLDS.set(folds);
}

#[cfg(target_arch = "wasm32")]
fn platform_fold(c: char, push: &mut dyn FnMut(char)) {
    FOLDS.with_borrow(|folds| match folds.iter().find(|(from, _)| *from == c) {
        Some((_, to)) => to.chars().for_each(push),
        None => push(c),
    });
}

/// What the letters of these texts fold to, and all that stand near them in Unicode: who writes one
/// Greek letter may search with any.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn folds<'a>(texts: impl IntoIterator<Item = &'a str>) -> Folds {
    const NEAR: u32 = 128;
    const FULL_WIDTH: u32 = 0xff00 / NEAR;
    let mut near = std::collections::BTreeSet::new();
    for c in texts.into_iter().flat_map(str::chars).filter(|c| !c.is_ascii()) {
        match class(c) {
            Class::Letter if !by_table(c, &mut String::new()) => drop(near.insert(c as u32 / NEAR)),
            // Those who write Chinese and Japanese also write Latin letters as wide as theirs.
            Class::Pair => near.extend([c as u32 / NEAR, FULL_WIDTH, FULL_WIDTH + 1]),
            _ => {}
        }
    }
    // `ﬁ` and its like come with whatever is pasted from a printed page.
    let ligatures = 0xfb00..0xfb07;
    near.remove(&(ligatures.start / NEAR));
    let all = near.into_iter().flat_map(|near| near * NEAR..(near + 1) * NEAR).chain(ligatures);
    let mut all: Vec<char> = all.filter_map(char::from_u32).collect();
    all.sort_unstable();
    all.into_iter()
        .filter(|&c| matches!(class(c), Class::Letter | Class::Pair) && !by_table(c, &mut String::new()))
        .filter_map(|c| {
            let mut to = String::new();
            platform_fold(c, &mut |c| to.push(c));
            (!to.chars().eq([c])).then_some((c, to))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        analyze(text, 100).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_are_folded_and_cut() {
        assert_eq!(words("L'Œuvre, Größe d’été"), ["l", "oeuvre", "grosse", "d", "ete"]);
        assert_eq!(words("Don't ask: customer’s e-mail"), ["dont", "ask", "customers", "e", "mail"]);
        assert_eq!(words("qu'il jusqu'à aujourd'hui"), ["qu", "il", "jusqu", "a", "aujourd", "hui"]);
        assert_eq!(words("şţ șț ŞȚ"), ["st", "st", "st"]);
        assert_eq!(words("v2.4.3-p1 costs 1.50."), ["v2.4.3", "p1", "costs", "1.50"]);
        assert_eq!(words("返品したい"), ["返品", "品し", "した", "たい"]);
        assert_eq!(words("ok 🎉👍🏽 go"), ["ok", "go"]);
        assert_eq!(words("e\u{301}te\u{301} Ὀδός"), ["ete", "οδοσ"]);
    }

    /// The browser folds by what the index brings: whatever the language's letters, all of them are there.
    #[test]
    fn an_index_brings_the_folds_of_its_letters() {
        let latin: String = folds(["Größe, œuvre, été"]).into_iter().map(|(from, _)| from).collect();
        assert_eq!(latin, "ﬀﬁﬂﬃﬄﬅﬆ", "what is pasted from a printed page, and nothing else");
        let greek = folds(["δέμα"]);
        let to = |c: char| greek.iter().find(|(from, _)| *from == c).map(|(_, to)| to.as_str());
        assert_eq!((to('Ώ'), to('Δ'), to('δ')), (Some("ω\u{301}"), Some("δ"), None));
        assert!(folds(["返品"]).contains(&('Ａ', "a".to_owned())));
        assert!(folds(["trả hàng ế"]).contains(&('Ế', "e\u{302}\u{301}".to_owned())));
        assert!(greek.is_sorted());
    }

    #[test]
    fn ranges_are_those_of_the_text() {
        let text = "Wo ist die Größe?";
        let token = &analyze(text, 10)[3];
        assert_eq!(&text[token.start..token.end], "Größe");
    }
}
