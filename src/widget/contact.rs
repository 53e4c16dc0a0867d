//! The ways to a person: the conversation, an e-mail, a page of the shop, in the merchant's order.

use leptos::prelude::*;

use super::app::{App, Cue, Screen};
use super::el::{El, button, div, el};
use super::home::value_of;
use super::icons::icon;
use super::talk::place;
use crate::chat::scene::slot;
use crate::config::Channel;
use crate::strings::{Msg, fill};

/// The foot of the panel: the first way to a person.
pub fn foot(app: App) -> El {
    let (first, fallback) = (app.parts().config.channels.first().cloned(), app.parts().config.fallback_url.clone());
    let first = first.or_else(|| (!fallback.is_empty()).then_some(Channel::Link(fallback)));
    let words =
        div("words").child(el("p.strong").say(app, Msg::ContactHeading)).list(move || place(app, slot::PRESENCE));
    div("foot").child(words).maybe(first.map(|channel| way(app, &channel, "first")))
}

/// A section with every way.
pub fn line(app: App) -> El {
    el("section.contact")
        .label(app, Msg::ContactHeading)
        .child(
            div("words").child(el("p.strong").say(app, Msg::ContactHeading)).list(move || place(app, slot::PRESENCE)),
        )
        .child(buttons(app))
}

/// One line with what a person may be asked for.
pub fn offer(app: App, hint: String) -> El {
    div("offer").child(el("p").text(&hint)).child(buttons(app))
}

/// A button for each way, the first one strong.
pub fn buttons(app: App) -> El {
    let parts = app.parts();
    let (channels, fallback) = (parts.config.channels.clone(), parts.config.fallback_url.clone());
    if channels.is_empty() && fallback.is_empty() {
        return el("p.quiet").say(app, Msg::ContactNone);
    }
    let fallback = (!fallback.is_empty()).then_some(Channel::Link(fallback));
    // Those behind each other are one way to the shopper: what fails falls to the next.
    let is_chat = |channel: &Channel| matches!(channel, Channel::Inbox(_) | Channel::Vendor(_));
    let mut chats = 0;
    let one = channels.into_iter().chain(fallback).filter(|channel| {
        chats += usize::from(is_chat(channel));
        chats < 2 || !is_chat(channel)
    });
    let all = one.enumerate();
    div("ways").children(all.map(|(n, channel)| way(app, &channel, if n == 0 { "first" } else { "second" })))
}

fn way(app: App, channel: &Channel, class: &'static str) -> El {
    match channel {
        Channel::Inbox(_) | Channel::Vendor(_) => {
            // Who comes near is about to press: what that needs is fetched meanwhile.
            let near = move |_| app.call(true);
            button(class, move || open(app))
                .attr("data-way", "chat")
                .on("pointerenter", near)
                .on("focus", near)
                .child(icon("chat"))
                .live_text(move || {
                    // The conversation knows whether somebody would answer now.
                    let way = app.see(Cue::Chat, |state| state.scene.way.clone());
                    if way.is_empty() { app.say(Msg::ContactChat) } else { way }
                })
        }
        Channel::Email(_) => button(class, move || app.go(Screen::Contact))
            .attr("data-way", "email")
            .child(icon("mail"))
            .say(app, Msg::ContactEmail),
        Channel::Link(url) => {
            el("a data-way=link").attr("class", class).attr("href", url).child(icon("out")).say(app, Msg::ContactLink)
        }
    }
}

/// Goes to a person by the first way there is.
pub fn open(app: App) {
    if app.parts().inbox.is_some() {
        // What was searched in vain is what the shopper wants to say.
        let (query, empty) = app.peek(|state| (state.query.trim().to_owned(), state.draft.is_empty()));
        if empty && !app.peek(|state| state.scene.begun) {
            app.change(Cue::Draft, |state| state.draft = query);
        }
        app.begin("");
    } else {
        app.go(Screen::Contact);
    }
}

/// The screen with every way, and a form that writes an e-mail where there is an address.
pub fn screen(app: App) -> El {
    app.call(true);
    let parts = app.parts();
    let email = parts.config.channels.iter().find_map(|channel| match channel {
        Channel::Email(address) => Some(address.clone()),
        _ => None,
    });
    let title = el("h2.question data-start tabindex=-1").say(app, Msg::ContactHeading);
    let body = div("body").child(title);
    match email {
        Some(address) => body.child(form(app, address)),
        None => body.child(buttons(app)),
    }
}

/// The words go to the shopper's own mail program; where there is none, they can be copied.
fn form(app: App, address: String) -> El {
    let shown = address.clone();
    let href = move || {
        let page = document().title();
        let subject = fill(&app.say(Msg::MailSubject), "page", &page);
        app.follow(Cue::Chat);
        let draft = app.see(Cue::Draft, |state| state.draft.clone());
        // Without the conversation's module nothing masks; it is the shopper's own mail that is written.
        let body = app.talk().and_then(|talk| talk.mask(&draft).ok()).unwrap_or(draft);
        Some(["mailto:", &address, "?subject=", &encoded(&subject), "&body=", &encoded(&body)].concat())
    };
    div("form")
        .child(el("label.label for=hn-mail").say(app, Msg::MessageLabel))
        .child(
            el("textarea id=hn-mail rows=6")
                .text(&app.peek(|state| state.draft.clone()))
                .on("input", move |event| app.change(Cue::Draft, |state| state.draft = value_of(&event))),
        )
        .child(el("a.first id=hn-mail-send").live("href", href).child(icon("mail")).say(app, Msg::ContactEmail))
        .child(
            button("second", move || {
                let text = app.peek(|state| state.draft.clone());
                let _ = window().navigator().clipboard().write_text(&text);
                app.announce(app.say(Msg::Copied));
            })
            .say(app, Msg::ContactCopy),
        )
        .child(el("p.quiet.small").text(&shown))
}

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
