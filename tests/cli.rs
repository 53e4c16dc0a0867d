//! The program as authors use it, told as stories.

// What fails here is the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder of help and the program run in it.
struct TestStore {
    folder: TempDir,
}

struct Run {
    output: Output,
    folder: PathBuf,
}

impl TestStore {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn article(self, path: &str, title: &str, answer: &str) -> Self {
        self.file(path, format!("---\ntitle: {title}\n---\n{answer}\n"))
    }

    fn run<const N: usize>(&self, args: [&str; N]) -> Run {
        let output =
            Command::new(env!("CARGO_BIN_EXE_helpnook")).args(args).current_dir(self.folder.path()).output().unwrap();
        Run { output, folder: self.folder.path().to_owned() }
    }

    fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(path)).unwrap()
    }
}

impl Run {
    fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    fn stdout_has(self, text: &str) -> Self {
        assert!(self.stdout().contains(text), "stdout lacks {text:?}:\n{}", self.stdout());
        self
    }

    fn stderr_has(self, text: &str) -> Self {
        assert!(self.stderr().contains(text), "stderr lacks {text:?}:\n{}", self.stderr());
        self
    }

    fn success(self) -> Self {
        assert!(self.output.status.success(), "{}\n{}", self.stdout(), self.stderr());
        self
    }

    fn fails_with(self, code: i32) -> Self {
        assert_eq!(self.output.status.code(), Some(code), "{}\n{}", self.stdout(), self.stderr());
        self
    }

    fn wrote_nothing(self, path: &str) -> Self {
        let path = self.folder.join(path);
        let there: Vec<_> =
            fs::read_dir(&path).map(|all| all.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default();
        assert!(there.is_empty(), "{there:?}");
        self
    }
}

fn shop() -> TestStore {
    TestStore::new()
        .file("help/en/_collections.yaml", "- id: returns\n  title: Returns\n  icon: return\n")
        .file(
            "help/en/send-back.md",
            "---\ntitle: How do I send something back?\ncollection: returns\nphrasings:\n  - it does not fit\nrules:\n  - page: cart\n    \
             signal: coupon-rejected\n---\nRegister it under [Returns](/returns), then see [refunds](article:refund).\n",
        )
        .article("help/en/refund.md", "Where is my refund?", "Five days after the parcel reaches us.")
        .article("help/de/rueckgabe.md", "Wie gebe ich etwas zurück?", "Melden Sie die Rückgabe an.")
}

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
        .file("help/en/loose.md", "Text with <b>tags</b>, [a trap](javascript:x) and [a dead end](article:nowhere).\n")
        .run(["build", "help", "-o", "out"])
        .success()
        .stderr_has("help/en/loose.md:1: warning: raw HTML is dropped")
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
        "help/en/pic.md:1: warning [missing-alt]: picture `/a.png`",
        "help/en/pic.md:1: warning [bare-variable]: `{{product.name}}` may be empty",
        "help/en/pic.md:1: warning [dead-anchor]: no heading is named `#nowhere`",
        "error [dead-link]: link to article `gone`",
        "help/en/pic.md:1: warning [review-expired]: to be looked at again since 2020-01-02",
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
    let log: serde_json::Value = serde_json::from_str(
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
        && one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "help/en/a%20pic.md"));
}

#[test]
fn an_import_again_tells_what_changed_and_keeps_what_was_edited() {
    let export = |title: &str, third: &str| {
        format!(
            "{{\"articles\": [{{\"id\": 1, \"section_id\": 7, \"html_url\": \"u\", \"locale\": \"en-us\", \"title\": \"{title}\", \"body\": \"<p>Yes</p>\"}}, \
             {{\"id\": 2, \"section_id\": 7, \"html_url\": \"u\", \"locale\": \"en-us\", \"title\": \"Two\", \"body\": \"<p>Two</p>\", \"draft\": true}}{third}]}}"
        )
    };
    let third = ", {\"id\": 3, \"section_id\": 7, \"html_url\": \"u\", \"locale\": \"en-us\", \"title\": \"Three\", \"body\": \"<p>3</p>\"}";
    let shop = TestStore::new().file("z.json", export("One", third)).file("broken.json", "{\"articles\": [");
    let import = ["import", "z.json", "-o", "help", "--lang", "en-us=en"];
    shop.run(import).success().stdout_has("en: 2 articles").stdout_has("2 came").stdout_has("1 left out (1 draft)");
    shop.run(import).success().stdout_has("0 came, 0 changed, 2 unchanged");
    shop.run(["build", "help", "-o", "out"]).success().stdout_has("en.hnx: 2 articles");
    let shop = shop.file("z.json", export("One, anew", ""));
    shop.run(import)
        .success()
        .stdout_has("0 came, 1 changed, 0 unchanged, 0 kept, 1 gone")
        .stderr_has("help/en/3.md".trim_start_matches("help/"));
    let edited = String::from_utf8(shop.read("help/en/1.md")).unwrap().replace("Yes", "Yes, mostly");
    let shop = shop.file("help/en/1.md", edited).file("z.json", export("One, again", ""));
    shop.run(import).success().stdout_has("1 kept").stderr_has("edited here since the last import");
    assert!(String::from_utf8(shop.read("help/en/1.md")).unwrap().contains("mostly"));
    shop.run(["import", "z.json", "-o", "help", "--lang", "en-us=en", "--overwrite", "--prune"])
        .success()
        .stdout_has("1 changed");
    assert!(!String::from_utf8(shop.read("help/en/1.md")).unwrap().contains("mostly"));
    assert!(!shop.folder.path().join("help/en/3.md").exists(), "pruned");
    let run = shop.run(["import", "broken.json", "z.json", "-o", "other", "--json"]).fails_with(1);
    let report: serde_json::Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!((&report["articles"]["en-us"], &report["left_out"][0]["reason"]), (&1.into(), &"draft".into()));
    assert_eq!(report["problems"][0]["severity"], "error");
}

