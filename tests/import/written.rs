//! What people write by hand or save from a program: tables, documents, Markdown.

use super::{articles, counts, one, reasons};
use helpnook::article::{Article, plain_blocks};

fn article<'a>(content: &'a helpnook::content::Content, title: &str) -> &'a Article {
    articles(content).find(|one| one.title == title).unwrap_or_else(|| panic!("no {title:?}"))
}

#[test]
fn a_table_with_a_column_for_each_language_is_several_helps() {
    for head in [
        "id,question_en,answer_en,question_fr,answer_fr",
        "id,Question (en),Answer (en),Question (fr),Answer (fr)",
        "id,en: question,en: answer,fr: question,fr: answer",
    ] {
        let content = one("faq.csv", format!("{head}\nback,Back?,Yes,Retour ?,Oui\nnew,New?,Not yet,,\n"));
        assert_eq!((counts(&content), reasons(&content)), ([("en", 2), ("fr", 1)].into(), [].into()), "{head}");
        assert_eq!(content.help["fr"].articles[0].id, "back");
    }
    // Without ids the languages still share one.
    let content = one("faq.csv", "question,answer_en,answer_de\nBack?,Yes,Ja\n");
    assert_eq!(
        (content.help["en"].articles[0].id.as_str(), content.help["de"].articles[0].id.as_str()),
        ("back", "back")
    );
}

#[test]
fn heads_are_read_as_programs_write_them() {
    let content = one(
        "faq.csv",
        "Article ID,Article Title,Article Body,Locale,Section,Labels,Draft\n1,One?,<p>x</p>,en-us,Orders,a,false\n2,Two?,<p>x</p>,en-us,Orders,,true\n",
    );
    assert_eq!((counts(&content), reasons(&content)), ([("en-us", 1)].into(), [("draft", 1)].into()));
    let content = one(
        "faq.csv",
        "Identifiant;Intitulé;Réponse;Thématique;Langue;Statut\n1;Où ?;Ici;Livraison;fr;Publié\n2;Quand ?;Demain;Livraison;fr;Brouillon\n",
    );
    assert_eq!((counts(&content), reasons(&content)), ([("fr", 1)].into(), [("draft", 1)].into()));
    let late = one("faq.csv", "Our FAQ;;\n;;\nFrage;Antwort;Tags\nWo?;Hier, nicht da;a\n");
    assert_eq!(plain_blocks(&article(&late, "Wo?").blocks), "Hier, nicht da");
    let bare = one("faq.csv", "Where is it?,Here\nWhen?,Now\n");
    assert_eq!(counts(&bare), [("en", 2)].into());
    assert!(bare.problems[0].to_string().starts_with("faq.csv:1: warning: no head"), "{}", bare.problems[0]);
    assert_eq!(reasons(&one("other.csv", "Anna,31\nBo,25\n")), [("damaged", 1)].into());
}

#[test]
fn pages_ask_in_more_ways_than_headings() {
    for (what, page) in [
        (
            "boxes",
            "<h1>FAQ</h1><details><summary>Where?</summary>Here <b>it</b> is.</details><details><summary>When?</summary><p>Now.</p></details>",
        ),
        ("terms", "<h1>FAQ</h1><dl><dt>Where?<dd>Here <b>it</b> is.<dt>When?<dd>Now.</dl>"),
        (
            "buttons",
            "<h1>FAQ</h1><div><button aria-expanded=false>Where?</button><div>Here <b>it</b> is.</div></div><div><button aria-expanded=false>When?</button><div>Now.</div></div>",
        ),
        ("bold", "<h1>FAQ</h1><p><strong>Where?</strong></p><p>Here <b>it</b> is.</p><p> <b>When?</b> </p><p>Now.</p>"),
        ("bare text", "<h2>Where?</h2>Here <b>it</b> is.<h2>When?</h2>Now."),
    ] {
        let content = one("faq.html", format!("<html lang=en><body>{page}"));
        assert_eq!(counts(&content), [("en", 2)].into(), "{what}");
        let said = plain_blocks(&article(&content, "Where?").blocks);
        assert_eq!(said.split_whitespace().collect::<Vec<_>>().join(" "), "Here it is.", "{what}");
    }
}

/// Chapters are headings too; it is the questions that ask.
#[test]
fn a_document_with_chapters_asks_by_its_questions() {
    let content = one(
        "faq.html",
        "<body><p class='c1 title'>Shop</p><h1>Delivery</h1><h2>When?</h2><p>Soon</p><h2>How much?</h2><p>Nothing</p><h1>Returns</h1><h2>May I?</h2>\
        <p>Yes<sup><a href='#cmnt1'>[a]</a></sup></p><div><p><a href='#cmnt_ref1'>[a]</a>Ask the lawyer!</p></div>",
    );
    let found: Vec<(&str, &str)> =
        articles(&content).map(|one| (one.title.as_str(), one.collection.as_str())).collect();
    assert_eq!(found, [("When?", "delivery"), ("How much?", "delivery"), ("May I?", "returns")]);
    // What authors said to each other beside the text is not for shoppers.
    assert_eq!(plain_blocks(&article(&content, "May I?").blocks).trim(), "Yes");
}

#[test]
fn front_matter_comes_in_three_languages() {
    for front in [
        "---\ntitle: One?\ntags: [a]\n---\n",
        "+++\ntitle = \"One?\"\ntags = [\"a\"]\n+++\n",
        "{\n  \"title\": \"One?\",\n  \"tags\": [\"a\"]\n}\n\n",
    ] {
        let content = one("one.md", format!("{front}Yes\n"));
        let found = article(&content, "One?");
        assert_eq!(
            (found.tags.as_slice(), plain_blocks(&found.blocks).as_str()),
            (["a".to_owned()].as_slice(), "Yes"),
            "{front}"
        );
    }
    // A text that only looks like it is a text.
    assert_eq!(
        plain_blocks(&article(&one("x.md", "# T\n\n{ \"a\": 1 } is JSON\n"), "T").blocks),
        "{ \"a\": 1 } is JSON"
    );
}

/// Of an article whose front matter cannot be read nobody knows whether it is a draft.
#[test]
fn an_article_without_readable_front_matter_does_not_come() {
    for front in
        ["---\ndraft: true\ntitle: \"x\nfoo: [\n---\n", "+++\ndraft = true\ntitle = x\n+++\n", "---\n- draft\n---\n"]
    {
        let content = one("x.md", format!("{front}Secret\n"));
        assert_eq!(articles(&content).count(), 0, "{front}");
        assert!(
            content.problems.iter().any(|one| one.severity == helpnook::content::Severity::Error && one.line > 0),
            "{front}"
        );
    }
}

#[test]
fn a_jekyll_include_is_a_text_of_its_own() {
    let content = one("x.md", "# T\n\n{% include note.html content=\"Mind it.\" %}\n\nAfter.\n");
    assert_eq!(
        plain_blocks(&article(&content, "T").blocks).split_whitespace().collect::<Vec<_>>().join(" "),
        "Mind it. After."
    );
}
