//! Carrying one thing over: asked, told, asked again, handed to the next way; never twice by itself where
//! twice would count.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::http::{self, Lost};
use super::line::{Line, Turn};
use super::{Way, die, words};
use crate::chat::backoff::delay_ms;
use crate::relay::{Adapter, Again, Ask, Fault, Job, Request, Saved, Told};
use crate::server::refuse::Refuse;
use crate::server::shopper::millis;
use crate::server::store::relay::{self as store, State};
use crate::server::store::{inbox, mail};
use crate::server::{log, now_ms};

/// Time after which a system that has taken messages before is given up, when there is another way.
const PATIENCE_LATER_MS: u64 = 120_000;

/// Time after which it is given up where there is none.
const GIVE_UP_MS: u64 = 24 * 3_600_000;

/// Tokens fetched, and conversations begun, for one and the same message.
const MAX_AFRESH: u32 = 3;

/// Shortest time that a request gets.
const SHORTEST: Duration = Duration::from_secs(1);

/// Why a job is not done, and what trying again would do.
struct Failed {
    fault: Fault,
    again: Again,
    /// What the system said, or did not.
    words: String,
}

impl Line {
    /// Carries a job one step further.
    pub(super) async fn carry(&mut self, adapter: &Arc<dyn Adapter>, cursor: u64, job: &Job) -> Result<Turn, Refuse> {
        if let Some(at) = self.wire.taken.iter().position(|(id, _)| id == job.id()) {
            let (_, id) = self.wire.taken.swap_remove(at);
            (self.wire.pending, self.row.flight) = (None, false);
            return self.done(cursor, &id).await.map(|()| Turn::More);
        }
        if let Some((_, until)) = &self.wire.pending {
            if *until > Instant::now() {
                return Ok(Turn::Wait);
            }
            // Whoever is asked anew says first what it has.
            self.wire.hang(Some(die()));
            let again = if self.row.flight { Again::Look } else { Again::Safe };
            let failed = Failed { fault: Fault::Unknown, again, words: "says nothing of it".to_owned() };
            return self.failed(adapter, cursor, failed).await.map(|()| Turn::More);
        }
        let wait_ms = self.row.due_ms.saturating_sub(now_ms());
        if wait_ms > 0 {
            self.job_at = Some(Instant::now() + Duration::from_millis(wait_ms));
            return Ok(Turn::Wait);
        }
        if self.row.since_ms == 0 {
            self.row.since_ms = now_ms();
        }
        if adapter.by_socket() && !self.wire.ready {
            let waited = Duration::from_millis(now_ms().saturating_sub(self.row.since_ms));
            let left = self.app.limits.relay_patience.saturating_sub(waited);
            if left.is_zero() {
                // One that was opened just now gets its time to log in.
                if self.wire.is_stuck(self.app.limits.relay_patience) {
                    self.wire.hang(Some(die()));
                }
                let words = "gives no socket in time by which messages could go".to_owned();
                let failed = Failed { fault: Fault::Later(None), again: Again::Safe, words };
                return self.failed(adapter, cursor, failed).await.map(|()| Turn::More);
            }
            self.job_at = Some(Instant::now() + left);
            return Ok(Turn::Wait);
        }
        let outcome = match self.key(adapter).await {
            Ok(()) if self.row.flight => self.look(adapter, job).await?,
            Ok(()) => self.ask(adapter, job).await?,
            Err(failed) => Err(failed),
        };
        match outcome {
            Ok(Some(Told::More)) => {
                (self.row.tries, self.row.due_ms) = (0, 0);
                self.keep().await?;
            }
            Ok(Some(Told::Done(id))) => self.done(cursor, &id).await?,
            Ok(None) => return Ok(Turn::Wait),
            // Only words are worth another way: a note that is not taken costs the conversation nothing.
            Err(Failed { fault: Fault::Refused(why), .. }) if !matches!(job, Job::Message { .. }) => {
                self.note(&format!("{}: a note was not taken: {why}", self.row.way)).await?;
                self.settle(cursor, State::Refused, "").await?;
            }
            Err(failed) => self.failed(adapter, cursor, failed).await?,
        }
        Ok(Turn::More)
    }

    /// A socket by which jobs would go cannot be had.
    pub(super) async fn socket_failed(&mut self, fault: Fault) -> Result<(), Refuse> {
        let row = self.row.clone();
        let next = self.app.store.read(move |conn| store::now(conn, &row)).await?.next;
        let (Some((cursor, _)), Some(adapter)) = (next, self.adapter()) else { return Ok(()) };
        if self.row.since_ms == 0 {
            self.row.since_ms = now_ms();
        }
        let failed = Failed { fault, again: Again::Safe, words: "gives no socket".to_owned() };
        self.failed(&adapter, cursor, failed).await
    }

