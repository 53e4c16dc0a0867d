//! The `.hnx` file: everything the help of one language needs, in one self-contained file.
//!
//! | offset | type   | meaning                                                                  |
//! | ------ | ------ | ------------------------------------------------------------------------ |
//! | 0      | 4 bytes| [`MAGIC`]                                                                |
//! | 4      | u16 LE | [`VERSION`]                                                              |
//! | 6      | u16 LE | number of sections                                                       |
//! | 8      | u64 LE | [`codec::hash`] of every byte from offset 16 on                          |
//! | 16     | u32 LE | length of the whole file in bytes                                        |
//! | 20     | 8 each | per section: u32 LE kind ([`SectionKind`]), u32 LE length in bytes        |
//! | then   | bytes  | the sections, in that order, nothing between them                        |
//!
//! Magic, version, length, hash and the shape of every section are checked by [`Index::open`]
//! before anything is read from them; what is read later is bounded again.

mod answers;
pub mod blocks;
#[cfg(not(target_arch = "wasm32"))]
pub mod builder;
pub mod codec;
pub mod dictionary;
mod error;
pub mod flows;
mod forms;
#[cfg(not(target_arch = "wasm32"))]
mod lexicon;
#[cfg(not(target_arch = "wasm32"))]
pub mod linguistics;
mod near;
mod phrasings;
mod postings;
mod rows;
pub mod rules;
pub mod stored;
mod titles;
pub mod trie;
#[cfg(not(target_arch = "wasm32"))]
mod words;

pub use error::IndexError;
pub use forms::Form;
pub(crate) use postings::log2_16;
pub use postings::{MAX_IMPACT, Posting};
pub use rules::Rule;

use core::ops::Range;
use std::sync::OnceLock;

use crate::text;

use answers::Answers;
use codec::{Reader, Writer};
use dictionary::Dictionary;
use forms::Forms;
use near::Near;
use phrasings::Phrasings;
use postings::Postings;
use titles::Titles;

/// First bytes of every index file.
pub const MAGIC: [u8; 4] = *b"HNX\x1a";

/// Version of the layout that this release writes and reads.
pub const VERSION: u16 = 4;

/// Most words of a title that are looked at.
const MAX_TITLE_TOKENS: usize = 32;

const HASHED_FROM: usize = 16;
const TABLE_AT: usize = 20;

/// What a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum SectionKind {
    /// Language, counts, facts of the build.
    Meta = 1,
    /// The folded forms, sorted; their places are their numbers.
    Dictionary = 2,
    /// Per form its weighted terms.
    Forms = 3,
    /// Per term the articles that say it.
    Postings = 4,
    /// Per article id, title, collection, date.
    Titles = 5,
    /// Per article its blocks.
    Answers = 6,
    /// When to suggest which article, and what to wake for.
    Rules = 7,
    /// Texts of the interface.
    Strings = 8,
    /// Groups of articles.
    Collections = 9,
    /// Guided flows to offer, and the file in which they lie.
    Flows = 10,
    /// Per article the other ways in which it is asked for.
    Phrasings = 11,
    /// Files in which the answers lie, when they do not lie here.
    Parts = 12,
    /// What letters beyond the Latin ones fold to.
    Folds = 13,
    /// Groups of terms near in meaning.
    Near = 14,
}

impl SectionKind {
    /// Every kind, in the order of the file.
    pub const ALL: [Self; SECTIONS] = [
        Self::Meta,
        Self::Dictionary,
        Self::Forms,
        Self::Postings,
        Self::Titles,
        Self::Answers,
        Self::Rules,
        Self::Strings,
        Self::Collections,
        Self::Flows,
        Self::Phrasings,
        Self::Parts,
        Self::Folds,
        Self::Near,
    ];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Dictionary => "dictionary",
            Self::Forms => "forms",
            Self::Postings => "postings",
            Self::Titles => "titles",
            Self::Answers => "answers",
            Self::Rules => "rules",
            Self::Strings => "strings",
            Self::Collections => "collections",
            Self::Flows => "flows",
            Self::Phrasings => "phrasings",
            Self::Parts => "parts",
            Self::Folds => "folds",
            Self::Near => "near",
        }
    }
}

