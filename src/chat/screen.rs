//! What the conversation's screen says: a plain function from the state to a [`Scene`].

use super::core::Core;
use super::log::{author, log};
use super::offers::{Asking, address, attach, choices, offers, opening};
use super::packet::{Field, shown};
use super::protocol::{Packet, Participant};
use super::scene::{Node, Scene, node, slot};
use crate::page::Signal;
use crate::strings::{Msg, fill};

/// The interface's texts, as the language writes them.
pub trait Speech {
    /// A text.
    fn say(&self, msg: Msg) -> &str;
    /// The text that stands `offset` places after another.
    fn say_nth(&self, first: Msg, offset: usize) -> &str;
    /// A text with a number in it, in the right plural form.
    fn count(&self, msg: Msg, n: u32) -> String;
    /// A time of day, given in milliseconds since 1970.
    fn time(&self, at_ms: f64) -> String;
    /// A time with its day of the week.
    fn day_and_time(&self, at_ms: f64) -> String;
}

/// What the screen shows beside the core's state.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// Whether the browser is offline.
    pub offline: bool,
    /// Whether a card number was masked in the last message.
    pub masked: bool,
    /// Whether storage refused a message: then it is lost with the page.
    pub forgetful: bool,
    /// What would be passed on with the first message if nothing were struck.
    pub packet: Packet,
    /// Fields that are not to be passed on.
    pub struck: Vec<Field>,
    /// The inbox's origin, for the addresses of files.
    pub base: String,
    /// Where an answer finds the shopper; empty when not said.
    pub email: String,
    /// What was written there last and is no address: it is to be mended.
    pub no_address: String,
    /// What the shopper is asked before it is done.
    pub asking: Option<Asking>,
    /// Whether something was added to the rating.
    pub commented: bool,
    /// A guided flow that may do what the shopper wrote about: id and title.
    pub offer: Option<(String, String)>,
    /// Whether the first way is a form, which nobody answers at once.
    pub form: bool,
    /// What was taken on to another vendor's messenger, or to a form.
    pub elsewhere: Option<Elsewhere>,
}

/// A question that goes on in another vendor's messenger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The shopper's words.
    pub question: String,
    /// How they got there: `sent`, `typed`, `copied` or `shown`, or `left` by a form; empty while it is being opened.
    pub how: String,
}

/// The screen.
#[must_use]
pub fn scene(core: &Core, speech: &dyn Speech, around: &Circumstances) -> Scene {
    let begun = core.known().is_some();
    let agent = core.agent().unwrap_or_default();
    let away = around.form || core.availability().is_some_and(|known| !known.online);
    let title = match agent {
        // Nobody chats with a shop that is closed: what is written is a message that waits.
        "" => speech.say(if away { Msg::ChatLeave } else { Msg::Chat }),
        agent => agent,
    };
    let way = speech.say(match (begun, away) {
        (true, _) => Msg::ContactAgain,
        (_, true) => Msg::ChatLeave,
        _ => Msg::ContactChat,
    });
    let mut lists = vec![
        (slot::PRESENCE, presence(core, speech)),
        (slot::TYPING, [choices(core), typing(core, speech)].concat()),
        (slot::NOTICES, notices(core, speech, around)),
    ];
    if !begun && core.messages().is_empty() && around.elsewhere.is_none() {
        intro(core, speech, around, &mut lists);
    } else if begun {
        // Done since the conversation began: it goes with the next message.
        let rows: Vec<Node> = [Field::Searches, Field::Read, Field::Flow]
            .iter()
            .filter_map(|field| row(speech, around, *field))
            .collect();
        if !rows.is_empty() {
            lists.push((slot::INTRO, vec![shared(speech)]));
            lists.push((SHARED, rows));
        }
    }
    log(core, speech, &around.base, &mut lists);
    if let Some(elsewhere) = &around.elsewhere {
        handed(speech, elsewhere, &mut lists);
    }
    Scene { begun, way: way.to_owned(), title: title.to_owned(), lists }
}

