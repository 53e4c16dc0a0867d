//! What both modules with hands, the panel and the conversation, need of the browser: the loader's
//! side of things, and the interface's texts with the language's own numbers and dates.

pub mod host;
pub mod texts;
