//! One field of a record: its value in canonical form, or what is wrong with it and what that costs.

use super::{
    Drafted, Drafter, Said,
    column::{Entry, Raw},
};
use crate::{
    model::{
        code::Code,
        field::{FieldNumber, FieldOrigin, canonical},
        problem::{
            self, Problem, Severity, shown,
            value::{Detail, Effect, Fault, Remedy},
        },
    },
    read::{
        normalise::{self, Clean, Context, FieldKind, decoded_twice},
        record::Record,
    },
    setup::{
        mapping::{BlankPolicy, InvalidPolicy, ManagerKey},
        policy::UnknownGroup,
    },
};
use std::borrow::Cow;

impl Drafter<'_> {
    /// The country of phone numbers in this record that have no country code.
    pub(super) fn region(&self, record: &Record<'_>) -> Option<String> {
        let country = self
            .entries
            .iter()
            .find(|entry| entry.mapping.field == canonical::COUNTRY);
        let said = country.and_then(|entry| match entry.resolve(record) {
            Raw::Text { said, mapped } => {
                let raw = mapped.map_or(said, Cow::Owned);
                let read = self.normalise(entry, raw, None);
                read.ok().map(|clean| clean.text.into_owned())
            }
            _ => None,
        });
        said.or_else(|| self.setup.workspace.settings.region.clone())
    }

    pub(super) fn read_field<'r>(
        &mut self,
        position: usize,
        record: &Record<'r>,
        region: Option<&str>,
        drafted: &mut Drafted<'r>,
    ) {
        let entry = &self.entries[position];
        let field = entry.mapping.field;
        let (said, mapped) = match entry.resolve(record) {
            Raw::Text { said, mapped } => (said, mapped),
            Raw::NoPart(said) => {
                return self.invalid(position, &said, Fault::NoPart, drafted);
            }
            Raw::Unreadable => {
                drafted.id_lost |= field == canonical::EXTERNAL_ID;
                drafted.address_lost |= field == canonical::EMAIL;
                return drafted.waivable.push(undecodable(entry));
            }
            other if entry.required => {
                let problem = required(entry, matches!(other, Raw::Absent));
                return drafted.waivable.push(problem);
            }
            Raw::Absent => return,
            Raw::Null => return drafted.clear(field),
            Raw::Blank => return self.blank(entry, drafted),
        };
        let entry = &self.entries[position];
        let raw = mapped.map_or_else(|| said.clone(), Cow::Owned);
        match self.normalise(entry, raw, region) {
            Ok(Clean { text, removed }) => {
                drafted
                    .problems
                    .extend(removed.map(|character| character_removed(entry, &said, character)));
                // The external id of a manager is found from the address, when all records are known.
                let text = match entry.mapping.manager {
                    ManagerKey::ExternalId => self.with_prefix(field, text),
                    ManagerKey::Email => text,
                };
                drafted.facts.push((field, Said::Set(text)));
            }
            Err(fault) => return self.invalid(position, &said, fault, drafted),
        }
        if !said.is_ascii() && !self.is_decoded_twice && !entry.is_masked {
            let problem = twice_decoded(entry, &said);
            self.is_decoded_twice = problem.is_some();
            drafted.problems.extend(problem);
        }
    }

    /// Ids with the integration's prefix.
    fn with_prefix<'r>(&self, field: FieldNumber, text: Cow<'r, str>) -> Cow<'r, str> {
        let prefix = &self.setup.rules.policy.id_prefix;
        let is_id = [canonical::EXTERNAL_ID, canonical::MANAGER_EXTERNAL_ID].contains(&field);
        if prefix.is_empty() || !is_id {
            return text;
        }
        Cow::Owned(format!("{prefix}{text}"))
    }

    fn normalise<'r>(
        &self,
        entry: &Entry<'_>,
        raw: Cow<'r, str>,
        region: Option<&str>,
    ) -> Result<Clean<'r>, Fault> {
        let context = Context {
            region,
            languages: &self.setup.workspace.settings.languages,
            groups: &self.groups,
            date_format: &entry.format,
            latest: entry.latest,
            decimal: entry.mapping.decimal,
            country_numbers: entry.mapping.digits,
        };
        let is_identifier = [
            canonical::EXTERNAL_ID,
            canonical::PAYROLL_ID,
            canonical::MANAGER_EXTERNAL_ID,
        ]
        .contains(&entry.mapping.field)
            && entry.mapping.manager == ManagerKey::ExternalId;
        if matches!(
            entry.kind,
            FieldKind::Language | FieldKind::Country | FieldKind::Group
        ) {
            return self.normalise_again(entry, raw, &context);
        }
        let exact = |text| Clean {
            text,
            removed: None,
        };
        if entry.mapping.field == canonical::EXTERNAL_ID {
            normalise::refuse_placeholder(raw.trim())?;
        }
        match raw {
            Cow::Borrowed(raw) if is_identifier => normalise::identifier(raw).map(exact),
            Cow::Borrowed(raw) => normalise::normalise(&entry.kind, raw, &context),
            Cow::Owned(raw) if is_identifier => {
                normalise::identifier(&raw).map(|text| exact(Cow::Owned(text.into_owned())))
            }
            Cow::Owned(raw) => {
                normalise::normalise(&entry.kind, &raw, &context).map(|clean| Clean {
                    text: Cow::Owned(clean.text.into_owned()),
                    removed: clean.removed,
                })
            }
        }
    }

    /// The same, unless the last record said the same.
    fn normalise_again<'r>(
        &self,
        entry: &Entry<'_>,
        raw: Cow<'r, str>,
        context: &Context<'_>,
    ) -> Result<Clean<'r>, Fault> {
        let mut last = entry.last.borrow_mut();
        if let Some((before, value)) = last.as_ref().filter(|(before, _)| *before == raw) {
            let text = if before == value {
                raw
            } else {
                Cow::Owned(value.clone())
            };
            return Ok(Clean {
                text,
                removed: None,
            });
        }
        let clean = normalise::normalise(&entry.kind, &raw, context)?;
        let (text, removed) = (clean.text.into_owned(), clean.removed);
        if removed.is_none() {
            *last = Some((raw.into_owned(), text.clone()));
        }
        Ok(Clean {
            text: Cow::Owned(text),
            removed,
        })
    }

    fn blank(&self, entry: &Entry<'_>, drafted: &mut Drafted<'_>) {
        let field = entry.mapping.field;
        if self.blank_clears(entry) {
            return drafted.clear(field);
        }
        drafted.blank_dates.onboarding |= field == canonical::ONBOARDING_DATE;
        drafted.blank_dates.offboarding |= field == canonical::OFFBOARDING_DATE;
    }

    /// Blank ids and budgets never clear anything; other fields follow the mapping, then the policy.
    fn blank_clears(&self, entry: &Entry<'_>) -> bool {
        let field = entry.mapping.field;
        let schema = &self.setup.workspace.schema;
        let budget = schema
            .get(field)
            .is_some_and(|field| field.origin == FieldOrigin::Budget);
        let policy = entry.mapping.blank.unwrap_or(self.setup.rules.policy.blank);
        policy == BlankPolicy::Clear && !budget && field != canonical::EXTERNAL_ID
    }

    fn invalid(&mut self, position: usize, raw: &str, fault: Fault, drafted: &mut Drafted<'_>) {
        let entry = &self.entries[position];
        let field = entry.mapping.field;
        let policy = &self.setup.rules.policy;
        let code = fault.code();
        if code == Code::ValueGroup && policy.unknown_group == UnknownGroup::Create {
            let name = normalise::text(raw)
                .map(Cow::into_owned)
                .unwrap_or_default();
            self.new_groups.push(name.clone());
            drafted.facts.push((field, Said::Set(Cow::Owned(name))));
            return;
        }
        let decides_access =
            [canonical::ONBOARDING_DATE, canonical::OFFBOARDING_DATE].contains(&field);
        let rejects = entry.required
            || decides_access
            || (code == Code::ValueGroup && policy.unknown_group == UnknownGroup::Reject)
            || (code != Code::ValueGroup
                && entry.mapping.invalid.unwrap_or(policy.invalid_value) == InvalidPolicy::Reject)
            || field == canonical::EXTERNAL_ID;
        drafted.id_lost |= field == canonical::EXTERNAL_ID;
        drafted.address_lost |= field == canonical::EMAIL;
        drafted.depends_on_day |= fault == Fault::BirthdayInFuture;
        let (severity, effect) = if rejects {
            (Severity::Rejected, Effect::Rejected)
        } else {
            (Severity::Warning, Effect::Ignored)
        };
        let remedy = fault.remedy();
        let problem = Problem::new(code, severity, Detail::Invalid { fault, effect }, remedy)
            .of(entry.column_name(), raw);
        if rejects {
            drafted.waivable.push(problem)
        } else {
            drafted.problems.push(problem)
        }
    }
}

