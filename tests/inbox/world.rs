//! What is wrong around the inbox: the disk, the clock, the file, the configuration, who asks.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use helpnook::server::add_agent;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Agent, Inbox, PASSWORD, Shopper, id, refused};
use crate::victim::Victim;

/// How soon the inbox must work again when the cause is gone.
const BACK_WITHIN: Duration = Duration::from_secs(2);

/// A conversation with a server in a process of its own.
struct Talk {
    base: String,
    id: String,
    client: Client,
}

impl Talk {
    async fn begin(victim: &Victim) -> Talk {
        let talk = Talk { base: format!("http://{}", victim.address), id: id(), client: Client::new() };
        assert_eq!(talk.put("", json!({"v": 1, "packet": {"v": 1}})).await.status(), StatusCode::OK);
        talk
    }

    async fn put(&self, path: &str, body: Value) -> Response {
        let address = format!("{}/v1/conversations/{}{path}", self.base, self.id);
        self.client.put(address).bearer_auth(self.id.repeat(2)).json(&body).send().await.expect("an answer")
    }

    async fn say(&self, text: &str) -> Response {
        self.put(&format!("/messages/{}", id()), json!({"v": 1, "seq": 1, "text": text})).await
    }

    async fn events(&self) -> Response {
        let address = format!("{}/v1/conversations/{}/events", self.base, self.id);
        self.client.get(address).bearer_auth(self.id.repeat(2)).send().await.expect("an answer")
    }

    async fn texts(&self) -> Vec<String> {
        let events: Value = self.events().await.json().await.expect("JSON");
        let texts = events["events"].as_array().expect("events").iter();
        texts.filter_map(|event| event["text"].as_str().map(str::to_owned)).collect()
    }
}

/// Runs a command where the victim's disk is to be seen.
fn beside(victim: &Victim, command: &[&str]) -> bool {
    let place = format!("--target={}", victim.pid());
    Command::new("nsenter").args([&place, "--mount", "--"]).args(command).status().is_ok_and(|status| status.success())
}

