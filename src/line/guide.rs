//! A guided flow's hands: fetches it, calls the shop, asks the engine, and passes on to a person.

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::desk::{Desk, now_ms};
use super::web::hex;
use super::{net, storage};
use crate::chat::flow::screen::Guide;
use crate::chat::flow::trail::Kept;
use crate::chat::flow::words::Words;
use crate::chat::flow::{Found, In, Out, Prompt, Request, Walk};
use crate::chat::packet::facts;
use crate::flow::Flow;
use crate::index::codec::Reader;
use crate::index::{SectionKind, flows};
use crate::search::Answer;
use crate::strings::Msg;

/// Below this answerable score (0 to 255) a hit is taken for no answer; as in the panel's results.
pub const PERHAPS: u8 = 80;

/// Most hits that are shown for a question asked in between.
const MOST_HITS: u32 = 3;

/// Presses that follow one another faster than this, in milliseconds, were one double press.
const DOUBLE_MS: f64 = 300.0;

impl Desk {
    /// Reads which flows there are and fetches the conversation's file, which is kept for when the network
    /// is gone: flows and the texts that only a conversation says. Without it the panel's own texts serve.
    pub async fn learn(&self) {
        let section = self.0.host.part(SectionKind::Flows as u8).unwrap_or_default();
        let offers = flows::decode_offers(&section).unwrap_or_default();
        let name = (offers.hash != 0).then(|| flows::file_name(offers.hash));
        self.change(|state| state.offers = offers);
        let Some(name) = name else { return };
        let file = self.0.host.beside(&name).await.unwrap_or_default();
        let texts = flows::decode_texts(&file).unwrap_or_default();
        self.change(|state| state.texts.learn(texts));
        self.take_up();
    }

    /// Goes on with the flow that an earlier page was left in.
    fn take_up(&self) {
        let (begun, hash) = self.with(|state| (state.n_guides > 0, state.offers.hash));
        let kept = storage::flow(&self.0.key).filter(|_| !begun && hash != 0);
        let Some(kept) = kept.and_then(|text| Kept::read(&text, now_ms())) else { return };
        self.change(|state| state.told.clone_from(&kept.told));
        // Another release of the content may ask otherwise.
        if !kept.id.is_empty() && kept.hash == hash {
            self.begin_by(&kept.id.clone(), Some(kept));
        }
    }

    /// Keeps how far the flow came.
    pub fn keep_flow(&self) {
        let text = self.with(|state| {
            let mut kept = state.guide.as_ref().map(Guide::kept).unwrap_or_default();
            (kept.hash, kept.at_ms) = (state.offers.hash, now_ms());
            kept.request.clone_from(&state.request);
            kept.told.splice(0..0, state.told.iter().cloned());
            kept.write()
        });
        storage::keep_flow(&self.0.key, &text);
    }

    /// Begins a flow, or goes on with it; without a name people take over from the one under way.
    pub fn begin(&self, id: &str) {
        if id.is_empty() {
            let mut back = false;
            self.change_guide(|guide| {
                // Who comes back finds it where it was left; only the next press is for people.
                back = std::mem::take(&mut guide.resumed) && guide.goes_on();
                // A talk stands before people; its own button leads to them.
                guide.handed |= !back && !guide.is_talk();
            });
            return self.look_around();
        }
        if self.with(|state| state.guide.as_ref().is_some_and(|guide| guide.id == id && guide.goes_on())) {
            self.change_guide(|guide| guide.resumed = false);
            return self.look_around();
        }
        self.begin_by(id, None);
    }

