use super::*;
use crate::article::plain_blocks;

#[test]
fn text_and_structure_survive_scripts_do_not() {
    let mut problems = Vec::new();
    let html = "<p>One <b>two</b><br>three <a href='javascript:x'>four</a></p><script>five</script><ul><li>six<li><p>seven</p></ul>";
    let blocks = blocks(html, 7, &mut Problems::new("a.jsonl", &mut problems));
    assert_eq!(plain_blocks(&blocks), "One two three four six seven");
    assert!(matches!(blocks.as_slice(), [Block::Paragraph(_), Block::List(false, items)] if items.len() == 2));
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].line, 7);
}

fn read(html: &str) -> (Vec<Block>, Vec<String>) {
    let mut problems = Vec::new();
    let blocks = blocks(html, 1, &mut Problems::new("a.html", &mut problems));
    (blocks, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn cells_keep_links_lists_and_their_columns() {
    let (blocks, _) = read(
        "<table><caption>Sizes</caption><tr><th>a<th>b<th>c<tr><td rowspan=2><p>S</p><td colspan=2><p>See <a href='/x'>it</a></p><ul><li>1<li>2</ul>\
         <tr><td>y<td><img src='/y.png' alt='y cut'></table>",
    );
    assert!(matches!(&blocks[0], Block::Paragraph(text) if matches!(&text[0], Inline::Strong(_))), "{blocks:?}");
    let Block::Table(_, rows) = &blocks[1] else { panic!("{blocks:?}") };
    assert!(rows.iter().all(|row| row.len() == 3), "{rows:?}");
    assert!(rows[0][1].iter().any(|one| matches!(one, Inline::Link(to, _) if to == "/x")), "{rows:?}");
    assert_eq!(plain_inlines(&rows[0][1]), "See it • 1 • 2");
    assert_eq!((plain_inlines(&rows[1][0]), plain_inlines(&rows[1][2])), ("S".to_owned(), "y cut".to_owned()));
    assert!(matches!(&blocks[2], Block::Image { src, .. } if src == "/y.png"), "{blocks:?}");
}

#[test]
fn a_table_of_one_cell_is_a_box_and_tables_in_cells_are_said_once() {
    let (blocks, _) = read("<table><tr><td><p>Mind</p><ul><li>it</ul></td></tr></table>");
    assert!(matches!(&blocks[0], Block::Callout(Tone::Note, inner) if inner.len() == 2), "{blocks:?}");
    let (blocks, _) = read("<table><tr><td>a<td>b<tr><td>c<td><table><tr><td>d<td>e</table></table>");
    assert_eq!(plain_blocks(&blocks), "a b c d, e");
}

#[test]
fn films_sounds_and_frames_have_their_blocks() {
    let (blocks, problems) = read(
        "<video controls><source src='/a.webm'></video><audio src='/b.mp3' title='Ring'></audio>\
         <iframe src='//www.loom.com/embed/abc?x=1' title='Fold'></iframe><iframe src='https://maps.example/x'></iframe>\
         <iframe src='javascript:alert(1)'></iframe>",
    );
    assert!(matches!(&blocks[0], Block::Video { src, .. } if src == "/a.webm"), "{blocks:?}");
    assert!(matches!(&blocks[1], Block::Video { src, title } if src == "/b.mp3" && title == "Ring"), "{blocks:?}");
    assert!(matches!(&blocks[2], Block::Video { src, .. } if src == "https://www.loom.com/share/abc"), "{blocks:?}");
    assert_eq!(plain_blocks(&blocks[3..]), "maps.example");
    assert!(problems[0].contains("became a link") && problems[1].contains("is dropped"), "{problems:?}");
}

#[test]
fn signs_stay_in_their_sentence_and_pictures_in_links_are_seen() {
    let (blocks, _) = read(
        "<p>Press <img src='/g.png' alt='Settings' width=16 height=16>, then <a href='/l.png'><img src='/s.png' alt='The menu' style='width: 400px; height:300px'></a></p>",
    );
    assert_eq!(plain_blocks(&blocks[..1]), "Press Settings, then");
    assert!(matches!(&blocks[1], Block::Image { src, size: (400, 300), .. } if src == "/s.png"), "{blocks:?}");
    assert_eq!(blocks.len(), 2);
}

#[test]
fn steps_go_on_and_links_lead_to_headings() {
    let (blocks, _) = read(
        "<p><a href='#h_1'>there</a></p><ol><li>a</ol><p><img src='/x.png' alt=''></p><ol start=2><li>b</ol><h2 id='h_1'>Sending it</h2><p>c</p>",
    );
    assert!(
        matches!(&blocks[0], Block::Paragraph(text) if matches!(&text[0], Inline::Link(to, _) if to == "#sending-it")),
        "{blocks:?}"
    );
    assert!(matches!(&blocks[1], Block::List(true, items) if items.len() == 2 && items[0].len() == 2), "{blocks:?}");
}

#[test]
fn struck_text_is_left_out_and_figures_keep_their_caption() {
    let (blocks, problems) =
        read("<p><del>14</del> 30 days</p><figure><img src='/x.png' alt='x'><figcaption>The box</figcaption></figure>");
    assert_eq!(plain_blocks(&blocks), "30 days x The box");
    assert!(matches!(&blocks[2], Block::Paragraph(text) if matches!(&text[0], Inline::Emphasis(_))), "{blocks:?}");
    assert!(problems[0].contains("struck text \"14\""), "{problems:?}");
}

#[test]
fn levels_of_word_processors_are_one_list() {
    let (blocks, _) = read(
        "<ol class='lst-kix_a-0 start' start=1><li>a</ol><ul class='lst-kix_a-1 start'><li>b<li>c</ul><ol class='lst-kix_a-0' start=2><li>d</ol><ol class='lst-kix_b-0 start'><li>e</ol>",
    );
    let Block::List(true, items) = &blocks[0] else { panic!("{blocks:?}") };
    assert_eq!(items.len(), 2);
    assert!(matches!(&items[0][1], Block::List(false, inner) if inner.len() == 2), "{items:?}");
    assert_eq!(blocks.len(), 2);
}
