//! `helpnook doctor PAGE`: is what was pasted into a page right, and safe to show to every shopper.

mod forms;
mod live;
mod relay;

use std::path::PathBuf;

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use super::{CliError, Exit, print_line};
use crate::config::{Channel, WidgetConfig};
use crate::secrets;

/// What the command line says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A page of the shop, saved as HTML
    #[arg(required_unless_present_any = ["docs", "config"])]
    page: Option<PathBuf>,
    /// Print how to set up a system, such as `inbox`, `flows`, `email` or `zendesk-messenger`
    #[arg(long, value_name = "SYSTEM")]
    docs: Option<String>,
    /// The configuration file of `helpnook serve`: where conversations go on
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Also ask the services that page and configuration name whether they answer
    #[arg(long)]
    live: bool,
}

/// Pages of documentation, by system.
const DOCS: &[(&str, &str)] = &[
    ("flows", include_str!("docs/flows.md")),
    ("inbox", include_str!("docs/inbox.md")),
    ("email", include_str!("docs/email.md")),
    ("bot", include_str!("docs/bot.md")),
    ("zendesk-messenger", include_str!("docs/zendesk-messenger.md")),
    ("twilio-webchat", include_str!("docs/twilio-webchat.md")),
    ("chatwoot", include_str!("docs/chatwoot.md")),
    ("intercom", include_str!("docs/intercom.md")),
    ("crisp", include_str!("docs/crisp.md")),
    ("tawk", include_str!("docs/tawk.md")),
    ("gorgias", include_str!("docs/gorgias.md")),
    ("helpscout", include_str!("docs/helpscout.md")),
    ("livechat", include_str!("docs/livechat.md")),
    ("freshchat", include_str!("docs/freshchat.md")),
    ("hubspot", include_str!("docs/hubspot.md")),
    ("acquire", include_str!("docs/acquire.md")),
    ("rocketchat", include_str!("docs/rocketchat.md")),
    ("zendesk-ticket", include_str!("docs/zendesk-ticket.md")),
    ("zendesk-sunco", include_str!("docs/zendesk-sunco.md")),
    ("twilio-conversations", include_str!("docs/twilio-conversations.md")),
    ("chatwoot-api", include_str!("docs/chatwoot-api.md")),
    ("matrix", include_str!("docs/matrix.md")),
    ("xmpp", include_str!("docs/xmpp.md")),
    ("rocketchat-api", include_str!("docs/rocketchat-api.md")),
    ("webhook", include_str!("docs/webhook.md")),
];

/// What a messenger or form cannot do without, as `www/vendors.js` checks it.
const NEEDS: &[(&str, &[&str])] = &[
    ("zendesk-messenger", &["key"]),
    ("twilio-webchat", &["deploymentKey", "script", "integrity"]),
    ("chatwoot", &["baseUrl", "websiteToken"]),
    ("intercom", &["appId"]),
    ("crisp", &["websiteId"]),
    ("tawk", &["property", "widget"]),
    ("gorgias", &["id"]),
    ("helpscout", &["id"]),
    ("livechat", &["license", "organizationId"]),
    ("freshchat", &["token", "host"]),
    ("hubspot", &["portal"]),
    ("acquire", &["script"]),
    ("rocketchat", &["baseUrl"]),
    ("zendesk-ticket", &["subdomain"]),
    ("webhook", &["url"]),
];

/// Something wrong with what was pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether the help does not work, or is not safe, like this.
    pub grave: bool,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub cure: String,
}

pub(super) fn command(args: &Args) -> Result<Exit, CliError> {
    if let Some(system) = &args.docs {
        let names: Vec<&str> = DOCS.iter().map(|(name, _)| *name).collect();
        let Some((_, text)) = DOCS.iter().find(|(name, _)| name == system) else {
            return Err(CliError::Other(format!("no page about `{system}`: there are {}", names.join(", "))));
        };
        print_line(text.trim_end());
        return Ok(Exit::Done);
    }
    let mut grave = false;
    if let Some(path) = &args.config {
        let now_ms = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis();
        let findings = relay::examine(path, args.live, u64::try_from(now_ms).unwrap_or_default())?;
        grave |= say(path, &findings);
    }
    if let Some(path) = &args.page {
        let html = std::fs::read_to_string(path).map_err(|error| CliError::file(path, error))?;
        let mut findings = examine(&html);
        if args.live {
            findings.extend(live::ask(&html));
        }
        grave |= say(path, &findings);
    }
    Ok(if grave { Exit::Refused } else { Exit::Done })
}

