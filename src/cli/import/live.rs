//! Help desks asked live: their answers become the same documents that an export holds.

use std::collections::BTreeSet;
use std::env;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::{CliError, sources};
use super::fetch::Fetcher;
use crate::content::{self, File, Problem};

/// Most pages of one list: a list that never ends is a fault of its server.
const MAX_PAGES: usize = 10_000;

/// Whether a source is fetched and not read from a disk.
pub(super) fn is_address(source: &str) -> bool {
    let (_, address) = parts(source);
    address.starts_with("https://") || address.starts_with("http://")
}

/// Kind and address: `zendesk:https://…`; a bare address is a page.
fn parts(source: &str) -> (&str, &str) {
    for kind in ["zendesk", "smart-tribune", "discourse"] {
        if let Some(address) = source.strip_prefix(kind).and_then(|rest| rest.strip_prefix(':')) {
            return (kind, address.trim_end_matches('/'));
        }
    }
    ("page", source)
}

/// Fetches a source.
pub(super) fn read(source: &str, locales: &[String], problems: &mut Vec<Problem>) -> Result<Vec<File>, CliError> {
    let (kind, address) = parts(source);
    let documents = match kind {
        "zendesk" => zendesk(address, locales)?,
        "smart-tribune" => smart_tribune(address)?,
        "discourse" => discourse(address)?,
        _ => {
            let bytes = Fetcher::new(Duration::ZERO).text(address, None)?;
            return Ok(sources::file(format!("{source}#page.html"), bytes, problems).into_iter().collect());
        }
    };
    let file = |(number, document): (usize, Value)| File {
        path: format!("{source}#{number}.json"),
        text: document.to_string(),
    };
    Ok((1..).zip(documents).map(file).collect())
}

/// Articles, sections and categories in each language.
fn zendesk(base: &str, locales: &[String]) -> Result<Vec<Value>, CliError> {
    let mut fetcher = Fetcher::new(Duration::from_millis(100));
    // Zendesk makes no new API tokens since October 2026 and ends them in April 2027: OAuth stays.
    if let Ok(token) = env::var("ZENDESK_OAUTH_TOKEN") {
        fetcher.header("authorization", format!("Bearer {token}"));
    } else if let (Ok(email), Ok(token)) = (env::var("ZENDESK_EMAIL"), env::var("ZENDESK_API_TOKEN")) {
        let pair = super::super::build::base64(format!("{email}/token:{token}").as_bytes());
        fetcher.header("authorization", format!("Basic {pair}"));
    }
    let mut locales: Vec<String> = locales.iter().map(|one| one.to_lowercase()).collect();
    if locales.is_empty() {
        let listed = fetcher
            .json(&format!("{base}/api/v2/help_center/locales.json"))
            .map_err(|error| CliError::Other(format!("{error}; name the languages with `--locale en-us`")))?;
        locales = listed
            .get("locales")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|one| Some(one.as_str()?.to_lowercase()))
            .collect();
    }
    let mut out = Vec::new();
    for locale in locales {
        for list in ["categories", "sections", "articles"] {
            let first = format!("{base}/api/v2/help_center/{locale}/{list}.json?page%5Bsize%5D=100");
            out.extend(pages(&mut fetcher, base, first)?);
        }
    }
    Ok(out)
}

/// All pages of a list, by cursor or by number.
fn pages(fetcher: &mut Fetcher, base: &str, first: String) -> Result<Vec<Value>, CliError> {
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(first.clone());
    while let Some(address) = next {
        if !seen.insert(address.clone()) || seen.len() > MAX_PAGES {
            return Err(CliError::Other(format!(
                "{address}: the list leads back to itself: report it to the help desk"
            )));
        }
        let page = fetcher.json(&address)?;
        let more = page.pointer("/meta/has_more").and_then(Value::as_bool);
        let link = page.pointer("/links/next").or_else(|| page.get("next_page")).and_then(Value::as_str);
        let cursor = page.pointer("/meta/after_cursor").and_then(Value::as_str).filter(|_| more == Some(true));
        next = link
            .map(str::to_owned)
            .or_else(|| Some(format!("{first}&page%5Bafter%5D={}", escaped(cursor?))))
            .filter(|_| more != Some(false));
        // The key goes with every request: it is for this help desk only.
        if let Some(address) = next.as_ref().filter(|address| !address.starts_with(&format!("{base}/"))) {
            return Err(CliError::Other(format!(
                "{address}: the next page lies elsewhere than {base}: correct the address"
            )));
        }
        out.push(page);
    }
    Ok(out)
}

