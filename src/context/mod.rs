//! A page and what happened on it in, suggestions with reasons out.