/// Prints what is wrong; says whether something grave is.
fn say(path: &std::path::Path, findings: &[Finding]) -> bool {
    for Finding { grave, message, cure } in findings {
        let kind = if *grave { "error" } else { "warning" };
        print_line(&format!("{}: {kind}: {message}: {cure}", path.display()));
    }
    if findings.is_empty() {
        print_line(&format!("{}: nothing wrong was found", path.display()));
    }
    findings.iter().any(|finding| finding.grave)
}

/// What is wrong in a page, the gravest first.
#[must_use]
pub fn examine(html: &str) -> Vec<Finding> {
    let page = Html::parse_document(html);
    let mut out = Vec::new();
    let scripts: Vec<ElementRef<'_>> =
        Selector::parse("script").map(|all| page.select(&all).collect()).unwrap_or_default();
    let is_tag = |script: &&ElementRef<'_>| {
        let name = script.attr("src").unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        name.starts_with("helpnook") && name.ends_with(".js")
    };
    let mut tags = scripts.iter().filter(is_tag);
    let Some(tag) = tags.next() else {
        out.push(Finding {
            grave: true,
            message: "there is no tag of Helpnook in this page".to_owned(),
            cure: "paste `<script async src=\"…/helpnook.js\" data-index=\"…\"></script>`".to_owned(),
        });
        return out;
    };
    if tags.next().is_some() {
        out.push(Finding {
            grave: false,
            message: "the tag is there twice; only the first one counts".to_owned(),
            cure: "take one out".to_owned(),
        });
    }
    let attributes: Vec<(String, String)> =
        tag.value().attrs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    own(tag, &attributes, &mut out);
    for (name, value) in &attributes {
        secret(name, value, &mut out);
    }
    let mut block = Value::Null;
    for script in scripts.iter().filter(|script| script.attr("data-helpnook-chat").is_some()) {
        block = settings(&script.text().collect::<String>(), &mut out);
    }
    ways(&WidgetConfig::read(&attributes).0.channels, &block, &mut out);
    out.sort_by_key(|finding| !finding.grave);
    out
}

/// The tag's own attributes.
fn own(tag: &ElementRef<'_>, attributes: &[(String, String)], out: &mut Vec<Finding>) {
    let mut add = |grave, message: &str, cure: &str| {
        out.push(Finding { grave, message: message.to_owned(), cure: cure.to_owned() });
    };
    let src = tag.attr("src").unwrap_or_default();
    if src.starts_with("http://") && !src.starts_with("http://127.0.0.1") && !src.starts_with("http://localhost") {
        add(true, "the script comes over http, which anybody on the way can change", "serve it by https");
    }
    if tag.attr("async").is_none() && tag.attr("defer").is_none() {
        add(false, "the page waits for the script", "add `async`");
    }
    if tag.attr("integrity").is_some() && tag.attr("crossorigin").is_none() && src.contains("://") {
        add(
            true,
            "`integrity` without `crossorigin` keeps browsers from running a script of another origin",
            "add `crossorigin=\"anonymous\"`",
        );
    }
    let (config, warnings) = WidgetConfig::read(attributes);
    for warning in warnings {
        add(false, &warning, "see the README's table of attributes");
    }
    if let Some((_, bot)) = attributes.iter().find(|(name, _)| name == "data-bot") {
        let address = bot.split('#').next().unwrap_or_default();
        if address.starts_with("http://") && !address.starts_with("http://127.0.0.1") {
            add(true, "`data-bot` asks over http, which anybody on the way can read", "name an https address");
        }
        if address.starts_with("https://api.openai.com") {
            add(
                true,
                "`data-bot` names a provider that wants a key, which a page cannot hold",
                "put a proxy of yours before it, or `inbox`",
            );
        }
        if address == "inbox" && !config.channels.iter().any(|channel| matches!(channel, Channel::Inbox(_))) {
            add(true, "`data-bot=\"inbox\"` without an inbox", "add `inbox:` to `data-chat`, or name an address");
        }
        if config.channels.is_empty() {
            add(true, "when the bot has no answer, nobody takes over", "set `data-chat`");
        }
    }
    if config.channels.is_empty() && config.fallback_url.is_empty() {
        add(false, "shoppers cannot reach a person", "set `data-chat` or `data-contact`");
    }
}

