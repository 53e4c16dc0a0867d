//! Compressed forms of files: those that lie beside them, or made once here.

use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use brotli::enc::BrotliEncoderParams;

/// Smallest file that compressing makes quicker to fetch.
const MIN_BYTES: usize = 512;

/// Effort of compression while a shopper waits, 0 to 11; release files come with their own at 11.
const BROTLI_QUALITY: i32 = 5;

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Brotli.
    Brotli,
    /// Gzip.
    Gzip,
    /// As it is.
    Identity,
}

impl Encoding {
    /// Its name in headers.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Encoding::Brotli => Some("br"),
            Encoding::Gzip => Some("gzip"),
            Encoding::Identity => None,
        }
    }

    /// What sets its entity tag apart.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Encoding::Brotli => "-br",
            Encoding::Gzip => "-gz",
            Encoding::Identity => "",
        }
    }

    /// Those that the browser takes, best first.
    #[must_use]
    pub fn accepted(headers: &HeaderMap) -> Vec<Encoding> {
        let named = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let takes = |name: &str| {
            named.split(',').any(|part| {
                let (coding, weight) = part.split_once(';').unwrap_or((part, ""));
                let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
                coding.trim().eq_ignore_ascii_case(name) && !refused
            })
        };
        let wanted = [Encoding::Brotli, Encoding::Gzip];
        wanted.into_iter().filter(|e| e.name().is_some_and(takes)).chain([Encoding::Identity]).collect()
    }
}

/// Whether compressing a file of that type and size is worth it.
#[must_use]
pub fn is_worth(kind: &str, n_bytes: usize) -> bool {
    let packed =
        kind.starts_with("image/") && kind != "image/svg+xml" || kind.starts_with("font/") || kind == "application/pdf";
    n_bytes >= MIN_BYTES && !packed
}

/// The file's compressed forms: those beside it unless they are older, else made now.
#[must_use]
pub fn encode(file: &Path, modified: Option<SystemTime>, raw: &[u8]) -> Vec<(Encoding, Bytes)> {
    let brotli = sibling(file, "br", modified).unwrap_or_else(|| brotli(raw, BROTLI_QUALITY));
    let gzip = sibling(file, "gz", modified).unwrap_or_else(|| gzip(raw));
    [(Encoding::Brotli, brotli), (Encoding::Gzip, gzip)]
        .into_iter()
        .filter(|(_, body)| !body.is_empty() && body.len() < raw.len())
        .map(|(encoding, body)| (encoding, body.into()))
        .collect()
}

fn sibling(file: &Path, extension: &str, modified: Option<SystemTime>) -> Option<Vec<u8>> {
    let mut name = file.file_name()?.to_owned();
    name.push(".");
    name.push(extension);
    let beside = file.with_file_name(name);
    let written = std::fs::metadata(&beside).ok()?.modified().ok();
    if written < modified {
        return None;
    }
    std::fs::read(beside).ok()
}

/// Bytes by brotli, `quality` 0 to 11, with the largest window that browsers take; empty when that
/// fails, which writing to memory does not.
#[must_use]
pub fn brotli(raw: &[u8], quality: i32) -> Vec<u8> {
    let mut out = Vec::new();
    let params = BrotliEncoderParams { quality, lgwin: 24, size_hint: raw.len(), ..Default::default() };
    let done = brotli::BrotliCompress(&mut &*raw, &mut out, &params);
    if done.is_ok() { out } else { Vec::new() }
}

fn gzip(raw: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let done = writer.write_all(raw);
    match (done, writer.finish()) {
        (Ok(()), Ok(out)) => out,
        _ => Vec::new(),
    }
}
