//! A message longer than a system takes, carried over in parts: which one is next, and whether it was the last.

use super::{Job, Saved, Talk, Told, brief};

/// Where the number of the next part is kept while one is under way.
const KEY: &str = "part";

/// The part of a message that goes next: its number, from 0, its words, and whether it is the last.
#[must_use]
pub fn next(talk: &Talk, saved: &Saved, job: &Job, most_chars: usize) -> Option<(usize, String, bool)> {
    let parts = brief::parts(&job.words(&talk.address), most_chars);
    let at = saved.get(KEY).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let is_last = at + 1 >= parts.len();
    parts.into_iter().nth(at).map(|text| (at, text, is_last))
}

/// A part of a message is there.
pub fn taken(talk: &Talk, saved: &mut Saved, job: &Job, most_chars: usize, id: String) -> Told {
    match next(talk, saved, job, most_chars) {
        Some((at, _, false)) => {
            saved.insert(KEY.to_owned(), (at + 1).to_string());
            Told::More
        }
        _ => {
            saved.remove(KEY);
            Told::Done(id)
        }
    }
}
