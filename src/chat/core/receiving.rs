//! The stream of events: by socket, by polling where sockets do not pass, and what each event changes.

use super::super::backoff::delay_ms;
use super::super::protocol::{Event, Frame, What};
use super::*;

/// Silence after which a socket is taken for dead, in milliseconds: the inbox pings every 20 s.
const SILENCE_MS: u32 = 45_000;

/// Time that a socket gets to open, in milliseconds: what swallows sockets may also never say so.
const DIAL_MS: u32 = 4_000;

/// Time that a socket gets to prove that it lives, in milliseconds, when the page comes back from sleep, from a
/// locked phone or another network: with the wait before the next try it makes less than five seconds.
const PROBE_MS: u32 = 2_500;

/// Longest that "is writing" is shown without news, in milliseconds.
const TYPING_MS: u32 = 15_000;

/// Sockets that fail in a row, without one frame, before the same stream is polled instead.
const FAILURES_BEFORE_POLL: u32 = 2;

/// The socket speaks: it is dead only when it is silent for long from now on.
pub(super) fn expect_more(out: &mut Vec<Out>) {
    out.push(Out::Start(Timer::Silence, SILENCE_MS));
}

impl Core {
    /// Begins to listen, when there is something to listen to.
    pub(super) fn listen(&mut self, out: &mut Vec<Out>) {
        if !self.is_open() {
            return;
        }
        if self.socket_failures >= FAILURES_BEFORE_POLL {
            self.poll(out);
        } else {
            self.link = Link::Dialing;
            self.socket = self.socket.wrapping_add(1);
            out.push(Out::Dial(self.socket, self.cursor));
            out.push(Out::Start(Timer::Silence, DIAL_MS));
        }
    }

    /// Asks for what comes next; the inbox answers as soon as there is something.
    fn poll(&mut self, out: &mut Vec<Out>) {
        self.link = Link::Polling;
        self.poll = self.poll.wrapping_add(1).max(1);
        out.push(call(Call::Events(self.cursor, self.poll)));
    }

    /// The page comes back, perhaps after long: what it listened by may be dead without knowing.
    pub(super) fn listen_anew(&mut self, out: &mut Vec<Out>) {
        match self.link {
            Link::Down => self.listen(out),
            Link::Polling => self.poll(out),
            Link::Dialing | Link::Up => {
                if self.link == Link::Up {
                    out.extend([Out::Probe, Out::Start(Timer::Silence, PROBE_MS)]);
                }
                // Beside it: what was missed is not to wait for the proof.
                self.catching_up = true;
                out.push(call(Call::Events(self.cursor, 0)));
            }
        }
    }

    /// The stream broke off.
    pub(super) fn lost(&mut self, die: u32, out: &mut Vec<Out>) {
        if self.link != Link::Polling {
            self.socket_failures = self.socket_failures.saturating_add(1);
        }
        self.link = Link::Down;
        self.typing = false;
        self.listen_attempt = self.listen_attempt.saturating_add(1);
        out.push(Out::Start(Timer::Listen, delay_ms(self.listen_attempt, die, None)));
    }

    pub(super) fn hear(&mut self, frame: Frame, out: &mut Vec<Out>) {
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
                let (cursor, at_ms) = (event.cursor, event.at_ms);
                let Some(mut message) = Message::heard(event) else { return };
                if let Some(own) = self.find(&id) {
                    // As the inbox has them: it draws pictures anew.
                    own.attachments = message.attachments;
                    self.stored(&id, cursor, at_ms, out);
                } else {
                    if message.from == Participant::Shopper {
                        self.last_seq = self.last_seq.saturating_add(1);
                        message.seq = self.last_seq;
                    }
                    self.messages.push(message);
                }
            }
            What::AgentSeen { upto } => self.agent_seen = self.agent_seen.max(upto),
            What::Closed => {
                self.closed = true;
                self.asks = self.known.as_ref().is_some_and(|known| event.cursor > known.seen);
            }
            What::Reopened => (self.closed, self.asks) = (false, false),
            What::Rated { stars, .. } => (self.rated, self.rated_there) = (stars, stars),
            What::Unknown => {}
        }
        self.sort();
    }

    /// Events came, or did not.
    pub(super) fn caught_up(&mut self, after: u64, poll: u32, outcome: Outcome, die: u32, out: &mut Vec<Out>) {
        // What an earlier poll still brings is taken in, but the stream goes on by the last one alone.
        let goes_on = poll > 0 && poll == self.poll && self.link == Link::Polling;
        let Outcome::Events(events) = outcome else {
            self.catching_up = false;
            let gone = matches!(outcome, Outcome::Refused(401 | 404 | 410, _));
            if goes_on && !gone {
                self.lost(die, out);
            }
            return;
        };
        let more = events.cursor;
        // Below what was asked for, not below what is known by now: answers may be late.
        if more < after {
            self.start_over();
        }
        for event in events.events {
            self.take(event, out);
        }
        self.note_seen(out);
        if goes_on {
            self.listen_attempt = 0;
            self.poll(out);
        } else {
            self.catching_up = self.cursor < more;
            if self.catching_up {
                out.push(call(Call::Events(self.cursor, 0)));
            }
        }
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

    /// Remembers, and tells the inbox, that the shopper saw what there is.
    pub(super) fn note_seen(&mut self, out: &mut Vec<Out>) {
        let asks = self.asks && self.rated == 0;
        if !self.looking || self.n_unread() == 0 && !asks {
            return;
        }
        self.asks = false;
        if asks {
            out.push(Out::Tell(News::Asked));
        }
        if let Some(known) = &mut self.known {
            known.seen = self.cursor;
            out.push(Out::Save(known.clone()));
            out.push(call(Call::Seen(self.cursor)));
        }
    }
}
