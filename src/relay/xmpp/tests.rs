use super::*;
use crate::relay::News;

const ROOM: &str = "help-x@rooms.example";

fn xmpp() -> Xmpp {
    Xmpp::new(&Values::of(&[
        ("url", "https://x.example/xmpp-websocket"),
        ("user", "help@x.example"),
        ("password", "p<w"),
        ("rooms", "rooms.x.example"),
        ("invite", "ana@x.example, ben@x.example"),
    ]))
}

fn talk() -> Talk {
    Talk { id: "c".repeat(32), question: "Where <is> it?".to_owned(), ..Talk::default() }
}

/// What is said to each frame in turn.
fn heard(saved: &mut Saved, session: &mut Saved, frames: &[&str]) -> Vec<Heard> {
    let room = xmpp().room(&talk());
    let hear = |frame: &&str| {
        let text = frame.replace(ROOM, &room);
        xmpp().hear(&talk(), saved, session, Frame::Text(&text))
    };
    frames.iter().flat_map(hear).collect()
}

fn says(all: &[Heard]) -> String {
    all.iter().filter_map(|one| if let Heard::Say(text) = one { Some(text.as_str()) } else { None }).collect()
}

const MECHANISMS: &str = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>";
const CREATED: &str = "<presence xmlns='jabber:client' from='help-x@rooms.example/Shopper'><x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/><status code='201'/></x></presence>";

#[test]
fn a_new_room_is_set_up_and_agents_are_invited_with_the_question() {
    let (mut saved, mut session) = (Saved::new(), Saved::new());
    session.insert("name".to_owned(), "Shopper".to_owned());
    let set_up = says(&heard(&mut saved, &mut session, &[CREATED]));
    assert!(set_up.contains("muc#roomconfig_membersonly'><value>1<"), "{set_up}");
    let all = heard(
        &mut saved,
        &mut session,
        &[
            "<iq xmlns='jabber:client' type='result' id='room'/>",
            "<iq xmlns='jabber:client' type='error' id='archive'><error type='cancel'><service-unavailable/></error></iq>",
        ],
    );
    let said = says(&all);
    for part in ["invite to='ana@x.example'", "invite to='ben@x.example'", "<reason>Where &lt;is&gt; it?</reason>"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(all.last(), Some(&Heard::Ready));
    assert_eq!(xmpp().place(&saved), Some(xmpp().room(&talk()).as_str()));
}

#[test]
fn a_login_that_fails_is_said_in_words_without_the_password() {
    let said = says(&heard(&mut Saved::new(), &mut Saved::new(), &[MECHANISMS]));
    assert!(said.contains("mechanism='PLAIN'>AGhlbHAAcDx3<"), "{said}");
    let failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>";
    let refused = Heard::Refused("does not let help@x.example in: not-authorized".to_owned());
    assert_eq!(heard(&mut Saved::new(), &mut Saved::new(), &[failure]), [refused]);
    let none = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>";
    assert!(matches!(&heard(&mut Saved::new(), &mut Saved::new(), &[none])[..], [Heard::Refused(_)]));
}

#[test]
fn what_agents_say_is_heard_and_what_we_said_is_proved() {
    let message = |from: &str, id: &str, inner: &str| {
        format!("<message xmlns='jabber:client' type='groupchat' from='{ROOM}/{from}' id='{id}'>{inner}</message>")
    };
    let (mut saved, mut session) = (Saved::new(), Saved::new());
    session.insert("name".to_owned(), "Ada".to_owned());
    let all = heard(
        &mut saved,
        &mut session,
        &[
            &message("Ana", "1", &format!("<body>Here</body><stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='s1'/>")),
            &message("Ana", "2", "<composing xmlns='http://jabber.org/protocol/chatstates'/>"),
            &message("Ada", "hn-m1", "<body>Where?</body>"),
            &message("Ada", "other", "<body>from elsewhere</body>"),
            &message("Ana", "3", "<body> !close </body>"),
            &message("Ana", "3", "<body> !close </body>"),
            "<message xmlns='jabber:client' type='groupchat' from='other@rooms.example/Eve' id='4'><body>x</body></message>",
        ],
    );
    let room = xmpp().room(&talk());
    let expected = [
        Heard::News(News::said("s1", "Ana", "Here")),
        Heard::News(News::Typing(true)),
        Heard::Taken("m1".to_owned(), format!("{room}/Ada hn-m1")),
        Heard::News(News::Closed),
    ];
    assert_eq!(all, expected);
    // An end that is told again, once the conversation goes on, is no end.
    let delay = "<body>!close</body><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>";
    assert_eq!(heard(&mut saved, &mut session, &[&message("Ana", "9", delay)]), []);
}

#[test]
fn a_name_that_is_taken_is_changed_and_a_closed_door_is_said() {
    let (mut saved, mut session) = (Saved::new(), Saved::new());
    assert!(matches!(xmpp().join(&talk(), &saved, &mut session), Heard::Say(text) if text.contains("/Shopper'")));
    let error = |name: &str, why: &str| {
        format!(
            "<presence xmlns='jabber:client' type='error' from='{ROOM}/{name}'><error type='auth'><{why}/></error></presence>"
        )
    };
    let said = says(&heard(&mut saved, &mut session, &[&error("Shopper", "conflict")]));
    assert!(said.contains("/Shopper 2'"), "{said}");
    let refused = heard(&mut saved, &mut session, &[&error("Shopper 2", "forbidden")]);
    assert!(matches!(&refused[..], [Heard::Refused(why)] if why.contains("forbidden")));
    saved.insert("room".to_owned(), "known".to_owned());
    assert_eq!(heard(&mut saved, &mut session, &[&error("Shopper 2", "forbidden")]), [Heard::Gone]);
}

#[test]
fn what_is_no_xml_ends_the_socket() {
    for frame in ["<html>", "", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a/><b/>"] {
        assert_eq!(heard(&mut Saved::new(), &mut Saved::new(), &[frame]), [Heard::Hang], "{frame}");
    }
}
