//! Problems of the structure of CSV files: what the bytes of a file or a row show, before any value is read.
//!
//! Lines are in the place of the problem; fields are counted from 1.

use super::Problem;
use crate::read::scanner::FaultKind;
use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The file has no record.
    NoRecords(NoRecords),
    /// The file could not be read to its end.
    Unreadable {
        bytes: u64,
        why: String,
    },
    /// The file is of another kind.
    NotCsv {
        kind: FileKind,
    },
    /// The file has another encoding than the configured one.
    FileEncoding {
        found: FoundEncoding,
        configured: Encoding,
    },
    /// The header is UTF-8, and latin1 is configured.
    HeaderIsUtf8,
    /// The header has bytes that are no text in the configured encoding.
    HeaderBytes {
        field: usize,
        encoding: Encoding,
    },
    /// A character that cannot separate values is configured.
    ImpossibleDelimiter {
        delimiter: char,
    },
    /// The file uses another delimiter than the configured one.
    OtherDelimiter {
        found: char,
        configured: char,
    },
    /// The first lines do not show which delimiter is used; with the columns that each would give.
    NoDelimiter {
        columns: Vec<(char, usize)>,
    },
    /// The first line looks like data, and a header is configured.
    DataInsteadOfHeader {
        value: String,
    },
    /// The first line looks like a header, and none is configured.
    UnexpectedHeader {
        first: String,
    },
    /// The first line has one value and the next has more.
    Title {
        next_columns: usize,
    },
    /// A title of several values stands above the header.
    TitleAboveHeader,
    /// Two columns have the same name.
    DuplicateColumn {
        name: String,
        first: usize,
        second: usize,
    },
    /// A quote in the header is misplaced.
    HeaderQuote {
        field: usize,
        fault: QuoteFault,
    },
    /// Columns without a name follow the last named one.
    SpareColumns {
        columns: usize,
    },
    /// Columns without a name, by position.
    UnnamedColumns {
        positions: Vec<usize>,
    },
    /// A row has more or fewer values than the header.
    FieldCount {
        found: usize,
        expected: usize,
    },
    /// A row uses another delimiter than the header.
    RowDelimiter {
        found: char,
        expected: char,
    },
    /// A quote is misplaced.
    Quote {
        field: usize,
        fault: QuoteFault,
        /// How many lines the row takes up.
        lines: u32,
    },
    /// A quote is never closed.
    UnclosedQuote {
        line: u32,
        field: usize,
    },
    /// A row that is no record.
    NotARecord {
        kind: NotARecord,
        first: String,
    },
    /// A value has a NUL character.
    Nul,
    /// A value is no text in the encoding of the file.
    NotText {
        encoding: Encoding,
    },
    /// A value has UTF-8 that a faulty program wrote.
    MalformedUtf8,
    /// A value looks like UTF-8, and latin1 is configured.
    LooksLikeUtf8,
    /// The file ends in NUL characters.
    NulTail {
        bytes: u64,
        offset: u64,
    },
    /// The last row is incomplete.
    LastRow {
        cause: Box<Detail>,
    },
    /// Rows follow the trailer.
    RowsAfterTrailer {
        trailer_line: u32,
    },
    /// The trailer states another number of records.
    TrailerCount {
        stated: u64,
        found: u64,
    },
    /// The trailer states no number.
    TrailerWithoutCount,
    /// There is no trailer.
    NoTrailer {
        prefix: String,
        records: u64,
    },
    /// A byte-order mark inside the file.
    InnerMark {
        line: u32,
    },
    /// Line ends that are mixed or doubled.
    LineEnds {
        lf: u64,
        crlf: u64,
        cr: u64,
        crcrlf: u64,
    },
    /// A value is larger than its limit.
    ValueTooLong {
        field: usize,
        size: Size,
    },
    /// A row is larger than its limit.
    RowTooLong {
        size: Size,
    },
    TooManyColumns {
        found: usize,
        limit: usize,
    },
    TooManyRows {
        limit: u64,
    },
    FileTooLarge {
        limit: u64,
    },
    /// A packed file is not whole.
    Damaged {
        kind: PackedKind,
    },
    /// An archive does not have exactly one table.
    ArchiveFiles {
        files: usize,
        names: Vec<String>,
    },
    EncryptedArchive,
    /// A workbook does not have the configured sheet, or no visible one.
    NoSheet {
        sheet: Option<String>,
        sheets: Vec<String>,
    },
    /// A workbook has characters that the configured encoding does not have.
    OutsideEncoding,
}

