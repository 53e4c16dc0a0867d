//! XMPP: a room for each conversation, made by an account of the shop's, with its agents invited.
//!
//! By a WebSocket (RFC 7395), whose every frame is one element:
//!
//! | step | we say | we hear |
//! | --- | --- | --- |
//! | login | `open`, `auth` by PLAIN, `open`, `bind` | `success`, the features, the bound name |
//! | room | `presence` to `help-…@rooms` (XEP-0045) | `201` when it is new: it is set up, agents are invited |
//! | what was | `query` of the room's archive (XEP-0313) after the last one known | what was missed, and what of ours is there |
//! | words | `message` with the id `hn-ID` | the room says it back, which is the proof |
//!
//! A room's archive, or else its own memory, tells after each new socket which of our messages it has, so one
//! that nobody answered for is sent again only when it is not there. An agent ends a conversation by `!close`.

mod hear;
mod say;

use roxmltree::Document;

use super::settings::{Holds, Setting, Values};
use super::xml::escaped;
use super::{
    Adapter, Again, Answer, Ask, Dial, Fault, Frame, Heard, Job, Kind, Listen, Request, Saved, Talk, Told, brief, sign,
};

/// Silence after which the socket is dead: it is pinged in between.
const SILENCE_MS: u64 = 75_000;

/// Time between two pings.
const PING_MS: u64 = 30_000;

/// Most characters of the note; servers take stanzas of at least 10,000 bytes.
const MAX_NOTE_CHARS: usize = 2_400;

/// What marks an id as ours.
const OURS: &str = "hn-";

/// Id of the note that begins a conversation.
const NOTE: &str = "note";

/// What an agent writes to end a conversation.
const CLOSE: &str = "!close";

/// Times that another name is tried when somebody in the room has the shopper's.
const MAX_NAMES: usize = 3;

const MUC: &str = "http://jabber.org/protocol/muc";
const MUC_USER: &str = "http://jabber.org/protocol/muc#user";
const MUC_OWNER: &str = "http://jabber.org/protocol/muc#owner";
const MAM: &str = "urn:xmpp:mam:2";
const RSM: &str = "http://jabber.org/protocol/rsm";
const STATES: &str = "http://jabber.org/protocol/chatstates";

/// How it is set up.
pub const KIND: Kind = Kind {
    name: "xmpp",
    about: "rooms of an XMPP server, by its WebSocket",
    settings: &[
        Setting {
            name: "url",
            holds: Holds::Url,
            needed: true,
            example: "https://xmpp.shop.example:5281/xmpp-websocket",
            about: "its WebSocket; https stands for wss",
        },
        Setting {
            name: "user",
            holds: Holds::Text,
            needed: true,
            example: "help@shop.example",
            about: "the account that makes the rooms",
        },
        Setting {
            name: "password",
            holds: Holds::Secret,
            needed: true,
            example: "xmpp-password",
            about: "its password",
        },
        Setting {
            name: "rooms",
            holds: Holds::Text,
            needed: true,
            example: "rooms.shop.example",
            about: "the server's service of rooms",
        },
        Setting {
            name: "invite",
            holds: Holds::Text,
            needed: true,
            example: "ana@shop.example ben@shop.example",
            about: "the agents, who are invited to every room",
        },
    ],
    make: |values| {
        let xmpp = Xmpp::new(values);
        let is_name =
            |name: &str| name.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
        if !is_name(&xmpp.user) || xmpp.agents.iter().any(|agent| !is_name(agent)) {
            return Err("`user` and `invite` are names such as help@shop.example".to_owned());
        }
        Ok(Box::new(xmpp))
    },
};

/// The system.
pub struct Xmpp {
    url: String,
    user: String,
    password: String,
    rooms: String,
    agents: Vec<String>,
}

impl Xmpp {
    fn new(values: &Values) -> Self {
        Xmpp {
            url: values.text("url"),
            user: values.text("user"),
            password: values.text("password"),
            rooms: values.text("rooms"),
            agents: values.text("invite").split([' ', ',']).filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        }
    }

    /// The account's own part of its name, and its server's.
    fn parts(&self) -> (&str, &str) {
        self.user.split_once('@').unwrap_or_default()
    }

    /// The room's own part of its name: the same for every socket of a conversation.
    fn name_of(talk: &Talk) -> String {
        let id = sign::id_of(&format!("xmpp {}", talk.id));
        format!("help-{}", id.get(..20).unwrap_or(&id))
    }

    fn room(&self, talk: &Talk) -> String {
        format!("{}@{}", Self::name_of(talk), self.rooms)
    }
}

impl Adapter for Xmpp {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn ask(&self, talk: &Talk, _: &Saved, job: &Job) -> Option<Ask> {
        let text = match job {
            Job::Message { .. } => job.words(&talk.address),
            Job::Told { text, .. } => format!("{}\n{}", brief::NOT_THEIRS, brief::meanwhile(text)),
            Job::Rated { .. } | Job::Closed => return None,
        };
        Some(Ask::Frame { text: self.said(talk, job.id(), &text), again: Again::Safe })
    }

    fn told(&self, _: &Talk, _: &mut Saved, _: &Job, _: &Answer) -> Result<Told, Fault> {
        Err(Fault::Unknown)
    }

    fn by_socket(&self) -> bool {
        true
    }

    fn place<'a>(&self, saved: &'a Saved) -> Option<&'a str> {
        saved.get("room").map(String::as_str)
    }

    fn typing(&self, talk: &Talk, saved: &Saved, on: bool) -> Option<Ask> {
        saved.get("room")?;
        let state = if on { "composing" } else { "paused" };
        let text = self.message(talk, "typing", &format!("<{state} xmlns='{STATES}'/>"));
        Some(Ask::Frame { text, again: Again::Safe })
    }

    fn listen(&self, _: &Talk, _: &Saved) -> Listen {
        Listen::Socket(Dial {
            // https becomes wss, http ws.
            url: self.url.replacen("http", "ws", 1),
            protocol: "xmpp".to_owned(),
            origin: String::new(),
            silence_ms: SILENCE_MS,
            tick_ms: PING_MS,
        })
    }

    fn hear(&self, talk: &Talk, saved: &mut Saved, session: &mut Saved, frame: Frame<'_>) -> Vec<Heard> {
        match frame {
            Frame::Up => vec![self.open()],
            Frame::Tick if session.contains_key("in") => {
                let to = escaped(self.parts().1);
                let ping = format!(
                    "<iq xmlns='jabber:client' type='get' id='ping' to='{to}'><ping xmlns='urn:xmpp:ping'/></iq>"
                );
                vec![Heard::Say(ping)]
            }
            Frame::Tick => Vec::new(),
            Frame::Text(text) => match Document::parse(text) {
                Ok(document) => self.element(talk, saved, session, document.root_element()),
                Err(_) => vec![Heard::Hang],
            },
        }
    }

    fn probe(&self, _: &Saved) -> Option<Request> {
        None
    }

    fn probed(&self, _: &Answer) -> Result<(), String> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "xmpp/tests.rs"]
mod tests;
