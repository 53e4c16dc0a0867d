//! Where each article's answer lies: in the index itself, or in block files fetched when wanted.
//!
//! | section | piece       | meaning                                                           |
//! | ------- | ----------- | ----------------------------------------------------------------- |
//! | answers | per article | its answer (see [`super::blocks`]), and [`END_OF_ANSWER`]          |
//! | parts   | per part    | number of articles in it, u64 LE hash of its bytes                 |
//!
//! A part's bytes are those of a section of answers; its file is named by its hash. With parts, the
//! section of answers is empty: a large help centre is searched without a single answer at hand.

use super::blocks::END_OF_ANSWER;
use super::codec::{Reader, hash};

/// Some articles' answers in a file of their own.
struct Part {
    /// Number of the article after its last.
    end: u32,
    hash: u64,
    /// Its bytes and the ends of its answers, once fetched.
    answers: Option<(Vec<u8>, Vec<u32>)>,
}

/// All answers.
pub(super) struct Answers {
    /// End of each answer in the section.
    ends: Vec<u32>,
    parts: Vec<Part>,
}

impl Answers {
    /// Checks both sections.
    pub(super) fn read(answers: &[u8], parts: &[u8], n_articles: usize) -> Option<Self> {
        let mut out = Self { ends: Vec::new(), parts: Vec::new() };
        if parts.is_empty() {
            out.ends = ends(answers, n_articles)?;
            return Some(out);
        }
        let mut reader = Reader::new(parts);
        let mut end = 0u32;
        while reader.left() > 0 {
            end = end.checked_add(reader.number()?)?;
            let hash = u64::from_le_bytes(reader.take(8)?.try_into().ok()?);
            out.parts.push(Part { end, hash, answers: None });
        }
        (end as usize == n_articles && answers.is_empty()).then_some(out)
    }

    /// The answer of an article, if it is here; `bytes` are those of the section.
    pub(super) fn get<'a>(&'a self, bytes: &'a [u8], article: u32) -> Option<&'a [u8]> {
        if self.parts.is_empty() {
            return between(bytes, &self.ends, article as usize);
        }
        let at = self.part(article)?;
        let first = at.checked_sub(1).and_then(|before| self.parts.get(before)).map_or(0, |part| part.end);
        let (bytes, ends) = self.parts.get(at)?.answers.as_ref()?;
        between(bytes, ends, (article - first) as usize)
    }

    /// Hash of the part to fetch for an article's answer; `None` when it is here.
    pub(super) fn wanted(&self, article: u32) -> Option<u64> {
        self.part(article).and_then(|at| self.parts.get(at)).filter(|part| part.answers.is_none()).map(|part| part.hash)
    }

    /// Hash of a part, by its place.
    pub(super) fn part_hash(&self, at: usize) -> Option<u64> {
        self.parts.get(at).map(|part| part.hash)
    }

    /// Takes a part that was fetched; whether it is one of ours and sound.
    pub(super) fn supply(&mut self, bytes: Vec<u8>) -> bool {
        let hash = hash(&bytes);
        let mut first = 0;
        for part in &mut self.parts {
            if part.hash == hash
                && let Some(ends) = ends(&bytes, (part.end - first) as usize)
            {
                part.answers = Some((bytes, ends));
                return true;
            }
            first = part.end;
        }
        false
    }

    fn part(&self, article: u32) -> Option<usize> {
        self.parts.iter().position(|part| article < part.end)
    }
}

fn between<'a>(bytes: &'a [u8], ends: &[u32], at: usize) -> Option<&'a [u8]> {
    let start = at.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |&end| end as usize + 1);
    bytes.get(start..*ends.get(at)? as usize)
}

fn ends(bytes: &[u8], n: usize) -> Option<Vec<u32>> {
    let all = (0u32..).zip(bytes).filter(|(_, byte)| **byte == END_OF_ANSWER).map(|(at, _)| at);
    let mut out = Vec::with_capacity(n.min(bytes.len()));
    // A file of ends alone asks for no more than its articles need.
    out.extend(all.take(n));
    (out.len() == n && out.last().map_or(0, |&last| last as usize + 1) == bytes.len()).then_some(out)
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) use build::encode;

#[cfg(not(target_arch = "wasm32"))]
mod build {
    use super::END_OF_ANSWER;
    use crate::article::Article;
    use crate::index::codec::{Writer, hash};
    use crate::index::{answers_file, blocks};

    /// Answers of fewer bytes stay in the index: a shop's hundred articles are best fetched at once.
    const APART_FROM: usize = 512 * 1024;

    /// Bytes of answers from which a part is full: forty long articles, some 25 KB after brotli. Smaller
    /// parts compress worse (32 articles cost 20 % over one stream), larger ones keep a reader waiting.
    const PART_BYTES: usize = 128 * 1024;

    /// Writes the sections of answers and parts; gives the parts' files by name.
    pub fn encode(articles: &[Article], answers: &mut Writer, parts: &mut Writer) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let (mut part, mut n) = (Vec::new(), 0);
        let mut all = Vec::new();
        for article in articles {
            blocks::encode(&article.blocks, &mut part);
            part.push(END_OF_ANSWER);
            n += 1;
            if part.len() >= PART_BYTES {
                all.push((core::mem::take(&mut part), core::mem::take(&mut n)));
            }
        }
        all.push((part, n));
        if all.iter().map(|(part, _)| part.len()).sum::<usize>() < APART_FROM {
            answers.0 = all.into_iter().flat_map(|(part, _)| part).collect();
            return files;
        }
        for (part, n) in all.into_iter().filter(|(_, n)| *n > 0) {
            let hash = hash(&part);
            parts.number(n);
            parts.0.extend_from_slice(&hash.to_le_bytes());
            files.push((answers_file(hash), part));
        }
        files
    }
}
