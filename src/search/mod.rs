//! A query and an index in, ranked hits out.
