//! The conversation as a state machine: what happened goes in, what is to be done comes out.
//!
//! It does no I/O and reads no clock, so the browser and the tests run the very same code.
//!
//! Sending: one request at a time, in the shopper's order, each message written to the outbox before
//! it leaves and taken out when the inbox has it. Ids are the browser's, so a request whose answer was
//! lost is simply sent again. Receiving: events are numbered without gaps; those already seen are
//! dropped, those after a gap are fetched from the last one seen.

use super::backoff::delay_ms;
use super::io::{Call, In, Known, News, Out, Outcome, Timer};
use super::message::{Delivery, Message, Reason, Waiting};
use super::protocol::{Availability, Event, Frame, MAX_TEXT_BYTES, Participant, What};

/// Silence after which a socket is taken for dead, in milliseconds: the inbox pings every 20 s.
const SILENCE_MS: u32 = 45_000;

/// Longest that "is writing" is shown without news, in milliseconds.
const TYPING_MS: u32 = 15_000;

/// How long one poll waits for news at the inbox, in seconds.
const POLL_WAIT_S: u32 = 25;

/// Sockets that fail in a row, without one frame, before the same stream is polled instead.
const FAILURES_BEFORE_POLL: u32 = 2;

/// How the stream of events comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Link {
    /// Not at all: there is no conversation yet, or a timer will try again.
    #[default]
    Down,
    /// A socket is being opened.
    Dialing,
    /// By a socket.
    Up,
    /// By polling.
    Polling,
}

/// The state.
#[derive(Debug, Default)]
pub struct Core {
    pub(super) known: Option<Known>,
    pub(super) messages: Vec<Message>,
    /// Number of the last event taken in.
    pub(super) cursor: u64,
    pub(super) agent_seen: u64,
    pub(super) last_seq: u32,
    pub(super) sending: Option<Call>,
    pub(super) send_attempt: u32,
    /// Whether a timer holds sending back.
    pub(super) pausing: bool,
    pub(super) link: Link,
    pub(super) socket: u32,
    pub(super) listen_attempt: u32,
    pub(super) socket_failures: u32,
    pub(super) catching_up: bool,
    pub(super) availability: Option<Availability>,
    pub(super) typing: bool,
    pub(super) closed: bool,
    /// How content the shopper said to be, 1 to 5; 0 when nothing was said.
    pub(super) rated: u8,
    pub(super) limited: bool,
    pub(super) looking: bool,
}

/// What happens.
impl Core {
    /// Takes in what happened; `die` is a throw of a 32-bit die, for jitter.
    pub fn step(&mut self, happened: In, die: u32) -> Vec<Out> {
        let mut out = Vec::new();
        match happened {
            In::Restored { known, waiting } => self.restore(known, waiting, &mut out),
            In::Write { id, text, at_ms, fresh } => self.write(id, text, at_ms, fresh, &mut out),
            In::Tell { id, flow, at_ms } if self.known.is_some() && !flow.is_empty() => {
                self.queue(Waiting { id, seq: 0, text: String::new(), at_ms, flow }, &mut out);
            }
            In::Kept(id) => {
                if let Some(message) = self.find(&id) {
                    message.kept = true;
                }
            }
            In::Retry { id, fresh } => self.retry(&id, fresh, &mut out),
            In::Done(call, outcome) => self.done(call, outcome, die, &mut out),
            In::SocketUp(n) if n == self.socket && self.link == Link::Dialing => {
                self.link = Link::Up;
                out.push(Out::Start(Timer::Silence, SILENCE_MS));
            }
            In::SocketDown(n) if n == self.socket && matches!(self.link, Link::Dialing | Link::Up) => {
                self.lost(die, &mut out)
            }
            In::Heard(n, frame) if n == self.socket && matches!(self.link, Link::Dialing | Link::Up) => {
                (self.link, self.listen_attempt, self.socket_failures) = (Link::Up, 0, 0);
                out.push(Out::Start(Timer::Silence, SILENCE_MS));
                self.hear(frame, &mut out);
            }
            In::Fired(Timer::Send) => self.pausing = false,
            In::Fired(Timer::Listen) if self.link == Link::Down => self.listen(&mut out),
            In::Fired(Timer::Silence) if self.link == Link::Up => {
                out.push(Out::Hang);
                self.lost(die, &mut out);
            }
            In::Fired(Timer::Typing) => self.typing = false,
            In::Wake => self.wake(&mut out),
            In::Looking(looking) => {
                self.looking = looking;
                self.note_seen(&mut out);
            }
            In::Ask => out.push(call(Call::Availability)),
            In::Rate(stars, comment) if self.is_open() => {
                self.rated = stars;
                out.push(Out::Call(Call::Rate(stars), 0, comment));
            }
            In::Reachable(email) if self.is_open() => out.push(Out::Call(Call::Reachable, 0, email)),
            In::Writing if self.is_open() => out.push(call(Call::Writing)),
            In::Delete if self.is_open() => out.push(call(Call::Delete)),
            In::Afresh | In::Delete => self.leave(&mut out), // The inbox knows nothing of it yet.
            _ => {} // What makes no sense here changes nothing: late answers of a closed socket, a timer overtaken.
        }
        self.pump(&mut out);
        out
    }

