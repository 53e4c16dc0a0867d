//! The smallest pieces of the file: numbers and texts, written and read back with every length checked.
//!
//! | piece  | bytes                                                              |
//! | ------ | ------------------------------------------------------------------ |
//! | number | LEB128: 7 bits a byte, low ones first, at most 5 bytes (32 bits)    |
//! | text   | number of bytes as a number, then UTF-8                            |

/// Writes pieces.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Writer(
    /// What was written.
    pub Vec<u8>,
);

impl Writer {
    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// A number.
    pub fn number(&mut self, mut n: u32) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.number(u32::try_from(text.len()).unwrap_or(u32::MAX));
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// A hash of some bytes, to tell a damaged copy from a sound one; no proof against a forger.
///
/// Each step is one-to-one, so a change within eight bytes never goes unseen. A published hash of
/// 64 bits would be a thirtieth of the engine.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    let mut out = bytes.len() as u64;
    for eight in bytes.chunks(8) {
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(eight) {
            *to = *from;
        }
        out = (out ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        out ^= out >> 29;
    }
    out
}

/// A hash as 16 digits.
#[must_use]
pub fn hex(hash: u64) -> String {
    (0..16).rev().map(|at| char::from_digit((hash >> (4 * at)) as u32 & 15, 16).unwrap_or('0')).collect()
}

/// Reads pieces; `None` means damaged bytes.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the first byte.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Bytes left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.bytes.len()
    }

    /// One byte.
    #[inline]
    pub fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(first)
    }

    /// A number.
    #[inline]
    pub fn number(&mut self) -> Option<u32> {
        let first = self.byte()?;
        if first < 0x80 {
            return Some(u32::from(first));
        }
        self.long_number(u32::from(first & 0x7f))
    }

    fn long_number(&mut self, mut n: u32) -> Option<u32> {
        let mut shift = 7;
        loop {
            let byte = self.byte()?;
            if shift == 28 && byte > 0x0f {
                return None;
            }
            n |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(n);
            }
            shift += 7;
        }
    }

    /// A number of things that take at least one byte each, so that a lie cannot ask for memory.
    pub fn count(&mut self) -> Option<usize> {
        let n = self.number()? as usize;
        (n <= self.bytes.len()).then_some(n)
    }

    /// Bytes of a stated length.
    pub fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        if len > self.bytes.len() {
            return None;
        }
        let (head, rest) = self.bytes.split_at(len);
        self.bytes = rest;
        Some(head)
    }

    /// All bytes left.
    #[must_use]
    pub fn rest(self) -> &'a [u8] {
        self.bytes
    }

    /// A text.
    pub fn text(&mut self) -> Option<&'a str> {
        let len = self.number()? as usize;
        core::str::from_utf8(self.take(len)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for n in [0, 1, 127, 128, 300, 16_383, 16_384, u32::MAX] {
            let mut writer = Writer::default();
            writer.number(n);
            assert_eq!(Reader::new(&writer.0).number(), Some(n));
        }
        assert_eq!(Reader::new(&[0xff; 5]).number(), None);
        assert_eq!(Reader::new(&[0x80]).number(), None);
    }

    #[test]
    fn lengths_are_not_believed() {
        assert_eq!(Reader::new(&[200, 1, b'a']).text(), None);
        assert_eq!(Reader::new(&[9, 1]).count(), None);
        assert_eq!(Reader::new(&[1, 0xff]).text(), None);
    }
}
