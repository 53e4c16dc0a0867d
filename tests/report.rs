//! The report: the same figures as somebody would count them by hand, whatever came in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/figures.rs"]
mod figures;

use std::io::Write as _;
use std::process::{Command, Output};

use helpnook::insight::event::Event;
use helpnook::insight::kpi::{self, Figure};
use helpnook::insight::tally::{Contact, Tally};
use helpnook::insight::texts::Texts;
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

const AT: u64 = 1_780_000_000_000;

/// What a shopper does, as somebody who looks over the shoulder notes it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    Search(bool),
    Read,
    Vote(bool),
    Flow(bool),
    /// Asks a person, so many minutes after reading if anything was read.
    Ask(u64),
    /// Hears from a person so many seconds after writing.
    Hear(u64),
    Rate(u64),
    Stars(u64),
    /// Is asked for a recommendation.
    Survey,
    /// Is shown suggestions, and reads one of them.
    Suggest,
    Follow,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        any::<bool>().prop_map(Act::Search),
        Just(Act::Read),
        any::<bool>().prop_map(Act::Vote),
        any::<bool>().prop_map(Act::Flow),
        (0..3000u64).prop_map(Act::Ask),
        (0..100_000u64).prop_map(Act::Hear),
        (0..=10u64).prop_map(Act::Rate),
        (1..=5u64).prop_map(Act::Stars),
        Just(Act::Survey),
        Just(Act::Suggest),
        Just(Act::Follow),
    ]
}

/// The events of a visit, as the browser tells them.
fn events(visit: &[Act], arm: &str) -> Vec<Event> {
    let mut after: Vec<String> = Vec::new();
    let mut out = Vec::new();
    let mut tell = |name: &str, facts: Value| {
        let mut event = json!({ "v": 1, "name": name, "at": AT, "lang": "en", "arm": arm, "after": after.clone() });
        event.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        out.push(Event::read(&event, AT).unwrap());
        if !after.iter().any(|known| known == name) {
            after.push(name.to_owned());
        }
    };
    tell("opened", json!({ "screen": "home" }));
    let mut has_read = false;
    for act in visit {
        match act {
            Act::Search(true) => tell("searched", json!({ "hits": 3 })),
            Act::Search(false) => tell("no-result", json!({ "question": "why" })),
            Act::Read => {
                has_read = true;
                tell("read", json!({ "article": "a" }));
            }
            Act::Vote(helped) => tell("voted", json!({ "article": "a", "helped": helped })),
            Act::Flow(done) => {
                tell("flow-step", json!({ "flow": "f", "state": "began" }));
                tell("flow-step", json!({ "flow": "f", "state": if *done { "done" } else { "left" } }));
            }
            Act::Ask(minutes) if has_read => {
                tell("handed-off", json!({ "channel": "inbox", "minutes_since_read": minutes }));
            }
            Act::Ask(_) => tell("handed-off", json!({ "channel": "email" })),
            Act::Hear(seconds) => tell("answered", json!({ "seconds": seconds })),
            Act::Rate(score) => tell("rated", json!({ "scale": "nps", "score": score })),
            Act::Stars(stars) => tell("rated", json!({ "scale": "csat", "score": stars })),
            Act::Survey => tell("surveyed", json!({ "scale": "nps" })),
            Act::Suggest => tell("suggested", json!({ "articles": ["a", "b"] })),
            Act::Follow => {
                has_read = true;
                tell("read", json!({ "article": "b", "from": "suggested" }));
            }
        }
    }
    out
}

fn share(tally: &Tally, id: &str) -> Option<(u64, u64)> {
    match value(tally, id) {
        Figure::Share(share) => Some((share.n_yes, share.n)),
        _ => None,
    }
}

fn value(tally: &Tally, id: &str) -> Figure {
    kpi::all(tally).into_iter().find(|one| one.id == id).unwrap().value
}

