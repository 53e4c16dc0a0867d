//! Calls of other systems, at `/relay/NAME`: heard only when their signature is right.

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};

use super::hear_all;
use crate::relay::{Call, CallFault};
use crate::server::refuse::Refuse;
use crate::server::{App, now_ms};

/// `POST /relay/{name}`
pub async fn call(
    State(app): State<App>,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refuse> {
    let relay = app.relay.as_ref().ok_or(Refuse::NotFound)?;
    let adapter = relay.system(&name).ok_or(Refuse::NotFound)?;
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let url = format!("{}{path}", relay.ways.address);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let news = adapter.hook(Call { url: &url, header: &header, body: &body, now_ms: now_ms() });
    let news = news.map_err(|fault| match fault {
        CallFault::None => Refuse::NotFound,
        CallFault::Unsigned => Refuse::Forbidden("the signature is missing, wrong or old"),
        CallFault::Malformed => Refuse::Malformed("the call says nothing that is expected".to_owned()),
    })?;
    hear_all(&app, adapter, news).await?;
    Ok(StatusCode::NO_CONTENT)
}
