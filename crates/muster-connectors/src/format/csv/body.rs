//! Says of each row below the header what it is: a record, broken, nothing, or no person at all, and at
//! the end whether the file looks cut off.

use super::{
    Decoded,
    delimiter::CANDIDATES,
    header::Header,
    refusal,
    rows::{LineEnds, Position, Rows},
    sample::is_blank,
    scanner::{Fault, Row},
    text::{Reading, Texts, cells, escaped},
    trailer::Trailer,
};
use muster_core::{
    model::{
        code::Code,
        problem::{
            self, Problem, Severity,
            csv::{Detail, Limit, NoRecords, NotARecord, QuoteFault, Remedy},
            file, shown,
        },
    },
    read::{
        normalise,
        record::{Layout, Record, Sink},
    },
};

/// The rows below the header.
pub(super) struct Body {
    header: Header,
    /// Empty columns that rows may have beyond the header's.
    spare: usize,
    trailer: Option<Trailer>,
    records: u64,
    /// Rows that are, or should be, a person.
    people: u64,
    truncated: Option<Problem>,
    /// The line of the first byte-order mark inside the file.
    marked: Option<u32>,
    layout: Layout,
    /// Whether a last row without a line break shows that the file was cut off.
    needs_line_break: bool,
}

impl Body {
    pub(super) fn new(
        header: Header,
        spare: usize,
        trailer: Option<Trailer>,
        layout: Layout,
        needs_line_break: bool,
    ) -> Self {
        Self {
            header,
            spare,
            trailer,
            records: 0,
            people: 0,
            truncated: None,
            marked: None,
            layout,
            needs_line_break,
        }
    }

    /// Hands every row below the header to the sink.
    pub(super) fn read(
        mut self,
        rows: &mut Rows<'_>,
        texts: &mut Texts,
        most: u64,
        sink: &mut dyn Sink,
        mut warnings: Vec<Problem>,
    ) -> Result<Decoded, Problem> {
        let mut final_line_break = true;
        while let Some(mut position) = rows.next()? {
            final_line_break = position.terminated;
            position.cut_off = rows.is_cut_off();
            if rows.row.marked {
                self.marked.get_or_insert(position.origin.line);
            }
            if is_blank(&rows.row) {
                continue;
            }
            if self.records == most {
                let detail = Detail::TooManyRows { limit: most };
                return Err(refusal::over(Limit::Rows, detail).at(position.origin));
            }
            self.judge(&rows.row, position, texts, sink);
        }
        if self.people == 0 {
            return Err(refusal::empty(if self.records == 0 {
                NoRecords::NothingBelowHeader
            } else {
                NoRecords::OnlyOtherRows
            }));
        }
        warnings.extend(self.marked.map(inner_mark));
        warnings.extend(line_ends(rows.line_ends));
        let has_trailer = self.trailer.is_some();
        let miscounted = self
            .trailer
            .take()
            .and_then(|trailer| trailer.finish(self.people));
        Ok(Decoded {
            records: self.records,
            counted: has_trailer && miscounted.is_none(),
            truncated: self.truncated.or(miscounted),
            final_line_break,
            warnings,
        })
    }

