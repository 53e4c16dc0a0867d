//! Conversations go on in other systems: what [`crate::relay`] says is to be asked, is asked here.
//!
//! Every conversation that goes on elsewhere has a [`line`] while something is to be done or heard:
//! one task that carries its messages over in order, each once, and listens. What is to be carried is
//! what lies in the store and was not settled, so a crash loses nothing: a request that counts twice
//! when made twice is noted before it leaves. The merchant's order of ways is gone through when one
//! fails; whatever happens, the words lie in the inbox here.

mod carry;
mod hook;
mod http;
mod knock;
mod line;
mod wire;
mod words;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::hub::{Notice, stopped};
use super::refuse::Refuse;
use super::shopper::millis;
use super::store::relay as store;
use super::{App, log, now_ms};
use crate::chat::backoff::delay_ms;
use crate::relay::{Adapter, News, Placed, Request, Saved, Talk};

pub use self::hook::call;
pub use self::http::{Lost, run as ask_now};
pub use self::knock::knock;

/// How often it is asked whether somebody can answer.
const AVAILABILITY_EVERY: Duration = Duration::from_secs(60);

/// Longest that a watch may wait for news.
const WATCH_PATIENCE: Duration = Duration::from_secs(40);

/// How long "is writing" shows unless it is said again.
const TYPING_FOR: Duration = Duration::from_secs(6);

/// A way that a conversation can go on.
#[derive(Clone)]
pub enum Way {
    /// Another system.
    System(Arc<dyn Adapter>),
    /// An e-mail to the shop.
    Mail,
    /// The agents of the inbox here.
    Inbox,
}

impl Way {
    /// Its name in the configuration.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Way::System(adapter) => adapter.name(),
            Way::Mail => "email",
            Way::Inbox => "inbox",
        }
    }
}

/// Shows its name alone: an adapter holds secrets.
impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where conversations go on.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// In this order, the next when one fails.
    pub order: Vec<Way>,
    /// Address at which this server is reached, for links to files and for signatures of calls.
    pub address: String,
    /// Where to ask whether somebody can answer, when the system itself does not say.
    pub availability_url: String,
}

/// The ways, and what is known of them while the server runs.
pub(super) struct Relay {
    ways: Ways,
    accounts: Mutex<HashMap<&'static str, Saved>>,
}

impl Relay {
    pub(super) fn new(ways: Ways) -> Self {
        Relay { ways, accounts: Mutex::default() }
    }

    fn way(&self, name: &str) -> Option<&Way> {
        self.ways.order.iter().find(|way| way.name() == name)
    }

    fn first(&self) -> &'static str {
        self.ways.order.first().map_or("inbox", Way::name)
    }

    /// The way after one; nothing after the last.
    fn after(&self, name: &str) -> Option<&Way> {
        let at = self.ways.order.iter().position(|way| way.name() == name)?;
        self.ways.order.get(at + 1)
    }

    fn systems(&self) -> impl Iterator<Item = &Arc<dyn Adapter>> {
        self.ways.order.iter().filter_map(|way| if let Way::System(adapter) = way { Some(adapter) } else { None })
    }

    fn system(&self, name: &str) -> Option<&Arc<dyn Adapter>> {
        self.systems().find(|adapter| adapter.name() == name)
    }

    /// What is kept of a system's account.
    fn account(&self, name: &str) -> Saved {
        lock(&self.accounts).get(name).cloned().unwrap_or_default()
    }

    fn set_account(&self, name: &'static str, account: Saved) {
        lock(&self.accounts).insert(name, account);
    }

    /// Fetches the token that the system's requests need, unless there is one.
    async fn keyed(&self, adapter: &Arc<dyn Adapter>, patience: Duration) -> Result<Saved, crate::relay::Fault> {
        use crate::relay::Fault;
        let mut account = self.account(adapter.name());
        let Some(request) = adapter.key(&account, now_ms()) else { return Ok(account) };
        let answer = http::ask(request, patience).await.map_err(|_| Fault::Later(None))?;
        adapter.keyed(&mut account, now_ms(), &answer).map_err(|fault| match fault {
            // A token that was not given can be asked for again.
            Fault::Unknown => Fault::Later(None),
            Fault::Key | Fault::Gone => Fault::Refused(format!("gives no token: it answers {}", answer.status)),
            other => other,
        })?;
        self.set_account(adapter.name(), account.clone());
        Ok(account)
    }
}

