//! The panel's state: which screen stands on top of which, what was asked and read, what is said.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::chat_line::ChatLine;
use super::host::{Host, IndexState};
use super::library::{self, Library};
use super::texts::Texts;
use crate::chat::io::{In, News};
use crate::chat::packet::Field;
use crate::chat::protocol::ReadArticle;
use crate::config::WidgetConfig;
use crate::context::Advice;
use crate::search::Answer;
use crate::strings::{Msg, fill};

/// Most searches and articles remembered for the handoff packet; the oldest go first.
const MAX_REMEMBERED: usize = 12;

/// Pause in typing, in milliseconds, after which a search counts as made: announced, told, remembered.
const SETTLED_MS: i32 = 700;

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Search, suggestions, topics.
    Home,
    /// The articles of a collection, by its place.
    Topic(usize),
    /// An article, by its number.
    Article(u32),
    /// The conversation.
    Chat,
    /// The ways to reach the shop.
    Contact,
}

/// A screen on the stack, with what is needed to come back to it as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Distinct for each layer ever shown, so that a screen is built anew.
    pub key: u64,
    /// What it shows.
    pub screen: Screen,
    /// How far it was scrolled, in pixels.
    scroll_px: i32,
    /// Id of the element that had the focus.
    focus: String,
}

/// What does not change while the panel lives, or changes without being watched.
pub struct Parts {
    /// The loader's side.
    pub host: Host,
    /// The `<div>` the panel is mounted on.
    pub root: HtmlElement,
    /// The tag's settings.
    pub config: WidgetConfig,
    /// The loader's origin.
    pub origin: String,
    /// Language chosen by the loader.
    pub lang: String,
    /// Texts of that language.
    pub texts: Texts,
    /// Titles and collections.
    pub library: Library,
}

/// The panel's state; a handle that is copied into every closure.
#[derive(Clone, Copy)]
pub struct App {
    parts: StoredValue<Parts, LocalStorage>,
    /// Number of the times that the index was read: texts and library are read again when it changes.
    pub edition: RwSignal<u32>,
    /// Whether the index can be asked.
    pub index: RwSignal<IndexState>,
    /// The screens, the one shown last.
    pub stack: RwSignal<Vec<Layer>>,
    /// Whether the last move went back, for the direction of its motion.
    pub went_back: RwSignal<bool>,
    /// What stands in the search field.
    pub query: RwSignal<String>,
    /// What was found for it.
    pub found: RwSignal<Option<Answer>>,
    /// The option that the arrow keys reached, from 1; 0 is none.
    pub active: RwSignal<usize>,
    /// What may help on this page.
    pub advice: RwSignal<Option<Advice>>,
    /// The suggestion whose reason is shown, by article.
    pub why: RwSignal<Option<u32>>,
    /// Articles read, with their votes.
    pub read: RwSignal<Vec<ReadArticle>>,
    /// Searches made.
    pub searches: RwSignal<Vec<String>>,
    /// Whether the browser is online.
    pub online: RwSignal<bool>,
    /// What is said to those who listen; one thing at a time.
    pub announced: RwSignal<String>,
    /// The conversation.
    pub chat: ChatLine,
    /// What stands in the message field.
    pub draft: RwSignal<String>,
    /// Whether a card number was masked in the last message.
    pub masked: RwSignal<bool>,
    /// Fields that are not to be passed on.
    pub struck: RwSignal<Vec<Field>>,
    /// Whether the panel is open.
    pub shown: RwSignal<bool>,
    /// Whether the panel covers the whole screen.
    pub full_screen: RwSignal<bool>,
    settling: StoredValue<i32>,
}

impl App {
    /// The state of a panel just mounted.
    pub fn new(parts: Parts) -> Self {
        let index = parts.host.index();
        let chat = ChatLine::new(parts.config.inbox(&parts.origin));
        Self {
            parts: StoredValue::new_local(parts),
            edition: RwSignal::new(0),
            index: RwSignal::new(index),
            stack: RwSignal::new(vec![layer(Screen::Home)]),
            went_back: RwSignal::new(false),
            query: RwSignal::new(String::new()),
            found: RwSignal::new(None),
            active: RwSignal::new(0),
            advice: RwSignal::new(None),
            why: RwSignal::new(None),
            read: RwSignal::new(Vec::new()),
            searches: RwSignal::new(Vec::new()),
            online: RwSignal::new(window().navigator().on_line()),
            announced: RwSignal::new(String::new()),
            chat,
            draft: RwSignal::new(String::new()),
            masked: RwSignal::new(false),
            struck: RwSignal::new(Vec::new()),
            shown: RwSignal::new(false),
            full_screen: RwSignal::new(super::frame::is_full_screen()),
            settling: StoredValue::new(0),
        }
    }

    /// Takes up the conversation, and keeps the launcher's number right.
    pub fn begin(self) {
        self.chat.begin(move |news| self.hear(&news));
        Effect::new(move || {
            let n = self.chat.read(crate::chat::core::Core::n_unread);
            self.with(|parts| parts.host.unread(u32::try_from(n).unwrap_or(u32::MAX)));
        });
    }

