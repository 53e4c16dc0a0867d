//! Which page stands where, and what belongs together.

use std::collections::BTreeMap;

use xxhash_rust::xxh64::xxh64;

use super::texts::Texts;
use crate::article::{Article, Collection};
use crate::content::{Help, SiteFacts};
use crate::index::Index;
use crate::search;

/// How many related articles stand under one.
const N_RELATED: usize = 4;

/// A hit with less than this part of the best score is not near; between 1 (only the best) and 10 (nearly all).
/// 8 leaves, on the demo, those that an editor would have chosen.
const NEAR: u16 = 8;

/// Longest name of a page's folder that is kept as it is, in bytes.
const MAX_NAME: usize = 100;

/// The whole help centre.
pub(super) struct Site<'a> {
    /// Address of its root, with a slash at the end.
    pub base: String,
    /// What the shop says of itself.
    pub facts: &'a SiteFacts,
    /// Its languages, by their tags.
    pub langs: Vec<Lang<'a>>,
    /// Name of the style sheet and of the script.
    pub style: String,
    /// See `style`.
    pub script: String,
}

/// One language of it.
pub(super) struct Lang<'a> {
    /// BCP 47 tag.
    pub lang: &'a str,
    /// Its articles.
    pub help: &'a Help,
    /// What its pages say.
    pub texts: Texts,
    /// Its collections that hold articles, in the order to show; the last may be of articles without one.
    pub groups: Vec<Group<'a>>,
    index: Option<&'a Index>,
    answers: BTreeMap<&'a str, String>,
    places: BTreeMap<&'a str, usize>,
}

/// A collection and its page.
pub(super) struct Group<'a> {
    /// Its id; empty for articles without a collection.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// One line about it; may be empty.
    pub summary: &'a str,
    /// Name of its drawing.
    pub icon: &'a str,
    /// Where its page stands.
    pub path: String,
    /// Its articles.
    pub articles: Vec<&'a Article>,
}

impl<'a> Site<'a> {
    pub(super) fn new(
        help: &'a BTreeMap<String, Help>,
        facts: &'a SiteFacts,
        indexes: &'a BTreeMap<String, Index>,
        style: String,
        script: String,
    ) -> Self {
        let langs = help.iter().filter(|(_, help)| !help.articles.is_empty());
        let langs = langs.map(|(lang, help)| Lang::new(lang, help, indexes.get(lang))).collect();
        Self { base: format!("{}/", facts.url.trim_end_matches('/')), facts, langs, style, script }
    }

    /// The whole address of a page.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A page from the root of its host, for a page that stands in for any other.
    pub(super) fn rooted(&self, path: &str) -> String {
        let host = self.base.find("://").map_or(0, |at| at + 3);
        let root = self.base.get(host..).and_then(|rest| rest.find('/')).map_or(0, |at| host + at);
        format!("{}{path}", self.base.get(root..).unwrap_or("/"))
    }

    /// The address of the shop's own pages, for links such as `/returns`; without a slash at the end.
    pub(super) fn shop_origin(&self) -> &str {
        let shop = &self.facts.shop;
        let host = shop.find("://").map_or(0, |at| at + 3);
        let end = shop.get(host..).and_then(|rest| rest.find('/')).map_or(shop.len(), |at| host + at);
        shop.get(..end).unwrap_or_default()
    }

    /// Whether an article came out of the community's discussions.
    pub(super) fn is_of_community(&self, article: &Article) -> bool {
        !article.source.is_empty()
            && if self.facts.forum.is_empty() {
                !article.author.is_empty()
            } else {
                article.source.starts_with(self.facts.forum.trim_end_matches('/'))
            }
    }
}

impl<'a> Lang<'a> {
    fn new(lang: &'a str, help: &'a Help, index: Option<&'a Index>) -> Self {
        let texts = Texts::of(lang);
        let name = |id: &str| folder_name(id);
        let answers =
            help.articles.iter().map(|one| (one.id.as_str(), format!("{lang}/answers/{}/", name(&one.id)))).collect();
        let places = help.articles.iter().enumerate().map(|(place, one)| (one.id.as_str(), place)).collect();
        let mut members: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
        for article in &help.articles {
            members.entry(&article.collection).or_default().push(article);
        }
        let path = |id: &str| format!("{lang}/topics/{}/", name(id));
        let mut groups: Vec<Group<'a>> = help
            .collections
            .iter()
            .filter_map(|Collection { id, title, summary, icon }| {
                let articles = members.remove(id.as_str())?;
                Some(Group { id, title, summary, icon, path: path(id), articles })
            })
            .collect();
        if let Some(articles) = members.remove("") {
            let title = if groups.is_empty() { texts.own("all") } else { texts.own("other") };
            groups.push(Group { id: "", title, summary: "", icon: "", path: path("_"), articles });
        }
        Self { lang, help, texts, groups, index, answers, places }
    }

