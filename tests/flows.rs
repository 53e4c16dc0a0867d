//! Guided flows as content: what a merchant writes, what is told with file and line, what the demo's
//! flows promise.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../src/bin/xtask/orders/mod.rs"]
mod orders;
#[path = "flows/service.rs"]
mod service;

use helpnook::content::{self, File, Help, Problem, Severity};
use helpnook::flow::{Claim, Go, Kind};

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

/// A shop with the article `returns` in English and French, and these flows.
fn read(flows: &[(&str, &str)]) -> (std::collections::BTreeMap<String, Help>, Vec<Problem>) {
    let mut files = vec![
        file("help/en/returns.md", "---\ntitle: How do I return something?\n---\nSend it back.\n"),
        file("help/fr/returns.md", "---\ntitle: Comment renvoyer un article ?\n---\nRenvoyez-le.\n"),
    ];
    files.extend(flows.iter().map(|(path, text)| file(path, text)));
    content::read(&files)
}

const TWO: &str = "{en: Hello, fr: Bonjour}";

/// The problems of one flow for both languages, as `line: message: cure`.
fn problems(flow: &str) -> Vec<String> {
    let (_, problems) = read(&[("help/flows/f.yaml", flow)]);
    assert!(problems.iter().all(|problem| problem.file == "help/flows/f.yaml"), "{problems:?}");
    problems.iter().map(|problem| format!("{}: {}: {}", problem.line, problem.message, problem.cure)).collect()
}

#[test]
fn a_flow_is_read_once_and_bound_to_each_language() {
    let flow = format!(
        "title: {TWO}\npages: [cart]\narticles: [returns]\nsteps:\n  - id: order\n    ask: {TWO}\n    input: order-number\n    fact: order\n  - id: find\n    call: /api/find\n    say: {TWO}\n    send: [order]\n    results: {{found: show, done: ok}}\n    else: end\n  - id: show\n    say: \"{{find.state}}\"\n    go: article:returns\n  - id: ok\n    say: {TWO}\n    result: done\n    go: person\n"
    );
    let (help, problems) = read(&[("help/flows/f.yaml", &flow)]);
    assert_eq!(problems, []);
    for (lang, word) in [("en", "Hello"), ("fr", "Bonjour")] {
        let flow = &help[lang].flows[0];
        assert_eq!((flow.id.as_str(), flow.title.as_str(), flow.articles.len(), flow.steps.len()), ("f", word, 1, 4));
        assert!(matches!(&flow.steps[0].kind, Kind::Ask { text, fact, .. } if text == word && fact == "order"));
        let Kind::Call { ways, .. } = &flow.steps[1].kind else { panic!("{:?}", flow.steps[1]) };
        assert_eq!(ways.iter().map(|(_, go)| go.clone()).collect::<Vec<_>>(), [Go::Step(2), Go::Step(3), Go::End]);
        assert_eq!((&flow.steps[2].go, &flow.steps[3].go), (&Go::Article("returns".to_owned()), &Go::Person));
        assert!(matches!(flow.steps[3].kind, Kind::Say { claim: Claim::Done, .. }));
    }
}

