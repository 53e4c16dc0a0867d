//! Articles in, the bytes of an index out: the same articles give the same bytes.

use super::codec::{self, Writer};
use super::flows;
use super::forms;
use super::linguistics::Language;
use super::near;
use super::phrasings;
use super::postings;
use super::rules;
use super::words::Words;
use super::{HASHED_FROM, Index, MAGIC, MAX_SUFFIXES, SectionKind, TABLE_AT, VERSION, titles, trie};
use crate::article::{Article, Collection, WordGroup, plain_blocks};
use crate::flow::Flow;
use crate::page::Signal;
use crate::text;

/// Gives texts for which an index is asked.
pub type Asked<'a> = dyn Fn(&Index) -> Vec<String> + 'a;

/// What an index is made of.
#[derive(Default)]
pub struct Input<'a> {
    /// Language of everything below.
    pub lang: &'a str,
    /// The articles, in the order of their numbers.
    pub articles: &'a [Article],
    /// The collections, in the order to show.
    pub collections: &'a [Collection],
    /// Interface texts that the panel says, in the order of `strings::KEYS`.
    pub strings: &'a [String],
    /// Texts to stand behind those, for which the index itself is asked.
    pub asked: Option<&'a Asked<'a>>,
    /// Interface texts that only the conversation says.
    pub talk: &'a [String],
    /// Guided flows.
    pub flows: &'a [Flow],
    /// The shop's own words for the same thing.
    pub lexicon: &'a [WordGroup],
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
    /// Files to serve beside it, fetched when they are wanted: name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Builds the index of one language.
#[must_use]
pub fn build(input: &Input<'_>) -> Built {
    let language = Language::new(input.lang);
    let words = Words::collect(&language, input.articles, input.lexicon).number();

    let number = |id: &str| (0..).zip(input.articles).find(|(_, article)| article.id == id).map(|(number, _)| number);
    let (offers, flows) = flows::encode(input.flows, input.talk, &number);
    let mut files = Vec::new();
    if !flows.is_empty() {
        files.push((flows::file_name(codec::hash(&flows)), flows));
    }

    let (mut answers, mut apart) = (Writer::default(), Writer::default());
    files.extend(super::answers::encode(input.articles, &mut answers, &mut apart));

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
            SectionKind::Dictionary => out.0 = trie::encode(words.keys.iter().map(String::as_str)),
            SectionKind::Forms => forms::encode(&words.forms, &mut out),
            SectionKind::Postings => postings::encode(&words.postings, &mut out),
            SectionKind::Titles => titles::encode(input.articles, &mut out.0),
            SectionKind::Answers => out.0 = core::mem::take(&mut answers.0),
            SectionKind::Parts => out.0 = core::mem::take(&mut apart.0),
            SectionKind::Folds => folds(input.articles, &mut out),
            SectionKind::Rules => rules::encode(input.articles, &mut out),
            SectionKind::Strings => strings(input.strings, &mut out),
            SectionKind::Collections => collections(input, &mut out),
            SectionKind::Flows => out.0.extend_from_slice(&offers),
            SectionKind::Near => near::encode(&words.near, words.postings.len(), &mut out),
            SectionKind::Phrasings => phrasings::encode(&words.ways, &mut out),
        }
        parts.push((kind, out.0));
    }
    if let Some(asked) = input.asked
        && let Ok(index) = Index::open(container(&parts))
        && let Some((_, section)) = parts.iter_mut().find(|(kind, _)| *kind == SectionKind::Strings)
    {
        let mut out = Writer::default();
        strings(&[input.strings, &asked(&index)].concat(), &mut out);
        *section = out.0;
    }
    let bits = rules::wake_list(input.articles);
    Built {
        n_forms: words.keys.len(),
        n_terms: words.postings.len(),
        sections: parts.iter().map(|(kind, bytes)| (*kind, bytes.len())).collect(),
        wake: Signal::ALL.iter().filter(|signal| bits & signal.bit() != 0).map(|signal| signal.name()).collect(),
        bytes: container(&parts),
        files,
    }
}

fn strings(texts: &[String], out: &mut Writer) {
    out.number(texts.len() as u32);
    texts.iter().for_each(|text| out.text(text));
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
        slot.copy_from_slice(&codec::hash(body).to_le_bytes());
    }
}

fn folds(articles: &[Article], out: &mut Writer) {
    let answers: Vec<String> = articles.iter().map(|article| plain_blocks(&article.blocks)).collect();
    let titles = articles.iter().flat_map(|article| article.phrasings.iter().chain([&article.title]));
    let mut before = 0;
    for (c, to) in text::folds(titles.chain(&answers).map(String::as_str)) {
        out.number(c as u32 - before);
        out.text(&to);
        before = c as u32;
    }
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