    fn restore(&mut self, known: Option<Known>, waiting: Vec<Waiting>, out: &mut Vec<Out>) {
        if self.known.is_none() {
            self.known = known;
        }
        for one in waiting {
            self.last_seq = self.last_seq.max(one.seq);
            if self.find(&one.id).is_none() {
                self.messages.push(one.message(true));
            }
        }
        self.sort();
        if self.link == Link::Down {
            self.listen(out);
        }
    }

    fn write(&mut self, id: String, text: String, at_ms: u64, fresh: Known, out: &mut Vec<Out>) {
        if text.trim().is_empty() || self.find(&id).is_some() {
            return;
        }
        if self.known.is_none() {
            out.push(Out::Save(fresh.clone()));
            out.push(Out::Tell(News::Began));
            self.known = Some(fresh);
        }
        self.queue(Waiting { id, seq: 0, text, at_ms, flow: Vec::new() }, out);
    }

    /// Takes its place in the shopper's order, and waits for its turn.
    fn queue(&mut self, mut waiting: Waiting, out: &mut Vec<Out>) {
        self.last_seq = self.last_seq.saturating_add(1);
        waiting.seq = self.last_seq;
        let too_long = waiting.text.len() > MAX_TEXT_BYTES;
        let mut message = waiting.clone().message(false);
        if too_long {
            message.delivery = Delivery::Failed(Reason::TooLong);
            out.push(Out::Tell(News::Failed(Reason::TooLong)));
        } else {
            out.push(Out::Keep(waiting));
        }
        self.messages.push(message);
        self.sort();
    }

    fn retry(&mut self, id: &str, fresh: Known, out: &mut Vec<Out>) {
        let Some(message) = self.find(id) else { return };
        let Delivery::Failed(reason) = message.delivery else { return };
        if reason == Reason::TooLong {
            return; // The same text would be refused again.
        }
        message.delivery = Delivery::Queued;
        if reason == Reason::Gone {
            // Events of the old conversation have numbers that mean nothing in the new one.
            self.messages.retain(|message| message.cursor.is_none());
            for message in &mut self.messages {
                if message.delivery == Delivery::Failed(Reason::Gone) {
                    message.delivery = Delivery::Queued;
                }
            }
            (self.cursor, self.agent_seen, self.link, self.closed) = (0, 0, Link::Down, false);
            out.push(Out::Hang);
            out.push(Out::Save(fresh.clone()));
            self.known = Some(fresh);
        }
        self.wake(out);
    }

    /// Forgets the conversation; the next message begins another.
    fn leave(&mut self, out: &mut Vec<Out>) {
        out.extend(self.messages.iter().filter(|one| one.cursor.is_none()).map(|one| Out::Release(one.id.clone())));
        out.extend([Out::Hang, Out::Forget]);
        // Numbers of sockets go on, lest what an old one says be taken for a new one's.
        let (availability, socket, looking) = (self.availability.take(), self.socket, self.looking);
        *self = Core { availability, socket, looking, ..Core::default() };
    }

    fn wake(&mut self, out: &mut Vec<Out>) {
        (self.pausing, self.send_attempt, self.listen_attempt, self.socket_failures) = (false, 0, 0, 0);
        if self.link == Link::Down {
            self.listen(out);
        } else if self.link == Link::Up && self.is_open() && !self.catching_up {
            // A socket that slept may be dead without knowing: ask beside it what was missed.
            self.catching_up = true;
            out.push(call(Call::Events(self.cursor, 0)));
        }
    }

    /// Begins to listen, when there is something to listen to.
    fn listen(&mut self, out: &mut Vec<Out>) {
        if !self.is_open() {
            return;
        }
        if self.socket_failures >= FAILURES_BEFORE_POLL {
            self.link = Link::Polling;
            out.push(call(Call::Events(self.cursor, POLL_WAIT_S)));
        } else {
            self.link = Link::Dialing;
            self.socket = self.socket.wrapping_add(1);
            out.push(Out::Dial(self.socket, self.cursor));
        }
    }

    /// The stream broke off.
    fn lost(&mut self, die: u32, out: &mut Vec<Out>) {
        if self.link != Link::Polling {
            self.socket_failures = self.socket_failures.saturating_add(1);
        }
        self.link = Link::Down;
        self.typing = false;
        self.listen_attempt = self.listen_attempt.saturating_add(1);
        out.push(Out::Start(Timer::Listen, delay_ms(self.listen_attempt, die, None)));
    }