/// Median and nine of ten, by putting them in order and looking.
fn in_order(mut seconds: Vec<u64>) -> Figure {
    seconds.sort_unstable();
    let n = seconds.len();
    if n == 0 {
        return Figure::None;
    }
    let at = |tenths: usize| seconds[(tenths * (n - 1) + 5) / 10];
    Figure::Seconds(at(5), at(9), n as u64)
}

fn parts(n_yes: usize, n: usize) -> Option<(u64, u64)> {
    (n > 0).then_some((n_yes as u64, n as u64))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Counted out of events that name no visit, the figures are those of counting the visits themselves.
    #[test]
    fn figures_out_of_events_are_those_of_counting_visits(visits in prop::collection::vec(prop::collection::vec(act(), 0..12), 0..25), window_h in 1..50u64) {
        let mut tally = Tally { window_min: window_h * 60, ..Tally::default() };
        for visit in &visits {
            for event in events(visit, "") {
                tally.add(&event, 0);
            }
        }
        let with = |test: &dyn Fn(&[Act]) -> bool| visits.iter().filter(|visit| test(visit)).count();
        let all = |test: &dyn Fn(&Act) -> bool| visits.iter().flatten().filter(|act| test(act)).count();
        let asked = |visit: &[Act]| visit.iter().position(|act| matches!(act, Act::Ask(_)));
        let is_reading = |act: &Act| matches!(act, Act::Read | Act::Follow);
        let read = |visit: &[Act]| visit.iter().any(is_reading);
        // The first asking counts; it is after reading when an article was read before it, within the window.
        let failed = |visit: &[Act]| asked(visit).is_some_and(|at| {
            visit[..at].iter().any(is_reading) && matches!(visit[at], Act::Ask(minutes) if minutes <= window_h * 60)
        });
        let active = |visit: &[Act]| visit.iter().any(|act| matches!(act, Act::Search(_) | Act::Flow(_)) || is_reading(act));
        let (n_read, n_failed) = (with(&read), with(&failed));
        let n_asked = with(&|visit| asked(visit).is_some());
        prop_assert_eq!(share(&tally, "activation"), parts(with(&active), visits.len()));
        prop_assert_eq!(share(&tally, "self_service"), parts(n_read - n_failed, n_read));
        prop_assert_eq!(share(&tally, "deflection"), parts(n_read - n_failed, n_read - n_failed + n_asked));
        prop_assert_eq!(share(&tally, "escalation"), parts(n_asked, visits.len()));
        prop_assert_eq!(share(&tally, "zero_result"), parts(all(&|act| *act == Act::Search(false)), all(&|act| matches!(act, Act::Search(_)))));
        prop_assert_eq!(share(&tally, "votes"), parts(all(&|act| *act == Act::Vote(true)), all(&|act| matches!(act, Act::Vote(_)))));
        prop_assert_eq!(share(&tally, "flow_completion"), parts(all(&|act| *act == Act::Flow(true)), all(&|act| matches!(act, Act::Flow(_)))));
        prop_assert_eq!(share(&tally, "csat"), parts(all(&|act| matches!(act, Act::Stars(4..))), all(&|act| matches!(act, Act::Stars(_)))));
        // Suggestions taken cannot be more than all: what was read without them having been told counts as none more.
        let (shown, followed) = (all(&|act| *act == Act::Suggest), all(&|act| *act == Act::Follow));
        prop_assert_eq!(share(&tally, "suggestion_read"), parts(followed.min(shown), shown));
        let (asked_for, rated) = (all(&|act| *act == Act::Survey), all(&|act| matches!(act, Act::Rate(_))));
        prop_assert_eq!(share(&tally, "survey_answered"), parts(rated.min(asked_for), asked_for));
        let heard = visits.iter().flatten().filter_map(|act| match act { Act::Hear(seconds) => Some(*seconds), _ => None }).collect();
        prop_assert_eq!(value(&tally, "time_to_first_answer"), in_order(heard));
        // Contacts by channel, day by day: here all of one day.
        let mut channels = std::collections::BTreeMap::new();
        for visit in &visits {
            for (at, _) in visit.iter().enumerate().filter(|(_, act)| matches!(act, Act::Ask(_))) {
                let channel = if visit[..at].iter().any(is_reading) { "inbox" } else { "email" };
                *channels.entry(channel.to_owned()).or_insert(0u64) += 1;
            }
        }
        prop_assert_eq!(tally.days.get(&0).map(|day| day.channels.clone()).unwrap_or_default(), channels);
        let nps = value(&tally, "nps");
        let n = all(&|act| matches!(act, Act::Rate(_)));
        let naive = (all(&|act| matches!(act, Act::Rate(9..))) as f64 - all(&|act| matches!(act, Act::Rate(..=6))) as f64) * 100.0 / n.max(1) as f64;
        match nps {
            Figure::Promoters(score, counted, (low, high)) => {
                prop_assert!(counted == n as u64 && (score - naive).abs() < 1e-9);
                prop_assert!(low < high && low >= -100.0 && high <= 100.0);
            }
            _ => prop_assert_eq!(n, 0),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Conversations of the inbox give times and contacts as somebody would count them who reads them all.
    #[test]
    fn the_inbox_counts_for_itself(all in prop::collection::vec((0..40i64, prop::option::of(0..90_000u64), prop::option::of(0..900_000u64), prop::option::of(1..=5u8)), 0..40)) {
        let mut tally = Tally { window_min: 60, has_inbox: true, ..Tally::default() };
        for (day, answered, closed, stars) in &all {
            let opened_ms = AT + u64::try_from(*day).unwrap() * 86_400_000;
            let after = |seconds: &Option<u64>| seconds.map(|seconds| opened_ms + seconds * 1000);
            tally.add_contact(&Contact { opened_ms, answered_ms: after(answered), closed_ms: after(closed), stars: *stars }, *day);
        }
        // What the inbox knows itself is not counted a second time out of events.
        let visit = events(&[Act::Ask(1), Act::Stars(1), Act::Hear(7)], "");
        visit.iter().for_each(|event| tally.add(event, 0));
        prop_assert_eq!(value(&tally, "time_to_first_answer"), in_order(all.iter().filter_map(|one| one.1).collect()));
        prop_assert_eq!(value(&tally, "time_to_resolution"), in_order(all.iter().filter_map(|one| one.2).collect()));
        let stars: Vec<u8> = all.iter().filter_map(|one| one.3).collect();
        prop_assert_eq!(share(&tally, "csat"), parts(stars.iter().filter(|stars| **stars > 3).count(), stars.len()));
        for day in 0..40 {
            let n = all.iter().filter(|one| one.0 == day).count() as u64;
            let told = tally.days.get(&day).and_then(|day| day.channels.get("inbox")).copied().unwrap_or(0);
            prop_assert_eq!(told, n);
        }
    }
}

/// Two arms that are one give a gap that chance explains; the interval leaves out zero in about 1 of 20.
#[test]
fn a_test_of_equals_is_seldom_clear() {
    let mut state = 7_919u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 100
    };
    let kinds = ["a", "b"].map(|arm| [events(&[Act::Read], arm), events(&[Act::Read, Act::Ask(1)], arm)]);
    let mut clear = 0;
    for _ in 0..400 {
        let mut tally = Tally { window_min: 60, ..Tally::default() };
        for kinds in &kinds {
            for _ in 0..120 {
                kinds[usize::from(next() < 30)].iter().for_each(|event| tally.add(event, 0));
            }
        }
        let compared = kpi::compare(&tally.arms["a"], &tally.arms["b"]);
        clear += u32::from(compared.iter().find(|one| one.id == "self_service").unwrap().is_clear);
    }
    println!("{clear} of 400 tests of equals came out clear");
    assert!((6..=34).contains(&clear), "{clear} of 400 tests of equals came out clear");
}

/// The page in each language of the agents: nothing is left in another, and every definition is printed.
#[test]
fn the_report_is_told_in_five_languages() {
    let folder = TempDir::new().unwrap();
    let mut file = std::fs::File::create(folder.path().join("events.jsonl")).unwrap();
    for arm in ["a", "b"] {
        let acts = [
            Act::Search(true),
            Act::Search(false),
            Act::Suggest,
            Act::Follow,
            Act::Vote(true),
            Act::Ask(3),
            Act::Hear(60),
            Act::Survey,
            Act::Rate(9),
            Act::Stars(5),
            Act::Flow(true),
        ];
        events(&acts, arm).iter().for_each(|event| writeln!(file, "{}", event.json()).unwrap());
    }
    writeln!(file, "no event").unwrap();
    let english = Texts::of("en");
    for (lang, said) in [
        ("en", "Self-service"),
        ("fr", "Autonomie"),
        ("de", "Selbsthilfe"),
        ("pt", "Autoatendimento"),
        ("ro", "Autoservire"),
    ] {
        let done = report(&folder, &["--events", "events.jsonl", "--lang", lang]);
        let page = String::from_utf8(done.stdout).unwrap();
        assert!(page.contains(&format!("<html lang=\"{lang}\">")) && page.contains(said), "{lang}");
        assert!(
            !page.contains('{') || page.split("</style>").nth(1).is_some_and(|body| !body.contains('{')),
            "{lang}: a place was left open"
        );
        let own = Texts::of(lang);
        for one in kpi::all(&Tally::default()) {
            let key = format!("kpi-{}-means", one.id);
            let printed = own.fill(&key, &[("window", &own.window(24 * 60))]);
            assert!(page.contains(&printed), "{lang} lacks the definition of {}", one.id);
            assert!(lang == "en" || !page.contains(english.say(&key)), "{lang}: {key} is English");
        }
    }
}

fn report(folder: &TempDir, args: &[&str]) -> Output {
    Command::new(figures::program(env!("CARGO_BIN_EXE_helpnook")))
        .arg("report")
        .args(args)
        .current_dir(folder.path())
        .output()
        .unwrap()
}

#[test]
fn a_file_of_events_becomes_a_page_a_table_and_an_object() {
    let folder = TempDir::new().unwrap();
    let evil = "<script>alert(1)</script>";
    let mut file = std::fs::File::create(folder.path().join("events.jsonl")).unwrap();
    for (arm, visits) in [("a", 40), ("b", 60)] {
        for n in 0..visits {
            let acts = if arm == "b" || n % 4 == 0 { vec![Act::Read] } else { vec![Act::Read, Act::Ask(5)] };
            for event in events(&acts, arm) {
                writeln!(file, "{}", event.json()).unwrap();
            }
        }
    }
    let evil = json!({ "v": 1, "name": "no-result", "at": AT, "lang": "en", "question": evil });
    write!(file, "{evil}\nnot json\n{{\"v\": 9, \"name\": \"read\"}}\n\u{feff}{{}}\n").unwrap();
    drop(file);

    let done = report(&folder, &["--events", "events.jsonl", "-o", "report.html"]);
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{told}");
    assert!(told.contains("events.jsonl:232: left out: no JSON object") && told.contains("231 events in"), "{told}");
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)"), "what shoppers typed is text");
    for text in ["Self-service", "no person was asked within 24 hours", "held against", "clear", "2026-05-28"] {
        assert!(page.contains(text), "the page lacks {text}");
    }
    assert!(!page.contains("http://") && !page.contains("https://"), "the page needs nothing from elsewhere");

    let done = report(&folder, &["--events", "events.jsonl", "--format", "json", "--time-zone", "Asia/Tokyo"]);
    let object: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(object["kpis"]["self_service"]["value"]["n_yes"], 70);
    assert_eq!(object["refused"], json!({ "unreadable": 2, "other-version": 1 }));
    assert_eq!(object["days"][0]["day"], "2026-05-29", "a day of the shop, not of Greenwich");
    let test = &object["tests"][0]["figures"][1];
    assert_eq!((&test["kpi"], &test["clear"]), (&json!("self_service"), &json!(true)));
    let done = report(&folder, &["--events", "events.jsonl", "--format", "csv"]);
    assert!(String::from_utf8_lossy(&done.stdout).contains("activation,,1.000000,"));
}

