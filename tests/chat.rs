//! The conversation in a bad world: an inbox that dies, a network that loses, delays and repeats, a
//! page that is left and come back to. Nothing may be lost, doubled or put out of order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use helpnook::chat::core::Core;
use helpnook::chat::io::{Call, In, Known, News, Out, Outcome, Timer};
use helpnook::chat::message::{Delivery, Reason, Waiting};
use helpnook::chat::protocol::{Availability, Event, Events, Frame, Opened, Participant, Refusal, Stored, What};
use proptest::prelude::*;

fn fresh(n: u32) -> Known {
    Known { id: format!("{n:032x}"), token: format!("{n:064x}"), opening: Some("{}".to_owned()), seen: 0 }
}

fn write(core: &mut Core, id: &str, text: &str) -> Vec<Out> {
    let mut out = core.step(In::Write { id: id.to_owned(), text: text.to_owned(), at_ms: 1, fresh: fresh(1) }, 0);
    out.extend(core.step(In::Kept(id.to_owned()), 0));
    out
}

fn opened() -> Outcome {
    Outcome::Opened(Opened {
        cursor: 0,
        availability: Availability { online: true, reply_in_s: None, opens_at_ms: None },
    })
}

fn stored(cursor: u64) -> Outcome {
    Outcome::Stored(Stored { cursor, at_ms: 5 })
}

fn agent_says(cursor: u64, text: &str) -> Event {
    let what = What::said(&format!("a{cursor}"), Participant::Agent, "Ada", text);
    Event { cursor, at_ms: cursor, what }
}

fn calls(out: &[Out]) -> Vec<Call> {
    out.iter().filter_map(|one| if let Out::Call(call, ..) = one { Some(call.clone()) } else { None }).collect()
}

fn deliveries(core: &Core) -> Vec<(String, Delivery)> {
    core.messages().iter().map(|message| (message.text.clone(), message.delivery)).collect()
}

#[test]
fn a_message_is_kept_before_it_leaves_and_released_when_stored() {
    let mut core = Core::default();
    let out = core.step(In::Write { id: "m1".into(), text: "hello".into(), at_ms: 1, fresh: fresh(1) }, 0);
    let kept = Waiting { id: "m1".into(), seq: 1, text: "hello".into(), at_ms: 1, flow: Vec::new() };
    assert_eq!(out, [Out::Save(fresh(1)), Out::Tell(News::Began), Out::Keep(kept)]);
    assert_eq!(calls(&core.step(In::Kept("m1".into()), 0)), [Call::Open]);
    let out = core.step(In::Done(Call::Open, opened()), 0);
    assert_eq!(calls(&out), [Call::Put("m1".into())]);
    assert!(out.contains(&Out::Dial(1, 0)), "{out:?}");
    assert_eq!(deliveries(&core), [("hello".into(), Delivery::Sending)]);
    let out = core.step(In::Done(Call::Put("m1".into()), stored(1)), 0);
    assert_eq!(out, [Out::Release("m1".into()), Out::Tell(News::Sent)]);
    let seen = Event { cursor: 2, at_ms: 9, what: What::AgentSeen { upto: 1 } };
    core.step(In::SocketUp(1), 0);
    let own = What::said("m1", Participant::Shopper, "", "hello");
    core.step(In::Heard(1, Frame::Event { event: Event { cursor: 1, at_ms: 5, what: own } }), 0);
    core.step(In::Heard(1, Frame::Event { event: seen }), 0);
    assert_eq!(deliveries(&core), [("hello".into(), Delivery::Seen)]);
}

