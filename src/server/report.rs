//! `GET /agent/report`: the report as `helpnook report` writes it, of this moment, for agents who are signed in.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use serde::Deserialize;

use super::App;
use super::refuse::Refuse;
use super::session::SignedIn;
use super::store::told;
use crate::insight::report::{Report, day_of};
use crate::insight::tally::Tally;
use crate::insight::texts::Texts;

/// How long after reading a contact still means that reading did not help, in minutes.
const WINDOW_MIN: u64 = 24 * 60;

/// Nothing is fetched, nothing runs, nobody frames it.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// `GET /report`: the agents' cookie is told to nothing but their page.
pub async fn elsewhere() -> Redirect {
    Redirect::to("/agent/report")
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    lang: String,
}

/// `GET /agent/report`: in the language of the address, or else of the browser.
pub async fn report(
    State(app): State<App>,
    Query(Asked { lang }): Query<Asked>,
    headers: HeaderMap,
    signed_in: Result<SignedIn, Refuse>,
) -> Result<Response, Refuse> {
    match signed_in {
        Ok(_) => {}
        Err(Refuse::Unauthorized) => return Ok(Redirect::to("/agent/").into_response()),
        Err(refuse) => return Err(refuse),
    }
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|list| list.to_str().ok()).unwrap_or_default();
    let texts = Texts::wanted(&lang).or_else(|| Texts::wanted(wanted)).unwrap_or_else(|| Texts::of("en"));
    let text = app
        .store
        .read(move |conn| {
            let mut tally = Tally { window_min: WINDOW_MIN, has_inbox: true, ..Tally::default() };
            told::each_contact(conn, 0, |contact| tally.add_contact(&contact, day_of(contact.opened_ms, 0)))?;
            told::each(conn, 0, |event| tally.add(&event, day_of(event.at_ms, 0)))?;
            Ok(Report::new(&tally, "UTC", BTreeMap::new(), texts).live().html())
        })
        .await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    ];
    Ok((headers, text).into_response())
}
