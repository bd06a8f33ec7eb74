//! What must hold for every file.

use super::*;
use proptest::prelude::*;

/// Pieces that decoders trip over, put together at random.
fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let parts: Vec<&[u8]> = vec![
        b"id",
        b"name",
        b"a@b.nl",
        b",",
        b",",
        b",",
        b";",
        b"\"",
        b"\"",
        b"\n",
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\x1A",
        b" ",
        b"\xC3\xA9",
        b"\xE9",
        b"\xEF\xBB\xBF",
        b"\xFF\xFE",
        b"sep=;\n",
        b"id,name\n",
        b"1,2\n",
        b"#",
        b"TOTAL,2",
    ];
    proptest::collection::vec(prop::sample::select(parts), 0..40).prop_map(|parts| parts.concat())
}

fn settings() -> impl Strategy<Value = CsvSettings> {
    let delimiter = prop_oneof![
        Just(Delimiter::Auto),
        Just(Delimiter::Exactly(b',')),
        Just(Delimiter::Exactly(b';'))
    ];
    let encoding = prop_oneof![
        Just(Encoding::Utf8),
        Just(Encoding::Latin1),
        Just(Encoding::Utf16),
        Just(Encoding::Auto)
    ];
    (
        delimiter,
        encoding,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(delimiter, encoding, header, only_comma, trailer, small)| {
                let trailer_count = trailer.then(|| "TOTAL".to_owned());
                let mut settings = CsvSettings {
                    delimiter,
                    only_comma,
                    encoding,
                    header,
                    trailer_count,
                    ..CsvSettings::default()
                };
                if small {
                    settings.limits.row = 20;
                    settings.limits.field = 5;
                    settings.limits.columns = 4;
                }
                settings
            },
        )
}

/// A row as RFC 4180 has it.
fn written(cells: &[String], quoted: bool, end: &str) -> String {
    let must = |cell: &str| cell.contains(['"', ',', '\n', '\r']);
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| {
            if quoted || must(cell) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        })
        .collect();
    cells.join(",") + end
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: super::cases(800), ..ProptestConfig::default() })]

    #[test]
    fn no_file_ends_the_process_and_pieces_make_no_difference(bytes in fragments(), settings in settings(), size in 1_usize..9) {
        let whole = decode_in_pieces(&bytes, usize::MAX, &settings);
        prop_assert_eq!(&decode_in_pieces(&bytes, size, &settings), &whole);
        if let (Ok(decoded), sink) = whole {
            prop_assert_eq!(decoded.records, (sink.records.len() + sink.broken.len()) as u64);
            prop_assert!(sink.records.iter().all(|(_, cells)| cells.len() == sink.columns.len()));
        }
    }

    #[test]
    fn arbitrary_bytes_never_end_the_process(bytes in proptest::collection::vec(any::<u8>(), 0..300), settings in settings()) {
        let _ = decode_in_pieces(&bytes, 5, &settings);
    }

    #[test]
    fn what_is_written_is_read(
        rows in proptest::collection::vec(proptest::collection::vec("[a-z\"', \nëß😀\u{2028}]{0,8}", 3), 1..12),
        quoted in any::<bool>(),
        end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let header = ["column a", "column b", "column c"].map(str::to_owned);
        let mut file = written(&header, quoted, end);
        let mut expected = Vec::new();
        let mut line = 2;
        for cells in rows {
            file += &written(&cells, quoted, end);
            if !cells.iter().all(|cell| cell.trim().is_empty()) {
                expected.push((line, cells.clone()));
            }
            line += 1 + cells.iter().map(|cell| cell.matches('\n').count() as u32).sum::<u32>();
        }
        let (result, sink) = decode_in_pieces(file.as_bytes(), 11, &CsvSettings::default());
        prop_assert_eq!(sink.records, expected);
        prop_assert!(sink.broken.is_empty());
        if let Ok(decoded) = result {
            prop_assert_eq!(decoded.warnings, []);
        }
    }
}