#[test]
fn refusals_are_shown_and_only_what_may_pass_is_tried_again() {
    let rate = Refusal { error: "rate-limited".into(), detail: String::new(), retry_after_s: Some(7) };
    for (outcome, expected, waits) in [
        (Outcome::Unreachable, Delivery::Queued, true),
        (Outcome::Refused(408, None), Delivery::Queued, true),
        (Outcome::Refused(425, None), Delivery::Queued, true),
        (Outcome::Refused(429, Some(rate)), Delivery::Queued, true),
        (Outcome::Refused(500, None), Delivery::Queued, true),
        (Outcome::Refused(503, None), Delivery::Queued, true),
        (Outcome::Refused(400, None), Delivery::Failed(Reason::Refused), false),
        (Outcome::Refused(401, None), Delivery::Failed(Reason::Gone), false),
        (Outcome::Refused(404, None), Delivery::Failed(Reason::Gone), false),
        (Outcome::Refused(413, None), Delivery::Failed(Reason::TooLong), false),
    ] {
        let mut core = Core::default();
        write(&mut core, "m1", "hello");
        core.step(In::Done(Call::Open, opened()), 0);
        let limited = matches!(outcome, Outcome::Refused(429, _));
        let out = core.step(In::Done(Call::Put("m1".into()), outcome.clone()), 0);
        assert_eq!(deliveries(&core), [("hello".into(), expected)], "{outcome:?}");
        assert_eq!(out.iter().any(|one| matches!(one, Out::Start(Timer::Send, _))), waits, "{outcome:?}");
        assert_eq!(core.limited(), limited);
        if limited {
            assert!(out.contains(&Out::Start(Timer::Send, 7_000)), "{out:?}");
        }
        assert!(!out.iter().any(|one| matches!(one, Out::Release(_))), "{outcome:?}: the outbox must keep it");
        if waits {
            assert_eq!(calls(&core.step(In::Fired(Timer::Send), 0)), [Call::Put("m1".into())]);
        }
    }
}

#[test]
fn a_gone_conversation_begins_anew_with_what_was_not_sent() {
    let mut core = Core::default();
    write(&mut core, "m1", "one");
    core.step(In::Done(Call::Open, opened()), 0);
    core.step(In::Done(Call::Put("m1".into()), stored(1)), 0);
    write(&mut core, "m2", "two");
    core.step(In::Done(Call::Put("m2".into()), Outcome::Refused(404, None)), 0);
    let out = core.step(In::Retry { id: "m2".into(), fresh: fresh(2) }, 0);
    assert!(out.contains(&Out::Save(fresh(2))) && out.contains(&Out::Hang), "{out:?}");
    assert_eq!(calls(&out), [Call::Open]);
    assert_eq!(deliveries(&core), [("two".into(), Delivery::Queued)]);
}

/// A conversation that the inbox has, with one message in it and one still to be sent.
fn talking() -> Core {
    let mut core = Core::default();
    write(&mut core, "m1", "hello");
    core.step(In::Done(Call::Open, opened()), 0);
    core.step(In::Done(Call::Put("m1".into()), stored(1)), 0);
    write(&mut core, "m2", "still here?");
    core
}

#[test]
fn a_rating_stands_unless_the_inbox_refuses_it() {
    let mut core = talking();
    let out = core.step(In::Rate(4, "quick".into()), 0);
    assert_eq!((out, core.rated()), (vec![Out::Call(Call::Rate(4), 0, "quick".into())], 4));
    core.step(In::Done(Call::Rate(4), Outcome::Nothing), 0);
    assert_eq!(core.rated(), 4);
    let out = core.step(In::Done(Call::Rate(4), Outcome::Unreachable), 0);
    assert_eq!((out, core.rated()), (vec![Out::Tell(News::Failed(Reason::Refused))], 0));
    let event = Event { cursor: 2, at_ms: 9, what: What::Rated { stars: 5, comment: String::new() } };
    core.step(In::Done(Call::Events(1, 0), Outcome::Events(Events { events: vec![own(1), event], cursor: 2 })), 0);
    assert_eq!(core.rated(), 5, "as another tab said it");
    assert!(Core::default().step(In::Rate(4, String::new()), 0).is_empty(), "nothing to rate");
}

fn own(cursor: u64) -> Event {
    Event { cursor, at_ms: 5, what: What::said("m1", Participant::Shopper, "", "hello") }
}

#[test]
fn leaving_forgets_all_and_the_next_message_begins_another() {
    let mut core = talking();
    let out = core.step(In::Afresh, 0);
    assert_eq!(out, [Out::Release("m2".into()), Out::Hang, Out::Forget]);
    assert!(core.known().is_none() && core.messages().is_empty());
    // What the old one still answers means nothing any more.
    assert!(core.step(In::Done(Call::Put("m2".into()), stored(2)), 0).is_empty());
    assert!(core.step(In::Heard(1, Frame::Event { event: agent_says(1, "late") }), 0).is_empty());
    let out = core.step(In::Write { id: "m3".into(), text: "new".into(), at_ms: 1, fresh: fresh(2) }, 0);
    assert!(out.contains(&Out::Save(fresh(2))), "{out:?}");
}