#[test]
fn what_could_not_work_is_told_with_its_line_and_a_cure() {
    for (steps, expected) in [
        (
            "  - id: a\n    say: \"…\"\n    go: nowhere\n",
            "6: there is no step `nowhere`: use a step (a), end, person, article:ID or flow:ID",
        ),
        (
            "  - id: a\n    say: \"…\"\n    go: end\n  - id: b\n    say: \"…\"\n",
            "7: nothing leads to step `b`: lead to it by `go`, or remove it",
        ),
        (
            "  - id: a\n    ask: \"…\"\n    go: a\n",
            "4: step `a` is a dead end: no way from it ends: lead it to `end`, `person`, an article or a flow",
        ),
        (
            "  - id: a\n    say: \"…\"\n    go: article:gone\n",
            "6: article `gone` does not exist in `en`: correct the id or write the article",
        ),
        (
            "  - id: a\n    say: \"…\"\n    go: flow:gone\n",
            "6: flow `gone` does not exist in `en`: correct the id or write the flow",
        ),
        (
            "  - id: a\n    ask: \"…\"\n    fact: shoe-size\n",
            "6: there is no fact `shoe-size`: use one of page-type, product, order, basket, customer-state, lang",
        ),
        (
            "  - id: a\n    say: \"{colour}\"\n",
            "5: nothing is known by the name `colour`: use a fact (page-type, product, order, basket, customer-state, lang), an answer, or `call-step.field`",
        ),
        (
            "  - id: a\n    when:\n      - if: {b.x: any}\n        go: end\n",
            "6: nothing is known by the name `b.x`: use a fact (page-type, product, order, basket, customer-state, lang), an answer, or `call-step.field`",
        ),
        (
            "  - id: a\n    call: http://shop.example/x\n    say: \"…\"\n    results: {done: end}\n    else: end\n",
            "5: `http://shop.example/x` may not be called: use `https://…` or a path of the shop, `/…`",
        ),
        (
            "  - id: a\n    call: /x\n    say: \"…\"\n    results: {done: end}\n",
            "4: a call without `else`: say where it leads when the shop does not answer, or says something else",
        ),
        (
            "  - id: a\n    call: /x\n    say: \"…\"\n    else: end\n",
            "4: a call without `results`: say where each result of the shop leads",
        ),
        (
            "  - id: a\n    call: \"/x?key=0123456789abcdef0123456789abcdef\"\n    say: \"…\"\n    results: {done: end}\n    else: end\n",
            "5: this looks like a token or a hash's secret: keep it at the shop: every shopper can read it",
        ),
        (
            "  - id: a\n    say: \"…\"\n    result: done\n",
            "4: step `a` says `done`, but is also come to without such a result of the shop: lead to it only from the result `done` of a call",
        ),
        (
            "  - id: a\n    call: /x\n    say: \"…\"\n    results: {requested: b}\n    else: end\n  - id: b\n    say: \"…\"\n    result: done\n",
            "9: step `b` says `done`, but is also come to by the shop's `requested`: lead to it only from the result `done` of a call",
        ),
        ("  - id: a\n    ask: {en: Number?}\n", "5: `ask` has no translation in `fr`: add `fr:` with the text"),
        ("  - id: a\n    say: Hello there\n", "5: one text for all languages: write one for each: `{en: …, fr: …}`"),
        (
            "  - id: a\n    say: {en: \"{order}\", fr: \"{product}\"}\n",
            "5: `fr` fills in other values than `en`: use the same `{names}` in every language",
        ),
        (
            "  - id: a\n    ask: \"…\"\n    input: iban\n",
            "6: `input: iban` is unknown: use one of text, email, order-number, code, postcode, phone, number",
        ),
        ("  - id: a\n    choose: \"…\"\n", "4: nothing to choose from: add `options:` or `each:`"),
        (
            "  - id: a\n    choose: \"…\"\n    each: list\n    label: \"{name}\"\n",
            "6: `list` is no list of a call's answer: write `call-step.list`",
        ),
        ("  - id: a\n    text: \"…\"\n", "4: a step that does nothing: give it one of say, ask, choose, call, when"),
        (
            "  - id: A b\n    say: \"…\"\n",
            "4: a step without a usable `id`: name it with small letters, digits and `-`",
        ),
        (
            "  - id: a\n    say: \"…\"\n    colour: red\n",
            "6: unknown field `colour` of this step is ignored: correct or remove it",
        ),
        (
            "  - id: a\n    ask: \"…\"\n  - id: a\n    say: \"…\"\n",
            "6: step `a` is already in line 4: give one of the two another `id`",
        ),
        (
            "  - id: a\n    call: /x\n    say: \"…\"\n    timeout_s: 90\n    results: {done: end}\n    else: end\n",
            "7: `timeout_s: 90` is no number from 0 to 30: write `timeout_s: 8`",
        ),
    ] {
        let flow = format!("title: {TWO}\nsummary: \"…\"\nsteps:\n{steps}");
        let got = problems(&flow);
        assert!(got.iter().any(|got| got == expected), "{steps}\nexpected {expected}\ngot {got:#?}");
    }
}

