//! The conversation in a bad world: an inbox that dies, a network that loses, delays and repeats, a
//! page that is left and come back to. Nothing may be lost, doubled or put out of order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "chat/world.rs"]
mod world;

use helpnook::chat::core::{Core, Phase};
use helpnook::chat::io::{Call, In, Known, News, Out, Outcome, Timer};
use helpnook::chat::message::{Delivery, Enclosed, Reason, Waiting};
use helpnook::chat::protocol::{
    Attachment, Availability, Event, Events, Frame, Opened, Participant, Refusal, Stored, What,
};

fn fresh(n: u32) -> Known {
    Known { id: format!("{n:032x}"), token: format!("{n:064x}"), opening: Some("{}".to_owned()), seen: 0 }
}

fn write(core: &mut Core, id: &str, text: &str) -> Vec<Out> {
    let mut out = core.step(In::Write { id: id.to_owned(), text: text.to_owned(), at_ms: 1, fresh: fresh(1) }, 0);
    out.extend(core.step(In::Kept(id.to_owned()), 0));
    out
}

fn opened() -> Outcome {
    Outcome::Opened(Opened {
        cursor: 0,
        availability: Availability { online: true, reply_in_s: None, opens_at_ms: None, file_bytes: None },
    })
}

fn stored(cursor: u64) -> Outcome {
    Outcome::Stored(Stored { cursor, at_ms: 5 })
}

fn agent_says(cursor: u64, text: &str) -> Event {
    let what = What::said(&format!("a{cursor}"), Participant::Agent, "Ada", text);
    Event { cursor, at_ms: cursor, what }
}

fn calls(out: &[Out]) -> Vec<Call> {
    out.iter().filter_map(|one| if let Out::Call(call, ..) = one { Some(call.clone()) } else { None }).collect()
}

fn deliveries(core: &Core) -> Vec<(String, Delivery)> {
    core.messages().iter().map(|message| (message.text.clone(), message.delivery)).collect()
}

#[test]
fn a_message_is_kept_before_it_leaves_and_released_when_stored() {
    let mut core = Core::default();
    let out = core.step(In::Write { id: "m1".into(), text: "hello".into(), at_ms: 1, fresh: fresh(1) }, 0);
    let kept = Waiting { id: "m1".into(), seq: 1, text: "hello".into(), file: None, at_ms: 1, flow: Vec::new() };
    assert_eq!(out, [Out::Save(fresh(1)), Out::Tell(News::Began), Out::Keep(kept)]);
    assert_eq!(calls(&core.step(In::Kept("m1".into()), 0)), [Call::Open]);
    let out = core.step(In::Done(Call::Open, opened()), 0);
    assert_eq!(calls(&out), [Call::Put("m1".into())]);
    assert!(out.contains(&Out::Dial(1, 0)), "{out:?}");
    assert_eq!(deliveries(&core), [("hello".into(), Delivery::Sending)]);
    let out = core.step(In::Done(Call::Put("m1".into()), stored(1)), 0);
    assert_eq!(out, [Out::Release("m1".into()), Out::Tell(News::Sent)]);
    let seen = Event { cursor: 2, at_ms: 9, what: What::AgentSeen { upto: 1 } };
    core.step(In::SocketUp(1), 0);
    let own = What::said("m1", Participant::Shopper, "", "hello");
    core.step(In::Heard(1, Frame::Event { event: Event { cursor: 1, at_ms: 5, what: own } }), 0);
    core.step(In::Heard(1, Frame::Event { event: seen }), 0);
    assert_eq!(deliveries(&core), [("hello".into(), Delivery::Seen)]);
}