    fn begin_by(&self, id: &str, kept: Option<Kept>) {
        let mut number = 0;
        self.change(|state| {
            if let Some(before) = state.guide.take() {
                state.told.extend(before.pending());
                state.turns.extend(before.turns());
            }
            let head = state.offers.heads.iter().find(|head| head.id == id);
            let title = head.map_or_else(String::new, |head| head.title.clone());
            let since = kept.as_ref().map_or(state.core.messages().len(), |kept| kept.since as usize);
            let resumed = kept.is_some();
            let id = id.to_owned();
            state.guide = Some(Guide { id, title, since, missing: head.is_none(), resumed, ..Guide::default() });
            state.around.offer = None;
            state.n_guides += 1;
            number = state.n_guides;
        });
        if kept.is_none() {
            self.tell_flow("flow-started", &[]);
        }
        self.look_around();
        let (desk, id) = (self.clone(), id.to_owned());
        spawn_local(async move {
            let flow = desk.fetch_flow(&id).await;
            if desk.with(|state| state.n_guides != number || state.ended) {
                return;
            }
            let Some(flow) = flow else {
                desk.change_guide(|guide| guide.missing = true);
                return desk.look_around();
            };
            let words = desk.words();
            let kept = kept.unwrap_or_else(|| {
                let facts = facts(&desk.0.host.page(), &desk.with(|state| state.memory.clone()), &desk.0.lang);
                Kept { facts, ..Kept::default() }
            });
            let mut walk = Walk::new(flow, words, kept.facts);
            let fresh = kept.trail.is_empty();
            let wanted = if fresh { Vec::new() } else { walk.again(&kept.trail, &|text| desk.found(text)) };
            desk.change(|state| state.request = kept.request);
            desk.change_guide(|guide| guide.walk = Some(walk));
            if fresh {
                return desk.walk(In::Start);
            }
            for one in wanted {
                if let Out::Call(request) = one {
                    desk.call(request, true);
                }
            }
            desk.look_around();
        });
    }

    /// What shoppers say in every flow.
    pub fn words(&self) -> Words {
        self.with(|state| {
            let say = |msg| state.texts.say(msg).to_owned();
            Words::new(&say(Msg::WordsPerson), &say(Msg::WordsNo), &say(Msg::WordsBack))
        })
    }

    async fn fetch_flow(&self, id: &str) -> Option<Flow> {
        let hash = self.with(|state| state.offers.hash);
        flows::decode_flow(&self.0.host.beside(&flows::file_name(hash)).await?, hash, id)
    }

    /// Changes the flow that is there.
    pub fn change_guide(&self, write: impl FnOnce(&mut Guide)) {
        self.change(|state| {
            if let Some(guide) = &mut state.guide {
                write(guide);
            }
        });
    }

    /// Whether what the shopper writes is meant for a flow.
    pub fn is_guided(&self) -> bool {
        self.with(|state| state.guide.as_ref().is_some_and(|guide| guide.listens(state.core.known().is_some())))
    }

    /// What the shopper wrote to a flow; false when it cannot be taken now, and stays in the field.
    pub fn answer(&self, text: &str) -> bool {
        let waits = self.with(|state| {
            let walk = state.guide.as_ref().and_then(|guide| guide.walk.as_ref());
            walk.is_none_or(|walk| walk.prompt() == Prompt::Wait)
        });
        if !waits {
            self.walk(In::Typed(text.to_owned()));
        }
        !waits
    }

    /// Something of a flow was pressed.
    pub fn press_flow(&self, what: &str) {
        let now_ms = js_sys::Date::now();
        let double = now_ms - self.with(|state| state.pressed_ms) < DOUBLE_MS;
        if double {
            return;
        }
        self.change(|state| state.pressed_ms = now_ms);
        match what.split_once(':').unwrap_or((what, "")) {
            ("pick", n) => self.walk(In::Picked(n.parse().unwrap_or(usize::MAX))),
            ("use", _) => {
                let prompt = self.with(|state| Some(state.guide.as_ref()?.walk.as_ref()?.prompt()));
                if let Some(Prompt::Write { known, .. }) = prompt {
                    self.walk(In::Typed(known));
                }
            }
            ("back", _) => self.walk(In::Back),
            ("again", _) => {
                let id = self.with(|state| state.guide.as_ref().map(|guide| guide.id.clone()));
                self.begin(&id.unwrap_or_default());
            }
            ("begin", id) => self.begin(id),
            ("article", number) => self.0.host.show("number", number),
            ("person", _) => self.hand_over(),
            ("yes" | "no", _) => {
                self.change_guide(|guide| guide.helped = Some(what == "yes"));
                self.tell_flow("flow-voted", &[("helped", JsValue::from_bool(what == "yes"))]);
                self.look_around();
            }
            _ => {}
        }
    }