/// The words stay in sight, whatever becomes of the messenger that they went to.
fn handed(speech: &dyn Speech, elsewhere: &Elsewhere, lists: &mut Vec<(u32, Vec<Node>)>) {
    let words = node("div.bubble dir=auto").child(node("span.sr").text(speech.say(Msg::You)));
    let own = node("div.said.own").child(words.child(node("p").text(&elsewhere.question)));
    let (place, notice) = if matches!(elsewhere.how.as_str(), "" | "left") {
        // A form puts itself in the place of these words, and stays there.
        let opening = node("p.quiet.small.dots").text(speech.say(Msg::VendorOpening));
        (slot::NOTICES, node("div id=hn-elsewhere").child(opening))
    } else {
        let pasted = matches!(elsewhere.how.as_str(), "sent" | "typed");
        let paste = if pasted { "" } else { speech.say(Msg::VendorPaste) };
        let words = [speech.say(Msg::VendorOpen), " ", paste].concat();
        let said = node("div.notice").child(node("p").text(words.trim_end()));
        let again = node("button.text type=button id=hn-vendor").text(speech.say(Msg::VendorAgain)).press("vendor");
        (slot::NOTICES, said.child(again))
    };
    for (slot, nodes) in lists {
        match *slot {
            slot::LOG => nodes.push(own.clone()),
            other if other == place => nodes.push(notice.clone()),
            _ => {}
        }
    }
}

/// Whether somebody is there, when the inbox said so.
fn presence(core: &Core, speech: &dyn Speech) -> Vec<Node> {
    let Some(known) = core.availability() else { return Vec::new() };
    let minutes = known.reply_in_s.map(|seconds| seconds.div_ceil(60).max(1));
    let words = match (known.online, minutes) {
        (true, Some(n)) if n <= 120 => speech.count(Msg::ReplyIn, n),
        (true, _) => speech.say(Msg::Online).to_owned(),
        (false, _) => opening(core, speech).unwrap_or_else(|| speech.say(Msg::Away).to_owned()),
    };
    vec![node(if known.online { "p.presence.here" } else { "p.presence" }).text(words)]
}

/// Before the first message: what this is, and what is passed on.
fn intro(core: &Core, speech: &dyn Speech, around: &Circumstances, lists: &mut Vec<(u32, Vec<Node>)>) {
    let away = core.availability().is_some_and(|known| !known.online);
    let rows: Vec<Node> = Field::ALL.iter().filter_map(|field| row(speech, around, *field)).collect();
    // Where the answer comes to, a form says itself.
    let words = match (around.form, away) {
        (true, _) => Msg::ContactHeading,
        (_, true) => Msg::ChatAway,
        _ => Msg::ChatIntro,
    };
    let mut intro = vec![welcome(speech, words)];
    if away {
        intro.push(address(speech, around));
    }
    if !rows.is_empty() {
        intro.push(shared(speech));
    }
    lists.push((slot::INTRO, intro));
    lists.push((SHARED, rows));
}

/// What is passed on, to be opened.
fn shared(speech: &dyn Speech) -> Node {
    let summary = node("summary").child(node("span").text(speech.say(Msg::Shared))).child(node("span").icon("next"));
    node("details.shared").child(summary).child(node("ul role=list").slot(SHARED))
}

/// The place for the rows of what is passed on.
const SHARED: u32 = slot::OWN;

fn welcome(speech: &dyn Speech, words: Msg) -> Node {
    node("div.welcome").child(node("span.medal").icon("chat")).child(node("p").text(speech.say(words)))
}

