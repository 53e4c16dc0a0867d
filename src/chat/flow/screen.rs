//! What a flow's screen says: a plain function from the walk to nodes of a [`crate::chat::scene`].
//!
//! What was said stands in the log and is read aloud as it comes; what can be done now stands between
//! the log and the field, and the field itself is of the kind that the question asks for. Presses are
//! `flow:` and a word: `pick:N`, `use`, `back`, `again`, `person`, `yes`, `no`, `article:N`, `begin:ID`.

use super::trail::{Kept, Pairs};
use super::{Line, Note, Prompt, Walk};
use crate::chat::protocol::Turn;
use crate::chat::scene::{Node, Scene, node, slot};
use crate::chat::screen::Speech;
use crate::flow::{Claim, Input};
use crate::strings::{Msg, fill};

/// Most articles that are shown for a question asked in between.
const MOST_FOUND: usize = 3;

/// A flow in the conversation.
#[derive(Debug, Default)]
pub struct Guide {
    /// Its id; empty for a talk with the bot.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How far it came; `None` while it is fetched.
    pub walk: Option<Walk>,
    /// Whether it could not be had.
    pub missing: bool,
    /// How many messages stood in the log when it was begun.
    pub since: usize,
    /// Whether a person took over: then nothing that is written is an answer to it any more.
    pub handed: bool,
    /// Whether it helped, when the shopper said so.
    pub helped: Option<bool>,
    /// Whether what was answered in it has been passed on, or was struck.
    pub passed: bool,
    /// Whether it was begun on an earlier page, and the shopper has not come back to it yet.
    pub resumed: bool,
}

impl Guide {
    /// Whether what the shopper writes is meant for the flow; `begun` is whether there is a conversation
    /// with people, which a flow that is over no longer stands before.
    #[must_use]
    pub fn listens(&self, begun: bool) -> bool {
        let over = self.walk.as_ref().is_some_and(|walk| walk.prompt() == Prompt::Over);
        // Where there are people the bot is silent.
        !(self.handed || self.missing || begun && (over || self.is_talk()))
    }

    /// Whether it is a talk with the bot.
    #[must_use]
    pub fn is_talk(&self) -> bool {
        self.id.is_empty()
    }

    /// What was asked and answered in a talk, and not passed on yet.
    #[must_use]
    pub fn turns(&self) -> Vec<Turn> {
        self.walk.as_ref().filter(|_| !self.passed).map_or_else(Vec::new, Walk::turns)
    }

    /// Whether it is under way: then beginning it again would lose what was answered.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        let begun = |walk: &Walk| walk.prompt() != Prompt::Over && !walk.trail().is_empty();
        !(self.handed || self.missing) && self.walk.as_ref().is_none_or(begun)
    }

    /// What was answered in it and not passed on yet.
    #[must_use]
    pub fn pending(&self) -> Pairs {
        self.walk.as_ref().filter(|_| !self.passed).map_or_else(Vec::new, Walk::told)
    }

    /// What is to be kept of it, so that a page loaded anew goes on.
    #[must_use]
    pub fn kept(&self) -> Kept {
        match &self.walk {
            Some(walk) if self.goes_on() && !self.is_talk() => Kept {
                id: self.id.clone(),
                since: self.since as u32,
                trail: walk.trail().to_vec(),
                facts: walk.facts().to_vec(),
                ..Kept::default()
            },
            // Over, or with a person: only what was answered may still be wanted.
            _ => Kept { told: self.pending(), ..Kept::default() },
        }
    }
}

