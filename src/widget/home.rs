//! The first screen: search, what may help on this page, topics, a person.

use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::actions;
use super::app::{App, Cue, Screen, State};
use super::contact;
use super::el::{El, Item, button, div, el, item, key_of};
use super::icons::icon;
use super::results;
use crate::browser::host::IndexState;
use crate::config::ContactPolicy;
use crate::context::{Reason, Suggestion};
use crate::strings::{self, Msg};

/// The screen.
pub fn screen(app: App) -> El {
    let greeting = el("h2.greeting data-start tabindex=-1").say(app, Msg::Greeting);
    div("home")
        .while_true("data-searching", move || app.see(Cue::Search, |state| state.found.is_some()))
        .child(div("hero").child(greeting))
        .child(div("finder").child(search_field(app)))
        .child(div("body").list(move || parts(app)))
}

/// What stands under the search field; each part has a key, so that typing rebuilds only the hits.
fn parts(app: App) -> Vec<Item> {
    let mut out = Vec::new();
    if !app.see(Cue::Device, |state| state.online) {
        out.push(item(1, move || div("notice").child(icon("offline")).child(el("p").say(app, Msg::Offline))));
    }
    let other = &app.parts().other_language;
    if !other.is_empty() && app.see(Cue::Search, |state| state.found.is_none()) {
        out.push(item(7, move || {
            div("notice").child(el("p").text(&strings::fill(&app.say_live(Msg::OtherLanguage), "name", other)))
        }));
    }
    match app.see(Cue::Index, |state| state.index) {
        IndexState::Loading => out.push(item(2, move || skeleton(&app.say(Msg::Loading)))),
        IndexState::Missing => out.push(item(3, move || missing(app))),
        IndexState::Ready if app.see(Cue::Search, |state| state.found.is_some()) => {
            out.push(item(4, move || results::view(app)))
        }
        IndexState::Ready => {
            let ask_first = app.parts().config.contact == ContactPolicy::AskFirst;
            if ask_first {
                out.push(item(5, move || contact::line(app)));
            }
            let page = app.see(Cue::Advice, |state| state.advice.as_ref().map_or(0, |advice| advice.page as u64));
            let fresh = app.see(Cue::Advice, |state| {
                let facts =
                    state.advice.iter().flat_map(|advice| advice.suggestions.iter().map(|one| one.article.to_string()));
                key_of(&facts.collect::<Vec<_>>().join(","))
            });
            let doing = item(page + 8, move || actions::view(app, &[]));
            let suggested = item(fresh | 1 << 63, move || suggestions(app));
            // What belongs to this page comes first.
            let here = app.peek(|state| state.library.flows.iter().any(|head| head.pages >> page & 1 == 1));
            out.extend(if here { [doing, suggested] } else { [suggested, doing] });
            out.push(item(6, move || topics(app)));
        }
    }
    out
}

/// The search field: a combobox whose list is the hits.
fn search_field(app: App) -> El {
    let expanded = move || app.see(Cue::Search, |state| state.n_hits() > 0);
    let input = el("input id=hn-search inputmode=search enterkeyhint=search autocomplete=off role=combobox")
        .label(app, Msg::SearchLabel)
        .attr("placeholder", &app.say(Msg::SearchPlaceholder))
        // Back from an article the words still stand there.
        .attr("value", &app.peek(|state| state.query.clone()))
        .says("aria-expanded", expanded)
        .live("aria-controls", move || expanded().then(|| "hn-hits".to_owned()))
        .live("aria-activedescendant", move || {
            let active = app.see(Cue::Active, |state| state.active);
            (active > 0).then(|| ["hn-hit-", &active.to_string()].concat())
        })
        .on("input", move |event| app.search(value_of(&event)))
        .on("keydown", move |event| keys(app, &event));
    let clear = button("clear", move || {
        empty(app);
    })
    .attr("id", "hn-clear")
    .label(app, Msg::Clear)
    .child(icon("close"))
    .while_true("hidden", move || app.see(Cue::Search, |state| state.query.is_empty()));
    el("div.search role=search").child(icon("search")).child(input).child(clear)
}

/// Empties the search field; false when it was empty.
pub fn empty(app: App) -> bool {
    if app.peek(|state| state.query.is_empty()) {
        return false;
    }
    fill(app, "");
    app.focus("#hn-search");
    true
}

/// Puts words into the search field and searches for them.
pub fn fill(app: App, words: &str) {
    app.search(words.to_owned());
    if let Some(input) = app.query_one("#hn-search").and_then(|el| el.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        input.set_value(words);
    }
}

