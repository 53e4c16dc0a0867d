//! Tables as text: CSV, TSV and whatever else separates cells. The head names the columns, in one of nine languages.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Body, LeftOut, Reason, Record, Sink};
use crate::article::Article;
use crate::content::error::Problems;

pub(super) const NAME: &str = "table";

/// Characters that may separate cells, the likeliest first.
const SEPARATORS: [u8; 8] = *b",;\t|^~:\x1f";

/// What a column is, by the folded names of its head.
const COLUMNS: &[(&str, &str)] = &[
    ("id", " id key slug ref nr no number nummer numero identifiant faqid articleid "),
    ("lang", " lang language locale sprache langue idioma lingua limba taal jezyk languagecode "),
    (
        "question",
        " question questions title frage fragen titel titre titulo titlu titolo pregunta pergunta intrebare domanda vraag pytanie subject heading name betreff ",
    ),
    (
        "answer",
        " answer answers body content text html antwort antworten reponse respuesta resposta raspuns risposta antwoord odpowiedz solution description inhalt contenu contenido ",
    ),
    (
        "tags",
        " tags tag labels label keywords schlagworte schlagwoerter stichworte motscles etiquettes etiquetas palabrasclave palavraschave etichete etichetta trefwoorden tagi ",
    ),
    (
        "collection",
        " collection category categories section topic group kategorie rubrik thema categorie categoria rubrique seccion secao theme kategoria rubriek folder ",
    ),
    (
        "phrasings",
        " phrasings phrasing alternatives aliases alias synonyms varianten variantes formulierungen formulations synonyme alternativequestions ",
    ),
    (
        "updated",
        " updated updatedat modified lastmodified date datum geaendert geandert aktualisiert misajour fecha data actualizado ",
    ),
    ("status", " status state published draft veroffentlicht etat estado stato "),
    ("source", " url link source href permalink quelle lien enlace "),
    ("author", " author autor auteur autore "),
    ("internal", " internal intern interne interno "),
    ("review", " review reviewby expires expiry pruefen "),
];

/// Reads a table.
pub(in crate::content) fn read(file: &str, text: &str, sink: &mut Sink) {
    let (told, text) = told_separator(text);
    let separator = told.unwrap_or_else(|| likeliest(text));
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = reader.records();
    let head: Vec<String> = loop {
        match rows.next() {
            Some(Ok(row)) if row.iter().all(|cell| cell.trim().is_empty()) => {}
            Some(Ok(row)) => break row.iter().map(str::to_owned).collect(),
            _ => {
                sink.left_out.push(LeftOut {
                    file: file.to_owned(),
                    record: 0,
                    id: String::new(),
                    title: String::new(),
                    reason: Reason::Damaged("the table is empty".to_owned()),
                });
                return;
            }
        }
    };
    let columns = columns(&head);
    if !columns.contains_key("answer") || !columns.contains_key("question") {
        let why =
            format!("no columns for question and answer among {}: name them `question` and `answer`", head.join(", "));
        sink.left_out.push(LeftOut {
            file: file.to_owned(),
            record: 1,
            id: String::new(),
            title: String::new(),
            reason: Reason::Damaged(why),
        });
        return;
    }
    let unknown: Vec<&str> = head
        .iter()
        .enumerate()
        .filter(|(n, name)| !name.trim().is_empty() && !columns.values().any(|known| known == n))
        .map(|(_, name)| name.trim())
        .collect();
    if !unknown.is_empty() {
        let known: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        Problems::new(file, &mut sink.problems).warning(
            1,
            format!("unknown columns are ignored: {}", unknown.join(", ")),
            format!("use {}", known.join(", ")),
        );
    }
    let mut last_line = 0;
    for row in rows {
        match row {
            Ok(row) => {
                let line = row.position().map_or(0, |place| line_at(text, place));
                last_line = line;
                if row.iter().all(|cell| cell.trim().is_empty()) {
                    continue;
                }
                take(file, &row, &head, &columns, line, sink);
            }
            Err(error) => {
                let record = error.position().map_or(last_line, |place| usize::try_from(place.line()).unwrap_or(0));
                sink.leave_out(
                    file,
                    Record { number: record, ..Record::default() },
                    Reason::Damaged(format!("the row cannot be read: {error}")),
                );
            }
        }
    }
    if text.bytes().filter(|&byte| byte == b'"').count() % 2 == 1 {
        Problems::new(file, &mut sink.problems).warning(
            last_line,
            "a quote is opened and never closed",
            "look at the last row that came: it may hold others",
        );
    }
}

