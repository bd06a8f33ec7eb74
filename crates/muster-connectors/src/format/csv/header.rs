//! The names of the columns, and whether the first row is what the integration promised it to be.
//!
//! Which columns the mapping needs, and whether two with the same name are a problem, is the sink's business.

use super::{refusal, sample::Sample};
use muster_core::model::{
    code::Code,
    problem::{
        Problem,
        csv::{Detail, Remedy},
        shown,
    },
};

/// Names that only a header has in two columns at once, in the languages we meet.
const KNOWN: &[&str] = &[
    "id",
    "employeeid",
    "employeenumber",
    "externalid",
    "personid",
    "personnelnumber",
    "email",
    "emailaddress",
    "workemail",
    "firstname",
    "lastname",
    "surname",
    "prefix",
    "birthday",
    "dateofbirth",
    "startdate",
    "enddate",
    "onboardingdate",
    "offboardingdate",
    "language",
    "groupname",
    "department",
    "phone",
    "mobile",
    "title",
    "country",
    "voornaam",
    "achternaam",
    "tussenvoegsel",
    "geboortedatum",
    "personeelsnummer",
    "medewerkernummer",
    "afdeling",
    "vorname",
    "nachname",
    "geburtsdatum",
    "personalnummer",
    "abteilung",
    "fornavn",
    "efternavn",
    "medarbejdernummer",
];

/// The columns of a file.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// The names, without spare columns.
    pub(super) names: Vec<String>,
    /// Empty columns after the last one that has a name.
    pub(super) spare: usize,
    /// Positions, from 1, of columns without a name among those that have one.
    pub(super) unnamed: Vec<usize>,
    /// By the initial of a name, the lengths of such names, one bit each.
    lengths: [u64; 256],
}

impl Header {
    /// The header of a file that has one: its first row.
    pub(super) fn read<'a>(cells: impl Iterator<Item = &'a str>) -> Result<Self, Problem> {
        let mut names: Vec<String> = cells.map(|cell| cell.trim().to_owned()).collect();
        let written = names.len();
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        let mut unnamed = Vec::new();
        for (column, name) in names.iter_mut().enumerate() {
            if name.is_empty() {
                unnamed.push(column + 1);
                *name = positional(column);
            }
        }
        check_names(&names)?;
        let spare = written - names.len();
        Ok(Self::of(names, spare, unnamed))
    }

    /// The columns of a file that has none.
    pub(super) fn positional(width: usize) -> Self {
        Self::of((0..width).map(positional).collect(), 0, Vec::new())
    }

    fn of(names: Vec<String>, spare: usize, unnamed: Vec<usize>) -> Self {
        let mut header = Self {
            names,
            spare,
            unnamed,
            lengths: [0; 256],
        };
        for name in &header.names {
            header.lengths[initial(name)] |= 1 << (name.len() % 64);
        }
        header
    }

    /// The name of a column, counted from 0, as messages say it.
    pub(super) fn name(&self, column: usize) -> String {
        self.names
            .get(column)
            .map_or_else(|| positional(column), |name| shown(name))
    }

    /// Whether a row repeats the header, as joined exports and second tables do: its first value and at
    /// least half of the others are names of columns.
    pub(super) fn is_repeated_in<'a>(&self, cells: impl Iterator<Item = &'a str> + Clone) -> bool {
        let Some(first) = cells.clone().next().map(str::trim) else {
            return false;
        };
        // Asked of every row, so the names are only compared when initial and length fit one.
        if self.lengths[initial(first)] & (1 << (first.len() % 64)) == 0 || !self.has(first) {
            return false;
        }
        let alike = cells.filter(|cell| self.has(cell.trim())).count();
        alike * 2 >= self.names.len() && alike >= self.names.len().min(2)
    }

    fn has(&self, cell: &str) -> bool {
        self.names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(cell))
    }
}

fn initial(name: &str) -> usize {
    usize::from(name.bytes().next().unwrap_or_default().to_ascii_lowercase())
}

fn positional(column: usize) -> String {
    format!("column_{}", column + 1)
}

