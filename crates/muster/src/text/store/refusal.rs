//! Why the database refuses what it could do, in words.

use muster_core::{
    model::{
        ids::EmployeeId,
        plan::Who,
        problem::store::{AddressFault, ChoiceFault, Contradiction, UniqueValue, VoidCause},
    },
    read::normalise::FieldKind,
};

/// Why a plan can no longer be applied.
pub(super) fn void(why: &VoidCause) -> String {
    match why {
        VoidCause::NoPlan { plan } => format!("there is no plan `{plan}`"),
        VoidCause::Decided { plan, status } => format!("plan `{plan}` is already {status}"),
        VoidCause::Expired { plan, at } => format!("plan `{plan}` expired at {at}"),
        VoidCause::ValueInUse(value) => {
            format!("{} now belongs to another employee", unique(value))
        }
        VoidCause::ChangedByPlan { plan, number, name } => format!(
            "operation {number} of plan `{plan}` is void: another operation of the plan has already changed `{name}`"
        ),
        VoidCause::Deleted { who, employee } => {
            format!("{} is no longer in the directory", subject(who, *employee))
        }
        VoidCause::Changed { who, employee } => {
            format!(
                "{} has changed since the plan was made",
                subject(who, *employee)
            )
        }
        VoidCause::NoEmployee { employee } => {
            format!("employee {employee} is no longer in the directory")
        }
        VoidCause::EmployeeChanged { employee } => {
            format!("employee {employee} has changed since the request was made")
        }
        VoidCause::NoField { key } => format!("the field `{key}` no longer exists"),
        VoidCause::NoPreview => "a protection changes no value, so there is no preview".to_owned(),
        VoidCause::Recorded(sentence) => sentence.clone(),
    }
}

fn unique(value: &UniqueValue) -> String {
    match value {
        UniqueValue::OfPlan => "an email address or external id in the plan".to_owned(),
        UniqueValue::OfEmployee { name } => {
            format!("the email address or external id of `{name}`")
        }
    }
}

fn subject(who: &Who, employee: EmployeeId) -> String {
    let key = who.external_id.as_deref().or(who.email.as_deref());
    format!(
        "`{}` (`{}`, number {employee})",
        who.name,
        key.unwrap_or_default()
    )
}

/// Why the selected operations cannot be applied without others.
pub(super) fn choice(why: &ChoiceFault) -> String {
    match why {
        ChoiceFault::NeedsValueOf {
            number,
            name,
            value,
        } => format!(
            "`{value}` is in use until operation {number} (`{name}`) is applied, so select both"
        ),
        ChoiceFault::NeedsEarlier {
            number,
            who,
            employee,
        } => format!(
            "another operation of the plan changes {} before operation {number}: choose both",
            subject(who, *employee)
        ),
        ChoiceFault::NonePending { plan } => {
            format!("none of the selected operations of plan `{plan}` is pending")
        }
        ChoiceFault::Recorded(sentence) => sentence.clone(),
    }
}

/// What a definition contradicts.
pub(super) fn contradiction(why: &Contradiction) -> String {
    match why {
        Contradiction::FieldExists { workspace, key } => {
            format!("the workspace `{workspace}` already has a field `{key}`")
        }
        Contradiction::FieldRemoved { workspace } => {
            format!("the workspace `{workspace}` no longer has the field")
        }
        Contradiction::FieldRenamed {
            workspace,
            old,
            new,
        } => format!("the field `{old}` of the workspace `{workspace}` was renamed to `{new}`"),
        Contradiction::StandardField { key } => {
            format!("`{key}` is a standard field and cannot be defined again")
        }
        Contradiction::ChoicesLost {
            workspace,
            key,
            choices,
        } => format!(
            "the field `{key}` of the workspace `{workspace}` would lose the choice `{}`",
            choices.join("`, `")
        ),
        Contradiction::OtherType {
            workspace,
            key,
            known,
            new,
        } => format!(
            "the field `{key}` of the workspace `{workspace}` already exists as {}, not as {}",
            known.as_ref().map_or("another type", type_name),
            type_name(new)
        ),
        Contradiction::SameBudget {
            workspace,
            one,
            other,
        } => format!(
            "`{one}` and `{other}` set the same budget of an employee in the workspace `{workspace}`"
        ),
        Contradiction::KeyInRule { group, key } => {
            format!("the rule of the smart group `{group}` cannot name a field `{key}`")
        }
        Contradiction::UnreadableRule { group } => {
            format!("the rule of the smart group `{group}` cannot be read")
        }
        Contradiction::NoSmartGroup { name } => format!("there is no smart group `{name}`"),
        Contradiction::Recorded(sentence) => sentence.clone(),
    }
}

/// The name of a type.
fn type_name(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "a string",
        FieldKind::LongText => "a text on several lines",
        FieldKind::Email => "an e-mail address",
        FieldKind::Phone => "a phone number",
        FieldKind::Date => "a date",
        FieldKind::DateTime => "a date and time",
        FieldKind::Number => "a number",
        FieldKind::Decimal => "an amount",
        FieldKind::Boolean => "a yes/no value",
        FieldKind::Choice(_) => "a choice",
        FieldKind::Language => "a language",
        FieldKind::Country => "a country",
        FieldKind::Group => "a group",
        FieldKind::Employments => "a list of employments",
    }
}

/// Why an address is not that of a usable database.
pub(super) fn address(why: &AddressFault) -> &str {
    match why {
        AddressFault::InUse => "it already has workspaces or users",
        AddressFault::MemoryBackup => "a database in memory cannot be backed up",
        AddressFault::MemoryRestore => "a database in memory cannot be restored",
        AddressFault::OnServer => {
            "a database on a server cannot be copied into a file; the tools of the server do that"
        }
        AddressFault::Folder => "it is a folder",
        AddressFault::NoPath => "the path is missing",
        AddressFault::NeedsFile => "this needs a database in a file",
        AddressFault::Kind => "it must begin with `sqlite:` or `postgres:`",
        AddressFault::SslMode => "its `sslmode` must be `disable`, `require` or `verify-full`",
        AddressFault::Form => "it must have the form `postgres://user:password@host:port/database`",
        AddressFault::NoHost => "the host is missing",
        AddressFault::NoUser => "the user is missing",
        AddressFault::Authorities => "the certificate authorities for TLS cannot be read",
        AddressFault::OldServer => "the server is older than PostgreSQL 15",
        AddressFault::Ordering => {
            "the database orders texts by a language: create it with `LOCALE 'C.UTF-8'`"
        }
        AddressFault::Recorded(sentence) => sentence,
    }
}
