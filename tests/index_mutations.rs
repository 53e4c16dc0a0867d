//! Index files that somebody changed with a right hash: whatever they say, opening and asking ends
//! within its steps, without a panic, in memory that the file's size bounds.
//!
//! A few thousand changed files each time; `HELPNOOK_MUTATIONS=1000000 cargo test --test
//! index_mutations -- --ignored --nocapture` makes as many as it says.

// What fails here is the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use helpnook::article::{Article, Block, Collection, Inline};
use helpnook::index::{Index, builder, stored};
use helpnook::search;

#[path = "support/random.rs"]
mod random;
use random::Random;

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// Counts what this thread holds.
struct Counting;

#[expect(unsafe_code, reason = "an allocator is asked for memory as it comes")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = NOW.try_with(|now| {
            now.set(now.get() + layout.size() as isize);
            let _ = PEAK.try_with(|peak| peak.set(peak.get().max(now.get())));
        });
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        let _ = NOW.try_with(|now| now.set(now.get() - layout.size() as isize));
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Most bytes that some work held at once, beyond what was held before.
fn peak_of(work: impl FnOnce()) -> usize {
    let before = NOW.get();
    PEAK.set(before);
    work();
    (PEAK.get() - before).max(0) as usize
}

/// An index of some size, with every section in it.
fn sound() -> Vec<u8> {
    let words =
        "order parcel return refund delivery address payment card voucher size colour account password invoice \
                 Größe δέμα 返品 tracking customs warranty"
            .split_whitespace()
            .collect::<Vec<_>>();
    let word = |n: usize| words[n % words.len()];
    let articles: Vec<Article> = (0..60)
        .map(|n| Article {
            id: format!("article-{n}"),
            lang: "en".to_owned(),
            title: format!("How do I {} my {} {n}?", word(n), word(n * 7 + 1)),
            collection: "all".to_owned(),
            blocks: (0..4)
                .map(|line| {
                    let text = (0..12).map(|i| format!("{}{} ", word(n * 3 + line + i), (n * i) % 17)).collect();
                    Block::Paragraph(vec![Inline::Text(text)])
                })
                .collect(),
            ..Article::default()
        })
        .collect();
    let collections = [Collection { id: "all".to_owned(), title: "All".to_owned(), ..Collection::default() }];
    let strings = ["Help".to_owned()];
    let input = builder::Input {
        lang: "en",
        articles: &articles,
        collections: &collections,
        strings: &strings,
        ..builder::Input::default()
    };
    builder::build(&input).bytes
}

/// Changes some bytes behind the header, mends length and hash.
fn mutated(good: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bad = good.to_vec();
    for _ in 0..=random.below(5) {
        let at = 16 + random.below(bad.len() - 16);
        match random.below(6) {
            0 => bad[at] = random.below(256) as u8,
            1 => bad[at] ^= 1 << random.below(8),
            2 => bad[at] = [0, 1, 0x1f, 0x7f, 0x80, 0xff][random.below(6)],
            3 => drop(bad.remove(at)),
            4 => bad.insert(at, random.below(256) as u8),
            _ => {
                // A piece from elsewhere in its place.
                let from = 16 + random.below(bad.len() - 16);
                let len = random.below(40).min(bad.len() - from.max(at));
                bad.copy_within(from..from + len, at);
            }
        }
    }
    let length = bad.len() as u32;
    bad[16..20].copy_from_slice(&length.to_le_bytes());
    builder::seal(&mut bad);
    bad
}

/// Opens a file and asks everything of what opens; whether it opened.
fn ask(bytes: Vec<u8>) -> bool {
    let Ok(index) = Index::open(bytes) else { return false };
    for query in ["where is my parcel", "retrun", "pa", "customswarranty"] {
        let mut fuel = search::Fuel(search::MAX_STEPS);
        let slots = search::understand(&index, query, &mut fuel);
        assert!(slots.len() <= search::MAX_QUERY_TOKENS * 2);
        assert!(search::search(&index, query, 5).hits.len() <= 5);
    }
    for number in [0, 1, index.n_articles().saturating_sub(1)] {
        let _ = index.article_bytes(number).and_then(|bytes| stored::decode_article(&bytes));
    }
    let _ = (index.find("article-7"), index.folds());
    true
}

fn run(n: usize, seed: u64) -> usize {
    let good = sound();
    let mut random = Random(seed);
    let mut opened = 0;
    for i in 0..n {
        let bad = mutated(&good, &mut random);
        let limit = bad.len() * 4 + 64 * 1024;
        let mut did = false;
        let peak = peak_of(|| did = ask(bad));
        assert!(peak <= limit, "file {i} of seed {seed}: {peak} bytes held, at most {limit}");
        opened += usize::from(did);
    }
    opened
}

#[test]
fn an_open_index_is_hardly_larger_than_its_file() {
    let good = sound();
    let len = good.len();
    let held = NOW.get();
    let index = Index::open(good.clone()).unwrap();
    let held = (NOW.get() - held) as usize;
    assert!(held <= len * 3, "{held} bytes for a file of {len}");
    drop(index);
}

#[test]
fn changed_files_are_refused_or_harmless() {
    let opened = run(1_500, 0x1234_5678_9abc_def1);
    assert!(opened > 0, "some changes only change words");
}

#[test]
#[ignore = "minutes: for development"]
fn a_million_changed_files_are_refused_or_harmless() {
    let n = std::env::var("HELPNOOK_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    println!("{} of {n} changed files opened and answered", run(n, 0x9e37_79b9_7f4a_7c15));
}
