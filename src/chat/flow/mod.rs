//! A guided flow as a state machine: what the shopper and the shop said goes in, what is to be done
//! comes out. It does no I/O and reads no clock.
//!
//! `io` is what it hears, asks for and shows, `view` what can be asked of it, [`screen`] what the shopper
//! sees; [`talk`] is the bot's, [`trail`] is the way so far, for a page loaded anew; [`input`] checks what was typed, [`values`] holds what is known and fills templates, [`words`]
//! knows "a person, please" and "no" in the shopper's language.

pub mod input;
mod io;
pub mod screen;
mod talk;
pub mod trail;
pub mod values;
mod view;
pub mod words;

use crate::flow::{Claim, Flow, Go, Kind, Step};
pub use io::{Found, In, Line, Note, Out, Prompt, Request};

use values::Values;
use words::{Wish, Words};

use super::json::Json;
use super::masking::mask_cards;

/// Steps that are walked without anybody being asked, before a damaged flow is given up.
const MAX_HOPS: usize = 64;

/// Misunderstandings in a row before a person is offered.
const PATIENCE: u32 = 2;

/// Longest text that is taken in, in bytes.
const MAX_TEXT_BYTES: usize = 2000;

/// What is shown in place of a private answer.
const HIDDEN: &str = "••••";

/// An option that is shown: its value, its label, where it leads.
type Shown = (String, String, Option<Go>);

/// A flow under way.
#[derive(Debug)]
pub struct Walk {
    flow: Flow,
    words: Words,
    at: Option<usize>,
    values: Values,
    lines: Vec<Line>,
    options: Vec<Shown>,
    /// What the shop's last result amounts to.
    claim: Claim,
    n_misses: u32,
    n_calls: u32,
    attempt: u32,
    waiting: Option<u32>,
    /// Where the shopper can go back to: step, number of lines, number of answers.
    past: Vec<(usize, usize, usize)>,
    /// The question that the engine is looking for.
    asked: String,
    /// The line in which the step's question was put.
    asked_at: usize,
    /// What was typed and taken for no answer, to be mended.
    mistyped: String,
    /// What was answered, as it was read.
    told: Vec<Told>,
    /// The way so far.
    trail: Vec<String>,
    /// Whether it goes a kept way again.
    retracing: bool,
    /// Whether it is a talk with the bot: whatever is written is a question.
    talks: bool,
}

/// An answer as the shopper read it.
#[derive(Debug)]
struct Told {
    step: String,
    question: String,
    answer: String,
    /// Whether it is kept from others.
    private: bool,
}

impl Walk {
    /// A flow with what is known of the page, by the names of [`crate::flow::FACTS`].
    #[must_use]
    pub fn new(flow: Flow, words: Words, facts: Vec<(String, String)>) -> Self {
        Self {
            flow,
            words,
            at: None,
            values: Values::new(facts),
            lines: Vec::new(),
            options: Vec::new(),
            claim: Claim::None,
            n_misses: 0,
            n_calls: 0,
            attempt: 0,
            waiting: None,
            past: Vec::new(),
            asked: String::new(),
            asked_at: 0,
            mistyped: String::new(),
            told: Vec::new(),
            trail: Vec::new(),
            retracing: false,
            talks: false,
        }
    }

    fn here(&self) -> Option<&Step> {
        self.flow.steps.get(self.at?)
    }

    fn kind(&self) -> Option<&Kind> {
        self.here().map(|step| &step.kind)
    }

    fn is_private(&self, id: &str) -> bool {
        self.flow.steps.iter().any(|step| step.id == id && matches!(step.kind, Kind::Ask { private: true, .. }))
    }

