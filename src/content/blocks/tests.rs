use super::*;
use crate::article::plain_blocks;

fn read(text: &str) -> (Vec<Block>, Vec<String>) {
    let mut problems = Vec::new();
    let blocks = markdown(text, 1, &mut Problems::new("a.md", &mut problems));
    (blocks, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn structure_is_kept() {
    let (blocks, problems) =
        read("One **two**\nthree.\n\n1. a\n2. b\n   - c\n\n> mind\n\n|h|\n|-|\n|x|\n\n![see](/a.png)");
    assert_eq!(problems, [""; 0]);
    assert_eq!(blocks.len(), 5);
    assert_eq!(plain_blocks(&blocks[..1]), "One two three.");
    assert!(matches!(&blocks[1], Block::List(true, items) if items.len() == 2 && items[1].len() == 2));
    assert!(matches!(&blocks[2], Block::Callout(Tone::Note, inner) if inner.len() == 1));
    assert!(matches!(&blocks[3], Block::Table(head, rows) if head.len() == 1 && rows.len() == 1));
    assert!(matches!(&blocks[4], Block::Image { src, alt, .. } if src == "/a.png" && alt == "see"));
}

#[test]
fn callouts_films_sizes_and_markets_have_their_blocks() {
    let (blocks, problems) = read(
        "> [!WARNING]\n> hot\n\n> [!market UK, ie]\n> Post it.\n\n![Fold it](/fold.mp4)\n\n- ![a](/a.png){width=3 height=4} b\n",
    );
    assert_eq!(problems, [""; 0]);
    assert!(matches!(&blocks[0], Block::Callout(Tone::Warning, inner) if plain_blocks(inner) == "hot"), "{blocks:?}");
    assert!(matches!(&blocks[1], Block::Market(names, inner) if names == "uk ie" && plain_blocks(inner) == "Post it."));
    assert!(matches!(&blocks[2], Block::Video { src, title } if src == "/fold.mp4" && title == "Fold it"));
    let Block::List(false, items) = &blocks[3] else { panic!("{blocks:?}") };
    assert!(matches!(&items[0][0], Block::Image { size: (3, 4), .. }), "{items:?}");
    assert_eq!(plain_blocks(&items[0]), "a b");
}

#[test]
fn html_and_unsafe_links_are_dropped_with_their_line() {
    let (blocks, problems) =
        read("a\n\nb <b>bold</b> [x](javascript:alert(1))\n\n<script>alert(1)</script>\n\n<div onclick=x>kept</div>\n");
    assert_eq!(plain_blocks(&blocks), "a b bold x kept");
    assert!(problems[0].starts_with("a.md:3: warning: unsafe link `javascript:alert(1)`"), "{problems:?}");
    assert!(problems[1].starts_with("a.md:5: warning: raw HTML: `<script>` is dropped"), "{problems:?}");
}

#[test]
fn footnotes_stand_below_in_the_order_of_their_numbers() {
    let (blocks, problems) =
        read("Thirty days[^b], free[^a].\n\n[^a]: In the EU.\n[^b]: From *delivery* on.\n[^c]: Lost.\n");
    assert_eq!(plain_blocks(&blocks), "Thirty days\u{2060}¹, free\u{2060}². ¹ From delivery on. ² In the EU.");
    assert_eq!(blocks.len(), 3);
    assert!(problems[0].starts_with("a.md:5: warning: footnote `c` is left out"), "{problems:?}");
}

#[test]
fn ticks_terms_and_struck_text_mean_something() {
    let (blocks, problems) =
        read("- [x] packed\n- [ ] sent\n\nLabel\n:   The *sticker*\n\n~~14~~ 30 days, 2 m<sup>2</sup>\n");
    assert!(matches!(&blocks[0], Block::List(false, items) if plain_blocks(&items[0]) == "☑ packed"), "{blocks:?}");
    assert!(matches!(&blocks[1], Block::Paragraph(text) if matches!(text[0], Inline::Strong(_))), "{blocks:?}");
    assert_eq!(plain_blocks(&blocks[1..]), "Label The sticker 30 days, 2 m²");
    assert!(problems[0].starts_with("a.md:7: warning: struck text \"14\" is left out"), "{problems:?}");
}

#[test]
fn tags_in_running_text_are_read() {
    let (blocks, problems) = read(
        "Press <kbd>Esc</kbd>, <a href=\"/a\">there</a> <img src=\"/x.png\" alt=\"x\" width=40 height=50> and <b>never\n",
    );
    assert_eq!(problems, [""; 0]);
    let Block::Paragraph(text) = &blocks[0] else { panic!("{blocks:?}") };
    assert!(matches!(&text[1], Inline::Code(key) if key == "Esc"), "{blocks:?}");
    assert!(matches!(&text[3], Inline::Link(to, _) if to == "/a"), "{blocks:?}");
    assert!(matches!(&blocks[1], Block::Image { size: (40, 50), .. }), "{blocks:?}");
    assert_eq!(plain_blocks(&blocks[2..]), "and never");
}

#[test]
fn markdown_in_boxes_of_html_stays_in_its_box() {
    let (blocks, problems) = read(
        "<div class=\"alert alert-warning\">\n\n**Hot**\n\n- a\n\n</div>\n\nAfter\n\n<div class=\"note\">\n\nopen\n",
    );
    assert_eq!(problems, [""; 0]);
    assert!(matches!(&blocks[0], Block::Callout(Tone::Warning, inner) if inner.len() == 2), "{blocks:?}");
    assert_eq!(plain_blocks(&blocks[1..]), "After open");
}

#[test]
fn pictures_leave_tables_links_and_marks_but_not_the_answer() {
    let (blocks, _) =
        read("|a|b|\n|-|-|\n|x|![cut](/c.png)|\n\n[![big](/s.png)](/l.png)\n\n[![guide](/g.png)](/guide)\n");
    assert!(
        matches!(&blocks[0], Block::Table(_, rows) if rows[0][1] == [Inline::Text("cut".to_owned())]),
        "{blocks:?}"
    );
    assert!(matches!(&blocks[1], Block::Image { src, .. } if src == "/c.png"), "{blocks:?}");
    assert!(matches!(&blocks[2], Block::Image { src, .. } if src == "/s.png"), "{blocks:?}");
    assert!(matches!(&blocks[3], Block::Image { src, .. } if src == "/g.png"), "{blocks:?}");
    assert!(
        matches!(&blocks[4], Block::Paragraph(text) if matches!(&text[0], Inline::Link(to, _) if to == "/guide")),
        "{blocks:?}"
    );
}

#[test]
fn steps_parted_by_a_picture_are_counted_on() {
    let (blocks, _) = read("1. a\n\n![x](/x.png)\n\n2. b\n3. c\n\n## New\n\n4. d\n");
    assert!(matches!(&blocks[0], Block::List(true, items) if items.len() == 3 && items[0].len() == 2), "{blocks:?}");
    assert_eq!(blocks.len(), 3);
}

#[test]
fn links_to_places_lead_to_headings() {
    let (blocks, _) = read(
        "[a](#own), [b](#whats-new), [c](#old), [d](#what-s-new), [e](#none)\n\n## Returns {#own}\n\n## What's new?\n\n<a id=\"old\"></a>\n\n## Third\n",
    );
    let Block::Paragraph(text) = &blocks[0] else { panic!("{blocks:?}") };
    let to: Vec<&str> =
        text.iter().filter_map(|one| if let Inline::Link(to, _) = one { Some(to.as_str()) } else { None }).collect();
    let second = format!("#{}", crate::content::import::slug("What's new?"));
    assert_eq!(
        to,
        ["#returns", &second, "#third", if second == "#what-s-new" { &second } else { "#what-s-new" }, "#none"]
    );
    assert_eq!(plain_blocks(&blocks[1..2]), "Returns");
}

#[test]
fn any_depth_ends() {
    let (blocks, _) = read(&("> ".repeat(5_000) + "deep"));
    assert_eq!(plain_blocks(&blocks), "deep");
    read(&"- ".repeat(3_000));
    read(&"*a **b ".repeat(3_000));
}
