//! What tests share: places, a running shop, a browser.

#![allow(dead_code, reason = "each test program uses its own part")]

pub mod browser;
pub mod fault;
pub mod figures;
pub mod line;
pub mod payloads;
pub mod shop;

pub use figures::{record, target};

// The demo's order service belongs to the developers' program; the tests serve the very same.
#[path = "../../src/bin/xtask/orders/mod.rs"]
pub mod orders;