    async fn key(&mut self, adapter: &Arc<dyn Adapter>) -> Result<(), Failed> {
        let Some(relay) = &self.app.relay else { return Ok(()) };
        match relay.keyed(adapter, self.patience()).await {
            Ok(account) => {
                self.talk.account = account;
                Ok(())
            }
            Err(fault) => Err(Failed { fault, again: Again::Safe, words: "gives no token".to_owned() }),
        }
    }

    /// Asks what is to be asked next for the job; nothing when its outcome comes by the socket.
    async fn ask(&mut self, adapter: &Arc<dyn Adapter>, job: &Job) -> Result<Result<Option<Told>, Failed>, Refuse> {
        let (again, asked) = match adapter.ask(&self.talk, &self.row.saved, job) {
            None => return Ok(Ok(Some(Told::Done(String::new())))),
            Some(Ask::Frame { text, again }) => {
                self.mark(again != Again::Safe).await?;
                let patience = self.patience();
                self.wire.say(&text, patience).await;
                self.wire.pending = Some((job.id().to_owned(), Instant::now() + patience));
                return Ok(Ok(None));
            }
            Some(Ask::Http(request)) => {
                self.mark(request.again != Again::Safe).await?;
                (request.again, self.http(request).await)
            }
        };
        let told = asked.and_then(|answer| {
            let told = adapter.told(&self.talk, &mut self.row.saved, job, &answer);
            told.map_err(|fault| (fault, answer.words()))
        });
        // What is known either way is no longer on its way; the next write keeps that.
        if !matches!(told, Err((Fault::Unknown, _))) {
            self.row.flight = false;
        }
        Ok(told.map(Some).map_err(|(fault, words)| Failed { fault, again, words }))
    }

    /// Asks whether the system has what was sent before.
    async fn look(&mut self, adapter: &Arc<dyn Adapter>, job: &Job) -> Result<Result<Option<Told>, Failed>, Refuse> {
        let Some(request) = adapter.look(&self.talk, &self.row.saved, job) else {
            let words = "nobody knows what became of it".to_owned();
            return Ok(Err(Failed { fault: Fault::Unknown, again: Again::Never, words }));
        };
        let looked = self.http(request).await.and_then(|answer| {
            let looked = adapter.looked(&self.talk, &mut self.row.saved, job, &answer);
            looked.map_err(|fault| (fault, answer.words()))
        });
        Ok(match looked {
            Ok(found) => {
                self.row.flight = false;
                // It has it not, so it may be asked again.
                Ok(Some(found.unwrap_or(Told::More)))
            }
            Err((fault, words)) => Err(Failed { fault, again: Again::Look, words }),
        })
    }

    async fn http(&self, request: Request) -> Result<crate::relay::Answer, (Fault, String)> {
        let answer = http::ask(request, self.patience()).await;
        answer.map_err(|lost| {
            let words = lost.words().to_owned();
            match lost {
                Lost::NotSent(_) => (Fault::Later(None), words),
                Lost::NoAnswer(_) => (Fault::Unknown, words),
            }
        })
    }

    /// Notes before it leaves that a request counts twice when made twice.
    async fn mark(&mut self, flight: bool) -> Result<(), Refuse> {
        if flight && !self.row.flight {
            self.row.flight = true;
            self.keep().await?;
        }
        Ok(())
    }

    /// How long a request may take: what is left until the next way is taken.
    fn patience(&self) -> Duration {
        let most = self.app.limits.relay_patience;
        if self.row.taken > 0 || self.next_way().is_none() {
            return most;
        }
        let spent = now_ms().saturating_sub(self.row.since_ms);
        most.saturating_sub(Duration::from_millis(spent)).max(SHORTEST).min(most)
    }

    fn next_way(&self) -> Option<Way> {
        self.app.relay.as_ref()?.after(&self.row.way).cloned()
    }

    async fn done(&mut self, cursor: u64, id: &str) -> Result<(), Refuse> {
        if self.row.taken == 0 && !id.is_empty() {
            let place = self.adapter().and_then(|adapter| adapter.place(&self.row.saved).map(str::to_owned));
            let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
            self.note(&format!("goes on in {}{place}", self.row.way)).await?;
        }
        self.app.metrics.relayed.fetch_add(1, Ordering::Relaxed);
        self.row.taken += u64::from(!id.is_empty());
        self.settle(cursor, State::Delivered, id).await
    }

    async fn settle(&mut self, cursor: u64, state: State, id: &str) -> Result<(), Refuse> {
        self.row.sent = self.row.sent.max(cursor);
        (self.row.tries, self.row.since_ms, self.row.due_ms, self.row.flight) = (0, 0, 0, false);
        let row = self.row.clone();
        let place = self.adapter().and_then(|adapter| adapter.place(&row.saved).map(str::to_owned));
        let id = id.to_owned();
        let write = self.app.store.write(move |tx| {
            store::settle(tx, row.key, cursor, &row.way, state, &id)?;
            store::keep(tx, &row, place.as_deref())
        });
        write.await
    }

