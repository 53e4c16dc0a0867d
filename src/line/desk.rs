//! The conversation's core with hands: does what it asks for, tells it what happened.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

use super::net::{self, Said, Socket};
use super::storage;
use super::tabs::Tabs;
use super::web::{Blob, hex};
use crate::browser::host::Host;
use crate::browser::texts::Texts;
use crate::chat::core::Core;
use crate::chat::flow::screen::Guide;
use crate::chat::io::{Call, In, Known, News, Out, Timer};
use crate::chat::json::Json;
use crate::chat::masking::mask_cards;
use crate::chat::offers::Asking;
use crate::chat::packet::{Field, consent, flow_answers, gather, meanwhile, since, strike};
use crate::chat::protocol::{FlowAnswer, Packet, Turn};
use crate::chat::screen::{self, Circumstances};
use crate::chat::wire;
use crate::config::is_form;
use crate::index::flows::Offers;
use crate::strings::Msg;

/// All that can change.
pub struct State {
    /// The conversation.
    pub core: Core,
    /// The interface's texts.
    pub texts: Texts,
    /// What the screen shows beside the conversation.
    pub around: Circumstances,
    /// What the panel remembers, as lines.
    pub memory: String,
    /// What of it was passed on.
    passed: String,
    /// The flow under way, or the last one.
    pub guide: Option<Guide>,
    /// How many were begun: an answer to an earlier one comes too late.
    pub n_guides: u32,
    /// What was told in flows before this one, and not passed on yet.
    pub told: Vec<(String, String)>,
    /// What was said with the bot before this one, and not passed on yet.
    pub turns: Vec<Turn>,
    /// Which flows there are.
    pub offers: Offers,
    /// Id of the request that the shop is asked.
    pub request: String,
    /// When something of a flow was pressed last, in milliseconds since 1970.
    pub pressed_ms: f64,
    /// Handles of the timers that run, by number; 0 is none.
    timers: [i32; Timer::Typing as usize + 1],
    socket: Option<Socket>,
    /// Ends the poll that waits.
    pub poll: Option<AbortController>,
    /// The bytes of files that wait here, by message: storage may refuse them.
    pub files: Vec<(String, Blob)>,
    /// Whether it is over: an answer may come later.
    pub ended: bool,
    /// Whether none of the other vendors' messengers could be opened.
    pub stranded: bool,
}

/// What does not change.
pub struct Parts {
    /// The loader's side.
    pub host: Host,
    /// The inbox's origin; empty when there is none.
    pub base: String,
    /// Name of the conversation in `localStorage`.
    pub key: String,
    /// Language of the help.
    pub lang: String,
    /// The other pages of the shop that are open.
    pub tabs: Tabs,
    state: RefCell<State>,
}

/// A handle on the conversation.
#[derive(Clone)]
pub struct Desk(pub Rc<Parts>);

impl Desk {
    /// A desk with a line to the inbox at that origin.
    pub fn new(host: Host, base: String, lang: String) -> Self {
        let state = State {
            core: Core::default(),
            texts: Texts::read(&lang, &host),
            around: Circumstances { base: base.clone(), ..Circumstances::default() },
            memory: String::new(),
            passed: String::new(),
            guide: None,
            n_guides: 0,
            told: Vec::new(),
            turns: Vec::new(),
            offers: Offers::default(),
            request: String::new(),
            pressed_ms: 0.0,
            timers: [0; Timer::Typing as usize + 1],
            socket: None,
            poll: None,
            files: Vec::new(),
            ended: false,
            stranded: false,
        };
        let key = ["helpnook:", &base].concat();
        let tabs = Tabs::new(&key);
        let desk = Self(Rc::new(Parts { host, base, key, lang, tabs, state: RefCell::new(state) }));
        let form = desk.vendors().first().is_some_and(|name| is_form(name));
        desk.change(|state| state.around.form = form);
        desk
    }

