//! The configuration of `helpnook serve`: where conversations go on, and whether they would arrive.

use std::path::Path;
use std::time::Duration;

use super::Finding;
use super::live::bot_at;
use crate::cli::CliError;
use crate::cli::settings::Settings;
use crate::relay::{Adapter, Fault, Saved};
use crate::server::{Way, Ways, ask_now, knock};

/// Time that a system gets to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is wrong in a configuration file.
///
/// # Errors
/// When it cannot be read, with the line.
pub(super) fn examine(path: &Path, live: bool, now_ms: u64) -> Result<Vec<Finding>, CliError> {
    let settings = Settings::read(path)?;
    let mut out = Vec::new();
    if let Some(bot) = settings.bot.as_ref().filter(|_| live) {
        out.extend(bot_at(&bot.url, &bot.model, &bot.key.0));
    }
    let Some(ways) = &settings.relay else { return Ok(out) };
    out.extend(plan(ways, settings.mail.is_some()));
    if live {
        for way in &ways.order {
            if let Way::System(adapter) = way {
                out.extend(ask(adapter.as_ref(), now_ms).err().map(|why| Finding {
                    grave: true,
                    message: format!("`{}`: {why}", adapter.name()),
                    cure: format!("see `helpnook doctor --docs {}`", page_of(adapter.name())),
                }));
            }
        }
    }
    Ok(out)
}

/// Name of a system's page: some have one for their own window as well.
fn page_of(name: &str) -> &str {
    match name {
        "chatwoot" => "chatwoot-api",
        "rocketchat" => "rocketchat-api",
        name => name,
    }
}

/// What is wrong with the ways themselves.
fn plan(ways: &Ways, has_mail: bool) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut add = |grave, message: String, cure: &str| out.push(Finding { grave, message, cure: cure.to_owned() });
    let mut ended = false;
    for way in &ways.order {
        let name = way.name();
        if ended {
            add(
                false,
                format!("`{name}` is never reached: `inbox` before it takes every message"),
                "put it before, or leave it out",
            );
        }
        match way {
            Way::Inbox => ended = true,
            Way::Mail if !has_mail => {
                add(
                    true,
                    "`email` stands in the order, but no mail server is named: nothing would be sent".to_owned(),
                    "add `mail:` with its rows",
                );
            }
            Way::System(adapter) if adapter.is_called() && ways.address.is_empty() => {
                add(
                    true,
                    format!("`{name}` calls this server with its answers, and nothing says where that is"),
                    "set `address` below `relay`",
                );
            }
            Way::Mail | Way::System(_) => {}
        }
    }
    match ways.order.last() {
        None => add(
            false,
            "`order` is empty: conversations stay in the inbox here".to_owned(),
            "name a system, or leave `relay` out",
        ),
        Some(Way::System(adapter)) => add(
            false,
            format!("when `{}` fails for a day, only the inbox here has the shopper's words", adapter.name()),
            "end `order` with `email` or `inbox`",
        ),
        Some(_) => {}
    }
    if ways.address.is_empty() && !ways.order.is_empty() {
        add(
            false,
            "files that shoppers send reach no other system".to_owned(),
            "set `address` below `relay`, for links to them",
        );
    }
    out
}

