//! What two modules export: the index that is open, asked by numbers and bytes. No Leptos, no JSON, no
//! formatting, and nothing asked of JavaScript. What is here is the search module, for programs that
//! only rank; the engine of the widget is that and what is in `whole`.
//!
//! Bytes go in and out through one buffer that both sides see: JavaScript asks for [`room`], writes,
//! calls, and reads what stands at [`given`]. So `www/engine.js` and `www/search.js` are all the JavaScript there is, and
//! no string is passed by generated code.

use core::cell::{Cell, RefCell};

use wasm_bindgen::prelude::wasm_bindgen;

use crate::index::Index;
use crate::index::codec::Writer;

#[cfg(feature = "engine")]
mod whole;

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

/// The best hits without passages, for programs that only rank: how surely the best hit answers as
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
