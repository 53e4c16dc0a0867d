//! While content is edited: pages hear when the help was built anew, or why it could not be.
//!
//! Only with `helpnook serve --watch`: every page gets a script that listens at `/__live` and loads the page
//! again, or shows what is wrong.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::watch::Receiver;

use super::App;
use super::hub::stopped;
use super::refuse::Refuse;

/// What pages get before their end.
pub const TAG: &str = "<script type=\"module\" src=\"/__live.js\"></script>";

/// How the last build went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Built {
    /// Counts the builds that went well.
    pub turn: u64,
    /// What kept the last one from it, a line each; empty when it went well.
    pub errors: Vec<String>,
}

/// `GET /__live.js`
pub async fn script(State(app): State<App>) -> Result<Response, Refuse> {
    app.watching.as_ref().ok_or(Refuse::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, include_str!("live.js")).into_response())
}

/// `GET /__live`: how the last build went, now and after each further one.
pub async fn live(State(app): State<App>) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refuse> {
    let builds = app.watching.clone().ok_or(Refuse::NotFound)?;
    let stopping = app.hub.stopping();
    let steps = stream::unfold((builds, stopping, true), |(mut builds, mut stopping, first)| async move {
        if !first && !next(&mut builds, &mut stopping).await {
            return None;
        }
        let built = builds.borrow_and_update().clone();
        let text = serde_json::to_string(&built).unwrap_or_default();
        Some((Ok(Event::default().data(text)), (builds, stopping, false)))
    });
    Ok(Sse::new(steps).keep_alive(KeepAlive::default()))
}

/// Waits for the next build; whether there was one before the server stops.
async fn next(builds: &mut Receiver<Built>, stopping: &mut Receiver<bool>) -> bool {
    tokio::select! {
        changed = builds.changed() => changed.is_ok(),
        () = stopped(stopping) => false,
    }
}
