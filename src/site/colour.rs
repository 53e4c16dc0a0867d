//! The shop's colour, made readable on light and on dark paper.

/// Colour when the shop names none.
const OURS: [u8; 3] = [0x1d, 0x6b, 0x57];

/// Papers of the light and of the dark page.
const LIGHT: [u8; 3] = [0xff, 0xff, 0xff];
const DARK: [u8; 3] = [0x14, 0x16, 0x18];

/// Least contrast of text, as WCAG 2 asks for at level AA, and a little for rounding.
const CONTRAST: f64 = 4.6;

/// What a page is coloured with.
pub(super) struct Colours {
    /// The shop's colour, as it is.
    pub accent: String,
    /// Text on it.
    pub on_accent: &'static str,
    /// Links on light paper.
    pub link: String,
    /// Links on dark paper.
    pub link_dark: String,
}

/// Colours for an accent `#rrggbb`; for anything else ours.
pub(super) fn colours(accent: &str) -> Colours {
    let accent = parse(accent).unwrap_or(OURS);
    let on_accent = if contrast(accent, [0xff; 3]) >= contrast(accent, [0x11; 3]) { "#fff" } else { "#111" };
    Colours {
        accent: hex(accent),
        on_accent,
        link: hex(readable(accent, LIGHT, 0.0)),
        link_dark: hex(readable(accent, DARK, 255.0)),
    }
}

/// The colour moved towards black or white, as little as makes it readable on the paper.
fn readable(colour: [u8; 3], paper: [u8; 3], towards: f64) -> [u8; 3] {
    let mixed = |share: f64| colour.map(|part| (f64::from(part) * (1.0 - share) + towards * share).round() as u8);
    (0..=20)
        .map(|step| mixed(f64::from(step) / 20.0))
        .find(|one| contrast(*one, paper) >= CONTRAST)
        .unwrap_or(mixed(1.0))
}

fn parse(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

fn hex(colour: [u8; 3]) -> String {
    let [red, green, blue] = colour;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(colour: [u8; 3]) -> f64 {
    let linear = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part > 0.040_45 { ((part + 0.055) / 1.055).powf(2.4) } else { part / 12.92 }
    });
    let [red, green, blue] = linear;
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_colour_becomes_readable() {
        for accent in ["#ffff00", "#000000", "#ffffff", "#1d6b57", "#ff0066", "nonsense"] {
            let colours = colours(accent);
            assert!(contrast(parse(&colours.link).unwrap(), LIGHT) >= 4.5, "{accent} on light: {}", colours.link);
            assert!(
                contrast(parse(&colours.link_dark).unwrap(), DARK) >= 4.5,
                "{accent} on dark: {}",
                colours.link_dark
            );
            let on = if colours.on_accent == "#fff" { [0xff; 3] } else { [0x11; 3] };
            assert!(contrast(parse(&colours.accent).unwrap(), on) >= 4.5, "on {accent}");
        }
    }
}
