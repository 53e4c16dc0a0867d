//! The panel module.
