//! What a request says before its handler looks at it: the conversation and the message or file that its
//! address names, the token that opens the conversation, the JSON of its body.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::refuse::Refuse;
use super::secret::{Digest, digest, is_hex};
use crate::chat::protocol::VERSION;

/// Digits of an id.
const ID_DIGITS: usize = 32;

/// Digits of a token.
const TOKEN_DIGITS: usize = 64;

/// The conversation that `{id}` in the address names.
pub struct Named(pub String);

/// The same, and what is kept of the token that came with it. Whether the token is the right one is
/// looked up together with what is asked for.
pub struct Mine {
    /// The conversation.
    pub id: String,
    /// What is kept of the token.
    pub token: Digest,
}

/// What else the address names: `{message}`, `{note}` or `{file}`.
pub struct Part(pub String);

/// The JSON of the body.
pub struct Json<T>(pub T);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Refuse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refuse> {
        id(parts, state, true).await.map(Named)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Mine {
    type Rejection = Refuse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refuse> {
        let id = id(parts, state, true).await?;
        Ok(Mine { id, token: bearer(&parts.headers)? })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Part {
    type Rejection = Refuse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refuse> {
        id(parts, state, false).await.map(Part)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refuse;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refuse> {
        // The guard took the body in already, within limit and time.
        let body = Bytes::from_request(request, state).await.map_err(|error| Refuse::Malformed(error.body_text()))?;
        parse(&body).map(Json)
    }
}

/// An id in the address, as browsers make them: the conversation's, or that of what lies in it.
async fn id<S: Send + Sync>(parts: &mut Parts, state: &S, of_conversation: bool) -> Result<String, Refuse> {
    let params = RawPathParams::from_request_parts(parts, state).await;
    let params = params.map_err(|error| Refuse::Malformed(error.body_text()))?;
    let found = params.iter().find(|(name, _)| (*name == "id") == of_conversation);
    let (name, id) = found.ok_or(Refuse::NotFound)?;
    if is_hex(id, ID_DIGITS) {
        return Ok(id.to_owned());
    }
    let of = if of_conversation { "conversation" } else { name };
    Err(Refuse::Malformed(format!("the {of}'s id is not {ID_DIGITS} hex digits")))
}

/// What is kept of the token in `Authorization`.
fn bearer(headers: &HeaderMap) -> Result<Digest, Refuse> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    token(value.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refuse::Unauthorized)?)
}

/// What is kept of a token.
///
/// # Errors
/// [`Refuse::Unauthorized`] when it is none.
pub fn token(token: &str) -> Result<Digest, Refuse> {
    if is_hex(token, TOKEN_DIGITS) { Ok(digest(token)) } else { Err(Refuse::Unauthorized) }
}

/// Reads a body; the version is looked at first, since another version may have other fields.
///
/// # Errors
/// [`Refuse::Version`], [`Refuse::Malformed`].
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refuse> {
    #[derive(Deserialize)]
    struct Versioned {
        v: Option<u64>,
    }
    let malformed = |error: serde_json::Error| Refuse::Malformed(error.to_string());
    let version: Versioned = serde_json::from_slice(body).map_err(malformed)?;
    match version.v {
        Some(v) if v != u64::from(VERSION) => Err(Refuse::Version(v)),
        _ => serde_json::from_slice(body).map_err(malformed),
    }
}