/// Asks a system whether it would let us in; what it answers becomes words.
fn ask(adapter: &dyn Adapter, now_ms: u64) -> Result<(), String> {
    let mut account = Saved::new();
    let made = |request| ask_now(request, PATIENCE).map_err(|lost| format!("cannot be reached ({})", lost.words()));
    if let Some(request) = adapter.key(&account, now_ms) {
        let answer = made(request)?;
        adapter.keyed(&mut account, now_ms, &answer).map_err(|fault| match fault {
            Fault::Refused(why) => format!("gives no token: it {why}"),
            _ => format!("gives no token: it answers {}: {}", answer.status, answer.words()),
        })?;
    }
    if adapter.by_socket() {
        return knock(adapter, PATIENCE);
    }
    match adapter.probe(&account) {
        Some(request) => adapter.probed(&made(request)?),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::live::tests::service;

    /// What is said of a configuration, the grave with a mark.
    fn told(relay: &str, live: bool) -> Vec<String> {
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::write(folder.path().join("secret"), "s3cret\n").unwrap();
        let path = folder.path().join("helpnook.yaml");
        std::fs::write(&path, format!("relay:\n{relay}")).unwrap();
        match examine(&path, live, 0) {
            Ok(all) => all.iter().map(|one| format!("{}{}", if one.grave { "! " } else { "" }, one.message)).collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn a_plan_that_could_lose_words_is_told() {
        let webhook = "  webhook:\n    url: https://a.example\n    secret-file: secret\n";
        for (relay, expected) in [
            (
                format!("  order: [webhook]\n{webhook}"),
                "! `webhook` calls this server with its answers, and nothing says where that is",
            ),
            (
                format!("  order: [webhook]\n  address: https://h.example\n{webhook}"),
                "when `webhook` fails for a day, only the inbox here has the shopper's words",
            ),
            (
                "  order: [email]\n  address: https://h.example\n".to_owned(),
                "! `email` stands in the order, but no mail server is named: nothing would be sent",
            ),
            (
                format!("  order: [inbox, webhook]\n  address: https://h.example\n{webhook}"),
                "`webhook` is never reached: `inbox` before it takes every message",
            ),
            ("  order: []\n".to_owned(), "`order` is empty: conversations stay in the inbox here"),
        ] {
            let said = told(&relay, false);
            assert!(said.iter().any(|one| one == expected), "{expected}\n{said:?}");
        }
        let right = format!("  order: [webhook, inbox]\n  address: https://h.example\n{webhook}");
        assert_eq!(told(&right, false), Vec::<String>::new());
    }

    #[test]
    fn what_a_file_gets_wrong_is_told_with_its_line() {
        for (relay, part) in [
            ("  order: [pigeon]\n", ":2: relay: unknown `pigeon` in the order"),
            ("  order: [webhook]\n", "has no settings"),
            ("  pigeon:\n    a: b\n", "unknown `pigeon`"),
            ("  webhook:\n    url: https://a.example\n", "`secret-file` or `secret-env` is missing"),
            ("  webhook:\n    secret: t0p\n", "a secret does not stand in this file"),
            ("  webhook:\n    secret-env: HELPNOOK_NO_SUCH\n", "is not set"),
            ("  webhook:\n    url: http://a.example\n", "is no address"),
            (
                "  zendesk-ticket:\n    url: https://a.example\n    client-id: x\n    client-secret-file: secret\n    poll-s: soon\n  order: [zendesk-ticket]\n",
                "expected a number of seconds",
            ),
            ("  order: [email, email]\n", "twice"),
        ] {
            let said = told(relay, false);
            assert!(said[0].contains(part), "{part}\n{said:?}");
        }
    }

    #[test]
    fn the_bot_is_asked_with_its_key_which_nobody_reads() {
        let asked = |status, body| {
            let folder = tempfile::TempDir::new().unwrap();
            std::fs::write(folder.path().join("key"), "b0t-key\n").unwrap();
            let path = folder.path().join("helpnook.yaml");
            std::fs::write(&path, format!("bot:\n  url: {}/v1\n  key-file: key\n", service(status, body))).unwrap();
            assert_eq!(examine(&path, false, 0).unwrap(), [], "nobody is asked unless it is wanted");
            let found = examine(&path, true, 0).unwrap();
            let said: Vec<String> = found.iter().map(|one| format!("{}: {}", one.message, one.cure)).collect();
            assert!(!said.concat().contains("b0t-key"));
            said.concat()
        };
        assert_eq!(asked("200 OK", r#"{"choices":[]}"#), "");
        assert!(asked("401 Unauthorized", "{}").contains("does not take the key"));
        assert!(asked("404 Not Found", "").contains("answers 404"));
        assert!(asked("429 Too Many Requests", "").contains("answers 429"));
        assert!(asked("200 OK", "<html>signed out</html>").contains("not as OpenAI's chat completions do"));
    }

    #[test]
    fn a_live_system_is_asked_and_its_answer_becomes_words() {
        let chatwoot = |url: &str| {
            told(
                &format!(
                    "  order: [chatwoot, inbox]\n  address: https://h.example\n  chatwoot:\n    url: {url}\n    inbox: abc\n"
                ),
                true,
            )
        };
        assert_eq!(chatwoot(&service("200 OK", r#"{"name":"Shop"}"#)), Vec::<String>::new());
        assert!(chatwoot(&service("404 Not Found", "{}"))[0].contains("knows no inbox `abc`"));
        assert!(chatwoot(&service("200 OK", "<html>parked</html>"))[0].contains("is no Chatwoot: a page of HTML"));
        assert!(chatwoot("http://127.0.0.1:9")[0].contains("cannot be reached"));
        let zendesk = |url: &str| {
            told(
                &format!(
                    "  order: [zendesk-ticket, inbox]\n  address: https://h.example\n  zendesk-ticket:\n    url: {url}\n    client-id: h\n    client-secret-file: secret\n"
                ),
                true,
            )
        };
        let said = zendesk(&service("401 Unauthorized", r#"{"error":"invalid_client"}"#));
        assert!(
            said[0].contains("gives no token: it answers 401: {\"error\":\"invalid_client\"}")
                && !said[0].contains("s3cret"),
            "{said:?}"
        );
    }
}
