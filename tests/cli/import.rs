//! Imports: again and again into the same folder, and of files that are broken in every way.

use super::support::TestStore;

#[test]
fn an_import_again_tells_what_changed_and_keeps_what_was_edited() {
    let export = |title: &str, third: &str| {
        format!(
            "{{\"articles\": [{{\"id\": 1, \"section_id\": 7, \"html_url\": \"u\", \"locale\": \"en-us\", \"title\": \"{title}\", \"body\": \"<p>Yes</p>\"}}, \
             {{\"id\": 2, \"section_id\": 7, \"html_url\": \"u\", \"locale\": \"en-us\", \"title\": \"Two\", \"body\": \"<p>Two</p>\", \"draft\": true}}{third}]}}"
        )
    };
    let third = ", {\"id\": 3, \"section_id\": 7, \"html_url\": \"u\", \"locale\": \"en-us\", \"title\": \"Three\", \"body\": \"<p>3</p>\"}";
    let shop = TestStore::new().file("z.json", export("One", third)).file("broken.json", "{\"articles\": [");
    let import = ["import", "z.json", "-o", "help", "--lang", "en-us=en"];
    shop.run(import).success().stdout_has("en: 2 articles").stdout_has("2 came").stdout_has("1 left out (1 draft)");
    shop.run(import).success().stdout_has("0 came, 0 changed, 2 unchanged");
    shop.run(["build", "help", "-o", "out"]).success().stdout_has("en.hnx: 2 articles");
    let shop = shop.file("z.json", export("One, anew", ""));
    shop.run(import)
        .success()
        .stdout_has("0 came, 1 changed, 0 unchanged, 0 kept, 1 gone")
        .stderr_has("help/en/3.md".trim_start_matches("help/"));
    let edited = String::from_utf8(shop.read("help/en/1.md")).unwrap().replace("Yes", "Yes, mostly");
    let shop = shop.file("help/en/1.md", edited).file("z.json", export("One, again", ""));
    shop.run(import).success().stdout_has("1 kept").stderr_has("edited here since the last import");
    assert!(String::from_utf8(shop.read("help/en/1.md")).unwrap().contains("mostly"));
    shop.run(["import", "z.json", "-o", "help", "--lang", "en-us=en", "--overwrite", "--prune"])
        .success()
        .stdout_has("1 changed");
    assert!(!String::from_utf8(shop.read("help/en/1.md")).unwrap().contains("mostly"));
    assert!(!shop.folder.path().join("help/en/3.md").exists(), "pruned");
    let run = shop.run(["import", "broken.json", "z.json", "-o", "other", "--json"]).fails_with(1);
    let report: serde_json::Value = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!((&report["articles"]["en-us"], &report["left_out"][0]["reason"]), (&1.into(), &"draft".into()));
    assert_eq!(report["problems"][0]["severity"], "error");
}

const OK: &str =
    r#"{"id": 90, "section_id": 1, "html_url": "u", "locale": "en", "title": "Good", "body": "<p>Yes</p>"}"#;

/// Runs an import of one file beside a good one, and says what was told.
fn beside_a_good_one(name: &str, text: impl AsRef<[u8]>) -> (String, i32, TestStore) {
    let store =
        TestStore::new().file(&format!("in/{name}"), text).file("in/z-good.json", format!("{{\"articles\": [{OK}]}}"));
    let run = store.run(["import", "in", "-o", "help"]);
    let code = run.output.status.code().unwrap();
    (run.stderr(), code, store)
}

