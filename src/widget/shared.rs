//! What is passed on to a person with the first message: shown before, and each field can be struck.

use super::app::{App, Cue};
use super::el::{El, button, el};
use super::icons::icon;
use crate::chat::packet::{Field, gather, shown, strike};
use crate::chat::protocol::Packet;
use crate::page::Signal;
use crate::strings::{Msg, fill};

/// The packet as it would be passed on now.
pub fn packet(app: App) -> Packet {
    strike(whole(app), &app.peek(|state| state.struck.clone()))
}

fn whole(app: App) -> Packet {
    let (page_type, product) = app.peek(|state| {
        state
            .advice
            .as_ref()
            .map_or((String::new(), String::new()), |advice| (advice.page.name().to_owned(), advice.product.clone()))
    });
    let parts = app.parts();
    let page = parts.host.page();
    app.peek(|state| gather(&page, &parts.lang, &page_type, &product, &state.searches, &state.read))
}

/// The list of what is passed on, folded.
pub fn preview(app: App) -> El {
    let packet = whole(app);
    let rows = Field::ALL.iter().filter_map(|field| {
        let lines = lines(app, &packet, *field);
        (!lines.is_empty()).then(|| row(app, *field, lines.join(" · ")))
    });
    el("details")
        .class("shared")
        .child(el("summary").child(el("span").say(app, Msg::Shared)).child(icon("next")))
        .child(el("ul").attr("role", "list").children(rows))
}

fn lines(app: App, packet: &Packet, field: Field) -> Vec<String> {
    let lines = shown(packet, field);
    if field != Field::Signals {
        return lines;
    }
    // Signals have names for programs; the shopper reads sentences.
    let said = |name: &String| {
        Signal::from_name(name)
            .map(|signal| app.peek(|state| state.texts.say_nth(Msg::WhySignalDwell, signal as usize).to_owned()))
    };
    lines.iter().filter_map(said).collect()
}

fn row(app: App, field: Field, value: String) -> El {
    let name = app.say(match field {
        Field::Page => Msg::SharedPage,
        Field::Product => Msg::SharedProduct,
        Field::Basket => Msg::SharedBasket,
        Field::Searches => Msg::SharedSearches,
        Field::Read => Msg::SharedRead,
        Field::Signals => Msg::SharedSignals,
    });
    let struck = move || app.see(Cue::Draft, |state| state.struck.contains(&field));
    let label = name.clone();
    let toggle = button("strike", move || {
        app.change(Cue::Draft, |state| {
            let all = &mut state.struck;
            if all.contains(&field) {
                all.retain(|other| *other != field);
            } else {
                all.push(field);
            }
        });
    })
    .live("aria-label", move || {
        Some(fill(&app.say(if struck() { Msg::SharedKeep } else { Msg::SharedStrike }), "field", &label))
    })
    .child(icon("close"));
    el("li")
        .live("class", move || struck().then(|| "struck".to_owned()))
        .child(el("span").class("name").text(name))
        .child(el("span").class("value").text(value))
        .child(toggle)
}
