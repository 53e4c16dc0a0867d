//! E-mails, taken by a real mail server: `HELPNOOK_SMTPD` names aiosmtpd, which `cargo xtask test` installs.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use helpnook::server::{Mail, Options, Secret, Way, Ways};
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Agent, Inbox, Shopper};

/// A mail server that keeps what it takes in a folder.
pub struct Post {
    pub address: String,
    pub folder: TempDir,
    pub child: Option<Child>,
}

impl Post {
    /// One that does not run yet; nothing when there is none on this machine.
    pub fn closed() -> Option<Post> {
        if std::env::var_os("HELPNOOK_SMTPD").is_none() {
            println!("skipped: HELPNOOK_SMTPD names no mail server");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Some(Post { address: format!("127.0.0.1:{port}"), folder: TempDir::new().unwrap(), child: None })
    }

    fn opened() -> Option<Post> {
        let mut post = Post::closed()?;
        post.open();
        Some(post)
    }

    fn open(&mut self) {
        let program = std::env::var_os("HELPNOOK_SMTPD").unwrap();
        let mut command = Command::new(program);
        command
            .args(["-n", "-l", &self.address, "-c", "aiosmtpd.handlers.Mailbox"])
            .arg(self.folder.path().join("box"));
        self.child = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("aiosmtpd starts"));
        while TcpStream::connect(&self.address).is_err() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn options(&self) -> impl FnOnce(&mut Options) + use<> {
        let server = format!("smtp://{}", self.address);
        move |options| {
            options.mail = Some(Mail {
                server,
                user: None,
                password: Secret::default(),
                trust: None,
                from: "Shop <help@shop.example>".parse().unwrap(),
                to: vec!["team@shop.example".parse().unwrap()],
                reply_to: Some("answers@shop.example".parse().unwrap()),
                address: "https://help.shop.example".to_owned(),
                lang: "en".to_owned(),
            });
            options.limits.notice_after = Duration::from_millis(1);
            options.limits.answer_after = Duration::from_millis(1);
            options.limits.mail_retry = Duration::from_millis(100);
        }
    }

    /// Headers and words of all e-mails so far, in the order of their arrival.
    pub fn letters(&self) -> Vec<String> {
        let read = |folder: &Path| -> Vec<(std::time::SystemTime, String)> {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            entries
                .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, std::fs::read(entry.path()).ok()?)))
                .map(|(at, bytes)| (at, plain(&String::from_utf8_lossy(&bytes))))
                .collect()
        };
        let mut all = read(&self.folder.path().join("box/new"));
        all.sort();
        all.into_iter().map(|(_, letter)| letter).collect()
    }

    pub async fn letter(&self, n: usize) -> String {
        for _ in 0..200 {
            if let Some(letter) = self.letters().get(n - 1) {
                return letter.clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("e-mail {n} never came: {:?}", self.letters());
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A letter with its lines unfolded, quoted-printable undone.
fn plain(letter: &str) -> String {
    let letter = letter.replace("\r\n", "\n");
    let (head, body) = letter.split_once("\n\n").unwrap_or((&letter, ""));
    let body = body.replace("=\n", "").replace("=3D", "=");
    format!("{}\n\n{body}", head.replace("\n ", " "))
}

pub fn has(letter: &str, parts: &[&str]) {
    for part in parts {
        assert!(letter.contains(part), "the e-mail lacks {part:?}:\n{letter}");
    }
}

pub async fn waiting(inbox: &Inbox, email: &str) -> Shopper {
    let shopper = Shopper::new();
    let packet = json!({"v": 1, "lang": "fr", "page": {"url": "https://shop.example/cart", "title": "Cart\r\nBcc: all@evil.test"},
        "person": {"email": email, "name": "Zoé"}});
    assert!(shopper.open(inbox, packet).await.status().is_success());
    shopper.say(inbox, "Where is my parcel?").await;
    shopper
}

#[tokio::test]
async fn the_shop_hears_that_a_shopper_waits_and_answers_reach_the_shopper() {
    let Some(post) = Post::opened() else { return };
    let inbox = Inbox::with(post.options()).await;
    let shopper = waiting(&inbox, "zoe@home.example").await;
    let first = post.letter(1).await;
    let id = &shopper.id;
    has(
        &first,
        &[
            &format!("Message-ID: <{id}@shop.example>"),
            "To: team@shop.example",
            "zoe@home.example",
            "Subject: A shopper is waiting: Cart",
            "Auto-Submitted: auto-generated",
            "Where is my parcel?",
            &format!("https://help.shop.example/agent/#{id}"),
            "An answer to this e-mail goes to the shopper.",
        ],
    );
    assert!(first.lines().any(|line| line.starts_with("Reply-To:") && line.contains("zoe@home.example")), "{first}");
    assert!(!first.lines().any(|line| line.starts_with("Bcc")), "a page's title became a header:\n{first}");

    shopper.say(&inbox, "Hello?").await;
    let second = post.letter(2).await;
    has(&second, &[&format!("In-Reply-To: <{id}@shop.example>"), "Hello?"]);
    assert!(!second.contains("Where is my parcel?"), "said twice:\n{second}");

    let agent = Agent::sign_in(&inbox).await;
    agent.reply(&inbox, &shopper, "It comes on Monday.").await;
    let answer = post.letter(3).await;
    has(
        &answer,
        &[
            "zoe@home.example",
            "Reply-To: answers@shop.example",
            "It comes on Monday.",
            "Ana, ",
            "https://shop.example/cart",
        ],
    );
    assert!(answer.contains("Subject: =?utf-8?") || answer.contains("Notre"), "in the shopper's language:\n{answer}");
}

#[tokio::test]
async fn what_was_answered_or_read_needs_no_letter() {
    let Some(post) = Post::opened() else { return };
    let inbox = Inbox::with(post.options()).await;
    let agent = Agent::sign_in(&inbox).await;
    let silent = Shopper::opened(&inbox).await;
    // Both happen before the post is looked at again.
    silent.say(&inbox, "Answered at once").await;
    agent.reply(&inbox, &silent, "Here").await;
    let shopper = waiting(&inbox, "zoe@home.example").await;
    post.letter(1).await;
    let answer = agent.reply(&inbox, &shopper, "Read at once").await;
    let cursor = answer.json::<serde_json::Value>().await.unwrap()["cursor"].clone();
    let seen = shopper.request(&inbox, Method::PUT, "/seen").json(&json!({"cursor": cursor}));
    assert!(seen.send().await.unwrap().status().is_success());
    tokio::time::sleep(Duration::from_secs(5)).await;
    let letters = post.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
}

#[tokio::test]
async fn a_letter_survives_a_mail_server_that_is_away_and_a_restart() {
    let Some(mut post) = Post::closed() else { return };
    let mut inbox = Inbox::with(post.options()).await;
    let shopper = waiting(&inbox, "").await;
    let failed =
        |text: &str| text.lines().any(|line| line.starts_with("helpnook_mail_failures_total") && !line.ends_with(" 0"));
    while !failed(&inbox.get("/metrics").await.text().await.unwrap()) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    inbox.restart().await;
    post.open();
    let letter = post.letter(1).await;
    has(&letter, &[&format!("Message-ID: <{}@shop.example>", shopper.id), "left no e-mail address"]);
    assert!(!letter.contains("Reply-To"), "{letter}");
}

#[tokio::test]
async fn a_system_that_cannot_be_reached_is_followed_by_a_letter() {
    let Some(post) = Post::opened() else { return };
    // Nothing listens on the port of a listener that is gone.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let webhook = helpnook::relay::kind("webhook").unwrap();
    let mut values = helpnook::relay::settings::Values::default();
    for (setting, value) in webhook.settings.iter().zip([format!("http://127.0.0.1:{port}/"), "secret".to_owned()]) {
        values.set(setting, &value).unwrap();
    }
    let system = Way::System(std::sync::Arc::from((webhook.make)(&values).unwrap()));
    let change = post.options();
    let inbox = Inbox::with(|options| {
        change(options);
        // By the relay alone, not because nobody answered for a while.
        options.limits.notice_after = Duration::from_secs(3600);
        options.limits.relay_patience = Duration::from_secs(1);
        options.relay = Some(Ways { order: vec![system, Way::Mail], ..Ways::default() });
    })
    .await;
    let shopper = waiting(&inbox, "zoe@home.example").await;
    let letter = post.letter(1).await;
    has(&letter, &[&format!("Message-ID: <{}@shop.example>", shopper.id), "Where is my parcel?", "zoe@home.example"]);
    let agent = Agent::sign_in(&inbox).await;
    let notes = agent.get(&inbox, &format!("conversations/{}", shopper.id)).await["notes"].to_string();
    assert!(notes.contains("it goes on by email"), "{notes}");
}
