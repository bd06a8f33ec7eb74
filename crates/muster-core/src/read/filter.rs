//! Takes the records of a delivery one by one and keeps only what needs a closer look.
//!
//! This is the hot loop of a run: a record whose fingerprint stands in the roster is counted and
//! forgotten; only the others are mapped and normalised. Nothing is matched or decided here.

mod broken;

use crate::{
    model::{
        calendar::Calendar,
        code::Code,
        facts::Facts,
        field::canonical,
        origin::Origin,
        problem::{
            Problem, Severity,
            selection::{Detail, Remedy},
            shown,
        },
    },
    privacy::tombstone,
    read::{
        columns,
        date_order::DateOrders,
        draft::{Drafted, Drafter},
        fill::Fill,
        missing_columns,
        reading::{Completeness, DraftState, FieldFill, PartialReason, Reading, repeated},
        record::{Cell, Record, Sink},
        roster::{Fingerprint, Roster},
        swallowed::{self, KeyColumns, Lines},
    },
    setup::{integration::Setup, policy::MatchBy},
};

pub struct RecordFilter<'a> {
    setup: &'a Setup,
    roster: &'a Roster,
    key: [u8; 32],
    drafter: Drafter<'a>,
    date_orders: DateOrders,
    /// For the current file: position of each column that decides something; none if it is absent.
    used: Vec<Option<usize>>,
    fills: Vec<Fill>,
    /// Columns of which problems show the shape of values alone, as problems name them.
    masked: Vec<String>,
    scratch: Vec<u8>,
    reading: Reading,
    /// Position in the roster of the employee that the next record is expected to be about.
    expected: u32,
    /// The last record of the current file.
    last: Option<Origin>,
    unknown_people: bool,
    selection_present: bool,
    /// Rules of the selection whose column no record had so far, and where it is in the current file.
    absent_rules: Vec<(usize, Option<usize>)>,
    /// Records that lack what the selection looks at.
    undecided: u64,
    /// For the current file: position of the column with employments.
    employments: Option<usize>,
    /// For the current file: its columns, and which of them have match keys.
    columns: Vec<String>,
    key_columns: KeyColumns,
    today: String,
}

/// In what is hashed: the length that is written in full. The three bytes above it mark cells without text.
const LONG: u8 = 0xFC;

impl<'a> RecordFilter<'a> {
    /// Starts a delivery of an integration against what the directory knows.
    pub fn new(setup: &'a Setup, roster: &'a Roster, calendar: Calendar) -> Self {
        let schema = &setup.workspace.schema;
        let masked = setup
            .rules
            .mapping
            .entries
            .iter()
            .filter(|entry| schema.is_masked(entry.field));
        Self {
            setup,
            roster,
            key: setup.fingerprint_key(calendar),
            drafter: Drafter::new(setup, calendar, roster.last_good.as_ref()),
            date_orders: DateOrders::new(setup),
            used: Vec::new(),
            fills: setup
                .rules
                .mapping
                .entries
                .iter()
                .map(|_| Fill::default())
                .collect(),
            masked: masked
                .flat_map(|entry| entry.source.columns())
                .map(|column| shown(column))
                .collect(),
            scratch: Vec::with_capacity(1 << 12),
            reading: Reading {
                seen: vec![None; roster.entries().len()],
                ..Reading::empty()
            },
            expected: 0,
            last: None,
            unknown_people: false,
            selection_present: setup.rules.selection.is_empty(),
            absent_rules: (0..setup.rules.selection.len())
                .map(|rule| (rule, None))
                .collect(),
            undecided: 0,
            employments: None,
            columns: Vec::new(),
            key_columns: KeyColumns::default(),
            today: calendar.today.to_string(),
        }
    }