#[test]
fn deleted_is_said_only_when_the_inbox_has_done_it() {
    for (outcome, gone) in [
        (Outcome::Nothing, true),
        (Outcome::Refused(404, None), true),
        (Outcome::Unreachable, false),
        (Outcome::Refused(503, None), false),
    ] {
        let mut core = talking();
        assert_eq!(calls(&core.step(In::Delete, 0)), [Call::Delete]);
        assert!(core.known().is_some(), "not before");
        let out = core.step(In::Done(Call::Delete, outcome), 0);
        assert_eq!(out.contains(&Out::Tell(News::Deleted)), gone, "{out:?}");
        assert_eq!(core.known().is_none(), gone);
        assert_eq!(out.contains(&Out::Tell(News::Failed(Reason::Refused))), !gone, "{out:?}");
    }
    let mut unsent = Core::default();
    write(&mut unsent, "m1", "hello");
    assert!(unsent.step(In::Delete, 0).contains(&Out::Forget), "the inbox knows nothing of it");
}

#[test]
fn a_gap_is_fetched_and_what_was_seen_is_dropped() {
    let mut core = Core::default();
    core.step(In::Restored { known: Some(Known { opening: None, ..fresh(1) }), waiting: vec![] }, 0);
    core.step(In::SocketUp(1), 0);
    core.step(In::Heard(1, Frame::Event { event: agent_says(1, "one") }), 0);
    let out = core.step(In::Heard(1, Frame::Event { event: agent_says(3, "three") }), 0);
    assert_eq!(calls(&out), [Call::Events(1, 0)]);
    let events = Events { events: vec![agent_says(1, "one"), agent_says(2, "two"), agent_says(3, "three")], cursor: 3 };
    core.step(In::Done(Call::Events(1, 0), Outcome::Events(events)), 0);
    assert_eq!(
        core.messages().iter().map(|message| message.text.as_str()).collect::<Vec<_>>(),
        ["one", "two", "three"]
    );
    assert_eq!(core.n_unread(), 3);
    let out = core.step(In::Looking(true), 0);
    assert_eq!(calls(&out), [Call::Seen(3)]);
    assert_eq!(core.n_unread(), 0);
}

#[test]
fn an_inbox_set_back_gets_what_it_lost() {
    let mut core = Core::default();
    write(&mut core, "m1", "one");
    core.step(In::Done(Call::Open, opened()), 0);
    core.step(In::Done(Call::Put("m1".into()), stored(1)), 0);
    core.step(In::SocketUp(1), 0);
    core.step(In::Heard(1, Frame::Event { event: agent_says(1, "hello") }), 0);
    core.step(In::Heard(1, Frame::Event { event: agent_says(2, "there") }), 0);
    let out = core.step(In::Wake, 0);
    assert_eq!(calls(&out), [Call::Events(2, 0)]);
    let out = core.step(In::Done(Call::Events(2, 0), Outcome::Events(Events { events: vec![], cursor: 0 })), 0);
    assert_eq!(calls(&out), [Call::Put("m1".into())]);
    assert_eq!(deliveries(&core), [("one".into(), Delivery::Sending)]);
}

#[test]
fn a_silent_socket_is_left_and_after_two_failures_the_stream_is_polled() {
    let mut core = Core::default();
    let out = core.step(In::Restored { known: Some(Known { opening: None, ..fresh(1) }), waiting: vec![] }, 0);
    assert_eq!(out, [Out::Dial(1, 0)]);
    core.step(In::SocketUp(1), 0);
    let out = core.step(In::Fired(Timer::Silence), 0);
    assert_eq!(out, [Out::Hang, Out::Start(Timer::Listen, 150)]);
    assert_eq!(core.step(In::Fired(Timer::Listen), 0), [Out::Dial(2, 0)]);
    core.step(In::SocketDown(1), 0); // The old one's farewell changes nothing.
    core.step(In::SocketDown(2), 0);
    let out = core.step(In::Fired(Timer::Listen), 0);
    assert_eq!(calls(&out), [Call::Events(0, 25)]);
    // A return to the page tries the socket again at the next chance, and at once when nothing listens.
    core.step(In::Done(Call::Events(0, 25), Outcome::Unreachable), 0);
    assert_eq!(core.step(In::Wake, 0), [Out::Dial(3, 0)]);
}

/// The inbox of the tests: stores by id, numbers events.
#[derive(Default)]
struct Inbox {
    open: BTreeSet<String>,
    events: Vec<Event>,
}

