//! Articles in, the bytes of an index out: the same articles give the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use super::codec::Writer;
use super::forms::{self, Form};
use super::linguistics::Language;
use super::postings::{self, MAX_IMPACT, Posting};
use super::rules::{self, Rule, Stock};
use super::{HASHED_FROM, MAGIC, MAX_SUFFIXES, SectionKind, TABLE_AT, VERSION, stored};
use crate::article::{Article, Collection, RuleSource, plain_blocks};
use crate::page::{PageType, Signal};
use crate::text;

/// What an index is made of.
pub struct Input<'a> {
    /// Language of everything below.
    pub lang: &'a str,
    /// The articles, in the order of their numbers.
    pub articles: &'a [Article],
    /// The collections, in the order to show.
    pub collections: &'a [Collection],
    /// Interface texts in the order of `strings::KEYS`.
    pub strings: &'a [String],
}

/// An index and what to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many forms the dictionary holds.
    pub n_forms: usize,
    /// How many terms they stand for.
    pub n_terms: usize,
    /// Size of each section in bytes, in the order of the file.
    pub sections: Vec<(SectionKind, usize)>,
    /// Names of the signals worth waking for.
    pub wake: Vec<&'static str>,
}

/// Length normalization, 0.0 (off) to 1.0 (full); raising it favours short articles.
/// Help answers are all short, so length says little: relevance case "short-answer".
const B: f32 = 0.4;

/// How fast more mentions stop counting, 0.0 (at once) to 3.0 (hardly).
/// One mention in the question is worth several in the answer: relevance case "title-first".
const K1: f32 = 1.2;

/// Weights of the fields: a mention in the question counts as this many in the answer.
const FIELD_WEIGHTS: [f32; FIELDS] = [3.0, 2.4, 1.6, 1.0];
const FIELDS: usize = 4;

/// Most tokens that are read of one field.
const MAX_FIELD_TOKENS: usize = 2_000_000;

/// Builds the index of one language.
#[must_use]
pub fn build(input: &Input<'_>) -> Built {
    let language = Language::new(input.lang);
    let lexicon = Words::collect(&language, input.articles);
    let (keys, forms, lists) = lexicon.number();

    let mut parts: Vec<(SectionKind, Vec<u8>)> = Vec::new();
    for kind in SectionKind::ALL {
        let mut out = Writer::default();
        match kind {
            SectionKind::Meta => {
                out.text(input.lang);
                out.number(input.articles.len() as u32);
                let suffixes = language.suffixes();
                out.number(suffixes.len().min(MAX_SUFFIXES) as u32);
                suffixes.iter().take(MAX_SUFFIXES).for_each(|suffix| out.text(suffix));
            }
            SectionKind::Dictionary => out.0 = dictionary(&keys),
            SectionKind::Forms => forms::encode(&forms, &mut out),
            SectionKind::Postings => postings::encode(&lists, &mut out),
            SectionKind::Titles => {
                out.number(input.articles.len() as u32);
                for article in input.articles {
                    out.text(&article.id);
                    out.text(&article.title);
                    out.text(&article.collection);
                    out.text(&article.updated);
                }
            }
            SectionKind::Answers => answers(input.articles, &mut out),
            SectionKind::Rules => rules::encode(&bound_rules(input.articles), &mut out),
            SectionKind::Strings => {
                out.number(input.strings.len() as u32);
                input.strings.iter().for_each(|text| out.text(text));
            }
            SectionKind::Collections => collections(input, &mut out),
        }
        parts.push((kind, out.0));
    }
    let bits = rules::wake_list(&bound_rules(input.articles));
    Built {
        n_forms: keys.len(),
        n_terms: lists.len(),
        sections: parts.iter().map(|(kind, bytes)| (*kind, bytes.len())).collect(),
        wake: Signal::ALL.iter().filter(|signal| bits & signal.bit() != 0).map(|signal| signal.name()).collect(),
        bytes: container(&parts),
    }
}

fn container(parts: &[(SectionKind, Vec<u8>)]) -> Vec<u8> {
    let total = TABLE_AT + 8 * parts.len() + parts.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(parts.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&(total as u32).to_le_bytes());
    for (kind, bytes) in parts {
        out.extend_from_slice(&(*kind as u32).to_le_bytes());
        out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    }
    for (_, bytes) in parts {
        out.extend_from_slice(bytes);
    }
    seal(&mut out);
    out
}

/// Writes the hash of a container into its header; tests use it to lie with a right hash.
pub fn seal(bytes: &mut [u8]) {
    if let Some((head, body)) = bytes.split_at_mut_checked(HASHED_FROM)
        && let Some(slot) = head.get_mut(8..16)
    {
        slot.copy_from_slice(&xxhash_rust::xxh64::xxh64(body, 0).to_le_bytes());
    }
}

fn dictionary(keys: &[String]) -> Vec<u8> {
    let mut map = fst::MapBuilder::memory();
    for (i, key) in keys.iter().enumerate() {
        // Keys come sorted and once, the only things that could fail.
        let _ = map.insert(key, i as u64);
    }
    map.into_inner().unwrap_or_default()
}

fn answers(articles: &[Article], out: &mut Writer) {
    let mut all = Writer::default();
    for article in articles {
        let before = all.0.len();
        stored::encode_blocks(&article.blocks, &mut all);
        out.number((all.0.len() - before) as u32);
    }
    out.0.append(&mut all.0);
}

