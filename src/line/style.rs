//! How the conversation looks: a sheet of its own beside the panel's, which then need not carry it.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Element, ShadowRoot};

/// The sheet.
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/chat.css"));

/// The element that shows the panel; a page may have others, which list questions inside it.
pub fn host() -> Option<Element> {
    let all = web_sys::window()?.document()?.query_selector_all("help-nook").ok()?;
    let elements = (0..all.length()).filter_map(|n| all.get(n)?.dyn_into::<Element>().ok());
    elements.into_iter().find(|one| {
        one.shadow_root().is_some_and(|root| root.query_selector("#hn-panel").is_ok_and(|panel| panel.is_some()))
    })
}

/// The sheet where it was adopted.
pub struct Adopted(ShadowRoot, CssStyleSheet);

impl Adopted {
    /// Adds the sheet to the panel's.
    pub fn new() -> Option<Self> {
        let (root, sheet) = (host()?.shadow_root()?, CssStyleSheet::new().ok()?);
        let _ = sheet.replace_sync(STYLE);
        let sheets = adopted(&root);
        sheets.push(&sheet);
        let _ = Reflect::set(&root, &SHEETS.into(), &sheets);
        Some(Self(root, sheet))
    }

    /// Takes it away again.
    pub fn end(&self) {
        let own: &JsValue = self.1.as_ref();
        let left = adopted(&self.0).filter(&mut |sheet, _, _| sheet != *own);
        let _ = Reflect::set(&self.0, &SHEETS.into(), &left);
    }
}

/// Sheets of a root: adopted ones pass every style policy; a `<style>` or an attribute would not.
const SHEETS: &str = "adoptedStyleSheets";

fn adopted(root: &ShadowRoot) -> Array {
    Reflect::get(root, &SHEETS.into()).map(|sheets| Array::from(&sheets)).unwrap_or_default()
}