    /// Takes in what happened.
    pub fn step(&mut self, happened: In) -> Vec<Out> {
        let mut out = Vec::new();
        let (mark, n_told) = (self.mark(&happened), self.told.len());
        match happened {
            In::Start if self.at.is_none() && self.lines.is_empty() => self.walk(Go::Step(0), &mut out),
            In::Typed(text) => self.typed(&text, &mut out),
            In::Picked(n) => self.picked(n, &mut out),
            In::Found(found) => self.found(found),
            In::Answered(n, status, body) if self.waiting == Some(n) => self.answered(status, &body, &mut out),
            In::Unanswered(n) if self.waiting == Some(n) => self.unanswered(&mut out),
            In::Back => self.back(&mut out),
            In::Person => out.push(Out::Person),
            In::Borne(n, found) if self.waiting == Some(n) => self.borne(found),
            In::Ended(n) if self.waiting == Some(n) => self.ended(),
            In::Hidden if mark.is_some() => self.answer(String::new(), HIDDEN.to_owned(), &mut out),
            _ => {} // A late answer of an earlier request, or a second start: changes nothing.
        }
        // A private answer that was not taken leaves nothing behind.
        self.trail.extend(mark.filter(|mark| mark != "h" || self.told.len() > n_told));
        out
    }

    /// Goes on until somebody is asked something.
    fn walk(&mut self, from: Go, out: &mut Vec<Out>) {
        let mut go = from;
        for _ in 0..MAX_HOPS {
            let at = match go {
                Go::Step(at) => at as usize,
                Go::End => break,
                Go::Person => {
                    out.push(Out::Person);
                    break;
                }
                Go::Article(id) => {
                    out.push(Out::Article(id));
                    break;
                }
                Go::Flow(id) => {
                    out.push(Out::Flow(id));
                    break;
                }
            };
            let Some(step) = self.flow.steps.get(at).cloned() else { break };
            self.at = Some(at);
            match step.kind {
                Kind::Say { text, claim, items } => {
                    // Never more than the shop said.
                    let claim = if claim == self.claim { claim } else { Claim::None };
                    let items = items.map_or_else(Vec::new, |items| self.values.items(&items, true));
                    self.say(&text, claim, items);
                    go = step.go;
                }
                Kind::When { branches } => {
                    let holds = branches.into_iter().find(|(tests, _)| self.values.hold(tests));
                    go = holds.map_or(step.go, |(_, go)| go);
                }
                Kind::Ask { text, .. } => {
                    self.asked_at = self.lines.len();
                    self.say(&text, Claim::None, Vec::new());
                    return;
                }
                Kind::Choose { text, options, each } => {
                    let mut shown: Vec<Shown> = options
                        .into_iter()
                        .filter(|choice| self.values.hold(&choice.when))
                        .map(|choice| (choice.value, self.values.fill(&choice.label), choice.go))
                        .collect();
                    if let Some(each) = each {
                        let own =
                            self.values.items(&each, false).into_iter().map(|(label, value)| (value, label, None));
                        shown.splice(0..0, own);
                    }
                    if shown.is_empty() {
                        // Nothing to choose from: as if the shop had not answered.
                        self.lines.push(Line::Note(Note::NoAnswer));
                        self.n_misses = PATIENCE;
                        break;
                    }
                    self.options = shown;
                    self.asked_at = self.lines.len();
                    self.say(&text, Claim::None, Vec::new());
                    return;
                }
                Kind::Call { send, .. } if !self.retracing && self.lost(&send).is_some() => {
                    go = self.lost(&send).map_or(Go::End, Go::Step);
                }
                Kind::Call { text, send, .. } => {
                    self.say(&text, Claim::None, Vec::new());
                    let known = send.iter().filter(|name| !self.shown(name).is_empty());
                    let shown: Vec<_> = known.map(|name| (name.clone(), self.shown(name))).collect();
                    if !shown.is_empty() {
                        self.lines.push(Line::Sent(shown));
                    }
                    // What the shop was asked cannot be taken back here.
                    self.past.clear();
                    self.attempt = 0;
                    self.call(out);
                    return;
                }
            }
        }
        self.at = None;
        self.options.clear();
        self.past.clear();
        self.lines.push(Line::Note(Note::Over));
    }

    fn say(&mut self, template: &str, claim: Claim, items: Vec<(String, String)>) {
        let text = self.values.fill(template);
        if !text.is_empty() || !items.is_empty() {
            self.lines.push(Line::Said { text, claim, items });
        }
    }

