//! The help centre as authors build it: what is written, what is taken away, what can never run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

struct Shop(TempDir);

impl Shop {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
            .file("help/_site.yaml", "name: Acme Help\nurl: https://acme.example/help\nforum: https://forum.acme.example/\n")
            .file("help/en/_collections.yaml", "- id: returns\n  title: Returns\n")
            .file(
                "help/en/send-back.md",
                "---\ntitle: How do I return it?\ncollection: returns\nupdated: 2026-03-04\n---\nSee [refunds](article:refund).\n",
            )
            .file("help/en/refund.md", "---\ntitle: Where is my refund?\ncollection: returns\n---\nFive days.\n")
            .file("help/de/refund.md", "---\ntitle: Wo ist mein Geld?\n---\nFünf Tage.\n")
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn build(&self, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_helpnook"));
        command.args(["build", "help", "-o", "out", "--site"]).args(more).current_dir(self.0.path()).output().unwrap()
    }

    fn built(self) -> Self {
        let output = self.build(&[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self
    }

    fn page(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.path().join("out").join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    fn all(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut out = BTreeMap::new();
        collect(&self.0.path().join("out"), &mut out);
        out
    }
}

fn collect(folder: &Path, out: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, out);
        } else {
            out.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn machines_are_told_what_stands_where() {
    let shop = Shop::new().built();
    let page = shop.page("en/answers/refund/index.html");
    for expected in [
        r#"<link rel="canonical" href="https://acme.example/help/en/answers/refund/">"#,
        r#"<link rel="alternate" hreflang="de" href="https://acme.example/help/de/answers/refund/">"#,
        r#"<meta property="og:title" content="Where is my refund?">"#,
        r#""@type":"FAQPage""#,
        r#""@type":"BreadcrumbList""#,
        r#"<a href="../../../en/topics/returns/">Returns</a>"#,
    ] {
        assert!(page.contains(expected), "lacks {expected}:\n{page}");
    }
    let link = r#"<a href="../../../en/answers/refund/">refunds</a>"#;
    assert!(shop.page("en/answers/send-back/index.html").contains(link));
    let map = shop.page("sitemap.xml");
    assert!(map.contains("<loc>https://acme.example/help/en/answers/send-back/</loc><lastmod>2026-03-04</lastmod>"));
    assert!(map.contains(r#"hreflang="de" href="https://acme.example/help/de/answers/refund/"/>"#), "{map}");
    let feed = shop.page("en/changes.atom");
    assert!(feed.contains("<updated>2026-03-04T00:00:00Z</updated>") && feed.matches("<entry>").count() == 1, "{feed}");
    assert!(shop.page("robots.txt").contains("Sitemap: https://acme.example/help/sitemap.xml"));
}

#[test]
fn the_same_content_gives_the_same_bytes_and_pages_of_gone_articles_go() {
    let shop = Shop::new().built();
    let first = shop.all();
    let shop = shop.built();
    assert!(first == shop.all(), "a second build differs");
    std::fs::remove_file(shop.0.path().join("help/en/send-back.md")).unwrap();
    let shop = shop.file("out/own.html", "the merchant's own").built();
    assert!(!shop.0.path().join("out/en/answers/send-back").exists(), "a page of an article that is gone");
    assert_eq!(shop.page("own.html"), "the merchant's own");
}

#[test]
fn without_an_address_nothing_is_written() {
    let shop = Shop::new().file("help/_site.yaml", "name: Acme\n");
    for more in [&[][..], &["--base-url", "javascript:alert(1)"], &["--base-url", "/help/"]] {
        let output = shop.build(more);
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains("--base-url https://"), "{more:?}");
        assert!(!shop.0.path().join("out").exists(), "{more:?} wrote something");
    }
}

#[test]
fn answers_of_the_community_are_credited_and_lead_to_the_forum() {
    let shop = Shop::new()
        .file(
            "help/en/boots.md",
            "---\ntitle: Do the boots stretch?\nauthor: Kim\nsource: https://forum.acme.example/t/boots/7/2\n---\nA little.\n",
        )
        .built();
    let home = shop.page("en/index.html");
    assert!(home.contains("Questions from the community") && home.contains("Answer by Kim"), "{home}");
    let page = shop.page("en/answers/boots/index.html");
    assert!(page.contains(r#"href="https://forum.acme.example/t/boots/7/2" rel="noopener ugc""#), "{page}");
}

#[test]
fn agents_own_answers_are_on_no_page() {
    let shop = Shop::new()
        .file("help/en/secret.md", "---\ntitle: Xyzzy discount\ninternal: true\n---\nGive them plugh percent.\n")
        .built();
    for (path, bytes) in shop.all() {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("xyzzy") && !text.contains("plugh"), "{}", path.display());
    }
}

#[test]
fn agents_own_answers_are_written_apart_and_never_where_shoppers_are_served() {
    let shop = Shop::new()
        .file("help/en/secret.md", "---\ntitle: Xyzzy discount\ninternal: true\n---\nGive them plugh percent.\n");
    for inside in ["out/internal", "out", "."] {
        let output = shop.build(&["--internal", inside]);
        assert!(!output.status.success(), "{inside}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("for agents only"), "{inside}");
        assert!(!shop.0.path().join("out/en.hnx").exists(), "{inside} wrote something");
    }
    assert!(shop.build(&["--internal", "own"]).status.success());
    let find = |index: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_helpnook"));
        let output =
            command.args(["search", "xyzzy discount", "--index", index, "--json"]).current_dir(shop.0.path()).output();
        String::from_utf8_lossy(&output.unwrap().stdout).into_owned()
    };
    assert!(find("own/en.hnx").contains("\"id\":\"secret\""), "{}", find("own/en.hnx"));
    assert!(!find("out/en.hnx").contains("secret"));
    for (path, bytes) in shop.all() {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("xyzzy") && !text.contains("plugh"), "{}", path.display());
    }
}

#[test]
fn agents_own_answers_are_whole_however_long() {
    let answer = "Give them plugh percent, and write down why. ".repeat(14_000);
    let shop =
        Shop::new().file("help/en/secret.md", &format!("---\ntitle: Xyzzy discount\ninternal: true\n---\n{answer}\n"));
    assert!(shop.build(&["--internal", "own"]).status.success());
    let mut command = Command::new(env!("CARGO_BIN_EXE_helpnook"));
    let found = command.args(["search", "xyzzy discount", "--index", "own/en.hnx"]).current_dir(shop.0.path()).output();
    let found = found.unwrap();
    assert!(String::from_utf8_lossy(&found.stdout).contains("plugh"), "{}", String::from_utf8_lossy(&found.stdout));
    assert_eq!(String::from_utf8_lossy(&found.stderr), "");
}

#[test]
fn nothing_that_an_article_says_becomes_markup() {
    let evil = r#"</script><script>alert(1)</script><img src=x onerror=alert(2)>"#;
    let front = format!("---\ntitle: '{evil}'\ncollection: '{evil}'\nauthor: '{evil}'\ntags: ['{evil}']\n---\n");
    let body = "<script>alert(3)</script>\n\n[run](javascript:alert(4)) ![x](javascript:alert(5))\n\n`</code><svg onload=alert(6)>`\n";
    let shop = Shop::new().file("help/en/evil.md", &format!("{front}{body}")).built();
    for (path, bytes) in
        shop.all().iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "html" || e == "atom"))
    {
        let text = String::from_utf8_lossy(bytes);
        let own = text.matches("<script").count();
        let known = text.matches("<script type=\"module\"").count()
            + text.matches("<script type=\"application/ld+json\"").count();
        assert_eq!(own, known, "{}", path.display());
        for bad in ["<img src=x", "<svg onload", "href=\"javascript:", "src=\"javascript:"] {
            assert!(!text.contains(bad), "{} holds {bad}", path.display());
        }
    }
}

#[test]
fn what_authors_feature_and_what_is_read_most_stands_out() {
    let shop = Shop::new()
        .file("help/en/sizes.md", "---\ntitle: Which size do I take?\nfeatured: true\n---\nMeasure.\n")
        .file("help/en/repairs.md", "---\ntitle: Do you repair?\n---\nWe do.\n")
        .file(
            "report.json",
            r#"{"articles": [{"id": "gone", "read": 90}, {"id": "repairs", "read": 9, "not_helped": 8},
                {"id": "refund", "read": 40, "not_helped": 2}, {"id": "send-back", "read": 0}]}"#,
        );
    let output = shop.build(&["--popular", "report.json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (home, other) = (shop.page("en/index.html"), shop.page("de/index.html"));
    let often = |page: &str| {
        let part = page.split_once("id=\"often\"").map(|(_, rest)| rest.split("</section>").next().unwrap().to_owned());
        part.map(|part| part.matches("href=\"").count())
    };
    assert_eq!((often(&home), often(&other)), (Some(2), Some(1)));
    let (sizes, refund) = (home.find("Which size").unwrap(), home.find("Where is my refund").unwrap());
    assert!(sizes < refund, "what the author wants first comes first");

    // In the widget it is suggested where the page says nothing of what is wanted.
    std::fs::write(shop.0.path().join("page.html"), "<title>Acme</title><h1>Welcome</h1>").unwrap();
    let explain = Command::new(env!("CARGO_BIN_EXE_helpnook"))
        .args(["explain", "--page", "page.html", "--url", "https://acme.example/", "--page-type", "home", "--json"])
        .args(["--index", "out/en.hnx"])
        .current_dir(shop.0.path())
        .output()
        .unwrap();
    let told: serde_json::Value = serde_json::from_slice(&explain.stdout).unwrap();
    let ids: Vec<&str> =
        told["suggestions"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids.get(..2), Some(&["sizes", "refund"][..]), "{told}");

    // What is no report is refused, with its line, and nothing is written over.
    std::fs::write(shop.0.path().join("report.json"), "{\n \"articles\": 3}").unwrap();
    let refused = shop.build(&["--popular", "report.json"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("report.json:2") && said.contains("--format json"), "{said}");
}
