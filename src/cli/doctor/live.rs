//! What a page names, asked whether it is there: the inbox, the release file, the vendors' scripts.

use std::time::Duration;

use scraper::{Html, Selector};
use serde_json::Value;

use super::Finding;
use super::forms::form;
use crate::cli::build::integrity;
use crate::config::{Channel, WidgetConfig, is_form};
use crate::web;

/// Longest file that is read, in bytes.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Scripts of vendors that need nothing but a fetch to be proved: name, address, with `{need}` filled in.
const SCRIPTS: &[(&str, &str)] = &[
    ("zendesk-messenger", "https://static.zdassets.com/ekr/snippet.js?key={key}"),
    ("twilio-webchat", "{script}"),
    ("chatwoot", "{baseUrl}/packs/js/sdk.js"),
    ("intercom", "https://widget.intercom.io/widget/{appId}"),
    ("crisp", "https://client.crisp.chat/l.js"),
    ("tawk", "https://embed.tawk.to/{property}/{widget}"),
    ("gorgias", "https://config.gorgias.chat/bundle-loader/{id}"),
    ("helpscout", "https://beacon-v2.helpscout.net"),
    ("livechat", "https://cdn.livechatinc.com/tracking.js"),
    ("freshchat", "{host}/js/widget.js"),
    ("hubspot", "https://js.hs-scripts.com/{portal}.js"),
    ("acquire", "{script}"),
    ("rocketchat", "{baseUrl}/livechat/rocketchat-livechat.min.js"),
];

/// Asks everything that a page names by a full address.
pub(super) fn ask(html: &str) -> Vec<Finding> {
    let page = Html::parse_document(html);
    let Ok(scripts) = Selector::parse("script") else { return Vec::new() };
    let mut out = Vec::new();
    let mut settings = Value::Null;
    for script in page.select(&scripts).filter(|script| script.attr("data-helpnook-chat").is_some()) {
        settings = serde_json::from_str(&script.text().collect::<String>()).unwrap_or_default();
    }
    let tag = page.select(&scripts).find(|script| script.attr("src").is_some_and(|src| src.contains("helpnook")));
    let Some(tag) = tag else { return out };
    let src = tag.attr("src").unwrap_or_default();
    if src.contains("://") {
        match fetch(src) {
            Err(why) => out.push(grave(format!("{src} {why}"), "upload the release files there")),
            Ok(bytes) => {
                let expected = tag.attr("integrity").unwrap_or_default();
                if expected.starts_with("sha384-") && integrity(&bytes) != expected {
                    out.push(grave(
                        format!("{src} is not the file that `integrity` names, so browsers refuse it"),
                        "paste the tag that `helpnook widget` prints for the release you serve",
                    ));
                }
            }
        }
    }
    let attributes: Vec<(String, String)> =
        tag.value().attrs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let channels = WidgetConfig::read(&attributes).0.channels;
    if let Some((_, bot)) = attributes.iter().find(|(name, _)| name == "data-bot") {
        let inbox = channels.iter().find_map(|one| if let Channel::Inbox(origin) = one { Some(origin) } else { None });
        let address = match bot.split('#').next().unwrap_or_default() {
            "inbox" => inbox.map_or_else(String::new, |origin| format!("{origin}/v1/bot")),
            address => address.to_owned(),
        };
        if address.contains("://") {
            out.extend(bot_at(address.trim_end_matches("/chat/completions").trim_end_matches('/'), "", ""));
        }
    }
    for channel in channels {
        match channel {
            Channel::Inbox(origin) if !origin.is_empty() => out.extend(inbox(&origin)),
            Channel::Vendor(name) if is_form(&name) => out.extend(form(&name, &settings[&name], &origin_of(&page))),
            Channel::Vendor(name) => out.extend(vendor(&name, &settings[&name])),
            _ => {}
        }
    }
    out
}

fn inbox(origin: &str) -> Option<Finding> {
    let address = format!("{origin}/v1/availability");
    let said = match fetch(&address) {
        Ok(bytes) => serde_json::from_slice::<Value>(&bytes).unwrap_or_default(),
        Err(why) => return Some(grave(format!("the inbox: {address} {why}"), "start `helpnook serve` there")),
    };
    said["online"].is_null().then(|| {
        grave(format!("{address} answers, but it is no inbox"), "name the origin at which `helpnook serve` listens")
    })
}

