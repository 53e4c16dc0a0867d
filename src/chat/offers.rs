//! What the conversation's screen offers beside writing: a tap in place of words, a rating when it is
//! over, an address for the answer outside hours, and the conversation itself to keep, leave or delete.

use super::core::Core;
use super::protocol::{Attachment, FILE_KINDS, Participant};
use super::scene::{Node, node};
use super::screen::{Circumstances, Speech};
use crate::strings::{Msg, fill};

/// Best rating.
const MOST_STARS: u32 = 5;

/// What the shopper is asked before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// To leave this conversation and begin another.
    Afresh,
    /// To delete it everywhere.
    Delete,
}

/// When the shop opens next, while it is closed and says so.
#[must_use]
pub fn opening(core: &Core, speech: &dyn Speech) -> Option<String> {
    let at_ms = core.availability().filter(|known| !known.online)?.opens_at_ms?;
    Some(fill(speech.say(Msg::OpensAt), "time", &speech.day_and_time(at_ms as f64)))
}

/// Answers by a tap that the last message offers, until the shopper says something.
#[must_use]
pub fn choices(core: &Core) -> Vec<Node> {
    let last = core.messages().last().filter(|message| message.from != Participant::Shopper);
    let button = |choice: &String| node("button.text type=button").text(choice).press(["say:", choice].concat());
    last.map(|last| last.choices.iter().map(button).collect()).unwrap_or_default()
}

/// Files of a message, from the inbox at that origin.
#[must_use]
pub fn attachments(files: &[Attachment], base: &str) -> Vec<Node> {
    let one = |file: &Attachment| {
        let address = [base, "/v1/files/", &file.id].concat();
        let link = node("a target=_blank rel=noopener").attr("href", &address);
        if !file.kind.starts_with("image/") {
            return link.text(file.name.as_str());
        }
        let picture = node("img.picture loading=lazy").attr("src", &address).attr("alt", &file.name);
        let size = [("width", file.width), ("height", file.height)];
        link.child(size.iter().fold(picture, |picture, (name, n)| picture.attr(name, &n.to_string())))
    };
    files.iter().map(one).collect()
}

/// What stands above the field: how it was, where the answer goes, what can be done with it all.
#[must_use]
pub fn offers(core: &Core, speech: &dyn Speech, around: &Circumstances) -> Vec<Node> {
    let mut out = Vec::new();
    if core.closed() || core.rated() > 0 {
        out.push(rating(core, speech, around));
    }
    // Who has written wants to know how the answer arrives; before that it would only be in the way.
    let written = core.known().is_some() && !core.messages().is_empty();
    let away = written && core.availability().is_some_and(|known| !known.online);
    if away {
        out.push(address(speech, around));
    }
    if let Some(asking) = around.asking {
        let words = if asking == Asking::Delete { Msg::ChatDeleteSure } else { Msg::ChatAfreshSure };
        out.push(
            node("div.notice role=group")
                .attr("aria-label", speech.say(words))
                .child(node("span").text(speech.say(words)))
                .child(press("sure", speech.say(Msg::Yes)))
                .child(press("no", speech.say(Msg::No))),
        );
    } else if written {
        let summary =
            node("summary").child(node("span").text(speech.say(Msg::ChatMore))).child(node("span").icon("next"));
        let rows = [("keep", Msg::ChatKeep), ("afresh", Msg::ChatAfresh), ("delete", Msg::ChatDelete)];
        let rows = rows.iter().map(|(name, words)| node("li").child(press(name, speech.say(*words))));
        let list = rows.fold(node("ul role=list"), Node::child);
        out.push(node("details.shared").child(summary).child(list));
    }
    out
}

/// Asks where the answer goes, or says so: outside hours it is the first field of all.
#[must_use]
pub fn address(speech: &dyn Speech, around: &Circumstances) -> Node {
    if !around.email.is_empty() {
        return node("p.notice").text(fill(speech.say(Msg::EmailKept), "email", &around.email));
    }
    let field = node("input id=hn-email type=email autocomplete=email enterkeyhint=next")
        .attr("aria-label", speech.say(Msg::EmailLabel))
        .press("email");
    let out = node("label.notice").child(node("span").text(speech.say(Msg::EmailAsk)));
    if !around.no_address.is_empty() {
        let wrong = node("span.facts.failed role=alert id=hn-email-wrong").text(speech.say(Msg::FlowWrongForm));
        let field = field.attr("value", &around.no_address).attr("aria-invalid", "true");
        return out.child(field.attr("aria-describedby", "hn-email-wrong")).child(wrong);
    }
    out.child(field)
}

