//! Signing in, answering, being there.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Agent, Inbox, PASSWORD, Shopper, id, refused, until};

#[tokio::test]
async fn only_the_right_password_signs_in() {
    let inbox = Inbox::start().await;
    refused(Agent::try_sign_in(&inbox, "Ana", "wrong").await, 401, "unauthorized").await;
    refused(Agent::try_sign_in(&inbox, "Nobody", PASSWORD).await, 401, "unauthorized").await;
    let answer = Agent::try_sign_in(&inbox, "Ana", PASSWORD).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(inbox.get("/agent/api/me").await.json::<Value>().await.unwrap(), Value::Null);
    for path in ["conversations", "live"] {
        refused(inbox.get(&format!("/agent/api/{path}")).await, 401, "unauthorized").await;
    }
}

#[tokio::test]
async fn an_answer_reaches_the_shopper_once() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    shopper.say(&inbox, "hello?").await;
    let path = format!("conversations/{}/messages/{}", shopper.id, id());
    let first: Value = agent.put(&inbox, &path, json!({"text": "hello!"})).await.json().await.unwrap();
    let again: Value = agent.put(&inbox, &path, json!({"text": "hello!"})).await.json().await.unwrap();
    assert_eq!(first, again);
    let events = shopper.events(&inbox, 1).await;
    assert_eq!(events["events"][0]["from"], "agent");
    assert_eq!(events["events"][0]["name"], "Ana");
    assert_eq!(shopper.texts(&inbox).await, ["hello?", "hello!"]);
}

#[tokio::test]
async fn nothing_changes_without_the_check_word() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    let path = format!("conversations/{}/messages/{}", shopper.id, id());
    let body = json!({"text": "forged"});
    let plain = agent.request(&inbox, Method::PUT, &path).json(&body);
    refused(plain.send().await.unwrap(), 403, "unauthorized").await;
    let wrong = agent.request(&inbox, Method::PUT, &path).header("x-helpnook-check", "0".repeat(64)).json(&body);
    refused(wrong.send().await.unwrap(), 403, "unauthorized").await;
    let foreign = agent.request(&inbox, Method::PUT, &path).header("x-helpnook-check", &agent.check);
    let foreign = foreign.header("origin", "https://evil.test").json(&body);
    refused(foreign.send().await.unwrap(), 403, "unauthorized").await;
    assert!(shopper.texts(&inbox).await.is_empty());
}

#[tokio::test]
async fn the_list_says_who_waits_and_what_is_unread() {
    let inbox = Inbox::start().await;
    let agent = Agent::sign_in(&inbox).await;
    let silent = Shopper::opened(&inbox).await;
    let (first, second) = (Shopper::new(), Shopper::opened(&inbox).await);
    let packet = json!({"v": 1, "lang": "fr", "page": {"title": "Cart", "page_type": "cart"}, "read": [{"id": "returns", "title": "Returns", "helped": false}]});
    first.open(&inbox, packet.clone()).await;
    first.say(&inbox, "one").await;
    first.say(&inbox, "two").await;
    second.say(&inbox, "three").await;
    let rows = agent.get(&inbox, "conversations").await;
    let ids: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&first.id, &second.id], "{} said nothing yet", silent.id);
    assert_eq!(rows[0]["unread"], 2);
    assert_eq!(rows[0]["last_text"], "two");
    assert!(rows[0]["waiting_ms"].is_u64());
    let path = format!("conversations/{}", first.id);
    let detail = agent.get(&inbox, &path).await;
    assert_eq!(detail["packet"]["page"]["page_type"], "cart");
    assert_eq!(detail["packet"]["read"][0]["helped"], false);
    assert_eq!(detail["events"].as_array().unwrap().len(), 2);
    agent.put(&inbox, &format!("{path}/seen"), json!({"cursor": 2})).await;
    agent.reply(&inbox, &first, "an answer").await;
    let rows = agent.get(&inbox, "conversations").await;
    assert_eq!(rows[0]["id"], second.id.as_str(), "who waits comes first");
    assert_eq!(rows[1]["unread"], 0);
    assert!(rows[1]["waiting_ms"].is_null());
    let kinds: Vec<_> =
        first.events(&inbox, 2).await["events"].as_array().unwrap().iter().map(|e| e["kind"].clone()).collect();
    assert_eq!(kinds, ["agent-seen", "message"]);
}

#[tokio::test]
async fn closed_and_open_again() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    shopper.say(&inbox, "thanks").await;
    let path = format!("conversations/{}/closed", shopper.id);
    assert_eq!(agent.put(&inbox, &path, json!({"closed": true})).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(agent.get(&inbox, "conversations").await, json!([]));
    assert_eq!(agent.get(&inbox, "conversations?closed=true").await[0]["closed"], true);
    shopper.say(&inbox, "one more thing").await;
    let kinds: Vec<_> =
        shopper.events(&inbox, 1).await["events"].as_array().unwrap().iter().map(|e| e["kind"].clone()).collect();
    assert_eq!(kinds, ["closed", "reopened", "message"]);
    assert_eq!(agent.get(&inbox, "conversations").await[0]["unread"], 2);
}

