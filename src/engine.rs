//! What the engine module exports: the index that is open, asked by numbers and bytes. No Leptos,
//! no JSON, no formatting, and nothing asked of JavaScript.
//!
//! Bytes go in and out through one buffer that both sides see: JavaScript asks for [`room`], writes,
//! calls, and reads what stands at [`given`]. So `www/engine.js` is all the JavaScript there is, and
//! no string is passed by generated code.

use core::cell::{Cell, RefCell};

use wasm_bindgen::prelude::wasm_bindgen;

use crate::context::{Options, Snapshot};
use crate::index::codec::Writer;
use crate::index::{Index, SectionKind};

thread_local! {
    static INDEX: RefCell<Option<Index>> = const { RefCell::new(None) };
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Makes room for so many bytes; gives their address.
#[wasm_bindgen]
pub fn room(len: u32) -> *const u8 {
    BUFFER.set(vec![0; len as usize]);
    given()
}

/// Address of what the last call gave.
#[wasm_bindgen]
pub fn given() -> *const u8 {
    let bytes = BUFFER.take();
    let address = bytes.as_ptr();
    BUFFER.set(bytes);
    address
}

/// Leaves bytes to be fetched from [`given`]; gives how many.
fn give(bytes: Vec<u8>) -> u32 {
    let len = bytes.len() as u32;
    BUFFER.set(bytes);
    len
}

fn with<T: Default>(ask: impl FnOnce(&Index) -> T) -> T {
    INDEX.with_borrow(|index| index.as_ref().map(ask).unwrap_or_default())
}

/// Asks with the text that stands in the buffer.
#[inline(never)]
fn answer(ask: &dyn Fn(&Index, &str) -> Vec<u8>) -> u32 {
    let asked = BUFFER.take();
    give(with(|index| ask(index, core::str::from_utf8(&asked).unwrap_or_default())))
}

/// Opens an index and makes it the one that is asked; gives 0, or the code of the
/// [`crate::index::IndexError`], which leaves the index before in place.
#[wasm_bindgen]
pub fn open() -> u32 {
    match Index::open(BUFFER.take()) {
        Ok(index) => {
            crate::text::set_folds(index.folds());
            INDEX.replace(Some(index));
            0
        }
        Err(error) => error.code(),
    }
}

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

/// As [`search`], without passages, for programs that only rank: how surely the best hit answers as
/// a byte, the number of hits, and per hit its score, id and title.
#[wasm_bindgen]
pub fn rank(limit: u32) -> u32 {
    answer(&|index, query| {
        let (answerable, hits) = crate::search::rank(index, query, limit as usize);
        let mut out = Writer::default();
        out.byte(answerable);
        out.number(hits.len() as u32);
        for (article, score) in hits {
            out.number(u32::from(score));
            out.text(index.id(article).unwrap_or_default());
            out.text(index.title(article).unwrap_or_default());
        }
        out.0
    })
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