/// Carries conversations on until the end.
pub async fn watch(app: App) {
    if app.relay.is_none() {
        return;
    }
    tokio::join!(look_after(&app), listen_to_accounts(&app), ask_who_is_there(&app));
}

/// A line for every conversation that needs one.
async fn look_after(app: &App) {
    let mut rows = app.hub.rows();
    let mut stopping = app.hub.stopping();
    let mut lines = Lines { app: app.clone(), tasks: JoinSet::new(), orders: HashMap::new(), missed: HashSet::new() };
    lines.begin_open().await;
    loop {
        tokio::select! {
            notice = rows.recv() => match notice {
                Ok(Notice::Event { id, .. } | Notice::Gone { id }) => lines.begin(&id),
                Ok(Notice::Typing { id, on }) => lines.order(&id, on),
                Ok(Notice::Row { .. }) => {}
                Err(RecvError::Lagged(_)) => lines.begin_open().await,
                Err(RecvError::Closed) => break,
            },
            Some(ended) = lines.tasks.join_next() => {
                if let Ok(id) = ended {
                    lines.ended(&id);
                }
            }
            () = stopped(&mut stopping) => break,
        }
    }
    // What is on its way is waited for: afterwards it is known what became of it.
    let rest = async { while lines.tasks.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(app.limits.stop_timeout, rest).await;
}

/// The tasks, and how to reach them.
struct Lines {
    app: App,
    tasks: JoinSet<String>,
    orders: HashMap<String, mpsc::Sender<bool>>,
    /// Lines in whose conversation something happened since they began: they may end without having seen it.
    missed: HashSet<String>,
}

impl Lines {
    async fn begin_open(&mut self) {
        match self.app.store.read(store::open).await {
            Ok(ids) => ids.iter().for_each(|id| self.begin(id)),
            Err(refuse) => log(&format!("relay: {}", refuse.refusal().detail)),
        }
    }

    fn begin(&mut self, id: &str) {
        if self.orders.contains_key(id) {
            self.missed.insert(id.to_owned());
            return;
        }
        // A shopper who types fast says little that is worth waiting for.
        let (sender, orders) = mpsc::channel(4);
        self.orders.insert(id.to_owned(), sender);
        let (app, id) = (self.app.clone(), id.to_owned());
        self.tasks.spawn(async move {
            line::run(app, &id, orders).await;
            id
        });
    }

    fn order(&self, id: &str, typing: bool) {
        if let Some(orders) = self.orders.get(id) {
            let _ = orders.try_send(typing);
        }
    }

    fn ended(&mut self, id: &str) {
        self.orders.remove(id);
        if self.missed.remove(id) {
            self.begin(id);
        }
    }
}

/// How far a conversation was carried on that is about to be deleted.
pub async fn before_deletion(app: &App, id: &str) -> Option<store::Row> {
    app.relay.as_ref()?;
    let id = id.to_owned();
    app.store.read(move |conn| store::row(conn, &id)).await.ok()?
}

/// Tells the system that had a conversation that the shopper deleted it: once, whatever comes of it.
pub fn after_deletion(app: App, id: String, row: store::Row) {
    tokio::spawn(async move {
        let relay = app.relay.as_ref()?;
        let adapter = relay.system(&row.way)?;
        adapter.place(&row.saved)?;
        let patience = app.limits.relay_patience;
        let account = relay.keyed(adapter, patience).await.ok()?;
        let talk = Talk { id, account, now_ms: now_ms(), ..Talk::default() };
        http::ask(adapter.leave(&talk, &row.saved)?, patience).await.ok()
    });
}

/// Takes in what was said at the other side.
async fn hear(app: &App, adapter: &Arc<dyn Adapter>, id: &str, news: News) -> Result<(), Refuse> {
    if let News::Typing(on) = news {
        show_typing(app, id, on);
        return Ok(());
    }
    app.hub.typing(id, false);
    let mails = app.mail.is_some() && !adapter.mails_answers();
    let mail_after_ms = mails.then(|| millis(app.limits.answer_after));
    let (kept, way) = (id.to_owned(), adapter.name());
    let heard = app.store.write(move |tx| store::hear(tx, &kept, way, &news, mail_after_ms)).await;
    match heard {
        // Deleted meanwhile: nobody is left to hear it.
        Ok(_) | Err(Refuse::NotFound) => Ok(()),
        Err(refuse) => Err(refuse),
    }
}

/// The same, for news that name the conversation in the system's own way.
async fn hear_all(app: &App, adapter: &Arc<dyn Adapter>, all: Placed) -> Result<(), Refuse> {
    let way = adapter.name();
    for (place, news) in all {
        let id = app.store.read(move |conn| store::at_place(conn, way, &place)).await?;
        if let Some(id) = id {
            hear(app, adapter, &id, news).await?;
        }
    }
    Ok(())
}

fn show_typing(app: &App, id: &str, on: bool) {
    let Some(turn) = app.hub.typing(id, on) else { return };
    if on {
        let (app, id) = (app.clone(), id.to_owned());
        // Whoever breaks off in the middle of a word does not always say so.
        tokio::spawn(async move {
            tokio::time::sleep(TYPING_FOR).await;
            app.hub.typing_over(&id, turn);
        });
    }
}

/// Reads the news of whole accounts, where a system gives them.
async fn listen_to_accounts(app: &App) {
    let Some(relay) = &app.relay else { return };
    let all = relay.systems().map(|adapter| listen_to_account(app, relay, adapter));
    futures_util::future::join_all(all).await;
}

async fn listen_to_account(app: &App, relay: &Relay, adapter: &Arc<dyn Adapter>) {
    let mut stopping = app.hub.stopping();
    let way = adapter.name();
    let mut kept = app.store.read(move |conn| store::kept(conn, way)).await.unwrap_or_default();
    let mut tries = 0;
    loop {
        let round = async {
            let account = relay.keyed(adapter, app.limits.relay_patience).await.ok()?;
            let request = adapter.watch(&account, &kept)?;
            let answer = http::ask(request, WATCH_PATIENCE).await.ok()?;
            let mut next = kept.clone();
            match adapter.watched(&mut next, &answer) {
                Ok(news) => {
                    // First what was heard, then how far: twice heard is heard once.
                    hear_all(app, adapter, news).await.ok()?;
                    let write = next.clone();
                    app.store.write(move |tx| store::keep_kept(tx, way, &write)).await.ok()?;
                    Some(next)
                }
                Err(crate::relay::Fault::Key) => {
                    relay.set_account(way, Saved::new());
                    None
                }
                Err(_) => None,
            }
        };
        let done = tokio::select! {
            done = round => done,
            () = stopped(&mut stopping) => return,
        };
        let wait_ms = match done {
            Some(next) => {
                (kept, tries) = (next, 0);
                adapter.watch_every_ms()
            }
            None => {
                tries += 1;
                u64::from(delay_ms(tries, die(), None)).max(adapter.watch_every_ms())
            }
        };
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(wait_ms)) => {}
            () = stopped(&mut stopping) => return,
        }
    }
}

