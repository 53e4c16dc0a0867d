//! What a search found, as the engine hands it to the panel.
//!
//! | piece    | meaning                                                                        |
//! | -------- | ------------------------------------------------------------------------------ |
//! | byte     | answerable: 0 (nothing here answers) to 255 (surely answered)                   |
//! | number   | number of hits                                                                 |
//! | per hit  | number article, number score, ranges of the title, text snippet, its ranges     |
//! | ranges   | number of them, then each: number start, number length, in bytes of the text    |

use crate::index::codec::{Reader, Writer};

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// How surely the best hit answers: 0 not at all, 255 surely.
    pub answerable: u8,
    /// Best first.
    pub hits: Vec<Hit>,
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hit {
    /// Number of the article.
    pub article: u32,
    /// How well it fits, beside other hits of this answer.
    pub score: u16,
    /// Byte ranges of the title that the query asked for.
    pub title_ranges: Vec<(u32, u32)>,
    /// The passage of the answer that fits best.
    pub snippet: String,
    /// Byte ranges of the snippet that the query asked for.
    pub snippet_ranges: Vec<(u32, u32)>,
}

impl Answer {
    /// As bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(self.answerable);
        out.number(self.hits.len() as u32);
        for hit in &self.hits {
            out.number(hit.article);
            out.number(u32::from(hit.score));
            encode_ranges(&hit.title_ranges, &mut out);
            out.text(&hit.snippet);
            encode_ranges(&hit.snippet_ranges, &mut out);
        }
        out.0
    }

    /// From bytes.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let answerable = reader.byte()?;
        let mut hits = Vec::new();
        for _ in 0..reader.count()? {
            hits.push(Hit {
                article: reader.number()?,
                score: reader.number()?.min(u32::from(u16::MAX)) as u16,
                title_ranges: ranges(&mut reader)?,
                snippet: reader.text()?.to_owned(),
                snippet_ranges: ranges(&mut reader)?,
            });
        }
        Some(Self { answerable, hits })
    }
}

fn encode_ranges(ranges: &[(u32, u32)], out: &mut Writer) {
    out.number(ranges.len() as u32);
    for &(start, end) in ranges {
        out.number(start);
        out.number(end.saturating_sub(start));
    }
}

fn ranges(reader: &mut Reader<'_>) -> Option<Vec<(u32, u32)>> {
    let mut out = Vec::new();
    for _ in 0..reader.count()? {
        let start = reader.number()?;
        out.push((start, start.checked_add(reader.number()?)?));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back() {
        let answer = Answer {
            answerable: 200,
            hits: vec![Hit {
                article: 3,
                score: 900,
                title_ranges: vec![(0, 4), (7, 9)],
                snippet: "Größe".to_owned(),
                snippet_ranges: vec![(0, 7)],
            }],
        };
        assert_eq!(Answer::decode(&answer.encode()), Some(answer));
        assert_eq!(Answer::decode(&[1, 9]), None);
    }
}
