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