/// A value such that it can stand in an address.
fn escaped(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Questions of a knowledge base; key and secret are in the environment and nowhere else.
fn smart_tribune(base: &str) -> Result<Vec<Value>, CliError> {
    let secret = |name: &str| {
        env::var(name)
            .map_err(|_| CliError::Other(format!("{name} is not set: Smart Tribune is read with a key and a secret")))
    };
    let (key, hidden) = (secret("SMART_TRIBUNE_API_KEY")?, secret("SMART_TRIBUNE_API_SECRET")?);
    let root = base.split("/knowledge-bases").next().unwrap_or(base);
    // Two requests a second are what the smallest plan allows.
    let mut fetcher = Fetcher::new(Duration::from_millis(500));
    let answer = fetcher.post(&format!("{root}/auth"), &json!({ "apiKey": key, "apiSecret": hidden }))?;
    let token = ["token", "accessToken", "access_token"].iter().find_map(|name| answer.get(*name)?.as_str());
    let token = token.ok_or_else(|| CliError::Other(format!("{root}/auth: no token in the answer")))?;
    fetcher.header("authorization", format!("Bearer {token}"));
    let bases: Vec<String> = if base.contains("/knowledge-bases/") {
        vec![base.to_owned()]
    } else {
        let listed = fetcher.json(&format!("{root}/knowledge-bases"))?;
        let all = listed
            .as_array()
            .or_else(|| listed.get("knowledgeBases")?.as_array())
            .or_else(|| listed.get("data")?.as_array());
        let id = |one: &Value| one.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        all.into_iter().flatten().filter_map(id).map(|id| format!("{root}/knowledge-bases/{id}")).collect()
    };
    let mut out = Vec::new();
    for one in bases {
        let mut seen = BTreeSet::new();
        for page in 1..=MAX_PAGES {
            let answer = fetcher.post(&format!("{one}/filtered/questions"), &json!({ "page": page, "limit": 100 }))?;
            let questions = answer
                .as_array()
                .or_else(|| answer.get("questions")?.as_array())
                .or_else(|| answer.get("data")?.as_array());
            let questions = questions.cloned().unwrap_or_default();
            // A server without pages gives the same again.
            let mut fresh: Vec<Value> =
                questions.into_iter().filter(|question| seen.insert(question.to_string())).collect();
            if fresh.is_empty() {
                break;
            }
            for question in &mut fresh {
                supply(&mut fetcher, &one, question)?;
            }
            out.push(json!({ "questions": fresh }));
        }
    }
    Ok(out)
}

/// Fetches a question's answers where the list has none: they lie with its channels.
fn supply(fetcher: &mut Fetcher, base: &str, question: &mut Value) -> Result<(), CliError> {
    if content::import::smart_tribune::has_answer(question) {
        return Ok(());
    }
    let id = |one: &Value| match one {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        other => other.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)),
    };
    let Some(own) = question.get("id").and_then(id) else { return Ok(()) };
    let channels: Vec<String> =
        question.get("channels").and_then(Value::as_array).into_iter().flatten().filter_map(id).collect();
    for channel in channels {
        let address = format!("{base}/questions/{}/channels/{}/responses", escaped(&own), escaped(&channel));
        let answer = fetcher.json(&address)?;
        let responses = answer.get("responses").or_else(|| answer.get("data")).unwrap_or(&answer).clone();
        if let Some(question) = question.as_object_mut() {
            let list = if responses.is_array() { responses } else { json!([responses]) };
            question.insert("responses".to_owned(), list);
        }
        if content::import::smart_tribune::has_answer(question) {
            break;
        }
    }
    Ok(())
}

/// Topics of a forum's category, each with its contributions.
fn discourse(address: &str) -> Result<Vec<Value>, CliError> {
    let base = address.split("/c/").next().unwrap_or(address).to_owned();
    let mut fetcher = Fetcher::new(Duration::from_millis(250));
    let mut topics = Vec::new();
    let mut seen = BTreeSet::new();
    for page in 0..MAX_PAGES {
        let list = fetcher.json(&format!("{address}.json?page={page}"))?;
        let found = list.pointer("/topic_list/topics").and_then(Value::as_array).cloned().unwrap_or_default();
        let ids: Vec<u64> =
            found.iter().filter_map(|topic| topic.get("id")?.as_u64()).filter(|id| seen.insert(*id)).collect();
        if ids.is_empty() {
            break;
        }
        for id in ids {
            topics.push(fetcher.json(&format!("{base}/t/{id}.json"))?);
        }
    }
    let slug = address.split("/c/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    Ok(vec![
        json!({ "category": { "slug": slug, "name": content::humanized(slug), "base_url": base }, "topics": topics }),
    ])
}
