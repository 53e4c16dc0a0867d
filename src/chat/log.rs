//! The messages as the conversation's screen shows them, and how far each came.

use super::core::Core;
use super::message::{Delivery, Message, Reason};
use super::offers::attachments;
use super::protocol::Participant;
use super::scene::{Node, node, slot};
use super::screen::Speech;
use crate::strings::{Msg, fill};

/// The place for the state of the first message; the others' follow.
const STATES: u32 = slot::OWN + 16;

/// The messages, and below each how far it came.
pub fn log(core: &Core, speech: &dyn Speech, base: &str, lists: &mut Vec<(u32, Vec<Node>)>) {
    let messages = core.messages();
    let mut log = Vec::new();
    let mut last: Option<(Participant, &str)> = None;
    for (n, message) in messages.iter().enumerate() {
        // The name stands above the first of a run only.
        let author = Some((message.from, message.name.as_str()));
        // The place goes by the message, not by its order, which may change.
        let place = STATES + (place_of(&message.id) & 0x0fff_ffff);
        log.push(bubble(speech, message, base, last != author, place));
        last = author;
        let most = core.availability().and_then(|known| known.file_bytes);
        lists.push((place, state(speech, message, messages.get(n + 1..).unwrap_or_default(), most)));
    }
    lists.push((slot::LOG, log));
}

/// A number out of an id of 32 random hex digits.
fn place_of(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn bubble(speech: &dyn Speech, message: &Message, base: &str, named: bool, place: u32) -> Node {
    let own = message.from == Participant::Shopper;
    let spec = match message.from {
        // What was passed on is not what the shopper said.
        Participant::Shopper if !message.flow.is_empty() => "div.said.system",
        Participant::Shopper => "div.said.own",
        Participant::System => "div.said.system",
        _ => "div.said",
    };
    let name = author(speech, message.from, &message.name);
    let name = node(if named && !own { "span.name" } else { "span.sr" }).text(name);
    let mut text = node("div.bubble dir=auto").child(name);
    if !message.text.is_empty() {
        text = text.child(node("p").text(message.text.as_str()));
    }
    if !message.flow.is_empty() {
        let answers: Vec<&str> = message.flow.iter().map(|one| one.answer.as_str()).collect();
        let words = [speech.say(Msg::SharedFlow), ": ", &answers.join(" · ")].concat();
        text = text.child(node("p").text(words));
    }
    let text = match &message.file {
        // Its bytes are here already; what the inbox made of them comes with the event.
        Some(file) if message.attachments.is_empty() => text.child(node("p.file").text(file.name.as_str())),
        _ => attachments(&message.attachments, base).into_iter().fold(text, Node::child),
    };
    node(spec).attr("data-message", &message.id).child(text).child(node("div.state").slot(place))
}

/// How far a message of the shopper came, in words; of another's, when it was written.
fn state(speech: &dyn Speech, message: &Message, after: &[Message], most: Option<u64>) -> Vec<Node> {
    if message.from != Participant::Shopper {
        return vec![clock(speech, message.at_ms)];
    }
    // "Sent" and "Seen" are said once, under the last message that it is true of.
    let repeated = after.iter().any(|other| other.from == Participant::Shopper && other.delivery == message.delivery);
    let (spec, words, timed) = match message.delivery {
        Delivery::Sent | Delivery::Seen if repeated => return Vec::new(),
        Delivery::Queued => ("span data-state=queued", Msg::StateQueued, false),
        Delivery::Sending => ("span data-state=sending", Msg::StateSending, false),
        Delivery::Sent => ("span data-state=sent", Msg::StateSent, true),
        Delivery::Seen => ("span data-state=seen", Msg::StateSeen, true),
        Delivery::Failed(reason) => return vec![failed(speech, &message.id, reason, most)],
    };
    let said = node("span.facts").child(node(spec).text(speech.say(words)));
    let said = match message.delivery {
        Delivery::Sending if message.file.is_some() => said.child(progress(speech, message.percent)),
        _ => said,
    };
    vec![if timed { said.child(clock(speech, message.at_ms)) } else { said }]
}

/// How much of a file has left.
fn progress(speech: &dyn Speech, percent: u8) -> Node {
    node("progress max=100").attr("value", &percent.to_string()).attr("aria-label", speech.say(Msg::StateSending))
}

fn failed(speech: &dyn Speech, id: &str, reason: Reason, most: Option<u64>) -> Node {
    let why = match reason {
        Reason::TooLong => speech.say(Msg::FailLong).to_owned(),
        Reason::TooLarge => {
            let mb = most.unwrap_or_default() / 1_048_576;
            fill(speech.say(Msg::FailLarge), "n", &if mb > 0 { mb.to_string() } else { "<1".to_owned() })
        }
        Reason::WrongKind => speech.say(Msg::FailKind).to_owned(),
        Reason::Gone => speech.say(Msg::FailGone).to_owned(),
        Reason::Refused => speech.say(Msg::FailRefused).to_owned(),
    };
    let words = [speech.say(Msg::StateFailed), ". ", &why].concat();
    let out = node("span.facts.failed").child(node("span data-state=failed").text(words));
    if !reason.may_pass() {
        return out;
    }
    out.child(node("button.text type=button").text(speech.say(Msg::Retry)).press(["retry:", id].concat()))
}

fn clock(speech: &dyn Speech, at_ms: u64) -> Node {
    node("time").text(speech.time(at_ms as f64))
}

/// The name to show for whoever wrote.
#[must_use]
pub fn author(speech: &dyn Speech, from: Participant, name: &str) -> String {
    match (from, name) {
        (Participant::Shopper, _) => speech.say(Msg::You),
        (Participant::Bot, "") => speech.say(Msg::Bot),
        (_, "") => speech.say(Msg::Us),
        (_, name) => name,
    }
    .to_owned()
}
