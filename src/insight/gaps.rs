//! Content gaps: what shoppers asked and did not find, in groups, and what could be written for each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::texts::Texts;
use crate::article::{Article, Block, Inline};
use crate::content::import::slug;
use crate::index::Index;
use crate::index::linguistics::Language;
use crate::search;
use crate::strings;
use crate::text;

/// Most distinct questions of a language that are grouped, the most asked first.
const MAX_QUESTIONS: usize = 5_000;

/// How alike two questions must be to be one, 0 to 1: the cosine of their terms, rare ones counting more.
/// At 0.45 "ship to iceland" meets "shipping iceland cost", and "klarna" does not meet "paypal".
const ALIKE: f64 = 0.45;

/// Answerable score, 0 to 255, from which on the panel takes a question for answered.
pub const ANSWERED: u8 = 80;

/// Answerable score from which on an existing article is near enough to be the answer, asked for in other words.
const NEAR: u8 = 30;

/// Share of a group's weight that must point to one article before it is proposed to be its answer.
const AGREED: f64 = 0.6;

/// Most questions of a group that become phrasings, and that are shown.
const MAX_PHRASINGS: usize = 3;

/// A question, as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What was asked, masked.
    pub text: String,
    /// How often nothing answered it.
    pub unanswered: u64,
    /// How often its answer was voted down.
    pub voted_down: u64,
}

impl Question {
    /// How often it failed.
    #[must_use]
    pub fn times(&self) -> u64 {
        self.unanswered + self.voted_down
    }
}

/// Questions that ask the same, and what to do about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// Most asked first.
    pub questions: Vec<Question>,
    /// What could be written.
    pub proposal: Proposal,
}

/// What could be written for a gap.
#[derive(Debug, Clone, PartialEq)]
pub enum Proposal {
    /// Other ways to ask for what an article answers already.
    Phrasings {
        /// The article's id.
        article: String,
        /// What to add.
        phrasings: Vec<String>,
    },
    /// An article that is still to be written.
    Draft(Box<Article>),
}

impl Gap {
    /// How often its questions failed.
    #[must_use]
    pub fn times(&self) -> u64 {
        self.questions.iter().map(Question::times).sum()
    }

    /// The questions that the proposal takes up as they stand; the others show whether it holds beyond them.
    #[must_use]
    pub fn taken(&self) -> BTreeSet<&str> {
        match &self.proposal {
            Proposal::Phrasings { phrasings, .. } => phrasings.iter().map(String::as_str).collect(),
            Proposal::Draft(draft) => draft
                .phrasings
                .iter()
                .map(String::as_str)
                .chain(self.questions.first().map(|one| one.text.as_str()))
                .collect(),
        }
    }
}

/// Finds the gaps of a language: groups that failed at least `min` times, the most frequent first.
#[must_use]
pub fn find(lang: &str, mut questions: Vec<Question>, index: &Index, min: u64, today: &str) -> Vec<Gap> {
    questions.sort_by(|one, other| other.times().cmp(&one.times()).then_with(|| one.text.cmp(&other.text)));
    questions.truncate(MAX_QUESTIONS);
    let mut gaps: Vec<Gap> = grouped(lang, questions)
        .into_iter()
        .filter(|group| group.iter().map(Question::times).sum::<u64>() >= min)
        .map(|questions| Gap { proposal: propose(lang, &questions, index, today), questions })
        .collect();
    gaps.sort_by(|one, other| {
        other
            .times()
            .cmp(&one.times())
            .then_with(|| one.questions.first().map(|q| &q.text).cmp(&other.questions.first().map(|q| &q.text)))
    });
    gaps
}

/// Puts questions that ask the same together: each joins the group whose first question it is most like.
fn grouped(lang: &str, questions: Vec<Question>) -> Vec<Vec<Question>> {
    let language = Language::new(lang);
    let terms: Vec<BTreeMap<String, f64>> = questions.iter().map(|one| terms_of(&language, &one.text)).collect();
    let mut held: HashMap<&str, f64> = HashMap::new();
    for name in terms.iter().flat_map(BTreeMap::keys) {
        *held.entry(name).or_default() += 1.0;
    }
    let n = questions.len() as f64;
    let vectors: Vec<Vec<(&str, f64)>> = terms
        .iter()
        .map(|all| {
            let weighed = |(name, weight): (&'_ String, &f64)| {
                weight * (1.0 + n / held.get(name.as_str()).copied().unwrap_or(1.0)).ln()
            };
            let length = all.iter().map(|one| weighed(one).powi(2)).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
            all.iter().map(|one| (one.0.as_str(), weighed(one) / length)).collect()
        })
        .collect();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    // Per term the groups whose first question says it, so that only these are compared.
    let mut leads: HashMap<&str, Vec<(usize, f64)>> = HashMap::new();
    for (place, vector) in vectors.iter().enumerate() {
        let mut likeness: BTreeMap<usize, f64> = BTreeMap::new();
        for (name, weight) in vector {
            for (group, its) in leads.get(name).map_or(&[][..], Vec::as_slice) {
                *likeness.entry(*group).or_default() += weight * its;
            }
        }
        let best = likeness.into_iter().max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)));
        match best.filter(|(_, alike)| *alike >= ALIKE) {
            Some((group, _)) => groups.get_mut(group).into_iter().for_each(|members| members.push(place)),
            None => {
                for (name, weight) in vector {
                    leads.entry(name).or_default().push((groups.len(), *weight));
                }
                groups.push(vec![place]);
            }
        }
    }
    groups
        .into_iter()
        .map(|group| group.into_iter().filter_map(|place| questions.get(place).cloned()).collect())
        .collect()
}

