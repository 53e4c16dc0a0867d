//! The analyzer: text in, terms out; used by build and by query.