    async fn failed(&mut self, adapter: &Arc<dyn Adapter>, cursor: u64, failed: Failed) -> Result<(), Refuse> {
        let Failed { fault, again, words } = failed;
        self.app.metrics.relay_failures.fetch_add(1, Ordering::Relaxed);
        self.row.tries = self.row.tries.saturating_add(1);
        let afresh = self.row.tries <= MAX_AFRESH;
        let spent_ms = now_ms().saturating_sub(self.row.since_ms);
        match fault {
            Fault::Key if afresh => {
                if let Some(relay) = &self.app.relay {
                    relay.set_account(adapter.name(), Saved::new());
                }
                self.keep().await
            }
            Fault::Gone if afresh && !self.row.saved.is_empty() => {
                self.note(&format!("{}: the conversation is over there; another one is begun", adapter.name())).await?;
                self.forget().await
            }
            Fault::Key => self.refused(cursor, &format!("lets nobody in: {words}")).await,
            Fault::Gone => self.refused(cursor, &format!("has no such place: {words}")).await,
            Fault::Refused(why) => self.refused(cursor, &why).await,
            Fault::Unknown if again == Again::Never => self.unconfirmed(cursor, &words).await,
            Fault::Later(_) | Fault::Unknown => {
                let wait_s = if let Fault::Later(wait_s) = fault { wait_s } else { None };
                let wait_ms = u64::from(delay_ms(self.row.tries, die(), wait_s));
                let most_ms = match (self.next_way(), self.row.taken) {
                    (None, _) => GIVE_UP_MS,
                    (Some(_), 0) => millis(self.app.limits.relay_patience),
                    (Some(_), _) => PATIENCE_LATER_MS,
                };
                if spent_ms.saturating_add(wait_ms) < most_ms {
                    self.row.due_ms = now_ms().saturating_add(wait_ms);
                    self.keep().await
                } else if self.row.flight {
                    self.unconfirmed(cursor, &words).await
                } else {
                    self.refused(cursor, &words).await
                }
            }
        }
    }

    /// The system does not take it, and will not.
    async fn refused(&mut self, cursor: u64, why: &str) -> Result<(), Refuse> {
        self.hand_on(cursor, State::Refused, why).await
    }

    /// Nobody knows whether the system took it: it does not get it again.
    async fn unconfirmed(&mut self, cursor: u64, why: &str) -> Result<(), Refuse> {
        let why = format!("nobody knows whether it was taken: {why}");
        // In a conversation that goes on there, only this message is in doubt.
        if self.row.taken > 0 {
            self.note(&format!("{}: {why}", self.row.way)).await?;
            self.tell(cursor).await?;
            return self.settle(cursor, State::Unconfirmed, "").await;
        }
        self.hand_on(cursor, State::Unconfirmed, &why).await
    }

    /// On to the next way; where there is none, the inbox keeps it, and the shopper hears of it.
    async fn hand_on(&mut self, cursor: u64, state: State, why: &str) -> Result<(), Refuse> {
        log(&format!("relay: {}: {why}", self.row.way));
        if let Some(next) = self.next_way() {
            return self.switch(next.name(), why).await;
        }
        self.note(&format!("{}: {why}; it stays here", self.row.way)).await?;
        self.tell(cursor).await?;
        self.settle(cursor, state, "").await
    }

    pub(super) async fn switch_to_first(&mut self) -> Result<(), Refuse> {
        let first = self.app.relay.as_ref().map_or("inbox", |relay| relay.first());
        self.switch(first, "is no longer in the configuration").await
    }

    async fn switch(&mut self, to: &str, why: &str) -> Result<(), Refuse> {
        self.note(&format!("{}: {why}; it goes on by {to}", self.row.way)).await?;
        to.clone_into(&mut self.row.way);
        (self.row.tries, self.row.since_ms, self.row.due_ms) = (0, 0, 0);
        self.forget().await
    }

    /// For the agents of the inbox here.
    async fn note(&self, text: &str) -> Result<(), Refuse> {
        let id = crate::relay::sign::id_of(&format!("{} {} {text}", self.id, self.row.sent));
        let (conversation, text) = (self.id.clone(), text.to_owned());
        self.app.store.write(move |tx| inbox::put_note(tx, &conversation, "relay", &id, &text)).await
    }

    /// For the shopper.
    async fn tell(&self, cursor: u64) -> Result<(), Refuse> {
        let (id, text) = (self.id.clone(), words::unconfirmed(&self.talk.packet.lang));
        self.app.store.write(move |tx| store::tell(tx, &id, &cursor.to_string(), text)).await
    }

    /// Plans the e-mail to the shop, which is then looked after by itself.
    pub(super) async fn mail(&mut self, cursor: u64, job: &Job) -> Result<(), Refuse> {
        if matches!(job, Job::Message { .. }) && self.app.mail.is_some() {
            let (key, due_ms) = (self.row.key, now_ms());
            self.app.store.write(move |tx| mail::plan(tx, key, mail::Kind::Notice, cursor, due_ms)).await?;
        }
        self.settle(cursor, State::Delivered, "mail").await
    }
}
