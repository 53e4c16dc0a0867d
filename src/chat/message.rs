//! A message as the shopper sees it.

use super::io::Call;
use super::protocol::{Attachment, Event, FlowAnswer, Participant, What};
use super::wire;

/// How far a message of the shopper came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It waits for its turn or for a connection.
    Queued,
    /// It is on its way.
    Sending,
    /// The inbox has it.
    Sent,
    /// An agent read it.
    Seen,
    /// It was refused and stays here until the shopper tries again.
    Failed(Reason),
}

/// Why a message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is longer than the inbox takes.
    TooLong,
    /// The inbox does not know the conversation, or its token, any more.
    Gone,
    /// The file is larger than the inbox takes.
    TooLarge,
    /// The file is of a kind that the inbox does not take.
    WrongKind,
    /// Something else that trying again by itself would not mend.
    Refused,
}

impl Reason {
    /// Whether the same message may pass another time.
    #[must_use]
    pub fn may_pass(self) -> bool {
        matches!(self, Reason::Gone | Reason::Refused)
    }
}

/// A file as the shopper chose it; its bytes lie in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosed {
    /// Its id, made by the browser.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type, as `image/jpeg`.
    pub kind: String,
    /// Its size.
    pub bytes: u64,
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, made by the sender.
    pub id: String,
    /// Who wrote it.
    pub from: Participant,
    /// Name to show; empty for the shopper.
    pub name: String,
    /// The text.
    pub text: String,
    /// The file that the shopper sends with it from here.
    pub file: Option<Enclosed>,
    /// How much of that file has left, in hundredths.
    pub percent: u8,
    /// Files that come with it, as the inbox has them.
    pub attachments: Vec<Attachment>,
    /// Answers that the shopper may give by a tap.
    pub choices: Vec<String>,
    /// In place of a text: what the shopper answered in a guided flow.
    pub flow: Vec<FlowAnswer>,
    /// When, in milliseconds since 1970: by the inbox's clock once it has it, by ours before.
    pub at_ms: u64,
    /// Place in the order of the shopper's messages, from 1; 0 for others'.
    pub seq: u32,
    /// Number of its event, once the inbox has it.
    pub cursor: Option<u64>,
    /// How far it came; [`Delivery::Sent`] for others'.
    pub delivery: Delivery,
    /// Whether it was written to the outbox, or cannot be: only then it may leave.
    pub(super) kept: bool,
}

impl Message {
    /// What an event says, when it is a message or was told; its place in the shopper's order is open.
    pub(super) fn heard(Event { cursor, at_ms, what }: Event) -> Option<Self> {
        let (mut attachments, mut choices) = (Vec::new(), Vec::new());
        let (id, from, name, text, flow) = match what {
            What::Message { id, from, name, text, attachments: files, choices: taps } => {
                (attachments, choices) = (files, taps);
                (id, from, name, text, Vec::new())
            }
            What::Told { id, flow } => (id, Participant::Shopper, String::new(), String::new(), flow),
            _ => return None,
        };
        let (cursor, delivery) = (Some(cursor), Delivery::Sent);
        let (seq, kept) = (0, true);
        let (file, percent) = (None, 0);
        Some(Self {
            id,
            from,
            name,
            text,
            file,
            percent,
            attachments,
            choices,
            flow,
            at_ms,
            seq,
            cursor,
            delivery,
            kept,
        })
    }

    /// How the inbox is asked to store it.
    pub(super) fn request(&self) -> Call {
        let message = self.id.clone();
        match (&self.file, self.attachments.first()) {
            _ if !self.flow.is_empty() => Call::Tell(message),
            (_, Some(stored)) => Call::PutFile { message, file: stored.id.clone() },
            (Some(file), None) => Call::Upload { message, file: file.id.clone() },
            (None, None) => Call::Put(message),
        }
    }

    /// What goes with that request: the text, the name of a file on its way, or else the whole body.
    pub(super) fn body(&self) -> String {
        match &self.file {
            _ if !self.flow.is_empty() => wire::draft(self.seq, "", &self.flow),
            Some(file) if self.attachments.is_empty() => file.name.clone(),
            _ => self.text.clone(),
        }
    }
}

/// A message that waits in the outbox, which survives the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its id.
    pub id: String,
    /// Place in the order of the shopper's messages.
    pub seq: u32,
    /// The text, card numbers masked.
    pub text: String,
    /// The file that goes with it.
    pub file: Option<Enclosed>,
    /// When it was written, in milliseconds since 1970.
    pub at_ms: u64,
    /// In place of a text: what was answered in a guided flow.
    pub flow: Vec<FlowAnswer>,
}

impl Waiting {
    /// The shopper's own message, not sent yet.
    pub(super) fn message(self, kept: bool) -> Message {
        let Waiting { id, seq, text, file, at_ms, flow } = self;
        let (from, name, cursor, delivery) = (Participant::Shopper, String::new(), None, Delivery::Queued);
        let (percent, attachments, choices) = (0, Vec::new(), Vec::new());
        Message { id, from, name, text, file, percent, attachments, choices, flow, at_ms, seq, cursor, delivery, kept }
    }
}
