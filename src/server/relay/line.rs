//! One conversation with another system: what is to be carried over is carried, what is said is heard.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::wire::{Said, Wire};
use super::{Way, die, hear, http};
use crate::chat::backoff::delay_ms;
use crate::relay::{Adapter, Ask, Dial, Fault, Frame, Heard, Listen, Saved, Talk};
use crate::server::hub::stopped;
use crate::server::refuse::Refuse;
use crate::server::store::relay::{self as store, Now, Row};
use crate::server::{App, log, now_ms};

/// Time between two tries when the store itself fails.
const STORE_PAUSE: Duration = Duration::from_secs(2);

/// Longest time between two polls of a conversation in which nothing is said.
const SLOWEST_POLL_MS: u64 = 600_000;

/// Longest that a line sleeps.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// What a line knows.
pub(super) struct Line {
    pub app: App,
    pub id: String,
    pub row: Row,
    pub talk: Talk,
    pub wire: Wire,
    /// When news are fetched next; nothing while nobody asks for them.
    fetch_at: Option<Instant>,
    fetch_tries: u32,
    /// When what is next may be tried; nothing when there is nothing.
    pub job_at: Option<Instant>,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Another turn at once.
    More,
    /// Nothing until something happens.
    Wait,
    /// Nothing any more.
    End,
}

/// Looks after a conversation until nothing is to be done or heard in it.
pub(super) async fn run(app: App, id: &str, mut orders: mpsc::Receiver<bool>) {
    let mut stopping = app.hub.stopping();
    let Some(mut line) = begun(app, id).await else { return };
    let mut listener = line.app.hub.listen(id);
    loop {
        listener.now();
        match line.turn().await {
            Ok(Turn::End) => return,
            Ok(Turn::More) if *stopping.borrow() => return,
            Ok(Turn::More) => continue,
            Ok(Turn::Wait) => {}
            // The shopper deleted it.
            Err(Refuse::NotFound) => return,
            Err(refuse) => {
                log(&format!("relay: {}", refuse.refusal().detail));
                line.job_at = Some(Instant::now() + STORE_PAUSE);
            }
        }
        let wake_at = line.wake_at();
        tokio::select! {
            () = listener.changed() => {}
            said = line.wire.next() => line.said(said).await,
            Some(on) = orders.recv() => line.typing(on).await,
            () = sleep_until(wake_at) => {}
            () = stopped(&mut stopping) => return,
        }
    }
}

async fn begun(app: App, id: &str) -> Option<Line> {
    let first = app.relay.as_ref()?.first();
    let known = id.to_owned();
    let row = app.store.read(move |conn| store::row(conn, &known)).await.ok()?;
    let row = match row {
        Some(row) => row,
        None => {
            let known = id.to_owned();
            app.store.write(move |tx| store::begin(tx, &known, first)).await.ok()?
        }
    };
    let address = app.relay.as_ref()?.ways.address.clone();
    let talk = Talk { id: id.to_owned(), address, ..Talk::default() };
    let (wire, id) = (Wire::default(), id.to_owned());
    Some(Line { app, id, row, talk, wire, fetch_at: None, fetch_tries: 0, job_at: None })
}

impl Line {
    /// The system that has the conversation now.
    pub fn adapter(&self) -> Option<Arc<dyn Adapter>> {
        self.app.relay.as_ref()?.system(&self.row.way).cloned()
    }