/// A value that every shopper can read.
fn secret(name: &str, value: &str, out: &mut Vec<Finding>) {
    // The hash of a script is long and random, and no secret.
    if name == "integrity" || value.is_empty() {
        return;
    }
    let what = secrets::looks_like(value).or_else(|| secrets::is_secret_name(name).then_some("a secret, by its name"));
    if let Some(what) = what {
        out.push(Finding {
            grave: true,
            message: format!("`{name}` holds {what}, and every shopper can read it"),
            cure: "revoke it, and keep the new one on your server".to_owned(),
        });
    }
}

/// The JSON block with settings.
fn settings(text: &str, out: &mut Vec<Finding>) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            walk("settings", &value, out);
            value
        }
        Err(error) => {
            out.push(Finding {
                grave: true,
                message: format!("the block of settings is no JSON: {error}"),
                cure: "correct it; names and texts stand in double quotes".to_owned(),
            });
            Value::Null
        }
    }
}

/// The ways to a person, in their order.
fn ways(channels: &[Channel], settings: &Value, out: &mut Vec<Finding>) {
    let mut add = |grave, message: String, cure: String| out.push(Finding { grave, message, cure });
    let mut after_inbox = false;
    for channel in channels {
        match channel {
            Channel::Inbox(_) => after_inbox = true,
            Channel::Vendor(name) => {
                if after_inbox {
                    add(
                        false,
                        format!("`{name}` is never reached: the inbox before it takes every message"),
                        "put it before `inbox:`, or leave it out".to_owned(),
                    );
                }
                let needs = NEEDS.iter().find(|(known, _)| known == name).map_or(&[][..], |(_, needs)| needs);
                for need in needs.iter().filter(|need| settings[name][**need].as_str().is_none_or(str::is_empty)) {
                    add(
                        true,
                        format!("`{name}` cannot be opened without `{need}`"),
                        format!("set it in the block of settings, see `helpnook doctor --docs {name}`"),
                    );
                }
            }
            Channel::Email(_) | Channel::Link(_) => {}
        }
    }
    if let Some(Channel::Vendor(name)) = channels.last() {
        add(
            false,
            format!("when `{name}` fails, nothing takes the shopper's words"),
            "end `data-chat` with `inbox:` or `email:`".to_owned(),
        );
    }
}

