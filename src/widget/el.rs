//! Elements, built one by one: what the screens are written in.
//!
//! An element is a node of the page from the start, so that all of them are of one type: each further
//! type of a Leptos view would cost the panel one to five kilobytes. What is alive is Leptos': an
//! attribute, a text or a list that follows what it reads is a [`RenderEffect`], which lives as long as the
//! [`Owner`] it was made under. Leptos' own keyed lists would cost three kilobytes more than [`El::list`]. Nothing here reaches `innerHTML`, which pages
//! with Trusted Types forbid.

use leptos::prelude::*;
use leptos::reactive::effect::RenderEffect;
use leptos::tachys::renderer::dom::Dom;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, Node};

use super::app::App;
use crate::strings::Msg;

/// An element.
pub struct El(Element);

/// An attribute's value that follows what it reads; `None` removes the attribute.
type Live = Box<dyn Fn() -> Option<String>>;

/// Builds an element: `button.first.round id=hn-send type=button`. Attributes whose values hold spaces
/// are set by [`El::attr`].
#[inline(never)]
pub fn el(spec: &str) -> El {
    let mut parts = spec.split(' ');
    let head = parts.next().unwrap_or_default();
    let (tag, classes) = head.split_once('.').unwrap_or((head, ""));
    let out = El(Dom::create_element(tag, None));
    if !classes.is_empty() {
        out.set("class", &classes.replace('.', " "));
    }
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        out.set(name, value);
    }
    out
}

/// Builds a `<div>`, the common case.
#[inline(never)]
pub fn div(classes: &str) -> El {
    el("div").attr("class", classes)
}

/// Builds a button that is pressed; `type=button`, so that it never sends a form.
pub fn button(classes: &str, press: impl Fn() + 'static) -> El {
    el("button type=button").attr("class", classes).on("click", move |_| press())
}

// Kept out of line, all of these: they are called a thousand times.
impl El {
    /// Sets an attribute.
    #[inline(never)]
    pub fn attr(self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    #[inline(never)]
    fn set(&self, name: &str, value: &str) {
        let _ = self.0.set_attribute(name, value);
    }

    /// Sets an attribute that follows what `value` reads.
    pub fn live(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.live_by(name, Box::new(value))
    }

    #[inline(never)]
    fn live_by(self, name: &'static str, value: Live) -> Self {
        let el = self.0.clone();
        follow(Box::new(move || {
            let _ = match value() {
                Some(value) => el.set_attribute(name, &value),
                None => el.remove_attribute(name),
            };
        }));
        self
    }

    /// Sets an attribute without a value (`hidden`) while something is true.
    pub fn while_true(self, name: &'static str, fact: impl Fn() -> bool + 'static) -> Self {
        self.live(name, move || fact().then(String::new))
    }

    /// Sets an attribute that says `true` or `false`.
    pub fn says(self, name: &'static str, fact: impl Fn() -> bool + 'static) -> Self {
        self.live(name, move || Some(if fact() { "true" } else { "false" }.to_owned()))
    }

    /// Listens to an event.
    pub fn on(self, name: &str, hear: impl Fn(Event) + 'static) -> Self {
        self.listen(name, Box::new(hear))
    }

    #[inline(never)]
    fn listen(self, name: &str, hear: Box<dyn FnMut(Event)>) -> Self {
        // The browser drops the closure together with the element.
        let hear = Closure::wrap(hear).into_js_value();
        let _ = self.0.add_event_listener_with_callback(name, hear.unchecked_ref());
        self
    }

    /// Draws a path into it, on a ground of 24 by 24.
    #[inline(never)]
    pub fn draw(self, path: &str) -> Self {
        const SVG: Option<&str> = Some("http://www.w3.org/2000/svg");
        let svg = El(Dom::create_element("svg", SVG)).attr("viewBox", "0 0 24 24");
        self.child(svg.child(El(Dom::create_element("path", SVG)).attr("d", path)))
    }

    /// Adds text.
    #[inline(never)]
    pub fn text(self, text: &str) -> Self {
        let _ = self.0.append_child(&Dom::create_text_node(text));
        self
    }

    /// Adds a text of the interface.
    #[inline(never)]
    pub fn say(self, app: App, msg: Msg) -> Self {
        self.text(&app.say(msg))
    }

    /// Names it by a text of the interface, for those who listen.
    #[inline(never)]
    pub fn label(self, app: App, msg: Msg) -> Self {
        self.attr("aria-label", &app.say(msg))
    }

    /// Adds text that follows what `text` reads.
    pub fn live_text(self, text: impl Fn() -> String + 'static) -> Self {
        self.live_text_by(Box::new(text))
    }

    #[inline(never)]
    fn live_text_by(self, text: Box<dyn Fn() -> String>) -> Self {
        let node = Dom::create_text_node("");
        let _ = self.0.append_child(&node);
        follow(Box::new(move || Dom::set_text(&node, &text())));
        self
    }

    /// Adds a child.
    #[inline(never)]
    pub fn child(self, child: El) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }

