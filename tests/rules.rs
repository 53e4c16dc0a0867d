//! Rules as an author writes them: what fires, what is told of mistakes, what the loader is to wake for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A folder of content and the program run on it.
struct TestStore {
    folder: tempfile::TempDir,
}

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl TestStore {
    fn new() -> Self {
        let store = Self { folder: tempfile::tempdir().unwrap() };
        let page = "<!doctype html><html lang=en><title>Shop</title><body><h1>Hello</h1></body></html>";
        std::fs::write(store.folder.path().join("page.html"), page).unwrap();
        store
            .file("en/size-guide.md", "---\ntitle: Which size fits me?\n---\nMeasure your foot.\n")
            .file("en/promo-code.md", "---\ntitle: My discount code does not work\n---\nIt may have expired.\n")
            .file("de/size-guide.md", "---\ntitle: Welche Größe passt mir?\n---\nMessen Sie den Fuß.\n")
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join("content").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn run(&self, args: &[&str]) -> Ran {
        let done = Command::new(env!("CARGO_BIN_EXE_helpnook")).current_dir(self.folder.path()).args(args).output();
        let done = done.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\\', "/");
        Ran { code: done.status.code(), out: text(&done.stdout), err: text(&done.stderr) }
    }

    fn build(&self) -> Ran {
        self.run(&["build", "content", "-o", "out"])
    }

    /// What the widget would do on a page.
    fn explain(&self, url: &str, more: &[&str]) -> Value {
        let built = self.build();
        assert_eq!(built.code, Some(0), "{}", built.err);
        let mut args = vec!["explain", "--page", "page.html", "--index", "out/en.hnx", "--json", "--url", url];
        args.extend(more);
        let ran = self.run(&args);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        serde_json::from_str(&ran.out).unwrap()
    }
}

/// Why the first rule fired or did not.
fn why(said: &Value) -> (bool, &str) {
    let rule = &said["rules"][0];
    (rule["fired"].as_bool().unwrap(), rule["why"].as_str().unwrap())
}

fn wake(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("out/index.json")).unwrap()
}

#[test]
fn each_condition_is_waited_for_and_named_when_it_lacks() {
    let cases: &[(&str, &[&str], &[&str], &str)] = &[
        ("signal: coupon-rejected", &["--signal", "coupon-rejected"], &[], "waits for its signal"),
        ("device: phone", &["--with", "device=phone"], &["--with", "device=desktop"], "device is not phone"),
        ("dwell: 60", &["--with", "dwell=61"], &["--with", "dwell=30"], "dwell is not within 60-"),
        ("visits: 2-5", &["--with", "visits=3"], &["--with", "visits=6"], "visits is not within 2-5"),
        (
            "customer: [new, returning]",
            &["--with", "customer-state=new"],
            &["--with", "customer-state=signed-in"],
            "customer-state is not new or returning",
        ),
        (
            "time: mon-fri 9:00-17:30",
            &["--with", "time=wed 17:29"],
            &["--with", "time=sat 12:00"],
            "time is not within",
        ),
        ("audience: a", &["--with", "arm=a"], &["--with", "arm=b"], "the audience is not a"),
        ("language: [de, en]", &[], &[], ""),
        ("language: de", &[], &[], "the language is not de"),
        (
            "before: [product, cart]",
            &["--with", "path=/products/a", "--with", "path=/cart"],
            &["--with", "path=/cart", "--with", "path=/products/a"],
            "the pages before were not product or cart",
        ),
        (
            "fact: { customer-orders: 1- }",
            &["--with", "customer-orders=2"],
            &["--with", "customer-orders=0"],
            "customer-orders is not within 1-",
        ),
        ("unless: { device: phone }", &["--with", "device=desktop"], &["--with", "device=phone"], "device is phone"),
        ("query: utm_source=mail", &[], &[], "the address does not contain ?utm_source=mail"),
    ];
    for (condition, met, unmet, lacks) in cases {
        let store = TestStore::new().file("rules.yaml", &format!("- suggest: size-guide\n  {condition}\n"));
        let here = "https://shop.example/sale";
        if !met.is_empty() || lacks.is_empty() {
            let said = store.explain(here, met);
            assert!(why(&said).0, "{condition} with {met:?}: {}", why(&said).1);
            assert_eq!(said["suggestions"][0]["id"], "size-guide", "{condition}");
        }
        if !lacks.is_empty() {
            let said = store.explain(here, unmet);
            let (fired, why) = why(&said);
            assert!(!fired && why.contains(lacks), "{condition} with {unmet:?}: {why}");
        }
    }
    let store = TestStore::new().file("rules.yaml", "- suggest: size-guide\n  query: utm_source=mail\n");
    assert!(why(&store.explain("https://shop.example/sale?a=1&utm_source=mail", &[])).0);
}

