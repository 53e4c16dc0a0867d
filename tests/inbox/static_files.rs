//! The widget's files and the pages.

use std::io::Read;

use reqwest::{Client, Response, StatusCode};

use crate::support::Inbox;

async fn shop() -> Inbox {
    let inbox = Inbox::with(|options| {
        options.pages = Some(options.site.with_file_name("pages"));
        options.headers =
            vec![("/strict/".to_owned(), "content-security-policy".to_owned(), "default-src 'none'".to_owned())];
    })
    .await;
    let write = |name: &str, text: &str| {
        let path = inbox.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("site/engine-0a1b2c3d4e.wasm", "\0asm");
    write("site/en.hnx", &"an index ".repeat(200));
    write("site/helpnook.js", &"let a = 1;\n".repeat(100));
    write("site/panel-0a1b2c3d4e.js", &"x".repeat(2000));
    write("site/panel-0a1b2c3d4e.js.br", "made at release");
    write("site/.secret", "hidden");
    write("pages/index.html", "<h1>Shop</h1>");
    write("pages/cart/index.html", "<h1>Cart</h1>");
    write("pages/strict/index.html", "<h1>Strict</h1>");
    inbox
}

async fn get(inbox: &Inbox, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Client::new().get(format!("{}{path}", inbox.base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn types_and_cache_headers() {
    let inbox = shop().await;
    for (path, kind, cache) in [
        ("/help/engine-0a1b2c3d4e.wasm", "application/wasm", "public, max-age=31536000, immutable"),
        ("/help/en.hnx", "application/octet-stream", "no-cache"),
        ("/help/helpnook.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/cart/", "text/html; charset=utf-8", "no-cache"),
    ] {
        let answer = inbox.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()["content-type"], kind, "{path}");
        assert_eq!(answer.headers()["cache-control"], cache, "{path}");
        let open = answer.headers().get("access-control-allow-origin").is_some_and(|any| any == "*");
        assert_eq!(open, path.starts_with("/help/"), "{path}");
    }
    assert_eq!(inbox.get("/strict/").await.headers()["content-security-policy"], "default-src 'none'");
    assert_eq!(inbox.get("/cart").await.url().path(), "/cart/");
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let inbox = shop().await;
    let tag = inbox.get("/help/helpnook.js").await.headers()["etag"].to_str().unwrap().to_owned();
    let again = get(&inbox, "/help/helpnook.js", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    std::fs::write(inbox.folder.path().join("site/helpnook.js"), "let b = 2;").unwrap();
    let changed = get(&inbox, "/help/helpnook.js", &[("if-none-match", &tag)]).await;
    assert_eq!(changed.text().await.unwrap(), "let b = 2;");
}

#[tokio::test]
async fn compressed_by_the_copy_beside_or_here() {
    let inbox = shop().await;
    let beside = get(&inbox, "/help/panel-0a1b2c3d4e.js", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(beside.headers()["content-encoding"], "br");
    assert_eq!(beside.text().await.unwrap(), "made at release");
    let here = get(&inbox, "/help/en.hnx", &[("accept-encoding", "gzip")]).await;
    assert_eq!(here.headers()["content-encoding"], "gzip");
    assert_eq!(here.headers()["vary"], "Accept-Encoding");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&here.bytes().await.unwrap()[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, "an index ".repeat(200));
    let plain = get(&inbox, "/help/en.hnx", &[("accept-encoding", "br;q=0")]).await;
    assert!(!plain.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn nothing_else_is_served() {
    let inbox = shop().await;
    for path in
        ["/help/.secret", "/help/%2e%2e/inbox.db", "/help/..%2finbox.db", "/nothing", "/help/nothing.js", "/v1/nothing"]
    {
        assert_eq!(inbox.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let posted = Client::new().post(format!("{}/help/helpnook.js", inbox.base)).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    let head = Client::new().head(format!("{}/help/helpnook.js", inbox.base)).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
}