/// The conversation's scene with a flow in it.
#[must_use]
pub fn guided(mut scene: Scene, guide: &Guide, speech: &dyn Speech) -> Scene {
    let mut log = take(&mut scene, slot::LOG);
    let at = guide.since.min(log.len());
    let said: Vec<Node> = guide.walk.iter().flat_map(|walk| lines(walk, speech)).collect();
    log.splice(at..at, said);
    let mut passed = take(&mut scene, slot::INTRO);
    if !guide.listens(scene.begun) && !guide.missing {
        // What was said stays above; what the person will be told follows it.
        log.append(&mut passed);
    }
    if guide.handed {
        scene.lists.push((slot::LOG, log));
        return scene;
    }
    scene.title.clone_from(&guide.title);
    take(&mut scene, slot::TYPING);
    let mut notices = take(&mut scene, slot::NOTICES);
    notices.retain(|one| one.spec == "p.notice");
    let waits = match &guide.walk {
        _ if guide.missing => None,
        None => Some(Msg::Loading),
        Some(walk) => (walk.prompt() == Prompt::Wait).then_some(Msg::FlowWait),
    };
    if let Some(words) = waits {
        scene.lists.push((slot::TYPING, vec![node("p.quiet.small.dots").text(speech.say(words))]));
    }
    if guide.missing {
        let again = button("text", speech.say(Msg::Retry), &["flow:begin:", &guide.id].concat(), 0);
        let missing = node("p").text(speech.say(Msg::FlowMissing));
        let ways = node("div.flow-ways").child(again).child(person(speech, "choice", 0));
        notices.push(node("div.flow role=group tabindex=-1 data-next").child(missing).child(ways));
    }
    if let Some(walk) = &guide.walk {
        notices.push(controls(walk, guide.helped, speech));
        scene.lists.push((slot::FIELD, field(walk).into_iter().collect()));
    }
    scene.lists.extend([(slot::LOG, log), (slot::NOTICES, notices)]);
    scene
}

fn take(scene: &mut Scene, slot: u32) -> Vec<Node> {
    let found = scene.lists.iter().position(|(known, _)| *known == slot);
    found.map_or_else(Vec::new, |at| scene.lists.swap_remove(at).1)
}

fn lines(walk: &Walk, speech: &dyn Speech) -> Vec<Node> {
    // That it is over is said beside what can be done then.
    let shown = walk.lines().iter().enumerate().filter(|(_, line)| **line != Line::Note(Note::Over));
    // Whoever listens hears an answer once it stands.
    let grows = |n| walk.talks() && walk.prompt() == Prompt::Wait && n + 1 == walk.lines().len();
    let shown = shown.map(|(n, line)| (n, bubble(n, line, speech)));
    shown.map(|(n, node)| if grows(n) { node.attr("aria-busy", "true") } else { node }).collect()
}

/// A line; its number keeps it apart from another that says the same.
fn bubble(n: usize, line: &Line, speech: &dyn Speech) -> Node {
    let own = matches!(line, Line::Answered(_));
    let name = speech.say(if own { Msg::You } else { Msg::Bot });
    // A program is called one where it first speaks.
    let inside = node("div.bubble dir=auto").child(node(if n == 0 { "span.name" } else { "span.sr" }).text(name));
    let (spec, inside) = match line {
        Line::Said { text, claim, items } => {
            let inside = match badge(*claim) {
                Some((class, icon, msg)) => inside.child(node(class).icon(icon).text(speech.say(msg))),
                None => inside,
            };
            let inside = if text.is_empty() { inside } else { inside.child(node("p").text(text.as_str())) };
            ("div.said", if items.is_empty() { inside } else { inside.child(list(items)) })
        }
        Line::Answered(text) => ("div.said.own", inside.child(node("p").text(text.as_str()))),
        Line::Sent(sent) => {
            let values: Vec<&str> = sent.iter().map(|(_, value)| value.as_str()).collect();
            let words = [speech.say(Msg::FlowSent), ": ", &values.join(" · ")].concat();
            ("div.said.system", inside.child(node("p").text(words)))
        }
        Line::Found(found) => {
            let row =
                |words: &str, press: String| node("li").child(node("button.text type=button").text(words).press(press));
            let flows = found.flows.iter().map(|(id, title)| row(title, ["flow:begin:", id].concat()));
            let articles = found.articles.iter().take(MOST_FOUND);
            let articles = articles.map(|(number, title)| row(title, ["flow:article:", &number.to_string()].concat()));
            let rows = Node { children: flows.chain(articles).collect(), ..node("ul role=list") };
            let inside = inside.child(node("p.quiet.small").text(speech.say(Msg::FlowFound)));
            let gist = (!found.gist.is_empty()).then(|| node("p").text(found.gist.as_str()));
            ("div.said", gist.into_iter().fold(inside, Node::child).child(rows))
        }
        Line::Note(note) => (
            "div.said",
            inside.child(node("p").text(speech.say(match note {
                Note::NotUnderstood => Msg::FlowNotUnderstood,
                Note::WrongForm => Msg::FlowWrongForm,
                Note::NoAnswer => Msg::FlowNoAnswer,
                Note::OfferPerson => Msg::FlowOfferPerson,
                Note::Over => Msg::FlowOver,
            }))),
        ),
    };
    node(spec).attr("data-line", &n.to_string()).child(inside)
}

