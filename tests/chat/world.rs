//! Random orders of everything that can happen, in one tab and in two.

use std::collections::{BTreeMap, BTreeSet};

use helpnook::chat::core::{Core, Phase};
use helpnook::chat::io::{Call, In, Known, Out, Outcome, Timer};
use helpnook::chat::message::{Delivery, Enclosed, Message, Waiting};
use helpnook::chat::protocol::{
    Attachment, Availability, Draft, Event, Events, FILE_KINDS, FlowAnswer, Frame, Opened, Participant, Stored, What,
};
use proptest::prelude::*;

use crate::fresh;

/// The inbox of the tests: stores by id, numbers events.
#[derive(Default)]
struct Inbox {
    conversations: BTreeMap<String, Vec<Event>>,
    files: BTreeMap<String, String>,
}

impl Inbox {
    fn answer(&mut self, conversation: &str, call: &Call, text: &str) -> Outcome {
        let availability = Availability { online: true, file_bytes: Some(100), ..Availability::default() };
        match call {
            Call::Open => {
                let events = self.conversations.entry(conversation.to_owned()).or_default();
                return Outcome::Opened(Opened { cursor: events.len() as u64, availability });
            }
            Call::Availability => return Outcome::Availability(availability),
            _ => {}
        }
        let Some(events) = self.conversations.get_mut(conversation) else { return Outcome::Refused(404, None) };
        match call {
            Call::Upload { file, .. } => {
                self.files.insert(file.clone(), text.to_owned());
                Outcome::Attached(attachment(file, text))
            }
            Call::Put(id) => put(events, id, text, Vec::new()),
            Call::Tell(id) => tell(events, id, text),
            Call::PutFile { message, file } => match self.files.get(file) {
                Some(name) => put(events, message, text, vec![attachment(file, name)]),
                None => Outcome::Refused(404, None),
            },
            Call::Events(after, _) => Outcome::Events(Events {
                // Pages of three, to try the catching up.
                events: events.iter().filter(|event| event.cursor > *after).take(3).cloned().collect(),
                cursor: events.len() as u64,
            }),
            Call::Rate(stars) => {
                push(events, What::Rated { stars: *stars, comment: text.to_owned() });
                Outcome::Nothing
            }
            Call::Delete => {
                self.conversations.remove(conversation);
                Outcome::Nothing
            }
            _ => Outcome::Nothing,
        }
    }
}

fn attachment(id: &str, name: &str) -> Attachment {
    Attachment { id: id.to_owned(), name: name.to_owned(), ..Attachment::default() }
}

fn push(events: &mut Vec<Event>, what: What) -> u64 {
    let cursor = events.len() as u64 + 1;
    events.push(Event { cursor, at_ms: cursor, what });
    cursor
}

/// Stores a message once; in a closed conversation it opens it again, as the real inbox does.
fn put(events: &mut Vec<Event>, id: &str, text: &str, attachments: Vec<Attachment>) -> Outcome {
    let known = events.iter().find(|event| matches!(&event.what, What::Message { id: other, .. } if other == id));
    let cursor = known.map(|event| event.cursor).unwrap_or_else(|| {
        if is_closed(events) {
            push(events, What::Reopened);
        }
        let What::Message { id, from, name, text, choices, .. } = What::said(id, Participant::Shopper, "", text) else {
            unreachable!("words make a message")
        };
        push(events, What::Message { id, from, name, text, attachments, choices })
    });
    Outcome::Stored(Stored { cursor, at_ms: 5 })
}

/// Stores what was answered in a flow, once.
fn tell(events: &mut Vec<Event>, id: &str, body: &str) -> Outcome {
    let draft: Draft = serde_json::from_str(body).expect("a whole body");
    let known = events.iter().find(|event| matches!(&event.what, What::Told { id: other, .. } if other == id));
    let cursor = known.map(|event| event.cursor);
    let cursor = cursor.unwrap_or_else(|| push(events, What::Told { id: id.to_owned(), flow: draft.flow }));
    Outcome::Stored(Stored { cursor, at_ms: 5 })
}

