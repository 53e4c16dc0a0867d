//! On to another vendor's messenger or a form, where the merchant put one before the inbox.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::desk::Desk;
use crate::chat::masking::mask_cards;
use crate::chat::screen::Elsewhere;
use crate::chat::wire;

impl Desk {
    /// Names of the messengers and forms to try before the inbox, in the merchant's order.
    pub fn vendors(&self) -> Vec<String> {
        let all = self.0.host.attributes();
        let list = all.iter().find(|(name, _)| name == "data-chat").map_or("", |(_, value)| value.as_str());
        let before = list.split(',').map(str::trim).take_while(|one| !one.starts_with("inbox:"));
        before.filter(|one| !one.is_empty() && !one.contains(':')).map(str::to_owned).collect()
    }

    /// Whether a question goes on elsewhere: unless there is a conversation here, or none could be opened.
    pub fn goes_elsewhere(&self) -> bool {
        self.with(|state| state.core.known().is_none() && !state.stranded) && !self.vendors().is_empty()
    }

    /// Opens the first messenger that can be opened, with the question; else takes it to the next way,
    /// so that nothing has to be typed twice.
    pub fn hand(&self, text: &str) {
        let question = mask_cards(text.trim()).into_owned();
        let page = self.0.host.page();
        let packet = self.with(|state| wire::packet(&self.agreed(state, &page)));
        self.tell_elsewhere(Some((&question, "")));
        let (desk, names) = (self.clone(), self.vendors().join(","));
        spawn_local(async move {
            let how = desk.0.host.run("vendors.js", &names, &packet, &JsValue::from_str(&question)).await;
            if desk.with(|state| state.ended) {
                return;
            }
            if let Some(how) = how {
                return desk.tell_elsewhere(Some((&question, &how)));
            }
            desk.change(|state| (state.stranded, state.around.form) = (true, false));
            desk.tell_elsewhere(None);
            // The inbox takes the words as they are; where there is none, the ways that are left do.
            desk.write(&question);
        });
    }

    /// Opens it once more, with the same question.
    pub fn hand_again(&self) {
        let question = self.with(|state| state.around.elsewhere.as_ref().map(|one| one.question.clone()));
        if let Some(question) = question {
            self.hand(&question);
        }
    }

    fn tell_elsewhere(&self, what: Option<(&str, &str)>) {
        let elsewhere = what.map(|(question, how)| Elsewhere { question: question.to_owned(), how: how.to_owned() });
        self.change(|state| state.around.elsewhere = elsewhere);
        if let Some((_, how)) = what.filter(|(_, how)| !how.is_empty()) {
            self.0.host.tell("chat-handed", &[("how", JsValue::from_str(how))]);
        }
        self.0.host.changed();
    }
}
