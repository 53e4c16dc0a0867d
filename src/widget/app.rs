//! The panel's state, and how it changes: one plain value, with a cue for each part of it that
//! views follow.
//!
//! All cues are triggers, signals without a value: every type of signal costs the panel two kilobytes.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use leptos::reactive::signal::ArcTrigger;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, ShadowRoot};

use super::library::{self, Library};
pub use super::state::{Cue, Screen, State};
use super::state::{Layer, N_CUES, Read, layer, next_key};
use crate::browser::host::{Host, IndexState};
use crate::browser::texts::Texts;
use crate::chat::scene::Scene;
use crate::config::WidgetConfig;
use crate::strings::{Msg, fill};

/// Most searches and articles remembered for the handoff packet; the oldest go first.
const MAX_REMEMBERED: usize = 12;

/// Pause in typing, in milliseconds, after which a search counts as made: announced, told, remembered.
const SETTLED_MS: i32 = 700;

/// What does not change while the panel lives.
pub struct Parts {
    /// The loader's side.
    pub host: Host,
    /// The `<div>` the panel is mounted on.
    pub root: HtmlElement,
    /// The tag's settings.
    pub config: WidgetConfig,
    /// Language chosen by the loader.
    pub lang: String,
    /// Name of the page's language, when the help is in another.
    pub other_language: String,
    /// The inbox's origin, when shoppers can write here; empty when they go on in another vendor's messenger.
    pub inbox: Option<String>,
    state: RefCell<State>,
    cues: [ArcTrigger; N_CUES],
    /// Timer of a search not yet settled.
    settling: Cell<i32>,
    /// Whether the panel is mounted.
    alive: Cell<bool>,
}

