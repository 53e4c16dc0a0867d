//! Where a conversation goes on: other systems that a shop answers in, told over their own contracts.
//!
//! The browser talks to `helpnook serve` alone, which keeps every word before anything else happens;
//! the server's relay then carries it on. What each system is to be asked, and what its answers mean,
//! is said here, purely: an [`Adapter`] gives requests and reads answers, and never waits, sleeps,
//! counts or talks to anybody itself. The driver in `server::relay` does that, the same for all.
//!
//! - [`brief`] makes facts and a note for the agent out of a packet, [`plain`] text out of a system's HTML,
//!   [`parts`] parts out of a long message, [`settings`] reads what a configuration says.
//! - [`webhook`] and its neighbours are the systems.

pub mod brief;
pub mod chatwoot;
pub mod matrix;
pub mod parts;
pub mod plain;
mod request;
pub mod rocketchat;
pub mod settings;
pub mod sign;
pub mod sunco;
pub mod twilio;
pub mod webhook;
mod xml;
pub mod xmpp;
pub mod zendesk;

use std::collections::BTreeMap;
use std::fmt;

use crate::chat::protocol::{Attachment, Packet};

use self::settings::{Setting, Values};

pub use self::request::{Again, Answer, Body, Fault, Request, escaped, proof_at, text_at};

/// What an adapter keeps, by name: of a conversation, of a socket, or of its account.
pub type Saved = BTreeMap<String, String>;

/// A conversation, as an adapter may know it.
#[derive(Debug, Clone, Default)]
pub struct Talk {
    /// Its id: 32 hex digits.
    pub id: String,
    /// What the shopper let pass.
    pub packet: Packet,
    /// The shopper's first words.
    pub question: String,
    /// What was said before this system took over, a line each; empty when it is the first.
    pub before: String,
    /// Where files can be read: `https://help.shop.example`; empty when the configuration does not say.
    pub address: String,
    /// What is kept of the account: the token that [`Adapter::key`] fetched.
    pub account: Saved,
    /// Now, in milliseconds since 1970.
    pub now_ms: u64,
}

impl Talk {
    /// The shopper's name, or what stands for it.
    #[must_use]
    pub fn name(&self) -> &str {
        let person = &self.packet.person;
        [person.name.as_str(), person.email.as_str(), "Shopper"].into_iter().find(|name| !name.is_empty()).unwrap_or("")
    }
}

/// Something that the system must hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// The shopper wrote.
    Message {
        /// Id of the message: 32 hex digits, and never another's.
        id: String,
        /// The words; may be empty beside files.
        text: String,
        /// What came with them.
        files: Vec<Attachment>,
        /// When, in milliseconds since 1970.
        at_ms: u64,
    },
    /// The shopper did something in the help meanwhile: context for agents, never the shopper's own words.
    Told {
        /// Its id, as a message's.
        id: String,
        /// What, a line each.
        text: String,
    },
    /// The shopper said how content they are.
    Rated {
        /// 1 to 5.
        stars: u8,
        /// What was added.
        comment: String,
    },
    /// An agent of the inbox here ended the conversation.
    Closed,
}

impl Job {
    /// What tells it from every other job of its conversation.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Job::Message { id, .. } | Job::Told { id, .. } => id,
            Job::Rated { .. } => "rated",
            Job::Closed => "closed",
        }
    }

    /// A message's words, with the addresses of its files: for systems that take no files.
    #[must_use]
    pub fn words(&self, address: &str) -> String {
        let Job::Message { text, files, .. } = self else { return String::new() };
        let mut out = text.clone();
        for file in files {
            if !out.is_empty() {
                out.push('\n');
            }
            let link = if address.is_empty() { String::new() } else { format!(": {address}/v1/files/{}", file.id) };
            out += &format!("[{}]{link}", file.name);
        }
        out
    }
}

/// What is to be done next for a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// A request; its answer goes to [`Adapter::told`].
    Http(Request),
    /// A frame on the conversation's socket; [`Heard::Taken`] says that the system has it.
    Frame {
        /// The frame.
        text: String,
        /// What happens when it is sent twice.
        again: Again,
    },
}

/// What an answer means for a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// One step is done and kept; ask for the next.
    More,
    /// The system has it, under this id.
    Done(String),
}

/// What happens at the system's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Somebody there answered.
    Said {
        /// The system's id of the message: the same one counts once, however often it is heard.
        id: String,
        /// Who.
        name: String,
        /// The words, as plain text.
        text: String,
        /// Whether a program did.
        bot: bool,
        /// Answers that the shopper may give by a tap.
        choices: Vec<String>,
    },
    /// Somebody writes, or stopped.
    Typing(bool),
    /// The conversation ended there.
    Closed,
}

