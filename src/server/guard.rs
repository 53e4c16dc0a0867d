//! What every request passes: who calls, whether the page may, how often, with how much.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::origin::cors_headers;
use super::rate::address_key;
use super::refuse::Refuse;
use super::shopper::Caller;
use super::{App, ServeError, page, uploads};

/// A header that answers below some path get besides ours.
pub struct ExtraHeader {
    path: String,
    name: HeaderName,
    value: HeaderValue,
}

impl ExtraHeader {
    /// Checks name and value.
    pub fn new((path, name, value): &(String, String, String)) -> Result<Self, ServeError> {
        match (name.parse(), value.parse()) {
            (Ok(header), Ok(value)) => Ok(ExtraHeader { path: path.clone(), name: header, value }),
            _ => Err(ServeError::Header(name.clone())),
        }
    }
}

/// Lets a request through to its handler, or not.
pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let address = caller(&request, app.limits.behind_proxy);
    request.extensions_mut().insert(Caller(address));
    let asked = request.headers().clone();
    // Who knows a file's id may read it: pages show it as an image, which names no origin.
    let is_chat = path.starts_with("/v1/") && !path.starts_with(uploads::FILES);
    let mut response = if is_chat && !app.origins.allows_request(&asked) {
        Refuse::Forbidden("this origin may not talk to the inbox: add it to the allowed origins").into_response()
    } else if is_chat && request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        answer(&app, address, &path, request, next).await
    };
    app.metrics.answered(response.status());
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if path.starts_with("/v1/") || path.starts_with("/agent/api/") {
        // A file never changes, and its handler says so.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if is_chat && app.origins.allows_request(&asked) {
        headers.extend(cors_headers(&asked, asked.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)));
    }
    for extra in app.headers.iter().filter(|extra| path.starts_with(&extra.path)) {
        headers.insert(extra.name.clone(), extra.value.clone());
    }
    response
}

async fn answer(app: &App, address: IpAddr, path: &str, request: Request, next: Next) -> Response {
    let is_api = path.starts_with("/v1/") || path.starts_with("/agent/api/");
    if is_api && let Err(refuse) = app.requests.take(address_key(address)) {
        return refuse.into_response();
    }
    match with_body(app, request).await {
        Ok(request) => next.run(request).await,
        Err(refuse) => {
            let mut response = refuse.into_response();
            // The rest of the body is not worth reading.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            response
        }
    }
}

/// Takes the whole body in, within limit and time; a file's body is taken by its handler, which first
/// looks at whether the sender may.
async fn with_body(app: &App, request: Request) -> Result<Request, Refuse> {
    let bare = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if bare || uploads::is_upload(request.method(), request.uri().path()) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let body = take_body(&parts.headers, body, app.limits.body_bytes, app.limits.body_timeout).await?;
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// Takes a body in.
///
/// # Errors
/// [`Refuse::TooLong`], [`Refuse::Slow`].
pub async fn take_body(headers: &HeaderMap, body: Body, most: usize, time: Duration) -> Result<Bytes, Refuse> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|announced: u64| usize::try_from(announced).is_ok_and(|announced| announced > most)) {
        return Err(Refuse::TooLong(most));
    }
    let body = timeout(time, to_bytes(body, most)).await.map_err(|_| Refuse::Slow)?;
    body.map_err(|_| Refuse::TooLong(most))
}

/// The address that limits count for.
fn caller(request: &Request, behind_proxy: bool) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    let named = || {
        // The last entry is what our own proxy saw; those before it are what anybody may claim.
        let list = request.headers().get_all("x-forwarded-for").iter().next_back()?;
        list.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    if behind_proxy && peer.to_canonical().is_loopback() { named().unwrap_or(peer) } else { peer }
}

/// Everything that is no API: the agents' page, the widget's files, the pages.
pub async fn files(State(app): State<App>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let is_head = request.method() == Method::HEAD;
    let path = request.uri().path();
    let headers = request.headers();
    let response = if path == "/agent" {
        redirect("/agent/")
    } else if let Some(name) = path.strip_prefix("/agent/") {
        page::file(name).unwrap_or_else(|| Refuse::NotFound.into_response())
    } else if let Some(path) = path.strip_prefix("/help/") {
        public(app.site.clone().answer(path, headers).await)
    } else if path.starts_with("/v1/") {
        Refuse::NotFound.into_response()
    } else if let Some(pages) = &app.pages {
        pages.clone().answer(path.trim_start_matches('/'), headers).await
    } else if path == "/" {
        redirect("/agent/")
    } else {
        Refuse::NotFound.into_response()
    };
    if is_head { response.map(|_| Body::empty()) } else { response }
}

/// The widget's files may be used by any page: that is what they are for.
fn public(mut response: Response) -> Response {
    let any: &[(HeaderName, &str)] = &[
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (HeaderName::from_static("timing-allow-origin"), "*"),
    ];
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in any {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn redirect(to: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}