fn take(
    file: &str,
    row: &csv::StringRecord,
    head: &[String],
    columns: &BTreeMap<&'static str, usize>,
    line: usize,
    sink: &mut Sink,
) {
    let cell = |name: &str| columns.get(name).and_then(|&at| row.get(at)).unwrap_or_default().trim().to_owned();
    let several = |name: &str, by: &[char]| -> Vec<String> {
        cell(name).split(by).map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
    };
    let yes = |name: &str| {
        matches!(cell(name).to_lowercase().as_str(), "1" | "true" | "yes" | "ja" | "oui" | "sim" | "da" | "x")
    };
    let article = Article {
        id: cell("id"),
        title: cell("question"),
        collection: super::clean_id(&cell("collection")),
        tags: several("tags", &['|', ';', ',']),
        phrasings: several("phrasings", &['|', '\n']),
        updated: super::value::day_of(&Value::from(cell("updated"))),
        review: super::value::day_of(&Value::from(cell("review"))),
        source: cell("source"),
        author: cell("author"),
        internal: yes("internal"),
        ..Article::default()
    };
    let status = cell("status").to_lowercase();
    let head_says_draft = columns
        .get("status")
        .and_then(|&at| head.get(at))
        .is_some_and(|name| name.trim().eq_ignore_ascii_case("draft"));
    let hidden = matches!(
        status.as_str(),
        "draft" | "entwurf" | "brouillon" | "borrador" | "rascunho" | "unpublished" | "hidden" | "archived"
    );
    let draft = if head_says_draft { yes("status") } else { hidden || status == "false" || status == "0" };
    let surplus = row.len() > head.len() && row.iter().skip(head.len()).any(|cell| !cell.trim().is_empty());
    let reason = if surplus {
        let why = format!(
            "{} cells where the head has {}: put texts that hold the separator in quotes",
            row.len(),
            head.len()
        );
        Some(Reason::Damaged(why))
    } else {
        draft.then_some(Reason::Draft)
    };
    let record = Record { article, lang: cell("lang"), body: Body::of(cell("answer")), number: line, reason };
    sink.take(file, NAME, record);
}

/// The line in which a row starts; empty lines before it count as part of it for the parser, not for a reader.
fn line_at(text: &str, place: &csv::Position) -> usize {
    let from = usize::try_from(place.byte()).unwrap_or(0);
    let before =
        text.bytes().skip(from).take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|&byte| byte == b'\n').count();
    usize::try_from(place.line()).unwrap_or(0) + before
}

/// A first line `sep=;`, as spreadsheets write and read it.
fn told_separator(text: &str) -> (Option<u8>, &str) {
    let Some(rest) = text.strip_prefix("sep=").or_else(|| text.strip_prefix("\"sep=")) else { return (None, text) };
    let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
    let line = line.trim_end_matches(['\r', '"']);
    match line.as_bytes() {
        [separator] => (Some(*separator), after),
        _ => (None, text),
    }
}

/// The separator that gives a head with known columns, and rows as long as the head.
fn likeliest(text: &str) -> u8 {
    // The last line of the cut is left out: it may be half a row.
    let cut = (0..=text.len().min(64 * 1024)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let sample = text.get(..cut).unwrap_or(text);
    let score = |separator: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(sample.as_bytes());
        let mut rows = reader.records().flatten();
        let Some(head) = rows.next() else { return (0, 0) };
        let names: Vec<String> = head.iter().map(str::to_owned).collect();
        let fitting = rows.take(200).filter(|row| row.len() == names.len()).count();
        if names.len() < 2 { (0, 0) } else { (columns(&names).len(), fitting) }
    };
    // `max_by_key` keeps the last of equals; the likeliest is to win.
    SEPARATORS.into_iter().rev().max_by_key(|&separator| score(separator)).unwrap_or(b',')
}

