//! Facts, rules and words in, ranked suggestions with reasons out.
//!
//! Three things speak for an article: a rule that its author wrote, what shoppers ask on such pages
//! and after such signals (the builder asked the index), and the page's own words. What
//! just happened counts more than where the shopper is.

use super::advice::{Advice, Reason, Suggestion};
use super::facts::Facts;
use super::rule::{fires, happened};
use super::snapshot::Snapshot;
use super::topics;
use super::words::Words;
use crate::index::Index;
use crate::index::rules::{BADGE, NO_BADGE, Rule};
use crate::page::Signal;
use crate::search;

/// Least score of a rule that a signal fired; its priority adds up to 400.
const SIGNAL_RULE: u32 = 600;
/// Least score of a rule that the page alone fired; its priority adds up to 400. A signal's weakest
/// rule (640) stands above the page's seventh (580), so that trouble is answered before routine.
const PAGE_RULE: u32 = 300;
/// What a step of a rule's priority is worth.
const PRIORITY_STEP: u32 = 40;
/// Score of what is asked first after a signal, where no rule speaks; each next question is worth
/// less by [`TOPIC_STEP`]. Below an author's own rule for that signal from priority 4 up.
const SIGNAL_TOPIC: u32 = 740;
/// Score of what is asked first on such a page: below every rule.
const PAGE_TOPIC: u32 = 330;
/// What each next question is worth less.
const TOPIC_STEP: u32 = 30;
/// Score of the best article for the label of a field in trouble: such words are precise, yet a
/// label such as "Name" finds little of use.
const LABEL_WORDS: u32 = 640;
/// Score of the best article for the words of the page: they find the subject, seldom the question.
const PAGE_WORDS: u32 = 240;
/// Share of its score, in percent, that an article already read keeps; one that helped keeps less.
const READ_PERCENT: u32 = 45;
const HELPED_PERCENT: u32 = 30;
/// Score of the next best article for what one that did not help was about: above most of what helps
/// on such pages, below every rule that a signal fired.
const UNRESOLVED: u32 = 620;
/// A search's answerability (0 to 255) below which its best hit is a guess: see `search::Answer`.
pub(super) const SURE: u8 = 165;

/// What to leave out when advising.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Most suggestions.
    pub limit: usize,
    /// Whether authors' rules count; without them only words do.
    pub rules: bool,
}

/// The suggestions for a page.
#[must_use]
pub fn suggest(index: &Index, page: &Snapshot, options: Options) -> Advice {
    Words::with(index, |words| advise(index, page, words, options))
}

fn advise(index: &Index, page: &Snapshot, words: &Words, options: Options) -> Advice {
    let facts = Facts::read(page, words);
    let signals = page.signals();
    let mut found = Candidates { index, articles: Vec::new() };
    let rules = if options.rules { index.rules() } else { Vec::new() };
    let (mut said, mut badge): (Option<&Rule>, u8) = (None, 0);
    // Which field is in trouble says more than that one is.
    let label = page.all("label").next_back().map_or("", |line| line.value);
    let because = |signal| {
        Reason::Signal(signal, if signal == Signal::ValidationError { label.to_owned() } else { String::new() })
    };
    for rule in &rules {
        let Ok(signal) = fires(rule, &facts, &signals, page, words) else {
            continue;
        };
        // A line said unasked answers to something that happened, never to a mere visit.
        if !rule.say.is_empty() && happened(rule) && said.is_none_or(|first| rule.priority > first.priority) {
            said = Some(rule);
        }
        badge |= rule.flags & BADGE;
        let Some(article) = rule.article else { continue };
        let priority = u32::from(rule.priority) * PRIORITY_STEP;
        match signal {
            Some(signal) if rule.flags & NO_BADGE == 0 => found.add(article, SIGNAL_RULE + priority, because(signal)),
            Some(_) => found.add(article, SIGNAL_RULE + priority, Reason::Page(facts.page)),
            None => {
                // Said of the checkout as a whole, it yields to what is said of the step.
                let general = if rule.pages & facts.page.bit() == 0 { 2 * PRIORITY_STEP } else { 0 };
                // What came together counts more than where the shopper is.
                let together = if happened(rule) { PRIORITY_STEP } else { 0 };
                found.add(article, PAGE_RULE + priority + together - general, Reason::Page(facts.page));
            }
        }
    }
    for signal in signals.iter().take(4) {
        found.answer(topics::of_signal(index, *signal), SIGNAL_TOPIC, &because(*signal));
    }
    found.ask(label, LABEL_WORDS);
    found.answer(topics::of_page(index, facts.page), PAGE_TOPIC, &Reason::Page(facts.page));
    let heading = page.first("h");
    found.ask(if heading.is_empty() { page.first("title") } else { heading }, PAGE_WORDS);
    for line in page.all("failed").rev().take(2) {
        found.unresolved(line.value);
    }
    found.step_back(page, "read", READ_PERCENT);
    found.step_back(page, "helped", HELPED_PERCENT);
    found.step_back(page, "failed", HELPED_PERCENT);

    let suggestions = found.best(options.limit);
    let badge = badge.max(suggestions.iter().filter(|one| matches!(one.reason, Reason::Signal(..))).count() as u8);
    Advice {
        page: facts.page,
        confidence: facts.confidence,
        source: facts.source,
        badge,
        say: said.map_or("", |rule| rule.say).to_owned(),
        offer: said.map_or("", |rule| rule.offer).to_owned(),
        cap: said.map_or(0, |rule| rule.cap),
        pause_min: said.map_or(0, |rule| rule.pause_min),
        product: facts.get("product").to_owned(),
        suggestions,
    }
}

