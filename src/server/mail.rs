//! E-mails: to the shop when a shopper waits, to the shopper when an answer was not read in the panel.
//!
//! What is to be said lies in the store until a mail server took it, so a crash or a mail server that
//! is away loses none; in the moment between both an e-mail may leave twice, with the same Message-ID.

use std::fmt;
use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::hub::stopped;
use super::mail_words::{Words, words};
use super::refuse::Refuse;
use super::shopper::millis;
use super::store::mail::{self, Due, Kind};
use super::transcript::moment;
use super::{App, log, now_ms};
use crate::chat::protocol::What;

/// How often it is looked whether an e-mail is due.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Time that a mail server gets.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longest wait after a failure.
const LONGEST_WAIT_MS: u64 = 3_600_000;

/// Failures after which an e-mail is given up: about a day.
const MAX_TRIES: u32 = 30;

/// Failures after which a refusal that the server calls final is believed.
const MAX_REFUSALS: u32 = 3;

/// A password, which must not get into a log.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How e-mails leave, and where to.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    /// Address of the mail server: `smtps://mail.shop.example`, `smtp://mail.shop.example:587?tls=required`.
    pub server: String,
    /// Name at the mail server; none when it asks for none.
    pub user: Option<String>,
    /// Password there.
    pub password: Secret,
    /// Certificates in PEM to trust besides the public ones: of a mail server that signed its own.
    pub trust: Option<Vec<u8>>,
    /// Who writes.
    pub from: Mailbox,
    /// Who is told that a shopper waits.
    pub to: Vec<Mailbox>,
    /// Where shoppers' answers by e-mail go; the writer, when nothing is said.
    pub reply_to: Option<Mailbox>,
    /// Address at which agents and shoppers reach this inbox, for links.
    pub address: String,
    /// Language of e-mails to the shop.
    pub lang: String,
}

/// How a certificate begins in a PEM file.
const PEM_START: &[u8] = b"-----BEGIN CERTIFICATE-----";

impl Mail {
    /// The way to the mail server.
    ///
    /// # Errors
    /// When the address is none, in words that name the cure.
    pub fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&self.server).map_err(|_| {
            format!("`{}` is no mail server: expected smtps://HOST or smtp://HOST:587?tls=required", self.server)
        })?;
        let builder = builder.timeout(Some(PATIENCE));
        let host = host_of(&self.server);
        let is_safe = self.server.starts_with("smtps:") || self.server.contains("tls=required");
        if self.user.is_some() && !is_safe && !matches!(host, "localhost" | "127.0.0.1" | "::1") {
            return Err(format!(
                "the password would travel to {host} in the clear: use smtps://{host} or smtp://{host}:587?tls=required"
            ));
        }
        let builder = match &self.trust {
            None => builder,
            Some(pem) => {
                let wrong = |error: &dyn fmt::Display| format!("the certificate to trust cannot be used: {error}");
                // A file without any is taken for an empty list by who reads it.
                if !pem.windows(PEM_START.len()).any(|part| part == PEM_START) {
                    return Err(wrong(&"expected PEM"));
                }
                let certificate = Certificate::from_pem(pem).map_err(|error| wrong(&error))?;
                let tls = TlsParameters::builder(host.to_owned()).add_root_certificate(certificate);
                let tls = tls.build().map_err(|error| wrong(&error))?;
                let is_wrapped = self.server.starts_with("smtps:");
                builder.tls(if is_wrapped { Tls::Wrapper(tls) } else { Tls::Required(tls) })
            }
        };
        Ok(match &self.user {
            Some(user) => builder.credentials(Credentials::new(user.clone(), self.password.0.clone())).build(),
            None => builder.build(),
        })
    }
}

/// The host in the address of a mail server.
fn host_of(server: &str) -> &str {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    let rest = rest.split(['/', '?']).next().unwrap_or_default();
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    match rest.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => rest.split(':').next().unwrap_or_default(),
    }
}

