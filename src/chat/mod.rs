//! The conversation with the shop: pure, the same code in the browser and under `cargo test`.
//!
//! [`core`] decides, [`io`] is what it hears and asks for, [`message`] what a screen shows; [`packet`]
//! is what is passed on to a person, [`masking`] keeps card numbers out of it, [`protocol`] is the
//! contract with the inbox and [`wire`] writes and reads it in the browser; [`screen`] says what the
//! shopper sees of it, as the plain data of [`scene`].

pub mod backoff;
pub mod core;
pub mod flow;
pub mod io;
pub mod json;
mod log;
pub mod masking;
pub mod message;
pub mod offers;
pub mod packet;
pub mod protocol;
pub mod scene;
pub mod screen;
pub mod wire;