/// A server whose database lies on a disk of its own, of so many kilobytes; nothing where that is not allowed.
async fn on_a_disk(kilobytes: u32) -> Option<Victim> {
    let mount = format!(
        "mkdir -p disk && mount -t tmpfs -o size={kilobytes}k tmpfs disk && ln -sf disk/inbox.db inbox.db && exec \"$0\" \"$@\""
    );
    let may = Command::new("unshare").args(["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !may.is_ok_and(|done| done.status.success()) {
        println!("skipped: no disk of our own can be made here");
        return None;
    }
    let victim = Victim::start_by(&["unshare", "-m", "sh", "-c", &mount])?;
    victim.answers().await;
    Some(victim)
}

#[tokio::test]
async fn a_disk_that_is_full_takes_nothing_and_says_so() {
    let Some(victim) = on_a_disk(1024).await else { return };
    let talk = Talk::begin(&victim).await;
    let mut acknowledged = Vec::new();
    for n in 0.. {
        let text = format!("{n} {}", "x".repeat(6000));
        let answer = talk.say(&text).await;
        if answer.status() != StatusCode::OK {
            refused(answer, 503, "unavailable").await;
            break;
        }
        acknowledged.push(text);
        assert!(n < 1000, "the disk never fills");
    }
    let health = talk.client.get(format!("{}/healthz", talk.base)).send().await.unwrap();
    assert_eq!(health.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(victim.log().contains("disk is full"), "{}", victim.log());
    assert!(beside(&victim, &["mount", "-o", "remount,size=8m", &disk(&victim)]));
    let start = Instant::now();
    assert_eq!(talk.say("there is room again").await.status(), StatusCode::OK);
    assert!(start.elapsed() < BACK_WITHIN);
    acknowledged.push("there is room again".to_owned());
    assert_eq!(talk.texts().await, acknowledged);
}

#[tokio::test]
async fn a_disk_that_may_only_be_read_is_told_with_its_cure_and_used_once_it_may_be_written() {
    let script = "mkdir disk && mount -t tmpfs tmpfs disk && ln -s disk/inbox.db inbox.db || exit; \
        echo 'a long password' | \"$0\" agent add Ana --db inbox.db || exit; mount -o remount,ro disk || exit; \
        \"$0\" \"$@\"; echo \"it ended with $?\" >&2; mount -o remount,rw disk || exit; exec \"$0\" \"$@\"";
    let Some(victim) = Victim::start_by(&["unshare", "-m", "sh", "-c", script]) else { return };
    let ended = || victim.log().lines().any(|line| line.starts_with("it ended with"));
    for _ in 0..100 {
        if ended() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let said = victim.log();
    if !ended() {
        println!("skipped: no disk of our own can be made here: {said}");
        return;
    }
    assert!(!said.contains("it ended with 0"), "it must not run: nothing could be stored");
    assert!(said.contains("inbox.db: ") && said.contains("make file and disk writable"), "{said}");
    assert!(victim.answers().await < BACK_WITHIN);
    let talk = Talk::begin(&victim).await;
    assert_eq!(talk.say("there it is").await.status(), StatusCode::OK);
}

fn disk(victim: &Victim) -> String {
    victim.folder.path().join("disk").to_string_lossy().into_owned()
}

#[tokio::test]
async fn a_clock_ten_years_off_changes_nothing_but_the_times_shown() {
    if Command::new("faketime").arg("--version").output().is_err() {
        println!("skipped: no faketime here");
        return;
    }
    let mut victim = Victim::start();
    victim.answers().await;
    add_agent(&victim.folder.path().join("inbox.db"), "Ana", PASSWORD).unwrap();
    let talk = Talk::begin(&victim).await;
    let mut said = Vec::new();
    for (n, shift) in ["+0", "+3650 days", "-3650 days", "+0"].into_iter().enumerate() {
        victim.kill_and_restart_by(&["faketime", "-f", shift]);
        victim.answers().await;
        for m in 0..3 {
            let text = format!("{n}.{m} at {shift}");
            assert_eq!(talk.say(&text).await.status(), StatusCode::OK, "{text}");
            said.push(text);
        }
        assert_eq!(talk.texts().await, said, "in the order written, whatever the clock says");
        let sign_in = talk.client.post(format!("{}/agent/api/session", talk.base));
        let signed_in = sign_in.json(&json!({"name": "Ana", "password": PASSWORD})).send().await.unwrap();
        let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let list = talk.client.get(format!("{}/agent/api/conversations", talk.base)).header("cookie", cookie);
        let list: Value = list.send().await.unwrap().json().await.unwrap();
        assert_eq!(list[0]["unread"], said.len(), "{shift}");
    }
}

#[tokio::test]
async fn a_log_with_rubbish_at_its_end_loses_nothing() {
    let mut victim = Victim::start();
    victim.answers().await;
    let talk = Talk::begin(&victim).await;
    let said: Vec<String> = (0..20).map(|n| format!("message {n}")).collect();
    for text in &said {
        assert_eq!(talk.say(text).await.status(), StatusCode::OK);
    }
    victim.kill();
    let log = victim.folder.path().join("inbox.db-wal");
    let mut bytes = std::fs::read(&log).unwrap();
    assert!(!bytes.is_empty(), "what was acknowledged lies in the log");
    bytes.extend(b"half a page that was being written when the power went".repeat(40));
    std::fs::write(&log, bytes).unwrap();
    let start = Instant::now();
    victim.start_again();
    victim.answers().await;
    assert!(start.elapsed() < BACK_WITHIN);
    assert_eq!(talk.texts().await, said);
    assert_eq!(talk.say("and more").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_never_answered_from() {
    let mut inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    for n in 0..200 {
        shopper.say(&inbox, &format!("{n} {}", "x".repeat(2000))).await;
    }
    let copy = inbox.folder.path().join("copy.db");
    helpnook::server::backup(inbox.db(), &copy).unwrap();
    inbox.stop().await;
    let mut bytes = std::fs::read(inbox.db()).unwrap();
    let (start, end) = (bytes.len() / 4, bytes.len() / 4 * 3);
    bytes[start..end].fill(0x5a);
    std::fs::write(inbox.db(), bytes).unwrap();
    inbox.restart().await;
    let answer = shopper.request(&inbox, Method::GET, "/events?after=0").send().await.unwrap();
    let refusal = refused(answer, 503, "unavailable").await;
    assert!(refusal["detail"].is_string());
    let answer = shopper.put(&inbox, &id(), "after").await;
    assert!(answer.status() == StatusCode::SERVICE_UNAVAILABLE || answer.status() == StatusCode::OK);
    // The copy in its place, and all is there again.
    inbox.stop().await;
    for log in ["inbox.db-wal", "inbox.db-shm"] {
        let _ = std::fs::remove_file(inbox.folder.path().join(log));
    }
    std::fs::rename(copy, inbox.db()).unwrap();
    let start = Instant::now();
    inbox.restart().await;
    assert_eq!(shopper.events(&inbox, 199).await["cursor"], 200);
    shopper.say(&inbox, "going on").await;
    assert!(start.elapsed() < BACK_WITHIN);
}

fn serve(folder: &TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helpnook"));
    command.arg("serve").args(args).current_dir(folder.path()).output().expect("it runs")
}

#[test]
fn a_wrong_configuration_is_told_with_file_line_and_cure() {
    let folder = TempDir::new().unwrap();
    for (text, told) in [
        (
            "listen: 127.0.0.1:0\nlimits:\n  body-bytes: lots\n",
            "config.yaml:3: limits: body-bytes: expected a whole number",
        ),
        (
            "hours:\n  time-zone: Moon/Base\n",
            "config.yaml:2: hours: unknown time zone `Moon/Base`: expected a name such as",
        ),
        ("colour: red\n", "config.yaml:1: unknown setting `colour`: expected one of"),
        ("mail:\n  server: [\n", "config.yaml:"),
        ("listen: nonsense\nsite: .\n", "cannot listen on nonsense"),
        ("site: nowhere\n", "no such folder: name it with --site"),
    ] {
        std::fs::write(folder.path().join("config.yaml"), text).unwrap();
        let output = serve(&folder, &["--config", "config.yaml"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(told), "{text:?}: {said}");
    }
}

#[test]
fn a_port_in_use_and_a_folder_without_leave_are_told() {
    let folder = TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (args, told) in [
        (["--site", ".", "--listen", &address], "choose another address or stop what uses it"),
        (["--site", ".", "--db", "no/such/folder/inbox.db"], "no/such/folder/inbox.db: the database cannot be used"),
    ] {
        let output = serve(&folder, &args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(told), "{args:?}: {said}");
    }
}

#[tokio::test]
async fn a_token_that_was_good_once_opens_nothing() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    shopper.say(&inbox, "hello").await;
    assert_eq!(shopper.request(&inbox, Method::DELETE, "").send().await.unwrap().status(), StatusCode::NO_CONTENT);
    refused(shopper.put(&inbox, &id(), "again").await, 404, "not-found").await;
    // Whoever comes first with an id owns it, and nobody after: not even with the old token.
    let mut other = shopper.clone();
    other.token = "f".repeat(64);
    assert_eq!(other.open(&inbox, json!({"v": 1})).await.status(), StatusCode::OK);
    refused(shopper.request(&inbox, Method::GET, "/events").send().await.unwrap(), 403, "unauthorized").await;
    // A password that was changed ends what the old one began.
    add_agent(inbox.db(), "Ana", "another password").unwrap();
    let stale = agent.request(&inbox, Method::GET, "conversations").send().await.unwrap();
    refused(stale, 401, "unauthorized").await;
}
