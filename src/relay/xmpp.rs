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

use base64::Engine as _;
use roxmltree::{Document, Node};

use super::settings::{Holds, Setting, Values};
use super::xml::{child, condition, escaped, is_new, stanza_id, text_of};
use super::{
    Adapter, Again, Answer, Ask, Dial, Fault, Frame, Heard, Job, Kind, Listen, News, Request, Saved, Talk, Told, brief,
    sign,
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

    fn open(&self) -> Heard {
        let to = escaped(self.parts().1);
        Heard::Say(format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{to}' version='1.0'/>"))
    }

    fn message(&self, talk: &Talk, id: &str, inner: &str) -> String {
        let (room, id) = (escaped(&self.room(talk)), escaped(id));
        format!("<message xmlns='jabber:client' type='groupchat' id='{id}' to='{room}'>{inner}</message>")
    }

    fn said(&self, talk: &Talk, id: &str, text: &str) -> String {
        self.message(talk, &format!("{OURS}{id}"), &format!("<body>{}</body>", escaped(text)))
    }

    /// Takes part in the room, by the shopper's name. Its memory is asked for only where it keeps no archive, for it
    /// may begin after what was missed first.
    fn join(&self, talk: &Talk, saved: &Saved, session: &mut Saved) -> Heard {
        let tries = session.get("names").map_or(0, |all| all.lines().count());
        let plain: String = talk.name().chars().filter(|c| !c.is_control()).collect();
        let name = brief::cut(plain.trim(), 60);
        let name = if tries == 0 { name } else { format!("{name} {}", tries + 1) };
        let names = session.entry("names".to_owned()).or_default();
        *names += &format!("{name}\n");
        session.insert("name".to_owned(), name.clone());
        let to = escaped(&format!("{}/{name}", self.room(talk)));
        let most = if saved.contains_key("archive") { 0 } else { 50 };
        Heard::Say(format!(
            "<presence xmlns='jabber:client' to='{to}'><x xmlns='{MUC}'><history maxstanzas='{most}'/></x></presence>"
        ))
    }

    /// Asks for what was said after what is known.
    fn archive(&self, talk: &Talk, after: Option<&String>) -> Heard {
        let page = match after {
            Some(id) => format!("<after>{}</after>", escaped(id)),
            None => "<before/>".to_owned(),
        };
        let form = format!(
            "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>{MAM}</value></field></x>"
        );
        let set = format!("<set xmlns='{RSM}'><max>100</max>{page}</set>");
        Heard::Say(self.iq(talk, "set", "archive", &format!("<query xmlns='{MAM}'>{form}{set}</query>")))
    }

    fn iq(&self, talk: &Talk, kind: &str, id: &str, inner: &str) -> String {
        let room = escaped(&self.room(talk));
        format!("<iq xmlns='jabber:client' type='{kind}' id='{id}' to='{room}'>{inner}</iq>")
    }

    /// A new room is for its members alone, stays when nobody is in it, and is in no list.
    fn set_up(&self, talk: &Talk, session: &mut Saved, bare: bool) -> Heard {
        session.insert("bare".to_owned(), bare.to_string());
        let field = |name: &str, value: &str| format!("<field var='{name}'><value>{}</value></field>", escaped(value));
        let title = [talk.name(), talk.packet.page.title.as_str()].join(" – ");
        let fields = if bare {
            String::new()
        } else {
            field("FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig")
                + &field("muc#roomconfig_roomname", &brief::cut(title.trim_end_matches(" – "), 100))
                + &field("muc#roomconfig_persistentroom", "1")
                + &field("muc#roomconfig_publicroom", "0")
                + &field("muc#roomconfig_membersonly", "1")
        };
        let form = format!("<query xmlns='{MUC_OWNER}'><x xmlns='jabber:x:data' type='submit'>{fields}</x></query>");
        Heard::Say(self.iq(talk, "set", "room", &form))
    }

    /// Everything is known: what agents need to begin with, then the words.
    fn ready(&self, talk: &Talk, saved: &mut Saved, session: &mut Saved) -> Vec<Heard> {
        let mut out = Vec::new();
        if saved.insert("invited".to_owned(), "yes".to_owned()).is_none() {
            let reason = escaped(&brief::cut(&talk.question, 500));
            for agent in &self.agents {
                let to = escaped(agent);
                let invite = format!("<x xmlns='{MUC_USER}'><invite to='{to}'><reason>{reason}</reason></invite></x>");
                let room = escaped(&self.room(talk));
                out.push(Heard::Say(format!("<message xmlns='jabber:client' to='{room}'>{invite}</message>")));
            }
            let subject = escaped(&brief::cut(&talk.question, 200));
            out.push(Heard::Say(self.message(talk, "subject", &format!("<subject>{subject}</subject>"))));
        }
        let note = brief::note(talk, MAX_NOTE_CHARS);
        if !note.is_empty() && !saved.contains_key("noted") {
            out.push(Heard::Say(self.said(talk, NOTE, &format!("{}\n{note}", brief::NOT_THEIRS))));
        }
        session.insert("ready".to_owned(), "yes".to_owned());
        out.push(Heard::Ready);
        out
    }

    fn element(&self, talk: &Talk, saved: &mut Saved, session: &mut Saved, el: Node<'_, '_>) -> Vec<Heard> {
        match el.tag_name().name() {
            "features" => self.features(talk, session, el),
            "success" => {
                session.insert("in".to_owned(), "yes".to_owned());
                vec![self.open()]
            }
            "failure" => {
                vec![Heard::Refused(format!("does not let {} in: {}", self.user, condition(el)))]
            }
            "iq" => self.answered(talk, saved, session, el),
            "presence" => self.present(talk, saved, session, el),
            "message" => self.heard(talk, saved, session, el),
            "close" | "error" => vec![Heard::Hang],
            _ => Vec::new(),
        }
    }

    fn features(&self, talk: &Talk, session: &Saved, el: Node<'_, '_>) -> Vec<Heard> {
        if session.contains_key("in") {
            let name = Self::name_of(talk);
            let bind = format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{name}</resource></bind>");
            return vec![Heard::Say(format!("<iq xmlns='jabber:client' type='set' id='bind'>{bind}</iq>"))];
        }
        if !el.descendants().any(|one| one.tag_name().name() == "mechanism" && one.text() == Some("PLAIN")) {
            return vec![Heard::Refused("takes no login by PLAIN over its WebSocket".to_owned())];
        }
        let secret =
            base64::engine::general_purpose::STANDARD.encode(format!("\0{}\0{}", self.parts().0, self.password));
        vec![Heard::Say(format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"))]
    }

    fn answered(&self, talk: &Talk, saved: &mut Saved, session: &mut Saved, el: Node<'_, '_>) -> Vec<Heard> {
        let (kind, id) = (el.attribute("type").unwrap_or_default(), el.attribute("id").unwrap_or_default());
        match (id, kind) {
            (_, "get" | "set") => vec![Heard::Say(pong(el, id))],
            ("bind", "result") if session.contains_key("probe") => {
                let to = escaped(&self.rooms);
                let query = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
                vec![Heard::Say(format!("<iq xmlns='jabber:client' type='get' id='probe' to='{to}'>{query}</iq>"))]
            }
            ("bind", "result") => vec![self.join(talk, saved, session)],
            ("bind", _) => vec![Heard::Refused(format!("gives {} no session: {}", self.user, condition(el)))],
            ("probe", "result") if el.descendants().any(|one| one.attribute("var") == Some(MUC)) => vec![Heard::Ready],
            ("probe", _) => vec![Heard::Refused(format!("knows no rooms at {}: correct `rooms`", self.rooms))],
            // Nothing is in it, but now it is known whether it keeps what will be.
            ("room", "result") => vec![self.archive(talk, None)],
            ("room", _) if session.get("bare").is_some_and(|bare| bare == "false") => {
                vec![self.set_up(talk, session, true)]
            }
            ("room", _) => vec![Heard::Refused(format!("lets {} make no room: {}", self.user, condition(el)))],
            ("archive", "result") => {
                saved.insert("archive".to_owned(), "yes".to_owned());
                let fin = child(el, MAM, "fin");
                let whole = fin.is_none_or(|fin| fin.attribute("complete") == Some("true"));
                let last = fin.and_then(|fin| child(child(fin, RSM, "set")?, RSM, "last")?.text().map(str::to_owned));
                match last.filter(|_| !whole && session.contains_key("after")) {
                    Some(last) => vec![self.archive(talk, Some(&last))],
                    None => self.ready(talk, saved, session),
                }
            }
            // It forgot the last one that we know, or keeps nothing.
            ("archive", _) => match session.remove("after") {
                Some(_) => vec![self.archive(talk, None)],
                None => self.ready(talk, saved, session),
            },
            _ => Vec::new(),
        }
    }

    fn present(&self, talk: &Talk, saved: &mut Saved, session: &mut Saved, el: Node<'_, '_>) -> Vec<Heard> {
        let (room, name) = el.attribute("from").unwrap_or_default().split_once('/').unwrap_or_default();
        if room != self.room(talk) || session.get("name").is_none_or(|own| own != name) {
            return Vec::new();
        }
        let statuses: Vec<&str> = el.descendants().filter_map(|one| one.attribute("code")).collect();
        let is = |code: &str| statuses.contains(&code);
        match el.attribute("type") {
            None if is("201") => {
                // Whatever was in a room of that name is gone.
                saved.clear();
                saved.insert("room".to_owned(), room.to_owned());
                vec![self.set_up(talk, session, false)]
            }
            None => {
                saved.insert("room".to_owned(), room.to_owned());
                Vec::new()
            }
            Some("error") => match condition(el).as_str() {
                "conflict" if session.get("names").is_none_or(|all| all.lines().count() < MAX_NAMES) => {
                    vec![self.join(talk, saved, session)]
                }
                _ if saved.contains_key("room") => vec![Heard::Gone],
                why => vec![Heard::Refused(format!("lets {} into no room: {why}", self.user))],
            },
            Some("unavailable") if is("332") || is("333") => vec![Heard::Hang],
            // Shown out, or the room is no more: an agent ended it.
            Some("unavailable") => vec![Heard::News(News::Closed), Heard::Gone],
            _ => Vec::new(),
        }
    }

    fn heard(&self, talk: &Talk, saved: &mut Saved, session: &mut Saved, el: Node<'_, '_>) -> Vec<Heard> {
        let room = self.room(talk);
        if el.attribute("from").unwrap_or_default().split('/').next() != Some(room.as_str()) {
            return Vec::new();
        }
        if let Some(result) = child(el, MAM, "result") {
            let inner =
                child(result, "urn:xmpp:forward:0", "forwarded").and_then(|all| child(all, "jabber:client", "message"));
            let id = result.attribute("id").unwrap_or_default();
            saved.insert("last".to_owned(), id.to_owned());
            let new = session.contains_key("after");
            return inner.map(|inner| news(saved, session, inner, id, new)).unwrap_or_default();
        }
        match el.attribute("type") {
            Some("error") if el.attribute("id").is_some_and(|id| id.starts_with(OURS)) => {
                let wait = el.descendants().any(|one| one.attribute("type") == Some("wait"));
                match condition(el).as_str() {
                    // We are no longer in the room.
                    "not-acceptable" => vec![Heard::Hang],
                    _ if wait => vec![Heard::Hang],
                    why => vec![Heard::Refused(format!("takes no message: {why}"))],
                }
            }
            Some("groupchat") => {
                let subject = el.children().any(|one| one.tag_name().name() == "subject");
                let ready = session.contains_key("ready") || session.contains_key("bare");
                if subject && text_of(el, "body").is_empty() {
                    // The room's memory is told: now what its archive knows beyond that.
                    let first = !ready && session.insert("asked".to_owned(), "yes".to_owned()).is_none();
                    if !first {
                        return Vec::new();
                    }
                    let after = saved.get("last").cloned();
                    if let Some(after) = &after {
                        session.insert("after".to_owned(), after.clone());
                    }
                    return vec![self.archive(talk, after.as_ref())];
                }
                let id = stanza_id(el, &room);
                if let Some(id) = id.as_ref().filter(|_| ready) {
                    saved.insert("last".to_owned(), id.clone());
                }
                let own = || {
                    format!("{} {}", el.attribute("from").unwrap_or_default(), el.attribute("id").unwrap_or_default())
                };
                news(saved, session, el, &id.unwrap_or_else(own), is_new(el))
            }
            _ => Vec::new(),
        }
    }
}

/// What a message of the room says; `new` is false when it may have been heard before.
fn news(saved: &mut Saved, session: &Saved, el: Node<'_, '_>, id: &str, new: bool) -> Vec<Heard> {
    let name = el.attribute("from").unwrap_or_default().split_once('/').unwrap_or_default().1;
    if let Some(own) = el.attribute("id").unwrap_or_default().strip_prefix(OURS) {
        if own == NOTE {
            saved.insert("noted".to_owned(), id.to_owned());
            return Vec::new();
        }
        return vec![Heard::Taken(own.to_owned(), id.to_owned())];
    }
    if name.is_empty() || session.get("name").is_some_and(|own| own == name) {
        return Vec::new();
    }
    let body = text_of(el, "body");
    if body.trim() == CLOSE {
        let heard = saved.insert("closed".to_owned(), id.to_owned()).is_some_and(|known| known == id);
        return if new && !heard { vec![Heard::News(News::Closed)] } else { Vec::new() };
    }
    if body.is_empty() {
        let state = el.children().find(|one| one.tag_name().namespace() == Some(STATES));
        return match state.map(|one| one.tag_name().name()) {
            Some(state) if new => vec![Heard::News(News::Typing(state == "composing"))],
            _ => Vec::new(),
        };
    }
    vec![Heard::News(News::said(id, name, body))]
}

/// The answer to somebody's question: that we are there, or that we know nothing of it.
fn pong(el: Node<'_, '_>, id: &str) -> String {
    let to = el.attribute("from").map(|from| format!(" to='{}'", escaped(from))).unwrap_or_default();
    let id = escaped(id);
    if child(el, "urn:xmpp:ping", "ping").is_some() {
        return format!("<iq xmlns='jabber:client' type='result' id='{id}'{to}/>");
    }
    let error = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    format!("<iq xmlns='jabber:client' type='error' id='{id}'{to}>{error}</iq>")
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