fn is_closed(events: &[Event]) -> bool {
    let last = events.iter().rev().find(|event| matches!(event.what, What::Closed | What::Reopened));
    last.is_some_and(|event| event.what == What::Closed)
}

/// What a message says, in words or by its file.
fn label(text: &str, attachments: &[Attachment], file: Option<&Enclosed>) -> String {
    match (text, attachments.first(), file) {
        ("", Some(stored), _) => stored.name.clone(),
        ("", None, Some(file)) => file.name.clone(),
        (text, ..) => text.to_owned(),
    }
}

fn shown(message: &Message) -> String {
    if let Some(one) = message.flow.first() {
        return one.answer.clone();
    }
    label(&message.text, &message.attachments, message.file.as_ref())
}

/// One page of the shop.
#[derive(Default)]
struct Tab {
    core: Core,
    /// Requests under way: what was asked, in which conversation, with which text; and answers under way.
    requests: Vec<(String, Call, String)>,
    answers: Vec<(String, Call, Outcome)>,
    keeps: Vec<String>,
    timers: BTreeMap<Timer, u32>,
    /// The socket, and the events it has still to bring.
    socket: Option<(u32, u64, bool)>,
    /// What was written here.
    written: Vec<String>,
}

/// A browser with storage, a network and an inbox.
struct World {
    tabs: Vec<Tab>,
    inbox: Inbox,
    known: Option<Known>,
    outbox: BTreeMap<String, Waiting>,
    n_written: u32,
    die: u32,
}

impl World {
    fn of(n_tabs: usize) -> Self {
        Self {
            tabs: (0..n_tabs).map(|_| Tab::default()).collect(),
            inbox: Inbox::default(),
            known: None,
            outbox: BTreeMap::new(),
            n_written: 0,
            die: 7,
        }
    }

    fn step(&mut self, at: usize, happened: In) {
        self.die = self.die.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let before = self.known.as_ref().map(|known| known.id.clone());
        let tab = &mut self.tabs[at];
        for out in tab.core.step(happened, self.die) {
            match out {
                Out::Keep(waiting) => {
                    tab.keeps.push(waiting.id.clone());
                    self.outbox.insert(waiting.id.clone(), waiting);
                }
                Out::Release(id) => drop(self.outbox.remove(&id)),
                Out::Save(known) => self.known = Some(known),
                Out::Call(call, _, text) => {
                    let id = tab.core.known().map_or_else(String::new, |known| known.id.clone());
                    tab.requests.push((id, call, text));
                }
                Out::Dial(n, after) => tab.socket = Some((n, after, false)),
                Out::Hang => tab.socket = None,
                Out::Forget => self.known = None,
                Out::Start(timer, ms) => drop(tab.timers.insert(timer, ms)),
                Out::Tell(_) | Out::Probe => {}
            }
        }
        let after = self.known.as_ref().map(|known| known.id.clone());
        if before.is_some() && before != after {
            // Left, or begun anew with what had not been sent.
            tab.written = tab.core.messages().iter().filter(|one| one.cursor.is_none()).map(shown).collect();
        }
        self.check(at);
    }

