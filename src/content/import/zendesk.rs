//! Zendesk Help Center, as its API lists it: articles, sections, categories, translations.
//!
//! An article of a section belongs to the collection of that section; a section without a name in the export
//! makes none. Sections may lie in each other, in a damaged export also in a circle.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::value::{day, first, first_of, list, no, text, texts, yes};
use super::{Body, Reason, Record, Sink, lang_tag};
use crate::article::{Article, Collection};
use crate::content::error::Problems;

pub(super) const NAME: &str = "Zendesk Help Center";

/// Whether a document is of this format.
pub(super) fn is(document: &Value) -> bool {
    let typed = |name: &str, fields: &[&str]| {
        first(list(document, name)).is_some_and(|first| fields.iter().any(|field| first.get(*field).is_some()))
    };
    typed("articles", &["section_id", "label_names", "html_url", "user_segment_id"])
        || typed("sections", &["category_id", "parent_section_id", "html_url", "source_locale"])
        || typed("categories", &["source_locale", "html_url"])
        || typed("translations", &["source_id", "source_type"])
        || typed("results", &["section_id", "result_type"])
        || document.get("article").is_some_and(|one| one.get("section_id").is_some())
        || is_article(document)
        || is_group(document.get("section").or_else(|| document.get("category")).unwrap_or(document))
        || first_of(document).is_some_and(|one| is_article(one) || is_group(one))
}

/// Whether a value is a section or a category by itself.
fn is_group(value: &Value) -> bool {
    value.get("name").is_some() && value.get("source_locale").is_some() && value.get("body").is_none()
}

/// Whether a value is an article by itself.
pub(super) fn is_article(value: &Value) -> bool {
    value.get("section_id").is_some() && (value.get("html_url").is_some() || value.get("label_names").is_some())
}

/// Reads all documents of the format together: sections may stand in another file than their articles.
pub(super) fn read(documents: &[(&str, &Value)], sink: &mut Sink) {
    let sections = Sections::of(documents);
    let mut reader = Reader { sections, named: BTreeSet::new(), whole: BTreeSet::new(), sink };
    for (file, document) in documents {
        for (number, article) in (1..).zip(articles(document)).filter(|(_, article)| !article.is_null()) {
            reader.whole.insert((text(article, &["id"]), text(article, &["locale"]).to_lowercase()));
            reader.article(file, number, article);
        }
    }
    for (file, document) in documents {
        for (number, one) in (1..).zip(list(document, "translations")) {
            let article = documents
                .iter()
                .flat_map(|(_, other)| articles(other))
                .find(|article| text(article, &["id"]) == text(one, &["source_id"]));
            reader.translation(file, number, one, article);
        }
    }
}

fn articles(document: &Value) -> Vec<&Value> {
    let named = list(document, "articles").iter().chain(list(document, "results"));
    let single = document.get("article").or_else(|| is_article(document).then_some(document));
    let whole = document.as_array().filter(|all| first(all).is_some_and(is_article)).map_or(&[][..], Vec::as_slice);
    named.chain(single).chain(whole).collect()
}

struct Reader<'a, 's> {
    sections: Sections<'a>,
    /// Collections already named, by language and id.
    named: BTreeSet<(String, String)>,
    /// Articles that the export holds in full, by id and locale.
    whole: BTreeSet<(String, String)>,
    sink: &'s mut Sink,
}

impl Reader<'_, '_> {
    fn article(&mut self, file: &str, number: usize, row: &Value) {
        let locale = text(row, &["locale"]);
        let collection = self.collection(file, &text(row, &["section_id"]), &locale);
        let body = text(row, &["body"]);
        let reason = if yes(row, "draft") {
            Some(Reason::Draft)
        } else if is_restricted(row) {
            Some(Reason::Restricted)
        } else {
            body.is_empty().then_some(Reason::NoAnswer)
        };
        let title = text(row, &["title", "name"]);
        if yes(row, "outdated") && reason.is_none() {
            self.outdated(file, number, &title);
        }
        let article = Article {
            id: text(row, &["id"]),
            title,
            collection,
            tags: texts(row, &["label_names"]),
            updated: day(row, &["edited_at", "updated_at"]),
            source: text(row, &["html_url"]),
            ..Article::default()
        };
        let hidden = reason.is_some();
        let base = article.clone();
        self.sink.take(file, NAME, Record { article, lang: locale, body: Body::Html(body), number, reason });
        for translation in list(row, "translations") {
            if !hidden {
                let section = text(row, &["section_id"]);
                let collection = self.collection(file, &section, &text(translation, &["locale"]));
                self.of_translation(file, number, translation, &Article { collection, ..base.clone() });
            }
        }
    }

