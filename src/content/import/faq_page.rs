//! schema.org questions with accepted answers, from JSON-LD values and from the microdata or RDFa of a page.

use scraper::{ElementRef, Html};
use serde_json::Value;

use super::value::{day, plain, text};
use super::{Body, Reason, Record};
use crate::article::Article;

pub(super) const NAME: &str = "schema.org FAQPage";

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 24;

/// Whether a JSON document says what its things are.
pub(super) fn is(document: &Value) -> bool {
    let tagged = |value: &Value| ["@context", "@graph", "@type"].iter().any(|name| value.get(*name).is_some());
    tagged(document) || document.as_array().and_then(|all| all.first()).is_some_and(tagged)
}

/// Whether a thing is of a type: `FAQPage`, `["WebPage", "FAQPage"]`, `https://schema.org/FAQPage`.
fn is_a(thing: &Value, name: &str) -> bool {
    let same = |kind: &Value| plain(kind).rsplit(['/', '#', ':']).next().is_some_and(|last| last == name);
    match thing.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(same),
        Some(kind) => same(kind),
        None => false,
    }
}

/// Questions of a JSON-LD value, wherever they are inside it.
pub(super) fn of_json(value: &Value, lang: &str) -> Vec<Record> {
    let mut out = Vec::new();
    collect(value, lang, MAX_DEPTH, &mut out);
    for (number, record) in (1..).zip(&mut out) {
        record.number = number;
    }
    out
}

fn collect(value: &Value, lang: &str, depth: usize, out: &mut Vec<Record>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(all) => all.iter().for_each(|one| collect(one, lang, depth, out)),
        Value::Object(fields) => {
            let own = text(value, &["inLanguage"]);
            let lang = if own.is_empty() { lang } else { &own };
            if is_a(value, "Question") {
                out.push(question(value, lang));
            } else {
                fields.values().for_each(|one| collect(one, lang, depth, out));
            }
        }
        _ => {}
    }
}

fn question(value: &Value, lang: &str) -> Record {
    // A list of accepted answers: the first says it.
    let answer = |name: &str| match value.get(name) {
        Some(Value::Array(all)) => all.first(),
        other => other,
    };
    let accepted = answer("acceptedAnswer");
    let body = accepted.map(|one| {
        let own = literal(one);
        if own.is_empty() { literal_of(one, &["text", "articleBody", "name"]) } else { own }
    });
    let body = unescaped(body.unwrap_or_default());
    let told = ["name", "text"].iter().find_map(|name| Some(plain(value.get(*name)?.get("@language")?)));
    let lang = told.as_deref().filter(|told| !told.is_empty()).unwrap_or(lang);
    let suggested = answer("suggestedAnswer").is_some();
    let reason = body
        .trim()
        .is_empty()
        .then(|| if accepted.is_none() && suggested { Reason::NotAccepted } else { Reason::NoAnswer });
    let article = Article {
        id: fragment(&text(value, &["@id", "url"])),
        title: without_markup(&literal_of(value, &["name", "text", "headline"])),
        updated: day(value, &["dateModified", "datePublished", "dateCreated"]),
        source: Some(text(value, &["url"])).filter(|url| url.starts_with("http")).unwrap_or_default(),
        ..Article::default()
    };
    Record { article, lang: lang.to_owned(), body: Body::of(body), number: 0, reason }
}

/// A text of JSON-LD: by itself, `{"@value": …}`, or the first of several.
fn literal(value: &Value) -> String {
    match value {
        Value::Array(all) => all.first().filter(|one| !one.is_array()).map(literal).unwrap_or_default(),
        Value::Object(fields) => fields.get("@value").map(plain).unwrap_or_default(),
        other => plain(other),
    }
}

