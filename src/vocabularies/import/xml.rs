//! What an RDF/XML file must not be: short to write and endless to read.
//!
//! The parser expands the entities that a document declares. A few lines can declare one of many gigabytes, by entities
//! in the values of others, or by a long one that is named often. Real files declare short names for namespaces; so
//! within a document type nothing refers to another, nothing quoted is long, and no piece between two tags is either.

use std::io::{self, Read};

/// Bytes between two tags, at most.
const PIECE: usize = 1 << 20;

/// Bytes of the value of an entity, at most.
const VALUE: usize = 300;

/// The word that begins a document type.
const DOCTYPE: &[u8] = b"<!DOCTYPE";

/// Reads what is harmless to expand; the rest is an error.
pub struct Harmless<R> {
    inner: R,
    /// Bytes since the last `<`.
    piece: usize,
    /// How much of the word that begins a document type was just read.
    word: usize,
    is_in_doctype: bool,
    /// Bytes since the last quotation mark.
    quoted: usize,
    was_angle: bool,
}

impl<R: Read> Harmless<R> {
    /// Guards a reader.
    pub fn new(inner: R) -> Self {
        Self { inner, piece: 0, word: 0, is_in_doctype: false, quoted: 0, was_angle: false }
    }

    fn is_harmful(&mut self, byte: u8) -> bool {
        self.piece = if byte == b'<' { 0 } else { self.piece + 1 };
        let expected = DOCTYPE.get(self.word).copied();
        self.word = match expected {
            Some(expected) if byte.eq_ignore_ascii_case(&expected) => self.word + 1,
            _ => usize::from(byte == b'<'),
        };
        if self.word == DOCTYPE.len() {
            (self.is_in_doctype, self.quoted) = (true, 0);
        }
        if self.is_in_doctype {
            // Declarations begin with <!; an element ends the document type.
            if self.was_angle && (byte.is_ascii_alphabetic() || byte == b'_') {
                self.is_in_doctype = false;
            }
            self.quoted = if matches!(byte, b'"' | b'\'') { 0 } else { self.quoted + 1 };
        }
        self.was_angle = byte == b'<';
        self.piece > PIECE || (self.is_in_doctype && (byte == b'&' || byte == b'%' || self.quoted > VALUE))
    }
}

impl<R: Read> Read for Harmless<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(out)?;
        let harmful = out.iter().take(length).any(|byte| self.is_harmful(*byte));
        match harmful {
            true => Err(io::Error::new(io::ErrorKind::InvalidData, "entities, or text between two tags, too long")),
            false => Ok(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> bool {
        Harmless::new(text.as_bytes()).read_to_end(&mut Vec::new()).is_ok()
    }

    #[test]
    fn names_of_namespaces_pass_and_bombs_do_not() {
        let document =
            |entities: &str| format!("<?xml version=\"1.0\"?>\n<!DOCTYPE r [{entities}]>\n<r a=\"&x;\">R&amp;D</r>");
        assert!(reads(&document("<!ENTITY x \"http://example.com/\">\n")));
        assert!(reads("<r>R&amp;D</r>"));
        assert!(!reads(&document("<!ENTITY a \"b\"><!ENTITY x \"&a;&a;\">")));
        assert!(!reads(&document(&format!("<!ENTITY x \"{}\">", "b".repeat(1000)))));
        assert!(!reads(&format!("<r>{}</r>", "b".repeat(2 << 20))));
    }
}
