//! The structure of CSV files.

use super::numbered;
use muster_core::model::problem::csv::{
    Detail, Encoding, FileKind, FoundEncoding, Limit, NoRecords, NotARecord, PackedKind,
    QuoteFault, Remedy, Size,
};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::NoRecords(cause) => format!("the file has no records: {}", no_records(*cause)),
        Detail::Unreadable { bytes, why } => {
            format!("the file could not be read beyond byte {bytes}: {why}")
        }
        Detail::NotCsv { kind } => format!(
            "the file is not a CSV file; it looks like {}",
            file_kind(*kind)
        ),
        Detail::FileEncoding { found, configured } => format!(
            "the file is {}, but the configured encoding is {}",
            found_encoding(*found),
            encoding(*configured)
        ),
        Detail::HeaderIsUtf8 => {
            "the header is UTF-8, but the configured encoding is latin1, with which names would be stored garbled"
                .to_owned()
        }
        Detail::HeaderBytes { field, encoding: configured } => format!(
            "the header is not valid {} in column {field}",
            encoding(*configured)
        ),
        Detail::ImpossibleDelimiter { delimiter } => {
            format!("{} cannot separate values", character(*delimiter))
        }
        Detail::OtherDelimiter { found, configured } => format!(
            "the header is separated by {}, but the configured delimiter is {}",
            character(*found),
            character(*configured)
        ),
        Detail::NoDelimiter { columns } => {
            let columns: Vec<String> = columns
                .iter()
                .map(|(delimiter, columns)| {
                    let columns = numbered(*columns as u64, "column", "columns");
                    format!("{} gives {columns}", character(*delimiter))
                })
                .collect();
            format!(
                "the first lines do not show which delimiter the file uses: {}",
                columns.join(", ")
            )
        }
        Detail::DataInsteadOfHeader { value } => format!(
            "the first line looks like data (`{value}`), but the file should begin with a header"
        ),
        Detail::UnexpectedHeader { first } => format!(
            "the first line looks like a header (`{first}`, ...), but the file should have none"
        ),
        Detail::Title { next_columns } => format!(
            "the first line has 1 column and the next has {next_columns}: it looks like a title, not a header"
        ),
        Detail::TitleAboveHeader => {
            "the first line looks like a title: the header seems to be below it".to_owned()
        }
        Detail::DuplicateColumn {
            name,
            first,
            second,
        } => format!("columns {first} and {second} are both named `{name}`"),
        Detail::HeaderQuote { field, fault } => {
            format!("the name of column {field} has {}", quote(*fault))
        }
        Detail::SpareColumns { columns } => {
            let columns = numbered(*columns as u64, "empty column", "empty columns");
            format!("the file has {columns} after the last one with a name")
        }
        Detail::UnnamedColumns { positions } => {
            let positions: Vec<String> = positions.iter().map(usize::to_string).collect();
            format!("columns without a name at position {}", positions.join(", "))
        }
        Detail::FieldCount { found, expected } => format!(
            "the row has {}, but the header has {expected}",
            numbered(*found as u64, "value", "values")
        ),
        Detail::RowDelimiter { found, expected } => format!(
            "the row is separated by {}, but the header is separated by {}",
            character(*found),
            character(*expected)
        ),
        Detail::Quote {
            field,
            fault,
            lines,
        } => {
            let rows = if *lines > 1 {
                format!("; the row continues for {lines} lines and may include other rows")
            } else {
                String::new()
            };
            format!("the value in column {field} has {}{rows}", quote(*fault))
        }
        Detail::UnclosedQuote { line, field } => format!(
            "the quote that opens on line {line} in column {field} is never closed"
        ),
        Detail::NotARecord { kind, first } => {
            let kind = match kind {
                NotARecord::Header => "repeats the header",
                NotARecord::SingleValue => "is a title, comment or footer",
                NotARecord::Comment => "looks like a comment",
            };
            format!("the row {kind} (`{first}`)")
        }
        Detail::Nul => "the value contains a NUL character".to_owned(),
        Detail::NotText {
            encoding: Encoding::Utf16,
        } => "the value is not valid UTF-16".to_owned(),
        Detail::NotText { .. } => {
            "the value is not valid UTF-8; it looks like latin1 (windows-1252)".to_owned()
        }
        Detail::MalformedUtf8 => {
            "the value is malformed UTF-8 (overlong forms or halves of surrogate pairs)".to_owned()
        }
        Detail::LooksLikeUtf8 => {
            "the value looks like UTF-8, but the configured encoding is latin1, with which it would be stored garbled"
                .to_owned()
        }
        Detail::NulTail { bytes, offset } => format!(
            "the upload is incomplete: the file ends in {bytes} NUL bytes from offset {offset}"
        ),
        Detail::LastRow { cause } => format!("the last row is incomplete: {}", message(cause)),
        Detail::RowsAfterTrailer { trailer_line } => {
            format!("rows follow the trailer on line {trailer_line}")
        }
        Detail::TrailerCount { stated, found } => format!(
            "the trailer states {}, but the file has {found}",
            numbered(*stated, "record", "records")
        ),
        Detail::TrailerWithoutCount => "the trailer states no number of records".to_owned(),
        Detail::NoTrailer { prefix, records } => format!(
            "the trailer `{prefix}` is missing after {}",
            numbered(*records, "record", "records")
        ),
        Detail::InnerMark { line } => format!(
            "the file has a byte-order mark inside, first on line {line}: several exports were joined"
        ),
        Detail::LineEnds {
            lf,
            crlf,
            cr,
            crcrlf,
        } => {
            let kinds = [
                (lf, "LF"),
                (crlf, "CR LF"),
                (cr, "CR"),
                (crcrlf, "CR CR LF"),
            ];
            let found: Vec<String> = kinds
                .iter()
                .filter(|(count, _)| **count > 0)
                .map(|(count, name)| format!("{count} {name}"))
                .collect();
            format!("the file has unusual line ends: {}", found.join(", "))
        }
        Detail::ValueTooLong { field, size } => {
            format!("the value in column {field} {}", over(*size, ""))
        }
        Detail::RowTooLong { size } => {
            let without = if size.is_whole {
                ""
            } else {
                " without a line end"
            };
            format!("the row {}", over(*size, without))
        }
        Detail::TooManyColumns { found, limit } => {
            format!("the row has {found} columns; the limit is {limit}")
        }
        Detail::TooManyRows { limit } => {
            format!("the file has more than {limit} rows, which is the limit")
        }
        Detail::FileTooLarge { limit } => {
            format!("the file has more than {limit} bytes, which is the limit")
        }
        Detail::Damaged { kind } => {
            let kind = match kind {
                PackedKind::Gzip => "gzip file",
                PackedKind::Zip => "zip archive",
                PackedKind::Workbook => "Excel workbook (xlsx)",
            };
            format!("the {kind} is damaged or incomplete")
        }
        Detail::ArchiveFiles { files: 0, .. } => "the zip archive has no file".to_owned(),
        Detail::ArchiveFiles { files, names } => format!(
            "the zip archive has {files} files, and it is not clear which of them to read: {}",
            list(names)
        ),
        Detail::EncryptedArchive => "the file in the zip archive is encrypted".to_owned(),
        Detail::NoSheet {
            sheet: Some(sheet),
            sheets,
        } => format!(
            "the workbook has no sheet `{sheet}`; it has {}",
            list(sheets)
        ),
        Detail::NoSheet { sheet: None, .. } => "the workbook has no visible sheet".to_owned(),
        Detail::OutsideEncoding => {
            "the workbook has characters that the configured encoding does not have".to_owned()
        }
    }
}

