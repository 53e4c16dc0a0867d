//! What can be asked of a flow under way: what was said, what can be done now, what others are told.

use super::{Line, PATIENCE, Prompt, Walk};
use crate::flow::{Claim, Flow, Go, Kind};

impl Walk {
    /// The flow.
    #[must_use]
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// What was known of the page where it began.
    #[must_use]
    pub fn facts(&self) -> &[(String, String)] {
        self.values.facts()
    }

    /// What was said so far.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Whether a person has been offered.
    #[must_use]
    pub fn offers_person(&self) -> bool {
        self.n_misses >= PATIENCE
    }

    /// Whether one of the options shown is a person already.
    #[must_use]
    pub fn can_choose_person(&self) -> bool {
        self.waiting.is_none() && self.options.iter().any(|(_, _, way)| *way == Some(Go::Person))
    }

    /// Whether there is an answer to correct.
    #[must_use]
    pub fn can_go_back(&self) -> bool {
        !self.past.is_empty() && self.waiting.is_none()
    }

    /// What the shop's last result amounts to.
    #[must_use]
    pub fn claim(&self) -> Claim {
        self.claim
    }

    /// What was typed last and is to be mended; empty when there is nothing.
    #[must_use]
    pub fn mistyped(&self) -> &str {
        &self.mistyped
    }

    /// The question that waits for an answer, as it was put; empty when none does.
    #[must_use]
    pub fn question(&self) -> &str {
        match self.lines.get(self.asked_at) {
            Some(Line::Said { text, .. }) if self.at.is_some() => text,
            _ => "",
        }
    }

    /// Questions and what was answered, for the person that the flow is passed on to, and last what the
    /// shop said to it; private answers are left out.
    #[must_use]
    pub fn told(&self) -> Vec<(String, String)> {
        let known = self.told.iter().filter(|one| !one.private);
        let mut out: Vec<_> = known.map(|one| (one.question.clone(), one.answer.clone())).collect();
        let answered = self.lines.iter().rposition(|line| matches!(line, Line::Sent(_)));
        let said = self.lines.iter().skip(answered.map_or(usize::MAX, |at| at + 1)).find_map(|line| match line {
            Line::Said { text, .. } if !text.is_empty() => Some(text.clone()),
            _ => None,
        });
        out.extend(said.map(|said| (self.flow.title.clone(), said)));
        out
    }

    /// What goes to the shop with the next answer, besides that answer: what is known of it by now.
    #[must_use]
    pub fn about_to_send(&self) -> Vec<String> {
        let Some(step) = self.here() else { return Vec::new() };
        let mut ways = vec![&step.go];
        if let Kind::Choose { options, .. } = &step.kind {
            ways = options.iter().map(|one| one.go.as_ref().unwrap_or(&step.go)).chain(ways).collect();
        } else if !matches!(step.kind, Kind::Ask { .. }) {
            return Vec::new();
        }
        let sent = ways.into_iter().find_map(|way| match way {
            Go::Step(at) => match &self.flow.steps.get(*at as usize)?.kind {
                Kind::Call { send, .. } => Some(send),
                _ => None,
            },
            _ => None,
        });
        let known = sent.into_iter().flatten().filter(|name| **name != step.id && !self.is_private(name));
        known.map(|name| self.shown(name)).filter(|value| !value.is_empty()).collect()
    }

    /// A value as the shopper knows it: what was chosen by its label, what is private not at all.
    pub(super) fn shown(&self, name: &str) -> String {
        let told = self.told.iter().rev().find(|one| one.step == name);
        told.map_or_else(|| self.values.get(name).to_owned(), |one| one.answer.clone())
    }

    /// What the shopper can do now.
    #[must_use]
    pub fn prompt(&self) -> Prompt {
        if self.waiting.is_some() {
            return Prompt::Wait;
        }
        match self.kind() {
            // Nothing in particular.
            Some(Kind::Ask { .. }) if self.talks => Prompt::Choose(Vec::new()),
            Some(Kind::Ask { hint, input, fact, private, .. }) => Prompt::Write {
                step: self.here().map(|step| step.id.clone()).unwrap_or_default(),
                hint: hint.clone(),
                input: *input,
                known: self.values.get(fact).to_owned(),
                private: *private,
            },
            Some(Kind::Choose { .. }) => {
                Prompt::Choose(self.options.iter().map(|(_, label, _)| label.clone()).collect())
            }
            _ => Prompt::Over,
        }
    }
}