/// Asks the bot one question: as a page would, or as the server does, with its model and its key.
pub(super) fn bot_at(base: &str, model: &str, key: &str) -> Option<Finding> {
    let address = format!("{base}/chat/completions");
    let data = serde_json::json!({ "lang": "en", "question": "What is this?",
        "passages": [{ "n": 1, "title": "A test", "text": "This is a test of the help." }] });
    let mut body = serde_json::json!({ "stream": true, "max_tokens": 20,
        "messages": [{ "role": "system", "content": "Answer from the passages." }, { "role": "user", "content": data.to_string() }] });
    if !model.is_empty() {
        body["model"] = model.into();
    }
    let agent = web::asking(Duration::from_secs(30)).build().new_agent();
    let mut request = agent.post(&address).header("content-type", "application/json");
    if !key.is_empty() {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let sent = request.send(body.to_string());
    let (why, cure) = match sent {
        Err(error) => (format!("does not answer ({error})"), "start the proxy there"),
        Ok(mut answer) => match answer.status().as_u16() {
            200 => {
                let text = answer.body_mut().with_config().limit(MAX_BYTES).read_to_string().unwrap_or_default();
                if text.contains("\"choices\"") {
                    return None;
                }
                (
                    "answers, but not as OpenAI's chat completions do".to_owned(),
                    "name the address up to `/chat/completions`",
                )
            }
            401 | 403 if !key.is_empty() => {
                ("does not take the key".to_owned(), "correct `key-file` below `bot`, or what the key may do there")
            }
            401 | 403 => ("wants a key, which a page cannot hold".to_owned(), "let the proxy add it"),
            status => (format!("answers {status}"), "see the proxy's log"),
        },
    };
    Some(grave(format!("the bot: {address} {why}"), cure))
}

fn vendor(name: &str, settings: &Value) -> Option<Finding> {
    let (_, template) = SCRIPTS.iter().find(|(known, _)| *known == name)?;
    let mut address = String::new();
    let mut rest = *template;
    while let Some((before, after)) = rest.split_once('{') {
        let (need, tail) = after.split_once('}')?;
        address.push_str(before);
        // What is not set was told already.
        address.push_str(settings[need].as_str()?);
        rest = tail;
    }
    address.push_str(rest);
    fetch(&address)
        .err()
        .map(|why| grave(format!("`{name}`: {address} {why}"), "compare the settings with the vendor's own snippet"))
}

/// The bytes at an address, or what came of it in words.
fn fetch(address: &str) -> Result<Vec<u8>, String> {
    let config = web::asking(Duration::from_secs(15)).max_redirects(3).build();
    let mut answer = config.new_agent().get(address).call().map_err(|error| format!("cannot be reached ({error})"))?;
    if !answer.status().is_success() {
        return Err(format!("answers {}", answer.status()));
    }
    answer.body_mut().with_config().limit(MAX_BYTES).read_to_vec().map_err(|error| format!("breaks off ({error})"))
}

/// Where the page says that it stands.
fn origin_of(page: &Html) -> String {
    let link = Selector::parse("link[rel=canonical]").ok().and_then(|link| page.select(&link).next());
    let address = link.and_then(|link| link.attr("href")).unwrap_or_default();
    let end = address.find("://").and_then(|at| address.get(at + 3..)?.find('/').map(|slash| at + 3 + slash));
    address.get(..end.unwrap_or(address.len())).filter(|origin| origin.contains("://")).unwrap_or_default().to_owned()
}

pub(super) fn grave(message: String, cure: &str) -> Finding {
    Finding { grave: true, message, cure: cure.to_owned() }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};

    /// A service that gives every request the same answer.
    pub fn service(status: &'static str, body: &'static str) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { break };
                let _ = stream.read(&mut [0; 2048]);
                let length = body.len();
                let _ =
                    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            }
        });
        origin
    }

    fn told(attributes: &str, settings: &str) -> Vec<String> {
        let html = format!(
            "<script type=application/json data-helpnook-chat>{settings}</script><script async src=/helpnook.js {attributes}></script>"
        );
        ask(&html).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn an_inbox_is_asked_whether_it_is_one() {
        let right = service("200 OK", "{\"online\":true}");
        assert!(told(&format!("data-chat='inbox:{right}'"), "{}").is_empty());
        let wrong = service("200 OK", "<html>parked</html>");
        assert!(told(&format!("data-chat='inbox:{wrong}'"), "{}")[0].ends_with("but it is no inbox"));
        let broken = service("503 Service Unavailable", "");
        assert!(told(&format!("data-chat='inbox:{broken}'"), "{}")[0].contains("answers 503"));
        assert!(told("data-chat='inbox:http://127.0.0.1:9'", "{}")[0].contains("cannot be reached"));
    }

    #[test]
    fn a_vendors_script_is_fetched_and_what_is_not_set_is_left_to_others() {
        let gone = service("404 Not Found", "");
        let settings = format!("{{\"chatwoot\": {{\"baseUrl\": \"{gone}\"}}}}");
        let found = told("data-chat='chatwoot,inbox:'", &settings);
        assert!(found.len() == 1 && found[0].contains("/packs/js/sdk.js answers 404"), "{found:?}");
        let there = service("200 OK", "window.x");
        assert!(told("data-chat=chatwoot", &settings.replace(&gone, &there)).is_empty());
        assert!(told("data-chat='chatwoot'", "{}").is_empty());
    }

    #[test]
    fn a_pinned_file_must_be_the_one_that_is_served() {
        let origin = service("200 OK", "let x");
        let html = |hash: &str| format!("<script src='{origin}/helpnook.js' integrity='{hash}' crossorigin></script>");
        assert!(ask(&html(&integrity(b"let x"))).is_empty());
        assert!(ask(&html(&integrity(b"let y")))[0].message.contains("is not the file"));
    }

    #[test]
    fn every_messenger_has_a_script_to_ask_for() {
        for name in crate::config::VENDORS.iter().filter(|name| !is_form(name)) {
            assert!(SCRIPTS.iter().any(|(known, _)| known == name), "{name}");
        }
    }
}