/// Names in backticks.
fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn over(size: Size, without: &str) -> String {
    let more = if size.is_whole { "" } else { "more than " };
    let quote = if size.has_open_quote {
        ", and the quote it begins with is not closed"
    } else {
        ""
    };
    format!(
        "has {more}{} bytes{without}; the limit is {}{quote}",
        size.found, size.limit
    )
}

fn no_records(cause: NoRecords) -> &'static str {
    match cause {
        NoRecords::EmptyFile => "it is empty",
        NoRecords::TooManyBlankLines => "it begins with too many blank lines",
        NoRecords::NothingBelowHeader => "nothing follows the header",
        NoRecords::OnlyOtherRows => "no row below the header is a record",
    }
}

fn quote(fault: QuoteFault) -> &'static str {
    match fault {
        QuoteFault::InsideValue => "a quote in the middle",
        QuoteFault::BlankBefore => "a blank before its opening quote",
        QuoteFault::TextAfter => "text after its closing quote",
    }
}

/// A delimiter in backticks, or its name.
fn character(delimiter: char) -> String {
    match delimiter {
        '\t' => "a tab".to_owned(),
        plain if plain.is_ascii_graphic() => format!("`{plain}`"),
        other => format!("`{}`", other.escape_default()),
    }
}

fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Latin1 => "latin1 (windows-1252)",
        Encoding::Utf16 => "UTF-16",
        Encoding::Auto => "`auto`",
    }
}

