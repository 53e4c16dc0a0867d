//! Files that come with messages: taken in whole, looked at, kept in the database, served inert.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::App;
use super::asked::{Mine, Named, Part};
use super::guard::take_body;
use super::pictures::{self, Checked};
use super::refuse::Refuse;
use super::secret::is_hex;
use super::session::SignedIn;
use super::store::files::{self, Kept};
use super::store::{conversations, inbox};
use crate::chat::protocol::Attachment;

/// Where files are read.
pub const FILES: &str = "/v1/files/";

/// What a file that is opened by itself may do: nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Whether a request brings a file.
#[must_use]
pub fn is_upload(method: &Method, path: &str) -> bool {
    *method == Method::PUT && path.contains("/files/")
}

/// The name of a file on its way.
#[derive(Debug, Deserialize)]
pub struct Title {
    #[serde(default)]
    name: String,
}

/// `PUT /v1/conversations/{id}/files/{file}`
pub async fn put(
    State(app): State<App>,
    Mine { id, token }: Mine,
    Part(file): Part,
    Query(title): Query<Title>,
    request: Request,
) -> Result<Json<Attachment>, Refuse> {
    // Nothing is read from whoever may not write here.
    let key = app.store.read(move |conn| Ok(conversations::find(conn, &id, &token)?.key)).await?;
    take(&app, key, file, title, request).await
}

/// `PUT /agent/api/conversations/{id}/files/{file}`
pub async fn put_by_agent(
    State(app): State<App>,
    _: SignedIn,
    Named(id): Named,
    Part(file): Part,
    Query(title): Query<Title>,
    request: Request,
) -> Result<Json<Attachment>, Refuse> {
    let key = app.store.read(move |conn| inbox::key(conn, &id)).await?;
    take(&app, key, file, title, request).await
}

async fn take(app: &App, key: i64, file: String, title: Title, request: Request) -> Result<Json<Attachment>, Refuse> {
    let most = app.limits.files_per_conversation;
    let asked = file.clone();
    let known = app
        .store
        .read(move |conn| {
            let known = files::known(conn, key, &asked)?;
            // Whoever has enough already is told before the bytes come.
            let full = known.is_none() && files::count(conn, key)? >= most;
            if full { Err(Refuse::TooMany(most)) } else { Ok(known) }
        })
        .await?;
    if let Some(known) = known {
        return Ok(Json(known));
    }
    // Each holds its bytes in memory, and an image besides what it unpacks to.
    let _turn = app.uploads.try_acquire().map_err(|_| Refuse::Unavailable)?;
    let (parts, body) = request.into_parts();
    let body = take_body(&parts.headers, body, app.limits.file_bytes, app.limits.file_timeout).await?;
    let most_pixels = app.limits.image_pixels;
    let _look = app.looks.acquire().await.map_err(|_| Refuse::Unavailable)?;
    let look = tokio::task::spawn_blocking(move || pictures::check(&title.name, body.into(), most_pixels));
    let Checked { name, kind, size: (width, height), body } = look.await.map_err(|_| Refuse::Unavailable)??;
    let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let attachment = Attachment { id: file, name, kind: kind.to_owned(), bytes, width, height };
    let kept = Kept { attachment, body };
    app.store.write(move |tx| files::put(tx, key, &kept, most)).await.map(Json)
}

/// `GET /v1/files/{file}`
pub async fn get(State(app): State<App>, Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Refuse> {
    if !is_hex(&file, 32) {
        return Err(Refuse::NotFound);
    }
    let tag = format!("\"{file}\"");
    let Kept { attachment, body } = app.store.read(move |conn| files::read(conn, &file)).await?;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let mut response = Body::from(body).into_response();
    let out = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        // Every part is ours or escaped, so it is a header's value.
        if let Ok(value) = HeaderValue::from_str(value) {
            out.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, &attachment.kind);
    set(header::CONTENT_DISPOSITION, &disposition(&attachment));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    // Asked for anew each time, so that what was deleted is gone from sight at once.
    set(header::CACHE_CONTROL, "private, no-cache");
    set(header::ETAG, &tag);
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    Ok(response)
}

/// Images are shown, anything else is saved.
fn disposition(attachment: &Attachment) -> String {
    let how = if attachment.kind.starts_with("image/") { "inline" } else { "attachment" };
    let escaped: String = attachment.name.bytes().map(escape).collect();
    format!("{how}; filename*=UTF-8''{escaped}")
}

fn escape(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}