    fn judge(&mut self, row: &Row, position: Position, texts: &mut Texts, sink: &mut dyn Sink) {
        let origin = position.origin;
        let fits = self.fits(row);
        if let Some(fault) = row.fault {
            // Behind a line break the quote may have swallowed whole rows: nothing is certain then.
            let trusted = if row.line_breaks == 0 && fits {
                fault.field
            } else {
                0
            };
            let (text, ends, marks) = texts.salvage(row, trusted);
            let problem = self.quote_problem(fault, row);
            let record = Record::with_marks(origin, text, ends, marks);
            if position.cut_off {
                return self.incomplete(record, problem, sink);
            }
            return self.broken(record, problem, sink);
        }
        let (text, ends) = match texts.read(row) {
            Reading::Whole { text, ends } => (text, ends),
            Reading::Partly {
                text,
                ends,
                marks,
                cause,
            } => {
                let problem = cause.problem(&self.header.name(cause.column));
                let kept = if fits { ends.len() } else { 0 };
                let mut record = Record::with_marks(origin, text, &ends[..kept], &marks[..kept]);
                if row.line_breaks > 0 {
                    record = record.on_several_lines(self.layout);
                }
                if !position.terminated
                    && (row.columns < self.header.names.len()
                        || position.cut_off
                        || cause.is_cut_off() && cause.column + 1 == ends.len())
                {
                    return self.incomplete(record, problem, sink);
                }
                return self.broken(record, problem, sink);
            }
        };
        if let Some(trailer) = &mut self.trailer
            && trailer.take(cells(text, ends), origin, self.people)
        {
            return;
        }
        if normalise::is_blank(text) {
            return;
        }
        let nothing = Record::new(origin, "", &[]);
        if self.header.is_repeated_in(cells(text, ends)) {
            let problem = no_record(NotARecord::Header, cells(text, ends));
            return self.not_a_person(nothing, problem, sink);
        }
        if !fits || !self.spare_cells_are_blank(text, ends) {
            let short = row.columns < self.header.names.len();
            if short && !position.terminated {
                return self.incomplete(nothing, self.width_problem(row), sink);
            }
            if short
                && row.columns == 1
                && let Some(problem) = self.other_delimiter(text)
            {
                return self.broken(nothing, problem, sink);
            }
            if short && row.columns == 1 {
                let problem = no_record(NotARecord::SingleValue, cells(text, ends));
                return self.not_a_person(nothing, problem, sink);
            }
            return self.broken(nothing, self.width_problem(row), sink);
        }
        if is_remark(text, ends) {
            let problem = no_record(NotARecord::Comment, cells(text, ends));
            return self.not_a_person(nothing, problem, sink);
        }
        let mut record = Record::new(origin, text, &ends[..self.header.names.len()]);
        if row.line_breaks > 0 {
            record = record.on_several_lines(self.layout);
        }
        if !position.terminated && self.needs_line_break {
            self.truncated = Some(no_line_break(Severity::Warning).at(origin));
            return self.broken(record, no_line_break(Severity::Rejected), sink);
        }
        self.records += 1;
        self.people += 1;
        sink.record(record);
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

    fn broken(&mut self, record: Record<'_>, problem: Problem, sink: &mut dyn Sink) {
        self.records += 1;
        self.people += 1;
        let origin = record.origin;
        sink.broken(record, problem.at(origin));
    }

    /// The last row, of which the end is missing.
    fn incomplete(&mut self, record: Record<'_>, mut problem: Problem, sink: &mut dyn Sink) {
        problem.code = Code::CsvTruncated;
        if let problem::Detail::Csv(cause) = &problem.detail {
            let detail = Detail::LastRow {
                cause: Box::new(cause.clone()),
            };
            problem.detail = detail.clone().into();
            problem.remedy = Remedy::DeliverWhole.into();
            self.truncated = Some(refusal::truncated(detail).at(record.origin));
        }
        self.broken(record, problem, sink);
    }

    fn not_a_person(&mut self, nothing: Record<'_>, problem: Problem, sink: &mut dyn Sink) {
        self.records += 1;
        let origin = nothing.origin;
        sink.broken(nothing, problem.at(origin));
    }

    fn quote_problem(&self, fault: Fault, row: &Row) -> Problem {
        let column = self.header.name(fault.field);
        let detail = Detail::Quote {
            field: fault.field + 1,
            fault: QuoteFault::from(fault.kind),
            lines: row.line_breaks + 1,
        };
        let value = row
            .values()
            .nth(fault.field)
            .map(escaped)
            .unwrap_or_default();
        refusal::rejected(Code::CsvQuote, detail, Remedy::DoubleQuotes).of(&column, &value)
    }

    /// Why a row of one value is rejected that another character separates into as many values as there are columns.
    fn other_delimiter(&self, text: &str) -> Option<Problem> {
        let named = self.header.names.len();
        let found = CANDIDATES.into_iter().find(|candidate| {
            let parts = text.bytes().filter(|byte| byte == candidate).count() + 1;
            *candidate != self.layout.delimiter && named > 1 && parts == named
        })?;
        let (found, expected) = (char::from(found), char::from(self.layout.delimiter));
        Some(refusal::rejected(
            Code::CsvColumns,
            Detail::RowDelimiter { found, expected },
            Remedy::ExportRowsWith {
                delimiter: expected,
            },
        ))
    }

    fn width_problem(&self, row: &Row) -> Problem {
        let named = self.header.names.len();
        let remedy = if row.columns > named {
            Remedy::QuoteDelimiters
        } else {
            Remedy::ExportEveryColumn
        };
        let detail = Detail::FieldCount {
            found: row.columns,
            expected: named,
        };
        refusal::rejected(Code::CsvColumns, detail, remedy)
    }
}

/// A row that begins with `#` and has nothing in the other columns.
pub(super) fn is_remark(text: &str, ends: &[usize]) -> bool {
    ends.len() > 1 && text.starts_with('#') && text[ends[0]..].trim().is_empty()
}

fn no_record<'a>(kind: NotARecord, mut cells: impl Iterator<Item = &'a str>) -> Problem {
    let first = shown(cells.next().unwrap_or_default());
    refusal::rejected(
        Code::CsvLooksLikeHeader,
        Detail::NotARecord { kind, first },
        Remedy::ExportOnlyTable,
    )
}

/// The last row may be cut off in its last value, and others after it.
fn no_line_break(severity: Severity) -> Problem {
    Problem::new(
        Code::CsvTruncated,
        severity,
        file::Detail::NoFinalLineBreak,
        file::Remedy::DeliverWithFinalLineBreak,
    )
}

fn inner_mark(line: u32) -> Problem {
    refusal::warning(
        Code::CsvFormat,
        Detail::InnerMark { line },
        Remedy::ExportOneFile,
    )
}

/// Line ends that are mixed or doubled.
fn line_ends(found: LineEnds) -> Option<Problem> {
    let LineEnds {
        lf,
        crlf,
        cr,
        crcrlf,
    } = found;
    let kinds = [lf, crlf, cr, crcrlf]
        .into_iter()
        .filter(|count| *count > 0);
    (kinds.count() > 1 || crcrlf > 0).then(|| {
        let detail = Detail::LineEnds {
            lf,
            crlf,
            cr,
            crcrlf,
        };
        refusal::warning(Code::CsvFormat, detail, Remedy::TransferBinary)
    })
}