#[test]
fn without_anything_it_says_so_and_a_missing_file_is_named() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("none.jsonl"), "").unwrap();
    let done = report(&folder, &["--events", "none.jsonl"]);
    assert!(String::from_utf8_lossy(&done.stdout).contains("Nothing was counted yet"));
    let done = report(&folder, &["--db", "missing.db"]);
    assert!(!done.status.success() && String::from_utf8_lossy(&done.stderr).contains("missing.db"));
    assert!(!folder.path().join("missing.db").exists(), "a report makes no database");
}

/// What is forged, from another version, from the future or endless is told with its line, and the rest counts.
#[test]
fn hostile_lines_are_told_by_their_number_and_the_rest_counts() {
    let folder = TempDir::new().unwrap();
    let good = json!({ "v": 1, "name": "read", "at": AT, "lang": "en", "article": "a" }).to_string();
    let with = |name: &str, value: Value| {
        let mut event: Value = serde_json::from_str(&good).unwrap();
        event[name] = value;
        event.to_string()
    };
    let (endless, forged) = ("x".repeat(3_000_000), with("name", json!("forged")));
    let (future, older) = (with("at", json!(4_780_000_000_000_u64)), with("v", json!(9)));
    let mut lines = [good.clone(), endless, forged, future, older, good.clone()].join("\n");
    lines.push_str(&"\nnoise".repeat(30));
    std::fs::write(folder.path().join("events.jsonl"), format!("{lines}\n{good}\n{}", "y".repeat(100_000))).unwrap();
    let done = report(&folder, &["--events", "events.jsonl", "--format", "json"]);
    let told = String::from_utf8_lossy(&done.stderr);
    for line in [
        "2: left out: longer than 64 KB",
        "3: left out: `forged` is no event",
        "4: left out: no moment between 2020 and now",
        "5: left out: of version 9",
        " 15 more are left out",
    ] {
        assert!(told.contains(&format!("events.jsonl:{line}")), "lacks {line:?}: {told}");
    }
    let counted: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(counted["events"], 3);
    assert_eq!(counted["refused"]["unreadable"], 30);
    assert_eq!(counted["refused"]["too-long"], 2);
}

