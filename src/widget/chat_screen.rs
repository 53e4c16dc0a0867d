//! The conversation: what was said, how far each message came, and the field to say more.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::app::{App, Cue};
use super::el::{El, Item, button, div, el, item, key_of};
use super::home::value_of;
use super::icons::icon;
use super::shared;
use crate::chat::message::{Delivery, Message, Reason};
use crate::chat::protocol::Participant;
use crate::strings::{Msg, fill};

/// The screen.
pub fn screen(app: App) -> El {
    div("chat")
        .child(
            // Laid out from the bottom up, so that the browser itself keeps the newest in sight.
            div("scroll chatting")
                .child(div("typing").list(move || typing(app)))
                .child(
                    div("log")
                        .attr("role", "log")
                        .label(app, Msg::Messages)
                        .attr("tabindex", "0")
                        .list(move || messages(app)),
                )
                .child(div("intro").list(move || intro(app))),
        )
        .child(div("notices").list(move || notices(app)))
        .child(composer(app))
}

/// Before the first message: what this is, and what is passed on.
fn intro(app: App) -> Vec<Item> {
    let begun = app.chat().read(|core| core.known().is_some() || !core.messages().is_empty());
    if begun {
        return Vec::new();
    }
    let away = app.chat().read(|core| core.availability().is_some_and(|known| !known.online));
    let words = if away { Msg::ChatAway } else { Msg::ChatIntro };
    vec![
        item(u64::from(away), move || {
            div("welcome").child(el("span").class("medal").child(icon("chat"))).child(el("p").say(app, words))
        }),
        item(2, move || shared::preview(app)),
    ]
}

fn messages(app: App) -> Vec<Item> {
    app.chat().read(|core| {
        let mut last: Option<(Participant, String)> = None;
        let mut out = Vec::new();
        for message in core.messages() {
            let author = (message.from, message.name.clone());
            // The name stands above the first of a run only.
            let named = last.as_ref() != Some(&author);
            last = Some(author);
            let (message, key) = (message.clone(), key_of(&message.id) ^ u64::from(named));
            out.push(item(key, move || bubble(app, message, named)));
        }
        out
    })
}

fn bubble(app: App, message: Message, named: bool) -> El {
    let name = author(app, message.from, &message.name);
    let own = message.from == Participant::Shopper;
    let class = match message.from {
        Participant::Shopper => "said own",
        Participant::System => "said system",
        _ => "said",
    };
    let name = el("span").class(if named && !own { "name" } else { "sr" }).text(name);
    let id = message.id.clone();
    let text = div("bubble").attr("dir", "auto").child(name).child(el("p").text(message.text.as_str()));
    let out = div(class).attr("data-message", message.id.as_str()).child(text);
    if own {
        out.child(div("state").list(move || state(app, &id)))
    } else {
        out.child(div("state").child(clock(app, message.at_ms)))
    }
}

/// How far a message of the shopper came, in words.
fn state(app: App, id: &str) -> Vec<Item> {
    let found = app.chat().read(|core| {
        let messages = core.messages();
        let at = messages.iter().position(|message| message.id == id)?;
        let (message, after) = (messages.get(at)?, messages.get(at + 1..).unwrap_or_default());
        // "Sent" and "Seen" are said once, under the last message that it is true of.
        let repeated =
            after.iter().any(|other| other.from == Participant::Shopper && other.delivery == message.delivery);
        Some((message.delivery, message.at_ms, repeated))
    });
    let Some((delivery, at_ms, repeated)) = found else { return Vec::new() };
    let (key, words) = match delivery {
        Delivery::Queued => (1, Msg::StateQueued),
        Delivery::Sending => (2, Msg::StateSending),
        Delivery::Sent if repeated => return Vec::new(),
        Delivery::Sent => (3, Msg::StateSent),
        Delivery::Seen if repeated => return Vec::new(),
        Delivery::Seen => (4, Msg::StateSeen),
        Delivery::Failed(reason) => {
            let id = id.to_owned();
            return vec![item(5, move || failed(app, id, reason))];
        }
    };
    vec![item(key, move || {
        let state = el("span").attr(
            "data-state",
            ["", "queued", "sending", "sent", "seen"].get(key as usize).copied().unwrap_or_default(),
        );
        let out = el("span").class("facts").child(state.say(app, words));
        if key > 2 { out.child(clock(app, at_ms)) } else { out }
    })]
}

