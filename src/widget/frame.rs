//! The dialog around the screens: its bar, its keys, its style sheet, and the one place that speaks
//! to those who listen.

use js_sys::{Array, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Event, HtmlElement, KeyboardEvent, ShadowRoot};

use super::app::{App, Cue, Screen, State};
use super::el::{El, Item, button, div, el, item};
use super::icons::icon;
use super::talk::place;
use super::{article_screen, chat_screen, contact, home};
use crate::browser::host::IndexState;
use crate::chat::scene::slot;
use crate::config::ContactPolicy;
use crate::strings::Msg;

/// The panel's style.
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/widget.css"));

/// Languages written from right to left.
const RIGHT_TO_LEFT: &[&str] = &["ar", "he", "fa", "ur"];

/// The panel.
pub fn view(app: App) -> El {
    let close = button("round close", move || app.parts().host.shut())
        .attr("id", "hn-close")
        .live("aria-label", move || Some(app.say_live(Msg::Close)))
        .child(icon("close"));
    let back = button("round back", move || {
        app.back();
    })
    .attr("id", "hn-back")
    .live("aria-label", move || Some(app.say_live(Msg::Back)))
    .while_true("hidden", move || app.see(Cue::Screens, |state| state.stack.len() < 2))
    .child(icon("back"));
    let bar = div("bar").child(back).child(div("name").list(move || name(app))).child(close);
    el("div.panel id=hn-panel role=dialog tabindex=-1")
        .live("aria-label", move || Some(app.say_live(Msg::Help)))
        .live("aria-modal", move || app.see(Cue::Device, |state| state.full_screen).then(|| "true".to_owned()))
        .live("data-screen", move || Some(screen_name(app.see(Cue::Screens, State::top)).to_owned()))
        .on("keydown", move |event| keys(app, &event))
        .child(bar)
        .child(
            div("stage")
                .live("data-way", move || app.see(Cue::Screens, |state| state.went_back).then(|| "back".to_owned()))
                .list(move || stage(app)),
        )
        .child(div("feet").list(move || foot(app)))
        .child(
            el("div.sr role=status aria-live=polite")
                .live_text(move || app.see(Cue::Spoken, |state| state.announced.clone())),
        )
}

/// Names of screens, for styles and for the shop's own scripts.
fn screen_name(screen: Screen) -> &'static str {
    match screen {
        Screen::Topic(_) => "topic",
        Screen::Article(_) => "article",
        Screen::Chat => "chat",
        Screen::Contact => "contact",
        Screen::Home => "home",
    }
}

/// The screen on top, built anew when it changes or when the texts do.
fn stage(app: App) -> Vec<Item> {
    let edition = u64::from(app.see(Cue::Index, |state| state.edition));
    let (screen, key) = app.see(Cue::Screens, |state| (state.top(), state.stack.last().map_or(0, |top| top.key)));
    vec![item(key | edition << 40, move || match screen {
        Screen::Home => div("scroll").child(home::screen(app)),
        Screen::Topic(place) => div("scroll").child(article_screen::topic(app, place)),
        Screen::Article(number) => div("scroll").child(article_screen::article(app, number)),
        Screen::Chat => chat_screen::screen(app),
        Screen::Contact => div("scroll").child(contact::screen(app)),
    })]
}

/// A person is one press away, wherever the shopper reads; a shop that puts self-service first
/// shows this once something was searched or read.
fn foot(app: App) -> Vec<Item> {
    let edition = u64::from(app.see(Cue::Index, |state| state.edition));
    let screen = app.see(Cue::Screens, State::top);
    let wanted = match (screen, app.parts().config.contact) {
        (Screen::Chat | Screen::Contact, _) => false,
        (Screen::Home, ContactPolicy::AskFirst) => false,
        // Where nothing was found, the ways to a person stand in the middle.
        (Screen::Home, _) if app.see(Cue::Search, |state| state.found.is_some() && state.n_hits() == 0) => false,
        (Screen::Home, ContactPolicy::SelfService) => {
            app.see(Cue::Search, |state| state.found.is_some()) || app.see(Cue::Memory, |state| !state.read.is_empty())
        }
        _ => app.see(Cue::Index, |state| state.index) != IndexState::Missing,
    };
    if wanted { vec![item(edition, move || contact::foot(app))] } else { Vec::new() }
}

/// What the bar says.
fn name(app: App) -> Vec<Item> {
    app.follow(Cue::Index);
    let screen = app.see(Cue::Screens, State::top);
    if screen != Screen::Chat {
        return Vec::new();
    }
    let title = app.see(Cue::Chat, |state| state.scene.title.clone());
    let title = if title.is_empty() { app.say(Msg::Chat) } else { title };
    vec![item(super::el::key_of(&title), move || {
        div("who")
            .child(el("h2 id=hn-title data-start tabindex=-1").text(&title))
            .list(move || place(app, slot::PRESENCE))
    })]
}

