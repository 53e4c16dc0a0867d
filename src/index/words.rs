//! The words of all articles: forms, the terms they stand for, where each term is said and how well.

use std::collections::{BTreeMap, BTreeSet};

use super::forms::Form;
use super::lexicon;
use super::linguistics::Language;
use super::near::Group;
use super::phrasings::Ways;
use super::postings::{MAX_IMPACT, Posting};
use crate::article::{Article, WordGroup, plain_blocks};
use crate::text;

/// Length normalization, 0.0 (off) to 1.0 (full); raising it favours short articles.
/// Help answers are all short, so length says little: relevance case "short-answer".
const B: f32 = 0.4;

/// How fast more mentions stop counting, 0.0 (at once) to 8.0 (hardly).
/// One mention in the question is worth several in the answer: relevance case "title-first".
const K1: f32 = 3.0;

/// Weights of the fields: a mention in the question counts as this many in the answer.
const FIELD_WEIGHTS: [f32; FIELDS] = [4.0, 2.4, 1.6, 1.0];
const FIELDS: usize = 4;

/// Most tokens that are read of one field.
const MAX_FIELD_TOKENS: usize = 2_000_000;

/// How many postings may come from answers alone, over all articles; what is beyond is the least
/// telling of each. Up to a thousand usual articles nothing is dropped.
/// Source: acekb, 1,109 long articles: size against MRR, see `tests/relevance.rs`.
const ANSWER_POSTINGS: usize = 90_000;
/// How many terms an article may keep in any case that only its answer says.
const ANSWER_TERMS: usize = 40;

/// Longest phrase of a lexicon, in tokens; the query joins as many.
const MAX_PHRASE: usize = text::MAX_PHRASE;

/// Forms, their terms, and where each term is said.
#[derive(Default)]
pub(super) struct Words {
    /// Phrases worth a term of their own.
    phrases: BTreeSet<String>,
    /// Form to term to weight.
    forms: BTreeMap<String, BTreeMap<String, u8>>,
    /// Term to article to mentions in each field.
    mentions: BTreeMap<String, BTreeMap<u32, [f32; FIELDS]>>,
    /// Compound to its parts.
    compounds: BTreeMap<String, BTreeSet<String>>,
    /// Terms near in meaning.
    near: Vec<Group<String>>,
    /// Of each article the other ways in which it is asked for.
    ways: Vec<Vec<(bool, Vec<String>)>>,
}

/// Everything with its number.
pub(super) struct Numbered {
    /// Keys of the dictionary, sorted.
    pub keys: Vec<String>,
    /// Per key its terms.
    pub forms: Vec<Vec<Form>>,
    /// Terms near in meaning.
    pub near: Vec<Group<u32>>,
    /// Per term the articles that say it.
    pub postings: Vec<Vec<Posting>>,
    /// Per article the other ways in which it is asked for.
    pub ways: Vec<Vec<(bool, Vec<u32>)>>,
}

impl Words {
    /// Reads all articles; `own` are the shop's own words beside the language's.
    pub(super) fn collect(language: &Language, articles: &[Article], own: &[WordGroup]) -> Self {
        let mut groups = lexicon::groups(language.primary());
        groups.extend_from_slice(own);
        let members = groups.iter().flat_map(|group| &group.members);
        let phrases = members.map(|member| text::fold(member)).filter(|member| member.contains(' ')).collect();
        let mut words = Self { phrases, ..Self::default() };
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
        if language.has_compounds() {
            words.split_compounds(language);
        }
        words.normalize(&lengths);
        words.prune(articles.len());
        let rarity = |term: &str| {
            let said = words.mentions.get(term).map_or(0, BTreeMap::len);
            super::postings::idf(articles.len() as u32, said as u32)
        };
        words.ways = Ways::collect(language, articles, &rarity).0;
        words.relate(language, &groups);
        words
    }

