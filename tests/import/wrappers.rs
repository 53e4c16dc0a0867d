//! The same records as other programs hand them on: pages in lists, wrappers, one file each, one line each.

use serde_json::{Value, json};

use super::{counts, one, reasons};
use helpnook::content::{self, Content, File};

fn files(all: &[(&str, Value)]) -> Content {
    let file = |(path, value): &(&str, Value)| File { path: (*path).to_owned(), text: value.to_string() };
    content::read_all(&all.iter().map(file).collect::<Vec<_>>())
}

fn zendesk(id: u32) -> Value {
    json!({ "id": id, "title": format!("Question {id}?"), "body": format!("<p>Answer {id}</p>"), "locale": "en-us", "draft": false,
            "section_id": 9, "html_url": format!("https://s.example/hc/en-us/articles/{id}"), "user_segment_id": null, "label_names": [] })
}

fn intercom(id: u32) -> Value {
    json!({ "type": "article", "id": id.to_string(), "workspace_id": "w", "title": format!("Question {id}?"), "body": "<p>Answer</p>",
            "state": "published", "default_locale": "en" })
}

fn help_scout(id: u32) -> Value {
    json!({ "id": id.to_string(), "collectionId": "c", "name": format!("Question {id}?"), "text": "<p>Answer</p>", "status": "published" })
}

fn freshdesk(id: u32) -> Value {
    json!({ "id": id, "folder_id": 4, "folder_visibility": 1, "title": format!("Question {id}?"), "description": "<p>Answer</p>", "status": 2,
            "hierarchy": [{ "level": 0, "type": "category", "data": { "id": 3, "name": "All" } }, { "level": 1, "type": "folder", "data": { "id": 4, "name": "Orders" } }] })
}

fn crisp(id: u32) -> Value {
    json!({ "article_id": id.to_string(), "title": format!("Question {id}?"), "content": "Answer", "status": "published", "locale": "en" })
}

fn topic(id: u32) -> Value {
    json!({ "id": id, "slug": format!("q-{id}"), "title": format!("Question {id}?"), "post_stream": { "posts": [
        { "post_number": 1, "cooked": "<p>How?</p>" }, { "post_number": 2, "cooked": "<p>So.</p>", "accepted_answer": true }] } })
}

#[test]
fn records_are_found_in_whatever_wraps_them() {
    let wrapped: [(&str, Value, usize); 14] = [
        ("pages of one list", json!([{ "articles": [zendesk(1)] }, { "articles": [zendesk(2)] }]), 2),
        ("a bare list", json!([zendesk(1), zendesk(2)]), 2),
        ("a search", json!({ "results": [zendesk(1)], "count": 1 }), 1),
        (
            "a program's own wrapper",
            json!({ "fetched_at": "2026-01-01", "export": { "help_center": { "articles": [zendesk(1)] } } }),
            1,
        ),
        (
            "pages of Intercom",
            json!([{ "type": "list", "data": [intercom(1)] }, { "type": "list", "data": [intercom(2)] }]),
            2,
        ),
        ("a search in Intercom", json!({ "type": "list", "data": { "articles": [intercom(1)], "highlights": [] } }), 1),
        ("whole articles of Help Scout", json!([{ "article": help_scout(1) }, { "article": help_scout(2) }]), 2),
        ("the inside of a list of Help Scout", json!({ "page": 1, "items": [help_scout(1)] }), 1),
        ("a list of Freshdesk with a name", json!({ "articles": [freshdesk(1), freshdesk(2)] }), 2),
        (
            "a category of Freshdesk",
            json!({ "solution_category": { "folders": [{ "folder": { "id": 4, "visibility": 1, "articles": [{ "article": freshdesk(1) }] } }] } }),
            1,
        ),
        ("pages of Crisp", json!([{ "error": false, "data": [crisp(1)] }, { "error": false, "data": [crisp(2)] }]), 2),
        ("topics in a list", json!([topic(1), topic(2)]), 2),
        (
            "rows with a name",
            json!({ "faqs": [{ "question": "A?", "answer": "1" }, { "question": "B?", "answer": "2" }] }),
            2,
        ),
        ("rows in short", json!([{ "q": "A?", "a": "1" }]), 1),
    ];
    for (what, document, n) in wrapped {
        let content = files(&[("export.json", document)]);
        let found: usize = content.help.values().map(|help| help.articles.len()).sum();
        assert_eq!((found, reasons(&content)), (n, [].into()), "{what}: {:?}", content.problems);
    }
}

#[test]
fn a_damaged_record_in_a_wrapper_is_told_with_its_place() {
    let mut draft = zendesk(2);
    draft["draft"] = true.into();
    let content = files(&[("export.json", json!([{ "articles": [zendesk(1)] }, { "articles": [zendesk(3), draft] }]))]);
    let left = &content.left_out[0];
    assert_eq!((left.file.as_str(), left.record, left.reason.name()), ("export.json#2", 2, "draft"));
}

