//! Our own drawings: 24 by 24, drawn with a line, one path each; for the panel and for pages.

/// What stands for a name without a drawing.
const OTHER: &str = "M6 3.5h12v17l-6-4-6 4z";

/// Drawings by name; collections name theirs in the content.
const PATHS: &[(&str, &str)] = &[
    ("close", "M6 6l12 12M18 6L6 18"),
    ("back", "M15 5l-7 7 7 7"),
    ("next", "M9 5l7 7-7 7"),
    ("search", "M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM15.5 15.5L20 20"),
    ("send", "M12 19V5M6 11l6-6 6 6"),
    (
        "why",
        "M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM9.8 9.6a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2.9-1.2 1.9M12 16.4v.1",
    ),
    ("yes", "M7 11v8H4.5v-8zM7 11l4-7c1.4 0 2.3 1 2 2.4L12.5 10H18c1.1 0 1.9 1 1.7 2.1l-1 5.2c-.2 1-1 1.7-2 1.7H7"),
    ("no", "M17 13V5h2.5v8zM17 13l-4 7c-1.4 0-2.3-1-2-2.4l.5-3.6H6c-1.1 0-1.9-1-1.7-2.1l1-5.2c.2-1 1-1.7 2-1.7H17"),
    ("check", "M5 12.5l4.5 4.5L19 7.5"),
    ("mail", "M4 6.5h16v11H4zM4.5 7l7.5 6 7.5-6"),
    ("out", "M10 6H6v12h12v-4M13.5 5H19v5.5M18.5 5.5L11 13"),
    (
        "offline",
        "M4 4l16 16M8.5 15.5a5 5 0 0 1 5.5-1M5.5 12.3a9.5 9.5 0 0 1 4-2.4M13.5 9.5c1.8.4 3.5 1.4 4.9 2.8M12 19v.1",
    ),
    ("none", "M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM15.5 15.5L20 20M8.3 8.3l4.4 4.4M12.7 8.3l-4.4 4.4"),
    (
        "truck",
        "M3 6.5h11v10H3zM14 10h3.5l3 3v3.5H14M7.3 15.7a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6zM17 15.7a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6z",
    ),
    ("box", "M12 3.5l8 4v9l-8 4-8-4v-9zM4 7.5l8 4 8-4M12 11.5v9M8 5.5l8 4"),
    ("return", "M8.5 5L4.5 9l4 4M4.5 9H14a5 5 0 0 1 0 10H9"),
    ("card", "M3.5 6h17v12h-17zM3.5 10h17M7 14.5h3.5"),
    ("tag", "M4 4h7.5l8.5 8.5-7.5 7.5L4 11.5zM8 8v.1"),
    ("person", "M12 4a4 4 0 1 1 0 8a4 4 0 0 1 0-8zM4.5 20c.8-3.7 3.7-5.5 7.5-5.5s6.7 1.8 7.5 5.5"),
    ("chat", "M4 5h16v11h-8.5L7 20v-4H4zM8.5 10.5v.1M12 10.5v.1M15.5 10.5v.1"),
];

/// The path of a drawing, or of what stands for a name without one.
#[must_use]
pub fn path(name: &str) -> &'static str {
    PATHS.iter().find(|(known, _)| *known == name).map_or(OTHER, |(_, path)| path)
}

/// Whether it is mirrored where text runs from right to left.
#[must_use]
pub fn turns(name: &str) -> bool {
    matches!(name, "back" | "next" | "return" | "out")
}
