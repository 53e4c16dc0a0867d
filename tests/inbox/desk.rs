//! What shoppers and agents do besides writing: rate, type, leave an address, sort, keep.

use std::process::Command;

use helpnook::server::hours::Hours;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Agent, Inbox, Shopper, refused};

async fn put(inbox: &Inbox, shopper: &Shopper, path: &str, body: Value) -> reqwest::Response {
    shopper.request(inbox, Method::PUT, path).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn a_rating_is_one_tap_and_then_a_comment() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    shopper.say(&inbox, "thanks").await;
    for stars in [0, 6] {
        refused(put(&inbox, &shopper, "/rating", json!({"v": 1, "stars": stars})).await, 400, "malformed").await;
    }
    for body in [
        json!({"v": 1, "stars": 4}),
        json!({"v": 1, "stars": 4}),
        json!({"v": 1, "stars": 5, "comment": "Quick! My card 4111 1111 1111 1111 works again"}),
    ] {
        assert_eq!(put(&inbox, &shopper, "/rating", body).await.status(), StatusCode::NO_CONTENT);
    }
    let events = shopper.events(&inbox, 1).await;
    let rated = events["events"].as_array().unwrap();
    assert_eq!(rated.len(), 2, "the same tap again changes nothing");
    let comment = "Quick! My card •••• •••• •••• 1111 works again";
    assert_eq!(
        (&rated[1]["kind"], &rated[1]["stars"], &rated[1]["comment"]),
        (&json!("rated"), &json!(5), &json!(comment))
    );
    let row = &agent.get(&inbox, "conversations").await[0];
    assert_eq!((&row["stars"], &row["last_text"]), (&json!(5), &json!("thanks")));
}

#[tokio::test]
async fn an_agent_hears_that_the_shopper_writes() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    let mut page = agent.live(&inbox).await;
    assert_eq!(put(&inbox, &shopper, "/typing", json!({"on": true})).await.status(), StatusCode::NO_CONTENT);
    let mut heard = String::new();
    while !heard.contains("typing") {
        heard += &String::from_utf8_lossy(&page.chunk().await.unwrap().expect("more"));
    }
    assert!(heard.contains(&format!("{{\"id\":\"{}\",\"on\":true}}", shopper.id)), "{heard}");
    let mut stranger = shopper.clone();
    stranger.token = "0".repeat(64);
    refused(put(&inbox, &stranger, "/typing", json!({"on": true})).await, 403, "unauthorized").await;
}

#[tokio::test]
async fn an_address_left_outside_hours_is_told_to_agents() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    refused(put(&inbox, &shopper, "/person", json!({"email": "no address"})).await, 400, "malformed").await;
    let person = json!({"email": "zoe@home.example", "name": "Zoé"});
    assert_eq!(put(&inbox, &shopper, "/person", person.clone()).await.status(), StatusCode::NO_CONTENT);
    let detail = agent.get(&inbox, &format!("conversations/{}", shopper.id)).await;
    assert_eq!((&detail["packet"]["person"], &detail["packet"]["consent"]), (&person, &json!(["person"])));
}

#[tokio::test]
async fn the_next_opening_is_told_while_the_shop_is_closed() {
    let mut hours = Hours::closed("UTC").unwrap();
    for day in 0..7 {
        // Open for one minute that is not now.
        hours.set_day(day, if (10..14).contains(&hour()) { "20:00-20:01" } else { "12:00-12:01" }).unwrap();
    }
    let inbox = Inbox::with(|options| options.hours = Some(hours)).await;
    let availability: Value = inbox.get("/v1/availability").await.json().await.unwrap();
    assert_eq!(availability["online"], false);
    let opens_at_ms = availability["opens_at_ms"].as_u64().unwrap();
    assert_eq!(opens_at_ms % 3_600_000, 0);
    let always = Inbox::start().await;
    let availability: Value = always.get("/v1/availability").await.json().await.unwrap();
    assert_eq!(availability, json!({"online": false, "file_bytes": 10_485_760}));
}

fn hour() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 3600 % 24
}

#[tokio::test]
async fn a_topic_is_one_of_the_shops_own() {
    let inbox = Inbox::with(|options| options.topics = vec!["Returns".to_owned()]).await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    shopper.say(&inbox, "it does not fit").await;
    let path = format!("conversations/{}/topic", shopper.id);
    assert_eq!(agent.put(&inbox, &path, json!({"topic": "Returns"})).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(agent.get(&inbox, "conversations").await[0]["topic"], "Returns");
    refused(agent.put(&inbox, &path, json!({"topic": "<b>"})).await, 404, "not-found").await;
    assert_eq!(agent.put(&inbox, &path, json!({"topic": null})).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(agent.get(&inbox, "conversations").await[0]["topic"], Value::Null);
    assert_eq!(agent.get(&inbox, "desk").await["topics"], json!(["Returns"]));
}

#[tokio::test]
async fn what_was_said_can_be_kept() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    for n in 0..600 {
        shopper.say(&inbox, &format!("message {n}")).await;
    }
    agent.reply(&inbox, &shopper, "That is a lot").await;
    let answer = shopper.request(&inbox, Method::GET, "/transcript.txt").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert_eq!(text.lines().count(), 601);
    assert!(text.trim_end().ends_with("UTC] Ana: That is a lot"), "{text}");
    refused(Shopper::new().request(&inbox, Method::GET, "/transcript.txt").send().await.unwrap(), 404, "not-found")
        .await;
}

#[tokio::test]
async fn an_answer_becomes_an_article_that_build_takes() {
    let inbox = Inbox::with(|options| options.drafts = Some(options.db.with_file_name("drafts"))).await;
    let agent = Agent::sign_in(&inbox).await;
    let post = |body: Value| {
        let request = agent.request(&inbox, Method::POST, "drafts").header("x-helpnook-check", &agent.check);
        request.json(&body).send()
    };
    let draft = json!({"title": "How do I send \"it\" back: by post?", "lang": "en",
        "text": "Take it to a post office.\n\n1. Print the label\n2. Keep the receipt: card 4111 1111 1111 1111"});
    let first: Value = post(draft.clone()).await.unwrap().json().await.unwrap();
    assert_eq!(first["file"], "en/how-do-i-send-it-back-by-post.md");
    let second: Value = post(draft).await.unwrap().json().await.unwrap();
    assert_eq!(second["file"], "en/how-do-i-send-it-back-by-post-2.md", "nothing is written over");
    refused(post(json!({"title": "No answer", "text": ""})).await.unwrap(), 400, "malformed").await;
    let folder = inbox.folder.path().join("drafts");
    std::fs::remove_file(folder.join(second["file"].as_str().unwrap())).unwrap();
    let build = Command::new(env!("CARGO_BIN_EXE_helpnook"))
        .args(["build", "drafts", "-o", "out"])
        .current_dir(inbox.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&build.stderr).into_owned() + &String::from_utf8_lossy(&build.stdout);
    assert!(build.status.success() && said.contains("1 article"), "{said}");
    let written = std::fs::read_to_string(folder.join(first["file"].as_str().unwrap())).unwrap();
    assert!(written.contains("•••• •••• •••• 1111"), "{written}");

    let without = Inbox::start().await;
    let agent = Agent::sign_in(&without).await;
    let request = agent.request(&without, Method::POST, "drafts").header("x-helpnook-check", &agent.check);
    let refusal =
        refused(request.json(&json!({"title": "a", "text": "b"})).send().await.unwrap(), 415, "unsupported").await;
    assert!(refusal["detail"].as_str().unwrap().contains("`drafts`"));
}