#[test]
fn refusals_are_shown_and_only_what_may_pass_is_tried_again() {
    let rate = Refusal { error: "rate-limited".into(), detail: String::new(), retry_after_s: Some(7) };
    for (outcome, expected, waits) in [
        (Outcome::Unreachable, Delivery::Queued, true),
        (Outcome::Refused(408, None), Delivery::Queued, true),
        (Outcome::Refused(425, None), Delivery::Queued, true),
        (Outcome::Refused(429, Some(rate)), Delivery::Queued, true),
        (Outcome::Refused(500, None), Delivery::Queued, true),
        (Outcome::Refused(503, None), Delivery::Queued, true),
        (Outcome::Refused(400, None), Delivery::Failed(Reason::Refused), false),
        (Outcome::Refused(401, None), Delivery::Failed(Reason::Gone), false),
        (Outcome::Refused(404, None), Delivery::Failed(Reason::Gone), false),
        (Outcome::Refused(413, None), Delivery::Failed(Reason::TooLong), false),
    ] {
        let mut core = Core::default();
        write(&mut core, "m1", "hello");
        core.step(In::Done(Call::Open, opened()), 0);
        let limited = matches!(outcome, Outcome::Refused(429, _));
        let out = core.step(In::Done(Call::Put("m1".into()), outcome.clone()), 0);
        assert_eq!(deliveries(&core), [("hello".into(), expected)], "{outcome:?}");
        assert_eq!(out.iter().any(|one| matches!(one, Out::Start(Timer::Send, _))), waits, "{outcome:?}");
        assert_eq!(core.limited(), limited);
        if limited {
            assert!(out.contains(&Out::Start(Timer::Send, 7_000)), "{out:?}");
        }
        assert!(!out.iter().any(|one| matches!(one, Out::Release(_))), "{outcome:?}: the outbox must keep it");
        if waits {
            assert_eq!(calls(&core.step(In::Fired(Timer::Send), 0)), [Call::Put("m1".into())]);
        }
    }
}

#[test]
fn a_gone_conversation_begins_anew_with_what_was_not_sent() {
    let mut core = Core::default();
    write(&mut core, "m1", "one");
    core.step(In::Done(Call::Open, opened()), 0);
    core.step(In::Done(Call::Put("m1".into()), stored(1)), 0);
    write(&mut core, "m2", "two");
    core.step(In::Done(Call::Put("m2".into()), Outcome::Refused(404, None)), 0);
    let out = core.step(In::Retry { id: "m2".into(), fresh: fresh(2) }, 0);
    assert!(out.contains(&Out::Save(fresh(2))) && out.contains(&Out::Hang), "{out:?}");
    assert_eq!(calls(&out), [Call::Open]);
    assert_eq!(deliveries(&core), [("two".into(), Delivery::Queued)]);
}

/// A conversation that the inbox has, with one message in it and one still to be sent.
fn talking() -> Core {
    let mut core = Core::default();
    write(&mut core, "m1", "hello");
    core.step(In::Done(Call::Open, opened()), 0);
    core.step(In::Done(Call::Put("m1".into()), stored(1)), 0);
    write(&mut core, "m2", "still here?");
    core
}

#[test]
fn a_rating_stands_unless_the_inbox_refuses_it() {
    let mut core = talking();
    let out = core.step(In::Rate(4, "quick".into()), 0);
    assert_eq!((out, core.rated()), (vec![Out::Call(Call::Rate(4), 0, "quick".into())], 4));
    let out = core.step(In::Done(Call::Rate(4), Outcome::Nothing), 0);
    assert_eq!((out, core.rated()), (vec![Out::Tell(News::Rated(4))], 4), "the page hears of it");
    let out = core.step(In::Done(Call::Rate(4), Outcome::Nothing), 0);
    assert!(out.is_empty(), "once, though a comment follows");
    let mut other = talking();
    other.step(In::Rate(4, String::new()), 0);
    let out = other.step(In::Done(Call::Rate(4), Outcome::Unreachable), 0);
    assert_eq!((out, other.rated()), (vec![Out::Tell(News::Failed(Reason::Refused))], 0));
    let event = Event { cursor: 2, at_ms: 9, what: What::Rated { stars: 5, comment: String::new() } };
    core.step(In::Done(Call::Events(1, 0), Outcome::Events(Events { events: vec![own(1), event], cursor: 2 })), 0);
    assert_eq!(core.rated(), 5, "as another tab said it");
    assert!(Core::default().step(In::Rate(4, String::new()), 0).is_empty(), "nothing to rate");
}

fn own(cursor: u64) -> Event {
    Event { cursor, at_ms: 5, what: What::said("m1", Participant::Shopper, "", "hello") }
}

