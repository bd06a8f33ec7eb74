//! Opens a file: what it is, how it is encoded and cut, and what its columns are. The rows below the
//! header are judged in `body`.

use super::{
    CsvSettings, Decoded, FinalLineBreak,
    body::Body,
    delimiter,
    encoding::{self, Charset, Order},
    header::{self, Header},
    input::Input,
    kind,
    reduce::Cut,
    refusal,
    rows::{CHUNK, Rows},
    sample::{Sample, is_blank},
    scanner::BYTE_ORDER_MARK,
    text::{Reading, Texts, cells},
    trailer::Trailer,
};
use encoding_rs::{UTF_16BE, UTF_16LE};
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            csv::{Detail, NoRecords, QuoteFault, Remedy},
        },
    },
    read::record::{Layout, Sink},
};
use std::io::Read;

pub(super) fn decode(
    input: &mut dyn Read,
    file: u16,
    settings: &CsvSettings,
    sink: &mut dyn Sink,
) -> Result<Decoded, Problem> {
    let (mut rows, charset) = open(input, file, settings)?;
    let mut warnings = Vec::new();
    let skip = byte_order_marks(rows.ahead().0);
    rows.skip(skip, 0);
    let above = lines_above(&rows, settings)?;
    rows.skip(above, settings.skip_rows);
    let (ahead, at_end) = rows.ahead();
    kind::check_text(ahead)?;
    let choice = delimiter::choose(ahead, at_end, settings)?;
    rows.cut_at(choice.delimiter);
    if choice.skip > 0 {
        rows.skip(choice.skip, 1);
    }
    let (ahead, at_end) = rows.ahead();
    let sample = Sample::take(ahead, at_end, choice.delimiter, settings.limits.columns);
    let mut texts = Texts::new(charset, &settings.limits);
    let (header, spare) = columns(&mut rows, &mut texts, &sample, settings)?;
    if header.names.is_empty() {
        return Err(without_rows(&mut rows)?);
    }
    warn_of_columns(&header, spare, &mut warnings);
    sink.begin(file, &header.names)?;
    for _ in 0..settings.label_rows {
        rows.next()?;
    }
    let trailer = settings.trailer_count.as_deref().map(Trailer::new);
    let layout = Layout {
        delimiter: rows.delimiter(),
        columns: header.names.len() + header.spare,
    };
    let needs_line_break =
        trailer.is_none() && settings.final_line_break == FinalLineBreak::Expected;
    Body::new(header, spare, trailer, layout, needs_line_break).read(
        &mut rows,
        &mut texts,
        settings.limits.rows,
        sink,
        warnings,
    )
}

/// How a whole file is cut. `None`: its values are not cut out of the bytes as they are.
pub(super) fn cut(bytes: &[u8], settings: &CsvSettings) -> Result<Option<Cut>, Problem> {
    let mut input = bytes;
    let (mut rows, charset) = open(&mut input, 0, settings)?;
    if matches!(charset, Charset::Utf16(_)) {
        return Ok(None);
    }
    let skip = byte_order_marks(rows.ahead().0);
    rows.skip(skip, 0);
    let above = lines_above(&rows, settings)?;
    rows.skip(above, settings.skip_rows);
    let (ahead, at_end) = rows.ahead();
    kind::check_text(ahead)?;
    let choice = delimiter::choose(ahead, at_end, settings)?;
    rows.cut_at(choice.delimiter);
    if choice.skip > 0 {
        rows.skip(choice.skip, 1);
    }
    let (ahead, at_end) = rows.ahead();
    let sample = Sample::take(ahead, at_end, choice.delimiter, settings.limits.columns);
    let mut texts = Texts::new(charset, &settings.limits);
    let (header, spare) = columns(&mut rows, &mut texts, &sample, settings)?;
    if header.names.is_empty() {
        return Err(without_rows(&mut rows)?);
    }
    Ok(Some(Cut {
        above: skip..skip + above,
        start: skip + above + choice.skip,
        delimiter: choice.delimiter,
        header,
        spare,
        texts,
    }))
}

/// The length of the lines above the header. They are cut at line breaks only, because they belong to no table.
fn lines_above(rows: &Rows<'_>, settings: &CsvSettings) -> Result<usize, Problem> {
    let (ahead, _) = rows.ahead();
    let mut length = 0;
    for _ in 0..settings.skip_rows {
        let rest = &ahead[length..];
        let Some(end) = memchr::memchr2(b'\n', b'\r', rest) else {
            return Err(refusal::empty(NoRecords::NothingBelowHeader));
        };
        let is_pair = rest[end] == b'\r' && rest.get(end + 1) == Some(&b'\n');
        length += end + if is_pair { 2 } else { 1 };
    }
    Ok(length)
}

