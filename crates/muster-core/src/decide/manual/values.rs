//! Values of manual edits, read like those of a file.

use super::check::{Refused, blank_budget, is_budget, is_needed, is_required, refuse};
use crate::{
    model::{
        facts::{Fact, Facts},
        field::{FieldNumber, canonical},
        problem::{
            Problem, Severity,
            edit::{Detail, Remedy},
            value,
        },
        workspace::Workspace,
    },
    read::normalise::{self, Context, DateFormat, DecimalMark, FieldKind, GroupNames, is_blank},
};
use jiff::civil::Date;

/// Reads values of one person; blank clears a field. `country` is the person's own, for phone numbers.
pub fn read(
    given: &[(FieldNumber, &str)],
    country: Option<&str>,
    workspace: &Workspace,
    today: Date,
) -> Result<Facts, Refused> {
    let said = given.iter().find(|(field, _)| *field == canonical::COUNTRY);
    let said = said.and_then(|(_, text)| normalise::country(text.trim(), None).ok());
    let reader = Reader {
        workspace,
        groups: GroupNames::new(workspace.groups.clone()),
        today,
        region: said.or(country).or(workspace.settings.region.as_deref()),
    };
    let mut values: Vec<(FieldNumber, Option<String>)> = Vec::new();
    let mut problems = Vec::new();
    for (field, text) in given {
        if values.iter().any(|(known, _)| known == field) {
            let key = workspace.schema.key(*field);
            let field = key.to_owned();
            problems.push(refuse(Detail::Repeated { field }, Remedy::UseOnce));
        }
        match reader.read(*field, text) {
            Ok(value) => values.push((*field, value)),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    values.sort_unstable_by_key(|(field, _)| *field);
    Ok(Facts::new(values.iter().map(|(field, value)| {
        (*field, value.as_deref().map_or(Fact::Cleared, Fact::Set))
    })))
}

struct Reader<'a> {
    workspace: &'a Workspace,
    groups: GroupNames,
    today: Date,
    region: Option<&'a str>,
}

impl Reader<'_> {
    /// The canonical value; none: the field is cleared.
    fn read(&self, field: FieldNumber, text: &str) -> Result<Option<String>, Problem> {
        let Some(definition) = self.workspace.schema.get(field) else {
            return Err(refuse(Detail::UnknownField, Remedy::ListFields));
        };
        let key = &definition.key;
        if is_blank(text) {
            if is_needed(field, self.workspace) {
                return Err(is_required(key));
            }
            if is_budget(field, self.workspace) {
                return Err(blank_budget(key));
            }
            return Ok(None);
        }
        if field == canonical::OFFBOARDING_DATE && DateFormat::default().is_never(text) {
            return Ok(None);
        }
        let value = self
            .normalise(field, &definition.kind, text)
            .map_err(|fault| {
                let (code, remedy) = (fault.code(), fault.remedy());
                let effect = value::Effect::Rejected;
                let detail = value::Detail::Invalid { fault, effect };
                Problem::new(code, Severity::Rejected, detail, remedy).of(key, text)
            })?;
        Ok(Some(value))
    }

    fn normalise(
        &self,
        field: FieldNumber,
        kind: &FieldKind,
        text: &str,
    ) -> Result<String, value::Fault> {
        let format = DateFormat::default();
        let context = Context {
            region: self.region,
            languages: &self.workspace.settings.languages,
            groups: &self.groups,
            date_format: &format,
            latest: (field == canonical::BIRTHDAY).then_some(self.today),
            decimal: DecimalMark::Point,
            country_numbers: None,
        };
        let identifiers = [
            canonical::EXTERNAL_ID,
            canonical::PAYROLL_ID,
            canonical::MANAGER_EXTERNAL_ID,
        ];
        let value = if identifiers.contains(&field) {
            normalise::identifier(text)?
        } else {
            normalise::normalise(kind, text, &context)?.text
        };
        Ok(value.into_owned())
    }
}
