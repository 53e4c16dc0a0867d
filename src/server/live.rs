//! What an agent's page hears while it is open; its being open is the agent's presence.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, Interval, interval_at};

use super::App;
use super::hub::{Notice, stopped};
use super::secret::Digest;
use super::session::{SignedIn, session};
use super::store::inbox;
use crate::chat::protocol::Availability;

/// An open page.
struct Page {
    app: App,
    agent: String,
    token: Digest,
    rows: broadcast::Receiver<Notice>,
    availability: watch::Receiver<Availability>,
    stopping: watch::Receiver<bool>,
    pings: Interval,
    greeted: bool,
}

impl Drop for Page {
    fn drop(&mut self) {
        let (app, agent) = (self.app.clone(), std::mem::take(&mut self.agent));
        let leave = async move {
            // A page that reloads is back before anybody should notice.
            tokio::time::sleep(app.limits.presence_grace).await;
            app.hub.agent_left(&agent);
        };
        // Outside the runtime everything is over, presence as well.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(leave);
        }
    }
}

/// `GET /agent/api/live`
pub async fn live(State(app): State<App>, signed_in: SignedIn) -> impl IntoResponse {
    let every = app.limits.ping_every;
    let page = Page {
        rows: app.hub.rows(),
        availability: app.hub.availability(),
        stopping: app.hub.stopping(),
        pings: interval_at(Instant::now() + every, every),
        agent: signed_in.agent.name,
        token: signed_in.token,
        greeted: false,
        app,
    };
    page.app.hub.agent_came(&page.agent, signed_in.agent.away);
    let events =
        unfold(page, |mut page| async move { page.next().await.map(|event| (Ok::<_, Infallible>(event), page)) });
    // A proxy that gathers answers before it passes them on must not do so here.
    ([("x-accel-buffering", "no")], Sse::new(events))
}

impl Page {
    /// The next event; nothing when the page is to connect anew.
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            self.greeted = true;
            return self.say_availability();
        }
        loop {
            tokio::select! {
                notice = self.rows.recv() => match notice {
                    Ok(Notice::Gone { id }) => return named("gone", &Id { id }),
                    Ok(Notice::Typing { id, on }) => return named("typing", &Writes { id, on }),
                    Ok(Notice::Event { id, .. } | Notice::Row { id }) => {
                        let row = self.app.store.read(move |conn| Ok(inbox::row(conn, &id)?)).await;
                        if let Ok(Some(row)) = row {
                            return named("row", &row);
                        }
                    }
                    Err(RecvError::Lagged(_)) => return named("reload", &()),
                    Err(RecvError::Closed) => return None,
                },
                Ok(()) = self.availability.changed() => return self.say_availability(),
                _ = self.pings.tick() => {
                    // Whoever signed out elsewhere must not go on listening.
                    session(&self.app, self.token).await.ok()?;
                    return Some(Event::default().comment("ping"));
                }
                () = stopped(&mut self.stopping) => return None,
            }
        }
    }

    fn say_availability(&mut self) -> Option<Event> {
        let now = self.availability.borrow_and_update().clone();
        named("availability", &now)
    }
}

#[derive(Serialize)]
struct Id {
    id: String,
}

#[derive(Serialize)]
struct Writes {
    id: String,
    on: bool,
}

fn named(name: &str, data: &impl Serialize) -> Option<Event> {
    Event::default().event(name).json_data(data).ok()
}
