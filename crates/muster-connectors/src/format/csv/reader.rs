//! Takes a file from its first byte to its last and says of each row what it is: a record, broken,
//! nothing, or no person at all.

use super::{
    CsvSettings, Decoded, delimiter,
    encoding::{self, Charset, Order},
    header::{self, Header},
    input::Input,
    kind, refusal,
    rows::{CHUNK, LineEnds, Position, Rows},
    sample::{Sample, is_blank},
    scanner::{BYTE_ORDER_MARK, Fault, FaultKind, Row},
    text::{Reading, Texts, escaped},
    trailer::{Trailer, truncated},
};
use encoding_rs::{UTF_16BE, UTF_16LE};
use muster_core::{
    code::Code,
    problem::Problem,
    record::{Record, Sink},
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
    let header = if settings.header {
        header::check_not_title(&sample)?;
        read_header(&mut rows, &mut texts)?
    } else {
        header::check_no_header(&sample)?;
        Header::positional(sample.usual_width().min(settings.limits.columns))
    };
    let spare = if settings.header { header.spare.max(spare_below(&sample, &header)) } else { 0 };
    if header.names.is_empty() {
        // Not one row: whatever was buffered, reading on tells whether it is blank, NUL or too large.
        while rows.next()?.is_some() {}
        return Err(refusal::empty("the file is empty"));
    }
    warn_of_columns(&header, spare, &mut warnings);
    sink.begin(file, &header.names)?;
    let trailer = settings.trailer_count.as_deref().map(Trailer::new);
    let body = Body { header, spare, trailer, records: 0, people: 0, truncated: None, marked: None };
    body.read(&mut rows, &mut texts, settings.limits.rows, sink, warnings)
}

fn open<'a>(input: &'a mut dyn Read, file: u16, settings: &CsvSettings) -> Result<(Rows<'a>, Charset), Problem> {
    let mut input = Input::open(input, settings.limits.file, CHUNK)?;
    let head = input.head();
    kind::check_bytes(head)?;
    let charset = encoding::choose(head, head.len() < CHUNK, settings.encoding)?;
    match charset {
        Charset::Utf16(Order::Little) => input.transcode(UTF_16LE.new_decoder_with_bom_removal()),
        Charset::Utf16(Order::Big) => input.transcode(UTF_16BE.new_decoder_with_bom_removal()),
        Charset::Utf8 | Charset::Windows1252 => {}
    }
    Ok((Rows::open(input, file, settings.limits.clone())?, charset))
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
        let message = format!("the header has {}", describe(fault, &format!("column {}", fault.field + 1)));
        let advice = "export the header with quotes only around whole names";
        return Err(refusal::refused(Code::CsvQuote, message, advice).at(position.place));
    }
    match texts.read(&rows.row) {
        Reading::Whole { text, ends } => Header::read(cells(text, ends)).map_err(|problem| problem.at(position.place)),
        Reading::Partly { cause, .. } if cause.looks_like_utf8() => Err(encoding::looks_like_utf8()),
        Reading::Partly { cause, .. } => {
            let column = format!("column_{}", cause.column + 1);
            let mut problem = cause.problem(&column).at(position.place);
            problem.severity = muster_core::problem::Severity::Refused;
            if problem.code == Code::CsvEncoding {
                problem.code = Code::CsvHeaderBytes;
                problem.message = format!("the header is not valid {} in column {}", charset.name(), cause.column + 1);
            }
            Err(problem)
        }
    }
}

/// Spare columns that only the rows below the header have: spreadsheets decide this anew for every 16
/// rows. One row alone could as well be shifted, so at least two must agree and none differ.
fn spare_below(sample: &Sample, header: &Header) -> usize {
    let named = header.names.len();
    let Some(below) = sample.rows.get(1..).filter(|rows| rows.len() >= 2) else { return 0 };
    let width = below[0].len();
    let spare = |row: &Vec<String>| row.len() == width && row[named..].iter().all(|cell| cell.trim().is_empty());
    if width > named && below.iter().all(spare) { width - named } else { 0 }
}