    /// Tells the shop's scripts and those who listen what happened in the conversation.
    fn hear(self, news: &News) {
        let (name, said) = match news {
            News::Began => ("chat-started", None),
            News::Sent => ("message-sent", None),
            News::Failed(_) => ("message-failed", Some(self.say(Msg::StateFailed))),
            News::Received(name, text) => {
                let name = if name.is_empty() { self.say(Msg::Us) } else { name.clone() };
                // The list of messages speaks for itself when it is on screen.
                let said = self.shown.get_untracked() && self.top() != Screen::Chat;
                ("message-received", said.then(|| fill(&fill(&self.say(Msg::Said), "name", &name), "text", text)))
            }
        };
        self.with(|parts| parts.host.tell(name, &[]));
        if let Some(said) = said {
            self.announce(said);
        }
    }

    /// Tells the conversation whether it is before the shopper's eyes.
    pub fn look(self) {
        let looking = self.shown.get_untracked() && self.top() == Screen::Chat && !document().hidden();
        self.chat.feed(In::Looking(looking));
    }

    /// Reads the parts.
    pub fn with<T>(self, read: impl FnOnce(&Parts) -> T) -> T {
        self.parts.with_value(read)
    }

    /// A text of the interface.
    pub fn say(self, msg: Msg) -> String {
        self.with(|parts| parts.texts.say(msg).to_owned())
    }

    /// A text with a number in it.
    pub fn count(self, msg: Msg, n: usize) -> String {
        self.with(|parts| parts.texts.count(msg, u32::try_from(n).unwrap_or(u32::MAX)))
    }

    /// Asks the page and the index again: the page moved on, or the index came.
    pub fn refresh(self) {
        let state = self.with(|parts| parts.host.index());
        if state == IndexState::Ready && (self.index.get_untracked() != state || self.edition.get_untracked() == 0) {
            self.parts.update_value(|parts| {
                parts.library = Library::read(&parts.host);
                parts.texts = Texts::new(&parts.lang, Library::texts(&parts.host));
            });
            self.edition.update(|n| *n += 1);
        }
        self.index.set(state);
        if state == IndexState::Ready {
            self.advice.set(self.with(|parts| library::advice(&parts.host, parts.config.max_suggestions)));
        }
    }

    /// The screen on top.
    pub fn top(self) -> Screen {
        self.stack.with_untracked(|stack| stack.last().map_or(Screen::Home, |layer| layer.screen))
    }

    /// Whether there is a screen to go back to.
    pub fn is_deep(self) -> bool {
        self.stack.with(|stack| stack.len() > 1)
    }

    /// Puts a screen on top.
    pub fn go(self, screen: Screen) {
        if self.top() == screen {
            return;
        }
        let (scroll_px, focus) = (self.scroller().map_or(0, |el| el.scroll_top()), self.focused_id());
        self.went_back.set(false);
        self.stack.update(|stack| {
            if let Some(top) = stack.last_mut() {
                (top.scroll_px, top.focus) = (scroll_px, focus);
            }
            stack.push(layer(screen));
        });
        self.arrive(None);
    }

    /// Goes back one screen; false when there is none.
    pub fn back(self) -> bool {
        if self.stack.with_untracked(Vec::len) < 2 {
            return false;
        }
        self.went_back.set(true);
        let mut returned = None;
        self.stack.update(|stack| {
            stack.pop();
            if let Some(top) = stack.last_mut() {
                top.key = next_key();
                returned = Some(top.clone());
            }
        });
        self.arrive(returned);
        true
    }

    /// Shows the first screen, whatever was shown before.
    pub fn home(self) {
        if self.stack.with_untracked(Vec::len) > 1 {
            self.went_back.set(true);
            self.stack.set(vec![layer(Screen::Home)]);
            self.arrive(None);
        }
    }

    /// Shows a screen over the first one, whatever was shown before.
    pub fn jump(self, screen: Screen) {
        self.stack.set(vec![layer(Screen::Home)]);
        self.go(screen);
    }

    /// Opens an article by its id; false when there is none.
    pub fn open_id(self, id: &str) -> bool {
        match self.with(|parts| parts.host.number_of(id)) {
            Some(number) => {
                self.open(number);
                true
            }
            None => false,
        }
    }

    /// Opens an article and remembers that it was read.
    pub fn open(self, number: u32) {
        self.settle();
        let (id, title) =
            self.with(|parts| (parts.library.id(number).to_owned(), parts.library.title(number).to_owned()));
        self.with(|parts| {
            parts.host.tell("article-viewed", &[("id", JsValue::from_str(&id)), ("title", JsValue::from_str(&title))]);
        });
        self.read.update(|read| {
            read.retain(|other| other.id != id);
            read.push(ReadArticle { id, title, helped: None });
            let extra = read.len().saturating_sub(MAX_REMEMBERED);
            read.drain(..extra);
        });
        self.go(Screen::Article(number));
    }

