//! The server is killed while a system has the words and has not answered: afterwards they are there once, or it is
//! said that nobody knows.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Client;
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::stand::{Mood, Stand, System};
use crate::support::id;
use crate::talk::until;

/// The real program, with a configuration file.
struct Program {
    folder: TempDir,
    address: String,
    child: Child,
}

impl Program {
    fn start(stand: &Stand) -> Program {
        let folder = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let name = stand.system.name();
        let kind = helpnook::relay::kind(name).unwrap();
        let mut config = format!("relay:\n  address: https://help.shop.example\n  order: [{name}]\n  {name}:\n");
        for (setting, value) in stand.system.settings(&stand.base) {
            let held = kind.settings.iter().find(|one| one.name == setting).unwrap().holds;
            if held == helpnook::relay::settings::Holds::Secret {
                std::fs::write(folder.path().join(setting), value).unwrap();
                config += &format!("    {setting}-file: {setting}\n");
            } else {
                config += &format!("    {setting}: \"{value}\"\n");
            }
        }
        std::fs::write(folder.path().join("helpnook.yaml"), config + "limits:\n  relay-patience-s: 4\n").unwrap();
        let address = format!("127.0.0.1:{port}");
        let child = Program::spawn(&folder, &address);
        Program { folder, address, child }
    }

    fn spawn(folder: &TempDir, address: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_helpnook"));
        command.args(["serve", "--config", "helpnook.yaml", "--site", ".", "--db", "inbox.db", "--listen", address]);
        command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn kill_and_restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = Program::spawn(&self.folder, &self.address);
    }

    async fn put(&self, talk: &str, path: &str, body: serde_json::Value) {
        let address = format!("http://{}/v1/conversations/{talk}{path}", self.address);
        until("the server answers", || async {
            let put = Client::new().put(&address).bearer_auth(talk.repeat(2)).json(&body).send().await;
            put.is_ok_and(|answer| answer.status() == 200)
        })
        .await;
    }

    fn states(&self) -> Vec<String> {
        let conn = Connection::open(self.folder.path().join("inbox.db")).unwrap();
        let mut all = conn.prepare("SELECT state FROM relayed ORDER BY cursor").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn killed_in_the_middle(system: impl System) {
    let stand = Stand::start(system).await;
    let mut program = Program::start(&stand);
    let talk = id();
    program.put(&talk, "", json!({"v": 1, "packet": {"v": 1, "lang": "en"}})).await;
    for (seq, text) in ["First", "Second"].into_iter().enumerate() {
        stand.mood(&[Mood::Silent]);
        program.put(&talk, &format!("/messages/{}", id()), json!({"v": 1, "seq": seq + 1, "text": text})).await;
        until(&format!("the system has {text:?}"), || async {
            stand.system.shoppers_words().iter().any(|words| words == text)
        })
        .await;
        program.kill_and_restart();
        until("it is settled", || async { program.states().len() == seq + 1 }).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(stand.system.shoppers_words(), ["First", "Second"]);
    assert_eq!(program.states(), ["delivered", "delivered"]);
    assert_eq!(stand.system.n_conversations(), 1);
}

/// A test for each system.
macro_rules! killed {
    ($($name:ident: $system:ty;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            killed_in_the_middle(<$system>::default()).await;
        }
    )*};
}

killed! {
    webhook: crate::webhook::Webhook;
    zendesk: crate::zendesk::Zendesk;
    chatwoot: crate::chatwoot::Chatwoot;
    sunco: crate::sunco::Sunco;
    twilio: crate::twilio::Twilio;
    matrix: crate::matrix::Matrix;
    xmpp: crate::xmpp::Xmpp;
    rocketchat: crate::rocketchat::RocketChat;
}
