//! Which employee a record is about, and values that only one employee may have.

use muster_core::model::{
    origin::Origin,
    problem::matching::{Detail, Holder, Remedy},
};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::AddressTaken {
            address,
            external_id,
            holder,
        } => format!(
            "the address `{address}` of {} belongs to {}; the record is rejected",
            record_text(external_id.as_deref()),
            holder_text(holder)
        ),
        Detail::AddressIgnored { address, holder } => format!(
            "the address `{address}` belongs to {} and is ignored; the record ends the employment",
            holder_text(holder)
        ),
        Detail::IdTaken {
            external_id,
            holder,
        } => format!(
            "the external id `{external_id}` belongs to {}, the address does not; the record is rejected",
            holder_text(holder)
        ),
        Detail::OtherIntegration {
            holder,
            owner,
            integration,
        } => format!(
            "{} is managed by {}, so {} cannot change the employee; the record is rejected",
            holder.name,
            integration_text(owner.as_deref(), "another integration"),
            integration_text(integration.as_deref(), "this integration")
        ),
        Detail::Duplicate {
            line,
            other,
            key,
            fields,
        } => format!(
            "{} are about the same employee{} but differ{}; both are rejected",
            lines(*line, *other),
            key_text(key.as_deref()),
            fields_text(fields)
        ),
        Detail::DuplicateEnds {
            line,
            other,
            key,
            fields,
        } => format!(
            "{} both end the employment of the same employee{} but differ{}; only the values on which they agree \
             are used",
            lines(*line, *other),
            key_text(key.as_deref()),
            fields_text(fields)
        ),
        Detail::SharedAddress {
            line,
            other,
            address,
            external_id,
            other_external_id,
        } => format!(
            "{} give the address `{address}` to two employees, {} and {}; this record is rejected",
            lines(*line, *other),
            record_text(external_id.as_deref()),
            record_text(other_external_id.as_deref())
        ),
        Detail::SharedId {
            line,
            other,
            external_id,
            address,
            other_address,
        } => format!(
            "{} give the external id `{external_id}` to two employees, `{}` and `{}`; this record is rejected",
            lines(*line, *other),
            address.as_deref().unwrap_or_default(),
            other_address.as_deref().unwrap_or_default()
        ),
        Detail::Blocked {
            line,
            other,
            holder,
        } => format!(
            "{} are about {}, and {} is rejected or held; this record is rejected and the employee is unchanged",
            lines(*line, *other),
            holder_text(holder),
            line_text(*other, line.file != other.file)
        ),
        Detail::CouldBeAnybody { name, external_id } => format!(
            "{} could belong to any employee: {}, and the address is invalid; nobody is deactivated for being \
             missing",
            name.as_deref().unwrap_or("this record"),
            external_id
                .as_ref()
                .map_or("there is no external id".to_owned(), |id| {
                    format!("no employee has the external id `{id}`")
                })
        ),
        Detail::Repeated { first } => {
            format!("the record is the same as in line {first}; it is used once")
        }
        Detail::ManagerUnknown { address } => format!(
            "no employee with an external id has the manager's address `{address}`; the stored manager is unchanged"
        ),
        Detail::KeptByNames { employee } => format!(
            "{employee} is missing, but this rejected record has the same names; the employee is unchanged"
        ),
        Detail::KeptByKey { employee } => format!(
            "{employee} is missing, but this record has the address or id of the employee and was not applied; the \
             employee is unchanged"
        ),
    }
}

pub(super) fn help(remedy: &Remedy) -> String {
    match remedy {
        Remedy::CorrectKeys => "correct the address or the id of one of the two in the source",
        Remedy::ExportIdsAsText => {
            "the ids differ only in what spreadsheets drop or add, such as leading zeros: export them as text"
        }
        Remedy::RemoveFromOneSource => "remove the employee from one of the two sources",
        Remedy::KeepOneRecord => "keep the correct one of the two records in the source",
        Remedy::RemoveRepeated => "remove one of the two lines from the export",
        Remedy::CorrectOtherRecord => "correct the other record first",
        Remedy::CorrectAddress => {
            "correct the address in the source; employees who are really missing are deactivated by the next complete \
             delivery"
        }
        Remedy::CorrectManagerAddress => {
            "correct the address; if the manager is added later, the next run finds them and no action is needed"
        }
        Remedy::CorrectRecord => {
            "correct the record; if it is about another person, the missing employee is deactivated by the next \
             complete delivery"
        }
    }
    .to_owned()
}

fn record_text(id: Option<&str>) -> String {
    match id {
        Some(id) => format!("external id `{id}`"),
        None => "a record without an external id".to_owned(),
    }
}

fn id_or_none(id: Option<&str>) -> String {
    id.map_or("no external id".to_owned(), |id| {
        format!("external id `{id}`")
    })
}

fn holder_text(holder: &Holder) -> String {
    let state = if holder.is_employed {
        ""
    } else {
        ", who is inactive"
    };
    let id = id_or_none(holder.external_id.as_deref());
    format!("{}{state} ({id})", holder.name)
}

fn integration_text(name: Option<&str>, unknown: &str) -> String {
    name.map_or(unknown.to_owned(), |name| format!("`{name}`"))
}

fn key_text(key: Option<&str>) -> String {
    key.map_or(String::new(), |key| format!(" (`{key}`)"))
}

fn fields_text(fields: &[String]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let names: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
    format!(" in {}", names.join(", "))
}

/// Two records, with their files where they are not in the same.
fn lines(line: Origin, other: Origin) -> String {
    if line.file == other.file {
        return format!("lines {} and {}", line.line, other.line);
    }
    format!("{} and {}", line_text(line, true), line_text(other, true))
}

fn line_text(line: Origin, with_file: bool) -> String {
    if with_file {
        return format!("line {} of file {}", line.line, line.file + 1);
    }
    format!("line {}", line.line)
}
