//! E-mails to a mail server that wants TLS and a login, with a certificate of its own making.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use helpnook::server::{Mail, Options, Secret};

use crate::mail::{Post, has, waiting};
use crate::support::Inbox;

/// A mail server by aiosmtpd's library, as its documentation describes it: certificate, key, how, port, folder.
const SERVER: &str = r#"
import ssl, sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import AuthResult, LoginPassword

certificate, key, how, port, folder = sys.argv[1:]
tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain(certificate, key)

def check(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"help", b"a mail password")
    return AuthResult(success=right, handled=False)

more = {"ssl_context": tls} if how == "wrapped" else {"tls_context": tls, "require_starttls": True}
Controller(Mailbox(folder), hostname="127.0.0.1", port=int(port), auth_required=True, auth_require_tls=how != "wrapped",
           authenticator=check, **more).start()
time.sleep(600)
"#;

/// A certificate for `localhost` and the authority that signed it; nothing where there is no openssl.
fn certificate(folder: &Path) -> Option<PathBuf> {
    let new = |name: &str, more: &[&str]| {
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]).current_dir(folder);
        openssl.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")]).args(more);
        openssl.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let made = new("authority", &["-subj", "/CN=A shop's own authority"])
        && new(
            "server",
            &[
                "-subj",
                "/CN=localhost",
                "-CA",
                "authority.pem",
                "-CAkey",
                "authority.key",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ],
        );
    made.then(|| folder.join("authority.pem"))
}

/// A mail server that wants TLS, from the start or by STARTTLS; nothing where there is none.
fn post(how: &str) -> Option<(Post, Vec<u8>)> {
    let mut post = Post::closed()?;
    let Some(authority) = certificate(post.folder.path()) else {
        println!("skipped: no openssl here that signs");
        return None;
    };
    let program = PathBuf::from(std::env::var_os("HELPNOOK_SMTPD")?);
    let port = post.address.rsplit(':').next()?.to_owned();
    let mut python = Command::new(program.with_file_name("python"));
    python.args(["-c", SERVER, "server.pem", "server.key", how, &port, "box"]).current_dir(post.folder.path());
    post.child = Some(python.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("python starts"));
    while TcpStream::connect(&post.address).is_err() {
        std::thread::sleep(Duration::from_millis(50));
    }
    Some((post, std::fs::read(authority).expect("a certificate")))
}

fn options(post: &Post, scheme: &str, password: &str, trust: Option<Vec<u8>>) -> impl FnOnce(&mut Options) + use<> {
    let plain = post.options();
    let port = post.address.rsplit(':').next().unwrap_or_default().to_owned();
    let server = scheme.replace("PORT", &port);
    let password = Secret(password.to_owned());
    move |options| {
        plain(options);
        let mail = options.mail.take().expect("mail is set");
        options.mail = Some(Mail { server, user: Some("help".to_owned()), password, trust, ..mail });
    }
}

const WRAPPED: &str = "smtps://localhost:PORT";
const STARTED: &str = "smtp://localhost:PORT?tls=required";

#[tokio::test]
async fn by_tls_and_with_a_login_the_shop_hears_and_may_answer() {
    for (how, scheme) in [("wrapped", WRAPPED), ("started", STARTED)] {
        let Some((post, authority)) = post(how) else { return };
        let inbox = Inbox::with(options(&post, scheme, "a mail password", Some(authority))).await;
        let shopper = waiting(&inbox, "zoe@home.example").await;
        let letter = post.letter(1).await;
        has(&letter, &[&format!("Message-ID: <{}@shop.example>", shopper.id), "Where is my parcel?"]);
        let reply = letter.lines().find(|line| line.starts_with("Reply-To:")).unwrap_or_default();
        assert!(reply.contains("zoe@home.example"), "{how}: {letter}");
    }
}

/// Waits until an e-mail was tried and not taken, and sees that none came.
async fn fails(inbox: &Inbox, post: &Post, what: &str) {
    let failed =
        |text: &str| text.lines().any(|line| line.starts_with("helpnook_mail_failures_total") && !line.ends_with(" 0"));
    for _ in 0..150 {
        if failed(&inbox.get("/metrics").await.text().await.unwrap()) {
            assert_eq!(post.letters(), Vec::<String>::new(), "{what}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: the failure is never counted");
}

#[tokio::test]
async fn to_a_stranger_and_with_a_wrong_password_nothing_is_sent_and_nothing_lost() {
    let Some((post, authority)) = post("wrapped") else { return };
    let mut inbox = Inbox::with(options(&post, WRAPPED, "a mail password", None)).await;
    waiting(&inbox, "zoe@home.example").await;
    fails(&inbox, &post, "a certificate that nobody vouches for").await;
    inbox.stop().await;
    options(&post, WRAPPED, "wrong", Some(authority.clone()))(&mut inbox.options);
    inbox.restart().await;
    fails(&inbox, &post, "a wrong password").await;
    inbox.stop().await;
    options(&post, WRAPPED, "a mail password", Some(authority))(&mut inbox.options);
    inbox.restart().await;
    has(&post.letter(1).await, &["Where is my parcel?"]);
}