    /// Where its home stands.
    pub(super) fn home(&self) -> String {
        format!("{}/", self.lang)
    }

    /// Where the list of every question stands.
    pub(super) fn all(&self) -> String {
        format!("{}/all/", self.lang)
    }

    /// Where the feed of changes stands.
    pub(super) fn feed(&self) -> String {
        format!("{}/changes.atom", self.lang)
    }

    /// Where an article stands.
    pub(super) fn answer(&self, id: &str) -> Option<String> {
        self.answers.get(id).cloned()
    }

    /// As JSON the folders of those articles whose folder is not named by the id alone.
    pub(super) fn renamed(&self) -> String {
        let other = |article: &'a Article| Some((article.id.as_str(), folder_name(&article.id)));
        let all: BTreeMap<&str, String> =
            self.help.articles.iter().filter_map(other).filter(|(id, name)| id != name).collect();
        serde_json::to_string(&all).unwrap_or_default()
    }

    /// The collection of an article.
    pub(super) fn group(&self, article: &Article) -> Option<&Group<'a>> {
        self.groups.iter().find(|group| group.id == article.collection)
    }

    /// What a reader of an article may want next: what a search for its question finds beside it, then its neighbours.
    pub(super) fn related(&self, article: &Article) -> Vec<&'a Article> {
        let mut out: Vec<&'a Article> = Vec::new();
        let found = self.index.map_or_else(Vec::new, |index| {
            let query = [std::slice::from_ref(&article.title), &article.tags].concat().join(" ");
            let hits = search::rank(index, &query, N_RELATED + 2).1;
            // Beside the article itself, which comes first, a faint hit says little.
            let faint = hits.first().map_or(0, |(_, best)| *best / NEAR);
            let near = hits.into_iter().filter(|(_, score)| *score > faint);
            near.filter_map(|(number, _)| index.stored(number)).map(|one| one.id).collect()
        });
        let near = found.iter().filter_map(|id| self.help.articles.get(*self.places.get(id.as_str())?));
        let siblings = self.group(article).map_or(&[][..], |group| group.articles.as_slice());
        let at = siblings.iter().position(|one| one.id == article.id).unwrap_or(0);
        let after = siblings.iter().copied().cycle().skip(at + 1).take(siblings.len().saturating_sub(1));
        for one in near.chain(after) {
            if out.len() < N_RELATED && one.id != article.id && !out.iter().any(|known| known.id == one.id) {
                out.push(one);
            }
        }
        out
    }
}

/// The name of a page's folder: the id where every disk and every host takes it as it is, else what is
/// left of it and a number made of it.
fn folder_name(id: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let safe = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    if !id.is_empty() && id.len() <= MAX_NAME && id.chars().all(plain) {
        return id.to_owned();
    }
    let kept: String = id.chars().take(MAX_NAME / 2).map(safe).collect();
    format!("{}-{:08x}", kept.trim_matches('-'), xxh64(id.as_bytes(), 0) as u32).trim_start_matches('-').to_owned()
}

/// The way from one page to another, so that the folder may stand anywhere.
pub(super) fn way(from: &str, to: &str) -> String {
    let up = "../".repeat(from.matches('/').count());
    let way = [up.as_str(), to].concat();
    if way.is_empty() { "./".to_owned() } else { way }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pages_are_safe_and_distinct() {
        assert_eq!(folder_name("track-order"), "track-order");
        for id in ["../../etc/passwd", "A b", "a b", "..", "日本", "con\u{0}", "x/y", "Ä"] {
            let name = folder_name(id);
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{id}: {name}");
            assert!(!name.is_empty() && !name.starts_with('-'), "{id}: {name}");
        }
        assert_ne!(folder_name("A b"), folder_name("a b"));
    }

    #[test]
    fn ways_are_relative() {
        assert_eq!(way("", "en/"), "en/");
        assert_eq!(way("en/", "en/answers/x/"), "../en/answers/x/");
        assert_eq!(way("en/answers/x/", ""), "../../../");
        assert_eq!(way("", ""), "./");
    }
}