    /// What must hold at every moment.
    fn check(&self, at: usize) {
        let Tab { core, written, .. } = &self.tabs[at];
        let ids: BTreeSet<&str> = core.messages().iter().map(|message| message.id.as_str()).collect();
        assert_eq!(ids.len(), core.messages().len(), "a message is shown twice");
        let cursors: Vec<u64> = core.messages().iter().filter_map(|message| message.cursor).collect();
        assert!(cursors.windows(2).all(|pair| pair[0] < pair[1]), "out of order: {cursors:?}");
        let waiting: Vec<String> = core.messages().iter().filter(|one| one.cursor.is_none()).map(shown).collect();
        let order: Vec<usize> =
            waiting.iter().filter_map(|text| written.iter().position(|other| other == text)).collect();
        assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "waiting messages out of order: {waiting:?}");
        assert!(core.messages().iter().all(|one| one.percent <= 100), "more than all has left");
        assert!((core.phase() == Phase::Idle) <= core.known().is_none(), "{:?}", core.phase());
    }

    fn events(&mut self) -> Option<&mut Vec<Event>> {
        self.inbox.conversations.get_mut(&self.known.as_ref()?.id)
    }

    /// Passes on what was answered in a flow, where there is a conversation to pass it on to.
    fn tell(&mut self, at: usize) {
        if self.tabs[at].core.known().is_none() {
            return;
        }
        self.n_written += 1;
        let n = self.n_written;
        self.tabs[at].written.push(format!("answer of flow {n}"));
        let flow = vec![FlowAnswer { question: "Which?".to_owned(), answer: format!("answer of flow {n}") }];
        self.step(at, In::Tell { id: format!("m{n}"), flow, at_ms: 1 });
    }

    fn write(&mut self, at: usize, with_file: bool) {
        self.n_written += 1;
        let n = self.n_written;
        // Another tab may have begun the conversation since.
        let fresh = self.known.clone().unwrap_or_else(|| fresh(n));
        let id = format!("m{n}");
        let happened = if with_file {
            let (name, kind) = (format!("file {n}"), FILE_KINDS[0].to_owned());
            self.tabs[at].written.push(name.clone());
            In::Enclose { id, file: Enclosed { id: format!("f{n}"), name, kind, bytes: 9 }, at_ms: 1, fresh }
        } else {
            self.tabs[at].written.push(format!("text {n}"));
            In::Write { id, text: format!("text {n}"), at_ms: u64::from(n), fresh }
        };
        self.step(at, happened);
    }

    fn act(&mut self, at: usize, action: u8, choice: usize) {
        let tab = &mut self.tabs[at];
        let n_requests = tab.requests.len().max(1);
        match action {
            0 => self.write(at, false),
            1 if choice.is_multiple_of(3) => self.tell(at),
            1 => self.write(at, choice.is_multiple_of(2)),
            2 if !tab.keeps.is_empty() => {
                let id = tab.keeps.remove(choice % tab.keeps.len());
                self.step(at, In::Kept(id));
            }
            // A request reaches the inbox; its answer sets out, or is lost.
            3..=5 if !tab.requests.is_empty() => {
                let (conversation, call, text) = tab.requests.remove(choice % n_requests);
                let outcome = self.inbox.answer(&conversation, &call, &text);
                let tab = &mut self.tabs[at];
                if call == Call::Delete {
                    // What was given up long ago does not arrive after this.
                    tab.requests.retain(|(other, ..)| *other != conversation);
                }
                tab.answers.push((conversation, call, if action == 5 { Outcome::Unreachable } else { outcome }));
            }
            // A request is lost; and one that the browser gave up arrives all the same, much later.
            6 if !tab.requests.is_empty() => {
                let which = choice % n_requests;
                let (conversation, call, _) = tab.requests[which].clone();
                if choice.is_multiple_of(2) || call == Call::Delete {
                    tab.requests.remove(which);
                }
                tab.answers.push((conversation, call, Outcome::Unreachable));
            }
            // The inbox is in trouble.
            7 if !tab.requests.is_empty() => {
                let (conversation, call, _) = tab.requests.remove(choice % n_requests);
                tab.answers.push((conversation, call, Outcome::Refused([429, 500, 503, 408][choice % 4], None)));
            }
            8 | 9 if !tab.answers.is_empty() => {
                let (conversation, call, outcome) = tab.answers.remove(choice % tab.answers.len());
                let now = tab.core.known().map(|known| known.id.clone()).unwrap_or_default();
                if conversation == now || call == Call::Availability {
                    self.step(at, In::Done(call, outcome));
                }
            }
            10 => {
                if let Some(timer) = tab.timers.keys().nth(choice % tab.timers.len().max(1)).copied() {
                    tab.timers.remove(&timer);
                    self.step(at, In::Fired(timer));
                }
            }
            11 | 12 => self.hear(at),
            13 => {
                if let Some((n, ..)) = tab.socket.take() {
                    self.step(at, In::SocketDown(n));
                }
            }
            14 => self.agent(choice),
            // The page is left in the middle of everything and comes back.
            15 => {
                let written = std::mem::take(&mut tab.written);
                *tab = Tab { written, requests: std::mem::take(&mut tab.requests), ..Tab::default() };
                self.look(at);
            }
            16 => self.step(at, In::Wake),
            17 => self.step(at, In::Looking(choice.is_multiple_of(2))),
            18 => self.shopper(at, choice),
            // Another tab wrote to storage.
            19 => self.look(at),
            _ => {}
        }
    }

    /// Storage is read, as at the start.
    fn look(&mut self, at: usize) {
        let (known, waiting) = (self.known.clone(), self.outbox.values().cloned().collect());
        self.step(at, In::Restored { known, waiting });
    }

    /// What agents do.
    fn agent(&mut self, choice: usize) {
        let Some(events) = self.events() else { return };
        let n = events.len();
        let what = match choice % 6 {
            0 => What::AgentSeen { upto: n as u64 },
            1 if is_closed(events) => What::Reopened,
            1 => What::Closed,
            2 => What::Unknown,
            3 => What::Message {
                id: format!("a{n}"),
                from: Participant::Agent,
                name: "Ada".to_owned(),
                text: format!("answer {n}"),
                attachments: vec![attachment(&format!("g{n}"), "bill.pdf")],
                choices: vec!["Yes".to_owned(), "No".to_owned()],
            },
            _ => What::said(&format!("a{n}"), Participant::Agent, "Ada", &format!("answer {n}")),
        };
        push(events, what);
    }

    /// What shoppers do besides writing. Only who has one tab leaves: what the other one still sends then
    /// is sent to what was left, which is right but nothing to hold against what was written.
    fn shopper(&mut self, at: usize, choice: usize) {
        let socket = self.tabs[at].socket;
        let one_tab = self.tabs.len() == 1;
        let message = self.tabs[at].core.messages().last().map(|message| message.id.clone());
        let happened = match (choice % 8, socket, message) {
            (0, ..) => In::Rate(1 + (choice % 5) as u8, String::new()),
            (1, ..) => In::Reachable("zoe@home.example".to_owned()),
            (2, ..) => In::Writing,
            (3, Some((n, _, true)), _) => In::Heard(n, Frame::Typing { on: choice.is_multiple_of(2) }),
            (4, Some((n, _, true)), _) => In::Heard(n, Frame::Availability { availability: Availability::default() }),
            (5, _, Some(id)) => In::Progress(id, (choice % 101) as u8),
            (6, ..) if one_tab => In::Delete,
            (7, ..) if one_tab => In::Afresh,
            _ => In::Ask,
        };
        self.step(at, happened);
    }

    fn hear(&mut self, at: usize) {
        let Some((n, after, up)) = self.tabs[at].socket else { return };
        if !up {
            self.tabs[at].socket = Some((n, after, true));
            return self.step(at, In::SocketUp(n));
        }
        let id = self.tabs[at].core.known().map(|known| known.id.clone()).unwrap_or_default();
        let events = self.inbox.conversations.get(&id);
        if let Some(event) = events.and_then(|events| events.iter().find(|event| event.cursor > after)).cloned() {
            self.tabs[at].socket = Some((n, event.cursor, true));
            self.step(at, In::Heard(n, Frame::Event { event }));
        }
    }

    /// All is well again, for long enough.
    fn heal(&mut self) {
        let rounds = self.n_written as usize * 10 + self.events().map_or(0, |events| events.len()) * 5 + 80;
        for at in 0..self.tabs.len() {
            // A deletion whose answer was lost is asked for again.
            let known = self.tabs[at].core.known().filter(|known| known.opening.is_none());
            if known.is_some_and(|known| !self.inbox.conversations.contains_key(&known.id)) {
                self.step(at, In::Delete);
            }
            self.look(at);
            self.step(at, In::Wake);
        }
        for round in 0..rounds {
            for at in 0..self.tabs.len() {
                for action in [2, 3, 8, 10, 11] {
                    self.act(at, action, 0);
                }
                let failed = |one: &&Message| matches!(one.delivery, Delivery::Failed(_));
                if let Some(id) = self.tabs[at].core.messages().iter().find(failed).map(|one| one.id.clone()) {
                    self.step(at, In::Retry { id, fresh: fresh(1_000_000 + round as u32) });
                }
            }
        }
    }

    /// What must be so once all is well again.
    fn is_well(&mut self) {
        let events = self.events().cloned().unwrap_or_default();
        let said = |only: Option<Participant>| -> Vec<String> {
            let of = |event: &Event| match &event.what {
                What::Message { from, text, attachments, .. } if only.is_none_or(|only| only == *from) => {
                    Some(label(text, attachments, None))
                }
                What::Told { flow, .. } if only.is_none_or(|only| only == Participant::Shopper) => {
                    flow.first().map(|one| one.answer.clone())
                }
                _ => None,
            };
            events.iter().filter_map(of).collect()
        };
        let own = said(Some(Participant::Shopper));
        let n_written: usize = self.tabs.iter().map(|tab| tab.written.len()).sum();
        assert_eq!(own.len(), n_written, "the inbox has what was written, once: {own:?}");
        for tab in &self.tabs {
            let here: Vec<&String> = own.iter().filter(|text| tab.written.contains(text)).collect();
            assert_eq!(here, tab.written.iter().collect::<Vec<_>>(), "in the order of each tab");
            let shown: Vec<String> = tab.core.messages().iter().map(shown).collect();
            assert_eq!(shown, said(None), "every tab shows what the inbox has");
            let upto = events.iter().filter_map(|event| match event.what {
                What::AgentSeen { upto } => Some(upto),
                _ => None,
            });
            let upto = upto.max().unwrap_or(0);
            for message in tab.core.messages().iter().filter(|message| message.from == Participant::Shopper) {
                let seen = message.cursor.is_some_and(|cursor| cursor <= upto);
                let expected = if seen { Delivery::Seen } else { Delivery::Sent };
                assert_eq!(message.delivery, expected, "{}", message.id);
            }
            let rated = events.iter().rev().find_map(|event| match event.what {
                What::Rated { stars, .. } => Some(stars),
                _ => None,
            });
            assert_eq!(tab.core.rated(), rated.unwrap_or(0), "the rating is the inbox's");
            let expected = match (&self.known, is_closed(&events), tab.core.agent()) {
                (None, ..) => Phase::Idle,
                (_, true, _) => Phase::Ended,
                (_, _, Some(_)) => Phase::Open,
                _ => Phase::Queued,
            };
            assert_eq!(tab.core.phase(), expected);
        }
        assert!(self.outbox.is_empty(), "the outbox is empty: {:?}", self.outbox);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_doubled_or_out_of_order(actions in prop::collection::vec((0u8..20, 0usize..64), 0..160)) {
        let mut world = World::of(1);
        for (action, choice) in actions {
            world.act(0, action, choice);
        }
        world.heal();
        world.is_well();
    }

    #[test]
    fn two_tabs_lose_and_double_nothing_and_show_the_same(
        actions in prop::collection::vec((0usize..2, 0u8..20, 0usize..64), 0..160),
    ) {
        let mut world = World::of(2);
        for (tab, action, choice) in actions {
            world.act(tab, action, choice);
        }
        world.heal();
        world.is_well();
    }
}
