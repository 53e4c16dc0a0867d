//! Content that nobody would write, and some do: it makes sense, or is told with file and line.

use super::support::TestStore;

fn build(store: &TestStore) -> super::support::Run {
    store.run(["build", "help", "-o", "out"])
}

#[test]
fn an_article_without_a_word_is_told_and_the_others_are_found() {
    let store = TestStore::new()
        .file("help/en/none.md", "---\ntitle: \"!!!\"\n---\n… — ???\n")
        .file("help/en/rows.jsonl", "{\"id\": \"ok\", \"question\": \"Fine?\", \"answer\": \"Yes\"}\n{\"id\": \"dots\", \"question\": \"…\", \"answer\": \"—\"}\n");
    build(&store)
        .success()
        .stderr_has("help/en/none.md:1: warning: \"!!!\" holds no word, so no search finds it: write it in letters")
        .stderr_has("help/en/rows.jsonl:2: warning: \"…\" holds no word")
        .stdout_has("en.hnx: 3 articles");
    store.run(["search", "fine", "--index", "out/en.hnx"]).success().stdout_has("Yes");
    store.run(["search", "!!!", "--index", "out/en.hnx"]).success().stdout_has("0 found");
}

#[test]
fn words_of_one_letter_are_words() {
    let store = TestStore::new().article("help/en/x.md", "x y z", "a b c d e").article(
        "help/en/vitamin.md",
        "Vitamin C",
        "Take it with water.",
    );
    build(&store).success();
    store.run(["search", "vitamin c", "--index", "out/en.hnx"]).success().stdout_has("(vitamin)");
    store.run(["search", "x y z", "--index", "out/en.hnx"]).success().stdout_has("(x)");
}

/// Ten megabytes in one answer, and a million words that nobody says: built, searched, and told.
#[test]
fn an_answer_of_a_whole_book_is_built_and_told() {
    let long = "The parcel comes in two days by post, and never on Sundays. ".repeat(170_000);
    let words: String = (0..1_000_000u32).map(|n| format!("w{} ", letters(n))).collect();
    assert!(long.len() > 10_000_000);
    let store = TestStore::new().article("help/en/book.md", "Where is the parcel?", &long).article(
        "help/en/words.md",
        "A million words",
        &words,
    );
    build(&store)
        .success()
        .stderr_has("help/en/book.md:1: warning: the answer holds 10199 KB of text")
        .stderr_has("help/en/words.md:1: warning: the answer holds")
        .stdout_has("en.hnx: 2 articles");
    store.run(["search", "parcel on sunday", "--index", "out/en.hnx"]).success().stdout_has("(book)");
    store.run(["search", "million words", "--index", "out/en.hnx"]).success().stdout_has("(words)");
    // What is fetched before an answer is opened stays small: answers lie in files of their own.
    assert!(store.read("out/en.hnx").len() < 2_000_000, "{}", store.read("out/en.hnx").len());
}

/// A number in letters alone, so that each is a word of its own.
fn letters(n: u32) -> String {
    (0..5).map(|place| char::from(b'a' + u8::try_from(n / 26u32.pow(place) % 26).unwrap())).collect()
}

#[test]
fn two_articles_of_one_id_are_refused_with_both_places() {
    let store = TestStore::new()
        .file("help/en/a.md", "---\nid: same\ntitle: One\n---\nText\n")
        .file("help/en/b.md", "---\nid: same\ntitle: Two\n---\nText\n")
        .file("help/en/rows.jsonl", "\n{\"id\": \"same\", \"question\": \"Three?\", \"answer\": \"Text\"}\n")
        .file("help/fr/a.md", "---\nid: same\ntitle: Un\n---\nTexte\n");
    build(&store)
        .fails_with(1)
        .stderr_has(
            "help/en/b.md:2: error: id `same` is already taken by help/en/a.md:2: give one of the two another `id`",
        )
        .stderr_has("help/en/rows.jsonl:2: error: id `same` is already taken by help/en/a.md:2")
        .stderr_has("2 errors")
        .wrote_nothing("out");
}

#[test]
fn scripts_of_both_directions_are_found_in_one_article() {
    let title = "שלום 返品 мир \u{202e}spoofed\u{202c} مرحبا ไทย";
    let store = TestStore::new().file(
        "help/en/mixed.md",
        format!("---\ntitle: \"{title}\"\n---\nمرحبا hello 返品ポリシー \u{2066}isolate\u{2069} ไทย नमस्ते 👍🏽\n"),
    );
    build(&store).success();
    for word in ["שלום", "返品", "мир", "МИР", "spoofed", "مرحبا", "नमस्ते", "isolate"] {
        store.run(["search", word, "--index", "out/en.hnx"]).success().stdout_has("(mixed)");
    }
    let topics = String::from_utf8(store.read("out/en.topics.json")).unwrap();
    let shown: serde_json::Value = serde_json::from_str(&topics).unwrap();
    let title = shown.pointer("/collections/0/articles/0/title").or_else(|| shown.pointer("/articles/0/title"));
    assert!(!title.unwrap().as_str().unwrap().contains('\u{202e}'), "a title turns what stands around it: {topics}");
}
