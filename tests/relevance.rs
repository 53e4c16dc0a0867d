//! How well the search answers, on the judged sets of `../shared/data` and `../shared/bench-data`.
//!
//! The sets stay outside the repository (their licences ask for it), so on a checkout without them
//! this test says so and passes, except in CI. It prints the table of the search's issue and holds
//! the floors reached; a change that costs quality fails here.

// What fails here is the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/figures.rs"]
mod figures;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use helpnook::article::Article;
use helpnook::content::{self, File};
use helpnook::index::{Index, builder};
use helpnook::search;
use serde_json::Value;

/// Most queries of a set: every n-th is taken, so that all kinds stay in.
const MAX_QUERIES: usize = 1_000;

/// Set, corpus, MRR@10 that BM25 with stems, typos and stop words reaches there ("full"), that MiniLM
/// reaches, and our floors, clean and with one typo in each query.
const SETS: &[(&str, &str, &str, &str, f64, f64)] = &[
    ("sofmattress.real.en", "sofmattress.en", ".76", ".80", 0.83, 0.81),
    ("bitext.en", "store-a.en", ".57", ".79", 0.80, 0.775),
    ("banking77.en", "banking77.en", ".74", ".82", 0.80, 0.79),
    ("robo-a.de", "robo-a.de", ".64", "", 0.75, 0.74),
    ("tais-a.pt", "tais-a.pt", ".64", "", 0.73, 0.705),
    ("store-a.authored.en", "store-a.en", ".43", ".73", 0.67, 0.63),
    ("store-a.authored.de", "store-a.de", ".64", "", 0.81, 0.79),
    ("store-a.authored.fr", "store-a.fr", ".68", "", 0.81, 0.81),
    ("store-a.authored.pt", "store-a.pt", ".76", "", 0.835, 0.80),
    ("store-a.authored.ro", "store-a.ro", ".72", "", 0.83, 0.80),
    ("bitcoin-org.title2body.de", "bitcoin-org.de", ".52", "", 0.48, 0.46),
    ("bitcoin-org.title2body.en", "bitcoin-org.en", ".61", ".83", 0.56, 0.56),
    ("bitcoin-org.title2body.fr", "bitcoin-org.fr", ".55", "", 0.54, 0.50),
    ("bitcoin-org.title2body.pt", "bitcoin-org.pt", ".59", "", 0.51, 0.51),
    ("bitcoin-org.title2body.ro", "bitcoin-org.ro", ".56", "", 0.50, 0.50),
];

/// What each step gave, MRR@10 clean and with a typo: the mean of the ten sets that have titles, the
/// German one where compounds count, and the large help centre's real questions.
const STEPS: &[(&str, &str, &str, &str)] = &[
    ("stems, lexicons, titles, order", ".806 .782", ".747 .738", ".775 .761"),
    ("headings and phrasings as titles", ".806 .782", ".747 .738", ".849 .838"),
    ("one edit costs a word less", ".806 .787", ".746 .739", ".849 .837"),
    ("compounds by their known part", ".808 .789", ".761 .753", ".849 .837"),
    ("five impacts, chosen for the articles", ".808 .788", ".759 .752", ".855 .841"),
];

/// Floor of the area under the curve that tells answerable questions from others; MiniLM reaches .84.
const FLOOR_AUROC: f64 = 0.86;

/// Most bytes of the large index without its answers, brotli; MiniSearch's takes 203 KB.
const MAX_LEAN_BYTES: usize = 133_000;

/// Floors of MRR@10 on the large help centre: real questions, titles half remembered; MiniSearch reaches .78 and .96.
const FLOORS_LARGE: [f64; 2] = [0.85, 0.92];

struct Query {
    text: String,
    rel: Vec<String>,
}

/// MRR@10, hit@1, hit@5.
#[derive(Default, Clone, Copy)]
struct Quality {
    mrr: f64,
    hit1: f64,
    hit5: f64,
}

fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if path.join("data/faq").is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "judged sets are missing: {} is no folder", path.display());
    eprintln!("NOT MEASURED: the judged sets are missing, {} is no folder", path.display());
    None
}

fn help(path: &Path, drop_titles: bool) -> Vec<Article> {
    let text = fs::read_to_string(path).expect("corpus");
    let (help, _) = content::read(&[File { path: "corpus.jsonl".to_owned(), text }]);
    let mut articles: Vec<Article> = help.into_values().flat_map(|help| help.articles).collect();
    if drop_titles {
        articles.iter_mut().for_each(|article| article.title = "-".to_owned());
    }
    articles
}