const SECTIONS: usize = 14;

/// An open index.
pub struct Index {
    bytes: Vec<u8>,
    sections: [Range<usize>; SECTIONS],
    lang: String,
    suffixes: Vec<String>,
    dictionary: Dictionary,
    forms: Forms,
    near: Near,
    postings: Postings,
    phrasings: Phrasings,
    titles: Titles,
    answers: Answers,
    /// What [`Index::title_words`] found: every key typed asks for the same titles again.
    title_words: OnceLock<Vec<OnceLock<Box<[Form]>>>>,
}

impl Index {
    /// Opens a file; everything in it is checked here.
    ///
    /// # Errors
    /// Says why the bytes cannot be used.
    pub fn open(bytes: Vec<u8>) -> Result<Self, IndexError> {
        let sections = sections(&bytes)?;
        let part = |kind: SectionKind| bytes.get(sections[kind as usize - 1].clone()).unwrap_or_default();
        let damaged = |kind: SectionKind| IndexError::Damaged { what: kind.name() };

        let (lang, n_articles, suffixes) = meta(part(SectionKind::Meta)).ok_or(damaged(SectionKind::Meta))?;
        let dictionary = Dictionary::read(part(SectionKind::Dictionary)).ok_or(damaged(SectionKind::Dictionary))?;
        let postings = Postings::read(part(SectionKind::Postings), n_articles).ok_or(damaged(SectionKind::Postings))?;
        let forms = Forms::read(part(SectionKind::Forms), postings.n_terms()).ok_or(damaged(SectionKind::Forms))?;
        let near = Near::read(part(SectionKind::Near), postings.n_terms()).ok_or(damaged(SectionKind::Near))?;
        let phrasings = Phrasings::read(part(SectionKind::Phrasings), n_articles, postings.n_terms())
            .ok_or(damaged(SectionKind::Phrasings))?;
        if forms.len() != dictionary.n_keys() as usize {
            return Err(damaged(SectionKind::Forms));
        }
        let titles = Titles::read(part(SectionKind::Titles), n_articles).ok_or(damaged(SectionKind::Titles))?;
        let answers = Answers::read(part(SectionKind::Answers), part(SectionKind::Parts), n_articles)
            .ok_or(damaged(SectionKind::Answers))?;
        rules::decode_rules(part(SectionKind::Rules), n_articles as u32).ok_or(damaged(SectionKind::Rules))?;
        Ok(Self {
            sections,
            lang,
            suffixes,
            dictionary,
            forms,
            near,
            postings,
            phrasings,
            titles,
            answers,
            bytes,
            title_words: OnceLock::new(),
        })
    }

    /// Its language, BCP 47, lower case.
    #[must_use]
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// How many articles it holds.
    #[must_use]
    pub fn n_articles(&self) -> u32 {
        self.titles.len() as u32
    }

    /// The bytes of a section; its module says how to read them.
    #[must_use]
    pub fn section(&self, kind: SectionKind) -> &[u8] {
        self.bytes.get(self.sections[kind as usize - 1].clone()).unwrap_or_default()
    }

    /// What a list shows of an article.
    #[must_use]
    pub fn stored(&self, article: u32) -> Option<stored::Title> {
        let text = |column| self.titles.get(self.section(SectionKind::Titles), column, article).map(str::to_owned);
        Some(stored::Title { title: text(0)?, id: text(1)?, collection: text(2)?, updated: text(3)? })
    }

    /// An article's title.
    #[must_use]
    pub fn title(&self, article: u32) -> Option<&str> {
        self.titles.get(self.section(SectionKind::Titles), titles::TITLE, article)
    }

    /// An article's id.
    #[must_use]
    pub fn id(&self, article: u32) -> Option<&str> {
        self.titles.get(self.section(SectionKind::Titles), titles::ID, article)
    }