    fn call(&mut self, out: &mut Vec<Out>) {
        let Some(step) = self.at.and_then(|at| self.flow.steps.get(at)) else { return };
        let Kind::Call { url, send, timeout_s, .. } = &step.kind else { return };
        if self.attempt == 0 {
            self.n_calls += 1;
        }
        self.waiting = Some(self.n_calls);
        out.push(Out::Call(Request {
            n: self.n_calls,
            attempt: self.attempt,
            url: url.clone(),
            step: step.id.clone(),
            answers: send.iter().map(|name| (name.clone(), self.values.get(name).to_owned())).collect(),
            timeout_ms: timeout_s.saturating_mul(1000).clamp(1000, 30_000),
            pause_ms: if self.attempt == 0 { 0 } else { 500 << self.attempt.min(4) },
        }));
    }

    fn answered(&mut self, status: u16, body: &str, out: &mut Vec<Out>) {
        // Everything but a readable result is no answer; a server in trouble may be asked again.
        let json = Json::read(body).filter(|json| (200..300).contains(&status) && json.text("result").is_some());
        let Some(json) = json else {
            if trail::is_in_trouble(status) {
                return self.unanswered(out);
            }
            return self.fail(out);
        };
        let Some(step) = self.here() else { return };
        let Kind::Call { ways, .. } = &step.kind else { return };
        let result = json.text("result").unwrap_or_default().to_owned();
        let go = ways.iter().find(|(name, _)| *name == result && !name.is_empty()).map(|(_, go)| go.clone());
        let Some(go) = go else { return self.fail(out) };
        let id = step.id.clone();
        self.values.learn(&id, &json);
        self.claim = Claim::of_result(&result);
        self.waiting = None;
        self.n_misses = 0;
        self.walk(go, out);
    }

    fn unanswered(&mut self, out: &mut Vec<Out>) {
        let Some(Kind::Call { retries, .. }) = self.kind() else { return };
        if self.attempt < (*retries).min(3) {
            self.attempt += 1;
            return self.call(out);
        }
        self.fail(out);
    }

    /// Nobody knows what the shop did: that is said, and nothing is claimed.
    fn fail(&mut self, out: &mut Vec<Out>) {
        self.waiting = None;
        self.claim = Claim::None;
        let Some(Kind::Call { ways, .. }) = self.kind() else { return };
        let go = ways.iter().find(|(name, _)| name.is_empty()).map_or(Go::End, |(_, go)| go.clone());
        self.lines.push(Line::Note(Note::NoAnswer));
        self.walk(go, out);
    }

    fn typed(&mut self, text: &str, out: &mut Vec<Out>) {
        let text = text.trim();
        let text = text.get(..MAX_TEXT_BYTES).unwrap_or(text);
        if text.is_empty() || self.waiting.is_some() {
            return;
        }
        let wish = self.words.wish(text);
        match self.kind() {
            // A hidden answer is nothing but an answer: it is neither searched for nor shown.
            Some(Kind::Ask { private: true, input, pattern, .. }) if wish != Some(Wish::Person) => {
                match input::read(*input, pattern, text) {
                    Some(value) => self.answer(value, HIDDEN.to_owned(), out),
                    None => self.missed(Note::WrongForm),
                }
            }
            Some(Kind::Ask { .. }) if self.talks && wish.is_none() => self.ask_bot(text, out),
            Some(Kind::Ask { input, pattern, .. }) if wish.is_none() => {
                let read = input::read(*input, pattern, text);
                let is_text = *input == crate::flow::Input::Text;
                match read {
                    Some(value) if !(is_text && text.ends_with('?')) => {
                        let shown = value.clone();
                        self.answer(value, shown, out);
                    }
                    _ => self.ask_engine(text, out),
                }
            }
            Some(Kind::Choose { .. }) => {
                let labels = self.options.iter().map(|(_, label, _)| label.as_str());
                // Labels come first: an option may well be called "No".
                match words::option(text, labels) {
                    Some(n) => self.picked(n, out),
                    None => self.wished(wish, text, out),
                }
            }
            _ => self.wished(wish, text, out),
        }
    }