/// A field that is passed on, with a button that strikes it.
fn row(speech: &dyn Speech, around: &Circumstances, field: Field) -> Option<Node> {
    let mut lines = shown(&around.packet, field);
    if field == Field::Signals {
        // Signals have names for programs; the shopper reads sentences.
        let said = |name: &String| Signal::from_name(name).map(|one| speech.say_nth(Msg::WhySignalDwell, one as usize));
        lines = lines.iter().filter_map(said).map(str::to_owned).collect();
    }
    if lines.is_empty() {
        return None;
    }
    let name = speech.say(match field {
        Field::Page => Msg::SharedPage,
        Field::Product => Msg::SharedProduct,
        Field::Basket => Msg::SharedBasket,
        Field::Searches => Msg::SharedSearches,
        Field::Read => Msg::SharedRead,
        Field::Signals => Msg::SharedSignals,
        Field::Flow => Msg::SharedFlow,
        Field::Transcript => Msg::Bot,
    });
    let struck = around.struck.contains(&field);
    let label = speech.say(if struck { Msg::SharedKeep } else { Msg::SharedStrike });
    let number = (field as u8).to_string();
    let toggle = node("button.strike type=button")
        .attr("id", &["hn-strike-", &number].concat())
        .attr("aria-label", &fill(label, "field", name))
        .icon("close")
        .press(["strike:", &number].concat());
    let row = node(if struck { "li.struck" } else { "li" });
    Some(row.child(node("span.name").text(name)).child(node("span.value").text(lines.join(" · "))).child(toggle))
}

fn typing(core: &Core, speech: &dyn Speech) -> Vec<Node> {
    if !core.typing() {
        return Vec::new();
    }
    let name = author(speech, Participant::Agent, core.agent().unwrap_or_default());
    vec![node("p.quiet.small.dots").text(fill(speech.say(Msg::Typing), "name", &name))]
}

/// What stands between the messages and the field: each notice while it is true.
fn notices(core: &Core, speech: &dyn Speech, around: &Circumstances) -> Vec<Node> {
    [
        (around.offline, Msg::ChatOffline),
        (core.reconnecting() && !around.offline, Msg::Reconnecting),
        (core.limited(), Msg::FailRate),
        (core.closed(), Msg::ChatClosed),
        (around.masked, Msg::Masked),
        (around.forgetful, Msg::NotKept),
    ]
    .into_iter()
    .filter(|(shown, _)| *shown)
    .map(|(_, msg)| node("p.notice").text(speech.say(msg)))
    .chain(around.offer.iter().filter(|_| core.agent().is_none()).map(|(id, title)| {
        let words = node("p").text(speech.say(Msg::FlowOffer));
        let begin = node("button.text type=button id=hn-offer").text(title.as_str());
        node("div.notice").child(words).child(begin.press(["flow:begin:", id].concat()))
    }))
    .chain(offers(core, speech, around))
    .chain(attach(core, speech))
    .collect()
}

/// What is told to those who listen when somebody else wrote.
#[must_use]
pub fn spoken(speech: &dyn Speech, name: &str, text: &str) -> String {
    let name = if name.is_empty() { speech.say(Msg::Us) } else { name };
    fill(&fill(speech.say(Msg::Said), "name", name), "text", text)
}

#[cfg(test)]
pub(in crate::chat) mod tests {
    use super::*;
    use crate::chat::io::{Call, In, Known, Outcome};
    use crate::chat::message::Enclosed;
    use crate::chat::protocol::{Availability, Opened, PageInfo, Refusal, Stored};

    /// Says each text's key, so that a test reads as what is shown.
    pub(in crate::chat) struct Keys;

    impl Speech for Keys {
        fn say(&self, msg: Msg) -> &str {
            self.say_nth(msg, 0)
        }
        fn say_nth(&self, first: Msg, offset: usize) -> &str {
            crate::strings::KEYS[first as usize + offset]
        }
        fn count(&self, msg: Msg, n: u32) -> String {
            format!("{} {n}", self.say(msg))
        }
        fn time(&self, at_ms: f64) -> String {
            format!("at {at_ms}")
        }
        fn day_and_time(&self, at_ms: f64) -> String {
            format!("on {at_ms}")
        }
    }

    /// All that a list says, node by node.
    fn said(scene: &Scene, slot: u32) -> Vec<String> {
        fn walk(scene: &Scene, node: &Node, out: &mut Vec<String>) {
            if !node.text.is_empty() {
                out.push(node.text.clone());
            }
            for child in &node.children {
                walk(scene, child, out);
            }
            if node.slot != slot::NONE {
                out.extend(said(scene, node.slot));
            }
        }
        let mut out = Vec::new();
        for node in scene.list(slot) {
            walk(scene, node, &mut out);
        }
        out
    }

    fn known() -> Known {
        Known { id: "c".repeat(32), token: "t".repeat(64), opening: None, seen: 0 }
    }

