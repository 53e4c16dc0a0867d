//! What attackers write into other help desks, brought over by every importer, and shown wherever answers are:
//! in the panel, in the help centre, on the agents' page. Nothing of it runs.

use std::path::Path;

use helpnook::article::{Article, Block, Inline};
use helpnook::cli::build::{self, Extra};
use helpnook::content::{self, File, write};
use serde_json::{Value, json};

use super::chat::agent;
use crate::support::browser::{Browser, Look};
use crate::support::payloads;
use crate::support::record;
use crate::support::shop::{Setup, Shop};

/// Payloads that one article holds.
const TOGETHER: usize = 90;

/// What an attack would call, and where it would go, is noted.
const NOTE: &str = "window.__ran = []; for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => __ran.push(name); \
    window.open = () => __ran.push('open'); addEventListener('beforeunload', () => __ran.push('left'));";

/// Elements and attributes of which an attack is made; what we put there ourselves is named.
const LOOK: &str = "const active = 'script:not([src^=\"/help/\"]):not([src^=\"/__first\"]):not([src*=\"site\"]):not([type=\"application/ld+json\"]):not([type=module]),iframe,object,embed,applet,frame,base,meta[http-equiv=refresh],animate,set';
    const found = [];
    for (const one of place.querySelectorAll('*')) {
      if (one.matches(active)) found.push(one.outerHTML.slice(0, 200));
      for (const { name, value } of one.attributes) {
        if (/^on/i.test(name)) found.push(name + '=' + value);
        if (/^(href|src|action|formaction|xlink:href|srcdoc|data|poster)$/i.test(name) && /^[\\s\\x00-\\x20]*(javascript|vbscript|data:text|data:application)/i.test(value)) found.push(name + '=' + value);
      }
    }";

/// Articles that hold what the importers made of every payload; nothing where the corpus is not at hand.
fn articles() -> Option<(usize, Vec<Article>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/security/xss.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("not tested: {} is absent", path.display());
        return None;
    };
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut out: Vec<Article> = Vec::new();
    for (group, rows) in rows.chunks(TOGETHER).enumerate() {
        let mut of_format: Vec<Article> = Vec::new();
        for row in rows {
            for (at, (path, text)) in payloads::sources(row["payload"].as_str().unwrap()).into_iter().enumerate() {
                if of_format.len() <= at {
                    let name = path.replace('.', "-");
                    let (id, title) = (format!("{name}-{group}"), format!("Zwyx {name} {group}"));
                    of_format.push(Article { id, title, lang: "en".to_owned(), ..Article::default() });
                }
                let found = content::read_all(&[File { path: path.to_owned(), text }]);
                for article in found.help.into_values().flat_map(|help| help.articles) {
                    let whole = &mut of_format[at];
                    whole.blocks.push(Block::Heading(2, vec![Inline::Text(article.title)]));
                    whole.blocks.extend(article.blocks);
                    whole.tags.extend(article.tags);
                }
            }
        }
        out.extend(of_format.into_iter().filter(|one| !one.blocks.is_empty()));
    }
    Some((rows.len(), out))
}