/// Whatever one file is, what is wrong is told with file and place, and everything else comes.
#[test]
fn hostile_exports_are_told_with_their_place_and_the_rest_comes() {
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    let article = |id: &str, more: &str| {
        format!(
            r#"{{"id": {id}, "section_id": 1, "html_url": "u", "locale": "en", "title": "T{id}", "body": "<p>B</p>"{more}}}"#
        )
    };
    let zendesk = |articles: &[String]| format!("{{\"articles\": [{}]}}", articles.join(",\n"));
    // Name, content, exit code, what is told, how many articles come of it.
    let cases: Vec<(&str, Vec<u8>, i32, &str, usize)> = vec![
        ("half.json", b"{\"articles\":\n[{\"id\":1,\"section_id\":1".to_vec(), 1, "in/half.json:2: error: JSON cannot be read: EOF", 0),
        ("nan.json", b"{\"articles\":[{\"id\":NaN}]}".to_vec(), 1, "in/nan.json:1: error: JSON cannot be read", 0),
        ("empty.json", b"".to_vec(), 1, "in/empty.json:1: error: JSON cannot be read", 0),
        ("null.json", b"null".to_vec(), 0, "in/null.json: left out: no format of help that is known", 0),
        ("deep.json", [b"[".repeat(100_000), b"]".repeat(100_000)].concat(), 1, "in/deep.json:1: error: JSON cannot be read: recursion", 0),
        ("latin.json", latin("{\"articles\":[\n{\"id\":1,\"section_id\":1,\"html_url\":\"u\",\"locale\":\"de\",\"title\":\"Größe\",\"body\":\"<p>für dich</p>\"}]}"), 0, "in/latin.json:2: warning: not UTF-8: read as windows-1252", 1),
        ("mixed.jsonl", [latin("{\"question\":\"Wo ist die Größe?\",\"answer\":\"Hier\"}\n"), "{\"question\":\"Größe in UTF-8?\",\"answer\":\"Ja\"}\n".as_bytes().to_vec()].concat(), 0, "in/mixed.jsonl:1: warning: not UTF-8", 2),
        ("wide.json", zendesk(&[article("1", "")]).encode_utf16().flat_map(u16::to_le_bytes).collect(), 0, "", 1),
        ("picture.csv", vec![0xff, 0xd8, 0, 1, 2, 3, 0xff], 1, "in/picture.csv:1: error: this is no text", 0),
        ("broken.jsonl", b"{\"question\":\"a\",\"answer\":\"b\"}\n{\"question\":\n[1]\n{\"id\":\"x\",\"question\":\"c\",\"answer\":\"d\"}\n{\"id\":\"x\",\"question\":\"e\",\"answer\":\"f\"}\n".to_vec(), 1, "in/broken.jsonl:2: error: JSON cannot be read", 2),
        ("doubles.jsonl", b"{\"id\":\"x\",\"question\":\"c\",\"answer\":\"d\"}\n{\"id\":\"x\",\"question\":\"e\",\"answer\":\"f\"}\n".to_vec(), 1, "in/doubles.jsonl:2: error: id `x` is already taken by in/doubles.jsonl:1", 1),
        ("doubles.json", zendesk(&[article("1", ""), article("1", ", \"updated_at\": \"2026-01-02T00:00:00Z\"")]).into_bytes(), 0, "in/doubles.json:1: left out \"T1\": here twice", 1),
        ("circle.json", (zendesk(&[article("1", "")]).trim_end_matches('}').to_owned() + "}, \"sections\": [{\"id\":1,\"category_id\":1,\"parent_section_id\":2,\"locale\":\"en\",\"name\":\"A\"},{\"id\":2,\"category_id\":1,\"parent_section_id\":1,\"locale\":\"en\",\"name\":\"B\"}]}").replace("]}}, \"sec", "]}, \"sec").replace("]}, \"sec", "], \"sec").into_bytes(), 0, "in/circle.json: warning: section 1 lies inside itself", 1),
        ("future.json", zendesk(&[article("1", ", \"updated_at\": \"2999-01-01T00:00:00Z\""), article("2", "")]).into_bytes(), 0, "in/future.json:1: warning: \"T1\" was changed on 2999-01-01, which is in the future: the date is left out", 2),
        ("future.csv", b"id,question,answer,updated\n1,Q,A,2025-01-01\n2,Q2,\"A\n2\",2999-01-01\n".to_vec(), 0, "in/future.csv:3: warning: \"Q2\" was changed on 2999-01-01", 2),
        ("missing.json", zendesk(&["{\"section_id\":1,\"html_url\":\"u\"}".to_owned(), "{\"id\":7,\"section_id\":1,\"html_url\":\"u\",\"title\":null,\"body\":[1]}".to_owned(), "{\"id\":6,\"section_id\":1,\"html_url\":\"u\",\"body\":\"<p>x</p>\"}".to_owned(), article("8", "")]).into_bytes(), 0, "in/missing.json:3: left out: no question: give it a title", 1),
        ("nested.html", "<div>".repeat(50_000).into_bytes(), 0, "in/nested.html: left out: its tags are nested too deep", 0),
        ("script.html", b"<h2>Ask?</h2><p onclick=x()>Yes</p><script>document.write('<h2>No</h2>')</script><iframe src=//evil.example></iframe>".to_vec(), 0, "", 1),
        ("quotes.md", [b"> ".repeat(5_000), b"x\n".to_vec()].concat(), 0, "in/quotes.md:1: warning: no title", 1),
        ("bomb.md", bomb().into_bytes(), 1, "in/bomb.md:3: error: a YAML alias: write the value out", 0),
        ("nested.md", format!("---\ntags: {}x{}\n---\nText\n", "[".repeat(20_000), "]".repeat(20_000)).into_bytes(), 1, "in/nested.md:2: error: ", 0),
        ("unclosed.md", b"---\ntitle: X\nnever closed\n".to_vec(), 1, "in/unclosed.md:1: error: the front matter does not end", 0),
        ("latin.md", latin("---\ntitle: Größe\n---\nText\n"), 1, "in/latin.md:2: error: not UTF-8: save the file as UTF-8", 0),
        ("quote.csv", b"id,question,answer\n1,\"Q,A\n2,Q,A\n".to_vec(), 0, "in/quote.csv:2: warning: a quote is opened and never closed", 0),
    ];
    for (name, text, code, told, n_articles) in cases {
        let (stderr, got, store) = beside_a_good_one(name, text);
        assert_eq!(got, code, "{name}: {stderr}");
        assert!(stderr.contains(told), "{name} lacks {told:?}:\n{stderr}");
        let written: Vec<_> = files(&store, "help").into_iter().filter(|path| path.ends_with(".md")).collect();
        assert_eq!(written.len(), n_articles + 1, "{name}: {written:?}\n{stderr}");
        assert!(written.iter().any(|path| path == "help/en/90.md"), "{name}: {written:?}");
        assert!(
            !files(&store, "help").iter().any(|path| path.ends_with(".part")),
            "{name}: something half-written stays"
        );
        store.run(["build", "help", "-o", "out"]).success();
    }
}