fn found_encoding(found: FoundEncoding) -> &'static str {
    match found {
        FoundEncoding::Utf7 => "UTF-7",
        FoundEncoding::Utf8WithMark => "UTF-8 with a byte-order mark",
        FoundEncoding::Utf16 => "UTF-16",
        FoundEncoding::Utf16LittleEndianWithoutMark => {
            "UTF-16 (little endian) without a byte-order mark"
        }
        FoundEncoding::Utf16BigEndianWithoutMark => "UTF-16 (big endian) without a byte-order mark",
        FoundEncoding::Utf32LittleEndian => "UTF-32 (little endian)",
        FoundEncoding::Utf32BigEndian => "UTF-32 (big endian)",
        FoundEncoding::Utf32LittleEndianWithoutMark => {
            "UTF-32 (little endian) without a byte-order mark"
        }
        FoundEncoding::Utf32BigEndianWithoutMark => "UTF-32 (big endian) without a byte-order mark",
        FoundEncoding::NotUtf16 => "not UTF-16 with a byte-order mark",
    }
}

fn file_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::AgeFile => "a file encrypted with age",
        FileKind::BzipArchive => "a bzip2 archive",
        FileKind::EmptyZipArchive => "an empty zip archive",
        FileKind::Excel97Workbook => "an Excel 97 workbook (xls)",
        FileKind::ExcelTextWorkbook => "an Excel workbook that was saved as XML or HTML",
        FileKind::ExcelWorkbook => "an Excel workbook (xlsx)",
        FileKind::GzipArchive => "a gzip archive",
        FileKind::HtmlTable => "an HTML table",
        FileKind::JpegImage => "a JPEG image",
        FileKind::JsonDocument => "a JSON document",
        FileKind::KeyOrCertificate => "a key or certificate (PEM)",
        FileKind::NumbersSpreadsheet => "a Numbers spreadsheet",
        FileKind::OldExcelWorkbook => "an Excel workbook (xls)",
        FileKind::OpenDocument => "an OpenDocument file",
        FileKind::ParquetFile => "a Parquet file",
        FileKind::PdfDocument => "a PDF document",
        FileKind::PgpMessage => "a PGP message",
        FileKind::PngImage => "a PNG image",
        FileKind::Program => "a program",
        FileKind::RarArchive => "a rar archive",
        FileKind::RtfDocument => "an RTF document",
        FileKind::SevenZipArchive => "a 7z archive",
        FileKind::SqliteDatabase => "an SQLite database",
        FileKind::WebPage => "a web page, such as a login page",
        FileKind::XmlDocument => "an XML document",
        FileKind::XzArchive => "an xz archive",
        FileKind::ZipArchive => "a zip archive",
        FileKind::ZstdArchive => "a zstd archive",
    }
}

/// The setting of a limit under `[source.limits]`.
fn limit_setting(limit: Limit) -> &'static str {
    match limit {
        Limit::Value => "field",
        Limit::Row => "row",
        Limit::Columns => "columns",
        Limit::Rows => "rows",
        Limit::File => "file",
    }
}

/// A delimiter as the integration file has it.
fn delimiter_setting(delimiter: char) -> String {
    match delimiter {
        '\t' => "tab".to_owned(),
        other => other.to_string(),
    }
}

