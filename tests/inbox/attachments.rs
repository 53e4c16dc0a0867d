//! Files that come with messages: looked at, kept, served inert, gone with the conversation.

use std::io::Cursor;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{Agent, Inbox, Shopper, id, refused};

const PDF: &[u8] = b"%PDF-1.7\nINVOICE-PLATYPUS\n%%EOF\n";

fn picture() -> Vec<u8> {
    let mut out = Vec::new();
    image::RgbImage::new(6, 4).write_to(&mut Cursor::new(&mut out), image::ImageFormat::Png).unwrap();
    out
}

async fn send(inbox: &Inbox, shopper: &Shopper, file: &str, name: &str, body: &[u8]) -> Response {
    let path = format!("/files/{file}?name={name}");
    shopper.request(inbox, Method::PUT, &path).body(body.to_vec()).send().await.unwrap()
}

async fn say(inbox: &Inbox, shopper: &Shopper, text: &str, files: &[&str]) -> Response {
    let body = json!({"v": 1, "seq": 1, "text": text, "attachments": files});
    shopper.request(inbox, Method::PUT, &format!("/messages/{}", id())).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn a_picture_reaches_the_agent_and_a_bill_comes_back() {
    let inbox = Inbox::start().await;
    let (shopper, agent) = (Shopper::opened(&inbox).await, Agent::sign_in(&inbox).await);
    let file = id();
    let first: Value = send(&inbox, &shopper, &file, "torn%20seam.png", &picture()).await.json().await.unwrap();
    assert_eq!((&first["name"], &first["kind"]), (&json!("torn seam.png"), &json!("image/png")));
    assert_eq!((&first["width"], &first["height"]), (&json!(6), &json!(4)));
    let again: Value = send(&inbox, &shopper, &file, "other.png", &picture()).await.json().await.unwrap();
    assert_eq!(first, again, "a repeat gets the same answer");
    assert_eq!(say(&inbox, &shopper, "", &[&file]).await.status(), StatusCode::OK);

    let detail = agent.get(&inbox, &format!("conversations/{}", shopper.id)).await;
    assert_eq!(detail["events"][0]["attachments"][0], first);
    let bill = id();
    let path = format!("conversations/{}/files/{bill}?name=bill.pdf", shopper.id);
    let upload = agent.request(&inbox, Method::PUT, &path).header("x-helpnook-check", &agent.check).body(PDF);
    assert_eq!(upload.send().await.unwrap().status(), StatusCode::OK);
    let path = format!("conversations/{}/messages/{}", shopper.id, id());
    let body = json!({"text": "Here it is", "attachments": [bill], "choices": ["Thanks", "Not yet"]});
    assert_eq!(agent.put(&inbox, &path, body).await.status(), StatusCode::OK);
    let events = shopper.events(&inbox, 0).await;
    let last = events["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["attachments"][0]["kind"], "application/pdf");
    assert_eq!(last["choices"], json!(["Thanks", "Not yet"]));
}

#[tokio::test]
async fn a_file_is_served_so_that_it_can_do_nothing() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let (image, bill) = (id(), id());
    assert_eq!(send(&inbox, &shopper, &image, "a.png", &picture()).await.status(), StatusCode::OK);
    assert_eq!(send(&inbox, &shopper, &bill, "b%22%0d.pdf", PDF).await.status(), StatusCode::OK);
    for (file, how) in [(&image, "inline; filename*=UTF-8''a.png"), (&bill, "attachment; filename*=UTF-8''b%22.pdf")] {
        let answer = inbox.get(&format!("/v1/files/{file}")).await;
        let headers = answer.headers();
        assert_eq!(headers["content-disposition"], how);
        assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "private, no-cache");
        assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
    }
    // A page of the shop shows it as an image, which names no origin.
    let shown = Client::new().get(format!("{}/v1/files/{image}", inbox.base)).header("sec-fetch-site", "cross-site");
    assert_eq!(shown.send().await.unwrap().status(), StatusCode::OK);
    for unknown in [id(), "x".to_owned(), "..%2f..%2finbox.db".to_owned()] {
        refused(inbox.get(&format!("/v1/files/{unknown}")).await, 404, "not-found").await;
    }
}

#[tokio::test]
async fn what_is_no_image_and_no_pdf_is_refused_whatever_its_name() {
    let inbox = Inbox::with(|options| {
        options.limits.file_bytes = 200_000;
        options.limits.files_per_conversation = 2;
    })
    .await;
    let shopper = Shopper::opened(&inbox).await;
    for (name, body) in
        [("a.png", &b"<script>alert(1)</script>"[..]), ("a.pdf", b"MZ"), ("a.svg", b"<svg/>"), ("a", b"")]
    {
        refused(send(&inbox, &shopper, &id(), name, body).await, 415, "unsupported").await;
    }
    refused(send(&inbox, &shopper, &id(), "a.png", &vec![0; 200_001]).await, 413, "too-long").await;
    for _ in 0..2 {
        assert_eq!(send(&inbox, &shopper, &id(), "a.pdf", PDF).await.status(), StatusCode::OK);
    }
    refused(send(&inbox, &shopper, &id(), "a.pdf", PDF).await, 413, "too-long").await;
}

#[tokio::test]
async fn nobody_passes_off_anothers_file() {
    let inbox = Inbox::start().await;
    let (owner, thief) = (Shopper::opened(&inbox).await, Shopper::opened(&inbox).await);
    let file = id();
    assert_eq!(send(&inbox, &owner, &file, "a.pdf", PDF).await.status(), StatusCode::OK);
    refused(send(&inbox, &thief, &file, "b.pdf", PDF).await, 403, "unauthorized").await;
    refused(say(&inbox, &thief, "mine", &[&file]).await, 403, "unauthorized").await;
    refused(say(&inbox, &thief, "none", &[&id()]).await, 404, "not-found").await;
    refused(send(&inbox, &Shopper::new(), &id(), "a.pdf", PDF).await, 404, "not-found").await;
    refused(send(&inbox, &owner, "not-an-id", "a.pdf", PDF).await, 400, "malformed").await;
    let plain = format!("{}/agent/api/conversations/{}/files/{}", inbox.base, owner.id, id());
    let stranger = Client::new().put(plain).body(PDF).send().await.unwrap();
    refused(stranger, 401, "unauthorized").await;
}

#[tokio::test]
async fn deleting_the_conversation_takes_every_byte_of_it_along() {
    let inbox = Inbox::start().await;
    let shopper = Shopper::opened(&inbox).await;
    let file = id();
    let mut body = b"%PDF-1.7\n".to_vec();
    body.extend(b"PLATYPUS ".repeat(20_000));
    body.extend(b"%%EOF\n");
    assert_eq!(send(&inbox, &shopper, &file, "PLATYPUS.pdf", &body).await.status(), StatusCode::OK);
    assert_eq!(say(&inbox, &shopper, "PLATYPUS", &[&file]).await.status(), StatusCode::OK);
    for (path, body) in [
        ("/rating", json!({"v": 1, "stars": 5, "comment": "PLATYPUS"})),
        ("/person", json!({"email": "platypus@b.example", "name": "PLATYPUS"})),
    ] {
        let answer = shopper.request(&inbox, Method::PUT, path).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    }
    let answer = shopper.request(&inbox, Method::DELETE, "").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    refused(inbox.get(&format!("/v1/files/{file}")).await, 404, "not-found").await;
    for entry in std::fs::read_dir(inbox.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap_or_default().to_ascii_uppercase();
        assert!(!bytes.windows(8).any(|part| part == b"PLATYPUS"), "{}", path.display());
    }
}
