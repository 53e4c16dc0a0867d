use super::trail::Kept;
use super::*;
use crate::flow::{Choice, Input, Items, Step, Test};
use proptest::prelude::*;

fn text(text: &str) -> String {
    text.to_owned()
}

fn step(id: &str, kind: Kind, go: Go) -> Step {
    Step { id: text(id), kind, go }
}

fn ask(id: &str, input: Input, private: bool, go: Go) -> Step {
    let kind = Kind::Ask { text: format!("{id}?"), hint: text(""), input, pattern: text(""), fact: text(id), private };
    step(id, kind, go)
}

fn say(id: &str, words: &str, claim: Claim) -> Step {
    step(id, Kind::Say { text: text(words), claim, items: None }, Go::End)
}

fn choice(value: &str, label: &str, go: Option<Go>) -> Choice {
    Choice { value: text(value), label: text(label), when: Vec::new(), go }
}

/// order → email → code (private) → call cancel: done, requested, refused, else → choose again or a person.
fn flow() -> Flow {
    let ways = vec![
        (text("done"), Go::Step(4)),
        (text("requested"), Go::Step(5)),
        (text("refused-late"), Go::Step(6)),
        (text(""), Go::Step(7)),
    ];
    let send = vec![text("order"), text("email"), text("code")];
    Flow {
        id: text("cancel"),
        title: text("Cancel"),
        steps: vec![
            ask("order", Input::OrderNumber, false, Go::Step(1)),
            ask("email", Input::Email, false, Go::Step(2)),
            ask("code", Input::Code, true, Go::Step(3)),
            step(
                "try",
                Kind::Call {
                    text: text("Asking about {order}"),
                    url: text("/x"),
                    send,
                    timeout_s: 8,
                    retries: 1,
                    ways,
                },
                Go::End,
            ),
            say("ok", "{order} is cancelled, {try.note}", Claim::Done),
            say("soon", "We were asked to cancel", Claim::Requested),
            say("late", "Too late", Claim::Refused),
            step(
                "next",
                Kind::Choose {
                    text: text("And now?"),
                    options: vec![
                        choice("again", "Try again", Some(Go::Step(3))),
                        choice("person", "A colleague", Some(Go::Person)),
                        Choice {
                            when: vec![Test { name: text("product"), not: false, value: text("") }],
                            ..choice("x", "Product page", None)
                        },
                    ],
                    each: None,
                },
                Go::End,
            ),
        ],
        ..Flow::default()
    }
}

fn words() -> Words {
    Words::new("agent | a person", "no | that's not it", "back")
}

fn begun() -> Walk {
    let mut walk = Walk::new(flow(), words(), vec![(text("order"), text("TT-9"))]);
    assert_eq!(walk.step(In::Start), []);
    walk
}

/// Up to the call.
fn asked() -> (Walk, Request) {
    let mut walk = begun();
    for typed in ["TT-1", "ada@example.com"] {
        assert_eq!(walk.step(In::Typed(text(typed))), []);
    }
    let out = walk.step(In::Typed(text("1234")));
    let [Out::Call(request)] = out.as_slice() else { panic!("{out:?}") };
    let request = request.clone();
    (walk, request)
}

fn last_said(walk: &Walk) -> (String, Claim) {
    let said = walk.lines().iter().rev().find_map(|line| match line {
        Line::Said { text, claim, .. } => Some((text.clone(), *claim)),
        _ => None,
    });
    said.unwrap_or_default()
}

#[test]
fn asks_one_thing_after_another_and_sends_exactly_what_it_shows() {
    let (walk, request) = asked();
    let of = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| (text(a), text(b))).collect::<Vec<_>>();
    assert_eq!(request.answers, of(&[("order", "TT-1"), ("email", "ada@example.com"), ("code", "1234")]));
    assert_eq!(
        (request.url.as_str(), request.step.as_str(), request.timeout_ms, request.pause_ms),
        ("/x", "try", 8000, 0)
    );
    assert!(walk.lines().contains(&Line::Sent(of(&[
        ("order", "TT-1"),
        ("email", "ada@example.com"),
        ("code", "••••")
    ]))));
    assert!(!format!("{:?}", walk.lines()).contains("1234"), "a private answer is shown nowhere");
    assert_eq!(walk.told(), of(&[("order?", "TT-1"), ("email?", "ada@example.com")]));
    assert_eq!(walk.prompt(), Prompt::Wait);
}

