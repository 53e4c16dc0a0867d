//! Help desks asked live, by stand-ins that answer as theirs are documented to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::figures;
use super::support::TestStore;

/// What was asked: method and path, whose leave, and what was sent.
#[derive(Debug, Clone, Default)]
struct Asked {
    what: String,
    leave: String,
    body: String,
}

/// Status, further headers, body.
type Answer = (u16, String, String);

/// A help desk on a port of its own, which counts what it was asked.
struct Desk {
    base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Desk {
    /// `answer` is given its own address, the request, and how often the same was asked before.
    fn start(answer: impl Fn(&str, &Asked, usize) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::<Asked>::new()));
        let (own, all) = (base.clone(), Arc::clone(&asked));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let Some(request) = request(&stream) else { continue };
                let times = all.lock().unwrap().iter().filter(|one| one.what == request.what).count();
                all.lock().unwrap().push(request.clone());
                let (status, headers, body) = answer(&own, &request, times);
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} So\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
                );
            }
        });
        Self { base, asked }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn request(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let mut out = Asked { what: format!("{} {}", words.next()?, words.next()?), ..Asked::default() };
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => value.clone_into(&mut out.leave),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok()?,
            None => break,
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    out.body = String::from_utf8(body).ok()?;
    Some(out)
}

fn ok(body: &Value) -> Answer {
    (200, String::new(), body.to_string())
}

fn article(id: u32) -> Value {
    json!({ "id": id, "section_id": 1, "html_url": "u", "locale": "fr", "title": format!("T{id}"), "body": "<p>x</p>" })
}

/// Zendesk with two pages of articles; `next` says how the second is found.
fn zendesk(next: impl Fn(&str) -> Value + Send + 'static) -> Desk {
    Desk::start(move |base, asked, times| match asked.what.as_str() {
        what if what.contains("articles") && what.contains("after") => {
            ok(&json!({ "articles": [article(2)], "meta": { "has_more": false }, "links": { "next": null } }))
        }
        what if what.contains("articles") && times == 0 => (429, "Retry-After: 1\r\n".to_owned(), String::new()),
        what if what.contains("articles") => {
            let mut page = next(base);
            page["articles"] = json!([article(1)]);
            ok(&page)
        }
        what if what.contains("sections") => {
            ok(&json!({ "sections": [{ "id": 1, "category_id": 1, "locale": "fr", "name": "Commandes" }] }))
        }
        _ => ok(&json!({ "categories": [{ "id": 1, "source_locale": "fr", "name": "Aide" }] })),
    })
}

#[test]
fn a_live_import_follows_the_cursor_and_waits_when_asked() {
    let by_link: fn(&str) -> Value = |base| {
        let next = format!("{base}/api/v2/help_center/fr/articles.json?page[after]=x");
        json!({ "meta": { "has_more": true }, "links": { "next": next } })
    };
    let by_cursor: fn(&str) -> Value = |_| json!({ "meta": { "has_more": true, "after_cursor": "x/y=" }, "links": {} });
    for next in [by_link, by_cursor] {
        let desk = zendesk(next);
        let store = TestStore::new();
        let began = std::time::Instant::now();
        store
            .run(["import", &format!("zendesk:{}", desk.base), "--locale", "fr", "-o", "help"])
            .success()
            .stdout_has("fr: 2 articles")
            .stderr_has("it answers 429; trying again in 1 s");
        assert!(began.elapsed().as_millis() >= 1_000, "it did not wait as it was asked to");
        let lists: Vec<String> =
            desk.asked().iter().map(|one| one.what.clone()).filter(|one| one.contains("articles")).collect();
        assert_eq!(lists.len(), 3, "{lists:?}");
        assert!(lists[0].contains("page%5Bsize%5D=100") && lists[2].contains("after"), "{lists:?}");
        assert!(String::from_utf8(store.read("help/fr/_collections.yaml")).unwrap().contains("Commandes"));
    }
}

/// The key of the help desk goes to no other host, and a list that leads back to itself ends.
#[test]
fn a_list_that_leads_elsewhere_or_nowhere_is_refused() {
    let elsewhere: fn(&str) -> Value = |_| json!({ "next_page": "http://127.0.0.2:1/elsewhere" });
    let back: fn(&str) -> Value =
        |base| json!({ "next_page": format!("{base}/api/v2/help_center/fr/articles.json?page%5Bsize%5D=100") });
    for (next, told) in [(elsewhere, "lies elsewhere"), (back, "leads back to itself")] {
        let desk = zendesk(next);
        let store = TestStore::new();
        store
            .run(["import", &format!("zendesk:{}", desk.base), "--locale", "fr", "-o", "other"])
            .fails_with(3)
            .stderr_has(told)
            .wrote_nothing("other");
    }
}

#[test]
fn a_key_goes_along_and_a_refusal_is_told() {
    let desk = Desk::start(|_, asked, _| {
        let known = asked.leave == "Bearer secret-of-the-shop";
        (if known { 403 } else { 401 }, String::new(), String::new())
    });
    let store = TestStore::new();
    let run = store.run_with(
        &["import", &format!("zendesk:{}", desk.base), "--locale", "fr", "-o", "help"],
        &[("ZENDESK_OAUTH_TOKEN", "secret-of-the-shop")],
    );
    let told = run.fails_with(3).stderr();
    assert!(told.contains("it answers 403: the key is missing or not allowed to read"), "{told}");
    assert!(!told.contains("secret-of-the-shop"), "{told}");
}

