//! Lines of JSON, counted.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use memchr::memchr;
use slm_mux_core::extract::ending;

use super::Worker;
use crate::error::Error;
use crate::fields::Role;
use crate::json::{Kind, Text};
use crate::partial::{Origin, PlaceError, Sample};
use crate::row::{Fault, MOST_BYTES, Response, Row};
use crate::source::Input;

impl Worker<'_> {
    /// Reads whole lines; `before` is the number of lines before them. Gives their number.
    pub(crate) fn text(
        &mut self,
        input: &Input,
        bytes: &[u8],
        offset: u64,
        before: u64,
    ) -> Result<u64, Error> {
        let rows = self.notes.rows;
        let lines = match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => self.lines(input, text, offset, before)?,
            Err(_) => self.one_by_one(input, bytes, offset, before)?,
        };
        self.shared.rows.fetch_add(self.notes.rows - rows, Ordering::Relaxed);
        Ok(lines)
    }

    /// The same where some are not UTF-8: the others count.
    fn one_by_one(
        &mut self,
        input: &Input,
        bytes: &[u8],
        offset: u64,
        before: u64,
    ) -> Result<u64, Error> {
        let (mut at, mut lines) = (0, 0);
        while at < bytes.len() {
            let (end, position) = (line_end(bytes, at), offset + at as u64);
            if let Ok(line) = simdutf8::basic::from_utf8(&bytes[at..end]) {
                lines += self.lines(input, line, position, before + lines)?;
            } else {
                lines += 1;
                self.note(input, position, before + lines, &Fault::Encoding);
            }
            at = end;
        }
        Ok(lines)
    }

    fn note(&mut self, input: &Input, position: u64, line: u64, fault: &Fault) {
        self.notes.note(input.number, position, line, fault);
    }

    fn lines(&mut self, input: &Input, text: &str, offset: u64, before: u64) -> Result<u64, Error> {
        let bytes = text.as_bytes();
        let mut row = Row::within(text);
        let (mut at, mut lines) = (0, 0);
        if offset == 0 && text.starts_with('\u{feff}') {
            at = '\u{feff}'.len_utf8();
        }
        while at < bytes.len() {
            lines += 1;
            let position = offset + at as u64;
            let outcome = match self.lines.read(&text[at..], &mut row) {
                Ok(length) if length <= MOST_BYTES => {
                    at += length + 1;
                    self.row(&mut row, Origin::new(input.number, position))
                }
                _ => {
                    // Alone, a line that is cut off is told from one that is wrong.
                    let line = text[at..line_end(bytes, at)].trim_end_matches('\n');
                    at += line.len() + 1;
                    match self.lines.read(line, &mut row) {
                        _ if line.len() > MOST_BYTES => Err(Fault::Long.into()),
                        _ if line.trim_ascii().is_empty() => Ok(()),
                        Err(fault) => Err(Fault::from(fault).into()),
                        Ok(_) => self.row(&mut row, Origin::new(input.number, position)),
                    }
                }
            };
            match outcome {
                Ok(()) => {}
                Err(PlaceError::OtherTask) => self.notes.other_tasks += 1,
                Err(PlaceError::Row(fault)) => self.note(input, position, before + lines, &fault),
                Err(error) => return Err(Error::Input(format!("{}: {error}", input.name))),
            }
        }
        Ok(lines)
    }

    /// Counts the samples of a row.
    #[inline]
    fn row(&mut self, row: &mut Row<'_>, origin: Origin) -> Result<(), PlaceError> {
        let response = row.value(Role::Response);
        let failed = row.failed();
        let listed = match response.kind {
            _ if failed => None,
            Kind::String(_) => None,
            Kind::Null if row.lists_nothing() => Some(Vec::new()),
            Kind::Null if row.has(Role::Response) => None,
            Kind::Null => return Err(Fault::Missing(Role::Response).into()),
            Kind::Array => Some(row.listed()?),
            _ => return Err(Fault::Type(Role::Response).into()),
        };
        let tokens = self.lines.tokens(row)?;
        let index = row.index()?;
        let cut_off = listed.is_none() && !failed && row.ended(None, None)?.cut_off;
        let place = match row.place {
            Some(place) => place,
            None => self.partial.place(row, origin)?,
        };
        row.place = Some(place);
        self.notes.rows += 1;
        self.notes.unnumbered += u64::from(index.is_none() || listed.is_some());
        let kept = self.kept.as_mut();
        let sample = Sample { place, index, text: None, cut_off, failed, tokens, origin };
        match (listed, response.text()) {
            (Some(responses), _) => self.entries(&responses, &sample),
            (None, Some(text)) if !failed => self.response(text, &sample),
            (None, _) => self.partial.take(&sample, kept),
        }
        Ok(())
    }

    /// Counts a sample by its response, of which no more is read than tells its answer.
    #[inline]
    fn response(&mut self, text: Text<'_>, sample: &Sample<'_>) {
        let kept = self.kept.as_mut();
        let unmarked = self.partial.marks_tell(sample.place) && !self.lines.is_marked();
        let last_box = if unmarked { self.lines.last_box(text.raw) } else { None };
        if let Some(at) = last_box {
            // Looked at where it is: to be moved, it would be read while it is still being written.
            let stated = self.lines.boxed(text.raw, at);
            if let Some(found) = &stated {
                self.partial.take_found(sample, found.as_ref(), kept);
                return;
            }
        }
        let decoded = if text.escaped { self.lines.decoded(text.raw) } else { Some(text.raw) };
        let said = decoded.map_or_else(|| text.decoded(), Cow::Borrowed);
        if unmarked {
            let found = ending::unmarked(&said, last_box.is_some());
            self.partial.take_found(sample, found.as_ref(), kept);
        } else {
            self.partial.take(&Sample { text: Some(&said), ..*sample }, kept);
        }
    }

    /// Counts the entries of a list, which number themselves; tokens are those of all.
    fn entries(&mut self, responses: &[Response<'_>], sample: &Sample<'_>) {
        for (place, response) in responses.iter().enumerate() {
            let text = response.text.map(Text::decoded);
            let entry = Sample {
                index: None,
                text: text.as_deref(),
                cut_off: response.cut_off,
                tokens: sample.tokens.filter(|_| place == 0),
                origin: sample.origin.after(place),
                ..*sample
            };
            self.partial.take(&entry, self.kept.as_mut());
        }
    }
}

/// Where the line at `at` ends, with its line feed.
fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |further| at + further + 1)
}