/// The same problem as a warning, of a record that is used because it ends the employment.
pub(super) fn waived(mut problem: Problem) -> Problem {
    problem.severity = Severity::Warning;
    if let problem::Detail::Value(Detail::Invalid { effect, .. }) = &mut problem.detail {
        *effect = Effect::Ignored;
    }
    problem
}

fn undecodable(entry: &Entry<'_>) -> Problem {
    Problem::new(
        Code::CsvEncoding,
        Severity::Rejected,
        Detail::Undecodable,
        Remedy::CheckEncoding,
    )
    .of(entry.column_name(), "")
}

fn required(entry: &Entry<'_>, is_absent: bool) -> Problem {
    Problem::new(
        Code::ValueRequired,
        Severity::Rejected,
        Detail::Required { is_absent },
        Remedy::FillIn,
    )
    .of(entry.column_name(), "")
}

fn character_removed(entry: &Entry<'_>, raw: &str, character: char) -> Problem {
    Problem::new(
        Code::ValueControl,
        Severity::Warning,
        Detail::CharacterRemoved {
            code_point: u32::from(character),
        },
        Remedy::RemoveCharacter,
    )
    .of(entry.column_name(), raw)
}

fn twice_decoded(entry: &Entry<'_>, raw: &str) -> Option<Problem> {
    let meant = shown(&decoded_twice::meant(raw)?);
    let problem = Problem::new(
        Code::TextDecodedTwice,
        Severity::Warning,
        Detail::DecodedTwice { meant },
        Remedy::CheckEncoding,
    );
    Some(problem.of(entry.column_name(), raw))
}
