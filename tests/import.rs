//! Importers, told by what real exports hold: how many articles come, what is left out and why.
//!
//! Data that may not be part of the repository is read from `../shared`; where it is absent, the test says so.

// What fails here is the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "import/exports.rs"]
mod exports;
#[path = "support/payloads.rs"]
mod payloads;
#[path = "import/wrappers.rs"]
mod wrappers;
#[path = "import/written.rs"]
mod written;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use helpnook::article::{Article, Block, Inline, is_safe_link, plain_blocks};
use helpnook::content::{self, Content, File, write};
use serde_json::{Value, json};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if !path.exists() {
        eprintln!("not tested: {} is absent", path.display());
        return None;
    }
    Some(path)
}

fn files(folder: &Path) -> Vec<File> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            out.extend(files(&path));
        } else if content::is_source(&path.to_string_lossy()) {
            let (text, _) = content::decode(&fs::read(&path).unwrap()).unwrap();
            out.push(File { path: path.to_string_lossy().into_owned(), text });
        }
    }
    out.sort_by(|one, other| one.path.cmp(&other.path));
    out
}

fn one(path: &str, text: impl Into<String>) -> Content {
    content::read_all(&[File { path: path.to_owned(), text: text.into() }])
}

fn counts(content: &Content) -> BTreeMap<&str, usize> {
    content.help.iter().map(|(lang, help)| (lang.as_str(), help.articles.len())).collect()
}

fn reasons(content: &Content) -> BTreeMap<&str, usize> {
    let mut out = BTreeMap::new();
    for left in &content.left_out {
        *out.entry(left.reason.name()).or_default() += 1;
    }
    out
}

fn articles(content: &Content) -> impl Iterator<Item = &Article> {
    content.help.values().flat_map(|help| help.articles.iter().chain(&help.internal))
}

/// What an import writes, `build` reads back to the same article.
fn comes_back(content: &Content) {
    for article in articles(content) {
        let text = write::article(article);
        let path = format!("{}/x.md", article.lang);
        let back = content::read_all(&[File { path, text: text.clone() }]);
        let mut help = back.help.get(&article.lang).unwrap_or_else(|| panic!("lost: {text}")).clone();
        help.articles.append(&mut help.internal);
        for (one, other) in help.articles[0].blocks.iter().zip(&article.blocks) {
            assert_eq!(one, other, "{}", article.id);
        }
        assert_eq!(help.articles[0], *article, "{text}");
    }
}

#[test]
fn the_samples_come_with_their_counts() {
    type Expected<'a> = (&'a str, &'a [(&'a str, usize)], &'a [(&'a str, usize)]);
    let expected: &[Expected<'_>] = &[
        ("zendesk", &[("en-us", 38), ("fr", 40), ("ro", 40)], &[("draft", 1), ("no-answer", 2)]),
        ("discourse", &[("en", 15)], &[("no-answer", 3), ("not-help", 0), ("unlisted", 1)]),
        ("csv", &[("de", 40), ("en", 40)], &[]),
        ("jsonld", &[("de", 1), ("en", 12), ("fr", 12)], &[("not-help", 12)]),
        ("markdown/store-a", &[("en", 10), ("fr", 10)], &[]),
        ("markdown/dialogue-faq", &[("en", 7), ("fr", 7)], &[]),
        ("markdown/antennapod", &[("de", 19), ("en", 17)], &[]),
    ];
    for (sample, articles, left_out) in expected {
        let Some(folder) = shared(&format!("data/samples/{sample}")) else { return };
        let content = content::read_all(&files(&folder));
        assert_eq!(counts(&content), articles.iter().copied().collect(), "{sample}");
        let left_out: BTreeMap<&str, usize> = left_out.iter().copied().filter(|(_, n)| *n > 0).collect();
        assert_eq!(reasons(&content), left_out, "{sample}: {:?}", content.left_out);
        assert!(!content.problems.iter().any(|one| one.severity == content::Severity::Error), "{:?}", content.problems);
        comes_back(&content);
    }
}

#[test]
fn the_faq_packs_come_back_as_they_are() {
    let Some(folder) = shared("data/faq") else { return };
    for file in files(&folder) {
        comes_back(&content::read_all(&[file]));
    }
}

