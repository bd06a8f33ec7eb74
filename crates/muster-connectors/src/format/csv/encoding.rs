//! Recognises the encoding of a file from its first bytes and holds it against the configured one.
//! What is configured is never silently replaced; single rows are judged in `text`.

use super::{Encoding, refusal, scanner::BYTE_ORDER_MARK};
use muster_core::model::{
    code::Code,
    problem::{
        Problem,
        csv::{self, Detail, FoundEncoding, Remedy},
    },
};

/// How the bytes of a row become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    Windows1252,
    /// UTF-8 that was UTF-16 in the file.
    Utf16(Order),
}

impl Charset {
    /// The encoding as problems state it.
    pub(super) fn encoding(self) -> csv::Encoding {
        match self {
            Self::Utf8 => csv::Encoding::Utf8,
            Self::Windows1252 => csv::Encoding::Latin1,
            Self::Utf16(_) => csv::Encoding::Utf16,
        }
    }
}

/// The order of the two bytes of a UTF-16 unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// What the first bytes show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Utf8Mark,
    Utf16Mark(Order),
    /// UTF-16 or UTF-32 in a form that is never decoded.
    Odd(FoundEncoding),
    Nothing,
}

/// The charset to read the file with. `head` is its beginning, `whole` whether that is all of it.
pub(super) fn choose(head: &[u8], whole: bool, configured: Encoding) -> Result<Charset, Problem> {
    let seen = look(head);
    match (configured, seen) {
        (_, Seen::Odd(name)) => Err(refused(name, configured)),
        (Encoding::Utf16 | Encoding::Auto, Seen::Utf16Mark(order)) => Ok(Charset::Utf16(order)),
        (Encoding::Utf8 | Encoding::Latin1, Seen::Utf16Mark(_)) => {
            Err(refused(FoundEncoding::Utf16, configured))
        }
        (Encoding::Latin1, Seen::Utf8Mark) => Err(refused(FoundEncoding::Utf8WithMark, configured)),
        (Encoding::Utf16, Seen::Utf8Mark) => Err(refused(FoundEncoding::Utf8WithMark, configured)),
        (Encoding::Utf16, Seen::Nothing) => Err(refused(FoundEncoding::NotUtf16, configured)),
        (Encoding::Utf8, Seen::Utf8Mark | Seen::Nothing) | (Encoding::Auto, Seen::Utf8Mark) => {
            Ok(Charset::Utf8)
        }
        (Encoding::Latin1, Seen::Nothing) => Ok(Charset::Windows1252),
        (Encoding::Auto, Seen::Nothing) => Ok(without_mark(head, whole)),
    }
}

/// Without a mark there are two candidates, and text in one is hardly ever valid in the other. When the
/// beginning mixes both, UTF-8 is taken: it is the one that rejects the rows that are not.
fn without_mark(head: &[u8], whole: bool) -> Charset {
    let mut invalid = false;
    let mut multibyte = false;
    let mut left = head.len();
    for chunk in head.utf8_chunks() {
        left -= chunk.valid().len() + chunk.invalid().len();
        let cut_off = !whole && left == 0;
        multibyte |= !chunk.valid().is_ascii();
        invalid |= !chunk.invalid().is_empty() && !cut_off;
    }
    if invalid && !multibyte && !is_malformed(head) {
        Charset::Windows1252
    } else {
        Charset::Utf8
    }
}

/// Whether bytes have a sequence that only a faulty UTF-8 writer makes: an overlong form, half of a surrogate pair or
/// a character beyond the last. In other encodings these pairs of characters are hardly ever text.
pub(super) fn is_malformed(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| {
        matches!(
            pair,
            [0xC0 | 0xC1 | 0xF5..=0xF7, 0x80..=0xBF]
                | [0xE0, 0x80..=0x9F]
                | [0xED, 0xA0..=0xBF]
                | [0xF0, 0x80..=0x8F]
                | [0xF4, 0x90..=0xBF]
        )
    })
}

fn look(head: &[u8]) -> Seen {
    match head {
        [0xFF, 0xFE, 0, 0, ..] => Seen::Odd(FoundEncoding::Utf32LittleEndian),
        [0, 0, 0xFE, 0xFF, ..] => Seen::Odd(FoundEncoding::Utf32BigEndian),
        [0xFF, 0xFE, ..] => Seen::Utf16Mark(Order::Little),
        [0xFE, 0xFF, ..] => Seen::Utf16Mark(Order::Big),
        [0x2B, 0x2F, 0x76, 0x38 | 0x39 | 0x2B | 0x2F, ..] => Seen::Odd(FoundEncoding::Utf7),
        _ if head.starts_with(BYTE_ORDER_MARK) && !is_wide(&head[BYTE_ORDER_MARK.len()..]) => {
            Seen::Utf8Mark
        }
        _ => look_for_zeros(head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head)),
    }
}

fn is_wide(bytes: &[u8]) -> bool {
    look_for_zeros(bytes) != Seen::Nothing
}

/// Western text in a wide encoding without a mark: the high byte of nearly every unit is zero.
fn look_for_zeros(head: &[u8]) -> Seen {
    let sample = &head[..head.len().min(4096) / 4 * 4];
    if sample.is_empty() {
        return Seen::Nothing;
    }
    let mut zeros = [0; 4];
    for (at, byte) in sample.iter().enumerate() {
        zeros[at % 4] += usize::from(*byte == 0);
    }
    let units = sample.len() / 4;
    let mostly = |position: usize| zeros[position] * 4 >= units * 3;
    let hardly = |position: usize| zeros[position] * 10 <= units;
    if hardly(0) && mostly(1) && mostly(2) && mostly(3) {
        Seen::Odd(FoundEncoding::Utf32LittleEndianWithoutMark)
    } else if mostly(0) && mostly(1) && mostly(2) && hardly(3) {
        Seen::Odd(FoundEncoding::Utf32BigEndianWithoutMark)
    } else if hardly(0) && mostly(1) && hardly(2) && mostly(3) {
        Seen::Odd(FoundEncoding::Utf16LittleEndianWithoutMark)
    } else if mostly(0) && hardly(1) && mostly(2) && hardly(3) {
        Seen::Odd(FoundEncoding::Utf16BigEndianWithoutMark)
    } else {
        Seen::Nothing
    }
}

fn refused(found: FoundEncoding, configured: Encoding) -> Problem {
    let remedy = match found {
        FoundEncoding::Utf16 => Remedy::UseUtf16,
        FoundEncoding::Utf8WithMark => Remedy::UseUtf8,
        FoundEncoding::Utf16LittleEndianWithoutMark | FoundEncoding::Utf16BigEndianWithoutMark => {
            Remedy::AddMarkAndUseUtf16
        }
        _ => Remedy::ExportAsUtf8,
    };
    let configured = match configured {
        Encoding::Utf8 => csv::Encoding::Utf8,
        Encoding::Latin1 => csv::Encoding::Latin1,
        Encoding::Utf16 => csv::Encoding::Utf16,
        Encoding::Auto => csv::Encoding::Auto,
    };
    refusal::refused(
        Code::CsvEncodingFile,
        Detail::FileEncoding { found, configured },
        remedy,
    )
}

/// The whole file, judged by its header, is UTF-8 although latin1 is configured.
pub(super) fn looks_like_utf8() -> Problem {
    refusal::refused(Code::CsvEncodingFile, Detail::HeaderIsUtf8, Remedy::UseUtf8)
}
