//! Bytes to text: by their mark, by what a page says of itself, else by what they look like.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The text of a file, and the name of its encoding when it had to be guessed.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<(String, Option<&'static str>)> {
    if let Some(text) = utf32(bytes) {
        return Some((text, None));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, _, damaged) = encoding.decode(bytes.get(mark..)?);
        return (!damaged).then(|| (text.into_owned(), None));
    }
    if let Some(encoding) = utf16(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        return Some((text.into_owned(), Some(encoding.name())));
    }
    // No text holds zeros: a picture, an archive, a spreadsheet of its own format.
    if bytes.contains(&0) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((text.to_owned(), None));
    }
    if let Some(encoding) = told(bytes).filter(|encoding| *encoding != UTF_8) {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        if !damaged {
            return Some((text.into_owned(), None));
        }
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Some((text.into_owned(), Some(encoding.name())))
}

/// UTF-32 by its mark, which starts as that of UTF-16 does.
fn utf32(bytes: &[u8]) -> Option<String> {
    let number = match bytes.get(..4)? {
        [0xff, 0xfe, 0, 0] => u32::from_le_bytes,
        [0, 0, 0xfe, 0xff] => u32::from_be_bytes,
        _ => return None,
    };
    let (letters, rest) = bytes.get(4..)?.as_chunks::<4>();
    rest.is_empty().then(|| letters.iter().map(|four| char::from_u32(number(*four))).collect()).flatten()
}

/// UTF-16 without a mark: of Western text every second byte is zero.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(512) & !1)?;
    let pairs = sample.len() / 2;
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0).count();
    match (zeros(0), zeros(1)) {
        (even, odd) if pairs >= 4 && odd * 10 > pairs * 6 && even * 10 < pairs => Some(UTF_16LE),
        (even, odd) if pairs >= 4 && even * 10 > pairs * 6 && odd * 10 < pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding that a page names in its first kilobyte.
fn told(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(1024))?).to_ascii_lowercase();
    let after = head.split_once("charset=")?.1;
    let name: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    Encoding::for_label(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encodings_that_tables_come_in() {
        let text = "Frage;Antwort\nWo ist die Größe?;„Hier“ – für 10 €\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let western = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        assert_eq!(decode(text.as_bytes()), Some((text.to_owned(), None)));
        assert_eq!(decode(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), Some((text.to_owned(), None)));
        assert_eq!(decode(&utf16), Some((text.to_owned(), Some("UTF-16LE"))));
        assert_eq!(decode(&marked), Some((text.to_owned(), None)));
        assert_eq!(decode(&western), Some((text.to_owned(), Some("windows-1252"))));
        let wide: Vec<u8> =
            [0xff, 0xfe, 0, 0].into_iter().chain(text.chars().flat_map(|c| u32::from(c).to_le_bytes())).collect();
        assert_eq!(decode(&wide), Some((text.to_owned(), None)));
        let romanian =
            "întrebare,răspuns\nCând primesc coletul și știu că e în drum?,În două zile, după ce ați plătit\n";
        let iso = encoding_rs::ISO_8859_2.encode(&romanian.replace('ș', "ş").replace('ț', "ţ")).0.into_owned();
        assert!(decode(&iso).expect("text").0.contains("răspuns"));
        assert_eq!(decode(b"PK\x03\x04\x00\x00\x00\x01\x02\x03\x04"), None);
    }
}