impl News {
    /// An answer of a person.
    #[must_use]
    pub fn said(id: impl Into<String>, name: impl Into<String>, text: impl Into<String>) -> News {
        News::Said { id: id.into(), name: name.into(), text: text.into(), bot: false, choices: Vec::new() }
    }
}

/// How news of one conversation comes in, besides by [`Adapter::hook`] and [`Adapter::watch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// Not.
    No,
    /// [`Adapter::fetch`] is made again and again.
    Poll {
        /// Time between two, while something is said; it grows while nothing is.
        every_ms: u64,
    },
    /// By a WebSocket.
    Socket(Dial),
}

/// A socket to open.
#[derive(Clone, PartialEq, Eq)]
pub struct Dial {
    /// `wss://…`.
    pub url: String,
    /// Subprotocol; empty for none.
    pub protocol: String,
    /// Header `Origin`; empty for none.
    pub origin: String,
    /// Silence after which it is taken for dead.
    pub silence_ms: u64,
    /// Time between two [`Frame::Tick`]s.
    pub tick_ms: u64,
}

/// Shows no query: a token may stand there.
impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.split('?').next().unwrap_or_default())
    }
}

/// What a socket says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'a> {
    /// It is open.
    Up,
    /// A text.
    Text(&'a str),
    /// Time went by.
    Tick,
}

/// What an adapter makes of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Say this on the socket.
    Say(String),
    /// From now on jobs may go by it.
    Ready,
    /// The system has the job of that id, under its own.
    Taken(String, String),
    /// The system does not let us in, and will not: why, in words for the shop.
    Refused(String),
    /// Fetch what was missed: [`Adapter::fetch`].
    Fetch,
    /// News.
    News(News),
    /// Hang up, and dial again later.
    Hang,
    /// The system's conversation is over or gone.
    Gone,
}

/// A request that somebody else's system makes of us.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Address it was made at, as the configuration's `address` and the path give it, with its query.
    pub url: &'a str,
    /// A header's value by its lower-case name.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// What came with it.
    pub body: &'a [u8],
    /// Now, in milliseconds since 1970.
    pub now_ms: u64,
}

/// Why a call is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFault {
    /// This system makes no calls.
    None,
    /// Its signature is missing, wrong or old.
    Unsigned,
    /// It cannot be read.
    Malformed,
}

/// News, each with the [`Adapter::place`] that it is about.
pub type Placed = Vec<(String, News)>;

/// A system in which a shop answers.
///
/// Every function is pure. `saved` is what the adapter keeps of one conversation: it lies in the
/// database, is written after each answer, and is empty when the conversation is new to the system.
pub trait Adapter: Send + Sync {
    /// Its name in the configuration.
    fn name(&self) -> &'static str;