    /// Tells the flow what happened, and does what it asks for.
    pub fn walk(&self, happened: In) {
        let (mut wanted, mut ended) = (Vec::new(), None);
        self.change_guide(|guide| {
            if let Some(walk) = &mut guide.walk {
                let going = walk.lines().is_empty() || walk.prompt() != Prompt::Over;
                wanted = walk.step(happened);
                ended = (going && walk.prompt() == Prompt::Over).then(|| walk.claim().name());
            }
        });
        if let Some(result) = ended {
            self.tell_flow("flow-ended", &[("result", JsValue::from_str(result))]);
        }
        for one in wanted {
            match one {
                Out::Call(request) => self.call(request, false),
                Out::Search(text) => self.walk(In::Found(self.found(&text))),
                Out::Bot(n, text) => self.ask_bot(n, text),
                Out::Article(id) => self.0.host.show("article", &id),
                Out::Flow(id) => self.begin(&id),
                Out::Person => self.hand_over(),
            }
        }
        self.keep_flow();
        self.look_around();
    }

    /// Passes on to a person: here, or where the shop has its contacts.
    fn hand_over(&self) {
        self.change_guide(|guide| guide.handed = true);
        self.tell_flow("flow-ended", &[("result", JsValue::from_str("person"))]);
        self.keep_flow();
        if self.with(|state| state.core.known().is_some()) {
            // The person who is there already takes over with what was answered.
            self.pass_on();
        }
        self.look_around();
        self.0.host.show("contact", "");
    }

    fn tell_flow(&self, name: &str, more: &[(&str, JsValue)]) {
        let id = self.with(|state| state.guide.as_ref().map(|guide| guide.id.clone())).unwrap_or_default();
        if id.is_empty() {
            return; // A talk with the bot is no flow.
        }
        let facts = [&[("id", JsValue::from_str(&id))], more].concat();
        self.0.host.tell(name, &facts);
    }

    /// What answers a question, if anything does.
    fn found(&self, text: &str) -> Option<Found> {
        let answer = Answer::decode(&self.0.host.ask(text, MOST_HITS)?)?;
        let best = answer.hits.first().filter(|_| answer.answerable >= PERHAPS)?;
        let title = |number: u32| {
            let bytes = self.0.host.stored(number)?;
            let mut reader = Reader::new(&bytes);
            reader.text()?;
            Some((number, reader.text()?.to_owned()))
        };
        let here = self.with(|state| state.guide.as_ref().map(|guide| guide.id.clone())).unwrap_or_default();
        let mut flows: Vec<(String, String)> = Vec::new();
        self.with(|state| {
            for flow in answer.hits.iter().flat_map(|hit| state.offers.of_article(hit.article)) {
                if flow.0 != here && !flows.contains(&flow) {
                    flows.push(flow);
                }
            }
        });
        Some(Found {
            gist: best.snippet.clone(),
            articles: answer.hits.iter().filter_map(|hit| title(hit.article)).collect(),
            flows,
        })
    }

    /// Notes a flow that may do at once what the shopper writes to people about.
    pub fn offer_for(&self, text: &str) {
        let offer = self.found(text).and_then(|found| found.flows.into_iter().next());
        self.change(|state| state.around.offer = offer);
    }

    /// Asks the shop; `again` is what was asked before the page was loaded anew.
    fn call(&self, request: Request, again: bool) {
        let desk = self.clone();
        let mut id = String::new();
        let mut number = 0;
        self.change(|state| {
            // A repeat has the same id, so that the shop can tell.
            if request.attempt == 0 && !again {
                state.request = hex(16);
            }
            (id, number) = (state.request.clone(), state.n_guides);
        });
        let flow = self.with(|state| state.guide.as_ref().map(|guide| guide.id.clone())).unwrap_or_default();
        spawn_local(async move {
            pause(request.pause_ms).await;
            let body = request.body(&flow, &desk.0.lang, &id);
            let answer = net::ask_shop(&request.url, body, request.timeout_ms).await;
            if desk.with(|state| state.n_guides != number || state.ended) {
                return;
            }
            desk.walk(match answer {
                Some((status, text)) => In::Answered(request.n, status, text),
                None => In::Unanswered(request.n),
            });
        });
    }
}

async fn pause(ms: u32) {
    if ms == 0 {
        return;
    }
    let later = js_sys::Promise::new(&mut |resolve, _| {
        let fire = Closure::once_into_js(move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        });
        if let Some(window) = web_sys::window() {
            let ms = i32::try_from(ms).unwrap_or(i32::MAX);
            let _ = window
                .set_timeout_with_callback_and_timeout_and_arguments_0(wasm_bindgen::JsCast::unchecked_ref(&fire), ms);
        }
    });
    let _ = JsFuture::from(later).await;
}
