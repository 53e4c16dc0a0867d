//! The conversation's core with hands: does what it asks for, tells it what happened.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::app::spawn;
use super::net::{self, Said, Socket};
use super::storage;
use crate::chat::core::Core;
use crate::chat::io::{Call, In, Known, News, Out, Timer};
use crate::chat::json::Json;
use crate::chat::masking::mask_cards;
use crate::chat::protocol::Packet;
use crate::chat::wire;

/// What the line needs beside the core.
struct Desk {
    core: Core,
    /// The inbox's origin.
    base: String,
    /// Name of the conversation in `localStorage`.
    key: String,
    /// Handles of the timers that run, by number; 0 is none.
    timers: [i32; Timer::Typing as usize + 1],
    socket: Option<Socket>,
    /// Called with what is worth telling.
    tell: Option<Rc<dyn Fn(News)>>,
    /// Whether storage refused a message: then it is lost with the page.
    forgetful: bool,
}

/// A handle on the conversation.
#[derive(Clone, Copy)]
pub struct ChatLine(StoredValue<&'static Line, LocalStorage>);

struct Line {
    desk: RefCell<Desk>,
    /// Counts the core's steps: what reads the core reads this first.
    changed: RwSignal<u32>,
}

impl ChatLine {
    /// A line to the inbox at that origin.
    pub fn new(inbox: Option<String>) -> Self {
        let base = inbox.unwrap_or_default();
        let key = ["helpnook:", &base].concat();
        let (core, timers) = (Core::default(), Default::default());
        let desk = Desk { core, base, key, timers, socket: None, tell: None, forgetful: false };
        let line = Line { desk: RefCell::new(desk), changed: RwSignal::new(0) };
        Self(StoredValue::new_local(Box::leak(Box::new(line)))) // For the life of the module, as the panel's parts.
    }

    #[inline(never)]
    fn line(self) -> &'static Line {
        self.0.get_value()
    }

    /// The desk, to read; what is called meanwhile must not change it, nor call out to the page.
    fn desk(self) -> Ref<'static, Desk> {
        self.line().desk.borrow()
    }

    #[inline(never)]
    fn follow(self) {
        self.line().changed.track();
    }

    /// Whether the shop has an inbox.
    pub fn exists(self) -> bool {
        !self.desk().base.is_empty()
    }

    /// Whether storage refused a message.
    pub fn is_forgetful(self) -> bool {
        self.follow();
        self.desk().forgetful
    }

    /// Reads what storage has of an earlier page, and from then on tells what is worth telling.
    pub fn begin(self, tell: Rc<dyn Fn(News)>) {
        self.line().desk.borrow_mut().tell = Some(tell);
        self.restore();
    }

    /// Reads storage: at the start, and when another tab wrote it.
    pub fn restore(self) {
        if !self.exists() {
            return;
        }
        let known = storage::known(&self.desk().key);
        let Some(known) = known else { return };
        spawn(Box::pin(async move {
            let waiting = storage::waiting().await.unwrap_or_default();
            self.feed(In::Restored { known: Some(known), waiting });
        }));
    }

    /// Whether another tab's write to `localStorage` concerns this conversation.
    pub fn is_key(self, key: &str) -> bool {
        self.desk().key == key
    }

    /// Reads the core, and follows it.
    pub fn read<T>(self, read: impl FnOnce(&Core) -> T) -> T {
        self.follow();
        read(&self.desk().core)
    }

    /// Sends a text; true when a card number in it was masked.
    pub fn write(self, text: &str, packet: &Packet) -> bool {
        let masked = mask_cards(text);
        let hidden = masked != text;
        // Another tab may have begun the conversation since.
        let fresh = storage::known(&self.desk().key).unwrap_or_else(|| fresh(packet));
        self.feed(In::Write { id: hex(16), text: masked.trim().to_owned(), at_ms: js_sys::Date::now() as u64, fresh });
        hidden
    }

    /// Sends a refused message again.
    pub fn retry(self, id: &str, packet: &Packet) {
        self.feed(In::Retry { id: id.to_owned(), fresh: fresh(packet) });
    }

    /// Tells the core what happened, and does what it asks for.
    pub fn feed(self, happened: In) {
        // An answer may come when the panel is gone.
        if self.0.is_disposed() || !self.exists() {
            return;
        }
        let die = (js_sys::Math::random() * 4_294_967_296.0) as u32;
        let wanted = self.line().desk.borrow_mut().core.step(happened, die);
        for one in wanted {
            self.act(one);
        }
        self.line().changed.update(|n| *n = n.wrapping_add(1));
    }

    /// Closes the socket and stops the timers, for good.
    pub fn end(self) {
        let mut desk = self.line().desk.borrow_mut();
        (desk.socket, desk.tell) = (None, None);
        for timer in desk.timers {
            window().clear_timeout_with_handle(timer);
        }
    }

    fn act(self, wanted: Out) {
        match wanted {
            Out::Keep(waiting) => spawn(Box::pin(async move {
                if !storage::keep(&waiting).await {
                    self.forget();
                }
                self.feed(In::Kept(waiting.id));
            })),
            Out::Release(id) => spawn(Box::pin(async move { storage::release(&id).await })),
            Out::Save(known) => {
                let kept = storage::keep_known(&self.desk().key, &known);
                if !kept {
                    self.forget();
                }
            }
            Out::Call(call, seq, body) => {
                let (base, known) = (self.desk().base.clone(), self.desk().core.known().cloned());
                spawn(Box::pin(async move {
                    let known = known.filter(|_| call != Call::Availability);
                    let outcome = net::call(&base, known.as_ref(), &call, seq, &body).await;
                    self.feed(In::Done(call, outcome));
                }));
            }
            Out::Dial(n, after) => self.dial(n, after),
            Out::Hang => self.line().desk.borrow_mut().socket = None,
            Out::Start(timer, ms) => self.start(timer, ms),
            Out::Tell(news) => {
                // The page may answer by a call that changes the desk: it must not be held meanwhile.
                let tell = self.desk().tell.clone();
                if let Some(tell) = tell {
                    tell(news);
                }
            }
        }
    }

    /// Storage refused: the shopper is told.
    fn forget(self) {
        if !self.0.is_disposed() {
            self.line().desk.borrow_mut().forgetful = true;
        }
    }

    fn dial(self, n: u32, after: u64) {
        let (base, known) = (self.desk().base.clone(), self.desk().core.known().cloned());
        let Some(known) = known else { return };
        let hear = move |said| match said {
            Said::Up => self.feed(In::SocketUp(n)),
            Said::Down => self.feed(In::SocketDown(n)),
            // A frame that cannot be read is none; what it held is fetched as a gap.
            Said::Text(text) => {
                if let Some(frame) = Json::read(&text).and_then(|json| wire::read_frame(&json)) {
                    self.feed(In::Heard(n, frame));
                }
            }
        };
        let opened = net::socket(&base, &known.id, wire::hello(&known.token, after), Rc::new(hear));
        let refused = opened.is_none();
        self.line().desk.borrow_mut().socket = opened;
        if refused {
            self.feed(In::SocketDown(n));
        }
    }

    fn start(self, timer: Timer, ms: u32) {
        let fire = Closure::once_into_js(move || self.feed(In::Fired(timer)));
        let ms = i32::try_from(ms).unwrap_or(i32::MAX);
        let Ok(handle) = window().set_timeout_with_callback_and_timeout_and_arguments_0(fire.unchecked_ref(), ms)
        else {
            return;
        };
        if let Some(running) = self.line().desk.borrow_mut().timers.get_mut(timer as usize) {
            window().clear_timeout_with_handle(std::mem::replace(running, handle));
        }
    }
}

/// A conversation to begin.
fn fresh(packet: &Packet) -> Known {
    Known { id: hex(16), token: hex(32), opening: Some(wire::opening(packet)), seen: 0 }
}

/// Random bytes as hex digits.
fn hex(n_bytes: usize) -> String {
    let mut bytes = vec![0; n_bytes];
    let thrown = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).map(drop));
    if thrown.is_err() {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}