/// Run by `cargo xtask large`, which prints time and memory.
#[test]
#[ignore = "takes a file of 200 MB"]
fn a_million_events_are_counted() {
    let folder = TempDir::new().unwrap();
    let mut file = std::io::BufWriter::new(std::fs::File::create(folder.path().join("events.jsonl")).unwrap());
    let acts = [Act::Search(true), Act::Read, Act::Vote(true), Act::Search(false), Act::Ask(30)];
    let (mut n, mut turn) = (0u64, 0usize);
    while n < 1_000_000 {
        turn += 1;
        let visit = &acts[..=turn % acts.len()];
        for mut event in
            events(visit, ["", "a", "b"][turn % 3]).into_iter().take(usize::try_from(1_000_000 - n).unwrap())
        {
            event.at_ms -= n * 7000;
            if event.name() == "no-result" {
                event.facts.insert("question".to_owned(), format!("why {}", turn % 9000).into());
            }
            writeln!(file, "{}", event.json()).unwrap();
            n += 1;
        }
    }
    drop(file);
    let start = std::time::Instant::now();
    let done = report(&folder, &["--events", "events.jsonl", "-o", "report.html"]);
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success() && told.contains("1000000 events"), "{told}");
    let memory_mb: u64 = told.split(", ").nth(1).and_then(|part| part.split(' ').next()?.parse().ok()).unwrap_or(0);
    figures::record(
        "report",
        &[("million_events_s", json!(start.elapsed().as_secs_f64())), ("million_events_peak_mb", json!(memory_mb))],
    );
}