fn built(articles: &[Article]) -> builder::Built {
    let lang = articles.first().map_or("en", |article| article.lang.as_str());
    builder::build(&builder::Input { lang, articles, ..builder::Input::default() })
}

fn queries(path: &Path) -> Vec<Query> {
    let text = fs::read_to_string(path).expect("queries");
    let rows: Vec<Value> = text.lines().map(|row| serde_json::from_str(row).expect("query")).collect();
    let step = rows.len().div_ceil(MAX_QUERIES).max(1);
    let id = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    rows.iter()
        .step_by(step)
        .map(|row| Query {
            text: row["q"].as_str().expect("q").to_owned(),
            rel: row["rel"].as_array().expect("rel").iter().map(id).collect(),
        })
        .collect()
}

fn measure(index: &Index, queries: &[Query], typo: bool) -> Quality {
    let mut sum = Quality::default();
    for (seed, query) in (0..).zip(queries) {
        let text = if typo { misspelt(&query.text, seed) } else { query.text.clone() };
        let (_, hits) = search::rank(index, &text, 10);
        let place = hits.iter().position(|hit| query.rel.contains(&index.stored(hit.0).expect("stored").id));
        if std::env::var_os("HELPNOOK_MISSES").is_some() && place != Some(0) {
            let first = hits.first().map(|hit| index.stored(hit.0).expect("stored").id).unwrap_or_default();
            eprintln!("MISS {place:?} {text:?} wants {:?} got {first}", query.rel);
        }
        if let Some(place) = place {
            sum.mrr += 1.0 / (place + 1) as f64;
            sum.hit1 += f64::from(u8::from(place == 0));
            sum.hit5 += f64::from(u8::from(place < 5));
        }
    }
    let n = queries.len() as f64;
    Quality { mrr: sum.mrr / n, hit1: sum.hit1 / n, hit5: sum.hit5 / n }
}

