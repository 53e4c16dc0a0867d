//! A talk with the merchant's AI bot, as a flow that never ends: whatever is written is a question, and what
//! comes back was held against the shop's own help before it got here.

use super::words::Words;
use super::{Found, Line, Note, Out, PATIENCE, Walk};
use crate::chat::masking::mask_cards;
use crate::chat::protocol::{Participant, Turn};
use crate::flow::{Flow, Go, Input, Kind, Step};

impl Walk {
    /// A talk; `hello` says that a program answers.
    #[must_use]
    pub fn talk(hello: String, words: Words) -> Self {
        let (input, private) = (Input::Text, false);
        let (hint, pattern, fact) = (String::new(), String::new(), String::new());
        let kind = Kind::Ask { text: hello, hint, input, pattern, fact, private };
        let steps = vec![Step { id: String::new(), kind, go: Go::End }];
        Self { talks: true, ..Self::new(Flow { steps, ..Flow::default() }, words, Vec::new()) }
    }

    /// Whether it is one.
    #[must_use]
    pub fn talks(&self) -> bool {
        self.talks
    }

    /// What was asked and answered, for the person who takes over.
    #[must_use]
    pub fn turns(&self) -> Vec<Turn> {
        let turn = |line: &Line| match line {
            Line::Answered(text) => Some(Turn { from: Participant::Shopper, text: text.clone() }),
            Line::Found(found) => Some(Turn { from: Participant::Bot, text: found.gist.clone() }),
            _ => None,
        };
        self.lines.iter().filter(|_| self.talks).filter_map(turn).collect()
    }

    pub(super) fn ask_bot(&mut self, text: &str, out: &mut Vec<Out>) {
        let text = mask_cards(text).into_owned();
        self.lines.push(Line::Answered(text.clone()));
        self.n_calls += 1;
        self.waiting = Some(self.n_calls);
        out.push(Out::Bot(self.n_calls, text));
    }

    /// As much of the answer as is borne out by now; nothing, when it begins anew.
    pub(super) fn borne(&mut self, found: Found) {
        if matches!(self.lines.last(), Some(Line::Found(_))) {
            self.lines.pop();
        }
        if !found.gist.is_empty() {
            self.lines.push(Line::Found(found));
        }
    }

    /// No more of the answer comes; without any of it a person is offered at once.
    pub(super) fn ended(&mut self) {
        self.waiting = None;
        self.n_misses = if matches!(self.lines.last(), Some(Line::Found(_))) { 0 } else { PATIENCE };
        if self.n_misses > 0 {
            self.lines.push(Line::Note(Note::OfferPerson));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{In, Prompt};
    use super::*;

    fn begun() -> Walk {
        let mut walk = Walk::talk("I am a program".to_owned(), Words::new("agent", "no", "back"));
        walk.step(In::Start);
        walk
    }

    fn found(gist: &str) -> Found {
        Found { gist: gist.to_owned(), articles: vec![(3, "Returns".to_owned())], flows: Vec::new() }
    }

    fn typed(text: &str) -> In {
        In::Typed(text.to_owned())
    }

    #[test]
    fn whatever_is_written_is_asked_and_what_is_borne_out_grows_in_one_place() {
        let mut walk = begun();
        assert_eq!(walk.step(typed("TT-204711")), [Out::Bot(1, "TT-204711".to_owned())]);
        assert_eq!(walk.prompt(), Prompt::Wait);
        assert_eq!(walk.step(typed("and now?")), [], "one question at a time");
        walk.step(In::Borne(1, found("Within 60 days [1].")));
        walk.step(In::Borne(1, found("Within 60 days [1]. Free [1].")));
        walk.step(In::Borne(9, found("late")));
        walk.step(In::Ended(1));
        assert_eq!(walk.prompt(), Prompt::Choose(Vec::new()));
        let turns: Vec<_> = walk.turns().into_iter().map(|turn| (turn.from, turn.text)).collect();
        let expected = [(Participant::Shopper, "TT-204711"), (Participant::Bot, "Within 60 days [1]. Free [1].")];
        assert_eq!(turns, expected.map(|(from, text)| (from, text.to_owned())));
        assert!(!walk.offers_person() && walk.told().is_empty());
    }

    #[test]
    fn without_an_answer_a_person_is_offered_at_once_and_asked_for_at_any_time() {
        let mut walk = begun();
        walk.step(typed("does it fly?"));
        walk.step(In::Borne(1, found("It")));
        // It broke off, and was begun anew in vain.
        walk.step(In::Borne(1, Found::default()));
        walk.step(In::Ended(1));
        assert_eq!(walk.lines().last(), Some(&Line::Note(Note::OfferPerson)));
        assert!(walk.offers_person());
        assert_eq!(walk.step(typed("can I talk to an agent")), [Out::Person]);
        walk.step(typed("no"));
        assert_eq!(walk.turns().iter().filter(|turn| turn.from == Participant::Bot).count(), 0);
    }

    #[test]
    fn card_numbers_are_masked_before_the_bot_is_asked() {
        let out = begun().step(typed("charge 4111 1111 1111 1111?"));
        assert_eq!(out, [Out::Bot(1, "charge •••• •••• •••• 1111?".to_owned())]);
    }
}
