//! What `check` finds, for people, programs and code hosts.

use serde_json::Value;

use super::figures;
use super::support::{TestStore, shop};

#[test]
fn a_look_through_the_articles_tells_what_to_mend() {
    let shop = shop()
        .file("help/en/pic.md", "---\ntitle: Picture\ncollection: returns\nreview: 2020-01-02\nrules:\n  - page: home\n    signal: [coupon-rejected, dwell]\n---\n\
                                 ![](/a.png) Is {{product.name}} here? See [there](#nowhere) and [gone](article:gone).\n")
        .file("help/en/refund2.md", "---\ntitle: Where is my refund\ncollection: returns\n---\nFive days after the parcel reaches us.\n")
        .file("help/de/send-back.md", "---\ntitle: Zurück?\nupdated: 2020-01-01\n---\nMelden Sie sie an.\n")
        .file("events.jsonl", "{\"name\": \"read\", \"article\": \"refund\"}\nnonsense\n");
    let run = shop.run(["check", "help", "--events", "events.jsonl"]).fails_with(1);
    let told = run.stdout();
    for line in [
        "help/en/pic.md:9:5: warning [missing-alt]: picture `/a.png`",
        "help/en/pic.md:9:18: warning [bare-variable]: `{{product.name}}` may be empty",
        "help/en/pic.md:9:51: warning [dead-anchor]: no heading is named `#nowhere`",
        "help/en/pic.md:9:72: error [dead-link]: link to article `gone`",
        "help/en/pic.md:4:1: warning [review-expired]: to be looked at again since 2020-01-02",
        "help/en/pic.md:6: warning [rule-impossible]: `coupon-rejected` never happens on home",
        "[duplicate]: `refund` asks the same question",
        "[never-read]: nobody saw it",
        "1 errors",
    ] {
        assert!(told.contains(line), "lacks {line:?}:\n{told}");
    }
    let clean =
        TestStore::new().article("help/en/refund.md", "Where is my refund?", "Five days after the parcel reaches us.");
    clean.run(["check", "help", "--fail-on", "note"]).success().stdout_has("0 errors, 0 warnings, 0 notes");
}

/// The parts of SARIF 2.1.0 that its schema demands and that code hosts read.
#[test]
fn findings_come_as_sarif() {
    let shop = shop().file("help/en/a pic.md", "# Picture\n![](/a.png)\n");
    let log: Value = serde_json::from_str(
        &shop.run(["check", "help", "--format", "sarif", "--fail-on", "never"]).success().stdout(),
    )
    .unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(run["tool"]["driver"]["name"], "helpnook");
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        for place in result["locations"].as_array().into_iter().flatten() {
            let place = &place["physicalLocation"];
            assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
            assert!(!place["artifactLocation"]["uri"].as_str().unwrap().contains(' '));
        }
    }
    assert!(results.iter().any(|one| one["ruleId"] == "missing-alt"
        && one["locations"][0]["physicalLocation"]["region"]
            == serde_json::json!({ "startLine": 2, "startColumn": 5 })
        && one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "help/en/a%20pic.md"));
}

#[test]
fn a_golden_file_holds_the_order_and_its_floor() {
    let shop = shop()
        .file(
            "good.jsonl",
            "{\"q\": \"where is my refund\", \"expect\": [[\"refund\", \"every word in the title\"]]}\n\
             {\"q\": \"retrun it\", \"rel\": [\"send-back\"], \"set\": \"typos\"}\n{\"q\": \"qqqq\", \"rel\": []}\n",
        )
        .file("bad.jsonl", "{\"q\": \"refund\", \"expect\": [[\"send-back\", \"wrong on purpose\"]]}\n")
        .file("gone.jsonl", "{\"q\": \"refund\", \"rel\": [\"nowhere\"]}\n");
    shop.run(["build", "help", "-o", "out"]).success();
    shop.run(["check", "-i", "out/en.hnx", "--golden", "good.jsonl", "--min-mrr", "1"])
        .success()
        .stdout_has("good: 1 queries, MRR@10 1.000, hit@1 1.000, hit@5 1.000, in order 1 of 1, AUROC 1.000")
        .stdout_has("typos: 1 queries");
    shop.run(["check", "-i", "out/en.hnx", "--golden", "bad.jsonl", "--min-hit1", "0.9"])
        .fails_with(1)
        .stderr_has("bad.jsonl:1: \"refund\": place 1: expected `send-back` (wrong on purpose), got `refund`")
        .stderr_has("bad: hit@1 0.000 is under the floor of 0.9");
    shop.run(["check", "-i", "out/en.hnx", "--golden", "gone.jsonl"])
        .fails_with(3)
        .stderr_has("gone.jsonl:1: the index has no article `nowhere`");
}