    /// Reads the state. What is called inside must not change it, nor call out to the page, which might.
    pub fn with<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.0.state.borrow())
    }

    /// Changes the state, under the same conditions.
    pub fn change(&self, write: impl FnOnce(&mut State)) {
        write(&mut self.0.state.borrow_mut());
    }

    /// Reads storage: at the start, and when another tab wrote it.
    pub fn restore(&self) {
        // Another tab left the conversation, or deleted it.
        let left = storage::known(&self.0.key).is_none()
            && self.with(|state| {
                state.core.known().is_some_and(|known| known.opening.is_none() && !state.around.forgetful)
            });
        if left {
            self.feed(In::Afresh);
        }
        self.gather();
    }

    /// Takes up what waits in the outbox. Storage that was wiped takes nothing away: it is as if it had
    /// never been there.
    pub fn gather(&self) {
        let Some(known) = storage::known(&self.0.key) else { return };
        let desk = self.clone();
        spawn_local(async move {
            let waiting = storage::waiting().await.unwrap_or_default();
            desk.feed(In::Restored { known: Some(known), waiting });
        });
    }

    /// Whether another tab's write to `localStorage` concerns this conversation.
    pub fn is_key(&self, key: &str) -> bool {
        self.0.key == key
    }

    /// Sends a text; false when there is nobody here to send it to, and the panel shows who else there is.
    pub fn write(&self, text: &str) -> bool {
        if self.goes_elsewhere() {
            self.hand(text);
            return true;
        }
        if self.0.base.is_empty() {
            self.0.host.show("contact", text);
            return false;
        }
        let masked = mask_cards(text);
        self.change(|state| state.around.masked = masked != text);
        if self.with(|state| state.core.known().is_some()) {
            // What was answered since goes first.
            self.pass_on();
        }
        let fresh = self.begun();
        let begins = fresh.opening.is_some();
        if self.with(|state| state.core.agent().is_none()) {
            self.offer_for(text);
        }
        self.feed(In::Write { id: hex(16), text: masked.trim().to_owned(), at_ms: now_ms(), fresh });
        if begins {
            // It went with the opening, but for what was struck.
            self.passed();
        }
        true
    }

    /// The conversation that another tab may have begun since, or one to begin.
    pub fn begun(&self) -> Known {
        storage::known(&self.0.key).unwrap_or_else(|| self.fresh())
    }

    /// Sends a refused message again.
    pub fn retry(&self, id: &str) {
        self.feed(In::Retry { id: id.to_owned(), fresh: self.fresh() });
    }

    /// Takes a field out of what is passed on, or puts it back.
    pub fn strike(&self, number: &str) {
        let Some(field) = Field::ALL.iter().find(|field| (**field as u8).to_string() == number) else { return };
        self.change(|state| {
            let struck = &mut state.around.struck;
            match struck.iter().position(|other| other == field) {
                Some(at) => drop(struck.remove(at)),
                None => struck.push(*field),
            }
        });
        self.0.host.changed();
    }

    /// Asks before the conversation is left or deleted.
    pub fn ask_first(&self, asking: Option<Asking>) {
        self.change(|state| state.around.asking = asking);
        self.0.host.changed();
    }

    /// The shopper is sure: does what was asked.
    pub fn sure(&self) {
        let asked = self.with(|state| state.around.asking);
        self.change(|state| (state.around.asking, state.around.commented) = (None, false));
        self.feed(if asked == Some(Asking::Delete) { In::Delete } else { In::Afresh });
    }

    /// A rating, or a comment to the one before.
    pub fn rate(&self, stars: Option<u8>, comment: &str) {
        let stars = stars.unwrap_or_else(|| self.with(|state| state.core.rated()));
        self.change(|state| state.around.commented = !comment.is_empty());
        self.feed(In::Rate(stars, mask_cards(comment.trim()).into_owned()));
    }

    /// Where an answer finds the shopper; what is no address is left to be mended.
    pub fn reachable(&self, email: &str) {
        let email = email.trim();
        let fits = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        self.change(|state| {
            state.around.no_address = if fits { String::new() } else { email.to_owned() };
            state.around.email = if fits { email.to_owned() } else { String::new() };
        });
        self.feed(In::Reachable(if fits { email.to_owned() } else { String::new() }));
    }

    /// Takes in what the panel remembers.
    pub fn remember(&self, memory: &str) {
        self.change(|state| memory.clone_into(&mut state.memory));
        self.look_around();
    }

    /// Reads the texts of the open index.
    pub fn reread(&self) {
        let texts = Texts::read(&self.0.lang, &self.0.host);
        self.change(|state| state.texts = texts);
        let desk = self.clone();
        spawn_local(async move {
            desk.learn().await;
            desk.look_around();
        });
    }

    /// Gathers what would be passed on, until it is; in a conversation, what was answered since.
    pub fn look_around(&self) {
        let page = self.0.host.page();
        self.change(|state| {
            state.around.packet = match state.core.known() {
                None => self.gathered(state, &page),
                Some(_) => self.later(state),
            };
        });
        self.0.host.changed();
    }

    fn gathered(&self, state: &State, page: &str) -> Packet {
        let mut transcript = state.turns.clone();
        transcript.extend(state.guide.as_ref().map_or_else(Vec::new, Guide::turns));
        Packet { flow: pending(state), transcript, ..gather(page, &state.memory, &self.0.lang) }
    }

    /// What was answered, searched and read since the conversation began, and not passed on yet.
    fn later(&self, state: &State) -> Packet {
        Packet { flow: pending(state), ..gather("", &since(&state.memory, &state.passed), &self.0.lang) }
    }

    /// Passes that on to the conversation, but for what was struck.
    pub fn pass_on(&self) {
        let flow = self.with(|state| {
            let later = strike(self.later(state), &state.around.struck);
            meanwhile(later, state.texts.say(Msg::SharedSearches), state.texts.say(Msg::SharedRead))
        });
        self.feed(In::Tell { id: hex(16), flow, at_ms: now_ms() });
        self.passed();
    }

    pub fn passed(&self) {
        self.change(|state| {
            state.told.clear();
            state.turns.clear();
            state.around.packet = Packet::default();
            state.passed.clone_from(&state.memory);
            state.guide.iter_mut().for_each(|guide| guide.passed = true);
        });
        self.keep_flow();
        self.0.host.changed();
    }

    /// What the shopper agreed to pass on.
    pub fn agreed(&self, state: &State, page: &str) -> Packet {
        let around = &state.around;
        let mut packet = strike(self.gathered(state, page), &around.struck);
        packet.consent = consent(&packet, !around.email.is_empty());
        packet.person.email.clone_from(&around.email);
        packet
    }

    /// A conversation to begin.
    fn fresh(&self) -> Known {
        let page = self.0.host.page();
        let packet = self.with(|state| self.agreed(state, &page));
        Known { id: hex(16), token: hex(32), opening: Some(wire::opening(&packet)), seen: 0 }
    }

    /// Tells the core what happened, and does what it asks for.
    pub fn feed(&self, happened: In) {
        if self.0.base.is_empty() || self.with(|state| state.ended) {
            return;
        }
        let die = (js_sys::Math::random() * 4_294_967_296.0) as u32;
        let offline = web_sys::window().is_some_and(|window| !window.navigator().on_line());
        let (mut wanted, mut phases) = (Vec::new(), None);
        self.change(|state| {
            state.around.offline = offline;
            let before = state.core.phase();
            wanted = state.core.step(happened, die);
            phases = Some((before, state.core.phase()));
        });
        for one in wanted {
            self.act(one);
        }
        if let Some((_, now)) = phases.filter(|(before, now)| before != now) {
            let agent = self.with(|state| state.core.agent().unwrap_or_default().to_owned());
            self.0.host.tell("chat-state", &[("state", now.name().into()), ("agent", agent.into())]);
        }
        self.0.host.unread(self.with(|state| state.core.n_unread() as u32));
        self.0.host.changed();
    }

    /// Closes the socket and stops the timers, for good.
    pub fn end(&self) {
        self.0.tabs.end();
        self.replace_poll(None);
        self.change(|state| {
            (state.ended, state.socket) = (true, None);
            for timer in state.timers {
                stop(timer);
            }
        });
    }

    fn act(&self, wanted: Out) {
        let desk = self.clone();
        match wanted {
            Out::Keep(waiting) => {
                let bytes = self.with(|state| super::outbox::bytes_of(state, &waiting.id));
                spawn_local(async move {
                    if !storage::keep(&waiting, bytes).await {
                        desk.forget();
                    }
                    desk.0.tabs.tell();
                    desk.feed(In::Kept(waiting.id));
                });
            }
            Out::Release(id) => {
                self.change(|state| state.files.retain(|(message, _)| *message != id));
                spawn_local(async move { storage::release(&id).await });
            }
            Out::Save(known) => {
                if !storage::keep_known(&self.0.key, &known) {
                    self.forget();
                }
            }
            Out::Call(call, seq, body) => {
                let known = self.with(|state| state.core.known().cloned()).filter(|_| call != Call::Availability);
                spawn_local(async move {
                    let outcome = desk.bring(known.as_ref(), &call, seq, &body).await;
                    // Answers to a conversation that was left mean nothing to the next one.
                    let now = desk.with(|state| state.core.known().map(|known| known.id.clone()));
                    if known.is_none_or(|known| now.is_some_and(|now| now == known.id)) {
                        desk.feed(In::Done(call, outcome));
                    }
                });
            }
            Out::Forget => {
                storage::forget_known(&self.0.key);
                self.change(|state| {
                    state.told.clear();
                    state.turns.clear();
                    state.guide = None;
                });
            }
            Out::Dial(n, after) => self.dial(n, after),
            Out::Hang => self.change(|state| state.socket = None),
            Out::Probe => self.with(|state| state.socket.iter().for_each(Socket::probe)),
            Out::Start(timer, ms) => self.start(timer, ms),
            Out::Tell(news) => self.tell(&news),
        }
    }

    /// Tells the shop's scripts and those who listen.
    fn tell(&self, news: &News) {
        let (name, said, urgent) = match news {
            News::Asked | News::Rated(_) => {
                let scale = ("scale", JsValue::from_str("csat"));
                return match news {
                    News::Rated(stars) => self.0.host.tell("rated", &[scale, ("score", (*stars).into())]),
                    _ => self.0.host.tell("surveyed", &[scale]),
                };
            }
            News::Began => ("chat-started", None, false),
            News::Sent => ("message-sent", None, false),
            News::Failed(_) => {
                ("message-failed", Some(self.with(|state| state.texts.say(Msg::StateFailed).to_owned())), true)
            }
            News::Deleted => {
                ("chat-deleted", Some(self.with(|state| state.texts.say(Msg::ChatDeleted).to_owned())), true)
            }
            News::Received(name, text) => {
                ("message-received", Some(self.with(|state| screen::spoken(&state.texts, name, text))), false)
            }
        };
        self.0.host.tell(name, &[]);
        if let Some(said) = said {
            self.0.host.announce(&said, urgent);
        }
    }

    /// Storage refused: the shopper is told, and the merchant once.
    fn forget(&self) {
        let known = self.with(|state| state.around.forgetful);
        if !known {
            self.change(|state| state.around.forgetful = true);
            self.0.host.complain(
                "storage is refused: a message not yet sent is lost with the page; \
                 unless the shopper wants it so, let this page use localStorage and IndexedDB",
            );
        }
    }

    fn dial(&self, n: u32, after: u64) {
        let Some(known) = self.with(|state| state.core.known().cloned()) else { return };
        let desk = self.clone();
        let hear = move |said| match said {
            Said::Up => desk.feed(In::SocketUp(n)),
            Said::Down => desk.feed(In::SocketDown(n)),
            // A frame that cannot be read is none; what it held is fetched as a gap.
            Said::Text(text) => {
                if let Some(frame) = Json::read(&text).and_then(|json| wire::read_frame(&json)) {
                    desk.feed(In::Heard(n, frame));
                }
            }
        };
        let opened = net::socket(&self.0.base, &known.id, wire::hello(&known.token, after), Rc::new(hear));
        let refused = opened.is_none();
        self.change(|state| state.socket = opened);
        if refused {
            self.feed(In::SocketDown(n));
        }
    }

    fn start(&self, timer: Timer, ms: u32) {
        let desk = self.clone();
        let fire = Closure::once_into_js(move || desk.feed(In::Fired(timer)));
        let ms = i32::try_from(ms).unwrap_or(i32::MAX);
        let started = web_sys::window().and_then(|window| {
            window.set_timeout_with_callback_and_timeout_and_arguments_0(fire.unchecked_ref(), ms).ok()
        });
        self.change(|state| {
            if let (Some(handle), Some(running)) = (started, state.timers.get_mut(timer as usize)) {
                stop(std::mem::replace(running, handle));
            }
        });
    }
}

/// What was answered in flows and not passed on yet.
#[inline(never)]
fn pending(state: &State) -> Vec<FlowAnswer> {
    let mut told = state.told.clone();
    told.extend(state.guide.as_ref().map_or_else(Vec::new, Guide::pending));
    flow_answers(told)
}

/// Now, in milliseconds since 1970.
pub fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}

fn stop(timer: i32) {
    if let Some(window) = web_sys::window() {
        window.clear_timeout_with_handle(timer);
    }
}