    fn hear(&mut self, frame: Frame, out: &mut Vec<Out>) {
        match frame {
            Frame::Event { event } => self.take(event, out),
            Frame::Typing { on } => {
                self.typing = on;
                if on {
                    out.push(Out::Start(Timer::Typing, TYPING_MS));
                }
            }
            Frame::Availability { availability } => self.availability = Some(availability),
            Frame::Ping => {}
        }
        self.note_seen(out);
    }

    /// Takes in the next event; what comes after a gap is fetched from the last one that was seen.
    fn take(&mut self, event: Event, out: &mut Vec<Out>) {
        if event.cursor <= self.cursor {
            return;
        }
        if event.cursor > self.cursor + 1 {
            if !self.catching_up {
                self.catching_up = true;
                out.push(call(Call::Events(self.cursor, 0)));
            }
            return;
        }
        self.cursor = event.cursor;
        match event.what {
            What::Message { ref id, .. } | What::Told { ref id, .. } => {
                let id = id.clone();
                if let What::Message { from, name, text, .. } = &event.what
                    && *from != Participant::Shopper
                {
                    self.typing = false;
                    if self.known.as_ref().is_some_and(|known| event.cursor > known.seen) {
                        out.push(Out::Tell(News::Received(name.clone(), text.clone())));
                    }
                }
                if self.find(&id).is_some() {
                    self.stored(&id, event.cursor, event.at_ms, out);
                } else if let Some(mut message) = Message::heard(event) {
                    if message.from == Participant::Shopper {
                        self.last_seq = self.last_seq.saturating_add(1);
                        message.seq = self.last_seq;
                    }
                    self.messages.push(message);
                }
            }
            What::AgentSeen { upto } => self.agent_seen = self.agent_seen.max(upto),
            What::Closed => self.closed = true,
            What::Reopened => self.closed = false,
            What::Rated { stars, .. } => self.rated = stars,
            What::Unknown => {}
        }
        self.sort();
    }

    /// The inbox was set back to an older copy: what it has is read from the start, and what it may
    /// have lost of ours is sent again, under the same ids.
    fn start_over(&mut self) {
        (self.cursor, self.agent_seen) = (0, 0);
        self.messages.retain(|message| message.from == Participant::Shopper);
        for message in &mut self.messages {
            if message.cursor.take().is_some() {
                message.delivery = Delivery::Queued;
            }
        }
    }

    /// The inbox has a message of ours.
    fn stored(&mut self, id: &str, cursor: u64, at_ms: u64, out: &mut Vec<Out>) {
        let Some(message) = self.find(id) else { return };
        if message.cursor.is_none() {
            (message.cursor, message.at_ms, message.delivery) = (Some(cursor), at_ms, Delivery::Sent);
            out.push(Out::Release(id.to_owned()));
            out.push(Out::Tell(News::Sent));
        }
        self.sort();
    }

    fn done(&mut self, ended: Call, outcome: Outcome, die: u32, out: &mut Vec<Out>) {
        match (&ended, outcome) {
            (Call::Availability, Outcome::Availability(availability)) => self.availability = Some(availability),
            (Call::Availability | Call::Seen(_) | Call::Writing, _) => {}
            (Call::Delete, Outcome::Nothing | Outcome::Refused(401 | 404 | 410, _)) => {
                self.leave(out);
                out.push(Out::Tell(News::Deleted));
            }
            (Call::Rate(_) | Call::Reachable, Outcome::Nothing) => {}
            (Call::Rate(_) | Call::Reachable | Call::Delete, _) => {
                // Nothing is shown as done that is not.
                self.rated = if matches!(ended, Call::Rate(_)) { 0 } else { self.rated };
                out.push(Out::Tell(News::Failed(Reason::Refused)));
            }
            (Call::Events(after, wait_s), Outcome::Events(events)) => {
                let more = events.cursor;
                // Below what was asked for, not below what is known by now: answers may be late.
                if more < *after {
                    self.start_over();
                }
                for event in events.events {
                    self.take(event, out);
                }
                self.note_seen(out);
                if *wait_s > 0 && self.link == Link::Polling {
                    self.listen_attempt = 0;
                    out.push(call(Call::Events(self.cursor, POLL_WAIT_S)));
                } else {
                    self.catching_up = self.cursor < more;
                    if self.catching_up {
                        out.push(call(Call::Events(self.cursor, 0)));
                    }
                }
            }
            (Call::Events(_, wait_s), outcome) => {
                self.catching_up = false;
                let gone = matches!(outcome, Outcome::Refused(401 | 404 | 410, _));
                if *wait_s > 0 && self.link == Link::Polling && !gone {
                    self.lost(die, out);
                }
            }
            (Call::Open | Call::Put(_) | Call::Tell(_), outcome) => {
                // Only the request that is under way counts: a late answer of an earlier try is handled by its id.
                let current = self.sending.as_ref() == Some(&ended);
                if current {
                    self.sending = None;
                }
                self.sent(ended, outcome, current, die, out);
            }
        }
    }

