//! What a query says: its tokens, each with the terms it may mean and how surely.

use crate::index::dictionary::{Dictionary, value};
use crate::index::{Form, Index};
use crate::search::fuzzy::{Fuel, Near, Nearby, near};
use crate::search::score::keep_best;
use crate::search::{MAX_QUERY_BYTES, MAX_QUERY_TOKENS};
use crate::text::{self, Token};

/// A term that a token may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Number of the term.
    pub term: u32,
    /// How surely, 1 to 255.
    pub weight: u8,
}

/// A token of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its folded text.
    pub text: String,
    /// What it may mean, surest first; empty when nothing in the index is like it.
    pub candidates: Vec<Candidate>,
}

/// Sureness of a form that is an inflection of the word, of 255.
const INFLECTED: u32 = 190;
/// Sureness of a phrase that the dictionary knows as one, of 255.
const PHRASE: u32 = 255;
/// What is left of the sureness of a word once its phrase is known, of 255.
const IN_PHRASE: u32 = 110;
/// Sureness of a form one edit away, of 255; two edits square it. Source: ../shared/data with a typo in
/// each question, 200 gives .005 MRR over 170; from 225 on clean questions lose.
const ONE_EDIT: u32 = 200;
/// Sureness of a form that the word only begins, of 255, less [`BEYOND`] for each letter beyond. Source:
/// ../shared/data and bench-data as typed: at 160 an eighth more letters are typed until the answer shows.
const BEGUN: u32 = 226;
/// What each letter beyond takes from it.
const BEYOND: u32 = 4;
/// How far a word that is in the dictionary vouches for the forms it begins, of 255.
const BEGUN_BESIDE_EXACT: u32 = 130;
/// Most forms of an unfinished word: they come by the alphabet, so a few would be the first few.
const MAX_BEGUN: usize = 320;
/// Most forms of a misspelt word.
const MAX_MISSPELT: usize = 16;
/// Most candidates of a slot.
const MAX_CANDIDATES: usize = 96;
/// How far back a candidate is looked for to be the same: forms of a term are neighbours in the
/// alphabet, and one that stands twice does no harm.
const LOOK_BACK: usize = 24;
/// Shortest word that may be misspelt, in characters.
const MISSPELT_FROM: usize = 4;
/// Shortest word that may be misspelt twice.
const TWICE_FROM: usize = 8;
/// Shortest part of a word run together with another.
const PART_FROM: usize = 4;
/// Sureness of a word's known part where the rest is not known, of 255.
const PART: u32 = 120;
/// Shortest common start of two inflections.
const STEM_FROM: usize = 3;

/// Reads a query.
#[must_use]
pub fn understand(index: &Index, query: &str, fuel: &mut Fuel) -> Vec<Slot> {
    let dictionary = index.dictionary();
    let mut end = query.len().min(MAX_QUERY_BYTES);
    while !query.is_char_boundary(end) {
        end -= 1;
    }
    let query = query.get(..end).unwrap_or_default();
    let tokens = text::analyze(query, MAX_QUERY_TOKENS);
    let unfinished = tokens.last().is_some_and(|last| last.end == query.len());
    let mut slots = Vec::new();
    let mut at = 0;
    let mut phrase_until = 0;
    while let Some(token) = tokens.get(at) {
        let last = at + 1 == tokens.len();
        let mut lookup = Lookup { index, dictionary, fuel, out: Vec::new() };
        if let Some((phrase, len)) = lookup.phrase(tokens.get(at..).unwrap_or_default()) {
            phrase_until = phrase_until.max(at + len);
            slots.push(Slot { text: phrase, candidates: lookup.done() });
            lookup = Lookup { index, dictionary, fuel, out: Vec::new() };
        }
        // Words written apart that the index knows as one: `e mail`, `pass word`.
        if let Some(next) = tokens.get(at + 1)
            && lookup.joined(token, next)
        {
            at += 1;
            slots.push(Slot { text: token.text.clone() + &next.text, candidates: lookup.done() });
        } else {
            lookup.word(&token.text, last && unfinished);
            if at < phrase_until {
                for candidate in &mut lookup.out {
                    candidate.weight = (u32::from(candidate.weight) * IN_PHRASE / 255) as u8;
                }
            }
            slots.push(Slot { text: token.text.clone(), candidates: lookup.done() });
        }
        at += 1;
    }
    slots
}

