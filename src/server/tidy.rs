//! What shoppers and agents write, as it is stored: within bounds, card numbers masked.

use super::refuse::Refuse;
use crate::chat::masking::mask_cards;
use crate::chat::protocol::{FlowAnswer, MAX_TEXT_BYTES, Packet};

/// Most entries in a list of a packet.
const MAX_PACKET_ROWS: usize = 50;

/// Most characters of one text in a packet.
const MAX_PACKET_CHARS: usize = 2_000;

/// Most characters of a shopper's name.
const MAX_NAME_CHARS: usize = 100;

/// A message's text as it is stored: within the limit, not blank unless files speak for it, card
/// numbers masked.
///
/// # Errors
/// [`Refuse::TooLong`], [`Refuse::Malformed`].
pub fn message_text(text: &str, n_attachments: usize) -> Result<String, Refuse> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Refuse::text_too_long());
    }
    if text.trim().is_empty() && n_attachments == 0 {
        return Err(Refuse::Malformed("the message is empty".to_owned()));
    }
    Ok(mask_cards(text).into_owned())
}

/// A packet as it is stored: lists and texts cut to bounds, card numbers masked, no query in the address.
#[must_use]
pub fn packet(mut packet: Packet) -> Packet {
    packet.page.url.truncate(packet.page.url.find(['?', '#']).unwrap_or(packet.page.url.len()));
    packet.searches.truncate(MAX_PACKET_ROWS);
    packet.read.truncate(MAX_PACKET_ROWS);
    packet.signals.truncate(MAX_PACKET_ROWS);
    packet.transcript.truncate(MAX_PACKET_ROWS);
    packet.consent.truncate(MAX_PACKET_ROWS);
    packet.person.name = one_line(&packet.person.name);
    if !is_email(&packet.person.email) {
        packet.person.email.clear();
    }
    let page = &mut packet.page;
    for field in [&mut packet.lang, &mut packet.basket, &mut page.url, &mut page.title] {
        text(field);
    }
    for field in [&mut page.page_type, &mut page.product] {
        text(field);
    }
    packet.searches.iter_mut().chain(&mut packet.signals).chain(&mut packet.consent).for_each(text);
    flow(&mut packet.flow);
    packet.transcript.iter_mut().for_each(|turn| text(&mut turn.text));
    for article in &mut packet.read {
        text(&mut article.id);
        text(&mut article.title);
    }
    packet
}

/// A text of a packet as it is stored.
fn text(text: &mut String) {
    let cut: String = text.chars().take(MAX_PACKET_CHARS).collect();
    *text = mask_cards(&cut).into_owned();
}

/// What was answered in flows as it is stored.
pub fn flow(flow: &mut Vec<FlowAnswer>) {
    flow.truncate(MAX_PACKET_ROWS);
    for step in flow {
        text(&mut step.question);
        text(&mut step.answer);
    }
}

/// Whether an e-mail may go there; the mail server has the last word.
#[must_use]
pub fn is_email(text: &str) -> bool {
    text.len() <= 254 && text.trim().parse::<lettre::Address>().is_ok()
}

/// A name on one line, card numbers masked.
#[must_use]
pub fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_NAME_CHARS).collect();
    mask_cards(plain.trim()).into_owned()
}
