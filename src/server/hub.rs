//! Who must hear of what: sockets and waiting requests of a conversation, agents' pages, availability.
//!
//! Listeners are told only *that* something is there and read it from the store, so a listener
//! that was slow or away misses nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, watch};

use crate::chat::protocol::Availability;

/// Rows that an agent's page may be behind before it is told to read the list anew.
const ROWS_BEHIND: usize = 256;

/// Something others must hear of.
#[derive(Debug, Clone)]
pub enum Notice {
    /// A conversation has an event of that number.
    Event {
        /// Id of the conversation.
        id: String,
        /// Number of the event.
        cursor: u64,
    },
    /// A conversation's row in the list changed.
    Row {
        /// Id of the conversation.
        id: String,
    },
    /// A shopper writes, or stopped; for agents only.
    Typing {
        /// Id of the conversation.
        id: String,
        /// Whether so.
        on: bool,
    },
    /// A conversation was deleted.
    Gone {
        /// Its id.
        id: String,
    },
}

/// What listeners of one conversation look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Number of the last event.
    pub cursor: u64,
    /// Whether an agent is writing.
    pub typing: bool,
    /// Counts how often that was said.
    pub turn: u32,
    /// Whether it was deleted.
    pub gone: bool,
}

/// An agent's pages.
#[derive(Default)]
struct Presence {
    pages: usize,
    away: bool,
}

/// Who could answer.
struct Team {
    agents: HashMap<String, Presence>,
    /// Whether it is within opening hours.
    is_open: bool,
    /// When it is again, while it is not.
    opens_at_ms: Option<u64>,
    /// Usual time to the first answer, in seconds.
    reply_in_s: Option<u32>,
    /// Whether somebody answers in another system.
    elsewhere: bool,
}

/// All listeners.
pub struct Hub {
    conversations: Mutex<HashMap<String, watch::Sender<Pulse>>>,
    rows: broadcast::Sender<Notice>,
    team: Mutex<Team>,
    availability: watch::Sender<Availability>,
    file_bytes: u64,
    stopping: watch::Sender<bool>,
}

impl Hub {
    /// A hub of an inbox that takes files up to a size.
    pub fn new(file_bytes: usize) -> Self {
        let file_bytes = u64::try_from(file_bytes).unwrap_or(u64::MAX);
        Hub {
            conversations: Mutex::default(),
            rows: broadcast::Sender::new(ROWS_BEHIND),
            team: Mutex::new(Team {
                agents: HashMap::new(),
                is_open: true,
                opens_at_ms: None,
                reply_in_s: None,
                elsewhere: false,
            }),
            availability: watch::Sender::new(Availability { file_bytes: Some(file_bytes), ..Availability::default() }),
            file_bytes,
            stopping: watch::Sender::new(false),
        }
    }

    /// Tells whoever listens.
    pub fn tell(&self, notice: Notice) {
        match &notice {
            Notice::Event { id, cursor } => {
                self.pulse(id, |pulse| pulse.cursor = pulse.cursor.max(*cursor));
            }
            Notice::Gone { id } => {
                self.pulse(id, |pulse| pulse.gone = true);
            }
            Notice::Row { .. } | Notice::Typing { .. } => {}
        }
        // Nobody listening is no error.
        let _ = self.rows.send(notice);
    }

    /// Shows or hides that an agent is writing; gives the turn, if anybody looks.
    pub fn typing(&self, id: &str, on: bool) -> Option<u32> {
        self.pulse(id, |pulse| {
            pulse.typing = on;
            pulse.turn = pulse.turn.wrapping_add(1);
        })
        .map(|pulse| pulse.turn)
    }

    /// Hides that an agent is writing, unless another turn has begun.
    pub fn typing_over(&self, id: &str, turn: u32) {
        self.pulse(id, |pulse| pulse.typing &= pulse.turn != turn);
    }

