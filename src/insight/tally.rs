//! Events and conversations added up, one at a time: a million take no more memory than what they name.

use std::collections::BTreeMap;

use super::event::Event;
use super::vocabulary::KINDS;

/// Most distinct articles, questions, arms and the like that are told apart; what comes later is not named.
const MAX_NAMES: usize = 50_000;

/// Most times to an answer that are kept to take their median of.
const MAX_TIMES: usize = 5_000_000;

/// A conversation as the inbox's database has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contact {
    /// When it began, in milliseconds since 1970.
    pub opened_ms: u64,
    /// When a person first answered.
    pub answered_ms: Option<u64>,
    /// When it was closed for the last time.
    pub closed_ms: Option<u64>,
    /// How content the shopper was, 1 to 5.
    pub stars: Option<u8>,
}

/// Visits counted by what happened in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visits {
    /// In which the help was opened.
    pub opened: u64,
    /// In which something was searched, read, or a flow began.
    pub active: u64,
    /// In which an article was read.
    pub reading: u64,
    /// In which a person was asked.
    pub contact: u64,
    /// In which a person was asked within the window after reading.
    pub contact_after_reading: u64,
    /// Questions that found something, and that did not.
    pub searched: u64,
    /// See `searched`.
    pub no_result: u64,
    /// Votes that it helped, and that it did not.
    pub helped: u64,
    /// See `helped`.
    pub not_helped: u64,
    /// Flows begun.
    pub flows: u64,
    /// Flows that ended as the shopper wanted.
    pub flows_done: u64,
    /// Times that articles were suggested, and that one of them was read.
    pub suggested: u64,
    /// See `suggested`.
    pub read_suggested: u64,
    /// Ratings by stars, 1 to 5 (0 unused).
    pub stars: [u64; 6],
    /// Ratings from 0 to 10.
    pub nps: [u64; 11],
    /// Times that such a rating was asked for.
    pub surveyed: u64,
}

/// What happened to an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fate {
    /// Times suggested.
    pub suggested: u64,
    /// Times read.
    pub read: u64,
    /// Votes that it helped.
    pub helped: u64,
    /// Votes that it did not.
    pub not_helped: u64,
}

/// One day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// Events by kind.
    pub kinds: [u64; KINDS.len()],
    /// Contacts by channel.
    pub channels: BTreeMap<String, u64>,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// How long after reading a contact still means that reading did not help, in minutes.
    pub window_min: u64,
    /// Events counted.
    pub n_events: u64,
    /// First and last moment.
    pub span: Option<(u64, u64)>,
    /// All visits.
    pub all: Visits,
    /// Visits by the arm of a test.
    pub arms: BTreeMap<String, Visits>,
    /// Days, by their number since 1970 in the shop's time zone.
    pub days: BTreeMap<i64, Day>,
    /// Openings by type of page.
    pub pages: BTreeMap<String, u64>,
    /// Articles by their id.
    pub articles: BTreeMap<String, Fate>,
    /// Questions that nothing answered or whose answer did not help, by language: how often each.
    pub questions: BTreeMap<(String, String), (u64, u64)>,
    /// Seconds to the first answer: from events, and from the inbox.
    pub answer_s: Vec<u64>,
    /// Seconds until conversations were closed.
    pub resolution_s: Vec<u64>,
    /// Conversations in the inbox.
    pub n_conversations: u64,
    /// Whether the inbox's own conversations are counted: then events about them are not.
    pub has_inbox: bool,
}

impl Tally {
    /// Counts an event; `day` is the number of its day.
    pub fn add(&mut self, event: &Event, day: i64) {
        self.n_events += 1;
        self.seen(event.at_ms);
        let of_day = self.days.entry(day).or_default();
        if let Some(count) = of_day.kinds.get_mut(event.kind) {
            *count += 1;
        }
        let channel = event.text("channel");
        if event.name() == "handed-off" && !(self.has_inbox && channel == "inbox") {
            *of_day.channels.entry(channel.to_owned()).or_default() += 1;
        }
        self.all.add(event, self.window_min, self.has_inbox);
        if !event.arm.is_empty()
            && let Some(arm) = named(&mut self.arms, &event.arm)
        {
            arm.add(event, self.window_min, false);
        }
        let language = || event.lang.clone();
        match event.name() {
            "opened" => {
                let page = if event.page.is_empty() { "other" } else { &event.page };
                named(&mut self.pages, page).into_iter().for_each(|count| *count += 1);
            }
            "suggested" => {
                let ids = event.facts.get("articles").and_then(|ids| ids.as_array());
                for id in ids.into_iter().flatten().filter_map(|id| id.as_str()) {
                    named(&mut self.articles, id).into_iter().for_each(|fate| fate.suggested += 1);
                }
            }
            "read" => named(&mut self.articles, event.text("article")).into_iter().for_each(|fate| fate.read += 1),
            "voted" => {
                let helped = event.facts.get("helped").and_then(|helped| helped.as_bool()).unwrap_or(false);
                if let Some(fate) = named(&mut self.articles, event.text("article")) {
                    if helped { fate.helped += 1 } else { fate.not_helped += 1 }
                }
                if !helped && !event.text("question").is_empty() {
                    self.question(language(), event.text("question")).into_iter().for_each(|count| count.1 += 1);
                }
            }
            "no-result" => {
                self.question(language(), event.text("question")).into_iter().for_each(|count| count.0 += 1);
            }
            "answered" if !self.has_inbox && self.answer_s.len() < MAX_TIMES => {
                self.answer_s.extend(event.number("seconds"));
            }
            _ => {}
        }
    }