#[tokio::test]
async fn nothing_that_attackers_write_runs_where_answers_are_shown() {
    let Some((n_payloads, articles)) = articles() else { return };
    let folder = tempfile::tempdir().unwrap();
    for article in &articles {
        let path = folder.path().join("help/en").join(format!("{}.md", article.id));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, write::article(article)).unwrap();
        // The same for agents, who see it in their own place.
        let own = Article { id: format!("{}-own", article.id), internal: true, ..article.clone() };
        std::fs::write(folder.path().join("help/en").join(format!("{}.md", own.id)), write::article(&own)).unwrap();
    }
    let (out, internal) = (folder.path().join("out"), folder.path().join("internal"));
    let extra = Extra {
        site: true,
        base_url: Some("https://shop.example/bad/".to_owned()),
        is_draft: true,
        internal: Some(internal.clone()),
        ..Extra::default()
    };
    let report = build::run_with(&[folder.path().join("help")], &out, &extra).unwrap();
    assert_eq!((report.languages[0].n_articles, report.n_internal), (articles.len(), articles.len()));
    let tag = "<script async src=\"/help/helpnook.js\" data-index=\"/bad/{lang}.hnx\" data-chat=\"inbox:\"></script>";
    let mut setup = Setup::default().page(
        "index.html",
        &format!("<!doctype html><html lang=en><head><title>Shop</title><link rel=icon href=data:,>{tag}"),
    );
    setup = add(setup, &out, "bad")
        .page("raw.html", "<!doctype html><html lang=en><head><title>Raw</title><body><img src=x onerror=alert(1)>");
    for entry in std::fs::read_dir(&internal).unwrap().map(Result::unwrap) {
        setup.internal.push((entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()));
    }
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look { before: NOTE.to_owned(), ..Look::default() }).await;
    if browser.has_cdp("a network without the hosts that attacks name") {
        browser.cdp("Network.enable", json!({})).await;
        browser.cdp("Network.setBlockedURLs", json!({ "urls": ["https://*"] })).await;
    }
    browser.goto(&format!("{}/", shop.url)).await;
    browser.click_inside("button.launcher").await;
    browser.until("the panel stands open", "$('#hn-search')").await;
    let mut nodes = 0;
    for article in &articles {
        browser.js(&format!("Helpnook('article', {:?})", article.id)).await;
        browser.until("the article is open", &format!("$('h2.question')?.textContent === {:?}", article.title)).await;
        nodes += clean(&browser, "document.querySelector('help-nook').shadowRoot", &article.id).await;
    }
    browser.shot("payloads-panel").await;
    for article in &articles {
        browser.goto(&format!("{}/bad/en/answers/{}/", shop.url, article.id)).await;
        nodes += clean(&browser, "document", &article.id).await;
    }
    browser.shot("payloads-centre").await;
    browser.goto(&format!("{}/bad/en/", shop.url)).await;
    nodes += clean(&browser, "document", "home").await;

    // What looks here sees an attack where there is one.
    browser.goto(&format!("{}/raw.html", shop.url)).await;
    browser.until("the attack is seen to run", "window.__ran.includes('alert')").await;
    assert_ne!(look(&browser, "document").await["found"], json!([]), "a look that sees nothing");

    nodes += for_agents(&shop).await;
    record(
        "payloads",
        &[
            ("n_payloads", json!(n_payloads)),
            ("n_importers", json!(13)),
            ("n_pages_and_screens", json!(articles.len() * 2 + 1)),
            ("n_nodes_looked_at", json!(nodes)),
            ("n_executed", json!(0)),
        ],
    );
}

/// The agents' page: what is for agents only is found by the same search, and shown as text beside a
/// conversation in which the shopper writes attacks too.
async fn for_agents(shop: &Shop) -> u64 {
    let noted = || Look { before: NOTE.to_owned(), ..Look::default() };
    let shopper = Browser::start(noted()).await;
    shopper.goto(&format!("{}/", shop.url)).await;
    shopper.js("Helpnook('open', 'chat')").await;
    shopper
        .type_inside(
            "#hn-message",
            "<img src=x onerror=alert(1)> </script><svg onload=alert(2)> [x](javascript:alert(3))",
        )
        .await;
    shopper.click_inside("#hn-send").await;
    shopper.until("it is sent", "root.textContent.includes('Sent') || root.textContent.includes('Seen')").await;
    let mut nodes = clean(&shopper, "document.querySelector('help-nook').shadowRoot", "a message").await;
    let desk = agent(shop, noted()).await;
    // Engines other than Chromium note on the shop's own pages alone.
    desk.js(&format!("if (!window.__ran) {{ {NOTE} }}")).await;
    desk.outside("ul.rows a.row").await.click().await.unwrap();
    desk.until("the message is read", "document.querySelector('.log')?.textContent.includes('onerror=alert(1)')").await;
    desk.outside("button[aria-label='Find an answer']").await.click().await.unwrap();
    for format in ["z-json", "r-jsonl", "w-md", "m-html"] {
        let field = desk.outside(".picker input").await;
        field.clear().await.unwrap();
        field.send_keys(format!("zwyx {format}")).await.unwrap();
        // The list is written anew as the words change: it is pressed once it is the one that was asked for.
        let found = format!(
            "[...document.querySelectorAll('.picker li.internal')].filter((one) => one.textContent.includes('Zwyx {format}'))"
        );
        desk.until("answers for agents are found", &format!("{found}.length > 0")).await;
        desk.js(&format!("{found}[0].click()")).await;
        nodes += clean(&desk, "document", format).await;
    }
    desk.shot("payloads-desk").await;
    nodes
}

/// Adds every file below a folder.
pub fn add(mut setup: Setup, folder: &Path, below: &str) -> Setup {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{below}/{}", entry.file_name().to_string_lossy());
        setup = if entry.path().is_dir() {
            add(setup, &entry.path(), &name)
        } else {
            setup.file(&name, std::fs::read(entry.path()).unwrap())
        };
    }
    setup
}

/// What is active among the nodes, what ran, and how many nodes there are.
async fn look(browser: &Browser, root: &str) -> Value {
    browser
        .js(&format!(
            "const place = {root}; {LOOK} return {{ found, ran: window.__ran, n: place.querySelectorAll('*').length }}"
        ))
        .await
}

/// Looks at every node; gives how many there are.
async fn clean(browser: &Browser, root: &str, what: &str) -> u64 {
    let seen = look(browser, root).await;
    assert_eq!((&seen["found"], &seen["ran"]), (&json!([]), &json!([])), "{what}");
    seen["n"].as_u64().unwrap()
}