    fn pulse(&self, id: &str, change: impl FnOnce(&mut Pulse)) -> Option<Pulse> {
        let conversations = lock(&self.conversations);
        let sender = conversations.get(id)?;
        sender.send_modify(change);
        Some(*sender.borrow())
    }

    /// Listens to a conversation.
    #[must_use]
    pub fn listen(self: &Arc<Self>, id: &str) -> Listener {
        let mut conversations = lock(&self.conversations);
        let sender = conversations.entry(id.to_owned()).or_insert_with(|| watch::Sender::new(Pulse::default()));
        Listener { hub: Arc::clone(self), id: id.to_owned(), pulse: Some(sender.subscribe()) }
    }

    /// Listens to changes of the list.
    #[must_use]
    pub fn rows(&self) -> broadcast::Receiver<Notice> {
        self.rows.subscribe()
    }

    /// Listens to availability.
    #[must_use]
    pub fn availability(&self) -> watch::Receiver<Availability> {
        self.availability.subscribe()
    }

    /// Listens to the end.
    #[must_use]
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// Ends every socket and waiting request.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Notes that an agent opened a page.
    pub fn agent_came(&self, name: &str, away: bool) {
        self.change(|team| {
            let presence = team.agents.entry(name.to_owned()).or_default();
            presence.pages += 1;
            presence.away = away;
        });
    }

    /// Notes that an agent closed a page.
    pub fn agent_left(&self, name: &str) {
        self.change(|team| {
            if let Some(presence) = team.agents.get_mut(name) {
                presence.pages = presence.pages.saturating_sub(1);
            }
            team.agents.retain(|_, presence| presence.pages > 0);
        });
    }

    /// Notes that an agent wants no conversations, or wants them again.
    pub fn agent_away(&self, name: &str, away: bool) {
        self.change(|team| {
            if let Some(presence) = team.agents.get_mut(name) {
                presence.away = away;
            }
        });
    }

    /// Notes whether it is within opening hours, when it is next, and how long the first answer usually takes.
    pub fn opening(&self, is_open: bool, opens_at_ms: Option<u64>, reply_in_s: Option<u32>) {
        self.change(|team| (team.is_open, team.opens_at_ms, team.reply_in_s) = (is_open, opens_at_ms, reply_in_s));
    }

    /// Notes whether somebody answers in another system.
    pub fn elsewhere(&self, there: bool) {
        self.change(|team| team.elsewhere = there);
    }

    fn change(&self, change: impl FnOnce(&mut Team)) {
        let mut team = lock(&self.team);
        change(&mut team);
        let here = team.agents.values().any(|presence| presence.pages > 0 && !presence.away);
        let online = team.is_open && (here || team.elsewhere);
        let now = Availability {
            online,
            reply_in_s: team.reply_in_s.filter(|_| online),
            opens_at_ms: team.opens_at_ms.filter(|_| !team.is_open),
            file_bytes: Some(self.file_bytes),
        };
        self.availability.send_if_modified(|availability| {
            let changed = *availability != now;
            *availability = now;
            changed
        });
    }
}

/// Listens to one conversation; forgotten by the hub when the last one is dropped.
pub struct Listener {
    hub: Arc<Hub>,
    id: String,
    pulse: Option<watch::Receiver<Pulse>>,
}

impl Listener {
    /// What there is to look at now; waits for nothing, and counts as seen.
    pub fn now(&mut self) -> Pulse {
        self.pulse.as_mut().map(|pulse| *pulse.borrow_and_update()).unwrap_or_default()
    }

    /// Waits until something changes.
    pub async fn changed(&mut self) {
        if let Some(pulse) = &mut self.pulse {
            // The sender lives as long as its listeners.
            let _ = pulse.changed().await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.pulse.take();
        let mut conversations = lock(&self.hub.conversations);
        if conversations.get(&self.id).is_some_and(|sender| sender.receiver_count() == 0) {
            conversations.remove(&self.id);
        }
    }
}

/// Waits for the end.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // Without its sender everything has ended already.
    let _ = stopping.wait_for(|stop| *stop).await;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
