//! The handoff packet, version 1: what browsers write and the inbox keeps is what the schema says.

use helpnook::chat::packet::{Field, strike};
use helpnook::chat::protocol::{FlowAnswer, Packet, PageInfo, Participant, Person, ReadArticle, Turn};
use helpnook::chat::wire;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::{Agent, Inbox, Shopper};

fn schema() -> Validator {
    let schema: Value = serde_json::from_str(helpnook::server::PACKET_SCHEMA).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

/// A packet with something in every field that a browser knows.
fn gathered() -> Packet {
    Packet {
        v: 1,
        lang: "en".to_owned(),
        page: PageInfo {
            url: "https://shop.example/cart".to_owned(),
            title: "Basket".to_owned(),
            page_type: "cart".to_owned(),
            product: "Boot".to_owned(),
        },
        basket: "2 items, €60".to_owned(),
        searches: vec!["coupon".to_owned()],
        read: vec![ReadArticle { id: "promo-code".to_owned(), title: "My code".to_owned(), helped: Some(false) }],
        signals: vec!["coupon-rejected".to_owned()],
        ..Packet::default()
    }
}

#[test]
fn what_a_browser_passes_on_fits_the_schema() {
    let schema = schema();
    for n_struck in 0..=Field::ALL.len() {
        let packet = strike(gathered(), &Field::ALL[..n_struck]);
        let opening: Value = serde_json::from_str(&wire::opening(&packet)).unwrap();
        let errors: Vec<String> = schema.iter_errors(&opening["packet"]).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{n_struck} struck: {errors:?}");
    }
}

#[test]
fn every_field_of_the_packet_is_in_the_schema() {
    let full = Packet {
        flow: vec![FlowAnswer { question: "Order?".to_owned(), answer: "TT-1".to_owned() }],
        transcript: vec![Turn { from: Participant::Bot, text: "Hello".to_owned() }],
        consent: vec!["page".to_owned(), "person".to_owned()],
        person: Person { email: "a@b.example".to_owned(), name: "A".to_owned() },
        ..gathered()
    };
    let packet = serde_json::to_value(&full).unwrap();
    assert!(schema().is_valid(&packet), "{packet}");
    let described: Value = serde_json::from_str(helpnook::server::PACKET_SCHEMA).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&packet), names(&described["properties"]));
    assert_eq!(names(&packet["page"]), names(&described["properties"]["page"]["properties"]));
}

#[test]
fn what_is_no_packet_does_not_fit() {
    let schema = schema();
    for wrong in [
        json!({}),
        json!({"v": 2}),
        json!({"v": 1, "page": {"url": "https://a.example/?card=1"}}),
        json!({"v": 1, "signals": ["<b>"]}),
        json!({"v": 1, "read": [{"title": "no id"}]}),
        json!({"v": 1, "consent": ["everything"]}),
        json!({"v": 1, "searches": "one"}),
    ] {
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}

#[tokio::test]
async fn what_the_inbox_hands_to_agents_fits_whatever_came() {
    let inbox = Inbox::start().await;
    let agent = Agent::sign_in(&inbox).await;
    let shopper = Shopper::new();
    let long = "x".repeat(5_000);
    let packet = json!({
        "v": 1, "lang": "en", "basket": long, "page": {"url": "https://a.example/p?q=1", "title": long, "page_type": "cart"},
        "searches": vec!["s"; 90], "read": vec![json!({"id": "a", "title": "A", "helped": true}); 60],
        "signals": ["coupon-rejected"], "flow": [{"question": "Order number?", "answer": "4111 1111 1111 1111"}],
        "person": {"email": "not an address", "name": "Ada\nBcc: all@shop.example"},
    });
    assert!(shopper.open(&inbox, packet).await.status().is_success());
    let detail = agent.get(&inbox, &format!("conversations/{}", shopper.id)).await;
    let errors: Vec<String> = schema().iter_errors(&detail["packet"]).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(detail["packet"]["flow"][0]["answer"], "•••• •••• •••• 1111");
    assert_eq!(detail["packet"]["person"], json!({"email": "", "name": "Ada Bcc: all@shop.example"}));
}

#[tokio::test]
async fn what_is_answered_in_a_flow_later_is_told_as_context_and_once() {
    let inbox = Inbox::start().await;
    let agent = Agent::sign_in(&inbox).await;
    let shopper = Shopper::opened(&inbox).await;
    shopper.say(&inbox, "Hello").await;
    let tell = async |message: &str, body: Value| {
        let path = format!("/messages/{message}");
        shopper.request(&inbox, reqwest::Method::PUT, &path).json(&body).send().await.unwrap()
    };
    let flow = json!([{"question": "Order number?", "answer": "TT-1"}, {"question": "Card?", "answer": "4111 1111 1111 1111"}]);
    let (body, message) = (json!({"v": 1, "seq": 2, "text": "", "flow": flow}), crate::support::id());
    let first: Value = tell(&message, body.clone()).await.json().await.unwrap();
    assert_eq!(tell(&message, body).await.json::<Value>().await.unwrap(), first, "the same on repeat");
    let mixed = tell(&crate::support::id(), json!({"v": 1, "seq": 3, "text": "my words", "flow": flow})).await;
    assert_eq!(mixed.status(), 400, "context and words do not mix");
    let detail = agent.get(&inbox, &format!("conversations/{}", shopper.id)).await;
    let told: Vec<&Value> = detail["events"].as_array().unwrap().iter().filter(|one| one["kind"] == "told").collect();
    assert_eq!(told.len(), 1, "{detail}");
    assert_eq!(told[0]["flow"][0], json!({"question": "Order number?", "answer": "TT-1"}));
    assert_eq!(told[0]["flow"][1]["answer"], "•••• •••• •••• 1111");
    assert_eq!(detail["row"]["last_text"], "Hello", "not the shopper's words");
    assert!(!shopper.texts(&inbox).await.iter().any(|text| text.contains("TT-1")));
}

#[tokio::test]
async fn the_schema_is_served() {
    let inbox = Inbox::start().await;
    let answer = inbox.get("/v1/packet.schema.json").await;
    assert_eq!(answer.headers()["content-type"], "application/schema+json");
    assert_eq!(answer.text().await.unwrap(), helpnook::server::PACKET_SCHEMA);
}
