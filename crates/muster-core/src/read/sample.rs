//! What the rules of an integration make of a few records, for a person who sets it up. Nothing is compared with the
//! directory: duplicates and matches are found by a plan.

use crate::{
    model::{
        calendar::Calendar,
        field::FieldNumber,
        origin::Origin,
        problem::{Problem, Severity},
    },
    read::{
        draft::{Drafter, Said},
        reading::DraftState,
        record::{Mark, Record},
    },
    setup::integration::Setup,
};

/// One record of a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct SampledRecord {
    pub state: SampledState,
    /// The values that an employee would get, in order of their fields.
    pub values: Vec<(FieldNumber, String)>,
    pub problems: Vec<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampledState {
    Selected,
    NotSelected,
    /// A selection rule cannot be evaluated.
    Undecided,
    Rejected,
}

impl SampledRecord {
    pub fn has_warning(&self) -> bool {
        let mut problems = self.problems.iter();
        problems.any(|problem| problem.severity == Severity::Warning)
    }
}

/// Applies the rules to the records of a sample. Refused if a selection rule cannot be evaluated on these columns.
pub fn check_sample(
    setup: &Setup,
    calendar: Calendar,
    columns: &[String],
    rows: &[Vec<Option<String>>],
) -> Result<Vec<SampledRecord>, Problem> {
    let mut drafter = Drafter::new(setup, calendar, None);
    drafter.begin(columns)?;
    let records = rows.iter().enumerate();
    Ok(records
        .map(|(at, row)| {
            let (mut text, mut ends, mut marks) = (String::new(), Vec::new(), Vec::new());
            for cell in row {
                text.push_str(cell.as_deref().unwrap_or_default());
                ends.push(text.len());
                marks.push(match cell {
                    Some(_) => Mark::Text,
                    None => Mark::Null,
                });
            }
            // The header is the first line of a file.
            let line = u32::try_from(at + 2).unwrap_or(u32::MAX);
            let origin = Origin { file: 0, line };
            let drafted = drafter.draft(&Record::with_marks(origin, &text, &ends, &marks));
            let mut values: Vec<(FieldNumber, String)> = Vec::new();
            for (field, said) in &drafted.facts {
                if let Said::Set(value) = said {
                    values.push((*field, value.clone().into_owned()));
                }
            }
            values.sort_by_key(|(field, _)| *field);
            SampledRecord {
                state: match drafted.state {
                    DraftState::NotSelected => SampledState::NotSelected,
                    DraftState::Undecided => SampledState::Undecided,
                    DraftState::Rejected => SampledState::Rejected,
                    _ => SampledState::Selected,
                },
                values,
                problems: drafted.problems,
            }
        })
        .collect())
}
