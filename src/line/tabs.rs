//! The shop's other open pages: one of them sends at a time, and all hear when something waits.
//!
//! Turns go by Web Locks, which end with a page that crashes. Where there are none, pages ask each other
//! over a channel and wait while one says that it is sending. Where there is neither, every page sends,
//! and the inbox takes each message once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageEvent;

use super::web::BroadcastChannel;

/// Longest wait for a turn, in milliseconds: a page that sleeps with it must not hold up the one in use.
const PATIENCE_MS: i32 = 5_000;

/// How long another page has to say that it is sending, in milliseconds.
const OBJECTION_MS: i32 = 60;

/// What pages say to each other.
const WAITS: &str = "waits";
const MAY_I: &str = "may-i";
const BUSY: &str = "busy";

/// The other pages.
pub struct Tabs {
    name: String,
    channel: Option<BroadcastChannel>,
    mine: Rc<Mine>,
    _hear: Closure<dyn FnMut(MessageEvent)>,
}

/// What the channel's ear knows.
#[derive(Default)]
struct Mine {
    sending: Cell<bool>,
    objected: Cell<bool>,
    waits: RefCell<Option<Box<dyn Fn()>>>,
}

/// A turn to send; it ends when dropped.
pub struct Turn {
    release: Option<Function>,
    mine: Rc<Mine>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.mine.sending.set(false);
        if let Some(release) = &self.release {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Tabs {
    /// Pages with the same conversation.
    pub fn new(name: &str) -> Self {
        let mine = Rc::new(Mine::default());
        // A page without the channel throws when it is made.
        let known = Reflect::has(&js_sys::global(), &"BroadcastChannel".into()).unwrap_or(false);
        let channel = if known { BroadcastChannel::new(name).ok() } else { None };
        let (ear, answer) = (Rc::clone(&mine), channel.clone());
        let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match (event.data().as_string().as_deref(), &answer) {
                (Some(WAITS), _) => {
                    if let Some(waits) = ear.waits.borrow().as_ref() {
                        waits();
                    }
                }
                (Some(MAY_I), Some(answer)) if ear.sending.get() => drop(answer.post(BUSY)),
                (Some(BUSY), _) => ear.objected.set(true),
                _ => {}
            }
        });
        if let Some(channel) = &channel {
            channel.set_onmessage(hear.as_ref().unchecked_ref());
        }
        Self { name: name.to_owned(), channel, mine, _hear: hear }
    }

    /// Calls `waits` whenever another page put something into the outbox.
    pub fn listen(&self, waits: impl Fn() + 'static) {
        *self.mine.waits.borrow_mut() = Some(Box::new(waits));
    }

    /// Tells the others that something waits in the outbox.
    pub fn tell(&self) {
        self.say(WAITS);
    }

    fn say(&self, word: &str) {
        if let Some(channel) = &self.channel {
            let _ = channel.post(word);
        }
    }

    /// Waits for a turn to send.
    pub async fn turn(&self) -> Turn {
        let release = match self.lock().await {
            Some(release) => Some(release),
            None => {
                self.ask().await;
                None
            }
        };
        self.mine.sending.set(true);
        Turn { release, mine: Rc::clone(&self.mine) }
    }

    /// A turn by a lock, and what gives it back; nothing where there are no locks, or it takes too long.
    async fn lock(&self) -> Option<Function> {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
        let locks = Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let mut released = None;
        // The lock is held until this is resolved.
        let held = Promise::new(&mut |resolve, _| released = Some(resolve));
        let released = released?;
        let mut asked = None;
        let granted = Promise::new(&mut |grant, _| {
            let held = held.clone();
            let callback = Closure::once_into_js(move || {
                let _ = grant.call0(&JsValue::UNDEFINED);
                JsValue::from(held)
            });
            asked = request.call2(&locks, &self.name.as_str().into(), &callback).ok();
        });
        // A frame that may not lock is told so by a rejection, of which the page must not hear.
        let asked: Promise = asked?.dyn_into().ok()?;
        if in_time(&[&granted, &asked], PATIENCE_MS).await {
            return Some(released);
        }
        // Should it be granted after all, it is given back at once.
        let _ = released.call0(&JsValue::UNDEFINED);
        None
    }

    /// A turn by asking: until nobody says that they are sending.
    async fn ask(&self) {
        let mut left_ms = PATIENCE_MS;
        while self.channel.is_some() && left_ms > 0 {
            self.mine.objected.set(false);
            self.say(MAY_I);
            in_time(&[], OBJECTION_MS).await;
            if !self.mine.objected.get() {
                return;
            }
            left_ms -= OBJECTION_MS;
        }
    }

    /// Closes the channel, for good.
    pub fn end(&self) {
        if let Some(channel) = &self.channel {
            channel.close();
        }
        self.mine.waits.borrow_mut().take();
    }
}

/// Whether one of some things happens, and well, within a time.
async fn in_time(what: &[&Promise], ms: i32) -> bool {
    let late = Promise::new(&mut |_, reject| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&reject, ms);
        }
    });
    let all = js_sys::Array::of1(&late);
    for one in what {
        all.push(one);
    }
    JsFuture::from(Promise::race(&all)).await.is_ok()
}
