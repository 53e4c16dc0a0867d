//! What the shopper writes and encloses, on its way: one request at a time, in the order it was written.

use super::super::backoff::delay_ms;
use super::super::message::Enclosed;
use super::super::protocol::{FILE_KINDS, MAX_TEXT_BYTES};
use super::*;

impl Core {
    pub(super) fn write(
        &mut self,
        id: String,
        text: String,
        file: Option<Enclosed>,
        at_ms: u64,
        fresh: Known,
        out: &mut Vec<Out>,
    ) {
        if text.trim().is_empty() && file.is_none() || self.find(&id).is_some() {
            return;
        }
        if self.known.is_none() {
            out.push(Out::Save(fresh.clone()));
            out.push(Out::Tell(News::Began));
            self.known = Some(fresh);
        }
        self.queue(Waiting { id, seq: 0, text, file, at_ms, flow: Vec::new() }, out);
    }

    /// Takes its place in the shopper's order, and waits for its turn.
    pub(super) fn queue(&mut self, mut waiting: Waiting, out: &mut Vec<Out>) {
        self.last_seq = self.last_seq.saturating_add(1);
        waiting.seq = self.last_seq;
        let mut message = waiting.clone().message(false);
        match self.refusal(&waiting) {
            Some(reason) => {
                message.delivery = Delivery::Failed(reason);
                out.push(Out::Tell(News::Failed(reason)));
            }
            None => out.push(Out::Keep(waiting)),
        }
        self.messages.push(message);
        self.sort();
    }

    /// Why the inbox would not take it, which need not be tried to be known.
    fn refusal(&self, waiting: &Waiting) -> Option<Reason> {
        let Some(file) = &waiting.file else {
            return (waiting.text.len() > MAX_TEXT_BYTES).then_some(Reason::TooLong);
        };
        if !FILE_KINDS.contains(&file.kind.as_str()) || file.bytes == 0 {
            return Some(Reason::WrongKind);
        }
        let most = self.availability.as_ref().and_then(|known| known.file_bytes);
        most.is_some_and(|most| file.bytes > most).then_some(Reason::TooLarge)
    }

    /// The inbox has a message of ours.
    pub(super) fn stored(&mut self, id: &str, cursor: u64, at_ms: u64, out: &mut Vec<Out>) {
        let Some(message) = self.find(id) else { return };
        if message.cursor.is_none() {
            (message.cursor, message.at_ms, message.delivery) = (Some(cursor), at_ms, Delivery::Sent);
            out.push(Out::Release(id.to_owned()));
            out.push(Out::Tell(News::Sent));
        }
        self.sort();
    }

    /// A request of the sending side ended.
    pub(super) fn sent(&mut self, ended: Call, outcome: Outcome, current: bool, die: u32, out: &mut Vec<Out>) {
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
            (Call::Upload { message, .. }, Outcome::Attached(attachment)) => {
                (self.send_attempt, self.limited) = (0, false);
                if let Some(message) = self.find(&message).filter(|message| message.cursor.is_none()) {
                    (message.attachments, message.percent) = (vec![attachment], 100);
                    message.delivery = Delivery::Queued;
                }
            }
            (Call::Put(id) | Call::PutFile { message: id, .. } | Call::Tell(id), Outcome::Stored(stored)) => {
                (self.send_attempt, self.limited) = (0, false);
                self.stored(&id, stored.cursor, stored.at_ms, out);
            }
            _ if !current => {}
            (call, Outcome::Refused(status, refusal)) if !matches!(status, 408 | 425 | 429 | 500..) => {
                let reason = match (status, refusal.as_ref().map(|refusal| refusal.error.as_str())) {
                    (413, _) if matches!(call, Call::Upload { .. }) => Reason::TooLarge,
                    (415, _) => Reason::WrongKind,
                    (413, _) | (_, Some("too-long")) => Reason::TooLong,
                    (401 | 404 | 410, _) => Reason::Gone,
                    _ => Reason::Refused,
                };
                for message in &mut self.messages {
                    let refused = match call.message() {
                        Some(id) => message.id == id,
                        None => matches!(message.delivery, Delivery::Queued | Delivery::Sending),
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
                        (message.delivery, message.percent) = (Delivery::Queued, 0);
                    }
                }
                self.send_attempt = self.send_attempt.saturating_add(1);
                self.pausing = true;
                out.push(Out::Start(Timer::Send, delay_ms(self.send_attempt, die, asked)));
            }
        }
    }

    /// Sends what is next, if nothing is under way.
    pub(super) fn pump(&mut self, out: &mut Vec<Out>) {
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
}
