//! Elements, built one by one: a thin, type-erased hand on Leptos' builder.
//!
//! Every generic instance of a Leptos view costs the panel one to five kilobytes, so all
//! elements share one type, all attributes two, all listeners one, all lists one. Nothing here
//! reaches `innerHTML`, which pages with Trusted Types forbid and which `view!` would use.

use leptos::attr::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::attr::custom::custom_attribute;
use leptos::control_flow::{For, ForProps};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use web_sys::Event;

/// A text that follows what it reads.
type LiveText = Box<dyn Fn() -> String + Send>;

/// An attribute's value that follows what it reads; `None` removes the attribute.
type LiveValue = Box<dyn Fn() -> Option<String> + Send>;

/// An element being put together.
pub struct El {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// Begins an element.
pub fn el(tag: &'static str) -> El {
    El { tag, attributes: Vec::new(), children: Vec::new() }
}

/// Begins an element of a class, the common case.
pub fn div(class: &str) -> El {
    el("div").class(class)
}

/// Begins a button that is pressed; `type=button`, so that it never sends a form.
pub fn button(class: &str, press: impl Fn() + 'static) -> El {
    el("button").class(class).attr("type", "button").on("click", move |_| press())
}

impl El {
    /// Sets its classes.
    pub fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    /// Sets an attribute.
    pub fn attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push(custom_attribute(name, value.into()).into_any_attr());
        self
    }

    /// Sets an attribute that follows what `value` reads.
    pub fn live(mut self, name: &'static str, value: impl Fn() -> Option<String> + Send + 'static) -> Self {
        let value: LiveValue = Box::new(value);
        self.attributes.push(custom_attribute(name, value).into_any_attr());
        self
    }

    /// Listens to an event.
    pub fn on(mut self, name: &'static str, hear: impl Fn(Event) + 'static) -> Self {
        let hear: Box<dyn FnMut(Event)> = Box::new(hear);
        self.attributes.push(leptos::tachys::html::event::on(ev::Custom::<Event>::new(name), hear).into_any_attr());
        self
    }

    /// Adds text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        let text: String = text.into();
        self.children.push(text.into_any());
        self
    }

    /// Adds text that follows what `text` reads.
    pub fn live_text(mut self, text: impl Fn() -> String + Send + 'static) -> Self {
        let text: LiveText = Box::new(text);
        self.children.push(text.into_any());
        self
    }

    /// Adds a child.
    pub fn child(mut self, child: impl Into<AnyView>) -> Self {
        self.children.push(child.into());
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
    pub fn children(mut self, children: impl IntoIterator<Item = El>) -> Self {
        self.children.extend(children.into_iter().map(AnyView::from));
        self
    }

    /// Adds children that come and go: those of a key already shown stay as they are.
    pub fn list(mut self, items: impl Fn() -> Vec<Item> + Send + 'static) -> Self {
        let each: Box<dyn Fn() -> Vec<Item> + Send> = Box::new(items);
        let key: fn(&Item) -> u64 = |item| item.key;
        let children: fn(Item) -> AnyView = |item| (item.make)().into();
        let list = For(ForProps { each, key, children });
        self.children.push(list.into_any());
        self
    }
}

impl From<El> for AnyView {
    fn from(el: El) -> Self {
        html::custom(el.tag).child(el.children).add_any_attr(el.attributes).into_any()
    }
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