/// What brings each rule's finding, and where it is told. A rule without a case here is a rule nobody has seen.
#[test]
fn every_rule_has_its_finding_with_its_place() {
    let long = "Send it back within thirty days. ".repeat(80);
    let hard = "Notwithstanding preceding stipulations concerning reimbursement, consumers requesting cancellation acknowledge ".repeat(6);
    let said = "Put the boots into their box, print the label from your account, tape it over the old one and leave the parcel at any shop of the post before six";
    let article = |front: &str, body: &str| format!("---\ncollection: returns\n{front}---\n{body}\n");
    let mut store = TestStore::new()
        .file("help/en/_collections.yaml", "- id: returns\n  title: Returns\n- id: empty\n  title: Nothing\n")
        .file("help/en/broken.md", "---\ntitle: Broken\nnever closed\n")
        .file("help/en/odd.md", article("title: Odd field\nwrong: 1\n", "Yes."))
        .file("help/en/draft.md", article("title: Draft\ndraft: true\n", "Not yet."))
        .file("help/en/links.md", article("title: Links\n", "## Here\n\n[a](article:gone) [b](#nowhere) [c](article:pic#nothing) [d](#here) [e](article:links#here)"))
        .file("help/en/pic.md", article("title: Picture\n", "![](/a.png) {{product.name}}"))
        .file("help/en/rule.md", article("title: Rule\nrules:\n  - page: home\n    signal: [coupon-rejected, dwell]\n", "Yes."))
        .file("help/en/alone.md", "---\ntitle: Alone\n---\nNobody leads here.\n")
        .file("help/en/long.md", article("title: Long\n", &long))
        .file("help/en/hard.md", article("title: Hard\n", &hard))
        .file("help/en/review.md", article("title: Review\nreview: 2020-01-02\n", "Still true?"))
        .file("help/en/one.md", article("title: How do boots go back?\n", &format!("{said} on Monday.")))
        .file("help/en/two.md", article("title: Sending shoes home\n", &format!("{said} on Friday.")))
        .file("help/en/same.md", article("title: Odd field\n", "No."))
        .file("help/en/rival.md", article("title: Gift card balance\nphrasings: [sending shoes home]\n", "On the card's page."))
        .file("help/en/old.md", article("title: Old\nupdated: 2026-01-01\n", "New text."))
        .file("help/fr/old.md", "---\ntitle: Vieux\nupdated: 2020-01-01\n---\nVieux texte.\n")
        .file("events.jsonl", "{\"name\": \"read\", \"article\": \"one\"}\n");
    for n in 0..6 {
        let front = format!("title: Crowd {}\nrules:\n  - page: checkout\n", "abcdef".get(n..=n).unwrap());
        store = store.file(&format!("help/en/crowd{n}.md"), article(&front, "Yes."));
    }
    let site = Site::start();
    let store = store.file(
        "help/en/web.md",
        article("title: Web\n", &format!("[gone](/gone) [there](/there#part) [far]({}/gone)", site.base)),
    );
    let args = ["check", "help", "--events", "events.jsonl", "--format", "json", "--fail-on", "never", "--links"];
    let run = store.run_all(&args.into_iter().chain([site.base.as_str()]).collect::<Vec<_>>()).success();
    let told: Value = serde_json::from_str(&run.stdout()).unwrap();
    let found = |rule: &str, file: &str, line: u64, says: &str| {
        let is = |one: &&Value| {
            one["rule"] == rule && one["file"] == file && one["message"].as_str().unwrap().contains(says)
        };
        let one = told["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(is)
            .unwrap_or_else(|| panic!("no {rule} in {file} that says {says:?}: {told:#}"));
        assert_eq!(one["line"], line, "{one}");
        assert!(!one["cure"].as_str().unwrap().is_empty());
    };
    let cases = [
        ("content-error", "help/en/broken.md", 1, "does not end"),
        ("content-warning", "help/en/odd.md", 4, "unknown field `wrong`"),
        ("left-out", "help/en/draft.md", 0, "Draft"),
        ("dead-link", "help/en/links.md", 7, "`gone`"),
        ("dead-anchor", "help/en/links.md", 7, "`#nowhere`"),
        ("dead-anchor", "help/en/links.md", 7, "no heading of `pic` is named `#nothing`"),
        ("dead-page", "help/en/web.md", 5, "`/gone`: it answers 404"),
        ("missing-alt", "help/en/pic.md", 5, "/a.png"),
        ("bare-variable", "help/en/pic.md", 5, "{{product.name}}"),
        ("rule-impossible", "help/en/rule.md", 5, "`coupon-rejected` never happens on home"),
        ("rule-crowded", "help/en/crowd5.md", 5, "come before this one"),
        ("orphan", "help/en/alone.md", 1, "nothing leads here"),
        ("empty-collection", "help/en/_collections.yaml", 3, "`empty`"),
        ("missing-translation", "help/en/one.md", 1, "missing in `fr`"),
        ("stale-translation", "help/fr/old.md", 3, "of 2020-01-01"),
        ("duplicate", "help/en/same.md", 1, "asks the same question"),
        ("near-duplicate", "help/en/two.md", 1, "`one` say is the same"),
        ("rivals", "help/en/rival.md", 1, "`two` comes first"),
        ("too-long", "help/en/long.md", 1, "480 words"),
        ("hard-to-read", "help/en/hard.md", 1, "LIX"),
        ("review-expired", "help/en/review.md", 4, "since 2020-01-02"),
        ("never-read", "help/en/two.md", 1, "nobody saw it"),
    ];
    for (rule, file, line, says) in cases {
        found(rule, file, line, says);
    }
    let log: Value =
        serde_json::from_str(&store.run(["check", "help", "--format", "sarif", "--fail-on", "never"]).stdout())
            .unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(cases.iter().any(|case| rule["id"] == case.0), "{} has no case here", rule["id"]);
    }
    let web: Vec<&Value> =
        told["findings"].as_array().unwrap().iter().filter(|one| one["rule"] == "dead-page").collect();
    assert_eq!(web.len(), 2, "what is there is not told: {web:?}");
    fits_the_schema(&log);
}

