//! Sizes and hostile input: F33, F34, F35 and F49. Nothing here may grow with the input.

use super::*;
use crate::format::csv::CsvLimits;
use std::io::Cursor;
use std::time::{Duration, Instant};

const MEGABYTE: u64 = 1 << 20;

/// A text, then one piece over and over, so that the test itself needs no memory either.
struct Endless {
    start: Cursor<Vec<u8>>,
    piece: &'static [u8],
    at: usize,
    left: u64,
}

fn endless(start: &str, piece: &'static [u8], length: u64) -> Endless {
    Endless {
        start: Cursor::new(start.as_bytes().to_vec()),
        piece,
        at: 0,
        left: length,
    }
}

impl Read for Endless {
    fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
        let count = self.start.read(space)?;
        if count > 0 {
            return Ok(count);
        }
        let count = (space.len() as u64).min(self.left) as usize;
        for byte in &mut space[..count] {
            *byte = self.piece[self.at];
            self.at = (self.at + 1) % self.piece.len();
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// Counts only.
#[derive(Default)]
struct Counting {
    records: u64,
    broken: u64,
}

impl Sink for Counting {
    fn begin(&mut self, _file: u16, _columns: &[String]) -> Result<(), Problem> {
        Ok(())
    }
    fn record(&mut self, _record: Record<'_>) {
        self.records += 1;
    }
    fn broken(&mut self, _record: Record<'_>, _problem: Problem) {
        self.broken += 1;
    }
}

/// Refuses an endless input, and shows that it was not read much beyond the limit.
#[track_caller]
fn limit_of(mut input: Endless, parts: &[&str]) {
    let before = input.left;
    let problem = decode(
        &mut input,
        0,
        &CsvSettings::default(),
        &mut Counting::default(),
    )
    .expect_err("refused");
    assert_eq!(problem.code, Code::CsvLimit);
    says(&problem, parts);
    assert!(
        before - input.left <= 5 * MEGABYTE,
        "stops soon after the limit"
    );
}

#[test]
fn f33_a_field_of_ten_megabytes_is_refused() {
    let size = 10 * MEGABYTE;
    limit_of(
        endless("id,name\n1,", b"x", size),
        &["field: 2", "found: 42", "limit: 1048576, is_whole: false"],
    );
    limit_of(
        endless("id,name\n1,\"", b"x", size),
        &["field: 2", "limit: 1048576", "has_open_quote: true"],
    );
    limit_of(
        endless("id,name\n\"", b"\"\"", size),
        &["field: 1", "limit: 1048576"],
    );
}

#[test]
fn f33_a_field_beyond_its_limit_in_a_row_within_its_own_rejects_the_row() {
    let file = format!(
        "id,name,city\n1,{},Gent\n2,{},Tiel\n",
        "x".repeat((1 << 20) + 1),
        "x".repeat(1 << 20)
    );
    let (result, sink) = decode_in_pieces(file.as_bytes(), 10_000, &CsvSettings::default());
    assert_eq!(result.expect("read").truncated, None);
    let cells = one_broken(
        &sink,
        2,
        Code::CsvLimit,
        &["\"name\"", "found: 1048577, limit: 1048576, is_whole: true"],
    );
    assert_eq!(cells, ["1", "?", "Gent"]);
    assert_eq!(lines(&sink), [3]);
}

#[test]
fn f34_sixty_four_megabytes_without_a_line_end_are_refused() {
    limit_of(
        endless("", b"x", 64 * MEGABYTE),
        &["RowTooLong", "limit: 4194304, is_whole: false"],
    );
    limit_of(
        endless("id,name\n", b"abcdefgh,", 64 * MEGABYTE),
        &["RowTooLong", "limit: 4194304, is_whole: false"],
    );
}

#[test]
fn f34_a_million_columns_are_refused() {
    refused(
        ["x,".repeat(1000), "x\nx\n".into()].concat(),
        Code::CsvLimit,
        &["found: 1001, limit: 1000"],
    );
    limit_of(
        endless("", b"x,", 2_000_000),
        &["found: 1000001, limit: 1000"],
    );
    limit_of(
        endless("id,name\n", b",", 1_000_000),
        &["found: 1000001, limit: 1000"],
    );
    limit_of(
        endless("id,name\n", b"\"\",", 999_999),
        &["found: 333334, limit: 1000"],
    );
}

#[test]
fn row_limits_are_exact_and_do_not_depend_on_the_pieces() {
    let settings = CsvSettings {
        limits: CsvLimits {
            row: 10,
            ..CsvLimits::default()
        },
        ..CsvSettings::default()
    };
    assert_eq!(
        only(&read_with("id,name\r\r\n1,34567890\r\r\n", &settings).1),
        ["1", "34567890"]
    );
    assert_eq!(
        only(&read_with("id,name\n1,34567890", &settings).1),
        ["1", "34567890"]
    );
    refused_with(
        "id,name\n1,345678901\n",
        &settings,
        Code::CsvLimit,
        &["found: 11, limit: 10, is_whole: true"],
    );
}

#[test]
fn rows_and_bytes_of_a_file_are_limited() {
    let limits = CsvLimits {
        rows: 2,
        ..CsvLimits::default()
    };
    let settings = CsvSettings {
        limits,
        ..CsvSettings::default()
    };
    assert_eq!(read_with("a,b\n1,2\n3,4\n", &settings).0.records, 2);
    refused_with(
        "a,b\n1,2\n3,4\n5,6\n",
        &settings,
        Code::CsvLimit,
        &["TooManyRows { limit: 2 }"],
    );
    let limits = CsvLimits {
        file: 12,
        ..CsvLimits::default()
    };
    let settings = CsvSettings {
        limits,
        ..CsvSettings::default()
    };
    assert_eq!(read_with("a,b\n1,2\n3,4\n", &settings).0.records, 2);
    refused_with(
        "a,b\n1,2\n3,45\n",
        &settings,
        Code::CsvLimit,
        &["FileTooLarge { limit: 12 }"],
    );
}

#[test]
fn f35_two_hundred_thousand_bad_rows_are_each_handed_over() {
    let file = ["id,name\n1,Jan\n", &"1,2,3\n".repeat(200_000)].concat();
    let mut sink = Counting::default();
    let decoded =
        decode(&mut file.as_bytes(), 0, &CsvSettings::default(), &mut sink).expect("read");
    assert_eq!(
        (decoded.records, sink.records, sink.broken),
        (200_001, 1, 200_000)
    );
    assert_eq!(decoded.warnings, []);
}

/// P42.
#[test]
fn f49_hostile_input_takes_linear_time() {
    let quotes = "\"".repeat(600_000);
    let wide = vec!["\"\"\"a\"\"\""; 300].join(",");
    let files = [
        format!("id,name\n1,{quotes}\n"),
        format!("id,name\n1,{quotes}\"\n"),
        format!(
            "id,name\n{}",
            format!("1,a{}\n", "\"".repeat(1000)).repeat(500)
        ),
        format!(
            "{}\n{}",
            (0..300)
                .map(|at| format!("c{at}"))
                .collect::<Vec<_>>()
                .join(","),
            format!("{wide}\n").repeat(200)
        ),
        format!("id\n{}", format!("{}\n", "x".repeat(600_000)).repeat(5)),
        format!(
            "id\n{}",
            format!("\"{}\"\n", "\r".repeat(600_000)).repeat(3)
        ),
        format!("id\n{}", "\r".repeat(600_000)),
        format!("id,name\n{}1,2\n", "\u{FEFF}".repeat(600_000)),
    ];
    for (at, file) in files.iter().enumerate() {
        let begun = Instant::now();
        let _ = decode(
            &mut Pieces {
                bytes: file.as_bytes(),
                size: 1000,
            },
            0,
            &CsvSettings::default(),
            &mut Counting::default(),
        );
        // Quadratic work on megabytes takes minutes, so that the limit may be generous to a busy machine.
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "file {at} took {:?}",
            begun.elapsed()
        );
    }
}