/// YAML whose anchors would unfold to half a billion entries.
fn bomb() -> String {
    let mut out = "---\na: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (one, other) in "bcdefgh".chars().zip("abcdefg".chars()) {
        out += &format!("{one}: &{one} [{}]\n", vec![format!("*{other}"); 9].join(", "));
    }
    out + "title: Bomb\n---\nText\n"
}

/// Paths of all files below a folder.
fn files(store: &TestStore, folder: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(store.folder.path().join(&folder)).into_iter().flatten().map(Result::unwrap) {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() { waiting.push(path) } else { out.push(path) }
        }
    }
    out.sort();
    out
}

/// Ids that differ in case alone are two articles, also where file systems see one name.
#[test]
fn no_article_takes_the_file_of_another() {
    let rows = r#"[{"id": "Abc", "question": "Upper?", "answer": "u"}, {"id": "abc", "question": "Lower?", "answer": "l"},
                   {"id": "../../x", "question": "Up and away?", "answer": "x"}, {"id": "..", "question": "Dots?", "answer": "d"}]"#;
    let store = TestStore::new().file("rows.json", rows);
    store.run(["import", "rows.json", "-o", "help"]).success().stdout_has("4 came");
    let mut written = files(&store, "help");
    written.retain(|path| path.ends_with(".md"));
    assert_eq!(written, ["help/en/Abc.md", "help/en/abc-2.md", "help/en/dots.md", "help/en/x.md"]);
    store.run(["build", "help", "-o", "out"]).success().stdout_has("en.hnx: 4 articles");
    store.run(["import", "rows.json", "-o", "help"]).success().stdout_has("0 came, 0 changed, 4 unchanged");
}

#[test]
fn a_second_import_touches_nothing() {
    let store = TestStore::new().file("in/z.json", format!("{{\"articles\": [{OK}], \"sections\": [{{\"id\":1,\"category_id\":2,\"locale\":\"en\",\"name\":\"Orders\"}}]}}"));
    store.run(["import", "in", "-o", "help"]).success();
    let stamps = || -> Vec<_> {
        let stamp = |path: String| {
            let met = std::fs::metadata(store.folder.path().join(&path)).unwrap();
            (path, met.modified().unwrap())
        };
        files(&store, "help").into_iter().map(stamp).collect()
    };
    let before = stamps();
    assert!(before.iter().any(|(path, _)| path.ends_with("_collections.yaml")), "{before:?}");
    std::thread::sleep(std::time::Duration::from_millis(20));
    store.run(["import", "in", "-o", "help"]).success().stdout_has("0 came, 0 changed, 1 unchanged");
    assert_eq!(stamps(), before);
}

/// Where one file cannot be written, none is.
#[test]
fn nothing_is_half_written() {
    let store = TestStore::new()
        .file("z.json", format!("{{\"articles\": [{OK}, {}]}}", OK.replace("90", "91").replace("\"en\"", "\"fr\"")))
        .file("help/fr", "a file where a folder is to be");
    store.run(["import", "z.json", "-o", "help"]).fails_with(3).stderr_has("help/fr");
    assert_eq!(files(&store, "help"), ["help/fr"]);
}

/// A move of languages loses nothing without a word.
#[test]
fn two_languages_under_one_name_are_told() {
    let store =
        TestStore::new().file("z.json", format!("{{\"articles\": [{OK}, {}]}}", OK.replace("\"en\"", "\"en-us\"")));
    store
        .run(["import", "z.json", "-o", "help", "--lang", "en-us=en"])
        .success()
        .stdout_has("en: 1 article")
        .stdout_has("1 left out (1 duplicate)")
        .stderr_has("z.json:2: left out \"Good\": here twice");
}

/// Memory follows the export, some times its size: nothing in it multiplies.
#[test]
fn memory_is_bounded_by_the_export() {
    let body = "<p>Send it back within thirty days, with the label of your parcel.</p>".repeat(140);
    let articles: Vec<String> =
        (0..2_000).map(|n| OK.replace("90", &n.to_string()).replace("<p>Yes</p>", &body)).collect();
    let export = format!("{{\"articles\": [{}]}}", articles.join(","));
    let megabytes = export.len() / 1_000_000;
    let store = TestStore::new().file("z.json", export);
    let told = store.run(["import", "z.json", "-o", "help"]).success().stderr();
    let peak = told.split(", ").nth(1).and_then(|part| part.split(' ').next()?.parse::<usize>().ok());
    if let Some(peak) = peak {
        println!("{megabytes} MB of export, {peak} MB of memory");
        assert!(peak < megabytes * 6 + 40, "{peak} MB for an export of {megabytes}");
    }
}
