//! Conversations that go on in other systems: one suite of rules, held against every system there is.
//!
//! Each system is played by a stand-in that keeps what it is told, in [`systems`]; `cargo xtask conformance`
//! holds the same requests against the systems' written contracts and against real servers.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "inbox/support.rs"]
#[allow(dead_code, reason = "shared with the inbox's own tests")]
mod support;

#[path = "relay/rules.rs"]
mod rules;
#[path = "relay/stand.rs"]
mod stand;
#[path = "relay/systems.rs"]
mod systems;
#[path = "relay/talk.rs"]
mod talk;