#[test]
fn zendesk_joins_its_parts() {
    let export = json!({
        "articles": [
            { "id": 1, "title": "Returns", "locale": "en-us", "section_id": 7, "html_url": "https://s.example/hc/en-us/articles/1-Returns",
              "label_names": ["return"], "updated_at": "2025-01-02T03:04:05Z", "draft": false, "user_segment_id": null,
              "body": "<p>See <a href=\"https://s.example/hc/en-us/articles/2-Size?x=1#y\">sizes</a> <img src=\"/hc/a.png\" alt=\"a\" width=\"30\" height=\"40px\"></p>",
              "translations": [{ "locale": "fr", "title": "Retours", "body": "<p>Oui</p>", "draft": false, "outdated": true },
                               { "locale": "en-us", "title": "Returns", "body": "<p>again</p>" },
                               { "locale": "ro", "title": "Retur", "body": "<p>x</p>", "draft": true }] },
            { "id": 2, "title": "Sizes", "locale": "en-us", "section_id": 8, "html_url": "https://s.example/hc/en-us/articles/2", "body": "<p>M</p>" },
            { "id": 3, "title": "Staff", "locale": "en-us", "section_id": 8, "html_url": "https://s.example/hc/en-us/articles/3", "user_segment_id": 9, "body": "<p>No</p>" },
            { "id": 4, "title": "Enterprise", "locale": "en-us", "section_id": 8, "html_url": "https://s.example/hc/en-us/articles/4", "user_segment_ids": [1], "body": "<p>No</p>" },
            { "id": 2, "title": "Sizes, newer", "locale": "en-us", "section_id": 8, "html_url": "https://s.example/hc/en-us/articles/2", "updated_at": "2026-01-01T00:00:00Z", "body": "<p>L</p>" },
            { "id": 5, "title": "Where", "locale": "xx-yy-toolonglong", "section_id": 8, "html_url": "u", "body": "<p>No</p>" },
        ],
        "sections": [
            { "id": 7, "category_id": 1, "parent_section_id": 8, "locale": "en-us", "name": "Orders", "description": "All about them" },
            { "id": 8, "category_id": 1, "parent_section_id": 7, "locale": "en-us", "name": "Circle" },
            { "id": 7, "category_id": 1, "locale": "fr", "name": "Commandes" },
        ],
    });
    let content = one("export.json", export.to_string());
    assert_eq!(counts(&content), [("en-us", 2), ("fr", 1)].into());
    assert_eq!(reasons(&content), [("damaged", 1), ("draft", 1), ("duplicate", 1), ("restricted", 2)].into());
    let english = &content.help["en-us"];
    assert_eq!(english.collections[0].title, "Orders");
    assert_eq!(content.help["fr"].collections[0].title, "Commandes");
    assert_eq!(english.articles[1].title, "Sizes, newer");
    let [Block::Paragraph(text), Block::Image { src, size: (30, 40), .. }] = english.articles[0].blocks.as_slice()
    else {
        panic!("{:?}", english.articles[0].blocks)
    };
    assert_eq!(src, "https://s.example/hc/a.png");
    assert!(matches!(&text[1], Inline::Link(to, _) if to == "article:2"), "{text:?}");
    let told: Vec<&str> = content.problems.iter().map(|one| one.message.as_str()).collect();
    assert!(told.iter().any(|one| one.contains("marked as outdated")), "{told:?}");
    assert!(told.iter().any(|one| one.contains("lies inside itself")), "{told:?}");
    comes_back(&content);
}

#[test]
fn discourse_gives_the_accepted_answer_with_its_author() {
    let topic = |id: u32, accepted: Value, posts: Value| {
        json!({ "id": id, "title": format!("Question {id}?"), "slug": format!("q-{id}"), "visible": true,
                "accepted_answer": accepted, "has_accepted_answer": true, "post_stream": { "posts": posts } })
    };
    let post = |number: u32, user: &str, cooked: &str| json!({ "post_number": number, "username": user, "cooked": cooked, "post_type": 1, "updated_at": "2025-02-03T00:00:00Z" });
    let forum = json!({ "category": { "slug": "help", "name": "Help", "base_url": "https://forum.example" }, "topics": [
        topic(1, json!({ "post_number": 3 }), json!([post(1, "asker", "<p>How?</p>"), post(2, "b", "<p>No</p>"), post(3, "ana", "<p>Like this.</p>")])),
        topic(2, Value::Null, json!([post(1, "asker", "<p>How?</p>")])),
        topic(3, json!({ "post_number": 9 }), json!([post(1, "asker", "<p>How?</p>")])),
        { "id": 4, "title": "A letter", "slug": "l", "archetype": "private_message", "post_stream": { "posts": [post(1, "x", "<p>Secret</p>")] } },
    ] });
    let content = one("forum.json", forum.to_string());
    let article = &content.help["en"].articles[0];
    assert_eq!((plain_blocks(&article.blocks).as_str(), article.author.as_str()), ("Like this.", "ana"));
    assert_eq!(article.source, "https://forum.example/t/q-1/1/3");
    assert_eq!(article.collection, "help");
    assert_eq!(reasons(&content), [("no-answer", 1), ("not-accepted", 1), ("restricted", 1)].into());
    comes_back(&content);
}

