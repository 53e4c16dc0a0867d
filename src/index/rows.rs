//! Rows of differing lengths, found again without a table of all of them: every few rows a mark is
//! kept, and the rows after it are read through. So an open index is hardly larger than its file,
//! whatever the file says.

/// Rows between two marks: reading through is cheap, and the marks cost a byte or two a row.
pub(super) const STEP: usize = 8;

/// Where rows are found again.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks<M> {
    /// One mark before every [`STEP`] rows.
    pub marks: Vec<M>,
    /// How many rows there are.
    pub len: usize,
}

impl<M: Copy> Marks<M> {
    /// No rows yet.
    pub const fn new() -> Self {
        Self { marks: Vec::new(), len: 0 }
    }

    /// Counts a row; `mark` is what a reader needs to know before it.
    pub fn push(&mut self, mark: M) {
        if self.len.is_multiple_of(STEP) {
            self.marks.push(mark);
        }
        self.len += 1;
    }

    /// The last mark before a row, and how many rows to read through after it.
    pub fn before(&self, row: u32) -> Option<(M, usize)> {
        let row = row as usize;
        if row >= self.len {
            return None;
        }
        Some((*self.marks.get(row / STEP)?, row % STEP))
    }
}
