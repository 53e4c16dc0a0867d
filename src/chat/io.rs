//! What goes into the conversation's state machine and what comes out of it: plain data.

use super::message::{Enclosed, Reason, Waiting};
use super::protocol::{Attachment, Availability, Events, FlowAnswer, Frame, Opened, Refusal, Stored};

/// A conversation as it is kept by the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id, 32 hex digits.
    pub id: String,
    /// Its token, 64 hex digits.
    pub token: String,
    /// The `Opening` still to be sent, as JSON; `None` once the inbox has it.
    pub opening: Option<String>,
    /// Number of the last event that the shopper saw.
    pub seen: u64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum In {
    /// Storage was read: at the start, or when another tab wrote it.
    Restored {
        /// The conversation, when there is one.
        known: Option<Known>,
        /// What waits in the outbox.
        waiting: Vec<Waiting>,
    },
    /// The shopper sent a text.
    Write {
        /// Id of the message, fresh.
        id: String,
        /// The text, card numbers masked.
        text: String,
        /// Now, in milliseconds since 1970.
        at_ms: u64,
        /// The conversation to begin when there is none.
        fresh: Known,
    },
    /// The shopper sent a file.
    Enclose {
        /// Id of the message, fresh.
        id: String,
        /// The file.
        file: Enclosed,
        /// Now, in milliseconds since 1970.
        at_ms: u64,
        /// The conversation to begin when there is none.
        fresh: Known,
    },
    /// So many hundredths of the file of a message have left.
    Progress(String, u8),
    /// What was answered in a guided flow is passed on to the conversation that there is.
    Tell {
        /// Its id, fresh, as a message's.
        id: String,
        /// Questions and answers.
        flow: Vec<FlowAnswer>,
        /// Now, in milliseconds since 1970.
        at_ms: u64,
    },
    /// The outbox has the message, or never will.
    Kept(String),
    /// The shopper wants a refused message sent again.
    Retry {
        /// Its id.
        id: String,
        /// The conversation to begin when the old one is gone.
        fresh: Known,
    },
    /// A request ended. Answers of a conversation that was left since must not be told.
    Done(Call, Outcome),
    /// The socket of that number is open.
    SocketUp(u32),
    /// The socket of that number is closed, or could not be opened.
    SocketDown(u32),
    /// The socket of that number brought a frame.
    Heard(u32, Frame),
    /// A timer ran out.
    Fired(Timer),
    /// The network or the page came back: do not wait any longer.
    Wake,
    /// The conversation is before the shopper's eyes, or no more.
    Looking(bool),
    /// The shopper said how content they are, 1 to 5, and perhaps why.
    Rate(u8, String),
    /// The shopper said where an answer finds them.
    Reachable(String),
    /// The shopper is writing.
    Writing,
    /// The shopper leaves the conversation, to begin another.
    Afresh,
    /// The shopper wants the conversation deleted everywhere.
    Delete,
    /// The conversation's screen or a contact line asks whether somebody is there.
    Ask,
}

/// A request to the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// `PUT` of the conversation.
    Open,
    /// `PUT` of a file, whose name is the text.
    Upload {
        /// The message it belongs to.
        message: String,
        /// Its id.
        file: String,
    },
    /// `PUT` of the message of that id.
    Put(String),
    /// `PUT` of a message with a file that the inbox has.
    PutFile {
        /// Id of the message.
        message: String,
        /// Id of the file.
        file: String,
    },
    /// `PUT`, under that id, of what was answered in a flow; its body is complete.
    Tell(String),
    /// `GET` of the events after a number: those that there are, or, as the poll of a number from 1 on, waiting for
    /// some. A poll ends the one before it.
    Events(u64, u32),
    /// `PUT` of how far the shopper has read.
    Seen(u64),
    /// `GET` of the availability.
    Availability,
    /// `PUT` of the rating, with its comment.
    Rate(u8),
    /// `PUT` of the address for answers.
    Reachable,
    /// `PUT` of that the shopper is writing.
    Writing,
    /// `DELETE` of the conversation.
    Delete,
}

impl Call {
    /// The message that it brings on its way.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        match self {
            Call::Put(id) | Call::Tell(id) => Some(id),
            Call::Upload { message: id, .. } | Call::PutFile { message: id, .. } => Some(id),
            _ => None,
        }
    }
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The conversation is open.
    Opened(Opened),
    /// The file is stored.
    Attached(Attachment),
    /// The message is stored.
    Stored(Stored),
    /// Events.
    Events(Events),
    /// The availability.
    Availability(Availability),
    /// Done, with nothing to tell.
    Nothing,
    /// Refused, with the status and what the inbox said.
    Refused(u16, Option<Refusal>),
    /// No answer: the network, a time-out, an answer cut short.
    Unreachable,
}

/// A timer; starting one anew replaces the one that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// Send again.
    Send,
    /// Listen again.
    Listen,
    /// The socket has been silent for too long.
    Silence,
    /// Nobody is writing any more.
    Typing,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// Write a message to the outbox, then say [`In::Kept`].
    Keep(Waiting),
    /// Take a message out of the outbox.
    Release(String),
    /// Write the conversation to storage.
    Save(Known),
    /// Forget the conversation and what waits in its outbox.
    Forget,
    /// Make a request, then say [`In::Done`]. A `Put` carries its order and text, an `Upload` its name.
    Call(Call, u32, String),
    /// Open a socket of that number, closing any other; its first frame says that events after the
    /// given one are wanted.
    Dial(u32, u64),
    /// Close the socket.
    Hang,
    /// Have the inbox say something by the socket, if that lives.
    Probe,
    /// Start a timer of so many milliseconds.
    Start(Timer, u32),
    /// Tell the shopper and the page.
    Tell(News),
}

/// What is worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The first message began a conversation.
    Began,
    /// The inbox has a message of the shopper.
    Sent,
    /// A message of the shopper was refused.
    Failed(Reason),
    /// The conversation is deleted everywhere.
    Deleted,
    /// The conversation was closed, and the shopper is asked how it was.
    Asked,
    /// The shopper said how it was, 1 to 5, and the inbox has it.
    Rated(u8),
    /// Somebody else wrote: name, text.
    Received(String, String),
}