    /// Ends the delivery. `partial` is what the connector knows of its completeness.
    pub fn finish(mut self, partial: Option<PartialReason>) -> Reading {
        self.reading.last_records.extend(self.last.take());
        let suspicious =
            (!self.reading.in_doubt.is_empty()).then_some(PartialReason::SuspiciousRows);
        let reason = partial
            .filter(|reason| *reason != PartialReason::Unproven || suspicious.is_none())
            .or(suspicious)
            .or(self.unknown_people.then_some(PartialReason::UnknownPeople))
            .or_else(|| {
                (!self.selection_present && self.reading.read > 0)
                    .then_some(PartialReason::AttributeWithheld)
            });
        if reason == Some(PartialReason::AttributeWithheld)
            || self.undecided > 0 && self.selection_present
        {
            self.selection_is_absent()
                .into_iter()
                .for_each(|problem| self.reading.problems.push(problem));
        }
        self.reading.completeness = reason.map_or(Completeness::Complete, Completeness::Partial);
        let last = self.roster.last_good.as_ref();
        let files = self.fills.iter().map(|fill| &fill.files);
        missing_columns::problems(self.setup, last, files)
            .into_iter()
            .for_each(|problem| self.reading.problems.push(problem));
        let fills = self
            .setup
            .rules
            .mapping
            .entries
            .iter()
            .zip(&self.fills)
            .map(|(entry, fill)| {
                // What every record is given stands in no column.
                let is_given = entry.source.columns().is_empty();
                FieldFill {
                    field: self
                        .setup
                        .workspace
                        .schema
                        .stored_key(entry.field)
                        .to_owned(),
                    filled: if is_given {
                        self.reading.read
                    } else {
                        fill.filled
                    },
                    varied: fill.varied,
                    absent: !is_given && fill.filled == 0 && !fill.present,
                    not_selected: Vec::new(),
                    pending: Vec::new(),
                    first_column: missing_columns::first_column(entry)
                        .filter(|_| fill.has_first)
                        .cloned(),
                }
            });
        self.reading.fills = fills
            .map(|fill| missing_columns::remembered(fill, last))
            .collect();
        let fallbacks = missing_columns::fallbacks(self.setup, last, &mut self.reading.fills);
        for (field, problem) in fallbacks {
            self.reading.withheld_first.push(field);
            self.reading.problems.push(problem);
        }
        let classification = self.drafter.classification();
        self.reading.fills.extend(classification.fills());
        self.reading.unclassified = classification.unknown_columns();
        self.reading.doubtful_dates = self.date_orders.in_doubt();
        self.reading.left_out = self.drafter.left_out();
        self.reading.new_groups = self.drafter.into_new_groups();
        self.reading
    }

    /// Why the delivery is refused now that all its files were read.
    pub fn refusal(&self) -> Option<Problem> {
        let last = self.roster.last_good.as_ref();
        let files = self.fills.iter().map(|fill| &fill.files);
        missing_columns::key_gone(self.setup, last, files, &self.columns)
    }

    /// Notes whether a file ended with a line break.
    pub fn note_final_line_break(&mut self, has: bool) {
        let before = self.reading.final_line_break.unwrap_or(true);
        self.reading.final_line_break = Some(before && has);
    }

    /// Notes a problem of the delivery that is not of one record.
    pub fn note(&mut self, problem: Problem) {
        self.reading.problems.push(problem);
    }

    /// Hashes every cell that decides something, with its length, so that no two records look alike.
    fn fingerprint(&mut self, record: &Record<'_>) -> Fingerprint {
        self.scratch.clear();
        for column in &self.used {
            match column.map_or(Cell::Absent, |column| record.cell(column)) {
                Cell::Text(text) => {
                    // One byte for most lengths: what is hashed is a block shorter.
                    match u8::try_from(text.len()) {
                        Ok(length) if length < LONG => self.scratch.push(length),
                        _ => {
                            self.scratch.push(LONG);
                            self.scratch
                                .extend_from_slice(&(text.len() as u64).to_le_bytes());
                        }
                    }
                    self.scratch.extend_from_slice(text.as_bytes());
                }
                Cell::Absent => self.scratch.push(LONG + 1),
                Cell::Null => self.scratch.push(LONG + 2),
                Cell::Unreadable => self.scratch.push(LONG + 3),
            }
        }
        // Which of several employments stands for the person depends on the day.
        if let Some(Cell::Text(text)) = self.employments.map(|column| record.cell(column))
            && text.matches('{').count() > 1
        {
            self.scratch.extend_from_slice(self.today.as_bytes());
        }
        let hash = blake3::keyed_hash(&self.key, &self.scratch);
        let mut fingerprint = Fingerprint::default();
        fingerprint.copy_from_slice(&hash.as_bytes()[..16]);
        fingerprint
    }

