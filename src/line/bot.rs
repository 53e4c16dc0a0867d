//! The AI bot's hands: finds the passages that it may answer from, and has `bot.js` ask.
//!
//! That file is fetched only where the tag names a bot, once the conversation is before the shopper's eyes;
//! it asks, and tells what of the answer those passages bear out.

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;

use super::desk::Desk;
use super::guide::PERHAPS;
use super::storage;
use crate::chat::flow::screen::Guide;
use crate::chat::flow::{Found, In, Walk};
use crate::chat::json::string;
use crate::index::blocks::plain;
use crate::index::codec::Reader;
use crate::search::Answer;
use crate::strings::Msg;

/// Its file.
const FILE: &str = "bot.js";

/// Most passages that it is given.
const MOST_PASSAGES: u32 = 5;

impl Desk {
    /// Lets the bot speak first, where there is one and nobody else is being talked to.
    pub fn greet(&self) {
        let named = self.0.host.attributes().iter().any(|(name, value)| name == "data-bot" && !value.is_empty());
        let busy = self.with(|state| state.guide.is_some() || state.core.known().is_some() || state.stranded);
        if !named || busy || storage::known(&self.0.key).is_some() {
            return;
        }
        let mut number = 0;
        self.change(|state| {
            let title = state.texts.say(Msg::Bot).to_owned();
            state.guide = Some(Guide { title, ..Guide::default() });
            state.n_guides += 1;
            number = state.n_guides;
        });
        let desk = self.clone();
        spawn_local(async move {
            let hello = desk.0.host.run(FILE, "", "", &JsValue::UNDEFINED).await;
            if desk.with(|state| state.n_guides != number || state.ended) {
                return;
            }
            let Some(hello) = hello else {
                // Without it there are people, as in other shops.
                desk.change(|state| state.guide = None);
                return desk.look_around();
            };
            let words = desk.words();
            desk.change_guide(|guide| guide.walk = Some(Walk::talk(hello, words)));
            desk.walk(In::Start);
        });
    }

    /// Asks it, if the shop's help has anything to say.
    pub fn ask_bot(&self, n: u32, text: String) {
        let articles = self.passages(&text);
        let number = self.with(|state| state.n_guides);
        let desk = self.clone();
        spawn_local(async move {
            let current = move |desk: &Desk| desk.with(|state| state.n_guides == number && !state.ended);
            if !articles.is_empty() {
                let pairs: Vec<String> = articles
                    .iter()
                    .map(|(_, title, text)| ["[", &string(title), ",", &string(text), "]"].concat())
                    .collect();
                let passages = ["[", &pairs.join(","), "]"].concat();
                let heard = desk.clone();
                let show = Closure::<dyn FnMut(String, String)>::new(move |gist: String, places: String| {
                    let named = places.split(',').filter_map(|place| articles.get(place.parse::<usize>().ok()?));
                    let named = named.map(|(number, title, _)| (*number, title.clone())).collect();
                    if current(&heard) {
                        heard.walk(In::Borne(n, Found { gist, articles: named, flows: Vec::new() }));
                    }
                });
                let _ = desk.0.host.run(FILE, &text, &passages, show.as_ref()).await;
            }
            if current(&desk) {
                desk.walk(In::Ended(n));
            }
        });
    }

    /// Articles that may answer: number, title, running text. None where nothing here does.
    fn passages(&self, text: &str) -> Vec<(u32, String, String)> {
        let answer = self.0.host.ask(text, MOST_PASSAGES).and_then(|bytes| Answer::decode(&bytes));
        let Some(answer) = answer.filter(|answer| answer.answerable >= PERHAPS) else { return Vec::new() };
        let passage = |number: u32, snippet: &str| {
            let bytes = self.0.host.stored(number)?;
            let mut reader = Reader::new(&bytes);
            reader.text()?;
            let title = reader.text()?.to_owned();
            reader.text()?;
            reader.text()?;
            let whole = plain(reader.rest());
            Some((number, title, if whole.is_empty() { snippet.to_owned() } else { whole }))
        };
        answer.hits.iter().filter_map(|hit| passage(hit.article, &hit.snippet)).collect()
    }
}