#[test]
fn four_more_help_desks() {
    let intercom = json!({ "type": "list", "data": [
        { "type": "article", "id": "9", "workspace_id": "w", "title": "Hi", "body": "<p>Hello</p>", "state": "published", "updated_at": 1_749_888_082,
          "default_locale": "en", "url": "https://i.example/9", "parent_id": 5,
          "translated_content": { "type": "article_translated_content", "fr": { "title": "Salut", "body": "<p>Bonjour</p>", "state": "published" },
                                  "de": { "title": "Hallo", "body": "<p>Tag</p>", "state": "draft" }, "en": { "title": "Hi", "body": "<p>Hello</p>", "state": "published" } } },
        { "type": "collection", "id": "5", "workspace_id": "w", "name": "Start" } ] });
    let content = one("intercom.json", intercom.to_string());
    assert_eq!((counts(&content), reasons(&content)), ([("en", 1), ("fr", 1)].into(), [("draft", 1)].into()));
    assert_eq!(content.help["en"].collections[0].title, "Start");
    assert_eq!(content.help["en"].articles[0].updated, "2025-06-14");

    let scout = json!({ "article": { "id": "a1", "collectionId": "c", "slug": "send-back", "status": "published", "name": "Send back?", "text": "<p>Yes</p>", "keywords": ["return"] } });
    assert_eq!(counts(&one("scout.json", scout.to_string())), [("en", 1)].into());
    let list = json!({ "articles": { "page": 1, "items": [{ "id": "a1", "collectionId": "c", "status": "published", "name": "No text" }, { "id": "a2", "collectionId": "c", "status": "notpublished", "name": "Draft" }] } });
    assert_eq!(reasons(&one("list.json", list.to_string())), [("draft", 1), ("no-answer", 1)].into());

    let freshdesk = json!([{ "category": { "name": "General", "folders": [
        { "id": 1, "name": "Orders", "visibility": 1, "articles": [{ "id": 11, "title": "When?", "description": "<p>Soon</p>", "status": 2, "tags": [{ "name": "late" }] },
                                                                     { "id": 12, "title": "Draft", "description": "<p>x</p>", "status": 1 }] },
        { "id": 2, "name": "Agents", "visibility": 3, "articles": [{ "id": 13, "title": "Secret", "description": "<p>x</p>", "status": 2 }] }] } }]);
    let content = one("Solutions.json", freshdesk.to_string());
    assert_eq!((counts(&content), reasons(&content)), ([("en", 1)].into(), [("draft", 1), ("restricted", 1)].into()));
    assert_eq!(content.help["en"].articles[0].tags, ["late"]);

    let crisp = json!({ "error": false, "data": [
        { "article_id": "u-1", "locale": "fr", "status": "published", "visibility": "visible", "title": "Où ?", "content": "**Ici**\n\n|| Un conseil\n", "category": { "category_id": "k", "name": "Livraison" } },
        { "article_id": "u-2", "locale": "fr", "status": "draft", "title": "x", "content": "x" } ] });
    let content = one("crisp.json", crisp.to_string());
    assert_eq!((counts(&content), reasons(&content)), ([("fr", 1)].into(), [("draft", 1)].into()));
    assert!(matches!(&content.help["fr"].articles[0].blocks[1], Block::Callout(helpnook::article::Tone::Tip, _)));
}

