//! What can change in the panel: a plain value, and the cues by which views follow its parts.

use super::library::Library;
use crate::browser::host::IndexState;
use crate::browser::texts::Texts;
use crate::chat::scene::Scene;
use crate::context::Advice;
use crate::search::Answer;

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Search, suggestions, topics.
    Home,
    /// The articles of a collection, by its place.
    Topic(usize),
    /// An article, by its number.
    Article(u32),
    /// The conversation.
    Chat,
    /// The ways to reach the shop.
    Contact,
}

/// An article that was read.
pub struct Read {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether the shopper said it helped.
    pub helped: Option<bool>,
}

/// A screen on the stack, with what is needed to come back to it as it was.
#[derive(Clone)]
pub struct Layer {
    /// Distinct for each layer ever shown, so that a screen is built anew.
    pub key: u64,
    /// What it shows.
    pub screen: Screen,
    /// How far it was scrolled, in pixels.
    pub scroll_px: i32,
    /// Id of the element that had the focus.
    pub focus: String,
}

/// All that can change.
pub struct State {
    /// Whether the index can be asked.
    pub index: IndexState,
    /// How often texts and library were read.
    pub edition: u32,
    /// Texts of the index's language.
    pub texts: Texts,
    /// Titles and collections.
    pub library: Library,
    /// The screens, the one shown last.
    pub stack: Vec<Layer>,
    /// Whether the last move went back, for the direction of its motion.
    pub went_back: bool,
    /// What stands in the search field.
    pub query: String,
    /// What was found for it.
    pub found: Option<Answer>,
    /// The option that the arrow keys reached, from 1; 0 is none.
    pub active: usize,
    /// What may help on this page.
    pub advice: Option<Advice>,
    /// The suggestion whose reason is shown, by article.
    pub why: Option<u32>,
    /// Articles read, with their votes.
    pub read: Vec<Read>,
    /// Searches made.
    pub searches: Vec<String>,
    /// Whether the browser is online.
    pub online: bool,
    /// What is said to those who listen; one thing at a time.
    pub announced: String,
    /// Whether the text is to be sent as soon as the conversation's module runs.
    pub sending: bool,
    /// What stands in the message field.
    pub draft: String,
    /// What the conversation shows.
    pub scene: Scene,
    /// Whether the conversation's module runs.
    pub talking: bool,
    /// Whether it could not be had.
    pub mute: bool,
    /// The guided flow to begin as soon as it runs; empty for none.
    pub wanted: String,
    /// Whether the panel is open.
    pub shown: bool,
    /// Whether the panel covers the whole screen.
    pub full_screen: bool,
}

/// A part of the state that views follow.
#[derive(Clone, Copy)]
pub enum Cue {
    /// `index`, `edition`.
    Index,
    /// `stack`, `went_back`.
    Screens,
    /// `query`, `found`.
    Search,
    /// `active`.
    Active,
    /// `advice`.
    Advice,
    /// `why`.
    Why,
    /// `read`, `searches`.
    Memory,
    /// `online`, `full_screen`.
    Device,
    /// `announced`.
    Spoken,
    /// `draft`.
    Draft,
    /// `scene`, `talking`, `sending`, `mute`, `wanted`.
    Chat,
    /// Answers that lie in files of their own.
    Answers,
}

/// Number of cues.
pub const N_CUES: usize = Cue::Answers as usize + 1;

impl State {
    /// The screen on top.
    pub fn top(&self) -> Screen {
        self.stack.last().map_or(Screen::Home, |layer| layer.screen)
    }

    /// How many hits there are.
    pub fn n_hits(&self) -> usize {
        self.found.as_ref().map_or(0, |answer| answer.hits.len())
    }
}

/// A layer never shown before.
pub fn layer(screen: Screen) -> Layer {
    Layer { key: next_key(), screen, scroll_px: 0, focus: String::new() }
}

/// A key never used before.
pub fn next_key() -> u64 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static LAST: AtomicU32 = AtomicU32::new(0);
    u64::from(LAST.fetch_add(1, Ordering::Relaxed))
}
