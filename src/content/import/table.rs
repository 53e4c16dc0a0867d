//! Tables as text: CSV, TSV and whatever else separates cells. The head names the columns, in one of nine languages.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Body, Reason, Record, Sink};
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
        " question questions title frage fragen titel titre intitule libelle titulo titlu titolo pregunta pergunta intrebare domanda vraag pytanie subject heading name betreff ",
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
        " collection category categories section topic group kategorie rubrik thema categorie categoria rubrique thematique seccion secao theme kategoria rubriek folder ",
    ),
    (
        "phrasings",
        " phrasings phrasing alternatives aliases alias synonyms varianten variantes formulierungen formulations synonyme alternativequestions ",
    ),
    (
        "updated",
        " updated updatedat modified lastmodified date datum geaendert geandert aktualisiert misajour fecha data actualizado ",
    ),
    ("status", " status state published draft veroffentlicht statut etat estado stato stare "),
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
    let mut first: Vec<csv::StringRecord> = Vec::new();
    // Some programs put a title and empty lines above the head.
    let head = loop {
        match rows.next() {
            Some(Ok(row)) if row.iter().all(|cell| cell.trim().is_empty()) => {}
            Some(Ok(row)) => {
                let columns = Columns::of(&row);
                if columns.are_enough() || first.len() + 1 >= MAX_ABOVE {
                    break Some((row, columns)).filter(|(_, columns)| columns.are_enough());
                }
                first.push(row);
            }
            _ => break None,
        }
    };
    let (head, columns, skipped) = match head {
        Some((row, columns)) => (row, columns, None),
        None if first.is_empty() => return refuse(file, 0, "the table is empty".to_owned(), sink),
        None => match headless(&first) {
            Some(columns) => (
                csv::StringRecord::from(vec![""; first.iter().map(csv::StringRecord::len).max().unwrap_or(0)]),
                columns,
                Some(first),
            ),
            None => {
                let names: Vec<&str> = first.first().map(|row| row.iter().collect()).unwrap_or_default();
                let why = format!(
                    "no columns for question and answer among {}: name them `question` and `answer`",
                    names.join(", ")
                );
                return refuse(file, 1, why, sink);
            }
        },
    };
    if skipped.is_some() {
        Problems::new(file, &mut sink.problems).warning(
            1,
            "no head: the first column is taken for questions, the second for answers",
            "write a first line `question,answer`",
        );
    }
    let unknown = columns.unknown(&head);
    if !unknown.is_empty() {
        let known: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        Problems::new(file, &mut sink.problems).warning(
            1,
            format!("unknown columns are ignored: {}", unknown.join(", ")),
            format!("use {}", known.join(", ")),
        );
    }
    let rows = skipped.into_iter().flatten().map(Ok).chain(rows);
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

/// Rows above the head that are read past.
const MAX_ABOVE: usize = 10;

fn refuse(file: &str, record: usize, why: String, sink: &mut Sink) {
    sink.leave_out(file, Record { number: record, ..Record::default() }, Reason::Damaged(why));
}

/// Columns of a table without a head: what asks stands first, what answers second.
fn headless(first: &[csv::StringRecord]) -> Option<Columns> {
    let asks = |row: &&csv::StringRecord| row.get(0).is_some_and(|cell| cell.trim_end().ends_with(['?', '？', '؟']));
    let n = first.iter().filter(asks).count();
    let whole = first.iter().all(|row| row.get(1).is_some_and(|cell| !cell.trim().is_empty()));
    (whole && n * 2 > first.len())
        .then(|| Columns([(("question", String::new()), 0), (("answer", String::new()), 1)].into()))
}

/// Which column is what, in which language; most tables have one language, told in a column of its own.
struct Columns(BTreeMap<(&'static str, String), usize>);

impl Columns {
    /// The first of two that could be the same is.
    fn of(head: &csv::StringRecord) -> Self {
        let mut out = BTreeMap::new();
        for (at, name) in head.iter().enumerate() {
            if let Some(column) = column(name) {
                out.entry((column, String::new())).or_insert(at);
            } else if let Some((column, lang)) = column_of_language(name) {
                out.entry((column, lang)).or_insert(at);
            }
        }
        Self(out)
    }

    fn are_enough(&self) -> bool {
        ["question", "answer"].iter().all(|wanted| self.0.keys().any(|(name, _)| name == wanted))
    }

    /// Languages that have an answer in a column of their own; one without a name when none has.
    fn langs(&self) -> Vec<String> {
        let of_answers = self.0.keys().filter(|(name, _)| *name == "answer").map(|(_, lang)| lang.clone());
        of_answers.collect()
    }

    fn unknown<'a>(&self, head: &'a csv::StringRecord) -> Vec<&'a str> {
        let known = |at: usize| self.0.values().any(|known| *known == at);
        head.iter()
            .enumerate()
            .filter(|(at, name)| !name.trim().is_empty() && !known(*at))
            .map(|(_, name)| name.trim())
            .collect()
    }

    /// A row's cell, in a language if it has one there.
    fn cell(&self, row: &csv::StringRecord, name: &'static str, lang: &str) -> String {
        let at = self.0.get(&(name, lang.to_owned())).or_else(|| self.0.get(&(name, String::new())));
        at.and_then(|&at| row.get(at)).unwrap_or_default().trim().to_owned()
    }
}

