//! What the engine module exports: the index that is open, asked by numbers and bytes. No Leptos,
//! no JSON, no formatting.

use core::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::context::{Options, Snapshot};
use crate::index::{Index, SectionKind};

thread_local! {
    static INDEX: RefCell<Option<Index>> = const { RefCell::new(None) };
}

fn with<T: Default>(ask: impl FnOnce(&Index) -> T) -> T {
    INDEX.with_borrow(|index| index.as_ref().map(ask).unwrap_or_default())
}

/// Opens an index and makes it the one that is asked; gives 0, or the code of the
/// [`crate::index::IndexError`], which leaves the index before in place.
#[wasm_bindgen]
pub fn open(bytes: Vec<u8>) -> u32 {
    match Index::open(bytes) {
        Ok(index) => {
            INDEX.replace(Some(index));
            0
        }
        Err(error) => error.code(),
    }
}

/// A [`crate::search::Answer`] as bytes.
#[wasm_bindgen]
pub fn search(query: &str, limit: u32) -> Vec<u8> {
    with(|index| crate::search::search(index, query, limit as usize).encode())
}

/// A [`crate::context::Advice`] as bytes, for the page that the snapshot describes.
#[wasm_bindgen]
pub fn suggest(snapshot: &str, limit: u32) -> Vec<u8> {
    let options = Options { limit: limit as usize, rules: true };
    with(|index| crate::context::suggest(index, &Snapshot::parse(snapshot), options).encode())
}

/// An article as [`crate::index::stored::decode_article`] reads it; empty when there is none.
#[wasm_bindgen]
pub fn article(number: u32) -> Vec<u8> {
    with(|index| index.article_bytes(number).unwrap_or_default())
}

/// The number of the article of that id, -1 when there is none.
#[wasm_bindgen]
pub fn find(id: &str) -> i32 {
    with(|index| Some(index.find(id).map_or(-1, |number| number as i32))).unwrap_or(-1)
}

/// The bytes of a section, by the number of its [`SectionKind`].
#[wasm_bindgen]
pub fn section(which: u8) -> Vec<u8> {
    let kind = SectionKind::ALL.into_iter().find(|&kind| kind as u8 == which);
    with(|index| kind.map(|kind| index.section(kind).to_vec()).unwrap_or_default())
}
