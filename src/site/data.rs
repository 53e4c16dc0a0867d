//! What search engines are told, as schema.org has it.

use serde_json::{Value, json};

use super::plan::{Lang, Site};
use crate::article::{Article, plain_blocks};

/// Most questions that one page tells.
const MAX_QUESTIONS: usize = 60;

/// Questions with their answers.
pub(super) fn faq(lang: &Lang<'_>, articles: &[&Article]) -> Value {
    let question = |article: &&Article| {
        json!({
            "@type": "Question",
            "name": article.title,
            "acceptedAnswer": { "@type": "Answer", "text": plain_blocks(&article.blocks) },
        })
    };
    let all: Vec<Value> = articles.iter().take(MAX_QUESTIONS).map(question).collect();
    json!({ "@context": "https://schema.org", "@type": "FAQPage", "inLanguage": lang.lang, "mainEntity": all })
}

/// The way from the home to a page.
pub(super) fn breadcrumbs(site: &Site<'_>, steps: &[(&str, String)]) -> Value {
    let step = |(place, (name, path)): (usize, &(&str, String))| json!({ "@type": "ListItem", "position": place + 1, "name": name, "item": site.url(path) });
    let all: Vec<Value> = steps.iter().enumerate().map(step).collect();
    json!({ "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": all })
}

/// The help centre itself, with the address that searches it.
pub(super) fn website(site: &Site<'_>, lang: &Lang<'_>, name: &str) -> Value {
    let target = format!("{}?q={{search_term_string}}", site.url(&lang.home()));
    json!({
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": name,
        "url": site.url(&lang.home()),
        "inLanguage": lang.lang,
        "potentialAction": { "@type": "SearchAction", "target": target, "query-input": "required name=search_term_string" },
    })
}
