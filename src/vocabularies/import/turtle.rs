//! What a Turtle file must not be: short to write and endless to hold.
//!
//! The parser keeps a place for each bracket that is open, and writes the address of a prefix anew for each name that
//! uses it. No real file goes deep, nor are its addresses long. It is read here as the parser reads it, as far as there
//! is no error; after one, little more of it is handed out (see [`super::reader::Lines`]).

use std::io::{self, Read};

use crate::http::validation::URI;

/// Brackets that are open at once, at most.
const DEPTH: usize = 100;

/// Where in a file a byte stands.
#[derive(Clone, Copy)]
enum Place {
    /// Between literals and addresses.
    Open,
    /// In a comment.
    Comment,
    /// In an address, so many bytes of it.
    Iri(usize),
    /// Behind one quotation mark, or two: the literal may be a long one, or empty.
    Quote(u8),
    Quotes(u8),
    /// In a literal.
    Short(u8),
    /// In a long one, behind so many quotation marks.
    Long(u8, u8),
}

/// Reads what is harmless to parse; the rest is an error.
pub struct Shallow<R> {
    inner: R,
    place: Place,
    is_escaped: bool,
    depth: usize,
}

impl<R: Read> Shallow<R> {
    /// Guards a reader.
    pub fn new(inner: R) -> Self {
        Self { inner, place: Place::Open, is_escaped: false, depth: 0 }
    }
}

impl<R> Shallow<R> {
    fn is_harmful(&mut self, byte: u8) -> bool {
        if std::mem::take(&mut self.is_escaped) {
            return false;
        }
        self.is_escaped = byte == b'\\' && !matches!(self.place, Place::Comment | Place::Iri(_));
        self.place = match (self.place, byte) {
            (Place::Quote(mark), _) if byte == mark => Place::Quotes(mark),
            (Place::Quote(mark), _) => Place::Short(mark),
            (Place::Quotes(mark), _) if byte == mark => Place::Long(mark, 0),
            (Place::Short(mark), _) if byte == mark => Place::Open,
            (Place::Long(mark, 2), _) if byte == mark => Place::Open,
            (Place::Long(mark, marks), _) if byte == mark => Place::Long(mark, marks + 1),
            (Place::Long(mark, _), _) => Place::Long(mark, 0),
            (Place::Comment, b'\r' | b'\n') | (Place::Iri(_), b'>') => Place::Open,
            (Place::Iri(length), _) => Place::Iri(length + 1),
            (Place::Open | Place::Quotes(_), b'#') => Place::Comment,
            (Place::Open | Place::Quotes(_), b'<') => Place::Iri(0),
            (Place::Open | Place::Quotes(_), b'"' | b'\'') => Place::Quote(byte),
            (Place::Open | Place::Quotes(_), _) => {
                match byte {
                    b'[' | b'(' => self.depth += 1,
                    b']' | b')' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                Place::Open
            }
            (place, _) => place,
        };
        self.depth > DEPTH || matches!(self.place, Place::Iri(length) if length > URI)
    }
}

impl<R: Read> Read for Shallow<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(out)?;
        match out.iter().take(length).any(|byte| self.is_harmful(*byte)) {
            true => Err(io::Error::new(io::ErrorKind::InvalidData, "brackets too deep, or an address too long")),
            false => Ok(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> bool {
        Shallow::new(text.as_bytes()).read_to_end(&mut Vec::new()).is_ok()
    }

    #[test]
    fn what_is_deep_or_long_is_refused_where_it_counts() {
        let deep = "[".repeat(101);
        assert!(reads(&"[]()".repeat(1000)) && reads(&"[".repeat(100)));
        assert!(!reads(&deep) && !reads(&"(".repeat(101)));
        for before in
            ["\"\"", "''", "\"\"\"a\"b\"\"\"", "\"\\\"\"", "'\\\\'", "# x \"\n", "# '\r", "<a#b>", "a:\\'b", "'\"'"]
        {
            assert!(!reads(&format!("{before} {deep}")), "{before}");
        }
        for (before, after) in [("\"", "\""), ("'''\n'", "'''"), ("#", "\n"), ("<", ">"), ("\"\"\"\\\"\"\"", "\"\"\"")]
        {
            assert!(reads(&format!("{before}{deep}{after} []")), "{before}");
            assert!(!reads(&format!("{before}{deep}{after} {deep}")), "{before}");
        }
        assert!(reads(&format!("<{}>", "a".repeat(2000))) && !reads(&format!("<{}>", "a".repeat(2001))));
    }
}