struct Lookup<'a, 'f> {
    index: &'a Index,
    dictionary: &'a Dictionary,
    fuel: &'f mut Fuel,
    out: Vec<Candidate>,
}

impl Lookup<'_, '_> {
    /// The longest phrase of the dictionary that starts these tokens: `money back`.
    fn phrase(&mut self, tokens: &[Token]) -> Option<(String, usize)> {
        let mut text = tokens.first()?.text.clone();
        let mut best = None;
        for (len, token) in (2..).zip(tokens.get(1..)?.iter().take(text::MAX_PHRASE - 1)) {
            text.push(' ');
            text.push_str(&token.text);
            if let Some(form) = self.dictionary.get(&text) {
                best = Some((form, text.clone(), len));
            }
        }
        let (form, text, len) = best?;
        self.form(form, PHRASE);
        Some((text, len))
    }

    fn joined(&mut self, first: &Token, second: &Token) -> bool {
        if self.dictionary.get(&first.text).is_some() && self.dictionary.get(&second.text).is_some() {
            return false;
        }
        let joined = first.text.clone() + &second.text;
        self.exact(&joined)
    }

    fn word(&mut self, word: &str, unfinished: bool) {
        let chars: Vec<char> = word.chars().collect();
        let exact = self.exact(word);
        if unfinished {
            let search = Nearby { word: &chars, max_edits: 0, prefix: true, limit: MAX_BEGUN };
            let sure = if exact { BEGUN_BESIDE_EXACT } else { 255 };
            for found in near(self.dictionary, &search, self.fuel) {
                self.found(found, sure);
            }
        }
        if exact || text::is_code(word) {
            return;
        }
        if self.inflected(word, 255) || self.run_together(word, TWICE_FROM) {
            return;
        }
        self.misspelt(word, &chars, unfinished);
        if self.out.is_empty() && !self.run_together(word, 2 * PART_FROM) {
            self.part(word);
        }
    }

    /// The form itself.
    fn exact(&mut self, word: &str) -> bool {
        let Some(form) = self.dictionary.get(word) else { return false };
        self.form(form, 255);
        true
    }

