//! Facts, rules and words in, ranked suggestions with reasons out.
//!
//! Three things speak for an article: a rule that its author wrote, what shoppers ask on such pages
//! and after such signals (asked of the index in its own language), and the page's own words. What
//! just happened counts more than where the shopper is.

use super::advice::{Advice, Reason, Suggestion};
use super::facts::Facts;
use super::snapshot::Snapshot;
use super::topics;
use crate::index::Index;
use crate::index::rules::{Rule, Stock};
use crate::page::{PageType, Signal};
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
/// A search's answerability (0 to 255) below which its best hit is a guess: see `search::Answer`.
const SURE: u8 = 90;
/// Most questions asked of the index for one page; each costs well under a millisecond.
const MAX_QUESTIONS: usize = 12;

/// What to leave out when advising.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Most suggestions.
    pub limit: usize,
    /// Whether authors' rules count; without them only words do.
    pub rules: bool,
}

/// Why a rule did not fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet {
    /// The page is of another type.
    Page,
    /// None of its signals happened.
    Signal,
    /// The address does not contain its text.
    Url,
    /// The product's stock is another, or unknown.
    Stock,
}

/// Whether a rule fires here.
///
/// # Errors
/// Says what it waits for.
pub fn fires(rule: &Rule, facts: &Facts, page: &Snapshot) -> Result<Option<Signal>, Unmet> {
    if rule.pages != 0 && rule.pages & page_bits(facts.page) == 0 {
        return Err(Unmet::Page);
    }
    if !rule.url.is_empty() && !page.url.contains(rule.url.as_str()) {
        return Err(Unmet::Url);
    }
    let stock = facts.get("stock");
    if match rule.stock {
        Stock::Any => false,
        Stock::In => stock != "in",
        Stock::Out => stock != "out",
    } {
        return Err(Unmet::Stock);
    }
    if rule.signals == 0 {
        return Ok(None);
    }
    let signal = page.signals.iter().map(|(signal, _)| *signal).find(|signal| rule.signals & signal.bit() != 0);
    signal.map(Some).ok_or(Unmet::Signal)
}

/// The suggestions for a page.
#[must_use]
pub fn suggest(index: &Index, page: &Snapshot, options: Options) -> Advice {
    let facts = Facts::read(page);
    let mut found = Candidates(Vec::new());
    let mut say = (0, "");
    if options.rules {
        for rule in index.rules() {
            let Ok(signal) = fires(rule, &facts, page) else { continue };
            let priority = u32::from(rule.priority) * PRIORITY_STEP;
            match signal {
                Some(signal) => {
                    found.add(rule.article, SIGNAL_RULE + priority, || {
                        Reason::Signal(signal, label(page, signal).to_owned())
                    });
                    // A line said unasked answers to something that happened, never to a mere visit.
                    if priority > say.0 && !rule.say.is_empty() {
                        say = (priority, &rule.say);
                    }
                }
                None => {
                    // Said of the checkout as a whole, it yields to what is said of the step.
                    let general = if rule.pages & facts.page.bit() == 0 { 2 * PRIORITY_STEP } else { 0 };
                    found.add(rule.article, PAGE_RULE + priority - general, || Reason::Page(facts.page));
                }
            }
        }
    }
    let mut questions = MAX_QUESTIONS;
    for (signal, _) in page.signals.iter().take(4) {
        found.ask(index, topics::of_signal(index, *signal), SIGNAL_TOPIC, &mut questions, |_| {
            Reason::Signal(*signal, label(page, *signal).to_owned())
        });
    }
    for label in page.labels.iter().rev().take(2) {
        found.ask(index, label, LABEL_WORDS, &mut questions, |words| Reason::Words(words.to_owned()));
    }
    found.ask(index, topics::of_page(index, facts.page), PAGE_TOPIC, &mut questions, |_| Reason::Page(facts.page));
    // On a product page the words are the product's, which the help rarely speaks of.
    let words = page.headings.first().copied().unwrap_or(page.title);
    found.ask(index, &words.replace('|', " "), PAGE_WORDS, &mut questions, |words| Reason::Words(words.to_owned()));
    found.rank(index, page, options.limit, &facts, say.1)
}

/// The page's own bit, and for a step of the checkout that of the checkout as a whole.
fn page_bits(page: PageType) -> u32 {
    let checkout = matches!(
        page,
        PageType::CheckoutAddress | PageType::CheckoutShipping | PageType::CheckoutPayment | PageType::CheckoutReview
    );
    page.bit() | if checkout { PageType::Checkout.bit() } else { 0 }
}

/// The label of the field in trouble, where the signal is about a field.
fn label<'a>(page: &Snapshot<'a>, signal: Signal) -> &'a str {
    match signal {
        Signal::ValidationError => page.labels.last().copied().unwrap_or_default(),
        _ => "",
    }
}

/// Articles with the best that speaks for each.
struct Candidates(Vec<(u32, u32, Reason)>);

impl Candidates {
    fn add(&mut self, article: u32, score: u32, reason: impl FnOnce() -> Reason) {
        match self.0.iter_mut().find(|(known, ..)| *known == article) {
            Some(entry) if entry.1 < score => *entry = (article, score, reason()),
            Some(_) => {}
            None => self.0.push((article, score, reason())),
        }
    }

    /// Adds the best answer to each question between bars.
    fn ask(&mut self, index: &Index, questions: &str, first: u32, left: &mut usize, reason: impl Fn(&str) -> Reason) {
        let mut score = first;
        for question in questions.split('|').map(str::trim).filter(|question| !question.is_empty()) {
            if *left == 0 {
                return;
            }
            *left -= 1;
            let (answerable, hits) = search::rank(index, question, 1);
            if answerable >= SURE
                && let Some((article, _)) = hits.first()
            {
                self.add(*article, score, || reason(question));
                score = score.saturating_sub(TOPIC_STEP);
            }
        }
    }

    fn rank(mut self, index: &Index, page: &Snapshot, limit: usize, facts: &Facts, say: &str) -> Advice {
        let number = |id: &&str| index.find(id);
        for (ids, percent) in [(&page.read, READ_PERCENT), (&page.helped, HELPED_PERCENT)] {
            for article in ids.iter().filter_map(number) {
                if let Some(entry) = self.0.iter_mut().find(|(known, ..)| *known == article) {
                    entry.1 = entry.1 * percent / 100;
                }
            }
        }
        // Of equals the author's order counts.
        self.0.sort_by_key(|(article, score, _)| (u32::MAX - score, *article));
        self.0.truncate(limit);
        let badge =
            self.0.iter().filter(|(_, score, reason)| *score >= SIGNAL_RULE && matches!(reason, Reason::Signal(..)));
        Advice {
            page: facts.page,
            confidence: facts.confidence,
            source: facts.source,
            badge: badge.count() as u8,
            say: say.to_owned(),
            product: facts.get("product").to_owned(),
            suggestions: self
                .0
                .into_iter()
                .map(|(article, score, reason)| Suggestion { article, score: score.min(1000) as u16, reason })
                .collect(),
        }
    }
}