/// A handle on the panel, small enough to be copied into every closure.
#[derive(Clone, Copy)]
pub struct App(&'static Parts);

impl App {
    /// The state of a panel just mounted; `origin` is the loader's.
    pub fn new(
        host: Host,
        root: HtmlElement,
        config: WidgetConfig,
        lang: String,
        other_language: String,
        origin: &str,
    ) -> Self {
        let held = host.words_held();
        let state = State {
            index: host.index(),
            edition: 0,
            texts: Texts::without(&lang),
            library: Library::default(),
            stack: vec![layer(Screen::Home)],
            went_back: false,
            query: String::new(),
            found: None,
            active: 0,
            advice: None,
            why: None,
            read: Vec::new(),
            searches: Vec::new(),
            online: window().navigator().on_line(),
            announced: String::new(),
            sending: !held.is_empty(),
            draft: held,
            scene: Scene::default(),
            talking: false,
            mute: false,
            wanted: String::new(),
            shown: false,
            full_screen: super::frame::is_full_screen(),
        };
        let inbox = config.chat(origin);
        let cues = [(); N_CUES].map(|()| ArcTrigger::new());
        let (state, settling, alive) = (RefCell::new(state), Cell::new(0), Cell::new(true));
        // Left for the life of the module: there is one panel, wasm memory never goes back anyway, and
        // counted references in two hundred closures would cost four kilobytes.
        Self(Box::leak(Box::new(Parts {
            host,
            root,
            config,
            lang,
            other_language,
            inbox,
            state,
            cues,
            settling,
            alive,
        })))
    }

    /// What does not change.
    pub fn parts(self) -> &'static Parts {
        self.0
    }

    /// Whether the panel is still mounted: a timer or an answer may come late.
    pub fn is_alive(self) -> bool {
        self.0.alive.get()
    }

    /// The panel is taken away.
    pub fn end(self) {
        self.0.alive.set(false);
        self.end_talk();
    }

    /// Reads the state, and follows a part of it.
    pub fn see<T>(self, cue: Cue, read: impl FnOnce(&State) -> T) -> T {
        self.follow(cue);
        self.peek(read)
    }

    /// Follows a part of the state.
    #[inline(never)]
    pub fn follow(self, cue: Cue) {
        if let Some(cue) = self.parts().cues.get(cue as usize) {
            cue.track();
        }
    }

    /// Reads the state. What is called inside must not change it, nor call out to the page, which might.
    pub fn peek<T>(self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.parts().state.borrow())
    }

    /// Changes the state, and gives the cue.
    pub fn change(self, cue: Cue, write: impl FnOnce(&mut State)) {
        write(&mut self.parts().state.borrow_mut());
        self.cue(cue);
    }

    /// Gives a cue to what follows it.
    #[inline(never)]
    pub fn cue(self, cue: Cue) {
        if let Some(cue) = self.parts().cues.get(cue as usize) {
            cue.notify();
        }
    }

    /// A text of the interface.
    #[inline(never)]
    pub fn say(self, msg: Msg) -> String {
        self.peek(|state| state.texts.say(msg).to_owned())
    }

    /// A text of the interface, said anew when the language's texts are read.
    pub fn say_live(self, msg: Msg) -> String {
        self.follow(Cue::Index);
        self.say(msg)
    }

    /// A text with a number in it.
    pub fn count(self, msg: Msg, n: usize) -> String {
        self.peek(|state| state.texts.count(msg, u32::try_from(n).unwrap_or(u32::MAX)))
    }

    /// Notes whether the panel is open.
    pub fn set_shown(self, shown: bool) {
        self.change(Cue::Device, |state| state.shown = shown);
        self.look();
    }

    /// Asks the page and the index again: the page moved on, or the index came.
    pub fn refresh(self) {
        let parts = self.parts();
        let index = parts.host.index();
        let (before, edition) = self.peek(|state| (state.index, state.edition));
        if index == IndexState::Ready && (before != index || edition == 0) {
            let (library, texts) = (Library::read(&parts.host), Texts::read(&parts.lang, &parts.host));
            self.change(Cue::Index, |state| {
                (state.library, state.texts) = (library, texts);
                state.edition += 1;
            });
            self.reread_talk();
        }
        if before != index {
            self.change(Cue::Index, |state| state.index = index);
        }
        if index == IndexState::Ready {
            let advice = library::advice(&parts.host);
            self.change(Cue::Advice, |state| state.advice = advice);
        }
    }

    /// The screen on top.
    pub fn top(self) -> Screen {
        self.peek(State::top)
    }

    /// Puts a screen on top.
    pub fn go(self, screen: Screen) {
        if self.top() == screen {
            return;
        }
        let (scroll_px, focus) = (self.scroller().map_or(0, |el| el.scroll_top()), self.focused_id());
        self.change(Cue::Screens, |state| {
            if let Some(top) = state.stack.last_mut() {
                (top.scroll_px, top.focus) = (scroll_px, focus);
            }
            state.stack.push(layer(screen));
            state.went_back = false;
        });
        self.arrive(None);
    }

    /// Goes back one screen; false when there is none.
    pub fn back(self) -> bool {
        if self.peek(|state| state.stack.len()) < 2 {
            return false;
        }
        let mut returned = None;
        self.change(Cue::Screens, |state| {
            state.went_back = true;
            state.stack.pop();
            if let Some(top) = state.stack.last_mut() {
                top.key = next_key();
                returned = Some(top.clone());
            }
        });
        self.arrive(returned);
        true
    }

    /// Shows the first screen, whatever was shown before.
    pub fn home(self) {
        if self.peek(|state| state.stack.len()) > 1 {
            self.change(Cue::Screens, |state| {
                state.stack = vec![layer(Screen::Home)];
                state.went_back = true;
            });
            self.arrive(None);
        }
    }

    /// Shows a screen over the first one, whatever was shown before.
    pub fn jump(self, screen: Screen) {
        self.change(Cue::Screens, |state| state.stack = vec![layer(Screen::Home)]);
        self.go(screen);
    }

    /// Opens an article by its id; false when there is none.
    pub fn open_id(self, id: &str) -> bool {
        let number = self.parts().host.number_of(id);
        if let Some(number) = number {
            self.open(number);
        }
        number.is_some()
    }

    /// Opens an article and remembers that it was read.
    pub fn open(self, number: u32) {
        self.settle();
        let (id, title) =
            self.peek(|state| (state.library.id(number).to_owned(), state.library.title(number).to_owned()));
        self.parts()
            .host
            .tell("article-viewed", &[("id", JsValue::from_str(&id)), ("title", JsValue::from_str(&title))]);
        self.change(Cue::Memory, |state| {
            let voted = state.read.iter().find(|other| other.id == id).and_then(|other| other.helped);
            state.read.retain(|other| other.id != id);
            state.read.push(Read { id, title, helped: voted });
            let extra = state.read.len().saturating_sub(MAX_REMEMBERED);
            state.read.drain(..extra);
        });
        self.go(Screen::Article(number));
    }

    /// Notes whether an article helped.
    pub fn vote(self, number: u32, helped: bool) {
        let id = self.peek(|state| state.library.id(number).to_owned());
        self.parts()
            .host
            .tell("article-voted", &[("id", JsValue::from_str(&id)), ("helped", JsValue::from_bool(helped))]);
        self.change(Cue::Memory, |state| {
            if let Some(article) = state.read.iter_mut().find(|article| article.id == id) {
                article.helped = Some(helped);
            }
        });
    }

    /// Searches for what was typed.
    pub fn search(self, query: String) {
        let trimmed = query.trim();
        let parts = self.parts();
        let found = if trimmed.is_empty() { None } else { library::search(&parts.host, trimmed) };
        self.change(Cue::Search, |state| {
            state.found = found;
            state.query = query;
            state.active = 0;
        });
        self.cue(Cue::Active);
        let settle = Closure::once_into_js(move || self.settle());
        let timer = window().set_timeout_with_callback_and_timeout_and_arguments_0(settle.unchecked_ref(), SETTLED_MS);
        window().clear_timeout_with_handle(parts.settling.replace(timer.unwrap_or(0)));
    }

    /// Counts what stands in the search field as a search made.
    fn settle(self) {
        if !self.is_alive() {
            return;
        }
        window().clear_timeout_with_handle(self.parts().settling.take());
        let (query, known) = self.peek(|state| {
            (state.query.trim().to_owned(), state.searches.last().map(String::as_str) == Some(state.query.trim()))
        });
        if query.is_empty() || known {
            return;
        }
        let n = self.peek(State::n_hits);
        self.announce(if n == 0 { fill(&self.say(Msg::NoHits), "q", &query) } else { self.count(Msg::Hits, n) });
        self.parts()
            .host
            .tell("searched", &[("query", JsValue::from_str(&query)), ("hits", JsValue::from_f64(n as f64))]);
        self.change(Cue::Memory, |state| {
            // A query that only grew is the same search.
            if state.searches.last().is_some_and(|last| query.starts_with(last.as_str())) {
                state.searches.pop();
            }
            state.searches.push(query);
            let extra = state.searches.len().saturating_sub(MAX_REMEMBERED);
            state.searches.drain(..extra);
        });
    }

    /// Says something to those who listen, once.
    pub fn announce(self, text: String) {
        self.change(Cue::Spoken, |state| {
            // A region that gets the very text it has says nothing; a space more makes it new.
            state.announced = if state.announced == text { text + "\u{a0}" } else { text };
        });
    }

    /// Finds an element of the panel.
    pub fn query_one(self, selector: &str) -> Option<Element> {
        self.parts().root.query_selector(selector).ok().flatten()
    }

    /// Moves the focus to an element of the panel, without scrolling to it.
    pub fn focus(self, selector: &str) -> bool {
        let Some(el) = self.query_one(selector).and_then(|el| el.dyn_into::<HtmlElement>().ok()) else { return false };
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        el.focus_with_options(&options).is_ok()
    }

    /// Moves the focus, once what changed stands.
    pub fn focus_next(self, selector: String) {
        self.later(Box::new(move || {
            self.focus(&selector);
        }));
    }

    /// Moves the focus to where the screen on top begins.
    pub fn focus_start(self) {
        // On a touch screen the keyboard would cover half of what was just opened.
        let touch = is_touched();
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
        self.later(Box::new(move || {
            if !self.peek(|state| state.shown) {
                return;
            }
            if let Some(scroller) = self.scroller() {
                scroller.set_scroll_top(returned.as_ref().map_or(0, |layer| layer.scroll_px));
            }
            let back_to = returned.filter(|layer| !layer.focus.is_empty());
            if !back_to.is_some_and(|layer| self.focus(&["#", &layer.focus].concat())) {
                self.focus_start();
            }
        }));
    }

    fn scroller(self) -> Option<Element> {
        self.query_one(".scroll")
    }

    /// The element of the panel that has the focus.
    pub fn focused(self) -> Option<Element> {
        self.parts().root.get_root_node().dyn_into::<ShadowRoot>().ok()?.active_element()
    }

    /// Id of that element; empty when there is none.
    pub fn focused_id(self) -> String {
        self.focused().map(|el| el.id()).unwrap_or_default()
    }

    /// Runs something once what changed stands on the page.
    #[inline(never)]
    pub fn later(self, run: Box<dyn FnOnce()>) {
        leptos::task::spawn_local(async move {
            leptos::task::tick().await;
            if self.is_alive() {
                run();
            }
        });
    }
}

/// Whether the shopper's finger is the pointer.
pub fn is_touched() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}
