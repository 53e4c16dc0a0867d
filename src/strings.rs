//! What the interface says. The texts of a language travel in its index file, not in the wasm:
//! a module knows only the order of the keys.

/// Defines [`Msg`] and the key of each message in `src/strings/<lang>.txt`.
macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// A message of the interface; its number is its place in the index's list of texts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Msg { $($(#[$doc])* $name,)* }
        /// Keys of the messages, in the order of [`Msg`].
        pub const KEYS: &[&str] = &[$($key,)*];
    };
}

messages! {
    /// Name of the launcher and of the panel.
    Help = "help",
    /// Button that closes the panel.
    Close = "close",
    /// Button that goes back one screen.
    Back = "back",
}

/// Languages whose interface texts are in the repository.
#[cfg(not(target_arch = "wasm32"))]
pub const LANGS: &[(&str, &str)] = &[("en", include_str!("strings/en.txt"))];
