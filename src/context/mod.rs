//! What page the shopper is on, what happened there, and which articles help with that.
//!
//! `page.js` (or the HTML reader of `helpnook explain`) writes a [`snapshot`] of the page; [`facts`]
//! are read from it, each with its source; [`suggest`] matches the index's rules and the page's own
//! words against its articles; the [`Advice`] travels to the panel in the bytes of [`advice`].

mod address;
pub mod advice;
pub mod classify;
pub mod facts;
mod pieces;
pub mod rule;
pub mod snapshot;
pub mod suggest;
pub mod topics;
pub mod words;

pub use advice::{Advice, Reason, Source, Suggestion};
pub use facts::Facts;
pub use snapshot::Snapshot;
pub use suggest::{Options, suggest};
pub use words::{Words, learn};
