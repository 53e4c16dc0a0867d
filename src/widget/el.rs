//! Elements, built one by one: a thin, type-erased hand on Leptos' builder.
//!
//! Every generic instance of a Leptos view costs the panel one to five kilobytes, so all elements
//! share one type, which an ordinary Leptos directive furnishes with its attributes and listeners,
//! and all lists share one. Nothing here reaches `innerHTML`, which pages with Trusted Types forbid
//! and which `view!` would use.

use std::cell::RefCell;
use std::rc::Rc;

use super::app::App;
use crate::strings::Msg;
use leptos::control_flow::{For, ForProps};
use leptos::html;
use leptos::prelude::*;
use leptos::reactive::effect::RenderEffect;
use leptos::tachys::html::directive::directive;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event};

/// An attribute's value that follows what it reads; `None` removes the attribute.
type Live = Box<dyn Fn() -> Option<String>>;

/// What hears an event.
type Listener = Box<dyn FnMut(Event)>;

/// What is done to an element once it exists.
#[derive(Default)]
struct Furniture {
    attributes: Vec<(&'static str, String)>,
    live: Vec<(&'static str, Live)>,
    listeners: Vec<(&'static str, Listener)>,
    drawing: &'static str,
}

/// An element being put together.
pub struct El {
    tag: &'static str,
    furniture: Furniture,
    children: Vec<AnyView>,
}

/// Begins an element.
#[inline(never)]
pub fn el(tag: &'static str) -> El {
    El { tag, furniture: Furniture::default(), children: Vec::new() }
}

/// Begins an element of a class, the common case.
#[inline(never)]
pub fn div(class: &str) -> El {
    el("div").class(class)
}

/// Begins a button that is pressed; `type=button`, so that it never sends a form.
pub fn button(class: &str, press: impl Fn() + 'static) -> El {
    button_of(class, Box::new(press))
}

#[inline(never)]
fn button_of(class: &str, press: Box<dyn Fn()>) -> El {
    el("button").class(class).attr("type", "button").on("click", move |_| press())
}

// Kept out of line, all of these: an element has five of them, and the panel two hundred elements.
impl El {
    /// Sets its classes.
    #[inline(never)]
    pub fn class(self, names: &str) -> Self {
        self.set("class", names)
    }

    /// Sets an attribute.
    pub fn attr(self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.set(name, value.as_ref())
    }

    #[inline(never)]
    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.furniture.attributes.push((name, value.to_owned()));
        self
    }

    /// Sets an attribute that follows what `value` reads.
    pub fn live(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.follow(name, Box::new(value))
    }

    /// Sets an attribute without a value (`hidden`) while something is true.
    pub fn while_true(self, name: &'static str, fact: impl Fn() -> bool + 'static) -> Self {
        self.live(name, move || fact().then(String::new))
    }

    #[inline(never)]
    fn follow(mut self, name: &'static str, value: Live) -> Self {
        self.furniture.live.push((name, value));
        self
    }

    /// Listens to an event.
    pub fn on(self, name: &'static str, hear: impl Fn(Event) + 'static) -> Self {
        self.listen(name, Box::new(hear))
    }

    #[inline(never)]
    fn listen(mut self, name: &'static str, hear: Listener) -> Self {
        self.furniture.listeners.push((name, hear));
        self
    }

    /// Draws the path of an icon into it.
    pub fn draw(mut self, path: &'static str) -> Self {
        self.furniture.drawing = path;
        self
    }

    /// Adds text.
    pub fn text(self, text: impl AsRef<str>) -> Self {
        self.words(text.as_ref())
    }

    #[inline(never)]
    fn words(mut self, text: &str) -> Self {
        self.children.push(text.to_owned().into_any());
        self
    }

    /// Adds a text of the interface.
    #[inline(never)]
    pub fn say(self, app: App, msg: Msg) -> Self {
        self.words(&app.say(msg))
    }

    /// Names it by a text of the interface, for those who listen.
    #[inline(never)]
    pub fn label(self, app: App, msg: Msg) -> Self {
        self.set("aria-label", &app.say(msg))
    }

    /// Adds text that follows what `text` reads.
    pub fn live_text(mut self, text: impl Fn() -> String + Send + 'static) -> Self {
        let text: Box<dyn Fn() -> String + Send> = Box::new(text);
        self.children.push(text.into_any());
        self
    }

    /// Adds a child.
    #[inline(never)]
    pub fn child(mut self, child: El) -> Self {
        self.children.push(child.done());
        self
    }

    /// Adds a child when there is one.
    pub fn maybe(self, child: Option<El>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Adds children.
    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, El::child)
    }

    /// Adds children that come and go: those of a key already shown stay as they are.
    pub fn list(self, items: impl Fn() -> Vec<Item> + Send + 'static) -> Self {
        self.list_of(Box::new(items))
    }

    #[inline(never)]
    fn list_of(mut self, each: Box<dyn Fn() -> Vec<Item> + Send>) -> Self {
        let key: fn(&Item) -> u64 = |item| item.key;
        let children: fn(Item) -> AnyView = |item| (item.make)().done();
        self.children.push(For(ForProps { each, key, children }).into_any());
        self
    }

    /// The view.
    #[inline(never)]
    pub fn done(self) -> AnyView {
        let furniture = Rc::new(RefCell::new(self.furniture));
        let furnish: fn(Element, Rc<RefCell<Furniture>>) = furnish;
        html::custom(self.tag).child(self.children).add_any_attr(directive(furnish, furniture)).into_any()
    }
}

/// Gives an element its attributes and listeners.
fn furnish(el: Element, furniture: Rc<RefCell<Furniture>>) {
    let Furniture { attributes, live, listeners, drawing } = furniture.take();
    for (name, value) in &attributes {
        let _ = el.set_attribute(name, value);
    }
    for (name, value) in live {
        let el = el.clone();
        let follow: Box<dyn FnMut(Option<()>)> = Box::new(move |_| {
            let _ = match value() {
                Some(value) => el.set_attribute(name, &value),
                None => el.remove_attribute(name),
            };
        });
        let effect = RenderEffect::new(follow);
        // It lives as long as the list's item, or the panel, that the element belongs to.
        on_cleanup(move || drop(effect));
    }
    for (name, hear) in listeners {
        // The browser drops the closure together with the element.
        let hear = Closure::wrap(hear).into_js_value();
        let _ = el.add_event_listener_with_callback(name, hear.unchecked_ref());
    }
    if !drawing.is_empty() {
        let _ = draw(&el, drawing);
    }
}

/// A drawing of one path, 24 by 24.
fn draw(el: &Element, path: &str) -> Result<(), JsValue> {
    const SVG: Option<&str> = Some("http://www.w3.org/2000/svg");
    let svg = document().create_element_ns(SVG, "svg")?;
    svg.set_attribute("viewBox", "0 0 24 24")?;
    let line = document().create_element_ns(SVG, "path")?;
    line.set_attribute("d", path)?;
    svg.append_child(&line)?;
    el.append_child(&svg)?;
    Ok(())
}

/// A child of a list.
pub struct Item {
    key: u64,
    make: Box<dyn FnOnce() -> El + Send>,
}

/// A child of a list; built only when its key is new there.
pub fn item(key: u64, make: impl FnOnce() -> El + Send + 'static) -> Item {
    Item { key, make: Box::new(make) }
}

/// A key out of a text (FNV-1a): for lists whose items have names, not numbers.
pub fn key_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