    fn wished(&mut self, wish: Option<Wish>, text: &str, out: &mut Vec<Out>) {
        match wish {
            Some(Wish::Person) => {
                self.lines.push(Line::Answered(text.to_owned()));
                out.push(Out::Person);
            }
            Some(Wish::Back) if self.can_go_back() => self.back(out),
            Some(Wish::No | Wish::Back) => {
                self.lines.push(Line::Answered(text.to_owned()));
                self.missed(Note::NotUnderstood);
            }
            None => self.ask_engine(text, out),
        }
    }

    fn ask_engine(&mut self, text: &str, out: &mut Vec<Out>) {
        let text = mask_cards(text).into_owned();
        self.lines.push(Line::Answered(text.clone()));
        self.asked.clone_from(&text);
        out.push(Out::Search(text));
    }

    fn found(&mut self, found: Option<Found>) {
        let asked = core::mem::take(&mut self.asked);
        if asked.is_empty() {
            return;
        }
        match found {
            Some(found) => {
                self.lines.push(Line::Found(found));
                self.repeat();
            }
            None if matches!(self.kind(), Some(Kind::Ask { .. })) => {
                self.mistyped = asked;
                self.missed(Note::WrongForm);
            }
            None => self.missed(Note::NotUnderstood),
        }
    }

    /// The question that was interrupted, once more.
    fn repeat(&mut self) {
        let text = match self.kind() {
            Some(Kind::Ask { text, .. } | Kind::Choose { text, .. }) => text.clone(),
            _ => return,
        };
        self.say(&text, Claim::None, Vec::new());
    }

    fn missed(&mut self, note: Note) {
        self.n_misses = self.n_misses.saturating_add(1);
        self.lines.push(Line::Note(if self.offers_person() { Note::OfferPerson } else { note }));
    }

    fn answer(&mut self, value: String, shown: String, out: &mut Vec<Out>) {
        let Some(at) = self.at else { return };
        let Some(step) = self.flow.steps.get(at) else { return };
        let (id, go) = (step.id.clone(), step.go.clone());
        self.go_on(at, &id, value, shown, go, out);
    }

    fn picked(&mut self, n: usize, out: &mut Vec<Out>) {
        if self.waiting.is_some() || !matches!(self.kind(), Some(Kind::Choose { .. })) {
            return;
        }
        let (Some(at), Some((value, label, way))) = (self.at, self.options.get(n).cloned()) else { return };
        let Some(step) = self.flow.steps.get(at) else { return };
        let (id, go) = (step.id.clone(), way.unwrap_or_else(|| step.go.clone()));
        self.go_on(at, &id, value, label, go, out);
    }

    fn go_on(&mut self, at: usize, id: &str, value: String, shown: String, go: Go, out: &mut Vec<Out>) {
        self.past.push((at, self.asked_at, self.values.answers().len()));
        self.n_misses = 0;
        self.mistyped.clear();
        let question = match self.lines.get(self.asked_at) {
            Some(Line::Said { text, .. }) => text.clone(),
            _ => String::new(),
        };
        let private = self.is_private(id);
        let answer = mask_cards(&shown).into_owned();
        self.told.push(Told { step: id.to_owned(), question, answer: answer.clone(), private });
        self.lines.push(Line::Answered(answer));
        self.values.answer(id, value);
        self.walk(go, out);
    }

    /// To the question before, as it was.
    fn back(&mut self, out: &mut Vec<Out>) {
        if !self.can_go_back() {
            return;
        }
        if let Some((at, n_lines, n_answers)) = self.past.pop() {
            // The question itself is put again by walking to it.
            self.lines.truncate(n_lines);
            self.values.forget(n_answers);
            self.told.truncate(n_answers);
            self.mistyped.clear();
            self.walk(Go::Step(at as u32), out);
        }
    }
}

#[cfg(test)]
mod tests;
