//! The rules of every system, in the order of the reference: what is said to be delivered was, nothing is sent
//! twice, no secret gets out, a failing system costs no word, what was missed is fetched once, text is text,
//! a restart goes on, context is bounded, an end is an end, and nothing is left behind.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::stand::{Mood, Stand};
use crate::support::{Shopper, id};
use crate::talk::{arrives, count, heard, inbox, notes, packet, shopper, states, tell, until};

/// Long enough for what is well.
const PATIENT: Duration = Duration::from_secs(8);

/// Short enough for a test of what is not.
const HASTY: Duration = Duration::from_millis(1500);

/// 1: what is noted as delivered is there, whatever the system answered before.
async fn delivered_means_there(stand: Stand) {
    for mood in [Mood::SignInPage, Mood::HalfJson, Mood::Status(502), Mood::Status(429), Mood::Status(503)] {
        let before = stand.system.shoppers_words().len();
        stand.mood(std::slice::from_ref(&mood));
        let inbox = inbox(&[&stand], HASTY).await;
        shopper(&inbox).await.say(&inbox, &format!("After {mood:?}")).await;
        until(&format!("settled after {mood:?}"), || async { states(&inbox).len() == 1 }).await;
        let there = stand.system.shoppers_words().len() - before;
        let delivered = states(&inbox).iter().filter(|(_, state)| state == "delivered").count();
        assert_eq!(delivered, there, "{mood:?}: {:?}", states(&inbox));
    }
}

/// 2: an answer that was lost is no reason to say it twice.
async fn nothing_is_said_twice(stand: Stand) {
    for mood in [Mood::CutOff, Mood::Silent] {
        let inbox = inbox(&[&stand], HASTY).await;
        let shopper = shopper(&inbox).await;
        let before = stand.system.shoppers_words().len();
        shopper.say(&inbox, "First").await;
        until("the first arrives", || async { stand.system.shoppers_words().len() == before + 1 }).await;
        stand.mood(std::slice::from_ref(&mood));
        let message = id();
        shopper.put(&inbox, &message, "Once").await;
        // The browser itself says it twice, as it does when an answer is lost on its way.
        shopper.put(&inbox, &message, "Once").await;
        shopper.say(&inbox, "Last").await;
        until("all is settled", || async { states(&inbox).len() == 3 }).await;
        let words = stand.system.shoppers_words().split_off(before);
        assert_eq!(words, ["First", "Once", "Last"], "{mood:?}");
        let state = &states(&inbox)[1].1;
        assert!(state == "delivered" || state == "unconfirmed", "{mood:?}: {state}");
        if state == "unconfirmed" {
            let told = shopper.events(&inbox, 0).await.to_string();
            assert!(told.contains("could not confirm"), "the shopper hears of it: {told}");
        }
    }
}

/// 3: no answer to a browser, no note and no log line holds a secret.
async fn no_secret_gets_out(stand: Stand) {
    let inbox = inbox(&[&stand], HASTY).await;
    let shopper = shopper(&inbox).await;
    stand.mood(&[Mood::Status(401), Mood::Status(401), Mood::Status(401), Mood::Status(401), Mood::Status(401)]);
    shopper.say(&inbox, "Hello").await;
    until("settled", || async { !states(&inbox).is_empty() }).await;
    let mut said = format!("{:?}", inbox.options);
    said += &shopper.events(&inbox, 0).await.to_string();
    said += &inbox.get("/v1/availability").await.text().await.unwrap();
    said += &notes(&inbox, &shopper).await;
    for path in ["/metrics", "/relay/webhook", "/healthz"] {
        said += &inbox.get(path).await.text().await.unwrap();
    }
    for secret in stand.system.secrets() {
        assert!(!said.contains(&secret), "{secret} in {said}");
    }
}

/// 4: a system that fails, however it fails, costs no word: the next one gets them all.
async fn a_failing_system_costs_no_word(stand: Stand) {
    if stand.system.name() == "webhook" {
        return the_inbox_keeps_every_word(stand).await;
    }
    let next = Stand::start(crate::webhook::Webhook::default()).await;
    for mood in
        [Mood::Silent, Mood::Status(500), Mood::Status(401), Mood::Status(403), Mood::Status(429), Mood::SignInPage]
    {
        stand.always(Some(mood.clone()));
        let inbox = inbox(&[&stand, &next], HASTY).await;
        let before = next.system.shoppers_words().len();
        let shopper = shopper(&inbox).await;
        shopper.say(&inbox, "Where is my parcel?").await;
        shopper.say(&inbox, "It should be here").await;
        until(&format!("the next one has it after {mood:?}"), || async {
            next.system.shoppers_words().len() == before + 2
        })
        .await;
        assert_eq!(next.system.shoppers_words().split_off(before), ["Where is my parcel?", "It should be here"]);
        assert!(notes(&inbox, &shopper).await.contains("it goes on by"), "agents here can read why");
        assert_eq!(shopper.texts(&inbox).await[..2], ["Where is my parcel?", "It should be here"]);
    }
}

