//! The way that was gone in a flow, kept on the device so that a page loaded anew goes on with it: what
//! happened, in order, which the flow then goes again. Nothing is asked twice, and nothing is sent twice
//! but a request without an answer, under the same id. A private answer is kept nowhere: only that it was
//! given, and it is asked for again where a request would need it.
//!
//! | mark | what happened |
//! | --- | --- |
//! | `t` and the text | the shopper wrote |
//! | `p` and its place | the shopper chose an option |
//! | `h` | the shopper gave a private answer |
//! | `a`, the status, a blank and the body | the shop answered |
//! | `u` | the shop did not answer |
//! | `b` | the shopper went back |

use super::{Found, In, Out, Walk};
use crate::chat::masking::mask_cards;
use crate::flow::Kind;

/// Longest trail that is kept, in bytes; from there on a page loaded anew begins anew.
const MAX_BYTES: usize = 32_000;

/// How long a flow is kept, in milliseconds: for those who come back from their letters with a code, not
/// for whoever sits at the same screen tomorrow.
const KEPT_MS: u64 = 2 * 60 * 60 * 1000;

/// What is kept of flows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The flow under way; empty when none is.
    pub id: String,
    /// Of which release of the content it is.
    pub hash: u64,
    /// When it was kept, in milliseconds since 1970.
    pub at_ms: u64,
    /// Id of the last request to the shop.
    pub request: String,
    /// How many messages stood before it.
    pub since: u32,
    /// The way so far.
    pub trail: Vec<String>,
    /// What was known of the page where it began.
    pub facts: Pairs,
    /// What was told in flows before it and not passed on yet.
    pub told: Pairs,
}

/// Facts and their values, or questions and their answers.
pub type Pairs = Vec<(String, String)>;

/// Stands between what is kept; none of it may hold these.
const BETWEEN_LISTS: char = '\u{1d}';
const BETWEEN: char = '\u{1e}';

impl Kept {
    /// As text to keep; empty when there is nothing to keep, or too much.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = String::new();
        if self.id.is_empty() && self.told.is_empty() {
            return out;
        }
        let numbers = [self.hash, self.at_ms, u64::from(self.since)];
        for text in [&self.id, &self.request].into_iter().chain(&numbers.map(|n| n.to_string())) {
            push(&mut out, text);
        }
        out.push(BETWEEN_LISTS);
        self.trail.iter().for_each(|mark| push(&mut out, mark));
        for pairs in [&self.facts, &self.told] {
            out.push(BETWEEN_LISTS);
            for (one, other) in pairs {
                push(&mut out, one);
                push(&mut out, other);
            }
        }
        if out.len() > MAX_BYTES { String::new() } else { out }
    }

    /// Reads it; `None` when it is none, or too old.
    #[must_use]
    pub fn read(text: &str, now_ms: u64) -> Option<Self> {
        let mut lists = text.split(BETWEEN_LISTS);
        let mut list = || -> Option<Vec<String>> {
            let mut list: Vec<String> = lists.next()?.split(BETWEEN).map(str::to_owned).collect();
            // Each piece is followed by a mark, the last one too.
            list.pop();
            Some(list)
        };
        let head: [String; 5] = list()?.try_into().ok()?;
        let (trail, facts, told) = (list()?, pairs(&list()?), pairs(&list()?));
        let [id, request, hash, at_ms, since] = head;
        let (hash, at_ms, since) = (hash.parse().ok()?, at_ms.parse().ok()?, since.parse().ok()?);
        (now_ms.saturating_sub(at_ms) < KEPT_MS).then_some(Self { id, hash, at_ms, request, since, trail, facts, told })
    }
}

fn push(out: &mut String, text: &str) {
    out.extend(text.chars().filter(|c| !matches!(*c, BETWEEN_LISTS | BETWEEN)));
    out.push(BETWEEN);
}

fn pairs(list: &[String]) -> Pairs {
    list.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

/// Whether a mark says that the shop replied for good; one in trouble is asked again.
fn is_reply(mark: &str) -> bool {
    let status = mark.strip_prefix('a').and_then(|rest| rest.split_once(' ')?.0.parse().ok());
    status.is_some_and(|status| !is_in_trouble(status))
}

/// Whether a server of this status may be asked again.
pub(super) fn is_in_trouble(status: u16) -> bool {
    status >= 500 || status == 429
}

impl Walk {
    /// The way so far, to be kept.
    #[must_use]
    pub fn trail(&self) -> &[String] {
        &self.trail
    }

    /// Goes a kept way again, from the start; `find` looks for answers as the engine does. With what is
    /// still to be asked of the shop.
    #[inline(never)]
    pub fn again(&mut self, mut trail: &[String], find: &dyn Fn(&str) -> Option<Found>) -> Vec<Out> {
        // A private answer that the shop has not replied to is of use once more, and kept nowhere.
        if let Some(at) = trail.iter().rposition(|mark| mark == "h")
            && !trail.iter().skip(at).any(|mark| is_reply(mark))
        {
            trail = trail.get(..at).unwrap_or_default();
        }
        self.retracing = true;
        let mut wanted = self.step(In::Start);
        for mark in trail {
            let Some(happened) = self.read_mark(mark) else { break };
            let mut more = self.step(happened);
            if let Some(Out::Search(text)) = more.first() {
                let found = find(text);
                more = self.step(In::Found(found));
            }
            // What changes nothing while the shop is waited for takes nothing back.
            if self.waiting.is_none() || !more.is_empty() {
                wanted = more;
            }
        }
        self.retracing = false;
        // Where it led is where the shopper has been already.
        wanted.retain(|one| matches!(one, Out::Call(_)));
        wanted
    }

    /// The step that asks for one of these private answers, when it was given before the page was loaded
    /// anew and is no longer known.
    pub(super) fn lost(&self, names: &[String]) -> Option<u32> {
        let lost = |id: &String| {
            self.is_private(id) && self.values.get(id).is_empty() && self.told.iter().any(|one| one.step == *id)
        };
        let id = names.iter().find(|id| lost(id))?;
        self.flow.steps.iter().zip(0..).find(|(step, _)| step.id == *id).map(|(_, at)| at)
    }

    /// Notes what happened, unless it changes nothing or says what is to be kept nowhere.
    pub(super) fn mark(&self, happened: &In) -> Option<String> {
        let private = matches!(self.kind(), Some(Kind::Ask { private: true, .. }));
        Some(match happened {
            In::Typed(_) | In::Hidden if private => "h".to_owned(),
            In::Typed(text) => ["t", &mask_cards(text)].concat(),
            In::Picked(n) => ["p", &n.to_string()].concat(),
            In::Answered(n, status, body) if self.waiting == Some(*n) => ["a", &status.to_string(), " ", body].concat(),
            In::Unanswered(n) if self.waiting == Some(*n) => "u".to_owned(),
            In::Back => "b".to_owned(),
            _ => return None,
        })
    }

    fn read_mark(&self, mark: &str) -> Option<In> {
        let (kind, rest) = mark.split_at_checked(1)?;
        Some(match kind {
            "t" => In::Typed(rest.to_owned()),
            "p" => In::Picked(rest.parse().ok()?),
            "h" => In::Hidden,
            "a" => {
                let (status, body) = rest.split_once(' ')?;
                In::Answered(self.waiting?, status.parse().ok()?, body.to_owned())
            }
            "u" => In::Unanswered(self.waiting?),
            "b" => In::Back,
            _ => return None,
        })
    }
}
