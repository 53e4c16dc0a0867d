//! The `.hnx` file.