impl Inbox {
    fn answer(&mut self, conversation: &str, call: &Call, text: &str) -> Outcome {
        match call {
            Call::Open => {
                self.open.insert(conversation.to_owned());
                Outcome::Opened(Opened {
                    cursor: self.events.len() as u64,
                    availability: Availability { online: true, reply_in_s: None, opens_at_ms: None },
                })
            }
            _ if !self.open.contains(conversation) => Outcome::Refused(404, None),
            Call::Put(id) => {
                let known = self
                    .events
                    .iter()
                    .find(|event| matches!(&event.what, What::Message { id: other, .. } if other == id));
                let cursor = known
                    .map(|event| event.cursor)
                    .unwrap_or_else(|| self.push(What::said(id, Participant::Shopper, "", text)));
                stored(cursor)
            }
            Call::Tell(_) => panic!("nothing is told here"),
            Call::Events(after, _) => Outcome::Events(Events {
                // Pages of three, to try the catching up.
                events: self.events.iter().filter(|event| event.cursor > *after).take(3).cloned().collect(),
                cursor: self.events.len() as u64,
            }),
            Call::Seen(_) | Call::Rate(_) | Call::Reachable | Call::Writing | Call::Delete => Outcome::Nothing,
            Call::Availability => {
                Outcome::Availability(Availability { online: false, reply_in_s: None, opens_at_ms: None })
            }
        }
    }

    fn push(&mut self, what: What) -> u64 {
        let cursor = self.events.len() as u64 + 1;
        self.events.push(Event { cursor, at_ms: cursor, what });
        cursor
    }
}

/// A browser with storage, a network and an inbox.
struct World {
    core: Core,
    inbox: Inbox,
    known: Option<Known>,
    outbox: BTreeMap<String, Waiting>,
    /// Requests under way: what was asked, in which conversation, with which text; and answers under way.
    requests: Vec<(String, Call, String)>,
    answers: Vec<In>,
    keeps: Vec<String>,
    timers: BTreeMap<Timer, u32>,
    /// The socket, and the events it has still to bring.
    socket: Option<(u32, u64, bool)>,
    written: Vec<String>,
    die: u32,
}

impl World {
    fn new() -> Self {
        let (core, inbox) = (Core::default(), Inbox::default());
        Self {
            core,
            inbox,
            known: None,
            outbox: BTreeMap::new(),
            requests: vec![],
            answers: vec![],
            keeps: vec![],
            timers: BTreeMap::new(),
            socket: None,
            written: vec![],
            die: 7,
        }
    }

    fn step(&mut self, happened: In) {
        self.die = self.die.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        for out in self.core.step(happened, self.die) {
            match out {
                Out::Keep(waiting) => {
                    self.keeps.push(waiting.id.clone());
                    self.outbox.insert(waiting.id.clone(), waiting);
                }
                Out::Release(id) => drop(self.outbox.remove(&id)),
                Out::Save(known) => self.known = Some(known),
                Out::Call(call, _, text) => {
                    let id = self.known.as_ref().map_or_else(String::new, |known| known.id.clone());
                    self.requests.push((id, call, text));
                }
                Out::Dial(n, after) => self.socket = Some((n, after, false)),
                Out::Hang => self.socket = None,
                Out::Forget => self.known = None,
                Out::Start(timer, ms) => drop(self.timers.insert(timer, ms)),
                Out::Tell(_) => {}
            }
        }
        self.check();
    }