/// Escape takes one layer away; on a full screen the focus stays inside.
fn keys(app: App, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    match event.key().as_str() {
        "Escape" if !event.is_composing() => {
            event.stop_propagation();
            event.prevent_default();
            let cleared = app.top() == Screen::Home && home::empty(app);
            if !cleared && !app.back() {
                app.parts().host.shut();
            }
        }
        "Tab" if app.peek(|state| state.full_screen) => wrap(app, event),
        _ => {}
    }
}

/// Keeps Tab inside the panel while nothing else can be seen.
fn wrap(app: App, event: &KeyboardEvent) {
    const REACHED: &str = "button:not([hidden]), a[href], input, textarea, summary, [tabindex='0']";
    let all = app.parts().root.query_selector_all(REACHED).ok();
    let n = all.as_ref().map_or(0, web_sys::NodeList::length);
    let shown = |at: u32| all.as_ref()?.item(at)?.dyn_into::<HtmlElement>().ok().filter(|el| el.offset_width() > 0);
    let (first, last) = ((0..n).find_map(shown), (0..n).rev().find_map(shown));
    let (Some(first), Some(last)) = (first, last) else { return };
    let now = app.focused();
    let (edge, other) = if event.shift_key() { (&first, &last) } else { (&last, &first) };
    if now.as_ref() == Some(edge.as_ref()) {
        event.prevent_default();
        let _ = other.focus();
    }
}

/// Gives the root its class, language, direction and style sheet.
pub fn dress(root: &HtmlElement, lang: &str) {
    root.set_class_name("hn");
    let base = lang.split('-').next().unwrap_or(lang);
    let _ = root.set_attribute("lang", lang);
    let _ = root.set_attribute("dir", if RIGHT_TO_LEFT.contains(&base) { "rtl" } else { "ltr" });
    // Adopted sheets pass every style policy; a `<style>` or an attribute would not.
    if let (Ok(sheet), Some(shadow)) = (CssStyleSheet::new(), shadow(root)) {
        let _ = sheet.replace_sync(STYLE);
        let sheets = adopted(&shadow);
        sheets.push(&sheet);
        let _ = Reflect::set(&shadow, &"adoptedStyleSheets".into(), &sheets);
        let _ = Reflect::set(root, &OWN.into(), &sheet);
    }
}

/// Takes the style sheet away again.
pub fn undress(root: &HtmlElement) {
    let own = Reflect::get(root, &OWN.into()).unwrap_or(JsValue::UNDEFINED);
    if let Some(shadow) = shadow(root) {
        let left = adopted(&shadow).filter(&mut |sheet, _, _| sheet != own);
        let _ = Reflect::set(&shadow, &"adoptedStyleSheets".into(), &left);
    }
}

/// Where the root remembers its sheet.
const OWN: &str = "hnSheet";

fn shadow(root: &HtmlElement) -> Option<ShadowRoot> {
    root.get_root_node().dyn_into().ok()
}

fn adopted(shadow: &ShadowRoot) -> Array {
    Reflect::get(shadow, &"adoptedStyleSheets".into()).map(|sheets| Array::from(&sheets)).unwrap_or_default()
}

/// Fits the panel to where the launcher stands, and to what the on-screen keyboard leaves of the screen.
pub fn fit(app: App) {
    let covers = is_full_screen();
    if app.peek(|state| state.full_screen) != covers {
        app.change(Cue::Device, |state| state.full_screen = covers);
    }
    let root = &app.parts().root;
    let set = |name: &str, px: f64| {
        let _ = root.style().set_property(name, &[&(px as i32).to_string(), "px"].concat());
    };
    if let Some(viewport) = window().visual_viewport() {
        set("--hn-height", viewport.height());
    }
    let size = |side: Result<JsValue, JsValue>| side.ok().and_then(|px| px.as_f64()).unwrap_or(0.0);
    if let Some(host) = shadow(root).map(|shadow| shadow.host()) {
        let (place, width, height) =
            (host.get_bounding_client_rect(), size(window().inner_width()), size(window().inner_height()));
        set("--hn-offset", (height - place.bottom()).max(0.0));
        set("--hn-launcher", place.height());
        let left = place.left() + place.right() < width;
        let _ = root.set_attribute("data-side", if left { "left" } else { "right" });
    }
}

/// Whether the panel covers the screen: the same question as in the style sheet.
pub fn is_full_screen() -> bool {
    window().match_media("(max-width: 479px)").ok().flatten().is_some_and(|query| query.matches())
}