#[tokio::test]
async fn availability_follows_the_agents() {
    let inbox = Inbox::start().await;
    let agent = Agent::sign_in(&inbox).await;
    let online = || async { inbox.get("/v1/availability").await.json::<Value>().await.unwrap()["online"] == true };
    assert!(!online().await, "signed in without an open page");
    let page = agent.live(&inbox).await;
    until("online", online).await;
    agent.put(&inbox, "me/away", json!({"away": true})).await;
    assert!(!online().await);
    agent.put(&inbox, "me/away", json!({"away": false})).await;
    assert!(online().await);
    drop(page);
    until("offline again", || async { !online().await }).await;
}

#[tokio::test]
async fn the_live_stream_brings_rows() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    let mut page = agent.live(&inbox).await;
    shopper.say(&inbox, "anybody there?").await;
    let mut heard = String::new();
    while !heard.contains("anybody there?") {
        let chunk = page.chunk().await.unwrap().expect("the stream goes on");
        heard.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(heard.contains("event: availability"), "{heard}");
    assert!(heard.contains("event: row"), "{heard}");
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let inbox = Inbox::start().await;
    let agent = Agent::sign_in(&inbox).await;
    let out = agent.request(&inbox, Method::DELETE, "session").header("x-helpnook-check", &agent.check);
    assert_eq!(out.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(agent.get(&inbox, "me").await, Value::Null);
}

#[tokio::test]
async fn the_page_runs_nothing_but_its_own_files() {
    let inbox = Inbox::start().await;
    let answer = inbox.get("/agent/").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("trusted-types 'none'"), "{policy}");
    let page = answer.text().await.unwrap();
    for file in page.split('"').filter(|part| part.starts_with("/agent/")) {
        assert_eq!(inbox.get(file).await.status(), StatusCode::OK, "{file}");
    }
}

#[tokio::test]
async fn a_note_is_for_agents_only() {
    let mut inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    shopper.say(&inbox, "hello").await;
    let path = format!("conversations/{}/notes/{}", shopper.id, id());
    for _ in 0..2 {
        let answer = agent.put(&inbox, &path, json!({"text": "asked the warehouse, card 4111111111111111"})).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    }
    let detail = agent.get(&inbox, &format!("conversations/{}", shopper.id)).await;
    assert_eq!(detail["notes"].as_array().unwrap().len(), 1);
    assert_eq!(detail["notes"][0]["text"], "asked the warehouse, card ••••••••••••1111");
    assert_eq!(shopper.texts(&inbox).await, ["hello"]);
    assert_eq!(shopper.events(&inbox, 0).await["cursor"], 1);
    shopper.request(&inbox, Method::DELETE, "").send().await.unwrap();
    inbox.stop().await;
    let bytes = std::fs::read(inbox.db()).unwrap();
    assert!(!bytes.windows(9).any(|part| part == b"warehouse"), "the note outlives its conversation");
}

#[tokio::test]
async fn canned_answers_come_from_the_articles() {
    let inbox = Inbox::start().await;
    let content = inbox.folder.path().join("content");
    std::fs::create_dir_all(&content).unwrap();
    let article = "---\ntitle: How do I return an item?\n---\nWithin 30 days:\n\n1. Pack it\n2. Post it\n";
    std::fs::write(content.join("returns.md"), article).unwrap();
    helpnook::cli::build::run(&[content], &inbox.options.site).unwrap();
    let agent = Agent::sign_in(&inbox).await;
    for lang in ["en", "en-GB", "xx", "../en"] {
        let found = agent.get(&inbox, &format!("articles?lang={lang}&q=retrun%20my%20item")).await;
        assert_eq!(found[0]["id"], "returns", "{lang}");
        assert_eq!(found[0]["text"], "Within 30 days:\n\n1. Pack it\n2. Post it");
    }
}

