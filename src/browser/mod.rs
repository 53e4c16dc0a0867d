//! What both modules with hands, the panel and the conversation, need of the browser: the loader's
//! side of things, listening to the page, and the interface's texts with the language's own numbers
//! and dates.

pub mod host;
pub mod listeners;
pub mod texts;
