//! What the engine module exports.