#[tokio::test]
async fn articles_for_agents_only_are_found_by_agents_only() {
    let inbox = Inbox::with(|options| options.internal = Some(options.site.with_file_name("own"))).await;
    let content = inbox.folder.path().join("content");
    std::fs::create_dir_all(&content).unwrap();
    std::fs::write(content.join("a.md"), "---\ntitle: Do you give a discount?\n---\nTo students.\n").unwrap();
    std::fs::write(
        content.join("b.md"),
        "---\ntitle: How much discount may I give?\ninternal: true\n---\nTen plugh.\n",
    )
    .unwrap();
    let extra = helpnook::cli::build::Extra { internal: inbox.options.internal.clone(), ..Default::default() };
    helpnook::cli::build::run_with(&[content], &inbox.options.site, &extra).unwrap();
    let agent = Agent::sign_in(&inbox).await;
    let found = agent.get(&inbox, "articles?lang=en&q=how%20much%20discount%20may%20i%20give").await;
    assert_eq!((&found[0]["id"], &found[0]["internal"]), (&json!("b"), &json!(true)));
    assert_eq!((&found[1]["id"], found[1].get("internal")), (&json!("a"), None));
    refused(inbox.get("/agent/api/articles?lang=en&q=discount").await, 401, "unauthorized").await;
    for path in ["/help/en.hnx", "/help/en.topics.json", "/help/../own/en.hnx", "/own/en.hnx", "/help/own/en.hnx"] {
        let bytes = inbox.get(path).await.bytes().await.unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("plugh"), "{path}");
    }
}

#[tokio::test]
async fn who_writes_while_nobody_is_there_hears_so_once() {
    let inbox = Inbox::with(|options| {
        let away = options.away.insert(Default::default());
        away.set("", "We answer tomorrow");
        away.set("fr", "Nous répondons demain");
    })
    .await;
    let (shopper, agent) = (Shopper::new(), Agent::sign_in(&inbox).await);
    shopper.open(&inbox, json!({"v": 1, "lang": "fr"})).await;
    let message = id();
    shopper.put(&inbox, &message, "one").await;
    shopper.put(&inbox, &message, "one").await;
    shopper.say(&inbox, "two").await;
    assert_eq!(shopper.texts(&inbox).await, ["one", "Nous répondons demain", "two"]);
    assert_eq!(shopper.events(&inbox, 1).await["events"][0]["from"], "system");
    assert_eq!(agent.get(&inbox, "conversations").await[0]["unread"], 2);
    agent.reply(&inbox, &shopper, "three").await;
    let page = agent.live(&inbox).await;
    shopper.say(&inbox, "four").await;
    assert_eq!(shopper.texts(&inbox).await.len(), 5, "somebody is there now");
    drop(page);
}

#[tokio::test]
async fn outside_opening_hours_nobody_is_there() {
    let inbox = Inbox::with(|options| options.hours = helpnook::server::hours::Hours::closed("UTC").ok()).await;
    let agent = Agent::sign_in(&inbox).await;
    let _page = agent.live(&inbox).await;
    let now: Value = inbox.get("/v1/availability").await.json().await.unwrap();
    assert_eq!(now, json!({"online": false, "file_bytes": 10_485_760}));
}

#[tokio::test]
async fn the_usual_time_to_an_answer_is_told() {
    let mut inbox = Inbox::start().await;
    let agent = Agent::sign_in(&inbox).await;
    for _ in 0..5 {
        let shopper = Shopper::opened(&inbox).await;
        shopper.say(&inbox, "hello").await;
        agent.reply(&inbox, &shopper, "hello").await;
    }
    inbox.restart().await;
    let _page = agent.live(&inbox).await;
    let now: Value = inbox.get("/v1/availability").await.json().await.unwrap();
    assert_eq!(now, json!({"online": true, "reply_in_s": 0, "file_bytes": 10_485_760}));
}

#[tokio::test]
async fn who_answers_first_looks_after_it_until_it_is_given_away() {
    let inbox = Inbox::with(|options| options.agents.push(("Ben".to_owned(), PASSWORD.to_owned()))).await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    shopper.say(&inbox, "hello").await;
    assert_eq!(agent.get(&inbox, "desk").await["agents"], json!(["Ana", "Ben"]));
    assert_eq!(agent.get(&inbox, "conversations").await[0]["assigned"], Value::Null);
    agent.reply(&inbox, &shopper, "hello").await;
    assert_eq!(agent.get(&inbox, "conversations").await[0]["assigned"], "Ana");
    let path = format!("conversations/{}/assigned", shopper.id);
    assert_eq!(agent.put(&inbox, &path, json!({"to": "Ben"})).await.status(), StatusCode::NO_CONTENT);
    agent.reply(&inbox, &shopper, "more").await;
    assert_eq!(agent.get(&inbox, "conversations").await[0]["assigned"], "Ben");
    refused(agent.put(&inbox, &path, json!({"to": "Nobody"})).await, 404, "not-found").await;
    agent.put(&inbox, &path, json!({"to": null})).await;
    assert_eq!(agent.get(&inbox, "conversations").await[0]["assigned"], Value::Null);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_reads_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    shopper.say(&inbox, "hello").await;
    for name in ["inbox.db", "inbox.db-wal"] {
        let mode = std::fs::metadata(inbox.folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}
