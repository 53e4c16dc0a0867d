//! The screen of the conversation: places for what its module shows, and the field to write in, which
//! is there before the module is.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

use super::app::{App, Cue};
use super::el::{El, Item, button, div, el, item};
use super::home::value_of;
use super::icons::icon;
use super::talk::{build, place};
use crate::chat::scene::{Node, slot};
use crate::strings::Msg;

/// The screen.
pub fn screen(app: App) -> El {
    app.call(true);
    // Laid out from the bottom up, so that the browser itself keeps the newest in sight.
    let log = el("div.log role=log tabindex=0").label(app, Msg::Messages).list(move || place(app, slot::LOG));
    div("chat")
        .child(
            div("scroll chatting")
                .child(div("typing").list(move || place(app, slot::TYPING)))
                .child(log)
                .child(div("intro").list(move || intro(app))),
        )
        .child(div("notices").list(move || notices(app)))
        .child(composer(app))
}

/// Before the conversation's module is there, what it will say first.
fn intro(app: App) -> Vec<Item> {
    if app.see(Cue::Chat, |state| state.talking) {
        return place(app, slot::INTRO);
    }
    if app.see(Cue::Chat, |state| !state.wanted.is_empty()) {
        return vec![item(1, move || el("p.quiet.small.dots").say(app, Msg::Loading))];
    }
    vec![item(0, move || {
        div("welcome").child(el("span.medal").child(icon("chat"))).child(el("p").say(app, Msg::ChatIntro))
    })]
}

/// What stands between the messages and the field.
fn notices(app: App) -> Vec<Item> {
    let mute = app.see(Cue::Chat, |state| state.mute);
    if !mute {
        return place(app, slot::NOTICES);
    }
    vec![item(0, move || {
        let again = button("text", move || app.call(true)).say(app, Msg::Retry);
        div("notice").child(el("p").say(app, Msg::ChatMissing)).child(again)
    })]
}

fn composer(app: App) -> El {
    // A guided flow asks in a field of its own, in the same place.
    let parts = move || {
        let asked = app.see(Cue::Chat, |state| state.scene.list(slot::FIELD).first().cloned());
        let key = asked.as_ref().map_or(0, Node::key);
        vec![item(key, move || entry(app, asked.as_ref())), item(u64::MAX, move || press(app))]
    };
    div("composer").list(parts)
}

fn entry(app: App, asked: Option<&Node>) -> El {
    let draft = app.peek(|state| state.draft.clone());
    let field = match asked {
        Some(node) => build(app, node).attr("value", &draft),
        None => el("textarea rows=1")
            .attr("autocomplete", "off")
            .label(app, Msg::MessageLabel)
            .attr("placeholder", &app.say(Msg::MessagePlaceholder))
            .text(&draft),
    };
    field
        .attr("id", "hn-message")
        .attr("enterkeyhint", "send")
        .on("input", move |event| {
            app.change(Cue::Draft, |state| state.draft = value_of(&event));
            grow(app);
        })
        .on("keydown", move |event| {
            if is_send(&event) {
                event.prevent_default();
                send(app);
            }
        })
}

fn press(app: App) -> El {
    button("first round", move || send(app))
        .attr("id", "hn-send")
        .label(app, Msg::Send)
        .live("aria-disabled", move || {
            app.see(Cue::Draft, |state| state.draft.trim().is_empty()).then(|| "true".to_owned())
        })
        .while_true("aria-busy", move || app.see(Cue::Chat, |state| state.sending && !state.mute))
        .child(icon("send"))
}

/// Enter sends; with Shift, or while an input method composes, it does not.
fn is_send(event: &Event) -> bool {
    event
        .dyn_ref::<KeyboardEvent>()
        .is_some_and(|event| event.key() == "Enter" && !event.shift_key() && !event.is_composing())
}

/// Sends what was written; while the module is still on its way, as soon as it is there.
pub fn send(app: App) {
    let text = app.peek(|state| state.draft.clone());
    app.focus("#hn-message");
    if text.trim().is_empty() {
        return;
    }
    let Some(talk) = app.talk() else {
        app.parts().host.hold(&text);
        app.change(Cue::Chat, |state| state.sending = true);
        app.call(true);
        return;
    };
    // What was not taken stays in the field.
    let taken = talk.write(&text).unwrap_or(false);
    let held = app.peek(|state| state.sending);
    app.change(Cue::Chat, |state| state.sending = false);
    if !taken {
        return;
    }
    if held {
        app.parts().host.hold("");
    }
    // What is to be mended stands in the field again.
    let next = app.peek(|state| {
        let asked = state.scene.list(slot::FIELD).first();
        let value = asked.and_then(|node| node.attrs.iter().find(|(name, _)| name == "value"));
        value.map_or_else(String::new, |(_, value)| value.clone())
    });
    if let Some(field) = app.query_one("#hn-message") {
        match field.dyn_into::<HtmlTextAreaElement>() {
            Ok(field) => field.set_value(&next),
            Err(field) => drop(field.dyn_into::<HtmlInputElement>().map(|field| field.set_value(&next))),
        }
    }
    app.change(Cue::Draft, |state| state.draft = next);
    grow(app);
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
