//! What each form of the dictionary means: its terms, each with a weight.
//!
//! | piece     | meaning                                                                          |
//! | --------- | -------------------------------------------------------------------------------- |
//! | number    | how many forms there are                                                         |
//! | per form  | a byte: 0 = one term, that of the form before · 1 = one term, the next new one · n + 1 = n terms, listed |
//! | per listed term | number of the term, byte weight 1 (says little) to 255 (is that word)       |
//!
//! Forms come in the order of the dictionary, and terms are numbered as forms first name them, so
//! that nearly every form is the one byte 0 or 1.

use super::codec::Reader;

/// A term that a form stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Number of the term.
    pub term: u32,
    /// How surely and how much, 1 to 255.
    pub weight: u8,
}

/// Full weight: the form is the term.
pub const FULL: u8 = 255;

/// Most terms of one form.
pub const MAX_TERMS: usize = 24;

/// All forms.
pub struct Forms {
    terms: Vec<Form>,
    /// End of each form's terms.
    ends: Vec<u32>,
}

impl Forms {
    pub(super) fn read(bytes: &[u8], n_terms: usize) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let n = reader.count()?;
        let (mut terms, mut ends) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let (mut last, mut next) = (0, 0);
        for _ in 0..n {
            match reader.byte()? {
                0 => terms.push(Form { term: last, weight: FULL }),
                1 => {
                    last = next;
                    next += 1;
                    terms.push(Form { term: last, weight: FULL });
                }
                count => {
                    for _ in 1..count {
                        let term = reader.number()?;
                        last = term;
                        next = next.max(term + 1);
                        terms.push(Form { term, weight: reader.byte()? });
                    }
                }
            }
            ends.push(terms.len() as u32);
        }
        (reader.left() == 0 && terms.iter().all(|form| (form.term as usize) < n_terms)).then_some(Self { terms, ends })
    }

    /// The terms of a form.
    #[must_use]
    pub fn terms(&self, form: u32) -> &[Form] {
        let at = form as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.terms.get(start as usize..end as usize).unwrap_or_default()
    }

    /// How many forms there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Writes the terms of all forms, in the order of the dictionary.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn encode(forms: &[Vec<Form>], out: &mut super::codec::Writer) {
    out.number(forms.len() as u32);
    let (mut last, mut next) = (0, 0);
    for terms in forms {
        match terms.as_slice() {
            [one] if one.weight == FULL && one.term == next => {
                last = next;
                next += 1;
                out.byte(1);
            }
            [one] if one.weight == FULL && one.term == last => out.byte(0),
            listed => {
                let listed = listed.get(..MAX_TERMS).unwrap_or(listed);
                out.byte(listed.len() as u8 + 1);
                for form in listed {
                    out.number(form.term);
                    out.byte(form.weight);
                    last = form.term;
                    next = next.max(form.term + 1);
                }
            }
        }
    }
}
