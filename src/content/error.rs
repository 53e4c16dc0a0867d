//! What is wrong in an author's file, where, and what to do.

use core::fmt;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something was left out or guessed; the article is still right.
    Warning,
    /// The article cannot be published like this.
    Error,
}

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as it was named to us.
    pub file: String,
    /// Line in it, from 1; 0 when the whole file is meant.
    pub line: u32,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub cure: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {kind}: {}: {}", self.message, self.cure)
    }
}

/// Where something stands in its file that may turn out to be wrong once all files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What it is, and its value.
    pub what: (What, String),
    /// Line of the file, from 1.
    pub line: u32,
    /// Column in characters, from 1; 0 when unknown.
    pub column: u32,
}

/// What may turn out to be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A link, by its address.
    Link,
    /// A picture or film, by its address.
    Picture,
    /// A fact of the page, by its name.
    Variable,
    /// A field of the front matter.
    Field,
}

/// Problems of one file, as its reader finds them.
#[derive(Debug)]
pub struct Problems<'a> {
    file: &'a str,
    out: &'a mut Vec<Problem>,
    marks: Vec<Mark>,
}

impl<'a> Problems<'a> {
    /// Collects problems of a file.
    pub fn new(file: &'a str, out: &'a mut Vec<Problem>) -> Self {
        Self { file, out, marks: Vec::new() }
    }

    /// Notes where something stands.
    pub(super) fn mark(&mut self, what: What, value: &str, line: usize) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        self.marks.push(Mark { what: (what, value.to_owned()), line, column: 0 });
    }

    /// All that was noted.
    pub(super) fn take_marks(&mut self) -> Vec<Mark> {
        std::mem::take(&mut self.marks)
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &str {
        self.file
    }

    /// Notes what keeps the article from being published.
    pub fn error(&mut self, line: usize, message: impl Into<String>, cure: impl Into<String>) {
        self.push(Severity::Error, line, message.into(), cure.into());
    }

    /// Notes what was left out or guessed.
    pub fn warning(&mut self, line: usize, message: impl Into<String>, cure: impl Into<String>) {
        self.push(Severity::Warning, line, message.into(), cure.into());
    }

    fn push(&mut self, severity: Severity, line: usize, message: String, cure: String) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        self.out.push(Problem { file: self.file.to_owned(), line, severity, message, cure });
    }
}