    /// The record is what the integration said last time. True if that settles it.
    fn is_unchanged(&mut self, origin: Origin, fingerprint: &Fingerprint) -> bool {
        let Some(position) = self.roster.unchanged(fingerprint, self.expected) else {
            return false;
        };
        self.expected = position + 1;
        let seen = &mut self.reading.seen[position as usize];
        match *seen {
            None => {
                *seen = Some(origin);
                self.reading.unchanged += 1;
            }
            Some(first) => {
                self.reading.superseded += 1;
                if first.file == origin.file {
                    self.reading.problems.push(repeated(origin, first));
                }
            }
        }
        true
    }

    /// A record of which one value has probably swallowed the rows below it.
    fn reject_swallowing(
        &mut self,
        record: &Record<'_>,
        fingerprint: Fingerprint,
        column: usize,
        lines: Lines,
    ) {
        let name = self.columns.get(column).map(|name| shown(name));
        let mut problem = swallowed::problem(lines, None);
        problem.field = name;
        let mut drafted = self.drafter.draft(record);
        drafted.state = DraftState::Rejected;
        drafted.problems = vec![problem];
        self.reading.in_doubt.insert(record.origin.file);
        self.keep(record.origin, fingerprint, drafted);
    }

    fn keep(&mut self, origin: Origin, mut fingerprint: Fingerprint, mut drafted: Drafted<'_>) {
        if drafted.depends_on_day {
            // No record ever has it, so that the next run looks again.
            fingerprint.iter_mut().for_each(|byte| *byte = !*byte);
        }
        self.unknown_people |= drafted.unknown;
        self.selection_present |= drafted.selection_present;
        self.undecided += u64::from(!drafted.selection_present);
        if !self.roster.tombstones.is_empty() && self.leave_out(origin, fingerprint, &mut drafted) {
            return;
        }
        for problem in drafted.problems {
            self.note_of_record(problem.at(origin));
        }
        let facts = drafted
            .facts
            .iter()
            .map(|(field, fact)| (*field, fact.as_fact()));
        let position = self
            .reading
            .drafts
            .push(origin, drafted.state, fingerprint, facts);
        if drafted.address_lost {
            self.reading.unaddressed.push(position);
        }
        self.reading.drafts.get_mut(position).blank_dates = drafted.blank_dates;
        if let Some(value) = drafted.selection_value {
            let values = &mut self.reading.selection_values;
            let at = values
                .iter()
                .position(|known| known.is_same(&value))
                .unwrap_or_else(|| {
                    values.push(value);
                    values.len() - 1
                });
            self.reading.undecided.push((position, at as u32));
        }
    }

    fn note_of_record(&mut self, problem: Problem) {
        let masks = problem
            .field
            .as_ref()
            .is_some_and(|field| self.masked.contains(field) || self.is_unused(field));
        self.reading
            .problems
            .push(if masks { problem.masked() } else { problem });
    }

    /// Whether a problem names a column of the file that nothing uses: its values are not stored.
    fn is_unused(&self, field: &str) -> bool {
        let Setup { rules, .. } = self.setup;
        let entries = rules.mapping.entries.iter();
        let mut used = entries
            .flat_map(|entry| entry.source.columns())
            .chain(rules.selection.iter().map(|rule| &rule.column));
        self.columns.iter().any(|column| shown(column) == field)
            && !used.any(|column| shown(column) == field)
    }

    /// Leaves out a record about an erased employee; nothing of it may be kept. With only their
    /// address it may be about another employee, so that matching decides; its problems are not reported.
    fn leave_out(
        &mut self,
        origin: Origin,
        fingerprint: Fingerprint,
        drafted: &mut Drafted<'_>,
    ) -> bool {
        let facts = Facts::new(
            drafted
                .facts
                .iter()
                .map(|(field, fact)| (*field, fact.as_fact())),
        );
        let tombstones = &self.roster.tombstones;
        if tombstones.names_id(facts.as_ref()) {
            self.reading.problems.push(tombstone::left_out().at(origin));
            self.reading
                .drafts
                .push(origin, DraftState::NotSelected, fingerprint, []);
            return true;
        }
        if tombstones.names_address(facts.as_ref()) {
            drafted.problems.clear();
            drafted
                .problems
                .extend((drafted.state == DraftState::Rejected).then(tombstone::left_out));
        }
        false
    }