fn badge(claim: Claim) -> Option<(&'static str, &'static str, Msg)> {
    match claim {
        Claim::None => None,
        Claim::Done => Some(("span.result data-result=done", "check", Msg::FlowDone)),
        Claim::Requested => Some(("span.result data-result=requested", "send", Msg::FlowRequested)),
        Claim::Refused => Some(("span.result data-result=refused", "close", Msg::FlowRefused)),
    }
}

fn list(items: &[(String, String)]) -> Node {
    let entry = |(label, address): &(String, String)| {
        let inner = match address.as_str() {
            "" => node("span"),
            // Elsewhere than in the shop.
            address if address.starts_with("https:") => node("a target=_blank rel=noopener").attr("href", address),
            address => node("a").attr("href", address),
        };
        node("li").child(inner.text(label.as_str()))
    };
    Node { children: items.iter().map(entry).collect(), ..node("ul.items role=list") }
}

/// What can be done now, as buttons: the answers first, the ways out last.
fn controls(walk: &Walk, helped: Option<bool>, speech: &dyn Speech) -> Node {
    let n = walk.lines().len();
    let (mut notes, mut answers, mut ways) = (Vec::new(), Vec::new(), Vec::new());
    match walk.prompt() {
        Prompt::Choose(options) => {
            let option =
                |(at, label): (usize, &String)| button("choice", label, &["flow:pick:", &at.to_string()].concat(), n);
            answers.extend(options.iter().enumerate().map(option));
        }
        Prompt::Write { known, private, .. } => {
            if !known.is_empty() && !private {
                answers.push(button("choice", &fill(speech.say(Msg::FlowUse), "value", &known), "flow:use", n));
            }
        }
        Prompt::Over => {
            let words = match helped {
                None => Msg::FlowOver,
                Some(true) => Msg::VoteThanks,
                Some(false) => Msg::VoteSorry,
            };
            notes.push(node("p").text(speech.say(words)));
            if helped.is_none() {
                answers.push(button("choice", speech.say(Msg::Yes), "flow:yes", n));
                answers.push(button("choice", speech.say(Msg::No), "flow:no", n));
            }
            ways.push(button("text", speech.say(Msg::FlowAgain), "flow:again", n));
        }
        Prompt::Wait => {}
    }
    let sent = walk.about_to_send();
    if !sent.is_empty() {
        let words = fill(speech.say(Msg::FlowWillSend), "values", &sent.join(" · "));
        notes.push(node("p.quiet.small").text(words));
    }
    if walk.can_go_back() {
        ways.push(button("text", speech.say(Msg::FlowBack), "flow:back", n));
    }
    let urgent = walk.offers_person() || helped == Some(false);
    if !walk.can_choose_person() {
        ways.push(person(speech, if urgent { "choice" } else { "text" }, n));
    }
    Node { children: notes, ..node("div.flow role=group tabindex=-1 data-next").attr("aria-label", walk.question()) }
        .child(Node { children: answers, ..node("div.choices") })
        .child(Node { children: ways, ..node("div.flow-ways") })
}

fn person(speech: &dyn Speech, class: &str, n: usize) -> Node {
    button(class, speech.say(Msg::FlowPerson), "flow:person", n)
}

/// A button; `n` tells it from the one that stood there before, so that it never inherits the focus.
fn button(class: &str, words: &str, press: &str, n: usize) -> Node {
    let id = ["hn-", &press.replace(':', "-"), "-", &n.to_string()].concat();
    node(&["button.", class, " type=button"].concat()).attr("id", &id).text(words).press(press)
}