/// A way to send a file, where the inbox takes any.
#[must_use]
pub fn attach(core: &Core, speech: &dyn Speech) -> Option<Node> {
    core.availability()?.file_bytes?;
    let field = node("input type=file id=hn-file")
        .attr("accept", &FILE_KINDS.join(","))
        .attr("aria-label", speech.say(Msg::Attach))
        .press("file");
    // Unseen, it fills its place beside the message field; see `line/chat.css`.
    Some(node("span.attach").attr("title", speech.say(Msg::Attach)).child(field))
}

/// One tap, then a word if there is one to add.
fn rating(core: &Core, speech: &dyn Speech, around: &Circumstances) -> Node {
    if core.rated() == 0 {
        let star = |n: u32| {
            press(&["rate:", &n.to_string()].concat(), &"★".repeat(n as usize))
                .attr("aria-label", &speech.count(Msg::RateStars, n))
        };
        let ask = node("div.notice role=group").attr("aria-label", speech.say(Msg::RateAsk));
        let ask = ask.child(node("span").text(speech.say(Msg::RateAsk)));
        return (1..=MOST_STARS).map(star).fold(ask, Node::child);
    }
    let thanks = node("span").text(speech.say(Msg::RateThanks));
    if around.commented {
        return node("p.notice").child(thanks);
    }
    let field = node("input id=hn-comment type=text maxlength=500 autocomplete=off")
        .attr("aria-label", speech.say(Msg::RateComment))
        .attr("placeholder", speech.say(Msg::RateComment));
    node("label.notice").child(thanks).child(field.press("comment"))
}

fn press(name: &str, words: &str) -> Node {
    node("button.text type=button").attr("id", &["hn-do-", &name.replace(':', "-")].concat()).text(words).press(name)
}