/// A help desk that asks to wait once, gives its list in two pages by cursor, and counts what it was asked.
fn help_desk(next_of_last: &'static str) -> (String, std::thread::JoinHandle<Vec<String>>) {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let own = base.clone();
    let served = std::thread::spawn(move || {
        let mut asked = Vec::new();
        let article = |id: u32| {
            format!(
                "{{\"id\":{id},\"section_id\":1,\"html_url\":\"u\",\"locale\":\"fr\",\"title\":\"T{id}\",\"body\":\"<p>x</p>\"}}"
            )
        };
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            reader.read_line(&mut line).unwrap();
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            let mut header = String::from("x");
            while header.trim() != "" {
                header.clear();
                reader.read_line(&mut header).unwrap();
            }
            asked.push(path.clone());
            let busy = asked.iter().filter(|one| **one == path).count() == 1
                && path.contains("articles")
                && !path.contains("after");
            let (status, body) = match path.as_str() {
                "/end" => ("200 OK", String::new()),
                _ if busy => ("429 Too Many Requests", String::new()),
                path if path.contains("after") => {
                    let next = if next_of_last.is_empty() { "null".to_owned() } else { format!("\"{next_of_last}\"") };
                    (
                        "200 OK",
                        format!(
                            "{{\"articles\":[{}],\"meta\":{{\"has_more\":{}}},\"links\":{{\"next\":{next}}}}}",
                            article(2),
                            !next_of_last.is_empty()
                        ),
                    )
                }
                path if path.contains("articles") => {
                    let next = format!("{own}/api/v2/help_center/fr/articles.json?page[after]=x");
                    (
                        "200 OK",
                        format!(
                            "{{\"articles\":[{}],\"meta\":{{\"has_more\":true}},\"links\":{{\"next\":\"{next}\"}}}}",
                            article(1)
                        ),
                    )
                }
                path if path.contains("sections") => (
                    "200 OK",
                    "{\"sections\":[{\"id\":1,\"category_id\":1,\"locale\":\"fr\",\"name\":\"Commandes\"}]}".to_owned(),
                ),
                _ => ("200 OK", "{\"categories\":[{\"id\":1,\"source_locale\":\"fr\",\"name\":\"Aide\"}]}".to_owned()),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body.as_bytes()).unwrap();
            if path == "/end" {
                return asked;
            }
        }
        asked
    });
    (base, served)
}

fn end(base: &str) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    stream.write_all(b"GET /end HTTP/1.1\r\n\r\n").unwrap();
    let _ = stream.read_to_end(&mut Vec::new());
}

#[test]
fn a_live_import_follows_the_cursor_and_waits_when_asked() {
    let (base, served) = help_desk("");
    let shop = TestStore::new();
    shop.run(["import", &format!("zendesk:{base}"), "--locale", "fr", "-o", "help"])
        .success()
        .stdout_has("fr: 2 articles")
        .stderr_has("it answers 429; trying again in 1 s");
    end(&base);
    let asked = served.join().unwrap();
    assert_eq!(asked.iter().filter(|path| path.contains("articles")).count(), 3, "{asked:?}");
    assert!(String::from_utf8(shop.read("help/fr/_collections.yaml")).unwrap().contains("Commandes"));
    // The key of the help desk goes to no other host.
    let (base, served) = help_desk("http://127.0.0.2:1/elsewhere");
    let address = format!("zendesk:{base}");
    shop.run(["import", &address, "--locale", "fr", "-o", "other"])
        .fails_with(3)
        .stderr_has("lies elsewhere")
        .wrote_nothing("other");
    end(&base);
    served.join().unwrap();
    shop.run(["import", "smart-tribune:http://127.0.0.1:1/v1", "-o", "other"])
        .fails_with(3)
        .stderr_has("SMART_TRIBUNE_API_KEY is not set");
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

#[test]
fn odd_content_makes_sense() {
    let long = "word ".repeat(200_000);
    let many: String = (0..100_000).map(|i| format!("w{i:x} ")).collect();
    TestStore::new()
        .file("en/long.md", format!("---\ntitle: Long\n---\n{long}\n"))
        .file("en/many.md", format!("---\ntitle: Many\n---\n{many}\n"))
        .file("en/mixed.md", "---\ntitle: \"שלום 返品 мир \u{202e}x\"\n---\n👍🏽 a b c\n")
        .run(["build", "en", "-o", "out"])
        .success()
        .stdout_has("en.hnx: 3 articles");
}