#[test]
fn says_what_the_shop_said_and_never_more() {
    for (status, body, said, claim, person) in [
        (200, r#"{"result":"done","note":"no charge"}"#, "TT-1 is cancelled, no charge", Claim::Done, false),
        (200, r#"{"result":"requested"}"#, "We were asked to cancel", Claim::Requested, false),
        (200, r#"{"result":"refused-late"}"#, "Too late", Claim::Refused, false),
        // All of these are no answer: nothing is claimed, and the next way is shown.
        (200, r#"{"result":"finished"}"#, "And now?", Claim::None, false),
        (200, r#"{"result":""}"#, "And now?", Claim::None, false),
        (200, r#"{"result":7}"#, "And now?", Claim::None, false),
        (200, "<html>login</html>", "And now?", Claim::None, false),
        (200, "", "And now?", Claim::None, false),
        (200, r#"{"result":"done""#, "And now?", Claim::None, false),
        (403, r#"{"result":"done"}"#, "And now?", Claim::None, false),
        (302, r#"{"result":"done"}"#, "And now?", Claim::None, false),
    ] {
        let (mut walk, request) = asked();
        let out = walk.step(In::Answered(request.n, status, text(body)));
        assert_eq!(last_said(&walk), (text(said), claim), "{status} {body}");
        assert_eq!(out.contains(&Out::Person), person);
    }
}

#[test]
fn a_text_that_claims_more_than_the_result_claims_nothing() {
    let mut lying = flow();
    if let Kind::Call { ways, .. } = &mut lying.steps[3].kind {
        ways[1].1 = Go::Step(4);
    }
    let mut walk = Walk::new(lying, words(), Vec::new());
    walk.step(In::Start);
    for typed in ["TT-1", "ada@example.com", "1234"] {
        walk.step(In::Typed(text(typed)));
    }
    walk.step(In::Answered(1, 200, text(r#"{"result":"requested"}"#)));
    assert_eq!(last_said(&walk).1, Claim::None);
}

#[test]
fn an_unanswered_call_is_sent_again_as_often_as_allowed_under_the_same_number() {
    for trouble in [In::Unanswered(1), In::Answered(1, 503, text("<html>")), In::Answered(1, 429, text(""))] {
        let (mut walk, first) = asked();
        let out = walk.step(trouble.clone());
        let [Out::Call(second)] = out.as_slice() else { panic!("{out:?}") };
        assert_eq!((second.n, second.attempt, &second.answers), (first.n, 1, &first.answers));
        assert!(second.pause_ms > 0);
        assert_eq!(walk.step(trouble), []);
        assert!(walk.lines().contains(&Line::Note(Note::NoAnswer)));
        assert_eq!(last_said(&walk), (text("And now?"), Claim::None));
        assert_eq!(walk.step(In::Answered(1, 200, text(r#"{"result":"done"}"#))), [], "a late answer changes nothing");
        assert_eq!(last_said(&walk), (text("And now?"), Claim::None));
    }
}

#[test]
fn tried_again_by_the_shopper_it_is_another_request() {
    let (mut walk, first) = asked();
    walk.step(In::Answered(1, 403, String::new()));
    let out = walk.step(In::Typed(text("try again")));
    let [Out::Call(second)] = out.as_slice() else { panic!("{out:?}") };
    assert_eq!((second.n, second.attempt), (first.n + 1, 0));
}

#[test]
fn a_question_in_between_is_answered_and_the_flow_goes_on() {
    let mut walk = begun();
    assert_eq!(
        walk.step(In::Typed(text("how long does delivery take"))),
        [Out::Search(text("how long does delivery take"))]
    );
    let found = Found { articles: vec![(3, text("Delivery"))], ..Found::default() };
    assert_eq!(walk.step(In::Found(Some(found.clone()))), []);
    assert_eq!(walk.lines()[walk.lines().len() - 2], Line::Found(found));
    assert_eq!(last_said(&walk).0, "order?");
    assert!(!walk.offers_person());
    walk.step(In::Typed(text("TT-1")));
    assert_eq!(last_said(&walk).0, "email?");
}

#[test]
fn after_two_misunderstandings_a_person_is_offered_and_after_a_right_answer_no_more() {
    let mut walk = begun();
    for (turn, offered) in [(1, false), (2, true), (3, true)] {
        assert_eq!(walk.step(In::Typed(text("hm hm"))), [Out::Search(text("hm hm"))]);
        walk.step(In::Found(None));
        assert_eq!(walk.offers_person(), offered, "turn {turn}");
    }
    assert_eq!(walk.lines().last(), Some(&Line::Note(Note::OfferPerson)));
    walk.step(In::Typed(text("TT-1")));
    assert!(!walk.offers_person());
}

#[test]
fn wishes_at_every_step() {
    for (typed, outs, missed) in [
        ("agent", vec![Out::Person], false),
        ("I want a person!", vec![Out::Person], false),
        ("no", vec![], true),
        ("That's not it.", vec![], true),
    ] {
        let mut walk = begun();
        assert_eq!(walk.step(In::Typed(text(typed))), outs, "{typed}");
        assert_eq!(walk.lines().last() == Some(&Line::Note(Note::NotUnderstood)), missed, "{typed}");
    }
}

#[test]
fn back_is_the_question_before_until_the_shop_was_asked() {
    let mut walk = begun();
    assert!(!walk.can_go_back());
    walk.step(In::Typed(text("TT-1")));
    walk.step(In::Typed(text("back")));
    assert_eq!((last_said(&walk).0.as_str(), walk.told().len(), walk.lines().len()), ("order?", 0, 1));
    walk.step(In::Typed(text("TT-2")));
    walk.step(In::Typed(text("a@b.example")));
    walk.step(In::Typed(text("1234")));
    assert!(!walk.can_go_back());
}

#[test]
fn facts_of_the_page_are_proposed_and_decide_what_is_offered() {
    assert!(matches!(begun().prompt(), Prompt::Write { known, .. } if known == "TT-9"));
    let (mut walk, _) = asked();
    walk.step(In::Answered(1, 403, String::new()));
    assert_eq!(walk.prompt(), Prompt::Choose(vec![text("Try again"), text("A colleague")]));
    assert_eq!(walk.step(In::Picked(1)), [Out::Person]);
    assert_eq!(walk.prompt(), Prompt::Over);
}

#[test]
fn before_the_answer_that_sets_off_a_request_it_says_what_goes_with_it() {
    let mut walk = begun();
    assert!(walk.about_to_send().is_empty(), "nothing is sent after this answer");
    walk.step(In::Typed(text("TT-1")));
    walk.step(In::Typed(text("ada@example.com")));
    assert_eq!((walk.question(), walk.about_to_send()), ("code?", vec![text("TT-1"), text("ada@example.com")]));
}

#[test]
fn whoever_takes_over_is_told_what_was_answered_and_what_the_shop_said() {
    let (mut walk, request) = asked();
    walk.step(In::Answered(request.n, 200, text(r#"{"result":"refused-late"}"#)));
    let of = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| (text(a), text(b))).collect::<Vec<_>>();
    assert_eq!(walk.told(), of(&[("order?", "TT-1"), ("email?", "ada@example.com"), ("Cancel", "Too late")]));
}

#[test]
fn what_was_mistyped_can_be_mended() {
    let mut walk = begun();
    walk.step(In::Typed(text("order one")));
    walk.step(In::Found(None));
    assert_eq!(walk.mistyped(), "order one");
    walk.step(In::Typed(text("TT-1")));
    assert_eq!(walk.mistyped(), "");
}

#[test]
fn the_shops_lists_are_chosen_from() {
    let items = Items { list: text("find.lines"), label: text("{name}"), value: text("{id}") };
    let ways = vec![(text("found"), Go::Step(1)), (String::new(), Go::End)];
    let call = Kind::Call { text: text("…"), url: text("/x"), send: vec![], timeout_s: 8, retries: 0, ways };
    let choose = Kind::Choose { text: text("Which?"), options: vec![], each: Some(items) };
    let flow = Flow { steps: vec![step("find", call, Go::End), step("item", choose, Go::End)], ..Flow::default() };
    let walk = |body: &str| {
        let mut walk = Walk::new(flow.clone(), words(), Vec::new());
        walk.step(In::Start);
        walk.step(In::Answered(1, 200, text(body)));
        walk
    };
    let mut two = walk(r#"{"result":"found","lines":[{"id":"a","name":"Hat"},{"id":"b","name":"Coat"}]}"#);
    assert_eq!(two.prompt(), Prompt::Choose(vec![text("Hat"), text("Coat")]));
    two.step(In::Typed(text("coat")));
    assert_eq!(two.told(), [(text("Which?"), text("Coat"))]);
    let none = walk(r#"{"result":"found","lines":[]}"#);
    assert!(none.offers_person() && none.prompt() == Prompt::Over);
}

#[test]
fn card_numbers_are_masked_before_anything_is_searched_or_shown() {
    let mut walk = begun();
    let out = walk.step(In::Typed(text("charge 4111 1111 1111 1111 twice?")));
    assert!(!format!("{out:?}{:?}", walk.lines()).contains("4111 1111 1111 1111"));
}

fn any_in() -> impl Strategy<Value = In> {
    prop_oneof![
        Just(In::Start),
        prop_oneof![
            Just("TT-1".to_owned()),
            Just("a@b.example".to_owned()),
            Just("1234".to_owned()),
            Just("no".to_owned()),
            Just("back".to_owned()),
            ".{0,12}"
        ]
        .prop_map(In::Typed),
        (0..4usize).prop_map(In::Picked),
        any::<bool>().prop_map(|any| In::Found(any.then(Found::default))),
        (
            0..5u32,
            prop_oneof![Just(200u16), Just(500), Just(404)],
            prop_oneof![
                Just(r#"{"result":"done"}"#.to_owned()),
                Just(r#"{"result":"requested"}"#.to_owned()),
                Just("x".to_owned())
            ]
        )
            .prop_map(|(n, status, body)| In::Answered(n, status, body)),
        (0..5u32).prop_map(In::Unanswered),
        Just(In::Back),
    ]
}

proptest! {
    /// Whatever happens in whatever order: what is claimed was said by the shop, private answers are
    /// never shown, and there is always a way on.
    #[test]
    fn whatever_happens(all in prop::collection::vec(any_in(), 0..40)) {
        let mut walk = Walk::new(flow(), words(), Vec::new());
        walk.step(In::Start);
        let (mut n_done, mut n_requested, mut waiting) = (0, 0, None);
        for one in all {
            if let In::Answered(n, 200, body) = &one && waiting == Some(*n) {
                n_done += usize::from(body.contains("done"));
                n_requested += usize::from(body.contains("requested"));
            }
            let out = walk.step(one);
            waiting = match out.iter().find_map(|out| if let Out::Call(request) = out { Some(request.n) } else { None }) {
                Some(n) => Some(n),
                None if walk.prompt() == Prompt::Wait => waiting,
                None => None,
            };
            prop_assert_eq!(waiting.is_some(), walk.prompt() == Prompt::Wait);
            if let Prompt::Choose(options) = walk.prompt() {
                prop_assert!(!options.is_empty());
            }
        }
        let kept = Kept { id: text("cancel"), trail: walk.trail().to_vec(), at_ms: 5, ..Kept::default() };
        prop_assert!(!kept.trail.iter().any(|mark| mark.contains("1234") && !mark.starts_with('t')));
        let kept = Kept::read(&kept.write(), 6).unwrap();
        prop_assert_eq!(&kept.trail, walk.trail());
        let mut again = Walk::new(flow(), words(), Vec::new());
        let wanted = again.again(&kept.trail, &|_| None);
        prop_assert_eq!(again.prompt() == Prompt::Wait, wanted.len() == 1);
        // A private answer without a reply is asked for once more; all else stands where it stood.
        let replied = kept.trail.iter().rposition(|mark| mark == "h").is_none_or(|at| kept.trail[at..].iter().any(|mark| mark.starts_with("a200") || mark.starts_with("a404")));
        if replied {
            prop_assert_eq!(again.prompt(), walk.prompt());
            prop_assert_eq!(again.told(), walk.told());
        }
        let claims = |wanted| walk.lines().iter().filter(|line| matches!(line, Line::Said { claim, .. } if *claim == wanted)).count();
        prop_assert!(claims(Claim::Done) <= n_done && claims(Claim::Requested) <= n_requested);
        prop_assert!(walk.told().iter().all(|(question, _)| question != "code?"));
    }
}

/// The walk that a page loaded anew goes on with.
fn anew(walk: &Walk) -> (Walk, Vec<Out>) {
    let mut again = Walk::new(flow(), words(), Vec::new());
    let wanted = again.again(walk.trail(), &|_| None);
    (again, wanted)
}

#[test]
fn a_page_loaded_anew_goes_on_where_the_flow_was_and_asks_only_for_what_was_kept_nowhere() {
    let mut walk = begun();
    walk.step(In::Typed(text("TT-1")));
    walk.step(In::Typed(text("ada@example.com")));
    let (again, wanted) = anew(&walk);
    assert_eq!((again.question(), wanted.len(), again.lines()), ("code?", 0, walk.lines()));
    // The code leaves no trace; a request that needs it waits until it is given again.
    let out = walk.step(In::Typed(text("1234")));
    assert!(matches!(out.as_slice(), [Out::Call(_)]) && !walk.trail().concat().contains("1234"));
    let (mut again, wanted) = anew(&walk);
    assert_eq!((again.question(), wanted), ("code?", Vec::new()));
    assert_eq!(again.step(In::Typed(text("1234"))), out, "the very same request");
    // Once the shop has answered it is of no use any more.
    walk.step(In::Answered(1, 200, text(r#"{"result":"lost"}"#)));
    let (mut again, wanted) = anew(&walk);
    assert_eq!((again.lines(), wanted.len(), again.question()), (walk.lines(), 0, "And now?"));
    // To try again it would be: so it is asked for.
    assert_eq!(again.step(In::Picked(0)), []);
    assert_eq!(again.question(), "code?");
}

#[test]
fn a_request_without_an_answer_is_asked_again_whatever_was_tried_meanwhile() {
    let mut walk = begun();
    walk.step(In::Typed(text("TT-1")));
    walk.step(In::Typed(text("ada@example.com")));
    let out = walk.step(In::Typed(text("1234")));
    let more = walk.step(In::Answered(1, 500, text("x")));
    assert!(matches!(more.as_slice(), [Out::Call(_)]), "a server in trouble is asked again");
    walk.step(In::Back);
    walk.step(In::Typed(text("hello?")));
    // The code was kept nowhere, and trouble is no reply: without it nothing is asked.
    let (mut again, wanted) = anew(&walk);
    assert_eq!((again.question(), wanted), ("code?", Vec::new()));
    assert_eq!(again.step(In::Typed(text("1234"))), out, "the very same request");
    // Once the shop knew the code, the next request needs none.
    walk.step(In::Answered(1, 200, text(r#"{"result":"done"}"#)));
    assert_eq!(anew(&walk).0.prompt(), walk.prompt());
}

#[test]
fn what_is_kept_of_flows_ends_with_the_afternoon() {
    let kept = Kept { id: text("cancel"), at_ms: 1_005, told: vec![(text("a?"), text("b"))], ..Kept::default() };
    let written = kept.write();
    assert_eq!(Kept::read(&written, 1_005 + 7_000_000), Some(kept));
    assert_eq!(Kept::read(&written, 1_005 + 7_200_000), None);
    assert_eq!(Kept::default().write(), "", "nothing is kept of nothing");
    let long = Kept { id: text("x"), trail: vec!["t".repeat(40_000)], ..Kept::default() };
    assert_eq!(long.write(), "");
    for damaged in ["", "{}", &written[..9], &written.replace('5', "x")] {
        assert_eq!(Kept::read(damaged, 0), None, "{damaged:?}");
    }
}
