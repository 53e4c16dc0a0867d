//! The whole conversation in one word, for the page and for whoever looks from outside.

use super::super::message::{Delivery, Reason};
use super::super::protocol::Participant;
use super::Core;

/// Where the conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nobody has written yet.
    Idle,
    /// The inbox does not know of the conversation yet.
    Connecting,
    /// The shopper waits for the first answer.
    Queued,
    /// An agent answered.
    Open,
    /// An agent ended it; another message opens it again.
    Ended,
    /// The connection broke off and is tried again.
    Lost,
    /// What the shopper wrote last was refused.
    Failed(Reason),
}

impl Phase {
    /// Its name in the page's event.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Phase::Idle => "idle",
            Phase::Connecting => "connecting",
            Phase::Queued => "queued",
            Phase::Open => "open",
            Phase::Ended => "ended",
            Phase::Lost => "lost",
            Phase::Failed(_) => "failed",
        }
    }
}

impl Core {
    /// Where the conversation stands: what hinders comes before what goes well.
    #[must_use]
    pub fn phase(&self) -> Phase {
        let mut own = self.messages.iter().rev().filter(|message| message.from == Participant::Shopper);
        if let Some(Delivery::Failed(reason)) = own.next().map(|message| message.delivery) {
            Phase::Failed(reason)
        } else if self.known.is_none() {
            Phase::Idle
        } else if self.reconnecting() {
            Phase::Lost
        } else if !self.is_open() {
            Phase::Connecting
        } else if self.closed {
            Phase::Ended
        } else if self.agent().is_some() {
            Phase::Open
        } else {
            Phase::Queued
        }
    }
}