#[test]
fn leaving_forgets_all_and_the_next_message_begins_another() {
    let mut core = talking();
    let out = core.step(In::Afresh, 0);
    assert_eq!(out, [Out::Release("m2".into()), Out::Hang, Out::Forget]);
    assert!(core.known().is_none() && core.messages().is_empty());
    // What the old one still answers means nothing any more.
    assert!(core.step(In::Done(Call::Put("m2".into()), stored(2)), 0).is_empty());
    assert!(core.step(In::Heard(1, Frame::Event { event: agent_says(1, "late") }), 0).is_empty());
    let out = core.step(In::Write { id: "m3".into(), text: "new".into(), at_ms: 1, fresh: fresh(2) }, 0);
    assert!(out.contains(&Out::Save(fresh(2))), "{out:?}");
}

#[test]
fn deleted_is_said_only_when_the_inbox_has_done_it() {
    for (outcome, gone) in [
        (Outcome::Nothing, true),
        (Outcome::Refused(404, None), true),
        (Outcome::Unreachable, false),
        (Outcome::Refused(503, None), false),
    ] {
        let mut core = talking();
        assert_eq!(calls(&core.step(In::Delete, 0)), [Call::Delete]);
        assert!(core.known().is_some(), "not before");
        let out = core.step(In::Done(Call::Delete, outcome), 0);
        assert_eq!(out.contains(&Out::Tell(News::Deleted)), gone, "{out:?}");
        assert_eq!(core.known().is_none(), gone);
        assert_eq!(out.contains(&Out::Tell(News::Failed(Reason::Refused))), !gone, "{out:?}");
    }
    let mut unsent = Core::default();
    write(&mut unsent, "m1", "hello");
    assert!(unsent.step(In::Delete, 0).contains(&Out::Forget), "the inbox knows nothing of it");
}

#[test]
fn a_gap_is_fetched_and_what_was_seen_is_dropped() {
    let mut core = Core::default();
    core.step(In::Restored { known: Some(Known { opening: None, ..fresh(1) }), waiting: vec![] }, 0);
    core.step(In::SocketUp(1), 0);
    core.step(In::Heard(1, Frame::Event { event: agent_says(1, "one") }), 0);
    let out = core.step(In::Heard(1, Frame::Event { event: agent_says(3, "three") }), 0);
    assert_eq!(calls(&out), [Call::Events(1, 0)]);
    let events = Events { events: vec![agent_says(1, "one"), agent_says(2, "two"), agent_says(3, "three")], cursor: 3 };
    core.step(In::Done(Call::Events(1, 0), Outcome::Events(events)), 0);
    assert_eq!(
        core.messages().iter().map(|message| message.text.as_str()).collect::<Vec<_>>(),
        ["one", "two", "three"]
    );
    assert_eq!(core.n_unread(), 3);
    let out = core.step(In::Looking(true), 0);
    assert_eq!(calls(&out), [Call::Seen(3)]);
    assert_eq!(core.n_unread(), 0);
}

#[test]
fn an_inbox_set_back_gets_what_it_lost() {
    let mut core = Core::default();
    write(&mut core, "m1", "one");
    core.step(In::Done(Call::Open, opened()), 0);
    core.step(In::Done(Call::Put("m1".into()), stored(1)), 0);
    core.step(In::SocketUp(1), 0);
    core.step(In::Heard(1, Frame::Event { event: agent_says(1, "hello") }), 0);
    core.step(In::Heard(1, Frame::Event { event: agent_says(2, "there") }), 0);
    let out = core.step(In::Wake, 0);
    assert_eq!(calls(&out), [Call::Events(2, 0)]);
    let out = core.step(In::Done(Call::Events(2, 0), Outcome::Events(Events { events: vec![], cursor: 0 })), 0);
    assert_eq!(calls(&out), [Call::Put("m1".into())]);
    assert_eq!(deliveries(&core), [("one".into(), Delivery::Sending)]);
}

