//! Tokens, and what is kept of them.

use sha2::{Digest as _, Sha256};

use super::refuse::Refuse;
pub use crate::relay::sign::{hex, same};

/// SHA-256 of a token: enough for 256 random bits, which no list of words can reach.
pub type Digest = [u8; 32];

/// What is kept of a token.
#[must_use]
pub fn digest(token: &str) -> Digest {
    Sha256::digest(token.as_bytes()).into()
}

/// 256 random bits as 64 hex digits.
///
/// # Errors
/// When the system has no randomness to give.
pub fn random() -> Result<String, Refuse> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Refuse::Unavailable)?;
    Ok(hex(&bytes))
}

/// Whether the text is that many lower-case hex digits.
#[must_use]
pub fn is_hex(text: &str, n_digits: usize) -> bool {
    text.len() == n_digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