    /// An article as [`stored::decode_article`] reads it; without its answer while that is to be fetched.
    #[must_use]
    pub fn article_bytes(&self, article: u32) -> Option<Vec<u8>> {
        let mut out = Writer::default();
        for column in [titles::ID, titles::TITLE, 2, 3] {
            out.text(self.titles.get(self.section(SectionKind::Titles), column, article)?);
        }
        out.0.extend_from_slice(self.answer(article).unwrap_or_default());
        Some(out.0)
    }

    /// An article's answer, as [`blocks`] reads it; `None` while it is to be fetched.
    #[must_use]
    pub fn answer(&self, article: u32) -> Option<&[u8]> {
        self.answers.get(self.section(SectionKind::Answers), article)
    }

    /// Name of the file to fetch for an article's answer; `None` when it is here. Counted down from
    /// [`u32::MAX`], the files of all answers instead.
    #[must_use]
    pub fn part_wanted(&self, article: u32) -> Option<String> {
        let by_place = self.answers.part_hash((u32::MAX - article) as usize);
        by_place.or_else(|| self.answers.wanted(article)).map(answers_file)
    }

    /// Takes a file that was fetched; whether it is one of this index and sound.
    pub fn supply(&mut self, bytes: Vec<u8>) -> bool {
        self.answers.supply(bytes)
    }

    /// Takes all files of answers, as `read` gives them by name; whether none is missing.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn supply_all(&mut self, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> bool {
        let names: Vec<String> = (0..).map_while(|place| self.part_wanted(u32::MAX - place)).collect();
        names.iter().all(|name| read(name).is_some_and(|bytes| self.supply(bytes)))
    }

    /// What letters beyond the Latin ones fold to: per letter its distance from the one before, and a text.
    #[must_use]
    pub fn folds(&self) -> text::Folds {
        let mut reader = Reader::new(self.section(SectionKind::Folds));
        let mut out = Vec::new();
        let mut c = 0u32;
        while let (Some(distance), Some(to)) = (reader.number(), reader.text()) {
            c = c.wrapping_add(distance);
            out.extend(char::from_u32(c).map(|c| (c, to.to_owned())));
        }
        out
    }

    /// The article of that id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<u32> {
        (0..self.n_articles()).find(|&article| self.id(article) == Some(id))
    }

    /// When to suggest which article.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule<'_>> {
        rules::decode_rules(self.section(SectionKind::Rules), self.n_articles()).unwrap_or_default()
    }

    /// Adds the terms of a form to `out`.
    pub fn terms_of(&self, form: u32, out: &mut Vec<Form>) {
        self.forms.terms(self.section(SectionKind::Forms), form, out);
    }

    /// Adds the terms near a term in meaning to `out`.
    pub fn terms_near(&self, term: u32, out: &mut Vec<Form>) {
        self.near.of(self.section(SectionKind::Near), term, out);
    }

    /// How many forms the dictionary holds.
    #[must_use]
    pub fn n_forms(&self) -> usize {
        self.forms.len()
    }

    /// How many terms there are.
    #[must_use]
    pub fn n_terms(&self) -> usize {
        self.postings.n_terms()
    }

    /// Adds the articles that say a term to `out`, by number.
    pub fn postings(&self, term: u32, out: &mut Vec<Posting>) {
        self.postings.list(self.section(SectionKind::Postings), term, out);
    }

    /// Hands over each other way in which an article is asked for: whether it is its author's
    /// phrasing (else a heading of the answer), and its words.
    pub fn phrasings(&self, article: u32, out: &mut dyn FnMut(bool, &[Form])) {
        self.phrasings.of(self.section(SectionKind::Phrasings), article, out);
    }

    /// The terms of an article's title, a form of weight 0 between two words.
    #[must_use]
    pub fn title_words(&self, article: u32) -> &[Form] {
        let all = self.title_words.get_or_init(|| (0..self.n_articles()).map(|_| OnceLock::new()).collect());
        let Some(slot) = all.get(article as usize) else { return &[] };
        slot.get_or_init(|| {
            let mut out = Vec::new();
            let mut left = MAX_TITLE_TOKENS;
            text::each(self.title(article).unwrap_or_default(), &mut |word, _, _| {
                if left < MAX_TITLE_TOKENS {
                    out.push(Form { term: 0, weight: 0 });
                }
                if let Some(form) = self.dictionary.get(word) {
                    self.terms_of(form, &mut out);
                }
                left -= 1;
                left > 0
            });
            out.into()
        })
    }

    /// How many articles say a term.
    #[must_use]
    pub fn doc_freq(&self, term: u32) -> u32 {
        self.postings.doc_freq(self.section(SectionKind::Postings), term)
    }

    /// How rare a term is, in 1/16 of a doubling: 16 for half of all articles, 0 for nearly all.
    #[must_use]
    pub fn idf(&self, term: u32) -> u32 {
        self.postings.idf(self.section(SectionKind::Postings), term)
    }

    /// Endings of inflected words in this language, folded, longest first.
    #[must_use]
    pub fn suffixes(&self) -> &[String] {
        &self.suffixes
    }

    /// The term dictionary.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }
}

