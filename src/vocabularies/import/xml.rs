//! What an RDF/XML file must not be: short to write and endless to read, or broken off.
//!
//! The parser expands the entities that a document declares. A few lines can declare one of many gigabytes, by entities
//! in the values of others, or by a long one that is named often. Real files declare short names for namespaces; so
//! within a document type nothing refers to another, nothing quoted is long, and no piece between two tags is either.
//! It also keeps a place for each element that is open, writes the address of a namespace anew for each name that uses
//! it, and holds what is in a literal of XML (rdf:parseType) whole. Nor does it mind that the outermost element never
//! ends; but what is missing would be taken for gone.
//!
//! Where markup begins and ends is what the parser takes for it, to the byte: comments, CDATA and quoted values hold none.

use std::io::{self, Read};

/// Bytes between two tags, or in a literal of XML, at most.
const PIECE: usize = 1 << 20;

/// Bytes of the value of an entity, at most.
const VALUE: usize = 300;

/// Bytes of the address of a namespace, at most, with its entities.
const NAMESPACE: usize = 2000;

/// Elements that are open at once, at most.
const DEPTH: usize = 100;

const BROKEN: &str = "the outermost element does not end";
const ENTITIES: &str = "an entity that refers to another, or is too long";
const LONG: &str = "too long between two tags, or in a literal of XML";
const DEEP: &str = "elements within elements, too deep";
const FAR: &str = "the address of a namespace is too long";
const ODD: &str = "markup that is none";

/// Where in a file a byte stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Between markup.
    Text,
    /// Behind `<`.
    Angle,
    /// Behind `<!`.
    Bang,
    /// In a tag; in a quoted value of it.
    Tag(Option<u8>),
    Comment,
    Cdata,
    Instruction,
    /// In a document type, so many `<` deep.
    Doctype(usize),
}

/// Reads what is harmless to expand; the rest is an error.
pub struct Harmless<R> {
    inner: R,
    place: Place,
    /// Bytes since the last tag began.
    piece: usize,
    /// Bytes since the last `<` that began markup.
    markup: usize,
    /// The two bytes before.
    last: [u8; 2],
    /// Bytes since the last quotation mark of a document type.
    quoted: usize,
    /// The tag that is being read.
    tag: Vec<u8>,
    /// Elements that are open.
    depth: usize,
    /// How deep the element is that may be a literal of XML, and its bytes so far.
    literal: Option<(usize, usize)>,
}

impl<R: Read> Harmless<R> {
    /// Guards a reader.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            place: Place::Text,
            piece: 0,
            markup: 0,
            last: [0; 2],
            quoted: 0,
            tag: Vec::new(),
            depth: 0,
            literal: None,
        }
    }
}

