//! Who forges: ids that are none, tokens of others and of yesterday, frames without an end.

use futures_util::{SinkExt, StreamExt};
use helpnook::server::remove_agent;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::support::{Agent, Inbox, PASSWORD, Shopper, id, refused};

/// What stands in an address where an id should.
const FORGED: &[&str] = &[
    "0",
    "ABCDEF00000000000000000000000001",
    "0000000000000000000000000000000",
    "000000000000000000000000000000000",
    "%00000000000000000000000000000000",
    "٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠",
    "..%2f..%2finbox.db",
    "'%20OR%20'1'='1",
    "%ff%fe",
];

#[tokio::test]
async fn what_is_no_id_is_told_so_and_stores_nothing() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    let said = json!({"v": 1, "seq": 1, "text": "forged"});
    for forged in FORGED {
        let mut stranger = shopper.clone();
        stranger.id = (*forged).to_owned();
        refused(stranger.open(&inbox, json!({"v": 1})).await, 400, "malformed").await;
        refused(stranger.put(&inbox, &id(), "forged").await, 400, "malformed").await;
        refused(stranger.request(&inbox, Method::GET, "/events").send().await.unwrap(), 400, "malformed").await;
        refused(stranger.request(&inbox, Method::DELETE, "").send().await.unwrap(), 400, "malformed").await;
        refused(shopper.put(&inbox, forged, "forged").await, 400, "malformed").await;
        let file = shopper.request(&inbox, Method::PUT, &format!("/files/{forged}?name=a.pdf")).body("%PDF-1.7");
        refused(file.send().await.unwrap(), 400, "malformed").await;
        let own = &shopper.id;
        for path in [format!("{forged}/messages/{}", id()), format!("{own}/messages/{forged}")] {
            let path = format!("conversations/{path}");
            refused(agent.put(&inbox, &path, said.clone()).await, 400, "malformed").await;
        }
        let note = format!("conversations/{own}/notes/{forged}");
        refused(agent.put(&inbox, &note, json!({"text": "forged"})).await, 400, "malformed").await;
    }
    // Well made, and of nobody.
    refused(
        agent.put(&inbox, &format!("conversations/{}/closed", id()), json!({"closed": true})).await,
        404,
        "not-found",
    )
    .await;
    assert_eq!(agent.get(&inbox, "conversations").await, json!([]));
    assert!(shopper.texts(&inbox).await.is_empty());
}

#[tokio::test]
async fn a_message_id_of_another_conversation_takes_nothing_from_it() {
    let inbox = Inbox::start().await;
    let (owner, thief) = (Shopper::opened(&inbox).await, Shopper::opened(&inbox).await);
    let message = id();
    assert_eq!(owner.put(&inbox, &message, "mine").await.status(), StatusCode::OK);
    let answer = thief.put(&inbox, &message, "theirs").await;
    assert!(answer.status() == StatusCode::OK || answer.status().is_client_error());
    assert_eq!(owner.texts(&inbox).await, ["mine"]);
    assert!(!thief.texts(&inbox).await.contains(&"mine".to_owned()));
}

#[tokio::test]
async fn a_token_goes_in_a_header_and_nowhere_else() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let base = format!("{}/v1/conversations/{}", inbox.base, shopper.id);
    let token = &shopper.token;
    for query in [format!("token={token}"), format!("access_token={token}"), format!("authorization=Bearer%20{token}")]
    {
        refused(Client::new().get(format!("{base}/events?{query}")).send().await.unwrap(), 401, "unauthorized").await;
    }
    let cookie = Client::new().get(format!("{base}/events")).header("cookie", format!("token={token}"));
    refused(cookie.send().await.unwrap(), 401, "unauthorized").await;
    for word in ["Basic", "bearer", "Token"] {
        let other = Client::new().get(format!("{base}/events")).header("authorization", format!("{word} {token}"));
        refused(other.send().await.unwrap(), 401, "unauthorized").await;
    }
}

#[tokio::test]
async fn neither_token_nor_cookie_nor_password_lies_in_any_file() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    shopper.say(&inbox, "hello").await;
    agent.reply(&inbox, &shopper, "hello").await;
    let cookie = agent.cookie.split('=').nth(1).unwrap();
    let mut n_files = 0;
    for file in std::fs::read_dir(inbox.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        n_files += usize::from(!bytes.is_empty());
        for secret in [shopper.token.as_str(), cookie, &agent.check, PASSWORD] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    }
    assert!(n_files >= 2, "the database and its log were looked through");
    let conn = rusqlite::Connection::open(inbox.db()).unwrap();
    let kept: String = conn.query_row("SELECT password FROM agent", [], |row| row.get(0)).unwrap();
    assert!(kept.starts_with("$argon2id$"), "{kept}");
}

#[tokio::test]
async fn a_session_ends_with_whoever_had_it() {
    let inbox = Inbox::with(|options| options.agents.push(("Ben".to_owned(), PASSWORD.to_owned()))).await;
    let agent = Agent::sign_in(&inbox).await;
    let mut forged = agent.clone();
    for cookie in ["helpnook_agent=", "helpnook_agent=0", &format!("helpnook_agent={}", "0".repeat(64))] {
        forged.cookie = cookie.to_owned();
        let answer = forged.request(&inbox, Method::GET, "conversations").send().await.unwrap();
        refused(answer, 401, "unauthorized").await;
    }
    assert!(remove_agent(inbox.db(), "Ana").unwrap());
    let stale = agent.request(&inbox, Method::GET, "conversations").send().await.unwrap();
    refused(stale, 401, "unauthorized").await;
    refused(Agent::try_sign_in(&inbox, "Ana", PASSWORD).await, 401, "unauthorized").await;
}

#[tokio::test]
async fn a_frame_over_the_limit_ends_the_socket_and_nothing_else() {
    let inbox = Inbox::with(|options| options.limits.frame_bytes = 4_000).await;
    let shopper = Shopper::opened(&inbox).await;
    for (greets, text) in [(false, "x".repeat(4_001)), (true, "x".repeat(4_001))] {
        let address = format!("ws://{}/v1/conversations/{}/socket", inbox.host(), shopper.id);
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert("origin", inbox.base.parse().unwrap());
        let (mut socket, _) = connect_async(request).await.unwrap();
        if greets {
            let hello = json!({"v": 1, "token": shopper.token, "after": 0});
            socket.send(Message::text(hello.to_string())).await.unwrap();
            let Some(Ok(Message::Text(first))) = socket.next().await else { panic!("no frame") };
            let first: Value = serde_json::from_str(&first).unwrap();
            assert_eq!(first["frame"], "availability");
        }
        socket.send(Message::text(text)).await.unwrap();
        let mut n_texts = 0;
        while let Some(Ok(frame)) = socket.next().await {
            n_texts += usize::from(frame.is_text());
        }
        assert_eq!(n_texts, 0, "what was too long is not answered");
    }
    shopper.say(&inbox, "others go on").await;
}