    /// The warning for columns that the selection looks at; none if it is another column that is withheld.
    fn selection_is_absent(&self) -> Option<Problem> {
        let rules = &self.setup.rules.selection;
        let in_some = self.absent_rules.is_empty() && self.undecided > 0;
        let mut columns: Vec<&str> = if in_some {
            rules.iter().map(|rule| rule.column.as_str()).collect()
        } else {
            self.absent_rules
                .iter()
                .map(|(rule, _)| rules[*rule].column.as_str())
                .collect()
        };
        columns.dedup();
        (!columns.is_empty()).then(|| {
            let columns = columns.into_iter().map(shown).collect();
            let detail = if in_some {
                Detail::ColumnsAbsentInSome {
                    columns,
                    records: self.undecided,
                    read: self.reading.read,
                }
            } else {
                Detail::ColumnsAbsent { columns }
            };
            let remedy = Remedy::DeliverColumn;
            Problem::new(
                Code::SelectionColumnAbsent,
                Severity::Warning,
                detail,
                remedy,
            )
        })
    }

    fn see_rules(&mut self, record: &Record<'_>) {
        self.absent_rules
            .retain(|(_, column)| column.is_none_or(|column| record.cell(column) == Cell::Absent));
    }
}

impl Sink for RecordFilter<'_> {
    fn begin(&mut self, _file: u16, columns: &[String]) -> Result<(), Problem> {
        let files = self.fills.iter_mut().map(|fill| &mut fill.files);
        let ignored = columns::check(self.setup, columns, files)?;
        ignored.into_iter().for_each(|problem| self.note(problem));
        self.reading.last_records.extend(self.last.take());
        let find = |name: &String| columns.iter().position(|column| column == name);
        let entries = &self.setup.rules.mapping.entries;
        self.used = entries
            .iter()
            .flat_map(|entry| entry.source.columns())
            .map(find)
            .collect();
        self.used.extend(
            self.setup
                .rules
                .selection
                .iter()
                .map(|rule| find(&rule.column)),
        );
        for (rule, column) in &mut self.absent_rules {
            *column = find(&self.setup.rules.selection[*rule].column);
        }
        let employments = entries
            .iter()
            .find(|entry| entry.field == canonical::EMPLOYMENTS);
        self.employments =
            employments.and_then(|entry| entry.source.columns().iter().find_map(find));
        self.date_orders.begin(columns);
        let of = |field, is_key: bool| {
            let entries = entries
                .iter()
                .filter(|entry| is_key && entry.field == field);
            let columns = entries.flat_map(|entry| entry.source.columns());
            columns.filter_map(find).collect()
        };
        let match_by = self.setup.rules.policy.match_by;
        self.key_columns = KeyColumns {
            ids: of(canonical::EXTERNAL_ID, match_by != MatchBy::Email),
            addresses: of(canonical::EMAIL, match_by != MatchBy::ExternalId),
        };
        self.columns = columns.to_vec();
        for (entry, fill) in entries.iter().zip(&mut self.fills) {
            fill.column = entry.source.columns().iter().find_map(find);
            fill.first_column = missing_columns::first_column(entry).and_then(find);
        }
        self.drafter.begin(columns)
    }

    fn record(&mut self, record: Record<'_>) {
        self.reading.read += 1;
        self.last = Some(record.origin);
        self.fills.iter_mut().for_each(|fill| fill.count(&record));
        self.date_orders.count(&record);
        self.see_rules(&record);
        let fingerprint = self.fingerprint(&record);
        if let Some((column, lines)) = swallowed::row(&record) {
            return self.reject_swallowing(&record, fingerprint, column, lines);
        }
        if !self.roster.entries().is_empty() {
            swallowed::mentions(&record, &self.key_columns, &mut self.reading.mentions);
        }
        if self.is_unchanged(record.origin, &fingerprint) {
            self.selection_present = true;
            return;
        }
        let drafted = self.drafter.draft(&record);
        self.keep(record.origin, fingerprint, drafted);
    }

    fn broken(&mut self, record: Record<'_>, problem: Problem) {
        self.take_broken(&record, problem);
    }
}