#[test]
fn a_signal_is_counted() {
    let rules = "- suggest: promo-code\n  signal: coupon-rejected\n  count: 2\n  say: { en: Twice refused? }\n  offer: person\n";
    let store = TestStore::new().file("rules.yaml", rules);
    let once = store.explain("https://shop.example/cart", &["--signal", "coupon-rejected"]);
    assert_eq!(why(&once).1, "the count of coupon-rejected is not within 2-");
    assert_eq!(once["say"], "");
    let twice =
        store.explain("https://shop.example/cart", &["--signal", "coupon-rejected", "--signal", "coupon-rejected"]);
    assert_eq!((twice["say"].as_str(), twice["offer"].as_str()), (Some("Twice refused?"), Some("person")));
}

#[test]
fn mistakes_are_told_with_file_line_and_cure() {
    for (rules, told) in [
        ("- suggest: size-guide\n  page: basket\n", "rules.yaml:2: error: no page is named `basket`"),
        ("- suggest: size-guide\n  weather: rain\n", "rules.yaml:2: error: a rule has no field `weather`"),
        ("- suggest: size-guide\n  fact: { colour: red }\n", "rules.yaml:2: error: no fact is named `colour`"),
        ("- suggest: size-guide\n  visits: 5-2\n", "rules.yaml:2: error: `visits: 5-2` can never be"),
        ("- suggest: size-guide\n  time: monday at nine\n", "rules.yaml:2: error: `monday at nine` is no time"),
        ("- suggest: no-such\n  page: cart\n", "rules.yaml:1: error: no article has the id `no-such`"),
        ("- page: cart\n", "rules.yaml:1: error: a rule that does nothing"),
        (
            "- suggest: size-guide\n  page: cart\n  signal: no-results\n",
            "rules.yaml:1: error: this rule can never fire: no-results does not happen on cart",
        ),
        (
            "- suggest: size-guide\n  page: cart\n  stock: out\n",
            "rules.yaml:1: error: this rule can never fire: only a product page has one product",
        ),
        (
            "- suggest: size-guide\n  device: phone\n  unless: { device: phone }\n",
            "rules.yaml:1: error: this rule can never fire: `device` would have to be two things at once",
        ),
        (
            "- suggest: size-guide\n  stock: in\n  fact: { stock: out }\n",
            "rules.yaml:1: error: this rule can never fire: `stock` would have to be two things at once",
        ),
        (
            "- suggest: size-guide\n  offer: cake\n  signal: dwell\n  say: Hm?\n",
            "rules.yaml:2: error: `cake` cannot be offered",
        ),
        (
            "- suggest: size-guide\n  offer: flow:nowhere\n  signal: dwell\n  say: Hm?\n",
            "rules.yaml:1: error: no flow of `de` is named `nowhere`",
        ),
        ("- suggest: size-guide\n  count: 2\n", "rules.yaml:2: error: `count` needs one signal"),
    ] {
        let ran = TestStore::new().file("rules.yaml", rules).build();
        assert!(ran.err.contains(told) && ran.code != Some(0), "{rules}\n{}", ran.err);
    }
    for (rules, told) in [
        ("- suggest: promo-code\n  page: cart\n", "rules.yaml:1: warning: article `promo-code` is missing in de"),
        ("- suggest: size-guide\n  page: cart\n  say: Need a hand?\n", "rules.yaml:1: warning: `say` is never said"),
        (
            "- suggest: size-guide\n  signal: dwell\n  say: { en: Which size? }\n",
            "rules.yaml:1: warning: `say` has no line in `de`",
        ),
    ] {
        let ran = TestStore::new().file("rules.yaml", rules).build();
        assert!(ran.err.contains(told) && ran.code == Some(0), "{rules}\n{}", ran.err);
    }
    let twins = "---\ntitle: Two\nrules:\n  - page: cart\n  - page: cart\n    priority: 9\n---\nText.\n";
    let ran = TestStore::new().file("en/two.md", twins).build();
    assert!(ran.err.contains("two.md:5: warning: this rule waits for the same as the one of line 4"), "{}", ran.err);
}

#[test]
fn a_rule_may_only_speak_and_offer_a_person() {
    let rules = "- signal: back-from-payment\n  say: Shall we look into it?\n  offer: person\n";
    let store = TestStore::new().file("rules.yaml", rules);
    let said = store.explain("https://shop.example/checkout", &["--signal", "back-from-payment"]);
    assert_eq!((said["say"].as_str(), said["offer"].as_str()), (Some("Shall we look into it?"), Some("person")));
    assert!(wake(store.folder.path()).contains("back-from-payment"));
}

#[test]
fn rules_of_a_language_folder_are_for_that_language() {
    let store = TestStore::new().file("de/rules.yaml", "- suggest: size-guide\n  page: cart\n");
    let said = store.explain("https://shop.example/cart", &[]);
    assert_eq!(said["rules"].as_array().unwrap().len(), 0);
}

#[test]
fn a_count_of_seconds_is_worth_waking_for() {
    let store = TestStore::new().file("rules.yaml", "- suggest: size-guide\n  dwell: 60\n");
    assert_eq!(store.build().code, Some(0));
    assert!(wake(store.folder.path()).contains("dwell"));
}