    /// A request of the sending side ended.
    fn sent(&mut self, ended: Call, outcome: Outcome, current: bool, die: u32, out: &mut Vec<Out>) {
        match (ended, outcome) {
            (Call::Open, Outcome::Opened(opened)) => {
                (self.send_attempt, self.limited) = (0, false);
                self.availability = Some(opened.availability);
                if let Some(known) = &mut self.known
                    && known.opening.take().is_some()
                {
                    out.push(Out::Save(known.clone()));
                }
                if self.link == Link::Down {
                    self.listen(out);
                }
            }
            (Call::Put(id) | Call::Tell(id), Outcome::Stored(stored)) => {
                (self.send_attempt, self.limited) = (0, false);
                self.stored(&id, stored.cursor, stored.at_ms, out);
            }
            _ if !current => {}
            (call, Outcome::Refused(status, refusal)) if !matches!(status, 408 | 425 | 429 | 500..) => {
                let reason = match (status, refusal.as_ref().map(|refusal| refusal.error.as_str())) {
                    (413, _) | (_, Some("too-long")) => Reason::TooLong,
                    (401 | 404 | 410, _) => Reason::Gone,
                    _ => Reason::Refused,
                };
                for message in &mut self.messages {
                    let refused = match &call {
                        Call::Put(id) | Call::Tell(id) => message.id == *id,
                        _ => matches!(message.delivery, Delivery::Queued | Delivery::Sending),
                    };
                    if refused && message.cursor.is_none() {
                        message.delivery = Delivery::Failed(reason);
                    }
                }
                out.push(Out::Tell(News::Failed(reason)));
            }
            (_, outcome) => {
                let asked = match outcome {
                    Outcome::Refused(status, refusal) => {
                        self.limited = status == 429;
                        refusal.and_then(|refusal| refusal.retry_after_s)
                    }
                    _ => None,
                };
                for message in &mut self.messages {
                    if message.delivery == Delivery::Sending {
                        message.delivery = Delivery::Queued;
                    }
                }
                self.send_attempt = self.send_attempt.saturating_add(1);
                self.pausing = true;
                out.push(Out::Start(Timer::Send, delay_ms(self.send_attempt, die, asked)));
            }
        }
    }

    /// Sends what is next, if nothing is under way.
    fn pump(&mut self, out: &mut Vec<Out>) {
        if self.sending.is_some() || self.pausing {
            return;
        }
        let Some(known) = &self.known else { return };
        let next = self
            .messages
            .iter_mut()
            .filter(|message| message.delivery == Delivery::Queued)
            .min_by_key(|message| message.seq);
        // A message still on its way into the outbox holds back those after it: order first.
        let Some(message) = next.filter(|message| message.kept) else { return };
        let (request, seq, body) = match &known.opening {
            Some(opening) => (Call::Open, 0, opening.clone()),
            None => {
                message.delivery = Delivery::Sending;
                (message.request(), message.seq, message.body())
            }
        };
        self.sending = Some(request.clone());
        out.push(Out::Call(request, seq, body));
    }

    /// Remembers, and tells the inbox, that the shopper saw what there is.
    fn note_seen(&mut self, out: &mut Vec<Out>) {
        if !self.looking || self.n_unread() == 0 {
            return;
        }
        if let Some(known) = &mut self.known {
            known.seen = self.cursor;
            out.push(Out::Save(known.clone()));
            out.push(call(Call::Seen(self.cursor)));
        }
    }

    fn find(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == id)
    }

    /// The inbox's order first; what it has not yet follows in the order it was written.
    fn sort(&mut self) {
        let agent_seen = self.agent_seen;
        for message in &mut self.messages {
            if message.seq > 0
                && message.delivery == Delivery::Sent
                && message.cursor.is_some_and(|cursor| cursor <= agent_seen)
            {
                message.delivery = Delivery::Seen;
            }
        }
        // Nearly always in order already; and the library's sort is three kilobytes of the panel.
        let place = |message: &Message| (message.cursor.unwrap_or(u64::MAX), message.seq);
        for end in 1..self.messages.len() {
            let mut at = end;
            while at > 0 && place(&self.messages[at - 1]) > place(&self.messages[at]) {
                self.messages.swap(at - 1, at);
                at -= 1;
            }
        }
    }
}

fn call(call: Call) -> Out {
    Out::Call(call, 0, String::new())
}