/// The field to answer in; none unless something is to be written.
fn field(walk: &Walk) -> Option<Node> {
    let Prompt::Write { step, hint, input, private, .. } = walk.prompt() else { return None };
    let (mode, fills) = match input {
        Input::Text => ("text", by_step(&step)),
        Input::Email => ("email", "email"),
        Input::OrderNumber => ("text", "off"),
        Input::Code => ("numeric", "one-time-code"),
        Input::Postcode => ("text", "postal-code"),
        Input::Phone => ("tel", "tel"),
        Input::Number => ("numeric", "off"),
    };
    // Codes are short-lived and must be compared with a message; other secrets are hidden as they are typed.
    let kind = if private && input != Input::Code { "password" } else { "text" };
    let field = node("input maxlength=500 autocapitalize=off spellcheck=false")
        .attr("type", kind)
        .attr("inputmode", mode)
        .attr("autocomplete", fills)
        .attr("placeholder", &hint)
        .attr("aria-label", walk.question());
    let wrong = walk.lines().last().is_some_and(|line| matches!(line, Line::Note(Note::WrongForm | Note::OfferPerson)));
    Some(if wrong { field.attr("aria-invalid", "true").attr("value", walk.mistyped()) } else { field })
}

/// What a browser may fill in for a text, by the name of its step.
fn by_step(step: &str) -> &'static str {
    match step {
        "name" => "name",
        "street" => "street-address",
        "city" => "address-level2",
        "country" => "country-name",
        _ => "off",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::flow::words::Words;
    use crate::chat::flow::{Found, In};
    use crate::chat::screen::tests::Keys;
    use crate::flow::{Choice, Flow, Go, Items, Kind, Step};

    fn texts(node: &Node, out: &mut Vec<String>) {
        if !node.text.is_empty() {
            out.push(if node.press.is_empty() {
                node.text.clone()
            } else {
                format!("[{}]({})", node.text, node.press)
            });
        }
        node.children.iter().for_each(|child| texts(child, out));
    }

    fn of(walk: Walk) -> Guide {
        Guide { id: "find".to_owned(), title: "Find".to_owned(), walk: Some(walk), ..Guide::default() }
    }

    /// All that is said and can be pressed, in the order of the screen.
    fn shown(walk: Walk) -> (Vec<String>, Walk) {
        let guide = of(walk);
        let scene = guided(Scene::default(), &guide, &Keys);
        let mut out = Vec::new();
        for slot in [slot::LOG, slot::TYPING, slot::NOTICES] {
            scene.list(slot).iter().for_each(|node| texts(node, &mut out));
        }
        (out, guide.walk.unwrap())
    }

    fn step(id: &str, kind: Kind, go: Go) -> Step {
        Step { id: id.to_owned(), kind, go }
    }

    fn walk() -> Walk {
        let text = |text: &str| text.to_owned();
        let items = Items { list: text("find.lines"), label: text("{name}"), value: text("{url}") };
        let option = Choice { value: text("yes"), label: text("Yes"), when: vec![], go: None };
        let ways = vec![(text("done"), Go::Step(2)), (text(""), Go::End)];
        let flow = Flow {
            steps: vec![
                step("sure", Kind::Choose { text: text("Sure?"), options: vec![option], each: None }, Go::Step(1)),
                step(
                    "find",
                    Kind::Call {
                        text: text("…"),
                        url: text("/x"),
                        send: vec![text("sure")],
                        timeout_s: 1,
                        retries: 0,
                        ways,
                    },
                    Go::End,
                ),
                step("end", Kind::Say { text: text("There"), claim: Claim::Done, items: Some(items) }, Go::End),
            ],
            ..Flow::default()
        };
        let mut walk = Walk::new(flow, Words::new("agent", "no", "back"), vec![]);
        walk.step(In::Start);
        walk
    }

    #[test]
    fn what_can_be_done_is_always_shown_with_a_person_among_it() {
        let (first, mut walk) = shown(walk());
        assert_eq!(first, ["bot", "Sure?", "[Yes](flow:pick:0)", "[flow-person](flow:person)"]);
        walk.step(In::Picked(0));
        let (waiting, mut walk) = shown(walk);
        let expected = [
            "bot",
            "Sure?",
            "you",
            "Yes",
            "bot",
            "…",
            "bot",
            "flow-sent: Yes",
            "flow-wait",
            "[flow-person](flow:person)",
        ];
        assert_eq!(waiting, expected);
        let body = r#"{"result":"done","lines":[{"name":"Hat","url":"/hat"}]}"#;
        walk.step(In::Answered(1, 200, body.to_owned()));
        let (all, _) = shown(walk);
        let expected = [
            "bot",
            "flow-done",
            "There",
            "Hat",
            "flow-over",
            "[yes](flow:yes)",
            "[no](flow:no)",
            "[flow-again](flow:again)",
            "[flow-person](flow:person)",
        ];
        assert_eq!(all[all.len() - expected.len()..], expected);
    }

    #[test]
    fn a_question_in_between_is_answered_in_place_with_the_articles_to_open() {
        let mut walk = walk();
        walk.step(In::Typed("what does delivery cost".to_owned()));
        let articles = vec![(4, "Delivery".to_owned())];
        walk.step(In::Found(Some(Found {
            gist: "Five euros.".to_owned(),
            articles,
            flows: vec![("track".to_owned(), "Track".to_owned())],
        })));
        let (all, _) = shown(walk);
        for part in ["Five euros.", "[Delivery](flow:article:4)", "[Track](flow:begin:track)"] {
            assert!(all.iter().any(|one| one == part), "{part}: {all:?}");
        }
    }

    #[test]
    fn no_two_lines_are_the_same_node() {
        let mut walk = walk();
        for _ in 0..3 {
            walk.step(In::Typed("no".to_owned()));
        }
        let log = lines(&walk, &Keys);
        for (n, node) in log.iter().enumerate() {
            assert!(log.iter().skip(n + 1).all(|other| other.key() != node.key()));
        }
    }

    #[test]
    fn the_field_is_of_the_kind_that_is_asked_for() {
        for (step_name, input, private, expected) in [
            ("email", Input::Email, false, ["text", "email", "email"]),
            ("code", Input::Code, true, ["text", "numeric", "one-time-code"]),
            ("secret", Input::Text, true, ["password", "text", "off"]),
            ("street", Input::Text, false, ["text", "text", "street-address"]),
            ("zip", Input::Postcode, false, ["text", "text", "postal-code"]),
            ("call", Input::Phone, false, ["text", "tel", "tel"]),
        ] {
            let kind = Kind::Ask {
                text: "Which?".to_owned(),
                hint: String::new(),
                input,
                pattern: String::new(),
                fact: String::new(),
                private,
            };
            let flow = Flow { steps: vec![step(step_name, kind, Go::End)], ..Flow::default() };
            let mut walk = Walk::new(flow, Words::default(), vec![]);
            walk.step(In::Start);
            let attrs = field(&walk).unwrap().attrs;
            let of = |name: &str| attrs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
            assert_eq!([of("type"), of("inputmode"), of("autocomplete")], expected, "{step_name}");
            assert_eq!(of("aria-label"), "Which?");
        }
    }

    #[test]
    fn what_a_person_takes_over_stays_in_sight_with_what_is_passed_on_below_it() {
        let before = || Scene {
            lists: vec![(slot::INTRO, vec![node("p").text("intro")]), (slot::LOG, Vec::new())],
            ..Scene::default()
        };
        let mut guide = of(walk());
        assert!(guide.listens(false) && guide.listens(true));
        assert!(guided(before(), &guide, &Keys).list(slot::INTRO).is_empty());
        guide.handed = true;
        let scene = guided(before(), &guide, &Keys);
        let mut said = Vec::new();
        scene.list(slot::LOG).iter().for_each(|node| texts(node, &mut said));
        assert_eq!(said, ["bot", "Sure?", "intro"]);
        assert!(!guide.listens(false) && scene.list(slot::FIELD).is_empty() && scene.list(slot::NOTICES).is_empty());
    }

    #[test]
    fn a_flow_that_cannot_be_had_says_so_and_offers_a_person() {
        let guide = Guide { id: "find".to_owned(), missing: true, ..Guide::default() };
        let mut said = Vec::new();
        guided(Scene::default(), &guide, &Keys).list(slot::NOTICES).iter().for_each(|node| texts(node, &mut said));
        assert_eq!(said, ["flow-missing", "[retry](flow:begin:find)", "[flow-person](flow:person)"]);
    }
}