#[test]
fn a_document_asks_by_its_headings() {
    let page = "<html lang=de><head><style>.c1{font-weight:700}.c2{color:#000}</style></head><body class=doc>\
                <h1>Hilfe</h1><h2><span class=c2>Wo ist es?</span></h2><p><span class=c1>Hier</span> oder \
                <a href=\"https://www.google.com/url?q=https://a.example/x%3Fy%3D1&amp;sa=D\">dort</a></p><ol><li>eins<li>zwei</ol>\
                <h2>Leer?</h2><h2>Und dann?</h2><p>Nichts</p></body></html>";
    let content = one("doc.html", page);
    assert_eq!((counts(&content), reasons(&content)), ([("de", 2)].into(), [("no-answer", 1)].into()));
    let article = &content.help["de"].articles[0];
    assert_eq!((article.title.as_str(), article.collection.as_str()), ("Wo ist es?", "hilfe"));
    let Block::Paragraph(text) = &article.blocks[0] else { panic!("{:?}", article.blocks) };
    assert!(matches!(&text[0], Inline::Strong(_)), "{text:?}");
    assert!(matches!(&text[2], Inline::Link(to, _) if to == "https://a.example/x?y=1"), "{text:?}");
    comes_back(&content);
}

#[test]
fn hostile_files_are_told_and_the_rest_comes() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let content = content::read_all(&[
        File { path: "a.json".to_owned(), text: deep },
        File { path: "b.json".to_owned(), text: "{\"articles\": [".to_owned() },
        File { path: "c.json".to_owned(), text: "[{\"question\": \"Q\", \"answer\": \"A\"}, 7, {\"question\": \"\", \"answer\": \"\"}]".to_owned() },
        File { path: "d.html".to_owned(), text: "<div>".repeat(50_000) },
        File { path: "e.csv".to_owned(), text: "id,question,answer\n1,\"Q,A\n2,Q,A\n".to_owned() },
        File { path: "f.json".to_owned(), text: json!({ "articles": [{ "id": "../../etc/passwd", "section_id": 1, "title": "T\u{202e}\u{0}\n", "html_url": "u", "body": "<p>x</p>", "locale": "en" },
            { "id": {}, "section_id": [], "title": 7, "html_url": null, "body": ["x"], "locale": "en" }, null, 5] }).to_string() },
    ]);
    let errors: Vec<&str> = content
        .problems
        .iter()
        .filter(|one| one.severity == content::Severity::Error)
        .map(|one| one.file.as_str())
        .collect();
    assert_eq!(errors, ["a.json", "b.json"]);
    let ids: Vec<&str> = articles(&content).map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["etc-passwd", "q"]);
    assert_eq!(articles(&content).next().unwrap().title, "T");
}

/// Whether nothing in it can run: only harmless addresses are left, and a block cannot hold anything else.
fn is_harmless(blocks: &[Block]) -> bool {
    fn inlines(all: &[Inline]) -> bool {
        all.iter().all(|inline| match inline {
            Inline::Link(to, inner) => is_safe_link(to) && inlines(inner),
            Inline::Strong(inner) | Inline::Emphasis(inner) => inlines(inner),
            _ => true,
        })
    }
    let media = |src: &str| is_safe_link(src) && (!src.contains(':') || src.to_ascii_lowercase().starts_with("https:"));
    blocks.iter().all(|block| match block {
        Block::Paragraph(text) | Block::Heading(_, text) => inlines(text),
        Block::List(_, items) => items.iter().all(|item| is_harmless(item)),
        Block::Callout(_, inner) | Block::Market(_, inner) => is_harmless(inner),
        Block::Table(head, rows) => head.iter().chain(rows.iter().flatten()).all(|cell| inlines(cell)),
        Block::Image { src, .. } | Block::Video { src, .. } => media(src),
        Block::Code(_) => true,
    })
}

#[test]
fn nothing_executable_comes_through_any_importer() {
    let Some(corpus) = shared("security/xss.jsonl") else { return };
    let rows: Vec<Value> =
        fs::read_to_string(corpus).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (mut n_articles, mut n_payloads) = (0, 0);
    for row in &rows {
        let payload = row["payload"].as_str().unwrap();
        n_payloads += 1;
        let sources = payloads::sources(payload);
        for (path, text) in sources {
            let content = one(path, text);
            for article in articles(&content) {
                n_articles += 1;
                assert!(is_harmless(&article.blocks), "{path} {}: {:?}", row["id"], article.blocks);
                let back = one("x.md", write::article(article));
                assert!(articles(&back).all(|back| is_harmless(&back.blocks)), "{path} {} written", row["id"]);
            }
        }
    }
    println!("{n_payloads} payloads through 13 importers: {n_articles} articles, 0 executable");
    assert!(n_articles > n_payloads, "payloads that carry text come as articles");
}