/// One edit in one word of four letters or more, any letter; seeded.
fn misspelt(text: &str, seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1;
    let mut random = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % n.max(1)
    };
    random(2);
    let mut words: Vec<Vec<char>> = text.split(' ').map(|word| word.chars().collect()).collect();
    let long: Vec<usize> =
        (0..words.len()).filter(|&i| words[i].len() >= 4 && words[i].iter().all(|c| c.is_alphabetic())).collect();
    if long.is_empty() {
        return text.to_owned();
    }
    let word = &mut words[long[random(long.len())]];
    let at = random(word.len());
    let letter = char::from(b'a' + random(26) as u8);
    match random(4) {
        0 => drop(word.remove(at)),
        1 => word.insert(at, letter),
        2 => word[at] = letter,
        _ => {
            let at = at.min(word.len() - 2);
            word.swap(at, at + 1);
        }
    }
    words.iter().map(|word| word.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[test]
fn judged_sets_hold_their_floors() {
    let Some(shared) = shared() else { return };
    let only = std::env::var("HELPNOOK_SET").unwrap_or_default();
    let mut indexes: BTreeMap<(&str, bool), Index> = BTreeMap::new();
    let mut low = Vec::new();
    let mut reached = Vec::new();
    for (step, mean, german, large) in STEPS {
        println!("{step:<36} mean {mean}  robo-a.de {german}  acekb {large}");
    }
    println!("{:<28}{:>6}  {:<6}{:<8}{:<20} one typo each", "MRR@10 / hit@1 / hit@5", "n", "full", "MiniLM", "clean");
    for &(set, corpus, full, minilm, floor, typo_floor) in SETS.iter().filter(|set| set.0.contains(&only)) {
        let drop_titles = set.contains("title2body");
        let index = indexes.entry((corpus, drop_titles)).or_insert_with(|| {
            let articles = help(&shared.join(format!("data/faq/{corpus}.jsonl")), drop_titles);
            Index::open(built(&articles).bytes).expect("index")
        });
        let queries = queries(&shared.join(format!("data/queries/{set}.jsonl")));
        let (clean, typo) = (measure(index, &queries, false), measure(index, &queries, true));
        println!(
            "{set:<28}{:>6}  {full:<6}{minilm:<8}{:.3} {:.3} {:.3}    {:.3} {:.3} {:.3}",
            queries.len(),
            clean.mrr,
            clean.hit1,
            clean.hit5,
            typo.mrr,
            typo.hit1,
            typo.hit5
        );
        for (name, value) in
            [("mrr", clean.mrr), ("hit5", clean.hit5), ("mrr_typo", typo.mrr), ("hit5_typo", typo.hit5)]
        {
            reached.push((format!("{set}.{name}"), rounded(value)));
        }
        if clean.mrr < floor || typo.mrr < typo_floor {
            low.push(format!(
                "{set}: {:.3} clean (floor {floor}), {:.3} typo (floor {typo_floor})",
                clean.mrr, typo.mrr
            ));
        }
    }
    let reached: Vec<(&str, Value)> = reached.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    figures::record("relevance", &reached);
    assert!(low.is_empty(), "under their floors:\n{}", low.join("\n"));
}

#[test]
fn unanswerable_questions_are_told() {
    let Some(shared) = shared() else { return };
    let articles = help(&shared.join("data/faq/sofmattress.en.jsonl"), false);
    let index = Index::open(built(&articles).bytes).expect("index");
    let scores = |set: &str| -> Vec<u8> {
        let queries = queries(&shared.join(format!("data/queries/{set}.jsonl")));
        queries.iter().map(|query| search::rank(&index, &query.text, 10).0).collect()
    };
    let (good, bad) = (scores("sofmattress.real.en"), scores("sofmattress.oos.en"));
    let auroc = auroc(&good, &bad);
    figures::record("unanswerable", &[("sofmattress.auroc", rounded(auroc))]);
    assert!(auroc >= FLOOR_AUROC, "AUROC {auroc:.3} is under {FLOOR_AUROC}");
}

/// To three places: the sets tell no more.
fn rounded(value: f64) -> Value {
    Value::from((value * 1000.0).round() / 1000.0)
}

fn auroc(good: &[u8], bad: &[u8]) -> f64 {
    let mut wins = 0.0;
    for a in good {
        for b in bad {
            wins += match a.cmp(b) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    wins / (good.len() * bad.len()) as f64
}

#[test]
fn a_large_help_centre_stays_small() {
    let Some(shared) = shared() else { return };
    let bench = shared.join("bench-data");
    let articles = help(&bench.join("acekb.jsonl"), false);
    let built = built(&articles);
    let brotli = |bytes: &[u8]| helpnook::cli::build::brotli_len(bytes);
    let header = 20 + 8 * built.sections.len();
    let lean = brotli(&built.bytes);
    let text: usize = built.files.iter().map(|(_, bytes)| brotli(bytes)).sum();
    let whole = lean + text;
    println!("acekb: {} articles, {} terms, {} forms", articles.len(), built.n_terms, built.n_forms);
    println!("acekb: {whole} bytes brotli, {lean} without answers; {text} of answers in {} files", built.files.len());
    let mut at = header;
    for (kind, bytes) in &built.sections {
        let part = &built.bytes[at..at + bytes];
        println!("  {:<12}{bytes:>9} raw {:>8} br", kind.name(), brotli(part));
        at += bytes;
    }
    let sizes = [("index_br_bytes", Value::from(whole)), ("index_without_answers_br_bytes", Value::from(lean))];
    figures::record("acekb_size", &sizes);
    assert!(lean <= MAX_LEAN_BYTES, "{lean} bytes without answers");
    let index = Index::open(built.bytes).expect("index");
    let real = queries(&bench.join("acekb.queries.jsonl"));
    let known: Vec<Query> = articles
        .iter()
        .step_by(5)
        .map(|article| {
            let words: Vec<&str> = article.title.split_whitespace().filter(|word| word.len() > 3).take(3).collect();
            Query { text: words.join(" "), rel: vec![article.id.clone()] }
        })
        .collect();
    for ((name, queries), floor) in [("real", &real), ("known", &known)].into_iter().zip(FLOORS_LARGE) {
        let (clean, typo) = (measure(&index, queries, false), measure(&index, queries, true));
        println!("acekb {name}: MRR {:.3}, with a typo {:.3}; hit@5 {:.3}", clean.mrr, typo.mrr, clean.hit5);
        let part = format!("acekb_{name}");
        figures::record(&part, &[("mrr", rounded(clean.mrr)), ("mrr_typo", rounded(typo.mrr))]);
        assert!(clean.mrr >= floor, "acekb {name}: {:.3} is under {floor}", clean.mrr);
    }
    let start = std::time::Instant::now();
    let mut n = 0;
    for query in real.iter().step_by(5) {
        for (end, _) in query.text.char_indices().skip(2) {
            let _ = search::rank(&index, &query.text[..end], 10);
            n += 1;
        }
    }
    println!("acekb: {:?} per keystroke (mean of {n})", start.elapsed() / n.max(1));
}