/// The same where the next way is the agents' page here.
async fn the_inbox_keeps_every_word(stand: Stand) {
    stand.always(Some(Mood::Status(403)));
    let inbox = inbox(&[&stand], HASTY).await;
    let shopper = shopper(&inbox).await;
    shopper.say(&inbox, "Where is my parcel?").await;
    until("it is settled", || async { states(&inbox) == [("webhook".to_owned(), "refused".to_owned())] }).await;
    let said = shopper.texts(&inbox).await;
    assert!(said[0] == "Where is my parcel?" && said[1].contains("could not confirm"), "{said:?}");
    assert!(notes(&inbox, &shopper).await.contains("answers 403"), "agents here can read why");
}

/// 5: what was said while the line was broken is heard once, in order.
async fn what_was_missed_is_fetched_once(stand: Stand) {
    let inbox = inbox(&[&stand], PATIENT).await;
    let shopper = shopper(&inbox).await;
    shopper.say(&inbox, "Hello?").await;
    arrives(&stand, &["Hello?"]).await;
    stand.system.say(&inbox, "1001", "One").await;
    until("the first answer", || async { heard(&inbox, &shopper).await == ["One"] }).await;
    stand.always(Some(Mood::Status(503)));
    tokio::time::sleep(Duration::from_millis(300)).await;
    stand.system.say(&inbox, "1002", "Two").await;
    stand.system.say(&inbox, "1003", "Three").await;
    stand.always(None);
    stand.system.say(&inbox, "1003", "Three").await;
    until("the rest", || async { heard(&inbox, &shopper).await.len() >= 3 }).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(heard(&inbox, &shopper).await, ["One", "Two", "Three"]);
}

/// 6: what agents write is text for the shopper, whatever it was there.
async fn text_is_text(stand: Stand) {
    let inbox = inbox(&[&stand], PATIENT).await;
    let shopper = shopper(&inbox).await;
    shopper.say(&inbox, "Hello?").await;
    arrives(&stand, &["Hello?"]).await;
    let html = "<p>On its <b>way</b></p><script>alert(1)</script><img src=x onerror=alert(1)>";
    stand.system.say(&inbox, "1001", html).await;
    until("the answer", || async { !heard(&inbox, &shopper).await.is_empty() }).await;
    let expected = if stand.system.is_html() { "On its way" } else { html };
    assert_eq!(heard(&inbox, &shopper).await, [expected]);
}

/// 7: a server that was stopped and started again goes on with the same conversation.
async fn a_restart_goes_on(stand: Stand) {
    let mut inbox = inbox(&[&stand], PATIENT).await;
    let shopper = shopper(&inbox).await;
    shopper.say(&inbox, "Before").await;
    arrives(&stand, &["Before"]).await;
    inbox.restart().await;
    shopper.say(&inbox, "After").await;
    arrives(&stand, &["Before", "After"]).await;
    assert_eq!(stand.system.n_conversations(), 1);
    stand.system.say(&inbox, "1001", "Here").await;
    until("the answer", || async { heard(&inbox, &shopper).await == ["Here"] }).await;
}

/// 8: agents see what the shopper let pass, within the system's limits, cut visibly; what was said with a bot is
/// never the shopper's own words.
async fn context_arrives_and_is_bounded(stand: Stand) {
    let inbox = inbox(&[&stand], PATIENT).await;
    let shopper = Shopper::new();
    let mut packet = packet();
    packet["page"]["title"] = "T".repeat(2_000).into();
    packet["searches"] = vec!["a long search for something"; 50].into();
    packet["transcript"].as_array_mut().unwrap().extend(vec![json!({"from": "bot", "text": "b".repeat(1_900)}); 10]);
    assert!(shopper.open(&inbox, packet).await.status().is_success());
    let long = "ä".repeat(4_000);
    shopper.say(&inbox, &long).await;
    until("it is settled", || async { !states(&inbox).is_empty() }).await;
    assert_eq!(states(&inbox)[0].1, "delivered");
    let words = stand.system.shoppers_words().concat();
    assert!(words.contains("äää") && !words.contains("BOT-SAID") && !words.contains("ASKED-THE-BOT"), "{words}");
    let total = words.chars().filter(|c| *c == 'ä').count();
    assert!(total == 4_000 || words.contains('…'), "what is cut shows: {total}");
    let seen = stand.system.for_agents();
    for part in ["https://shop.example/cart", "TT-204711", "promo-code", "…"] {
        assert!(seen.contains(part), "{part} in {seen}");
    }
}