/// Name of the file of some answers, by the hash of its bytes.
fn answers_file(hash: u64) -> String {
    ["answers-", &codec::hex(hash), ".bin"].concat()
}

/// Checks header and hash; gives where each section lies.
fn sections(bytes: &[u8]) -> Result<[Range<usize>; SECTIONS], IndexError> {
    let damaged = IndexError::Damaged { what: "header" };
    if bytes.get(..4) != Some(&MAGIC) {
        return Err(IndexError::NotAnIndex);
    }
    let truncated = |expected: u64| IndexError::Truncated { expected, got: bytes.len() as u64 };
    let got = u16_at(bytes, 4).ok_or(truncated(TABLE_AT as u64))?;
    if got != VERSION {
        return Err(IndexError::Version { expected: VERSION, got });
    }
    let length = u32_at(bytes, HASHED_FROM).ok_or(truncated(TABLE_AT as u64))? as usize;
    if bytes.len() < length {
        return Err(truncated(length as u64));
    }
    let hash = bytes.get(8..16).and_then(|hash| hash.try_into().ok()).map(u64::from_le_bytes);
    let body = bytes.get(HASHED_FROM..).unwrap_or_default();
    if hash != Some(codec::hash(body)) {
        return Err(IndexError::Hash);
    }
    if bytes.len() > length {
        return Err(damaged);
    }
    let count = usize::from(u16_at(bytes, 6).ok_or(damaged.clone())?);
    let mut at = TABLE_AT + 8 * count;
    let mut out: [Range<usize>; SECTIONS] = core::array::from_fn(|_| 0..0);
    for i in 0..count {
        let row = TABLE_AT + 8 * i;
        let (Some(kind), Some(len)) = (u32_at(bytes, row), u32_at(bytes, row + 4)) else {
            return Err(damaged);
        };
        let end = at.checked_add(len as usize).filter(|&end| end <= bytes.len()).ok_or(damaged.clone())?;
        // A kind that this release does not know is skipped.
        if let Some(slot) = (kind as usize).checked_sub(1).and_then(|kind| out.get_mut(kind)) {
            *slot = at..end;
        }
        at = end;
    }
    if at == bytes.len() { Ok(out) } else { Err(damaged) }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// Section meta: text language, number of articles, number of suffixes, text each.
fn meta(bytes: &[u8]) -> Option<(String, usize, Vec<String>)> {
    let mut reader = Reader::new(bytes);
    let lang = reader.text()?.to_owned();
    let n_articles = reader.number()? as usize;
    let suffixes =
        (0..reader.count()?.min(MAX_SUFFIXES)).map(|_| reader.text().map(str::to_owned)).collect::<Option<_>>()?;
    Some((lang, n_articles, suffixes))
}

/// Most endings that a language may list: each costs look-ups for a word that is not in the dictionary.
pub const MAX_SUFFIXES: usize = 64;