    /// A translation that stands by itself: its article tells who may read it.
    fn translation(&mut self, file: &str, number: usize, row: &Value, article: Option<&Value>) {
        let kind = text(row, &["source_type"]);
        if !kind.is_empty() && kind != "Article" {
            return;
        }
        let id = text(row, &["source_id"]);
        let base = Article {
            id: id.clone(),
            tags: article.map(|article| texts(article, &["label_names"])).unwrap_or_default(),
            collection: article
                .map(|article| self.collection(file, &text(article, &["section_id"]), &text(row, &["locale"])))
                .unwrap_or_default(),
            ..Article::default()
        };
        match article {
            Some(article) if is_restricted(article) || yes(article, "draft") => {
                let reason = if yes(article, "draft") { Reason::Draft } else { Reason::Restricted };
                let record =
                    Record { article: Article { title: text(row, &["title"]), ..base }, number, ..Record::default() };
                self.sink.leave_out(file, record, reason);
            }
            _ => self.of_translation(file, number, row, &base),
        }
    }

    fn of_translation(&mut self, file: &str, number: usize, row: &Value, base: &Article) {
        let locale = text(row, &["locale"]);
        // The article's own language is listed among its translations too.
        if self.whole.contains(&(base.id.clone(), locale.to_lowercase())) {
            return;
        }
        let reason = if yes(row, "draft") {
            Some(Reason::Draft)
        } else if yes(row, "hidden") {
            Some(Reason::Restricted)
        } else {
            None
        };
        let title = text(row, &["title"]);
        if yes(row, "outdated") && reason.is_none() {
            self.outdated(file, number, &title);
        }
        let article =
            Article { title, updated: day(row, &["updated_at"]), source: text(row, &["html_url"]), ..base.clone() };
        let body = Body::Html(text(row, &["body"]));
        self.sink.take(file, NAME, Record { article, lang: locale, body, number, reason });
    }

    fn outdated(&mut self, file: &str, number: usize, title: &str) {
        Problems::new(file, &mut self.sink.problems).warning(
            number,
            format!("\"{title}\" is marked as outdated at its source"),
            "bring the translation up to date there",
        );
    }

    /// Id of a section's collection, named in that language on first use.
    fn collection(&mut self, file: &str, section: &str, locale: &str) -> String {
        let lang = lang_tag(locale).unwrap_or_default();
        let Some(found) = self.sections.get(section, locale) else { return String::new() };
        let id = format!("section-{section}");
        if self.named.insert((lang.clone(), id.clone())) {
            if self.sections.is_circle(section) {
                Problems::new(file, &mut self.sink.problems).warning(
                    0,
                    format!("section {section} lies inside itself"),
                    "it is taken as one that lies in no other: mend it at its source",
                );
            }
            let same = |one: &&Value| text(one, &["locale"]).eq_ignore_ascii_case(locale);
            let named = list(found, "translations").iter().find(same).unwrap_or(found);
            let collection = Collection {
                id: id.clone(),
                title: super::line_of(&text(named, &["title", "name"])),
                summary: super::line_of(&text(named, &["body", "description"])),
                icon: String::new(),
            };
            self.sink.collection(&lang, collection);
        }
        id
    }
}

/// Whether an article is for some people only.
fn is_restricted(row: &Value) -> bool {
    row.get("user_segment_id").is_some_and(|segment| !segment.is_null())
        || !list(row, "user_segment_ids").is_empty()
        || no(row, "public")
}

/// Sections by id, each in the languages that it has.
struct Sections<'a>(BTreeMap<String, Vec<&'a Value>>);

impl<'a> Sections<'a> {
    fn of(documents: &[(&str, &'a Value)]) -> Self {
        let mut all: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        let listed = documents.iter().flat_map(|(_, document)| list(document, "sections"));
        let single = documents.iter().map(|(_, document)| document.get("section").unwrap_or(document));
        let whole = documents.iter().filter_map(|(_, document)| document.as_array()).flatten();
        for section in listed.chain(single.chain(whole).filter(|one| is_group(one))) {
            all.entry(text(section, &["id"])).or_default().push(section);
        }
        Self(all)
    }

    fn get(&self, id: &str, locale: &str) -> Option<&'a Value> {
        let all = self.0.get(id)?;
        let own = all.iter().find(|section| text(section, &["locale"]).eq_ignore_ascii_case(locale));
        own.or(all.first()).copied().filter(|section| !text(section, &["name"]).is_empty())
    }

    fn is_circle(&self, id: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut at = id.to_owned();
        while seen.insert(at.clone()) {
            let above = self.0.get(&at).and_then(|all| all.first()).map(|one| text(one, &["parent_section_id"]));
            match above {
                Some(above) if !above.is_empty() => at = above,
                _ => return false,
            }
        }
        true
    }
}