    fn write(core: &mut Core, id: &str, text: &str) {
        core.step(In::Write { id: id.to_owned(), text: text.to_owned(), at_ms: 5, fresh: known() }, 0);
        core.step(In::Kept(id.to_owned()), 0);
    }

    fn at(core: &Core) -> Scene {
        scene(core, &Keys, &Circumstances::default())
    }

    #[test]
    fn before_the_first_message_it_says_what_it_is_and_what_is_passed_on() {
        let packet =
            Packet { page: PageInfo { title: "Basket".to_owned(), ..PageInfo::default() }, ..Packet::default() };
        let packet = Packet { signals: vec!["coupon-rejected".to_owned()], ..packet };
        let around = Circumstances { packet, ..Circumstances::default() };
        let first = scene(&Core::default(), &Keys, &around);
        assert!(!first.begun);
        assert_eq!(first.title, "chat");
        let expected =
            ["chat-intro", "shared", "shared-page", "Basket", "shared-signals", "why-signal-coupon-rejected"];
        assert_eq!(said(&first, slot::INTRO), expected);

        let struck = scene(&Core::default(), &Keys, &Circumstances { struck: vec![Field::Page], ..around });
        let rows = struck.list(SHARED);
        assert_eq!((rows[0].spec.as_str(), rows[1].spec.as_str()), ("li.struck", "li"));
        assert_ne!(rows[0].key(), first.list(SHARED)[0].key());
        assert_eq!(rows[0].children[2].press, "strike:0");
    }

    #[test]
    fn the_way_here_says_what_is_true() {
        let mut core = Core::default();
        assert_eq!(at(&core).way, "contact-chat", "nobody said yet that nobody is there");
        for (online, way) in [(false, "chat-leave"), (true, "contact-chat")] {
            let availability = Availability { online, ..Availability::default() };
            core.step(In::Done(Call::Availability, Outcome::Availability(availability)), 0);
            assert_eq!(at(&core).way, way);
        }
        core.step(In::Restored { known: Some(known()), waiting: Vec::new() }, 0);
        assert_eq!(at(&core).way, "contact-again");
    }

    #[test]
    fn a_form_is_no_chat() {
        let form = scene(&Core::default(), &Keys, &Circumstances { form: true, ..Circumstances::default() });
        assert_eq!((form.title.as_str(), form.way.as_str()), ("chat-leave", "chat-leave"));
        assert_eq!(said(&form, slot::INTRO), ["contact-heading"], "nobody answers there, and nobody says so");
    }

    #[test]
    fn outside_hours_a_form_asks_for_the_address_first() {
        let mut core = Core::default();
        core.step(In::Done(Call::Availability, Outcome::Availability(Availability::default())), 0);
        let form = at(&core);
        assert_eq!((form.title.as_str(), form.way.as_str(), form.begun), ("chat-leave", "chat-leave", false));
        assert_eq!(said(&form, slot::INTRO), ["chat-away", "email-ask"]);
    }

    #[test]
    fn a_file_tells_how_far_it_came_and_why_it_was_refused() {
        let mut core = Core::default();
        let availability = Availability { file_bytes: Some(2 * 1_048_576), ..Availability::default() };
        core.step(In::Done(Call::Availability, Outcome::Availability(availability)), 0);
        let file = |bytes| Enclosed { id: "f".repeat(32), name: "seam.jpg".into(), kind: "image/jpeg".into(), bytes };
        let enclose = |id: &str, bytes| In::Enclose { id: id.to_owned(), file: file(bytes), at_ms: 5, fresh: known() };
        core.step(enclose("m1", 9), 0);
        core.step(In::Kept("m1".to_owned()), 0);
        core.step(In::Progress("m1".to_owned(), 40), 0);
        assert_eq!(said(&at(&core), slot::LOG), ["you", "seam.jpg", "state-sending"]);
        let scene = at(&core);
        let state = scene.list(scene.list(slot::LOG)[0].children[1].slot);
        assert_eq!(state[0].children[1].attrs[0], ("value".to_owned(), "40".to_owned()));
        core.step(enclose("m2", 3 * 1_048_576), 0);
        assert!(said(&at(&core), slot::LOG).contains(&"state-failed. fail-large".to_owned()));
    }

