//! The conversation with the shop.

pub mod masking;
pub mod protocol;