    /// Adds a child when there is one.
    #[inline(never)]
    pub fn maybe(self, child: Option<El>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Adds children.
    pub fn children(mut self, children: impl IntoIterator<Item = El>) -> Self {
        for child in children {
            self = self.child(child);
        }
        self
    }

    /// Adds children that come and go: those of a key already shown stay as they are.
    pub fn list(self, items: impl Fn() -> Vec<Item> + 'static) -> Self {
        self.list_by(Box::new(items))
    }

    #[inline(never)]
    fn list_by(self, items: Box<dyn Fn() -> Vec<Item>>) -> Self {
        let parent = self.0.clone();
        // What is in the list outlives the effect's next run, so it belongs to whom the list does; not
        // the other way round, or both would hold each other for ever.
        let owner = Owner::current().unwrap_or_default().downgrade();
        // What comes after the list in the parent stays after it.
        let end: Node = Dom::create_text_node("").unchecked_into();
        let _ = parent.append_child(&end);
        let mut shown: Vec<Shown> = Vec::new();
        follow(Box::new(move || {
            let items = items();
            shown.retain(|one| {
                let stays = items.iter().any(|item| item.key == one.key);
                if !stays {
                    one.el.remove();
                }
                stays
            });
            let before = core::mem::take(&mut shown);
            let mut before: Vec<_> = before.into_iter().map(Some).collect();
            for item in items {
                let old = before.iter_mut().find(|one| one.as_ref().is_some_and(|one| one.key == item.key));
                shown.push(old.and_then(Option::take).unwrap_or_else(|| {
                    let owner = owner.upgrade().unwrap_or_default().with(Owner::new);
                    Shown { key: item.key, el: owner.with(item.make).0, _owner: owner }
                }));
            }
            // From the end, so that only those that are out of their place are moved: moved nodes lose the focus.
            let mut next = end.clone();
            for one in shown.iter().rev() {
                if one.el.next_sibling().as_ref() != Some(&next) {
                    let _ = parent.insert_before(&one.el, Some(&next));
                }
                next = one.el.clone().unchecked_into();
            }
        }));
        self
    }
}

/// A child of a list as it stands on the page.
struct Shown {
    key: u64,
    el: Element,
    /// What is alive in it lives as long as this.
    _owner: Owner,
}

impl Render for El {
    type State = Element;

    fn build(self) -> Element {
        self.0
    }

    fn rebuild(self, state: &mut Element) {
        let _ = state.replace_with_with_node_1(&self.0);
        *state = self.0;
    }
}

/// Runs what reads the state, and again whenever what it read changes.
#[inline(never)]
pub fn follow(mut run: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_| run());
    // It lives as long as the list's item, or the panel, that it was made for.
    on_cleanup(move || drop(effect));
}

/// A child of a list.
pub struct Item {
    key: u64,
    make: Box<dyn FnOnce() -> El>,
}

/// A child of a list; built only when its key is new there.
pub fn item(key: u64, make: impl FnOnce() -> El + 'static) -> Item {
    Item { key, make: Box::new(make) }
}

/// A key out of a text (FNV-1a): for lists whose items have names, not numbers.
pub fn key_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
