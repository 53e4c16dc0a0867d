//! Forms that a page sends by itself: would their systems take what a shopper leaves. Nothing is left there.

use std::time::Duration;

use serde_json::Value;

use super::Finding;
use super::live::grave;
use crate::web;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks a form's system; `shop` is the origin of the shop's pages, empty when the page does not say.
pub(super) fn form(name: &str, settings: &Value, shop: &str) -> Option<Finding> {
    let text = |need: &str| settings[need].as_str().filter(|text| !text.is_empty());
    match name {
        "zendesk-ticket" => {
            let own = text("url").map(str::to_owned);
            ticket(&own.or_else(|| Some(format!("https://{}.zendesk.com/api/v2/requests.json", text("subdomain")?)))?)
        }
        // Whether the shop's page may ask there, its own browser would ask with the page's origin.
        _ if shop.is_empty() => None,
        _ => preflight(text("url")?, shop),
    }
}

/// A request without a comment makes no ticket: who may make one is told that it lacks one.
fn ticket(address: &str) -> Option<Finding> {
    let agent = web::asking(PATIENCE).build().new_agent();
    let sent = agent.post(address).header("content-type", "application/json").send(r#"{"request":{}}"#);
    let (why, cure) = match sent.map(|answer| answer.status().as_u16()) {
        Ok(400 | 422) => return None,
        Ok(401 | 403) => (
            "does not take requests of people who did not sign in".to_owned(),
            "in Admin Center > People > End users let anybody submit tickets, and switch off that requests need a sign-in; or use the relay",
        ),
        Ok(404) => ("is no Zendesk".to_owned(), "correct `subdomain`"),
        Ok(status) => (format!("answers {status}"), "try again later, and see Zendesk's status page"),
        Err(error) => (format!("cannot be reached ({error})"), "correct `subdomain`"),
    };
    Some(grave(format!("`zendesk-ticket`: {address} {why}"), cure))
}

/// Whether a browser would let the shop's page post JSON there.
fn preflight(address: &str, shop: &str) -> Option<Finding> {
    let agent = web::asking(PATIENCE).build().new_agent();
    let asked = agent
        .options(address)
        .header("origin", shop)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .call();
    let answer = match asked {
        Ok(answer) => answer,
        Err(error) => {
            return Some(grave(
                format!("`webhook`: {address} cannot be reached ({error})"),
                "start what takes the shopper's words there",
            ));
        }
    };
    let header = |name: &str| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase()
    };
    let (origin, headers) = (header("access-control-allow-origin"), header("access-control-allow-headers"));
    let lacks = if !answer.status().is_success() {
        format!("answers {} to `OPTIONS`", answer.status())
    } else if origin != "*" && origin != shop.to_ascii_lowercase() {
        format!("does not allow {shop}")
    } else if headers != "*" && !headers.contains("content-type") {
        "does not allow the header `content-type`".to_owned()
    } else {
        return None;
    };
    Some(grave(
        format!("`webhook`: {address} {lacks}, so browsers send nothing there"),
        "answer `OPTIONS` with access-control-allow-origin, access-control-allow-methods and access-control-allow-headers",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::live::tests::service;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_zendesk_is_asked_whether_anybody_may_write() {
        let told = |status| {
            let url = service(status, "{}") + "/api/v2/requests.json";
            form("zendesk-ticket", &json!({ "url": url }), "").map(|finding| finding.message).unwrap_or_default()
        };
        assert_eq!(told("422 Unprocessable Entity"), "");
        assert!(told("401 Unauthorized").ends_with("does not take requests of people who did not sign in"));
        assert!(told("404 Not Found").ends_with("is no Zendesk"));
        assert!(told("503 Service Unavailable").ends_with("answers 503"));
        assert_eq!(form("zendesk-ticket", &json!({}), ""), None, "what is not set was told already");
    }

    #[test]
    fn an_address_of_the_shop_must_let_its_pages_write() {
        let told = |status, shop: &str| {
            let settings = json!({ "url": service(status, "") });
            form("webhook", &settings, shop).map(|finding| finding.message).unwrap_or_default()
        };
        let fine = "204 No Content\r\naccess-control-allow-origin: https://shop.example\r\naccess-control-allow-headers: Content-Type";
        assert_eq!(told(fine, "https://shop.example"), "");
        assert!(told(fine, "https://other.example").contains("does not allow https://other.example"));
        assert!(
            told("204 No Content\r\naccess-control-allow-origin: *", "https://shop.example").contains("`content-type`")
        );
        assert!(told("405 Method Not Allowed", "https://shop.example").contains("answers 405"));
        assert_eq!(told("405 Method Not Allowed", ""), "", "without the page's origin nothing can be told");
    }
}
