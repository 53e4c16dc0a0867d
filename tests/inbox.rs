//! The inbox as browsers meet it: a real server on a loopback port, a database in a folder of its own.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "inbox/support.rs"]
mod support;
#[path = "inbox/victim.rs"]
mod victim;

#[path = "inbox/agents.rs"]
mod agents;
#[path = "inbox/attachments.rs"]
mod attachments;
#[path = "inbox/chaos.rs"]
mod chaos;
#[path = "inbox/cuts.rs"]
mod cuts;
#[path = "inbox/desk.rs"]
mod desk;
#[path = "inbox/faults.rs"]
mod faults;
#[path = "inbox/forged.rs"]
mod forged;
#[path = "inbox/limits.rs"]
mod limits;
#[path = "inbox/load.rs"]
mod load;
#[path = "inbox/mail.rs"]
mod mail;
#[path = "inbox/mail_tls.rs"]
mod mail_tls;
#[path = "inbox/packet.rs"]
mod packet;
#[path = "inbox/shopper.rs"]
mod shopper;
#[path = "inbox/sockets.rs"]
mod sockets;
#[path = "inbox/static_files.rs"]
mod static_files;
#[path = "inbox/told.rs"]
mod told;
#[path = "inbox/world.rs"]
mod world;
