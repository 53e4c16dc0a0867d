//! The panel's state, and how it changes: one plain value, with a cue for each part of it that
//! views follow.
//!
//! One signal type serves all cues: every further type of signal costs the panel two kilobytes.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, ShadowRoot};

use super::chat_line::ChatLine;
use super::host::{Host, IndexState};
use super::library::{self, Library};
pub use super::state::{Cue, Screen, State};
use super::state::{Layer, N_CUES, layer, next_key};
use super::texts::Texts;
use crate::chat::io::{In, News};
use crate::chat::protocol::ReadArticle;
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
    /// The conversation.
    pub chat: ChatLine,
    state: RefCell<State>,
    cues: [RwSignal<u32>; N_CUES],
    /// Timer of a search not yet settled.
    settling: RefCell<i32>,
}

/// A handle on the panel, small enough to be copied into every closure.
#[derive(Clone, Copy)]
pub struct App(StoredValue<&'static Parts, LocalStorage>);

impl App {
    /// The state of a panel just mounted; `origin` is the loader's.
    pub fn new(host: Host, root: HtmlElement, config: WidgetConfig, lang: String, origin: &str) -> Self {
        let state = State {
            index: host.index(),
            edition: 0,
            texts: Texts::new(&lang, Vec::new()),
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
            draft: String::new(),
            masked: false,
            struck: Vec::new(),
            shown: false,
            full_screen: super::frame::is_full_screen(),
        };
        let chat = ChatLine::new(config.inbox(origin));
        let cues = [(); N_CUES].map(|()| RwSignal::new(0));
        let state = RefCell::new(state);
        let parts = Parts { host, root, config, lang, chat, state, cues, settling: RefCell::new(0) };
        // Left for the life of the module: there is one panel, wasm memory never goes back anyway, and
        // counted references in two hundred closures would cost four kilobytes.
        Self(StoredValue::new_local(Box::leak(Box::new(parts))))
    }

    /// What does not change.
    #[inline(never)]
    pub fn parts(self) -> &'static Parts {
        self.0.get_value()
    }

    /// Whether the panel is still mounted: a timer or an answer may come late.
    pub fn is_alive(self) -> bool {
        !self.0.is_disposed()
    }

    /// The conversation.
    pub fn chat(self) -> ChatLine {
        self.parts().chat
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

    #[inline(never)]
    fn cue(self, cue: Cue) {
        if let Some(cue) = self.parts().cues.get(cue as usize) {
            cue.update(|n| *n = n.wrapping_add(1));
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

    /// Takes up the conversation, and keeps the launcher's number right.
    pub fn begin(self) {
        let chat = self.chat();
        chat.begin(Rc::new(move |news| self.hear(&news)));
        Effect::new(move || {
            let n = chat.read(crate::chat::core::Core::n_unread);
            self.parts().host.unread(u32::try_from(n).unwrap_or(u32::MAX));
        });
        Effect::new(move || {
            if chat.is_forgetful() {
                self.parts().host.complain(
                    "storage is refused: a message not yet sent is lost with the page; \
                     unless the shopper wants it so, let this page use localStorage and IndexedDB",
                );
            }
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
                let said = self.peek(|state| state.shown) && self.top() != Screen::Chat;
                ("message-received", said.then(|| fill(&fill(&self.say(Msg::Said), "name", &name), "text", text)))
            }
        };
        self.parts().host.tell(name, &[]);
        if let Some(said) = said {
            self.announce(said);
        }
    }

    /// Tells the conversation whether it is before the shopper's eyes.
    pub fn look(self) {
        let looking = self.peek(|state| state.shown) && self.top() == Screen::Chat && !document().hidden();
        self.chat().feed(In::Looking(looking));
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
            let (library, texts) = (Library::read(&parts.host), Library::texts(&parts.host));
            self.change(Cue::Index, |state| {
                state.library = library;
                state.texts = Texts::new(&parts.lang, texts);
                state.edition += 1;
            });
        }
        if before != index {
            self.change(Cue::Index, |state| state.index = index);
        }
        if index == IndexState::Ready {
            let advice = library::advice(&parts.host, parts.config.max_suggestions);
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
            state.read.push(ReadArticle { id, title, helped: voted });
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
            state.searches.push(crate::chat::masking::mask_cards(&query).into_owned());
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
    pub fn focus_next(self, selector: &'static str) {
        spawn(Box::pin(async move {
            leptos::task::tick().await;
            if self.is_alive() {
                self.focus(selector);
            }
        }));
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
        spawn(Box::pin(async move {
            leptos::task::tick().await;
            if !self.is_alive() || !self.peek(|state| state.shown) {
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

    fn focused_id(self) -> String {
        self.focused().map(|el| el.id()).unwrap_or_default()
    }
}

/// Runs what waits; of one type, since each type of future costs two kilobytes.
#[inline(never)]
pub fn spawn(work: Pin<Box<dyn Future<Output = ()>>>) {
    leptos::task::spawn_local(work);
}
