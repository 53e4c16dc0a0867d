//! The conversation as a state machine: what happened goes in, what is to be done comes out.
//!
//! It does no I/O and reads no clock, so the browser and the tests run the very same code.
//!
//! Sending: one request at a time, in the shopper's order, each message written to the outbox before
//! it leaves and taken out when the inbox has it. Ids are the browser's, so a request whose answer was
//! lost is simply sent again; a file goes before the message it belongs to. Receiving: events are
//! numbered without gaps; those already seen are dropped, those after a gap are fetched from the last
//! one seen.
//!
//! - `sending`: what the shopper writes and encloses, on its way to the inbox.
//! - `receiving`: the stream of events, by socket or by polling, and what each event changes.
//! - `phase`: the whole in one word; `reading`: what a screen asks.

mod phase;
mod reading;
mod receiving;
mod sending;

pub use phase::Phase;

use super::io::{Call, In, Known, News, Out, Outcome, Timer};
use super::message::{Delivery, Message, Reason, Waiting};
use super::protocol::{Availability, Participant};

/// How the stream of events comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Link {
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
    known: Option<Known>,
    messages: Vec<Message>,
    /// Number of the last event taken in.
    cursor: u64,
    agent_seen: u64,
    last_seq: u32,
    sending: Option<Call>,
    send_attempt: u32,
    /// Whether a timer holds sending back.
    pausing: bool,
    link: Link,
    socket: u32,
    /// Number of the last poll.
    poll: u32,
    listen_attempt: u32,
    socket_failures: u32,
    catching_up: bool,
    availability: Option<Availability>,
    typing: bool,
    closed: bool,
    /// How content the shopper said to be, 1 to 5; 0 when nothing was said.
    rated: u8,
    /// The rating as the inbox has it, and the one that the page was told of.
    rated_there: u8,
    rated_told: u8,
    /// Whether the shopper is to be asked how it was, and was not yet.
    asks: bool,
    limited: bool,
    looking: bool,
}

/// What happens.
impl Core {
    /// Takes in what happened; `die` is a throw of a 32-bit die, for jitter.
    pub fn step(&mut self, happened: In, die: u32) -> Vec<Out> {
        let mut out = Vec::new();
        match happened {
            In::Restored { known, waiting } => self.restore(known, waiting, &mut out),
            In::Write { id, text, at_ms, fresh } => self.write(id, text, None, at_ms, fresh, &mut out),
            In::Enclose { id, file, at_ms, fresh } => {
                self.write(id, String::new(), Some(file), at_ms, fresh, &mut out);
            }
            In::Tell { id, flow, at_ms } if self.known.is_some() && !flow.is_empty() => {
                self.queue(Waiting { id, seq: 0, text: String::new(), file: None, at_ms, flow }, &mut out);
            }
            In::Progress(id, percent) => {
                if let Some(message) = self.find(&id).filter(|message| message.delivery == Delivery::Sending) {
                    message.percent = percent;
                }
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
                receiving::expect_more(&mut out);
            }
            In::SocketDown(n) if n == self.socket && matches!(self.link, Link::Dialing | Link::Up) => {
                self.lost(die, &mut out)
            }
            In::Heard(n, frame) if n == self.socket && matches!(self.link, Link::Dialing | Link::Up) => {
                (self.link, self.listen_attempt, self.socket_failures) = (Link::Up, 0, 0);
                receiving::expect_more(&mut out);
                self.hear(frame, &mut out);
            }
            In::Fired(Timer::Send) => self.pausing = false,
            In::Fired(Timer::Listen) if self.link == Link::Down => self.listen(&mut out),
            In::Fired(Timer::Silence) if matches!(self.link, Link::Dialing | Link::Up) => {
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

    fn retry(&mut self, id: &str, fresh: Known, out: &mut Vec<Out>) {
        let Some(message) = self.find(id) else { return };
        let Delivery::Failed(reason) = message.delivery else { return };
        if !reason.may_pass() {
            return; // The same would be refused again.
        }
        message.delivery = Delivery::Queued;
        if reason == Reason::Gone {
            // Events of the old conversation have numbers that mean nothing in the new one.
            self.messages.retain(|message| message.cursor.is_none());
            for message in &mut self.messages {
                // Files went with the old conversation.
                message.attachments.clear();
                // What is under way goes to the old one; its answer is not told.
                if matches!(message.delivery, Delivery::Failed(Reason::Gone) | Delivery::Sending) {
                    message.delivery = Delivery::Queued;
                }
            }
            (self.cursor, self.agent_seen, self.link, self.closed) = (0, 0, Link::Down, false);
            (self.sending, self.catching_up, self.rated, self.rated_there) = (None, false, 0, 0);
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
        self.listen_anew(out);
    }

    /// A request ended.
    fn done(&mut self, ended: Call, outcome: Outcome, die: u32, out: &mut Vec<Out>) {
        match (&ended, outcome) {
            (Call::Availability, Outcome::Availability(availability)) => self.availability = Some(availability),
            (Call::Availability | Call::Seen(_) | Call::Writing, _) => {}
            (Call::Delete, Outcome::Nothing | Outcome::Refused(401 | 404 | 410, _)) => {
                self.leave(out);
                out.push(Out::Tell(News::Deleted));
            }
            (Call::Rate(stars), Outcome::Nothing) => {
                // Once: a comment that follows is the same rating.
                if self.rated_told != *stars {
                    self.rated_told = *stars;
                    out.push(Out::Tell(News::Rated(*stars)));
                }
            }
            (Call::Reachable, Outcome::Nothing) => {}
            (Call::Rate(_) | Call::Reachable | Call::Delete, _) => {
                // Nothing is shown as done that is not.
                self.rated = if matches!(ended, Call::Rate(_)) { self.rated_there } else { self.rated };
                out.push(Out::Tell(News::Failed(Reason::Refused)));
            }
            (Call::Events(after, poll), outcome) => self.caught_up(*after, *poll, outcome, die, out),
            (Call::Open | Call::Upload { .. } | Call::Put(_) | Call::PutFile { .. } | Call::Tell(_), outcome) => {
                // Only the request that is under way counts: a late answer of an earlier try is handled by its id.
                let current = self.sending.as_ref() == Some(&ended);
                if current {
                    self.sending = None;
                }
                self.sent(ended, outcome, current, die, out);
            }
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
