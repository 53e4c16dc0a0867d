//! What panel and inbox say to each other: version 1, JSON over HTTP and WebSocket.
//!
//! | request | body | answer |
//! | --- | --- | --- |
//! | `GET /v1/availability` | | [`Availability`] |
//! | `PUT /v1/conversations/{id}` | [`Opening`] | [`Opened`]; the same on repeat |
//! | `PUT /v1/conversations/{id}/messages/{message}` | [`Draft`] | [`Stored`]; the same on repeat |
//! | `PUT /v1/conversations/{id}/seen` | [`Seen`] | 204 |
//! | `PUT /v1/conversations/{id}/typing` | [`Typing`] | 204; shows for 6 s |
//! | `PUT /v1/conversations/{id}/files/{file}?name=N` | the file | [`Attachment`]; the same on repeat |
//! | `GET /v1/files/{file}` | | the file; who knows its id may read it |
//! | `PUT /v1/conversations/{id}/person` | [`Person`] | 204; where an answer finds the shopper |
//! | `PUT /v1/conversations/{id}/rating` | [`Rating`] | 204; the last one counts |
//! | `GET /v1/conversations/{id}/transcript.txt` | | what was said, to keep |
//! | `GET /v1/conversations/{id}/events?after=N&wait_s=S` | | [`Events`]; waits up to S (25 at most) for one |
//! | `GET /v1/conversations/{id}/socket` (WebSocket) | first frame [`Hello`] | frames of [`Frame`]; to any later text, a [`Frame::Ping`] |
//! | `DELETE /v1/conversations/{id}` | | 204, gone everywhere |
//!
//! Ids are made by the browser: 128 random bits as 32 lower-case hex digits. The token is 64 hex
//! digits, also made by the browser, kept there and hashed at rest here; it goes in
//! `Authorization: Bearer`, never in an address. Every refusal is a [`Refusal`] with the right status.
//!
//! | refused with | `error` | sent again? |
//! | --- | --- | --- |
//! | 400 | `malformed`, `version` | no |
//! | 401, 403 | `unauthorized`: no token, another's token, a page that is not allowed | no |
//! | 404 | `not-found`: never opened, or deleted | no |
//! | 413 | `too-long` | no |
//! | 415 | `unsupported`: no file of a kind that is taken | no |
//! | 408, 503 | `unavailable`: nothing was stored, or its storing cannot be told | yes |
//! | 429 | `rate-limited` | yes, after `retry_after_s` |
//!
//! A socket is refused before it opens (403) when its page is not allowed, and otherwise closed
//! with 4000 + the status and `error` as the reason; 1001 says that the inbox stops, and any other
//! end says nothing: connect anew with the last cursor. Answers to events hold 500 at most: while
//! the answer's `cursor` is above the last event's, ask again. An answer whose `cursor` is below
//! the one asked for comes from an inbox that was set back to an older copy: read from 0.

use serde::{Deserialize, Serialize};

/// Version of this protocol.
pub const VERSION: u16 = 1;

/// Longest message, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 8 * 1024;

/// Types of files that may come with a message.
pub const FILE_KINDS: &[&str] = &["image/jpeg", "image/png", "image/webp", "application/pdf"];

/// Whether a person can answer now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// Whether an agent is signed in and within opening hours.
    pub online: bool,
    /// Expected time to the first answer, in seconds, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_in_s: Option<u32>,
    /// When the shop opens next, in milliseconds since 1970, while it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at_ms: Option<u64>,
    /// Size of the largest file that may come with a message; nothing where files are not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_bytes: Option<u64>,
}

/// Opens a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// [`VERSION`] of the sender.
    pub v: u16,
    /// What the shopper agreed to pass on.
    pub packet: Packet,
}

/// The handoff packet: where the shopper was and what was tried before asking a person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Packet {
    /// Version of the packet, 1.
    pub v: u16,
    /// Language of the interface.
    #[serde(default)]
    pub lang: String,
    /// Where the shopper is.
    #[serde(default)]
    pub page: PageInfo,
    /// What lies in the basket, in words of the shop; empty when unknown.
    #[serde(default)]
    pub basket: String,
    /// Texts searched for, oldest first.
    #[serde(default)]
    pub searches: Vec<String>,
    /// Articles read, oldest first.
    #[serde(default)]
    pub read: Vec<ReadArticle>,
    /// Signals that were seen, by name.
    #[serde(default)]
    pub signals: Vec<String>,
    /// What was answered in guided flows, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flow: Vec<FlowAnswer>,
    /// What was said with a bot before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcript: Vec<Turn>,
    /// Names of the fields that the shopper saw and let pass: `page`, `product`, `basket`,
    /// `searches`, `read`, `signals`, `flow`, `transcript`, `person`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consent: Vec<String>,
    /// Where an answer finds the shopper.
    #[serde(default, skip_serializing_if = "Person::is_nobody")]
    pub person: Person,
}

/// A step of a guided flow in a [`Packet`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowAnswer {
    /// What was asked.
    pub question: String,
    /// What the shopper chose or wrote.
    pub answer: String,
}