fn walk(name: &str, value: &Value, out: &mut Vec<Finding>) {
    match value {
        Value::String(text) => secret(name, text, out),
        Value::Array(all) => all.iter().for_each(|one| walk(name, one, out)),
        Value::Object(all) => all.iter().for_each(|(key, one)| walk(key, one, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(html: &str) -> Vec<String> {
        examine(html)
            .into_iter()
            .map(|finding| format!("{}{}", if finding.grave { "! " } else { "" }, finding.message))
            .collect()
    }

    fn page(attributes: &str) -> String {
        format!(
            "<!doctype html><p>Shop</p><script async src=\"https://cdn.shop.example/help/helpnook.js\" {attributes}></script>"
        )
    }

    #[test]
    fn a_right_tag_has_nothing_to_be_said() {
        let tag = page(
            "data-index=\"/help/{lang}.hnx\" data-chat=\"inbox:https://help.shop.example,email:help@shop.example\" integrity=\"sha384-0123456789abcdefABCDEFGHIJKLMNOPqrstuvwxyz0123456789ABCDEFGHIJ\" crossorigin=\"anonymous\"",
        );
        assert_eq!(messages(&tag), Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        for (html, expected) in [
            ("<p>Shop</p>".to_owned(), "! there is no tag of Helpnook in this page"),
            (
                page("data-chat=\"pigeon:coo\""),
                "data-chat: `pigeon:coo` is left out; expected inbox:, email:, link: or the name of a messenger or form",
            ),
            (page("data-index=\"/x.hnx\""), "shoppers cannot reach a person"),
            (
                page("integrity=\"sha384-x\" data-contact=\"/contact\""),
                "! `integrity` without `crossorigin` keeps browsers from running a script of another origin",
            ),
            (
                page("data-contact=\"/contact\"").replace("https:", "http:"),
                "! the script comes over http, which anybody on the way can change",
            ),
            (page("data-contact=\"/contact\"").replace("async ", ""), "the page waits for the script"),
            (page("data-contact=\"/c\"") + &page(""), "the tag is there twice; only the first one counts"),
            (page("data-chat=\"chatwoot,inbox:\""), "! `chatwoot` cannot be opened without `baseUrl`"),
            (page("data-chat=\"inbox:,crisp\""), "`crisp` is never reached: the inbox before it takes every message"),
            (page("data-bot=\"/ai/v1\" data-contact=\"/c\""), "! when the bot has no answer, nobody takes over"),
            (page("data-bot=\"inbox\" data-chat=\"crisp\""), "! `data-bot=\"inbox\"` without an inbox"),
            (
                page("data-bot=\"https://api.openai.com/v1\" data-chat=\"inbox:\""),
                "! `data-bot` names a provider that wants a key, which a page cannot hold",
            ),
            (page("data-chat=\"crisp\""), "when `crisp` fails, nothing takes the shopper's words"),
            (page("data-chat=\"zendesk-ticket,inbox:\""), "! `zendesk-ticket` cannot be opened without `subdomain`"),
        ] {
            assert!(messages(&html).iter().any(|message| message == expected), "{expected}\n{:?}", messages(&html));
        }
    }

    #[test]
    fn secrets_in_the_page_are_refused_by_their_shape_and_by_their_name() {
        let block = |json: &str| {
            page("data-contact=\"/c\"") + "<script type=\"application/json\" data-helpnook-chat>" + json + "</script>"
        };
        for html in [
            page(&format!("data-contact=\"/c\" data-product=\"{}\"", concat!("sk-", "live-abcdefghijklmnop1234"))),
            block(&format!("{{\"twilio\": {{\"key\": \"{}\"}}}}", concat!("SK", "0123456789abcdef0123456789abcdef"))),
            block("{\"zendesk-ticket\": {\"clientSecret\": \"anything\"}}"),
            block("{\"chatwoot\": {\"hmac_token\": \"short\"}}"),
            block("{\"x\": [\"ada@shop.example/token:abc\"]}"),
        ] {
            let found = messages(&html);
            assert!(found.len() == 1 && found[0].contains("every shopper can read it"), "{html}: {found:?}");
        }
        for html in
            [block("{\"twilio-webchat\": {\"deploymentKey\": \"CV0123456789abcdef0123456789abcdef\"}}"), block("{}")]
        {
            assert_eq!(messages(&html), Vec::<String>::new());
        }
        assert!(messages(&block("{")).iter().any(|message| message.contains("no JSON")));
    }

    #[test]
    fn every_system_has_a_page_that_says_what_to_paste_and_every_need_is_the_scripts_own() {
        let script = concat!(include_str!("../../www/vendors.js"), include_str!("../../www/forms.js"));
        let named = |name: &str| DOCS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        for name in crate::config::VENDORS {
            let text = named(name).unwrap_or_default();
            let (_, needs) = NEEDS.iter().find(|(known, _)| known == name).unwrap();
            let start = [format!("\n  {name}: {{"), format!("\n  \"{name}\": {{")];
            let at = start.iter().find_map(|start| script.find(start.as_str())).unwrap();
            let row = script[at..].lines().find(|line| line.trim().starts_with("needs:")).unwrap();
            assert_eq!(row.matches(": ").count() - 1, needs.len(), "{name}: {row}");
            for need in *needs {
                assert!(row.contains(&format!("{need}: ")), "{name}: {row} asks for {need}");
                assert!(text.contains(&format!("\"{need}\"")), "{name}: the page shows where {need} goes");
            }
        }
        for kind in crate::relay::KINDS {
            let text = DOCS
                .iter()
                .find(|(_, text)| text.contains(&format!("\n      {}:\n", kind.name)))
                .map(|(_, text)| *text);
            let text = text.unwrap_or_else(|| panic!("{} has no page", kind.name));
            for setting in kind.settings.iter().filter(|setting| setting.needed) {
                assert!(text.contains(&format!("        {}", setting.name)), "{}: {}", kind.name, setting.name);
            }
        }
        for (name, text) in DOCS {
            assert!(text.starts_with("# ") && text.len() > 200, "{name}");
            for part in ["Create:", "Paste:", "Policy:", "Limits:"] {
                assert!(*name == "flows" || text.contains(part), "{name} says nothing of {part}");
            }
        }
    }
}