    /// Drops what an article says only in passing: beyond title, phrasings and tags each keeps the
    /// words of its answer that tell it from others best.
    fn prune(&mut self, n_articles: usize) {
        let mut ranked: Vec<Vec<(u32, &String)>> = vec![Vec::new(); n_articles];
        for (term, articles) in &self.mentions {
            let idf = super::postings::idf(n_articles as u32, articles.len() as u32);
            for (&article, mentions) in articles {
                let [.., answer] = *mentions;
                let elsewhere = mentions.iter().take(FIELDS - 1).any(|&count| count > 0.0);
                if let Some(row) = ranked.get_mut(article as usize).filter(|_| !elsewhere) {
                    let share = answer / (answer + K1);
                    row.push(((share * share * 65_536.0) as u32 * (idf + 16), term));
                }
            }
        }
        let keep = (ANSWER_POSTINGS / n_articles.max(1)).max(ANSWER_TERMS);
        let mut dropped = Vec::new();
        for (article, row) in (0u32..).zip(&mut ranked) {
            row.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
            dropped.extend(row.iter().skip(keep).map(|(_, term)| ((*term).clone(), article)));
        }
        for (term, article) in dropped {
            if let Some(articles) = self.mentions.get_mut(&term) {
                articles.remove(&article);
                if articles.is_empty() {
                    self.mentions.remove(&term);
                }
            }
        }
        let mentions = &self.mentions;
        self.forms.retain(|_, terms| {
            terms.retain(|term, _| mentions.contains_key(term));
            !terms.is_empty()
        });
        let forms = &self.forms;
        let said: BTreeSet<&String> = forms.values().flat_map(BTreeMap::keys).collect();
        for parts in self.compounds.values_mut() {
            parts.retain(|part| said.contains(part));
        }
    }

    /// Leads each word of a lexicon to those of its group that some article says.
    fn relate(&mut self, language: &Language, groups: &[WordGroup]) {
        for group in groups {
            let mut members: Vec<(String, bool, bool)> = Vec::new();
            let mut forms = Vec::new();
            for member in &group.members {
                let (form, term) = (text::fold(member), language.phrase_term(member));
                let (phrase, said) = (form.contains(' '), self.mentions.contains_key(&term));
                forms.push((form, term.clone()));
                match members.iter_mut().find(|known| known.0 == term) {
                    Some(known) => known.1 |= phrase,
                    None => members.push((term, phrase, said)),
                }
            }
            // Who leads to nobody, or to themselves alone, need not be known.
            let leads = |from: usize| {
                let mut others = members.iter().enumerate().filter(|&(to, _)| to != from);
                others.any(|(to, member)| member.2 && (group.mutual || from == 0 || to == 0))
            };
            let leading: Vec<bool> = (0..members.len()).map(leads).collect();
            if !leading.contains(&true) {
                continue;
            }
            for (form, term) in forms {
                let place = members.iter().position(|member| member.0 == term);
                if place.and_then(|place| leading.get(place)) == Some(&true) {
                    self.forms.entry(form.clone()).or_default().entry(term).or_insert(language.weight(&form));
                }
            }
            let mut kept =
                members.into_iter().zip(leading).filter(|(member, leads)| *leads || member.2).map(|one| one.0);
            if group.mutual {
                self.near.push(Group::Same(kept.collect()));
            } else if let Some((head, _, said)) = kept.next() {
                self.near.push(Group::Around((head, said), kept.map(|(term, _, said)| (term, said)).collect()));
            }
        }
    }

    /// Lets each compound say its parts too, where the parts are words of the articles.
    fn split_compounds(&mut self, language: &Language) {
        let known = |part: &str| {
            let term = language.term(part);
            (self.forms.contains_key(part) && self.mentions.contains_key(&term)).then_some(term)
        };
        let mut found = Vec::new();
        for (form, terms) in &self.forms {
            if let (Some(term), Some(parts)) = (terms.keys().next(), parts(form, &known)) {
                found.push((form.clone(), term.clone(), parts));
            }
        }
        for (_, term, parts) in found {
            let Some(mentions) = self.mentions.get(&term).cloned() else { continue };
            for part in parts.iter().filter(|part| **part != term) {
                self.compounds.entry(term.clone()).or_default().insert(part.clone());
                for (&article, counts) in &mentions {
                    let own = self.mentions.entry(part.clone()).or_default().entry(article).or_default();
                    for (own, count) in own.iter_mut().zip(counts) {
                        *own += count * PART_MENTION;
                    }
                }
            }
        }
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
        for len in 2..=MAX_PHRASE {
            for run in tokens.windows(len) {
                let phrase = run.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
                if self.phrases.contains(&phrase) {
                    self.count(&phrase, article, field);
                    self.forms.entry(phrase.clone()).or_default().insert(phrase, super::forms::FULL);
                }
            }
        }
        tokens.len()
    }

