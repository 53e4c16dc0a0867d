//! Chatwoot's socket, spoken by Rails' own ActionCable: `HELPNOOK_CABLE` names the server that
//! `cargo xtask conformance` starts.

use std::sync::Arc;

use helpnook::relay::kind;
use helpnook::relay::settings::Values;
use helpnook::server::{Options, Way, Ways};
use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{Inbox, id};
use crate::talk::{heard, shopper, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_rails_says_on_its_socket_is_heard() {
    let Ok(base) = std::env::var("HELPNOOK_CABLE") else {
        println!("skipped: HELPNOOK_CABLE names no server");
        return;
    };
    let chatwoot = kind("chatwoot").unwrap();
    let mut values = Values::default();
    for (name, value) in [("url", base.as_str()), ("inbox", "i")] {
        let setting = chatwoot.settings.iter().find(|one| one.name == name).unwrap();
        values.set(setting, value).unwrap();
    }
    let way = Way::System(Arc::from((chatwoot.make)(&values).unwrap()));
    let inbox = Inbox::with(|options: &mut Options| {
        options.relay = Some(Ways { order: vec![way], ..Ways::default() });
    })
    .await;
    let shopper = shopper(&inbox).await;
    let question = format!("Where is it? {}", id());
    shopper.say(&inbox, &question).await;
    let client = Client::new();
    let talks = || async { client.get(format!("{base}/talks")).send().await.unwrap().json::<Value>().await.unwrap() };
    let place = || async {
        let all = talks().await["talks"].as_array().unwrap().clone();
        all.iter().position(|talk| talk.to_string().contains(&question))
    };
    until("Rails has it", || async { place().await.is_some() }).await;
    let place = place().await.unwrap();
    until("the shopper is present", || async {
        talks().await["present"].as_array().unwrap().contains(&json!(format!("tok-{place}")))
    })
    .await;
    let at = format!("{base}/public/api/v1/inboxes/i/contacts/src-{place}/conversations/{place}");
    for text in ["On its way", "Until Monday"] {
        let body = json!({"content": text, "as_agent": true});
        client.post(format!("{at}/messages")).json(&body).send().await.unwrap();
    }
    until("both answers", || async { heard(&inbox, &shopper).await == ["On its way", "Until Monday"] }).await;
    client.post(format!("{at}/resolve")).json(&json!({})).send().await.unwrap();
    until("the end", || async { shopper.events(&inbox, 0).await["events"].to_string().contains("\"closed\"") }).await;
}
