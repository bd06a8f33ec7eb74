//! The bytes of a file as the scanner wants them: counted, limited, and UTF-16 turned into UTF-8.
//! Other encodings pass as they are; rows are validated one by one in `text`.

use super::refusal;
use encoding_rs::{Decoder, DecoderResult};
use muster_core::model::problem::Problem;
use std::io::{ErrorKind, Read};

/// Stands for a UTF-16 unit that is no text: a byte that no valid UTF-8 contains.
const NOT_TEXT: u8 = 0xFF;

/// The bytes of one file.
pub(super) struct Input<'a> {
    source: &'a mut dyn Read,
    /// What was read to recognise the file, to be delivered first.
    head: Vec<u8>,
    head_at: usize,
    /// Bytes read from the source so far.
    pub(super) raw: u64,
    limit: u64,
    transcoder: Option<Transcoder>,
}

impl<'a> Input<'a> {
    /// Reads up to `sample` bytes ahead.
    pub(super) fn open(
        source: &'a mut dyn Read,
        limit: u64,
        sample: usize,
    ) -> Result<Self, Problem> {
        let mut input = Self {
            source,
            head: Vec::new(),
            head_at: 0,
            raw: 0,
            limit,
            transcoder: None,
        };
        let mut head = vec![0; sample];
        let filled = input.fill(&mut head)?;
        head.truncate(filled);
        input.head = head;
        Ok(input)
    }

    /// The first bytes of the file as they are in it.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// From here on, everything is decoded with `decoder`.
    pub(super) fn transcode(&mut self, decoder: Decoder) {
        self.transcoder = Some(Transcoder {
            decoder,
            ready: Vec::new(),
            ready_at: 0,
            finished: false,
            cut_off: false,
        });
    }

    /// Whether bytes are UTF-16 in the file, two for each one delivered here.
    pub(super) fn is_transcoded(&self) -> bool {
        self.transcoder.is_some()
    }

    /// Whether the file ended inside a UTF-16 unit or a pair of them.
    pub(super) fn is_cut_off(&self) -> bool {
        self.transcoder
            .as_ref()
            .is_some_and(|transcoder| transcoder.cut_off)
    }

    /// Fills the space, and does not return with less unless the file has ended: whatever is decided
    /// from what is here must not depend on how the bytes came.
    pub(super) fn fill(&mut self, space: &mut [u8]) -> Result<usize, Problem> {
        let mut filled = 0;
        while filled < space.len() {
            let count = self.read(&mut space[filled..])?;
            if count == 0 {
                break;
            }
            filled += count;
        }
        Ok(filled)
    }

    fn read(&mut self, space: &mut [u8]) -> Result<usize, Problem> {
        let Some(mut transcoder) = self.transcoder.take() else {
            return self.read_raw(space);
        };
        let result = transcoder.read(self, space);
        self.transcoder = Some(transcoder);
        result
    }

    fn read_raw(&mut self, space: &mut [u8]) -> Result<usize, Problem> {
        if self.head_at < self.head.len() {
            let count = deliver(&self.head, &mut self.head_at, space);
            if self.head_at == self.head.len() {
                self.head = Vec::new();
                self.head_at = 0;
            }
            return Ok(count);
        }
        let count = loop {
            match self.source.read(space) {
                Ok(count) => break count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(refusal::unreadable(self.raw, &error)),
            }
        };
        self.raw += count as u64;
        if self.raw > self.limit {
            return Err(refusal::file_too_large(self.limit));
        }
        Ok(count)
    }
}

/// Copies what is ready and moves on in it.
fn deliver(ready: &[u8], at: &mut usize, space: &mut [u8]) -> usize {
    let count = space.len().min(ready.len() - *at);
    space[..count].copy_from_slice(&ready[*at..*at + count]);
    *at += count;
    count
}

const CHUNK: usize = 16 * 1024;

struct Transcoder {
    decoder: Decoder,
    ready: Vec<u8>,
    ready_at: usize,
    finished: bool,
    cut_off: bool,
}

impl Transcoder {
    fn read(&mut self, input: &mut Input<'_>, space: &mut [u8]) -> Result<usize, Problem> {
        let mut raw = [0; CHUNK];
        while self.ready_at == self.ready.len() {
            if self.finished {
                return Ok(0);
            }
            let count = input.read_raw(&mut raw)?;
            self.finished = count == 0;
            self.decode(&raw[..count]);
        }
        Ok(deliver(&self.ready, &mut self.ready_at, space))
    }

    fn decode(&mut self, mut raw: &[u8]) {
        self.ready.clear();
        self.ready_at = 0;
        loop {
            let written = self.ready.len();
            let room = self
                .decoder
                .max_utf8_buffer_length_without_replacement(raw.len())
                .unwrap_or(4 * CHUNK);
            self.ready.resize(written + room, 0);
            let (result, read, new) = self.decoder.decode_to_utf8_without_replacement(
                raw,
                &mut self.ready[written..],
                self.finished,
            );
            self.ready.truncate(written + new);
            raw = &raw[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.ready.push(NOT_TEXT);
                    self.cut_off |= self.finished;
                }
            }
        }
    }
}