/// What was said, as plain text to keep.
#[must_use]
pub fn transcript(core: &Core, speech: &dyn Speech) -> String {
    let mut out = String::new();
    for message in core.messages() {
        let who = super::log::author(speech, message.from, &message.name);
        let when = speech.day_and_time(message.at_ms as f64);
        out.push_str(&["[", &when, "] ", &who, ": ", &message.text].concat());
        for one in &message.flow {
            out.push_str(&[&one.question, " ", &one.answer, " "].concat());
        }
        for file in &message.attachments {
            out.push_str(&[" [", &file.name, "]"].concat());
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::io::{Call, In, Known, Outcome};
    use crate::chat::protocol::{Availability, Event, Events, What};
    use crate::chat::screen::tests::Keys;

    /// A conversation in which this happened.
    fn talked(what: Vec<What>) -> Core {
        let mut core = Core::default();
        let known = Known { id: "c".repeat(32), token: "t".repeat(64), opening: None, seen: 0 };
        core.step(In::Restored { known: Some(known), waiting: Vec::new() }, 0);
        let events: Vec<Event> =
            what.into_iter().zip(1..).map(|(what, cursor)| Event { cursor, at_ms: cursor, what }).collect();
        let cursor = events.len() as u64;
        core.step(In::Done(Call::Events(0, 0), Outcome::Events(Events { events, cursor })), 0);
        core
    }

    fn presses(nodes: &[Node]) -> Vec<&str> {
        let mut out = Vec::new();
        for node in nodes {
            if !node.press.is_empty() {
                out.push(node.press.as_str());
            }
            out.extend(presses(&node.children));
        }
        out
    }

    fn offering(choices: &[&str]) -> What {
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        match What::said("a", Participant::Agent, "Ada", "Shall I?") {
            What::Message { id, from, name, text, attachments, .. } => {
                What::Message { id, from, name, text, attachments, choices }
            }
            other => other,
        }
    }

    #[test]
    fn a_tap_answers_until_words_do() {
        let mut what = vec![offering(&["Yes", "No"])];
        assert_eq!(presses(&choices(&talked(what.clone()))), ["say:Yes", "say:No"]);
        what.push(What::said("b", Participant::Shopper, "", "Hm"));
        assert!(choices(&talked(what)).is_empty());
    }

    #[test]
    fn a_closed_conversation_asks_how_it_was_once() {
        let around = Circumstances::default();
        let said = What::said("b", Participant::Shopper, "", "Hm");
        let menu = ["keep", "afresh", "delete"];
        assert_eq!(presses(&offers(&talked(vec![said.clone()]), &Keys, &around)), menu);
        let closed = talked(vec![said.clone(), What::Closed]);
        let asked = offers(&closed, &Keys, &around);
        assert_eq!(presses(&asked[..1]), ["rate:1", "rate:2", "rate:3", "rate:4", "rate:5"]);
        let rated = talked(vec![said, What::Closed, What::Rated { stars: 4, comment: String::new() }]);
        assert_eq!(presses(&offers(&rated, &Keys, &around)[..1]), ["comment"]);
        let done = Circumstances { commented: true, ..around };
        assert!(presses(&offers(&rated, &Keys, &done)[..1]).is_empty());
    }

    #[test]
    fn outside_hours_it_says_when_and_asks_where_to() {
        let mut core = talked(vec![What::said("b", Participant::Shopper, "", "Hm")]);
        let closed = Availability { online: false, reply_in_s: None, opens_at_ms: Some(7), file_bytes: None };
        core.step(In::Done(Call::Availability, Outcome::Availability(closed)), 0);
        assert_eq!(opening(&core, &Keys).as_deref(), Some("opens-at"));
        assert_eq!(presses(&offers(&core, &Keys, &Circumstances::default()))[0], "email");
        let wrong = Circumstances { no_address: "zoe at home".to_owned(), ..Circumstances::default() };
        let asked = &offers(&core, &Keys, &wrong)[0];
        assert_eq!(asked.children[2].text, "flow-wrong-form", "what is no address is said to be none");
        let known = Circumstances { email: "a@b.example".to_owned(), ..Circumstances::default() };
        assert_eq!(presses(&offers(&core, &Keys, &known)), ["keep", "afresh", "delete"]);
        let open = Availability { online: true, reply_in_s: None, opens_at_ms: None, file_bytes: None };
        core.step(In::Done(Call::Availability, Outcome::Availability(open)), 0);
        assert_eq!(opening(&core, &Keys), None);
    }

    #[test]
    fn files_can_be_sent_where_the_inbox_takes_any() {
        let mut core = Core::default();
        assert_eq!(attach(&core, &Keys), None, "not known yet");
        for (file_bytes, shown) in [(None, false), (Some(9), true)] {
            let availability = Availability { file_bytes, ..Availability::default() };
            core.step(In::Done(Call::Availability, Outcome::Availability(availability)), 0);
            assert_eq!(attach(&core, &Keys).is_some(), shown);
        }
        let field = &attach(&core, &Keys).unwrap().children[0];
        assert_eq!(field.press, "file");
        assert!(field.attrs.contains(&("accept".to_owned(), FILE_KINDS.join(","))), "{field:?}");
    }

    #[test]
    fn nothing_is_deleted_without_being_asked_again() {
        let core = talked(vec![What::said("b", Participant::Shopper, "", "Hm")]);
        let around = Circumstances { asking: Some(Asking::Delete), ..Circumstances::default() };
        let asked = offers(&core, &Keys, &around);
        assert_eq!(asked[0].children[0].text, "chat-delete-sure");
        assert_eq!(presses(&asked), ["sure", "no"]);
    }

    #[test]
    fn what_was_said_can_be_kept_as_text() {
        let core = talked(vec![
            What::said("a", Participant::Shopper, "", "Where is it?"),
            What::said("b", Participant::Agent, "Ada", "On its way."),
        ]);
        assert_eq!(transcript(&core, &Keys), "[on 1] you: Where is it?\n[on 2] Ada: On its way.\n");
    }
}