#[test]
fn a_silent_socket_is_left_and_after_two_failures_the_stream_is_polled() {
    let mut core = Core::default();
    let out = core.step(In::Restored { known: Some(Known { opening: None, ..fresh(1) }), waiting: vec![] }, 0);
    assert_eq!(out, [Out::Dial(1, 0), Out::Start(Timer::Silence, 4_000)], "what swallows sockets never says so");
    core.step(In::SocketUp(1), 0);
    let out = core.step(In::Fired(Timer::Silence), 0);
    assert_eq!(out, [Out::Hang, Out::Start(Timer::Listen, 150)]);
    assert_eq!(core.step(In::Fired(Timer::Listen), 0), [Out::Dial(2, 0), Out::Start(Timer::Silence, 4_000)]);
    core.step(In::SocketDown(1), 0); // The old one's farewell changes nothing.
    core.step(In::SocketDown(2), 0);
    let out = core.step(In::Fired(Timer::Listen), 0);
    assert_eq!(calls(&out), [Call::Events(0, 1)]);
    // A return to the page tries the socket again at the next chance, and at once when nothing listens.
    core.step(In::Done(Call::Events(0, 1), Outcome::Unreachable), 0);
    assert_eq!(core.step(In::Wake, 0), [Out::Dial(3, 0), Out::Start(Timer::Silence, 4_000)]);
}

#[test]
fn a_socket_that_never_opens_is_left_for_polling() {
    let mut core = Core::default();
    core.step(In::Restored { known: Some(Known { opening: None, ..fresh(1) }), waiting: vec![] }, 0);
    for n in 1..=2 {
        let out = core.step(In::Fired(Timer::Silence), 0);
        assert_eq!(out[0], Out::Hang, "dial {n}");
        core.step(In::Fired(Timer::Listen), 0);
    }
    let out = core.step(In::Wake, 0);
    assert_eq!(calls(&out), [Call::Events(0, 2)], "who comes back need not wait for the poll to end");
    let news = Outcome::Events(Events { events: vec![agent_says(1, "hello")], cursor: 1 });
    let out = core.step(In::Done(Call::Events(0, 1), news), 0);
    assert_eq!(
        (calls(&out), core.messages().len()),
        (vec![], 1),
        "the one before brings news, and is not gone on with"
    );
    let out = core.step(In::Done(Call::Events(0, 2), Outcome::Events(Events { events: vec![], cursor: 1 })), 0);
    assert_eq!(calls(&out), [Call::Events(1, 3)]);
}

#[test]
fn a_socket_that_slept_must_prove_soon_that_it_lives() {
    let mut core = Core::default();
    core.step(In::Restored { known: Some(Known { opening: None, ..fresh(1) }), waiting: vec![] }, 0);
    core.step(In::SocketUp(1), 0);
    let out = core.step(In::Wake, 0);
    let beside = Out::Call(Call::Events(0, 0), 0, String::new());
    assert_eq!(out, [Out::Probe, Out::Start(Timer::Silence, 2_500), beside]);
    assert_eq!(core.step(In::Heard(1, Frame::Ping), 0), [Out::Start(Timer::Silence, 45_000)], "it lives");
    core.step(In::Wake, 0);
    assert_eq!(core.step(In::Fired(Timer::Silence), u32::MAX), [Out::Hang, Out::Start(Timer::Listen, 999)]);
    assert_eq!(core.step(In::Fired(Timer::Listen), 0)[0], Out::Dial(2, 0));
}

fn seam() -> Enclosed {
    Enclosed { id: "f1".into(), name: "seam.jpg".into(), kind: "image/jpeg".into(), bytes: 2_000_000 }
}

fn enclose(core: &mut Core, file: Enclosed) -> Vec<Out> {
    let mut out = core.step(In::Enclose { id: "m1".into(), file, at_ms: 1, fresh: fresh(1) }, 0);
    out.extend(core.step(In::Kept("m1".into()), 0));
    out
}

