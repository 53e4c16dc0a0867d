//! The conversation with the shop.

pub mod protocol;