/// Something said before a person was asked, in a [`Packet`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Who said it.
    pub from: Participant,
    /// The text.
    pub text: String,
}

/// Who the shopper is, as far as the shopper says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Address for answers by e-mail; empty when not given.
    #[serde(default)]
    pub email: String,
    /// Name; empty when not given.
    #[serde(default)]
    pub name: String,
}

impl Person {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.email.is_empty() && self.name.is_empty()
    }
}

/// The page in a [`Packet`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageInfo {
    /// Address without query and fragment.
    #[serde(default)]
    pub url: String,
    /// Title of the page.
    #[serde(default)]
    pub title: String,
    /// Name of its [`crate::page::PageType`].
    #[serde(default)]
    pub page_type: String,
    /// Name of the product, when there is one.
    #[serde(default)]
    pub product: String,
}

/// An article in a [`Packet`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadArticle {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether the shopper said it helped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helped: Option<bool>,
}

/// The answer to an [`Opening`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Number of the last event; 0 in a new conversation.
    pub cursor: u64,
    /// Whether a person can answer now.
    pub availability: Availability,
}

/// A message as the shopper sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// [`VERSION`] of the sender.
    pub v: u16,
    /// Place in the order of this shopper's messages, from 1.
    pub seq: u32,
    /// The text, at most [`MAX_TEXT_BYTES`]; may be empty beside attachments.
    pub text: String,
    /// Ids of files that were stored before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
    /// In place of a text: what was answered in a guided flow since the conversation began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flow: Vec<FlowAnswer>,
}

/// A file of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id, which is also the key to read it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type, as `image/jpeg`.
    pub kind: String,
    /// Its size.
    pub bytes: u64,
    /// Width of an image in pixels, else 0.
    #[serde(default)]
    pub width: u32,
    /// Height of an image in pixels, else 0.
    #[serde(default)]
    pub height: u32,
}

/// Whether the shopper is writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// Whether so.
    pub on: bool,
}

/// How content the shopper is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// 1, not at all, to 5, very much.
    pub stars: u8,
    /// What the shopper adds.
    #[serde(default)]
    pub comment: String,
}

/// The answer to a [`Draft`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Number of its event.
    pub cursor: u64,
    /// When the inbox stored it, in milliseconds since 1970.
    pub at_ms: u64,
}

/// How far one side has read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Number of the last event read.
    pub cursor: u64,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Participant {
    /// Who browses.
    Shopper,
    /// The person who answers.
    Agent,
    /// The program that answers.
    Bot,
    /// The inbox itself.
    System,
}

/// Something that happened in a conversation; numbered from 1 without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    pub cursor: u64,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What an [`Event`] says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// A message.
    Message {
        /// Id of the message.
        id: String,
        /// Who wrote it.
        from: Participant,
        /// Name to show; empty for the shopper.
        #[serde(default)]
        name: String,
        /// The text.
        text: String,
        /// Files that come with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        /// Answers that the shopper may give by a tap.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        choices: Vec<String>,
    },
    /// What the shopper answered in a guided flow, passed on like the packet: context, not the shopper's
    /// own words to the agent.
    Told {
        /// Its id, made by the browser as a message's.
        id: String,
        /// Questions and answers, in order.
        flow: Vec<FlowAnswer>,
    },
    /// An agent read up to there.
    AgentSeen {
        /// Number of the last event read.
        upto: u64,
    },
    /// An agent ended the conversation.
    Closed,
    /// An agent, or a new message, opened it again.
    Reopened,
    /// The shopper said how content they are; the last one counts.
    Rated {
        /// 1 to 5.
        stars: u8,
        /// What the shopper added.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        comment: String,
    },
    /// A kind that this release does not know; shown as nothing, but it counts for the cursor.
    #[serde(other)]
    Unknown,
}

impl What {
    /// A message of words alone.
    #[must_use]
    pub fn said(id: &str, from: Participant, name: &str, text: &str) -> Self {
        What::Message {
            id: id.to_owned(),
            from,
            name: name.to_owned(),
            text: text.to_owned(),
            attachments: Vec::new(),
            choices: Vec::new(),
        }
    }
}

/// The answer to a request for events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// Those after the cursor asked for, in order.
    pub events: Vec<Event>,
    /// Number of the last event there is.
    pub cursor: u64,
}

/// First frame on a socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`] of the sender.
    pub v: u16,
    /// The conversation's token.
    pub token: String,
    /// Number of the last event the sender has.
    pub after: u64,
}

/// A frame from the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "frame", rename_all = "kebab-case")]
pub enum Frame {
    /// The next event.
    Event {
        /// It.
        event: Event,
    },
    /// An agent is writing; not stored, not numbered.
    Typing {
        /// Whether still.
        on: bool,
    },
    /// Availability changed.
    Availability {
        /// To what.
        availability: Availability,
    },
    /// Sent every 20 s; a reader that hears nothing for 45 s connects anew.
    Ping,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A word for programs: `rate-limited`, `too-long`, `unsupported`, `unauthorized`, `version`, `malformed`,
    /// `unavailable`, `not-found`.
    pub error: String,
    /// A sentence for people.
    pub detail: String,
    /// When to try again, in seconds, when that helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}
