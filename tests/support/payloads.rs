//! Payloads of attacks, in the shape of each format that is imported.

use serde_json::json;

/// One file of each format, in which the payload stands wherever an export holds text of others.
pub fn sources(payload: &str) -> [(&'static str, String); 13] {
    let cell = payload.replace('"', "\"\"");
    [
        ("z.json", json!({ "articles": [{ "id": 1, "section_id": 1, "html_url": "https://a.example/hc/articles/1", "locale": "en", "title": payload, "body": payload, "label_names": [payload] }] }).to_string()),
        ("d.json", json!({ "topics": [{ "id": 1, "slug": "s", "fancy_title": payload, "post_stream": { "posts": [{ "post_number": 1, "cooked": payload }] } }] }).to_string()),
        ("i.json", json!({ "type": "article", "id": "1", "workspace_id": "w", "state": "published", "title": payload, "body": payload }).to_string()),
        ("h.json", json!({ "article": { "id": "1", "collectionId": "c", "name": payload, "text": payload, "status": "published", "publicUrl": payload } }).to_string()),
        ("f.json", json!([{ "folder_id": 1, "id": 1, "title": payload, "description": payload, "status": 2 }]).to_string()),
        ("c.json", json!({ "data": [{ "article_id": "1", "title": payload, "content": payload, "locale": "en", "url": payload }] }).to_string()),
        ("t.json", json!({ "questions": [{ "id": 1, "title": payload, "responses": [{ "text": payload }] }] }).to_string()),
        ("l.json", json!({ "@type": "Question", "name": payload, "acceptedAnswer": { "text": payload } }).to_string()),
        ("r.jsonl", json!({ "id": "1", "question": payload, "answer": payload }).to_string()),
        ("e.csv", format!("id,question,answer\n1,\"{cell}\",\"{cell}\"\n")),
        ("p.html", format!("<html><body><h2>One</h2>{payload}<h2>Two</h2>{payload}")),
        ("m.html", format!("<div itemscope itemtype='https://schema.org/Question'><p itemprop=name>Q</p><div itemprop=acceptedAnswer itemscope><div itemprop=text>{payload}</div></div></div>")),
        ("w.md", payload.to_owned()),
    ]
}