    /// Looks at everything once.
    async fn turn(&mut self) -> Result<Turn, Refuse> {
        self.job_at = None;
        let row = self.row.clone();
        let Now { packet, closed, changed_ms, question, before, next } =
            self.app.store.read(move |conn| store::now(conn, &row)).await?;
        let account = self.app.relay.as_ref().map(|relay| relay.account(&self.row.way)).unwrap_or_default();
        self.talk = Talk { packet, question, before, account, now_ms: now_ms(), ..std::mem::take(&mut self.talk) };
        let way = self.app.relay.as_ref().and_then(|relay| relay.way(&self.row.way)).cloned();
        match (way, next) {
            (Some(Way::Inbox), _) => Ok(Turn::End),
            (None, _) if self.row.way == Way::Inbox.name() => Ok(Turn::End),
            (None, None) => Ok(Turn::End),
            // What the configuration no longer has cannot go on there.
            (None, Some(_)) => self.switch_to_first().await.map(|()| Turn::More),
            (Some(Way::Mail), None) => Ok(Turn::End),
            (Some(Way::Mail), Some((cursor, job))) => self.mail(cursor, &job).await.map(|()| Turn::More),
            (Some(Way::System(adapter)), Some((cursor, job))) => {
                if self.listen(&adapter, changed_ms).await? == Turn::More {
                    return Ok(Turn::More);
                }
                self.carry(&adapter, cursor, &job).await
            }
            (Some(Way::System(adapter)), None) => {
                // Where there is no conversation of ours nobody says anything in it.
                let nowhere = adapter.place(&self.row.saved).is_none();
                if closed
                    || nowhere
                    || store::is_quiet(changed_ms)
                    || adapter.listen(&self.talk, &self.row.saved) == Listen::No
                {
                    return Ok(Turn::End);
                }
                self.listen(&adapter, changed_ms).await
            }
        }
    }

    /// Keeps what is known of how far it was carried.
    pub async fn keep(&self) -> Result<(), Refuse> {
        let row = self.row.clone();
        let place = self.adapter().and_then(|adapter| adapter.place(&row.saved).map(str::to_owned));
        self.app.store.write(move |tx| store::keep(tx, &row, place.as_deref())).await
    }

    /// Begins another conversation at the system with what comes next.
    pub async fn forget(&mut self) -> Result<(), Refuse> {
        self.row.saved.clear();
        (self.row.flight, self.row.taken) = (false, 0);
        self.wire.hang(None);
        self.keep().await
    }

    /// When something is to be looked at without anything having happened.
    fn wake_at(&self) -> Instant {
        let all = [self.job_at, self.fetch_at, self.wire.wake_at()];
        let latest = Instant::now() + LONGEST_SLEEP;
        all.into_iter().flatten().fold(latest, Instant::min)
    }

    /// Listens in the way that the system wants.
    async fn listen(&mut self, adapter: &Arc<dyn Adapter>, changed_ms: u64) -> Result<Turn, Refuse> {
        let now = Instant::now();
        match adapter.listen(&self.talk, &self.row.saved) {
            Listen::No => {
                self.wire.hang(None);
                self.fetch_at = None;
            }
            Listen::Poll { every_ms } => {
                let every = Duration::from_millis(slowed(every_ms, now_ms().saturating_sub(changed_ms)));
                let at = *self.fetch_at.get_or_insert(now + every);
                // Something was said since: what comes back may come soon.
                self.fetch_at = Some(at.min(now + every));
            }
            Listen::Socket(dial) => self.connect(adapter, &dial).await?,
        }
        if self.fetch_at.is_some_and(|at| at <= now) {
            self.fetch(adapter).await?;
            return Ok(Turn::More);
        }
        Ok(Turn::Wait)
    }

    async fn connect(&mut self, adapter: &Arc<dyn Adapter>, dial: &Dial) -> Result<(), Refuse> {
        if self.wire.wants_to_dial() {
            match self.wire.dial(dial, self.app.limits.relay_patience).await {
                Ok(()) => self.frame(adapter, Frame::Up).await?,
                Err(why) => {
                    self.wire.hang(Some(die()));
                    if adapter.by_socket() {
                        self.socket_failed(Fault::Later(None)).await?;
                        log(&format!("relay: {}: {why}", adapter.name()));
                    }
                }
            }
        }
        if self.wire.is_dead() {
            self.wire.hang(Some(die()));
            if adapter.by_socket() {
                self.socket_failed(Fault::Later(None)).await?;
            }
        }
        if self.wire.ticks(dial) {
            self.frame(adapter, Frame::Tick).await?;
        }
        Ok(())
    }

