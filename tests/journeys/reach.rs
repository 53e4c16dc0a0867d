//! A person is never more than two actions away, and never pretended to be there.

use serde_json::json;

use super::manners::pointer;
use crate::support::browser::{Browser, Look};
use crate::support::shop::{Setup, Shop};

/// Presses what the shopper would, and counts.
async fn presses(browser: &Browser, selectors: &[&str]) -> usize {
    for selector in selectors {
        browser.click_inside(selector).await;
    }
    browser.until("there is a field to write to people in", "$('#hn-message')?.tagName === 'TEXTAREA'").await;
    selectors.len()
}

/// The way to people as every screen shows it.
const PERSON: &str = "[data-way=chat], .foot .first";

#[tokio::test]
async fn from_everywhere_two_actions_lead_to_a_person() {
    let shop = Shop::open().await;
    let browser = Browser::start(Look::default()).await;
    let page = format!("{}/product/fell-rain-jacket/", shop.url);
    // Whoever stands at the closed launcher, on any screen of the panel, in a flow, or before no answer.
    for (place, before, selectors) in [
        ("the closed panel", "", &["button.launcher", PERSON][..]),
        ("the first screen", "Helpnook('open')", &[PERSON]),
        ("an article", "Helpnook('article', 'return-item')", &[PERSON]),
        ("a collection", "Helpnook('open').then(() => $('.tile').click())", &[PERSON]),
        ("a search", "Helpnook('search', 'refund')", &[PERSON]),
        ("a search without an answer", "Helpnook('search', 'zxqv klmpt')", &[PERSON]),
        ("a guided flow", "Helpnook('flow', 'track-order')", &["[id^=hn-flow-person]"]),
    ] {
        browser.goto(&page).await;
        browser.until("the tag has run", "window.Helpnook && $('button.launcher')").await;
        if !before.is_empty() {
            browser.js(before).await;
            browser.until("the panel stands open", "$('.panel')?.offsetWidth > 100").await;
        }
        let n_actions = presses(&browser, selectors).await;
        println!("from {place}: {n_actions}");
        assert!(n_actions <= 2, "{place}");
    }
    browser.nothing_broke().await;
}

/// Opening hours that are not now.
pub fn closed() -> helpnook::server::hours::Hours {
    let mut hours = helpnook::server::hours::Hours::closed("UTC").unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 3600 % 24;
    for day in 0..7 {
        hours.set_day(day, if (10..14).contains(&now) { "20:00-20:01" } else { "12:00-12:01" }).unwrap();
    }
    hours
}

#[tokio::test]
async fn outside_hours_a_form_stands_in_place_of_the_conversation_with_the_address_first() {
    let shop = Shop::with(Setup { hours: Some(closed()), ..Setup::default() }).await;
    for (name, size) in [("wide", (1280, 900)), ("phone", (390, 844))] {
        let shopper = Browser::start(Look { size, ..Look::default() }).await;
        shopper.goto(&format!("{}/contact/", shop.url)).await;
        shopper.click_inside("button.launcher").await;
        pointer(&shopper).await;
        let way = "$('.foot [data-way=chat]')?.textContent.trim() === 'Leave a message'";
        shopper.until("the way to people says what is true", way).await;
        shopper.shot(&format!("way-away-{name}")).await;
        assert_eq!(presses(&shopper, &[PERSON]).await, 1);
        shopper.until("it is a message that is left", "$('#hn-title')?.textContent === 'Leave a message'").await;
        shopper.until("nobody is there, it says", "root.textContent.includes('Nobody is at the desk right now')").await;
        let first = "(() => { const fields = $$('.chat input:not([type=file]), .chat textarea'); \
            fields.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top); return fields[0].id })()";
        assert_eq!(shopper.js(&format!("return {first}")).await, json!("hn-email"), "the first field");
        shopper.type_inside("#hn-email", "zoe at home").await;
        shopper.keys(thirtyfour::Key::Tab + "").await;
        shopper
            .until(
                "what is no address is said to be none",
                "$('#hn-email[aria-invalid=true]')?.value === 'zoe at home' && $('#hn-email-wrong')",
            )
            .await;
        shopper.shot(&format!("chat-form-wrong-{name}")).await;
        shopper.js("$('#hn-email').value = ''").await;
        shopper.type_inside("#hn-email", "zoe@home.example").await;
        shopper.keys(thirtyfour::Key::Tab + "").await;
        shopper.until("it is taken", "root.textContent.includes('also goes to zoe@home.example')").await;
        shopper.type_inside("#hn-message", "Is the jacket waterproof?").await;
        shopper.shot(&format!("chat-form-{name}")).await;
        shopper.click_inside("#hn-send").await;
        shopper.until("it is left", "$('[data-state=sent]')").await;
        shopper
            .until(
                "nobody pretends to be there",
                "$('#hn-title')?.textContent === 'Leave a message' && !$('.presence.here')",
            )
            .await;
        shopper.shot(&format!("chat-form-sent-{name}")).await;
        // With the conversation itself, not after it: the agent has the address with the first message.
        let conn = rusqlite::Connection::open(shop.folder.path().join("inbox.db")).unwrap();
        let packet: String =
            conn.query_row("SELECT packet FROM conversation ORDER BY key DESC LIMIT 1", [], |row| row.get(0)).unwrap();
        assert!(packet.contains("zoe@home.example") && packet.contains("\"person\""), "{packet}");
        shopper.nothing_broke().await;
    }
}