pub(super) fn help(remedy: Remedy) -> String {
    let text = match remedy {
        Remedy::CheckExport => {
            "check the export; an empty file is never taken to mean that every employee left"
        }
        Remedy::RunAgainOrCheckDisk => {
            "run again; if it happens again, check the disk that holds the file"
        }
        Remedy::SaveAsCsv => {
            "save the workbook as CSV; changing the name of the file is not enough"
        }
        Remedy::Unpack => "deliver the file unpacked",
        Remedy::Decrypt => "deliver the file decrypted; SFTP, FTPS and HTTPS encrypt the transfer",
        Remedy::ExportTable => {
            "export the table as CSV; changing the name of the file is not enough"
        }
        Remedy::CheckAddress => {
            "check the URL and the credentials; the server may show a login page"
        }
        Remedy::CheckKind => "check that the export writes CSV",
        Remedy::UseUtf16 => {
            "set `encoding = \"utf-16\"` under [source], or export the file as UTF-8"
        }
        Remedy::AddMarkAndUseUtf16 => {
            "export the file as UTF-8; or export it with a byte-order mark and set `encoding = \"utf-16\"` under [source]"
        }
        Remedy::UseUtf8 => "set `encoding = \"utf-8\"` under [source]",
        Remedy::ExportAsUtf8 => "export the file as UTF-8",
        Remedy::ExportAgain => "export the file again, as UTF-8 if possible",
        Remedy::CorrectWriter => {
            "correct the program that writes the file; another `encoding` would not help"
        }
        Remedy::UseLatin1IfWhole => {
            "export the file as UTF-8; if all of it is latin1, set `encoding = \"latin1\"` under [source]"
        }
        Remedy::SetDelimiter { found } => {
            return format!(
                "set `delimiter = \"{}\"` under [source], or change the export",
                delimiter_setting(found)
            );
        }
        Remedy::ChooseDelimiter => {
            "set `delimiter` under [source] to the character that the export uses: `,`, `;`, `tab` or `|`"
        }
        Remedy::ExportWithCommas => {
            "export the file with commas, which are the only delimiter of this preset; a spreadsheet writes the list \
             separator of the computer's region, so choose a region with commas or the format \"CSV (comma delimited)\""
        }
        Remedy::ExportRowsWith { delimiter } => {
            return format!(
                "export every row with {} between its values",
                character(delimiter)
            );
        }
        Remedy::SwitchHeaderOff => {
            "export the file with a header; if it never has one, set `header = false` under [source]"
        }
        Remedy::SwitchHeaderOn => {
            "remove `header = false` under [source], or export the file without a header"
        }
        Remedy::RemoveTitle => "export the file without anything above the header",
        Remedy::NameColumns => {
            "give every column its own name, or leave one of the two out of the export"
        }
        Remedy::QuoteWholeNames => "export the header with quotes only around whole names",
        Remedy::DeleteSpareColumns => "delete the empty columns in the spreadsheet",
        Remedy::NameUnnamedColumns => "give every column a name if it is to be used",
        Remedy::QuoteDelimiters => "write values that contain the delimiter inside quotes",
        Remedy::ExportEveryColumn => "export every column in every row, also if it is empty",
        Remedy::DoubleQuotes => {
            "write values with quotes as \"...\", and every quote inside them twice (\"\")"
        }
        Remedy::DeliverWholeOrDoubleQuotes => {
            "deliver the whole file again; if it is whole, write every quote inside a value twice (\"\")"
        }
        Remedy::ExportOnlyTable => {
            "export only the table; if the last row states the number of records, set `trailer` under [source]"
        }
        Remedy::RemoveNul => "export the value without the NUL character, which is never text",
        Remedy::FinishUpload => "upload the file again and let the upload finish",
        Remedy::DeliverWhole => {
            "deliver the whole file again; until then, no employee is deactivated for being missing"
        }
        Remedy::ExportOneFile => "export one file instead of joining several",
        Remedy::TransferBinary => "transfer the file in binary mode, and do not join files",
        Remedy::RaiseLimit { limit } => {
            return format!(
                "check whether this is the right file; if it is, raise `{}` under [source.limits]",
                limit_setting(limit)
            );
        }
        Remedy::ShortenOrRaiseLimit => {
            "shorten the value in the source, or raise `field` under [source.limits]"
        }
        Remedy::PackOneFile => "deliver an archive with one CSV file or workbook",
        Remedy::NameSheet => {
            "set `sheet` under [source] to the name of the sheet with the employees"
        }
        Remedy::RemoveEncoding => "remove `encoding` under [source]; a workbook needs none",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_name_their_setting() {
        let size = Size {
            found: 25,
            limit: 20,
            is_whole: true,
            has_open_quote: false,
        };
        assert_eq!(
            message(&Detail::RowTooLong { size }),
            "the row has 25 bytes; the limit is 20"
        );
        for (limit, setting) in [
            (Limit::Value, "`field`"),
            (Limit::Row, "`row`"),
            (Limit::Columns, "`columns`"),
            (Limit::Rows, "`rows`"),
            (Limit::File, "`file`"),
        ] {
            let help = help(Remedy::RaiseLimit { limit });
            assert!(
                help.contains(setting) && help.contains("[source.limits]"),
                "{help}"
            );
        }
    }

    #[test]
    fn delimiters_are_named_as_the_integration_file_has_them() {
        let found = '\t';
        assert_eq!(
            help(Remedy::SetDelimiter { found }),
            "set `delimiter = \"tab\"` under [source], or change the export"
        );
        assert_eq!(
            message(&Detail::OtherDelimiter {
                found,
                configured: ';'
            }),
            "the header is separated by a tab, but the configured delimiter is `;`"
        );
    }
}
