//! What ranks above what, and why: small shops in which one thing differs.

// What fails here is the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use helpnook::article::Article;
use helpnook::content::{self, File};
use helpnook::index::{Index, builder};
use helpnook::search;

/// An index of Markdown articles: name and text.
fn shop(articles: &[(&str, &str)]) -> Index {
    let files: Vec<File> =
        articles.iter().map(|(path, text)| File { path: format!("{path}.md"), text: (*text).to_owned() }).collect();
    let (help, _) = content::read(&files);
    let articles: Vec<Article> = help.into_values().flat_map(|help| help.articles).collect();
    let lang = articles[0].lang.clone();
    let built = builder::build(&builder::Input { lang: &lang, articles: &articles, ..builder::Input::default() });
    Index::open(built.bytes).unwrap()
}

fn ids(index: &Index, query: &str) -> Vec<String> {
    search::rank(index, query, 10).1.iter().map(|hit| index.stored(hit.0).unwrap().id).collect()
}

#[test]
fn a_phrasing_is_as_good_as_a_title() {
    let index = shop(&[
        (
            "lost",
            "---\nphrasings:\n  - my parcel never came\n---\n# Lost shipments\nWe search for it with the carrier.",
        ),
        ("parcel", "# Parcel sizes\nWe pack each parcel well; your parcel may be large. My parcel, your parcel."),
        ("never", "# What we never sell\nLive animals."),
    ]);
    assert_eq!(ids(&index, "my parcel never came")[0], "lost");
}

#[test]
fn a_heading_in_the_answer_is_found_whole() {
    let guide = "# Help centre guide\nAll about our help centre.\n\n## Submit a support ticket\n\nClick the button.\n\n## Resolve a ticket\n\nClick.";
    let index = shop(&[
        ("guide", guide),
        ("hours", "# Support hours for partners\nWhen we answer a ticket you submit."),
        ("prices", "# Prices of a ticket to our fair\nSupport is free."),
        ("submit", "# Submit photographs\nWe like to see them."),
    ]);
    assert_eq!(ids(&index, "submit a support ticket")[0], "guide");
    assert_eq!(ids(&index, "support hours")[0], "hours", "a title beats a heading");
}

#[test]
fn a_compound_of_unknown_parts_says_its_known_one() {
    let index = shop(&[
        ("demo", "---\nlang: de\n---\n# Eine Demo sehen\nWir zeigen sie gern."),
        ("preis", "---\nlang: de\n---\n# Was es kostet\nSehr wenig."),
    ]);
    assert_eq!(ids(&index, "Demoversion"), ["demo"]);
    assert_eq!(ids(&index, "Produktdemo"), ["demo"]);
    assert!(ids(&index, "Xyzversion").is_empty());
}

#[test]
fn a_shop_s_own_lexicon_leads_to_its_articles() {
    let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
    let files = [
        file("en/smock.md", "# How do I wash a smock?\nBy hand."),
        file("en/tent.md", "# How do I wash a tent?\nNever."),
        file("en/_lexicon.txt", "# Our words\nsmock = cagoule, storm top\ntent ~ bivouac\n"),
    ];
    let (help, problems) = content::read(&files);
    assert_eq!(problems, []);
    let help = &help["en"];
    let (articles, lexicon) = (&help.articles, &help.lexicon);
    let input = builder::Input { lang: "en", articles, lexicon, ..builder::Input::default() };
    let index = Index::open(builder::build(&input).bytes).unwrap();
    for (query, id) in [("cagoule", "smock"), ("storm top", "smock"), ("bivouac", "tent")] {
        assert_eq!(ids(&index, query), [id], "{query}");
    }
}

#[test]
fn a_lexicon_s_mistakes_are_told_with_their_line() {
    let text = "smock = cagoule\nsmock, cagoule\ntent = \n".to_owned();
    let (_, problems) = content::read(&[File { path: "en/_lexicon.txt".to_owned(), text }]);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("en/_lexicon.txt:2: error: ") && told[0].contains('='), "{told:?}");
    assert!(told[1].starts_with("en/_lexicon.txt:3: error: "), "{told:?}");
}