/// Terms of a question, words that say little weighing little; what was masked says nothing.
fn terms_of(language: &Language, question: &str) -> BTreeMap<String, f64> {
    let plain =
        ["[number]", "[address]", "[link]"].iter().fold(question.to_owned(), |text, mask| text.replace(mask, " "));
    let mut out = BTreeMap::new();
    for token in text::analyze(&plain, search::MAX_QUERY_TOKENS) {
        let word = plain.get(token.start..token.end).unwrap_or(&token.text);
        out.insert(language.term(word), f64::from(language.weight(&token.text)) / 255.0);
    }
    out
}

/// An article that is near enough gets phrasings; where none is, or where what was found did not help, a draft.
fn propose(lang: &str, questions: &[Question], index: &Index, today: &str) -> Proposal {
    let mut votes: BTreeMap<u32, f64> = BTreeMap::new();
    let (mut weight, mut sure) = (0.0, 0.0);
    for question in questions {
        let (answerable, hits) = search::rank(index, &question.text, 1);
        let times = question.unanswered as f64;
        weight += question.times() as f64;
        sure += times * f64::from(answerable);
        if let Some((article, _)) = hits.first() {
            *votes.entry(*article).or_default() += times;
        }
    }
    let phrasings: Vec<String> = questions
        .iter()
        .filter(|one| !one.text.contains('['))
        .take(MAX_PHRASINGS)
        .map(|one| one.text.clone())
        .collect();
    let best = votes.into_iter().max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)));
    let near = best.filter(|(_, times)| times / weight >= AGREED && sure / weight >= f64::from(NEAR));
    match near.and_then(|(article, _)| index.stored(article)).filter(|_| !phrasings.is_empty()) {
        Some(stored) => Proposal::Phrasings { article: stored.id, phrasings },
        None => Proposal::Draft(Box::new(draft(lang, questions, &phrasings, today))),
    }
}

fn draft(lang: &str, questions: &[Question], phrasings: &[String], today: &str) -> Article {
    let lead = questions.first().map_or("", |one| one.text.as_str());
    let mut letters = lead.chars();
    let mut title: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    if !title.ends_with(['?', '!', '.']) {
        title.push('?');
    }
    let texts = Texts::of(lang);
    let note = texts.say("draft-note");
    let asked = questions.iter().take(10).map(|one| {
        let text = strings::fill(&texts.count("draft-times", one.times()), "question", &one.text);
        vec![Block::Paragraph(vec![Inline::Text(text)])]
    });
    Article {
        id: slug(lead),
        lang: lang.to_owned(),
        title,
        phrasings: phrasings.iter().filter(|text| *text != lead).cloned().collect(),
        updated: today.to_owned(),
        blocks: vec![Block::Paragraph(vec![Inline::Text(note.to_owned())]), Block::List(false, asked.collect())],
        ..Article::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str, unanswered: u64) -> Question {
        Question { text: text.to_owned(), unanswered, voted_down: 0 }
    }

    #[test]
    fn questions_that_ask_the_same_come_together() {
        let groups = grouped(
            "en",
            [
                "do you ship to iceland",
                "ship to iceland?",
                "shipping iceland cost",
                "can i pay with klarna",
                "paying with klarna in 3 parts",
                "store in paris",
            ]
            .iter()
            .map(|text| asked(text, 1))
            .collect(),
        );
        let firsts: Vec<(&str, usize)> = groups.iter().map(|group| (group[0].text.as_str(), group.len())).collect();
        assert_eq!(firsts, [("do you ship to iceland", 3), ("can i pay with klarna", 2), ("store in paris", 1)]);
    }

    #[test]
    fn a_draft_names_nobody_and_repeats_how_it_was_asked() {
        let one = draft(
            "en",
            &[asked("where is order [number]", 4), asked("order status", 2)],
            &["order status".to_owned()],
            "2026-01-02",
        );
        assert_eq!((one.title.as_str(), one.id.as_str()), ("Where is order [number]?", "where-is-order-number"));
        assert_eq!(one.phrasings, ["order status"]);
    }
}
