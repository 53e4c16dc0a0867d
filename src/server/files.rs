//! Static files: the widget's under `/help/`, the merchant's or the demo's pages under `/`.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::encoding::{self, Encoding};

/// Largest file that is kept in memory and compressed here.
const MAX_KEPT_BYTES: u64 = 8 * 1024 * 1024;

/// Most bytes of files kept in memory, before compression.
const MAX_CACHE_BYTES: u64 = 128 * 1024 * 1024;

/// Fewest hex digits at the end of a file's name that count as a hash of its content.
const HASH_DIGITS: usize = 8;

/// A folder whose files are served.
pub struct Files {
    root: PathBuf,
    /// Put before the end of every page; may be empty.
    tag: &'static str,
    cache: Mutex<HashMap<PathBuf, Arc<Entry>>>,
}

/// A file in memory.
struct Entry {
    modified: Option<SystemTime>,
    n_bytes: u64,
    tag: String,
    bodies: Vec<(Encoding, Bytes)>,
}

/// What a path leads to.
enum Found {
    File(PathBuf),
    /// A folder that was asked for without its last slash.
    Folder,
    Nothing,
}

impl Files {
    /// Serves that folder.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Files { root: root.to_owned(), tag: "", cache: Mutex::default() }
    }

    /// Puts something before the end of every page.
    #[must_use]
    pub fn with_tag(self, tag: &'static str) -> Self {
        Files { tag, ..self }
    }

    /// Answers `GET` and `HEAD`; `path` is what stands in the address after the folder's own, still escaped.
    pub async fn answer(self: Arc<Self>, path: &str, headers: &HeaderMap) -> Response<Body> {
        let accepted = Encoding::accepted(headers);
        let known = headers.get(header::IF_NONE_MATCH).cloned();
        let path = path.to_owned();
        let files = Arc::clone(&self);
        let task = tokio::task::spawn_blocking(move || files.answer_now(&path, &accepted, known.as_ref()));
        task.await.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "cannot read the file"))
    }

    fn answer_now(&self, path: &str, accepted: &[Encoding], known: Option<&HeaderValue>) -> Response<Body> {
        match self.find(path) {
            Found::File(file) => match self.load(&file) {
                Ok(entry) => respond(&file, &entry, accepted, known, StatusCode::OK),
                Err(_) => plain(StatusCode::NOT_FOUND, "not found"),
            },
            Found::Folder => {
                let last = path.rsplit('/').next().unwrap_or_default();
                let mut response = plain(StatusCode::PERMANENT_REDIRECT, "");
                if let Ok(to) = HeaderValue::from_str(&format!("{last}/")) {
                    response.headers_mut().insert(header::LOCATION, to);
                }
                response
            }
            Found::Nothing => {
                let page = self.root.join("404.html");
                match self.load(&page) {
                    Ok(entry) => respond(&page, &entry, accepted, None, StatusCode::NOT_FOUND),
                    Err(_) => plain(StatusCode::NOT_FOUND, "not found"),
                }
            }
        }
    }

    fn find(&self, path: &str) -> Found {
        let Some(path) = unescape(path) else { return Found::Nothing };
        let relative = Path::new(&path);
        let is_plain = relative.components().all(|part| match part {
            Component::Normal(name) => !name.as_encoded_bytes().starts_with(b"."),
            _ => false,
        });
        if !is_plain || path.contains(['\\', '\0']) {
            return Found::Nothing;
        }
        let mut file = self.root.join(relative);
        if file.is_dir() {
            if !path.is_empty() && !path.ends_with('/') {
                return Found::Folder;
            }
            file.push("index.html");
        } else if path.ends_with('/') {
            return Found::Nothing;
        } else if !file.is_file() && file.extension().is_none() {
            file.set_extension("html");
        }
        // A link in the folder must not lead out of it.
        match (file.canonicalize(), self.root.canonicalize()) {
            (Ok(real), Ok(root)) if real.starts_with(&root) && real.is_file() => Found::File(file),
            _ => Found::Nothing,
        }
    }

    fn load(&self, file: &Path) -> std::io::Result<Arc<Entry>> {
        let meta = std::fs::metadata(file)?;
        let modified = meta.modified().ok();
        let kept = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(file).cloned();
        if let Some(entry) = kept.filter(|entry| entry.n_bytes == meta.len() && entry.modified == modified) {
            return Ok(entry);
        }
        let mut raw = std::fs::read(file)?;
        if !self.tag.is_empty() && kind(file).starts_with("text/html") {
            let end = raw.windows(7).rposition(|part| part == b"</body>").unwrap_or(raw.len());
            raw.splice(end..end, self.tag.bytes());
        }
        let tag = format!("{:016x}", xxhash_rust::xxh64::xxh64(&raw, 0));
        let is_small = meta.len() <= MAX_KEPT_BYTES;
        let mut bodies = vec![];
        if is_small && self.tag.is_empty() && encoding::is_worth(kind(file), raw.len()) {
            bodies = encoding::encode(file, modified, &raw);
        }
        bodies.push((Encoding::Identity, raw.into()));
        let entry = Arc::new(Entry { modified, n_bytes: meta.len(), tag, bodies });
        if is_small {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            if cache.values().map(|entry| entry.n_bytes).sum::<u64>() > MAX_CACHE_BYTES {
                cache.clear();
            }
            cache.insert(file.to_owned(), Arc::clone(&entry));
        }
        Ok(entry)
    }
}

fn respond(
    file: &Path,
    entry: &Entry,
    accepted: &[Encoding],
    known: Option<&HeaderValue>,
    status: StatusCode,
) -> Response<Body> {
    let chosen = accepted
        .iter()
        .find_map(|wanted| entry.bodies.iter().find(|(encoding, _)| encoding == wanted))
        .or_else(|| entry.bodies.last());
    let Some((encoding, body)) = chosen else { return plain(StatusCode::NOT_FOUND, "not found") };
    let tag = format!("\"{}{}\"", entry.tag, encoding.suffix());
    let is_known = known.and_then(|known| known.to_str().ok()).is_some_and(|known| {
        known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag || known.trim() == "*")
    });
    let status = if is_known { StatusCode::NOT_MODIFIED } else { status };
    let body = if is_known { Body::empty() } else { Body::from(body.clone()) };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let cache = if has_hash(file) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(file)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(name) = encoding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Whether the file's name ends in a hash of its content, so that it never changes.
fn has_hash(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() >= HASH_DIGITS
            && hash.bytes().all(|b| b.is_ascii_hexdigit())
            && hash.bytes().any(|b| b.is_ascii_digit())
    })
}

/// Decodes `%41`; nothing when that is not UTF-8.
fn unescape(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%' {
            let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok())?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The type of a file by its name.
fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        "txt" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names() {
        assert!(has_hash(Path::new("engine-0a1b2c3d.wasm")));
        assert!(has_hash(Path::new("panel-0a1b2c3d4e5f.js")));
        assert!(!has_hash(Path::new("helpnook.js")));
        assert!(!has_hash(Path::new("check-out.html")));
        assert!(!has_hash(Path::new("some-deadbeefs.js")));
    }

    #[test]
    fn no_way_out() {
        let files = Files::new(Path::new("."));
        for path in [
            "../Cargo.toml",
            "%2e%2e/Cargo.toml",
            "/etc/hosts",
            "src/../../x",
            ".gitignore",
            "a%00b",
            "%ff",
            "src\\lib.rs",
        ] {
            assert!(matches!(files.find(path), Found::Nothing), "{path}");
        }
    }
}