/// Articles with the best that speaks for each.
struct Candidates<'a> {
    index: &'a Index,
    articles: Vec<Suggestion>,
}

impl Candidates<'_> {
    #[inline(never)]
    fn add(&mut self, article: u32, score: u32, reason: Reason) {
        let score = score.min(1000) as u16;
        match self.articles.iter_mut().find(|known| known.article == article) {
            Some(known) if known.score >= score => {}
            Some(known) => *known = Suggestion { article, score, reason },
            None => self.articles.push(Suggestion { article, score, reason }),
        }
    }

    /// Adds what answers the questions of a page or a signal, the most wanted first.
    #[inline(never)]
    fn answer(&mut self, letters: &str, first: u32, reason: &Reason) {
        let mut score = first;
        for article in letters.chars().map(topics::article).filter(|&article| article < self.index.n_articles()) {
            self.add(article, score, reason.clone());
            score = score.saturating_sub(TOPIC_STEP);
        }
    }

    /// Adds the best answer to words of the page, which are the reason.
    #[inline(never)]
    fn ask(&mut self, words: &str, score: u32) {
        let (answerable, hits) = search::rank(self.index, words, 1);
        if answerable >= SURE
            && let Some((article, _)) = hits.first()
        {
            self.add(*article, score, Reason::Words(words.to_owned()));
        }
    }

    /// When the article was last changed.
    fn updated(&self, article: u32) -> String {
        self.index.stored(article).map(|title| title.updated).unwrap_or_default()
    }

    /// What an article was about that did not help rises: its nearest neighbours are next.
    fn unresolved(&mut self, id: &str) {
        let Some(number) = self.index.find(id) else { return };
        let title = self.index.title(number).unwrap_or_default();
        let (_, hits) = search::rank(self.index, title, 3);
        let mut score = UNRESOLVED;
        for (article, _) in hits.into_iter().filter(|hit| hit.0 != number) {
            self.add(article, score, Reason::Words(title.to_owned()));
            score -= TOPIC_STEP;
        }
    }

    /// The best ones, best first; of equals the one changed last comes first, then the author's order. A few picks out of a few
    /// dozen need no sorting, which would be larger than the rest of this file.
    fn best(&mut self, limit: usize) -> Vec<Suggestion> {
        let mut out = Vec::new();
        while out.len() < limit {
            let mut best = 0;
            for (at, one) in self.articles.iter().enumerate() {
                let first = self.articles.get(best).map_or((0, 0), |first| (first.score, first.article));
                let newer = || {
                    let (own, other) = (self.updated(one.article), self.updated(first.1));
                    own > other || own == other && one.article < first.1
                };
                if one.score > first.0 || one.score == first.0 && newer() {
                    best = at;
                }
            }
            if best >= self.articles.len() {
                break;
            }
            out.push(self.articles.swap_remove(best));
        }
        out
    }

    /// What the shopper knows already makes room.
    fn step_back(&mut self, page: &Snapshot, key: &str, percent: u32) {
        for line in page.all(key) {
            let number = self.index.find(line.value);
            if let Some(known) = self.articles.iter_mut().find(|known| Some(known.article) == number) {
                known.score = (u32::from(known.score) * percent / 100) as u16;
            }
        }
    }
}
