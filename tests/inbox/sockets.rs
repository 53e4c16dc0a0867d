//! A shopper's socket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Agent, Inbox, Shopper};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(inbox: &Inbox, shopper: &Shopper, origin: Option<&str>) -> Result<Socket, Error> {
    let address = format!("ws://{}/v1/conversations/{}/socket", inbox.host(), shopper.id);
    let mut request = address.into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

async fn greet(inbox: &Inbox, shopper: &Shopper, after: u64) -> Socket {
    let mut socket = connect(inbox, shopper, Some(&inbox.base)).await.unwrap();
    let hello = json!({"v": 1, "token": shopper.token, "after": after});
    socket.send(Message::text(hello.to_string())).await.unwrap();
    socket
}

async fn next(socket: &mut Socket) -> Value {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(5), socket.next()).await;
        match message.expect("a frame in time").expect("an open socket").unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Close(Some(frame)) => {
                return json!({"closed": u16::from(frame.code), "reason": frame.reason.as_str()});
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn what_was_missed_then_what_happens() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    for text in ["one", "two", "three"] {
        shopper.say(&inbox, text).await;
    }
    let mut socket = greet(&inbox, &shopper, 1).await;
    assert_eq!(next(&mut socket).await["event"]["text"], "two");
    assert_eq!(next(&mut socket).await["event"]["text"], "three");
    assert_eq!(next(&mut socket).await["frame"], "availability");
    agent.put(&inbox, &format!("conversations/{}/typing", shopper.id), json!({"on": true})).await;
    assert_eq!(next(&mut socket).await, json!({"frame": "typing", "on": true}));
    agent.reply(&inbox, &shopper, "four").await;
    let mut frames = [next(&mut socket).await, next(&mut socket).await];
    frames.sort_by_key(|frame| frame["frame"].to_string());
    assert_eq!(frames[0]["event"]["text"], "four");
    assert_eq!(frames[0]["event"]["cursor"], 4);
    assert_eq!(frames[1], json!({"frame": "typing", "on": false}));
    let _page = agent.live(&inbox).await;
    assert_eq!(next(&mut socket).await["availability"]["online"], true);
}

#[tokio::test]
async fn many_events_at_once_all_arrive_in_order() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let mut socket = greet(&inbox, &shopper, 0).await;
    assert_eq!(next(&mut socket).await["frame"], "availability");
    let say = async {
        for n in 1..=100 {
            shopper.say(&inbox, &n.to_string()).await;
        }
    };
    let hear = async {
        for n in 1..=100 {
            assert_eq!(next(&mut socket).await["event"]["cursor"], n);
        }
    };
    tokio::join!(say, hear);
}

#[tokio::test]
async fn foreign_pages_open_no_socket() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    for origin in [Some("https://evil.test"), Some("null"), None] {
        match connect(&inbox, &shopper, origin).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status().as_u16(), 403, "{origin:?}"),
            other => panic!("{origin:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_wrong_greeting_closes_with_its_reason() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let token = &shopper.token;
    for (hello, code, reason) in [
        (json!({"v": 1, "token": "0".repeat(64), "after": 0}).to_string(), 4403, "unauthorized"),
        (json!({"v": 1, "token": "no token", "after": 0}).to_string(), 4401, "unauthorized"),
        (json!({"v": 9, "token": token, "after": 0}).to_string(), 4400, "version"),
        ("hello".to_owned(), 4400, "malformed"),
    ] {
        let mut socket = connect(&inbox, &shopper, Some(&inbox.base)).await.unwrap();
        socket.send(Message::text(hello)).await.unwrap();
        assert_eq!(next(&mut socket).await, json!({"closed": code, "reason": reason}));
    }
    let mut stranger = Shopper::new();
    stranger.token.clone_from(token);
    let mut socket = greet(&inbox, &stranger, 0).await;
    assert_eq!(next(&mut socket).await["closed"], 4404);
}

#[tokio::test]
async fn pings_come_and_silence_ends_the_socket() {
    let inbox = Inbox::with(|options| options.limits.ping_every = Duration::from_millis(50)).await;
    let shopper = Shopper::opened(&inbox).await;
    let mut socket = greet(&inbox, &shopper, 0).await;
    assert_eq!(next(&mut socket).await["frame"], "availability");
    assert_eq!(next(&mut socket).await["frame"], "ping");
    // Not reading means not answering pings, as a sleeping phone does.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut n_frames = 0;
    while let Ok(Some(Ok(_))) = tokio::time::timeout(Duration::from_secs(5), socket.next()).await {
        n_frames += 1;
        assert!(n_frames < 100, "still open");
    }
}

#[tokio::test]
async fn who_asks_whether_the_socket_lives_is_answered() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let mut socket = greet(&inbox, &shopper, 0).await;
    assert_eq!(next(&mut socket).await["frame"], "availability");
    for asked in ["{}", "whatever else"] {
        socket.send(Message::text(asked)).await.unwrap();
        assert_eq!(next(&mut socket).await["frame"], "ping", "{asked}");
    }
}

#[tokio::test]
async fn stopping_closes_sockets_with_going_away() {
    let mut inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let mut socket = greet(&inbox, &shopper, 0).await;
    assert_eq!(next(&mut socket).await["frame"], "availability");
    let (closed, ()) = tokio::join!(next(&mut socket), inbox.stop());
    assert_eq!(closed["closed"], 1001);
}