    /// Forms that differ by their endings alone, as the language's list of endings has it.
    fn inflected(&mut self, word: &str, sure: u32) -> bool {
        let suffixes = self.index.suffixes();
        let mut best = usize::MAX;
        let mut found = Vec::new();
        for ending in suffixes.iter().map(String::as_str).chain([""]) {
            let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= STEM_FROM.max(ending.len())) else {
                continue;
            };
            // The longest common start wins; a shorter one is another word.
            if ending.len() > best {
                continue;
            }
            let Some((node, output)) = self.dictionary.follow(self.dictionary.root(), 0, stem.as_bytes()) else {
                continue;
            };
            for other in suffixes.iter().map(String::as_str).chain([""]) {
                if !self.fuel.step() {
                    return false;
                }
                if other.len() < stem.len()
                    && let Some((node, output)) =
                        self.dictionary.follow(self.dictionary.node(node.addr()), output, other.as_bytes())
                    && let Some(form) = value(&node, output)
                {
                    if ending.len() < best {
                        best = ending.len();
                        found.clear();
                    }
                    found.push(form);
                }
            }
        }
        for &form in &found {
            self.form(form, INFLECTED * sure / 255);
        }
        !found.is_empty()
    }

    fn misspelt(&mut self, word: &str, chars: &[char], unfinished: bool) {
        if chars.len() < MISSPELT_FROM {
            return;
        }
        let most = if chars.len() >= TWICE_FROM { 2 } else { 1 };
        for max_edits in 1..=most {
            let search = Nearby { word: chars, max_edits, prefix: false, limit: MAX_MISSPELT };
            let mut found = near(self.dictionary, &search, self.fuel);
            if found.is_empty() && unfinished {
                found = near(self.dictionary, &Nearby { prefix: true, ..search }, self.fuel);
            }
            for &one in &found {
                self.found(one, 255);
            }
            // A misspelt inflection: `retruning` where the index has `return`.
            if found.is_empty() && max_edits == 1 {
                self.misspelt_stem(word);
            }
            if !self.out.is_empty() {
                return;
            }
        }
    }

    fn misspelt_stem(&mut self, word: &str) {
        for ending in self.index.suffixes() {
            let Some(stem) = word.strip_suffix(ending.as_str()) else { continue };
            let chars: Vec<char> = stem.chars().collect();
            if chars.len() < MISSPELT_FROM {
                continue;
            }
            let search = Nearby { word: &chars, max_edits: 1, prefix: false, limit: MAX_MISSPELT };
            for one in near(self.dictionary, &search, self.fuel) {
                self.found(one, INFLECTED);
            }
            if !self.out.is_empty() {
                return;
            }
        }
    }

    /// Two words without the space between them, or a compound: `Fahrzeugvorführung`.
    fn run_together(&mut self, word: &str, from: usize) -> bool {
        if word.len() < from {
            return false;
        }
        for (at, _) in word.char_indices().skip(PART_FROM) {
            let (Some(first), Some(second)) = (word.get(..at), word.get(at..)) else { continue };
            if second.len() < PART_FROM || !self.fuel.step() {
                break;
            }
            let link = first.strip_suffix('s').filter(|bare| bare.len() >= PART_FROM);
            let Some(first) = self.dictionary.get(first).or_else(|| self.dictionary.get(link?)) else { continue };
            let before = self.out.len();
            if let Some(second) = self.dictionary.get(second) {
                self.form(second, INFLECTED);
            } else if second.len() < MISSPELT_FROM || !self.inflected(second, INFLECTED) {
                continue;
            }
            self.form(first, INFLECTED);
            return self.out.len() > before;
        }
        false
    }

    /// The longest known end or start of a word that is not known: `Versicherungssektor`, `Demoversion`.
    fn part(&mut self, word: &str) {
        for (at, _) in word.char_indices().skip(1) {
            let (first, last) = (word.get(..word.len() - at), word.get(at..));
            for part in [last, first].into_iter().flatten().filter(|part| part.len() >= PART_FROM) {
                if !self.fuel.step() {
                    return;
                }
                if let Some(form) = self.dictionary.get(part) {
                    return self.form(form, PART);
                }
            }
        }
    }

    fn found(&mut self, found: Near, sure: u32) {
        let mut sure = sure;
        for _ in 0..found.edits {
            sure = sure * ONE_EDIT / 255;
        }
        if found.beyond > 0 {
            sure = (sure * BEGUN / 255).saturating_sub(u32::from(found.beyond) * BEYOND);
        }
        self.form(found.form, sure);
    }

    fn form(&mut self, form: u32, sure: u32) {
        let mut terms = Vec::new();
        self.index.terms_of(form, &mut terms);
        for own in terms {
            self.candidate(own.term, u32::from(own.weight) * sure / 255);
            let mut near = Vec::new();
            self.index.terms_near(own.term, &mut near);
            for Form { term, weight } in near {
                self.candidate(term, u32::from(weight) * u32::from(own.weight) * sure / (255 * 255));
            }
        }
    }

    fn candidate(&mut self, term: u32, weight: u32) {
        let weight = weight.min(255) as u8;
        if weight == 0 {
            return;
        }
        match self.out.iter_mut().rev().take(LOOK_BACK).find(|candidate| candidate.term == term) {
            Some(known) => known.weight = known.weight.max(weight),
            None => self.out.push(Candidate { term, weight }),
        }
    }

    fn done(mut self) -> Vec<Candidate> {
        if self.out.len() > MAX_CANDIDATES {
            // An unfinished word may have hundreds: the lowest weight that is kept is counted out first.
            let mut of_weight = [0usize; 256];
            for candidate in &self.out {
                if let Some(n) = of_weight.get_mut(usize::from(candidate.weight)) {
                    *n += 1;
                }
            }
            let mut n = 0;
            let least = (0..=u8::MAX).zip(of_weight).rev().find(|(_, of_weight)| {
                n += of_weight;
                n >= MAX_CANDIDATES
            });
            let least = least.map_or(0, |(weight, _)| weight);
            self.out.retain(|candidate| candidate.weight >= least);
        }
        let mut order: Vec<(u32, u64)> =
            self.out.iter().map(|candidate| (candidate.term, u64::from(candidate.weight))).collect();
        keep_best(&mut order, MAX_CANDIDATES);
        order.into_iter().map(|(term, weight)| Candidate { term, weight: weight as u8 }).collect()
    }
}