    /// Notes whether an article helped.
    pub fn vote(self, number: u32, helped: bool) {
        let id = self.with(|parts| parts.library.id(number).to_owned());
        self.with(|parts| {
            parts.host.tell("article-voted", &[("id", JsValue::from_str(&id)), ("helped", JsValue::from_bool(helped))]);
        });
        self.read.update(|read| {
            if let Some(article) = read.iter_mut().find(|article| article.id == id) {
                article.helped = Some(helped);
            }
        });
        self.announce(self.say(if helped { Msg::VoteThanks } else { Msg::VoteSorry }));
    }

    /// Searches for what was typed.
    pub fn search(self, query: String) {
        let trimmed = query.trim().to_owned();
        self.active.set(0);
        self.found.set(if trimmed.is_empty() {
            None
        } else {
            self.with(|parts| library::search(&parts.host, &trimmed))
        });
        self.query.set(query);
        self.settling.update_value(|waiting| {
            let window = window();
            window.clear_timeout_with_handle(*waiting);
            let settle = wasm_bindgen::closure::Closure::once_into_js(move || self.settle());
            *waiting = window
                .set_timeout_with_callback_and_timeout_and_arguments_0(settle.unchecked_ref(), SETTLED_MS)
                .unwrap_or(0);
        });
    }

    /// Counts what stands in the search field as a search made.
    fn settle(self) {
        if self.settling.is_disposed() {
            return;
        }
        window().clear_timeout_with_handle(self.settling.get_value());
        let query = self.query.with_untracked(|query| query.trim().to_owned());
        let known = self.searches.with_untracked(|searches| searches.last() == Some(&query));
        if query.is_empty() || known {
            return;
        }
        let n = self.found.with_untracked(|found| found.as_ref().map_or(0, |answer| answer.hits.len()));
        self.announce(if n == 0 { fill(&self.say(Msg::NoHits), "q", &query) } else { self.count(Msg::Hits, n) });
        self.with(|parts| {
            parts.host.tell("searched", &[("query", JsValue::from_str(&query)), ("hits", JsValue::from_f64(n as f64))]);
        });
        self.searches.update(|searches| {
            // A query that only grew is the same search.
            if searches.last().is_some_and(|last| query.starts_with(last.as_str())) {
                searches.pop();
            }
            searches.push(crate::chat::masking::mask_cards(&query).into_owned());
            let extra = searches.len().saturating_sub(MAX_REMEMBERED);
            searches.drain(..extra);
        });
    }

    /// Says something to those who listen, once.
    pub fn announce(self, text: String) {
        // A region that gets the very text it has says nothing; a space more makes it new.
        let text = if self.announced.with_untracked(|last| *last == text) { text + "\u{a0}" } else { text };
        self.announced.set(text);
    }

    /// Finds an element of the panel.
    pub fn query_one(self, selector: &str) -> Option<Element> {
        self.with(|parts| parts.root.query_selector(selector).ok().flatten())
    }

    /// Moves the focus to an element of the panel, without scrolling to it.
    pub fn focus(self, selector: &str) -> bool {
        let Some(el) = self.query_one(selector).and_then(|el| el.dyn_into::<HtmlElement>().ok()) else { return false };
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        el.focus_with_options(&options).is_ok()
    }

    /// Moves the focus to where the screen on top begins.
    pub fn focus_start(self) {
        // On a touch screen the keyboard would cover half of what was just opened.
        let touch = window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches());
        let wanted = match self.top() {
            Screen::Home if !touch => "#hn-search",
            Screen::Chat if !touch => "#hn-message",
            _ => "[data-start]",
        };
        if !self.focus(wanted) {
            self.focus("#hn-panel");
        }
    }

    /// Settles scroll and focus once the new screen stands.
    fn arrive(self, returned: Option<Layer>) {
        self.look();
        leptos::task::spawn_local(async move {
            leptos::task::tick().await;
            if self.settling.is_disposed() || !self.shown.get_untracked() {
                return;
            }
            if let Some(scroller) = self.scroller() {
                scroller.set_scroll_top(returned.as_ref().map_or(0, |layer| layer.scroll_px));
            }
            let back_to = returned.filter(|layer| !layer.focus.is_empty());
            if !back_to.is_some_and(|layer| self.focus(&["#", &layer.focus].concat())) {
                self.focus_start();
            }
        });
    }

    fn scroller(self) -> Option<Element> {
        self.query_one(".scroll")
    }

    /// The element of the panel that has the focus.
    pub fn focused(self) -> Option<Element> {
        self.with(|parts| parts.root.get_root_node().dyn_into::<web_sys::ShadowRoot>().ok())?.active_element()
    }

    fn focused_id(self) -> String {
        self.focused().map(|el| el.id()).unwrap_or_default()
    }
}

fn layer(screen: Screen) -> Layer {
    Layer { key: next_key(), screen, scroll_px: 0, focus: String::new() }
}

fn next_key() -> u64 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static LAST: AtomicU32 = AtomicU32::new(0);
    u64::from(LAST.fetch_add(1, Ordering::Relaxed))
}

fn window() -> web_sys::Window {
    leptos::prelude::window()
}