/// What asks to wait until tomorrow is told, not waited for.
#[test]
fn a_wait_of_hours_is_left_to_the_author() {
    let desk = Desk::start(|_, _, _| (503, "Retry-After: 86400\r\n".to_owned(), String::new()));
    TestStore::new()
        .run(["import", &format!("zendesk:{}", desk.base), "--locale", "fr", "-o", "help"])
        .fails_with(3)
        .stderr_has("asks to wait 86400 s: try again then");
}

/// Smart Tribune by the routes that its documentation names: a token, the bases, the questions page by page,
/// and the answers that lie with their channels.
#[test]
fn smart_tribune_is_read_with_a_key_of_the_environment_alone() {
    let desk = Desk::start(|_, asked, times| {
        let sent: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        let leave = asked.leave == "Bearer t1";
        match asked.what.as_str() {
            "POST /v1/auth" if sent == json!({ "apiKey": "k", "apiSecret": "s" }) => ok(&json!({ "token": "t1" })),
            "POST /v1/auth" => (401, String::new(), String::new()),
            _ if !leave => (401, String::new(), String::new()),
            "GET /v1/knowledge-bases" => ok(&json!([{ "id": 7, "name": "Aide" }])),
            "POST /v1/knowledge-bases/7/filtered/questions" if times == 0 => {
                (429, "Retry-After: 1\r\n".to_owned(), String::new())
            }
            "POST /v1/knowledge-bases/7/filtered/questions" if sent["page"] == 1 => ok(&json!({ "questions": [
                { "id": 1, "title": "Où est mon colis ?", "language": "fr", "thematic": { "id": 3, "label": "Livraison" }, "answer": "<p>En route.</p>" },
                { "id": 2, "title": "Comment payer ?", "language": "fr", "channels": [{ "id": "web" }, { "id": "mail" }] },
            ] })),
            "POST /v1/knowledge-bases/7/filtered/questions" if sent["page"] == 2 => ok(&json!({ "questions": [
                { "id": 3, "title": "Brouillon", "language": "fr", "status": "draft", "answer": "<p>x</p>" },
            ] })),
            "POST /v1/knowledge-bases/7/filtered/questions" => ok(&json!({ "questions": [] })),
            "GET /v1/knowledge-bases/7/questions/2/channels/web/responses" => ok(&json!([])),
            "GET /v1/knowledge-bases/7/questions/2/channels/mail/responses" => {
                ok(&json!([{ "content": "<p>Par carte <script>alert(1)</script>ou virement.</p>" }]))
            }
            _ => (404, String::new(), String::new()),
        }
    });
    let store = TestStore::new();
    let address = format!("smart-tribune:{}/v1", desk.base);
    let keys = [("SMART_TRIBUNE_API_KEY", "k"), ("SMART_TRIBUNE_API_SECRET", "s")];
    let run = store.run_with(&["import", &address, "-o", "help"], &keys).success();
    assert!(run.stdout().contains("2 came") && run.stdout().contains("1 left out (1 draft)"), "{}", run.stdout());
    let paid = String::from_utf8(store.read("help/fr/2.md")).unwrap();
    assert!(paid.contains("Par carte ou virement.") && !paid.contains("alert"), "{paid}");
    assert!(String::from_utf8(store.read("help/fr/_collections.yaml")).unwrap().contains("Livraison"));
    let list = String::from_utf8(store.read("help/.helpnook-import.json")).unwrap();
    assert!(!list.contains("\"s\"") && !list.contains("t1"), "{list}");
    store.run(["import", &address, "-o", "other"]).fails_with(3).stderr_has("SMART_TRIBUNE_API_KEY is not set");
}

/// The mock server that holds every request against Zendesk's written contract; ends with the test.
struct Prism {
    server: Child,
    base: String,
}

impl Prism {
    /// Nothing where `cargo xtask conformance` has not fetched it, or the contract is not at hand.
    fn start(contract: &str) -> Option<Self> {
        let program = figures::target().join("tools/node_modules/@stoplight/prism-cli/dist/index.js");
        let contract =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/contracts/specs").join(contract);
        if !program.exists() || !contract.exists() {
            println!("not tested: Prism or the contract is absent; see `cargo xtask conformance`");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Command::new("node")
            .arg(program)
            .args(["mock", "--errors", "-h", "127.0.0.1", "-p", &port.to_string()])
            .arg(contract)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(told.any(|line| line.contains("listening")), "Prism ended before it listened");
        // It goes on telling, and ends when nobody listens.
        std::thread::spawn(move || told.for_each(drop));
        Some(Self { server, base: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Every request of the importer fits the contract, and what the contract gives becomes an article.
#[test]
fn zendesk_as_its_contract_has_it() {
    let Some(prism) = Prism::start("zendesk-help-center.yaml") else { return };
    let store = TestStore::new();
    let address = format!("zendesk:{}", prism.base);
    store
        .run(["import", &address, "--locale", "en-us", "-o", "help"])
        .success()
        .stdout_has("en-us: 1 article")
        .stdout_has("1 came");
    let article = String::from_utf8(store.read("help/en-us/28523513715859.md")).unwrap();
    assert!(article.contains("You have 30 days.") && article.contains("tags: [\"returns\"]"), "{article}");
    store
        .run(["import", &address, "--locale", "en-us", "-o", "help"])
        .success()
        .stdout_has("0 came, 0 changed, 1 unchanged");
    // A locale that the contract does not know is refused there, and told.
    store
        .run(["import", &address, "--locale", "_", "-o", "other"])
        .fails_with(3)
        .stderr_has("it answers 4")
        .wrote_nothing("other");
}
