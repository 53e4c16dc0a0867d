//! What a screen reads of the conversation.

use super::super::io::Known;
use super::super::message::Message;
use super::super::protocol::{Availability, Participant};
use super::{Core, Link};

impl Core {
    /// The conversation, when there is one.
    #[must_use]
    pub fn known(&self) -> Option<&Known> {
        self.known.as_ref()
    }

    /// The messages, in the inbox's order, those that it has not yet last.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Whether somebody can answer now, when known.
    #[must_use]
    pub fn availability(&self) -> Option<&Availability> {
        self.availability.as_ref()
    }

    /// Name of the agent who wrote last.
    #[must_use]
    pub fn agent(&self) -> Option<&str> {
        let agents = self.messages.iter().rev().filter(|message| message.from == Participant::Agent);
        agents.map(|message| message.name.as_str()).find(|name| !name.is_empty())
    }

    /// Whether an agent is writing.
    #[must_use]
    pub fn typing(&self) -> bool {
        self.typing
    }

    /// Whether an agent ended the conversation.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.closed
    }

    /// How content the shopper said to be, 1 to 5; 0 when nothing was said.
    #[must_use]
    pub fn rated(&self) -> u8 {
        self.rated
    }

    /// Whether the inbox asked the shopper to slow down.
    #[must_use]
    pub fn limited(&self) -> bool {
        self.limited
    }

    /// Whether the connection is lost and tried again.
    #[must_use]
    pub fn reconnecting(&self) -> bool {
        let lost = self.link == Link::Down && self.listen_attempt > 1 && self.is_open();
        lost || self.pausing && self.send_attempt > 1 && !self.limited
    }

    /// How many messages of others the shopper has not seen.
    #[must_use]
    pub fn n_unread(&self) -> usize {
        let seen = self.known.as_ref().map_or(0, |known| known.seen);
        let others =
            self.messages.iter().filter(|message| !matches!(message.from, Participant::Shopper | Participant::System));
        others.filter(|message| message.cursor.is_some_and(|cursor| cursor > seen)).count()
    }

    /// Whether there is a conversation that the inbox knows of.
    pub(super) fn is_open(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.opening.is_none())
    }
}