fn warn_of_columns(header: &Header, spare: usize, warnings: &mut Vec<Problem>) {
    if spare > 0 {
        let message = format!("{} after the last named one", refusal::counted(spare as u64, "empty column"));
        warnings.push(refusal::warning(Code::CsvFormat, message, "delete the empty columns in the spreadsheet"));
    }
    if !header.unnamed.is_empty() {
        let positions: Vec<String> = header.unnamed.iter().take(10).map(usize::to_string).collect();
        let message = format!("columns without a name at position {}", positions.join(", "));
        warnings.push(refusal::warning(Code::CsvFormat, message, "give every column a name if it is to be used"));
    }
}

/// The rows below the header.
struct Body {
    header: Header,
    spare: usize,
    trailer: Option<Trailer>,
    records: u64,
    /// Rows that are, or should be, a person.
    people: u64,
    truncated: Option<Problem>,
    /// The line of the first byte-order mark inside the file.
    marked: Option<u32>,
}

impl Body {
    fn read(
        mut self,
        rows: &mut Rows<'_>,
        texts: &mut Texts,
        most: u64,
        sink: &mut dyn Sink,
        mut warnings: Vec<Problem>,
    ) -> Result<Decoded, Problem> {
        while let Some(position) = rows.next()? {
            if rows.row.marked {
                self.marked.get_or_insert(position.place.line);
            }
            if is_blank(&rows.row) {
                continue;
            }
            if self.records == most {
                let message = format!("the file has more than {most} rows, the limit");
                let advice = "check whether this is the right file, or raise the limit";
                return Err(refusal::refused(Code::CsvLimit, message, advice).at(position.place));
            }
            self.judge(&rows.row, position, texts, sink);
        }
        if self.people == 0 {
            let what =
                if self.records == 0 { "nothing follows the header" } else { "no row below the header is a person" };
            return Err(refusal::empty(what));
        }
        warnings.extend(self.marked.map(inner_mark));
        warnings.extend(line_ends(rows.line_ends));
        let counted = self.trailer.take().and_then(|trailer| trailer.finish(self.people));
        Ok(Decoded { records: self.records, truncated: self.truncated.or(counted), warnings })
    }

    fn judge(&mut self, row: &Row, position: Position, texts: &mut Texts, sink: &mut dyn Sink) {
        let place = position.place;
        let fits = self.fits(row);
        if let Some(fault) = row.fault {
            // Behind a line break the quote may have swallowed whole rows: nothing is certain then.
            let trusted = if row.line_breaks == 0 && fits { fault.field } else { 0 };
            let (text, ends, marks) = texts.salvage(row, trusted);
            let problem = self.quote_problem(fault, row);
            return self.broken(Record::with_marks(place, text, ends, marks), problem, position, sink);
        }
        let (text, ends) = match texts.read(row) {
            Reading::Whole { text, ends } => (text, ends),
            Reading::Partly { text, ends, marks, cause } => {
                let problem = cause.problem(&self.header.name(cause.column));
                let kept = if fits { ends.len() } else { 0 };
                let record = Record::with_marks(place, text, &ends[..kept], &marks[..kept]);
                return self.broken(record, problem, position, sink);
            }
        };
        if let Some(trailer) = &mut self.trailer
            && trailer.take(cells(text, ends), place, self.people)
        {
            return;
        }
        let nothing = Record::new(place, "", &[]);
        if self.header.is_repeated_in(cells(text, ends)) {
            let problem = no_person("repeats the header", cells(text, ends));
            return self.not_a_person(nothing, problem, sink);
        }
        if !fits || !self.spare_cells_are_blank(text, ends) {
            let problem = self.width_problem(row, text, ends);
            if position.terminated && problem.code == Code::CsvLooksLikeHeader {
                return self.not_a_person(nothing, problem, sink);
            }
            return self.broken(nothing, problem, position, sink);
        }
        if is_remark(text, ends) {
            let problem = no_person("looks like a comment", cells(text, ends));
            return self.not_a_person(nothing, problem, sink);
        }
        self.records += 1;
        self.people += 1;
        sink.record(Record::new(place, text, &ends[..self.header.names.len()]));
    }

    /// Whether the number of values is that of the header, or more by spare columns.
    fn fits(&self, row: &Row) -> bool {
        let named = self.header.names.len();
        row.columns == named || row.columns > named && row.columns - named <= self.spare
    }

