//! Files as parsers read them: line by line, so that what is found can be told with its line, and from the network as
//! they come.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use actix_web::web::Bytes;
use tokio::sync::mpsc::Receiver;

/// Hands out no more than a line a read, and counts them.
pub struct Lines<R> {
    inner: BufReader<R>,
    line: Rc<Cell<u64>>,
    is_at_start: bool,
}

impl<R: Read> Lines<R> {
    /// The lines of a reader, and the number of the one that was handed out last, from 1.
    pub fn of(reader: R) -> (Self, Rc<Cell<u64>>) {
        let line = Rc::new(Cell::new(0));
        (Self { inner: BufReader::with_capacity(1 << 16, reader), line: line.clone(), is_at_start: true }, line)
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.inner.fill_buf()?;
        let end = ready.iter().position(|byte| *byte == b'\n').map_or(ready.len(), |at| at + 1);
        let length = end.min(out.len());
        let (Some(from), Some(to)) = (ready.get(..length), out.get_mut(..length)) else { return Ok(0) };
        to.copy_from_slice(from);
        if self.is_at_start && length > 0 {
            self.line.set(self.line.get() + 1);
        }
        if length > 0 {
            self.is_at_start = from.ends_with(b"\n");
        }
        self.inner.consume(length);
        Ok(length)
    }
}

/// A piece of a body.
pub enum Piece {
    /// Some of it.
    Some(Bytes),
    /// It has come to its end. Without this, it broke off.
    End,
}

/// A body that comes in on another thread. Little of it waits here: who sends waits until there is room.
pub struct Pieces {
    receiver: Receiver<Piece>,
    piece: Bytes,
    is_over: bool,
}

impl Pieces {
    /// Reads what is received.
    pub fn new(receiver: Receiver<Piece>) -> Self {
        Self { receiver, piece: Bytes::new(), is_over: false }
    }
}

impl Read for Pieces {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.is_over {
            match self.receiver.blocking_recv() {
                Some(Piece::Some(piece)) => self.piece = piece,
                Some(Piece::End) => self.is_over = true,
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let length = self.piece.len().min(out.len());
        let from = self.piece.split_to(length);
        if let Some(to) = out.get_mut(..length) {
            to.copy_from_slice(&from);
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_they_are_handed_out() {
        let (mut lines, line) = Lines::of("one\n\nthree".as_bytes());
        let mut seen = Vec::new();
        let mut out = [0; 4];
        loop {
            let length = lines.read(&mut out).unwrap();
            if length == 0 {
                break;
            }
            seen.push((line.get(), String::from_utf8_lossy(&out[..length]).into_owned()));
        }
        let expected = [(1, "one\n"), (2, "\n"), (3, "thre"), (3, "e")];
        assert_eq!(seen, expected.map(|(line, text)| (line, text.to_owned())));
    }
}