impl<R> Harmless<R> {
    fn follow(&mut self, byte: u8) -> Result<(), &'static str> {
        self.piece += 1;
        self.markup += 1;
        if let Some((_, length)) = &mut self.literal {
            *length += 1;
        }
        if self.piece > PIECE || self.literal.is_some_and(|(_, length)| length > PIECE) {
            return Err(LONG);
        }
        let [before, last] = self.last;
        self.last = [last, byte];
        let is_end = byte == b'>';
        self.place = match self.place {
            Place::Text if byte == b'<' => {
                self.markup = 0;
                Place::Angle
            }
            Place::Angle => match byte {
                b'!' => Place::Bang,
                b'?' => Place::Instruction,
                _ => {
                    self.piece = 0;
                    self.tag.clear();
                    self.tag.push(byte);
                    if is_end { return Err(ODD) } else { Place::Tag(None) }
                }
            },
            Place::Bang => match byte {
                b'[' => Place::Cdata,
                b'-' => Place::Comment,
                b'D' | b'd' => {
                    self.quoted = 0;
                    Place::Doctype(0)
                }
                _ => return Err(ODD),
            },
            // The shortest is <!---->.
            Place::Comment if is_end && self.markup > 5 && [before, last] == *b"--" => Place::Text,
            Place::Cdata if is_end && [before, last] == *b"]]" => Place::Text,
            Place::Instruction if is_end && self.markup == 2 => return Err(ODD),
            Place::Instruction if is_end && last == b'?' => Place::Text,
            Place::Doctype(depth) => {
                self.quoted = if matches!(byte, b'"' | b'\'') { 0 } else { self.quoted + 1 };
                match byte {
                    b'&' | b'%' => return Err(ENTITIES),
                    _ if self.quoted > VALUE => return Err(ENTITIES),
                    b'<' => Place::Doctype(depth + 1),
                    b'>' if depth == 0 => Place::Text,
                    b'>' => Place::Doctype(depth - 1),
                    _ => self.place,
                }
            }
            Place::Tag(None) if is_end => {
                self.take()?;
                Place::Text
            }
            Place::Tag(mark) => {
                self.tag.push(byte);
                match mark {
                    Some(mark) if byte == mark => Place::Tag(None),
                    None if matches!(byte, b'"' | b'\'') => Place::Tag(Some(byte)),
                    mark => Place::Tag(mark),
                }
            }
            place => place,
        };
        Ok(())
    }

    /// Takes a tag that has come to its end.
    fn take(&mut self) -> Result<(), &'static str> {
        if self.tag.starts_with(b"/") {
            self.depth = self.depth.saturating_sub(1);
            self.literal = self.literal.filter(|(depth, _)| *depth <= self.depth);
            return Ok(());
        }
        let has = |word: &[u8]| self.tag.windows(word.len()).filter(|part| *part == word).count();
        if has(b"xmlns") + has(b"xml:base") > 0 && values(&self.tag).any(|length| length > NAMESPACE) {
            return Err(FAR);
        }
        if self.tag.ends_with(b"/") {
            return Ok(());
        }
        self.depth += 1;
        // Whatever is of a type that it cannot be told to be another.
        let others: [&[u8]; 4] = [
            b"parseType=\"Resource\"",
            b"parseType='Resource'",
            b"parseType=\"Collection\"",
            b"parseType='Collection'",
        ];
        let parse_types = has(b"parseType");
        let is_other = parse_types == 1 && others.iter().any(|other| has(other) == 1);
        if self.literal.is_none() && parse_types > 0 && !is_other {
            self.literal = Some((self.depth, 0));
        }
        if self.depth > DEPTH { Err(DEEP) } else { Ok(()) }
    }
}

/// The lengths of the quoted values of a tag, as they may become with their entities.
fn values(tag: &[u8]) -> impl Iterator<Item = usize> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let start = rest.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
        let (mark, value) = rest.get(start..)?.split_first()?;
        let end = value.iter().position(|byte| byte == mark).unwrap_or(value.len());
        rest = value.get(end + 1..).unwrap_or_default();
        Some(value.iter().take(end).map(|byte| if *byte == b'&' { VALUE } else { 1 }).sum())
    })
}

impl<R: Read> Read for Harmless<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let refuse = |why| io::Error::new(io::ErrorKind::InvalidData, why);
        let length = self.inner.read(out)?;
        if length == 0 && !out.is_empty() && (self.depth > 0 || self.place != Place::Text) {
            return Err(refuse(BROKEN));
        }
        out.iter().take(length).try_for_each(|byte| self.follow(*byte)).map_err(refuse)?;
        Ok(length)
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
        assert!(!reads(&document("<!ENTITY a \"<b\"><!ENTITY x \"&a;&a;\">")));
        assert!(!reads(&document(&format!("<!ENTITY x \"{}\">", "b".repeat(1000)))));
        assert!(!reads(&format!("<r>{}</r>", "b".repeat(2 << 20))));
    }

    #[test]
    fn comments_and_values_are_no_markup() {
        assert!(reads("<r><!-- </r> <b> <!DOCTYPE & --><![CDATA[ </r><b> ]]><c d='</r><b>' e=\"'>\"/></r>"));
        assert!(!reads("<r><!-- </r> -->") && !reads("<r><![CDATA[ </r> ]]>") && !reads("<r a='</r>'>"));
        assert!(reads("<r><!----></r>") && !reads("<r><!--></r>") && !reads("<r><?></r>"));
    }

    #[test]
    fn depth_literals_and_namespaces_have_limits() {
        let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(reads(&nested(100)) && !reads(&nested(101)) && reads(&format!("<r>{}</r>", "<a/>".repeat(1000))));
        let typed = |kind: &str| format!("<r><a {kind}>{}</a><b/></r>", "<i>x</i>".repeat(200_000));
        assert!(reads(&typed("")) && reads(&typed("rdf:parseType=\"Collection\"")));
        assert!(!reads(&typed("rdf:parseType=\"Literal\"")) && !reads(&typed("p:parseType = 'x'")));
        let namespace = |address: &str| format!("<r xmlns:a='{address}'/>");
        assert!(reads(&namespace("&a;b#")) && !reads(&namespace(&"&a;".repeat(10))));
        assert!(!reads(&namespace(&"a".repeat(2001))));
    }
}
