//! Live editing: a save builds the help anew and open pages hear of it; a mistake is shown, and nothing is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/figures.rs"]
mod figures;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::Response;
use serde_json::Value;
use tempfile::TempDir;

struct Server {
    process: Child,
    base: String,
    folder: TempDir,
}

impl Server {
    fn start(articles: usize) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir_all(folder.path().join("help/en")).unwrap();
        for n in 0..articles {
            article(folder.path(), &format!("a{n}.md"), &format!("What about {n}?"), "An answer.");
        }
        std::fs::create_dir(folder.path().join("site")).unwrap();
        let args = [
            "serve",
            "--watch",
            "help",
            "--help-centre",
            "--site",
            "site",
            "--db",
            "inbox.db",
            "--listen",
            "127.0.0.1:0",
        ];
        let mut process = Command::new(figures::program(env!("CARGO_BIN_EXE_helpnook")))
            .args(args)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        Self { process, base: base.trim_end_matches(',').to_owned(), folder }
    }

    async fn page(&self, path: &str) -> String {
        reqwest::get(format!("{}{path}", self.base)).await.unwrap().text().await.unwrap()
    }

    async fn listen(&self) -> Builds {
        Builds(reqwest::get(format!("{}/__live", self.base)).await.unwrap(), String::new())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn article(folder: &Path, name: &str, title: &str, text: &str) {
    std::fs::write(folder.join("help/en").join(name), format!("---\ntitle: {title}\n---\n{text}\n")).unwrap();
}

/// What the server tells of its builds.
struct Builds(Response, String);

impl Builds {
    async fn next(&mut self) -> Value {
        loop {
            if let Some((one, rest)) = self.1.split_once("\n\n") {
                let data = one.strip_prefix("data: ").map(str::to_owned);
                self.1 = rest.to_owned();
                if let Some(data) = data {
                    return serde_json::from_str(&data).unwrap();
                }
                continue;
            }
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(60), self.0.chunk()).await;
            let chunk = chunk.expect("a build is told of within a minute").unwrap().expect("the server goes on");
            self.1.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn a_save_is_seen_and_a_mistake_is_shown_and_mended() {
    let server = Server::start(3);
    let mut builds = server.listen().await;
    assert_eq!(builds.next().await["turn"], 1);
    let page = server.page("/help/en/answers/a1/").await;
    assert!(
        page.contains("What about 1?") && page.contains("<script type=\"module\" src=\"/__live.js\"></script></body>"),
        "{page}"
    );

    article(server.folder.path(), "a1.md", "What about one?", "Another answer.");
    assert_eq!(builds.next().await["turn"], 2);
    assert!(server.page("/help/en/answers/a1/").await.contains("What about one?"));

    article(server.folder.path(), "a1.md", "What about one?", "");
    let broken = builds.next().await;
    assert!(broken["errors"][0].as_str().unwrap().contains("a1.md"), "{broken}");
    assert!(server.page("/help/en/answers/a1/").await.contains("Another answer."), "what was built before stays");

    article(server.folder.path(), "a1.md", "What about one?", "Mended.");
    let mended = builds.next().await;
    assert_eq!((&mended["turn"], mended["errors"].as_array().unwrap().len()), (&Value::from(3), 0));
    assert!(server.page("/help/en/answers/a1/").await.contains("Mended."));
}

/// From the save of one of 500 articles until an open page hears of the new help, and the page is served anew; run by
/// `cargo xtask large`.
#[tokio::test]
#[ignore = "is a figure of the program built with --release"]
async fn a_save_among_five_hundred_is_served_at_once() {
    let server = Server::start(500);
    let mut builds = server.listen().await;
    builds.next().await;
    let mut times = Vec::new();
    for round in 0..9 {
        let began = std::time::Instant::now();
        article(server.folder.path(), "a250.md", &format!("What about round {round}?"), "Another answer.");
        builds.next().await;
        assert!(server.page("/help/en/answers/a250/").await.contains(&format!("What about round {round}?")));
        times.push(began.elapsed().as_millis() as u64);
    }
    times.sort_unstable();
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    figures::record(
        "watch",
        &[("save_to_served_500_median_ms", median.into()), ("save_to_served_500_most_ms", most.into())],
    );
}
