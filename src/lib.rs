//! Helpnook: contextual help for storefronts, from one script tag.
//!
//! # Map
//! Data flows one way; a module imports only from those left of it:
//!
//! `article, flow, icons, page, text, strings, config < content, index < search < site, context < chat < insight, relay < browser < engine, widget, line, server < cli`
//!
//! - [`article`], [`flow`], [`page`], [`text`], [`strings`], [`config`]: what an article and a guided flow
//!   are, how text becomes terms, what the interface says, what a merchant may set.
//! - `content` (native): files in, checked [`article::Article`]s out.
//! - [`index`]: the `.hnx` file: builder (native), reader (everywhere).
//! - [`search`]: a query and an index in, ranked hits out.
//! - `site` (native): the help centre, pages that are read without scripts.
//! - [`context`]: a page and what happened on it in, suggestions with reasons out.
//! - [`chat`]: the conversation as a pure state machine, and its wire types.
//! - `insight` (native): what happened in the help, counted: the vocabulary of events, figures, the report.
//! - `relay` (native): what the systems that shops answer in are told, and what their answers mean.
//! - `engine` (wasm): what the engine and the search module export; no Leptos, no JSON, no formatting.
//! - `browser` (wasm): what panel and conversation need of the browser: the loader's side, texts, dates.
//! - `widget` (wasm): the panel module, the one place with nodes.
//! - `line` (wasm): the conversation's module: the core of `chat` with timers, storage and network.
//! - `server`, `cli` (native): the inbox, and the program's subcommands.
//!
//! # Invariants
//! - Everything that decides is pure and runs natively under `cargo test`; only `widget`,
//!   `line`, `server` and `cli` do I/O or read a clock.
//! - Bytes are hostile: an index is opened only after its lengths and hash are checked, and
//!   every later read is bounded again.
//! - Work is bounded whatever the query and whatever the index.
//! - The host page never sees an exception from us.

pub mod article;
pub mod chat;
pub mod config;
#[cfg(not(target_arch = "wasm32"))]
pub mod content;
pub mod context;
pub mod flow;
pub mod icons;
pub mod index;
#[cfg(not(target_arch = "wasm32"))]
pub mod insight;
pub mod page;
#[cfg(not(target_arch = "wasm32"))]
pub mod relay;
pub mod search;
#[cfg(not(target_arch = "wasm32"))]
pub mod secrets;
#[cfg(not(target_arch = "wasm32"))]
pub mod site;
pub mod strings;
pub mod text;
#[cfg(not(target_arch = "wasm32"))]
pub mod web;

#[cfg(all(target_arch = "wasm32", any(feature = "panel", feature = "chat")))]
pub mod browser;
#[cfg(all(target_arch = "wasm32", any(feature = "engine", feature = "search")))]
pub mod engine;
#[cfg(all(target_arch = "wasm32", feature = "chat"))]
pub mod line;
#[cfg(all(target_arch = "wasm32", feature = "panel"))]
pub mod widget;

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
#[cfg(not(target_arch = "wasm32"))]
pub mod server;

/// Every module of the page brings an allocator; this one is small and takes the same time whatever lies free.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