fn failed(app: App, id: String, reason: Reason) -> El {
    let why = match reason {
        Reason::TooLong => Msg::FailLong,
        Reason::Gone => Msg::FailGone,
        Reason::Refused => Msg::FailRefused,
    };
    let words = [&app.say(Msg::StateFailed), ". ", &app.say(why)].concat();
    let out = el("span").class("facts failed").child(el("span").attr("data-state", "failed").text(words));
    if reason == Reason::TooLong {
        return out;
    }
    out.child(button("text", move || app.chat().retry(&id, &shared::packet(app))).say(app, Msg::Retry))
}

fn clock(app: App, at_ms: u64) -> El {
    el("time").text(app.peek(|state| state.texts.time(at_ms as f64)))
}

fn author(app: App, from: Participant, name: &str) -> String {
    match (from, name) {
        (Participant::Shopper, _) => app.say(Msg::You),
        (Participant::Bot, "") => app.say(Msg::Bot),
        (_, "") => app.say(Msg::Us),
        (_, name) => name.to_owned(),
    }
}

fn typing(app: App) -> Vec<Item> {
    let name = app.chat().read(|core| core.typing().then(|| core.agent().unwrap_or_default().to_owned()));
    name.into_iter()
        .map(|name| {
            item(1, move || {
                let words = fill(&app.say(Msg::Typing), "name", &author(app, Participant::Agent, &name));
                el("p").class("quiet small dots").text(words)
            })
        })
        .collect()
}

/// What stands between the messages and the field: each notice while it is true.
fn notices(app: App) -> Vec<Item> {
    let (closed, limited, reconnecting) = app.chat().read(|core| (core.closed(), core.limited(), core.reconnecting()));
    let offline = !app.see(Cue::Device, |state| state.online);
    let masked = app.see(Cue::Draft, |state| state.masked);
    [
        (offline, Msg::ChatOffline),
        (reconnecting && !offline, Msg::Reconnecting),
        (limited, Msg::FailRate),
        (closed, Msg::ChatClosed),
        (masked, Msg::Masked),
        (app.chat().is_forgetful(), Msg::NotKept),
    ]
    .into_iter()
    .filter(|(shown, _)| *shown)
    .map(|(_, msg)| {
        item(msg as u64, move || el("p").class("notice").attr("data-notice", (msg as u8).to_string()).say(app, msg))
    })
    .collect()
}

fn composer(app: App) -> El {
    let field = el("textarea")
        .attr("id", "hn-message")
        .attr("rows", "1")
        .label(app, Msg::MessageLabel)
        .attr("placeholder", app.say(Msg::MessagePlaceholder))
        .attr("enterkeyhint", "send")
        .attr("autocomplete", "off")
        .text(app.peek(|state| state.draft.clone()))
        .on("input", move |event| {
            app.change(Cue::Draft, |state| state.draft = value_of(&event));
            grow(app);
        })
        .on("keydown", move |event| {
            if is_send(&event) {
                event.prevent_default();
                send(app);
            }
        });
    let press = button("first round", move || send(app))
        .attr("id", "hn-send")
        .label(app, Msg::Send)
        .live("aria-disabled", move || {
            app.see(Cue::Draft, |state| state.draft.trim().is_empty()).then(|| "true".to_owned())
        })
        .child(icon("send"));
    div("composer").child(field).child(press)
}

/// Enter sends; with Shift, or while an input method composes, it does not.
fn is_send(event: &Event) -> bool {
    event
        .dyn_ref::<KeyboardEvent>()
        .is_some_and(|event| event.key() == "Enter" && !event.shift_key() && !event.is_composing())
}

fn send(app: App) {
    let text = app.peek(|state| state.draft.clone());
    if text.trim().is_empty() {
        app.focus("#hn-message");
        return;
    }
    let hidden = app.chat().write(&text, &shared::packet(app));
    app.change(Cue::Draft, |state| {
        state.draft = String::new();
        state.masked = hidden;
    });
    if let Some(field) = field(app) {
        field.set_value("");
    }
    grow(app);
    app.focus("#hn-message");
}

/// Lets the field grow with its text, up to what the style sheet allows.
fn grow(app: App) {
    if let Some(field) = field(app) {
        // Leptos has a method of this name too.
        let style = HtmlElement::style(&field);
        let _ = style.set_property("height", "auto");
        let _ = style.set_property("height", &[&field.scroll_height().to_string(), "px"].concat());
    }
}

fn field(app: App) -> Option<HtmlTextAreaElement> {
    app.query_one("#hn-message")?.dyn_into().ok()
}
