//! Journeys in a real browser, against the built demo and the real server: what shoppers, merchants
//! and agents see. Run by `cargo xtask test`, which builds `target/site` and `target/demo` first.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

#[path = "journeys/after.rs"]
mod after;
#[path = "journeys/alike.rs"]
mod alike;
#[path = "journeys/api.rs"]
mod api;
#[path = "journeys/bot.rs"]
mod bot;
#[path = "journeys/centre.rs"]
mod centre;
#[path = "journeys/chat.rs"]
mod chat;
#[path = "journeys/comfort.rs"]
mod comfort;
#[path = "journeys/desk.rs"]
mod desk;
#[path = "journeys/desk_manners.rs"]
mod desk_manners;
#[path = "journeys/dress.rs"]
mod dress;
#[path = "journeys/effects.rs"]
mod effects;
#[path = "journeys/events.rs"]
mod events;
#[path = "journeys/facts.rs"]
mod facts;
#[path = "journeys/faults.rs"]
mod faults;
#[path = "journeys/files.rs"]
mod files;
#[path = "journeys/flows.rs"]
mod flows;
#[path = "journeys/forms.rs"]
mod forms;
#[path = "journeys/gallery.rs"]
mod gallery;
#[path = "journeys/going_on.rs"]
mod going_on;
#[path = "journeys/help.rs"]
mod help;
#[path = "journeys/hostile.rs"]
mod hostile;
#[path = "journeys/hosts.rs"]
mod hosts;
#[path = "journeys/inert.rs"]
mod inert;
#[path = "journeys/large.rs"]
mod large;
#[path = "journeys/manners.rs"]
mod manners;
#[path = "journeys/moving.rs"]
mod moving;
#[path = "journeys/offline.rs"]
mod offline;
#[path = "journeys/oscar.rs"]
mod oscar;
#[path = "journeys/payloads.rs"]
mod payloads;
#[path = "journeys/reach.rs"]
mod reach;
#[path = "journeys/rich.rs"]
mod rich;
#[path = "journeys/sleep.rs"]
mod sleep;
#[path = "journeys/speed.rs"]
mod speed;
#[path = "journeys/spoken.rs"]
mod spoken;
#[path = "journeys/survey.rs"]
mod survey;
#[path = "journeys/tongues.rs"]
mod tongues;
#[path = "journeys/trouble.rs"]
mod trouble;
#[path = "journeys/vendors.rs"]
mod vendors;
#[path = "journeys/work.rs"]
mod work;
