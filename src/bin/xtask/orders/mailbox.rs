//! The mailbox of the demo: what the shop would have sent by mail, on a page.

use axum::extract::State;
use axum::response::Html;

use super::{Shared, lock};

/// A letter.
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// `GET /mailbox/`
pub async fn page(State(shop): State<Shared>) -> Html<String> {
    let shop = lock(&shop);
    let mut out = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Mailbox of the demo</title><link rel=\"stylesheet\" href=\"/store/shop.css\">\
         <main style=\"max-width:44rem;margin:2rem auto;padding:0 1rem\"><h1>Mailbox of the demo</h1>\
         <p>Nothing leaves this machine: what the shop would send by mail is here.</p>",
    );
    if shop.mails.is_empty() {
        out.push_str("<p>No letters yet.</p>");
    }
    for mail in shop.mails.iter().rev() {
        out.push_str(&format!(
            "<article><h2>{}</h2><p>to {}</p><p>{}</p></article>",
            escaped(&mail.subject),
            escaped(&mail.to),
            escaped(&mail.text)
        ));
    }
    Html(out)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