/// The arrow keys walk through the hits, Enter opens one: the APG's combobox with a list.
fn keys(app: App, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let n = app.peek(State::n_hits);
    if n == 0 || event.is_composing() {
        return;
    }
    let active = app.peek(|state| state.active);
    let next = match event.key().as_str() {
        "ArrowDown" => active % n + 1,
        "ArrowUp" => {
            if active <= 1 {
                n
            } else {
                active - 1
            }
        }
        "Enter" => {
            event.prevent_default();
            let chosen = app.peek(|state| state.found.as_ref()?.hits.get(active.max(1) - 1).map(|hit| hit.article));
            if let Some(article) = chosen {
                app.open(article);
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    app.change(Cue::Active, |state| state.active = next);
    if let Some(option) = app.query_one(&["#hn-hit-", &next.to_string()].concat()) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// What may help on this page.
fn suggestions(app: App) -> El {
    let known =
        app.peek(|state| state.advice.as_ref().map(|advice| (advice.product.clone(), advice.suggestions.clone())));
    let Some((product, list)) = known.filter(|(_, list)| !list.is_empty()) else {
        return div("nothing");
    };
    let heading = if product.is_empty() {
        app.say(Msg::Suggested)
    } else {
        strings::fill(&app.say(Msg::SuggestedProduct), "name", &product)
    };
    el("section.group aria-labelledby=hn-suggested")
        .child(el("h3.label id=hn-suggested").text(&heading))
        .child(el("ul.card role=list").children(list.into_iter().map(|one| suggestion(app, one))))
}

fn suggestion(app: App, one: Suggestion) -> El {
    let (number, id) = (one.article, one.article.to_string());
    let stored = super::library::article(&app.parts().host, number).unwrap_or_default();
    let (title, summary) = (stored.title.as_str(), stored.summary());
    let reason_id = ["hn-why-", &id].concat();
    let shown = move || app.see(Cue::Why, |state| state.why) == Some(number);
    let row = button("row", move || app.open(number))
        .attr("id", &["hn-suggestion-", &id].concat())
        .child(el("span.words").child(el("span.title").text(title)).child(el("span.gist").text(&summary)))
        .child(icon("next"));
    let named = [&app.say(Msg::Why), " ", title].concat();
    let why = button("why", move || {
        app.change(Cue::Why, |state| state.why = if state.why == Some(number) { None } else { Some(number) });
    })
    // The same twice: a tooltip of other words would be read out as well.
    .attr("aria-label", &named)
    .attr("title", &named)
    .attr("aria-controls", &reason_id)
    .says("aria-expanded", shown)
    .child(icon("why"));
    let reason = reason(app, &one.reason);
    el("li")
        .child(div("pair").child(row).child(why))
        .child(el("p.reason").attr("id", &reason_id).while_true("hidden", move || !shown()).text(&reason))
}

/// Why a suggestion is shown, in a sentence.
fn reason(app: App, reason: &Reason) -> String {
    app.peek(|state| match reason {
        Reason::Signal(signal, label) => {
            let said = state.texts.say_nth(Msg::WhySignalDwell, *signal as usize);
            if label.is_empty() { said.to_owned() } else { [said, " (", label, ")"].concat() }
        }
        Reason::Page(page) => state.texts.say_nth(Msg::WhyPageOther, *page as usize).to_owned(),
        Reason::Words(_) => state.texts.say(Msg::WhyWords).to_owned(),
    })
}

/// The collections.
fn topics(app: App) -> El {
    let tiles = app.peek(|state| {
        state
            .library
            .collections
            .iter()
            .enumerate()
            .map(|(n, one)| {
                let count = state.texts.count(Msg::NArticles, u32::try_from(one.articles.len()).unwrap_or(u32::MAX));
                let tile = button("tile", move || app.go(Screen::Topic(n)))
                    .attr("id", &["hn-topic-", &n.to_string()].concat())
                    .child(el("span.medal").child(icon(&one.collection.icon)))
                    .child(el("span.title").text(&one.collection.title))
                    .child(el("span.gist").text(&count));
                el("li").child(tile)
            })
            .collect::<Vec<_>>()
    });
    el("section.group aria-labelledby=hn-topics")
        .child(el("h3.label id=hn-topics").say(app, Msg::Topics))
        .child(el("ul.tiles role=list").children(tiles))
}

/// Grey bars in place of what is on its way.
pub fn skeleton(said: &str) -> El {
    let bars = ["s1", "s2", "s3"].into_iter().map(div);
    el("div.skeleton role=status").child(el("span.sr").text(said)).children(bars)
}

/// Nothing can be searched: say so, and offer a person.
fn missing(app: App) -> El {
    div("empty")
        .child(icon("offline"))
        .child(el("p.strong").say(app, Msg::IndexMissing))
        .child(el("p.quiet").say(app, Msg::IndexMissingHint))
        .child(button("second", move || app.refresh()).say(app, Msg::Retry))
        .child(contact::line(app))
}

/// What stands in the field that an event came from.
pub fn value_of(event: &Event) -> String {
    let target = event.target();
    match target.as_ref().and_then(|target| target.dyn_ref::<web_sys::HtmlInputElement>()) {
        Some(input) => input.value(),
        None => target
            .as_ref()
            .and_then(|target| target.dyn_ref::<web_sys::HtmlTextAreaElement>())
            .map_or_else(String::new, web_sys::HtmlTextAreaElement::value),
    }
}