#[test]
fn exit_codes_are_for_machines() {
    let store = TestStore::new().article("help/en/a.md", "Pictures", "![](/a.png)");
    store.run(["check", "help"]).success();
    store.run(["check", "help", "--fail-on", "warning"]).fails_with(1);
    store.run(["check", "help", "--fail-on", "note"]).fails_with(1);
    store.run(["check", "help", "--fail-on", "never"]).success();
    store.run(["check", "help", "--format", "xml"]).fails_with(2);
    store.run(["check", "nowhere"]).fails_with(3);
    store.run(["check", "help", "--links", "shop.example"]).fails_with(3).stderr_has("https://shop.example");
}

#[test]
fn records_of_a_table_are_told_by_their_line() {
    let store = TestStore::new().file(
        "help/en/faq.csv",
        "id,question,answer,review\none,One?,\"first\nsecond\",\ntwo,Two?,![](/a.png) see,2020-01-02\n",
    );
    let told = store.run(["check", "help"]).success().stdout();
    assert!(told.contains("help/en/faq.csv:4: warning [review-expired]"), "{told}");
}

/// Holds a log against the schema that OASIS publishes, as a package of Microsoft's brings it.
fn fits_the_schema(log: &Value) {
    let path = figures::target().join("tools/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("not tested: `cargo xtask test` fetches the schema of SARIF, which is absent");
        return;
    };
    // One pattern of the published schema, that of a language, has a bracket too many.
    let schema: Value = serde_json::from_str(&text.replace("{2}]?$", "{2}$")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut bent = log.clone();
    bent["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&bent), "a schema that refuses nothing");
}

/// A shop with one page.
struct Site {
    base: String,
}

impl Site {
    fn start() -> Self {
        use std::io::{BufRead as _, BufReader, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut line = String::new();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let _ = reader.read_line(&mut line);
                let mut header = String::from("x");
                while !header.trim().is_empty() {
                    header.clear();
                    let _ = reader.read_line(&mut header);
                }
                // A server that knows no HEAD, as some do.
                let status = match line.split_whitespace().collect::<Vec<_>>()[..] {
                    ["HEAD", ..] => "405 Method Not Allowed",
                    [_, "/there", ..] => "200 OK",
                    _ => "404 Not Found",
                };
                let _ = write!(&stream, "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            }
        });
        Self { base }
    }
}
