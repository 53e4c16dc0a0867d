//! A message as the shopper sees it.

use super::protocol::{Attachment, Participant};

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
    /// Something else that trying again by itself would not mend.
    Refused,
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
    /// Files that come with it.
    pub attachments: Vec<Attachment>,
    /// Answers that the shopper may give by a tap.
    pub choices: Vec<String>,
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

/// A message that waits in the outbox, which survives the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its id.
    pub id: String,
    /// Place in the order of the shopper's messages.
    pub seq: u32,
    /// The text, card numbers masked.
    pub text: String,
    /// When it was written, in milliseconds since 1970.
    pub at_ms: u64,
}
