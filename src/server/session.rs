//! Agents sign in by password and stay signed in by a cookie.
//!
//! The cookie holds 256 random bits, is kept as SHA-256, and goes with requests from our own
//! pages only (`SameSite=Strict`). What changes anything must besides name the session's check
//! word in `X-Helpnook-Check`, which only a page that could read our answers knows, and come from
//! our own origin.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use axum::Extension;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::App;
use super::asked;
use super::origin::is_same_origin;
use super::rate::address_key;
use super::refuse::Refuse;
use super::secret::{Digest, digest, is_hex, random, same};
use super::shopper::Caller;
use super::store::agents::{self, Agent};

/// Name of the cookie.
const COOKIE: &str = "helpnook_agent";

/// Name of the header with the check word.
const CHECK: &str = "x-helpnook-check";

/// Longest password that is looked at.
const MAX_PASSWORD_BYTES: usize = 1024;

/// Longest name of an agent.
const MAX_NAME_CHARS: usize = 80;

/// Why an agent cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentError {
    /// The name is empty, too long or holds control characters.
    Name,
    /// The password is too short or too long.
    Password,
    /// The password could not be hashed.
    Hash,
}

impl std::fmt::Display for AgentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            AgentError::Name => "the name must be 1 to 80 characters: shoppers will see it",
            AgentError::Password => "the password must be at least 8 characters, at most 1,024 bytes",
            AgentError::Hash => "the password could not be hashed",
        })
    }
}

impl std::error::Error for AgentError {}

/// What is kept of a new agent's password; checks name and password.
///
/// # Errors
/// When one of them cannot be used.
pub fn hash_password(name: &str, password: &str) -> Result<String, AgentError> {
    if name.trim().is_empty() || name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(AgentError::Name);
    }
    if password.chars().count() < 8 || password.len() > MAX_PASSWORD_BYTES {
        return Err(AgentError::Password);
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| AgentError::Hash)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| AgentError::Hash)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(|_| AgentError::Hash)?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed; takes as long when there is none.
fn verify(password: &str, kept: Option<&str>) -> bool {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let nobody = || NOBODY.get_or_init(|| hash_password("nobody", "no password at all").unwrap_or_default());
    let fits = PasswordHash::new(kept.unwrap_or_else(|| nobody()))
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    fits && kept.is_some()
}

/// A request of an agent who is signed in; what changes something has been checked as well.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub agent: Agent,
    /// What is kept of the cookie.
    pub token: Digest,
    /// The session's check word.
    pub check: String,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Refuse;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refuse> {
        let cookie = cookie(&parts.headers).ok_or(Refuse::Unauthorized)?;
        let check = check_word(&cookie);
        if parts.method != Method::GET && parts.method != Method::HEAD {
            if !is_same_origin(&parts.headers) {
                return Err(Refuse::Forbidden("only the inbox's own page may do this"));
            }
            let named = parts.headers.get(CHECK).map(HeaderValue::as_bytes).unwrap_or_default();
            if !same(named, check.as_bytes()) {
                return Err(Refuse::Forbidden("the check word is missing or wrong: reload the page"));
            }
        }
        let token = digest(&cookie);
        let agent = session(app, token).await?;
        if agent.touch {
            app.store.write(move |tx| agents::touch_session(tx, &token)).await?;
        }
        Ok(SignedIn { agent, token, check })
    }
}

/// The agent of a session.
///
/// # Errors
/// [`Refuse::Unauthorized`] when it is over.
pub async fn session(app: &App, token: Digest) -> Result<Agent, Refuse> {
    let idle_ms = u64::try_from(app.limits.session_idle.as_millis()).unwrap_or(u64::MAX);
    let found = app.store.read(move |conn| Ok(agents::session(conn, &token, idle_ms)?)).await?;
    found.ok_or(Refuse::Unauthorized)
}

/// What the page knows of its agent.
#[derive(Debug, Serialize)]
pub struct Me {
    name: String,
    away: bool,
    check: String,
}

