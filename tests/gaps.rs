//! Content gaps: what shoppers did not find becomes something to write, and the gain is told before it is published.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const AT: u64 = 1_780_000_000_000;

fn shop() -> TempDir {
    let folder = TempDir::new().unwrap();
    let article = |name: &str, title: &str, text: &str| {
        let path = folder.path().join("help/en").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("---\ntitle: {title}\n---\n{text}\n")).unwrap();
    };
    article("delivery.md", "How long does delivery take?", "Two days. We ship to Belgium, France and Iceland by post.");
    article("refund.md", "When do I get my refund?", "Five days after your parcel reached us.");
    let mut lines = String::new();
    let mut ask = |question: &str, times: u64| {
        for _ in 0..times {
            let event = json!({ "v": 1, "name": "no-result", "at": AT, "lang": "en-GB", "question": question });
            lines += &format!("{event}\n");
        }
    };
    ask("do you have a shop in paris", 5);
    ask("shop in paris opening", 2);
    ask("is there a paris shop", 1);
    ask("where is order TT-2026-0815 kim@mail.example", 3);
    ask("asked by one shopper alone", 1);
    std::fs::write(folder.path().join("events.jsonl"), lines).unwrap();
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> Output {
    let done = Command::new(env!("CARGO_BIN_EXE_helpnook")).args(args).current_dir(folder.path()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    done
}

#[test]
fn what_was_asked_again_and_again_becomes_a_draft_and_would_be_answered() {
    let folder = shop();
    let done = run(&folder, &["gaps", "help", "--events", "events.jsonl", "-o", "proposals", "--json"]);
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    let first = &told["gaps"][0];
    assert_eq!((&first["times"], &first["lang"]), (&json!(8), &json!("en")));
    assert_eq!(first["proposal"]["title"], "Do you have a shop in paris?");
    assert_eq!(first["questions"].as_array().unwrap().len(), 3);
    assert!(
        told["replay"]["answered_after"].as_u64() > told["replay"]["answered_before"].as_u64(),
        "{}",
        told["replay"]
    );
    let all = told.to_string();
    assert!(!all.contains("0815") && !all.contains("mail.example"), "{all}");
    assert!(!all.contains("one shopper alone"), "what one shopper asked is nobody else's business");

    let draft = std::fs::read_to_string(folder.path().join("proposals/en/do-you-have-a-shop-in-paris.md")).unwrap();
    assert!(draft.starts_with("---\ndraft: true\n") && draft.contains("(5 times)"), "{draft}");
    // A draft is published only when its author has taken the mark out.
    run(&folder, &["build", "help", "proposals", "-o", "out"]);
    let index = std::fs::read_to_string(folder.path().join("out/en.topics.json")).unwrap();
    assert!(!index.contains("paris"), "{index}");
}

#[test]
fn the_same_events_give_the_same_proposals() {
    let folder = shop();
    let args = ["gaps", "help", "--events", "events.jsonl"];
    assert_eq!(run(&folder, &args).stdout, run(&folder, &args).stdout);
}