    fn mention(&mut self, language: &Language, form: &str, word: &str, article: u32, field: usize) {
        let term = language.term(word);
        if form.is_empty() || term.is_empty() {
            return;
        }
        self.count(&term, article, field);
        let weight = language.weight(form);
        self.forms.entry(form.to_owned()).or_default().insert(term, weight);
    }

    fn count(&mut self, term: &str, article: u32, field: usize) {
        let mentions = self.mentions.entry(term.to_owned()).or_default().entry(article).or_default();
        if let Some(count) = mentions.get_mut(field) {
            *count += 1.0;
        }
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

    /// Numbers forms and terms; terms in the order in which forms first name them.
    pub(super) fn number(&self) -> Numbered {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        let mut terms: Vec<&str> = Vec::new();
        let mut forms = Vec::new();
        for named in self.forms.values() {
            // The surest term first, so that a cut list keeps it.
            let order: BTreeSet<_> = named.iter().map(|(term, &weight)| (u8::MAX - weight, term)).collect();
            let mut out = Vec::new();
            for (weight, term) in order {
                let number = *numbers.entry(term).or_insert_with(|| {
                    terms.push(term);
                    terms.len() as u32 - 1
                });
                out.push(Form { term: number, weight: u8::MAX - weight });
            }
            forms.push(out);
        }
        let number = |term: &String| numbers.get(term.as_str()).copied();
        let parts = |(compound, parts): (&String, &BTreeSet<String>)| {
            Group::Parts(compound.clone(), parts.iter().cloned().collect())
        };
        let near = self.near.iter().cloned().chain(self.compounds.iter().map(parts));
        let near = near.filter_map(|group| group.numbered(&number)).collect();
        let numbered = |way: &Vec<String>| way.iter().filter_map(|term| numbers.get(term.as_str()).copied()).collect();
        let ways = |ways: &Vec<(bool, Vec<String>)>| ways.iter().map(|(own, way)| (*own, numbered(way))).collect();
        Numbered {
            ways: self.ways.iter().map(ways).collect(),
            keys: self.forms.keys().cloned().collect(),
            near,
            postings: terms.iter().map(|term| self.postings(term)).collect(),
            forms,
        }
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

/// Shortest compound that is taken apart, and shortest part, in bytes.
const COMPOUND_FROM: usize = 8;
const PART_FROM: usize = 4;

/// How much a compound counts as a mention of its part.
const PART_MENTION: f32 = 0.8;

/// What may stand between the parts of a German compound; the longest part before it wins.
const LINKS: [&str; 6] = ["", "s", "es", "n", "en", "er"];

/// The terms of a compound's parts, if it has two or three that are known.
fn parts(word: &str, known: &dyn Fn(&str) -> Option<String>) -> Option<Vec<String>> {
    if word.len() < COMPOUND_FROM || text::is_code(word) || word.contains(' ') {
        return None;
    }
    // The last part is the head: the longer, the surer.
    for (at, _) in word.char_indices().skip(PART_FROM) {
        let (Some(first), Some(last)) = (word.get(..at), word.get(at..)) else { continue };
        if last.len() < PART_FROM {
            break;
        }
        let Some(first) = LINKS.iter().find_map(|link| {
            let bare = first.strip_suffix(link).filter(|bare| bare.len() >= PART_FROM)?;
            known(bare)
        }) else {
            continue;
        };
        if let Some(last) = known(last) {
            return Some(vec![first, last]);
        }
        if let Some(mut rest) = parts(last, known) {
            rest.insert(0, first);
            return Some(rest);
        }
    }
    None
}