    /// Takes in what the socket said.
    async fn said(&mut self, said: Said) {
        let Some(adapter) = self.adapter() else { return };
        let done = match said {
            Said::Text(text) => {
                self.wire.lives();
                self.frame(&adapter, Frame::Text(&text)).await
            }
            Said::Alive => {
                self.wire.lives();
                Ok(())
            }
            Said::Down => {
                self.wire.hang(Some(die()));
                Ok(())
            }
        };
        if let Err(refuse) = done {
            // What was not kept is said again: the socket is opened anew, and what was missed is fetched.
            log(&format!("relay: {}", refuse.refusal().detail));
            self.wire.hang(Some(die()));
        }
    }

    async fn frame(&mut self, adapter: &Arc<dyn Adapter>, frame: Frame<'_>) -> Result<(), Refuse> {
        self.talk.now_ms = now_ms();
        let before = self.row.saved.clone();
        let heard = adapter.hear(&self.talk, &mut self.row.saved, &mut self.wire.session, frame);
        for one in heard {
            match one {
                Heard::Say(text) => self.wire.say(&text, self.app.limits.relay_patience).await,
                Heard::Ready => self.wire.is_ready(),
                Heard::Taken(job, id) => self.wire.taken.push((job, id)),
                Heard::Fetch => self.fetch_at = Some(Instant::now()),
                Heard::News(news) => hear(&self.app, adapter, &self.id, news).await?,
                Heard::Hang => self.wire.hang(Some(die())),
                Heard::Refused(why) => {
                    self.wire.hang(Some(die()));
                    self.socket_failed(Fault::Refused(why)).await?;
                }
                Heard::Gone => return self.forget().await,
            }
        }
        if before == self.row.saved { Ok(()) } else { self.keep().await }
    }

    /// Fetches what is new.
    async fn fetch(&mut self, adapter: &Arc<dyn Adapter>) -> Result<(), Refuse> {
        self.fetch_at = None;
        let Some(relay) = &self.app.relay else { return Ok(()) };
        let patience = self.app.limits.relay_patience;
        let keyed = relay.keyed(adapter, patience).await;
        let fetched = match keyed {
            Ok(account) => {
                self.talk.account = account;
                let Some(request) = adapter.fetch(&self.talk, &self.row.saved) else { return Ok(()) };
                match http::ask(request, patience).await {
                    Ok(answer) => {
                        let mut saved = self.row.saved.clone();
                        adapter.fetched(&self.talk, &mut saved, &answer).map(|news| (saved, news))
                    }
                    Err(_) => Err(Fault::Later(None)),
                }
            }
            Err(fault) => Err(fault),
        };
        match fetched {
            Ok((saved, news)) => {
                self.fetch_tries = 0;
                for one in news {
                    hear(&self.app, adapter, &self.id, one).await?;
                }
                if saved != self.row.saved {
                    self.row.saved = saved;
                    self.keep().await?;
                }
                Ok(())
            }
            Err(Fault::Gone) => self.forget().await,
            Err(fault) => {
                if fault == Fault::Key {
                    relay.set_account(adapter.name(), Saved::new());
                }
                self.fetch_tries += 1;
                let wait_s = if let Fault::Later(wait_s) = fault { wait_s } else { None };
                let wait = Duration::from_millis(u64::from(delay_ms(self.fetch_tries, die(), wait_s)));
                self.fetch_at = Some(Instant::now() + wait);
                Ok(())
            }
        }
    }

    async fn typing(&mut self, on: bool) {
        let Some(adapter) = self.adapter().filter(|adapter| adapter.place(&self.row.saved).is_some()) else { return };
        match adapter.typing(&self.talk, &self.row.saved, on) {
            // Whether it arrives matters to nobody.
            Some(Ask::Http(request)) => {
                tokio::spawn(http::ask(request, self.app.limits.relay_patience));
            }
            Some(Ask::Frame { text, .. }) => self.wire.say(&text, self.app.limits.relay_patience).await,
            None => {}
        }
    }
}

/// How often to poll a conversation in which nothing was said for so long.
fn slowed(every_ms: u64, quiet_ms: u64) -> u64 {
    let factor = match quiet_ms {
        0..600_000 => 1,
        600_000..3_600_000 => 5,
        _ => 60,
    };
    every_ms.saturating_mul(factor).min(SLOWEST_POLL_MS.max(every_ms))
}
