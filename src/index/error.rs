//! Why an index file cannot be used.

use core::fmt;

/// Why an index file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexError {
    /// The bytes are something else, often an error page.
    NotAnIndex,
    /// Built by another release; rebuilding it is the only cure.
    Version {
        /// What this build reads.
        expected: u16,
        /// What the file says.
        got: u16,
    },
    /// The file ends too early.
    Truncated {
        /// Length in bytes that the header states.
        expected: u64,
        /// Length in bytes that is there.
        got: u64,
    },
    /// The bytes are not those that were written.
    Hash,
    /// The hash is right but the content contradicts itself.
    Damaged {
        /// The part that does.
        what: &'static str,
    },
}

impl IndexError {
    /// Its number for the page, where texts would cost bytes.
    #[must_use]
    pub fn code(&self) -> u32 {
        match self {
            Self::NotAnIndex => 1,
            Self::Version { .. } => 2,
            Self::Truncated { .. } => 3,
            Self::Hash => 4,
            Self::Damaged { .. } => 5,
        }
    }
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnIndex => f.write_str("not a help index: check the address, and that it is not an error page"),
            Self::Version { expected, got } => {
                write!(f, "index is version {got}, this release reads {expected}: run `build` again")
            }
            Self::Truncated { expected, got } => {
                write!(f, "index is cut off: expected {expected} bytes, got {got}; copy it again")
            }
            Self::Hash => f.write_str("index was changed after it was built: copy it again"),
            Self::Damaged { what } => write!(f, "index is damaged ({what}): run `build` again"),
        }
    }
}

impl core::error::Error for IndexError {}
