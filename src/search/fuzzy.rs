//! Near forms in the dictionary: prefixes, and words some edits away.
//!
//! `fst`'s own Levenshtein automaton is built anew for each word and may explode; this walks the
//! dictionary with one row of the edit-distance table a character and gives up a branch as soon as
//! the row is hopeless. Exchanged neighbours count as one edit. Each step costs fuel.

use fst::raw::Node;

use crate::index::dictionary::{Dictionary, value};

/// Steps left.
#[derive(Debug)]
pub struct Fuel(pub u32);

impl Fuel {
    /// Takes a step, if there is one left.
    pub fn step(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

/// A form found near a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// Number of the form.
    pub form: u32,
    /// Edits between the word and the form, or a prefix of the form.
    pub edits: u8,
    /// Characters of the form beyond the word, when the word is a prefix.
    pub beyond: u8,
}

/// Longest key that is followed, in characters; the builder cuts tokens well below.
const MAX_DEPTH: usize = 64;

/// What to look for.
pub struct Nearby<'a> {
    /// The word's characters.
    pub word: &'a [char],
    /// Most edits.
    pub max_edits: u8,
    /// Whether a prefix of a form will do.
    pub prefix: bool,
    /// Most forms.
    pub limit: usize,
}

/// Finds forms near a word.
pub fn near(dictionary: &Dictionary, search: &Nearby<'_>, fuel: &mut Fuel) -> Vec<Near> {
    let width = search.word.len() + 1;
    let mut walk = Walk { dictionary, search, fuel, out: Vec::new(), rows: Vec::new(), width, trail: Vec::new() };
    walk.rows.extend((0..width).map(|edits| edits.min(255) as u8));
    let root = dictionary.root();
    walk.visit(&root, 0, 0, 0);
    walk.out
}

struct Walk<'a, 'b> {
    dictionary: &'a Dictionary,
    search: &'a Nearby<'a>,
    fuel: &'b mut Fuel,
    out: Vec<Near>,
    /// Rows of the table, one after the other, `width` cells each.
    rows: Vec<u8>,
    width: usize,
    /// Characters of the key so far.
    trail: Vec<char>,
}

impl Walk<'_, '_> {
    /// `partial` and `missing`: a character of several bytes under way.
    fn visit(&mut self, node: &Node<'_>, output: u32, partial: u32, missing: u8) {
        if missing == 0 && self.accept(node, output) {
            return;
        }
        for i in 0..node.len() {
            if !self.fuel.step() || self.out.len() >= self.search.limit {
                return;
            }
            let arrow = node.transition(i);
            let (partial, missing) = join(partial, missing, arrow.inp);
            let output = output.wrapping_add(arrow.out.value() as u32);
            if missing > 0 {
                self.visit(&self.dictionary.node(arrow.addr), output, partial, missing);
            } else if self.push(char::from_u32(partial).unwrap_or('\u{fffd}')) {
                self.visit(&self.dictionary.node(arrow.addr), output, 0, 0);
                self.pop();
            }
        }
    }

    /// Notes the key that ends here, or all keys below when the word is their prefix; whether
    /// nothing is left to do below.
    fn accept(&mut self, node: &Node<'_>, output: u32) -> bool {
        let edits = self.rows.last().copied().unwrap_or(u8::MAX);
        if edits > self.search.max_edits || self.trail.is_empty() {
            return false;
        }
        if self.search.prefix {
            self.below(node, output, edits, 0, 0);
            return true;
        }
        if let Some(form) = value(node, output) {
            self.out.push(Near { form, edits, beyond: 0 });
        }
        false
    }

    /// Every key below a node.
    fn below(&mut self, node: &Node<'_>, output: u32, edits: u8, beyond: u8, missing: u8) {
        if let Some(form) = value(node, output) {
            self.out.push(Near { form, edits, beyond });
        }
        if usize::from(beyond) > MAX_DEPTH {
            return;
        }
        for i in 0..node.len() {
            if !self.fuel.step() || self.out.len() >= self.search.limit {
                return;
            }
            let arrow = node.transition(i);
            let (_, missing) = join(0, missing, arrow.inp);
            let output = output.wrapping_add(arrow.out.value() as u32);
            self.below(&self.dictionary.node(arrow.addr), output, edits, beyond + u8::from(missing == 0), missing);
        }
    }

    /// Adds the row of one more character; whether any key below can still be near enough.
    fn push(&mut self, c: char) -> bool {
        if self.trail.len() >= MAX_DEPTH {
            return false;
        }
        let at = self.rows.len() - self.width;
        let cell = |rows: &[u8], i: usize| rows.get(i).copied().unwrap_or(u8::MAX);
        let mut best = cell(&self.rows, at).saturating_add(1);
        self.rows.push(best);
        for (j, &own) in self.search.word.iter().enumerate() {
            let above = cell(&self.rows, at + j + 1);
            let across = cell(&self.rows, at + j);
            let left = self.rows.last().copied().unwrap_or(u8::MAX);
            let mut edits = above.min(left).saturating_add(1).min(across.saturating_add(u8::from(own != c)));
            if j > 0
                && self.trail.last() == Some(&own)
                && self.search.word.get(j - 1) == Some(&c)
                && let Some(two_above) = at.checked_sub(self.width)
            {
                edits = edits.min(cell(&self.rows, two_above + j - 1).saturating_add(1));
            }
            best = best.min(edits);
            self.rows.push(edits);
        }
        self.trail.push(c);
        // An exchange may still mend a row that is one too far.
        if best <= self.search.max_edits {
            return true;
        }
        self.pop();
        false
    }

    fn pop(&mut self) {
        self.trail.pop();
        self.rows.truncate(self.rows.len() - self.width);
    }
}

/// Adds a byte of UTF-8 to a character under way.
fn join(partial: u32, missing: u8, byte: u8) -> (u32, u8) {
    match byte {
        _ if missing > 0 => (partial << 6 | u32::from(byte & 0x3f), missing - 1),
        0..=0x7f => (u32::from(byte), 0),
        0xc0..=0xdf => (u32::from(byte & 0x1f), 1),
        0xe0..=0xef => (u32::from(byte & 0x0f), 2),
        0xf0..=0xf7 => (u32::from(byte & 0x07), 3),
        _ => (0xfffd, 0),
    }
}
