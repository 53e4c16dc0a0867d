//! What the widget asks of the engine besides ranked hits: passages, suggestions, articles.

use wasm_bindgen::prelude::wasm_bindgen;

use super::{BUFFER, INDEX, answer, give, with};
use crate::context::{Options, Snapshot};
use crate::index::SectionKind;

/// Takes a file of answers that [`wanted`] named; whether it is sound.
#[wasm_bindgen]
pub fn supply() -> bool {
    let bytes = BUFFER.take();
    INDEX.with_borrow_mut(|index| index.as_mut().is_some_and(|index| index.supply(bytes)))
}

/// Name of the file of answers to fetch before an article can be read; empty when none is missing.
#[wasm_bindgen]
pub fn wanted(number: u32) -> u32 {
    give(with(|index| index.part_wanted(number).unwrap_or_default().into_bytes()))
}

/// A [`crate::search::Answer`] as bytes, for the query in the buffer.
#[wasm_bindgen]
pub fn search(limit: u32) -> u32 {
    answer(&|index, query| crate::search::search(index, query, limit as usize).encode())
}

/// A [`crate::context::Advice`] as bytes, for the page that the snapshot in the buffer describes.
#[wasm_bindgen]
pub fn suggest(limit: u32) -> u32 {
    let options = Options { limit: limit as usize, rules: true };
    answer(&|index, snapshot| crate::context::suggest(index, &Snapshot::parse(snapshot), options).encode())
}

/// More words, in place of those told before, for a page whose type was in doubt without them.
#[wasm_bindgen]
pub fn learn() {
    crate::context::learn(String::from_utf8(BUFFER.take()).unwrap_or_default());
}

/// An article as [`crate::index::stored::decode_article`] reads it; empty when there is none.
#[wasm_bindgen]
pub fn article(number: u32) -> u32 {
    give(with(|index| index.article_bytes(number).unwrap_or_default()))
}

/// The id of an article.
#[wasm_bindgen]
pub fn named(number: u32) -> u32 {
    give(with(|index| index.id(number).unwrap_or_default().as_bytes().to_vec()))
}

/// The number of the article of the id in the buffer, -1 when there is none.
#[wasm_bindgen]
pub fn find() -> i32 {
    let id = BUFFER.take();
    let found = with(|index| core::str::from_utf8(&id).ok().and_then(|id| index.find(id)));
    found.map_or(-1, |number| number as i32)
}

/// The bytes of a section, by the number of its [`SectionKind`].
#[wasm_bindgen]
pub fn section(which: u8) -> u32 {
    let kind = SectionKind::ALL.into_iter().find(|&kind| kind as u8 == which);
    give(with(|index| kind.map(|kind| index.section(kind).to_vec()).unwrap_or_default()))
}
