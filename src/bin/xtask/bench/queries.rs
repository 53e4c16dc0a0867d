//! Queries: judged ones, half-remembered titles, the keys pressed while they are typed, slips of the finger.

use std::collections::HashSet;

use serde::Serialize;

use super::corpora::Article;

/// A seeded source of numbers: the same corpora and queries on every machine.
pub struct Random(u64);

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1);
        random.below(2);
        random
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % n.max(1)
    }

    /// A share, from 0 up to 1.
    pub fn share(&mut self) -> f64 {
        self.below(1 << 24) as f64 / f64::from(1 << 24)
    }
}

/// A query and the articles that answer it.
#[derive(Debug, Clone, Serialize)]
pub struct Query {
    /// As it is typed.
    pub q: String,
    /// Ids of the articles.
    pub rel: Vec<String>,
}

/// Each query with one slip in one word of four letters or more, on any letter, the first too.
pub fn misspelt(queries: &[Query]) -> Vec<Query> {
    (0..).zip(queries).map(|(seed, query)| Query { q: slip(&query.q, seed), rel: query.rel.clone() }).collect()
}

fn slip(text: &str, seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut words: Vec<Vec<char>> = text.split(' ').map(|word| word.chars().collect()).collect();
    let long = |word: &Vec<char>| word.len() >= 4 && word.iter().all(|c| c.is_alphabetic());
    let mut fit: Vec<&mut Vec<char>> = words.iter_mut().filter(|word| long(word)).collect();
    let n = random.below(fit.len());
    if let Some(word) = fit.get_mut(n) {
        let at = random.below(word.len());
        let letter = char::from(b'a' + random.below(26) as u8);
        match random.below(4) {
            0 => drop(word.remove(at)),
            1 => word.insert(at, letter),
            2 => word.splice(at..=at, [letter]).for_each(drop),
            _ => {
                let at = at.min(word.len() - 2);
                word.swap(at, at + 1);
            }
        }
    }
    words.iter().map(|word| word.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Two or three words of the title of an article: every article whose title has them all is right.
pub fn known_items(articles: &[Article], n: usize) -> Vec<Query> {
    let mut random = Random::new(7);
    let titles: Vec<HashSet<String>> = articles.iter().map(|article| words(&article.title).collect()).collect();
    let mut queries = Vec::new();
    for _ in 0..n * 20 {
        let article = &articles[random.below(articles.len())];
        let mut picked: Vec<String> = words(&article.title).filter(|word| word.chars().count() >= 3).collect();
        let wanted = 2 + random.below(2);
        while picked.len() > wanted {
            picked.remove(random.below(picked.len()));
        }
        if picked.len() < 2 {
            continue;
        }
        let right = articles.iter().zip(&titles).filter(|(_, title)| picked.iter().all(|word| title.contains(word)));
        let rel: Vec<String> = right.map(|(article, _)| article.id.clone()).collect();
        // Words that a dozen titles share tell nobody's title.
        if rel.len() <= 3 {
            queries.push(Query { q: picked.join(" "), rel });
        }
        if queries.len() == n {
            break;
        }
    }
    queries
}

/// Lower-case words of a text.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// What is searched for while 60 of the queries are typed, from the second letter on; at most `n` of it.
pub fn keystrokes(queries: &[Query], n: usize) -> Vec<String> {
    let step = queries.len().div_ceil(60).max(1);
    let typed = |query: &Query| -> Vec<String> {
        let ends = query.q.char_indices().map(|(at, c)| at + c.len_utf8()).skip(1);
        ends.filter_map(|end| query.q.get(..end)).map(str::to_owned).collect()
    };
    let all: Vec<String> = queries.iter().step_by(step).flat_map(typed).collect();
    let n = n.min(all.len());
    (0..n).filter_map(|i| all.get(i * all.len() / n)).cloned().collect()
}
