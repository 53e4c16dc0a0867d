//! The program as authors use it, told as stories.

// What fails here is the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/figures.rs"]
mod figures;
#[path = "cli/support.rs"]
mod support;

#[path = "cli/check.rs"]
mod check;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/large.rs"]
mod large;
#[path = "cli/live.rs"]
mod live;
#[path = "cli/odd.rs"]
mod odd;

use support::shop;

#[test]
fn a_shop_builds_its_help_and_asks_it() {
    let shop = shop();
    shop.run(["build", "help", "-o", "out"])
        .success()
        .stdout_has("en.hnx: 2 articles")
        .stdout_has("de.hnx: 1 article,")
        .stdout_has("bytes per article")
        .stdout_has("dictionary");
    let listing: serde_json::Value = serde_json::from_slice(&shop.read("out/index.json")).unwrap();
    assert_eq!(listing["en"]["articles"], 2);
    assert_eq!(listing["en"]["wake"][0], "coupon-rejected");
    assert_eq!(listing["en"]["bytes"], shop.read("out/en.hnx").len());
    assert!(listing["en"]["sha384"].as_str().unwrap().starts_with("sha384-"));
    let topics: serde_json::Value = serde_json::from_slice(&shop.read("out/en.topics.json")).unwrap();
    assert_eq!(topics["collections"][0]["title"], "Returns");
    assert_eq!(topics["collections"][0]["articles"][0]["blocks"][0]["p"][1]["a"], "/returns");

    shop.run(["search", "--index", "out/en.hnx", "retrun", "policy"]).success().stdout_has("send-back");
    shop.run(["search", "--index", "out/de.hnx", "rueckgabe"]).success().stdout_has("Melden Sie die *Rückgabe* an");
    let shop = shop.file("q.jsonl", "{\"q\": \"get my money back\"}\n\n{\"q\": \"xyzzy\"}\n");
    let lines = shop
        .run(["search", "--index", "out/en.hnx", "--queries", "q.jsonl", "--limit", "1", "--json"])
        .success()
        .stdout();
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["q"], "get my money back");
    assert_eq!(lines[0]["hits"][0]["id"], "refund");
    assert!(lines[0]["answerable"].as_f64().unwrap() > lines[1]["answerable"].as_f64().unwrap());
    assert_eq!(lines[1]["hits"].as_array().unwrap().len(), 0);
}

#[test]
fn the_same_help_gives_the_same_bytes() {
    let (one, two) = (shop(), shop());
    one.run(["build", "help", "-o", "out"]).success();
    two.run(["build", "help/de", "help/en", "-o", "out"]).success();
    for file in ["en.hnx", "de.hnx", "index.json", "en.topics.json"] {
        assert_eq!(one.read(&format!("out/{file}")), two.read(&format!("out/{file}")), "{file}");
    }
}

#[test]
fn every_problem_is_told_and_nothing_is_written() {
    shop()
        .file("help/en/broken.md", "---\ntitle: a: b\n---\nText.\n")
        .file("help/en/rule.md", "---\ntitle: Rule\nrules:\n  - page: basket\n---\nText.\n")
        .file("help/en/latin.md", b"---\ntitle: Latin\n---\nCaf\xe9\n")
        .file(
            "more.jsonl",
            "{\"id\": \"refund\", \"question\": \"Again?\", \"answer\": \"Yes.\"}\nnonsense\n{\"id\": \"x\"}\n",
        )
        .run(["build", "help", "more.jsonl", "-o", "out"])
        .fails_with(1)
        .stderr_has("help/en/broken.md:2: error: YAML cannot be read")
        .stderr_has("help/en/rule.md:4: error: no page is named `basket`: use one of")
        .stderr_has("help/en/latin.md:4: error: not UTF-8: save the file as UTF-8")
        .stderr_has("more.jsonl:1: error: id `refund` is already taken by help/en/refund.md")
        .stderr_has("more.jsonl:2: error: JSON cannot be read")
        .stderr_has("more.jsonl:3: error: `answer` is missing or empty")
        .stderr_has("nothing was written")
        .wrote_nothing("out");
}

#[test]
fn a_failed_build_leaves_the_old_index() {
    let shop = shop();
    shop.run(["build", "help", "-o", "out"]).success();
    let before = shop.read("out/en.hnx");
    let shop = shop.file("help/en/empty.md", "---\ntitle: Empty\n---\n");
    shop.run(["build", "help", "-o", "out"]).fails_with(1).stderr_has("help/en/empty.md:4: error: the answer is empty");
    assert_eq!(shop.read("out/en.hnx"), before);
}

#[test]
fn warnings_do_not_stop_a_build() {
    shop()
        .file(
            "help/en/loose.md",
            "Text with <blink>tags</blink>, [a trap](javascript:x) and [a dead end](article:nowhere).\n",
        )
        .run(["build", "help", "-o", "out"])
        .success()
        .stderr_has("help/en/loose.md:1: warning: raw HTML: `<blink>` is dropped")
        .stderr_has("help/en/loose.md:1: warning: unsafe link `javascript:x` is dropped")
        .stderr_has("link to article `nowhere`, which does not exist")
        .stdout_has("en.hnx: 3 articles");
}

#[test]
fn wrong_files_are_named() {
    let shop = shop().file("page.hnx", "<!doctype html>").file("bad.jsonl", "{\"x\": 1}\n");
    shop.run(["search", "-i", "page.hnx", "x"])
        .fails_with(3)
        .stderr_has("page.hnx: not a help index: check the address");
    shop.run(["search", "-i", "none.hnx", "x"]).fails_with(3).stderr_has("none.hnx: ");
    shop.run(["build", "nowhere", "-o", "out"]).fails_with(3).stderr_has("nowhere: ");
    shop.run(["build", "page.hnx", "-o", "out"]).fails_with(3).stderr_has("no article found");
    shop.run(["build", "help", "-o", "out"]).success();
    shop.run(["search", "-i", "out/en.hnx", "--queries", "bad.jsonl"])
        .fails_with(3)
        .stderr_has("bad.jsonl:1: no query");
    shop.run(["build"]).fails_with(2);
}

/// No byte of an answer for agents is in anything that shoppers can fetch.
#[test]
fn what_is_for_agents_only_is_in_no_public_file() {
    let shop = shop().file(
        "help/en/secret.md",
        "---\ntitle: Zebra discount\ninternal: true\ntags: [quagga]\n---\nGive okapi twenty percent.\n",
    );
    shop.run(["build", "help", "-o", "out"]).success().stdout_has("en.hnx: 2 articles");
    for file in ["en.hnx", "en.topics.json", "index.json"] {
        let bytes = String::from_utf8_lossy(&shop.read(&format!("out/{file}"))).to_lowercase();
        for word in ["zebra", "quagga", "okapi", "secret"] {
            assert!(!bytes.contains(word), "{file} holds {word}");
        }
    }
}
