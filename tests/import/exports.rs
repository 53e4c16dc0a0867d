//! Exports as the programs really write them, looked at to the last block.

use super::{articles, counts, one, reasons};
use helpnook::article::{Article, Block, Inline, Tone, plain_blocks};

fn article<'a>(content: &'a helpnook::content::Content, lang: &str, title: &str) -> &'a Article {
    let found = articles(content).find(|one| one.title == title && one.lang == lang);
    found.unwrap_or_else(|| panic!("no {title:?} in {lang}"))
}

#[test]
fn intercom_writes_callouts_cells_and_places_of_its_own() {
    let body = "<p class='no-margin'>See <a href='#h_1'>the label</a> and <a href='https://help.s.example/en/articles/12-refunds'>refunds</a>.</p>\
        <div class='intercom-interblocks-callout' style='background-color: #feedaf80; border-color: #fbc91633;'><p>Only unworn.</p></div>\
        <h2 id='h_1'>Label</h2><div class='intercom-interblocks-table-container'><table role='presentation'><tbody>\
        <tr><td><p><b>Country</b></p></td><td><p>Time</p></td></tr><tr><td><p>DE</p></td><td><p><a href='https://d.example/'>2 days</a></p></td></tr>\
        </tbody></table></div><iframe src='https://www.loom.com/embed/abc' frameborder='0'></iframe>";
    let row = |id: &str, title: &str, body: &str, state: &str, translated: &str| {
        format!(
            "{{\"id\":\"{id}\",\"type\":\"article\",\"workspace_id\":\"w\",\"title\":\"{title}\",\"body\":\"{body}\",\"state\":\"{state}\",\
             \"url\":\"https://help.s.example/en/articles/{id}-x\",\"default_locale\":\"en\",\"updated_at\":1672928610{translated}}}"
        )
    };
    let translated = ",\"translated_content\":{\"type\":\"article_translated_content\",\"en\":{\"title\":\"Back?\",\"body\":\"<p>old</p>\",\"state\":\"published\"},\
        \"fr\":{\"title\":\"Retour ?\",\"body\":\"<p>Oui</p>\",\"state\":\"published\"},\"de\":{\"title\":\"Wie?\",\"body\":\"<p>x</p>\",\"state\":\"draft\"},\"pt-BR\":null}";
    let rows = [
        row("11", "Back?", body, "published", translated),
        row("12", "Refunds?", "<p>Five days</p>", "published", ""),
        row("13", "Draft?", "<p>x</p>", "draft", ""),
        row("14", "Empty?", "", "published", ""),
    ];
    let content = one(
        "intercom.json",
        format!("{{\"type\":\"list\",\"pages\":{{\"type\":\"pages\"}},\"data\":[{}]}}", rows.join(",")),
    );
    assert_eq!(counts(&content), [("en", 2), ("fr", 1)].into());
    assert_eq!(reasons(&content), [("draft", 2), ("no-answer", 1)].into());
    let blocks = &article(&content, "en", "Back?").blocks;
    let Block::Paragraph(first) = &blocks[0] else { panic!("{blocks:?}") };
    let links: Vec<&str> =
        first.iter().filter_map(|one| if let Inline::Link(to, _) = one { Some(to.as_str()) } else { None }).collect();
    assert_eq!(links, ["#label", "article:12"]);
    assert!(matches!(&blocks[1], Block::Callout(Tone::Warning, _)), "{blocks:?}");
    let Block::Table(_, rows) = &blocks[3] else { panic!("{blocks:?}") };
    assert!(matches!(&rows[0][1][0], Inline::Link(to, _) if to == "https://d.example/"), "{rows:?}");
    assert!(matches!(&blocks[4], Block::Video { src, .. } if src == "https://www.loom.com/share/abc"), "{blocks:?}");
}

#[test]
fn a_google_document_keeps_its_footnotes_and_its_levels() {
    let page = "<html lang=de><head><style>.c3{font-weight:700}</style></head><body class='doc-content'><p class='title'><span>FAQ</span></p>\
        <h1 id='h.a'><span>Wo ist mein Paket?</span></h1><p><span class='c3'>Unterwegs</span><sup><a href='#ftnt1' id='ftnt_ref1'>[1]</a></sup><sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup></p>\
        <ol class='lst-kix_x-0 start' start='1'><li>eins</li></ol><ul class='lst-kix_x-1 start'><li>darin</li></ul><ol class='lst-kix_x-0' start='2'><li>zwei</li></ol>\
        <h1 id='h.b'><span>Was kostet das?</span></h1><p><span>9,90</span></p>\
        <hr><div><p><a href='#ftnt_ref1' id='ftnt1'>[1]</a><span>&nbsp;Nur in DE.</span></p></div><div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>Remark</span></p></div></body></html>";
    let content = one("faq.html", page);
    let first = article(&content, "de", "Wo ist mein Paket?");
    assert_eq!(
        plain_blocks(&first.blocks).replace('\u{a0}', ""),
        "Unterwegs¹ eins darin zwei ¹ Nur in DE.",
        "{:?}",
        first.blocks
    );
    assert!(matches!(&first.blocks[1], Block::List(true, items) if items.len() == 2), "{:?}", first.blocks);
    assert_eq!(plain_blocks(&article(&content, "de", "Was kostet das?").blocks), "9,90");
}

#[test]
fn a_title_that_stands_twice_is_said_once() {
    let content = one("docs/start.mdx", "---\ntitle: Getting started\n---\n# Getting started\n\nOpen it.\n");
    assert_eq!(plain_blocks(&article(&content, "en", "Getting started").blocks), "Open it.");
}