/// The first of some fields that holds a text.
fn literal_of(thing: &Value, names: &[&str]) -> String {
    names.iter().filter_map(|name| thing.get(*name)).map(literal).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The name that an address gives a question: what follows its `#`.
fn fragment(address: &str) -> String {
    address.split_once('#').map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// An answer whose markup was escaped once too often.
fn unescaped(answer: String) -> String {
    if !answer.contains('<') && answer.contains("&lt;") && answer.contains("&gt;") {
        return answer.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    }
    answer
}

/// A question's text: some write markup or entities there as well.
fn without_markup(title: &str) -> String {
    if !title.contains('<') && !title.contains('&') {
        return title.to_owned();
    }
    let tree = Html::parse_fragment(title);
    let bare: String = tree.root_element().text().collect();
    if bare.trim().is_empty() { title.to_owned() } else { bare }
}

/// Questions of a page's microdata and RDFa.
pub(super) fn of_page(page: &Html, lang: &str) -> Vec<Record> {
    let mut out = Vec::new();
    for thing in page.root_element().descendent_elements().filter(|one| is_thing(*one, "Question")) {
        let mut fields = Vec::new();
        own_fields(thing, &mut fields, MAX_DEPTH);
        let answer = fields.iter().find(|(name, _)| name == "acceptedAnswer").map(|(_, node)| *node);
        let mut inner = Vec::new();
        if let Some(answer) = answer {
            own_fields(answer, &mut inner, MAX_DEPTH);
        }
        let body = inner.iter().find(|(name, _)| name == "text").map(|(_, node)| node.inner_html());
        let body = body.or_else(|| answer.map(|answer| answer.inner_html())).unwrap_or_default();
        let title =
            fields.iter().find(|(name, _)| matches!(name.as_str(), "name" | "text")).map(|(_, node)| text_of(*node));
        let suggested = fields.iter().any(|(name, _)| name == "suggestedAnswer");
        let reason = body
            .trim()
            .is_empty()
            .then(|| if answer.is_none() && suggested { Reason::NotAccepted } else { Reason::NoAnswer });
        let updated = fields.iter().find(|(name, _)| name == "dateModified").map(|(_, node)| text_of(*node));
        let article = Article {
            id: thing.value().attr("id").unwrap_or_default().to_owned(),
            title: title.unwrap_or_default(),
            updated: super::value::day_of(&Value::from(updated.unwrap_or_default())),
            ..Article::default()
        };
        let own = thing.ancestors().filter_map(ElementRef::wrap).find_map(|one| one.value().attr("lang"));
        let lang = thing.value().attr("lang").or(own).unwrap_or(lang).to_owned();
        out.push(Record { article, lang, body: Body::Html(body), number: out.len() + 1, reason });
    }
    out
}

fn is_thing(element: ElementRef<'_>, name: &str) -> bool {
    let kinds = element.value().attr("itemtype").or_else(|| element.value().attr("typeof")).unwrap_or_default();
    kinds.split_ascii_whitespace().any(|kind| kind.rsplit(['/', '#', ':']).next() == Some(name))
}

/// Properties of a thing that are its own and not those of a thing inside it.
fn own_fields<'a>(thing: ElementRef<'a>, out: &mut Vec<(String, ElementRef<'a>)>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for child in thing.child_elements() {
        let names = child.value().attr("itemprop").or_else(|| child.value().attr("property"));
        for name in names.unwrap_or_default().split_ascii_whitespace() {
            out.push((name.rsplit([':', '/']).next().unwrap_or(name).to_owned(), child));
        }
        let is_thing = child.value().attr("itemscope").is_some() || child.value().attr("typeof").is_some();
        if !is_thing {
            own_fields(child, out, depth);
        }
    }
}

fn text_of(element: ElementRef<'_>) -> String {
    match element.value().attr("content") {
        Some(content) => content.to_owned(),
        None => element.text().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn questions_are_found_wherever_they_are() {
        let value = json!({ "@graph": [{ "@type": "WebSite" }, { "@type": ["WebPage", "http://schema.org/FAQPage"], "inLanguage": "fr-FR",
            "mainEntity": [{ "@type": "Question", "name": "L&#39;été ?", "acceptedAnswer": [{ "text": "&lt;p&gt;Oui&lt;/p&gt;" }] },
                           { "@type": "Question", "name": "Quand ?" }] }] });
        let found = of_json(&value, "de");
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].article.title.as_str(), found[0].lang.as_str()), ("L'été ?", "fr-FR"));
        assert!(matches!(&found[0].body, Body::Html(html) if html == "<p>Oui</p>"));
        assert_eq!(found[1].reason, Some(Reason::NoAnswer));
    }

    #[test]
    fn microdata_keeps_question_and_answer_apart() {
        let page = Html::parse_document(
            "<div itemscope itemtype='https://schema.org/FAQPage'><div itemprop=mainEntity itemscope itemtype='https://schema.org/Question'>\
             <h3 itemprop=name>Where <b>is</b> it?</h3><div itemprop=acceptedAnswer itemscope itemtype='https://schema.org/Answer'>\
             <meta itemprop=name content=wrong><div itemprop=text><p>Here.</p></div></div></div></div>",
        );
        let found = of_page(&page, "en");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].article.title, "Where is it?");
        assert!(matches!(&found[0].body, Body::Html(html) if html == "<p>Here.</p>"));
    }
}
