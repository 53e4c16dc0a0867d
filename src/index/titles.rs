//! What lists show of every article, column by column: like stands beside like, which brotli sees.
//!
//! | piece      | meaning                                                     |
//! | ---------- | ----------------------------------------------------------- |
//! | per column | title, id, id of the collection, date of the last change    |
//! | per article| a text without line ends, and a line end                    |

use super::rows::Marks;

/// What a list shows of an article.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title {
    /// Stable name of the article.
    pub id: String,
    /// The question.
    pub title: String,
    /// Id of its collection; may be empty.
    pub collection: String,
    /// Date of the last change; may be empty.
    pub updated: String,
}

/// Columns of the section.
pub(super) const COLUMNS: usize = 4;
/// Place of the title among them.
pub(super) const TITLE: usize = 0;
/// Place of the id among them.
pub(super) const ID: usize = 1;

/// Where each title, id, collection and date lies.
pub(super) struct Titles {
    columns: [Marks<u32>; COLUMNS],
}

impl Titles {
    /// Checks the section.
    pub(super) fn read(bytes: &[u8], n_articles: usize) -> Option<Self> {
        let mut columns = [const { Marks::new() }; COLUMNS];
        let mut at = 0;
        for column in &mut columns {
            for _ in 0..n_articles {
                column.push(at as u32);
                at += line(bytes, at)?.len() + 1;
            }
        }
        (at == bytes.len()).then_some(Self { columns })
    }

    /// How many articles there are.
    pub(super) fn len(&self) -> usize {
        self.columns[TITLE].len
    }

    /// A text of an article; `bytes` are those of the section.
    pub(super) fn get<'a>(&self, bytes: &'a [u8], column: usize, article: u32) -> Option<&'a str> {
        let (mut at, skip) = self.columns.get(column)?.before(article).map(|(at, skip)| (at as usize, skip))?;
        for _ in 0..skip {
            at += line(bytes, at)?.len() + 1;
        }
        line(bytes, at)
    }
}

fn line(bytes: &[u8], at: usize) -> Option<&str> {
    let rest = bytes.get(at..)?;
    let end = rest.iter().position(|&byte| byte == b'\n')?;
    core::str::from_utf8(rest.get(..end)?).ok()
}

/// Reads the section; the place in the list is the article's number.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Vec<Title>> {
    let text = core::str::from_utf8(bytes).ok()?;
    let n = text.bytes().filter(|&byte| byte == b'\n').count() / COLUMNS;
    let columns: [_; COLUMNS] = core::array::from_fn(|column| text.split('\n').skip(column * n));
    let [mut titles, mut ids, mut collections, mut dates] = columns;
    let mut out = Vec::with_capacity(n);
    for _ in 0..n {
        out.push(Title {
            id: ids.next()?.to_owned(),
            title: titles.next()?.to_owned(),
            collection: collections.next()?.to_owned(),
            updated: dates.next()?.to_owned(),
        });
    }
    Some(out)
}

/// Writes the section.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn encode(articles: &[crate::article::Article], out: &mut Vec<u8>) {
    let columns: [fn(&crate::article::Article) -> &str; COLUMNS] =
        [|article| &article.title, |article| &article.id, |article| &article.collection, |article| &article.updated];
    for column in columns {
        for article in articles {
            out.extend(column(article).bytes().map(|byte| if byte < 0x20 { b' ' } else { byte }));
            out.push(b'\n');
        }
    }
}