    /// Counts a conversation of the inbox; `day` is the number of the day on which it began.
    pub fn add_contact(&mut self, contact: &Contact, day: i64) {
        self.seen(contact.opened_ms);
        self.n_conversations += 1;
        *self.days.entry(day).or_default().channels.entry("inbox".to_owned()).or_default() += 1;
        let since = |ms: u64| ms.saturating_sub(contact.opened_ms) / 1000;
        if self.answer_s.len() < MAX_TIMES {
            self.answer_s.extend(contact.answered_ms.map(since));
            self.resolution_s.extend(contact.closed_ms.map(since));
        }
        if let Some(count) = contact.stars.and_then(|stars| self.all.stars.get_mut(usize::from(stars))) {
            *count += 1;
        }
    }

    fn seen(&mut self, at_ms: u64) {
        self.span = Some(self.span.map_or((at_ms, at_ms), |(first, last)| (first.min(at_ms), last.max(at_ms))));
    }

    fn question(&mut self, lang: String, question: &str) -> Option<&mut (u64, u64)> {
        let key = (lang, question.to_lowercase());
        (self.questions.len() < MAX_NAMES || self.questions.contains_key(&key))
            .then(|| self.questions.entry(key).or_default())
    }
}

/// What is counted under a name, unless there are too many names already.
fn named<'a, T: Default>(all: &'a mut BTreeMap<String, T>, name: &str) -> Option<&'a mut T> {
    if all.contains_key(name) {
        return all.get_mut(name);
    }
    (all.len() < MAX_NAMES).then(|| all.entry(name.to_owned()).or_default())
}

impl Visits {
    /// Counts an event; stars that the inbox knows itself are left to it.
    fn add(&mut self, event: &Event, window_min: u64, has_inbox: bool) {
        let add = |count: &mut u64, when: bool| *count += u64::from(when);
        let is_active = matches!(event.name(), "searched" | "no-result" | "read" | "flow-step");
        let was_active = ["searched", "no-result", "read", "flow-step"].iter().any(|name| event.is_after(name));
        add(&mut self.active, is_active && !was_active);
        match event.name() {
            "opened" => add(&mut self.opened, event.is_first()),
            "suggested" => self.suggested += 1,
            "searched" => self.searched += 1,
            "no-result" => self.no_result += 1,
            "read" => {
                add(&mut self.reading, event.is_first());
                add(&mut self.read_suggested, event.text("from") == "suggested");
            }
            "voted" => {
                let helped = event.facts.get("helped").and_then(|helped| helped.as_bool()).unwrap_or(false);
                if helped { self.helped += 1 } else { self.not_helped += 1 }
            }
            "flow-step" => {
                add(&mut self.flows, event.text("state") == "began");
                add(&mut self.flows_done, matches!(event.text("state"), "done" | "requested"));
            }
            "handed-off" => {
                add(&mut self.contact, event.is_first());
                let soon = event.number("minutes_since_read").is_some_and(|minutes| minutes <= window_min);
                add(&mut self.contact_after_reading, event.is_first() && soon);
            }
            "surveyed" => add(&mut self.surveyed, event.text("scale") == "nps"),
            "rated" => {
                let score = event.number("score").and_then(|score| usize::try_from(score).ok()).unwrap_or(usize::MAX);
                let counts: &mut [u64] = if event.text("scale") == "nps" { &mut self.nps } else { &mut self.stars };
                let of_inbox = has_inbox && event.text("scale") == "csat";
                counts.get_mut(score).filter(|_| !of_inbox).into_iter().for_each(|count| *count += 1);
            }
            _ => {}
        }
    }
}
