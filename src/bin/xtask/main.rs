//! `cargo xtask`: what only developers of Helpnook run.

fn main() {}