#[test]
fn steps_that_go_round_without_asking_are_told() {
    let flow = format!(
        "title: {TWO}\nsteps:\n  - id: a\n    when:\n      - if: {{order: any}}\n        go: b\n    go: end\n  - id: b\n    say: \"…\"\n    go: a\n"
    );
    assert!(problems(&flow).iter().any(|problem| problem.contains("goes round in a circle")), "{:?}", problems(&flow));
}

#[test]
fn a_flow_of_one_language_is_missed_in_the_others_and_no_id_is_taken_twice() {
    let one = "title: Hello\nsteps:\n  - id: a\n    say: Hello\n";
    let (help, found) = read(&[("help/en/flows/f.yaml", one)]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].severity, found[0].message.as_str()),
        (Severity::Warning, "flow `f` has no translation in `fr`")
    );
    assert_eq!((help["en"].flows.len(), help["fr"].flows.len()), (1, 0));
    let all = format!("title: {TWO}\nsteps:\n  - id: a\n    say: {TWO}\n");
    let (_, found) = read(&[("help/en/flows/f.yaml", one), ("help/flows/f.yaml", &all)]);
    assert!(found.iter().any(|problem| problem.message == "flow `f` is already in help/en/flows/f.yaml"), "{found:?}");
}

#[test]
fn files_that_are_no_flows_are_told_and_never_stop_the_build() {
    for text in
        ["", "7", "[]", "title: x", "steps: x", "title: [\n", "steps:\n  - 7\n", "steps:\n  - id: a\n    when: 7\n"]
    {
        let (_, found) = read(&[("help/flows/f.yaml", text)]);
        assert!(
            text.is_empty() || found.iter().any(|problem| problem.severity == Severity::Error),
            "{text}: {found:?}"
        );
    }
}

/// The eight flows of the demo: there in every language, without a word of complaint, in a file of
/// their own that is within what a tap may fetch; what offers them is a small part of the index.
#[test]
fn the_demos_flows_are_there_in_every_language() {
    use helpnook::index::{Index, SectionKind, flows};

    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let out = tempfile::tempdir().unwrap();
    let report = helpnook::cli::build::run(&[root.join("www/content")], out.path()).unwrap();
    let of_flows: Vec<_> = report.warnings.iter().filter(|problem| problem.file.contains("/flows/")).collect();
    assert!(of_flows.is_empty(), "{of_flows:?}");
    let listing: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.path().join("index.json")).unwrap()).unwrap();
    for lang in ["en", "fr", "de", "pt", "ro"] {
        let index = Index::open(std::fs::read(out.path().join(format!("{lang}.hnx"))).unwrap()).unwrap();
        let section = index.section(SectionKind::Flows);
        let offers = flows::decode_offers(section).unwrap();
        let ids: Vec<&str> = offers.heads.iter().map(|flow| flow.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "return-item",
                "track-order",
                "cancel-order",
                "find-product",
                "invoice-copy",
                "reset-password",
                "back-in-stock",
                "change-address"
            ],
            "what most articles lead to comes first"
        );
        let name = flows::file_name(offers.hash);
        let words = helpnook::context::words::file_name(lang);
        assert_eq!(listing[lang]["files"], serde_json::json!([name, words]), "what has to be served beside {lang}.hnx");
        let file = std::fs::read(out.path().join(name)).unwrap();
        for head in &offers.heads {
            assert!(!flows::decode_flow(&file, offers.hash, &head.id).unwrap().steps.is_empty(), "{lang} {}", head.id);
            assert!(!head.articles.is_empty(), "{lang} {}", head.id);
            assert!(head.articles.iter().all(|&number| number < index.n_articles()), "{lang} {}", head.id);
        }
        let (small, large) = (helpnook::cli::build::brotli_len(section), helpnook::cli::build::brotli_len(&file));
        assert!(small <= 512, "{lang}: what offers the flows takes {small} bytes by brotli");
        assert!(large <= 6144, "{lang}: flows and texts of the conversation take {large} bytes by brotli");
    }
}
