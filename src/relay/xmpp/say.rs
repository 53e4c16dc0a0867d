//! What is said: to come in, to make a room ready, and in it.

use super::super::xml::escaped;
use super::super::{Heard, Saved, Talk, brief};
use super::{MAM, MAX_NOTE_CHARS, MUC, MUC_OWNER, MUC_USER, NOTE, OURS, RSM, Xmpp};

impl Xmpp {
    pub(super) fn open(&self) -> Heard {
        let to = escaped(self.parts().1);
        Heard::Say(format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{to}' version='1.0'/>"))
    }

    pub(super) fn message(&self, talk: &Talk, id: &str, inner: &str) -> String {
        let (room, id) = (escaped(&self.room(talk)), escaped(id));
        format!("<message xmlns='jabber:client' type='groupchat' id='{id}' to='{room}'>{inner}</message>")
    }

    pub(super) fn said(&self, talk: &Talk, id: &str, text: &str) -> String {
        self.message(talk, &format!("{OURS}{id}"), &format!("<body>{}</body>", escaped(text)))
    }

    /// Takes part in the room, by the shopper's name. Its memory is asked for only where it keeps no archive, for it
    /// may begin after what was missed first.
    pub(super) fn join(&self, talk: &Talk, saved: &Saved, session: &mut Saved) -> Heard {
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
    pub(super) fn archive(&self, talk: &Talk, after: Option<&String>) -> Heard {
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

    pub(super) fn iq(&self, talk: &Talk, kind: &str, id: &str, inner: &str) -> String {
        let room = escaped(&self.room(talk));
        format!("<iq xmlns='jabber:client' type='{kind}' id='{id}' to='{room}'>{inner}</iq>")
    }

    /// A new room is for its members alone, stays when nobody is in it, and is in no list.
    pub(super) fn set_up(&self, talk: &Talk, session: &mut Saved, bare: bool) -> Heard {
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
    pub(super) fn ready(&self, talk: &Talk, saved: &mut Saved, session: &mut Saved) -> Vec<Heard> {
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
}