#[test]
fn one_file_for_each_object_is_one_export() {
    let content = files(&[
        ("articles/1.json", zendesk(1)),
        ("articles/2.json", json!({ "article": zendesk(2) })),
        (
            "sections/9.json",
            json!({ "section": { "id": 9, "name": "Orders", "locale": "en-us", "source_locale": "en-us", "category_id": 5,
            "translations": [{ "locale": "fr", "title": "Commandes" }] } }),
        ),
        ("categories.json", json!({ "categories": [{ "id": 5, "name": "Shop", "source_locale": "en-us" }] })),
        (
            "translations.json",
            json!({ "translations": [{ "source_id": 1, "source_type": "Article", "locale": "fr", "title": "Une ?", "body": "<p>Oui</p>" }] }),
        ),
    ]);
    assert_eq!((counts(&content), reasons(&content)), ([("en-us", 2), ("fr", 1)].into(), [].into()));
    assert_eq!(content.help["en-us"].collections[0].title, "Orders");

    let folders =
        json!([{ "id": 4, "name": "Orders", "visibility": 1 }, { "id": 5, "name": "Agents", "visibility": 3 }]);
    let mut secret = freshdesk(2);
    secret["folder_id"] = 5.into();
    let content = files(&[("a.json", json!([freshdesk(1), secret])), ("folders.json", folders)]);
    assert_eq!((counts(&content), reasons(&content)), ([("en", 1)].into(), [("restricted", 1)].into()));
}

#[test]
fn what_an_article_tells_of_its_folder_is_enough() {
    let mut secret = freshdesk(2);
    secret["folder_visibility"] = 2.into();
    let content = files(&[("a.json", json!([freshdesk(1), secret]))]);
    assert_eq!(reasons(&content), [("restricted", 1)].into());
    assert_eq!(content.help["en"].collections[0].title, "Orders");
}

#[test]
fn a_record_a_line_is_of_its_help_desk_too() {
    let mut draft = zendesk(2);
    draft["draft"] = true.into();
    let mut staff = zendesk(3);
    staff["user_segment_id"] = 7.into();
    let lines = format!("{}\n\n{draft}\n{{broken\n{staff}\n", zendesk(1));
    let content = one("articles.jsonl", lines);
    assert_eq!(
        (counts(&content), reasons(&content)),
        ([("en-us", 1)].into(), [("draft", 1), ("restricted", 1)].into())
    );
    assert_eq!(content.left_out.iter().map(|left| left.record).collect::<Vec<_>>(), [3, 5]);
    assert_eq!((content.problems[0].line, content.problems[0].severity), (4, content::Severity::Error));
    assert_eq!(counts(&one("topics.ndjson", format!("{}\n{}\n", topic(1), topic(2)))), [("en", 2)].into());
}

#[test]
fn questions_in_groups_know_their_group() {
    let content = files(&[(
        "faq.json",
        json!({ "sections": [{ "name": "Returns", "items": [{ "question": "A?", "answer": "1" }] }] }),
    )]);
    assert_eq!(content.help["en"].articles[0].collection, "Returns");
    let content = files(&[(
        "faq.json",
        json!({ "categories": [{ "name": "Returns", "questions": [{ "question": "A?", "answer": "1" }] }] }),
    )]);
    assert_eq!(content.help["en"].articles[0].collection, "Returns");
}

#[test]
fn an_answer_that_is_an_error_is_told_as_one() {
    let content = files(&[("a.json", json!({ "error": true, "reason": "not_found", "data": {} }))]);
    assert_eq!(reasons(&content), [("damaged", 1)].into());
    assert!(content.left_out[0].reason.to_string().contains("not_found"));
}

#[test]
fn linked_data_says_the_same_in_several_shapes() {
    let document = json!({ "@context": { "@vocab": "http://schema.org/" }, "@type": "FAQPage", "hasPart": [{ "@type": ["Question"],
        "name": { "@value": "Une ?", "@language": "fr" }, "acceptedAnswer": { "@type": "Answer", "text": { "@value": "Oui" } } }] });
    assert_eq!(counts(&files(&[("a.jsonld", document)])), [("fr", 1)].into());
    let page = "<html lang=en><script type='application/ld+json'>/*<![CDATA[*/{\"@type\":\"FAQPage\",\"mainEntity\":[{\"@type\":\"Question\",\"name\":\"One?\",\"acceptedAnswer\":{\"text\":\"Yes\"}}]}/*]]>*/</script>";
    assert_eq!(counts(&one("a.html", page)), [("en", 1)].into());
}
