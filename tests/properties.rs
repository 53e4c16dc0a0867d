//! The clever paths against naive twins, on generated input.

// What fails here is the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use helpnook::article::{Article, Block, Inline};
use helpnook::index::codec::{Reader, Writer};
use helpnook::index::dictionary::Dictionary;
use helpnook::index::{Index, builder, trie};
use helpnook::search::{self, Fuel, Near, Nearby, near};
use helpnook::text;
use proptest::prelude::*;

/// Optimal string alignment by the whole table, written as the definition has it.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut table = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let cost = usize::from(a[i - 1] != b[j - 1]);
                let mut best = (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + cost);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(table[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    table[a.len()][b.len()]
}

fn dictionary(keys: &BTreeSet<String>) -> Dictionary {
    Dictionary::read(&trie::encode(keys.iter().map(String::as_str))).unwrap()
}

fn words() -> impl Strategy<Value = BTreeSet<String>> {
    prop::collection::btree_set("[abcé]{1,7}", 1..60)
}

/// Words of several scripts, some of them long texts: folded letters, characters of several bytes.
const ANY_WORDS: &str = "([a-zäöüßéșțœ]{1,9} |[а-яё]{2,6} |[α-ω]{2,6} |Straße |Ștampilă |l’article |ﬁnd |İstanbul |日本 |😀 ){1,60}[a-zß]{2,6}";

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// A walk of the fst finds what a scan of all keys finds.
    #[test]
    fn fuzzy_search_equals_a_linear_scan(keys in words(), word in "[abcé]{1,7}", max_edits in 0u8..3) {
        let dictionary = dictionary(&keys);
        let word: Vec<char> = word.chars().collect();
        let wanted = Nearby { word: &word, max_edits, prefix: false, limit: usize::MAX };
        let found: BTreeMap<u32, u8> = near(&dictionary, &wanted, &mut Fuel(u32::MAX)).iter().map(|near| (near.form, near.edits)).collect();
        let scan: BTreeMap<u32, u8> = keys
            .iter()
            .zip(0..)
            .map(|(key, i)| (i, edits(&key.chars().collect::<Vec<_>>(), &word)))
            .filter(|(_, edits)| *edits <= usize::from(max_edits))
            .map(|(i, edits)| (i, edits as u8))
            .collect();
        prop_assert_eq!(found, scan);
    }

    /// So does a walk for an unfinished word.
    #[test]
    fn prefix_search_equals_a_linear_scan(keys in words(), word in "[abcé]{1,4}") {
        let dictionary = dictionary(&keys);
        let chars: Vec<char> = word.chars().collect();
        let wanted = Nearby { word: &chars, max_edits: 0, prefix: true, limit: usize::MAX };
        let found: BTreeSet<Near> = near(&dictionary, &wanted, &mut Fuel(u32::MAX)).into_iter().collect();
        let scan: BTreeSet<Near> = keys
            .iter()
            .zip(0..)
            .filter(|(key, _)| key.starts_with(&word))
            .map(|(key, form)| Near { form, edits: 0, beyond: (key.chars().count() - chars.len()) as u8 })
            .collect();
        prop_assert_eq!(found, scan);
    }

    /// Whole words find every article that says one of them, and no other.
    #[test]
    fn exact_search_equals_a_linear_scan(
        texts in prop::collection::vec(prop::collection::vec("[xyz]{3}", 1..6), 1..12),
        query in prop::collection::vec("[xyz]{3}", 1..4),
    ) {
        let articles: Vec<Article> = texts
            .iter()
            .enumerate()
            .map(|(i, words)| Article {
                id: i.to_string(),
                lang: "xx".to_owned(),
                title: words[0].clone(),
                blocks: vec![Block::Paragraph(vec![Inline::Text(words[1..].join(" "))])],
                ..Article::default()
            })
            .collect();
        let built = builder::build(&builder::Input { lang: "xx", articles: &articles, ..builder::Input::default() });
        let index = Index::open(built.bytes).unwrap();
        // Words that no article says may be guessed at; those are the other tests' business.
        let said: BTreeSet<&String> = texts.iter().flatten().collect();
        let query: Vec<String> = query.into_iter().filter(|word| said.contains(word)).collect();
        let (_, hits) = search::rank(&index, &(query.join(" ") + " "), 50);
        let found: BTreeSet<usize> = hits.iter().map(|hit| hit.0 as usize).collect();
        let scan: BTreeSet<usize> =
            (0..texts.len()).filter(|&i| texts[i].iter().any(|word| query.contains(word))).collect();
        prop_assert_eq!(found, scan);
        prop_assert!(hits.windows(2).all(|pair| pair[0].1 >= pair[1].1), "best first");
    }

    /// What is marked in titles and passages lies on characters' bounds, in order, apart; the passage is
    /// the answer's own text; a word asked for as it stands is marked wherever it is shown.
    #[test]
    fn marks_lie_on_words(
        texts in prop::collection::vec((ANY_WORDS, ANY_WORDS), 1..6),
        strange in "\\PC{0,12}",
        which in any::<prop::sample::Index>(),
    ) {
        let articles: Vec<Article> = texts
            .iter()
            .enumerate()
            .map(|(i, (title, answer))| Article {
                id: i.to_string(),
                lang: "de".to_owned(),
                title: title.clone(),
                blocks: vec![Block::Paragraph(vec![Inline::Text(answer.clone())])],
                ..Article::default()
            })
            .collect();
        let built = builder::build(&builder::Input { lang: "de", articles: &articles, ..builder::Input::default() });
        let index = Index::open(built.bytes).unwrap();
        let (title, answer) = which.get(&texts);
        let word = answer.split(' ').next().unwrap_or(title);
        let answered = search::search(&index, &format!("{word} {strange}"), 10);
        for hit in &answered.hits {
            let (title, answer) = &texts[hit.article as usize];
            for (text, ranges) in [(title, &hit.title_ranges), (&hit.snippet, &hit.snippet_ranges)] {
                let mut before = 0;
                for &(start, end) in ranges {
                    prop_assert!(start < end && start as usize >= before, "{:?} in {:?}", ranges, text);
                    prop_assert!(text.get(start as usize..end as usize).is_some(), "{:?} in {:?}", ranges, text);
                    before = end as usize;
                }
                let marked = |at: usize| ranges.iter().any(|&(start, end)| (start as usize..end as usize).contains(&at));
                for token in text::analyze(text, 1_000).iter().filter(|token| token.text == text::fold(word)) {
                    prop_assert!(marked(token.start), "{:?} is not marked in {:?}: {:?}", word, text, ranges);
                }
            }
            let passage = hit.snippet.trim_start_matches('…').trim_end_matches('…');
            prop_assert!(answer.contains(passage), "{:?} is not of {:?}", passage, answer);
        }
    }

    /// Numbers and texts of any kind come back, and nothing is left.
    #[test]
    fn pieces_come_back(numbers in prop::collection::vec(any::<u32>(), 0..20), texts in prop::collection::vec(".*", 0..5)) {
        let mut writer = Writer::default();
        numbers.iter().for_each(|&n| writer.number(n));
        texts.iter().for_each(|text| writer.text(text));
        let mut reader = Reader::new(&writer.0);
        for n in numbers {
            prop_assert_eq!(reader.number(), Some(n));
        }
        for text in &texts {
            prop_assert_eq!(reader.text(), Some(text.as_str()));
        }
        prop_assert_eq!(reader.left(), 0);
    }

    /// Any text is cut into folded tokens whose ranges lie in it, and folding twice changes nothing.
    #[test]
    fn any_text_is_analyzed(text in "\\PC*") {
        for token in text::analyze(&text, 1_000) {
            prop_assert!(text.get(token.start..token.end).is_some());
            prop_assert!(!token.text.is_empty());
        }
    }

    /// Folding what is folded changes nothing.
    #[test]
    fn folded_text_stays(text in "[a-zA-Z0-9À-ɏα-ωА-я一-三ァ-ヶ ',’ş-]{0,40}") {
        let once = text::fold(&text);
        prop_assert_eq!(text::fold(&once), once);
    }
}
