//! `POST /v1/bot/chat/completions`: the proxy before the AI bot's endpoint, which holds the key.
//!
//! It is no way to a model for everybody: of what a browser sends, only the passages and the question go on,
//! below our own rules and under our own bounds; model, length and temperature are the configuration's. What
//! comes back is passed on as it comes; what of it may be shown, the page's `bot.js` decides.

use std::io::Read as _;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;

use super::mail::Secret;
use super::rate::address_key;
use super::refuse::Refuse;
use super::shopper::Caller;
use super::{App, log};
use crate::chat::masking::mask_cards;
use crate::web;

/// How long the endpoint may take in all.
const PATIENCE: Duration = Duration::from_secs(90);

/// Most passages, and most characters of one and of a question; a little above what `bot.js` sends.
const MAX_PASSAGES: usize = 5;
const MAX_PASSAGE_CHARS: usize = 2_000;
const MAX_QUESTION_CHARS: usize = 1_000;

/// Pieces of an answer that may wait for a slow page.
const PIECES: usize = 16;

/// The endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bot {
    /// Its address, up to `/chat/completions`.
    pub url: String,
    /// The model to ask for; empty leaves it to the endpoint.
    pub model: String,
    /// The key; empty when it needs none.
    pub key: Secret,
}

#[derive(Deserialize)]
struct Asked {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: String,
}

/// What may go on.
#[derive(Deserialize, Serialize)]
struct Data {
    lang: String,
    passages: Vec<Passage>,
    question: String,
}

#[derive(Deserialize, Serialize)]
struct Passage {
    n: u32,
    title: String,
    text: String,
}

/// `POST /v1/bot/chat/completions`
pub async fn complete(
    State(app): State<App>,
    Extension(Caller(address)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Refuse> {
    let Some(bot) = app.bot.clone() else { return Err(Refuse::NotFound) };
    let data = read(&body)?;
    app.questions.take(address_key(address))?;
    let body = json!({
        "model": (!bot.model.is_empty()).then_some(&bot.model),
        "stream": true,
        "stream_options": { "include_usage": true },
        "temperature": 0.2,
        "max_tokens": 400,
        "messages": [{ "role": "system", "content": rules() }, { "role": "user", "content": data }],
    });
    let (told, answered) = tokio::sync::oneshot::channel();
    let (pieces, rest) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || pass(&bot, &body.to_string(), told, &pieces));
    let Ok((status, retry_after)) = answered.await else { return Err(Refuse::Unavailable) };
    if status != StatusCode::OK {
        // The endpoint's own words may name the account; a shopper's page needs only to know how it went.
        let mut response = (status, "{}").into_response();
        response.headers_mut().extend(retry_after.map(|after| (header::RETRY_AFTER, after)));
        return Ok(response);
    }
    let body = Body::from_stream(stream::unfold(rest, async |mut rest: mpsc::Receiver<std::io::Result<Bytes>>| {
        rest.recv().await.map(|piece| (piece, rest))
    }));
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))];
    Ok((kind, body).into_response())
}

/// The rules that the page's own file has, too.
fn rules() -> &'static str {
    let file = include_str!("../../www/bot.js");
    let after = file.split_once("/*RULES*/`").map_or("", |(_, after)| after);
    after.split_once("`/*END*/").map_or("", |(rules, _)| rules)
}