    fn spare_cells_are_blank(&self, text: &str, ends: &[usize]) -> bool {
        let named = self.header.names.len();
        ends.len() == named || text[ends[named - 1]..].trim().is_empty()
    }

    fn broken(&mut self, record: Record<'_>, mut problem: Problem, position: Position, sink: &mut dyn Sink) {
        if !position.terminated {
            problem.message = format!("last row incomplete: {}", problem.message);
            problem.code = Code::CsvTruncated;
            self.truncated.get_or_insert(truncated(problem.message.clone()).at(position.place));
        }
        self.records += 1;
        self.people += 1;
        sink.broken(record, problem.at(position.place));
    }

    fn not_a_person(&mut self, nothing: Record<'_>, problem: Problem, sink: &mut dyn Sink) {
        self.records += 1;
        let place = nothing.place;
        sink.broken(nothing, problem.at(place));
    }

    fn quote_problem(&self, fault: Fault, row: &Row) -> Problem {
        let column = self.header.name(fault.field);
        let mut message = format!("field {} (`{column}`) has {}", fault.field + 1, describe(fault, "the value"));
        if row.line_breaks > 0 {
            message.push_str(&format!(
                "; the row goes on for {} lines and may have swallowed others",
                row.line_breaks + 1
            ));
        }
        let advice = "write values with quotes as \"...\" and every quote inside them twice (\"\")";
        let value = row.values().nth(fault.field).map(escaped).unwrap_or_default();
        refusal::rejected(Code::CsvQuote, message, advice).of(&column, &value)
    }

    fn width_problem(&self, row: &Row, text: &str, ends: &[usize]) -> Problem {
        let named = self.header.names.len();
        if row.columns == 1 && named > 1 {
            return no_person("is a title, comment or footer", cells(text, ends));
        }
        let message = format!("{}, header has {named}", refusal::counted(row.columns as u64, "field"));
        let advice = if row.columns > named {
            "write values that have the delimiter in them inside quotes"
        } else {
            "export every column for every row, also when it is empty"
        };
        refusal::rejected(Code::CsvColumns, message, advice)
    }
}

fn cells<'a>(text: &'a str, ends: &'a [usize]) -> impl Iterator<Item = &'a str> + Clone {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(ends).map(|(start, &end)| text.get(start..end).unwrap_or_default())
}

/// A row that begins with `#` and has nothing in the other columns.
fn is_remark(text: &str, ends: &[usize]) -> bool {
    ends.len() > 1 && text.starts_with('#') && text[ends[0]..].trim().is_empty()
}

fn no_person<'a>(what: &str, mut cells: impl Iterator<Item = &'a str>) -> Problem {
    let first = muster_core::problem::shown(cells.next().unwrap_or_default());
    let message = format!("the row {what} (`{first}`)");
    let advice = "export only the table; if the last row states the number of records, set `trailer_count`";
    refusal::rejected(Code::CsvLooksLikeHeader, message, advice)
}

fn describe(fault: Fault, value: &str) -> String {
    match fault.kind {
        FaultKind::Stray => format!("a quote in the middle of {value}"),
        FaultKind::BlankBefore => format!("a blank before the opening quote of {value}"),
        FaultKind::TextAfter => format!("text after the closing quote of {value}"),
    }
}

fn inner_mark(line: u32) -> Problem {
    let message = format!("a byte-order mark stands inside the file, first on line {line}: exports were joined");
    refusal::warning(Code::CsvFormat, message, "export one file instead of joining several")
}

/// Line ends that are mixed or doubled.
fn line_ends(seen: LineEnds) -> Option<Problem> {
    let kinds = [("LF", seen.lf), ("CR LF", seen.crlf), ("CR", seen.cr), ("CR CR LF", seen.crcrlf)];
    let used: Vec<String> =
        kinds.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}")).collect();
    (used.len() > 1 || seen.crcrlf > 0).then(|| {
        let message = format!("unusual line ends: {}", used.join(", "));
        refusal::warning(Code::CsvFormat, message, "transfer the file in binary mode, and do not join files")
    })
}
