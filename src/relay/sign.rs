//! Signatures of requests: made, and held against what came.

use base64::Engine as _;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// HMAC with SHA-256.
#[must_use]
pub fn hmac_sha256(secret: &str, text: &[u8]) -> Vec<u8> {
    // A key of any length is one.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map_or_else(|_| Vec::new(), |mac| mac.chain_update(text).finalize().into_bytes().to_vec())
}

/// HMAC with SHA-1, which Twilio signs with.
#[must_use]
pub fn hmac_sha1(secret: &str, text: &[u8]) -> Vec<u8> {
    Hmac::<Sha1>::new_from_slice(secret.as_bytes())
        .map_or_else(|_| Vec::new(), |mac| mac.chain_update(text).finalize().into_bytes().to_vec())
}

/// Bytes as lower-case hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// Bytes in base64.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Bytes in base64 as addresses and tokens have it.
#[must_use]
pub fn base64_url(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Value of `Authorization` for a name and a password.
#[must_use]
pub fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", base64(format!("{name}:{password}").as_bytes()))
}

/// 32 hex digits that stand for a text: an id where ours must be one.
#[must_use]
pub fn id_of(text: &str) -> String {
    hex(Sha256::digest(text.as_bytes()).get(..16).unwrap_or_default())
}

/// Whether both are the same, in a time that does not tell where they part.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |parts, (x, y)| parts | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_signatures() {
        // RFC 4231, case 2; RFC 2202, case 2.
        let (key, text) = ("Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&hmac_sha256(key, text)), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_eq!(hex(&hmac_sha1(key, text)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        assert_eq!(basic("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(same(b"ab", b"ab") && !same(b"ab", b"ac") && !same(b"ab", b"abc"));
    }
}
