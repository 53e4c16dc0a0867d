//! Conversations that go on in other systems: one suite of rules, held against every system there is.
//!
//! Each system is played by a stand-in that keeps what it is told, in a file of its own; `cargo xtask conformance`
//! holds the same requests against the systems' written contracts and against real servers.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "inbox/support.rs"]
#[allow(dead_code, reason = "shared with the inbox's own tests")]
mod support;

#[path = "relay/cable.rs"]
mod cable;
#[path = "relay/chatwoot.rs"]
mod chatwoot;
#[path = "relay/crash.rs"]
mod crash;
#[path = "relay/matrix.rs"]
mod matrix;
#[path = "relay/prosody.rs"]
mod prosody;
#[path = "relay/rocketchat.rs"]
mod rocketchat;
#[path = "relay/rules.rs"]
mod rules;
#[path = "relay/stand.rs"]
mod stand;
#[path = "relay/sunco.rs"]
mod sunco;
#[path = "relay/synapse.rs"]
mod synapse;
#[path = "relay/talk.rs"]
mod talk;
#[path = "relay/twilio.rs"]
mod twilio;
#[path = "relay/webhook.rs"]
mod webhook;
#[path = "relay/xmpp.rs"]
mod xmpp;
#[path = "relay/zendesk.rs"]
mod zendesk;