/// Which column is what; the first of two that could be the same is.
fn columns(head: &[String]) -> BTreeMap<&'static str, usize> {
    let mut out = BTreeMap::new();
    for (at, name) in head.iter().enumerate() {
        let folded: String = crate::text::fold(name).chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        let folded = folded.to_ascii_lowercase();
        if let Some((column, _)) =
            COLUMNS.iter().find(|(_, names)| !folded.is_empty() && names.contains(&format!(" {folded} ")))
        {
            out.entry(*column).or_insert(at);
        }
    }
    out
}

/// A row of JSON as a row of a table: `{"id", "question", "answer", …}`.
pub(super) fn record_of(row: &Map<String, Value>, number: usize) -> Record {
    let row = Value::Object(row.clone());
    let text = |names: &[&str]| super::value::text(&row, names);
    let status = text(&["status", "state"]).to_lowercase();
    let draft = super::value::yes(&row, "draft")
        || matches!(status.as_str(), "draft" | "unpublished")
        || super::value::no(&row, "published");
    let article = Article {
        id: text(&["id", "slug", "key"]),
        title: text(&["question", "title", "name"]),
        collection: super::clean_id(&text(&["collection", "category", "section"])),
        tags: super::value::texts(&row, &["tags", "labels", "keywords"]),
        phrasings: super::value::texts(&row, &["phrasings", "aliases", "alternatives"]),
        updated: super::value::day(&row, &["updated", "updated_at", "date"]),
        review: super::value::day(&row, &["review"]),
        source: text(&["url", "source"]),
        author: text(&["author"]),
        internal: super::value::yes(&row, "internal"),
        ..Article::default()
    };
    let lang = text(&["lang", "language", "locale"]);
    let body = Body::of(text(&["answer", "body", "content", "text"]));
    Record { article, lang, body, number, reason: draft.then_some(Reason::Draft) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Sink {
        let mut sink = Sink::default();
        read("faq.csv", text, &mut sink);
        sink
    }

    #[test]
    fn any_separator_is_found() {
        for separator in [",", ";", "\t", "|", "^", "~", ":", "\u{1f}"] {
            let text = format!(
                "Nr{separator}Frage{separator}Antwort\n1{separator}Wo?{separator}\"Hier{separator} und\nda\"\n"
            );
            let sink = read_all(&text);
            assert_eq!(sink.written.len(), 1, "{separator:?}: {:?}", sink.left_out);
            assert_eq!(sink.written[0].article.id, "1");
            assert_eq!(plain(&sink), format!("Hier{separator} und da"));
        }
        assert_eq!(read_all("sep=;\nquestion;answer\na;b, c, d\n").written.len(), 1);
    }

    fn plain(sink: &Sink) -> String {
        crate::article::plain_blocks(&sink.written[0].article.blocks)
    }

    #[test]
    fn a_bad_row_is_told_and_the_others_come() {
        let sink =
            read_all("id,question,answer\n1,One?,yes, no, perhaps\n2,Two?,yes\n\n3,Three?,\n4,,yes\n2,Two?,again\n");
        assert_eq!(sink.written.iter().map(|one| one.article.id.as_str()).collect::<Vec<_>>(), ["2"]);
        let told: Vec<String> =
            sink.left_out.iter().map(|one| format!("{} {}", one.record, one.reason.name())).collect();
        assert_eq!(told, ["2 damaged", "5 no-answer", "6 damaged", "7 duplicate"]);
        assert_eq!(read_all("a,b\n1,2\n").left_out[0].record, 1);
        assert!(read_all("").left_out[0].reason.to_string().contains("empty"));
    }
}
