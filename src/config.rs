//! What a merchant may set on the tag.
