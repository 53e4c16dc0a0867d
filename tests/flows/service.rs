//! The demo's eight flows, walked to their ends against the demo's order service over HTTP, in every
//! language: what the shopper is told is what the service did.

use std::collections::BTreeMap;

use helpnook::chat::flow::words::Words;
use helpnook::chat::flow::{In, Line, Out, Prompt, Walk};
use helpnook::content::{self, File};
use helpnook::flow::{Claim, Flow};
use helpnook::strings::{Msg, texts};
use serde_json::{Value, json};

use super::orders;

const EMAIL: &str = "demo@tarnandthread.example";
const LANGS: [&str; 5] = ["en", "fr", "de", "pt", "ro"];

fn root() -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The demo's flows, by language and id.
fn flows() -> BTreeMap<String, Vec<Flow>> {
    let mut files = Vec::new();
    for lang in LANGS {
        // Articles that flows lead to must exist; their text is of no matter here.
        for file in std::fs::read_dir(root().join("www/content").join(lang)).unwrap().map(Result::unwrap) {
            let name = file.file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") {
                files.push(File { path: format!("{lang}/{name}"), text: "---\ntitle: x\n---\nx\n".to_owned() });
            }
        }
    }
    for file in std::fs::read_dir(root().join("www/content/flows")).unwrap().map(Result::unwrap) {
        let name = file.file_name().to_string_lossy().into_owned();
        files.push(File { path: format!("flows/{name}"), text: std::fs::read_to_string(file.path()).unwrap() });
    }
    let (help, problems) = content::read(&files);
    assert!(problems.iter().all(|problem| !problem.file.starts_with("flows/")), "{problems:?}");
    help.into_iter().map(|(lang, help)| (lang, help.flows)).collect()
}

/// A running service.
struct Service {
    url: String,
    http: reqwest::Client,
    n: std::cell::Cell<u32>,
}

impl Service {
    async fn open() -> Self {
        let catalogue: Value =
            serde_json::from_str(&std::fs::read_to_string(root().join("www/store/products.json")).unwrap()).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, orders::router(catalogue)).await });
        Self { url, http: reqwest::Client::new(), n: std::cell::Cell::new(0) }
    }

    async fn mailbox(&self) -> String {
        self.http.get(format!("{}/mailbox/", self.url)).send().await.unwrap().text().await.unwrap()
    }

    /// The code of the letter that came last.
    async fn code(&self) -> String {
        let page = self.mailbox().await;
        let (_, rest) = page.split_once("Your code is ").expect("a letter with a code");
        rest.chars().take(6).collect()
    }

    async fn post(&self, path: &str, body: String) -> (u16, String) {
        let sent = self.http.post(format!("{}{path}", self.url)).header("content-type", "application/json").body(body);
        let answer = sent.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Walks a flow; `CODE` is the code out of the mailbox, `#n` picks an option by its place.
    async fn walk(&self, lang: &str, flow: &Flow, answers: &[&str]) -> Walked {
        let all = texts(lang);
        let say = |msg: Msg| all[msg as usize];
        let words = Words::new(say(Msg::WordsPerson), say(Msg::WordsNo), say(Msg::WordsBack));
        let mut walk = Walk::new(flow.clone(), words, vec![("lang".to_owned(), lang.to_owned())]);
        let mut left = Vec::new();
        let mut outs = walk.step(In::Start);
        let mut answers = answers.iter();
        loop {
            for out in core::mem::take(&mut outs) {
                match out {
                    Out::Call(request) => {
                        self.n.set(self.n.get() + 1);
                        let body = request.body(&flow.id, lang, &format!("r{}", self.n.get()));
                        let (status, text) = self.post(&request.url, body).await;
                        outs = walk.step(In::Answered(request.n, status, text));
                    }
                    other => left.push(other),
                }
            }
            if !outs.is_empty() || walk.prompt() == Prompt::Over {
                if outs.is_empty() {
                    break;
                }
                continue;
            }
            let Some(answer) = answers.next() else { break };
            outs = match (*answer, answer.strip_prefix('#')) {
                ("CODE", _) => walk.step(In::Typed(self.code().await)),
                (_, Some(n)) => walk.step(In::Picked(n.parse().unwrap())),
                (typed, None) => walk.step(In::Typed(typed.to_owned())),
            };
        }
        assert_eq!(answers.next(), None, "{lang} {}: ended early: {:?}", flow.id, walk.lines());
        let said = |line: &Line| match line {
            Line::Said { text, claim, items } => Some((text.clone(), *claim, items.clone())),
            _ => None,
        };
        let said: Vec<_> = walk.lines().iter().filter_map(said).collect();
        let claims = said.iter().map(|(_, claim, _)| *claim).filter(|claim| *claim != Claim::None).collect();
        Walked { claims, last: said.last().cloned().unwrap_or_default(), left, over: walk.prompt() == Prompt::Over }
    }
}