/// 8, later: what the shopper answered in the help meanwhile reaches agents, is never the shopper's own words, and
/// keeps no word from following.
async fn what_is_told_later_arrives_as_a_note(stand: Stand) {
    let inbox = inbox(&[&stand], PATIENT).await;
    let shopper = shopper(&inbox).await;
    shopper.say(&inbox, "Hello?").await;
    arrives(&stand, &["Hello?"]).await;
    let flow = json!([{"question": "Which size?", "answer": "LATER-42"}]);
    tell(&inbox, &shopper, &flow).await;
    shopper.say(&inbox, "So?").await;
    arrives(&stand, &["Hello?", "So?"]).await;
    until("all is settled", || async { states(&inbox).len() == 3 }).await;
    assert!(states(&inbox).iter().all(|(_, state)| state == "delivered"), "{:?}", states(&inbox));
    let seen = stand.system.for_agents();
    assert!(seen.contains("Which size? LATER-42"), "{seen}");
    assert!(heard(&inbox, &shopper).await.is_empty(), "nobody there said it");
}

/// 9: when the conversation is ended there it is ended here, and whoever writes again is heard again.
async fn an_end_is_an_end(stand: Stand) {
    let inbox = inbox(&[&stand], PATIENT).await;
    let shopper = shopper(&inbox).await;
    shopper.say(&inbox, "Hello?").await;
    until("it is settled", || async { states(&inbox).len() == 1 }).await;
    if stand.system.close(&inbox).await {
        until("it is closed here", || async {
            shopper.events(&inbox, 0).await["events"].to_string().contains("\"closed\"")
        })
        .await;
    }
    shopper.say(&inbox, "One more thing").await;
    until("it goes on", || async { stand.system.shoppers_words() == ["Hello?", "One more thing"] }).await;
}

/// 10: a conversation that the shopper deleted leaves nothing here.
async fn nothing_is_left_behind(stand: Stand) {
    let inbox = inbox(&[&stand], PATIENT).await;
    let shopper = shopper(&inbox).await;
    shopper.say(&inbox, "Hello?").await;
    arrives(&stand, &["Hello?"]).await;
    until("it is settled", || async { states(&inbox).len() == 1 }).await;
    let deleted = shopper.request(&inbox, Method::DELETE, "").send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    tokio::time::sleep(Duration::from_millis(200)).await;
    if stand.system.name() == "webhook" {
        until("the system is told", || async { stand.system.for_agents().contains("help.deleted") }).await;
    }
    assert_eq!((count(&inbox, "relay"), count(&inbox, "relayed"), count(&inbox, "event")), (0, 0, 0));
    stand.system.say(&inbox, "1001", "Too late").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(count(&inbox, "event"), 0, "nobody is left to hear it");
}

/// Every rule for a system. A real server may not run; `cargo xtask conformance` starts it.
macro_rules! held {
    ($($module:ident: $system:expr;)*) => {$(
        mod $module {
            use super::*;

            held!(@ $system; delivered_means_there nothing_is_said_twice no_secret_gets_out
                a_failing_system_costs_no_word what_was_missed_is_fetched_once text_is_text a_restart_goes_on
                context_arrives_and_is_bounded what_is_told_later_arrives_as_a_note an_end_is_an_end nothing_is_left_behind);
        }
    )*};
    (@ $system:expr; $($rule:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            match $system {
                Some(system) => super::$rule(Stand::start(system).await).await,
                None => println!("skipped: no such server runs"),
            }
        }
    )*};
}

held! {
    webhook: Some(crate::webhook::Webhook::default());
    zendesk: Some(crate::zendesk::Zendesk::default());
    chatwoot: Some(crate::chatwoot::Chatwoot::default());
    sunco: Some(crate::sunco::Sunco::default());
    twilio: Some(crate::twilio::Twilio::default());
    matrix: Some(crate::matrix::Matrix::default());
    xmpp: Some(crate::xmpp::Xmpp::default());
    rocketchat: Some(crate::rocketchat::RocketChat::default());
    // Between a real server and us stands one that spoils.
    synapse: crate::synapse::Synapse::joined();
    prosody: crate::prosody::Prosody::joined();
}