    #[test]
    fn a_message_is_followed_from_the_outbox_to_the_agents_eyes() {
        let mut core = Core::default();
        write(&mut core, "m1", "hello");
        assert_eq!(said(&at(&core), slot::LOG), ["you", "hello", "state-sending"]);
        assert!(said(&at(&core), slot::INTRO).is_empty());
        let stored = Outcome::Stored(Stored { cursor: 1, at_ms: 9 });
        core.step(In::Done(Call::Put("m1".to_owned()), stored), 0);
        assert_eq!(said(&at(&core), slot::LOG), ["you", "hello", "state-sent", "at 9"]);
    }

    #[test]
    fn how_far_it_came_changes_without_the_message_being_built_anew() {
        let mut core = Core::default();
        write(&mut core, "m1", "hello");
        let before = at(&core);
        let stored = Outcome::Stored(Stored { cursor: 1, at_ms: 9 });
        core.step(In::Done(Call::Put("m1".to_owned()), stored), 0);
        let after = at(&core);
        assert_eq!(before.list(slot::LOG), after.list(slot::LOG), "or it would be read aloud twice");
        assert_ne!(
            before.list(before.list(slot::LOG)[0].children[1].slot),
            after.list(after.list(slot::LOG)[0].children[1].slot)
        );
    }

    #[test]
    fn what_was_refused_says_why_and_can_be_sent_again() {
        let mut core = Core::default();
        write(&mut core, "m1", "hello");
        let gone = Refusal { error: "not-found".to_owned(), detail: String::new(), retry_after_s: None };
        core.step(In::Done(Call::Put("m1".to_owned()), Outcome::Refused(404, Some(gone))), 0);
        assert_eq!(said(&at(&core), slot::LOG), ["you", "hello", "state-failed. fail-gone", "retry"]);
    }

    #[test]
    fn whether_somebody_is_there_is_said_when_known() {
        let mut core = Core::default();
        assert!(said(&at(&core), slot::PRESENCE).is_empty());
        for (online, reply_in_s, expected) in [
            (true, Some(61), "reply-in 2"),
            (true, None, "online"),
            (true, Some(90_000), "online"),
            (false, Some(61), "away"),
        ] {
            let availability = Availability { online, reply_in_s, opens_at_ms: None, file_bytes: None };
            core.step(
                In::Done(Call::Open, Outcome::Opened(Opened { cursor: 0, availability: availability.clone() })),
                0,
            );
            core.step(In::Done(Call::Availability, Outcome::Availability(availability)), 0);
            assert_eq!(said(&at(&core), slot::PRESENCE), [expected]);
        }
    }

    #[test]
    fn what_goes_on_elsewhere_stays_in_sight() {
        let of = |how: &str| {
            let elsewhere = Elsewhere { question: "Where?".to_owned(), how: how.to_owned() };
            scene(&Core::default(), &Keys, &Circumstances { elsewhere: Some(elsewhere), ..Circumstances::default() })
        };
        let opening = of("");
        assert_eq!(said(&opening, slot::LOG), ["you", "Where?"]);
        assert_eq!(said(&opening, slot::NOTICES), ["vendor-opening"]);
        assert!(said(&opening, slot::TYPING).is_empty() && said(&opening, slot::INTRO).is_empty());
        // What a form says there is not built anew when the words were taken.
        assert_eq!(opening.list(slot::NOTICES), of("left").list(slot::NOTICES));
        assert_eq!(said(&of("sent"), slot::NOTICES), ["vendor-open", "vendor-again"]);
        assert_eq!(said(&of("copied"), slot::NOTICES), ["vendor-open vendor-paste", "vendor-again"]);
    }

    #[test]
    fn every_notice_is_shown_while_it_is_true() {
        let all = Circumstances { offline: true, masked: true, forgetful: true, ..Circumstances::default() };
        assert_eq!(said(&scene(&Core::default(), &Keys, &all), slot::NOTICES), ["chat-offline", "masked", "not-kept"]);
        assert!(said(&at(&Core::default()), slot::NOTICES).is_empty());
    }
}