struct Walked {
    claims: Vec<Claim>,
    last: (String, Claim, Vec<(String, String)>),
    left: Vec<Out>,
    over: bool,
}

#[tokio::test]
async fn every_flow_says_what_the_shop_did_in_every_language() {
    let flows = flows();
    for lang in LANGS {
        // Each language has a shop of its own, so that what one did is not in the others' way.
        let shop = Service::open().await;
        let flow = |id: &str| flows[lang].iter().find(|flow| flow.id == id).unwrap_or_else(|| panic!("{lang}: {id}"));
        for (id, answers, claims, over) in [
            ("track-order", vec!["tt 204711", EMAIL, "CODE"], vec![], true),
            ("track-order", vec!["TT-204711", EMAIL, "000000x", "CODE"], vec![], true),
            ("cancel-order", vec!["TT-205001", EMAIL, "CODE", "#0"], vec![Claim::Done], true),
            ("cancel-order", vec!["TT-205001", EMAIL, "CODE", "#0"], vec![Claim::Refused], true),
            ("cancel-order", vec!["TT-204815", EMAIL, "CODE", "#1"], vec![], true),
            (
                "change-address",
                vec!["TT-204815", EMAIL, "CODE", "Oudegracht 12", "3511 AB", "Utrecht", "#0"],
                vec![Claim::Requested],
                true,
            ),
            ("return-item", vec!["TT-203990", EMAIL, "#1", "#0", "#1"], vec![Claim::Requested], true),
            ("return-item", vec!["TT-203990", EMAIL, "#1", "#0", "#1"], vec![Claim::Refused], true),
            ("find-product", vec!["#0", "#0", "#2"], vec![], false),
            ("find-product", vec!["#2", "#1", "#0"], vec![], false),
        ] {
            let walked = shop.walk(lang, flow(id), &answers).await;
            assert_eq!((&walked.claims, walked.over), (&claims, over), "{lang} {id} {answers:?}: {:?}", walked.last);
        }
        let found = shop.walk(lang, flow("find-product"), &["#0", "#0", "#2"]).await;
        assert!(!found.over && found.left.is_empty());
        for (id, answers) in [("reset-password", vec![EMAIL]), ("back-in-stock", vec!["harrow", "#1", EMAIL])] {
            let shop = Service::open().await;
            let walked = shop.walk(lang, flow(id), &answers).await;
            assert_eq!(
                (walked.claims.as_slice(), walked.over),
                ([Claim::Requested].as_slice(), true),
                "{lang} {id}: {:?}",
                walked.last
            );
            assert!(shop.mailbox().await.contains(EMAIL));
        }
        let invoice = Service::open().await;
        let walked = invoice.walk(lang, flow("invoice-copy"), &["204711", EMAIL]).await;
        assert_eq!(walked.claims, [Claim::Requested]);
        assert!(invoice.mailbox().await.contains("Invoice for order TT-204711"));
    }
}

#[tokio::test]
async fn nobody_learns_whether_an_order_or_account_exists() {
    let (shop, flows) = (Service::open().await, flows());
    let flow = |id: &str| flows["en"].iter().find(|flow| flow.id == id).unwrap();
    let stranger = "mallory@example.com";
    for (id, right, wrong) in [
        ("reset-password", vec![EMAIL], vec![stranger]),
        ("invoice-copy", vec!["TT-204711", EMAIL], vec!["TT-204711", stranger]),
    ] {
        let (right, wrong) = (shop.walk("en", flow(id), &right).await, shop.walk("en", flow(id), &wrong).await);
        assert_eq!(right.last.0.replace(EMAIL, "X"), wrong.last.0.replace(stranger, "X"), "{id}");
    }
    assert!(!shop.mailbox().await.contains(stranger), "and nothing is sent to strangers");
}

#[tokio::test]
async fn codes_cannot_be_guessed_for_long() {
    let (shop, flows) = (Service::open().await, flows());
    let flow = flows["en"].iter().find(|flow| flow.id == "track-order").unwrap();
    let guesses: Vec<String> = (0..20).map(|n| format!("{n:06}")).collect();
    let answers: Vec<&str> =
        ["TT-204711", EMAIL].into_iter().chain(guesses.iter().take(8).map(String::as_str)).collect();
    let walked = shop.walk("en", flow, &answers).await;
    assert_eq!((walked.claims.as_slice(), walked.over), ([Claim::Refused].as_slice(), true), "{:?}", walked.last);
}

#[tokio::test]
async fn what_comes_twice_under_one_id_is_done_once() {
    let shop = Service::open().await;
    let body =
        json!({"v": 1, "id": "same", "lang": "en", "answers": {"order": "TT-204711", "email": EMAIL}}).to_string();
    let (first, second) =
        (shop.post("/shop-api/invoice", body.clone()).await, shop.post("/shop-api/invoice", body).await);
    assert_eq!(first, second);
    assert_eq!(shop.mailbox().await.matches("Invoice for order").count(), 1);
}