#[test]
fn a_file_goes_before_the_message_it_belongs_to_and_tells_how_far_it_came() {
    let mut core = Core::default();
    let out = enclose(&mut core, seam());
    let kept = Waiting { id: "m1".into(), seq: 1, text: String::new(), file: Some(seam()), at_ms: 1, flow: Vec::new() };
    assert!(out.contains(&Out::Keep(kept)), "the outbox has it first: {out:?}");
    let upload = Call::Upload { message: "m1".into(), file: "f1".into() };
    let out = core.step(In::Done(Call::Open, opened()), 0);
    assert!(out.contains(&Out::Call(upload.clone(), 1, "seam.jpg".into())), "{out:?}");
    core.step(In::Progress("m1".into(), 40), 0);
    assert_eq!((core.messages()[0].percent, core.messages()[0].delivery), (40, Delivery::Sending));
    // The line breaks: it waits, and begins anew.
    core.step(In::Done(upload.clone(), Outcome::Unreachable), 0);
    assert_eq!((core.messages()[0].percent, core.messages()[0].delivery), (0, Delivery::Queued));
    assert_eq!(calls(&core.step(In::Fired(Timer::Send), 0)), [upload.clone()].as_slice());
    let stored_file = Attachment { id: "f1".into(), name: "seam.jpg".into(), ..Attachment::default() };
    let out = core.step(In::Done(upload, Outcome::Attached(stored_file.clone())), 0);
    let put = Call::PutFile { message: "m1".into(), file: "f1".into() };
    assert_eq!(calls(&out), [put.clone()].as_slice());
    let out = core.step(In::Done(put, stored(1)), 0);
    assert_eq!(out, [Out::Release("m1".into()), Out::Tell(News::Sent)]);
    assert_eq!(core.messages()[0].attachments, [stored_file]);
}

#[test]
fn a_file_that_is_not_taken_is_refused_with_its_reason_at_once_or_by_the_inbox() {
    let takes = |file_bytes| Availability { online: true, file_bytes, ..Availability::default() };
    for (file, reason) in [
        (Enclosed { bytes: 2_000_001, ..seam() }, Reason::TooLarge),
        (Enclosed { kind: "text/html".into(), ..seam() }, Reason::WrongKind),
        (Enclosed { bytes: 0, ..seam() }, Reason::WrongKind),
    ] {
        let mut core = Core::default();
        core.step(In::Done(Call::Availability, Outcome::Availability(takes(Some(2_000_000)))), 0);
        let out = enclose(&mut core, file);
        assert!(out.contains(&Out::Tell(News::Failed(reason))) && calls(&out).is_empty(), "{out:?}");
        assert_eq!(core.messages()[0].delivery, Delivery::Failed(reason));
        let again = core.step(In::Retry { id: "m1".into(), fresh: fresh(2) }, 0);
        assert!(again.is_empty(), "the same would be refused again: {again:?}");
    }
    for (status, reason) in [(413, Reason::TooLarge), (415, Reason::WrongKind), (404, Reason::Gone)] {
        let mut core = Core::default();
        enclose(&mut core, seam());
        core.step(In::Done(Call::Open, opened()), 0);
        let upload = Call::Upload { message: "m1".into(), file: "f1".into() };
        core.step(In::Done(upload, Outcome::Refused(status, None)), 0);
        assert_eq!(core.messages()[0].delivery, Delivery::Failed(reason), "{status}");
        write(&mut core, "m2", "goes on");
        assert_eq!(core.messages()[1].delivery, Delivery::Sending, "what follows is not held up");
    }
}

#[test]
fn the_conversation_stands_in_one_of_seven_phases() {
    let mut core = Core::default();
    assert_eq!(core.phase(), Phase::Idle);
    write(&mut core, "m1", "hello");
    assert_eq!(core.phase(), Phase::Connecting);
    core.step(In::Done(Call::Open, opened()), 0);
    core.step(In::Done(Call::Put("m1".into()), stored(1)), 0);
    assert_eq!(core.phase(), Phase::Queued);
    core.step(In::SocketUp(1), 0);
    let events = vec![own(1), agent_says(2, "hello"), Event { cursor: 3, at_ms: 3, what: What::Closed }];
    for (event, phase) in events.into_iter().zip([Phase::Queued, Phase::Open, Phase::Ended]) {
        core.step(In::Heard(1, Frame::Event { event }), 0);
        assert_eq!(core.phase(), phase);
    }
    core.step(In::SocketDown(1), 0);
    core.step(In::Fired(Timer::Listen), 0);
    core.step(In::SocketDown(2), 0);
    assert_eq!(core.phase(), Phase::Lost);
    write(&mut core, "m2", "x".repeat(9_000).as_str());
    assert_eq!(core.phase(), Phase::Failed(Reason::TooLong));
}
