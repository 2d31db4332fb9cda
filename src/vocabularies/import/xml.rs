//! What an RDF/XML file must not be: short to write and endless to read, or broken off.
//!
//! The parser expands the entities that a document declares. A few lines can declare one of many gigabytes, by entities
//! in the values of others, or by a long one that is named often. Real files declare short names for namespaces; so
//! within a document type nothing refers to another, nothing quoted is long, and no piece between two tags is either.
//! Nor does the parser mind that the outermost element never ends; but what is missing would be taken for gone.

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
    /// The name that is just being read, and whether of an element's end.
    name: Option<(bool, Vec<u8>)>,
    /// The name of the outermost element.
    root: Option<Vec<u8>>,
    /// The name of the element that ended last, if none has begun since.
    ended: Option<Vec<u8>>,
}

/// Bytes of a name that are looked at.
const NAME: usize = 200;

impl<R: Read> Harmless<R> {
    /// Guards a reader.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            piece: 0,
            word: 0,
            is_in_doctype: false,
            quoted: 0,
            was_angle: false,
            name: None,
            root: None,
            ended: None,
        }
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
        self.follow(byte);
        self.was_angle = byte == b'<';
        self.piece > PIECE || (self.is_in_doctype && (byte == b'&' || byte == b'%' || self.quoted > VALUE))
    }
}

impl<R> Harmless<R> {
    /// Follows the names of elements.
    fn follow(&mut self, byte: u8) {
        if self.was_angle {
            self.name = match byte {
                b'/' => Some((true, Vec::new())),
                b'!' | b'?' => None,
                _ => Some((false, vec![byte])),
            };
            return;
        }
        match &mut self.name {
            Some((_, name)) if !byte.is_ascii_whitespace() && byte != b'>' && byte != b'/' => {
                if name.len() < NAME {
                    name.push(byte);
                }
            }
            _ => match self.name.take() {
                Some((true, name)) => self.ended = Some(name),
                Some((false, name)) => {
                    self.ended = None;
                    self.root.get_or_insert(name);
                }
                None => {}
            },
        }
    }
}

impl<R: Read> Read for Harmless<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(out)?;
        if length == 0 && !out.is_empty() && self.root.is_some() && self.ended != self.root {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the outermost element does not end"));
        }
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
        assert!(reads("<a:r x='1'>\n<b/><!-- c --></a:r >\n<!-- d -->"));
        assert!(!reads("<r><b></b>") && !reads("<r><b></b></") && !reads("<r>"));
        assert!(!reads(&document("<!ENTITY a \"b\"><!ENTITY x \"&a;&a;\">")));
        assert!(!reads(&document(&format!("<!ENTITY x \"{}\">", "b".repeat(1000)))));
        assert!(!reads(&format!("<r>{}</r>", "b".repeat(2 << 20))));
    }
}
