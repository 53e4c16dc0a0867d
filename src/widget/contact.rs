//! The ways to a person: the conversation, an e-mail, a page of the shop, in the merchant's order.

use leptos::prelude::*;

use super::app::{App, Cue, Screen};
use super::el::{El, Item, button, div, el, item};
use super::home::value_of;
use super::icons::icon;
use crate::config::Channel;
use crate::strings::{Msg, fill};

/// The foot of the panel: the first way to a person.
pub fn foot(app: App) -> El {
    let (first, fallback) = (app.parts().config.channels.first().cloned(), app.parts().config.fallback_url.clone());
    let first = first.or_else(|| (!fallback.is_empty()).then_some(Channel::Link(fallback)));
    let words = div("words").child(el("p").class("strong").say(app, Msg::ContactHeading)).list(move || presence(app));
    div("foot").child(words).maybe(first.map(|channel| way(app, &channel, "first")))
}

/// A section with every way.
pub fn line(app: App) -> El {
    el("section")
        .class("contact")
        .label(app, Msg::ContactHeading)
        .child(div("words").child(el("p").class("strong").say(app, Msg::ContactHeading)).list(move || presence(app)))
        .child(buttons(app))
}

/// One line with what a person may be asked for.
pub fn offer(app: App, hint: String) -> El {
    div("offer").child(el("p").text(hint)).child(buttons(app))
}

/// A button for each way, the first one strong.
pub fn buttons(app: App) -> El {
    let parts = app.parts();
    let (channels, fallback) = (parts.config.channels.clone(), parts.config.fallback_url.clone());
    if channels.is_empty() && fallback.is_empty() {
        return el("p").class("quiet").say(app, Msg::ContactNone);
    }
    let fallback = (!fallback.is_empty()).then_some(Channel::Link(fallback));
    let all = channels.into_iter().chain(fallback).enumerate();
    div("ways").children(all.map(|(n, channel)| way(app, &channel, if n == 0 { "first" } else { "second" })))
}

fn way(app: App, channel: &Channel, class: &'static str) -> El {
    match channel {
        Channel::Inbox(_) => {
            button(class, move || open(app)).attr("data-way", "chat").child(icon("chat")).live_text(move || {
                let begun = app.chat().read(|core| core.known().is_some());
                app.say(if begun { Msg::ContactAgain } else { Msg::ContactChat })
            })
        }
        Channel::Email(_) => button(class, move || app.go(Screen::Contact))
            .attr("data-way", "email")
            .child(icon("mail"))
            .say(app, Msg::ContactEmail),
        Channel::Link(url) => el("a")
            .class(class)
            .attr("href", url.as_str())
            .attr("data-way", "link")
            .child(icon("out"))
            .say(app, Msg::ContactLink),
    }
}

/// Goes to a person by the first way there is.
pub fn open(app: App) {
    if app.chat().exists() {
        // What was searched in vain is what the shopper wants to say.
        let (query, empty) = app.peek(|state| (state.query.trim().to_owned(), state.draft.is_empty()));
        if empty && app.chat().read(|core| core.known().is_none()) {
            app.change(Cue::Draft, |state| state.draft = query);
        }
        app.go(Screen::Chat);
    } else {
        app.go(Screen::Contact);
    }
}

/// Whether somebody is there, when there is an inbox that says so.
pub fn presence(app: App) -> Vec<Item> {
    let Some((online, reply_in_s)) =
        app.chat().read(|core| core.availability().map(|known| (known.online, known.reply_in_s)))
    else {
        return Vec::new();
    };
    let minutes = reply_in_s.map(|seconds| seconds.div_ceil(60).max(1));
    let key = u64::from(online) | u64::from(minutes.unwrap_or(0)) << 1;
    vec![item(key, move || {
        let words = match (online, minutes) {
            (true, Some(n)) if n <= 120 => app.count(Msg::ReplyIn, n as usize),
            (true, _) => app.say(Msg::Online),
            (false, _) => app.say(Msg::Away),
        };
        el("p").class(if online { "presence here" } else { "presence" }).text(words)
    })]
}

/// The screen with every way, and a form that writes an e-mail where there is an address.
pub fn screen(app: App) -> El {
    let parts = app.parts();
    let email = parts.config.channels.iter().find_map(|channel| match channel {
        Channel::Email(address) => Some(address.clone()),
        _ => None,
    });
    let title = el("h2").class("question").attr("data-start", "").attr("tabindex", "-1").say(app, Msg::ContactHeading);
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
        let body = app.see(Cue::Draft, |state| crate::chat::masking::mask_cards(&state.draft).into_owned());
        Some(["mailto:", &address, "?subject=", &encoded(&subject), "&body=", &encoded(&body)].concat())
    };
    div("form")
        .child(el("label").class("label").attr("for", "hn-mail").say(app, Msg::MessageLabel))
        .child(
            el("textarea")
                .attr("id", "hn-mail")
                .attr("rows", "6")
                .text(app.peek(|state| state.draft.clone()))
                .on("input", move |event| app.change(Cue::Draft, |state| state.draft = value_of(&event))),
        )
        .child(
            el("a")
                .class("first")
                .attr("id", "hn-mail-send")
                .live("href", href)
                .child(icon("mail"))
                .say(app, Msg::ContactEmail),
        )
        .child(
            button("second", move || {
                let text = app.peek(|state| state.draft.clone());
                let _ = window().navigator().clipboard().write_text(&text);
                app.announce(app.say(Msg::Copied));
            })
            .say(app, Msg::ContactCopy),
        )
        .child(el("p").class("quiet small").text(shown))
}

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