/// A file with another one inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackedKind {
    Gzip,
    Zip,
    Workbook,
}

/// A size over its limit, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    pub found: u64,
    pub limit: u64,
    /// Whether its end was found; otherwise there are more bytes than counted.
    pub is_whole: bool,
    /// Whether it is larger because a quote is not closed.
    pub has_open_quote: bool,
}

/// Why a file has no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoRecords {
    EmptyFile,
    TooManyBlankLines,
    NothingBelowHeader,
    /// Rows below the header, none of which is a record.
    OnlyOtherRows,
}

/// What a row is that is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotARecord {
    Header,
    /// A title, comment or footer.
    SingleValue,
    Comment,
}

/// How a quote is misplaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteFault {
    InsideValue,
    BlankBefore,
    TextAfter,
}

impl From<FaultKind> for QuoteFault {
    fn from(kind: FaultKind) -> Self {
        match kind {
            FaultKind::Stray => Self::InsideValue,
            FaultKind::BlankBefore => Self::BlankBefore,
            FaultKind::TextAfter => Self::TextAfter,
        }
    }
}

/// How a file is to be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    Utf8,
    Latin1,
    Utf16,
    Auto,
}

/// How a file is encoded, where that is not what is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundEncoding {
    Utf7,
    Utf8WithMark,
    Utf16,
    Utf16LittleEndianWithoutMark,
    Utf16BigEndianWithoutMark,
    Utf32LittleEndian,
    Utf32BigEndian,
    Utf32LittleEndianWithoutMark,
    Utf32BigEndianWithoutMark,
    /// Not UTF-16 with a byte-order mark.
    NotUtf16,
}

/// What a file is that is not CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    AgeFile,
    BzipArchive,
    EmptyZipArchive,
    Excel97Workbook,
    ExcelTextWorkbook,
    ExcelWorkbook,
    GzipArchive,
    HtmlTable,
    JpegImage,
    JsonDocument,
    KeyOrCertificate,
    NumbersSpreadsheet,
    OldExcelWorkbook,
    OpenDocument,
    ParquetFile,
    PdfDocument,
    PgpMessage,
    PngImage,
    Program,
    RarArchive,
    RtfDocument,
    SevenZipArchive,
    SqliteDatabase,
    WebPage,
    XmlDocument,
    XzArchive,
    ZipArchive,
    ZstdArchive,
}

/// A limit of a file that an administrator can raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    Value,
    Row,
    Columns,
    Rows,
    File,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// An empty file never means that every employee left.
    CheckExport,
    RunAgainOrCheckDisk,
    SaveAsCsv,
    Unpack,
    Decrypt,
    ExportTable,
    CheckAddress,
    CheckKind,
    UseUtf16,
    AddMarkAndUseUtf16,
    UseUtf8,
    ExportAsUtf8,
    ExportAgain,
    CorrectWriter,
    UseLatin1IfWhole,
    SetDelimiter {
        found: char,
    },
    ChooseDelimiter,
    ExportWithCommas,
    ExportRowsWith {
        delimiter: char,
    },
    SwitchHeaderOff,
    SwitchHeaderOn,
    RemoveTitle,
    NameColumns,
    QuoteWholeNames,
    DeleteSpareColumns,
    NameUnnamedColumns,
    QuoteDelimiters,
    ExportEveryColumn,
    DoubleQuotes,
    DeliverWholeOrDoubleQuotes,
    /// Export only the table, or configure the trailer.
    ExportOnlyTable,
    RemoveNul,
    FinishUpload,
    DeliverWhole,
    ExportOneFile,
    TransferBinary,
    RaiseLimit {
        limit: Limit,
    },
    ShortenOrRaiseLimit,
    PackOneFile,
    NameSheet,
    RemoveEncoding,
}

/// Whether a row without a readable value could be the record of any employee. A header or comment inside a file
/// never is; a single value could be what is left of a record.
pub fn could_be_an_employee(problem: &Problem) -> bool {
    !matches!(
        problem.detail,
        super::Detail::Csv(Detail::NotARecord {
            kind: NotARecord::Header | NotARecord::Comment,
            ..
        })
    )
}
