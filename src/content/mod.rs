//! Files in, checked articles out.