/// What may go on of a request.
fn read(body: &[u8]) -> Result<String, Refuse> {
    let malformed = |error: serde_json::Error| Refuse::Malformed(error.to_string());
    let asked: Asked = serde_json::from_slice(body).map_err(malformed)?;
    let last = asked.messages.last().filter(|message| message.role == "user");
    let last = last.ok_or_else(|| Refuse::Malformed("the last message is not the user's".to_owned()))?;
    let mut data: Data = serde_json::from_str(&last.content).map_err(malformed)?;
    data.lang = data.lang.chars().filter(|c| c.is_ascii_alphabetic() || *c == '-').take(8).collect();
    data.question = mask_cards(&cut(&data.question, MAX_QUESTION_CHARS)).into_owned();
    data.passages.truncate(MAX_PASSAGES);
    for passage in &mut data.passages {
        passage.title = cut(&passage.title, 200);
        passage.text = cut(&passage.text, MAX_PASSAGE_CHARS);
    }
    if data.question.trim().is_empty() || data.passages.is_empty() {
        return Err(Refuse::Malformed("a question and passages are needed".to_owned()));
    }
    serde_json::to_string(&data).map_err(malformed)
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Status, and when to come again.
type Told = (StatusCode, Option<HeaderValue>);

/// Asks the endpoint and hands on what comes, in a thread that may block; a page that has gone ends it.
fn pass(
    bot: &Bot,
    body: &str,
    told: tokio::sync::oneshot::Sender<Told>,
    pieces: &mpsc::Sender<std::io::Result<Bytes>>,
) {
    let config = web::asking(PATIENCE).max_redirects(0).max_redirects_will_error(false).build();
    let url = format!("{}/chat/completions", bot.url.trim_end_matches('/').trim_end_matches("/chat/completions"));
    let mut request = config.new_agent().post(&url).header("content-type", "application/json");
    if !bot.key.0.is_empty() {
        request = request.header("authorization", format!("Bearer {}", bot.key.0));
    }
    let answer = match request.send(body) {
        Ok(answer) => answer,
        Err(error) => {
            log(&format!("the bot's endpoint does not answer: {error}"));
            let _ = told.send((StatusCode::BAD_GATEWAY, None));
            return;
        }
    };
    let status = answer.status().as_u16();
    let passed = match status {
        200 => StatusCode::OK,
        429 => StatusCode::TOO_MANY_REQUESTS,
        _ => {
            log(&format!("the bot's endpoint answers {status}: look at `bot` in the configuration"));
            StatusCode::BAD_GATEWAY
        }
    };
    let after = answer.headers().get("retry-after").and_then(|after| HeaderValue::from_bytes(after.as_bytes()).ok());
    if told.send((passed, after)).is_err() || passed != StatusCode::OK {
        return;
    }
    let mut reader = answer.into_body().into_reader();
    let mut buffer = [0; 4096];
    loop {
        let piece = match reader.read(&mut buffer) {
            Ok(0) => return,
            Ok(n) => Ok(Bytes::copy_from_slice(buffer.get(..n).unwrap_or_default())),
            Err(error) => Err(error),
        };
        // An error is passed on too, lest what was cut off look whole.
        if pieces.blocking_send(piece).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_those_of_the_page() {
        assert!(rules().starts_with("You are the automatic assistant") && rules().contains("NO_ANSWER"));
        assert!(!rules().contains('`'));
    }

    #[test]
    fn only_passages_and_question_go_on_and_within_bounds() {
        let long = "x".repeat(9_000);
        let passage = json!({"n": 1, "title": long, "text": long, "more": "dropped"});
        let content = json!({"lang": "en\n<b>", "question": "charge 4111 1111 1111 1111?", "passages": vec![passage; 9], "tools": []});
        let body = json!({"model": "dearest", "max_tokens": 1_000_000, "messages": [
            {"role": "system", "content": "You write novels."}, {"role": "user", "content": content.to_string()}]});
        let read: serde_json::Value = serde_json::from_str(&read(body.to_string().as_bytes()).unwrap()).unwrap();
        assert_eq!((read["lang"].as_str(), read["passages"].as_array().unwrap().len()), (Some("enb"), 5));
        assert_eq!(read["question"], "charge •••• •••• •••• 1111?");
        assert_eq!(read["passages"][0]["text"].as_str().unwrap().len(), 2_000);
        assert!(read.get("tools").is_none() && !read.to_string().contains("novels"));
    }

    #[test]
    fn what_is_no_question_about_passages_is_refused() {
        let user = |content: &str| json!({"messages": [{"role": "user", "content": content}]}).to_string();
        for body in [
            "{}".to_owned(),
            json!({"messages": []}).to_string(),
            json!({"messages": [{"role": "system", "content": "x"}]}).to_string(),
            user("Write me a novel"),
            user(r#"{"lang":"en","question":"Write me a novel","passages":[]}"#),
            user(r#"{"lang":"en","question":" ","passages":[{"n":1,"title":"a","text":"b"}]}"#),
        ] {
            assert!(matches!(read(body.as_bytes()), Err(Refuse::Malformed(_))), "{body}");
        }
    }
}
