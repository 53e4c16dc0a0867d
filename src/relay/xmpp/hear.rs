//! What is heard, element by element, and what is made of it.

use base64::Engine as _;
use roxmltree::Node;

use super::super::xml::{child, condition, escaped, is_new, stanza_id, text_of};
use super::super::{Heard, News, Saved, Talk};
use super::{CLOSE, MAM, MAX_NAMES, MUC, NOTE, OURS, RSM, STATES, Xmpp};

impl Xmpp {
    pub(super) fn element(&self, talk: &Talk, saved: &mut Saved, session: &mut Saved, el: Node<'_, '_>) -> Vec<Heard> {
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