fn collections(input: &Input<'_>, out: &mut Writer) {
    out.number(input.collections.len() as u32);
    for collection in input.collections {
        out.text(&collection.id);
        out.text(&collection.title);
        out.text(&collection.summary);
        out.text(&collection.icon);
        let members: Vec<u32> = (0..)
            .zip(input.articles)
            .filter(|(_, article)| article.collection == collection.id)
            .map(|(i, _)| i)
            .collect();
        out.number(members.len() as u32);
        members.into_iter().for_each(|member| out.number(member));
    }
}

fn bound_rules(articles: &[Article]) -> Vec<Rule> {
    let bind = |article: u32, source: &RuleSource| Rule {
        article,
        pages: source.pages.iter().filter_map(|name| PageType::from_name(name)).fold(0, |bits, page| bits | page.bit()),
        signals: source
            .signals
            .iter()
            .filter_map(|name| Signal::from_name(name))
            .fold(0, |bits, signal| bits | signal.bit()),
        url: source.url.clone(),
        stock: match source.stock.as_str() {
            "in" => Stock::In,
            "out" => Stock::Out,
            _ => Stock::Any,
        },
        priority: source.priority.clamp(1, 10),
        say: source.say.clone(),
    };
    (0..).zip(articles).flat_map(|(i, article)| article.rules.iter().map(move |rule| bind(i, rule))).collect()
}

/// Forms, their terms, and where each term is said.
#[derive(Default)]
struct Words {
    /// Form to term to weight.
    forms: BTreeMap<String, BTreeMap<String, u8>>,
    /// Term to article to mentions in each field.
    mentions: BTreeMap<String, BTreeMap<u32, [f32; FIELDS]>>,
}

impl Words {
    fn collect(language: &Language, articles: &[Article]) -> Self {
        let mut words = Self::default();
        let mut lengths = vec![[0.0f32; FIELDS]; articles.len()];
        for (i, article) in (0u32..).zip(articles) {
            let fields = [
                vec![article.title.clone()],
                article.phrasings.clone(),
                article.tags.clone(),
                vec![plain_blocks(&article.blocks)],
            ];
            for (field, texts) in fields.iter().enumerate() {
                for text in texts {
                    let n = words.read(language, i, field, text);
                    if let Some(length) = lengths.get_mut(i as usize).and_then(|row| row.get_mut(field)) {
                        *length += n as f32;
                    }
                }
            }
        }
        words.normalize(&lengths);
        words
    }

    /// Notes every word of a text; gives how many.
    fn read(&mut self, language: &Language, article: u32, field: usize, text: &str) -> usize {
        let tokens = text::analyze(text, MAX_FIELD_TOKENS);
        let mut before: Option<&text::Token> = None;
        for token in &tokens {
            let word = text.get(token.start..token.end).unwrap_or_default();
            self.mention(language, &token.text, word, article, field);
            // `e-mail` is also `email`.
            if let Some(before) = before
                && text.get(before.end..token.start) == Some("-")
                && !text::is_code(&before.text)
                && !text::is_code(&token.text)
            {
                let joined = before.text.clone() + &token.text;
                let word = text.get(before.start..token.end).unwrap_or_default().replace('-', "");
                self.mention(language, &joined, &word, article, field);
            }
            before = Some(token);
        }
        tokens.len()
    }

    fn mention(&mut self, language: &Language, form: &str, word: &str, article: u32, field: usize) {
        let term = language.term(word);
        if form.is_empty() || term.is_empty() {
            return;
        }
        let mentions = self.mentions.entry(term.clone()).or_default().entry(article).or_default();
        if let Some(count) = mentions.get_mut(field) {
            *count += 1.0;
        }
        let weight = language.weight(form);
        self.forms.entry(form.to_owned()).or_default().insert(term, weight);
    }

    /// Turns mentions into mentions per average length.
    fn normalize(&mut self, lengths: &[[f32; FIELDS]]) {
        let n = lengths.len().max(1) as f32;
        let mut average = [0.0f32; FIELDS];
        for row in lengths {
            for (sum, length) in average.iter_mut().zip(row) {
                *sum += length / n;
            }
        }
        for articles in self.mentions.values_mut() {
            for (&article, mentions) in articles.iter_mut() {
                let row = lengths.get(article as usize).copied().unwrap_or_default();
                for ((count, length), average) in mentions.iter_mut().zip(row).zip(average) {
                    *count /= 1.0 - B + B * length / average.max(1.0);
                }
            }
        }
    }

    /// Numbers forms and terms: keys of the dictionary, their terms, the terms' postings.
    fn number(&self) -> (Vec<String>, Vec<Vec<Form>>, Vec<Vec<Posting>>) {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        let mut lists = Vec::new();
        let mut forms = Vec::new();
        for terms in self.forms.values() {
            let mut out = Vec::new();
            // The surest term first, so that a cut list keeps it.
            let order: BTreeSet<_> = terms.iter().map(|(term, &weight)| (u8::MAX - weight, term)).collect();
            for (weight, term) in order {
                let number = *numbers.entry(term).or_insert_with(|| {
                    lists.push(self.postings(term));
                    lists.len() as u32 - 1
                });
                out.push(Form { term: number, weight: u8::MAX - weight });
            }
            forms.push(out);
        }
        (self.forms.keys().cloned().collect(), forms, lists)
    }

    fn postings(&self, term: &str) -> Vec<Posting> {
        let Some(articles) = self.mentions.get(term) else { return Vec::new() };
        let share = |mentions: &[f32; FIELDS]| {
            let sum: f32 = mentions.iter().zip(FIELD_WEIGHTS).map(|(count, weight)| count * weight).sum();
            sum / (sum + K1)
        };
        articles
            .iter()
            .map(|(&article, mentions)| Posting {
                article,
                impact: ((share(mentions) * f32::from(MAX_IMPACT)).round() as u8).clamp(1, MAX_IMPACT),
            })
            .collect()
    }
}
