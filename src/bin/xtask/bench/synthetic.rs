//! Articles made of a real help centre's sentences, to measure growth. Synthetic: they say nothing true.
//!
//! An article keeps the title of a real one, with words changed, and takes its sentences from a few
//! real ones. Rare words are often swapped for made-up ones from a store that grows with the corpus as
//! vocabularies do (Heaps), used as unevenly as words are (Zipf): so a rare word stays rare when the
//! corpus is ten times as large, and the dictionary grows by about the root of it.

use std::collections::HashMap;

use super::corpora::Article;
use super::queries::{Random, words};

/// How often a rare word is swapped, 0 to 1; more gives a larger dictionary and shorter postings.
const SWAPPED: f64 = 0.5;

/// A word in fewer articles than this share of the corpus is rare.
const RARE: f64 = 0.02;

/// Made-up words once there are 10,000 articles; a Debian package list of that length has 33,000 words in all.
const MADE_UP_PER_10K: f64 = 24_000.0;

/// Heaps' exponent: by which power of the corpus its vocabulary grows; 0.4 to 0.6 for English text.
const HEAPS: f64 = 0.6;

/// Makes `n` articles; `length` 1.0 keeps the real ones' lengths.
pub fn articles(real: &[Article], n: usize, length: f64) -> Vec<Article> {
    let mut random = Random::new(n as u64);
    let sentences: Vec<Vec<&str>> = real.iter().map(|article| split(&article.body)).collect();
    let rare = rare(real);
    (0..n)
        .map(|i| {
            let lead = random.below(real.len());
            let wanted = ((sentences[lead].len() as f64 * length).ceil() as usize).max(1);
            let sources: Vec<usize> = [lead].into_iter().chain((0..3).map(|_| random.below(real.len()))).collect();
            let mut body = Vec::new();
            for _ in 0..wanted {
                // Half of an article is about what its title says.
                let source = sources[if random.below(2) == 0 { 0 } else { random.below(sources.len()) }];
                let of = &sentences[source];
                body.push(varied(of[random.below(of.len())], i, &rare, &mut random));
            }
            let title = varied(&real[lead].title, i, &rare, &mut random);
            Article { id: format!("s{i}"), title, body: body.join(" ") }
        })
        .collect()
}

fn split(body: &str) -> Vec<&str> {
    let cut: Vec<&str> = body.split_inclusive(['\n', '.', '?', '!']).map(str::trim).filter(|s| !s.is_empty()).collect();
    if cut.is_empty() { vec![body] } else { cut }
}

/// Words of letters only that few articles say.
fn rare(real: &[Article]) -> HashMap<String, usize> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for article in real {
        let mut own: Vec<String> = words(&article.body).chain(words(&article.title)).collect();
        own.sort();
        own.dedup();
        for word in own.into_iter().filter(|word| word.len() >= 4 && word.chars().all(char::is_alphabetic)) {
            *counts.entry(word).or_default() += 1;
        }
    }
    let most = (real.len() as f64 * RARE) as usize;
    counts.retain(|_, n| *n <= most);
    counts
}

/// The text with some of its rare words swapped for words of the store as it is at article `i`.
fn varied(text: &str, i: usize, rare: &HashMap<String, usize>, random: &mut Random) -> String {
    let store = (MADE_UP_PER_10K * (i.max(100) as f64 / 10_000.0).powf(HEAPS)) as usize;
    let swap = |word: &str, random: &mut Random| {
        if rare.contains_key(&word.to_lowercase()) && random.share() < SWAPPED {
            // The cube makes a few words frequent and most of them rare.
            made_up((random.share().powi(3) * store as f64) as u64)
        } else {
            word.to_owned()
        }
    };
    text.split(' ').map(|word| swap(word, random)).collect::<Vec<_>>().join(" ")
}

/// The n-th made-up word: two to four syllables that can be spoken.
fn made_up(n: u64) -> String {
    const STARTS: [&str; 16] = ["b", "br", "c", "d", "f", "g", "gr", "l", "m", "n", "p", "pl", "s", "st", "t", "v"];
    const VOWELS: [&str; 6] = ["a", "e", "i", "o", "u", "ea"];
    const ENDS: [&str; 8] = ["", "n", "r", "l", "s", "t", "nd", "x"];
    let mut random = Random::new(n ^ 0x5eed);
    let mut word = String::new();
    for _ in 0..2 + random.below(3) {
        word.push_str(STARTS[random.below(16)]);
        word.push_str(VOWELS[random.below(6)]);
    }
    word.push_str(ENDS[random.below(8)]);
    word
}