    /// What is to be asked next so that the system has the job; nothing when it need not hear of it.
    fn ask(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Ask>;

    /// Takes in the answer to what [`Adapter::ask`] gave.
    ///
    /// # Errors
    /// Why the job is not done: as a rule, what [`Answer::json`] and [`proof_at`] say.
    fn told(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Told, Fault>;

    /// Whether jobs go by the conversation's socket: they wait until it is ready. Before it is, it tells which of
    /// them the system has already, so that a job sent again after another socket was opened counts once.
    fn by_socket(&self) -> bool {
        false
    }

    /// Asks whether the system has what was sent last, where [`Again::Look`] says that it can be told.
    fn look(&self, talk: &Talk, saved: &Saved, job: &Job) -> Option<Request> {
        let _ = (talk, saved, job);
        None
    }

    /// Takes in the answer to [`Adapter::look`]: nothing when the system has it not.
    ///
    /// # Errors
    /// As [`Adapter::told`].
    fn looked(&self, talk: &Talk, saved: &mut Saved, job: &Job, answer: &Answer) -> Result<Option<Told>, Fault> {
        let _ = (talk, saved, job, answer);
        Err(Fault::Unknown)
    }

    /// The system's own name of the conversation, by which calls and watches find it; nothing before it has one.
    fn place<'a>(&self, saved: &'a Saved) -> Option<&'a str>;

    /// That the shopper is writing, or stopped.
    fn typing(&self, talk: &Talk, saved: &Saved, on: bool) -> Option<Ask> {
        let _ = (talk, saved, on);
        None
    }

    /// The shopper deleted the conversation: asked once, whatever comes of it.
    fn leave(&self, talk: &Talk, saved: &Saved) -> Option<Request> {
        let _ = (talk, saved);
        None
    }

    /// Whether somebody answers at once there, as a rule; else the shopper hears of an answer later.
    fn is_live(&self) -> bool {
        true
    }

    /// Whether its answers come by calls, so that it must know where this server is reached.
    fn is_called(&self) -> bool {
        false
    }

    /// Whether the system itself writes e-mails to shoppers who left an address.
    fn mails_answers(&self) -> bool {
        false
    }

    /// How news of a conversation comes in.
    fn listen(&self, talk: &Talk, saved: &Saved) -> Listen {
        let _ = (talk, saved);
        Listen::No
    }

    /// Asks for what is new in a conversation.
    fn fetch(&self, talk: &Talk, saved: &Saved) -> Option<Request> {
        let _ = (talk, saved);
        None
    }

    /// Takes in the answer to [`Adapter::fetch`]. What was heard before may come again.
    ///
    /// # Errors
    /// As [`Adapter::told`].
    fn fetched(&self, talk: &Talk, saved: &mut Saved, answer: &Answer) -> Result<Vec<News>, Fault> {
        let _ = (talk, saved, answer);
        Ok(Vec::new())
    }

    /// Takes in what the socket says; `session` is kept as long as the socket is.
    fn hear(&self, talk: &Talk, saved: &mut Saved, session: &mut Saved, frame: Frame<'_>) -> Vec<Heard> {
        let _ = (talk, saved, session, frame);
        Vec::new()
    }

    /// Takes in a call at `/relay/NAME`.
    ///
    /// # Errors
    /// Why it is not heard; without a right signature nothing is.
    fn hook(&self, call: Call<'_>) -> Result<Placed, CallFault> {
        let _ = call;
        Err(CallFault::None)
    }

    /// Asks for what is new in all conversations: one request for the whole account, again and again.
    /// It may wait for news up to 25 s. `kept` lies in the database.
    fn watch(&self, account: &Saved, kept: &Saved) -> Option<Request> {
        let _ = (account, kept);
        None
    }

    /// Takes in the answer to [`Adapter::watch`].
    ///
    /// # Errors
    /// As [`Adapter::told`].
    fn watched(&self, kept: &mut Saved, answer: &Answer) -> Result<Placed, Fault> {
        let _ = (kept, answer);
        Ok(Vec::new())
    }

    /// Time between two watches.
    fn watch_every_ms(&self) -> u64 {
        1_000
    }

    /// The token that requests need, when the one that `account` holds is missing or old.
    fn key(&self, account: &Saved, now_ms: u64) -> Option<Request> {
        let _ = (account, now_ms);
        None
    }

    /// Takes in the answer to [`Adapter::key`].
    ///
    /// # Errors
    /// As [`Adapter::told`].
    fn keyed(&self, account: &mut Saved, now_ms: u64, answer: &Answer) -> Result<(), Fault> {
        let _ = (account, now_ms, answer);
        Ok(())
    }

    /// Asks whether somebody can answer now.
    fn availability(&self, account: &Saved) -> Option<Request> {
        let _ = account;
        None
    }

    /// Takes in the answer to [`Adapter::availability`]; nothing when it does not say.
    fn available(&self, answer: &Answer, now_ms: u64) -> Option<bool> {
        let _ = (answer, now_ms);
        None
    }

    /// Asks the live service whether the configuration is right, changing nothing there; where jobs go by a socket,
    /// [`Adapter::hear`] does so when its session holds `probe`, until it is [`Heard::Ready`].
    fn probe(&self, account: &Saved) -> Option<Request>;

    /// Takes in the answer to [`Adapter::probe`].
    ///
    /// # Errors
    /// What is wrong, and what to do, in words.
    fn probed(&self, answer: &Answer) -> Result<(), String>;
}

/// A system that a configuration can name.
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a line of the configuration's example.
    pub about: &'static str,
    /// What it needs.
    pub settings: &'static [Setting],
    /// Makes the adapter of checked settings.
    pub make: fn(&Values) -> Result<Box<dyn Adapter>, String>,
}

/// Every system there is.
pub const KINDS: &[Kind] = &[
    zendesk::KIND,
    sunco::KIND,
    twilio::KIND,
    chatwoot::KIND,
    rocketchat::KIND,
    matrix::KIND,
    xmpp::KIND,
    webhook::KIND,
];

/// The system of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_as_links_where_a_system_takes_none() {
        let file = Attachment { id: "f1".to_owned(), name: "shoe.jpg".to_owned(), ..Attachment::default() };
        let job = Job::Message { id: "m".to_owned(), text: "Torn".to_owned(), files: vec![file], at_ms: 0 };
        assert_eq!(job.words("https://help.example"), "Torn\n[shoe.jpg]: https://help.example/v1/files/f1");
        assert_eq!(job.words(""), "Torn\n[shoe.jpg]");
    }
}