/// What a column is by its name, `Article Title` as well as `title`.
fn column(name: &str) -> Option<&'static str> {
    let folded: String = crate::text::fold(name).chars().filter(char::is_ascii_alphanumeric).collect();
    let folded = folded.to_ascii_lowercase();
    let known = |name: &str| {
        let found = COLUMNS.iter().find(|(_, names)| !name.is_empty() && names.contains(&format!(" {name} ")));
        found.map(|(column, _)| *column)
    };
    let of = ["article", "faq", "solution", "entry"].iter().find_map(|start| known(folded.strip_prefix(start)?));
    let written = ["text", "html", "md", "markdown"].iter().find_map(|end| known(folded.strip_suffix(end)?));
    known(&folded).or(of).or(written)
}

/// A column of one language: `answer_fr`, `Question (pt-BR)`, `de: Antwort`.
fn column_of_language(name: &str) -> Option<(&'static str, String)> {
    let name = name.trim().trim_end_matches([')', ']']);
    let parts = |name: &'_ str, at: usize| {
        let (before, after) = name.split_at(at);
        (before.to_owned(), after.trim_start_matches(['_', '-', '.', ' ', '(', '[', ':', '/']).to_owned())
    };
    name.char_indices().filter(|(_, c)| matches!(c, '_' | '-' | '.' | ' ' | '(' | '[' | ':' | '/')).find_map(
        |(at, _)| {
            let (before, after) = parts(name, at);
            let ends = super::lang_tag(&after).and_then(|lang| Some((column(&before)?, lang)));
            ends.or_else(|| super::lang_tag(&before).and_then(|lang| Some((column(&after)?, lang))))
        },
    )
}

fn take(
    file: &str,
    row: &csv::StringRecord,
    head: &csv::StringRecord,
    columns: &Columns,
    line: usize,
    sink: &mut Sink,
) {
    let langs = columns.langs();
    let several_langs = langs.len() > 1;
    // Answers of one question have one id in all languages.
    let id = columns.cell(row, "id", "");
    let asked = langs.iter().map(|lang| columns.cell(row, "question", lang)).find(|asked| !asked.is_empty());
    let id =
        if id.is_empty() && several_langs { asked.map(|asked| super::slug(&asked)).unwrap_or_default() } else { id };
    for lang in langs {
        let record = record(row, head, columns, &lang, line);
        // A question that is not translated yet is nobody's fault.
        if several_langs && columns.cell(row, "answer", &lang).is_empty() && record.reason.is_none() {
            continue;
        }
        let article = Article { id: id.clone(), ..record.article };
        sink.take(file, NAME, Record { article, ..record });
    }
}

fn record(row: &csv::StringRecord, head: &csv::StringRecord, columns: &Columns, lang: &str, line: usize) -> Record {
    let cell = |name: &'static str| columns.cell(row, name, lang);
    let several = |name: &'static str, by: &[char]| -> Vec<String> {
        cell(name).split(by).map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
    };
    let says_yes = |text: &str| matches!(text, "1" | "true" | "yes" | "ja" | "oui" | "sim" | "si" | "da" | "x");
    let article = Article {
        title: cell("question"),
        collection: super::clean_id(&cell("collection")),
        tags: several("tags", &['|', ';', ',']),
        phrasings: several("phrasings", &['|', '\n']),
        updated: super::value::day_of(&Value::from(cell("updated"))),
        review: super::value::day_of(&Value::from(cell("review"))),
        source: cell("source"),
        author: cell("author"),
        internal: says_yes(&cell("internal").to_lowercase()),
        ..Article::default()
    };
    let status = cell("status").to_lowercase();
    let of_status = columns.0.get(&("status", String::new())).and_then(|&at| head.get(at)).map(crate::text::fold);
    let of_status = of_status.unwrap_or_default();
    let draft = if of_status.trim().ends_with("draft") { says_yes(&status) } else { is_hidden(&status) };
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
    let told = if lang.is_empty() { cell("lang") } else { lang.to_owned() };
    Record { article, lang: told, body: Body::of(cell("answer")), number: line, reason }
}

/// Words with which tables say that a row is not published.
fn is_hidden(status: &str) -> bool {
    matches!(
        status,
        "draft"
            | "entwurf"
            | "brouillon"
            | "borrador"
            | "rascunho"
            | "ciorna"
            | "bozza"
            | "concept"
            | "unpublished"
            | "hidden"
            | "archived"
            | "archiviert"
            | "archive"
            | "false"
            | "no"
            | "nein"
            | "non"
            | "0"
    )
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
        let above: Vec<csv::StringRecord> = rows.by_ref().take(MAX_ABOVE).collect();
        // The head is the row of the most known names.
        let known = |row: &csv::StringRecord| Columns::of(row).0.len();
        let Some(head) = above.iter().rev().max_by_key(|row| (known(row), row.len())) else { return (0, 0) };
        let fitting = above.iter().cloned().chain(rows.take(200)).filter(|row| row.len() == head.len()).count();
        if head.len() < 2 { (0, 0) } else { (known(head), fitting) }
    };
    // `max_by_key` keeps the last of equals; the likeliest is to win.
    SEPARATORS.into_iter().rev().max_by_key(|&separator| score(separator)).unwrap_or(b',')
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
        title: text(&["question", "title", "q", "name"]),
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
    let body = Body::of(text(&["answer", "body", "content", "text", "a"]));
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
