//! What a file really is: told by its content, whatever its name says; images are drawn anew, so
//! that nothing but their pixels is left (no place, no camera, no hidden part).

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader};

use super::refuse::Refuse;
use crate::chat::masking::mask_cards;

/// Quality of JPEG drawn anew, 1 to 100; at 85 nobody sees that it was.
const JPEG_QUALITY: u8 = 85;

/// Most characters of a name.
const MAX_NAME_CHARS: usize = 100;

/// Bytes at the start and the end of a PDF within which its marks must stand, as readers have it.
const PDF_MARGIN_BYTES: usize = 1024;

/// A file that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its name, without folders.
    pub name: String,
    /// Its type.
    pub kind: &'static str,
    /// Width and height of an image; 0 for anything else.
    pub size: (u32, u32),
    /// Its bytes.
    pub body: Vec<u8>,
}

/// Looks at a file; what is kept may differ from what came.
///
/// # Errors
/// [`Refuse::Unsupported`].
pub fn check(name: &str, body: Vec<u8>, most_pixels: usize) -> Result<Checked, Refuse> {
    if is_pdf(&body) {
        return Ok(Checked { name: tidy(name, "pdf"), kind: "application/pdf", size: (0, 0), body });
    }
    let (image, format) = decode(&body, most_pixels)?;
    let size = (image.width(), image.height());
    let (kind, ending, body) = encode(&image, format)?;
    Ok(Checked { name: tidy(name, ending), kind, size, body })
}

fn is_pdf(body: &[u8]) -> bool {
    let holds = |part: &[u8], mark: &[u8]| part.windows(mark.len()).any(|window| window == mark);
    let start = body.get(..PDF_MARGIN_BYTES).unwrap_or(body);
    let end = body.get(body.len().saturating_sub(PDF_MARGIN_BYTES)..).unwrap_or(body);
    holds(start, b"%PDF-") && holds(end, b"%%EOF")
}

fn decode(body: &[u8], most_pixels: usize) -> Result<(DynamicImage, ImageFormat), Refuse> {
    const KINDS: Refuse = Refuse::Unsupported("only JPEG, PNG and WebP images and PDF are taken");
    const BROKEN: Refuse = Refuse::Unsupported("the image is damaged or too large: send a smaller one");
    let reader = ImageReader::new(Cursor::new(body)).with_guessed_format().map_err(|_| KINDS)?;
    let format = reader.format().ok_or(KINDS)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(KINDS);
    }
    let mut decoder = reader.into_decoder().map_err(|_| BROKEN)?;
    let (width, height) = decoder.dimensions();
    // The size is looked at before any memory is taken for it.
    if u64::from(width) * u64::from(height) > u64::try_from(most_pixels).unwrap_or(u64::MAX) {
        return Err(BROKEN);
    }
    // How the camera was held is told beside the pixels, so it goes into them now.
    let orientation = decoder.orientation().map_err(|_| BROKEN)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| BROKEN)?;
    image.apply_orientation(orientation);
    Ok((image, format))
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Result<(&'static str, &'static str, Vec<u8>), Refuse> {
    const FAILED: Refuse = Refuse::Unsupported("the image cannot be kept: send it as JPEG");
    let mut out = Vec::new();
    // A photograph stays small as JPEG only; what may be transparent must be PNG.
    if format == ImageFormat::Jpeg || format == ImageFormat::WebP && !image.color().has_alpha() {
        let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
        image.to_rgb8().write_with_encoder(encoder).map_err(|_| FAILED)?;
        return Ok(("image/jpeg", "jpg", out));
    }
    image.write_to(&mut Cursor::new(&mut out), ImageFormat::Png).map_err(|_| FAILED)?;
    Ok(("image/png", "png", out))
}