/// Sends what is due until the end.
pub async fn watch(app: App) {
    let Some(mail) = app.mail.clone() else { return };
    let mut stopping = app.hub.stopping();
    let transport = match mail.transport() {
        Ok(transport) => transport,
        Err(error) => return log(&format!("mail: {error}")),
    };
    loop {
        let round = async {
            if let Err(refuse) = send_due(&app, &mail, &transport).await {
                log(&format!("mail: {}", refuse.refusal().detail));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        tokio::select! {
            () = round => {}
            () = stopped(&mut stopping) => return,
        }
    }
}

async fn send_due(app: &App, mail: &Mail, transport: &AsyncSmtpTransport<Tokio1Executor>) -> Result<(), Refuse> {
    let now = now_ms();
    for due in app.store.read(move |conn| mail::due(conn, now)).await? {
        if due.messages.is_empty() {
            app.store.write(move |tx| mail::settle(tx, &due, false)).await?;
            continue;
        }
        let message = match written(mail, &due) {
            Ok(message) => message,
            Err(error) => {
                log(&format!("mail: cannot be written: {error}"));
                app.store.write(move |tx| mail::settle(tx, &due, false)).await?;
                continue;
            }
        };
        match transport.send(message).await {
            Ok(_) => {
                app.metrics.mails.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                app.store.write(move |tx| mail::settle(tx, &due, true)).await?;
            }
            Err(error) => {
                app.metrics.mail_failures.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let most = if is_final(&error) { MAX_REFUSALS } else { MAX_TRIES };
                let ends = due.tries + 1 >= most;
                let then = if ends { "given up" } else { "tried again later" };
                // The server's words name it and the reason; addresses of shoppers are left out.
                log(&format!("mail: {} not sent, {then}: {}", kind_name(due.kind), reason(&error)));
                let wait_ms = millis(app.limits.mail_retry).saturating_mul(1 << due.tries.min(10)).min(LONGEST_WAIT_MS);
                let until = now_ms().saturating_add(wait_ms);
                let settle = move |tx: &mut super::store::Tx<'_>| {
                    if ends { mail::settle(tx, &due, false) } else { mail::put_off(tx, &due, until) }
                };
                app.store.write(settle).await?;
            }
        }
    }
    Ok(())
}

/// Whether the mail server refuses this e-mail for good; a login it refuses is the shop's to mend, and
/// no fault of the e-mail.
fn is_final(error: &lettre::transport::smtp::Error) -> bool {
    error.is_permanent() && !error.status().is_some_and(|code| code.to_string().starts_with("53"))
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Notice => "notice to the shop",
        Kind::Answer => "answer to a shopper",
    }
}

fn reason(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server says {code}"),
        None => error.to_string(),
    }
}

/// The e-mail, with its words.
fn written(mail: &Mail, due: &Due) -> Result<Message, lettre::error::Error> {
    let host = mail.from.email.domain();
    let first = format!("<{}@{host}>", due.id);
    let mut message = Message::builder()
        .from(mail.from.clone())
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    let is_first = due.kind == Kind::Notice && due.n_notices == 0;
    message = if is_first {
        message.message_id(Some(first))
    } else {
        // One thread in the reader's mail program, whatever is added later.
        let own = format!("<{}.{}@{host}>", due.id, due.upto);
        message.message_id(Some(own)).in_reply_to(first.clone()).references(first)
    };
    let shopper: Option<Mailbox> = due.packet.person.email.parse().ok().map(|address| {
        let name = Some(due.packet.person.name.clone()).filter(|name| !name.is_empty());
        Mailbox::new(name, address)
    });
    let (subject, body) = match due.kind {
        Kind::Notice => {
            for to in &mail.to {
                message = message.to(to.clone());
            }
            if let Some(shopper) = &shopper {
                message = message.reply_to(shopper.clone());
            }
            notice(mail, due, words(&mail.lang), shopper.is_some())
        }
        Kind::Answer => {
            if let Some(shopper) = shopper {
                message = message.to(shopper);
            }
            message = message.reply_to(mail.reply_to.clone().unwrap_or_else(|| mail.from.clone()));
            answer(mail, due, words(&due.packet.lang))
        }
    };
    message.subject(plain(&subject)).header(ContentType::TEXT_PLAIN).body(body)
}