/// The columns of a file, and how many more values its rows may have.
fn columns(
    rows: &mut Rows<'_>,
    texts: &mut Texts,
    sample: &Sample,
    settings: &CsvSettings,
) -> Result<(Header, usize), Problem> {
    if !settings.header {
        header::check_no_header(sample)?;
        let width = sample.usual_width().min(settings.limits.columns);
        return Ok((Header::positional(width), 0));
    }
    header::check_not_title(sample)?;
    let header = read_header(rows, texts)?;
    let spare = header.spare.max(spare_below(sample, &header));
    Ok((header, spare))
}

fn open<'a>(
    input: &'a mut dyn Read,
    file: u16,
    settings: &CsvSettings,
) -> Result<(Rows<'a>, Charset), Problem> {
    let mut input = Input::open(input, settings.limits.file, CHUNK)?;
    let head = input.head();
    if head.is_empty() {
        return Err(refusal::empty(NoRecords::EmptyFile));
    }
    kind::check_bytes(head)?;
    kind::check_text(&head[byte_order_marks(head)..])?;
    let charset = encoding::choose(head, head.len() < CHUNK, settings.encoding)?;
    match charset {
        Charset::Utf16(Order::Little) => input.transcode(UTF_16LE.new_decoder_with_bom_removal()),
        Charset::Utf16(Order::Big) => input.transcode(UTF_16BE.new_decoder_with_bom_removal()),
        Charset::Utf8 | Charset::Windows1252 => {}
    }
    Ok((Rows::open(input, file, settings.limits.clone())?, charset))
}

/// Why a file is refused that does not begin with a row; reading on tells what else is wrong with it.
fn without_rows(rows: &mut Rows<'_>) -> Result<Problem, Problem> {
    while let Some(position) = rows.next()? {
        if !is_blank(&rows.row) {
            return Ok(refusal::empty(NoRecords::TooManyBlankLines).at(position.origin));
        }
    }
    Ok(refusal::empty(NoRecords::EmptyFile))
}

/// The length of the byte-order marks at the beginning; some programs write theirs before another's.
fn byte_order_marks(bytes: &[u8]) -> usize {
    let mut length = 0;
    while bytes[length..].starts_with(BYTE_ORDER_MARK) {
        length += BYTE_ORDER_MARK.len();
    }
    length
}

fn read_header(rows: &mut Rows<'_>, texts: &mut Texts) -> Result<Header, Problem> {
    let position = loop {
        match rows.next()? {
            None => return Ok(Header::positional(0)),
            Some(_) if is_blank(&rows.row) => {}
            Some(position) => break position,
        }
    };
    let charset = texts.charset();
    if let Some(fault) = rows.row.fault {
        let detail = Detail::HeaderQuote {
            field: fault.field + 1,
            fault: QuoteFault::from(fault.kind),
        };
        let problem = refusal::refused(Code::CsvQuote, detail, Remedy::QuoteWholeNames);
        return Err(problem.at(position.origin));
    }
    match texts.read(&rows.row) {
        Reading::Whole { text, ends } => {
            Header::read(cells(text, ends)).map_err(|problem| problem.at(position.origin))
        }
        Reading::Partly { cause, .. } if cause.looks_like_utf8() => {
            Err(encoding::looks_like_utf8())
        }
        Reading::Partly { cause, .. } => {
            let column = format!("column_{}", cause.column + 1);
            let mut problem = cause.problem(&column).at(position.origin);
            problem.severity = Severity::Refused;
            if problem.code == Code::CsvEncoding {
                problem.code = Code::CsvHeaderBytes;
                let detail = Detail::HeaderBytes {
                    field: cause.column + 1,
                    encoding: charset.encoding(),
                };
                problem.detail = detail.into();
            }
            Err(problem)
        }
    }
}

/// Spare columns that only the rows below the header have: spreadsheets decide this again for every 16
/// rows. One row alone could as well be shifted, so two and more than half must agree.
fn spare_below(sample: &Sample, header: &Header) -> usize {
    let named = header.names.len();
    let below = Sample {
        rows: sample.rows.iter().skip(1).cloned().collect(),
    };
    let width = below.usual_width();
    let blank = |row: &&Vec<String>| {
        row.len() == width && row[named..].iter().all(|cell| cell.trim().is_empty())
    };
    if width <= named {
        return 0;
    }
    let agreed = below.rows.iter().filter(blank).count();
    if agreed >= 2 && agreed * 2 > below.rows.len() {
        width - named
    } else {
        0
    }
}

fn warn_of_columns(header: &Header, spare: usize, warnings: &mut Vec<Problem>) {
    if spare > 0 {
        warnings.push(refusal::warning(
            Code::CsvFormat,
            Detail::SpareColumns { columns: spare },
            Remedy::DeleteSpareColumns,
        ));
    }
    if !header.unnamed.is_empty() {
        let positions = header.unnamed.iter().take(10).copied().collect();
        warnings.push(refusal::warning(
            Code::CsvFormat,
            Detail::UnnamedColumns { positions },
            Remedy::NameUnnamedColumns,
        ));
    }
}
