//! An article, and the list of a collection.

use super::actions;
use super::app::{App, Cue, Screen};
use super::blocks::blocks;
use super::contact;
use super::el::{El, Item, button, div, el, item};
use super::home::skeleton;
use super::icons::icon;
use super::library;
use crate::strings::{Msg, fill};

/// How many related articles stand under one.
const N_RELATED: usize = 3;

/// The screen of an article.
pub fn article(app: App, number: u32) -> El {
    let Some(stored) = library::article(&app.parts().host, number) else {
        return div("body").child(
            div("empty")
                .child(icon("none"))
                .child(el("p.strong data-start tabindex=-1").say(app, Msg::ArticleMissing))
                .child(contact::buttons(app)),
        );
    };
    let crumb = app.peek(|state| {
        let n = state.library.collection(&stored.collection)?;
        Some((n, state.library.collections.get(n)?.collection.title.clone()))
    });
    let crumbs = crumb.map(|(n, title)| {
        el("nav.crumbs")
            .label(app, Msg::Breadcrumbs)
            .child(button("crumb", move || app.go(Screen::Topic(n))).attr("id", "hn-crumb").text(&title))
    });
    let date = app.peek(|state| state.texts.date(&stored.updated));
    let updated = (!date.is_empty()).then(|| el("p.quiet.small").text(&fill(&app.say(Msg::Updated), "date", &date)));
    div("body reading")
        .child(
            el("article")
                .attr("data-article", &app.peek(|state| state.library.id(number).to_owned()))
                .maybe(crumbs)
                .child(el("h2.question data-start tabindex=-1").text(&stored.title))
                .child(div("brought").list(move || answer(app, number)))
                .maybe(updated),
        )
        .child(actions::view(app, &[number]))
        .child(div("verdict").list(move || verdict(app, number)))
        .maybe(related(app, number))
}

/// The answer, once it is here: that of a large help centre lies in a file of its own.
fn answer(app: App, number: u32) -> Vec<Item> {
    app.follow(Cue::Answers);
    let host = &app.parts().host;
    vec![match host.bring(number).unwrap_or_default() {
        0 => item(0, move || {
            let stored = library::article(host, number).unwrap_or_default();
            div("answer").children(blocks(app, &stored.blocks))
        }),
        1 => item(1, move || skeleton(&app.say(Msg::Loading))),
        _ => item(2, move || {
            div("notice")
                .child(icon("offline"))
                .child(el("p").say(app, Msg::IndexMissing))
                .child(button("second", move || app.cue(Cue::Answers)).say(app, Msg::Retry))
        }),
    }]
}

/// The question whether it helped, then thanks.
fn verdict(app: App, number: u32) -> Vec<Item> {
    let id = app.peek(|state| state.library.id(number).to_owned());
    let helped = app.see(Cue::Memory, |state| {
        state.read.iter().find(|article| article.id == id).and_then(|article| article.helped)
    });
    let one = match helped {
        None => item(0, move || {
            let press = |name: &'static str, msg: Msg, helped: bool| {
                button("vote", move || {
                    app.vote(number, helped);
                    // The pressed button is gone: the focus goes to what stands in its place.
                    app.focus_next("#hn-thanks".to_owned());
                })
                .attr("id", &["hn-vote-", name].concat())
                .child(icon(name))
                .say(app, msg)
            };
            el("div.ask role=group aria-labelledby=hn-vote")
                .child(el("p id=hn-vote").say(app, Msg::Vote))
                .child(div("votes").child(press("yes", Msg::Yes, true)).child(press("no", Msg::No, false)))
        }),
        Some(true) => item(1, move || {
            div("ask").child(icon("check")).child(el("p id=hn-thanks tabindex=-1").say(app, Msg::VoteThanks))
        }),
        Some(false) => item(2, move || {
            div("ask sorry")
                .child(el("p id=hn-thanks tabindex=-1").say(app, Msg::VoteSorry))
                .child(contact::buttons(app))
        }),
    };
    vec![one]
}

/// Further articles of the same collection.
fn related(app: App, number: u32) -> Option<El> {
    let numbers = app.peek(|state| state.library.siblings(number, N_RELATED));
    if numbers.is_empty() {
        return None;
    }
    Some(
        el("section.group aria-labelledby=hn-related")
            .child(el("h3.label id=hn-related").say(app, Msg::Related))
            .child(el("ul.card role=list").children(numbers.into_iter().map(|number| row(app, number)))),
    )
}

/// The screen of a collection.
pub fn topic(app: App, place: usize) -> El {
    app.peek(|state| match state.library.collections.get(place) {
        None => div("body"),
        Some(one) => div("body")
            .child(
                div("topic")
                    .child(el("span.medal").child(icon(&one.collection.icon)))
                    .child(el("h2.question data-start tabindex=-1").text(&one.collection.title))
                    .child(el("p.quiet").text(&one.collection.summary)),
            )
            .child(el("ul.card role=list").children(one.articles.iter().map(|number| row(app, *number)))),
    })
}

/// One line that opens an article.
fn row(app: App, number: u32) -> El {
    let title = app.peek(|state| state.library.title(number).to_owned());
    el("li").child(
        button("row", move || app.open(number))
            .attr("id", &["hn-article-", &number.to_string()].concat())
            .child(el("span.words").child(el("span.title").text(&title)))
            .child(icon("next")),
    )
}