/// A name without folders, control characters and card numbers, with the ending of what it is.
fn tidy(name: &str, ending: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    // Characters that turn the direction of writing make one ending look like another.
    let is_plain = |c: &char| {
        !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let stem: String = stem.chars().filter(is_plain).take(MAX_NAME_CHARS).collect();
    let stem = mask_cards(stem.trim().trim_start_matches('.')).into_owned();
    format!("{}.{ending}", if stem.is_empty() { "file" } else { &stem })
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, ImageEncoder as _, RgbImage, RgbaImage};

    use super::*;

    const PIXELS: usize = 1_000_000;

    /// A JPEG of 8 x 4 pixels that says where it was taken, and that the camera was turned.
    fn photograph() -> Vec<u8> {
        let mut plain = Vec::new();
        let picture = RgbImage::from_fn(8, 4, |x, _| image::Rgb([if x < 4 { 250 } else { 5 }, 0, 0]));
        let encoder = JpegEncoder::new_with_quality(&mut plain, 95);
        encoder.write_image(&picture, 8, 4, ExtendedColorType::Rgb8).unwrap();
        // Exif: one entry, orientation 6 (turned right), and a maker's note in plain letters.
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
        exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
        exif.extend(b"\x01\x0e\0\x02\0\0\0\x10\0\0\0\x26\0\0\0\0");
        exif.extend(b"HOME IS 52.1 5.1");
        let mut out = plain[..2].to_vec();
        out.extend([0xff, 0xe1]);
        out.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        out.extend(exif);
        out.extend(&plain[2..]);
        out
    }

    #[test]
    fn where_a_photograph_was_taken_is_dropped_and_how_it_was_held_is_kept() {
        let before = photograph();
        assert!(before.windows(7).any(|part| part == b"HOME IS"));
        let checked = check("C:\\me\\IMG 1.JPEG", before, PIXELS).unwrap();
        assert_eq!((checked.name.as_str(), checked.kind, checked.size), ("IMG 1.jpg", "image/jpeg", (4, 8)));
        assert!(!checked.body.windows(7).any(|part| part == b"HOME IS" || part.starts_with(b"Exif")));
        let drawn = image::load_from_memory(&checked.body).unwrap().to_rgb8();
        assert!(drawn.get_pixel(1, 1).0[0] > 200 && drawn.get_pixel(1, 6).0[0] < 60, "turned as it was seen");
    }

    #[test]
    fn what_is_hidden_behind_an_image_is_dropped() {
        let mut png = Vec::new();
        RgbaImage::new(3, 2).write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        png.extend(b"<script>alert(1)</script>");
        let checked = check("../../x.png", png, PIXELS).unwrap();
        assert_eq!((checked.name.as_str(), checked.kind), ("x.png", "image/png"));
        assert!(!checked.body.windows(7).any(|part| part == b"<script"));
    }

    #[test]
    fn a_name_is_no_proof() {
        for (name, body) in [
            ("page.png", &b"<!doctype html><script>alert(1)</script>"[..]),
            ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
            ("empty.jpg", b""),
            ("moving.gif", b"GIF89a\x01\0\x01\0\0\0\0;"),
            ("cut.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            ("half.pdf", b"%PDF-1.7 and no end"),
            ("program.pdf", b"MZ\x90\0"),
        ] {
            assert!(matches!(check(name, body.to_vec(), PIXELS), Err(Refuse::Unsupported(_))), "{name}");
        }
        let checked = check("bill 4111111111111111\u{202e}gpj.exe", b"%PDF-1.7\n%%EOF\n".to_vec(), PIXELS).unwrap();
        assert_eq!(checked.kind, "application/pdf");
        assert!(checked.name.ends_with("gpj.pdf") && !checked.name.contains("4111111111111111"), "{}", checked.name);
    }

    #[test]
    fn an_image_that_unpacks_to_too_much_is_refused_before_it_does() {
        let mut png = Vec::new();
        image::GrayImage::new(2000, 2000).write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        assert!(png.len() < 100_000);
        assert!(matches!(check("bomb.png", png, PIXELS), Err(Refuse::Unsupported(_))));
    }
}