fn check_names(names: &[String]) -> Result<(), Problem> {
    if let Some(cell) = names.iter().find(|name| looks_like_data(name)) {
        return Err(refusal::refused(
            Code::CsvHeaderMissing,
            Detail::DataInsteadOfHeader { value: shown(cell) },
            Remedy::SwitchHeaderOff,
        ));
    }
    Ok(())
}

/// Refuses a title above the table, which would be taken for a header.
pub(super) fn check_not_title(sample: &Sample) -> Result<(), Problem> {
    let [first, second, rest @ ..] = sample.rows.as_slice() else {
        return Ok(());
    };
    let (width, next) = (first.len(), second.len());
    let detail = if width == 1 && next > 1 {
        Detail::Title { next_columns: next }
    } else if !is_header(first, &[])
        && is_header(second, rest)
        && (filled(first) < filled(second) || is_preamble(first, second))
    {
        Detail::TitleAboveHeader
    } else {
        return Ok(());
    };
    Err(refusal::refused(
        Code::CsvHeaderMissing,
        detail,
        Remedy::RemoveTitle,
    ))
}

/// Whether a row of values stands above known names of columns, as accounting programs describe a file.
fn is_preamble(first: &[String], second: &[String]) -> bool {
    let known = second.iter().filter(|cell| is_known(cell)).count();
    first.iter().any(|cell| looks_like_data(cell)) && known >= 2
}

fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// Whether a row has the names of columns: known ones, or plain words in every column above data.
fn is_header(row: &[String], below: &[Vec<String>]) -> bool {
    let plain = !row.iter().any(|cell| looks_like_data(cell));
    let known = row.iter().filter(|cell| is_known(cell)).count() >= 2;
    let above_data = row.iter().all(|cell| !cell.trim().is_empty()) && has_data_column(row, below);
    plain && (known || above_data)
}

/// Whether some column has data in all rows.
fn has_data_column(row: &[String], below: &[Vec<String>]) -> bool {
    !below.is_empty()
        && (0..row.len()).any(|column| {
            below
                .iter()
                .all(|row| row.get(column).is_some_and(|cell| looks_like_data(cell)))
        })
}

/// Refuses a first row that is a header although none was promised; it would become a person.
pub(super) fn check_no_header(sample: &Sample) -> Result<(), Problem> {
    let Some((first, others)) = sample.rows.split_first() else {
        return Ok(());
    };
    if is_header(first, others) {
        let first = first.first().map(|cell| shown(cell)).unwrap_or_default();
        return Err(refusal::refused(
            Code::CsvHeaderMissing,
            Detail::UnexpectedHeader { first },
            Remedy::SwitchHeaderOn,
        ));
    }
    Ok(())
}

fn is_known(cell: &str) -> bool {
    let letters: String = cell
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    KNOWN.contains(&letters.as_str())
}

/// Whether a value is an e-mail address, a date or a number, which no column is called. A year is let
/// pass: reports do name columns so.
fn looks_like_data(cell: &str) -> bool {
    let cell = cell.trim();
    is_email(cell) || is_date(cell) || is_number(cell)
}

fn is_email(cell: &str) -> bool {
    let Some((local, domain)) = cell.split_once('@') else {
        return false;
    };
    let dotted = domain
        .split_once('.')
        .is_some_and(|(name, rest)| !name.is_empty() && !rest.is_empty());
    !local.is_empty() && dotted && !cell.contains(char::is_whitespace) && !domain.contains('@')
}

fn is_date(cell: &str) -> bool {
    let day = cell.split(['T', ' ']).next().unwrap_or_default();
    ['-', '/', '.'].into_iter().any(|separator| {
        let parts: Vec<&str> = day.split(separator).collect();
        let digits = parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        let year = parts.first().is_some_and(|part| part.len() == 4)
            || parts.last().is_some_and(|part| part.len() == 4);
        parts.len() == 3
            && digits
            && year
            && parts.iter().all(|part| matches!(part.len(), 1 | 2 | 4))
    })
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let is_year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
        && !is_year
}