/// Asks the first system whether somebody is there.
async fn ask_who_is_there(app: &App) {
    let Some(relay) = &app.relay else { return };
    let mut stopping = app.hub.stopping();
    loop {
        let there = tokio::select! {
            there = who_is_there(app, relay) => there,
            () = stopped(&mut stopping) => return,
        };
        app.hub.elsewhere(there);
        tokio::select! {
            () = tokio::time::sleep(AVAILABILITY_EVERY) => {}
            () = stopped(&mut stopping) => return,
        }
    }
}

/// Whether somebody can answer elsewhere: by the system's own word, by an address of the shop's, or else
/// whenever it is open.
async fn who_is_there(app: &App, relay: &Relay) -> bool {
    let Some(adapter) = relay.systems().next().filter(|adapter| adapter.is_live()) else { return false };
    let patience = app.limits.relay_patience;
    if let Ok(account) = relay.keyed(adapter, patience).await
        && let Some(request) = adapter.availability(&account)
        && let Ok(answer) = http::ask(request, patience).await
        && let Some(there) = adapter.available(&answer, now_ms())
    {
        return there;
    }
    if relay.ways.availability_url.is_empty() {
        return true;
    }
    let asked = http::ask(Request::get(&relay.ways.availability_url), patience).await;
    let said = asked.ok().and_then(|answer| answer.json().ok()?.get("available")?.as_bool());
    said.unwrap_or(true)
}

fn die() -> u32 {
    let mut bytes = [0; 4];
    // Without randomness there is no jitter, which only matters where thousands come back at once.
    let _ = getrandom::fill(&mut bytes);
    u32::from_le_bytes(bytes)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
