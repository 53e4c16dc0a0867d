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
const SURE: u8 = 165;
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
pub fn fires(rule: &Rule, facts: &Facts, signals: &[Signal], url: &str) -> Result<Option<Signal>, Unmet> {
    if rule.pages != 0 && rule.pages & page_bits(facts.page) == 0 {
        return Err(Unmet::Page);
    }
    // The library's search for a text would be a thirtieth of the engine.
    let wanted = rule.url.as_bytes();
    if !wanted.is_empty() && !url.as_bytes().windows(wanted.len()).any(|part| part == wanted) {
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
    let signal = signals.iter().find(|signal| rule.signals & signal.bit() != 0);
    signal.map(|signal| Some(*signal)).ok_or(Unmet::Signal)
}

/// The suggestions for a page.
#[must_use]
pub fn suggest(index: &Index, page: &Snapshot, options: Options) -> Advice {
    let facts = Facts::read(page);
    let signals = page.signals();
    let mut found = Candidates { index, articles: Vec::new(), questions: MAX_QUESTIONS };
    let mut say = (0, "");
    // Which field is in trouble says more than that one is.
    let label = page.all("label").next_back().map_or("", |line| line.value);
    let because = |signal| {
        Reason::Signal(signal, if signal == Signal::ValidationError { label.to_owned() } else { String::new() })
    };
    if options.rules {
        for rule in index.rules() {
            let Ok(signal) = fires(rule, &facts, &signals, page.first("url")) else {
                continue;
            };
            let priority = u32::from(rule.priority) * PRIORITY_STEP;
            let Some(signal) = signal else {
                // Said of the checkout as a whole, it yields to what is said of the step.
                let general = if rule.pages & facts.page.bit() == 0 { 2 * PRIORITY_STEP } else { 0 };
                found.add(rule.article, PAGE_RULE + priority - general, Reason::Page(facts.page));
                continue;
            };
            found.add(rule.article, SIGNAL_RULE + priority, because(signal));
            // A line said unasked answers to something that happened, never to a mere visit.
            if priority > say.0 && !rule.say.is_empty() {
                say = (priority, &rule.say);
            }
        }
    }
    for signal in signals.iter().take(4) {
        found.ask(topics::of_signal(index, *signal), SIGNAL_TOPIC, Some(because(*signal)));
    }
    found.ask(label, LABEL_WORDS, None);
    found.ask(topics::of_page(index, facts.page), PAGE_TOPIC, Some(Reason::Page(facts.page)));
    let heading = page.first("h");
    found.ask(if heading.is_empty() { page.first("title") } else { heading }, PAGE_WORDS, None);
    found.step_back(page, "read", READ_PERCENT);
    found.step_back(page, "helped", HELPED_PERCENT);

    let suggestions = found.best(options.limit);
    let badge = suggestions.iter().filter(|one| matches!(one.reason, Reason::Signal(..))).count() as u8;
    Advice {
        page: facts.page,
        confidence: facts.confidence,
        source: facts.source,
        badge,
        say: say.1.to_owned(),
        product: facts.get("product").to_owned(),
        suggestions,
    }
}

/// The page's own bit, and for a step of the checkout that of the checkout as a whole.
fn page_bits(page: PageType) -> u32 {
    let checkout = matches!(
        page,
        PageType::CheckoutAddress | PageType::CheckoutShipping | PageType::CheckoutPayment | PageType::CheckoutReview
    );
    page.bit() | if checkout { PageType::Checkout.bit() } else { 0 }
}

/// Articles with the best that speaks for each.
struct Candidates<'a> {
    index: &'a Index,
    articles: Vec<Suggestion>,
    /// How many questions may still be asked.
    questions: usize,
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

    /// Adds the best answer to each question between bars; without a reason the words are it.
    #[inline(never)]
    fn ask(&mut self, questions: &str, first: u32, reason: Option<Reason>) {
        let mut score = first;
        for question in questions.split('|') {
            if self.questions == 0 {
                return;
            }
            self.questions -= 1;
            let (answerable, hits) = search::rank(self.index, question, 1);
            if answerable >= SURE
                && let Some((article, _)) = hits.first()
            {
                let reason = reason.clone().unwrap_or_else(|| Reason::Words(question.to_owned()));
                self.add(*article, score, reason);
                score = score.saturating_sub(TOPIC_STEP);
            }
        }
    }

    /// The best ones, best first; of equals the author's order counts. A few picks out of a few
    /// dozen need no sorting, which would be larger than the rest of this file.
    fn best(&mut self, limit: usize) -> Vec<Suggestion> {
        let mut out = Vec::new();
        while out.len() < limit {
            let mut best = 0;
            for (at, one) in self.articles.iter().enumerate() {
                let first = self.articles.get(best).map_or((0, 0), |first| (first.score, first.article));
                if one.score > first.0 || one.score == first.0 && one.article < first.1 {
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