/// `GET /agent/api/me`: nothing when nobody is signed in, which is no error.
pub async fn me(signed_in: Result<SignedIn, Refuse>) -> Result<Json<Option<Me>>, Refuse> {
    match signed_in {
        Ok(SignedIn { agent, check, .. }) => Ok(Json(Some(Me { name: agent.name, away: agent.away, check }))),
        Err(Refuse::Unauthorized) => Ok(Json(None)),
        Err(refuse) => Err(refuse),
    }
}

/// What signing in takes.
#[derive(Deserialize)]
pub struct SignIn {
    name: String,
    password: String,
}

/// `POST /agent/api/session`
pub async fn sign_in(
    State(app): State<App>,
    Extension(Caller(address)): Extension<Caller>,
    headers: HeaderMap,
    asked::Json(SignIn { name, password }): asked::Json<SignIn>,
) -> Result<Response, Refuse> {
    if !is_same_origin(&headers) {
        return Err(Refuse::Forbidden("only the inbox's own page may do this"));
    }
    if password.len() > MAX_PASSWORD_BYTES || name.chars().count() > MAX_NAME_CHARS {
        return Err(Refuse::Unauthorized);
    }
    app.sign_ins.take(format!("address {}", address_key(address)))?;
    app.sign_ins.take(format!("name {name}"))?;
    let asked = name.clone();
    let kept = app.store.read(move |conn| Ok(agents::password(conn, &asked)?)).await?;
    // Each check takes 19 MB; a flood of them must wait in line.
    let _turn = app.password_turns.acquire().await.map_err(|_| Refuse::Unavailable)?;
    let fits = tokio::task::spawn_blocking(move || verify(&password, kept.as_deref())).await;
    if !fits.unwrap_or(false) {
        return Err(Refuse::Unauthorized);
    }
    let cookie = random()?;
    let token = digest(&cookie);
    let idle_ms = u64::try_from(app.limits.session_idle.as_millis()).unwrap_or(u64::MAX);
    let agent = name.clone();
    app.store.write(move |tx| agents::start_session(tx, &token, &agent, idle_ms)).await?;
    let agent = session(&app, token).await?;
    let me = Me { name, away: agent.away, check: check_word(&cookie) };
    Ok((set_cookie(&cookie, &headers, app.limits.session_idle.as_secs())?, Json(me)).into_response())
}

/// `DELETE /agent/api/session`
pub async fn sign_out(State(app): State<App>, headers: HeaderMap, signed_in: SignedIn) -> Result<Response, Refuse> {
    app.store.write(move |tx| agents::end_session(tx, &signed_in.token)).await?;
    Ok((set_cookie("", &headers, 0)?, StatusCode::NO_CONTENT).into_response())
}

fn set_cookie(
    value: &str,
    headers: &HeaderMap,
    max_age_s: u64,
) -> Result<[(header::HeaderName, HeaderValue); 1], Refuse> {
    // The browser keeps a secure cookie only over TLS, which may end at a proxy in front.
    let is_tls = headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
        || headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https:"));
    let secure = if is_tls { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/agent; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}");
    Ok([(header::SET_COOKIE, HeaderValue::from_str(&text).map_err(|_| Refuse::Unavailable)?)])
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .find(|value| is_hex(value, 64))
        .map(str::to_owned)
}

/// A word that follows from the cookie and does not give it away.
fn check_word(cookie: &str) -> String {
    super::secret::hex(&digest(&format!("check {cookie}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords() {
        assert_eq!(hash_password("Ana", "short"), Err(AgentError::Password));
        assert_eq!(hash_password(" ", "long enough"), Err(AgentError::Name));
        let kept = hash_password("Ana", "long enough").unwrap_or_default();
        assert!(verify("long enough", Some(&kept)));
        assert!(!verify("long enougH", Some(&kept)));
        assert!(!verify("no password at all", None));
    }
}