fn notice(mail: &Mail, due: &Due, words: &Words, can_answer: bool) -> (String, String) {
    let page = &due.packet.page;
    let place = if page.title.is_empty() { &page.url } else { &page.title };
    let subject = if place.is_empty() { words.waits.to_owned() } else { format!("{}: {place}", words.waits) };
    let mut body = said(mail, due);
    for fact in [&page.url, &page.product, &due.packet.basket] {
        if !fact.is_empty() {
            body += &format!("{fact}\n");
        }
    }
    let how = if can_answer { words.reply_reaches } else { words.no_address };
    (subject, format!("{body}\n{}: {}/agent/#{}\n{how}\n", words.answer_at, mail.address, due.id))
}

fn answer(mail: &Mail, due: &Due, words: &Words) -> (String, String) {
    let page = &due.packet.page.url;
    let back = if page.is_empty() { String::new() } else { format!("{}: {page}\n", words.go_on) };
    (words.answered.to_owned(), format!("{}\n{}\n{back}", said(mail, due), words.you_may_reply))
}

/// The messages, each with its time and its files.
fn said(mail: &Mail, due: &Due) -> String {
    let mut out = String::new();
    for event in &due.messages {
        if let What::Told { flow, .. } = &event.what {
            out += &format!("{}\n", moment(event.at_ms));
            out.extend(flow.iter().map(|one| format!("{} {}\n", one.question, one.answer)));
            out.push('\n');
        }
        let What::Message { name, text, attachments, .. } = &event.what else { continue };
        let who = if name.is_empty() { String::new() } else { format!("{name}, ") };
        out += &format!("{who}{}\n{text}\n", moment(event.at_ms));
        for file in attachments {
            out += &format!("{}: {}/v1/files/{}\n", file.name, mail.address, file.id);
        }
        out.push('\n');
    }
    out
}

/// A subject on one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(150).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(server: &str, user: Option<&str>) -> Mail {
        let mailbox: Mailbox = "help@shop.example".parse().unwrap_or_else(|_| unreachable!("an address"));
        Mail {
            server: server.to_owned(),
            user: user.map(str::to_owned),
            password: Secret("secret".to_owned()),
            trust: None,
            from: mailbox.clone(),
            to: vec![mailbox],
            reply_to: None,
            address: String::new(),
            lang: String::new(),
        }
    }

    #[test]
    fn a_password_never_travels_in_the_clear() {
        for (server, user, goes) in [
            ("smtps://mail.shop.example", Some("help"), true),
            ("smtp://mail.shop.example:587?tls=required", Some("help"), true),
            ("smtp://localhost:25", Some("help"), true),
            ("smtp://[::1]:25", Some("help"), true),
            ("smtp://mail.shop.example:25", None, true),
            ("smtp://mail.shop.example:587", Some("help"), false),
            ("smtp://mail.shop.example:587?tls=opportunistic", Some("help"), false),
        ] {
            let error = mail(server, user).transport().err();
            assert_eq!(error.is_none(), goes, "{server}: {error:?}");
            assert!(goes || error.is_some_and(|error| error.contains("tls=required")), "{server}");
        }
    }

    #[test]
    fn a_certificate_that_is_none_is_told() {
        let wrong = Mail { trust: Some(b"no certificate".to_vec()), ..mail("smtps://mail.shop.example", None) };
        assert!(wrong.transport().err().is_some_and(|error| error.contains("expected PEM")));
    }

    #[test]
    fn nothing_prints_the_password() {
        assert!(!format!("{:?}", mail("smtps://mail.shop.example", Some("help"))).contains("secret"));
    }
}
