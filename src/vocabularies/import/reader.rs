//! Files as parsers read them: line by line, so that what is found can be told with its line, and from the network as
//! they come.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use actix_web::web::Bytes;
use tokio::sync::mpsc::Receiver;

/// Bytes of a file that has a fault already that are read on, in search of more.
const AFTER_FAULT: u64 = 1 << 20;

/// Bytes that are handed out at once, at most.
const AT_ONCE: usize = 1 << 20;

/// How far a file has been handed out.
#[derive(Clone, Default)]
pub struct Progress(Rc<Counts>);

#[derive(Default)]
struct Counts {
    line: Cell<u64>,
    since: Cell<usize>,
    left: Cell<Option<u64>>,
}

impl Progress {
    /// The line that was handed out last, from 1.
    pub fn line(&self) -> u64 {
        self.0.line.get()
    }

    /// Notes that what was handed out has been understood.
    pub fn understood(&self) {
        self.0.since.set(0);
    }

    /// Notes that the file has a fault.
    pub fn faulty(&self) {
        self.0.left.set(Some(self.0.left.get().unwrap_or(AFTER_FAULT)));
    }
}

/// Hands out a line a read, and counts them.
///
/// A parser looks at what it has not understood yet from its beginning each time. So the longer it has not, the more it
/// is handed out, or a long literal of short lines would take forever; within such a literal, the line is an estimate.
pub struct Lines<R> {
    inner: BufReader<R>,
    progress: Progress,
    is_at_start: bool,
}

impl<R: Read> Lines<R> {
    /// The lines of a reader, and how far they have been handed out.
    pub fn of(reader: R) -> (Self, Progress) {
        let progress = Progress::default();
        (
            Self { inner: BufReader::with_capacity(1 << 16, reader), progress: progress.clone(), is_at_start: true },
            progress,
        )
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Counts { line, since, left } = &*self.progress.0;
        if left.get() == Some(0) {
            return Err(io::Error::other("there is a fault already"));
        }
        let wanted = (since.get() / 16).min(AT_ONCE);
        let mut length = 0;
        loop {
            let ready = self.inner.fill_buf()?;
            let least = wanted.saturating_sub(length).min(ready.len());
            let end = ready.iter().skip(least).position(|byte| *byte == b'\n').map_or(ready.len(), |at| least + at + 1);
            let some = end.min(out.len() - length);
            let (Some(from), Some(to)) = (ready.get(..some), out.get_mut(length..length + some)) else { break };
            to.copy_from_slice(from);
            for byte in from {
                line.set(line.get() + u64::from(self.is_at_start));
                self.is_at_start = *byte == b'\n';
            }
            self.inner.consume(some);
            length += some;
            if some == 0 || length >= wanted {
                break;
            }
        }
        since.set(since.get() + length);
        left.set(left.get().map(|left| left.saturating_sub(length as u64)));
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
            seen.push((line.line(), String::from_utf8_lossy(&out[..length]).into_owned()));
        }
        let expected = [(1, "one\n"), (2, "\n"), (3, "thre"), (3, "e")];
        assert_eq!(seen, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn what_is_not_understood_is_handed_out_in_growing_pieces() {
        let text = "x\n".repeat(1 << 20);
        let (mut lines, progress) = Lines::of(text.as_bytes());
        let mut out = vec![0; 1 << 20];
        let mut reads = 0;
        while lines.read(&mut out).unwrap() > 0 {
            reads += 1;
        }
        assert!(reads < 500 && progress.line() == 1 << 20, "{reads}");
        progress.faulty();
        let (mut lines, progress) = Lines::of(text.as_bytes());
        progress.faulty();
        assert!(lines.read_to_end(&mut Vec::new()).is_err());
    }
}