    /// What must hold at every moment.
    fn check(&self) {
        let ids: BTreeSet<&str> = self.core.messages().iter().map(|message| message.id.as_str()).collect();
        assert_eq!(ids.len(), self.core.messages().len(), "a message is shown twice");
        let cursors: Vec<u64> = self.core.messages().iter().filter_map(|message| message.cursor).collect();
        assert!(cursors.windows(2).all(|pair| pair[0] < pair[1]), "out of order: {cursors:?}");
        let shown: Vec<&str> = self
            .core
            .messages()
            .iter()
            .filter(|message| message.cursor.is_none())
            .map(|message| message.text.as_str())
            .collect();
        let order: Vec<usize> =
            shown.iter().filter_map(|text| self.written.iter().position(|other| other == text)).collect();
        assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "waiting messages out of order: {shown:?}");
    }

    fn act(&mut self, action: u8, choice: usize) {
        match action {
            0 | 1 => {
                let n = self.written.len() as u32 + 1;
                self.written.push(format!("text {n}"));
                self.step(In::Write {
                    id: format!("m{n}"),
                    text: format!("text {n}"),
                    at_ms: u64::from(n),
                    fresh: fresh(n),
                });
            }
            2 if !self.keeps.is_empty() => {
                let id = self.keeps.remove(choice % self.keeps.len());
                self.step(In::Kept(id));
            }
            // A request reaches the inbox; its answer sets out.
            3 | 4 if !self.requests.is_empty() => {
                let (conversation, call, text) = self.requests.remove(choice % self.requests.len());
                let outcome = self.inbox.answer(&conversation, &call, &text);
                self.answers.push(In::Done(call, outcome));
            }
            // A request reaches the inbox; its answer is lost.
            5 if !self.requests.is_empty() => {
                let (conversation, call, text) = self.requests.remove(choice % self.requests.len());
                self.inbox.answer(&conversation, &call, &text);
                self.answers.push(In::Done(call, Outcome::Unreachable));
            }
            // A request is lost; and one that the browser gave up arrives all the same, much later.
            6 if !self.requests.is_empty() => {
                let at = choice % self.requests.len();
                let call = self.requests[at].1.clone();
                if choice.is_multiple_of(2) {
                    self.requests.remove(at);
                }
                self.answers.push(In::Done(call, Outcome::Unreachable));
            }
            // The inbox is in trouble.
            7 if !self.requests.is_empty() => {
                let (_, call, _) = self.requests.remove(choice % self.requests.len());
                self.answers.push(In::Done(call, Outcome::Refused([429, 500, 503, 408][choice % 4], None)));
            }
            8 | 9 if !self.answers.is_empty() => {
                let answer = self.answers.remove(choice % self.answers.len());
                self.step(answer);
            }
            10 => {
                if let Some(timer) = self.timers.keys().nth(choice % self.timers.len().max(1)).copied() {
                    self.timers.remove(&timer);
                    self.step(In::Fired(timer));
                }
            }
            11 | 12 => self.hear(),
            13 => {
                if let Some((n, ..)) = self.socket.take() {
                    self.step(In::SocketDown(n));
                }
            }
            14 => {
                let n = self.inbox.events.len();
                if self.known.is_some() {
                    self.inbox.push(What::said(&format!("a{n}"), Participant::Agent, "Ada", &format!("answer {n}")));
                }
            }
            // The page is left in the middle of everything and comes back.
            15 => {
                self.core = Core::default();
                (self.answers, self.keeps, self.socket) = (vec![], vec![], None);
                self.timers.clear();
                let (known, waiting) = (self.known.clone(), self.outbox.values().cloned().collect());
                self.step(In::Restored { known, waiting });
            }
            16 => self.step(In::Wake),
            17 => self.step(In::Looking(choice.is_multiple_of(2))),
            _ => {}
        }
    }

    fn hear(&mut self) {
        let Some((n, after, up)) = self.socket else { return };
        if !up {
            self.socket = Some((n, after, true));
            self.step(In::SocketUp(n));
        } else if let Some(event) = self.inbox.events.iter().find(|event| event.cursor > after).cloned() {
            self.socket = Some((n, event.cursor, true));
            self.step(In::Heard(n, Frame::Event { event }));
        }
    }

    /// All is well again, for long enough.
    fn heal(&mut self) {
        self.step(In::Wake);
        for _ in 0..self.written.len() * 8 + self.inbox.events.len() * 4 + 60 {
            for action in [2, 3, 8, 10, 11] {
                self.act(action, 0);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_doubled_or_out_of_order(actions in prop::collection::vec((0u8..18, 0usize..64), 0..160)) {
        let mut world = World::new();
        for (action, choice) in actions {
            world.act(action, choice);
        }
        world.heal();
        let of = |from: Participant, event: &Event| match &event.what {
            What::Message { from: author, text, .. } if *author == from => Some(text.clone()),
            _ => None,
        };
        let stored: Vec<String> = world.inbox.events.iter().filter_map(|event| of(Participant::Shopper, event)).collect();
        prop_assert_eq!(&stored, &world.written, "the inbox has what was written, once, in order");
        let all: Vec<String> = world.inbox.events.iter().filter_map(|event| of(Participant::Shopper, event).or(of(Participant::Agent, event))).collect();
        let shown: Vec<String> = world.core.messages().iter().map(|message| message.text.clone()).collect();
        prop_assert_eq!(shown, all, "the shopper sees what the inbox has");
        prop_assert!(world.outbox.is_empty(), "the outbox is empty: {:?}", world.outbox);
    }
}
